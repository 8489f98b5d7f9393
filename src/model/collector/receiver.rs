//! Receivers: what the otlp receiver opens, with which TLS and authentication, under which paths.

use crate::source::Span;
use crate::source::Spanned;

use super::endpoint::Host;
use super::endpoint::Listen;
use super::id::ComponentId;
use super::id::Signal;
use super::phrase::Phrase;
use super::section::Auth;
use super::section::Presence;
use super::section::Tls;
use super::value::Value;

/// The first minor version of 0.x in which servers bind to localhost when they are given no endpoint
/// (collector, CHANGELOG 0.104.0).
pub const LOCALHOST_SINCE: u16 = 104;

/// How OTLP travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Transport {
    /// OTLP/gRPC: HTTP/2 only.
    Grpc,
    /// OTLP/HTTP: HTTP/1.1 without TLS, with TLS also HTTP/2.
    Http,
}

impl Transport {
    /// The key under `protocols`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Grpc => "grpc",
            Self::Http => "http",
        }
    }

    /// The port when no endpoint is given.
    #[must_use]
    pub const fn port(self) -> u16 {
        match self {
            Self::Grpc => 4317,
            Self::Http => 4318,
        }
    }
}

/// One entry of `receivers`.
#[derive(Clone, Debug)]
pub struct Receiver {
    /// Its key.
    pub id: Spanned<ComponentId>,
    /// All that is written under it.
    pub body: Value,
    /// The ports that an otlp receiver opens; empty for other types.
    pub servers: Vec<Server>,
}

/// One open protocol of an otlp receiver (collector, receiver/otlpreceiver/factory.go).
#[derive(Clone, Debug)]
pub struct Server {
    /// gRPC or HTTP.
    pub transport: Transport,
    /// The key `grpc` or `http`.
    pub span: Span,
    /// `endpoint` as written.
    pub endpoint: Option<Spanned<Phrase>>,
    /// `tls`; without it the port speaks plaintext.
    pub tls: Presence<Tls>,
    /// `auth`; without it anybody may send.
    pub auth: Presence<Auth>,
    /// `traces_url_path`, `metrics_url_path`, `logs_url_path` as written, for HTTP.
    pub paths: Vec<(Signal, Spanned<Phrase>)>,
    /// Whether `include_metadata` is true, so that later components see the client's headers.
    pub includes_metadata: bool,
    /// `keepalive.enforcement_policy.min_time` as written; gRPC's own default is five minutes.
    pub keepalive_minimum: Option<Spanned<Phrase>>,
}

impl Receiver {
    pub(super) fn read(id: Spanned<ComponentId>, body: &Value) -> Self {
        let servers = match (id.kind.as_str(), body.get("protocols")) {
            ("otlp", Some(protocols)) => [Transport::Grpc, Transport::Http]
                .into_iter()
                .filter_map(|transport| Server::read(transport, protocols))
                .collect(),
            _ => Vec::new(),
        };
        Self {
            id,
            body: body.clone(),
            servers,
        }
    }

    /// Its port for `transport`, if that is open.
    #[must_use]
    pub fn server(&self, transport: Transport) -> Option<&Server> {
        self.servers
            .iter()
            .find(|server| server.transport == transport)
    }
}

impl Server {
    /// Whether it asks who sends: by an authenticator, or by TLS of its own.
    #[must_use]
    pub fn is_guarded(&self) -> bool {
        let demands = self
            .tls
            .given()
            .is_some_and(|tls| tls.client_ca_file.is_some());
        let is_open = matches!(
            self.auth,
            Presence::Absent | Presence::Null(_) | Presence::Off(_)
        );
        demands || !is_open
    }

    /// Whether it speaks TLS; `None` when that is open.
    #[must_use]
    pub const fn speaks_tls(&self) -> Option<bool> {
        match &self.tls {
            Presence::Absent | Presence::Null(_) => Some(false),
            Presence::Given(_) => Some(true),
            Presence::Off(_) | Presence::Open(_) => None,
        }
    }

    /// What says that clients have to show a certificate, which Go then verifies.
    #[must_use]
    pub fn client_authorities(&self) -> Option<&Spanned<Phrase>> {
        self.tls.given()?.client_ca_file.as_ref()
    }

    /// Null and an empty map open the port with its defaults; `enabled: false` closes it.
    fn read(transport: Transport, protocols: &Value) -> Option<Self> {
        let entry = protocols.map()?.entry(transport.as_str())?;
        let body = &entry.value;
        if body
            .bool_at("enabled")
            .is_some_and(|enabled| !enabled.value)
        {
            return None;
        }
        let signals = [Signal::Traces, Signal::Metrics, Signal::Logs];
        let paths = signals.into_iter().filter_map(|signal| {
            let path = body.text_at(&format!("{signal}_url_path"))?;
            Some((signal, path))
        });
        Some(Self {
            transport,
            span: entry.key.span,
            endpoint: body
                .text_at("endpoint")
                .filter(|endpoint| !endpoint.as_written().is_empty()),
            tls: Presence::read(body, "tls", Tls::read),
            auth: Presence::read(body, "auth", Auth::read),
            paths: if transport == Transport::Http {
                paths.collect()
            } else {
                Vec::new()
            },
            includes_metadata: body
                .bool_at("include_metadata")
                .is_some_and(|flag| flag.value),
            keepalive_minimum: body
                .at(&["keepalive", "enforcement_policy", "min_time"])
                .and_then(Value::text),
        })
    }

    /// What it listens on; `minor` is the version 0.`minor`, `None` when unknown: then the current default counts.
    /// An operator gives a missing host `0.0.0.0` before the Collector sees it: ask [`Self::listens_in_operator`].
    ///
    /// # Errors
    /// The words with which the start fails.
    pub fn listens(&self, minor: Option<u16>) -> Result<Listen, String> {
        match &self.endpoint {
            Some(endpoint) => Listen::read(&endpoint.masked()),
            None if minor.is_some_and(|minor| minor < LOCALHOST_SINCE) => Ok(self.everywhere()),
            None => Ok(Listen {
                host: Host::Name("localhost".to_owned()),
                port: Some(self.transport.port()),
            }),
        }
    }

    /// What it listens on when the operator runs it (operator 0.110, internal/components/single_endpoint.go).
    ///
    /// # Errors
    /// The words with which the start fails.
    pub fn listens_in_operator(&self) -> Result<Listen, String> {
        self.endpoint.as_ref().map_or_else(
            || Ok(self.everywhere()),
            |endpoint| Listen::read(&endpoint.masked()),
        )
    }

    fn everywhere(&self) -> Listen {
        Listen {
            host: Host::Ip([0, 0, 0, 0].into()),
            port: Some(self.transport.port()),
        }
    }

    /// The path under which it takes `signal` over HTTP, absolute; `None` when it is open or the transport is gRPC.
    #[must_use]
    pub fn path(&self, signal: Signal) -> Option<String> {
        if self.transport == Transport::Grpc {
            return None;
        }
        let Some((_, written)) = self.paths.iter().find(|(of, _)| *of == signal) else {
            return Some(default_path(signal).to_owned());
        };
        let path = written.known()?;
        Some(if path.starts_with('/') {
            path.to_owned()
        } else {
            format!("/{path}")
        })
    }
}

/// The path of OTLP/HTTP for `signal`.
#[must_use]
pub const fn default_path(signal: Signal) -> &'static str {
    match signal {
        Signal::Traces => "/v1/traces",
        Signal::Metrics => "/v1/metrics",
        Signal::Logs => "/v1/logs",
        Signal::Profiles => "/v1development/profiles",
    }
}
