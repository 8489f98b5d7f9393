use crate::finding::Findings;
use crate::graph::exposure::Way;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "client-auth-bypass",
    severity: Severity::Error,
    page: page!("gateway/client-auth-bypass"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for bypass in &world.graph.bypasses {
        let guarded = &world.attachment.listeners[bypass.guarded];
        let what = match bypass.way {
            Way::Route => "this listener",
            Way::Ingress => "this Ingress",
            Way::Service => "this Service",
        };
        let message = format!(
            "{what} leads past the client certificates that `{}` demands, to the same receiver",
            guarded.title(world.model)
        );
        let finding = findings.at(bypass.open, message);
        finding.also(bypass.said, "certificates are demanded here");
        world.show_class(finding, guarded.gateway);
        finding
            .help("close this way, or demand certificates here too, or guard the receiver itself");
    }
}
