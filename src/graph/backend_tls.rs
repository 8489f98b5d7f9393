//! What a gateway and a receiver make of each other's certificates where a BackendTLSPolicy makes the gateway speak TLS.
//!
//! Source: Gateway API v1.6, `apis/v1/backendtlspolicy_types.go` (`hostname` is the server name and is verified, unless
//! `subjectAltNames` are given); Envoy, `source/common/tls/cert_validator`. Envoy and NGINX differ in detail; only what both
//! refuse counts: no path to an authority, or a name that the certificate does not carry.

use std::collections::BTreeSet;

use super::Graph;
use super::delivery::Delivery;
use super::delivery::Teller;
use super::delivery::Upstream;
use super::material::Chain;
use super::material::Material;
use super::material::Materials;
use crate::attach::Attachment;
use crate::certificate::Cause;
use crate::certificate::Question;
use crate::certificate::Signatures;
use crate::certificate::Trust;
use crate::certificate::Verdict;
use crate::certificate::Verifier;
use crate::certificate::refusal_of_name;
use crate::model::Model;
use crate::model::policy::BackendTlsPolicy;
use crate::settings::Settings;
use crate::source::Span;
use crate::source::Spanned;

/// A handshake between a gateway and a receiver that cannot succeed.
#[derive(Clone, Debug)]
pub struct Misfit {
    /// What leads to the receiver, as an index into the graph's deliveries.
    pub delivery: usize,
    /// The policy, as an index into the model.
    pub policy: usize,
    /// Why.
    pub reason: Reason,
}

/// Why a gateway and a receiver do not come together.
#[derive(Clone, Debug)]
pub enum Reason {
    /// The receiver's certificate does not carry the name that the policy asks for.
    Name {
        /// The name in the policy.
        asked: Spanned<String>,
        /// The certificate.
        served: Span,
    },
    /// No authority of the policy vouches for the receiver's certificate.
    Authority {
        /// What names the authorities.
        said: Span,
        /// The authorities.
        authorities: Span,
        /// The certificate.
        served: Span,
    },
    /// No authority of the receiver vouches for the certificate that the Gateway shows.
    Client {
        /// What names the Gateway's certificate.
        said: Span,
        /// The authorities of the receiver.
        authorities: Span,
        /// The receiver's words.
        words: String,
    },
}

impl Reason {
    /// What is wrong in a few words.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Name { asked, .. } => {
                format!("the receiver's certificate does not carry `{asked}`")
            }
            Self::Authority { .. } => {
                "the policy's authorities do not vouch for the receiver's certificate".to_owned()
            }
            Self::Client { words, .. } => format!("the receiver refuses the gateway: {words}"),
        }
    }
}

impl Misfit {
    /// Every misfit, delivery by delivery.
    #[must_use]
    pub fn all(
        model: &Model,
        attachment: &Attachment,
        graph: &Graph,
        materials: &Materials<'_>,
        settings: &Settings,
    ) -> Vec<Self> {
        let judge = Judge {
            model,
            graph,
            materials,
            settings,
            signatures: Signatures::new(),
        };
        let mut seen = BTreeSet::new();
        let mut misfits = Vec::new();
        for (at, delivery) in graph.deliveries.iter().enumerate() {
            let upstream = delivery.upstream(model, attachment, graph);
            let Upstream::Tls(Teller::Policy(policy)) = upstream else {
                continue;
            };
            let gateway = attachment.listeners[delivery.listener].gateway;
            if !seen.insert((delivery.landing, gateway)) {
                continue;
            }
            let reasons = judge.reasons(delivery, &model.backend_tls_policies[policy], gateway);
            misfits.extend(reasons.into_iter().map(|reason| Self {
                delivery: at,
                policy,
                reason,
            }));
        }
        misfits
    }
}

/// All that a handshake is judged by.
struct Judge<'j> {
    model: &'j Model,
    graph: &'j Graph,
    materials: &'j Materials<'j>,
    settings: &'j Settings,
    signatures: Signatures,
}

impl Judge<'_> {
    fn reasons(
        &self,
        delivery: &Delivery,
        policy: &BackendTlsPolicy,
        gateway: usize,
    ) -> Vec<Reason> {
        let mut receivers = self.graph.landings[delivery.landing].receivers();
        let Some((_, run, receiver, server)) = receivers.next() else {
            return Vec::new();
        };
        let run = &self.model.runs[run];
        let server = &run.collector.receivers[receiver].servers[server];
        let mut reasons = Vec::new();
        let own = server.tls.given().and_then(|tls| tls.certificate());
        let served = own.map(|own| self.materials.of_setting(own, run));
        if let Some(Material::Given(served)) = &served {
            reasons.extend(self.name(policy, served));
            reasons.extend(self.authority(policy, served));
        }
        let asked = server.client_authorities();
        let admitted = asked.map(|asked| self.materials.of_setting(asked, run));
        if let Some(Material::Given(admitted)) = &admitted {
            reasons.extend(self.client(gateway, admitted));
        }
        reasons
    }

    /// The name that the policy asks for, when the certificate carries none of those that would do.
    fn name(&self, policy: &BackendTlsPolicy, served: &Chain) -> Option<Reason> {
        let leaf = served.certificates.first()?;
        let names: Vec<&Spanned<String>> = match policy.alternative_names.as_slice() {
            [] => policy.hostname.iter().collect(),
            names => names.iter().collect(),
        };
        // A URI is no host name; of an unreadable name nothing is known.
        let is_host = |name: &&Spanned<String>| !name.contains(':') && !name.is_empty();
        let refuses = |name: &&Spanned<String>| refusal_of_name(leaf, name).is_some();
        let asked = (*names.first()?).clone();
        let refused = names.iter().all(is_host) && names.iter().all(refuses);
        refused.then_some(Reason::Name {
            asked,
            served: served.span,
        })
    }

    /// The authorities of the policy, when none of them vouches for the certificate.
    fn authority(&self, policy: &BackendTlsPolicy, served: &Chain) -> Option<Reason> {
        let said = policy.authorities.first()?;
        let object = &policy.object;
        let mut trusted = Vec::new();
        let mut place = None;
        for reference in &policy.authorities {
            let is_secret = reference.kind_or("ConfigMap") == "Secret";
            let (namespace, name) = (object.namespace(), reference.name());
            let material = if is_secret {
                self.materials.of_secret(namespace, name, "ca.crt", object)
            } else {
                self.materials
                    .of_config_map(namespace, name, "ca.crt", object)
            };
            let Material::Given(chain) = material else {
                return None;
            };
            place.get_or_insert(chain.span);
            trusted.extend(chain.certificates);
        }
        let question = Question {
            chain: &served.certificates,
            trust: Trust::Given(&trusted),
            name: None,
            now: self.settings.now,
        };
        let verifiers = [
            Verifier::EnvoyVerifiesClient,
            Verifier::OpensslVerifiesClient,
        ];
        let refuses = |verifier: Verifier| {
            let verdict = verifier.handshake(&question, &self.signatures);
            let Verdict::Fail(failure) = verdict else {
                return false;
            };
            failure.cause.is_about_trust() || failure.cause == Cause::Signature
        };
        verifiers
            .into_iter()
            .all(refuses)
            .then_some(Reason::Authority {
                said: said.name_span(),
                authorities: place?,
                served: served.span,
            })
    }

    /// The certificate that the Gateway shows, when the receiver refuses it.
    fn client(&self, gateway: usize, admitted: &Chain) -> Option<Reason> {
        let gateway = &self.model.gateways[gateway];
        let reference = gateway.client_certificate.as_ref()?;
        let object = &gateway.object;
        let namespace = reference.namespace_or(object.namespace());
        let shown = self
            .materials
            .of_secret(namespace, reference.name(), "tls.crt", object);
        let Material::Given(shown) = shown else {
            return None;
        };
        let question = Question {
            chain: &shown.certificates,
            trust: Trust::Given(&admitted.certificates),
            name: None,
            now: self.settings.now,
        };
        match Verifier::GoVerifiesClient.handshake(&question, &self.signatures) {
            Verdict::Fail(failure) => Some(Reason::Client {
                said: reference.name_span(),
                authorities: admitted.span,
                words: failure.reason,
            }),
            Verdict::Pass | Verdict::Unknown(_) => None,
        }
    }
}
