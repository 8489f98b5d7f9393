//! Trees to typed resources that know their spans; no judgement, no name resolution.
//!
//! Reading is lenient: a field that is absent, null or of another type is `None`, and what was wrong with it is a
//! [`Problem`] for the rules of the group `input`.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::certificate::Certificate;
use crate::problem::Problem;
use crate::problem::ProblemKind;
use crate::source::SourceId;
use crate::source::Span;
use crate::source::Spanned;
use crate::yaml::Text;
use crate::yaml::Tree;

pub mod access;
pub mod autoscaler;
pub mod cert_manager;
pub mod collector;
mod comparison;
pub mod compose;
pub mod destination_rule;
mod file;
pub mod gateway;
pub mod grant;
pub mod image;
pub mod ingress;
pub mod kinds;
pub mod kustomization;
pub mod mesh;
pub mod network_policy;
pub mod object;
pub mod operator;
pub mod pem;
pub mod place;
pub mod policy;
pub mod rbac;
mod reading;
pub mod reference;
mod resource;
pub mod route;
pub mod run;
pub mod scrape;
pub mod selector;
pub mod service;
pub mod store;
pub mod workload;

use access::AccessPolicy;
use autoscaler::Autoscaler;
use cert_manager::CertificateOrder;
use cert_manager::Issuer;
use collector::Collector;
use compose::Mounted;
use destination_rule::DestinationRule;
use gateway::Gateway;
use gateway::GatewayClass;
use gateway::ListenerSet;
use grant::Grant;
use ingress::Ingress;
use kinds::Kinds;
use kustomization::Generator;
use kustomization::completion::Completed;
use mesh::MeshGateway;
use mesh::PeerAuthentication;
use mesh::ProxyConfig;
use mesh::ServiceEntry;
use mesh::Sidecar;
use mesh::VirtualService;
use mesh::authorization::AuthorizationPolicy;
use mesh::authorization::RequestAuthentication;
use mesh::config::MeshConfig;
use mesh::config::PilotVariable;
use mesh::overlay::Overlay;
use mesh::values::MeshValues;
use network_policy::NetworkPolicy;
use object::Object;
use object::ObjectId;
use operator::OpenTelemetryCollector;
use pem::PemValue;
use place::Place;
use policy::BackendTlsPolicy;
use policy::ClientTrafficPolicy;
use policy::EndpointSlice;
use rbac::Role;
use rbac::RoleBinding;
use rbac::ServiceAccount;
use route::Route;
use run::Run;
use scrape::Scraping;
use scrape::prometheus::Prometheus;
use service::Service;
use store::ConfigMap;
use store::Secret;
use workload::Workload;

/// The API group of the Gateway API.
pub const GATEWAY_API: &str = "gateway.networking.k8s.io";

/// The API group of what is not yet in the Gateway API proper.
pub const GATEWAY_API_X: &str = "gateway.networking.x-k8s.io";

/// The API group of Envoy Gateway.
pub const ENVOY_GATEWAY: &str = "gateway.envoyproxy.io";

/// The API group of Istio's Sidecar, Gateway, VirtualService and others.
const ISTIO_NETWORKING: &str = "networking.istio.io";

/// The API group of Istio's PeerAuthentication and AuthorizationPolicy.
const ISTIO_SECURITY: &str = "security.istio.io";

/// The API group of OpenShift Service Mesh before its version 3.
const MAISTRA: &str = "maistra.io";

/// The API group of roles and their bindings.
const RBAC: &str = "rbac.authorization.k8s.io";

/// All that was given, typed.
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// Every document that names a `kind`, in the order of the input; [`ObjectId`] is an index into it.
    pub objects: Vec<Arc<Object>>,
    /// Namespaces; their own names stand in `object.name`.
    pub namespaces: Vec<Arc<Object>>,
    /// GatewayClasses.
    pub gateway_classes: Kinds<GatewayClass>,
    /// Gateways.
    pub gateways: Kinds<Gateway>,
    /// ListenerSets, and XListenerSets of older bundles.
    pub listener_sets: Kinds<ListenerSet>,
    /// Routes of every kind.
    pub routes: Kinds<Route>,
    /// BackendTLSPolicies.
    pub backend_tls_policies: Kinds<BackendTlsPolicy>,
    /// Envoy Gateway's ClientTrafficPolicies.
    pub client_traffic_policies: Kinds<ClientTrafficPolicy>,
    /// Policies of implementations that ask who sends.
    pub access_policies: Kinds<AccessPolicy>,
    /// EndpointSlices, which only a dump of a cluster holds.
    pub endpoint_slices: Kinds<EndpointSlice>,
    /// ReferenceGrants.
    pub grants: Kinds<Grant>,
    /// `v1` Services.
    pub services: Kinds<Service>,
    /// `v1` Secrets, and what makes Secrets in the cluster.
    pub secrets: Kinds<Secret>,
    /// `v1` ConfigMaps.
    pub config_maps: Kinds<ConfigMap>,
    /// Pods, and everything that makes Pods.
    pub workloads: Kinds<Workload>,
    /// Configurations of the Collector, wherever they stand.
    pub collectors: Vec<Collector>,
    /// The operator's resources; the Services and workloads that it makes of them are filed with the others.
    pub operated: Kinds<OpenTelemetryCollector>,
    /// Collectors as they run: what each container merges, in which build. Every configuration is part of one.
    pub runs: Vec<Run>,
    /// Ingresses.
    pub ingresses: Kinds<Ingress>,
    /// HorizontalPodAutoscalers.
    pub autoscalers: Kinds<Autoscaler>,
    /// NetworkPolicies.
    pub network_policies: Kinds<NetworkPolicy>,
    /// Roles and ClusterRoles.
    pub roles: Kinds<Role>,
    /// RoleBindings and ClusterRoleBindings.
    pub role_bindings: Kinds<RoleBinding>,
    /// Istio's DestinationRules.
    pub destination_rules: Kinds<DestinationRule>,
    /// Istio's PeerAuthentications.
    pub peer_authentications: Kinds<PeerAuthentication>,
    /// Istio's AuthorizationPolicies.
    pub authorization_policies: Kinds<AuthorizationPolicy>,
    /// Istio's RequestAuthentications.
    pub request_authentications: Kinds<RequestAuthentication>,
    /// Istio's Sidecars.
    pub sidecars: Kinds<Sidecar>,
    /// Gateways of Istio's own API.
    pub mesh_gateways: Kinds<MeshGateway>,
    /// Istio's VirtualServices.
    pub virtual_services: Kinds<VirtualService>,
    /// Istio's ServiceEntries.
    pub service_entries: Kinds<ServiceEntry>,
    /// Istio's ProxyConfigs.
    pub proxy_configs: Kinds<ProxyConfig>,
    /// Configurations of a mesh.
    pub mesh_configs: Vec<MeshConfig>,
    /// What the charts of Istio are told.
    pub mesh_values: Vec<MeshValues>,
    /// Patches of the Deployments that Istio makes for Gateways.
    pub overlays: Kinds<Overlay>,
    /// Switches of Istio's control plane that something sets.
    pub pilot_variables: Vec<PilotVariable>,
    /// What scrapers are told to scrape: Prometheus, its operator's monitors, Collectors.
    pub scrapings: Vec<Scraping>,
    /// Prometheuses that their operator runs; their Pods are filed with the other workloads.
    pub prometheuses: Vec<Prometheus>,
    /// Whether OpenShift's build of Istio is there, which is asked by annotations: `maistra.io`.
    pub has_maistra: bool,
    /// Whether Collectors are handed the targets of monitors.
    pub allocates: bool,
    /// ServiceAccounts.
    pub service_accounts: Kinds<ServiceAccount>,
    /// Files that are not YAML, which a path in a configuration may mean: certificates, keys.
    pub files: Vec<Material>,
    /// What each source is called.
    pub names: Vec<String>,
    /// cert-manager's orders for certificates; the Secrets that they make are among the Secrets.
    pub orders: Kinds<CertificateOrder>,
    /// cert-manager's Issuers and ClusterIssuers.
    pub issuers: Kinds<Issuer>,
    /// Every value that holds certificates or keys, be it of a Secret, of a ConfigMap or a file.
    pub pem: Vec<PemValue>,
    /// What Docker Compose gives to containers of the project's images.
    pub mounted: Vec<Mounted>,
    /// Files that a kustomization takes as patches, by name: they say only what they change.
    pub patches: BTreeSet<String>,
    /// Files that a kustomization completes.
    pub completed: Completed,
    /// ConfigMaps and Secrets that kustomize makes.
    pub generators: Vec<Generator>,
    /// CustomResourceDefinitions that only say what is installed.
    pub definitions: Vec<Tree>,
    /// What was met while reading, in the order of the input.
    pub problems: Vec<Problem>,
}

/// A file that is not YAML.
#[derive(Clone, Debug)]
pub struct Material {
    /// Which source.
    pub id: SourceId,
    /// What it is called.
    pub name: String,
    /// Its text; `None` when it is not UTF-8.
    pub text: Option<Text>,
}

impl Model {
    /// Whether nothing was given that any rule looks at.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.objects.is_empty()
            && self.collectors.is_empty()
            && self.scrapings.is_empty()
            && self.mesh_configs.is_empty()
            && self.mesh_values.is_empty()
            && self.pilot_variables.is_empty()
            && self.pem.is_empty()
            && self.definitions.is_empty()
            && self.problems.is_empty()
    }

    /// The object of that id.
    ///
    /// # Panics
    /// When `id` comes from another model.
    #[must_use]
    pub fn object(&self, id: ObjectId) -> &Arc<Object> {
        &self.objects[id.0 as usize]
    }

    /// What services of Compose files get that holds `collector`.
    pub(in crate::model) fn mounted_as(
        &self,
        collector: &Collector,
    ) -> impl Iterator<Item = &Mounted> {
        let name = self.name(collector.span.source);
        let all = self.mounted.iter();
        all.filter(move |mounted| match &collector.origin {
            collector::Origin::Document => mounted.holds_file(name),
            collector::Origin::Inline(key) => mounted.holds_inline(key.span),
            _ => false,
        })
    }

    /// What the source of that id is called.
    #[must_use]
    pub fn name(&self, id: SourceId) -> &str {
        self.names.get(id.0 as usize).map_or("", String::as_str)
    }

    /// The Namespace object of that name, if it was given.
    #[must_use]
    pub fn namespace(&self, name: &str) -> Option<&Arc<Object>> {
        self.namespaces
            .iter()
            .find(|namespace| namespace.name() == name)
    }

    /// The Namespace object of `object`, if that names one and it was given: of several the nearest.
    #[must_use]
    pub fn home(&self, object: &Object) -> Option<&Arc<Object>> {
        let name = object.namespace.as_ref()?;
        let named = self.namespaces.iter();
        let named = named.filter(|namespace| namespace.name() == name.value);
        named.min_by_key(|namespace| namespace.distance(object))
    }

    /// Every certificate that was given, in the order of the input.
    pub fn certificates(&self) -> impl Iterator<Item = &Spanned<Arc<Certificate>>> {
        self.pem.iter().flat_map(|value| &value.bundle.certificates)
    }

    /// The problems of one kind, in the order of the input.
    pub fn problems_of(&self, kind: ProblemKind) -> impl Iterator<Item = &Problem> {
        self.problems
            .iter()
            .filter(move |problem| problem.kind == kind)
    }

    /// In which resource and field `span` lies, in words that survive edits above it.
    #[must_use]
    pub fn place(&self, span: Span) -> Option<Place> {
        let after = self.objects.partition_point(|object| {
            (object.source, object.span.start) <= (span.source, span.start)
        });
        let object = self.objects[..after]
            .last()
            .filter(|object| object.span.contains(span))?;
        Some(Place::inside(object, span))
    }

    /// The stretches that may hold a private key, a password or a token, sorted: every value of a Secret that is not
    /// known to be public, what collectors take for secret, variables whose names say so, and addresses with a
    /// password.
    #[must_use]
    pub fn secret_spans(&self) -> Vec<Span> {
        let values = self.secrets.iter().flat_map(|secret| &secret.entries);
        let mut spans: Vec<Span> = values
            .filter(|entry| !entry.is_public())
            .map(|entry| entry.span)
            .collect();
        for collector in &self.collectors {
            spans.extend(
                collector
                    .secrets()
                    .into_iter()
                    .map(|(_, secret)| secret.span),
            );
            spans.extend(collector.addresses_with_passwords());
        }
        let pods = self.workloads.iter().map(|workload| &workload.pod);
        let containers = pods.flat_map(|pod| pod.containers.iter().chain(&pod.init_containers));
        let variables = containers.flat_map(|container| &container.env);
        spans.extend(variables.filter_map(|variable| variable.secret()));
        spans.extend(self.runs.iter().flat_map(|run| run.proxies.secrets()));
        spans.sort_unstable();
        spans
    }
}
