use crate::finding::Findings;
use crate::model::collector::receiver::Transport;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "unrouted-signal",
    severity: Severity::Warning,
    page: page!("route/unrouted-signal"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for idle in &world.graph.idle {
        let route = &world.model.routes[idle.route];
        let rule = &route.rules[idle.rule];
        let span = rule
            .matches
            .first()
            .map_or(rule.span, |first| first.value_span());
        let finding = findings.at(span, "this rule takes nothing that OTLP sends");
        if idle.is_known {
            finding.severity(Severity::Error);
        }
        finding.help(match idle.transport {
            Transport::Grpc => "the services are `opentelemetry.proto.collector.trace.v1.TraceService`, `….metrics.v1.MetricsService` and `….logs.v1.LogsService`, the method is `Export`",
            Transport::Http => "the paths are `/v1/traces`, `/v1/metrics` and `/v1/logs`, unless the receiver says otherwise",
        });
    }
    for coverage in &world.graph.coverage {
        let route = &world.model.routes[coverage.route];
        let signals = coverage.left_out.iter();
        let signals: Vec<_> = signals.map(|(signal, _)| signal.as_str()).collect();
        let listener = world.attachment.listeners[coverage.listener].title(world.model);
        let message = format!(
            "no rule takes {} at the listener `{listener}`",
            signals.join(" or ")
        );
        let first = route.rules.iter().find_map(|rule| rule.matches.first());
        let span = first.map_or(route.object.name_span(), |first| first.value_span());
        let finding = findings.at(span, message);
        let pipelines = coverage.left_out.iter();
        let mut pipelines = pipelines.filter_map(|(_, pipeline)| *pipeline).peekable();
        if pipelines.peek().is_none() {
            finding.severity(Severity::Note);
        }
        for pipeline in pipelines {
            finding.also(pipeline, "this pipeline waits for it");
        }
        finding.help("add a match for each, or leave `matches` out");
    }
}
