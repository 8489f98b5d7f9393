//! What sets one implementation apart from another: data and small functions, one entry each.
//!
//! Nothing outside `attach` asks which implementation it is; it asks the profile what it does.

use super::conflict::Distinctness;
use super::listener::Fault;
use super::listener::Transport;
use super::scrutiny::Scrutiny;
use super::status::Voice;
use crate::model::gateway::Listener;
use crate::model::route::RouteKind;
use crate::model::service::Service;
use crate::model::service::ServicePort;
use crate::settings::Assume;
use crate::settings::Version;

mod agentgateway;
mod cilium;
mod contour;
mod envoy_gateway;
mod gke;
mod haproxy;
mod istio;
mod kgateway;
mod kong;
mod nginx;
mod specification;
mod table;
#[cfg(test)]
mod tests;
mod traefik;

pub use table::PROFILES;
pub use table::UNKNOWN;

/// An implementation of Gateway API, as far as telemetry is concerned.
#[derive(Debug)]
pub struct Profile {
    /// What people call it.
    pub name: &'static str,
    /// The `controllerName` of its classes.
    pub controllers: &'static [&'static str],
    /// The class names that its installation creates, or its documentation uses, when they are its own.
    pub classes: &'static [&'static str],
    /// The option under `listeners[].tls.options` that asks for client certificates.
    pub terminate_mode: Option<&'static str>,
    /// What a value of that option asks for, in that version of the implementation.
    pub demand: fn(&str, Option<Version>) -> Demand,
    /// Whether it offers no HTTP/2 on listeners of one port whose certificates are good for the same name.
    pub drops_http2: bool,
    /// Whether it is known to obey Istio's DestinationRules.
    pub obeys_destination_rules: bool,
    /// Whether it obeys Envoy Gateway's ClientTrafficPolicy.
    pub obeys_client_traffic_policy: bool,
    /// The annotation of a Gateway by which certificates are named in the place of `tls`.
    pub certificate_annotation: Option<&'static str>,
    /// Whether it is known to take certificates from Secrets alone.
    pub takes_secrets_only: bool,
    /// How it is made to ask for client certificates, as advice.
    pub mechanism: &'static str,
    /// Which option keys it reads, and since which version.
    pub options: &'static [(&'static str, Version)],
    /// What becomes of an option key that it does not read.
    pub unknown_option: UnknownOption,
    /// The withdrawn version of TLS, before 1.2, that an option lets in: its key and value.
    pub withdrawn_tls: fn(&str, &str) -> Option<&'static str>,
    /// From which version on it obeys `spec.tls.frontend`.
    pub frontend: Support,
    /// Whether it is known to verify nobody by it at a listener of protocol `TLS`, as the standard has it.
    pub verifies_https_only: bool,
    /// Whether a `perPort` entry of it without validation falls back to the default, instead of turning validation off.
    pub per_port_falls_back: bool,
    /// Since which version, and before which, an optional certificate breaks every handshake when its authorities stand in
    /// the listener's own Secret.
    pub broken_optional: Option<(Version, Version)>,
    /// Whether a certificate's Secret has to be of type `kubernetes.io/tls`.
    pub demands_tls_secret: bool,
    /// Under which keys of a Secret it looks for a certificate and its private key; the first pair wins.
    pub pair_keys: &'static [(&'static str, &'static str)],
    /// Under which keys it looks for the authorities of clients; the first wins.
    pub authority_keys: &'static [&'static str],
    /// How closely it looks at a certificate and its key.
    pub scrutiny: Scrutiny,
    /// How many `certificateRefs` it takes.
    pub max_certificates: usize,
    /// How many `caCertificateRefs` it takes.
    pub max_authorities: usize,
    /// Which kinds of object it takes authorities from.
    pub authority_kinds: &'static [&'static str],
    /// The name that a ReferenceGrant has to allow for an authority of that name.
    pub authority_grant: fn(&str) -> String,
    /// Which kinds of route a listener carries before `allowedRoutes.kinds`; `None`: the protocol is not supported.
    pub kinds: fn(&Listener) -> Option<&'static [RouteKind]>,
    /// In which version it asks the API server for a kind of route, in that version of itself, where not every one will do.
    pub asks_for: fn(RouteKind, Option<Version>) -> Option<&'static str>,
    /// The group of an entry of `allowedRoutes.kinds` that names none; empty: it passes such an entry over.
    pub group_of_kinds: &'static str,
    /// What else is wrong with a listener.
    pub faults: fn(&Listener) -> Vec<Fault>,
    /// How it tells listeners apart.
    pub distinctness: Distinctness,
    /// Whether a listener that lost its port still takes routes.
    pub losers_take_routes: bool,
    /// Whether `from: Selector` without a selector means every namespace.
    pub selects_all_without_selector: bool,
    /// Whether host names are compared before namespaces and kinds, which decides the reason that is reported.
    pub hostname_first: bool,
    /// Since when it serves ListenerSets.
    pub listener_sets: Support,
    /// Whether a Gateway may name a Service that somebody else made as its address, and lives behind that.
    pub adopts_service: bool,
    /// Whether what it serves is for workloads of its mesh.
    pub is_inward: bool,
    /// What it writes into statuses.
    pub voice: &'static Voice,
    /// Which verifier judges clients' certificates.
    pub verifier: ClientVerifier,
    /// What the gateway speaks to a backend.
    pub upstream: fn(&Backend<'_>) -> Wire,
    /// Whether it takes the protocol of a Service port from the port's name, too.
    pub reads_port_names: bool,
    /// Which version of it `assume` names.
    pub version: fn(&Assume) -> Option<Version>,
}

/// What the option for client certificates asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Demand {
    /// A certificate that is verified.
    Verified,
    /// A certificate that is verified if one is shown.
    Optional,
    /// A certificate of the mesh.
    Mesh,
    /// No certificate, and none of `spec.tls.frontend` either.
    Nobody,
    /// The value is not known: it is passed over.
    Unknown,
}

/// What becomes of an option key that an implementation does not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnknownOption {
    /// Nothing: the listener works as if it were not there.
    Ignored,
    /// The listener is refused (`UnsupportedValue`).
    Refused,
    /// Not known.
    Unknown,
}

/// Whether something is supported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Support {
    /// From that version on.
    Since(Version),
    /// In no released version.
    Never,
    /// Not known.
    Unknown,
}

/// Which TLS stack judges the certificates of clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientVerifier {
    /// BoringSSL as Envoy sets it.
    Envoy,
    /// OpenSSL as NGINX and HAProxy set it.
    OpenSsl,
    /// Go's `crypto/tls`.
    Go,
    /// Not known.
    Unknown,
}

/// A port of a Service, as a gateway sees it.
#[derive(Clone, Copy, Debug)]
pub struct Backend<'b> {
    /// What kind of route leads to it.
    pub kind: RouteKind,
    /// What the listener does, to which the route is attached.
    pub transport: Transport,
    /// The Service.
    pub service: &'b Service,
    /// The port of it.
    pub port: &'b ServicePort,
}

impl Backend<'_> {
    /// `appProtocol` of the port.
    fn protocol(&self) -> Option<&str> {
        let protocol = self.port.app_protocol.as_ref();
        protocol.map(|protocol| protocol.as_str())
    }

    /// Whether bytes go through as they come.
    fn is_raw(&self) -> bool {
        matches!(self.kind, RouteKind::Tls | RouteKind::Tcp | RouteKind::Udp)
    }
}

/// What a gateway speaks to a backend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wire {
    /// HTTP/1.1 in plain text; gRPC cannot pass.
    Http1,
    /// HTTP/2 with prior knowledge, in plain text.
    H2c,
    /// TLS, though no BackendTLSPolicy asks for it.
    Tls,
    /// Bytes as they come: TLS passed through, TCP.
    Raw,
    /// Not known for this implementation.
    Unknown,
}

impl Profile {
    /// Whether its gateways are proxies of Istio, which ProxyConfigs and the mesh's defaults reach.
    #[must_use]
    pub fn has_mesh_proxies(&self) -> bool {
        self.controllers.contains(&"istio.io/gateway-controller")
    }

    /// The profile behind a `controllerName`.
    #[must_use]
    pub fn of_controller(controller: &str) -> &'static Self {
        PROFILES
            .iter()
            .find(|profile| profile.controllers.contains(&controller))
            .unwrap_or(&UNKNOWN)
    }

    /// The profile behind a class of that name, when no GatewayClass says who serves it.
    #[must_use]
    pub fn of_class(class: &str) -> &'static Self {
        PROFILES
            .iter()
            .find(|profile| profile.classes.contains(&class))
            .unwrap_or(&UNKNOWN)
    }

    /// The controller that answers for a class of that name when no GatewayClass says so.
    #[must_use]
    pub fn controller_of(&self, class: &str) -> Option<&'static str> {
        let at = self.classes.iter().position(|own| *own == class)?;
        self.controllers
            .get(at.min(self.controllers.len().checked_sub(1)?))
            .copied()
    }

    /// Whether an optional certificate breaks every handshake in the version that `assume` names, as
    /// [`broken_optional`](Self::broken_optional) says; `false` when no version is named.
    #[must_use]
    pub fn breaks_optional(&self, assume: &Assume) -> bool {
        let Some(((since, before), version)) = self.broken_optional.zip((self.version)(assume))
        else {
            return false;
        };
        version >= since && version < before
    }

    /// Whether it is a known one.
    #[must_use]
    pub fn is_known(&self) -> bool {
        !self.controllers.is_empty()
    }

    /// Whether `spec.tls.frontend` is obeyed in the version that `assume` names; `None` when it cannot be known.
    #[must_use]
    pub fn obeys_frontend(&self, assume: &Assume) -> Option<bool> {
        self.has(self.frontend, assume)
    }

    /// Whether ListenerSets are served in that version; `None` when it cannot be known.
    #[must_use]
    pub fn serves_listener_sets(&self, assume: &Assume) -> Option<bool> {
        self.has(self.listener_sets, assume)
    }

    /// Whether it reads an option of that key in that version.
    #[must_use]
    pub fn reads_option(&self, key: &str, assume: &Assume) -> bool {
        let mut options = self.options.iter();
        options.any(|(own, since)| {
            let has = self.has(Support::Since(*since), assume);
            *own == key && has != Some(false)
        })
    }

    /// With no version named, the newest is taken for given.
    fn has(&self, support: Support, assume: &Assume) -> Option<bool> {
        match (support, (self.version)(assume)) {
            (Support::Since(since), Some(version)) => Some(version >= since),
            (Support::Since(_), None) => Some(true),
            (Support::Never, _) => Some(false),
            (Support::Unknown, _) => None,
        }
    }
}

/// Since the first version of which anything is known.
const ALWAYS: Version = Version::new(0, 0);

/// The word of the standard for HTTP/2 in plain text (GEP-1911).
const H2C: &str = "kubernetes.io/h2c";

/// GRPCRoute means HTTP/2; an HTTPRoute goes by `appProtocol` (GEP-1911).
fn by_route(backend: &Backend<'_>) -> Wire {
    match (backend.kind, backend.protocol()) {
        _ if backend.is_raw() => Wire::Raw,
        (RouteKind::Grpc, _) | (_, Some(H2C)) => Wire::H2c,
        _ => Wire::Http1,
    }
}

/// Only what the standard promises: `kubernetes.io/h2c` is HTTP/2, everything else depends on the implementation.
fn by_standard(backend: &Backend<'_>) -> Wire {
    match backend.protocol() {
        _ if backend.is_raw() => Wire::Raw,
        Some(H2C) => Wire::H2c,
        _ => Wire::Unknown,
    }
}
