//! Sources to the [`Model`]: file by file, then object by object, then what objects hold of other kinds.

use std::collections::BTreeSet;
use std::sync::Arc;

use rayon::prelude::*;

use super::MAISTRA;
use super::Material;
use super::Model;
use super::collector::Build;
use super::collector::Collector;
use super::comparison;
use super::compose;
use super::compose::Mounted;
use super::file::File;
use super::kustomization;
use super::kustomization::Generator;
use super::kustomization::completion::Completed;
use super::mesh::config::MeshConfig;
use super::mesh::config::PilotVariable;
use super::mesh::overlay::Overlay;
use super::mesh::values::MeshValues;
use super::object::Object;
use super::object::ObjectId;
use super::object::Origin;
use super::pem;
use super::resource::Resource;
use super::run;
use super::scrape::Scraping;
use super::scrape::prometheus;
use super::scrape::prometheus::Prometheus;
use super::store::Secret;
use super::workload::mount::Store;
use crate::problem::Problem;
use crate::problem::ProblemKind;
use crate::settings::Settings;
use crate::source::Source;
use crate::source::SourceId;
use crate::source::Sources;
use crate::source::Span;
use crate::yaml::Node;
use crate::yaml::Text;

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
        let mut completions = Vec::new();
        let namespace: Arc<str> = Arc::from(settings.namespace.as_str());
        for file in files {
            if settings.definitions.contains(&file.id) {
                model.learn(file);
                continue;
            }
            model.problems.extend(file.problems);
            model.patches.extend(file.patches);
            completions.extend(file.completion);
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
        model.completed = Completed::by(&completions);
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
        model.read_collectors(sources, Build::assumed(&settings.assume));
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
    fn read_collectors(&mut self, sources: &Sources, assumed: Build) {
        let held: Vec<Vec<Collector>> = self
            .objects
            .par_iter()
            .map(Collector::read_object)
            .collect();
        self.collectors.extend(held.into_iter().flatten());
        self.collectors
            .sort_by_key(|collector| (collector.span.source, collector.span.start));
        let mut collectors = std::mem::take(&mut self.collectors);
        for collector in &mut collectors {
            if let Some(image) = Mounted::image(self.mounted_as(collector)) {
                collector.image = Some(image.clone());
            }
        }
        self.collectors = collectors;
        self.expand_operated();
        self.runs = run::runs(self, sources, assumed);
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

    /// Files `node`, or each item of a `List`, under its kind.
    fn collect(&mut self, node: Node<'_>, origin: &Origin) {
        let Some(object) = Object::read(ObjectId(self.objects.len() as u32), origin, node) else {
            self.collectors.extend(Collector::read_document(node));
            self.mounted.extend(Mounted::read_all(node, &origin.folder));
            let (inline, refused) = compose::inline(node);
            self.collectors.extend(inline);
            self.problems.extend(refused);
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
            Resource::RequestAuthentication(policy) => self.request_authentications.push(policy),
            Resource::Sidecar(sidecar) => self.sidecars.push(sidecar),
            Resource::MeshGateway(gateway) => self.mesh_gateways.push(gateway),
            Resource::VirtualService(service) => self.virtual_services.push(service),
            Resource::ServiceEntry(entry) => self.service_entries.push(entry),
            Resource::ProxyConfig(config) => self.proxy_configs.push(config),
        }
    }
}

/// A number or truth value in `proxyMetadata`, and what Istio does about it.
fn unquoted(at: Span, end: &str) -> Problem {
    let message = format!("Istio takes only text in `proxyMetadata`, and {end}");
    Problem::new(ProblemKind::UnquotedSetting, at, message).help("put quotes around it")
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
