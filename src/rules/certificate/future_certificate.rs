use super::lifetimes;
use crate::finding::Findings;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "future-certificate",
    severity: Severity::Error,
    page: page!("certificate/future-certificate"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    lifetimes(
        world,
        findings,
        "keep the one before until then, or look at the clock of the machine that issued it",
        |certificate| {
            let concerned = world.settings.now < certificate.not_before;
            concerned.then(|| {
                format!(
                    "the certificate of `{}` begins on {}",
                    certificate.label(),
                    certificate.not_before.date()
                )
            })
        },
    );
}
