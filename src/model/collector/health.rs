//! Where a Collector answers those who ask whether it lives (contrib, extension/healthcheckextension).

use crate::source::Span;

use super::Collector;
use super::Extent;
use super::endpoint::Host;
use super::endpoint::Listen;
use super::id::Role;
use super::receiver::LOCALHOST_SINCE;
use super::value::Value;

/// The port of a `health_check` without an endpoint.
pub const PORT: u16 = 13133;

/// A `health_check` that is started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HealthServer {
    /// Its `endpoint`, else its name.
    pub span: Span,
    /// Its port.
    pub port: u16,
    /// Whether only the Pod itself can connect; `None` when that is open.
    pub loopback: Option<bool>,
    /// Whether it has no endpoint, so that the version decides where it listens.
    pub by_default: bool,
}

impl Collector {
    /// The health checks that version 0.`minor` starts; of an unknown version, those that current ones start. `None` when
    /// something else may answer: parts of the configuration were not given, it holds a health check of another kind,
    /// or another value speaks of the port 13133.
    #[must_use]
    pub fn health_servers(&self, minor: Option<u16>) -> Option<Vec<HealthServer>> {
        if self.extent != Extent::Whole || self.is_operated() {
            return None;
        }
        let mut servers = Vec::new();
        for extension in &self.extensions {
            if extension.id.kind != "health_check" {
                if speaks_of_port(&extension.body) || extension.id.kind.contains("health") {
                    return None;
                }
                continue;
            }
            if !self.may_start(&extension.id.value) {
                continue;
            }
            let body = &extension.body;
            if ["use_v2", "http", "grpc", "port"]
                .iter()
                .any(|key| body.get(key).is_some())
                || body.is_reference()
            {
                return None;
            }
            let is_local = minor.is_none_or(|minor| minor >= LOCALHOST_SINCE);
            let (span, listen) = match body.get("endpoint").filter(|value| !value.is_null()) {
                Some(endpoint) => {
                    let written = endpoint.phrase()?.masked();
                    (endpoint.span, Listen::read(&written).ok()?)
                }
                None => (extension.id.span, by_default(is_local)),
            };
            servers.push(HealthServer {
                span,
                port: listen.port?,
                loopback: listen.is_loopback(),
                by_default: span == extension.id.span,
            });
        }
        let others = [
            Role::Receiver,
            Role::Processor,
            Role::Exporter,
            Role::Connector,
        ];
        let elsewhere = self
            .components()
            .any(|(role, _, body)| others.contains(&role) && speaks_of_port(body));
        (!elsewhere).then_some(servers)
    }
}

fn by_default(is_local: bool) -> Listen {
    let host = if is_local {
        Host::Name("localhost".to_owned())
    } else {
        Host::Ip([0, 0, 0, 0].into())
    };
    Listen {
        host,
        port: Some(PORT),
    }
}

fn speaks_of_port(value: &Value) -> bool {
    let port = PORT.to_string();
    let own = value
        .phrase()
        .is_some_and(|phrase| phrase.as_written().contains(&port));
    let number = matches!(value.content, super::value::Content::Integer(number) if number == i128::from(PORT));
    own || number
        || value.items().iter().any(speaks_of_port)
        || value
            .entries()
            .iter()
            .any(|entry| speaks_of_port(&entry.value))
}
