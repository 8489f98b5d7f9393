//! cert-manager's Certificates and issuers: what will be in a Secret that it makes.
//!
//! Source: cert-manager v1.18, `pkg/apis/certmanager/v1/types_certificate.go` and `types_issuer.go`.

use std::sync::Arc;

use super::object::Named;
use super::object::Object;
use crate::source::Span;
use crate::source::Spanned;
use crate::yaml::Node;

/// The API group of cert-manager.
pub const CERT_MANAGER: &str = "cert-manager.io";

/// A `Certificate`: an order for a certificate and the Secret that will hold it.
#[derive(Clone, Debug)]
pub struct CertificateOrder {
    /// What it is called and where it stands.
    pub object: Arc<Object>,
    /// `spec.secretName`.
    pub secret: Option<Spanned<String>>,
    /// `spec.commonName`.
    pub common_name: Option<Spanned<String>>,
    /// `spec.dnsNames`.
    pub dns_names: Vec<Spanned<String>>,
    /// Where the list of DNS names stands.
    pub dns_names_span: Option<Span>,
    /// `spec.ipAddresses`.
    pub ip_addresses: Vec<Spanned<String>>,
    /// `spec.usages`; without them the certificate says nothing of extended usage.
    pub usages: Vec<Spanned<String>>,
    /// `spec.isCA`.
    pub is_ca: Option<Spanned<bool>>,
    /// `spec.issuerRef.name`.
    pub issuer: Option<Spanned<String>>,
    /// `spec.issuerRef.kind`; `Issuer` when absent.
    pub issuer_kind: Option<Spanned<String>>,
    /// `spec.issuerRef.group`; cert-manager's own when absent.
    pub issuer_group: Option<Spanned<String>>,
}

/// An `Issuer` or a `ClusterIssuer`.
#[derive(Clone, Debug)]
pub struct Issuer {
    /// What it is called and where it stands; its kind tells which of the two it is.
    pub object: Arc<Object>,
    /// `spec.acme.privateKeySecretRef.name`: where the key of the ACME account is kept.
    pub account_secret: Option<Spanned<String>>,
}

impl CertificateOrder {
    pub(super) fn read(object: &Arc<Object>) -> Self {
        let spec = object.tree.node().get("spec");
        let issuer = spec.and_then(|spec| spec.get("issuerRef"));
        let string = |node: Option<Node<'_>>, key: &str| node.and_then(|node| node.string_at(key));
        let strings = |key: &str| spec.map(|spec| spec.strings_at(key)).unwrap_or_default();
        Self {
            object: Arc::clone(object),
            secret: string(spec, "secretName"),
            common_name: string(spec, "commonName"),
            dns_names: strings("dnsNames"),
            dns_names_span: spec.and_then(|spec| spec.key("dnsNames")).map(Node::span),
            ip_addresses: strings("ipAddresses"),
            usages: strings("usages"),
            is_ca: spec.and_then(|spec| spec.boolean_at("isCA")),
            issuer: string(issuer, "name"),
            issuer_kind: string(issuer, "kind"),
            issuer_group: string(issuer, "group"),
        }
    }

    /// The name of the Secret to be made.
    #[must_use]
    pub fn made_name(&self) -> Option<&str> {
        self.secret.as_ref().map(|secret| secret.as_str())
    }

    /// The object that stands for the Secret to be made: the order under the Secret's name.
    pub(super) fn made(&self) -> Option<Arc<Object>> {
        let object = Object {
            name: Some(self.secret.clone()?),
            ..(*self.object).clone()
        };
        Some(Arc::new(object))
    }
}

impl Issuer {
    pub(super) fn read(object: &Arc<Object>) -> Self {
        let acme = object
            .tree
            .node()
            .get("spec")
            .and_then(|spec| spec.get("acme"));
        let account = acme.and_then(|acme| acme.get("privateKeySecretRef"));
        Self {
            object: Arc::clone(object),
            account_secret: account.and_then(|account| account.string_at("name")),
        }
    }
}

impl Named for CertificateOrder {
    fn object(&self) -> &Arc<Object> {
        &self.object
    }
}

impl Named for Issuer {
    fn object(&self) -> &Arc<Object> {
        &self.object
    }
}
