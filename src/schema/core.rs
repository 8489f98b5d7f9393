//! Cross-field rules of the kinds that are built into the API server: pods, workloads, Services, Ingress.
//!
//! Source: Kubernetes 1.35, `pkg/apis/{core,apps,networking}/validation`.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::source::Span;
use crate::yaml::Node;
use crate::yaml::Shape;

use super::checks::objects;
use super::checks::size;
use super::checks::text_at;
use super::checks::text_or;
use super::text;
use super::walk::AlsoAt;
use super::walk::Check;
use super::walk::Walk;
use super::walk::head;
use super::wording;

pub(super) const CHECKS: &[(&str, Check)] = &[
    ("one-source", one_source),
    ("pod-parts", pod_parts),
    ("template-selected", template_selected),
    ("service", service),
    ("secret-keys", secret_keys),
    ("ingress-backend", ingress_backend),
    ("ingress-path", ingress_path),
    ("port-range", port_range),
];

/// A variable has a value or a source of it.
fn one_source(walk: &mut Walk<'_>, variable: Node<'_>) {
    if text_at(variable, "value").is_some()
        && let Some(source) = variable
            .key("valueFrom")
            .filter(|_| variable.get("valueFrom").is_some())
    {
        walk.refuse(
            source.span(),
            "`valueFrom` stands beside `value`, and only one of them is possible",
        );
    }
    let Some(source) = variable
        .get("valueFrom")
        .filter(|source| source.shape() == Shape::Mapping)
    else {
        return;
    };
    if source.entries().count() > 1 {
        walk.refuse(head(source), "`valueFrom` names more than one source");
    }
}

/// Containers of a pod have names of their own, and mount volumes that the pod has.
fn pod_parts(walk: &mut Walk<'_>, pod: Node<'_>) {
    let mut names: BTreeMap<String, Span> = BTreeMap::new();
    let mut volumes: BTreeSet<String> = objects(pod, "volumes")
        .iter()
        .filter_map(|volume| text_at(*volume, "name"))
        .collect();
    volumes.extend(walk.claims.iter().cloned());
    for list in ["initContainers", "containers"] {
        for container in objects(pod, list) {
            if let Some(name) = text_at(container, "name") {
                let span = container.get("name").map_or(head(container), Node::span);
                if let Some(first) = names.get(&name) {
                    let first = *first;
                    let shown = wording::short(&name).into_owned();
                    walk.refuse(
                        span,
                        format!("two containers have the same name: `{shown}`"),
                    )
                    .also_at(first, "the first one");
                } else {
                    names.insert(name, span);
                }
            }
            mounts(walk, container, &volumes);
        }
    }
}

fn mounts(walk: &mut Walk<'_>, container: Node<'_>, volumes: &BTreeSet<String>) {
    let mut paths: BTreeMap<String, Span> = BTreeMap::new();
    for mount in objects(container, "volumeMounts") {
        if let Some(name) = mount
            .get("name")
            .filter(|name| name.shape() == Shape::Scalar)
        {
            let text = name.text();
            if !volumes.contains(text.as_ref()) {
                let shown = wording::short(&text).into_owned();
                let near = wording::nearest(&text, volumes.iter().map(String::as_str))
                    .map(ToOwned::to_owned);
                let problem = walk.refuse(name.span(), format!("the pod has no volume `{shown}`"));
                problem.help = Some(match &near {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "add it to the pod's `volumes`".to_owned(),
                });
                problem.meant = near;
            }
        }
        let Some(path) = text_at(mount, "mountPath") else {
            continue;
        };
        let span = mount.get("mountPath").map_or(head(mount), Node::span);
        if let Some(first) = paths.get(&path) {
            let first = *first;
            let shown = wording::short(&path).into_owned();
            walk.refuse(span, format!("two volumes are mounted at `{shown}`"))
                .also_at(first, "the first one");
        } else {
            paths.insert(path, span);
        }
    }
}

/// A workload selects the pods that it makes.
fn template_selected(walk: &mut Walk<'_>, spec: Node<'_>) {
    let Some(wanted) = spec
        .get("selector")
        .and_then(|selector| selector.get("matchLabels"))
    else {
        return;
    };
    let Some(template) = spec.get("template") else {
        return;
    };
    let labels = template
        .get("metadata")
        .and_then(|metadata| metadata.get("labels"));
    for (key, value) in wanted
        .entries()
        .filter(|(_, value)| value.shape() == Shape::Scalar)
    {
        let name = key.text();
        let there = labels.and_then(|labels| labels.get(&name));
        if there.is_some_and(|there| there.text() == value.text()) {
            continue;
        }
        let shown = wording::short(&name).into_owned();
        let (at, label) = match there {
            Some(there) => (there.span(), "another value"),
            None => (template_labels(spec, template), "no such label"),
        };
        walk.refuse(
            key.span(),
            format!(
                "the selector wants the label `{shown}` with a value that the pods do not have"
            ),
        )
        .also_at(at, label)
        .help = Some("make the selector and the labels of the template the same".to_owned());
    }
}

fn template_labels(spec: Node<'_>, template: Node<'_>) -> Span {
    let metadata = template.get("metadata");
    let labels = metadata.and_then(|metadata| metadata.key("labels"));
    labels
        .or_else(|| spec.key("template"))
        .map_or(head(template), Node::span)
}

fn service(walk: &mut Walk<'_>, spec: Node<'_>) {
    let ports = objects(spec, "ports");
    let kind = text_or(spec, "type", "ClusterIP");
    let headless = text_at(spec, "clusterIP").is_some_and(|address| address == "None");
    if ports.is_empty() && size(spec, "ports") == 0 && kind != "ExternalName" && !headless {
        walk.refuse(head(spec), "the Service has no `ports`, which are required");
    }
    if kind == "ExternalName" && text_at(spec, "externalName").is_none() {
        let span = spec.get("type").map_or(head(spec), Node::span);
        walk.refuse(
            span,
            "a Service of type `ExternalName` has no `externalName`",
        );
    }
    if headless && matches!(kind.as_str(), "NodePort" | "LoadBalancer") {
        let span = spec.get("clusterIP").map_or(head(spec), Node::span);
        walk.refuse(
            span,
            format!("a Service of type `{kind}` has `clusterIP: None`"),
        );
    }
    service_ports(walk, &ports);
}

fn service_ports(walk: &mut Walk<'_>, ports: &[Node<'_>]) {
    let mut names: BTreeMap<String, Span> = BTreeMap::new();
    let mut numbers: BTreeMap<(String, String), Span> = BTreeMap::new();
    for port in ports {
        let span = port.get("port").map_or(head(*port), Node::span);
        match text_at(*port, "name") {
            Some(name) => {
                let at = port.get("name").map_or(span, Node::span);
                if let Some(first) = names.get(&name) {
                    let first = *first;
                    let shown = wording::short(&name).into_owned();
                    walk.refuse(
                        at,
                        format!("two ports of the Service have the same name: `{shown}`"),
                    )
                    .also_at(first, "the first one");
                } else {
                    names.insert(name, at);
                }
            }
            None if ports.len() > 1 => {
                walk.refuse(
                    span,
                    "this port has no `name`, and the Service has more than one port",
                );
            }
            None => {}
        }
        let number = (
            text_or(*port, "port", ""),
            text_or(*port, "protocol", "TCP"),
        );
        if let Some(first) = numbers.get(&number) {
            let first = *first;
            let shown = wording::short(&number.0).into_owned();
            walk.refuse(
                span,
                format!(
                    "two ports of the Service are {shown} over {}",
                    wording::short(&number.1)
                ),
            )
            .also_at(first, "the first one");
        } else {
            numbers.insert(number, span);
        }
        target(walk, *port, "targetPort");
    }
}

/// A port by number or by the name of a container's port.
fn target(walk: &mut Walk<'_>, port: Node<'_>, key: &str) {
    let Some(target) = port
        .get(key)
        .filter(|target| target.shape() == Shape::Scalar)
    else {
        return;
    };
    let text = target.text();
    let fits = match target.integer() {
        Some(number) => (1..=65535).contains(&number.value),
        None => text::form("port-name").is_some_and(|form| (form.fits)(&text)),
    };
    if !fits {
        let shown = wording::short(&text).into_owned();
        let help = if text.parse::<u16>().is_ok() {
            "take the quotes away".to_owned()
        } else {
            "give a number from 1 to 65535, or the name of a container's port".to_owned()
        };
        walk.refuse(target.span(), format!("`{shown}` is no valid `{key}`"))
            .help = Some(help);
    }
}

fn secret_keys(walk: &mut Walk<'_>, data: Node<'_>) {
    for (key, _) in data.entries() {
        let name = key.text();
        if name.len() > 253 || text::form("secret-key").is_some_and(|form| !(form.fits)(&name)) {
            let shown = wording::short(&name).into_owned();
            walk.refuse(key.span(), format!("`{shown}` is no valid key"))
                .help = Some("a key is of letters, digits, `-`, `_` and `.`".to_owned());
        }
    }
}

fn ingress_backend(walk: &mut Walk<'_>, backend: Node<'_>) {
    let (service, resource) = (backend.get("service"), backend.get("resource"));
    if service.is_some() == resource.is_some() {
        walk.refuse(
            head(backend),
            "a backend is a `service` or a `resource`, exactly one of them",
        );
    }
    let Some(service) = service.filter(|service| service.shape() == Shape::Mapping) else {
        return;
    };
    let port = service.get("port");
    let named = port.and_then(|port| text_at(port, "name"));
    let numbered = port.and_then(|port| port.get("number"));
    if named.is_some() == numbered.is_some() {
        let span = service.key("port").map_or(head(service), Node::span);
        walk.refuse(
            span,
            "the port of the Service needs `name` or `number`, exactly one of them",
        );
    }
}

fn ingress_path(walk: &mut Walk<'_>, path: Node<'_>) {
    let kind = text_or(path, "pathType", "");
    let Some(value) = path
        .get("path")
        .filter(|value| value.shape() == Shape::Scalar)
    else {
        return;
    };
    let text = value.text();
    if matches!(kind.as_str(), "Exact" | "Prefix") && !text.starts_with('/') {
        let shown = wording::short(&text).into_owned();
        walk.refuse(
            value.span(),
            format!("the path `{shown}` does not begin with `/`"),
        );
    }
}

fn port_range(walk: &mut Walk<'_>, port: Node<'_>) {
    let Some(end) = port.integer_at("endPort") else {
        return;
    };
    match port.integer_at("port") {
        Some(start) if start.value <= end.value => {}
        Some(start) => {
            walk.refuse(end.span, "the range of ports ends before it begins")
                .also_at(start.span, "its first port");
        }
        None => {
            walk.refuse(end.span, "`endPort` needs a `port` that is a number");
        }
    }
}
