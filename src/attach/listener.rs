//! What a listener does with a connection: plain text or TLS, with which certificate, and who may come in.

use super::Absent;
use super::grant::Crossing;
use super::grant::Grants;
use super::grant::Refusal;
use super::profile::Profile;
use super::profile::UnknownOption;
use crate::model::GATEWAY_API;
use crate::model::Model;
use crate::model::gateway::Gateway;
use crate::model::gateway::Listener;
use crate::model::gateway::Validation;
use crate::model::object::Pair;
use crate::model::reference::Reference;
use crate::model::store::Content;
use crate::model::store::Entry;
use crate::settings::Settings;
use crate::source::Span;
use crate::yaml::Text;

/// A listener as its controller sees it.
#[derive(Debug)]
pub struct ListenerFacts {
    /// Its Gateway.
    pub gateway: usize,
    /// Its index in the Gateway.
    pub listener: usize,
    /// What it does with a connection.
    pub transport: Transport,
    /// The certificates that it shows, one entry a reference.
    pub certificates: Vec<CertificateFacts>,
    /// Who may come in.
    pub clients: Clients,
}

/// What a listener does with a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// HTTP in plain text.
    Plain,
    /// TLS ends here.
    Terminate,
    /// TLS goes through to the backend.
    Passthrough,
    /// TCP or UDP, as it comes.
    Raw,
    /// Nothing: no controller serves it as it is written.
    Unusable,
}

/// One entry of `certificateRefs`.
#[derive(Debug)]
pub struct CertificateFacts {
    /// Where its name is written.
    pub said: Span,
    /// What is behind it.
    pub secret: Resolved,
}

/// A reference to a Secret or ConfigMap, resolved.
#[derive(Debug)]
pub enum Resolved {
    /// The Secret of that index, its values given.
    Secret(usize),
    /// The ConfigMap of that index.
    ConfigMap(usize),
    /// Something in the cluster makes it; its values are unknown.
    Elsewhere,
    /// It was not found.
    Absent(Absent),
    /// It stands in another namespace, and no grant lets the reference in.
    Refused(Refusal),
    /// It is of a kind that is not known here.
    OtherKind,
}

/// Who may come in at a listener.
#[derive(Debug)]
pub enum Clients {
    /// Anyone: no client certificate is asked for.
    Anyone,
    /// Anyone, although the listener's options ask for client certificates in words that its controller does not obey.
    Unheeded {
        /// The option or the field.
        said: Span,
    },
    /// Who shows no certificate comes in; who shows one must show a good one.
    Optional {
        /// What says so.
        said: Span,
    },
    /// Only who shows a certificate of these authorities.
    Verified {
        /// What says so.
        said: Span,
        /// The authorities.
        authorities: Authorities,
    },
    /// Only workloads of the mesh.
    Mesh {
        /// What says so.
        said: Span,
    },
    /// Not known, because the implementation or its version is not.
    Unknown {
        /// What cannot be judged.
        said: Span,
    },
}

/// The authorities whose clients are admitted.
#[derive(Debug)]
pub enum Authorities {
    /// Their certificates, in PEM.
    Given(Vec<Authority>),
    /// They exist, their certificates are unknown.
    Elsewhere,
    /// They are nowhere: nobody can connect.
    Missing,
    /// They were not given.
    Outside,
}

/// A bundle of authorities.
#[derive(Clone, Debug)]
pub struct Authority {
    /// The value that holds it.
    pub span: Span,
    /// The value itself, PEM.
    pub text: Text,
}

impl ListenerFacts {
    pub(super) fn of(
        model: &Model,
        settings: &Settings,
        grants: &Grants<'_>,
        profile: &Profile,
        gateway: usize,
        listener: usize,
    ) -> Self {
        let owner = &model.gateways[gateway];
        let own = &owner.listeners[listener];
        let seen = Seen {
            model,
            settings,
            grants,
            gateway: owner,
        };
        let references = own.tls.iter().flat_map(|tls| &tls.certificates);
        let certificates: Vec<_> = references
            .map(|reference| CertificateFacts {
                said: reference.name_span(),
                secret: seen.resolve(reference, "Secret"),
            })
            .collect();
        let transport = transport(own);
        let clients = match transport {
            Transport::Terminate => seen.clients(profile, own, &certificates),
            _ => Clients::Anyone,
        };
        Self {
            gateway,
            listener,
            transport,
            certificates,
            clients,
        }
    }

    /// The listener as it is written.
    #[must_use]
    pub fn written<'m>(&self, model: &'m Model) -> &'m Listener {
        &model.gateways[self.gateway].listeners[self.listener]
    }

    /// Namespace and name of the Gateway, and the listener's own name: `telemetry/edge, otlp`.
    #[must_use]
    pub fn title(&self, model: &Model) -> String {
        let object = &model.gateways[self.gateway].object;
        let name = self
            .written(model)
            .name
            .as_ref()
            .map_or("?", |name| name.as_str());
        format!("{}/{}, {name}", object.namespace(), object.name())
    }
}

fn transport(listener: &Listener) -> Transport {
    match (
        listener
            .protocol
            .as_ref()
            .map_or("", |protocol| protocol.as_str()),
        &listener.tls,
    ) {
        ("HTTP", _) => Transport::Plain,
        ("HTTPS" | "TLS", Some(_)) if listener.passes_through() => Transport::Passthrough,
        ("HTTPS" | "TLS", Some(_)) => Transport::Terminate,
        ("TCP" | "UDP", _) => Transport::Raw,
        _ => Transport::Unusable,
    }
}

/// What is needed to look something up on behalf of a Gateway.
struct Seen<'s> {
    model: &'s Model,
    settings: &'s Settings,
    grants: &'s Grants<'s>,
    gateway: &'s Gateway,
}

impl Seen<'_> {
    fn resolve(&self, reference: &Reference, default_kind: &str) -> Resolved {
        let kind = reference.kind_or(default_kind);
        if !reference.group_or("").is_empty() || !matches!(kind, "Secret" | "ConfigMap") {
            return Resolved::OtherKind;
        }
        let own = self.gateway.object.namespace();
        let namespace = reference.namespace_or(own);
        let found = self.lookup(kind, namespace, reference.name());
        let crossing = Crossing {
            from: (GATEWAY_API, "Gateway"),
            from_namespace: own,
            to: ("", kind),
            to_namespace: namespace,
            name: reference.name(),
        };
        let is_judged =
            !matches!(found, Resolved::Absent(_)) || self.settings.closed.covers("ReferenceGrant");
        match self.grants.check(&crossing) {
            Err(refusal) if is_judged || refusal.nearest.is_some() => Resolved::Refused(refusal),
            _ => found,
        }
    }

    fn lookup(&self, kind: &str, namespace: &str, name: &str) -> Resolved {
        let from = self.gateway.object.source;
        if kind == "ConfigMap" {
            return match self.model.config_maps.nearest_index(namespace, name, from) {
                Some(index) => Resolved::ConfigMap(index),
                None => Resolved::Absent(Absent::of(kind, self.settings)),
            };
        }
        match self.model.secrets.nearest_index(namespace, name, from) {
            Some(index) if self.model.secrets[index].content == Content::Elsewhere => {
                Resolved::Elsewhere
            }
            Some(index) => Resolved::Secret(index),
            None => Resolved::Absent(Absent::of(kind, self.settings)),
        }
    }

    fn clients(
        &self,
        profile: &Profile,
        listener: &Listener,
        certificates: &[CertificateFacts],
    ) -> Clients {
        let options: &[Pair] = listener.tls.as_ref().map_or(&[], |tls| &tls.options);
        let mode = options
            .iter()
            .find(|option| Some(option.key.as_str()) == profile.terminate_mode);
        if let Some(mode) = mode {
            let optional = self
                .settings
                .assume
                .istio
                .is_none_or(|version| version.minor >= 27);
            match mode.value.as_str() {
                "MUTUAL" => {
                    let authorities = match self.frontend(listener) {
                        Some(validation) => self.referred(validation),
                        None => self.beside(certificates),
                    };
                    return Clients::Verified {
                        said: mode.value.span,
                        authorities,
                    };
                }
                "OPTIONAL_MUTUAL" if optional => {
                    return Clients::Optional {
                        said: mode.value.span,
                    };
                }
                "ISTIO_MUTUAL" => {
                    return Clients::Mesh {
                        said: mode.value.span,
                    };
                }
                "ISTIO_SIMPLE" => return Clients::Anyone,
                _ => {}
            }
        }
        if let Some(validation) = self.frontend(listener) {
            return self.validated(profile, validation);
        }
        if let Some(mode) = mode {
            return Clients::Unheeded {
                said: mode.value.span,
            };
        }
        let asks = options
            .iter()
            .find(|option| option.key.ends_with("/tls-terminate-mode"));
        match (asks, profile.unknown_option) {
            (Some(asks), UnknownOption::Unknown) => Clients::Unknown {
                said: asks.key.span,
            },
            (Some(asks), _) => Clients::Unheeded {
                said: asks.key.span,
            },
            (None, _) => Clients::Anyone,
        }
    }

    /// The validation that `spec.tls.frontend` asks for on the listener's port; only HTTPS listeners have one.
    fn frontend(&self, listener: &Listener) -> Option<&Validation> {
        let is_https = listener
            .protocol
            .as_ref()
            .is_some_and(|protocol| protocol.value == "HTTPS");
        let port = listener.port.as_ref().filter(|_| is_https)?.value;
        self.gateway.validation(port)?
    }

    fn validated(&self, profile: &Profile, validation: &Validation) -> Clients {
        let said = validation.span;
        match profile.obeys_frontend(&self.settings.assume) {
            None => Clients::Unknown { said },
            Some(false) => Clients::Unheeded { said },
            Some(true) => match validation
                .mode
                .as_ref()
                .filter(|mode| mode.value == "AllowInsecureFallback")
            {
                Some(mode) => Clients::Optional { said: mode.span },
                None => Clients::Verified {
                    said,
                    authorities: self.referred(validation),
                },
            },
        }
    }

    /// The authorities that a validation names.
    fn referred(&self, validation: &Validation) -> Authorities {
        let resolved = validation.authorities.iter().map(|reference| {
            match self.resolve(reference, "ConfigMap") {
                Resolved::Secret(index) => authority(&self.model.secrets[index].entries),
                Resolved::ConfigMap(index) => authority(&self.model.config_maps[index].entries),
                Resolved::Elsewhere => Authorities::Elsewhere,
                Resolved::Absent(Absent::Missing) | Resolved::Refused(_) | Resolved::OtherKind => {
                    Authorities::Missing
                }
                Resolved::Absent(Absent::Outside) => Authorities::Outside,
            }
        });
        resolved.fold(Authorities::Missing, Authorities::and)
    }

    /// Where Istio finds the authorities of the option `MUTUAL`: in the Secret `<name>-cacert` beside that of the
    /// certificate if there is one, else in the certificate's own (istio 1.31, `pilot/pkg/credentials/kube/secrets.go`).
    fn beside(&self, certificates: &[CertificateFacts]) -> Authorities {
        let first = certificates.first().map(|certificate| &certificate.secret);
        let Some(Resolved::Secret(index)) = first else {
            return match first {
                Some(Resolved::Elsewhere) => Authorities::Elsewhere,
                Some(Resolved::Absent(Absent::Outside)) => Authorities::Outside,
                _ => Authorities::Missing,
            };
        };
        let secret = &self.model.secrets[*index];
        let name = format!("{}-cacert", secret.object.name());
        match self.lookup("Secret", secret.object.namespace(), &name) {
            Resolved::Secret(beside) => authority(&self.model.secrets[beside].entries),
            Resolved::Elsewhere => Authorities::Elsewhere,
            Resolved::Absent(absent) => match (authority(&secret.entries), absent) {
                (Authorities::Missing, Absent::Outside) => Authorities::Outside,
                (authorities, _) => authorities,
            },
            _ => authority(&secret.entries),
        }
    }
}

/// The bundle in a Secret or ConfigMap: `cacert` first, else `ca.crt`.
fn authority(entries: &[Entry]) -> Authorities {
    let entry = ["cacert", "ca.crt"]
        .iter()
        .find_map(|key| entries.iter().find(|entry| entry.key.value == *key));
    match entry.map(|entry| (entry.span, entry.text())) {
        Some((span, Some(text))) => Authorities::Given(vec![Authority { span, text }]),
        Some((_, None)) | None => Authorities::Missing,
    }
}

impl Authorities {
    /// Both together: unknown parts make the whole unknown.
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Given(mut all), Self::Given(more)) => {
                all.extend(more);
                Self::Given(all)
            }
            (Self::Missing, other) | (other, Self::Missing) => other,
            (Self::Outside, _) | (_, Self::Outside) => Self::Outside,
            (Self::Elsewhere, _) | (_, Self::Elsewhere) => Self::Elsewhere,
        }
    }
}
