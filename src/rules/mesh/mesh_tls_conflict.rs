use crate::finding::Findings;
use crate::graph::landing::Landing;
use crate::graph::landing::Target;
use crate::graph::proxy::injection::Injection;
use crate::graph::proxy::interception::Mode;
use crate::model::destination_rule::DestinationRule;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;
use crate::source::Spanned;

pub(super) static RULE: Rule = Rule {
    name: "mesh-tls-conflict",
    severity: Severity::Error,
    page: page!("mesh/mesh-tls-conflict"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for rule in &world.model.destination_rules {
        let Some(tls) = &rule.tls_mode else { continue };
        let landings = world.graph.landings.iter().filter(|landing| {
            let service = &world.model.services[landing.service].object;
            rule.is_about(service.namespace(), service.name())
        });
        let mut conflicts = landings.filter_map(|landing| conflict(world, landing, tls));
        if let Some((said, words)) = conflicts.next() {
            say(rule, tls, said, words, findings);
        }
    }
}

fn say(
    rule: &DestinationRule,
    tls: &Spanned<String>,
    said: crate::source::Span,
    words: &str,
    findings: &mut Findings,
) {
    let host = rule.host.as_ref().map_or("", |host| host.as_str());
    findings
        .at(tls.span, format!("`{}` to `{host}` meets a sidecar that {words}: every request ends in 503", tls.value))
        .also(said, "its mode is said here")
        .help("say `ISTIO_MUTUAL`, or nothing at all: the mesh finds out by itself whether a sidecar is there");
}

/// The mode of the Pods behind a port that the rule's mode does not fit, and what they take.
fn conflict(
    world: &World<'_>,
    landing: &Landing,
    tls: &Spanned<String>,
) -> Option<(crate::source::Span, &'static str)> {
    let Target::Pods(pods) = &landing.target else {
        return None;
    };
    let pod = pods.first()?;
    let workload = &world.model.workloads[pod.workload];
    // Without a sidecar a policy enforces nothing.
    if !matches!(
        Injection::of(world.model, &workload.object, &workload.pod),
        Injection::Yes(_)
    ) {
        return None;
    }
    let mode = Mode::of(
        world.model,
        &workload.object,
        &workload.pod.labels,
        pod.port?,
    );
    match (mode, tls.value.as_str()) {
        (Mode::Strict(said), "DISABLE" | "SIMPLE" | "MUTUAL") => {
            Some((said, "takes the mesh's own mTLS only"))
        }
        (Mode::Disable(said), "ISTIO_MUTUAL") => Some((said, "takes plain text only")),
        _ => None,
    }
}
