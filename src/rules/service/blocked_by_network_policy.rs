use std::collections::BTreeSet;

use crate::finding::Finding;
use crate::finding::Findings;
use crate::graph::journey::FlawKind;
use crate::graph::policy::Barred;
use crate::graph::policy::Direction;
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
    exporters(world, findings);
    scrapers(world, findings);
}

fn gateways(world: &World<'_>, findings: &mut Findings) {
    for barrier in &world.graph.barriers {
        let workload = &world.model.workloads[barrier.workload];
        let delivery = &world.graph.deliveries[barrier.delivery];
        let gateway = world.attachment.listeners[delivery.listener].gateway;
        let gateway = &world.model.gateways[gateway].object;
        let route = &world.model.routes[delivery.route].object;
        let message = if barrier.barred.only_other_ports {
            format!(
                "this policy lets the gateway in, but not to port {} of the collector",
                barrier.port
            )
        } else {
            "this policy lets no gateway in to the collector".to_owned()
        };
        let finding = kept_out(
            world,
            findings,
            &barrier.barred,
            Direction::Ingress,
            &workload.object.title(),
            message,
        );
        finding.also(route.name_span(), "this route leads there");
        if barrier.barred.only_other_ports {
            finding.help(format!("add port {} to the rule", barrier.port));
        } else {
            finding.help(format!(
                "add a rule with a `namespaceSelector` for the namespace in which the proxy of `{}` runs",
                gateway.name()
            ));
        }
    }
}

/// Those that dial the collector themselves, and the controllers of Ingresses.
fn exporters(world: &World<'_>, findings: &mut Findings) {
    for (journey, flaw) in world.graph.flaws() {
        let FlawKind::Barred {
            barred,
            direction,
            workload,
            port,
            sender,
        } = &flaw.kind
        else {
            continue;
        };
        if sender.gateway().is_some() {
            continue;
        }
        let (who, way) = match direction {
            Direction::Ingress => (sender.noun(), "in"),
            Direction::Egress => (sender.noun(), "out"),
        };
        let message = if barred.only_other_ports {
            format!("this policy lets {who} {way}, but not to port {port} of the collector")
        } else {
            format!("this policy does not let {who} {way} to the collector")
        };
        let guarded = world.model.workloads[*workload].object.title();
        let finding = kept_out(world, findings, barred, *direction, &guarded, message);
        let own = &world.model.runs[journey.run].collector.exporters[journey.exporter];
        finding.also(own.id.span, "this exporter sends there");
        finding.along(&journey.trail);
        if barred.only_other_ports {
            finding.help(format!("add port {port} to the rule"));
        } else {
            finding.help(format!("add a rule that lets {who} {way} to port {port}"));
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
        let Cause::Barred(barred) = &fault.cause else {
            continue;
        };
        if !seen.insert((scrape.pod, port, fault.at)) {
            continue;
        }
        let message = if barred.only_other_ports {
            format!("this policy lets the scraper in, but not to port {port}")
        } else {
            "this policy does not let the scraper in".to_owned()
        };
        let guarded = scrape.pod.object(world.model).title();
        let finding = kept_out(
            world,
            findings,
            barred,
            Direction::Ingress,
            &guarded,
            message,
        );
        let job = scrape.written(world.model);
        finding.also(job.name.span, "this job scrapes it");
        if barred.only_other_ports {
            finding.help(format!("add port {port} to the rule"));
        } else {
            finding.help(format!(
                "add a rule for the scraper's pods, with port {port}"
            ));
        }
    }
}

/// The finding at the policies that guard `guarded`.
fn kept_out<'f>(
    world: &World<'_>,
    findings: &'f mut Findings,
    barred: &Barred,
    direction: Direction,
    guarded: &str,
    message: String,
) -> &'f mut Finding {
    let policy = |at: usize| &world.model.network_policies[at];
    let first = policy(barred.first);
    let finding = findings.at(direction.span(first), message);
    finding.also(first.pods.span, format!("it guards {guarded}"));
    for other in &barred.rest {
        finding.also(
            direction.span(policy(*other)),
            "this one guards it, too, and does not let it through either",
        );
    }
    finding
}
