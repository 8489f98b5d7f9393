use crate::finding::Findings;
use crate::finding::Fix;
use crate::model::collector::section::Tls;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "weak-receiver-tls",
    severity: Severity::Warning,
    page: page!("receiver/weak-receiver-tls"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for tls in super::served(world) {
        versions(tls, findings);
        suites(tls, findings);
    }
}

fn versions(tls: &Tls, findings: &mut Findings) {
    let Some(minimum) = &tls.min_version else {
        return;
    };
    let Some(version @ ("1.0" | "1.1")) = minimum.known() else {
        return;
    };
    findings
        .at(
            minimum.span,
            format!("the receiver speaks TLS {version}, which is broken and withdrawn"),
        )
        .help("take `min_version` away: the default is 1.2")
        .fix(Fix::replace(minimum.span, "1.2"));
}

/// Suites that RFC 9113 forbids for HTTP/2 and Go calls insecure: CBC, RC4, 3DES, and key exchange by RSA.
fn suites(tls: &Tls, findings: &mut Findings) {
    let is_weak = |suite: &str| {
        ["_CBC_", "_RC4_", "_3DES_"]
            .into_iter()
            .any(|part| suite.contains(part))
            || suite.starts_with("TLS_RSA_")
    };
    let known: Option<Vec<&str>> = tls
        .cipher_suites
        .iter()
        .map(|suite| suite.known())
        .collect();
    let Some(known) = known.filter(|known| !known.is_empty()) else {
        return;
    };
    if known.iter().all(|suite| is_weak(suite)) {
        let first = &tls.cipher_suites[0];
        findings
            .at(
                first.span,
                "every cipher suite of the receiver is one that HTTP/2 forbids",
            )
            .help("take `cipher_suites` away, or add one with GCM or CHACHA20 and ECDHE");
    }
}
