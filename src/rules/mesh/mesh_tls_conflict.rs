use crate::finding::Findings;
use crate::graph::journey::FlawKind;
use crate::graph::journey::Sender;
use crate::graph::landing::Landing;
use crate::graph::landing::Target;
use crate::graph::proxy::injection::Injection;
use crate::graph::proxy::interception::Mode;
use crate::graph::proxy::interception::takes;
use crate::model::destination_rule::DestinationRule;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;
use crate::source::Span;
use crate::source::Spanned;

pub(super) static RULE: Rule = Rule {
    name: "mesh-tls-conflict",
    severity: Severity::Error,
    page: page!("mesh/mesh-tls-conflict"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    rules(world, findings);
    exporters(world, findings);
}

/// Exporters without a proxy of the mesh that send to Pods behind one.
fn exporters(world: &World<'_>, findings: &mut Findings) {
    for (journey, flaw) in world.graph.flaws() {
        let FlawKind::MeshOnly {
            workload,
            port,
            sender: Sender::Exporter,
        } = flaw.kind
        else {
            continue;
        };
        let exporter = &world.model.runs[journey.run].collector.exporters[journey.exporter];
        let target = world.model.workloads[workload].object.title();
        findings
            .at(
                flaw.at,
                format!("the proxy of {target} takes the mesh's mTLS only, which `{}` does not speak", exporter.id.value),
            )
            .also(exporter.id.span, "no proxy of the mesh speaks for this exporter: its connection is reset")
            .along(&journey.trail)
            .help(format!(
                "bring the sender into the mesh, send through a gateway of the mesh, or allow `PERMISSIVE` under `portLevelMtls` for port {port}"
            ));
    }
}

fn rules(world: &World<'_>, findings: &mut Findings) {
    for rule in &world.model.destination_rules {
        // Settings of ports win, and are not read.
        let Some(tls) = rule.tls_mode.as_ref().filter(|_| !rule.has_ports) else {
            continue;
        };
        let services = services(world, rule).into_iter();
        let landings = services.flat_map(|service| world.graph.landings_of(service));
        let mut conflicts = landings.filter_map(|landing| conflict(world, landing, tls));
        if let Some((said, words)) = conflicts.next() {
            say(rule, tls, said, words, findings);
        }
    }
}

/// The Services that `rule` is certainly about: of several of one name the nearest.
fn services(world: &World<'_>, rule: &DestinationRule) -> Vec<usize> {
    let services = &world.model.services;
    if let Some((namespace, name)) = rule.service() {
        let near = services.nearest_index(namespace, name, &rule.object);
        return near.into_iter().collect();
    }
    let is_meant = |at: &usize| {
        let service = &services[*at].object;
        let (namespace, name) = (service.namespace(), service.name());
        rule.covers(namespace, name)
            && services.nearest_index(namespace, name, &rule.object) == Some(*at)
    };
    (0..services.len()).filter(is_meant).collect()
}

fn say(
    rule: &DestinationRule,
    tls: &Spanned<String>,
    said: Span,
    words: &str,
    findings: &mut Findings,
) {
    let right = if tls.value == "ISTIO_MUTUAL" {
        "DISABLE"
    } else {
        "ISTIO_MUTUAL"
    };
    let host = rule.host.as_ref().map_or("", |host| host.as_str());
    findings
        .at(
            tls.span,
            format!(
                "`{}` to `{host}` meets a sidecar that {words}: every request ends in 503",
                tls.value
            ),
        )
        .also(said, "its mode is said here")
        .help(format!(
            "say `{right}`, or nothing at all: the mesh finds out by itself what a sidecar takes"
        ));
}

/// The mode of the Pods behind a port that the rule's mode does not fit, and what they take.
fn conflict(
    world: &World<'_>,
    landing: &Landing,
    tls: &Spanned<String>,
) -> Option<(Span, &'static str)> {
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
    let (object, port) = (&workload.object, pod.port?);
    // Nor does it on a port that the sidecar leaves alone.
    if !takes(world.model, object, &workload.pod, port) {
        return None;
    }
    let mode = Mode::of(world.model, object, &workload.pod.labels, port);
    match (mode, tls.value.as_str()) {
        // `MUTUAL` may show a certificate of the mesh.
        (Mode::Strict(said), "DISABLE" | "SIMPLE") => {
            Some((said, "takes the mesh's own mTLS only"))
        }
        (Mode::Disable(said), "ISTIO_MUTUAL") => Some((said, "takes plain text only")),
        _ => None,
    }
}
