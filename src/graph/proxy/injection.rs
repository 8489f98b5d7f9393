//! Whether the injector puts a proxy into a Pod, and what says so.
//!
//! Source: istio 1.31, `mutatingwebhook.yaml` of the chart and `pkg/kube/inject/inject.go`.

use super::installation;
use crate::model::Model;
use crate::model::object::Object;
use crate::model::object::value;
use crate::model::workload::PodTemplate;
use crate::source::Span;

/// Namespaces whose Pods are never injected.
const PASSED_OVER: &[&str] = &[
    "kube-system",
    "kube-public",
    "kube-node-lease",
    "local-path-storage",
];

/// The label by which a Pod asks to be injected, or not.
pub const LABEL: &str = "sidecar.istio.io/inject";

/// The label that names the control plane which injects.
const REVISION: &str = "istio.io/rev";

/// The annotation that the injector leaves on Pods.
const STATUS: &str = "sidecar.istio.io/status";

/// The label that puts Pods into the ambient mesh, or keeps them out.
const DATAPLANE: &str = "istio.io/dataplane-mode";

/// Whether the node's proxy of the ambient mesh takes what comes to the Pods that `object` makes of `pod`: as their own
/// label has it, else their Namespace's (istio.io, "Add workloads to the mesh"). Pods with a sidecar, and those on the
/// node's network, it leaves alone.
#[must_use]
pub fn is_ambient(model: &Model, object: &Object, pod: &PodTemplate) -> bool {
    let of_namespace = || model.home(object)?.label(DATAPLANE);
    let mode = value(&pod.labels, DATAPLANE).or_else(of_namespace);
    mode.is_some_and(|mode| mode.value == "ambient")
        && !pod.on_host_network()
        && !matches!(Injection::of(model, object, pod), Injection::Yes(_))
}

/// Whether a Pod gets a proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Injection {
    /// It does; what says so.
    Yes(Span),
    /// It does not; what keeps it out.
    No(Span, Reason),
    /// The Namespace was not given, and nothing else decides.
    Unknown,
}

/// What keeps a proxy out of a Pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It shares the node's network.
    HostNetwork,
    /// Its namespace is one of the system's.
    SystemNamespace,
    /// Its label says no.
    Label,
    /// Its annotation says no, and no label says otherwise.
    Annotation,
    /// Its Namespace says no.
    Namespace,
    /// Nothing asks for it: neither its labels nor those of its Namespace.
    Unasked,
}

impl Reason {
    /// What it says of the place that it was read from.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::HostNetwork => "Pods on the node's network get none",
            Self::SystemNamespace => "Pods of this namespace get none",
            Self::Label => "this label keeps it out",
            Self::Annotation => "this annotation keeps it out",
            Self::Namespace => "this label of the Namespace keeps it out",
            Self::Unasked => "neither this Namespace nor the Pod asks for one",
        }
    }
}

impl Injection {
    /// Whether the Pods that `object` makes of `pod` get a proxy.
    #[must_use]
    pub fn of(model: &Model, object: &Object, pod: &PodTemplate) -> Self {
        // What was injected before, such as Pods of a cluster, or by `istioctl kube-inject`.
        if let Some(status) = value(&pod.annotations, STATUS) {
            return Self::Yes(status.span);
        }
        if let Some(flag) = pod.host_network.as_ref().filter(|flag| flag.value) {
            return Self::No(flag.span, Reason::HostNetwork);
        }
        if PASSED_OVER.contains(&object.namespace()) {
            let at = object.namespace.as_ref();
            return Self::No(
                at.map_or(object.name_span(), |at| at.span),
                Reason::SystemNamespace,
            );
        }
        let home = model.home(object);
        let of_namespace = home.and_then(|home| home.label("istio-injection"));
        // Neither webhook selects a namespace that says no, whatever its Pods say.
        if let Some(label) = of_namespace.filter(|label| label.value == "disabled") {
            return Self::No(label.span, Reason::Namespace);
        }
        if let Some(decided) = Self::said(pod) {
            return decided;
        }
        let Some(home) = home else {
            return Self::Unknown;
        };
        let enabled = of_namespace.filter(|label| label.value == "enabled");
        match enabled.or_else(|| home.label(REVISION)) {
            Some(label) => Self::Yes(label.span),
            None if asks_elsewhere(model, home, pod) => Self::Unknown,
            None => Self::by_default(model, object)
                .unwrap_or(Self::No(home.name_span(), Reason::Unasked)),
        }
    }

    /// What happens where no label says anything: the charts may be told to inject all the same.
    fn by_default(model: &Model, object: &Object) -> Option<Self> {
        let values = installation::values(model, object)?;
        let flag = values.injects_all.as_ref().filter(|flag| flag.value)?;
        Some(Self::Yes(flag.span))
    }

    /// What the Pod says itself: its label, else its annotation, which can only keep a proxy out, else its revision.
    fn said(pod: &PodTemplate) -> Option<Self> {
        let label = value(&pod.labels, LABEL);
        let annotation = value(&pod.annotations, LABEL);
        match (label, annotation) {
            (Some(label), _) if label.value == "false" => {
                return Some(Self::No(label.span, Reason::Label));
            }
            (Some(label), _) if label.value == "true" => return Some(Self::Yes(label.span)),
            (None, Some(annotation)) if annotation.value == "false" => {
                return Some(Self::No(annotation.span, Reason::Annotation));
            }
            _ => {}
        }
        let revision = value(&pod.labels, REVISION)?;
        Some(Self::Yes(revision.span))
    }
}

/// Whether something may ask for a proxy that `home` does not show: the same Namespace in another file, such as a patch,
/// or an annotation where OpenShift's build of Istio hears it.
fn asks_elsewhere(model: &Model, home: &Object, pod: &PodTemplate) -> bool {
    let twins = model.namespaces.iter();
    let mut twins = twins.filter(|other| other.name() == home.name() && other.id != home.id);
    let asks = |other: &Object| {
        let enabled = other.label("istio-injection");
        enabled.is_some_and(|label| label.value == "enabled") || other.label(REVISION).is_some()
    };
    let annotation = value(&pod.annotations, LABEL);
    let is_heard = model.has_maistra && annotation.is_some_and(|asked| asked.value == "true");
    is_heard || twins.any(|other| asks(other))
}
