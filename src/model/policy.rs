//! Policies that change what a gateway does with clients and backends.
//!
//! Source: Gateway API v1.6, `apis/v1/backendtlspolicy_types.go`; Envoy Gateway v1.9, `api/v1alpha1/tls_types.go`.

use std::sync::Arc;

use super::object::Named;
use super::object::Object;
use super::reference::Reference;
use crate::source::Span;
use crate::source::Spanned;
use crate::yaml::Node;
use crate::yaml::below;
use crate::yaml::list;

/// A BackendTLSPolicy: how a gateway speaks TLS to a Service.
#[derive(Clone, Debug)]
pub struct BackendTlsPolicy {
    /// What it is called and where it stands.
    pub object: Arc<Object>,
    /// `spec.targetRefs`; `sectionName` is the name of a Service port. `spec.targetRef` of v1alpha2.
    pub targets: Vec<Reference>,
    /// `spec.validation.hostname`: the server name that is asked for and verified.
    pub hostname: Option<Spanned<String>>,
    /// `spec.validation.caCertificateRefs`.
    pub authorities: Vec<Reference>,
    /// `spec.validation.wellKnownCACertificates`.
    pub well_known: Option<Spanned<String>>,
    /// `spec.validation.subjectAltNames[].hostname` and `.uri`.
    pub alternative_names: Vec<Spanned<String>>,
}

/// A ClientTrafficPolicy of Envoy Gateway, as far as it verifies clients.
#[derive(Clone, Debug)]
pub struct ClientTrafficPolicy {
    /// What it is called and where it stands.
    pub object: Arc<Object>,
    /// `spec.targetRefs`, and the deprecated `spec.targetRef`.
    pub targets: Vec<Reference>,
    /// `spec.targetSelectors`: whether Gateways are also chosen by label, which is not followed here.
    pub selects: Option<Span>,
    /// `spec.tls.clientValidation`.
    pub validation: Option<ClientValidation>,
    /// `spec.tls.alpnProtocols`.
    pub alpn: Vec<Spanned<String>>,
    /// `spec.tls.minVersion`: `Auto`, `1.0` to `1.3`.
    pub min_version: Option<Spanned<String>>,
}

/// `spec.tls.clientValidation` of a ClientTrafficPolicy.
#[derive(Clone, Debug)]
pub struct ClientValidation {
    /// The whole section.
    pub span: Span,
    /// `mode`: `Request`, `RequireAny`, `VerifyIfGiven`, or `RequireAndVerify` when absent.
    pub mode: Option<Spanned<String>>,
    /// `optional`, the deprecated word for `VerifyIfGiven`.
    pub optional: Option<Spanned<bool>>,
    /// `caCertificateRefs`: Secrets where no kind is written.
    pub authorities: Vec<Reference>,
    /// Whether certificates are also known by hash: `spkiHashes`, `certificateHashes`.
    pub pins: bool,
}

/// An EndpointSlice: which addresses stand behind a Service.
#[derive(Clone, Debug)]
pub struct EndpointSlice {
    /// What it is called and where it stands.
    pub object: Arc<Object>,
    /// The label that names its Service.
    pub service: Option<Spanned<String>>,
    /// How many addresses it lists.
    pub addresses: usize,
}

impl BackendTlsPolicy {
    pub(super) fn read(object: &Arc<Object>) -> Self {
        let spec = object.tree.node().get("spec");
        // `tls` is what v1alpha2 called `validation`.
        let validation = below(spec, &["validation"]).or_else(|| below(spec, &["tls"]));
        let names = validation
            .map(|validation| {
                list(validation, "subjectAltNames", |name| {
                    name.string_at("hostname").or_else(|| name.string_at("uri"))
                })
            })
            .unwrap_or_default();
        let string = |key| validation.and_then(|validation| validation.string_at(key));
        let authorities = |key| {
            validation
                .map(|validation| list(validation, key, Reference::read))
                .unwrap_or_default()
        };
        let mut named = authorities("caCertificateRefs");
        named.extend(authorities("caCertRefs"));
        Self {
            object: Arc::clone(object),
            targets: targets(spec),
            hostname: string("hostname"),
            authorities: named,
            well_known: string("wellKnownCACertificates").or_else(|| string("wellKnownCACerts")),
            alternative_names: names.into_iter().flatten().collect(),
        }
    }
}

impl ClientTrafficPolicy {
    pub(super) fn read(object: &Arc<Object>) -> Self {
        let spec = object.tree.node().get("spec");
        Self {
            object: Arc::clone(object),
            targets: targets(spec),
            selects: below(spec, &["targetSelectors"]).map(Node::span),
            validation: below(spec, &["tls", "clientValidation"]).map(|node| ClientValidation {
                span: node.span(),
                mode: node.string_at("mode"),
                optional: node.boolean_at("optional"),
                authorities: list(node, "caCertificateRefs", Reference::read),
                pins: node.get("spkiHashes").is_some() || node.get("certificateHashes").is_some(),
            }),
            alpn: below(spec, &["tls"])
                .map(|tls| tls.strings_at("alpnProtocols"))
                .unwrap_or_default(),
            min_version: below(spec, &["tls"]).and_then(|tls| tls.string_at("minVersion")),
        }
    }
}

impl EndpointSlice {
    pub(super) fn read(object: &Arc<Object>) -> Self {
        let endpoints = object.tree.node().get("endpoints");
        let endpoints = endpoints.into_iter().flat_map(Node::items);
        let addresses = endpoints.filter_map(|endpoint| endpoint.get("addresses"));
        Self {
            object: Arc::clone(object),
            service: object.label("kubernetes.io/service-name").cloned(),
            addresses: addresses.flat_map(Node::items).count(),
        }
    }
}

/// `spec.targetRefs`, and the older `spec.targetRef`.
pub(super) fn targets(spec: Option<Node<'_>>) -> Vec<Reference> {
    let mut targets = spec
        .map(|spec| list(spec, "targetRefs", Reference::read))
        .unwrap_or_default();
    targets.extend(below(spec, &["targetRef"]).map(Reference::read));
    targets
}

impl Named for BackendTlsPolicy {
    fn object(&self) -> &Arc<Object> {
        &self.object
    }
}

impl Named for ClientTrafficPolicy {
    fn object(&self) -> &Arc<Object> {
        &self.object
    }
}

impl Named for EndpointSlice {
    fn object(&self) -> &Arc<Object> {
        &self.object
    }
}
