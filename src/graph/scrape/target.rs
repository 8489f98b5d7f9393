//! The targets that service discovery makes of Pods, each with its meta labels.
//!
//! Source: prometheus, discovery/kubernetes/pod.go and endpointslice.go.

use super::label::ADDRESS;
use super::label::Label;
use super::label::Labels;
use super::label::sanitized;
use super::pod::Pod;
use crate::model::object::Pair;
use crate::model::service::Service;
use crate::source::Span;

/// The address that stands for that of a Pod: only the cluster knows it (RFC 5737).
pub(super) const POD_IP: &str = "192.0.2.1";

/// The same of a Pod with an IPv6 address (RFC 3849).
pub(super) const POD_IP6: &str = "2001:db8::1";

/// One port of one container.
#[derive(Clone, Debug)]
pub(super) struct Port<'p> {
    pub(super) container: &'p str,
    pub(super) name: Option<&'p str>,
    pub(super) number: Option<i64>,
    pub(super) span: Option<Span>,
    pub(super) is_init: bool,
}

/// Every declared port of the Pod; of a container without ports one entry without a number.
pub(super) fn ports<'p>(pod: &'p Pod<'_>) -> Vec<Port<'p>> {
    let mut ports = Vec::new();
    let template = pod.template.into_iter();
    let containers = template.flat_map(|template| {
        let own = template
            .containers
            .iter()
            .map(|container| (container, false));
        own.chain(
            template
                .init_containers
                .iter()
                .map(|container| (container, true)),
        )
    });
    for (container, is_init) in containers {
        let name = container.name.as_ref().map_or("", |name| name.as_str());
        let bare = Port {
            container: name,
            name: None,
            number: None,
            span: None,
            is_init,
        };
        if container.ports.is_empty() && !pod.adds_ports_to(name) {
            ports.push(bare.clone());
        }
        ports.extend(container.ports.iter().map(|port| Port {
            name: port.name.as_ref().map(|name| name.as_str()),
            number: port.port.as_ref().map(|port| port.value),
            span: Some(port.span),
            ..bare.clone()
        }));
    }
    let declared = |number: i64| ports.iter().any(|port| port.number == Some(number));
    let added: Vec<Port<'p>> = pod
        .proxy_ports()
        .iter()
        .filter(|(_, number)| !declared(*number))
        .map(|(name, number)| Port {
            container: "istio-proxy",
            name: Some(name),
            number: Some(*number),
            span: None,
            is_init: false,
        })
        .collect();
    ports.extend(added);
    ports
}

/// The labels of the target that the port of a Pod with that address makes.
pub(super) fn of_port(pod: &Pod<'_>, port: &Port<'_>, address: &str) -> Labels {
    let mut labels = of_pod(pod, address);
    of_container(&mut labels, port);
    let said: Vec<Span> = port.span.into_iter().collect();
    labels.set(ADDRESS, joined(address, port.number), &said);
    labels
}

/// What a target says of the container's port that it is.
fn of_container(labels: &mut Labels, port: &Port<'_>) {
    let said: Vec<Span> = port.span.into_iter().collect();
    let mut set = |name: &'static str, value: &str| labels.set(name, value, &said);
    set("__meta_kubernetes_pod_container_name", port.container);
    set(
        "__meta_kubernetes_pod_container_init",
        &port.is_init.to_string(),
    );
    if let Some(number) = port.number {
        let name = port.name.unwrap_or_default();
        set("__meta_kubernetes_pod_container_port_name", name);
        set(
            "__meta_kubernetes_pod_container_port_number",
            &number.to_string(),
        );
        set("__meta_kubernetes_pod_container_port_protocol", "TCP");
    }
}

/// `host:port`, or the host alone.
pub(super) fn joined(address: &str, port: Option<i64>) -> String {
    let is_six = address.contains(':');
    match port {
        Some(port) if is_six => format!("[{address}]:{port}"),
        Some(port) => format!("{address}:{port}"),
        None if is_six => format!("[{address}]"),
        None => address.to_owned(),
    }
}

/// What every target of a Pod says of it.
fn of_pod(pod: &Pod<'_>, address: &str) -> Labels {
    let shared = pod.meta(|| {
        let known = [
            ("__meta_kubernetes_namespace", pod.namespace),
            ("__meta_kubernetes_pod_phase", "Running"),
            ("__meta_kubernetes_pod_ready", "true"),
        ];
        let known = known.map(|(name, value)| (name.to_owned(), Label::of(value, &[])));
        let labels = all("pod_label", &pod.labels);
        let annotations = all("pod_annotation", &pod.annotations);
        known.into_iter().chain(labels).chain(annotations).collect()
    });
    let mut labels = Labels::over(shared);
    labels.set("__meta_kubernetes_pod_ip", address, &[]);
    labels
}

/// The labels of the target that a container's port makes where a Service leads to the Pod, and not to that port.
pub(super) fn of_neighbour(
    service: &Service,
    pod: &Pod<'_>,
    port: &Port<'_>,
    address: &str,
) -> Labels {
    let mut labels = beside(service, pod, address);
    of_container(&mut labels, port);
    let said: Vec<Span> = port.span.into_iter().collect();
    labels.set(ADDRESS, joined(address, port.number), &said);
    labels
}

/// What every target behind a Service says.
fn beside(service: &Service, pod: &Pod<'_>, address: &str) -> Labels {
    let mut labels = of_pod(pod, address);
    let object = &service.object;
    labels.set("__meta_kubernetes_service_name", object.name(), &[]);
    let written = all("service_label", &object.labels);
    for (name, label) in written.chain(all("service_annotation", &object.annotations)) {
        labels.put(name, label);
    }
    for kind in ["endpoint", "endpointslice"] {
        labels.set(
            format!("__meta_kubernetes_{kind}s_name"),
            object.name(),
            &[],
        );
    }
    labels
}

/// The labels of the target that a port of a Service makes of a Pod behind it.
pub(super) fn of_service(
    service: &Service,
    port: usize,
    pod: &Pod<'_>,
    number: i64,
    address: &str,
) -> Labels {
    let mut labels = beside(service, pod, address);
    let entry = &service.ports[port];
    let name = entry.name.as_ref().map_or("", |name| name.as_str());
    for kind in ["endpoint", "endpointslice"] {
        labels.set(format!("__meta_kubernetes_{kind}_port_name"), name, &[]);
        labels.set(format!("__meta_kubernetes_{kind}_ready"), "true", &[]);
    }
    // A target of a Service is one of the container as well, where that declares the port.
    let declared = ports(pod);
    if let Some(own) = declared.iter().find(|own| own.number == Some(number)) {
        of_container(&mut labels, own);
    }
    labels.set(ADDRESS, joined(address, Some(number)), &[entry.span]);
    labels
}

/// The meta labels of labels or annotations: each value, and that it is there.
fn all(kind: &str, pairs: &[Pair]) -> impl Iterator<Item = (String, Label)> {
    pairs.iter().flat_map(move |pair| {
        let name = sanitized(&pair.key);
        let value = Label::of(pair.value.value.clone(), &[pair.value.span]);
        let present = Label::of("true", &[pair.key.span]);
        [
            (format!("__meta_kubernetes_{kind}_{name}"), value),
            (format!("__meta_kubernetes_{kind}present_{name}"), present),
        ]
    })
}
