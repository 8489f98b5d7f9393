//! Trees to typed resources that know their spans; no judgement, no name resolution.
//!
//! Reading is lenient: a field that is absent, null or of another type is `None`, and what was wrong with it is a
//! [`Problem`] for the rules of the group `input`.

use std::collections::BTreeSet;
use std::sync::Arc;

use rayon::prelude::*;

use crate::problem::Problem;
use crate::problem::ProblemKind;
use crate::settings::Settings;
use crate::source::Source;
use crate::source::SourceId;
use crate::source::Sources;
use crate::source::Span;
use crate::yaml::Node;
use crate::yaml::Text;
use crate::yaml::Tree;

pub mod access;
pub mod autoscaler;
pub mod cert_manager;
pub mod collector;
mod comparison;
pub mod destination_rule;
mod file;
pub mod gateway;
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
use collector::Build;
use collector::Collector;
use destination_rule::DestinationRule;
use file::File;
use gateway::Gateway;
use gateway::GatewayClass;
use gateway::ListenerSet;
use ingress::Ingress;
use kinds::Kinds;
use kustomization::Generator;
use mesh::AuthorizationPolicy;
use mesh::MeshGateway;
use mesh::PeerAuthentication;
use mesh::ProxyConfig;
use mesh::ServiceEntry;
use mesh::Sidecar;
use mesh::VirtualService;
use mesh::config::MeshConfig;
use mesh::config::PilotVariable;
use mesh::overlay::Overlay;
use mesh::values::MeshValues;
use network_policy::NetworkPolicy;
use object::Object;
use object::ObjectId;
use object::Origin;
use operator::OpenTelemetryCollector;
use pem::PemValue;
use place::Place;
use policy::BackendTlsPolicy;
use policy::ClientTrafficPolicy;
use policy::EndpointSlice;
use rbac::Role;
use rbac::RoleBinding;
use rbac::ServiceAccount;
use resource::Resource;
use route::Grant;
use route::Route;
use run::Run;
use scrape::Scraping;
use scrape::prometheus;
use scrape::prometheus::Prometheus;
use service::Service;
use store::ConfigMap;
use store::Secret;
use workload::Workload;
use workload::mount::Store;

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
    /// Files that a kustomization takes as patches, by name: they say only what they change.
    pub patches: BTreeSet<String>,
    /// ConfigMaps and Secrets that kustomize makes.
    pub generators: Vec<Generator>,
    /// CustomResourceDefinitions that only say what is installed.
    pub definitions: Vec<Tree>,
    /// What was met while reading, in the order of the input.
    pub problems: Vec<Problem>,
}

/// A number or truth value in `proxyMetadata`, and what Istio does about it.
fn unquoted(at: Span, end: &str) -> Problem {
    let message = format!("Istio takes only text in `proxyMetadata`, and {end}");
    Problem::new(ProblemKind::UnquotedSetting, at, message).help("put quotes around it")
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

impl Material {
    fn of(id: SourceId, source: &Source) -> Self {
        Self {
            id,
            name: source.name.clone(),
            text: Text::whole(id, source),
        }
    }
}

impl Model {
    /// Reads every source: in parallel a file, then in parallel an object.
    #[must_use]
    pub fn read(sources: &Sources, settings: &Settings) -> Self {
        let all: Vec<_> = sources.iter().collect();
        let files: Vec<File> = all
            .par_iter()
            .map(|(id, source)| File::read(*id, source))
            .collect();
        let mut model = Self::default();
        let namespace: Arc<str> = Arc::from(settings.namespace.as_str());
        for file in files {
            if settings.definitions.contains(&file.id) {
                model.learn(file);
                continue;
            }
            model.problems.extend(file.problems);
            model.patches.extend(file.patches);
            match file.stream {
                Some(stream) => {
                    let name = &sources.get(file.id).name;
                    let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
                    let origin = Origin {
                        folder: Arc::from(folder),
                        namespace: Arc::clone(&namespace),
                    };
                    stream
                        .documents()
                        .for_each(|root| model.collect(root, &origin));
                }
                None if file.is_template => {}
                None => model
                    .files
                    .push(Material::of(file.id, sources.get(file.id))),
            }
        }
        let resources: Vec<Option<Resource>> =
            model.objects.par_iter().map(Resource::read).collect();
        resources
            .into_iter()
            .flatten()
            .for_each(|resource| model.push(resource));
        model.names = sources
            .iter()
            .map(|(_, source)| source.name.clone())
            .collect();
        model.read_generators();
        model.read_mesh();
        model.read_collectors(Build::assumed(&settings.assume));
        model.read_scrapings();
        model.pem = pem::read(&model, sources);
        let compared = comparison::problems(&model, sources, &settings.assume);
        model.problems.extend(compared);
        let unfilled = comparison::unfilled(&model);
        model.problems.extend(unfilled);
        model.problems.sort_by_key(|problem| problem.span);
        model
    }

    /// Takes the CustomResourceDefinitions of `file`, and why it could not be read.
    fn learn(&mut self, file: File) {
        let problems = file.problems.into_iter();
        let unreadable = problems.filter(|of| of.kind == ProblemKind::UnreadableDocument);
        self.problems.extend(unreadable);
        for root in file.stream.iter().flat_map(|stream| stream.documents()) {
            let items = root.get("items").into_iter().flat_map(Node::items);
            let definitions = std::iter::once(root).chain(items);
            let definitions = definitions.filter(|node| {
                let kind = node.string_at("kind");
                kind.is_some_and(|kind| kind.value == "CustomResourceDefinition")
            });
            self.definitions.extend(definitions.map(Node::keep));
        }
    }

    /// Reads what kustomizations make; their Secrets exist, with values that were not given.
    fn read_generators(&mut self) {
        for object in &self.objects {
            let name = self.name(object.source);
            if object.kind.value != "Kustomization" || !kustomization::is_kustomization(name) {
                continue;
            }
            let generators = Generator::read_all(object);
            let secrets = generators
                .iter()
                .filter(|generator| generator.store == Store::Secret);
            for generator in secrets {
                self.secrets.push(Secret::made_by(&generator.made()));
            }
            self.generators.extend(generators);
        }
    }

    /// Reads what objects of other kinds hold of a mesh.
    fn read_mesh(&mut self) {
        for object in &self.objects {
            self.has_maistra |= object.group() == MAISTRA;
            self.mesh_configs.extend(MeshConfig::read_object(object));
            self.mesh_values.extend(MeshValues::read_object(object));
            if let Some(overlay) = Overlay::read(object) {
                self.overlays.push(overlay);
            }
            self.pilot_variables
                .extend(PilotVariable::read_object(object));
        }
        let pods = self
            .workloads
            .iter()
            .filter_map(|workload| workload.pod.proxy.as_ref());
        let gateways = self
            .gateways
            .iter()
            .filter_map(|gateway| gateway.proxy.as_ref());
        let overlays = self
            .overlays
            .iter()
            .filter_map(|overlay| overlay.pod.proxy.as_ref());
        let annotated = pods.chain(gateways).chain(overlays);
        let annotated = annotated.flat_map(|proxy| &proxy.unquoted).map(|value| {
            unquoted(
                value.span,
                "refuses the whole annotation: the Pod is not created",
            )
        });
        let meshes = self.mesh_configs.iter();
        let meshes = meshes
            .flat_map(|mesh| &mesh.defaults.unquoted)
            .map(|value| unquoted(value.span, "refuses the whole configuration of the mesh"));
        let problems: Vec<Problem> = annotated.chain(meshes).collect();
        self.problems.extend(problems);
    }

    /// Reads the configurations that resources hold, beside those that are documents of their own.
    fn read_collectors(&mut self, assumed: Build) {
        let held: Vec<Vec<Collector>> = self
            .objects
            .par_iter()
            .map(Collector::read_object)
            .collect();
        self.collectors.extend(held.into_iter().flatten());
        self.collectors
            .sort_by_key(|collector| (collector.span.source, collector.span.start));
        self.expand_operated();
        self.runs = run::runs(self, assumed);
        // Two containers may read the same configuration, and find the same in it.
        let mut seen = BTreeSet::new();
        for run in &self.runs {
            let problems = run.collector.problems(run.build.minor);
            let new =
                problems.filter(|problem| seen.insert((problem.span, problem.message.clone())));
            self.problems.extend(new);
        }
    }

    /// Reads the jobs that resources and Collectors hold, beside those in documents of their own.
    fn read_scrapings(&mut self) {
        for object in &self.objects {
            self.allocates |= prometheus::allocates(object);
            if let Some((own, pods)) = Prometheus::read(object, self.workloads.len()) {
                self.prometheuses.push(own);
                self.workloads.push(pods);
            }
        }
        let maps = self.config_maps.par_iter();
        let maps = maps.flat_map_iter(Scraping::of_config_map);
        let secrets = self.secrets.par_iter();
        let secrets = secrets.flat_map_iter(Scraping::of_secret);
        let monitors = self.objects.par_iter().filter_map(Scraping::read_monitor);
        let runs = self.runs.par_iter().enumerate();
        let runs = runs.flat_map_iter(|(at, run)| Scraping::of_run(at, run));
        let held: Vec<Scraping> = maps.chain(secrets).chain(monitors).chain(runs).collect();
        self.scrapings.extend(held);
        self.scrapings.sort_by_key(|scraping| scraping.span);
    }

    /// The object of that id.
    ///
    /// # Panics
    /// When `id` comes from another model.
    #[must_use]
    pub fn object(&self, id: ObjectId) -> &Arc<Object> {
        &self.objects[id.0 as usize]
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
    /// known to be public, what collectors take for secret, and variables whose names say so.
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
        }
        let pods = self.workloads.iter().map(|workload| &workload.pod);
        let containers = pods.flat_map(|pod| pod.containers.iter().chain(&pod.init_containers));
        let variables = containers.flat_map(|container| &container.env);
        spans.extend(variables.filter_map(|variable| variable.secret()));
        spans.sort_unstable();
        spans
    }

    /// Files `node`, or each item of a `List`, under its kind.
    fn collect(&mut self, node: Node<'_>, origin: &Origin) {
        let Some(object) = Object::read(ObjectId(self.objects.len() as u32), origin, node) else {
            self.collectors.extend(Collector::read_document(node));
            self.scrapings.extend(Scraping::read_document(node));
            self.mesh_configs.extend(MeshConfig::read_values(node));
            self.mesh_values.extend(MeshValues::read_document(node));
            self.pilot_variables
                .extend(PilotVariable::read_values(node));
            return;
        };
        let is_list = object.kind.ends_with("List") && node.has("items");
        if !is_list {
            self.objects.push(Arc::new(object));
            return;
        }
        for item in node.get("items").into_iter().flat_map(Node::items) {
            self.collect(item, origin);
        }
    }

    fn push(&mut self, resource: Resource) {
        match resource {
            Resource::GatewayClass(class) => self.gateway_classes.push(class),
            Resource::Gateway(gateway) => self.gateways.push(*gateway),
            Resource::ListenerSet(set) => self.listener_sets.push(set),
            Resource::BackendTlsPolicy(policy) => self.backend_tls_policies.push(policy),
            Resource::ClientTrafficPolicy(policy) => self.client_traffic_policies.push(policy),
            Resource::AccessPolicy(policy) => self.access_policies.push(policy),
            Resource::EndpointSlice(slice) => self.endpoint_slices.push(slice),
            Resource::Route(route) => self.routes.push(route),
            Resource::Grant(grant) => self.grants.push(grant),
            Resource::Namespace(namespace) => self.namespaces.push(namespace),
            Resource::Service(service) => self.services.push(service),
            Resource::Secret(secret) => self.secrets.push(secret),
            Resource::ConfigMap(config_map) => self.config_maps.push(config_map),
            Resource::Workload(workload) => self.workloads.push(*workload),
            Resource::Ingress(ingress) => self.ingresses.push(ingress),
            Resource::NetworkPolicy(policy) => self.network_policies.push(policy),
            Resource::Role(role) => self.roles.push(role),
            Resource::RoleBinding(binding) => self.role_bindings.push(binding),
            Resource::ServiceAccount(account) => self.service_accounts.push(account),
            Resource::Order(order) => {
                let made = order.made();
                if let Some(object) = made {
                    self.secrets.push(Secret::made_by(&object));
                }
                self.orders.push(order);
            }
            Resource::Issuer(issuer) => self.issuers.push(issuer),
            Resource::Autoscaler(autoscaler) => self.autoscalers.push(autoscaler),
            Resource::DestinationRule(rule) => self.destination_rules.push(rule),
            Resource::PeerAuthentication(policy) => self.peer_authentications.push(policy),
            Resource::AuthorizationPolicy(policy) => self.authorization_policies.push(policy),
            Resource::Sidecar(sidecar) => self.sidecars.push(sidecar),
            Resource::MeshGateway(gateway) => self.mesh_gateways.push(gateway),
            Resource::VirtualService(service) => self.virtual_services.push(service),
            Resource::ServiceEntry(entry) => self.service_entries.push(entry),
            Resource::ProxyConfig(config) => self.proxy_configs.push(config),
        }
    }
}
