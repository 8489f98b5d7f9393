use crate::finding::Findings;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "misshapen-listener-tls",
    severity: Severity::Error,
    page: page!("gateway/misshapen-listener-tls"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for gateway in &world.model.gateways {
        for listener in &gateway.listeners {
            let Some(protocol) = &listener.protocol else {
                continue;
            };
            match (protocol.as_str(), &listener.tls) {
                ("HTTPS" | "TLS", None) => findings
                    .at(
                        protocol.span,
                        format!("a listener of protocol `{protocol}` has no `tls`"),
                    )
                    .help(
                        "add `tls.certificateRefs`, or `tls.mode: Passthrough` for protocol `TLS`",
                    ),
                ("HTTP" | "TCP" | "UDP", Some(tls)) => findings
                    .at(
                        tls.span,
                        format!("a listener of protocol `{protocol}` has `tls`"),
                    )
                    .also(protocol.span, "this protocol is in plain text")
                    .help("use protocol `HTTPS`, or take `tls` out"),
                (_, Some(tls)) if listener.passes_through() && !tls.certificates.is_empty() => {
                    findings
                        .at(
                            tls.certificates[0].name_span(),
                            "a listener that passes TLS through names a certificate",
                        )
                        .help("take `certificateRefs` out, or set `mode: Terminate`")
                }
                (_, Some(tls))
                    if !listener.passes_through()
                        && tls.certificates.is_empty()
                        && tls.options.is_empty() =>
                {
                    findings
                        .at(tls.span, "a listener that ends TLS names no certificate")
                        .help("add `certificateRefs`")
                }
                _ => continue,
            };
        }
    }
}
