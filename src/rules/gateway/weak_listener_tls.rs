use crate::attach::listener::Transport;
use crate::finding::Findings;
use crate::finding::Fix;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "weak-listener-tls",
    severity: Severity::Error,
    page: page!("gateway/weak-listener-tls"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for facts in &world.attachment.listeners {
        let profile = world.attachment.gateways[facts.gateway].profile;
        let tls = facts.written(world.model).tls.iter();
        let tls = tls.filter(|_| facts.transport == Transport::Terminate);
        for option in tls.flat_map(|tls| &tls.options) {
            let Some(version) = (profile.withdrawn_tls)(&option.key, &option.value) else {
                continue;
            };
            let message = format!("this listener speaks {version}, which is broken and withdrawn");
            let finding = findings.at(option.value.span, message);
            world.show_class(finding, facts.gateway);
            finding.help("begin with TLS 1.2, or leave the option out");
        }
    }
    for policy in &world.model.client_traffic_policies {
        let Some(minimum) = &policy.min_version else {
            continue;
        };
        if !matches!(minimum.as_str(), "1.0" | "1.1") {
            continue;
        }
        let message = format!(
            "listeners under this policy speak TLS {minimum}, which is broken and withdrawn"
        );
        findings
            .at(minimum.span, message)
            .help("leave `minVersion` out: Envoy Gateway begins with 1.2")
            .fix(Fix::replace(minimum.span, "\"1.2\""));
    }
}
