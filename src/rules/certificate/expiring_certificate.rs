use super::lifetimes;
use crate::certificate::Certificate;
use crate::finding::Findings;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "expiring-certificate",
    severity: Severity::Warning,
    page: page!("certificate/expiring-certificate"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    lifetimes(
        world,
        findings,
        "issue it anew before, or let cert-manager do it",
        |certificate| {
            let concerned = world.settings.now <= certificate.not_after
                && world.settings.now + world.settings.expiry_window > certificate.not_after
                && !is_short_lived(world, certificate);
            concerned.then(|| {
                format!(
                    "the certificate of `{}` ends on {}",
                    certificate.label(),
                    certificate.not_after.date()
                )
            })
        },
    );
}

/// Whether it was never meant to live longer than the window, and has a third of its life before it.
fn is_short_lived(world: &World<'_>, certificate: &Certificate) -> bool {
    let life = certificate.not_after - certificate.not_before;
    life <= world.settings.expiry_window && certificate.not_after - world.settings.now > life / 3
}
