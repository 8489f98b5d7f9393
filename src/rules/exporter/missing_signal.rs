use crate::finding::Findings;
use crate::graph::journey::FlawKind;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "missing-signal",
    severity: Severity::Error,
    page: page!("exporter/missing-signal"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for (journey, flaw) in world.graph.flaws() {
        let collector = &world.model.runs[journey.run].collector;
        let exporter = &collector.exporters[journey.exporter];
        let Some(sender) = collector
            .writers(&exporter.id)
            .find(|pipeline| pipeline.signal() == journey.signal)
        else {
            continue;
        };
        let signal = journey.signal;
        let at = sender
            .exporters
            .iter()
            .find(|id| id.value == exporter.id.value)
            .map_or(sender.id.span, |id| id.span);
        match &flaw.kind {
            FlawKind::MissingSignal { .. } => findings
                .at(at, format!("this pipeline sends {signal}, and the collector that receives them has no pipeline for {signal}"))
                .also(flaw.at, format!("no {signal} pipeline reads this receiver"))
                .along(&journey.trail)
                .help(format!("add a {signal} pipeline there, or stop sending {signal} here")),
            FlawKind::UnroutedSignal { taker, .. } => {
                let who = taker.noun();
                findings
                    .at(at, format!("this pipeline sends {signal}, and no rule of the {who} takes {signal}"))
                    .also(taker.object(world.model).name_span(), format!("this {who} takes other requests only"))
                    .along(&journey.trail)
                    .help(format!("add a match for {signal} to the {who}, dial what it takes, or stop sending {signal} here"))
            }
            FlawKind::UnknownPath { path, known, server } => findings
                .at(flaw.at, format!("{signal} come to the receiver under `{path}`, and it takes them under `{known}` only"))
                .also(*server, "this server answers 404 to other paths")
                .along(&journey.trail)
                .help(format!("let the path end up as `{known}`: by the endpoint, by the route's rewrite, or by `{signal}_url_path` of the receiver")),
            _ => continue,
        };
    }
}
