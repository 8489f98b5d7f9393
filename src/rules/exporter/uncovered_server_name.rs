use crate::finding::Findings;
use crate::graph::journey::FlawKind;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "uncovered-server-name",
    severity: Severity::Error,
    page: page!("exporter/uncovered-server-name"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for (journey, flaw) in world.graph.flaws() {
        let FlawKind::UncoveredServerName {
            failure,
            name,
            served,
        } = &flaw.kind
        else {
            continue;
        };
        let message = format!("the certificate served here does not carry `{name}`");
        findings
            .at(flaw.at, message)
            .also(*served, "this certificate is served")
            .along(&journey.trail)
            .help(format!("the exporter will say `{}`", failure.reason))
            .help(format!(
                "issue the certificate with the DNS name `{name}`, or set `tls.server_name_override` to a name it carries"
            ));
    }
}
