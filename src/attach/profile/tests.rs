//! What each implementation does, as tables of cases; each profile cites where they come from.

use super::*;
use crate::model::Model;
use crate::settings::Settings;
use crate::source::Source;
use crate::source::Sources;
use time::macros::datetime;

/// A Service whose port says `said` (`name`, `appProtocol`, as YAML).
fn service(annotation: &str, said: &str) -> Service {
    let text = format!(
        "apiVersion: v1\nkind: Service\nmetadata:\n  name: s\n  annotations:\n    a: b\n{annotation}spec:\n  ports:\n    - port: 4317\n{said}"
    );
    let mut sources = Sources::new();
    sources.add(Source::new("service.yaml", text.into_bytes()));
    let settings = Settings::new(datetime!(2026-06-01 00:00 UTC));
    let model = Model::read(&sources, &settings);
    model.services[0].clone()
}

fn wire(class: &str, kind: RouteKind, transport: Transport, service: &Service) -> Wire {
    (Profile::of_class(class).upstream)(&Backend {
        kind,
        transport,
        service,
        port: &service.ports[0],
    })
}

#[test]
fn what_is_spoken_to_a_backend() {
    use RouteKind::Grpc;
    use RouteKind::Http;
    use Transport::Plain;
    use Transport::Terminate;
    let nothing = "";
    let h2c = "      appProtocol: kubernetes.io/h2c\n";
    let bare = "      appProtocol: grpc\n";
    let https = "      appProtocol: https\n";
    let named = "      name: grpc-otlp\n";
    let otlp = "      name: otlp-grpc\n";
    let table = [
        // Istio goes by the port alone, whatever the route.
        ("istio", Grpc, Terminate, nothing, Wire::Http1),
        ("istio", Grpc, Terminate, otlp, Wire::Http1),
        ("istio", Grpc, Terminate, named, Wire::H2c),
        ("istio", Http, Terminate, named, Wire::H2c),
        ("istio", Grpc, Terminate, bare, Wire::H2c),
        ("istio", Http, Terminate, h2c, Wire::H2c),
        // Envoy Gateway and NGINX go by the route, then by `appProtocol`.
        ("eg", Grpc, Terminate, nothing, Wire::H2c),
        ("eg", Http, Terminate, nothing, Wire::Http1),
        ("eg", Http, Terminate, bare, Wire::H2c),
        ("eg", Http, Terminate, named, Wire::Http1),
        ("nginx", Grpc, Terminate, nothing, Wire::H2c),
        ("nginx", Http, Terminate, bare, Wire::Http1),
        ("nginx", Http, Terminate, h2c, Wire::H2c),
        // Cilium with ALPN goes by `appProtocol` alone.
        ("cilium", Grpc, Terminate, nothing, Wire::Http1),
        ("cilium", Grpc, Terminate, bare, Wire::Http1),
        ("cilium", Grpc, Terminate, h2c, Wire::H2c),
        ("cilium", Grpc, Plain, nothing, Wire::Unknown),
        // Contour takes a GRPCRoute for what its listener speaks.
        ("contour", Grpc, Plain, nothing, Wire::H2c),
        ("contour", Grpc, Terminate, nothing, Wire::Tls),
        ("contour", Grpc, Terminate, h2c, Wire::H2c),
        ("contour", Http, Terminate, nothing, Wire::Http1),
        ("contour", Http, Terminate, https, Wire::Tls),
        ("contour", Grpc, Terminate, bare, Wire::Unknown),
        ("traefik", Grpc, Terminate, nothing, Wire::H2c),
        ("traefik", Grpc, Terminate, https, Wire::Tls),
        ("traefik", Grpc, Terminate, bare, Wire::Unknown),
        ("traefik", Http, Terminate, nothing, Wire::Http1),
        // Of the rest only the word of the standard is known, of GKE not even that.
        ("kgateway", Grpc, Terminate, nothing, Wire::Unknown),
        ("kgateway", Http, Terminate, h2c, Wire::H2c),
        ("kong", Http, Terminate, h2c, Wire::H2c),
        ("gke-l7-rilb", Http, Terminate, h2c, Wire::Unknown),
        ("somebody", Grpc, Terminate, nothing, Wire::Unknown),
        ("istio", RouteKind::Tls, Terminate, nothing, Wire::Raw),
        ("gke-l7-rilb", RouteKind::Tcp, Plain, nothing, Wire::Raw),
    ];
    for (class, kind, transport, said, expected) in table {
        let found = wire(class, kind, transport, &service("", said));
        assert_eq!(found, expected, "{class} {kind:?} {transport:?} {said:?}");
    }
    let annotated = service(
        "    projectcontour.io/upstream-protocol.h2c: \"4317\"\n",
        "",
    );
    assert_eq!(wire("contour", Grpc, Terminate, &annotated), Wire::Unknown);
}

/// The version of the implementation that is in question, of whatever name.
fn assume(version: Version) -> Assume {
    let version = Some(version);
    Assume {
        istio: version,
        envoy_gateway: version,
        nginx_gateway_fabric: version,
        cilium: version,
        contour: version,
        kgateway: version,
        traefik: version,
        kong: version,
        haproxy: version,
        ..Assume::default()
    }
}

#[test]
fn since_when_clients_are_verified_by_the_standard_field() {
    let table = [
        ("istio", Some((1, 28))),
        ("eg", Some((1, 8))),
        ("nginx", Some((2, 6))),
        ("kgateway", Some((2, 3))),
        ("cilium", None),
        ("contour", None),
        ("traefik", None),
        ("kong", None),
        ("haproxy", None),
    ];
    for (class, since) in table {
        let profile = Profile::of_class(class);
        let obeys = |version| profile.obeys_frontend(&assume(version));
        match since {
            Some((major, minor)) => {
                assert_eq!(obeys(Version::new(major, minor)), Some(true), "{class}");
                assert_eq!(
                    obeys(Version::new(major, minor - 1)),
                    Some(false),
                    "{class}"
                );
            }
            None => assert_eq!(obeys(Version::new(99, 0)), Some(false), "{class}"),
        }
        let newest = profile.obeys_frontend(&Assume::default());
        assert_eq!(newest, Some(since.is_some()), "{class}, version unknown");
    }
    assert_eq!(UNKNOWN.obeys_frontend(&Assume::default()), None);
}

#[test]
fn listener_sets_and_options_come_with_versions() {
    let traefik = Profile::of_class("traefik");
    let serves = |minor| traefik.serves_listener_sets(&assume(Version::new(3, minor)));
    assert_eq!((serves(7), serves(8)), (Some(false), Some(true)));
    for class in ["contour", "gke-l7-rilb", "istio-waypoint"] {
        let serves = Profile::of_class(class).serves_listener_sets(&Assume::default());
        assert_eq!(serves, Some(false), "{class}");
    }
    let nginx = Profile::of_class("nginx");
    let reads = |key: &str, minor| nginx.reads_option(key, &assume(Version::new(2, minor)));
    assert!(reads("nginx.org/ssl-protocols", 3));
    assert!(!reads("nginx.org/ssl-ecdh-curve", 3));
    assert!(reads("nginx.org/ssl-ecdh-curve", 4));
    assert!(!reads("gateway.istio.io/tls-terminate-mode", 6));
}

#[test]
fn every_known_controller_is_found_by_its_name_and_class() {
    for profile in PROFILES {
        assert!(profile.is_known(), "{}", profile.name);
        assert!(!profile.mechanism.ends_with('.'), "{}", profile.mechanism);
        for controller in profile.controllers {
            let found = Profile::of_controller(controller);
            assert_eq!(found.name, profile.name, "{controller}");
        }
        for class in profile.classes {
            assert_eq!(Profile::of_class(class).name, profile.name, "{class}");
        }
    }
}

#[test]
fn what_the_option_of_istio_asks_for() {
    let demand = Profile::of_class("istio").demand;
    for (value, minor, expected) in [
        ("MUTUAL", 24, Demand::Verified),
        ("OPTIONAL_MUTUAL", 26, Demand::Unknown),
        ("OPTIONAL_MUTUAL", 27, Demand::Optional),
        ("ISTIO_MUTUAL", 31, Demand::Mesh),
        ("ISTIO_SIMPLE", 31, Demand::Nobody),
        // Anything else is one-way TLS.
        ("SIMPLE", 31, Demand::Unknown),
        ("Mutual", 31, Demand::Unknown),
        ("mutual", 31, Demand::Unknown),
        ("mTLS", 31, Demand::Unknown),
    ] {
        let found = demand(value, Some(Version::new(1, minor)));
        assert_eq!(found, expected, "{value} of Istio 1.{minor}");
    }
}
