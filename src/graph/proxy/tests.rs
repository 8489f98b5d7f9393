//! What Istio makes of small meshes, table by table.

use time::macros::datetime;

use super::Proxy;
use crate::attach;
use crate::model::Model;
use crate::settings::Settings;
use crate::source::Source;
use crate::source::Sources;

mod injection;
mod interception;
mod legacy;
mod precedence;
mod version;

/// What was given, and the proxies in it.
struct Mesh {
    model: Model,
    proxies: Vec<Proxy>,
}

impl Mesh {
    /// The mesh in these documents; an empty one is left out.
    fn of(documents: &[&str]) -> Self {
        Self::with(&Settings::new(datetime!(2026-11-20 0:00 UTC)), documents)
    }

    fn with(settings: &Settings, documents: &[&str]) -> Self {
        let mut sources = Sources::new();
        for (at, document) in documents.iter().enumerate() {
            if !document.is_empty() {
                sources.add(Source::new(
                    format!("{at}.yaml"),
                    document.as_bytes().to_vec(),
                ));
            }
        }
        let model = Model::read(&sources, settings);
        let attachment = attach::attach(&model, settings);
        let proxies = Proxy::all(&model, &attachment, settings);
        Self { model, proxies }
    }
}

/// A Namespace with these labels, as a flow mapping.
fn namespace(name: &str, labels: &str) -> String {
    format!("{{apiVersion: v1, kind: Namespace, metadata: {{name: {name}, labels: {{{labels}}}}}}}")
}

/// A Deployment `cart` in `shop`, with these labels and annotations of its Pods, and this after `spec:` of them.
fn deployment(labels: &str, annotations: &str, spec: &str) -> String {
    format!(
        "{{apiVersion: apps/v1, kind: Deployment, metadata: {{name: cart, namespace: shop}}, spec: {{template: {{\
         metadata: {{labels: {{{labels}}}, annotations: {{{annotations}}}}}, \
         spec: {{containers: [{{name: cart, image: cart:1}}{spec}]}}}}}}}}"
    )
}
