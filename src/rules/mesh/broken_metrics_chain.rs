use crate::finding::Findings;
use crate::graph::proxy::chain;
use crate::graph::proxy::chain::Break;
use crate::graph::proxy::chain::How;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "broken-metrics-chain",
    severity: Severity::Error,
    page: page!("mesh/broken-metrics-chain"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for own in chain::breaks(world.model, &world.graph.proxies) {
        let is_known = match own.how {
            How::Unbound => world.settings.closed.covers("VirtualService"),
            How::NoHost { .. } => world.settings.closed.covers("ServiceEntry"),
            _ => true,
        };
        if is_known {
            say(&own, findings);
        }
    }
    twice(world, findings);
}

fn say(own: &Break, findings: &mut Findings) {
    let finding = findings.at(own.at, words(&own.how));
    match &own.how {
        How::Elsewhere { whose, port, .. } => {
            finding.also(*port, "scrapers come in here");
            if whose.is_none() {
                // The application may serve metrics of its own there.
                finding.severity(Severity::Warning);
            }
        }
        How::Unasked { port, .. } => {
            finding.also(*port, "scrapers come in here");
        }
        How::NoPort { entry, .. } => {
            finding.also(*entry, "it is this one");
        }
        _ => {}
    }
    finding.help(match &own.how {
        How::Elsewhere { .. } => {
            "lead it to `127.0.0.1:15020`, or to `127.0.0.1:15090` for Envoy's own"
        }
        How::Unasked { .. } => "say `ISTIO_MUTUAL`",
        How::Unbound => "bind one to this Gateway, with a route for `/stats/prometheus`",
        How::LeftOut { .. } => "match the prefix `/stats/prometheus`",
        How::NoHost { .. } => "give a ServiceEntry this host, with the endpoint 127.0.0.1",
        How::NoPort { .. } => "say the same port in both",
        How::NoMetrics { .. } => "say 15020, or 15090 for Envoy's own",
        How::Outside { .. } => "say `127.0.0.1`",
    });
}

fn words(how: &How) -> String {
    match how {
        How::Elsewhere {
            endpoint,
            whose: Some(whose),
            ..
        } => format!(
            "the port of the metrics leads to {endpoint}, which is Istio's own, for {whose}"
        ),
        How::Elsewhere { endpoint, .. } => {
            format!("the port of the metrics leads to {endpoint}, where the proxy has none")
        }
        How::Unasked { mode, .. } => {
            format!("in mode `{mode}` this port does not insist on certificates of the mesh")
        }
        How::Unbound => "no VirtualService leads on from here: every scrape ends in 404".to_owned(),
        How::LeftOut { path } => {
            format!("`{path}` leaves out `/stats/prometheus`, which scrapers ask for")
        }
        How::NoHost { host } => {
            format!("no ServiceEntry has the host `{host}`: every scrape ends in 503")
        }
        How::NoPort { host, port, .. } => {
            format!("the ServiceEntry of `{host}` has no port {port}: every scrape ends in 503")
        }
        How::NoMetrics { port } => format!("nothing serves metrics on {port} of a gateway"),
        How::Outside { address } => format!("`{address}` is not the gateway's own Pod"),
    }
}

/// A port that both the proxy itself and a resource open.
fn twice(world: &World<'_>, findings: &mut Findings) {
    for proxy in &world.graph.proxies {
        for (variable, port, _) in proxy.secure_ports() {
            let mut older = proxy.older.iter().map(|older| &older.port);
            let Some(other) = older.find(|other| other.value == port.value) else {
                continue;
            };
            findings
                .at(
                    other.span,
                    format!(
                        "port {} is opened twice: by this resource and by the proxy itself",
                        port.value
                    ),
                )
                // Which of both wins was not tried.
                .severity(Severity::Warning)
                .also(port.span, format!("`{variable}` opens it here"))
                .help("take the older way out, or give it another port");
        }
    }
}
