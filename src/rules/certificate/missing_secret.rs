use crate::attach::Absent;
use crate::attach::listener::Resolved;
use crate::finding::Findings;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;
use crate::source::Span;

pub(super) static RULE: Rule = Rule {
    name: "missing-secret",
    severity: Severity::Error,
    page: page!("certificate/missing-secret"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for facts in &world.attachment.listeners {
        let gateway = &world.model.gateways[facts.gateway];
        let written = facts.written(world.model).tls.iter();
        let references = written.flat_map(|tls| &tls.certificates);
        for (reference, certificate) in references.zip(&facts.certificates) {
            let namespace = reference.namespace_or(gateway.object.namespace());
            let name = reference.name();
            match &certificate.secret {
                Resolved::Absent(Absent::Missing) => {
                    let finding = findings.at(
                        certificate.said,
                        format!("there is no Secret `{name}` in namespace `{namespace}`"),
                    );
                    finding.help("create it, or name the one that holds the certificate");
                    for (span, other) in elsewhere(world, name) {
                        finding.also(span, format!("one of that name is in namespace `{other}`"));
                    }
                }
                Resolved::Absent(Absent::Outside) => {
                    // What cert-manager will make elsewhere is a matter of `certificate-drift`.
                    let ordered = world
                        .model
                        .orders
                        .iter()
                        .any(|order| order.made_name() == Some(name));
                    let near = elsewhere(world, name).into_iter().next();
                    let Some((span, other)) = near.filter(|_| !ordered) else {
                        continue;
                    };
                    findings
                        .at(
                            certificate.said,
                            format!("Secret `{name}` is looked for in namespace `{namespace}`"),
                        )
                        .severity(Severity::Note)
                        .also(span, format!("the one that was given is in `{other}`"))
                        .help("if it is this one, say `namespace` in the reference and allow it by a ReferenceGrant");
                }
                _ => {}
            }
        }
    }
}

/// Secrets of that name in any namespace.
fn elsewhere<'w>(world: &World<'w>, name: &str) -> Vec<(Span, &'w str)> {
    let secrets = world.model.secrets.iter();
    secrets
        .filter(|secret| secret.object.name() == name)
        .map(|secret| (secret.object.name_span(), secret.object.namespace()))
        .take(3)
        .collect()
}
