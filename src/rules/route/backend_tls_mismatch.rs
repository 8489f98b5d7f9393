use std::collections::BTreeSet;

use crate::attach::Absent;
use crate::attach::listener::Transport;
use crate::attach::trust::Failing;
use crate::finding::Findings;
use crate::graph::backend_tls::Misfit;
use crate::graph::backend_tls::Reason;
use crate::graph::delivery::Delivery;
use crate::graph::delivery::Teller;
use crate::graph::delivery::Upstream;
use crate::model::collector::receiver::Server;
use crate::model::destination_rule::DestinationRule;
use crate::model::route::RouteKind;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "backend-tls-mismatch",
    severity: Severity::Error,
    page: page!("route/backend-tls-mismatch"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    mismatched(world, findings);
    distrusted(world, findings);
}

/// The gateway speaks TLS to plain text, or the reverse, or shows no certificate where one is demanded.
fn mismatched(world: &World<'_>, findings: &mut Findings) {
    let (mut seen, mut ruled) = (BTreeSet::new(), BTreeSet::new());
    for delivery in &world.graph.deliveries {
        let facts = &world.attachment.listeners[delivery.listener];
        let route = &world.model.routes[delivery.route];
        let ends_tls = matches!(facts.transport, Transport::Plain | Transport::Terminate);
        let is_web = matches!(route.kind, RouteKind::Http | RouteKind::Grpc);
        if !ends_tls || !is_web || !seen.insert(delivery.landing) {
            continue;
        }
        let mut receivers = world.graph.landings[delivery.landing].receivers();
        let Some((_, run, receiver, server)) = receivers.next() else {
            continue;
        };
        let receiver = &world.model.runs[run].collector.receivers[receiver];
        let server = &receiver.servers[server];
        let upstream = delivery.upstream(world.model, world.attachment, world.graph);
        match (upstream, server.speaks_tls()) {
            (Upstream::Tls(Teller::Proxy), Some(false)) => {
                unasked(world, delivery, server, findings);
            }
            (Upstream::Tls(Teller::Rule(rule)), _) if !ruled.contains(&rule) => {
                let by = &world.model.destination_rules[rule];
                if is_misruled(by, server, findings) {
                    ruled.insert(rule);
                }
            }
            (Upstream::Http1 | Upstream::H2c, Some(true)) => {
                plain(world, delivery, server, findings);
            }
            (Upstream::Tls(Teller::Policy(policy)), Some(false)) => {
                let policy = &world.model.backend_tls_policies[policy];
                findings
                    .at(
                        policy.object.name_span(),
                        "this policy makes the gateway speak TLS to a receiver in plain text",
                    )
                    .also(server.span, "this receiver has no `tls`")
                    .help("give the receiver `tls` with a certificate, or take the policy out");
            }
            (Upstream::Tls(Teller::Policy(_)), Some(true)) => {
                anonymous(world, delivery, server, findings);
            }
            _ => {}
        }
    }
    for misfit in &world.graph.misfits {
        misfits(world, misfit, findings);
    }
}

/// Plain text is spoken to a receiver with TLS.
fn plain(world: &World<'_>, delivery: &Delivery, server: &Server, findings: &mut Findings) {
    let route = &world.model.routes[delivery.route];
    let reference = world.attachment.backends[delivery.backend].written(world.model);
    let namespace = reference.namespace_or(route.object.namespace());
    let absent = Absent::of("BackendTLSPolicy", namespace, world.settings);
    let finding = findings.at(
        reference.name_span(),
        "the gateway speaks plain text to a receiver that speaks TLS",
    );
    finding.also(server.span, "this receiver has `tls`");
    finding.help("add a BackendTLSPolicy for the Service, or take `tls` out");
    if absent == Absent::Outside {
        finding.severity(Severity::Warning);
    }
}

/// The receiver demands a certificate, and the Gateway has none.
fn anonymous(world: &World<'_>, delivery: &Delivery, server: &Server, findings: &mut Findings) {
    let listener = &world.attachment.listeners[delivery.listener];
    let gateway = &world.model.gateways[listener.gateway];
    let authority = server.client_authorities();
    if let Some(authority) = authority.filter(|_| gateway.client_certificate.is_none()) {
        findings
            .at(
                gateway.object.name_span(),
                "this Gateway shows backends no certificate, and the receiver demands one",
            )
            .also(authority.span, "it is demanded here")
            .help("name one in `spec.tls.backend.clientCertificateRef`");
    }
}

/// Whether a DestinationRule makes the gateway do what the receiver does not take; says so.
fn is_misruled(rule: &DestinationRule, server: &Server, findings: &mut Findings) -> bool {
    let Some(mode) = &rule.tls_mode else {
        return false;
    };
    match (server.speaks_tls(), server.client_authorities()) {
        (Some(false), _) => findings
            .at(
                mode.span,
                format!("`{mode}` makes the gateway speak TLS to a receiver in plain text"),
            )
            .also(server.span, "this receiver has no `tls`")
            .help("give the receiver `tls` with a certificate, or say `DISABLE`"),
        (Some(true), Some(authorities)) if !rule.shows_certificate() => findings
            .at(
                mode.span,
                format!(
                    "under `{mode}` the gateway shows no certificate, and the receiver demands one"
                ),
            )
            .also(authorities.span, "it is demanded here")
            .help("say `MUTUAL`, and name the certificate in `credentialName`"),
        _ => return false,
    };
    true
}

/// A policy, a receiver and their certificates that do not fit.
fn misfits(world: &World<'_>, misfit: &Misfit, findings: &mut Findings) {
    let policy = &world.model.backend_tls_policies[misfit.policy];
    match &misfit.reason {
        Reason::Name { asked, served } => findings
            .at(
                asked.span,
                format!("the certificate of the receiver does not carry `{asked}`"),
            )
            .also(*served, "the receiver shows this certificate")
            .help("name what the certificate carries, or issue it for this name"),
        Reason::Authority {
            said,
            authorities,
            served,
        } => findings
            .at(
                *said,
                "these authorities do not vouch for the certificate of the receiver",
            )
            .also(*authorities, "the gateway trusts these")
            .also(*served, "the receiver shows this certificate")
            .help("refer to the authority that issued it"),
        Reason::Client {
            said,
            authorities,
            words,
        } => findings
            .at(
                *said,
                format!("the receiver refuses this certificate of the Gateway: {words}"),
            )
            .also(
                *authorities,
                "the receiver admits clients of these authorities",
            )
            .also(
                policy.object.name_span(),
                "this policy brings them together",
            )
            .help("use a certificate that one of them issued for clients"),
    };
}

/// A policy aims at nothing, or its authorities are none.
fn distrusted(world: &World<'_>, findings: &mut Findings) {
    for distrust in &world.attachment.distrusts {
        let policy = &world.model.backend_tls_policies[distrust.policy];
        let object = &policy.object;
        match &distrust.why {
            Failing::NoService(absent) => {
                let mut targets = policy.targets.iter();
                let target = targets.find(|target| target.name_span() == distrust.said);
                let name = target.map_or("", |target| target.name());
                let near = world.model.services.similar(object.namespace(), name);
                let message = match (absent, near) {
                    (Absent::Missing, _) => format!(
                        "there is no Service `{name}` in `{}`: this policy is for nobody",
                        object.namespace()
                    ),
                    (Absent::Outside, Some(_)) => {
                        format!("no Service `{name}` was given, but one of nearly that name")
                    }
                    (Absent::Outside, None) => continue,
                };
                let finding = findings.at(distrust.said, message);
                if *absent == Absent::Outside {
                    finding.severity(Severity::Warning);
                }
                match near {
                    Some(near) => finding
                        .also(near.object.name_span(), "this one was given")
                        .meant(near.object.name()),
                    None => finding.help("a policy is for Services of its own namespace"),
                };
            }
            Failing::NoPort(service) => {
                let service = &world.model.services[*service];
                let names = service.ports.iter().filter_map(|port| port.name.as_ref());
                let names: Vec<_> = names.map(|name| format!("`{name}`")).collect();
                let finding = findings.at(
                    distrust.said,
                    "the Service has no port of this name: the gateway speaks plain text to all of them",
                );
                finding.also(service.object.name_span(), "this Service");
                finding.help(match names.as_slice() {
                    [] => "its ports have no names: leave `sectionName` out".to_owned(),
                    names => format!("it has {}", names.join(", ")),
                });
            }
            Failing::OtherKind(kind) => {
                let message = format!("authorities are not read from a {kind}");
                let finding = findings.at(distrust.said, message);
                finding.help("put them into a ConfigMap, as `ca.crt`");
            }
            Failing::Empty(defect) => {
                let message = format!("the gateway trusts no backend: what is named here {defect}");
                let finding = findings.at(distrust.said, message);
                finding.help("put the authorities into it as `ca.crt`, in PEM");
            }
        }
    }
}

/// The implementation speaks TLS to the port, although no policy asks for it.
fn unasked(world: &World<'_>, delivery: &Delivery, server: &Server, findings: &mut Findings) {
    let landing = &world.graph.landings[delivery.landing];
    let port = &world.model.services[landing.service].ports[landing.port];
    let listener = &world.attachment.listeners[delivery.listener];
    let name = world.attachment.gateways[listener.gateway].profile.name;
    let (at, why) = match &port.app_protocol {
        Some(protocol) => (protocol.span, format!("with `appProtocol: {protocol}`")),
        None => (
            port.port.as_ref().map_or(port.span, |port| port.span),
            "without `appProtocol` behind an HTTPS listener".to_owned(),
        ),
    };
    let message = format!("{name} speaks TLS to a port {why}, and the receiver takes plain text");
    let finding = findings.at(at, message);
    finding.also(server.span, "this receiver has no `tls`");
    finding.help("set `appProtocol: kubernetes.io/h2c`");
}
