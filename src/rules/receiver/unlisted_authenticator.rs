use crate::finding::Findings;
use crate::finding::Fix;
use crate::finding::Safety;
use crate::finding::addition;
use crate::model::collector::Extent;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "unlisted-authenticator",
    severity: Severity::Error,
    page: page!("receiver/unlisted-authenticator"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for collector in world.model.runs.iter().map(|run| &run.collector) {
        if collector.extent != Extent::Whole {
            continue;
        }
        for asking in collector.live_askings() {
            let id = &asking.extension;
            let Some(extension) = collector.extension(id) else {
                continue;
            };
            if collector.may_start(id) {
                continue;
            }
            let noun = asking.purpose.noun();
            let finding = findings
                .at(id.span, format!("`service.extensions` does not start the {noun} `{}`", id.value))
                .also(extension.id.span, "configured here, but never started")
                .help(format!("add `{}` to `service.extensions`", id.value))
                .help(format!(
                    "the Collector does not start: failed to resolve {noun} \"{}\": {noun} not found; `otelcol validate` \
                     does not see it",
                    id.value
                ));
            finding.fix = collector.started.last().and_then(|last| {
                let edit = addition::item(world.sources, last.span, &id.value.to_string())?;
                Some(Fix::one("start it", Safety::Safe, edit))
            });
        }
    }
}
