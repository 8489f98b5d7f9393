use std::collections::BTreeSet;

use crate::finding::Findings;
use crate::graph::proxy::inert::Unread;
use crate::graph::scrape::fault::Cause;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "uncertified-scraper",
    severity: Severity::Error,
    page: page!("mesh/uncertified-scraper"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    let mut seen = BTreeSet::new();
    for secure in &world.graph.secure_jobs {
        let Some(fault) = secure.certificate.fault() else {
            continue;
        };
        // Two jobs wait for the files of one proxy.
        if !seen.insert(fault.at) {
            continue;
        }
        let job = &world.model.scrapings[secure.scraping].jobs[secure.job];
        let finding = findings.at(fault.at, fault.cause.words());
        finding.also.extend(fault.also.iter().cloned());
        if fault.at != job.name.span {
            finding.also(job.name.span, "this job scrapes secure ports");
        }
        finding.help(help(&fault.cause));
    }
    captured(world, findings);
}

/// What to do about it.
const fn help(cause: &Cause) -> &'static str {
    match cause {
        Cause::Plaintext => {
            "say `scheme: https`, with `tls_config` for the certificates of the mesh"
        }
        Cause::NoCertificate => {
            "name the files that `OUTPUT_CERTS` writes in `tls_config`: `cert-chain.pem`, `key.pem`, `root-cert.pem`"
        }
        Cause::Verified => {
            "say `insecure_skip_verify: true`: the certificates carry a SPIFFE ID, which no host name or address matches"
        }
        Cause::NotInjected => {
            "add the label `sidecar.istio.io/inject: \"true\"` to the Pod template; an annotation does not do"
        }
        Cause::Unwritten { .. } => {
            "let the proxy write it: `OUTPUT_CERTS` in `proxyMetadata`, into a volume that both mount"
        }
        Cause::ReadOnly => "take `readOnly` away",
        Cause::Unmounted { .. } => {
            "mount the volume that the proxy writes to into the container of the scraper, at this path"
        }
        Cause::Unshared { .. } => {
            "mount it in the proxy, too, with the annotation `sidecar.istio.io/userVolumeMount`"
        }
        Cause::UnknownFile { .. } => "it writes `cert-chain.pem`, `key.pem` and `root-cert.pem`",
        _ => "let the job, `OUTPUT_CERTS` and both mounts name the same folder",
    }
}

/// `INBOUND_CAPTURE_PORTS` is in the sample of Istio, and no version reads it.
fn captured(world: &World<'_>, findings: &mut Findings) {
    for proxy in &world.graph.proxies {
        for inert in proxy
            .inert
            .iter()
            .filter(|inert| inert.why == Unread::Unheard)
        {
            let includes =
                proxy.annotation(world.model, "traffic.sidecar.istio.io/includeInboundPorts");
            if includes.is_some() {
                continue;
            }
            findings
                .at(inert.at, format!("no version of Istio reads `{}`: the sidecar takes the traffic of this Pod", inert.name))
                .severity(Severity::Warning)
                .help("add the annotations `traffic.sidecar.istio.io/includeInboundPorts: \"\"` and \
                       `traffic.sidecar.istio.io/includeOutboundIPRanges: \"\"` to the Pod template");
        }
    }
}
