//! What the specification says, for implementations of which nothing else is known.

use crate::attach::listener::Fault;
use crate::model::gateway::Listener;
use crate::model::route::RouteKind;

/// What HTTP and HTTPS listeners carry (Gateway API v1.6, `ListenerStatus.supportedKinds`).
pub(super) const WEB: &[RouteKind] = &[RouteKind::Http, RouteKind::Grpc];

/// Which kinds of route a listener carries by its protocol and mode.
pub(super) fn kinds(listener: &Listener) -> Option<&'static [RouteKind]> {
    Some(match listener.protocol() {
        "HTTP" | "HTTPS" => WEB,
        "TLS" if listener.passes_through() => &[RouteKind::Tls],
        "TLS" => &[RouteKind::Tls, RouteKind::Tcp],
        "TCP" => &[RouteKind::Tcp],
        "UDP" => &[RouteKind::Udp],
        _ => return None,
    })
}

/// The same for implementations that know no GRPCRoute.
pub(super) fn kinds_without_grpc(listener: &Listener) -> Option<&'static [RouteKind]> {
    match listener.protocol() {
        "HTTP" | "HTTPS" => Some(&[RouteKind::Http]),
        _ => kinds(listener),
    }
}

/// What the API server refuses, or no implementation can serve.
pub(super) fn faults(listener: &Listener) -> Vec<Fault> {
    let mut faults = Vec::new();
    let tls = listener.tls.as_ref();
    match (listener.protocol(), tls) {
        ("HTTP" | "TCP" | "UDP", Some(_)) => faults.push(Fault::NeedlessTls),
        ("HTTPS" | "TLS", None) => faults.push(Fault::NoTls),
        ("HTTPS", Some(_)) if listener.passes_through() => faults.push(Fault::PassthroughOnHttps),
        ("HTTPS" | "TLS", Some(tls)) => {
            let fault = match (listener.passes_through(), tls.certificates.is_empty()) {
                (true, false) => Some(Fault::NeedlessCertificate),
                (false, true) => Some(Fault::NoCertificate),
                _ => None,
            };
            faults.extend(fault);
        }
        _ => {}
    }
    if matches!(listener.protocol(), "TCP" | "UDP") && listener.hostname.is_some() {
        faults.push(Fault::NeedlessHostname);
    }
    faults.extend(selector(listener));
    faults
}

/// What is wrong with the selector of namespaces, if one is asked for.
pub(super) fn selector(listener: &Listener) -> Option<Fault> {
    let namespaces = &listener.allowed.namespaces;
    let is_asked = namespaces
        .from
        .as_ref()
        .is_some_and(|from| from.value == "Selector");
    match namespaces.selector.as_ref().filter(|_| is_asked) {
        None if is_asked => Some(Fault::NoSelector),
        Some(selector) if !selector.is_valid() => Some(Fault::BrokenSelector),
        _ => None,
    }
}
