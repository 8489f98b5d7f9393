//! What can be wrong on the way of a signal.

use super::gate::Gate;
use super::shield::Sender;
use crate::certificate::Failure;
use crate::graph::backend_tls::Reason;
use crate::graph::policy::Barred;
use crate::graph::policy::Direction;
use crate::model::Model;
use crate::model::collector::id::Signal;
use crate::model::collector::receiver::Transport;
use crate::model::collector::section::Versions;
use crate::model::object::Object;
use crate::source::Span;
use crate::source::Spanned;

/// One thing that is wrong on the way.
#[derive(Clone, Debug)]
pub struct Flaw {
    /// The key or scalar to change.
    pub at: Span,
    /// The hop at which it stops the signal, as an index into the trail.
    pub hop: usize,
    /// What is wrong.
    pub kind: FlawKind,
}

/// What is wrong; listeners are indexes into the attachment, routes and Services into the model.
#[derive(Clone, Debug)]
pub enum FlawKind {
    /// The sending collector does not start, or never sends.
    NotStarting {
        /// Its own words.
        said: String,
        /// Other settings that take part.
        related: Vec<(Span, String)>,
    },
    /// The collector that the signal comes to does not start.
    NotReceiving {
        /// Its own words.
        said: String,
    },
    /// The workload that the signal comes to has no Pods.
    NoReplicas,
    /// The Pod that the signal comes to is never ready: nobody answers its probes at that port.
    NotReady {
        /// The port.
        port: u16,
    },
    /// A collector does not start: its private key is not that of its certificate.
    MismatchedPair {
        /// What names the certificate.
        certificate: Span,
    },
    /// The Gateway has no listener on the port.
    UnknownListener {
        /// The Gateway, as an index into the model.
        gateway: usize,
        /// The port that is dialled.
        port: u16,
    },
    /// The listeners on the port clash, and none of them is served.
    LostPort {
        /// The first of them.
        listener: usize,
        /// The port that is dialled.
        port: u16,
    },
    /// The Service has no such port.
    UnknownServicePort {
        /// The Service.
        service: usize,
        /// The port that is dialled.
        port: u16,
    },
    /// Plain text is sent to who speaks TLS.
    Plaintext {
        /// Who.
        gate: Gate,
    },
    /// TLS is spoken to who speaks plain text.
    TlsToPlaintext {
        /// Who.
        gate: Gate,
    },
    /// The server name that is sent meets no listener on the port.
    UnservedServerName {
        /// The name; `None` when none is sent.
        sent: Option<String>,
        /// The TLS listeners on the port.
        listeners: Vec<usize>,
    },
    /// The served certificate does not carry the name that is verified.
    UncoveredServerName {
        /// The verifier's refusal.
        failure: Failure,
        /// The name.
        name: String,
        /// Where the certificate stands.
        served: Span,
    },
    /// The served chain is not trusted.
    UntrustedServer {
        /// The verifier's refusal.
        failure: Failure,
        /// Where the certificate stands.
        served: Span,
        /// What says whom to trust; `None`: the system's roots.
        trust: Option<Span>,
    },
    /// A client certificate is demanded, and none is sent.
    MissingClientCertificate {
        /// Who demands it.
        gate: Gate,
        /// What demands it.
        demanded: Span,
    },
    /// The client's certificate is refused.
    UntrustedClient {
        /// The verifier's refusal.
        failure: Failure,
        /// Who refuses it.
        gate: Gate,
        /// Where the authorities stand.
        authorities: Span,
        /// Where the client's certificate stands.
        certificate: Span,
    },
    /// A certificate is demanded of authorities that are nowhere: nobody can connect.
    MissingAuthorities {
        /// Who demands it.
        gate: Gate,
    },
    /// The routes that ask for the listener are refused, and none serves it.
    RefusedRoute {
        /// One of them, as an index into the model.
        route: usize,
    },
    /// Nothing serves the authority of the request.
    UnroutedAuthority {
        /// The authority.
        authority: String,
        /// What serves other names there.
        taker: Taker,
    },
    /// No rule takes requests of that signal.
    UnroutedSignal {
        /// What takes other requests there.
        taker: Taker,
        /// The signal.
        signal: Signal,
    },
    /// The receiver takes the signal under another path.
    UnknownPath {
        /// The path of the request when it comes to the receiver.
        path: String,
        /// The path that the receiver knows.
        known: String,
        /// The server of the receiver.
        server: Span,
    },
    /// The backend of the rule leads nowhere.
    NoBackend {
        /// The backend, as an index into the attachment.
        backend: usize,
    },
    /// There is no version of TLS that both sides speak.
    TlsVersions {
        /// Who answers.
        gate: Gate,
        /// What the exporter speaks.
        own: Versions,
        /// What the gate speaks.
        asked: Versions,
    },
    /// The listener offers HTTP/1.1 only, which gRPC cannot pass: its certificate is good for names of another one.
    NoHttp2 {
        /// The listener, as an index into the attachment.
        listener: usize,
        /// Where the name of the other one stands.
        other: Span,
    },
    /// The proxy speaks HTTP/1.1 to the backend, which gRPC cannot pass.
    Http1Backend,
    /// The proxy speaks HTTP/2 in plain text to a receiver that knows HTTP/1.1 only.
    Http2ToHttp1,
    /// What the proxy speaks to the receiver and what that expects do not meet.
    BackendTls(BackendTls),
    /// A BackendTLSPolicy, the receiver and their certificates do not fit.
    BackendCertificate(Reason),
    /// NetworkPolicies keep the sender from a Pod, or in its own.
    Barred {
        /// The policies.
        barred: Barred,
        /// What they limit.
        direction: Direction,
        /// The workload that they guard, as an index into the model.
        workload: usize,
        /// The port of the Pods to which the connection goes.
        port: i64,
        /// Whom they keep out.
        sender: Sender,
    },
    /// The proxy of the mesh in the Pod takes the mesh's mTLS only, and the sender does not speak it.
    MeshOnly {
        /// The workload, as an index into the model.
        workload: usize,
        /// The port of its Pods.
        port: i64,
        /// Who connects.
        sender: Sender,
    },
    /// The Service selects no Pod.
    NoEndpoints,
    /// Nothing listens on the port that the Service leads to.
    NobodyListens {
        /// The Service.
        service: usize,
        /// Which of its ports.
        port: usize,
    },
    /// The receiver listens on the loopback address only.
    Loopback,
    /// gRPC meets an HTTP receiver, or the reverse.
    CrossedProtocol {
        /// What is sent.
        sent: Transport,
        /// The server that answers.
        server: Span,
    },
    /// The receiver turns the exporter's credentials away, or misses them.
    Credentials {
        /// Why, in words.
        why: String,
        /// The authenticator of the receiver.
        guard: Span,
        /// What to do about it.
        advice: &'static str,
    },
    /// A proxy on the way refuses the request.
    Denied {
        /// Why, in words.
        why: String,
        /// What asks.
        policy: Span,
        /// What it answers.
        answer: &'static str,
        /// What to do about it.
        advice: &'static str,
    },
    /// No pipeline reads the receiver.
    UnwiredReceiver,
    /// No pipeline of that signal reads the receiver.
    MissingSignal {
        /// The signal.
        signal: Signal,
    },
}

/// What takes requests behind a gate, as an index into the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taker {
    /// A route.
    Route(usize),
    /// An Ingress.
    Ingress(usize),
}

impl Taker {
    /// What people call it.
    #[must_use]
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Route(_) => "route",
            Self::Ingress(_) => "Ingress",
        }
    }

    /// The object.
    #[must_use]
    pub fn object(self, model: &Model) -> &Object {
        match self {
            Self::Route(route) => &model.routes[route].object,
            Self::Ingress(ingress) => &model.ingresses[ingress].object,
        }
    }

    /// The host names that it serves.
    #[must_use]
    pub fn hostnames(self, model: &Model) -> Vec<&Spanned<String>> {
        match self {
            Self::Route(route) => model.routes[route].hostnames.iter().collect(),
            Self::Ingress(ingress) => {
                let rules = model.ingresses[ingress].rules.iter();
                rules.filter_map(|rule| rule.host.as_ref()).collect()
            }
        }
    }
}

/// How a proxy and a receiver differ on TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BackendTls {
    /// The proxy speaks plain text, the receiver TLS.
    Missing,
    /// The proxy speaks TLS, the receiver plain text.
    Unexpected,
    /// Both speak TLS; the receiver demands a certificate, and the proxy has none.
    NoCertificate,
}

impl BackendTls {
    const fn words(self) -> &'static str {
        match self {
            Self::Missing => "the proxy speaks plain text to a receiver that speaks TLS",
            Self::Unexpected => "the proxy speaks TLS to a receiver in plain text",
            Self::NoCertificate => {
                "the receiver demands a client certificate, and the gateway shows backends none"
            }
        }
    }
}

impl FlawKind {
    /// What is wrong in a few words, for a list of ways; the rules say it at length.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::NotStarting { said, .. } => format!("the collector does not send: {said}"),
            Self::NotReceiving { said } => {
                format!("the collector that it comes to does not start: {said}")
            }
            Self::NoReplicas => "the collector that it comes to has no replicas".to_owned(),
            Self::NotReady { port } => {
                format!("the Pod is never ready: nobody answers its probes at port {port}")
            }
            Self::MismatchedPair { .. } => {
                "the collector does not start: tls: private key does not match public key"
                    .to_owned()
            }
            Self::UnknownListener { port, .. } => {
                format!("the Gateway has no listener on port {port}")
            }
            Self::LostPort { port, .. } => {
                format!("the listeners on port {port} clash, and none is served")
            }
            Self::UnknownServicePort { port, .. } => format!("the Service has no port {port}"),
            Self::Plaintext { gate } => format!("plain text is sent to a TLS {}", gate.noun()),
            Self::TlsToPlaintext { gate } => {
                format!("TLS is spoken to a {} in plain text", gate.noun())
            }
            Self::UnservedServerName {
                sent: Some(name), ..
            } => format!("no listener answers to `{name}`"),
            Self::UnservedServerName { sent: None, .. } => {
                "no server name is sent, and every listener asks for one".to_owned()
            }
            Self::UncoveredServerName { failure, .. } | Self::UntrustedServer { failure, .. } => {
                failure.reason.clone()
            }
            Self::MissingClientCertificate { .. } => {
                "no client certificate is sent, and one is demanded".to_owned()
            }
            Self::UntrustedClient { failure, .. } => {
                format!("the client certificate is refused: {}", failure.reason)
            }
            Self::MissingAuthorities { .. } => {
                "clients are verified against authorities that are nowhere".to_owned()
            }
            Self::RefusedRoute { .. } => "the listener refuses the route".to_owned(),
            Self::UnroutedAuthority { authority, .. } => format!("no route serves `{authority}`"),
            Self::UnroutedSignal { signal, .. } => format!("no rule takes {signal}"),
            Self::UnknownPath { path, known, .. } => {
                format!("the receiver knows `{known}`, and the request is for `{path}`")
            }
            Self::NoBackend { .. } => "the backend leads nowhere".to_owned(),
            Self::TlsVersions { gate, own, asked } => format!(
                "the exporter speaks {}, and the {} {}",
                own.words(),
                gate.noun(),
                asked.words()
            ),
            Self::NoHttp2 { .. } => "the listener offers no HTTP/2, which gRPC needs".to_owned(),
            Self::Http1Backend => "the proxy speaks HTTP/1.1 to a gRPC backend".to_owned(),
            Self::Http2ToHttp1 => {
                "the proxy speaks HTTP/2 to a receiver that knows HTTP/1.1 only".to_owned()
            }
            Self::BackendCertificate(reason) => reason.words(),
            Self::BackendTls(mismatch) => mismatch.words().to_owned(),
            Self::Barred {
                direction: Direction::Egress,
                ..
            } => "a NetworkPolicy does not let the exporter out".to_owned(),
            Self::Barred { sender, .. } => {
                format!("a NetworkPolicy does not let {} in", sender.noun())
            }
            Self::MeshOnly { .. } => "the Pod's proxy takes mTLS of the mesh only".to_owned(),
            Self::NoEndpoints => "the Service selects no Pod".to_owned(),
            Self::NobodyListens { .. } => "nothing listens behind the Service port".to_owned(),
            Self::Loopback => "the receiver listens on the loopback address".to_owned(),
            Self::CrossedProtocol { sent, .. } => {
                format!("OTLP/{} meets the other protocol", sent.as_str())
            }
            Self::Credentials { why, .. } | Self::Denied { why, .. } => why.clone(),
            Self::UnwiredReceiver => "no pipeline reads the receiver".to_owned(),
            Self::MissingSignal { signal } => format!("no {signal} pipeline reads the receiver"),
        }
    }
}
