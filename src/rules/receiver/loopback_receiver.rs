use std::collections::BTreeSet;

use crate::finding::Edit;
use crate::finding::Findings;
use crate::finding::Fix;
use crate::finding::Safety;
use crate::graph::landing::Listening;
use crate::graph::landing::Target;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "loopback-receiver",
    severity: Severity::Error,
    page: page!("receiver/loopback-receiver"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    let mut seen = BTreeSet::new();
    for landing in &world.graph.landings {
        let Target::Pods(pods) = &landing.target else {
            continue;
        };
        for pod in pods {
            let Listening::Receiver {
                run,
                receiver,
                server,
                loopback: Some(true),
            } = pod.listening
            else {
                continue;
            };
            let run = &world.model.runs[run];
            let receiver = &run.collector.receivers[receiver];
            let server = &receiver.servers[server];
            if !seen.insert(server.span) {
                continue;
            }
            let port = &world.model.services[landing.service].ports[landing.port];
            let (at, why) = match &server.endpoint {
                Some(endpoint) => (endpoint.span, "takes connections from its own Pod only"),
                None => (
                    server.span,
                    "has no endpoint, so it takes connections from its own Pod only",
                ),
            };
            let finding = findings
                .at(
                    at,
                    format!(
                        "`{}` of the receiver `{}` {why}",
                        server.transport.as_str(),
                        receiver.id.value
                    ),
                )
                .also(port.span, "this port of a Service leads to it")
                .help(format!(
                    "set `endpoint: 0.0.0.0:{}`, or `${{env:MY_POD_IP}}` with the Pod's address",
                    server.transport.port()
                ));
            if server.endpoint.is_none() && run.may_be_old(world.model) {
                finding.severity(Severity::Warning).help(
                    "it did so on every address before 0.104, and the version of the Collector is not known here: \
                     `assume: {collector: …}` says it",
                );
            }
            finding.fix = server.endpoint.as_ref().and_then(|endpoint| {
                let edit = ["localhost", "127.0.0.1", "[::1]"]
                    .into_iter()
                    .find_map(|host| Edit::within(world.sources, endpoint.span, host, "0.0.0.0"))?;
                Some(Fix::one("listen on every address", Safety::Unsafe, edit))
            });
        }
    }
}
