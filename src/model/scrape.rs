//! Who scrapes metrics: jobs of Prometheus wherever they are configured, ServiceMonitors and PodMonitors.
//!
//! Source: prometheus 3, `config/config.go`; prometheus-operator, `monitoring/v1`.

use std::sync::Arc;

use super::gateway::below;
use super::gateway::list;
use super::object::Named;
use super::object::Object;
use super::selector::Selector;
use super::service::PortRef;
use crate::source::SourceId;
use crate::source::Span;
use crate::source::Spanned;
use crate::yaml;
use crate::yaml::Dialect;
use crate::yaml::Node;

/// One entry of `scrape_configs`.
#[derive(Clone, Debug)]
pub struct Job {
    /// The ConfigMap that holds the configuration, or the OpenTelemetryCollector; `None` for a file of its own.
    pub holder: Option<Arc<Object>>,
    /// The file it stands in.
    pub source: SourceId,
    /// `job_name`, else the whole entry.
    pub name: Spanned<String>,
    /// `scheme`; `http` when absent.
    pub scheme: Option<Spanned<String>>,
    /// `metrics_path`; `/metrics` when absent.
    pub path: Option<Spanned<String>>,
    /// `tls_config`.
    pub tls: Option<JobTls>,
    /// `relabel_configs`.
    pub relabels: Vec<Relabel>,
    /// `static_configs[].targets`.
    pub targets: Vec<Spanned<String>>,
    /// Namespaces that `kubernetes_sd_configs` looks in; empty means all.
    pub namespaces: Vec<Spanned<String>>,
    /// Whether Pods are discovered: a `kubernetes_sd_configs` with `role: pod`.
    pub discovers_pods: bool,
}

/// `tls_config` of a job.
#[derive(Clone, Debug)]
pub struct JobTls {
    /// The whole section.
    pub span: Span,
    /// `ca_file`.
    pub authority: Option<Spanned<String>>,
    /// `cert_file`.
    pub certificate: Option<Spanned<String>>,
    /// `key_file`.
    pub key: Option<Spanned<String>>,
    /// `server_name`.
    pub server_name: Option<Spanned<String>>,
    /// `insecure_skip_verify`.
    pub skips_verification: Option<Spanned<bool>>,
}

/// One entry of `relabel_configs`.
#[derive(Clone, Debug)]
pub struct Relabel {
    /// The whole entry.
    pub span: Span,
    /// `source_labels`.
    pub from: Vec<Spanned<String>>,
    /// `action`; `replace` when absent.
    pub action: Option<Spanned<String>>,
    /// `regex`.
    pub pattern: Option<Spanned<String>>,
    /// `target_label`.
    pub to: Option<Spanned<String>>,
    /// `replacement`; `$1` when absent. In a configuration of a Collector with its `$$` halved.
    pub replacement: Option<Spanned<String>>,
}

/// A ServiceMonitor or PodMonitor.
#[derive(Clone, Debug)]
pub struct Monitor {
    /// What it is called and where it stands.
    pub object: Arc<Object>,
    /// Whether it chooses Pods rather than Services.
    pub is_of_pods: bool,
    /// `spec.selector`.
    pub selector: Option<Selector>,
    /// `spec.namespaceSelector.matchNames`.
    pub namespaces: Vec<Spanned<String>>,
    /// `spec.namespaceSelector.any`.
    pub is_everywhere: bool,
    /// `spec.endpoints` or `spec.podMetricsEndpoints`.
    pub endpoints: Vec<Endpoint>,
}

/// One entry of `endpoints` or `podMetricsEndpoints`.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// The whole entry.
    pub span: Span,
    /// `port`, `portNumber` or `targetPort`.
    pub port: Option<PortRef>,
    /// `scheme`.
    pub scheme: Option<Spanned<String>>,
    /// `path`.
    pub path: Option<Spanned<String>>,
}

impl Job {
    /// The jobs of a configuration of Prometheus or of a Collector, a document without a kind.
    pub(super) fn read_document(root: Node<'_>) -> Vec<Self> {
        Self::read_root(root, None)
    }

    /// The jobs of the configurations in `object`: under any key of a ConfigMap, in an OpenTelemetryCollector.
    pub(super) fn read_object(object: &Arc<Object>) -> Vec<Self> {
        let node = object.tree.node();
        let values: Vec<Node<'_>> = match object.kind.as_str() {
            "ConfigMap" => {
                let data = node.get("data").into_iter();
                data.flat_map(Node::entries)
                    .map(|(_, value)| value)
                    .collect()
            }
            "OpenTelemetryCollector" => {
                below(Some(node), &["spec", "config"]).into_iter().collect()
            }
            _ => Vec::new(),
        };
        let mut jobs = Vec::new();
        for value in values {
            if !value.shape().is_scalar() {
                jobs.extend(Self::read_root(value, Some(object)));
            } else if value.text().contains("scrape_configs") {
                let stream = yaml::parse(value.inner(), Dialect::Kubernetes);
                for root in stream.documents() {
                    jobs.extend(Self::read_root(root, Some(object)));
                }
            }
        }
        jobs
    }

    /// The jobs of `root`: of its Prometheus receivers if it is a configuration of a Collector.
    fn read_root(root: Node<'_>, holder: Option<&Arc<Object>>) -> Vec<Self> {
        let Some(receivers) = root.get("receivers") else {
            return Self::read_all(root, holder);
        };
        let configs = receivers.entries().filter_map(|(id, body)| {
            let id = id.text();
            let kind = id.split('/').next().unwrap_or_default();
            body.get("config").filter(|_| kind == "prometheus")
        });
        let mut jobs: Vec<Self> = configs
            .flat_map(|config| Self::read_all(config, holder))
            .collect();
        for relabel in jobs.iter_mut().flat_map(|job| &mut job.relabels) {
            // The Collector takes `$$` for `$` before Prometheus sees the text.
            for text in relabel.replacement.iter_mut().chain(&mut relabel.pattern) {
                text.value = text.value.replace("$$", "$");
            }
        }
        jobs
    }

    fn read_all(root: Node<'_>, holder: Option<&Arc<Object>>) -> Vec<Self> {
        let configs = root.get("scrape_configs").into_iter().flat_map(Node::items);
        configs.map(|node| Self::read(node, holder)).collect()
    }

    fn read(node: Node<'_>, holder: Option<&Arc<Object>>) -> Self {
        let items = |key: &str| node.get(key).into_iter().flat_map(Node::items);
        let discoveries = || items("kubernetes_sd_configs");
        let is_of_pods = |item: Node<'_>| {
            let role = item.string_at("role");
            role.is_some_and(|role| role.value == "pod")
        };
        Self {
            holder: holder.cloned(),
            source: node.span().source,
            name: node
                .string_at("job_name")
                .unwrap_or_else(|| Spanned::new(String::new(), node.span())),
            scheme: node.string_at("scheme"),
            path: node.string_at("metrics_path"),
            tls: node.get("tls_config").map(JobTls::read),
            relabels: list(node, "relabel_configs", Relabel::read),
            targets: items("static_configs")
                .flat_map(|item| item.strings_at("targets"))
                .collect(),
            namespaces: discoveries()
                .filter_map(|item| item.get("namespaces"))
                .flat_map(|namespaces| namespaces.strings_at("names"))
                .collect(),
            discovers_pods: discoveries().any(is_of_pods),
        }
    }

    /// `scheme`, or what it is without: `http`.
    #[must_use]
    pub fn scheme(&self) -> &str {
        self.scheme
            .as_ref()
            .map_or("http", |scheme| scheme.as_str())
    }
}

impl JobTls {
    fn read(node: Node<'_>) -> Self {
        Self {
            span: node.span(),
            authority: node.string_at("ca_file"),
            certificate: node.string_at("cert_file"),
            key: node.string_at("key_file"),
            server_name: node.string_at("server_name"),
            skips_verification: node.boolean_at("insecure_skip_verify"),
        }
    }

    /// Its files.
    pub fn files(&self) -> impl Iterator<Item = &Spanned<String>> {
        let files = [&self.authority, &self.certificate, &self.key];
        files.into_iter().flatten()
    }
}

impl Relabel {
    fn read(node: Node<'_>) -> Self {
        let text = |key: &str| {
            let value = node.get(key).filter(|value| value.shape().is_scalar())?;
            Some(Spanned::new(value.text().into_owned(), value.span()))
        };
        Self {
            span: node.span(),
            from: node.strings_at("source_labels"),
            action: text("action"),
            pattern: text("regex"),
            to: text("target_label"),
            replacement: text("replacement"),
        }
    }

    /// Whether it reads the annotation `key` of Pods: every character that a label may not have became `_`.
    #[must_use]
    pub fn reads_annotation(&self, key: &str) -> bool {
        let plain = |letter: char| match letter {
            'a'..='z' | 'A'..='Z' | '0'..='9' => letter,
            _ => '_',
        };
        let suffix: String = key.chars().map(plain).collect();
        let label = format!("__meta_kubernetes_pod_annotation_{suffix}");
        self.from.iter().any(|from| from.value == label)
    }
}

impl Monitor {
    pub(super) fn read(object: &Arc<Object>) -> Self {
        let spec = object.tree.node().get("spec");
        let is_of_pods = object.kind.value == "PodMonitor";
        let key = if is_of_pods {
            "podMetricsEndpoints"
        } else {
            "endpoints"
        };
        let home = below(spec, &["namespaceSelector"]);
        Self {
            object: Arc::clone(object),
            is_of_pods,
            selector: below(spec, &["selector"]).map(Selector::read),
            namespaces: home
                .map(|home| home.strings_at("matchNames"))
                .unwrap_or_default(),
            is_everywhere: home
                .and_then(|home| home.boolean_at("any"))
                .is_some_and(|any| any.value),
            endpoints: spec
                .map(|spec| list(spec, key, Endpoint::read))
                .unwrap_or_default(),
        }
    }
}

impl Endpoint {
    fn read(node: Node<'_>) -> Self {
        let number = |key: &str| node.integer_at(key).map(PortRef::Number);
        let name = |key: &str| node.string_at(key).map(PortRef::Name);
        Self {
            span: node.span(),
            port: name("port")
                .or_else(|| number("portNumber"))
                .or_else(|| number("targetPort"))
                .or_else(|| name("targetPort")),
            scheme: node.string_at("scheme"),
            path: node.string_at("path"),
        }
    }
}

impl Named for Monitor {
    fn object(&self) -> &Arc<Object> {
        &self.object
    }
}
