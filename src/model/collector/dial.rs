//! What an OTLP exporter really does: whom it dials, with TLS or without, under which names, and which of its settings
//! it drops on the way.
//!
//! Collector, config/configgrpc/configgrpc.go `getGrpcDialOptions`, config/configtls/configtls.go
//! `LoadTLSConfig`, config/confighttp/client.go `ToClient`, exporter/otlphttpexporter/factory.go; grpc-go,
//! clientconn.go `initAuthority` and `validateTransportCredentials`, credentials/tls.go.

use crate::source::Span;
use crate::source::Spanned;

use super::Collector;
use super::endpoint;
use super::endpoint::Host;
use super::endpoint::Target;
use super::endpoint::is_placeholder;
use super::exporter::Client;
use super::exporter::Exporter;
use super::id::Signal;
use super::phrase::OPEN;
use super::phrase::Phrase;
use super::receiver::Transport;
use super::receiver::default_path;

mod security;
#[cfg(test)]
mod tests;

use security::Protection;
use security::drop_all;
use security::handshake;
use security::transport_security;

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
    /// The path of each request over HTTP; `None` for gRPC, where the service's method is the path.
    pub path: Option<String>,
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
    /// The server name that is sent (SNI). IP addresses are never sent.
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
        Transport::Grpc => grpc(client, endpoint),
        Transport::Http => http(client, endpoint, signal),
    }?;
    credentials(collector, client, dialled)
}

fn grpc(client: &Client, endpoint: &Spanned<Phrase>) -> Result<Dial, NoDial> {
    let target = endpoint::target(&endpoint.masked()).map_err(|said| fails(endpoint.span, said))?;
    let tls = &client.tls;
    let mut dropped = Vec::new();
    let security = transport_security(
        client,
        target.scheme.as_deref() == Some("https"),
        &mut dropped,
    );
    let config = matches!(security, Protection::Tls { configured: true });
    let override_name = tls.server_name_override.as_ref().filter(|_| config);
    if let Some((authority, name)) = client.authority.as_ref().zip(override_name) {
        let differs = authority
            .known()
            .zip(name.known())
            .is_some_and(|(authority, name)| authority != name);
        if differs {
            let said = format!(
                "ClientConn's authority from transport creds \"{}\" and dial option \"{}\" don't match",
                name.as_written(),
                authority.as_written()
            );
            let related = vec![(name.span, "the server name it is given".to_owned())];
            return Err(NoDial::Fails {
                failure: Failure::Authority,
                span: authority.span,
                said,
                related,
            });
        }
    }
    let name = match client.authority.as_ref().or(override_name) {
        Some(name) => written(name),
        None if client.by_address => {
            Name::Unknown("backends are dialled by the addresses of their Pods".to_owned())
        }
        None => channel_name(&target),
    };
    let security = match security {
        Protection::Plaintext => Security::Plaintext,
        Protection::Unknown(why) => Security::Unknown(why),
        Protection::Tls { configured } => {
            Security::Tls(handshake(configured.then_some(tls), &name))
        }
    };
    Ok(Dial {
        transport: Transport::Grpc,
        endpoint: endpoint.span,
        host: target.host,
        port: target.port,
        security,
        authority: name,
        path: None,
        dropped,
    })
}

/// What gRPC takes for the name of a channel that is given none: the endpoint part of its target.
fn channel_name(target: &Target) -> Name {
    match &target.host {
        Host::Unknown(why) => Name::Unknown(why.clone()),
        _ if target.name.contains(OPEN) => {
            Name::Unknown("the port comes from the environment".to_owned())
        }
        _ => Name::Known(target.name.clone()),
    }
}

fn http(client: &Client, endpoint: &Spanned<Phrase>, signal: Signal) -> Result<Dial, NoDial> {
    let url = match endpoint::url(&endpoint.masked()) {
        Ok(Some(url)) => url,
        Ok(None) => {
            return Err(unknown(
                endpoint.span,
                "the endpoint comes from the environment",
            ));
        }
        Err(_) => {
            return Err(fails(
                endpoint.span,
                "endpoint must be a valid URL".to_owned(),
            ));
        }
    };
    let secure = match url.scheme.as_str() {
        "https" => true,
        "http" => false,
        other => {
            let said = format!("unsupported protocol scheme \"{other}\"");
            return Err(fails(endpoint.span, said));
        }
    };
    let own = client.endpoints.iter().any(|(of, _)| *of == signal);
    let path = if own {
        if url.path.is_empty() {
            "/".to_owned()
        } else {
            url.path.clone()
        }
    } else {
        format!(
            "{}{}",
            url.path.strip_suffix('/').unwrap_or(&url.path),
            default_path(signal)
        )
    };
    let mut dropped = Vec::new();
    let security = if secure {
        transport_security(client, true, &mut dropped)
    } else {
        drop_all(&client.tls, "the URL begins with `http://`", &mut dropped);
        Protection::Plaintext
    };
    let host_name = match &url.host {
        Host::Unknown(why) => Name::Unknown(why.clone()),
        host => host.text().map_or(Name::Nothing, Name::Known),
    };
    let security = match security {
        Protection::Plaintext => Security::Plaintext,
        Protection::Unknown(why) => Security::Unknown(why),
        Protection::Tls { configured } => {
            let tls = configured.then_some(&client.tls);
            let name = match tls.and_then(|tls| tls.server_name_override.as_ref()) {
                Some(name) => written(name),
                None => host_name.clone(),
            };
            Security::Tls(handshake(tls, &name))
        }
    };
    let host_header = client
        .headers
        .iter()
        .find(|header| header.name.eq_ignore_ascii_case("host"));
    let authority = match (host_header, &host_name) {
        (Some(header), _) => written(&header.value),
        (None, Name::Known(_)) if url.authority.contains(OPEN) => {
            Name::Unknown("the port comes from the environment".to_owned())
        }
        (None, Name::Known(_)) => Name::Known(url.authority.clone()),
        (None, other) => other.clone(),
    };
    let port = url.port.or(if url.has_port {
        None
    } else {
        Some(if secure { 443 } else { 80 })
    });
    Ok(Dial {
        transport: Transport::Http,
        endpoint: endpoint.span,
        host: url.host,
        port,
        security,
        authority,
        path: Some(path),
        dropped,
    })
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
    let demands = collector
        .extension(id)
        .and_then(|extension| extension.authenticator.as_ref()?.demands_tls());
    if demands != Some(true) {
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
