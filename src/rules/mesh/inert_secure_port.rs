use crate::finding::Findings;
use crate::graph::proxy::inert::Unread;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "inert-secure-port",
    severity: Severity::Warning,
    page: page!("mesh/inert-secure-port"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for mesh in &world.model.mesh_configs {
        for key in &mesh.defaults.stray {
            let name = key.trim_start_matches("proxyMetadata.");
            findings
                .at(
                    key.span,
                    format!("`{name}` stands outside of `proxyMetadata`, where nobody reads it"),
                )
                .help("put it under `proxyMetadata:`, with the value in quotes");
        }
    }
    for proxy in &world.graph.proxies {
        for inert in &proxy.inert {
            let name = &inert.name;
            let (said, help) = match inert.why {
                Unread::Stray => (
                    format!("`{name}` stands outside of `proxyMetadata`, where nobody reads it"),
                    "put it under `proxyMetadata:`, with the value in quotes".to_owned(),
                ),
                Unread::OfGateway => (
                    format!("`{name}` in the annotation of a Gateway reaches no proxy: the port stays closed"),
                    "set it for the mesh in `meshConfig.defaultConfig.proxyMetadata`, by a ProxyConfig for the label \
                     `gateway.networking.k8s.io/gateway-name`, or by the ConfigMap of `infrastructure.parametersRef`"
                        .to_owned(),
                ),
                Unread::TooOld(version) => (
                    format!("Istio {version} does not know `{name}`: the port stays closed"),
                    "upgrade to 1.31, or lead a port of a Sidecar or Gateway to 15020 until then".to_owned(),
                ),
                // What a scraper believes of it has a rule of its own.
                Unread::Unheard => continue,
                Unread::NoPort => (
                    format!("`{name}` is no port: the listener is left out without a word"),
                    "write a number from 1 to 65535 in quotes".to_owned(),
                ),
            };
            findings.at(inert.at, said).help(help);
        }
    }
}
