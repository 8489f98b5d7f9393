use crate::finding::Findings;
use crate::model::collector::dial;
use crate::model::collector::dial::Security;
use crate::model::collector::endpoint::Host;
use crate::model::collector::id::Signal;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "unverified-server",
    severity: Severity::Error,
    page: page!("exporter/unverified-server"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for run in &world.model.runs {
        for exporter in run.collector.running_exporters() {
            let Some(client) = &exporter.client else {
                continue;
            };
            let skip = client.skips_verification();
            let Some(span) = skip.span().filter(|_| skip.is_true()) else {
                continue;
            };
            let dials = Signal::ALL
                .into_iter()
                .filter_map(|signal| dial::dial(&run.collector, exporter, signal).ok());
            let reached: Vec<Host> = dials
                .filter(|dial| matches!(&dial.security, Security::Tls(tls) if tls.verifies == Some(false)))
                .map(|dial| dial.host)
                .collect();
            if reached.is_empty() && !client.is_template {
                continue;
            }
            let finding = findings.at(
                span,
                format!(
                    "the exporter `{}` sends to whoever answers: the server is not verified",
                    exporter.id.value
                ),
            );
            if !reached.iter().any(Host::is_public) {
                finding.severity(Severity::Warning);
            }
            finding
                .help("take it away and give the server's CA as `ca_file`; if its name differs from the endpoint's, give `server_name_override`");
        }
    }
}
