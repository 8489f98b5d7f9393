use super::lifetimes;
use crate::finding::Findings;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "expired-certificate",
    severity: Severity::Error,
    page: page!("certificate/expired-certificate"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    lifetimes(
        world,
        findings,
        "issue it anew, under the same key if peers pin it",
        |certificate| {
            let concerned = world.settings.now > certificate.not_after;
            concerned.then(|| {
                format!(
                    "the certificate of `{}` ended on {}",
                    certificate.label(),
                    certificate.not_after.date()
                )
            })
        },
    );
}
