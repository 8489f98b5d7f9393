use crate::finding::Findings;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "blocked-by-network-policy",
    severity: Severity::Error,
    page: page!("service/blocked-by-network-policy"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for barrier in &world.graph.barriers {
        let Some((first, rest)) = barrier.policies.split_first() else {
            continue;
        };
        let policy = &world.model.network_policies[*first];
        let workload = &world.model.workloads[barrier.workload];
        let delivery = &world.graph.deliveries[barrier.delivery];
        let gateway = world.attachment.listeners[delivery.listener].gateway;
        let gateway = &world.model.gateways[gateway].object;
        let route = &world.model.routes[delivery.route].object;
        let message = if barrier.only_other_ports {
            format!(
                "this policy lets the gateway in, but not to port {} of the collector",
                barrier.port
            )
        } else {
            "this policy lets no gateway in to the collector".to_owned()
        };
        let finding = findings.at(policy.ingress_span, message);
        finding.also(
            policy.pods.span,
            format!("it guards {}", workload.object.title()),
        );
        for other in rest {
            let other = &world.model.network_policies[*other];
            finding.also(
                other.ingress_span,
                "this one guards it, too, and does not let it in either",
            );
        }
        finding.also(route.name_span(), "this route leads there");
        if barrier.only_other_ports {
            finding.help(format!("add port {} to the rule", barrier.port));
        } else {
            finding.help(format!(
                "add a rule with a `namespaceSelector` for the namespace in which the proxy of `{}` runs",
                gateway.name()
            ));
        }
    }
}
