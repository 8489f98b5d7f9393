//! Who ends the connection of an exporter, and what that shows and asks for: a listener, an Ingress or a receiver.

use super::Landed;
use super::walk::Walk;
use crate::attach::Attachment;
use crate::attach::client::Clients;
use crate::attach::listener::Authorities;
use crate::attach::listener::ListenerFacts;
use crate::attach::profile::ClientVerifier;
use crate::certificate::Verifier;
use crate::graph::entrance::terms::Clients as IngressClients;
use crate::graph::material::Material;
use crate::model::Model;
use crate::model::collector::receiver::Server;
use crate::model::collector::section::Tls;
use crate::model::collector::section::Versions;
use crate::source::Span;

/// Who ends a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gate {
    /// A listener, as an index into the attachment.
    Listener(usize),
    /// The controller of an Ingress, as indexes into the model.
    Ingress {
        /// The Ingress.
        ingress: usize,
        /// Which of its `tls` entries is for the name; `None`: the controller shows its own certificate.
        tls: Option<usize>,
    },
    /// An open port of a receiver.
    Receiver(Landed),
}

/// What a gate shows of itself, and what it asks of clients.
pub(super) struct Terms {
    /// The versions of TLS that it speaks, where that is known.
    pub(super) versions: Option<Versions>,
    /// The chain that it shows.
    pub(super) served: Material,
    /// What it asks for.
    pub(super) asked: Asked,
}

/// What is asked of clients.
pub(super) enum Asked {
    /// No certificate, or none that has to be shown.
    Nothing,
    /// A certificate.
    Certificate {
        /// What says so.
        said: Span,
        /// The authorities that clients are verified against; `None`: there are none, so that nobody comes in.
        authorities: Option<Material>,
        /// Who verifies; `None` when that is not known.
        verifier: Option<Verifier>,
        /// Whether who shows none comes in as well.
        is_optional: bool,
    },
    /// That is not known; why, in words.
    Open(&'static str),
}

impl Gate {
    /// What people call a gate of its kind.
    #[must_use]
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Listener(_) => "listener",
            Self::Ingress { .. } => "controller of the Ingress",
            Self::Receiver(_) => "receiver",
        }
    }

    /// Where it says whether it speaks TLS: the protocol of a listener, an entry of an Ingress's `tls`, the protocol or the
    /// `tls` of a receiver.
    #[must_use]
    pub fn said(self, model: &Model, attachment: &Attachment) -> Span {
        match self {
            Self::Listener(listener) => {
                let written = attachment.listeners[listener].written(model);
                let protocol = written.protocol.as_ref();
                protocol.map_or(written.span, |protocol| protocol.span)
            }
            Self::Ingress { ingress, tls } => {
                let ingress = &model.ingresses[ingress];
                let entry = tls.map(|tls| ingress.tls[tls].span);
                entry.unwrap_or_else(|| ingress.object.name_span())
            }
            Self::Receiver(landed) => {
                let server = landed.server(model);
                let tls = server.tls.given().and_then(|tls| tls.span);
                tls.unwrap_or(server.span)
            }
        }
    }

    /// Who verifies clients there, as people call it.
    #[must_use]
    pub fn judge(self, attachment: &Attachment) -> &'static str {
        match self {
            Self::Listener(listener) => {
                let gateway = attachment.listeners[listener].gateway;
                attachment.gateways[gateway].profile.name
            }
            Self::Ingress { .. } => "the controller of the Ingress",
            Self::Receiver(_) => "the receiver",
        }
    }
}

impl Landed {
    /// The open port.
    #[must_use]
    pub fn server(self, model: &Model) -> &Server {
        &model.runs[self.run].collector.receivers[self.receiver].servers[self.server]
    }
}

impl Walk<'_> {
    /// What `gate` shows and asks for.
    pub(super) fn terms(&self, gate: Gate) -> Terms {
        match gate {
            Gate::Listener(listener) => self.terms_of_listener(listener),
            Gate::Ingress { ingress, tls } => self.terms_of_ingress(ingress, tls),
            Gate::Receiver(landed) => self.terms_of_receiver(landed),
        }
    }

    fn terms_of_ingress(&self, ingress: usize, tls: Option<usize>) -> Terms {
        let own = &self.model.ingresses[ingress];
        let home = own.object.namespace();
        let secret = tls.and_then(|tls| own.tls[tls].secret.as_ref());
        let in_secret =
            |namespace, name, key| self.materials.of_secret(namespace, name, key, &own.object);
        let asked = match IngressClients::of(own) {
            IngressClients::Anyone => Asked::Nothing,
            IngressClients::Verified {
                said,
                secret,
                is_optional,
            } => Asked::Certificate {
                said,
                authorities: Some(in_secret(secret.0, secret.1, "ca.crt")),
                verifier: Some(Verifier::OpensslVerifiesClient),
                is_optional,
            },
            IngressClients::Unknown => {
                Asked::Open("an annotation of the Ingress may ask clients who they are")
            }
        };
        Terms {
            versions: None,
            served: secret.map_or(Material::Outside, |name| in_secret(home, name, "tls.crt")),
            asked,
        }
    }

    fn terms_of_listener(&self, listener: usize) -> Terms {
        let facts = &self.attachment.listeners[listener];
        let served = facts.certificates.first();
        let asked = match &facts.clients {
            Clients::Verified { said, authorities } | Clients::Optional { said, authorities } => {
                Asked::Certificate {
                    said: *said,
                    authorities: match authorities {
                        Authorities::Missing => None,
                        _ => Some(self.materials.admitted(authorities)),
                    },
                    verifier: verifier_of(self.profile(facts).verifier),
                    is_optional: matches!(facts.clients, Clients::Optional { .. }),
                }
            }
            Clients::Mesh { .. } => Asked::Open("the listener admits workloads of the mesh only"),
            Clients::Unknown { .. } => {
                Asked::Open("whether clients are verified depends on the implementation")
            }
            Clients::Anyone
            | Clients::Unheeded { .. }
            | Clients::Unproven { .. }
            | Clients::Fallback { .. } => Asked::Nothing,
        };
        Terms {
            versions: self.versions_of_listener(facts),
            served: served.map_or(Material::Outside, |served| self.materials.served(served)),
            asked,
        }
    }

    /// What implementations speak by default, where nothing says otherwise in their own ways: options of the listener, a
    /// policy (Envoy, `TlsParameters`; NGINX, `ssl_protocols`).
    fn versions_of_listener(&self, facts: &ListenerFacts) -> Option<Versions> {
        let tls = facts.written(self.model).tls.as_ref()?;
        let mut policies = self.model.client_traffic_policies.iter();
        let is_default = verifier_of(self.profile(facts).verifier).is_some()
            && tls
                .options
                .iter()
                .all(|option| !option.key.contains("version") && !option.key.contains("protocol"))
            && policies.all(|policy| policy.min_version.is_none());
        is_default.then_some(Versions::DEFAULT)
    }

    /// A receiver verifies as Go does (collector, config/configtls/configtls.go `ServerConfig`).
    fn terms_of_receiver(&self, landed: Landed) -> Terms {
        let run = &self.model.runs[landed.run];
        let server = landed.server(self.model);
        let tls = server.tls.given();
        let own = tls.and_then(|tls| tls.certificate());
        let asked = server
            .client_authorities()
            .map_or(Asked::Nothing, |said| Asked::Certificate {
                said: said.span,
                authorities: Some(self.materials.of_setting(said, run)),
                verifier: Some(Verifier::GoVerifiesClient),
                is_optional: false,
            });
        Terms {
            versions: tls.and_then(Tls::versions),
            served: own.map_or(Material::Outside, |own| self.materials.of_setting(own, run)),
            asked,
        }
    }
}

const fn verifier_of(verifier: ClientVerifier) -> Option<Verifier> {
    match verifier {
        ClientVerifier::Envoy => Some(Verifier::EnvoyVerifiesClient),
        ClientVerifier::OpenSsl => Some(Verifier::OpensslVerifiesClient),
        ClientVerifier::Go => Some(Verifier::GoVerifiesClient),
        ClientVerifier::Unknown => None,
    }
}
