//! What a listener does with a connection: plain text or TLS, with which certificate, and who may come in.

use super::Absent;
use super::client::Seen;
use super::conflict::Claim;
use super::conflict::ConflictReason;
use super::grant::Crossing;
use super::grant::Refusal;
use super::index::Index;
use super::profile::Demand;
use super::profile::Profile;
use super::scrutiny;
use crate::certificate::KeyKind;
use crate::model::GATEWAY_API;
use crate::model::Model;
use crate::model::gateway::Listener;
use crate::model::object::Object;
use crate::model::reference::Reference;
use crate::model::route::RouteKind;
use crate::model::store::Content;
use crate::source::Span;
use crate::yaml::Text;

pub use super::client::Clients;

/// A listener as its controller sees it.
#[derive(Debug)]
pub struct ListenerFacts {
    /// The Gateway that it serves.
    pub gateway: usize,
    /// The ListenerSet that it stands in; `None`: the Gateway itself.
    pub set: Option<usize>,
    /// Its index in the Gateway or ListenerSet.
    pub listener: usize,
    /// What it does with a connection.
    pub transport: Transport,
    /// The certificates that it shows, one entry a reference.
    pub certificates: Vec<CertificateFacts>,
    /// Where the authorities of clients come from by `spec.tls.frontend`, one entry a reference.
    pub authorities: Vec<CertificateFacts>,
    /// Who may come in.
    pub clients: Clients,
    /// Whether it shows the certificate of its workload in the mesh, whatever is referred to.
    pub shows_mesh_certificate: bool,
    /// Whether the implementation knows its protocol.
    pub is_supported: bool,
    /// The kinds of route that it carries.
    pub kinds: Vec<RouteKind>,
    /// The entries of `allowedRoutes.kinds` that it cannot carry, as indexes.
    pub refused_kinds: Vec<usize>,
    /// What else is wrong with it.
    pub faults: Vec<Fault>,
    /// What took its port from it.
    pub conflict: Option<Clash>,
}

/// A listener that loses its port to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clash {
    /// What both claim.
    pub reason: ConflictReason,
    /// The other one, as an index into the attachment.
    pub with: usize,
}

/// What makes a listener unusable as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// HTTPS or TLS without `tls`.
    NoTls,
    /// `tls` where the protocol has none.
    NeedlessTls,
    /// TLS shall end here, and no certificate is named.
    NoCertificate,
    /// TLS goes through, and a certificate is named.
    NeedlessCertificate,
    /// HTTPS that shall not end here.
    PassthroughOnHttps,
    /// A host name where the protocol has none.
    NeedlessHostname,
    /// `from: Selector` without a selector.
    NoSelector,
    /// A selector that cannot be evaluated.
    BrokenSelector,
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

/// One entry of `certificateRefs` or `caCertificateRefs`.
#[derive(Debug)]
pub struct CertificateFacts {
    /// Where its name is written.
    pub said: Span,
    /// What is behind it.
    pub secret: Resolved,
    /// Why what is behind it cannot be used, in words that follow "it".
    pub defect: Option<String>,
    /// The DNS names of the first certificate.
    pub names: Vec<String>,
    /// The algorithm of its key: `RSA`, `ECDSA`, `Ed25519`.
    pub algorithm: &'static str,
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
        index: &Index<'_>,
        profile: &Profile,
        (gateway, set): (usize, Option<usize>),
        listener: usize,
    ) -> Self {
        let owner = owner(index.model, gateway, set);
        let own = &listeners(index.model, gateway, set)[listener];
        let seen = Seen {
            index,
            profile,
            gateway: &index.model.gateways[gateway],
            owner,
            own,
        };
        let references = own.tls.iter().flat_map(|tls| &tls.certificates);
        let certificates: Vec<_> = references
            .map(|reference| certificate(index, profile, owner, reference))
            .collect();
        let transport = transport(own, seen.brings_certificates());
        let (clients, authorities) = match transport {
            Transport::Terminate => (seen.clients(&certificates), seen.authorities()),
            _ => (Clients::Anyone, Vec::new()),
        };
        let carried = (profile.kinds)(own);
        let (kinds, refused_kinds) =
            kinds(own, profile.group_of_kinds, carried.unwrap_or_default());
        Self {
            gateway,
            set,
            listener,
            transport,
            certificates,
            authorities,
            clients,
            shows_mesh_certificate: transport == Transport::Terminate
                && matches!(seen.demand(), Some(Demand::Mesh | Demand::Nobody)),
            is_supported: carried.is_some(),
            kinds,
            refused_kinds,
            faults: (profile.faults)(own),
            conflict: None,
        }
    }

    /// The listener as it is written.
    #[must_use]
    pub fn written<'m>(&self, model: &'m Model) -> &'m Listener {
        &listeners(model, self.gateway, self.set)[self.listener]
    }

    /// Namespace and name of the Gateway, and the listener's own name: `telemetry/edge, otlp`.
    #[must_use]
    pub fn title(&self, model: &Model) -> String {
        let object = self.owner(model);
        let name = self
            .written(model)
            .name
            .as_ref()
            .map_or("?", |name| name.as_str());
        format!("{}/{}, {name}", object.namespace(), object.name())
    }

    /// The Gateway or ListenerSet that it stands in.
    #[must_use]
    pub fn owner<'m>(&self, model: &'m Model) -> &'m Object {
        owner(model, self.gateway, self.set)
    }

    /// What it claims of its port.
    pub(super) fn claim<'m>(&self, model: &'m Model) -> Claim<'m> {
        let own = self.written(model);
        Claim {
            port: own.port.as_ref().map_or(0, |port| port.value),
            protocol: own.protocol(),
            hostname: own.hostname(),
            passes_through: own.passes_through(),
            is_own: self.set.is_none(),
            is_valid: self.is_supported
                && self.faults.is_empty()
                && self.refused_kinds.is_empty()
                && (self.certificates.is_empty()
                    || self.certificates.iter().any(CertificateFacts::is_usable))
                && self.authorities.iter().all(CertificateFacts::is_usable),
        }
    }
}

impl CertificateFacts {
    /// Whether nothing is wrong with it, as far as can be known.
    #[must_use]
    pub const fn is_usable(&self) -> bool {
        let is_there = matches!(
            self.secret,
            Resolved::Secret(_)
                | Resolved::ConfigMap(_)
                | Resolved::Elsewhere
                | Resolved::Absent(Absent::Outside)
        );
        is_there && self.defect.is_none()
    }
}

fn owner(model: &Model, gateway: usize, set: Option<usize>) -> &Object {
    match set {
        Some(set) => &model.listener_sets[set].object,
        None => &model.gateways[gateway].object,
    }
}

fn listeners(model: &Model, gateway: usize, set: Option<usize>) -> &[Listener] {
    match set {
        Some(set) => &model.listener_sets[set].listeners,
        None => &model.gateways[gateway].listeners,
    }
}

/// `is_certified`: certificates are named elsewhere than in `tls`.
fn transport(listener: &Listener, is_certified: bool) -> Transport {
    match (listener.protocol(), &listener.tls) {
        ("HTTP", _) => Transport::Plain,
        ("HTTPS" | "TLS", Some(_)) if listener.passes_through() => Transport::Passthrough,
        ("HTTPS" | "TLS", Some(_)) => Transport::Terminate,
        ("HTTPS", None) if is_certified => Transport::Terminate,
        ("TCP" | "UDP", _) => Transport::Raw,
        _ => Transport::Unusable,
    }
}

/// What is left of `carried` after `allowedRoutes.kinds`, and which entries there cannot be carried.
fn kinds(listener: &Listener, group: &str, carried: &[RouteKind]) -> (Vec<RouteKind>, Vec<usize>) {
    let allowed = &listener.allowed.kinds;
    if allowed.is_empty() {
        return (carried.to_vec(), Vec::new());
    }
    let is = |reference: &Reference, kind: RouteKind| {
        reference.group_or(group) == GATEWAY_API && reference.kind_or("") == kind.name()
    };
    let kept = carried.iter().copied();
    let kept = kept.filter(|kind| allowed.iter().any(|reference| is(reference, *kind)));
    let refused = allowed.iter().enumerate();
    let refused = refused.filter(|(_, reference)| !carried.iter().any(|kind| is(reference, *kind)));
    (kept.collect(), refused.map(|(at, _)| at).collect())
}

fn certificate(
    index: &Index<'_>,
    profile: &Profile,
    owner: &Object,
    reference: &Reference,
) -> CertificateFacts {
    let secret = match reference.kind_or("Secret") {
        "Secret" => resolve(index, owner, reference, "Secret", reference.name()),
        _ => Resolved::OtherKind,
    };
    let judged = match secret {
        Resolved::Secret(at) => {
            let secret = &index.model.secrets[at];
            let kind = secret.kind.as_ref().map_or("Opaque", |kind| kind.as_str());
            match profile.demands_tls_secret && kind != "kubernetes.io/tls" {
                true => Err(format!("is of type `{kind}`, not `kubernetes.io/tls`")),
                false => scrutiny::pair(
                    secret,
                    profile.pair_keys,
                    profile.scrutiny,
                    index.settings.now,
                ),
            }
        }
        _ => Ok(Vec::new()),
    };
    let first = judged.as_ref().ok().and_then(|chain| chain.first());
    let names = first.map(|first| {
        let names = first.extensions.alternative_names.as_ref();
        names.map(|names| names.dns.clone()).unwrap_or_default()
    });
    let algorithm = first.map_or("", |first| match first.public_key.kind {
        KeyKind::Rsa(_) => "RSA",
        KeyKind::Ec(_) | KeyKind::OtherCurve => "ECDSA",
        KeyKind::Ed25519 => "Ed25519",
        _ => "",
    });
    CertificateFacts {
        said: reference.name_span(),
        secret,
        algorithm,
        names: names.unwrap_or_default(),
        defect: judged.err(),
    }
}

/// What `reference`, written in `owner`, leads to; `granted` is the name that a grant has to allow.
pub(super) fn resolve(
    index: &Index<'_>,
    owner: &Object,
    reference: &Reference,
    default_kind: &str,
    granted: &str,
) -> Resolved {
    let kind = reference.kind_or(default_kind);
    if !reference.group_or("").is_empty() || !matches!(kind, "Secret" | "ConfigMap") {
        return Resolved::OtherKind;
    }
    let namespace = reference.namespace_or(owner.namespace());
    let found = lookup(index, owner, kind, namespace, reference.name());
    let crossing = Crossing {
        from: (owner.group(), owner.kind.as_str()),
        from_namespace: owner.namespace(),
        to: ("", kind),
        to_namespace: namespace,
        name: granted,
    };
    let is_judged = !matches!(found, Resolved::Absent(_))
        || index.settings.closed.covers_in("ReferenceGrant", namespace);
    match index.grants.check(&crossing) {
        Err(refusal) if is_judged || refusal.nearest.is_some() => Resolved::Refused(refusal),
        _ => found,
    }
}

/// The Secret or ConfigMap of that name that stands nearest to `owner`.
pub(super) fn lookup(
    index: &Index<'_>,
    owner: &Object,
    kind: &str,
    namespace: &str,
    name: &str,
) -> Resolved {
    let model = index.model;
    if kind == "ConfigMap" {
        return match model.config_maps.nearest_index(namespace, name, owner) {
            Some(at) => Resolved::ConfigMap(at),
            None => Resolved::Absent(Absent::of(kind, namespace, index.settings)),
        };
    }
    match model.secrets.nearest_index(namespace, name, owner) {
        Some(at) if model.secrets[at].content == Content::Elsewhere => Resolved::Elsewhere,
        Some(at) => Resolved::Secret(at),
        None => Resolved::Absent(Absent::of(kind, namespace, index.settings)),
    }
}
