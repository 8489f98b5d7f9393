//! What a proxy is told: `proxy.istio.io/config` on a Pod, `defaultConfig` of the mesh.
//!
//! Both are read as protojson (istio 1.31, `pkg/util/protomarshal`): `proxyMetadata` is a map of texts, and what the
//! message does not know is dropped without a word. Both spellings of a field are known, `proxyMetadata` and
//! `proxy_metadata` (protobuf, JSON mapping).

use crate::model::object::Pair;
use crate::source::Span;
use crate::source::Spanned;
use crate::yaml;
use crate::yaml::Dialect;
use crate::yaml::Node;
use crate::yaml::Scalar;

/// The annotation that holds settings of a proxy as YAML.
pub const ANNOTATION: &str = "proxy.istio.io/config";

/// What one place tells a proxy.
#[derive(Clone, Debug, Default)]
pub struct ProxySettings {
    /// `proxyMetadata`: variables for the proxy.
    pub variables: Vec<Pair>,
    /// `interceptionMode`: `NONE` takes nothing.
    pub interception: Option<Spanned<String>>,
    /// Values of `proxyMetadata` that are numbers or booleans: Istio refuses the whole text.
    pub unquoted: Vec<Spanned<String>>,
    /// Keys that stand where nobody reads them, although they are meant for `proxyMetadata`.
    pub stray: Vec<Spanned<String>>,
}

impl ProxySettings {
    /// What the annotation says among those under `key` of `node`.
    pub(in crate::model) fn annotated(node: Node<'_>, key: &str) -> Option<Self> {
        let value = node.get(key)?.get(ANNOTATION)?;
        Some(Self::inside(value))
    }

    /// What the text `value` says in YAML.
    pub(in crate::model) fn inside(value: Node<'_>) -> Self {
        let stream = yaml::parse(value.inner(), Dialect::Kubernetes);
        let root = stream.documents().next();
        root.map(Self::read).unwrap_or_default()
    }

    /// What `node` says, a ProxyConfig of `mesh/v1alpha1`.
    pub(in crate::model) fn read(node: Node<'_>) -> Self {
        let mut settings = Self {
            interception: node.string_at("interceptionMode"),
            ..Self::default()
        };
        for (key, value) in node.entries() {
            let name = key.text();
            match name.as_ref() {
                "proxyMetadata" | "proxy_metadata" => settings.take(value),
                _ if name.starts_with("proxyMetadata.") || is_variable(&name) => {
                    let stray = Spanned::new(name.into_owned(), key.span());
                    settings.stray.push(stray);
                }
                // Under a name that the message does not know, or that means something else.
                _ => settings.stray.extend(
                    value
                        .entries()
                        .map(|(key, _)| Spanned::new(key.text().into_owned(), key.span()))
                        .filter(|key| is_variable(key)),
                ),
            }
        }
        settings
    }

    /// Takes the entries of `proxyMetadata`.
    fn take(&mut self, map: Node<'_>) {
        for (key, value) in map.entries() {
            if !value.shape().is_scalar() {
                continue;
            }
            let key = Spanned::new(key.text().into_owned(), key.span());
            let text = Spanned::new(value.text().into_owned(), value.span());
            if !matches!(value.scalar(), Scalar::String(_)) {
                self.unquoted.push(text.clone());
            }
            self.variables.push(Pair { key, value: text });
        }
    }

    /// The variable of that name.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<&Pair> {
        self.variables.iter().find(|pair| pair.key.value == name)
    }

    /// Where a variable of that name stands and is not read.
    #[must_use]
    pub fn stray(&self, name: &str) -> Option<Span> {
        let mut keys = self.stray.iter();
        let found = keys.find(|key| key.strip_prefix("proxyMetadata.").unwrap_or(key) == name);
        found.map(|key| key.span)
    }
}

/// Whether `key` is written like a variable: the settings themselves are in camel case.
fn is_variable(key: &str) -> bool {
    let mut letters = key.bytes();
    key.contains('_') && letters.all(|letter| matches!(letter, b'A'..=b'Z' | b'0'..=b'9' | b'_'))
}
