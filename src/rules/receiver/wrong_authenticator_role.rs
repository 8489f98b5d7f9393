use crate::finding::Findings;
use crate::model::collector::extension::Authenticator;
use crate::model::collector::id::Role;
use crate::model::collector::receiver::Transport;
use crate::model::collector::reference::Asking;
use crate::model::collector::reference::Purpose;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "wrong-authenticator-role",
    severity: Severity::Error,
    page: page!("receiver/wrong-authenticator-role"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for collector in world.model.runs.iter().map(|run| &run.collector) {
        for asking in collector.live_askings() {
            let Some(extension) = collector.extension(&asking.extension) else {
                continue;
            };
            let Some(authenticator) = &extension.authenticator else {
                continue;
            };
            let Some((said, side)) = refusal(&asking, authenticator) else {
                continue;
            };
            let id = &asking.extension.value;
            let finding = findings.at(
                asking.extension.span,
                format!("`{id}` cannot authenticate {side}"),
            );
            finding.also(extension.id.span, "what it is");
            if id.kind == "basicauth" {
                finding.help("`htpasswd` makes basicauth guard a receiver, `client_auth` makes it serve an exporter");
            }
            finding.help(format!("the Collector does not start: {said}"));
        }
    }
}

/// What the Collector says of an authenticator on the wrong side, and which side that is.
fn refusal(asking: &Asking, authenticator: &Authenticator) -> Option<(&'static str, &'static str)> {
    let sides = authenticator.sides();
    let (can, said, side) = match (asking.purpose, asking.role, asking.transport) {
        (Purpose::Authenticator, Role::Receiver, _) => (
            sides.server,
            "requested authenticator is not a server authenticator",
            "those who send to a receiver",
        ),
        (Purpose::Authenticator, Role::Exporter, Some(Transport::Grpc)) => (
            sides.grpc_client,
            "requested authenticator is not a gRPC client authenticator",
            "a gRPC exporter",
        ),
        (Purpose::Authenticator, Role::Exporter, _) => (
            sides.http_client,
            "requested authenticator is not an HTTP client authenticator",
            "an HTTP exporter",
        ),
        _ => return None,
    };
    (can == Some(false)).then_some((said, side))
}
