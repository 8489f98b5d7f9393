//! How the HTTP exporter dials: the URL says where and whether TLS is spoken, and two names need not be one.

use super::Dial;
use super::Name;
use super::NoDial;
use super::Security;
use super::fails;
use super::security::drop_all;
use super::security::transport_security;
use super::sendable;
use super::unknown;
use super::written;
use crate::model::collector::endpoint;
use crate::model::collector::endpoint::Host;
use crate::model::collector::endpoint::Server;
use crate::model::collector::endpoint::Url;
use crate::model::collector::endpoint::is_placeholder;
use crate::model::collector::exporter::Client;
use crate::model::collector::id::Signal;
use crate::model::collector::phrase::OPEN;
use crate::model::collector::phrase::Phrase;
use crate::model::collector::receiver::Transport;
use crate::model::collector::receiver::default_path;
use crate::source::Spanned;

/// What net/http asks for unless `force_attempt_http2` is false; then it asks for nothing.
const ALPN: &[&str] = &["h2", "http/1.1"];

/// What `client` does to send `signal`.
///
/// # Errors
/// Why nothing can be said, or why nothing is sent.
pub(super) fn dial(
    client: &Client,
    endpoint: &Spanned<Phrase>,
    signal: Signal,
) -> Result<Dial, NoDial> {
    let url = requested(client, endpoint, signal)?;
    let server = Server::of(&url).map_err(|said| fails(endpoint.span, said))?;
    sendable(client)?;
    let mut dropped = Vec::new();
    let security = if server.is_secure {
        let protection = transport_security(client, true, &mut dropped);
        let name = match client.tls.server_name_override.as_ref() {
            Some(name) if protection.is_configured() => written(name),
            _ => named(&server.host, url.host_name()),
        };
        let alpn = if client.attempts_http2 { ALPN } else { &[] };
        protection.speaking(&client.tls, &name, alpn)
    } else {
        drop_all(&client.tls, "the URL begins with `http://`", &mut dropped);
        Security::Plaintext
    };
    if is_nameless(&security) {
        let said =
            "tls: either ServerName or InsecureSkipVerify must be specified in the tls.Config";
        return Err(fails(endpoint.span, said.to_owned()));
    }
    Ok(Dial {
        transport: Transport::Http,
        endpoint: endpoint.span,
        authority: authority(client, &server.host, &url),
        host: server.host,
        port: server.port,
        security,
        path: Some(path(&url)),
        proxy: client.proxy.clone(),
        dropped,
    })
}

/// Whether somebody is to be verified of whom not even the name is given: `https://:4318`.
fn is_nameless(security: &Security) -> bool {
    let Security::Tls(handshake) = security else {
        return false;
    };
    handshake.verifies == Some(true) && handshake.verified.known() == Some("")
}

/// The URL of the requests: a signal's own as it is, or the common one with the signal's path behind it.
fn requested(client: &Client, endpoint: &Spanned<Phrase>, signal: Signal) -> Result<Url, NoDial> {
    let text = endpoint.masked();
    let is_own = client.endpoints.iter().any(|(of, _)| *of == signal);
    let refused = |_| {
        let field = if is_own {
            format!("{signal}_endpoint")
        } else {
            "endpoint".to_owned()
        };
        fails(endpoint.span, format!("{field} must be a valid URL"))
    };
    let mut url = endpoint::url(&text).map_err(refused)?;
    if !is_own {
        let base = text.strip_suffix('/').unwrap_or(&text);
        let whole = format!("{base}{}", default_path(signal));
        url = endpoint::url(&whole).map_err(|said| fails(endpoint.span, said))?;
    }
    url.ok_or_else(|| unknown(endpoint.span, "the endpoint comes from the environment"))
}

/// `text`, which names the server at `host`; unknown as far as that is.
fn named(host: &Host, text: &str) -> Name {
    match host {
        Host::Unknown(why) => Name::Unknown(why.clone()),
        _ if text.contains(OPEN) => Name::Unknown("the port comes from the environment".to_owned()),
        _ => Name::Known(text.to_owned()),
    }
}

/// The `Host` of the requests: of a header that is called exactly so, else of the URL. `host` in other letters changes nothing.
fn authority(client: &Client, host: &Host, url: &Url) -> Name {
    let header = client
        .headers
        .iter()
        .find(|header| header.name.value == "Host");
    match header.filter(|header| !header.value.as_written().is_empty()) {
        Some(header) if !header.value.as_written().is_ascii() => {
            Name::Unknown("the name is written outside ASCII".to_owned())
        }
        Some(header) => written(&header.value),
        None => {
            let written = url.authority.trim_end_matches(':');
            // The zone of an address means something to the own machine only.
            let text = match written.split_once('%') {
                Some((address, zone)) => {
                    format!("{address}{}", &zone[zone.find(']').unwrap_or_default()..])
                }
                None => written.to_owned(),
            };
            named(host, &text)
        }
    }
}

fn path(url: &Url) -> Name {
    let path = url.escaped_path();
    if path.contains(OPEN) || is_placeholder(&url.path()) {
        return Name::Unknown("the path comes from the environment".to_owned());
    }
    Name::Known(if path.is_empty() {
        "/".to_owned()
    } else {
        path
    })
}
