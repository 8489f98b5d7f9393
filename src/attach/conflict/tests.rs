use super::*;

fn claim(protocol: &'static str, hostname: &'static str, is_own: bool) -> Claim<'static> {
    Claim {
        port: 443,
        protocol,
        hostname: Some(hostname).filter(|hostname| !hostname.is_empty()),
        passes_through: false,
        is_own,
        is_valid: true,
    }
}

/// `h` for a conflict of names, `p` of protocols, `.` for none.
fn verdict(distinctness: Distinctness, claims: &[Claim<'_>]) -> String {
    let conflicts = distinctness.conflicts(claims);
    let letter = |conflict: &Option<Conflict>| match conflict {
        None => '.',
        Some(conflict) if conflict.reason == ConflictReason::Hostname => 'h',
        Some(_) => 'p',
    };
    conflicts.iter().map(letter).collect()
}

#[test]
fn inside_a_gateway_nobody_wins_but_with_istio_the_first() {
    let twins = [
        claim("HTTPS", "a.example", true),
        claim("HTTPS", "a.example", true),
    ];
    assert_eq!(verdict(Distinctness::Specification, &twins), "hh");
    assert_eq!(verdict(Distinctness::EnvoyGateway, &twins), "hh");
    assert_eq!(verdict(Distinctness::Istio, &twins), ".h");
}

#[test]
fn tcp_takes_the_port_from_everybody() {
    let mixed = [claim("TCP", "", true), claim("HTTPS", "a.example", true)];
    assert_eq!(verdict(Distinctness::Specification, &mixed), "pp");
    assert_eq!(verdict(Distinctness::EnvoyGateway, &mixed), "pp");
    assert_eq!(verdict(Distinctness::Istio, &mixed), ".p");
}

#[test]
fn http_beside_https_is_judged_differently_everywhere() {
    let mixed = [
        claim("HTTP", "a.example", true),
        claim("HTTPS", "b.example", true),
    ];
    assert_eq!(verdict(Distinctness::Specification, &mixed), "..");
    assert_eq!(verdict(Distinctness::Istio, &mixed), "..");
    assert_eq!(verdict(Distinctness::EnvoyGateway, &mixed), "pp");
    assert_eq!(verdict(Distinctness::Nginx, &mixed), "pp");
    assert_eq!(verdict(Distinctness::Contour, &mixed), ".p");
}

#[test]
fn with_contour_the_first_wins_and_https_shares_with_tls() {
    let claims = [
        claim("HTTPS", "a.example", true),
        claim("TLS", "b.example", true),
        claim("projectcontour.io/https", "a.example", true),
        claim("UDP", "", true),
    ];
    assert_eq!(verdict(Distinctness::Contour, &claims), "..h.");
}

#[test]
fn a_listener_set_loses_to_the_gateway_and_to_an_older_set() {
    let claims = [
        claim("HTTPS", "a.example", true),
        claim("HTTPS", "a.example", false),
        claim("HTTPS", "b.example", false),
        claim("HTTPS", "b.example", false),
    ];
    for distinctness in [
        Distinctness::Specification,
        Distinctness::Istio,
        Distinctness::EnvoyGateway,
    ] {
        assert_eq!(verdict(distinctness, &claims), ".h.h", "{distinctness:?}");
    }
}

#[test]
fn a_loser_frees_its_name() {
    let claims = [
        claim("TLS", "a.example", true),
        claim("HTTP", "b.example", false),
        claim("TLS", "b.example", false),
    ];
    assert_eq!(verdict(Distinctness::EnvoyGateway, &claims), ".p.");
}

#[test]
fn what_is_broken_otherwise_claims_nothing_from_envoy_gateway() {
    let mut claims = [
        claim("HTTPS", "a.example", true),
        claim("HTTPS", "a.example", true),
    ];
    claims[0].is_valid = false;
    assert_eq!(verdict(Distinctness::EnvoyGateway, &claims), "..");
}

#[test]
fn names_of_https_and_tls_may_overlap_for_envoy_but_not_for_nginx() {
    let claims = [
        claim("HTTPS", "*.example", true),
        claim("TLS", "a.example", true),
    ];
    assert_eq!(verdict(Distinctness::EnvoyGateway, &claims), "..");
    assert_eq!(verdict(Distinctness::Nginx, &claims), "hh");
}
