use crate::attach::grant::Refusal;
use crate::attach::listener::Resolved;
use crate::attach::route::BackendOutcome;
use crate::finding::Findings;
use crate::model::GATEWAY_API;
use crate::model::reference::Reference;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "missing-grant",
    severity: Severity::Error,
    page: page!("route/missing-grant"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for backend in &world.attachment.backends {
        let BackendOutcome::Refused(refusal) = &backend.outcome else {
            continue;
        };
        let reference = backend.written(world.model);
        let route = &world.model.routes[backend.route];
        let from = (route.kind.name(), route.object.namespace());
        say(findings, reference, ("Service", from.1), from, refusal);
    }
    for facts in &world.attachment.listeners {
        let gateway = &world.model.gateways[facts.gateway];
        let references = facts
            .written(world.model)
            .tls
            .iter()
            .flat_map(|tls| &tls.certificates);
        for (certificate, reference) in facts.certificates.iter().zip(references) {
            let Resolved::Refused(refusal) = &certificate.secret else {
                continue;
            };
            let own = gateway.object.namespace();
            say(
                findings,
                reference,
                ("Secret", own),
                ("Gateway", own),
                refusal,
            );
        }
    }
}

fn say(
    findings: &mut Findings,
    reference: &Reference,
    to: (&str, &str),
    from: (&str, &str),
    refusal: &Refusal,
) {
    let namespace = reference.namespace_or(to.1);
    let at = reference
        .namespace
        .as_ref()
        .map_or(reference.span, |namespace| namespace.span);
    let message = format!(
        "no ReferenceGrant in `{namespace}` lets a {} of `{}` refer to this {}",
        from.0, from.1, to.0
    );
    let finding = findings.at(at, message);
    if let Some((span, part)) = &refusal.nearest {
        finding.also(*span, part.clone());
    }
    finding.help(format!(
        "add a ReferenceGrant to `{namespace}`: from group `{GATEWAY_API}`, kind `{}`, namespace `{}`; to group `\"\"`, kind `{}`, name `{}`",
        from.0,
        from.1,
        to.0,
        reference.name()
    ));
}
