//! How the gRPC exporter dials: one name for three things.

use super::Dial;
use super::Failure;
use super::Name;
use super::NoDial;
use super::fails;
use super::security::Protection;
use super::security::transport_security;
use super::sendable;
use super::written;
use crate::model::collector::endpoint;
use crate::model::collector::endpoint::Host;
use crate::model::collector::endpoint::Target;
use crate::model::collector::exporter::Client;
use crate::model::collector::phrase::OPEN;
use crate::model::collector::phrase::Phrase;
use crate::model::collector::receiver::Transport;
use crate::source::Spanned;

/// gRPC speaks HTTP/2 and nothing else (grpc-go, credentials/tls.go `NewTLS`).
const ALPN: &[&str] = &["h2"];

/// What `client` does.
///
/// # Errors
/// Why nothing is sent.
pub(super) fn dial(client: &Client, endpoint: &Spanned<Phrase>) -> Result<Dial, NoDial> {
    let read = if client.is_template {
        endpoint::backend
    } else {
        endpoint::target
    };
    let target = read(&endpoint.masked()).map_err(|said| fails(endpoint.span, said))?;
    sendable(client)?;
    let mut dropped = Vec::new();
    let protection = transport_security(client, target.is_https, &mut dropped);
    let is_configured = matches!(protection, Protection::Tls { configured: true });
    let override_name = client
        .tls
        .server_name_override
        .as_ref()
        .filter(|_| is_configured);
    if let Some((authority, name)) = client.authority.as_ref().zip(override_name) {
        agree(authority, name)?;
    }
    let name = match client.authority.as_ref().or(override_name) {
        Some(name) => written(name),
        None if client.by_address => {
            Name::Unknown("backends are dialled by the addresses of their Pods".to_owned())
        }
        None => channel_name(&target),
    };
    // Both ends of TLS are given the name without its port.
    let bare = match name.without_port() {
        Some(bare) => Name::Known(bare.to_owned()),
        None => name.clone(),
    };
    Ok(Dial {
        transport: Transport::Grpc,
        endpoint: endpoint.span,
        host: target.host,
        port: target.port,
        security: protection.speaking(&client.tls, &bare, ALPN),
        authority: name,
        path: None,
        proxy: None,
        dropped,
    })
}

/// The credentials of TLS and the option have to give the same name.
fn agree(authority: &Spanned<Phrase>, name: &Spanned<Phrase>) -> Result<(), NoDial> {
    let both = authority.known().zip(name.known());
    if both.is_none_or(|(authority, name)| authority == name) {
        return Ok(());
    }
    let said = format!(
        "ClientConn's authority from transport creds \"{}\" and dial option \"{}\" don't match",
        name.as_written(),
        authority.as_written()
    );
    Err(NoDial::Fails {
        failure: Failure::Authority,
        span: authority.span,
        said,
        related: vec![(name.span, "the server name it is given".to_owned())],
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
