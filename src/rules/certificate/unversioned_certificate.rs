use crate::finding::Findings;
use crate::graph::inventory::Use;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "unversioned-certificate",
    severity: Severity::Warning,
    page: page!("certificate/unversioned-certificate"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for listed in &world.graph.inventory {
        let is_sent = |one: &Use| matches!(one, Use::Sent(_));
        let is_client = listed.uses.iter().any(is_sent);
        let certificate = &listed.certificate;
        let Some(place) = listed.places.first().filter(|_| is_client) else {
            continue;
        };
        if certificate.version != 1 {
            continue;
        }
        findings
            .at(
                place.span,
                format!(
                    "the client certificate of `{}` is of X.509 version 1, without any extension",
                    certificate.label()
                ),
            )
            .help("issue it with an extension, such as `-extfile <(printf extendedKeyUsage=clientAuth)` of `openssl x509`")
            .help("it serves the Collector, and no client that is built on rustls");
    }
}
