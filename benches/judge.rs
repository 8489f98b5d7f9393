//! How long it takes to judge repositories of known sizes: `cargo bench`. Prints; never fails for being slow.
//!
//! Each line is the median of five runs of the whole judgement in one process, sources already in memory.

use std::fmt::Write;
use std::time::Duration;
use std::time::Instant;

use otel_lint::settings::Settings;
use otel_lint::source::Source;
use otel_lint::source::Sources;
use time::macros::datetime;

fn main() {
    for manifests in [1_000, 10_000] {
        report(&format!("{manifests} manifests"), &repository(manifests));
    }
    for (gateways, routes) in [(200, 2_000), (2_000, 20_000)] {
        report(
            &format!("{gateways} Gateways, {routes} routes"),
            &exposure(gateways, routes),
        );
    }
    report(
        "a collector configuration of 5,000 lines",
        &collector(5_000),
    );
    for rules in [300, 3_000] {
        report(
            &format!("{rules} Services in one namespace, a DestinationRule each"),
            &mesh(rules),
        );
    }
    for folders in [100, 1_000] {
        report(
            &format!("{folders} environments side by side"),
            &environments(folders),
        );
    }
}

fn report(what: &str, sources: &Sources) {
    let settings = Settings::new(datetime!(2026-06-01 00:00 UTC));
    let bytes: usize = sources.iter().map(|(_, source)| source.bytes().len()).sum();
    let mut times: Vec<Duration> = (0..5)
        .map(|_| {
            let start = Instant::now();
            std::hint::black_box(otel_lint::lint(sources, &settings).findings.len());
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    println!(
        "{what} ({:.1} MB): {:.1} ms",
        bytes as f64 / 1e6,
        times[2].as_secs_f64() * 1e3
    );
}

/// Services and Deployments, one of each a file.
fn repository(manifests: usize) -> Sources {
    let mut sources = Sources::new();
    for number in 0..manifests {
        let text = service_and_pods(number, &format!("team-{}", number % 100));
        sources.add(Source::new(format!("{number}.yaml"), text.into_bytes()));
    }
    sources
}

/// Gateways with one listener each, and routes to one Service a namespace.
fn exposure(gateways: usize, routes: usize) -> Sources {
    let mut sources = Sources::new();
    for number in 0..gateways {
        let text = format!(
            "apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata:\n  name: edge\n  namespace: n{number}\nspec:\n  \
             gatewayClassName: istio\n  listeners:\n    - name: otlp\n      port: 4317\n      protocol: HTTPS\n      \
             hostname: n{number}.example.com\n      tls:\n        certificateRefs:\n          - name: cert\n        \
             options:\n          gateway.istio.io/tls-terminate-mode: MUTUAL\n---\napiVersion: v1\nkind: Service\n\
             metadata:\n  name: collector\n  namespace: n{number}\nspec:\n  selector:\n    app: collector\n  ports:\n    \
             - name: otlp-grpc\n      appProtocol: kubernetes.io/h2c\n      port: 4317\n"
        );
        sources.add(Source::new(
            format!("gateway-{number}.yaml"),
            text.into_bytes(),
        ));
    }
    for number in 0..routes {
        let namespace = number % gateways;
        let text = format!(
            "apiVersion: gateway.networking.k8s.io/v1\nkind: GRPCRoute\nmetadata:\n  name: r{number}\n  namespace: \
             n{namespace}\nspec:\n  parentRefs:\n    - name: edge\n  rules:\n    - matches:\n        - headers:\n            \
             - name: tenant\n              value: t{number}\n      backendRefs:\n        - name: collector\n          \
             port: 4317\n"
        );
        sources.add(Source::new(
            format!("route-{number}.yaml"),
            text.into_bytes(),
        ));
    }
    sources
}

/// A configuration with as many exporters as its lines allow.
fn collector(lines: usize) -> Sources {
    let mut text = String::from(
        "receivers:\n  otlp:\n    protocols:\n      grpc:\n        endpoint: 0.0.0.0:4317\nexporters:\n",
    );
    let exporters = lines / 8;
    for number in 0..exporters {
        // Writing to a String cannot fail.
        let _ = write!(
            text,
            "  otlp_grpc/{number}:\n    endpoint: host{number}.example.com:4317\n    tls:\n      ca_file: ca.crt\n      \
             min_version: \"1.2\"\n    sending_queue:\n      queue_size: 100\n"
        );
    }
    text.push_str(
        "service:\n  pipelines:\n    traces:\n      receivers: [otlp]\n      exporters:\n",
    );
    for number in 0..exporters {
        let _ = writeln!(text, "        - otlp_grpc/{number}");
    }
    let mut sources = Sources::new();
    sources.add(Source::new("collector.yaml", text.into_bytes()));
    sources
}

/// Services with Pods of one namespace in a mesh, and what is spoken to each.
fn mesh(services: usize) -> Sources {
    let mut sources = Sources::new();
    for number in 0..services {
        let text = format!(
            "apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata:\n  name: app-{number}\n  namespace: mesh\n\
             spec:\n  host: app-{number}.mesh.svc.cluster.local\n  trafficPolicy:\n    tls:\n      mode: ISTIO_MUTUAL\n---\n{}",
            service_and_pods(number, "mesh")
        );
        sources.add(Source::new(format!("{number}.yaml"), text.into_bytes()));
    }
    sources
}

/// One Service and its Deployment, by the same names in every folder.
fn environments(folders: usize) -> Sources {
    let mut sources = Sources::new();
    for number in 0..folders {
        let text = service_and_pods(0, "app");
        sources.add(Source::new(
            format!("environment-{number}/app.yaml"),
            text.into_bytes(),
        ));
    }
    sources
}

/// A Service and the Deployment behind it, in one file.
fn service_and_pods(number: usize, namespace: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Service\nmetadata:\n  name: app-{number}\n  namespace: {namespace}\nspec:\n  selector:\n    \
             app: app-{number}\n  ports:\n    - name: http\n      port: 8080\n---\napiVersion: apps/v1\nkind: Deployment\n\
             metadata:\n  name: app-{number}\n  namespace: {namespace}\nspec:\n  selector:\n    matchLabels:\n      app: \
             app-{number}\n  template:\n    metadata:\n      labels:\n        app: app-{number}\n    spec:\n      \
             containers:\n        - name: app\n          image: example.com/app:1.0\n          ports:\n            - \
             containerPort: 8080\n"
    )
}
