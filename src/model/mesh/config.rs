//! The configuration of a mesh, wherever it is written: an IstioOperator, Helm values, the ConfigMap `istio`.

use super::proxy_settings::ProxySettings;
use crate::model::object::Object;
use crate::source::SourceId;
use crate::source::Span;
use crate::source::Spanned;
use crate::yaml;
use crate::yaml::Dialect;
use crate::yaml::Node;

/// A MeshConfig.
#[derive(Clone, Debug)]
pub struct MeshConfig {
    /// The file it stands in.
    pub source: SourceId,
    /// The whole of it.
    pub span: Span,
    /// `defaultConfig`: what every proxy is told.
    pub defaults: ProxySettings,
    /// `enablePrometheusMerge`; on when absent.
    pub merges: Option<Spanned<bool>>,
    /// `outboundTrafficPolicy.mode`: `REGISTRY_ONLY`, `ALLOW_ANY`.
    pub outbound: Option<Spanned<String>>,
}

/// A switch of the control plane that is set somewhere.
#[derive(Clone, Debug)]
pub struct PilotVariable {
    /// Its name.
    pub name: Spanned<String>,
    /// Its value as text.
    pub value: String,
}

impl MeshConfig {
    /// The configuration that `object` holds: an IstioOperator, or the ConfigMap `istio` or `istio-REVISION`.
    pub(in crate::model) fn read_object(object: &Object) -> Option<Self> {
        let node = object.tree.node();
        match object.kind.as_str() {
            "IstioOperator" | "Istio" => {
                let spec = node.get("spec")?;
                let values = || spec.get("values")?.get("meshConfig");
                Some(Self::read(spec.get("meshConfig").or_else(values)?))
            }
            "ConfigMap" if object.name() == "istio" || object.name().starts_with("istio-") => {
                let text = node.get("data")?.get("mesh")?;
                let stream = yaml::parse(text.inner(), Dialect::Kubernetes);
                let root = stream.documents().next()?;
                Some(Self::read(root))
            }
            _ => None,
        }
    }

    /// The configuration in the values of Istio's charts, a document without a kind: as it is, or under the name of the
    /// chart that another one depends on.
    pub(in crate::model) fn read_values(root: Node<'_>) -> Option<Self> {
        let held = root.get("meshConfig");
        let below = || root.get("istiod")?.get("meshConfig");
        Some(Self::read(held.or_else(below)?))
    }

    fn read(node: Node<'_>) -> Self {
        Self {
            source: node.span().source,
            span: node.span(),
            defaults: node
                .get("defaultConfig")
                .map(ProxySettings::read)
                .unwrap_or_default(),
            merges: node.boolean_at("enablePrometheusMerge"),
            outbound: node
                .get("outboundTrafficPolicy")
                .and_then(|policy| policy.string_at("mode")),
        }
    }
}

impl PilotVariable {
    /// The switches that `object` sets: `spec.values.pilot.env` of an IstioOperator.
    pub(in crate::model) fn read_object(object: &Object) -> Vec<Self> {
        let spec = object.tree.node().get("spec");
        match object.kind.as_str() {
            "IstioOperator" | "Istio" => spec
                .and_then(|spec| spec.get("values"))
                .map(Self::read_values)
                .unwrap_or_default(),
            _ => Vec::new(),
        }
    }

    /// The switches in the values of Istio's charts: `pilot.env`, or `env` of the chart istiod.
    pub(in crate::model) fn read_values(root: Node<'_>) -> Vec<Self> {
        let places = [
            root.get("pilot").and_then(|pilot| pilot.get("env")),
            root.get("env"),
        ];
        let entries = places.into_iter().flatten().flat_map(Node::entries);
        let named = entries.filter(|(key, _)| key.text().starts_with("PILOT_"));
        named
            .map(|(key, value)| Self {
                name: Spanned::new(key.text().into_owned(), key.span()),
                value: value.text().into_owned(),
            })
            .collect()
    }
}
