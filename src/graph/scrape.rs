//! Who scrapes which Pod: on which port, path and scheme, with which certificate, and whether each hop lets it through.
//!
//! A job is played through as Prometheus does it: service discovery makes targets of Pods, as they are once Istio has
//! injected its proxy, and relabeling keeps some of them and writes their addresses.

use rayon::prelude::*;

use super::policy::Direction;
use super::policy::Policies;
use super::proxy::Kind;
use super::proxy::Proxy;
use super::proxy::injection::Injection;
use super::proxy::interception;
use super::proxy::interception::Mode;
use crate::model::Model;
use crate::model::mesh::ROOT_NAMESPACE;
use crate::model::mesh::authorization::AuthorizationPolicy;
use crate::model::object::selects;
use crate::model::scrape::job::Job;
use crate::source::Span;

pub mod credential;
mod discover;
mod exit;
pub mod fault;
mod find;
mod hop;
mod label;
pub mod pod;
pub mod scraper;
mod target;

use fault::Fault;
use fault::Stage;
use fault::Verdict;
use find::Finder;
use hop::Road;
use pod::Pod;
use pod::PodId;
use scraper::Scraper;
use scraper::Scrapers;

/// One job that scrapes one port of one Pod.
#[derive(Clone, Debug)]
pub struct Scrape {
    /// Where the job stands, as an index into the model's scrapings.
    pub scraping: usize,
    /// Which of its jobs.
    pub job: usize,
    /// Who runs it, if that was given.
    pub scraper: Option<Scraper>,
    /// Whom it scrapes.
    pub pod: PodId,
    /// `http` or `https`; `None` when that is open.
    pub scheme: Option<String>,
    /// The port; `None` when that is open.
    pub port: Option<u16>,
    /// The path; `None` when that is open.
    pub path: Option<String>,
    /// Whether it is certain that the job keeps the target.
    pub is_certain: bool,
    /// The scalars that the port comes from.
    pub said: Vec<Span>,
    /// The scalars that the path comes from.
    pub path_said: Vec<Span>,
    /// Whether the address is one only while the Pod's own is an IPv4 address.
    pub breaks_ipv6: bool,
    /// What every hop does to it, in order.
    pub hops: Vec<Hop>,
}

/// A job that is after secure ports, whether or not a Pod was given that it finds.
#[derive(Clone, Debug)]
pub struct SecureJob {
    /// Where the job stands, as an index into the model's scrapings.
    pub scraping: usize,
    /// Which of its jobs.
    pub job: usize,
    /// Whether it shows what secure ports ask for.
    pub certificate: Verdict,
}

/// The annotations that tell secure ports, as labels spell them.
const SECURE: [&str; 2] = [
    "prometheus_istio_io_secure_port",
    "prometheus_istio_io_secure_envoy_port",
];

/// One hop of a scrape.
#[derive(Clone, Debug)]
pub struct Hop {
    /// Which.
    pub stage: Stage,
    /// What it does.
    pub verdict: Verdict,
}

/// How a scrape ends.
#[derive(Clone, Copy, Debug)]
pub enum End<'s> {
    /// Every hop lets it through.
    Arrives,
    /// A hop stops it.
    Fails(Stage, &'s Fault),
    /// A hop may stop it: what was given does not say.
    Unknown(&'s str),
}

/// What the jobs are played on.
struct Scene<'m> {
    model: &'m Model,
    proxies: &'m [Proxy],
    pods: &'m [Pod<'m>],
    finder: Finder<'m>,
    scrapers: Scrapers<'m>,
    policies: Policies<'m>,
}

impl Scrape {
    /// Every scrape, and every job that is after secure ports, job by job.
    #[must_use]
    pub fn all(model: &Model, proxies: &[Proxy]) -> (Vec<Self>, Vec<SecureJob>) {
        if model.scrapings.is_empty() {
            return Default::default();
        }
        let pods = pod::all(model, proxies);
        let scene = Scene {
            model,
            proxies,
            pods: &pods,
            finder: Finder::of(model, &pods),
            scrapers: Scrapers::of(model),
            policies: Policies::of(model, Direction::Ingress),
        };
        let scrapings = model.scrapings.par_iter().enumerate();
        let jobs = scrapings.flat_map_iter(|(at, scraping)| {
            let jobs = 0..scraping.jobs.len();
            jobs.map(move |job| (at, job))
        });
        let played: Vec<_> = jobs.map(|(at, job)| scene.play(at, job)).collect();
        let (scrapes, secure): (Vec<_>, Vec<_>) = played.into_iter().unzip();
        let scrapes = scrapes.into_iter().flatten().collect();
        (scrapes, secure.into_iter().flatten().collect())
    }

    /// The job.
    #[must_use]
    pub fn written<'m>(&self, model: &'m Model) -> &'m Job {
        &model.scrapings[self.scraping].jobs[self.job]
    }

    /// How it ends: at the first hop that stops it, else at the first that may.
    #[must_use]
    pub fn end(&self) -> End<'_> {
        let stopped = self.hops.iter().find_map(|hop| {
            hop.verdict
                .fault()
                .map(|fault| End::Fails(hop.stage, fault))
        });
        let unknown = self.hops.iter().find_map(|hop| match &hop.verdict {
            Verdict::Unknown(why) => Some(End::Unknown(why)),
            _ => None,
        });
        stopped.or(unknown).unwrap_or(End::Arrives)
    }

    /// What the hop of that stage stops it with.
    #[must_use]
    pub fn fault(&self, stage: Stage) -> Option<&Fault> {
        let hop = self.hops.iter().find(|hop| hop.stage == stage)?;
        hop.verdict.fault()
    }
}

impl Scene<'_> {
    /// What becomes of one job of one scraping.
    fn play(&self, at: usize, job_at: usize) -> (Vec<Scrape>, Option<SecureJob>) {
        let scraping = &self.model.scrapings[at];
        let job = &scraping.jobs[job_at];
        let scraper = self.scrapers.of_scraping(scraping);
        let certificate = credential::verdict(self.model, self.proxies, job, scraper);
        let is_run = self.scrapers.are_sure_to_run(scraping);
        let mut found = self.finder.find(scraping, job, scraper);
        for found in &mut found {
            found.is_certain &= is_run;
        }
        let mut asked = SECURE
            .iter()
            .filter_map(|annotation| job.asks_for(annotation));
        let is_secure = asked.next().is_some() || {
            let mut sure = found.iter().filter(|found| found.is_certain);
            sure.any(|found| self.pods[found.pod].is_secure(self.model, found.port))
        };
        let secure = (is_run && is_secure).then(|| SecureJob {
            scraping: at,
            job: job_at,
            certificate: certificate.clone(),
        });
        let road = Road::of(self.model, &self.policies, job, scraper, certificate);
        let scrapes = found.into_par_iter().map(|found| Scrape {
            scraping: at,
            job: job_at,
            scraper,
            hops: road.hops(&self.pods[found.pod], &found),
            pod: self.pods[found.pod].id,
            scheme: found.scheme,
            port: found.port,
            path: found.path,
            is_certain: found.is_certain,
            said: found.said,
            path_said: found.path_said,
            breaks_ipv6: found.breaks_ipv6,
        });
        (scrapes.collect(), secure)
    }
}

/// What stands between a scrape with mTLS and a secure port, where a sidecar takes the connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// The sidecar ends the TLS itself and hands on plain text; what says so.
    Strict(Span),
    /// A policy lets nobody in whom it does not know; the policy.
    Denied(Span),
}

/// Whether enough was given to say that a port is closed: the mesh's own settings, or some of this proxy's ports.
#[must_use]
pub fn may_judge(model: &Model, proxy: &Proxy) -> bool {
    let tells = !model.mesh_configs.is_empty() || proxy.secure_ports().next().is_some();
    tells && !proxy.is_overlaid
}

/// What keeps a scrape with mTLS from the port, where a sidecar takes the connection.
#[must_use]
pub fn intercepted(model: &Model, proxy: &Proxy, port: i64) -> Option<Flaw> {
    let workload = &model.workloads[proxy.workload.filter(|_| proxy.kind == Kind::Sidecar)?];
    let is_out = matches!(proxy.injection, Injection::No(..));
    if is_out || !interception::takes(model, &workload.object, &workload.pod, port) {
        return None;
    }
    match Mode::of(model, &workload.object, &workload.pod.labels, port) {
        Mode::Strict(said) => Some(Flaw::Strict(said)),
        _ => denied(model, proxy, port).map(Flaw::Denied),
    }
}

/// The AuthorizationPolicy that lets nobody in on `port` who comes without an identity of the mesh: every policy that
/// allows asks for one.
fn denied(model: &Model, proxy: &Proxy, port: i64) -> Option<Span> {
    let object = proxy.object(model)?;
    let is_here = |policy: &&AuthorizationPolicy| {
        let chooses = policy.selector.is_empty() || selects(&policy.selector, proxy.labels(model));
        chooses && !policy.has_target
    };
    let allows = |policy: &&AuthorizationPolicy| {
        let action = policy.action.as_ref();
        action.is_none_or(|action| action.value == "ALLOW")
    };
    let here = |namespace| model.authorization_policies.seen_in(namespace, object);
    let home = object.namespace();
    // Those of the root namespace are for all, and listed once where that is the home.
    let root = here(ROOT_NAMESPACE).filter(|_| home != ROOT_NAMESPACE);
    let policies: Vec<_> = here(home)
        .chain(root)
        .filter(is_here)
        .filter(allows)
        .collect();
    let may_pass = policies
        .iter()
        .flat_map(|policy| &policy.rules)
        .any(|rule| {
            let port = port.to_string();
            let is_port = rule.ports.is_empty() || rule.ports.iter().any(|own| own.value == port);
            !rule.asks_identity && !rule.asks_http && is_port
        });
    let first = policies.first().filter(|_| !may_pass)?;
    Some(first.object.name_span())
}

#[cfg(test)]
mod tests;
