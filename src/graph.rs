//! Resources to hops, links and trails; what is unresolved stays in.
//!
//! A [`Landing`] is where a Service port ends: in which Pod, which container, which receiver. A [`Delivery`] is what a
//! listener hands to such a port through a route. A [`Journey`] is all of it for one signal of one exporter.

use std::collections::BTreeSet;

use crate::attach::Attachment;
use crate::model::Model;
use crate::settings::Settings;

pub mod backend_tls;
pub mod barrier;
pub mod bypass;
pub mod coverage;
pub mod delivery;
pub mod destination;
pub mod exposure;
pub mod inventory;
pub mod entrance;
pub mod internal;
pub mod journey;
pub mod lack;
pub mod landing;
pub mod material;
pub mod policy;
pub mod presented;
pub mod probe;
pub mod proxy;
pub mod reach;
pub mod scrape;
pub mod screen;
pub mod sidecar;
pub mod setting;
pub mod trail;
pub mod wiring;
mod wording;

use backend_tls::Misfit;
use barrier::Barrier;
use bypass::Bypass;
use coverage::Coverage;
use coverage::Idle;
use delivery::Delivery;
use destination::Destinations;
use entrance::Entrance;
use exposure::Exposure;
use internal::Published;
use inventory::Listed;
use journey::Flaw;
use journey::Journey;
use lack::Lack;
use landing::Landing;
use landing::Target;
use material::Materials;
use presented::Misnamed;
use probe::Unanswered;
use proxy::Proxy;
use scrape::Scrape;
use scrape::SecureJob;
use wiring::Wiring;

/// The ways that telemetry takes through what was given.
#[derive(Debug, Default)]
pub struct Graph {
    /// Where each Service port ends, Service by Service.
    pub landings: Vec<Landing>,
    /// What each listener hands on, route by route.
    pub deliveries: Vec<Delivery>,
    /// Which DestinationRules are about which Service.
    pub destinations: Destinations,
    /// Names that lead through to a certificate for others.
    pub misnamed: Vec<Misnamed>,
    /// Which receivers outsiders reach.
    pub exposures: Vec<Exposure>,
    /// Ways around listeners that demand client certificates.
    pub bypasses: Vec<Bypass>,
    /// Signals that listeners leave out on their way to an OTLP port.
    pub coverage: Vec<Coverage>,
    /// Rules that lead to an OTLP port and take nothing of OTLP.
    pub idle: Vec<Idle>,
    /// What becomes of each signal of each exporter.
    pub journeys: Vec<Journey>,
    /// Backends of Ingresses that take telemetry.
    pub entrances: Vec<Entrance>,
    /// Ports that should stay inside, and are published.
    pub published: Vec<Published>,
    /// Gateways and receivers that BackendTLSPolicies bring together in vain.
    pub misfits: Vec<Misfit>,
    /// NetworkPolicies that keep gateways out.
    pub barriers: Vec<Barrier>,
    /// Probes of Collectors that nobody answers.
    pub unanswered: Vec<Unanswered>,
    /// Which files Collectors open, and what stands there.
    pub wiring: Wiring,
    /// Who scrapes which Pods, job by job.
    pub scrapes: Vec<Scrape>,
    /// Jobs that are after secure ports.
    pub secure_jobs: Vec<SecureJob>,
    /// Istio's proxies, and what they are told.
    pub proxies: Vec<Proxy>,
    /// Secrets and ConfigMaps that telemetry depends on, and that are not there.
    pub lacks: Vec<Lack>,
    /// Every certificate that was given, those that end first first.
    pub inventory: Vec<Listed>,
}

impl Graph {
    /// Joins everything that was given.
    #[must_use]
    pub fn build(model: &Model, attachment: &Attachment, settings: &Settings) -> Self {
        let landings = Landing::all(model, settings);
        let deliveries = Delivery::all(model, attachment, &landings);
        let entrances = Entrance::all(model, &landings);
        let barriers = Barrier::all(model, attachment, &landings, &deliveries);
        let published = Published::all(model, attachment, &landings);
        let mut graph = Self {
            landings,
            deliveries,
            destinations: Destinations::of(model),
            misnamed: Vec::new(),
            exposures: Vec::new(),
            bypasses: Vec::new(),
            coverage: Vec::new(),
            idle: Vec::new(),
            journeys: Vec::new(),
            entrances,
            published,
            misfits: Vec::new(),
            barriers,
            unanswered: Unanswered::all(model),
            wiring: Wiring::of(model, settings),
            scrapes: Vec::new(),
            secure_jobs: Vec::new(),
            proxies: Proxy::all(model, attachment, settings),
            lacks: Vec::new(),
            inventory: Vec::new(),
        };
        (graph.scrapes, graph.secure_jobs) = Scrape::all(model, &graph.proxies);
        graph.lacks = Lack::all(model, attachment, &graph.entrances, settings);
        graph.exposures = Exposure::all(model, attachment, &graph);
        graph.bypasses = Bypass::all(model, attachment, &graph);
        (graph.coverage, graph.idle) = coverage::coverage(model, attachment, &graph);
        let materials = Materials::of(model, settings);
        graph.inventory = inventory::list(model, attachment, &materials);
        graph.misfits = Misfit::all(model, attachment, &graph, &materials, settings);
        let ways = (graph.landings.as_slice(), graph.deliveries.as_slice());
        graph.misnamed = Misnamed::all(model, attachment, ways, &materials);
        graph.journeys = Journey::all(model, attachment, &graph, &materials, settings);
        graph
    }

    /// Everything that is wrong on any way, with the way.
    pub fn flaws(&self) -> impl Iterator<Item = (&Journey, &Flaw)> {
        self.journeys
            .iter()
            .flat_map(|journey| journey.flaws.iter().map(move |flaw| (journey, flaw)))
    }

    /// The workloads behind Service `service`, all as indexes.
    #[must_use]
    pub fn behind(&self, service: usize) -> BTreeSet<usize> {
        let pods = self
            .landings_of(service)
            .flat_map(|landing| match &landing.target {
                Target::Pods(pods) => pods.as_slice(),
                _ => &[],
            });
        pods.map(|pod| pod.workload).collect()
    }

    /// The scrapes of which it is certain that the job keeps the target.
    pub fn certain_scrapes(&self) -> impl Iterator<Item = &Scrape> {
        self.scrapes.iter().filter(|scrape| scrape.is_certain)
    }

    /// Where each port of Service `service`, an index into the model, ends.
    pub fn landings_of(&self, service: usize) -> impl Iterator<Item = &Landing> {
        let first = self
            .landings
            .partition_point(|landing| landing.service < service);
        let own = self.landings[first..].iter();
        own.take_while(move |landing| landing.service == service)
    }

    /// Where port `port` of Service `service` ends, both as indexes.
    #[must_use]
    pub fn landing(&self, service: usize, port: usize) -> Option<&Landing> {
        let at = self
            .landings
            .binary_search_by_key(&(service, port), |landing| (landing.service, landing.port));
        at.ok().map(|at| &self.landings[at])
    }
}
