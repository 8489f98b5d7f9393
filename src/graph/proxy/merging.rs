//! What the agent merges with the metrics of its proxy: those of the application, from where annotations of the Pod say
//! that they are.
//!
//! Source: istio 1.31, `pkg/kube/inject/webhook.go` (`applyPrometheusMerge`), `pilot/cmd/pilot-agent/status/server.go`.

use super::Kind;
use super::MERGED_PLAIN;
use super::Proxy;
use super::inert::is_filled_in_later;
use super::installation;
use crate::model::Model;
use crate::model::object::Pair;
use crate::settings::Version;
use crate::source::Span;
use crate::source::Spanned;

/// The annotation with several ports of the application: `port:path,port:path`.
const TARGETS: &str = "prometheus.istio.io/scrape-targets";

/// The first version that looks at the ports before it makes a Pod.
const CHECKED_SINCE: Version = Version::new(1, 31);

/// Ports of Istio's proxies, with what they are for (istio.io, application requirements).
pub const RESERVED: &[(i64, &str)] = &[
    (15000, "Envoy's administration"),
    (15001, "outbound traffic"),
    (15002, "the agent's probe of ports"),
    (15004, "the debug port of the agent"),
    (15006, "inbound traffic"),
    (15008, "HBONE"),
    (15020, "the merged metrics in plain text"),
    (15021, "health"),
    (15053, "DNS"),
    (15090, "Envoy's metrics in plain text"),
];

/// Where the agent is told to find metrics of the application, and cannot.
#[derive(Debug)]
pub struct Unmergeable {
    /// The annotation's value.
    pub at: Span,
    /// The port as it is written.
    pub port: String,
    /// Why it cannot.
    pub why: Obstacle,
}

/// Why the agent cannot read metrics of the application from a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// It is no number from 1 to 65535; the injector refuses the Pod.
    NoPort,
    /// It is one of the proxy's own, for what; the injector refuses the Pod.
    Reserved(&'static str),
    /// The proxy serves its own metrics there, with TLS; where that is said.
    Secure(Span),
}

impl Proxy {
    /// Whether the injector rewrites the annotations of the Pods for merged metrics.
    #[must_use]
    pub fn merges(&self, model: &Model) -> bool {
        let scrape = self.told(model, "prometheus_io_scrape");
        if scrape.is_some_and(|scrape| boolean(scrape) == Some(false)) {
            return false;
        }
        let asked = self.annotation(model, "prometheus.istio.io/merge-metrics");
        if let Some(asked) = asked.and_then(boolean) {
            return asked;
        }
        let object = self.object(model);
        let mesh = object.and_then(|object| installation::config(model, object));
        let said = mesh.and_then(|mesh| mesh.merges.as_ref());
        said.is_none_or(|merges| merges.value)
    }

    /// The ports from which the agent shall merge metrics of the application, and cannot; the Pod's own agent alone is
    /// meant by 15020.
    #[must_use]
    pub fn unmergeable(&self, model: &Model) -> Vec<Unmergeable> {
        if self.kind != Kind::Sidecar || !self.merges(model) {
            return Vec::new();
        }
        let targets = self.annotation(model, TARGETS);
        let single = || self.told(model, "prometheus_io_port");
        let Some(written) = targets.or_else(single) else {
            return Vec::new();
        };
        let is_own = targets.is_none() && written.trim() == MERGED_PLAIN.to_string();
        let ports = written
            .split(',')
            .map(|target| target.split(':').next().unwrap_or_default().trim());
        ports
            .filter(|_| !is_own)
            .filter_map(|port| {
                Some(Unmergeable {
                    at: written.span,
                    port: port.to_owned(),
                    why: self.obstacle(port)?,
                })
            })
            .collect()
    }

    /// Whether its injector refuses a Pod with such a port, as far as its version is known.
    #[must_use]
    pub fn refuses_ports(&self) -> bool {
        self.version.is_none_or(|version| version >= CHECKED_SINCE)
    }

    fn obstacle(&self, port: &str) -> Option<Obstacle> {
        if is_filled_in_later(port) {
            return None;
        }
        let number = port.parse::<i64>().ok();
        let Some(number) = number.filter(|number| (1..=65535).contains(number)) else {
            return Some(Obstacle::NoPort);
        };
        let secure = self.secure_ports().find(|(_, own, _)| own.value == number);
        if let Some((_, own, _)) = secure {
            return Some(Obstacle::Secure(own.span));
        }
        // 15002 is the agent's, and not among those that the injector looks for.
        let reserved = RESERVED
            .iter()
            .find(|(own, _)| *own == number && *own != 15002);
        reserved.map(|(_, whose)| Obstacle::Reserved(whose))
    }

    /// The annotation of its Pods that becomes the label `name` in Prometheus: `prometheus.io/port`,
    /// `prometheus.io.port` and `prometheus-io/port` are one to the injector.
    fn told<'m>(&self, model: &'m Model, name: &str) -> Option<&'m Spanned<String>> {
        let mut written = self.annotations(model).iter();
        let found = written.find(|pair| becomes(pair, name))?;
        Some(&found.value)
    }
}

/// Whether the annotation becomes the label `name` in Prometheus.
#[must_use]
pub fn becomes(annotation: &Pair, name: &str) -> bool {
    let letters = annotation.key.bytes().map(|letter| match letter {
        letter if letter.is_ascii_alphanumeric() => letter,
        _ => b'_',
    });
    letters.eq(name.bytes())
}

/// A truth value as Go's `strconv.ParseBool` reads it.
pub(super) fn boolean(text: &Spanned<String>) -> Option<bool> {
    match text.as_str() {
        "1" | "t" | "T" | "TRUE" | "true" | "True" => Some(true),
        "0" | "f" | "F" | "FALSE" | "false" | "False" => Some(false),
        _ => None,
    }
}
