//! Every invariant of secure metrics has a rule, a page, and at least one wrong and one right example.
//!
//! The invariants are those by which a secure scrape on 15091 and 15092 works, numbered as in the facts about Istio that
//! this tool is built on. A row names the page and the headings under which the examples stand; that the examples are
//! judged as they say is tested with the pages.

#![allow(clippy::unwrap_used)] // a test ends at the first surprise

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// How many invariants there are.
const INVARIANTS: usize = 23;

/// The invariant, the page, a wrong and a right example there.
const EXAMPLES: &[(usize, &str, &str, &str)] = &[
    // The ports are numbers in quotes.
    (
        1,
        "input/unquoted-string",
        "Wrong: in proxyMetadata",
        "Right: in proxyMetadata",
    ),
    (1, "mesh/inert-secure-port", "Wrong: no port", "Right"),
    // They stand under `proxyMetadata`.
    (2, "mesh/inert-secure-port", "Wrong: beside", "Right"),
    (2, "mesh/inert-secure-port", "Wrong: a dotted key", "Right"),
    (
        2,
        "mesh/inert-secure-port",
        "Wrong: a slip of the hand",
        "Right",
    ),
    // They differ from each other and from every other port of the Pod.
    (
        3,
        "mesh/colliding-metrics-port",
        "Wrong: both on one port",
        "Right",
    ),
    (
        3,
        "mesh/colliding-metrics-port",
        "Wrong: the application's port",
        "Right",
    ),
    (
        3,
        "mesh/colliding-metrics-port",
        "Wrong: a port of Istio's own",
        "Right",
    ),
    (
        3,
        "mesh/colliding-metrics-port",
        "Wrong: a listener of the Gateway",
        "Right: a Gateway",
    ),
    // The annotations tell them, each its own, and Envoy's own is told by hand.
    (4, "mesh/mismatched-secure-port", "Wrong: swapped", "Right"),
    (4, "mesh/unannotated-secure-port", "Wrong", "Right"),
    // What is told is open.
    (
        5,
        "mesh/mismatched-secure-port",
        "Wrong: told and not open",
        "Right",
    ),
    // The annotation of a Gateway opens none.
    (
        6,
        "mesh/inert-secure-port",
        "Wrong: on a Gateway",
        "Right: on a Gateway",
    ),
    // A Gateway tells its ports itself.
    (
        7,
        "mesh/unannotated-secure-port",
        "Wrong: a Gateway of Gateway API",
        "Right: a Gateway of Gateway API",
    ),
    // The switch that closes the plain ports reaches both of its readers.
    (8, "mesh/open-plaintext-metrics", "Wrong: half", "Right"),
    (
        8,
        "mesh/open-plaintext-metrics",
        "Wrong: on the container alone",
        "Right",
    ),
    (
        8,
        "mesh/open-plaintext-metrics",
        "Wrong: in the annotation of a Gateway",
        "Right",
    ),
    // What closes them leaves a way, and nobody goes on to scrape them.
    (
        9,
        "mesh/stranded-plaintext-scrape",
        "Wrong: nothing instead",
        "Right",
    ),
    (9, "mesh/stranded-plaintext-scrape", "Wrong: a job", "Right"),
    (
        9,
        "mesh/stranded-plaintext-scrape",
        "Wrong: a PodMonitor",
        "Right",
    ),
    // Once there is a secure port, the plain ones are closed.
    (10, "mesh/open-plaintext-metrics", "Wrong: not set", "Right"),
    // In mode `STRICT` the sidecar leaves the secure ports alone.
    (11, "mesh/intercepted-scrape", "Wrong: STRICT", "Right"),
    (
        11,
        "mesh/intercepted-scrape",
        "Wrong: STRICT",
        "Right: a mode for the ports",
    ),
    (
        11,
        "mesh/intercepted-scrape",
        "Wrong: STRICT",
        "Right: ports that the charts leave out",
    ),
    // A legacy Sidecar is for one workload, and `STRICT` on its port.
    (
        12,
        "mesh/intercepted-scrape",
        "Wrong: a Sidecar",
        "Right: a Sidecar",
    ),
    (12, "mesh/namespace-wide-sidecar", "Wrong", "Right"),
    // A job asks for a path that its port serves.
    (13, "mesh/wrong-metrics-path", "Wrong", "Right"),
    // A job speaks TLS, shows a certificate, and verifies no name.
    (
        14,
        "mesh/uncertified-scraper",
        "Wrong: no certificate",
        "Right",
    ),
    (14, "mesh/uncertified-scraper", "Wrong: plain text", "Right"),
    (
        14,
        "mesh/uncertified-scraper",
        "Wrong: a name is verified",
        "Right",
    ),
    // The proxy writes the certificate where the job reads it.
    (
        15,
        "mesh/uncertified-scraper",
        "Wrong: another folder",
        "Right",
    ),
    (15, "mesh/uncertified-scraper", "Wrong: read-only", "Right"),
    // The scraper has a proxy.
    (16, "mesh/uncertified-scraper", "Wrong: no sidecar", "Right"),
    (
        16,
        "mesh/uninjected-namespace",
        "Wrong: on the node's network",
        "Right: a Namespace",
    ),
    (
        16,
        "mesh/uninjected-namespace",
        "Wrong: a namespace of the system",
        "Right: a Namespace",
    ),
    // That proxy takes nothing that the scraper sends or gets.
    (
        17,
        "mesh/uncertified-scraper",
        "Wrong: a setting that nobody reads",
        "Right",
    ),
    (
        17,
        "mesh/intercepted-scrape",
        "Wrong: the scraper's own sidecar",
        "Right: the scraper's own sidecar",
    ),
    // Addresses are right for IPv6, too.
    (
        18,
        "mesh/mismatched-secure-port",
        "Wrong: an address of IPv6",
        "Right: an address of IPv6",
    ),
    // Merging reads from ports of the application.
    (19, "mesh/colliding-metrics-port", "Wrong: merging", "Right"),
    (
        19,
        "mesh/colliding-metrics-port",
        "Wrong: merging a port of Istio's own",
        "Right",
    ),
    (
        19,
        "mesh/colliding-metrics-port",
        "Wrong: merging a port by its name",
        "Right",
    ),
    (
        19,
        "mesh/colliding-metrics-port",
        "Wrong: merging several",
        "Right: merging several",
    ),
    // NetworkPolicies let the scraper in.
    (
        20,
        "service/blocked-by-network-policy",
        "Wrong: a scraper",
        "Right: a scraper",
    ),
    // The version knows the ports.
    (21, "mesh/inert-secure-port", "Wrong: too old", "Right"),
    (
        21,
        "mesh/inert-secure-port",
        "Wrong: a revision that is too old",
        "Right",
    ),
    (
        21,
        "mesh/inert-secure-port",
        "Wrong: charts that are too old",
        "Right",
    ),
    // No Service opens them to the outside.
    (22, "mesh/public-metrics-port", "Wrong", "Right"),
    (
        22,
        "mesh/public-metrics-port",
        "Wrong: a secure port",
        "Right",
    ),
    // No AuthorizationPolicy keeps out who has no identity there.
    (
        23,
        "mesh/intercepted-scrape",
        "Wrong: a policy",
        "Right: a policy",
    ),
];

/// The text under the heading `title`; `None` when there is no such heading.
fn section<'p>(page: &'p str, title: &str) -> Option<&'p str> {
    let heading = format!("\n## {title}\n");
    let (_, rest) = page.split_once(&heading)?;
    Some(rest.split("\n## ").next().unwrap_or(rest))
}

#[test]
fn every_invariant_has_a_rule_with_a_wrong_and_a_right_example() {
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let mut wanting = Vec::new();
    for (invariant, page, wrong, right) in EXAMPLES {
        let text = fs::read_to_string(rules.join(page).with_extension("md")).unwrap();
        let rule = page.rsplit('/').next().unwrap();
        let claims = format!("finding: {rule}");
        let said = section(&text, wrong);
        if !said.is_some_and(|said| said.contains(&claims)) {
            wanting.push(format!(
                "{invariant}: {page} has no wrong example `{wrong}` with `{claims}`"
            ));
        }
        let said = section(&text, right);
        if !said.is_some_and(|said| said.contains("```yaml") && !said.contains("finding:")) {
            wanting.push(format!(
                "{invariant}: {page} has no right example `{right}`"
            ));
        }
        if !otel_lint::rules::all().any(|own| own.name == rule) {
            wanting.push(format!("{invariant}: there is no rule {rule}"));
        }
    }
    let covered: BTreeSet<usize> = EXAMPLES.iter().map(|(invariant, ..)| *invariant).collect();
    let missing = (1..=INVARIANTS).filter(|invariant| !covered.contains(invariant));
    wanting.extend(missing.map(|invariant| format!("{invariant}: no example at all")));
    assert!(wanting.is_empty(), "{}", wanting.join("\n"));
}

/// What no invariant asks for is no less executed; this only says that no heading is promised twice by mistake.
#[test]
fn every_row_says_something_else() {
    let rows: BTreeSet<_> = EXAMPLES.iter().collect();
    assert_eq!(rows.len(), EXAMPLES.len());
}
