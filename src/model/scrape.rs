//! What Prometheus, or the Collector in its place, is told to scrape: jobs, wherever they stand.
//!
//! Source: prometheus, config/config.go `ScrapeConfig`; prometheus-operator, pkg/apis/monitoring/v1.

use std::sync::Arc;

use super::object::Object;
use super::run::Run;
use super::store::ConfigMap;
use super::store::Entry;
use super::store::Secret;
use crate::source::Span;
use crate::source::Spanned;
use crate::yaml;
use crate::yaml::Dialect;
use crate::yaml::Node;
use crate::yaml::Shape;

pub(super) mod config;
mod field;
pub mod job;
pub mod monitor;
pub mod prometheus;
mod query;
pub mod relabel;

use field::Field;
use job::Job;

/// Jobs that stand together.
#[derive(Clone, Debug)]
pub struct Scraping {
    /// Where they stand.
    pub origin: Origin,
    /// All of it.
    pub span: Span,
    /// The jobs, in order.
    pub jobs: Vec<Job>,
}

/// Where jobs stand.
#[derive(Clone, Debug)]
pub enum Origin {
    /// A file of its own, or the values of a Helm chart.
    Document,
    /// A key of a ConfigMap; the span is the key.
    ConfigMap(Arc<Object>, Spanned<String>),
    /// A key of a Secret, as `additionalScrapeConfigs` wants it; the span is the key.
    Secret(Arc<Object>, Spanned<String>),
    /// A `prometheus` receiver of that Collector, as an index into [`Model::runs`](super::Model::runs).
    Receiver(usize),
    /// A PodMonitor or a ServiceMonitor.
    Monitor(Arc<Object>),
}

impl Scraping {
    /// The configuration that `root` is: one of Prometheus, or the values of a chart that hold one. `None` when it is
    /// neither.
    pub(super) fn read_document(root: Node<'_>) -> Option<Self> {
        if root.shape() != Shape::Mapping || root.has("kind") || root.has("receivers") {
            return None;
        }
        let mut jobs = Vec::new();
        for path in CHARTS {
            let mut at = Some(root);
            for key in *path {
                at = at.and_then(|node| node.get(key));
            }
            match at.map(|node| (node, node.shape())) {
                Some((list, Shape::Sequence)) => jobs.extend(Job::read_all(Field::Node(list))),
                Some((text, Shape::Scalar)) => jobs.extend(embedded(text.inner())),
                _ => {}
            }
        }
        (!jobs.is_empty()).then(|| Self {
            origin: Origin::Document,
            span: root.span(),
            jobs,
        })
    }

    /// The configurations in the keys of a ConfigMap.
    pub(super) fn of_config_map(map: &ConfigMap) -> impl Iterator<Item = Self> {
        map.entries.iter().filter_map(|entry| {
            held(
                entry,
                Origin::ConfigMap(Arc::clone(&map.object), entry.key.clone()),
            )
        })
    }

    /// The jobs in the keys of a Secret.
    pub(super) fn of_secret(secret: &Secret) -> impl Iterator<Item = Self> {
        secret
            .entries
            .iter()
            .filter(|entry| entry.key.ends_with(".yaml") || entry.key.ends_with(".yml"))
            .filter_map(|entry| {
                held(
                    entry,
                    Origin::Secret(Arc::clone(&secret.object), entry.key.clone()),
                )
            })
    }

    /// The jobs of every `prometheus` receiver of a Collector that a pipeline reads; `at` is its index.
    pub(super) fn of_run(at: usize, run: &Run) -> impl Iterator<Item = Self> {
        let collector = &run.collector;
        let receivers = collector.receivers.iter();
        receivers
            .filter(|receiver| receiver.id.kind == "prometheus")
            .filter(|receiver| collector.readers(&receiver.id).next().is_some())
            .filter_map(move |receiver| {
                let list = receiver.body.at(&["config", "scrape_configs"])?;
                Some(Self {
                    origin: Origin::Receiver(at),
                    span: receiver.body.span,
                    jobs: Job::read_all(Field::Value(list)),
                })
            })
    }
}

/// Where jobs stand in a document that is no Kubernetes object: Prometheus' own file; the values of the charts
/// `prometheus` and `kube-prometheus-stack`.
const CHARTS: &[&[&str]] = &[
    &["scrape_configs"],
    &["serverFiles", "prometheus.yml", "scrape_configs"],
    &["extraScrapeConfigs"],
    &["prometheus", "prometheusSpec", "additionalScrapeConfigs"],
];

fn held(entry: &Entry, origin: Origin) -> Option<Scraping> {
    let text = entry
        .text()
        .filter(|text| text.as_str().contains("job_name"))?;
    let jobs = embedded(text);
    (!jobs.is_empty()).then_some(Scraping {
        origin,
        span: entry.span,
        jobs,
    })
}

/// The jobs in a text: a whole configuration, or a list of jobs.
fn embedded(text: yaml::Text) -> Vec<Job> {
    let stream = yaml::parse(text, Dialect::Kubernetes);
    let Some(root) = stream.documents().next() else {
        return Vec::new();
    };
    let list = match root.shape() {
        Shape::Sequence => Some(root),
        _ => root.get("scrape_configs"),
    };
    list.map(|list| Job::read_all(Field::Node(list)))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests;
