//! The ports that the operator opens for a Collector: those of its receivers, then those that the resource adds.

use crate::model::collector::Collector;
use crate::model::collector::receiver::Receiver;
use crate::model::collector::value::Value;
use crate::model::service::PortRef;
use crate::model::service::ServicePort;
use crate::model::workload::container::ContainerPort;
use crate::model::workload::container::entries;
use crate::source::Span;
use crate::source::Spanned;
use crate::yaml::Node;

/// One port of the Services and the container that the operator makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Port {
    /// The receiver, its protocol, or the entry of `spec.ports` that asks for it.
    pub span: Span,
    /// Its name in the Service.
    pub name: String,
    /// Its number, in Service and container alike.
    pub number: i64,
    /// `appProtocol`: the operator sets `grpc` and `http`, where it knows.
    pub app_protocol: Option<String>,
    /// TCP when `None`.
    pub protocol: Option<String>,
    /// `hostPort` of an entry of `spec.ports`.
    pub host_port: Option<Spanned<i64>>,
}

impl Port {
    /// Whether it takes gRPC, as far as the operator knows.
    #[must_use]
    pub fn is_grpc(&self) -> bool {
        self.app_protocol.as_deref() == Some("grpc")
    }

    /// The entry of the Service.
    pub(super) fn to_service_port(&self) -> ServicePort {
        let at = |text: &String| Spanned::new(text.clone(), self.span);
        ServicePort {
            span: self.span,
            name: Some(at(&self.name)),
            port: Some(Spanned::new(self.number, self.span)),
            target: Some(PortRef::Number(Spanned::new(self.number, self.span))),
            node_port: None,
            protocol: self.protocol.as_ref().map(at),
            app_protocol: self.app_protocol.as_ref().map(at),
        }
    }

    /// The entry of the container.
    pub(super) fn to_container_port(&self) -> ContainerPort {
        let at = |text: &String| Spanned::new(text.clone(), self.span);
        ContainerPort {
            span: self.span,
            name: Some(at(&self.name)),
            port: Some(Spanned::new(self.number, self.span)),
            host_port: self.host_port,
            protocol: self.protocol.as_ref().map(at),
        }
    }
}

/// A port that a type of receiver opens (operator, internal/components/receivers/helpers.go).
struct Known {
    kind: &'static str,
    /// Key under `protocols`; empty when the receiver has one endpoint of its own.
    protocol: &'static str,
    number: i64,
    app_protocol: Option<&'static str>,
    transport: Option<&'static str>,
}

const fn known(
    kind: &'static str,
    protocol: &'static str,
    number: i64,
    app_protocol: Option<&'static str>,
) -> Known {
    Known {
        kind,
        protocol,
        number,
        app_protocol,
        transport: None,
    }
}

const fn udp(kind: &'static str, protocol: &'static str, number: i64) -> Known {
    Known {
        kind,
        protocol,
        number,
        app_protocol: None,
        transport: Some("UDP"),
    }
}

const GRPC: Option<&str> = Some("grpc");
const HTTP: Option<&str> = Some("http");

const KNOWN: &[Known] = &[
    known("otlp", "grpc", 4317, GRPC),
    known("otlp", "http", 4318, HTTP),
    known("skywalking", "grpc", 11800, GRPC),
    known("skywalking", "http", 12800, HTTP),
    known("jaeger", "grpc", 14250, GRPC),
    known("jaeger", "thrift_http", 14268, HTTP),
    udp("jaeger", "thrift_compact", 6831),
    udp("jaeger", "thrift_binary", 6832),
    known("loki", "grpc", 9095, GRPC),
    known("loki", "http", 3100, HTTP),
    udp("awsxray", "", 2000),
    known("carbon", "", 2003, None),
    known("collectd", "", 8081, None),
    known("fluentforward", "", 8006, None),
    known("influxdb", "", 8086, None),
    known("opencensus", "", 55678, None),
    known("sapm", "", 7276, None),
    known("signalfx", "", 9943, None),
    known("splunk_hec", "", 8088, None),
    udp("statsd", "", 8125),
    known("wavefront", "", 2003, None),
    known("zipkin", "", 9411, HTTP),
];

/// The ports of the receivers and Prometheus exporters that a pipeline uses, then those of `spec.ports`; a number
/// that is given twice belongs to `spec.ports`.
pub(super) fn ports(spec: Option<Node<'_>>, collector: Option<&Collector>) -> Vec<Port> {
    let mut ports: Vec<Port> = Vec::new();
    for port in collector.into_iter().flat_map(found) {
        if !ports
            .iter()
            .any(|other| other.number == port.number && other.protocol == port.protocol)
        {
            ports.push(port);
        }
    }
    let added = spec
        .map(|spec| entries(spec, "ports", written))
        .unwrap_or_default();
    ports.retain(|port| !added.iter().any(|written| written.number == port.number));
    for port in &mut ports {
        if added.iter().any(|written| written.name == port.name) {
            port.name = format!("port-{}", port.number);
        }
    }
    ports.extend(added);
    ports
}

fn written(node: Node<'_>) -> Option<Port> {
    let number = node.integer_at("port")?;
    Some(Port {
        span: node.span(),
        name: node
            .string_at("name")
            .map_or_else(|| format!("port-{}", number.value), |name| name.value),
        number: number.value,
        app_protocol: node.string_at("appProtocol").map(|protocol| protocol.value),
        protocol: node.string_at("protocol").map(|protocol| protocol.value),
        host_port: node.integer_at("hostPort").filter(|port| port.value != 0),
    })
}

fn found(collector: &Collector) -> Vec<Port> {
    let receivers = collector
        .receivers
        .iter()
        .filter(|receiver| collector.readers(&receiver.id).next().is_some());
    let exporters = collector
        .exporters
        .iter()
        .filter(|exporter| collector.writers(&exporter.id).next().is_some());
    let scraped = exporters
        .filter(|exporter| exporter.id.kind == "prometheus")
        .map(|exporter| {
            let number = number_in(&exporter.body, "endpoint").unwrap_or(PROMETHEUS_PORT);
            let name = exporter.id.value.to_string();
            port(exporter.id.span, &name, number, None, None)
        });
    receivers.flat_map(of_receiver).chain(scraped).collect()
}

/// The ports of extensions that are started and serve people: of the known ones that is Jaeger's user interface (operator,
/// internal/components/extensions/helpers.go).
pub(super) fn extensions(collector: &Collector) -> Vec<Port> {
    let started = collector.extensions.iter().filter(|extension| {
        let mut started = collector.started.iter();
        extension.id.kind == "jaeger_query" && started.any(|id| id.value == extension.id.value)
    });
    started
        .map(|extension| {
            let server = extension.body.get("http");
            let number = server.and_then(|server| number_in(server, "endpoint"));
            let name = extension.id.value.to_string();
            port(
                extension.id.span,
                &name,
                number.unwrap_or(JAEGER_PORT),
                None,
                None,
            )
        })
        .collect()
}

/// The port of Jaeger's user interface when its endpoint names none.
const JAEGER_PORT: i64 = 16686;

/// The port of a `prometheus` exporter without one in its endpoint.
const PROMETHEUS_PORT: i64 = 8888;

fn of_receiver(receiver: &Receiver) -> Vec<Port> {
    let id = receiver.id.value.to_string();
    let mut rows = KNOWN
        .iter()
        .filter(|known| known.kind == receiver.id.kind)
        .peekable();
    match rows.peek() {
        Some(known) if known.protocol.is_empty() => {
            let number = number_in(&receiver.body, "endpoint").unwrap_or(known.number);
            vec![port(
                receiver.id.span,
                &id,
                number,
                known.app_protocol,
                known.transport,
            )]
        }
        Some(_) => rows
            .filter_map(|known| {
                let protocols = receiver.body.get("protocols")?.map()?;
                let entry = protocols.entry(known.protocol)?;
                let number = number_in(&entry.value, "endpoint").unwrap_or(known.number);
                let name = format!("{id}-{}", known.protocol);
                Some(port(
                    entry.key.span,
                    &name,
                    number,
                    known.app_protocol,
                    known.transport,
                ))
            })
            .collect(),
        None => {
            let number = ["endpoint", "listen_address"]
                .iter()
                .find_map(|key| number_in(&receiver.body, key));
            number
                .map(|number| port(receiver.id.span, &id, number, None, None))
                .into_iter()
                .collect()
        }
    }
}

fn port(
    span: Span,
    name: &str,
    number: i64,
    app_protocol: Option<&str>,
    transport: Option<&str>,
) -> Port {
    Port {
        span,
        name: port_name(name, number),
        number,
        app_protocol: app_protocol.map(str::to_owned),
        protocol: transport.map(str::to_owned),
        host_port: None,
    }
}

/// `name` with `/` and `_` turned into `-`; `port-<number>` when that is no port name: longer than 15 characters, or with other
/// letters (internal/naming/port.go).
fn port_name(name: &str, number: i64) -> String {
    let name = name.replace(['/', '_'], "-");
    let fits = name.len() <= LONGEST_PORT_NAME
        && name.starts_with(|first: char| first.is_ascii_lowercase() || first.is_ascii_digit())
        && name.ends_with(|last: char| last.is_ascii_lowercase() || last.is_ascii_digit())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if fits { name } else { format!("port-{number}") }
}

/// Characters in an IANA_SVC_NAME.
const LONGEST_PORT_NAME: usize = 15;

/// The number after the first `:` that digits follow, as the operator finds it: of `[::1]:4317` it takes the 1.
fn number_in(body: &Value, key: &str) -> Option<i64> {
    let endpoint = body.text_at(key)?;
    let text = endpoint.as_written();
    text.match_indices(':').find_map(|(at, _)| {
        let rest = &text[at + 1..];
        let end = rest
            .find(|letter: char| !letter.is_ascii_digit())
            .unwrap_or(rest.len());
        rest[..end].parse().ok()
    })
}

#[cfg(test)]
mod tests {
    use super::port_name;

    #[test]
    fn port_names_that_do_not_fit_become_numbers() {
        for (name, expected) in [
            ("otlp-grpc", "otlp-grpc"),
            ("otlp/basicauth-grpc", "port-4317"),
            ("otlp/a-grpc", "otlp-a-grpc"),
            ("splunk_hec", "splunk-hec"),
            ("otlp/Big-grpc", "port-4317"),
        ] {
            assert_eq!(port_name(name, 4317), expected, "{name}");
        }
    }
}
