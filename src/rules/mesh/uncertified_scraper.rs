use crate::finding::Findings;
use crate::graph::proxy::Proxy;
use crate::graph::proxy::Unread;
use crate::graph::proxy::injection::Injection;
use crate::graph::proxy::injection::Reason;
use crate::graph::scrape;
use crate::graph::scrape::Aim;
use crate::model::scrape::Job;
use crate::model::scrape::JobTls;
use crate::model::workload::PodTemplate;
use crate::model::workload::container::VolumeMount;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;
use crate::source::Spanned;

pub(super) static RULE: Rule = Rule {
    name: "uncertified-scraper",
    severity: Severity::Error,
    page: page!("mesh/uncertified-scraper"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for job in &world.model.jobs {
        let aims = matches!(scrape::aim(job), Some(Aim::Merged | Aim::Envoy));
        if !aims {
            continue;
        }
        handshake(job, findings);
        let Some(tls) = &job.tls else { continue };
        let Some(owner) = scrape::owner(world.model, job) else {
            continue;
        };
        let mut proxies = world.graph.proxies.iter();
        let proxy = proxies.find(|proxy| proxy.workload == Some(owner));
        files(world, owner, proxy, tls, findings);
    }
    captured(world, findings);
}

/// What the job shows and asks for.
fn handshake(job: &Job, findings: &mut Findings) {
    let mut targets = job
        .relabels
        .iter()
        .filter_map(|relabel| relabel.to.as_ref());
    let sets_scheme = targets.any(|to| to.value == "__scheme__");
    if job.scheme() != "https" && !sets_scheme {
        let at = job
            .scheme
            .as_ref()
            .map_or(job.name.span, |scheme| scheme.span);
        findings
            .at(
                at,
                "this job speaks plain text to ports that speak TLS only: every scrape ends in EOF",
            )
            .help("say `scheme: https`, with `tls_config` for the certificates of the mesh");
        return;
    }
    let Some(tls) = &job.tls else {
        findings
            .at(job.name.span, "this job shows no certificate, and the ports that it scrapes demand one")
            .help("give it `tls_config` with `ca_file`, `cert_file` and `key_file` of the mesh, and `insecure_skip_verify: true`");
        return;
    };
    let lacks = [("cert_file", &tls.certificate), ("key_file", &tls.key)];
    if let Some((key, _)) = lacks.into_iter().find(|(_, file)| file.is_none()) {
        findings
            .at(tls.span, format!("`tls_config` has no `{key}`: the ports that it scrapes demand a certificate of the mesh"))
            .help("name the files that `OUTPUT_CERTS` writes: `cert-chain.pem`, `key.pem`, `root-cert.pem`");
    }
    let skips = tls
        .skips_verification
        .as_ref()
        .is_some_and(|skips| skips.value);
    if !skips {
        let at = tls.server_name.as_ref().map_or(tls.span, |name| name.span);
        findings
            .at(at, "this job verifies a name, and the certificates of proxies have none: every scrape fails")
            .help("say `insecure_skip_verify: true`: the certificates carry a SPIFFE ID, which no host name or address matches");
    }
}

/// Where the files of the job come from: the scraper's own sidecar writes them into a volume that both mount.
fn files(
    world: &World<'_>,
    owner: usize,
    proxy: Option<&Proxy>,
    tls: &JobTls,
    findings: &mut Findings,
) {
    let workload = &world.model.workloads[owner];
    let Some(file) = tls.files().next() else {
        return;
    };
    let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
    let output = proxy.and_then(|proxy| proxy.metadata.get("OUTPUT_CERTS"));
    let mount = mount_of(&workload.pod, folder);
    let Some(output) = output else {
        // Certificates may come from a Secret; without any mount they come from nowhere.
        if mount.is_none() && proxy.is_some() {
            findings
                .at(file.span, format!("nothing puts certificates into `{folder}` of the scraper"))
                .also(workload.object.name_span(), "it mounts nothing there, and its sidecar writes none")
                .help("let the sidecar write them: `OUTPUT_CERTS` in `proxyMetadata`, into a volume that both mount");
        }
        return;
    };
    if let Some(Injection::No(at, reason)) = proxy.map(|proxy| proxy.injection) {
        findings
            .at(output.value.span, "no sidecar is injected here, so nobody writes certificates")
            .also(at, keeps_out(reason))
            .help("add the label `sidecar.istio.io/inject: \"true\"` to the Pod template; an annotation does not do");
        return;
    }
    let Some(mount) = mount else {
        findings
            .at(file.span, format!("the scraper mounts nothing at `{folder}`, where this job looks"))
            .also(output.value.span, "its sidecar writes the certificates here")
            .help("mount the volume that the sidecar writes to into the container of Prometheus, at this path");
        return;
    };
    for (file, wanted) in names(tls) {
        let name = file.rsplit('/').next().unwrap_or_default();
        if !["cert-chain.pem", "key.pem", "root-cert.pem"].contains(&name) {
            findings
                .at(file.span, format!("the sidecar writes no file `{name}`"))
                .also(
                    output.value.span,
                    "it writes `cert-chain.pem`, `key.pem` and `root-cert.pem` here",
                )
                .help(format!("name `{folder}/{wanted}`"));
        }
    }
    shared(&workload.pod, mount, &output.value, findings);
}

/// Whether the sidecar mounts the same volume, at the folder that it writes to.
fn shared(
    pod: &PodTemplate,
    mount: &VolumeMount,
    output: &Spanned<String>,
    findings: &mut Findings,
) {
    let annotation =
        crate::model::object::value(&pod.annotations, "sidecar.istio.io/userVolumeMount");
    let Some(annotation) = annotation else {
        findings
            .at(output.span, "the sidecar writes its certificates where it mounts nothing: the scraper never sees them")
            .also(mount.span, "the scraper reads them from this volume")
            .help(format!(
                "add the annotation `sidecar.istio.io/userVolumeMount: '[{{\"name\": \"{}\", \"mountPath\": \"{}\"}}]'`",
                mount.name.value, output.value
            ));
        return;
    };
    let Ok(serde_json::Value::Array(mounts)) = serde_json::from_str(annotation) else {
        return;
    };
    let own = mounts
        .iter()
        .find(|own| own["name"].as_str() == Some(mount.name.as_str()));
    let Some(own) = own else {
        findings
            .at(
                annotation.span,
                format!(
                    "the sidecar does not mount the volume `{}` that the scraper reads from",
                    mount.name.value
                ),
            )
            .also(mount.span, "the scraper mounts it here")
            .help("name the same volume in both places");
        return;
    };
    if own["readOnly"].as_bool() == Some(true) {
        findings
            .at(
                annotation.span,
                "the sidecar mounts the volume read-only, and cannot write its certificates",
            )
            .also(output.span, "it is told to write them here")
            .help("take `readOnly` away");
    }
    let path = own["mountPath"].as_str().unwrap_or_default();
    if !path.is_empty() && path.trim_end_matches('/') != output.trim_end_matches('/') {
        findings
            .at(output.span, format!("the sidecar writes its certificates to `{}`, and mounts the shared volume at `{path}`", output.value))
            .also(annotation.span, "it is mounted here")
            .help("let both name the same folder");
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

const fn keeps_out(reason: Reason) -> &'static str {
    match reason {
        Reason::HostNetwork => "Pods on the node's network get none",
        Reason::SystemNamespace => "Pods of this namespace get none",
        Reason::Label => "this label keeps it out",
        Reason::Namespace => "this label of the Namespace keeps it out",
        Reason::Unasked => "neither this Namespace nor the Pod asks for one",
    }
}

/// The files of the job, each with what the sidecar calls it.
fn names(tls: &JobTls) -> impl Iterator<Item = (&Spanned<String>, &'static str)> {
    let files = [
        (&tls.authority, "root-cert.pem"),
        (&tls.certificate, "cert-chain.pem"),
        (&tls.key, "key.pem"),
    ];
    files
        .into_iter()
        .filter_map(|(file, name)| Some((file.as_ref()?, name)))
}

/// The mount of a container that covers `folder`, the proxy's own left out.
fn mount_of<'p>(pod: &'p PodTemplate, folder: &str) -> Option<&'p VolumeMount> {
    let containers = pod.containers.iter().filter(|container| {
        container
            .name
            .as_ref()
            .is_none_or(|name| name.value != "istio-proxy")
    });
    let mut mounts = containers.flat_map(|container| &container.mounts);
    mounts.find(|mount| {
        let path = mount.path.trim_end_matches('/');
        folder == path || folder.starts_with(&format!("{path}/"))
    })
}
