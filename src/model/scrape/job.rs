//! One job: what it finds, how it asks, and which certificates it shows.

use super::field::Field;
use super::monitor::Selection;
use super::query;
use super::relabel::Relabel;
use crate::model::object::Pair;
use crate::model::selector::Selector;
use crate::source::Span;
use crate::source::Spanned;

/// One entry of `scrape_configs`, or one endpoint of a monitor.
#[derive(Clone, Debug)]
pub struct Job {
    /// The whole entry.
    pub span: Span,
    /// `job_name`; of a monitor its own name, at the endpoint.
    pub name: Spanned<String>,
    /// `scheme`; `http` when absent.
    pub scheme: Option<Spanned<String>>,
    /// `metrics_path`; `/metrics` when absent.
    pub path: Option<Spanned<String>>,
    /// `tls_config`.
    pub tls: Option<Tls>,
    /// Where its targets come from.
    pub discoveries: Vec<Discovery>,
    /// `relabel_configs`, in order.
    pub relabels: Vec<Relabel>,
    /// Whether `tls_config` or a relabeling holds a `${…}` that is filled in only when the Collector starts.
    pub open: bool,
}

/// `tls_config`, or `tlsConfig` of a monitor.
#[derive(Clone, Debug)]
pub struct Tls {
    /// The whole section.
    pub span: Span,
    /// What the target's certificate is verified with.
    pub ca: Option<Credential>,
    /// The certificate that is shown.
    pub cert: Option<Credential>,
    /// Its key.
    pub key: Option<Credential>,
    /// `server_name`.
    pub server_name: Option<Spanned<String>>,
    /// `insecure_skip_verify`.
    pub insecure: Option<Spanned<bool>>,
}

/// Where a certificate or key comes from.
#[derive(Clone, Debug)]
pub enum Credential {
    /// A file in the scraper's container.
    File(Spanned<String>),
    /// Anything else: it stands in the configuration, or in an object that the operator reads.
    Other(Span),
}

/// Where targets come from.
#[derive(Clone, Debug)]
pub enum Discovery {
    /// One entry of `kubernetes_sd_configs`.
    Kubernetes(Kubernetes),
    /// One entry of `static_configs`.
    Static {
        /// `targets`.
        targets: Vec<Spanned<String>>,
        /// `labels`.
        labels: Vec<Pair>,
    },
    /// The Pods that a PodMonitor selects.
    Pods(Selection),
    /// The Pods behind the Services that a ServiceMonitor selects.
    Services(Selection),
    /// Another service discovery.
    Other(Span),
}

/// One entry of `kubernetes_sd_configs`.
#[derive(Clone, Debug)]
pub struct Kubernetes {
    /// The whole entry.
    pub span: Span,
    /// `role`: `pod`, `service`, `endpoints`, `endpointslice`, `node`, `ingress`.
    pub role: Option<Spanned<String>>,
    /// `namespaces.names`; empty means all.
    pub namespaces: Vec<Spanned<String>>,
    /// `namespaces.own_namespace`.
    pub own_namespace: bool,
    /// `selectors` by labels: the role of what they select, and what they ask for.
    pub selectors: Vec<(String, Selector)>,
    /// Whether `selectors` narrow it further in a way that is not followed.
    pub narrowed: bool,
}

impl Job {
    /// The jobs of a list.
    pub(super) fn read_all(list: Field<'_>) -> Vec<Self> {
        list.items().into_iter().filter_map(Self::read).collect()
    }

    fn read(field: Field<'_>) -> Option<Self> {
        let name = field.text_at("job_name")?;
        let tls = field.get("tls_config");
        let relabels = field.get("relabel_configs");
        let mut discoveries = Vec::new();
        for (key, list) in field.entries() {
            match key.value.as_str() {
                "kubernetes_sd_configs" => {
                    discoveries.extend(list.items().into_iter().map(Kubernetes::read));
                }
                "static_configs" => discoveries.extend(list.items().into_iter().map(fixed)),
                other if other.ends_with("_sd_configs") => {
                    discoveries.push(Discovery::Other(key.span))
                }
                _ => {}
            }
        }
        let open = [tls, relabels].into_iter().flatten().any(Field::is_open);
        Some(Self {
            span: field.span(),
            name,
            scheme: field.text_at("scheme"),
            path: field.text_at("metrics_path"),
            tls: tls.map(Tls::read),
            discoveries,
            relabels: Relabel::read_all(relabels),
            open,
        })
    }

    /// The scheme before relabeling.
    #[must_use]
    pub fn scheme(&self) -> &str {
        self.scheme
            .as_ref()
            .map_or("http", |scheme| scheme.as_str())
    }

    /// The path before relabeling.
    #[must_use]
    pub fn path(&self) -> &str {
        self.path.as_ref().map_or("/metrics", |path| path.as_str())
    }

    /// Whether a relabeling writes that label.
    #[must_use]
    pub fn sets(&self, label: &str) -> bool {
        let targets = self.relabels.iter().filter_map(|step| step.target.as_ref());
        targets.into_iter().any(|target| target.value == label)
    }

    /// The last relabeling that writes addresses.
    #[must_use]
    pub fn address(&self) -> Option<&Relabel> {
        let mut steps = self.relabels.iter().rev();
        steps.find(|step| step.asks() && step.target.is_some())
    }

    /// The place at which it asks for an annotation of Pods, by the annotation's name as labels spell it: it keeps those
    /// that have it, or makes their address of it. One that drops them does not ask for it.
    #[must_use]
    pub fn asks_for(&self, annotation: &str) -> Option<&Spanned<String>> {
        let asking = self.relabels.iter().filter(|step| step.asks());
        let mut sources = asking.flat_map(|step| &step.sources);
        sources.find(|label| {
            let rest = label.strip_prefix("__meta_kubernetes_pod_annotation");
            let name = rest.and_then(|rest| {
                rest.strip_prefix("present_")
                    .or_else(|| rest.strip_prefix('_'))
            });
            name == Some(annotation)
        })
    }
}

impl Tls {
    fn read(field: Field<'_>) -> Self {
        let credential = |file: &str, others: &[&str]| {
            let path = field.text_at(file).filter(|path| !path.is_empty());
            path.map(Credential::File).or_else(|| {
                let other = others.iter().find_map(|key| field.get(key));
                other.map(|other| Credential::Other(other.span()))
            })
        };
        Self {
            span: field.span(),
            ca: credential("ca_file", &["ca", "ca_ref", "ca_file"]),
            cert: credential("cert_file", &["cert", "cert_ref", "cert_file"]),
            key: credential("key_file", &["key", "key_ref", "key_file"]),
            server_name: field.text_at("server_name"),
            insecure: field.flag_at("insecure_skip_verify"),
        }
    }

    /// Whether the target's certificate is not verified.
    #[must_use]
    pub fn skips_verification(&self) -> bool {
        self.insecure.as_ref().is_some_and(|flag| flag.value)
    }
}

impl Credential {
    /// Where it is written.
    #[must_use]
    pub const fn span(&self) -> Span {
        match self {
            Self::File(path) => path.span,
            Self::Other(span) => *span,
        }
    }
}

impl Kubernetes {
    fn read(field: Field<'_>) -> Discovery {
        let namespaces = field.get("namespaces");
        let written = field.get("selectors").map(Field::items);
        let written = written.unwrap_or_default();
        let read = |selector: &Field<'_>| {
            let labels = query::selector(&selector.text_at("label")?)?;
            let role = selector.text_at("role")?.value;
            selector.get("field").is_none().then_some((role, labels))
        };
        let selectors: Vec<_> = written.iter().filter_map(read).collect();
        let is_open = selectors.len() < written.len();
        Discovery::Kubernetes(Self {
            span: field.span(),
            role: field.text_at("role"),
            namespaces: namespaces
                .map(|namespaces| namespaces.texts_at("names"))
                .unwrap_or_default(),
            own_namespace: namespaces
                .and_then(|namespaces| namespaces.flag_at("own_namespace"))
                .is_some_and(|flag| flag.value),
            narrowed: is_open || field.is_open(),
            selectors,
        })
    }
}

fn fixed(field: Field<'_>) -> Discovery {
    let labels = field.get("labels").map(Field::entries).unwrap_or_default();
    Discovery::Static {
        targets: field.texts_at("targets"),
        labels: labels
            .into_iter()
            .filter_map(|(key, value)| {
                let value = value.text()?;
                Some(Pair { key, value })
            })
            .collect(),
    }
}
