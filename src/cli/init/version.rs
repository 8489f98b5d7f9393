//! Which versions the images of the input tell.

use std::collections::BTreeMap;

use crate::model::Model;
use crate::model::image::Image;
use crate::settings::Version;
use crate::source::Sources;
use crate::source::Span;

/// The last parts of repositories whose tags are the version of something, by its key in `assume`.
const IMAGES: &[(&str, &str)] = &[
    ("istio/pilot", "istio"),
    ("istio/proxyv2", "istio"),
    ("istio/install-cni", "istio"),
    ("istio/ztunnel", "istio"),
    ("envoyproxy/gateway", "envoy-gateway"),
    ("nginx-gateway-fabric", "nginx-gateway-fabric"),
    ("cilium/cilium", "cilium"),
    ("cilium/operator-generic", "cilium"),
    ("projectcontour/contour", "contour"),
    ("kgateway-dev/kgateway", "kgateway"),
    ("traefik", "traefik"),
    ("haproxytech/kubernetes-ingress", "haproxy"),
    ("ingress-nginx/controller", "ingress-nginx"),
    ("opentelemetry-operator", "operator"),
    ("cert-manager-controller", "cert-manager"),
    (
        "prometheus-operator/prometheus-operator",
        "prometheus-operator",
    ),
];

/// A version, and the image that tells it first.
pub(super) struct Told {
    pub(super) version: Version,
    /// As it is written.
    pub(super) image: String,
    /// `file:line`.
    pub(super) place: String,
}

/// What the images of all Pods tell, by the key of `assume`: the versions of each, every one once, the oldest first.
pub(super) fn versions(model: &Model, sources: &Sources) -> BTreeMap<&'static str, Vec<Told>> {
    let mut all: BTreeMap<&'static str, Vec<Told>> = BTreeMap::new();
    let pods = model.workloads.iter().map(|workload| &workload.pod);
    let containers = pods.flat_map(|pod| pod.containers.iter().chain(&pod.init_containers));
    for image in containers.filter_map(|container| container.image.as_ref()) {
        let Some((key, version)) = told(image) else {
            continue;
        };
        let told = all.entry(key).or_default();
        if told.iter().all(|other| other.version != version) {
            told.push(Told {
                version,
                image: image.text.clone(),
                place: place(sources, image.span),
            });
        }
    }
    for told in all.values_mut() {
        told.sort_by_key(|told| told.version);
    }
    all
}

/// What an image is of, and in which version.
fn told(image: &Image) -> Option<(&'static str, Version)> {
    let (major, minor) = image.version()?;
    let key = match image.distribution() {
        Some(_) => "collector",
        None => {
            let is_of = |name: &str| {
                let rest = image.repository.strip_suffix(name);
                rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
            };
            IMAGES.iter().find(|(name, _)| is_of(name))?.1
        }
    };
    Some((key, Version::new(major, minor)))
}

fn place(sources: &Sources, span: Span) -> String {
    let line = sources.start(span).line;
    format!("{}:{line}", sources.get(span.source).name)
}
