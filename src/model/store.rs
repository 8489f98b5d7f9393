//! Secrets and ConfigMaps: named values that other objects mount or refer to.

use std::sync::Arc;

use super::object::Named;
use super::object::Object;
use crate::source::Span;
use crate::source::Spanned;
use crate::yaml::Decoded;
use crate::yaml::Fault;
use crate::yaml::Node;
use crate::yaml::Text;
use crate::yaml::Tree;

/// A `v1` Secret, or what stands for one.
#[derive(Clone, Debug)]
pub struct Secret {
    /// What it is called and where it stands.
    pub object: Arc<Object>,
    /// `type`; `Opaque` when absent.
    pub kind: Option<Spanned<String>>,
    /// `data` and `stringData`, the latter winning over the former.
    pub entries: Vec<Entry>,
    /// Whether the values can be judged.
    pub content: Content,
}

/// A `v1` ConfigMap.
#[derive(Clone, Debug)]
pub struct ConfigMap {
    /// What it is called and where it stands.
    pub object: Arc<Object>,
    /// `data` and `binaryData`.
    pub entries: Vec<Entry>,
}

/// Whether the values of a Secret are there to be judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// A plain Secret: its values are what the cluster will see.
    Given,
    /// Something makes the Secret in the cluster (SealedSecret, ExternalSecret, cert-manager Certificate, SOPS):
    /// it exists, its values are unknown.
    Elsewhere,
}

/// One key of a Secret or ConfigMap.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The key.
    pub key: Spanned<String>,
    /// Where the value stands.
    pub span: Span,
    /// How the value is written.
    pub encoding: Encoding,
    value: Tree,
}

/// How a value is written in its manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// As it is: `stringData` of a Secret, `data` of a ConfigMap.
    Plain,
    /// In base64: `data` of a Secret, `binaryData` of a ConfigMap.
    Base64,
}

impl Entry {
    /// The value's bytes, each with its place in the file.
    ///
    /// # Errors
    /// A [`Fault`] with its place when the value is not base64 where it has to be.
    pub fn bytes(&self) -> Result<Decoded, Fault> {
        let node = self.value.node();
        match self.encoding {
            Encoding::Plain => Ok(Decoded::plain(&node.inner())),
            Encoding::Base64 => node.decoded(),
        }
    }

    /// Whether the value is meant for everybody: a certificate, by the name of its key.
    #[must_use]
    pub fn is_public(&self) -> bool {
        matches!(
            self.key.as_str(),
            "tls.crt" | "ca.crt" | "cacert" | "cert" | "ca.crl" | "crl" | "tls.ocsp-staple"
        )
    }

    /// Whether the value may hold a certificate: it begins like PEM, or like PEM in base64.
    #[must_use]
    pub fn may_be_pem(&self) -> bool {
        let node = self.value.node();
        let text = node.text();
        text.contains("-----BEGIN ")
            || self.encoding == Encoding::Base64 && text.trim_start().starts_with("LS0t")
    }

    /// The value as text with its places in the file; `None` when it is not base64 or not UTF-8.
    #[must_use]
    pub fn text(&self) -> Option<Text> {
        match self.encoding {
            Encoding::Plain => Some(self.value.node().inner()),
            Encoding::Base64 => self.value.node().decoded().ok()?.text(),
        }
    }
}

impl Secret {
    pub(super) fn read(object: &Arc<Object>) -> Self {
        let node = object.tree.node();
        let mut entries = entries(node, "stringData", Encoding::Plain);
        for entry in self::entries(node, "data", Encoding::Base64) {
            if !entries.iter().any(|written| written.key == entry.key) {
                entries.push(entry);
            }
        }
        let content = if node.has("sops") {
            Content::Elsewhere
        } else {
            Content::Given
        };
        Self {
            object: Arc::clone(object),
            kind: node.string_at("type"),
            entries,
            content,
        }
    }

    /// The Secret that a controller will make from `object`, under the name and namespace of `object`.
    pub(super) fn made_by(object: &Arc<Object>) -> Self {
        Self {
            object: Arc::clone(object),
            kind: None,
            entries: Vec::new(),
            content: Content::Elsewhere,
        }
    }

    /// The entry of that key.
    #[must_use]
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key.value == key)
    }
}

impl ConfigMap {
    pub(super) fn read(object: &Arc<Object>) -> Self {
        let node = object.tree.node();
        let mut entries = entries(node, "data", Encoding::Plain);
        entries.extend(self::entries(node, "binaryData", Encoding::Base64));
        Self {
            object: Arc::clone(object),
            entries,
        }
    }

    /// The entry of that key.
    #[must_use]
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key.value == key)
    }
}

fn entries(node: Node<'_>, key: &str, encoding: Encoding) -> Vec<Entry> {
    let Some(map) = node.get(key) else {
        return Vec::new();
    };
    map.entries()
        .filter(|(_, value)| value.shape().is_scalar())
        .map(|(key, value)| Entry {
            key: Spanned::new(key.text().into_owned(), key.span()),
            span: value.span(),
            encoding,
            value: value.keep(),
        })
        .collect()
}

impl Named for Secret {
    fn object(&self) -> &Arc<Object> {
        &self.object
    }
}

impl Named for ConfigMap {
    fn object(&self) -> &Arc<Object> {
        &self.object
    }
}
