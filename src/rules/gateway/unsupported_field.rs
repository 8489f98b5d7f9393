use crate::attach::Standing;
use crate::attach::listener::ListenerFacts;
use crate::finding::Findings;
use crate::finding::Fix;
use crate::finding::Safety;
use crate::finding::addition;
use crate::model::GATEWAY_API;
use crate::model::reference::Reference;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Channel;
use crate::settings::Severity;
use crate::settings::Version;

pub(super) static RULE: Rule = Rule {
    name: "unsupported-field",
    severity: Severity::Error,
    page: page!("gateway/unsupported-field"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for facts in &world.attachment.listeners {
        listener(world, facts, findings);
        let tls = facts.written(world.model).tls.iter();
        for reference in tls.flat_map(|tls| &tls.certificates) {
            not_a_secret(world, facts.gateway, reference, findings);
        }
        kinds(world, facts, findings);
    }
    for (at, gateway) in world.model.gateways.iter().enumerate() {
        if let Some(reference) = &gateway.client_certificate {
            not_a_secret(world, at, reference, findings);
        }
    }
    frontends(world, findings);
    let sets = &world.attachment.listener_sets;
    for (set, facts) in world.model.listener_sets.iter().zip(sets) {
        if facts.standing == Standing::Unsupported
            && let Some(gateway) = facts.gateway
        {
            let profile = world.attachment.gateways[gateway].profile;
            let message = format!("{} serves no {}", profile.name, set.object.kind);
            let finding = findings.at(set.object.kind.span, message);
            world.show_class(finding, gateway);
            finding.help("write its listeners into the Gateway");
        }
    }
    for parent in &world.attachment.parents {
        if let Some(gateway) = parent.gateway {
            version(world, parent.route, gateway, findings);
        }
    }
}

/// A protocol that nobody serves, or more certificates than are taken.
fn listener(world: &World<'_>, facts: &ListenerFacts, findings: &mut Findings) {
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
        let finding = findings.at(protocol.span, message);
        world.show_class(finding, facts.gateway);
        finding.help("use a protocol that it serves: for OTLP `HTTPS`");
    }
    let certificates = listener.tls.iter().flat_map(|tls| &tls.certificates);
    if let Some(reference) = certificates.clone().nth(profile.max_certificates) {
        let message = format!(
            "{} takes {} of `certificateRefs`, and this listener names {}",
            profile.name,
            profile.max_certificates,
            certificates.count()
        );
        let finding = findings.at(reference.span, message);
        world.show_class(finding, facts.gateway);
        finding.help("name fewer: one certificate may carry several names");
    }
}

/// A certificate that is named in something other than a Secret.
fn not_a_secret(world: &World<'_>, gateway: usize, reference: &Reference, findings: &mut Findings) {
    let profile = world.attachment.gateways[gateway].profile;
    let is_secret = reference.group_or("").is_empty() && reference.kind_or("Secret") == "Secret";
    if is_secret || !profile.takes_secrets_only {
        return;
    }
    let written = [&reference.kind, &reference.group];
    let written = written
        .into_iter()
        .flatten()
        .find(|own| own.value != "Secret");
    let message = format!("{} takes certificates from Secrets only", profile.name);
    let finding = findings.at(written.map_or(reference.span, |own| own.span), message);
    world.show_class(finding, gateway);
    finding.help("name a Secret: `kind: Secret`, and no `group`");
}

/// Entries of `allowedRoutes.kinds` that the listener cannot carry.
fn kinds(world: &World<'_>, facts: &ListenerFacts, findings: &mut Findings) {
    let profile = world.attachment.gateways[facts.gateway].profile;
    let listener = facts.written(world.model);
    for kind in facts.refused_kinds.iter().filter(|_| facts.is_supported) {
        let reference = &listener.allowed.kinds[*kind];
        let kind = reference.kind_or("");
        let is_unnamed = profile.group_of_kinds.is_empty() && reference.group.is_none();
        let message = match is_unnamed {
            true => format!("{} passes over a kind without `group`", profile.name),
            false => format!(
                "a listener of protocol `{}` carries no `{kind}` with {}",
                listener.protocol(),
                profile.name
            ),
        };
        let span = reference
            .kind
            .as_ref()
            .map_or(reference.span, |kind| kind.span);
        let finding = findings.at(span, message);
        world.show_class(finding, facts.gateway);
        if is_unnamed {
            finding.help(format!("add `group: {GATEWAY_API}`"));
            let edit = addition::key(world.sources, reference.span, "group", GATEWAY_API);
            finding.fix = edit.map(|edit| Fix::one("add the group", Safety::Safe, edit));
        } else {
            finding.help(
                "name a kind that the protocol carries, or leave `kinds` out to take all of them",
            );
        }
    }
}

/// How clients are verified, where that is not obeyed.
fn frontends(world: &World<'_>, findings: &mut Findings) {
    let gateways = world.model.gateways.iter().zip(&world.attachment.gateways);
    for (at, (gateway, facts)) in gateways.enumerate() {
        let Some(frontend) = &gateway.frontend else {
            continue;
        };
        let profile = facts.profile;
        let validations = frontend.default.iter();
        let validations = validations
            .chain(frontend.per_port.iter().flat_map(|entry| &entry.validation))
            .collect::<Vec<_>>();
        if validations.is_empty() {
            continue;
        }
        if profile.obeys_frontend(&world.settings.assume) == Some(false) {
            let who = match (profile.version)(&world.settings.assume) {
                Some(version) => format!("{} {version}", profile.name),
                None => profile.name.to_owned(),
            };
            let message = format!("{who} does not read `spec.tls.frontend`: anyone may connect");
            let finding = findings.at(frontend.span, message);
            world.show_class(finding, at);
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
                world.show_class(finding, at);
                finding.help("put all authorities into one ConfigMap, one after the other");
            }
        }
    }
}

/// A route in a version from which the implementation does not get it: it asks the API server for another, which a bundle
/// that serves this one may not serve.
fn version(world: &World<'_>, route: usize, gateway: usize, findings: &mut Findings) {
    let route = &world.model.routes[route];
    let profile = world.attachment.gateways[gateway].profile;
    let assume = &world.settings.assume;
    let own = (profile.version)(assume);
    let (Some(asked), Some(written)) = (
        (profile.asks_for)(route.kind, own),
        &route.object.api_version,
    ) else {
        return;
    };
    // v1 came with bundle 1.5; its standard channel serves nothing else, that of the bundles before no TLSRoute at all.
    let stable = Version::new(1, 5);
    let is_old = assume.gateway_api.is_some_and(|bundle| bundle < stable);
    let (why, is_certain) = match (asked, route.object.version()) {
        ("v1", _) if is_old => ("which no bundle before 1.5 serves", true),
        ("v1alpha2", "v1") if assume.channel != Some(Channel::Experimental) => (
            "which the standard channel of Gateway API does not serve",
            assume.channel == Some(Channel::Standard),
        ),
        _ => return,
    };
    let who = match own {
        Some(version) => format!("{} {version}", profile.name),
        None => profile.name.to_owned(),
    };
    let kind = route.kind.name();
    let message = format!("{who} asks for {kind} `{asked}`, {why}: it never sees this route");
    let finding = findings.at(written.span, message);
    if !is_certain {
        finding.severity(Severity::Warning);
    }
    world.show_class(finding, gateway);
    finding.help(match asked {
        "v1" => "install Gateway API 1.5 or later",
        _ => "install the experimental channel, or a version that asks for `v1`",
    });
}
