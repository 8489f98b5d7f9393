use crate::attach::listener::Authorities;
use crate::attach::listener::ListenerFacts;
use crate::attach::listener::Resolved;
use crate::finding::Finding;
use crate::finding::Findings;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "missing-client-ca",
    severity: Severity::Error,
    page: page!("gateway/missing-client-ca"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for facts in &world.attachment.listeners {
        let Some((said, Authorities::Missing)) = facts.clients.authorities() else {
            continue;
        };
        let finding = findings.at(
            said,
            "clients are verified against authorities that are nowhere: nobody can connect",
        );
        let tls = facts.written(world.model).tls.iter();
        let mut options = tls.flat_map(|tls| &tls.options);
        if options.any(|option| option.value.span == said) {
            beside(facts, finding);
        } else {
            referred(facts, finding);
        }
        world.show_class(finding, facts.gateway);
    }
}

/// The authorities stand beside the certificate, as the option of Istio has it.
fn beside(facts: &ListenerFacts, finding: &mut Finding) {
    for certificate in &facts.certificates {
        finding.also(
            certificate.said,
            "neither this Secret nor its `-cacert` holds `ca.crt` or `cacert`",
        );
    }
    finding.help("add `ca.crt` to a Secret named like the certificate's with `-cacert` behind it");
}

/// The authorities are referred to, in `spec.tls.frontend` or a policy.
fn referred(facts: &ListenerFacts, finding: &mut Finding) {
    for authority in &facts.authorities {
        let label = match &authority.secret {
            Resolved::Absent(_) => "there is no such object",
            Resolved::Refused(_) => "no ReferenceGrant lets this reference in",
            Resolved::OtherKind => "authorities are not read from objects of this kind",
            _ => "it holds no authorities under a key that is read",
        };
        finding.also(authority.said, label);
    }
    finding.help("let `caCertificateRefs` name an object that holds the authorities as `ca.crt`");
}
