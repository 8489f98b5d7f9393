use time::Date;
use time::macros::date;

use crate::certificate::Certificate;
use crate::certificate::is_public_root_name;
use crate::finding::Findings;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "long-lived-certificate",
    severity: Severity::Warning,
    page: page!("certificate/long-lived-certificate"),
    check,
};

/// The longest life of a private server certificate that any platform demands: Apple's, for all of them since 2019.
const PRIVATE_DAYS: i64 = 825;

/// The longest life that browsers' forum allows public certificates, by the day of issue (ballot SC-081v3).
const PUBLIC_DAYS: &[(Date, i64)] = &[
    (date!(2029 - 03 - 15), 47),
    (date!(2027 - 03 - 15), 100),
    (date!(2026 - 03 - 15), 200),
    (date!(2020 - 09 - 01), 398),
];

fn check(world: &World<'_>, findings: &mut Findings) {
    for pair in world.attachment.credentials.served() {
        let chain = pair.certificates(world.model);
        let Some(leaf) = pair.leaf(world.model) else {
            continue;
        };
        let is_public = chain.iter().any(|one| {
            one.issuer
                .common_names()
                .any(|name| is_public_root_name(&name))
        });
        let issued = leaf.not_before.date();
        let public = PUBLIC_DAYS
            .iter()
            .find(|(since, _)| is_public && issued >= *since);
        let limit = public.map_or(PRIVATE_DAYS, |(_, days)| *days);
        let days = days(leaf);
        if days > limit {
            findings
                .at(
                    leaf.span,
                    format!(
                        "the certificate of `{}` lives for {days} days",
                        leaf.label()
                    ),
                )
                .help(format!(
                    "issue it for {limit} days or less, and renew it by cert-manager"
                ));
        }
    }
}

/// Both ends count.
fn days(certificate: &Certificate) -> i64 {
    (certificate.not_after - certificate.not_before).whole_days()
}
