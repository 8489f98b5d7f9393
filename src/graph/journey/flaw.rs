//! What can be wrong on the way of a signal.

use crate::certificate::Failure;
use crate::graph::delivery::Delivery;
use crate::model::collector::id::Signal;
use crate::model::collector::receiver::Transport;
use crate::source::Span;

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
    /// Plain text is sent to a TLS listener.
    Plaintext {
        /// The listener.
        listener: usize,
    },
    /// TLS is spoken to a listener in plain text.
    TlsToPlaintext {
        /// The listener.
        listener: usize,
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
    /// The listener demands a client certificate, and none is sent.
    MissingClientCertificate {
        /// The listener.
        listener: usize,
        /// What demands it.
        demanded: Span,
    },
    /// The client's certificate is refused.
    UntrustedClient {
        /// The verifier's refusal.
        failure: Failure,
        /// The listener.
        listener: usize,
        /// Where the authorities stand.
        authorities: Span,
        /// Where the client's certificate stands.
        certificate: Span,
    },
    /// The listener demands a certificate of authorities that are nowhere: nobody can connect.
    MissingAuthorities {
        /// The listener.
        listener: usize,
    },
    /// No route serves the authority of the request.
    UnroutedAuthority {
        /// The authority.
        authority: String,
        /// A route on the listener.
        route: usize,
    },
    /// No rule takes requests of that signal.
    UnroutedSignal {
        /// A route on the listener.
        route: usize,
        /// The signal.
        signal: Signal,
    },
    /// The backend of the rule leads nowhere.
    NoBackend {
        /// The backend, as an index into the attachment.
        backend: usize,
    },
    /// The gateway speaks HTTP/1.1 to the backend, which gRPC cannot pass.
    Http1Backend {
        /// The delivery.
        delivery: Delivery,
    },
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
    /// No pipeline reads the receiver.
    UnwiredReceiver,
    /// No pipeline of that signal reads the receiver.
    MissingSignal {
        /// The signal.
        signal: Signal,
    },
}

impl FlawKind {
    /// What is wrong in a few words, for a list of ways; the rules say it at length.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::NotStarting { said, .. } => format!("the collector does not send: {said}"),
            Self::UnknownListener { port, .. } => {
                format!("the Gateway has no listener on port {port}")
            }
            Self::LostPort { port, .. } => {
                format!("the listeners on port {port} clash, and none is served")
            }
            Self::UnknownServicePort { port, .. } => format!("the Service has no port {port}"),
            Self::Plaintext { .. } => "plain text is sent to a TLS listener".to_owned(),
            Self::TlsToPlaintext { .. } => "TLS is spoken to a listener in plain text".to_owned(),
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
            Self::UnroutedAuthority { authority, .. } => format!("no route serves `{authority}`"),
            Self::UnroutedSignal { signal, .. } => format!("no rule takes {signal}"),
            Self::NoBackend { .. } => "the backend leads nowhere".to_owned(),
            Self::Http1Backend { .. } => "the gateway speaks HTTP/1.1 to a gRPC backend".to_owned(),
            Self::NobodyListens { .. } => "nothing listens behind the Service port".to_owned(),
            Self::Loopback => "the receiver listens on the loopback address".to_owned(),
            Self::CrossedProtocol { sent, .. } => {
                format!("OTLP/{} meets the other protocol", sent.as_str())
            }
            Self::UnwiredReceiver => "no pipeline reads the receiver".to_owned(),
            Self::MissingSignal { signal } => format!("no {signal} pipeline reads the receiver"),
        }
    }
}
