//! What an OTLP exporter really does: whom it dials, with TLS or without, under which names, and which of its settings
//! it drops on the way.
//!
//! Collector, config/configgrpc/configgrpc.go `getGrpcDialOptions`, config/configtls/configtls.go
//! `LoadTLSConfig`, config/confighttp/client.go `ToClient`, exporter/otlphttpexporter/factory.go; grpc-go,
//! clientconn.go `initAuthority` and `validateTransportCredentials`, credentials/tls.go. Measured with the exporters of the
//! Collector 0.159.0, which sent to a server that wrote down what came.

use crate::source::Span;
use crate::source::Spanned;

use super::Collector;
use super::endpoint;
use super::endpoint::Host;
use super::endpoint::is_placeholder;
use super::exporter::Client;
use super::exporter::Exporter;
use super::header;
use super::id::ComponentId;
use super::id::Signal;
use super::phrase::Phrase;
use super::receiver::Transport;
use super::section::Versions;

mod grpc;
mod http;
mod security;
#[cfg(test)]
mod tests;

/// A connection as the exporter makes it.
#[derive(Clone, Debug, PartialEq)]
pub struct Dial {
    /// gRPC or HTTP.
    pub transport: Transport,
    /// The endpoint that says where, as written.
    pub endpoint: Span,
    /// Who is dialled.
    pub host: Host,
    /// The port; `None` when it is open.
    pub port: Option<u16>,
    /// Whether TLS is spoken, and how.
    pub security: Security,
    /// The `:authority` or `Host` of each request, with its port when that is sent along.
    pub authority: Name,
    /// The path of each request over HTTP, its query left out; `None` for gRPC, where the service's method is the path.
    pub path: Option<Name>,
    /// `proxy_url`, through which it goes whoever is dialled; `None`: the environment decides.
    pub proxy: Option<Spanned<Phrase>>,
    /// What is written but has no effect.
    pub dropped: Vec<Dropped>,
}

/// Whether TLS is spoken.
#[derive(Clone, Debug, PartialEq)]
pub enum Security {
    /// It is not.
    Plaintext,
    /// It is.
    Tls(Box<Handshake>),
    /// A `${…}` decides; why, in words.
    Unknown(String),
}

/// What the client brings to a TLS handshake.
#[derive(Clone, Debug, PartialEq)]
pub struct Handshake {
    /// Whether the server's certificate is verified; `None` when a `${…}` decides.
    pub verifies: Option<bool>,
    /// What is spoken inside, best first (ALPN); empty when the server is not asked, and takes it for HTTP/1.1.
    pub alpn: &'static [&'static str],
    /// The versions of TLS that it speaks; `None` when a `${…}` decides.
    pub versions: Option<Versions>,
    /// The server name that is sent (SNI), in the letters in which it is written. IP addresses are never sent.
    pub sni: Name,
    /// The name that is looked for in the server's certificate.
    pub verified: Name,
    /// Certificate and key of the client, as files or texts; `None`: it sends none.
    pub certificate: Option<(Spanned<Phrase>, Spanned<Phrase>)>,
    /// The roots; `None`: the system's only.
    pub trust: Option<Spanned<Phrase>>,
    /// Whether the system's roots count too; always when `trust` is `None`.
    pub trusts_system: bool,
}

/// A name that is sent or verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Name {
    /// This one.
    Known(String),
    /// None is sent.
    Nothing,
    /// It is decided elsewhere; why, in words.
    Unknown(String),
}

impl Name {
    /// The name, if there is one and it is known.
    #[must_use]
    pub fn known(&self) -> Option<&str> {
        match self {
            Self::Known(name) => Some(name),
            _ => None,
        }
    }

    /// The name without a port behind it.
    #[must_use]
    pub fn without_port(&self) -> Option<&str> {
        let name = self.known()?;
        Some(endpoint::split(name).map_or(name, |(host, _)| host))
    }
}

/// A setting that the exporter silently ignores.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dropped {
    /// The field.
    pub field: &'static str,
    /// Where its value stands.
    pub span: Span,
    /// Why, in words that go after "because".
    pub reason: &'static str,
}

/// What of an exporter makes it fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Its endpoint.
    Endpoint,
    /// A header that cannot be sent.
    Header,
    /// `authority` and `server_name_override` differ.
    Authority,
    /// Its credentials demand TLS, and it speaks none.
    Credentials,
}

/// Why there is no connection to speak of.
#[derive(Clone, Debug, PartialEq)]
pub enum NoDial {
    /// The Collector refuses to start, or every export fails; in its own words.
    Fails {
        /// What of it is wrong.
        failure: Failure,
        /// What to change.
        span: Span,
        /// The Collector's words.
        said: String,
        /// Other settings that take part.
        related: Vec<(Span, String)>,
    },
    /// Something that decides is open; where and why.
    Unknown {
        /// The value that is open.
        span: Span,
        /// In words.
        why: String,
    },
    /// It is no OTLP exporter, or a template whose backends are found in a way that is not read.
    NotOtlp,
}

/// What `exporter` does to send `signal`.
///
/// # Errors
/// Why nothing can be said, or why nothing is sent.
pub fn dial(collector: &Collector, exporter: &Exporter, signal: Signal) -> Result<Dial, NoDial> {
    let client = exporter
        .client
        .as_ref()
        .filter(|client| !client.is_template || client.endpoint.is_some())
        .ok_or(NoDial::NotOtlp)?;
    let Some(endpoint) = client.endpoint(signal) else {
        let said = match client.transport {
            Transport::Grpc => "requires a non-empty \"endpoint\"".to_owned(),
            Transport::Http => format!("either endpoint or {signal}_endpoint must be specified"),
        };
        return Err(NoDial::Fails {
            failure: Failure::Endpoint,
            span: exporter.id.span,
            said,
            related: Vec::new(),
        });
    };
    let dialled = match client.transport {
        Transport::Grpc => grpc::dial(client, endpoint),
        Transport::Http => http::dial(client, endpoint, signal),
    }?;
    credentials(collector, client, dialled)
}

fn written(name: &Spanned<Phrase>) -> Name {
    match name.known() {
        None => Name::Unknown("the name comes from the environment".to_owned()),
        Some(text) if is_placeholder(text) => Name::Unknown(format!("`{text}` is a placeholder")),
        Some(text) => Name::Known(text.to_owned()),
    }
}

/// gRPC refuses credentials over plaintext; HTTP sends them.
fn credentials(collector: &Collector, client: &Client, dialled: Dial) -> Result<Dial, NoDial> {
    let authenticator = client
        .auth
        .given()
        .and_then(|auth| auth.authenticator.as_ref());
    let Some(id) = authenticator.filter(|_| {
        dialled.transport == Transport::Grpc && dialled.security == Security::Plaintext
    }) else {
        return Ok(dialled);
    };
    if demands_tls(collector, id) != Some(true) {
        return Ok(dialled);
    }
    let said = "grpc: the credentials require transport level security (use grpc.WithTransportCredentials() to set)";
    let related = client
        .tls
        .insecure
        .span()
        .map(|span| (span, "this turns TLS off".to_owned()));
    Err(NoDial::Fails {
        failure: Failure::Credentials,
        span: id.span,
        said: said.to_owned(),
        related: related.into_iter().collect(),
    })
}

/// Whether the authenticator `id` demands TLS; one that passes on to another demands what that does.
fn demands_tls(collector: &Collector, id: &ComponentId) -> Option<bool> {
    const DEEPEST: usize = 8;
    let mut id = id;
    for _ in 0..DEEPEST {
        let authenticator = collector.extension(id)?.authenticator.as_ref()?;
        match authenticator.additional() {
            Some(next) => id = next,
            None => return authenticator.demands_tls(),
        }
    }
    None
}

/// Whether every header of `client` can be sent.
fn sendable(client: &Client) -> Result<(), NoDial> {
    let refused = client.headers.iter().find_map(|header| {
        let (name, value) = (&header.name.value, header.value.as_written());
        let said = header::refused(client.transport, name, value)?;
        Some((header.name.span, said))
    });
    let Some((span, said)) = refused else {
        return Ok(());
    };
    Err(NoDial::Fails {
        failure: Failure::Header,
        span,
        said,
        related: Vec::new(),
    })
}

fn fails(span: Span, said: String) -> NoDial {
    NoDial::Fails {
        failure: Failure::Endpoint,
        span,
        said,
        related: Vec::new(),
    }
}

fn unknown(span: Span, why: &str) -> NoDial {
    NoDial::Unknown {
        span,
        why: why.to_owned(),
    }
}
