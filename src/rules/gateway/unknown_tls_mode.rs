use crate::finding::Findings;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "unknown-tls-mode",
    severity: Severity::Error,
    page: page!("gateway/unknown-tls-mode"),
    check,
};

/// What Istio tells apart (istio 1.31, `pilot/pkg/config/kube/gateway/conversion.go`, `buildTLS`).
const MODES: &[&str] = &[
    "MUTUAL",
    "OPTIONAL_MUTUAL",
    "ISTIO_MUTUAL",
    "ISTIO_SIMPLE",
    "SIMPLE",
];

fn check(world: &World<'_>, findings: &mut Findings) {
    for facts in &world.attachment.listeners {
        let profile = world.attachment.gateways[facts.gateway].profile;
        let (Some(key), Some(tls)) = (profile.terminate_mode, &facts.written(world.model).tls)
        else {
            continue;
        };
        for option in tls.options.iter().filter(|option| option.key.value == key) {
            if MODES.contains(&option.value.as_str()) {
                continue;
            }
            findings
                .at(
                    option.value.span,
                    format!(
                        "{} takes `{}` for `SIMPLE`: no client certificate is asked for",
                        profile.name, option.value
                    ),
                )
                .help("did you mean `MUTUAL`? the modes are written in capitals");
        }
    }
}
