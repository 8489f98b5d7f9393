use crate::finding::Findings;
use crate::model::collector::dial;
use crate::model::collector::dial::Dropped;
use crate::model::collector::id::Signal;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "ignored-tls-setting",
    severity: Severity::Warning,
    page: page!("exporter/ignored-tls-setting"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for run in &world.model.runs {
        for exporter in &run.collector.exporters {
            let used = Signal::ALL.into_iter().filter(|signal| {
                let mut writers = run.collector.writers(&exporter.id);
                writers.any(|pipeline| pipeline.signal() == *signal)
            });
            let dials: Vec<_> = used
                .filter_map(|signal| dial::dial(&run.collector, exporter, signal).ok())
                .collect();
            let Some((first, rest)) = dials.split_first() else {
                continue;
            };
            // What one signal uses is not ignored.
            for dropped in first
                .dropped
                .iter()
                .filter(|dropped| rest.iter().all(|dial| dial.dropped.contains(dropped)))
            {
                say(dropped, findings);
            }
        }
    }
}

fn say(dropped: &Dropped, findings: &mut Findings) {
    findings
        .at(
            dropped.span,
            format!(
                "`{}` has no effect, because {}",
                dropped.field, dropped.reason
            ),
        )
        .help(match dropped.field {
            "insecure" => "take it away: TLS is spoken, and that is what the CA is for",
            "include_system_ca_certs_pool" => {
                "take it away, or give the CA that it shall be added to"
            }
            _ => {
                "take it away, or speak TLS: without `insecure: true`, and to `https://` over HTTP"
            }
        });
}
