//! What of an exporter's TLS keeps its Collector from starting.
//!
//! Source: collector, config/configtls/configtls.go `LoadTLSConfig`: the files are read, and the pair is tried, at the start;
//! `otelcol validate` does neither.

use super::FlawKind;
use super::walk::Walk;
use crate::graph::wiring::Found;
use crate::model::collector::exporter::Client;
use crate::source::Span;

impl Walk<'_> {
    /// Why the collector `run` does not start with the TLS of `client`, and where.
    pub(super) fn refusal(&self, run: usize, client: &Client) -> Option<(Span, FlawKind)> {
        let no_start = |at: Span, said: String| {
            let related = Vec::new();
            (at, FlawKind::NotStarting { said, related })
        };
        let (certificate, key) = match (client.tls.certificate(), client.tls.key()) {
            (Some(half), None) | (None, Some(half)) => {
                let said = "TLS configuration must include both certificate and key".to_owned();
                return Some(no_start(half.span, said));
            }
            (certificate, key) => (certificate, key),
        };
        for (field, file) in client.tls.files() {
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
