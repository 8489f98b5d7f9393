//! Relabeling as Prometheus does it.

use super::*;
use crate::source::SourceId;

fn step(action: &str, sources: &[&str], regex: &str, target: &str, replacement: &str) -> Relabel {
    let span = Span::new(SourceId(0), 0..0);
    let text =
        |text: &str| Some(Spanned::new(text.to_owned(), span)).filter(|text| !text.is_empty());
    Relabel {
        span,
        sources: sources.iter().filter_map(|name| text(name)).collect(),
        separator: None,
        target: text(target),
        regex: text(regex),
        replacement: text(replacement),
        action: text(action),
    }
}

fn labels() -> Labels {
    let mut labels = Labels::default();
    labels.set("__meta_kubernetes_pod_ip", "192.0.2.1", &[]);
    labels.set("__meta_kubernetes_pod_annotation_port", "15092", &[]);
    labels.set(ADDRESS, "192.0.2.1:8080", &[]);
    labels
}

const IP: &str = "__meta_kubernetes_pod_ip";
const PORT: &str = "__meta_kubernetes_pod_annotation_port";
const NODE: &str = "__meta_kubernetes_pod_node_name";
const NONE: &str = "__meta_kubernetes_pod_annotation_none";

#[test]
fn targets_are_kept_and_dropped_as_prometheus_does_it() {
    for (step, kept) in [
        (step("keep", &[PORT], ".+", "", ""), Kept::Yes),
        (step("keep", &[PORT], "1509", "", ""), Kept::No),
        (step("keep", &[NONE], ".+", "", ""), Kept::No),
        (step("keep", &[NONE], "", "", ""), Kept::Yes),
        (step("Drop", &[PORT], "1.*", "", ""), Kept::No),
        (step("keep", &[NODE], "a", "", ""), Kept::Unknown),
        (step("keep", &[PORT], "(", "", ""), Kept::Unknown),
        (step("keepequal", &[PORT], "", NONE, ""), Kept::No),
        (step("dropequal", &[PORT], "", NONE, ""), Kept::Yes),
    ] {
        let steps = [step];
        assert_eq!(Program::new(&steps).run(&mut labels()), kept, "{steps:?}");
    }
}

#[test]
fn addresses_are_written_as_prometheus_does_it() {
    for (step, address) in [
        (
            step("", &[IP, PORT], "(.+);(.+)", ADDRESS, "$1:$2"),
            Some("192.0.2.1:15092"),
        ),
        (
            step(
                "replace",
                &[ADDRESS, PORT],
                r"([^:]+)(?::\d+)?;(\d+)",
                ADDRESS,
                "${1}:$2",
            ),
            Some("192.0.2.1:15092"),
        ),
        (
            step("", &[IP, NONE], r"(.+);(\d+)", ADDRESS, "$1:$2"),
            Some("192.0.2.1:8080"),
        ),
        (step("", &[], "", ADDRESS, "blackbox"), Some("blackbox")),
        (step("", &[NODE], "", ADDRESS, ""), None),
        (step("labeldrop", &[], "__address__", "", ""), Some("")),
        (
            step(
                "labelmap",
                &[],
                "__meta_kubernetes_pod_annotation_port",
                "",
                ADDRESS,
            ),
            Some("15092"),
        ),
        (step("uppercase", &[IP], "", ADDRESS, ""), Some("192.0.2.1")),
        (step("hashmod", &[IP], "", ADDRESS, ""), None),
    ] {
        let steps = [step];
        let mut labels = labels();
        Program::new(&steps).run(&mut labels);
        assert_eq!(labels.get(ADDRESS).value.as_deref(), address, "{steps:?}");
    }
}
