use crate::finding::Findings;
use crate::model::collector::dial;
use crate::model::collector::dial::Dial;
use crate::model::collector::dial::Failure;
use crate::model::collector::dial::NoDial;
use crate::model::collector::dial::Security;
use crate::model::collector::exporter::Client;
use crate::model::collector::id::Signal;
use crate::model::collector::receiver::Transport;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;
use crate::source::Span;

pub(super) static RULE: Rule = Rule {
    name: "credentials-without-tls",
    severity: Severity::Error,
    page: page!("exporter/credentials-without-tls"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for run in &world.model.runs {
        for exporter in run.collector.running_exporters() {
            let Some(client) = &exporter.client else {
                continue;
            };
            let dials = Signal::ALL.into_iter();
            let mut dials = dials.map(|signal| dial::dial(&run.collector, exporter, signal));
            match dials.find(has_endpoint) {
                Some(Err(NoDial::Fails {
                    failure: Failure::Credentials,
                    span,
                    said,
                    related,
                })) => {
                    let finding = findings.at(
                        span,
                        format!(
                            "the exporter `{}` has credentials, but speaks no TLS",
                            exporter.id.value
                        ),
                    );
                    finding.also.extend(related);
                    finding
                        .help("take `insecure: true` away")
                        .help(format!("the Collector does not start: {said}"));
                }
                Some(Ok(dial))
                    if dial.security == Security::Plaintext
                        && dial.transport == Transport::Http =>
                {
                    let Some(span) = credentials(client) else {
                        continue;
                    };
                    let finding = findings.at(
                        span,
                        format!(
                            "the exporter `{}` sends its credentials in clear text",
                            exporter.id.value
                        ),
                    );
                    finding
                        .also(dial.endpoint, "no TLS is spoken to this endpoint")
                        .help("send to `https://`");
                    if !dial.host.is_public() {
                        finding.severity(Severity::Warning);
                    }
                }
                _ => {}
            }
        }
    }
}

/// Whether it is known where to dial.
const fn has_endpoint(dial: &Result<Dial, NoDial>) -> bool {
    !matches!(
        dial,
        Err(NoDial::Fails {
            failure: Failure::Endpoint,
            ..
        })
    )
}

/// Where a client is given credentials.
fn credentials(client: &Client) -> Option<Span> {
    let authenticator = client
        .auth
        .given()
        .and_then(|auth| auth.authenticator.as_ref())
        .map(|id| id.span);
    let header = client
        .headers
        .iter()
        .find(|header| header.name.eq_ignore_ascii_case("authorization"));
    authenticator.or(header.map(|header| header.name.span))
}
