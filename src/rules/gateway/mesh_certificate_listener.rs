use crate::attach::listener::Transport;
use crate::finding::Findings;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "mesh-certificate-listener",
    severity: Severity::Warning,
    page: page!("gateway/mesh-certificate-listener"),
    check,
};

/// How Istio is told that the Service of a gateway is for the cluster alone.
const INWARD: (&str, &str) = ("networking.istio.io/service-type", "ClusterIP");

fn check(world: &World<'_>, findings: &mut Findings) {
    for facts in &world.attachment.listeners {
        let gateway = &world.model.gateways[facts.gateway];
        let profile = world.attachment.gateways[facts.gateway].profile;
        let is_inward = profile.is_inward
            || gateway
                .object
                .annotation(INWARD.0)
                .is_some_and(|value| value.value == INWARD.1);
        if !facts.shows_mesh_certificate || is_inward || facts.transport != Transport::Terminate {
            continue;
        }
        let options = facts.written(world.model).tls.iter();
        let mode = options
            .flat_map(|tls| &tls.options)
            .find(|option| Some(option.key.as_str()) == profile.terminate_mode);
        let Some(mode) = mode else { continue };
        let finding = findings.at(
            mode.value.span,
            format!(
                "with `{}` {} shows the certificate of its own workload, which only the mesh trusts",
                mode.value, profile.name
            ),
        );
        world.show_class(finding, facts.gateway);
        finding.help("for clients outside of the mesh use `MUTUAL` and a certificate of your own");
    }
}
