use crate::finding::Findings;
use crate::model::collector::section::Presence;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "empty-tls-section",
    severity: Severity::Error,
    page: page!("receiver/empty-tls-section"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for receiver in world
        .model
        .runs
        .iter()
        .flat_map(|run| run.collector.running_receivers())
    {
        for server in &receiver.servers {
            let port = format!(
                "`{}` of the receiver `{}`",
                server.transport.as_str(),
                receiver.id.value
            );
            if let Presence::Null(span) = server.tls {
                findings
                    .at(span, format!("`tls` is empty, so {port} speaks plaintext"))
                    .help("give `cert_file` and `key_file`, or take the key away");
            }
            if let Presence::Null(span) = server.auth {
                findings
                    .at(
                        span,
                        format!("`auth` is empty, so {port} takes telemetry from anybody"),
                    )
                    .help("name an `authenticator`, or take the key away");
            }
        }
    }
}
