use crate::finding::Findings;
use crate::graph::proxy::ENVOY_PLAIN;
use crate::graph::proxy::MERGED_PLAIN;
use crate::graph::proxy::legacy;
use crate::model::mesh::MeshGateway;
use crate::model::mesh::MeshServer;
use crate::model::mesh::VirtualRoute;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;
use crate::source::Spanned;

pub(super) static RULE: Rule = Rule {
    name: "broken-metrics-chain",
    severity: Severity::Error,
    page: page!("mesh/broken-metrics-chain"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for entry in legacy::sidecar_ports(world.model) {
        let target = legacy::ingress_target(entry.ingress);
        let endpoint = entry.ingress.endpoint.as_ref();
        let leads = matches!(target, Some(MERGED_PLAIN | ENVOY_PLAIN));
        if let (Some(endpoint), true, false) = (endpoint, target.is_some(), leads) {
            findings
                .at(
                    endpoint.span,
                    format!(
                        "the port of the metrics leads to {}, where no metrics are",
                        endpoint.value
                    ),
                )
                .also(entry.port.span, "scrapers come in here")
                .help("lead it to `127.0.0.1:15020`, or to `127.0.0.1:15090` for Envoy's own");
        }
    }
    for gateway in &world.model.mesh_gateways {
        for server in &gateway.servers {
            let port = server.port.as_ref();
            if let Some(port) = port.filter(|port| legacy::SECURE_BY_CUSTOM.contains(&port.value)) {
                chain(world, gateway, server, port, findings);
            }
        }
    }
    twice(world, findings);
}

/// Gateway, VirtualService and ServiceEntry, hop by hop.
fn chain(
    world: &World<'_>,
    gateway: &MeshGateway,
    server: &MeshServer,
    port: &Spanned<i64>,
    findings: &mut Findings,
) {
    if let Some(mode) = server
        .mode
        .as_ref()
        .filter(|mode| mode.value != "ISTIO_MUTUAL")
    {
        findings
            .at(
                mode.span,
                format!(
                    "in mode `{}` this port does not ask for certificates of the mesh",
                    mode.value
                ),
            )
            .also(port.span, "scrapers come in here")
            .help("say `ISTIO_MUTUAL`");
    }
    let routes = legacy::routes(world.model, gateway);
    if routes.is_empty() && world.settings.closed.covers("VirtualService") {
        findings
            .at(
                port.span,
                "no VirtualService leads on from here: every scrape ends in 404",
            )
            .help("bind one to this Gateway, with a route for `/stats/prometheus`");
    }
    for route in routes {
        leads(world, route, findings);
    }
}

/// Whether a route leads to the metrics of its own Pod.
fn leads(world: &World<'_>, route: &VirtualRoute, findings: &mut Findings) {
    let covers =
        |path: &Spanned<String>| "/stats/prometheus".starts_with(path.trim_end_matches('/'));
    if let (Some(path), false) = (route.paths.first(), route.paths.iter().any(covers)) {
        findings
            .at(
                path.span,
                format!(
                    "`{}` leaves out `/stats/prometheus`, which scrapers ask for",
                    path.value
                ),
            )
            .help("match the prefix `/stats/prometheus`");
    }
    for (host, port) in &route.destinations {
        let mut entries = world.model.service_entries.iter();
        let entry = entries.find(|entry| entry.hosts.iter().any(|own| own.value == host.value));
        let Some(entry) = entry else {
            if world.settings.closed.covers("ServiceEntry")
                && !host.contains(".svc")
                && host.contains('.')
            {
                findings
                    .at(
                        host.span,
                        format!(
                            "no ServiceEntry has the host `{}`: every scrape ends in 503",
                            host.value
                        ),
                    )
                    .help("give a ServiceEntry this host, with the endpoint 127.0.0.1");
            }
            continue;
        };
        let is_known = |port: &Spanned<i64>| entry.ports.iter().any(|own| own.value == port.value);
        if let Some(port) = port.as_ref().filter(|port| !is_known(port)) {
            findings
                .at(
                    port.span,
                    format!(
                        "the ServiceEntry of `{}` has no port {}: every scrape ends in 503",
                        host.value, port.value
                    ),
                )
                .also(entry.object.name_span(), "it is this one")
                .help("say the same port in both");
        }
        for own in entry
            .ports
            .iter()
            .filter(|own| !matches!(own.value, MERGED_PLAIN | ENVOY_PLAIN))
        {
            findings
                .at(
                    own.span,
                    format!("nothing serves metrics on {} of a gateway", own.value),
                )
                .help("say 15020, or 15090 for Envoy's own");
        }
        for address in entry
            .addresses
            .iter()
            .filter(|address| address.value != "127.0.0.1")
        {
            findings
                .at(
                    address.span,
                    format!("`{}` is not the gateway's own Pod", address.value),
                )
                .help("say `127.0.0.1`");
        }
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
