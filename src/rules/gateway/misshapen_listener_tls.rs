use crate::attach::listener::ListenerFacts;
use crate::attach::listener::Transport;
use crate::finding::Findings;
use crate::model::gateway::Listener;
use crate::model::gateway::ListenerTls;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;
use crate::source::Spanned;

pub(super) static RULE: Rule = Rule {
    name: "misshapen-listener-tls",
    severity: Severity::Error,
    page: page!("gateway/misshapen-listener-tls"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for facts in &world.attachment.listeners {
        let listener = facts.written(world.model);
        let Some(protocol) = &listener.protocol else {
            continue;
        };
        match (protocol.as_str(), &listener.tls) {
            ("HTTPS" | "TLS", None) => absent(world, facts, protocol, findings),
            ("HTTP" | "TCP" | "UDP", Some(tls)) => {
                findings
                    .at(
                        tls.span,
                        format!("a listener of protocol `{protocol}` has `tls`"),
                    )
                    .also(protocol.span, "this protocol is in plain text")
                    .help("use protocol `HTTPS`, or take `tls` out");
            }
            (_, Some(tls)) => certificates(listener, tls, findings),
            _ => {}
        }
    }
}

/// The protocol asks for `tls`, and there is none.
fn absent(
    world: &World<'_>,
    facts: &ListenerFacts,
    protocol: &Spanned<String>,
    findings: &mut Findings,
) {
    // The Gateway names certificates in the implementation's own way.
    if facts.transport == Transport::Terminate {
        return;
    }
    let profile = world.attachment.gateways[facts.gateway].profile;
    let what = format!("a listener of protocol `{protocol}` has no `tls`");
    let is_tls = protocol.value == "TLS";
    let finding = match is_tls || profile.is_known() {
        true => findings.at(protocol.span, format!("{what}: nobody serves it")),
        // Some clouds have certificates in objects of their own, to which parameters lead.
        false if has_parameters(world, facts.gateway) => return,
        false => {
            let message = format!("{what}: most implementations do not serve it");
            let finding = findings.at(protocol.span, message);
            finding.severity(Severity::Warning)
        }
    };
    finding.help(match is_tls {
        true => "add `tls.certificateRefs`, or `tls.mode: Passthrough`",
        false => "add `tls.certificateRefs`",
    });
}

/// Whether the Gateway or its class refers to parameters of the implementation.
fn has_parameters(world: &World<'_>, gateway: usize) -> bool {
    let gateway = &world.model.gateways[gateway];
    let mut classes = world.model.gateway_classes.iter();
    let name = gateway.class.as_ref().map(|class| class.as_str());
    let class = classes.find(|class| Some(class.object.name()) == name);
    gateway.parameters.is_some() || class.is_some_and(|class| class.parameters.is_some())
}

/// The mode and the certificates do not go together.
fn certificates(listener: &Listener, tls: &ListenerTls, findings: &mut Findings) {
    match (listener.passes_through(), tls.certificates.first()) {
        (true, Some(first)) => {
            findings
                .at(
                    first.name_span(),
                    "a listener that passes TLS through names a certificate",
                )
                .help("take `certificateRefs` out, or set `mode: Terminate`");
        }
        (false, None) if tls.options.is_empty() => {
            findings
                .at(tls.span, "a listener that ends TLS names no certificate")
                .help("add `certificateRefs`");
        }
        _ => {}
    }
}
