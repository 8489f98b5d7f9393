use std::collections::BTreeSet;

use crate::attach::Absent;
use crate::attach::aim::Aim;
use crate::attach::aim::AimOutcome;
use crate::attach::listener::Clients;
use crate::attach::listener::ListenerFacts;
use crate::attach::listener::Transport;
use crate::attach::owner::Owner;
use crate::finding::Finding;
use crate::finding::Findings;
use crate::finding::Fix;
use crate::model::gateway::Frontend;
use crate::model::gateway::Listener;
use crate::model::gateway::PerPort;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;
use crate::source::Spanned;

pub(super) static RULE: Rule = Rule {
    name: "ineffective-client-validation",
    severity: Severity::Error,
    page: page!("gateway/ineffective-client-validation"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    let gateways = world.model.gateways.iter().zip(&world.attachment.gateways);
    for (at, (gateway, facts)) in gateways.enumerate() {
        let is_obeyed = facts.profile.obeys_frontend(&world.settings.assume) != Some(false);
        let Some(frontend) = gateway.frontend.as_ref().filter(|_| is_obeyed) else {
            continue;
        };
        other_protocol(world, at, findings);
        for entry in &frontend.per_port {
            if let Some(port) = &entry.port {
                other_port(world, at, (frontend, entry), port, findings);
            }
        }
    }
    nobody(world, findings);
    for aim in &world.attachment.aims {
        let policy = &world.model.client_traffic_policies[aim.policy];
        if policy.validation.is_some() {
            missed(world, aim, findings);
        }
    }
}

/// A ClientTrafficPolicy asks for certificates of no authority.
fn nobody(world: &World<'_>, findings: &mut Findings) {
    for policy in &world.model.client_traffic_policies {
        let validation = policy.validation.iter();
        for validation in validation.filter(|own| own.authorities.is_empty() && !own.pins) {
            // `optional-client-certificate` speaks of modes that verify no authority.
            let mode = validation.mode.as_ref();
            if mode.is_none_or(|mode| mode.value == "RequireAndVerify") {
                findings
                    .at(
                        validation.span,
                        "this names no authority to verify clients against, so nobody is verified",
                    )
                    .help("name one in `caCertificateRefs`: a Secret or ConfigMap with `ca.crt`");
            }
        }
    }
}

/// The listeners of a Gateway and of its ListenerSets.
fn served<'w>(world: &World<'w>, gateway: usize) -> &'w [ListenerFacts] {
    &world.attachment.listeners[world.attachment.gateways[gateway].served.clone()]
}

fn is_https(listener: &ListenerFacts, world: &World<'_>) -> bool {
    listener.written(world.model).protocol() == "HTTPS"
}

/// A listener ends TLS, and not HTTPS: `spec.tls.frontend` is not for it.
fn other_protocol(world: &World<'_>, at: usize, findings: &mut Findings) {
    let (gateway, facts) = (&world.model.gateways[at], &world.attachment.gateways[at]);
    let is_alone = !served(world, at).iter().any(|own| is_https(own, world));
    for listener in served(world, at) {
        let written = listener.written(world.model);
        let (Some(protocol), Some(port)) = (&written.protocol, &written.port) else {
            continue;
        };
        let ends_tls = protocol.value == "TLS" && listener.transport == Transport::Terminate;
        let Some(validation) = gateway.validation(port.value).flatten() else {
            continue;
        };
        let is_open = matches!(listener.clients, Clients::Anyone | Clients::Unheeded { .. });
        if !ends_tls || !is_open {
            continue;
        }
        let mut entries = gateway.frontend.iter().flat_map(|own| &own.per_port);
        let is_meant = is_alone || entries.any(|entry| entry.port.as_ref() == Some(port));
        let is_certain = facts.profile.verifies_https_only;
        let message = match is_certain {
            true => {
                "anyone may connect to this listener: `spec.tls.frontend` is for HTTPS listeners only"
            }
            false => {
                "by the standard `spec.tls.frontend` is for HTTPS listeners only: this one may be open to anyone"
            }
        };
        let finding = findings.at(protocol.span, message);
        if !is_certain || !is_meant {
            finding.severity(Severity::Warning);
        }
        finding.also(validation.span, "this verifies nobody there");
        world.show_class(finding, at);
        finding.help("use protocol `HTTPS`, which carries GRPCRoute and HTTPRoute");
        if facts.profile.obeys_client_traffic_policy {
            finding.help("or verify clients by a ClientTrafficPolicy, which is for both");
        }
    }
}

/// An entry is for a port on which no HTTPS listener listens.
fn other_port(
    world: &World<'_>,
    at: usize,
    (frontend, entry): (&Frontend, &PerPort),
    port: &Spanned<i64>,
    findings: &mut Findings,
) {
    let gateway = &world.model.gateways[at];
    let is_on = |own: &Listener| own.port.as_ref() == Some(port);
    let listeners = served(world, at).iter();
    let (https, others): (Vec<_>, Vec<_>) = listeners.partition(|own| is_https(own, world));
    let mut taken = others.iter().map(|own| own.written(world.model));
    let ends_tls = |own: &Listener| own.protocol() == "TLS" && !own.passes_through();
    // ListenerSets that were not given may listen there.
    let allowed = gateway.allowed_listeners.from.as_ref();
    let may_be_elsewhere = allowed.is_some_and(|from| from.value != "None")
        && !world.settings.closed.covers("ListenerSet");
    // A patch of a Gateway says only what it changes.
    let is_whole = !gateway.listeners.is_empty();
    let is_used = https.iter().any(|own| is_on(own.written(world.model)));
    if !is_whole
        || is_used
        || may_be_elsewhere
        || taken.clone().any(|own| is_on(own) && ends_tls(own))
    {
        return;
    }
    let message = format!("this entry is for nobody: no HTTPS listener has port {port}");
    let finding = findings.at(port.span, message);
    if let Some(other) = taken.find(|own| is_on(own)) {
        let label = format!("port {port} is of protocol `{}`", other.protocol());
        finding.also(other.name_span(), label);
    }
    let mut is_open = false;
    for own in https
        .iter()
        .filter(|own| matches!(own.clients, Clients::Anyone))
    {
        is_open = true;
        finding.also(
            own.written(world.model).name_span(),
            "this listener is open",
        );
    }
    if !is_open || entry.validation.is_none() || frontend.default.is_some() {
        finding.severity(Severity::Warning);
    }
    world.show_class(finding, at);
    let ports = https
        .iter()
        .filter_map(|own| own.written(world.model).port.as_ref());
    let ports: BTreeSet<i64> = ports.map(|port| port.value).collect();
    offer(finding, port, &ports.into_iter().collect::<Vec<_>>());
}

/// Offers the ports of the HTTPS listeners instead of `port`.
fn offer(finding: &mut Finding, port: &Spanned<i64>, ports: &[i64]) {
    match ports {
        [] => {
            finding.help("give the Gateway an HTTPS listener on that port, or take the entry out")
        }
        [only] => finding
            .help(format!("the HTTPS listeners have port {only}"))
            .fix(Fix::replace(port.span, &only.to_string())),
        several => {
            let several: Vec<_> = several.iter().map(ToString::to_string).collect();
            let several = several.join(", ");
            finding.help(format!("the HTTPS listeners have ports {several}"))
        }
    };
}

/// A ClientTrafficPolicy aims at nothing.
fn missed(world: &World<'_>, aim: &Aim, findings: &mut Findings) {
    let (model, target) = (world.model, aim.written(world.model));
    let policy = &model.client_traffic_policies[aim.policy];
    let namespace = policy.object.namespace();
    let name = target.name();
    match aim.outcome {
        AimOutcome::Met { .. } | AimOutcome::Unknown => {}
        AimOutcome::Unread { gateway } => {
            let profile = world.attachment.gateways[gateway].profile;
            let message = format!(
                "{} reads no ClientTrafficPolicy: no client certificate is asked for",
                profile.name
            );
            let finding = findings.at(target.name_span(), message);
            world.show_class(finding, gateway);
            finding.help(profile.mechanism);
        }
        AimOutcome::NoListener(owner) => unknown_section(world, aim, owner, findings),
        AimOutcome::Elsewhere { gateway } => {
            let given = &model.gateways[gateway].object;
            let message = format!(
                "there is no Gateway `{name}` in `{namespace}`, and a policy is for its own namespace only"
            );
            let finding = findings.at(target.name_span(), message);
            if Absent::of("Gateway", namespace, world.settings) == Absent::Outside {
                finding.severity(Severity::Warning);
            }
            finding.also(
                given.name_span(),
                format!("this one stands in `{}`", given.namespace()),
            );
            finding.help(format!("move the policy to `{}`", given.namespace()));
        }
        AimOutcome::Absent(absent) => {
            let kind = target.kind_or("Gateway");
            let near = model.gateways.similar(namespace, name);
            let near = near.filter(|_| kind == "Gateway");
            if absent == Absent::Outside && near.is_none() {
                return;
            }
            let message = match absent {
                Absent::Missing => format!(
                    "there is no {kind} `{name}` in `{namespace}`: this policy verifies nobody"
                ),
                Absent::Outside => {
                    format!("no {kind} `{name}` was given, but one of nearly that name")
                }
            };
            let finding = findings.at(target.name_span(), message);
            if absent == Absent::Outside {
                finding.severity(Severity::Warning);
            }
            if let Some(near) = near {
                finding.also(near.object.name_span(), "this one was");
                finding.meant(near.object.name());
            }
        }
    }
}

fn unknown_section(world: &World<'_>, aim: &Aim, owner: Owner, findings: &mut Findings) {
    let Some(section) = &aim.written(world.model).section else {
        return;
    };
    let object = owner.object(world.model);
    let names = owner.listeners(world.model).iter().map(Listener::name);
    let message = format!(
        "the {} has no listener `{section}`: this policy verifies nobody",
        object.kind
    );
    let finding = findings.at(section.span, message);
    finding.also(
        object.name_span(),
        format!("the {} that is named", object.kind),
    );
    let gateway = match owner {
        Owner::Gateway(at) => Some(at),
        Owner::ListenerSet(at) => world.attachment.listener_sets[at].gateway,
    };
    if let Some(gateway) = gateway {
        world.show_class(finding, gateway);
    }
    let distance = |name: &str| strsim::osa_distance(name, section);
    let near = names.clone().min_by_key(|name| distance(name));
    match near.filter(|near| distance(near) <= 2) {
        Some(near) => {
            finding.meant(near);
        }
        None => {
            let names: Vec<_> = names.map(|name| format!("`{name}`")).collect();
            finding.help(format!("it has {}", names.join(", ")));
        }
    }
}
