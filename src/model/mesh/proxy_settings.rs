//! What a proxy is told: `proxy.istio.io/config` on a Pod, `defaultConfig` of the mesh.
//!
//! Both are read as protojson (istio 1.31, `pkg/util/protomarshal`): `proxyMetadata` is a map of texts, and what the
//! message does not know is dropped without a word.

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
        let mut settings = Self::default();
        for (key, value) in node
            .get("proxyMetadata")
            .into_iter()
            .flat_map(Node::entries)
        {
            if !value.shape().is_scalar() {
                continue;
            }
            let key = Spanned::new(key.text().into_owned(), key.span());
            let text = Spanned::new(value.text().into_owned(), value.span());
            if !matches!(value.scalar(), Scalar::String(_)) {
                settings.unquoted.push(text.clone());
            }
            settings.variables.push(Pair { key, value: text });
        }
        for (key, _) in node.entries() {
            let text = key.text();
            let is_dotted = text.starts_with("proxyMetadata.");
            if is_dotted || is_variable(&text) {
                settings
                    .stray
                    .push(Spanned::new(text.into_owned(), key.span()));
            }
        }
        settings
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
