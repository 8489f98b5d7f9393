//! What a hop of a scrape says: it passes, it fails, or nobody can know.

use crate::graph::policy::Barred;
use crate::source::Span;

/// What one hop does to a scrape.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// It lets the scrape through; why.
    Passes(String),
    /// It stops the scrape.
    Fails(Box<Fault>),
    /// What was given does not say; what is missing.
    Unknown(String),
}

/// Where a scrape can end, in the order in which it gets there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// The certificate that the job shows, and its files.
    Certificate,
    /// What the scraper's own proxy does to connections that go out.
    Outbound,
    /// NetworkPolicies of the target.
    Network,
    /// What the target's proxy does to connections that come in.
    Interception,
    /// Who listens on the port.
    Listener,
    /// What is served under the path.
    Path,
}

/// What stops a scrape, and where to mend it.
#[derive(Clone, Debug)]
pub struct Fault {
    /// The key or scalar to change.
    pub at: Span,
    /// What is wrong.
    pub cause: Cause,
    /// Other places that take part, with why.
    pub also: Vec<(Span, String)>,
}

/// What stops a scrape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The job speaks HTTP to a port of mutual TLS.
    Plaintext,
    /// The job shows no certificate.
    NoCertificate,
    /// The job verifies a name that the target's certificate cannot have.
    Verified,
    /// The scraper has no proxy that would write its certificate.
    NotInjected,
    /// `OUTPUT_CERTS` is not set.
    Unwritten {
        /// The file that the job reads.
        path: String,
    },
    /// The scraper mounts no volume over the file.
    Unmounted {
        /// The file that the job reads.
        path: String,
    },
    /// The proxy does not mount the volume that the scraper reads.
    Unshared {
        /// The volume.
        volume: String,
    },
    /// The proxy cannot write into the volume.
    ReadOnly,
    /// The proxy writes into another directory.
    Elsewhere {
        /// The file that the job reads.
        path: String,
        /// `OUTPUT_CERTS`.
        output: String,
    },
    /// `OUTPUT_CERTS` writes no file of that name.
    UnknownFile {
        /// The name.
        name: String,
    },
    /// `REGISTRY_ONLY`: the scraper's own proxy lets it go to no address that the mesh does not know.
    BlackHoled,
    /// NetworkPolicies let the scraper in nowhere, or to other ports only.
    Barred(Barred),
    /// `STRICT`: the proxy takes the TLS off before the secure port gets it.
    Unwrapped,
    /// A legacy Sidecar's port is not `STRICT`: its TLS is for proxies only.
    Permissive,
    /// `STRICT`: the proxy refuses plaintext.
    Refused {
        /// The port.
        port: u16,
    },
    /// An AuthorizationPolicy refuses who has no identity on that port.
    Denied,
    /// Nothing listens on the port.
    Closed {
        /// The port.
        port: u16,
    },
    /// The agent answers 403 to everybody but the Pod itself.
    Forbidden,
    /// The port is bound to the loopback address.
    Loopback {
        /// The port.
        port: u16,
    },
    /// The Collector shows its own metrics on the loopback address.
    OwnLoopback {
        /// The port.
        port: u16,
    },
    /// The job speaks TLS to a port of plain HTTP.
    TlsToPlaintext {
        /// The port.
        port: u16,
    },
    /// The port does not serve the path.
    NotServed {
        /// The port.
        port: u16,
        /// The path that is asked for.
        path: String,
    },
}

impl Verdict {
    pub(super) fn passes(why: impl Into<String>) -> Self {
        Self::Passes(why.into())
    }

    pub(super) fn fails(fault: Fault) -> Self {
        Self::Fails(Box::new(fault))
    }

    pub(super) fn unknown(why: impl Into<String>) -> Self {
        Self::Unknown(why.into())
    }

    /// What stops the scrape here.
    #[must_use]
    pub fn fault(&self) -> Option<&Fault> {
        match self {
            Self::Fails(fault) => Some(fault),
            _ => None,
        }
    }
}

impl Stage {
    /// Its name in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Certificate => "certificate",
            Self::Outbound => "outbound",
            Self::Network => "network",
            Self::Interception => "interception",
            Self::Listener => "listener",
            Self::Path => "path",
        }
    }
}

impl Fault {
    pub(super) fn new(at: Span, cause: Cause) -> Self {
        Self {
            at,
            cause,
            also: Vec::new(),
        }
    }

    pub(super) fn also(mut self, span: Span, label: impl Into<String>) -> Self {
        self.also.push((span, label.into()));
        self
    }
}

impl Cause {
    /// What is wrong, in words.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Plaintext => "this job speaks plain HTTP to ports that answer to mutual TLS only".to_owned(),
            Self::NoCertificate => {
                "this job shows no certificate, and the ports that it scrapes ask for one of the mesh".to_owned()
            }
            Self::Verified => {
                "this job verifies a name, and the certificates of proxies have none but a SPIFFE URI".to_owned()
            }
            Self::NotInjected => "no proxy is injected here, so nobody writes this file".to_owned(),
            Self::Unwritten { path } => {
                format!("nobody writes `{path}`: the proxy is given no `OUTPUT_CERTS`")
            }
            Self::Unmounted { path } => format!("the scraper mounts nothing over `{path}`"),
            Self::Unshared { volume } => {
                format!("the proxy does not mount the volume `{volume}`, and writes nothing into it")
            }
            Self::ReadOnly => "the proxy cannot write its certificate into a read-only mount".to_owned(),
            Self::Elsewhere { path, output } => {
                format!("the job reads `{path}`, and the proxy writes into `{output}`")
            }
            Self::UnknownFile { name } => format!("the proxy writes no file called `{name}`"),
            Self::BlackHoled => {
                "`REGISTRY_ONLY` lets the scraper's own proxy connect to Services, and no Service has this port".to_owned()
            }
            Self::Barred(barred) if barred.only_other_ports => {
                "a NetworkPolicy lets the scraper in, but not to this port".to_owned()
            }
            Self::Barred(_) => "no NetworkPolicy lets the scraper in".to_owned(),
            Self::Unwrapped => {
                "`STRICT` takes the TLS off before the secure port gets it, and that port takes nothing else".to_owned()
            }
            Self::Permissive => {
                "the Sidecar's port answers to TLS of other proxies only, unless it is `STRICT`".to_owned()
            }
            Self::Refused { port } => format!("`STRICT` refuses plain HTTP on port {port}"),
            Self::Denied => "an AuthorizationPolicy refuses the scraper, who has no identity there".to_owned(),
            Self::Closed { port } => format!("nothing listens on port {port}"),
            Self::Forbidden => {
                "the agent answers 403 to everybody outside the pod: `METRICS_LOCALHOST_ACCESS_ONLY`".to_owned()
            }
            Self::Loopback { port } => {
                format!("port {port} is open inside the pod only: `METRICS_LOCALHOST_ACCESS_ONLY`")
            }
            Self::OwnLoopback { port } => {
                format!("the collector shows its own metrics on port {port} to its own pod only")
            }
            Self::TlsToPlaintext { port } => {
                format!("the job speaks TLS, and port {port} answers in plain HTTP")
            }
            Self::NotServed { port, path } => format!("port {port} does not serve `{path}`"),
        }
    }
}
