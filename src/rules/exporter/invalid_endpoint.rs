use crate::finding::Edit;
use crate::finding::Findings;
use crate::finding::Fix;
use crate::finding::Safety;
use crate::model::collector::endpoint;
use crate::model::collector::exporter::Exporter;
use crate::model::collector::fault::FaultKind;
use crate::model::collector::id::Signal;
use crate::model::collector::receiver::Transport;
use crate::model::collector::receiver::default_path;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "invalid-endpoint",
    severity: Severity::Error,
    page: page!("exporter/invalid-endpoint"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for fault in world.model.faults(|kind| kind == FaultKind::Endpoint) {
        findings.refuse(fault);
    }
    for exporter in world
        .model
        .runs
        .iter()
        .flat_map(|run| run.collector.running_exporters())
    {
        doubled(world, exporter, findings);
    }
}

/// A common endpoint that already ends in the path of a signal: each signal's own is put behind it.
fn doubled(world: &World<'_>, exporter: &Exporter, findings: &mut Findings) {
    let Some(client) = exporter
        .client
        .as_ref()
        .filter(|client| client.transport == Transport::Http)
    else {
        return;
    };
    let Some(endpoint) = &client.endpoint else {
        return;
    };
    let Ok(Some(url)) = endpoint::url(&endpoint.masked()) else {
        return;
    };
    let path = url.path();
    let path = path.trim_end_matches('/');
    let Some(signal) = Signal::ALL
        .into_iter()
        .find(|signal| path.ends_with(default_path(*signal)))
    else {
        return;
    };
    let finding = findings
        .at(
            endpoint.span,
            format!(
                "the exporter puts `{}` behind a path that ends in it",
                default_path(signal)
            ),
        )
        .help(format!(
            "it sends to `{path}{}`: end the endpoint before `/v1`",
            default_path(signal)
        ))
        .help(format!(
            "`{signal}_endpoint` is taken as it is, for a server with paths of its own"
        ));
    let edit = Edit::within(world.sources, endpoint.span, default_path(signal), "");
    finding.fix = edit.map(|edit| Fix::one("end the endpoint before `/v1`", Safety::Unsafe, edit));
}
