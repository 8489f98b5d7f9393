//! What Istio writes about routes (istio 1.32, `gateway/conversion.go` and `conditions.go`).

use super::super::View;
use super::super::condition::Condition;
use super::super::reason;
use super::super::reason::Reason;
use super::NETWORKING;
use crate::attach::backend;
use crate::attach::route::BackendOutcome;
use crate::attach::route::ParentFacts;
use crate::attach::route::ParentOutcome;
use crate::model::reference::Reference;
use crate::model::route::Filter;
use crate::model::route::Route;
use crate::model::route::RouteKind;

/// The API group of Services of other clusters.
const MULTICLUSTER: &str = "multicluster.x-k8s.io";

pub(super) fn parent(view: &View<'_>, facts: &ParentFacts) -> Option<Vec<Condition>> {
    let accepted = match reason::denial(facts) {
        _ if matches!(facts.outcome, ParentOutcome::Unserved) => return None,
        Some((reason, words)) => Condition::no("Accepted", reason, words),
        None if matches!(facts.outcome, ParentOutcome::Attached(_)) => {
            Condition::yes("Accepted", "Accepted", "the route is attached")
        }
        None => return None,
    };
    Some(vec![
        accepted,
        resolved(view, &view.model().routes[facts.route]),
    ])
}

/// A route may have a Service or a ServiceEntry for its parent: then it steers the mesh.
pub(super) fn mesh(view: &View<'_>, facts: &ParentFacts) -> Option<Vec<Condition>> {
    let reference = facts.written(view.model());
    let route = &view.model().routes[facts.route];
    let namespace = reference.namespace_or(route.object.namespace());
    let (name, kind) = (reference.name(), reference.kind_or(""));
    let is_there = match (reference.group_or(""), kind) {
        ("", "Service") => view.model().services.named(namespace, name).is_some(),
        (NETWORKING, "ServiceEntry") => view
            .index
            .other(NETWORKING, "ServiceEntry", namespace, name)
            .is_some(),
        _ => return None,
    };
    let accepted = match is_there {
        true => Condition::yes("Accepted", "Accepted", "the route is attached"),
        false => {
            let words = format!("there is no {kind} `{name}`");
            Condition::no("Accepted", "NoMatchingParent", words)
        }
    };
    Some(vec![accepted, resolved(view, route)])
}

/// Whether the references of a route are resolved: the first rule that cannot be translated at all decides, else the last
/// backend that cannot be reached.
fn resolved(view: &View<'_>, route: &Route) -> Condition {
    let mut fault: Option<Reason> = None;
    for rule in &route.rules {
        let filters = rule
            .filters
            .iter()
            .filter_map(|filter| filter_fault(view, route, filter));
        if let Some(hard) = { filters }.next() {
            fault = Some(hard);
            break;
        }
        let faults: Vec<_> = rule
            .backends
            .iter()
            .filter_map(|backend| backend_fault(view, route, backend))
            .collect();
        if let Some(hard) = faults
            .iter()
            .find(|(reason, _)| *reason == "InvalidDestination")
        {
            fault = Some(hard.clone());
            break;
        }
        fault = faults.into_iter().next_back().or(fault);
    }
    Condition::resolved_unless(fault)
}

/// What is wrong with a filter: of an unknown kind, or a mirror to nothing.
fn filter_fault(view: &View<'_>, route: &Route, filter: &Filter) -> Option<Reason> {
    let kind = filter.kind.as_ref().map_or("", |kind| kind.as_str());
    let is_known = match route.kind {
        RouteKind::Grpc => {
            matches!(
                kind,
                "RequestHeaderModifier" | "ResponseHeaderModifier" | "RequestMirror"
            )
        }
        _ => matches!(
            kind,
            "RequestHeaderModifier"
                | "ResponseHeaderModifier"
                | "RequestMirror"
                | "RequestRedirect"
                | "URLRewrite"
                | "CORS"
        ),
    };
    if !is_known {
        return Some((
            "InvalidFilter",
            format!("filters of type `{kind}` are not supported"),
        ));
    }
    backend_fault(view, route, filter.mirror.as_ref()?)
}

fn backend_fault(view: &View<'_>, route: &Route, reference: &Reference) -> Option<Reason> {
    let hard = |words: &str| Some(("InvalidDestination", words.to_owned()));
    let namespace = reference.namespace_or(route.object.namespace());
    let name = reference.name();
    let (group, kind) = (reference.group_or(""), reference.kind_or("Service"));
    let is_foreign = namespace != route.object.namespace();
    let refusal = backend::refusal(view.index, route, reference).filter(|_| is_foreign);
    if let Some(refusal) = refusal {
        return Some(("RefNotPermitted", reason::refused("backend", &refusal)));
    }
    let is_there = match (group, kind) {
        ("", "Service") if name.contains('.') => {
            return hard("a backend is named by its Service, not by its host name");
        }
        ("", "Service") => !matches!(
            backend::outcome(view.index, route, reference),
            BackendOutcome::Absent(_)
        ),
        // A Service of that name stands for it: Services of several clusters are one already.
        (MULTICLUSTER, "ServiceImport") => view.model().services.named(namespace, name).is_some(),
        (NETWORKING, "Hostname") => {
            if reference.namespace.is_some() {
                return hard("a backend of kind `Hostname` has no namespace");
            }
            is_host(view, name)
        }
        _ if is_pool(group, kind) => view.index.other(group, kind, namespace, name).is_some(),
        _ => {
            let words = format!("a backend of kind `{kind}` is not supported");
            return Some(("InvalidKind", words));
        }
    };
    if reference.port.is_none() && !is_pool(group, kind) {
        return hard("a backend needs a port");
    }
    (!is_there).then(|| ("BackendNotFound", format!("there is no {kind} `{name}`")))
}

/// Kinds of backend that carry their port themselves.
pub(super) fn is_pool(group: &str, kind: &str) -> bool {
    matches!(
        (group, kind),
        (
            "inference.networking.k8s.io" | "inference.networking.x-k8s.io",
            "InferencePool"
        ) | ("gateway.networking.x-k8s.io", "XBackend")
    )
}

/// Whether some Service or ServiceEntry answers to that host name.
fn is_host(view: &View<'_>, host: &str) -> bool {
    let mut parts = host.split('.');
    let (name, namespace) = (
        parts.next().unwrap_or_default(),
        parts.next().unwrap_or_default(),
    );
    let is_service =
        parts.next() == Some("svc") && view.model().services.named(namespace, name).is_some();
    is_service
        || view
            .index
            .others_of(NETWORKING, "ServiceEntry")
            .any(|entry| {
                let hosts = entry
                    .tree
                    .node()
                    .get("spec")
                    .map(|spec| spec.strings_at("hosts"));
                hosts
                    .unwrap_or_default()
                    .iter()
                    .any(|own| own.value == host)
            })
}
