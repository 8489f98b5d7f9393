use crate::finding::Findings;
use crate::graph::journey::FlawKind;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "unserved-server-name",
    severity: Severity::Error,
    page: page!("exporter/unserved-server-name"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for (journey, flaw) in world.graph.flaws() {
        let FlawKind::UnservedServerName { sent, listeners } = &flaw.kind else {
            continue;
        };
        let message = match sent {
            Some(name) => format!(
                "the exporter asks for `{name}`, and no listener on this port answers to that name"
            ),
            None => {
                "the exporter sends no server name, and every listener on this port asks for one"
                    .to_owned()
            }
        };
        let finding = findings.at(flaw.at, message).along(&journey.trail);
        let mut names = Vec::new();
        for listener in listeners {
            let written = world.attachment.listeners[*listener].written(world.model);
            let Some(hostname) = &written.hostname else {
                continue;
            };
            names.push(hostname.value.clone());
            finding.also(hostname.span, "the listener answers to this name only");
        }
        finding.help(format!(
            "set `tls.server_name_override` to {}, or dial that name",
            one_of(&names)
        ));
    }
}

fn one_of(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(" or ")
}
