use std::collections::BTreeSet;

use super::exposed;
use crate::finding::Findings;
use crate::model::collector::value::Value;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "proxy-association",
    severity: Severity::Warning,
    page: page!("receiver/proxy-association"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    let mut seen = BTreeSet::new();
    for (exposure, pipeline) in exposed(world) {
        if !exposure.way.is_proxied() {
            continue;
        }
        let collector = &world.model.runs[exposure.run].collector;
        for id in pipeline
            .processors
            .iter()
            .filter(|id| matches!(id.kind.as_str(), "k8s_attributes" | "k8sattributes"))
        {
            let Some(processor) = collector
                .processors
                .iter()
                .find(|processor| processor.id.value == id.value)
            else {
                continue;
            };
            if !by_connection(&processor.body) || !seen.insert(processor.id.span) {
                continue;
            }
            findings
                .at(processor.id.span, format!("`{}` knows senders by their address, which here is the proxy's", id.value))
                .also(exposure.said, exposure.way.label())
                .help("give `pod_association` with `from: resource_attribute` first, such as `k8s.pod.uid` or `k8s.pod.ip`");
        }
    }
}

/// Whether the connection decides first, as it does when nothing is configured (k8sattributesprocessor, README.md).
fn by_connection(processor: &Value) -> bool {
    let rules = processor
        .get("pod_association")
        .map_or(&[][..], |rules| rules.items());
    let Some(first) = rules.first() else {
        return !processor.bool_at("passthrough").is_some_and(|on| on.value);
    };
    let from = |source: &Value| {
        source
            .text_at("from")
            .is_some_and(|from| from.known() == Some("connection"))
    };
    from(first)
        || first
            .get("sources")
            .is_some_and(|sources| sources.items().iter().any(from))
}
