use crate::attach::listener::Authorities;
use crate::attach::listener::Clients;
use crate::finding::Findings;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "missing-client-ca",
    severity: Severity::Error,
    page: page!("gateway/missing-client-ca"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for facts in &world.attachment.listeners {
        let Clients::Verified {
            said,
            authorities: Authorities::Missing,
        } = &facts.clients
        else {
            continue;
        };
        let finding = findings.at(
            *said,
            "clients are verified against authorities that are nowhere: nobody can connect",
        );
        for certificate in &facts.certificates {
            finding.also(
                certificate.said,
                "neither this Secret nor its `-cacert` holds `ca.crt` or `cacert`",
            );
        }
        finding
            .help("add `ca.crt` to a Secret named like the certificate's with `-cacert` behind it");
    }
}
