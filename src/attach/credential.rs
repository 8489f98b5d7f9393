//! What listeners show and trust, as certificates: key pairs with who serves them, bundles with who admits by them.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::sync::Arc;

use super::GatewayFacts;
use super::client::Clients;
use super::listener::Authorities;
use super::listener::ListenerFacts;
use super::listener::Resolved;
use super::profile::ClientVerifier;
use super::profile::Profile;
use super::route::ParentFacts;
use super::route::ParentOutcome;
use crate::certificate::Certificate;
use crate::certificate::Key;
use crate::certificate::Signatures;
use crate::certificate::Verifier;
use crate::model::Model;
use crate::model::pem::Holder;
use crate::model::store::Content;
use crate::source::Span;
use crate::source::Spanned;

/// All key pairs and bundles of authorities that play a role.
#[derive(Debug, Default)]
pub struct Credentials {
    /// Every Secret that is meant to hold a certificate and its key: served by a listener, or of type
    /// `kubernetes.io/tls`.
    pub pairs: Vec<Pair>,
    /// Every bundle by which a listener admits clients.
    pub bundles: Vec<ClientBundle>,
    /// Signatures that were computed so far.
    pub signatures: Signatures,
}

/// A chain of certificates and the key of its leaf.
#[derive(Debug)]
pub struct Pair {
    /// The Secret.
    pub secret: usize,
    /// The value that holds the chain, as an index into `model.pem`.
    pub chain: Option<usize>,
    /// The value that holds the key, as an index into `model.pem`.
    pub key: Option<usize>,
    /// Who serves it; empty when nobody who was given does.
    pub served: Vec<Service>,
}

/// A listener that shows a certificate.
#[derive(Clone, Copy, Debug)]
pub struct Service {
    /// The listener, as an index into the attachment.
    pub listener: usize,
    /// Where the certificate is named.
    pub said: Span,
}

/// Authorities whose clients a listener admits.
#[derive(Debug)]
pub struct ClientBundle {
    /// The listener, as an index into the attachment.
    pub listener: usize,
    /// Where client certificates are asked for.
    pub said: Span,
    /// The values, as indexes into `model.pem`.
    pub values: Vec<usize>,
    /// Who verifies the clients, if it is known.
    pub verifier: Option<Verifier>,
}

/// A host name that clients use at a listener.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Served {
    /// The name; it may begin with `*.`.
    pub name: String,
    /// The listener's or route's word for it.
    pub said: Span,
}

impl Credentials {
    /// The pairs that some listener shows.
    pub fn served(&self) -> impl Iterator<Item = &Pair> {
        self.pairs.iter().filter(|pair| !pair.served.is_empty())
    }

    pub(super) fn of(
        model: &Model,
        gateways: &[GatewayFacts],
        listeners: &[ListenerFacts],
    ) -> Self {
        let index = Index::of(model);
        let mut credentials = Self::default();
        let mut known: BTreeMap<(usize, Option<usize>), usize> = BTreeMap::new();
        let mut add = |pair: Pair, service: Option<Service>| {
            let at = *known.entry((pair.secret, pair.chain)).or_insert_with(|| {
                credentials.pairs.push(pair);
                credentials.pairs.len() - 1
            });
            credentials.pairs[at].served.extend(service);
        };
        for (listener, facts) in listeners.iter().enumerate() {
            let profile = gateways[facts.gateway].profile;
            for certificate in &facts.certificates {
                if let Resolved::Secret(secret) = certificate.secret {
                    let service = Service {
                        listener,
                        said: certificate.said,
                    };
                    let pair = index.pair(secret, keys(model, secret, profile));
                    add(pair, Some(service));
                }
            }
        }
        for (secret, given) in model.secrets.iter().enumerate() {
            let kind = given.kind.as_ref().map_or("", |kind| kind.as_str());
            if kind == "kubernetes.io/tls" && given.content == Content::Given {
                add(index.pair(secret, ("tls.crt", "tls.key")), None);
            }
        }
        for (listener, facts) in listeners.iter().enumerate() {
            if let Clients::Verified {
                said,
                authorities: Authorities::Given(authorities),
            } = &facts.clients
            {
                let spans = authorities.iter().map(|authority| authority.span);
                credentials.bundles.push(ClientBundle {
                    listener,
                    said: *said,
                    values: spans
                        .filter_map(|span| index.by_span.get(&span).copied())
                        .collect(),
                    verifier: verifier(gateways[facts.gateway].profile),
                });
            }
        }
        credentials
    }

    /// Every certificate that a peer will see or trust, with its role, each place once.
    #[must_use]
    pub fn in_use<'m>(&'m self, model: &'m Model) -> Vec<InUse<'m>> {
        let mut seen = BTreeSet::new();
        let shown = self.pairs.iter().flat_map(|pair| {
            let certificates = pair.certificates(model).iter();
            certificates.map(move |certificate| InUse {
                certificate,
                role: Role::Shown(pair),
            })
        });
        let trusted = self.bundles.iter().flat_map(|bundle| {
            bundle.certificates(model).map(move |certificate| InUse {
                certificate,
                role: Role::Trusted(bundle),
            })
        });
        let mut all: Vec<InUse<'_>> = shown.chain(trusted).collect();
        all.retain(|one| seen.insert(one.certificate.span));
        all
    }
}

/// A certificate in its role.
#[derive(Clone, Copy, Debug)]
pub struct InUse<'m> {
    /// The certificate and its place.
    pub certificate: &'m Spanned<Arc<Certificate>>,
    /// What it is for.
    pub role: Role<'m>,
}

/// What a certificate is for.
#[derive(Clone, Copy, Debug)]
pub enum Role<'m> {
    /// It is one of a chain that listeners show.
    Shown(&'m Pair),
    /// Clients are admitted by it.
    Trusted(&'m ClientBundle),
}

/// Where the values of `model.pem` are.
struct Index<'m> {
    by_key: BTreeMap<(Holder, &'m str), usize>,
    by_span: BTreeMap<Span, usize>,
}

impl<'m> Index<'m> {
    fn of(model: &'m Model) -> Self {
        let values = || model.pem.iter().enumerate();
        let keyed = values().filter_map(|(at, value)| {
            let key = value.key.as_ref()?;
            Some(((value.holder, key.as_str()), at))
        });
        Self {
            by_key: keyed.collect(),
            by_span: values().map(|(at, value)| (value.span, at)).collect(),
        }
    }

    fn pair(&self, secret: usize, (chain, key): (&str, &str)) -> Pair {
        let find = |key| self.by_key.get(&(Holder::Secret(secret), key)).copied();
        Pair {
            secret,
            chain: find(chain),
            key: find(key),
            served: Vec::new(),
        }
    }
}

impl ClientBundle {
    /// The certificates of all values, in order.
    pub fn certificates<'m>(
        &self,
        model: &'m Model,
    ) -> impl Iterator<Item = &'m Spanned<Arc<Certificate>>> {
        self.values
            .iter()
            .flat_map(|value| &model.pem[*value].bundle.certificates)
    }
}

impl Pair {
    /// The certificates in the order in which they are written.
    #[must_use]
    pub fn certificates<'m>(&self, model: &'m Model) -> &'m [Spanned<Arc<Certificate>>] {
        self.chain
            .map_or(&[], |chain| &model.pem[chain].bundle.certificates)
    }

    /// The server's own certificate: the one of the key, else the one that is shown first.
    #[must_use]
    pub fn leaf<'m>(&self, model: &'m Model) -> Option<&'m Spanned<Arc<Certificate>>> {
        let chain = self.certificates(model);
        let own = self.key(model).and_then(|key| key.public());
        own.and_then(|own| chain.iter().find(|one| one.public_key == *own))
            .or(chain.first())
    }

    /// The key that peers take: the first of the value.
    #[must_use]
    pub fn key<'m>(&self, model: &'m Model) -> Option<&'m Spanned<Key>> {
        self.key.and_then(|key| model.pem[key].bundle.keys.first())
    }
}

/// Where a controller looks for certificate and key: the first of its pairs of keys that is there whole.
fn keys(model: &Model, secret: usize, profile: &Profile) -> (&'static str, &'static str) {
    let secret = &model.secrets[secret];
    let is_whole = |(certificate, key): &&(&str, &str)| {
        secret.entry(certificate).is_some() && secret.entry(key).is_some()
    };
    let mut pairs = profile.pair_keys.iter();
    pairs
        .find(is_whole)
        .copied()
        .unwrap_or(("tls.crt", "tls.key"))
}

fn verifier(profile: &Profile) -> Option<Verifier> {
    match profile.verifier {
        ClientVerifier::Envoy => Some(Verifier::EnvoyVerifiesClient),
        ClientVerifier::OpenSsl => Some(Verifier::OpensslVerifiesClient),
        ClientVerifier::Go => Some(Verifier::GoVerifiesClient),
        ClientVerifier::Unknown => None,
    }
}

/// The names under which clients reach `listener`: its own, and those of the routes that it carries. A name without
/// bounds (no host name anywhere) is left out.
#[must_use]
pub fn served_names(
    model: &Model,
    listeners: &[ListenerFacts],
    parents: &[ParentFacts],
    listener: usize,
) -> Vec<Served> {
    let mut names: Vec<Served> = Vec::new();
    let own = listeners[listener].written(model).hostname.as_ref();
    names.extend(own.map(|own| Served {
        name: own.value.to_ascii_lowercase(),
        said: own.span,
    }));
    for parent in parents {
        let ParentOutcome::Attached(accepted) = &parent.outcome else {
            continue;
        };
        let route = &model.routes[parent.route];
        for hostname in accepted
            .iter()
            .filter(|accepted| accepted.listener == listener)
            .flat_map(|accepted| accepted.hostnames.iter().flatten())
        {
            let name = hostname.to_ascii_lowercase();
            let said = route
                .hostnames
                .iter()
                .find(|said| said.eq_ignore_ascii_case(&name));
            if let Some(said) = said
                && !names.iter().any(|known| known.name == name)
            {
                names.push(Served {
                    name,
                    said: said.span,
                });
            }
        }
    }
    names
}
