//! How a scraper's connections leave its Pod: through a proxy of its own, or without one.

use std::collections::BTreeSet;

use super::fault::Cause;
use super::fault::Fault;
use super::fault::Verdict;
use super::scraper::Scraper;
use crate::graph::proxy::injection::Injection;
use crate::graph::proxy::outbound;
use crate::model::Model;
use crate::source::Span;

/// How connections leave the scraper's Pod.
pub(super) enum Exit {
    /// Who scrapes, or whether a proxy is injected there, is not known.
    Unknown,
    /// No proxy takes them.
    Free,
    /// The scraper's proxy takes them and hands them on.
    Handed,
    /// The scraper's proxy lets them go to Services only: what says so, and the ports that Services have.
    Registry(Span, BTreeSet<i64>),
}

impl Exit {
    pub(super) fn of(model: &Model, scraper: Option<Scraper>) -> Self {
        let Some(scraper) = scraper else {
            return Self::Unknown;
        };
        let workload = &model.workloads[scraper.workload];
        let (object, pod) = (&workload.object, &workload.pod);
        let injection = Injection::of(model, object, pod);
        if matches!(injection, Injection::No(..)) || outbound::is_free(model, object, pod) {
            return Self::Free;
        }
        if matches!(injection, Injection::Unknown) {
            return Self::Unknown;
        }
        let Some(said) = outbound::registry_only(model, object, &pod.labels) else {
            return Self::Handed;
        };
        let ports = model.services.iter().flat_map(|service| &service.ports);
        let numbers = ports.filter_map(|own| own.port.as_ref());
        Self::Registry(said, numbers.map(|number| number.value).collect())
    }

    /// Whether the scraper certainly speaks without a proxy of the mesh.
    pub(super) const fn is_free(&self) -> bool {
        matches!(self, Self::Free)
    }

    /// What the scraper's own proxy does with a connection to `port` of a Pod; `None` where it is not known to take any.
    pub(super) fn verdict(&self, port: u16) -> Option<Verdict> {
        Some(match self {
            Self::Unknown | Self::Free => return None,
            Self::Handed => Verdict::passes(
                "the scraper's proxy hands it on: nothing that was given says `REGISTRY_ONLY`",
            ),
            Self::Registry(_, ports) if ports.contains(&i64::from(port)) => {
                Verdict::unknown(format!(
                    "where the scraper's proxy leads port {port} under `REGISTRY_ONLY` is not known: a Service has it"
                ))
            }
            Self::Registry(said, _) => Verdict::fails(Fault::new(*said, Cause::BlackHoled)),
        })
    }
}
