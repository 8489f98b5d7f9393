//! Where a Collector shows its own metrics to scrapers.
//!
//! Source: collector, service/telemetry/otelconftelemetry/factory.go: a Prometheus reader on `localhost:8888` unless
//! `service.telemetry.metrics` says otherwise; on every address before 0.111.

use super::Collector;
use super::endpoint::Host;
use super::endpoint::Listen;
use super::value::Value;
use crate::source::Span;

/// The port when nothing is said.
const PORT: u16 = 8888;

/// The first minor version of 0.x that binds to localhost when nothing is said (collector, CHANGELOG 0.111.0).
const LOCALHOST_SINCE: u16 = 111;

/// One server for scrapers.
#[derive(Clone, Debug)]
pub struct MetricsServer {
    /// What says so: the reader, else the section, else the configuration.
    pub span: Span,
    /// Its port.
    pub port: u16,
    /// Whether only the Pod itself can connect; `None` when that is open.
    pub loopback: Option<bool>,
}

impl Collector {
    /// The servers that show its own metrics in version 0.`minor`, in order. `None` when that is not known: a value is
    /// filled in only at the start.
    #[must_use]
    pub fn metrics_servers(&self, minor: Option<u16>) -> Option<Vec<MetricsServer>> {
        let metrics = self.root.at(&["service", "telemetry", "metrics"]);
        let default = |span, loopback| MetricsServer {
            span,
            port: PORT,
            loopback: Some(loopback),
        };
        // The operator gives a reader without a host `0.0.0.0` (operator 0.111, internal/otelconfig/config.go).
        let is_local = !self.is_operated() && minor.is_none_or(|minor| minor >= LOCALHOST_SINCE);
        let Some(metrics) = metrics else {
            return Some(vec![default(self.span, is_local)]);
        };
        if let Some(level) = metrics.get("level") {
            match level.phrase().map(|level| level.known()) {
                Some(Some("none")) => return Some(Vec::new()),
                Some(Some(_)) => {}
                _ => return None,
            }
        }
        if let Some(readers) = metrics.get("readers") {
            let pulls = readers.items().iter();
            return pulls
                .filter_map(|reader| reader.at(&["pull", "exporter", "prometheus"]))
                .map(|prometheus| server(prometheus, self.is_operated()))
                .collect();
        }
        if let Some(address) = metrics.get("address") {
            let listen = Listen::read(&address.phrase()?.masked()).ok()?;
            return Some(vec![MetricsServer {
                span: address.span,
                port: listen.port?,
                loopback: listen.is_loopback(),
            }]);
        }
        Some(vec![default(metrics.span, is_local)])
    }
}

/// A reader without a host binds to localhost, without a port to 8888.
fn server(prometheus: &Value, is_operated: bool) -> Option<MetricsServer> {
    let loopback = match prometheus.get("host") {
        None => Some(!is_operated),
        Some(host) => Host::read(&host.phrase()?.masked()).is_loopback(),
    };
    let port = match prometheus.get("port") {
        None => PORT,
        Some(_) => u16::try_from(prometheus.integer_at("port")?.value).ok()?,
    };
    Some(MetricsServer {
        span: prometheus.span,
        port,
        loopback,
    })
}

#[cfg(test)]
mod tests {
    use time::OffsetDateTime;

    use crate::model::Model;
    use crate::settings::Settings;
    use crate::source::Source;
    use crate::source::Sources;

    #[test]
    fn a_collector_shows_its_own_metrics_to_its_own_pod_unless_told_otherwise() {
        let given = |telemetry: &str| {
            format!(
                "receivers: {{otlp: {{protocols: {{grpc: null}}}}}}\nexporters: {{debug: null}}\nservice:\n  \
                 telemetry: {telemetry}\n  pipelines: {{traces: {{receivers: [otlp], exporters: [debug]}}}}\n"
            )
        };
        for (telemetry, minor, expected) in [
            ("{}", Some(110), vec![(8888, Some(false))]),
            ("{}", Some(111), vec![(8888, Some(true))]),
            ("{metrics: {level: none}}", None, vec![]),
            (
                "{metrics: {address: \":9999\"}}",
                None,
                vec![(9999, Some(false))],
            ),
            (
                "{metrics: {readers: [{pull: {exporter: {prometheus: {host: 0.0.0.0, port: 8889}}}}]}}",
                None,
                vec![(8889, Some(false))],
            ),
            (
                "{metrics: {readers: [{pull: {exporter: {prometheus: {host: \"${env:IP}\"}}}}, {periodic: {}}]}}",
                None,
                vec![(8888, None)],
            ),
        ] {
            let mut sources = Sources::new();
            sources.add(Source::new("c.yaml", given(telemetry).into_bytes()));
            let model = Model::read(&sources, &Settings::new(OffsetDateTime::UNIX_EPOCH));
            let servers = model.runs[0].collector.metrics_servers(minor).unwrap();
            let found: Vec<_> = servers.iter().map(|own| (own.port, own.loopback)).collect();
            assert_eq!(found, expected, "{telemetry}");
        }
    }
}
