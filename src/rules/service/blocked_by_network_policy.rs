use std::collections::BTreeSet;

use crate::finding::Findings;
use crate::graph::scrape::fault::Cause;
use crate::graph::scrape::fault::Stage;
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
    gateways(world, findings);
    scrapers(world, findings);
}

fn gateways(world: &World<'_>, findings: &mut Findings) {
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

/// Scrapers are kept out like gateways; each Pod and port once.
fn scrapers(world: &World<'_>, findings: &mut Findings) {
    let mut seen = BTreeSet::new();
    for scrape in world.graph.certain_scrapes() {
        let (Some(port), Some(fault)) = (scrape.port, scrape.fault(Stage::Network)) else {
            continue;
        };
        let Cause::Barred {
            policies,
            only_other_ports,
        } = &fault.cause
        else {
            continue;
        };
        if !seen.insert((scrape.pod, port, fault.at)) {
            continue;
        }
        let message = if *only_other_ports {
            format!("this policy lets the scraper in, but not to port {port}")
        } else {
            "this policy does not let the scraper in".to_owned()
        };
        let finding = findings.at(fault.at, message);
        for (at, policy) in policies.iter().enumerate() {
            let policy = &world.model.network_policies[*policy];
            let pods = scrape.pod.object(world.model).title();
            match at {
                0 => finding.also(policy.pods.span, format!("it guards {pods}")),
                _ => finding.also(
                    policy.ingress_span,
                    "this one guards it, too, and does not let it in either",
                ),
            };
        }
        let job = scrape.written(world.model);
        finding.also(job.name.span, "this job scrapes it");
        if *only_other_ports {
            finding.help(format!("add port {port} to the rule"));
        } else {
            finding.help(format!(
                "add a rule for the scraper's pods, with port {port}"
            ));
        }
    }
}
