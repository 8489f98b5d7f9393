use crate::finding::Edit;
use crate::finding::Findings;
use crate::finding::Fix;
use crate::finding::Safety;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "ineffective-client-ca",
    severity: Severity::Error,
    page: page!("receiver/ineffective-client-ca"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for tls in super::served(world) {
        let Some(ca) = tls.ca().filter(|_| tls.client_ca_file.is_none()) else {
            continue;
        };
        let finding = findings
            .at(ca.span, "a receiver's CA verifies nobody: clients need no certificate")
            .help("write it as `client_ca_file`: only that one demands and verifies client certificates");
        // Clients without a certificate are turned away from then on.
        let edit = Edit::key(world.sources, ca.span, "ca_file", "client_ca_file");
        finding.fix = edit.map(|edit| Fix::one("call it `client_ca_file`", Safety::Unsafe, edit));
    }
}
