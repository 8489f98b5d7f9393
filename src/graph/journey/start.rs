//! What keeps a Collector from starting: its configuration, the files of its TLS; and what keeps its Pod from being ready.
//!
//! Source: collector, config/configtls/configtls.go `LoadTLSConfig`: the files are read, and the pair is tried, at the start;
//! `otelcol validate` does neither.

use super::FlawKind;
use super::Landed;
use super::walk::Walk;
use crate::graph::wiring::Found;
use crate::model::collector::Build;
use crate::model::collector::Collector;
use crate::model::collector::Extent;
use crate::model::collector::component;
use crate::model::collector::component::LISTED;
use crate::model::collector::component::Standing;
use crate::model::collector::section::Tls;
use crate::model::run::Run;
use crate::source::Span;

/// What a collector of its version refuses at the start, and where: in its configuration, among its components, or when it
/// resolves what they ask for.
pub(super) fn stop(run: &Run) -> Option<(Span, String)> {
    let collector = &run.collector;
    if collector.extent != Extent::Whole {
        return None;
    }
    let mut faults = collector.faults.iter();
    let refused = faults.find(|fault| fault.is_fatal(run.build.minor));
    let refused = refused.map(|fault| match fault.said.as_str() {
        "" => (fault.span, fault.message.clone()),
        said => (fault.span, said.to_owned()),
    });
    refused
        .or_else(|| unknown(run))
        .or_else(|| unresolved(collector))
}

/// The first component that the build does not have.
fn unknown(run: &Run) -> Option<(Span, String)> {
    let Build {
        distribution: Some(distribution),
        minor: Some(minor),
    } = run.build
    else {
        return None;
    };
    run.collector.components().find_map(|(role, id, _)| {
        let standing = component::standing(role, &id.kind, Some(distribution), Some(minor));
        let is_there = match standing {
            Standing::Present | Standing::Renamed { .. } | Standing::Unheard(_) => true,
            // A newer one may have it.
            Standing::Elsewhere(_) => minor > *LISTED.end(),
            Standing::TooNew { .. } | Standing::Removed { .. } => false,
        };
        let said = || {
            format!(
                "'{}' unknown type: \"{}\" for id: \"{}\"",
                role.section(),
                id.kind,
                id.value
            )
        };
        (!is_there).then(|| (id.span, said()))
    })
}

/// The first extension that a component asks for and that is not started.
fn unresolved(collector: &Collector) -> Option<(Span, String)> {
    let mut askings = collector.live_askings();
    let lacking = askings.find(|asking| !collector.may_start(&asking.extension))?;
    let (noun, id) = (lacking.purpose.noun(), &lacking.extension);
    let said = format!(
        "failed to resolve {noun} \"{}\": {noun} not found",
        id.value
    );
    Some((id.span, said))
}

impl Walk<'_> {
    /// Why the collector `run` does not start with its configuration, and where.
    pub(super) fn stopped(&self, run: usize) -> Option<(Span, String)> {
        self.stops.get(run)?.clone()
    }

    /// What keeps the collector that a signal comes to from taking it: it does not start, has no Pods, or none that is ever
    /// ready.
    pub(super) fn not_receiving(&self, landed: Landed) -> Option<(Span, FlawKind)> {
        if let Some((at, said)) = self.stopped(landed.run) {
            return Some((at, FlawKind::NotReceiving { said }));
        }
        if let Some(at) = self.is_scaled_to_nothing(landed.run) {
            return Some((at, FlawKind::NoReplicas));
        }
        let tls = landed.server(self.model).tls.given();
        let refusal = tls.and_then(|tls| self.refusal(landed.run, tls));
        match refusal {
            Some((at, FlawKind::NotStarting { said, .. })) => {
                return Some((at, FlawKind::NotReceiving { said }));
            }
            Some(other) => return Some(other),
            None => {}
        }
        let mut unanswered = self.graph.unanswered.iter();
        let probed = unanswered.find(|probed| probed.run == landed.run)?;
        let container = self.model.runs[landed.run].container(self.model)?;
        let probe = container.probes.get(*probed.probes.first()?)?;
        Some((probe.port.span(), FlawKind::NotReady { port: probed.port }))
    }

    /// What says that the collector has no Pods, where nothing scales it.
    fn is_scaled_to_nothing(&self, run: usize) -> Option<Span> {
        let workload = self.model.runs[run].workload(self.model)?;
        let none = workload
            .replicas
            .as_ref()
            .filter(|_| workload.copies() == Some(0))?;
        let mut autoscalers = self.model.autoscalers.iter();
        let is_scaled = autoscalers.any(|own| own.scales(workload, self.model));
        (!is_scaled).then_some(none.span)
    }

    /// Why the collector `run` does not start with `tls` of one of its components, and where.
    pub(super) fn refusal(&self, run: usize, tls: &Tls) -> Option<(Span, FlawKind)> {
        let no_start = |at: Span, said: String| {
            let related = Vec::new();
            (at, FlawKind::NotStarting { said, related })
        };
        let (certificate, key) = match (tls.certificate(), tls.key()) {
            (Some(half), None) | (None, Some(half)) => {
                let said = "TLS configuration must include both certificate and key".to_owned();
                return Some(no_start(half.span, said));
            }
            (certificate, key) => (certificate, key),
        };
        for (field, file) in tls.files() {
            if self.is_nowhere(file.span) {
                let said = format!("the file of `{field}` is not there");
                return Some(no_start(file.span, said));
            }
        }
        let own = &self.model.runs[run];
        let fits = certificate
            .zip(key)
            .and_then(|(certificate, key)| self.materials.is_pair(certificate, key, own));
        let key = key.filter(|_| fits == Some(false))?;
        let certificate = certificate.map_or(key.span, |certificate| certificate.span);
        Some((key.span, FlawKind::MismatchedPair { certificate }))
    }

    /// Whether the Pod of the collector holds nothing at the path that is written at `said`.
    fn is_nowhere(&self, said: Span) -> bool {
        let mut opened = self.graph.wiring.files.iter();
        opened.any(|file| {
            let is_absent = matches!(
                file.found,
                Found::NoKey { .. }
                    | Found::LeftOut { .. }
                    | Found::Folder { .. }
                    | Found::Unmounted(_)
            );
            file.said == said && is_absent
        })
    }
}
