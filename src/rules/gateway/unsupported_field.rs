use crate::attach::Standing;
use crate::attach::profile::Profile;
use crate::finding::Findings;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "unsupported-field",
    severity: Severity::Error,
    page: page!("gateway/unsupported-field"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for facts in &world.attachment.listeners {
        let profile = world.attachment.gateways[facts.gateway].profile;
        let listener = facts.written(world.model);
        if let Some(protocol) = &listener.protocol
            && !facts.is_supported
            && profile.is_known()
        {
            let message = format!(
                "{} serves no listener of protocol `{protocol}`",
                profile.name
            );
            findings.at(protocol.span, message);
        }
        for kind in facts.refused_kinds.iter().filter(|_| facts.is_supported) {
            let kind = &listener.allowed.kinds[*kind];
            let message = format!(
                "a listener of protocol `{}` carries no `{}` with {}",
                listener.protocol(),
                kind.kind_or(""),
                profile.name
            );
            let span = kind.kind.as_ref().map_or(kind.span, |kind| kind.span);
            findings.at(span, message).help(
                "name a kind that the protocol carries, or leave `kinds` out to take all of them",
            );
        }
        let certificates = listener.tls.iter().flat_map(|tls| &tls.certificates);
        if let Some(reference) = certificates.clone().nth(profile.max_certificates) {
            let message = format!(
                "{} takes {} of `certificateRefs`, and this listener names {}",
                profile.name,
                profile.max_certificates,
                certificates.count()
            );
            findings.at(reference.span, message);
        }
    }
    frontends(world, findings);
    for (set, facts) in world
        .model
        .listener_sets
        .iter()
        .zip(&world.attachment.listener_sets)
    {
        if facts.standing == Standing::Unsupported
            && let Some(gateway) = facts.gateway
        {
            let profile = world.attachment.gateways[gateway].profile;
            let message = format!("{} serves no {}", profile.name, set.object.kind);
            let finding = findings.at(set.object.kind.span, message);
            finding.help("write its listeners into the Gateway");
        }
    }
}

/// How clients are verified, where that is not obeyed.
fn frontends(world: &World<'_>, findings: &mut Findings) {
    for (gateway, facts) in world.model.gateways.iter().zip(&world.attachment.gateways) {
        let Some(frontend) = &gateway.frontend else {
            continue;
        };
        let profile: &Profile = facts.profile;
        let validations = frontend.default.iter();
        let validations = validations
            .chain(frontend.per_port.iter().flat_map(|entry| &entry.validation))
            .collect::<Vec<_>>();
        if validations.is_empty() {
            continue;
        }
        if profile.obeys_frontend(&world.settings.assume) == Some(false) {
            let message = match (profile.version)(&world.settings.assume) {
                Some(version) => format!(
                    "{} {version} does not read `spec.tls.frontend`: anyone may connect",
                    profile.name
                ),
                None => format!(
                    "{} does not read `spec.tls.frontend`: anyone may connect",
                    profile.name
                ),
            };
            let finding = findings.at(frontend.span, message);
            if let Some(class) = &gateway.class {
                finding.also(
                    class.span,
                    format!("this class is served by {}", profile.name),
                );
            }
            finding.help(profile.mechanism);
            continue;
        }
        for validation in validations {
            if let Some(reference) = validation.authorities.get(profile.max_authorities) {
                let message = format!(
                    "{} takes {} of `caCertificateRefs`, and this names {}",
                    profile.name,
                    profile.max_authorities,
                    validation.authorities.len()
                );
                let finding = findings.at(reference.span, message);
                finding.help("put all authorities into one ConfigMap, one after the other");
            }
        }
    }
}
