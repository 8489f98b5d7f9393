//! Who may come in at a listener: which client certificate is asked for, in whose words, and who vouches for it.

use super::Absent;
use super::index::Index;
use super::listener::Authorities;
use super::listener::Authority;
use super::listener::CertificateFacts;
use super::listener::Resolved;
use super::listener::lookup;
use super::listener::resolve;
use super::profile::Demand;
use super::profile::Profile;
use super::profile::UnknownOption;
use super::scrutiny;
use crate::model::gateway::Gateway;
use crate::model::gateway::Listener;
use crate::model::gateway::Validation;
use crate::model::object::Object;
use crate::model::object::Pair;
use crate::model::policy::ClientTrafficPolicy;
use crate::model::policy::ClientValidation;
use crate::model::reference::Reference;
use crate::model::store::Entry;
use crate::settings::Version;
use crate::source::Span;

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
    /// A certificate is asked for, and nobody looks who issued it.
    Unproven {
        /// What says so.
        said: Span,
    },
    /// A certificate may be missing, and may be of anyone: neither is refused.
    Fallback {
        /// What says so.
        said: Span,
    },
    /// Who shows no certificate comes in; who shows one must show one of these authorities.
    Optional {
        /// What says so.
        said: Span,
        /// The authorities.
        authorities: Authorities,
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

impl Clients {
    /// What says against which authorities a certificate is verified, whether or not one has to be shown.
    #[must_use]
    pub const fn authorities(&self) -> Option<(Span, &Authorities)> {
        match self {
            Self::Verified { said, authorities } | Self::Optional { said, authorities } => {
                Some((*said, authorities))
            }
            _ => None,
        }
    }
}

/// A listener, and all that is needed to say who may come in.
pub(super) struct Seen<'s> {
    pub(super) index: &'s Index<'s>,
    pub(super) profile: &'s Profile,
    pub(super) gateway: &'s Gateway,
    /// The Gateway or ListenerSet that the listener stands in.
    pub(super) owner: &'s Object,
    pub(super) own: &'s Listener,
}

impl Seen<'_> {
    /// Who may come in, when the listener shows `certificates`.
    pub(super) fn clients(&self, certificates: &[CertificateFacts]) -> Clients {
        let mode = self.mode();
        if let (Some(mode), Some(demand)) = (mode, self.demand()) {
            let said = mode.value.span;
            match demand {
                Demand::Verified => {
                    let authorities = self.told(certificates);
                    return Clients::Verified { said, authorities };
                }
                Demand::Optional => {
                    let authorities = self.told(certificates);
                    return Clients::Optional { said, authorities };
                }
                Demand::Mesh => return Clients::Mesh { said },
                Demand::Nobody => return Clients::Anyone,
                Demand::Unknown => {}
            }
        }
        if let Some((policy, validation)) = self.policy() {
            return self.by_policy(policy, validation);
        }
        if let Some(validation) = self.frontend() {
            return self.validated(validation);
        }
        if let Some(validation) = self.older() {
            return Clients::Unknown {
                said: validation.span,
            };
        }
        if let Some(mode) = mode {
            return Clients::Unheeded {
                said: mode.value.span,
            };
        }
        let asks = self
            .options()
            .iter()
            .find(|option| option.key.ends_with("/tls-terminate-mode"));
        match (asks, self.profile.unknown_option) {
            (Some(asks), UnknownOption::Unknown) => Clients::Unknown {
                said: asks.key.span,
            },
            (Some(asks), _) => Clients::Unheeded {
                said: asks.key.span,
            },
            (None, _) => Clients::Anyone,
        }
    }

    /// The authorities of a listener whose option asks for client certificates: those of `spec.tls.frontend`, else those
    /// beside the listener's own certificate.
    fn told(&self, certificates: &[CertificateFacts]) -> Authorities {
        let obeyed = self.profile.obeys_frontend(&self.index.settings.assume);
        match self.frontend().filter(|_| obeyed != Some(false)) {
            Some(validation) => self.referred(&validation.authorities, self.owner, "ConfigMap"),
            None => self.beside(certificates),
        }
    }

    /// Whether the Gateway names certificates in the implementation's own way.
    pub(super) fn brings_certificates(&self) -> bool {
        let key = self.profile.certificate_annotation;
        key.is_some_and(|key| self.gateway.object.annotation(key).is_some())
    }

    /// What `listeners[].tls.frontendValidation` asks for, under a bundle that has it: which implementation obeyed that
    /// experiment is not known.
    fn older(&self) -> Option<&Validation> {
        let bundle = self.index.settings.assume.gateway_api?;
        let has = (Version::new(1, 1)..=Version::new(1, 3)).contains(&bundle);
        let tls = self.own.tls.as_ref().filter(|_| has)?;
        tls.frontend_validation.as_ref()
    }

    fn options(&self) -> &[Pair] {
        self.own.tls.as_ref().map_or(&[], |tls| &tls.options)
    }

    /// The option that asks for client certificates.
    fn mode(&self) -> Option<&Pair> {
        let mut options = self.options().iter();
        options.find(|option| Some(option.key.as_str()) == self.profile.terminate_mode)
    }

    /// What that option asks for.
    pub(super) fn demand(&self) -> Option<Demand> {
        let version = (self.profile.version)(&self.index.settings.assume);
        Some((self.profile.demand)(self.mode()?.value.as_str(), version))
    }

    /// The references of `spec.tls.frontend` for the listener's port, where the implementation obeys them.
    pub(super) fn authorities(&self) -> Vec<CertificateFacts> {
        let obeyed = self.profile.obeys_frontend(&self.index.settings.assume);
        let validation = self.frontend().filter(|_| obeyed != Some(false));
        let references = validation
            .iter()
            .flat_map(|validation| &validation.authorities);
        references
            .map(|reference| self.authority(reference))
            .collect()
    }

    fn authority(&self, reference: &Reference) -> CertificateFacts {
        let secret = self.resolve(reference, self.owner, "ConfigMap");
        let entries = match &secret {
            Resolved::Secret(at) => Some(&self.index.model.secrets[*at].entries),
            Resolved::ConfigMap(at) => Some(&self.index.model.config_maps[*at].entries),
            _ => None,
        };
        let judged =
            entries.map(|entries| scrutiny::authority(entries, self.profile.authority_keys));
        CertificateFacts {
            said: reference.name_span(),
            secret,
            defect: judged.and_then(Result::err),
            names: Vec::new(),
            algorithm: "",
        }
    }

    /// `kind` is what is meant when none is written: a policy means a Secret, the standard makes people say it.
    fn resolve(&self, reference: &Reference, owner: &Object, kind: &str) -> Resolved {
        let granted = (self.profile.authority_grant)(reference.name());
        let kinds = self.profile.authority_kinds;
        match kinds.contains(&reference.kind_or(kind)) {
            true => resolve(self.index, owner, reference, kind, &granted),
            false => Resolved::OtherKind,
        }
    }

    /// The validation that `spec.tls.frontend` asks for on the listener's port; only HTTPS listeners have one.
    fn frontend(&self) -> Option<&Validation> {
        let port = self
            .own
            .port
            .as_ref()
            .filter(|_| self.own.protocol() == "HTTPS")?
            .value;
        let frontend = self.gateway.frontend.as_ref()?;
        let default = || frontend.default.as_ref();
        match self.gateway.validation(port)? {
            None if self.profile.per_port_falls_back => default(),
            validation => validation,
        }
    }

    /// The ClientTrafficPolicy that verifies clients here: for the listener, else for the ListenerSet, else for the
    /// Gateway (Envoy Gateway 1.9, `internal/gatewayapi/clienttrafficpolicy.go`).
    fn policy(&self) -> Option<(&ClientTrafficPolicy, &ClientValidation)> {
        if !self.profile.obeys_client_traffic_policy {
            return None;
        }
        let targets = [
            (self.owner, Some(self.own.name())),
            (self.owner, None),
            (self.gateway.object.as_ref(), None),
        ];
        targets.into_iter().find_map(|(object, section)| {
            let found = self.index.client_policy(object, section);
            let policy = &self.index.model.client_traffic_policies[found?];
            Some((policy, policy.validation.as_ref()?))
        })
    }

    fn by_policy(&self, policy: &ClientTrafficPolicy, validation: &ClientValidation) -> Clients {
        let mode = validation.mode.as_ref();
        let said = mode.map_or(validation.span, |mode| mode.span);
        let authorities = || self.referred(&validation.authorities, &policy.object, "Secret");
        let is_optional = match mode.map(|mode| mode.as_str()) {
            Some("Request" | "RequireAny") => return Clients::Unproven { said },
            Some(mode) => mode == "VerifyIfGiven",
            None => {
                let optional = validation.optional.as_ref();
                optional.is_some_and(|optional| optional.value)
            }
        };
        match (validation.authorities.is_empty(), validation.pins) {
            // Hashes of certificates may stand in the place of authorities; whether they do depends on the version.
            (true, true) => Clients::Unknown { said },
            (true, false) => Clients::Unheeded { said },
            (false, _) if is_optional => Clients::Optional {
                said,
                authorities: authorities(),
            },
            (false, _) => Clients::Verified {
                said,
                authorities: authorities(),
            },
        }
    }

    fn validated(&self, validation: &Validation) -> Clients {
        let said = validation.span;
        match self.profile.obeys_frontend(&self.index.settings.assume) {
            None => Clients::Unknown { said },
            Some(false) => Clients::Unheeded { said },
            Some(true) => match validation
                .mode
                .as_ref()
                .filter(|mode| mode.value == "AllowInsecureFallback")
            {
                Some(mode) => Clients::Fallback { said: mode.span },
                None => Clients::Verified {
                    said,
                    authorities: self.referred(&validation.authorities, self.owner, "ConfigMap"),
                },
            },
        }
    }

    /// The authorities that `references`, written in `owner`, name; objects of `kind` where they name none.
    fn referred(&self, references: &[Reference], owner: &Object, kind: &str) -> Authorities {
        let resolved =
            references
                .iter()
                .map(|reference| match self.resolve(reference, owner, kind) {
                    Resolved::Secret(at) => self.bundle(&self.index.model.secrets[at].entries),
                    Resolved::ConfigMap(at) => {
                        self.bundle(&self.index.model.config_maps[at].entries)
                    }
                    Resolved::Elsewhere => Authorities::Elsewhere,
                    Resolved::Absent(Absent::Missing)
                    | Resolved::Refused(_)
                    | Resolved::OtherKind => Authorities::Missing,
                    Resolved::Absent(Absent::Outside) => Authorities::Outside,
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
        let secret = &self.index.model.secrets[*index];
        let name = format!("{}-cacert", secret.object.name());
        let beside = lookup(
            self.index,
            self.owner,
            "Secret",
            secret.object.namespace(),
            &name,
        );
        match beside {
            Resolved::Secret(beside) => self.bundle(&self.index.model.secrets[beside].entries),
            Resolved::Elsewhere => Authorities::Elsewhere,
            Resolved::Absent(absent) => match (self.bundle(&secret.entries), absent) {
                (Authorities::Missing, Absent::Outside) => Authorities::Outside,
                (authorities, _) => authorities,
            },
            _ => self.bundle(&secret.entries),
        }
    }

    /// The bundle in a Secret or ConfigMap.
    fn bundle(&self, entries: &[Entry]) -> Authorities {
        let keys = self.profile.authority_keys.iter();
        let entry = keys
            .filter_map(|key| entries.iter().find(|entry| entry.key.value == *key))
            .next();
        match entry.map(|entry| (entry.span, entry.text())) {
            Some((span, Some(text))) => Authorities::Given(vec![Authority { span, text }]),
            Some((_, None)) | None => Authorities::Missing,
        }
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
