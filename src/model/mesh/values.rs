//! What the charts of Istio are told, as far as it reaches Pods: values of Helm, of an IstioOperator, or those that the
//! injector keeps in a ConfigMap.
//!
//! Source: istio 1.31, `manifests/charts/istio-control/istio-discovery`: `files/injection-template.yaml`,
//! `templates/mutatingwebhook.yaml`, `templates/istiod-injector-configmap.yaml`.

use crate::model::object::Object;
use crate::source::SourceId;
use crate::source::Spanned;
use crate::yaml;
use crate::yaml::Dialect;
use crate::yaml::Node;
use crate::yaml::below;

/// The values of one installation.
#[derive(Clone, Debug)]
pub struct MeshValues {
    /// The file they stand in.
    pub source: SourceId,
    /// `global.proxy.includeInboundPorts`: ports that sidecars take, `*` for all.
    pub included_ports: Option<Spanned<String>>,
    /// `global.proxy.excludeInboundPorts`: ports that sidecars leave alone.
    pub excluded_ports: Option<Spanned<String>>,
    /// `global.proxy.includeIPRanges`: where Pods may not go without their sidecar.
    pub outbound_ranges: Option<Spanned<String>>,
    /// `sidecarInjectorWebhook.enableNamespacesByDefault`: whether Pods are injected that nothing asks for.
    pub injects_all: Option<Spanned<bool>>,
    /// `global.tag`, or `tag` of an IstioOperator: the tag of the proxy's image.
    pub tag: Option<Spanned<String>>,
}

impl MeshValues {
    /// The values that `object` holds: an IstioOperator or Istio, or the ConfigMap of the injector.
    pub(in crate::model) fn read_object(object: &Object) -> Option<Self> {
        let node = object.tree.node();
        match object.kind.as_str() {
            "IstioOperator" | "Istio" => {
                let spec = node.get("spec")?;
                let mut values = Self::read(node, spec.get("values"));
                values.tag = values.tag.or_else(|| text(spec.get("tag")));
                Some(values)
            }
            "ConfigMap" if object.name().starts_with("istio-sidecar-injector") => {
                let text = node.get("data")?.get("values")?;
                let stream = yaml::parse(text.inner(), Dialect::Kubernetes);
                let root = stream.documents().next()?;
                Some(Self::read(node, Some(root)))
            }
            _ => None,
        }
    }

    /// The values of Istio's charts, a document without a kind: as it is, or under the name of the chart that another one
    /// depends on.
    pub(in crate::model) fn read_document(root: Node<'_>) -> Option<Self> {
        let places = [Some(root), root.get("istiod")];
        let mut told = places.into_iter().flatten();
        told.find(|values| is_of_istio(*values))
            .map(|values| Self::read(root, Some(values)))
    }

    fn read(document: Node<'_>, values: Option<Node<'_>>) -> Self {
        let proxy = |key: &str| text(below(values, &["global", "proxy", key]));
        Self {
            source: document.span().source,
            included_ports: proxy("includeInboundPorts"),
            excluded_ports: proxy("excludeInboundPorts"),
            outbound_ranges: proxy("includeIPRanges"),
            injects_all: below(values, &["sidecarInjectorWebhook"])
                .and_then(|webhook| webhook.boolean_at("enableNamespacesByDefault")),
            tag: text(below(values, &["global", "tag"])),
        }
    }
}

/// Whether those are values of Istio: other charts have a `global.proxy` and a `global.tag` as well.
fn is_of_istio(values: Node<'_>) -> bool {
    let own = ["meshConfig", "sidecarInjectorWebhook", "istio_cni"];
    let is_told = own.iter().any(|key| values.has(key));
    let proxy = below(Some(values), &["global", "proxy"]);
    let of_proxy = [
        "includeInboundPorts",
        "excludeInboundPorts",
        "includeIPRanges",
    ];
    is_told || proxy.is_some_and(|proxy| of_proxy.iter().any(|key| proxy.has(key)))
}

/// A scalar as text: `15091` alone is a number to YAML, and a list of ports to the template.
fn text(node: Option<Node<'_>>) -> Option<Spanned<String>> {
    let node = node.filter(|node| node.shape().is_scalar())?;
    Some(Spanned::new(node.text().into_owned(), node.span()))
}
