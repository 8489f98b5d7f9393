//! Whether a job has the certificate of the mesh that secure ports ask for: its files, the volume that holds them, the
//! proxy that writes them.
//!
//! Source: istio, security/pkg/nodeagent/util/util.go (`OutputKeyCertToDir`), samples/addons/extras.

use super::fault::Cause;
use super::fault::Fault;
use super::fault::Verdict;
use super::scraper::Scraper;
use crate::graph::proxy::Proxy;
use crate::graph::proxy::injection::Injection;
use crate::model::Model;
use crate::model::scrape::job::Credential;
use crate::model::scrape::job::Job;
use crate::model::scrape::job::Tls;
use crate::model::workload::PodTemplate;
use crate::model::workload::container::Container;
use crate::model::workload::container::VolumeMount;
use crate::model::workload::mount::Content;
use crate::model::workload::mount::Mounts;
use crate::model::workload::volume::VolumeSource;
use crate::source::Spanned;

/// What `OUTPUT_CERTS` makes the proxy write into its directory.
pub const WRITTEN: [&str; 3] = ["key.pem", "cert-chain.pem", "root-cert.pem"];

/// What is known of the scraper's own proxy.
struct Writer {
    /// Whether there is one.
    injection: Injection,
    /// `OUTPUT_CERTS` as the proxy sees it.
    output: Option<Spanned<String>>,
    /// Whether the Pod says anything to its proxy.
    is_told: bool,
}

impl Writer {
    /// The proxy in the Pods of `scraper`.
    fn of(model: &Model, proxies: &[Proxy], scraper: Scraper) -> Self {
        let workload = &model.workloads[scraper.workload];
        let own = proxies
            .iter()
            .find(|proxy| proxy.workload == Some(scraper.workload));
        let injection = own.map_or_else(
            || Injection::of(model, &workload.object, &workload.pod),
            |proxy| proxy.injection,
        );
        Self {
            injection,
            output: own
                .and_then(|proxy| proxy.environment.get("OUTPUT_CERTS"))
                .map(|variable| variable.value.clone()),
            is_told: own.is_some(),
        }
    }
}

/// Whether a connection of `job`, run by `scraper` if that was given, shows a certificate that a secure port takes.
pub(super) fn verdict(
    model: &Model,
    proxies: &[Proxy],
    job: &Job,
    scraper: Option<Scraper>,
) -> Verdict {
    if !job.scheme().eq_ignore_ascii_case("https") && !job.sets("__scheme__") {
        let scheme = job.scheme.as_ref().map(|scheme| scheme.span);
        return Verdict::fails(Fault::new(
            scheme.unwrap_or(job.name.span),
            Cause::Plaintext,
        ));
    }
    if job.open {
        return Verdict::unknown("its certificates hang on variables");
    }
    let Some(tls) = &job.tls else {
        return Verdict::fails(Fault::new(job.name.span, Cause::NoCertificate));
    };
    let (Some(cert), Some(key)) = (&tls.cert, &tls.key) else {
        return Verdict::fails(Fault::new(tls.span, Cause::NoCertificate));
    };
    if !tls.skips_verification() {
        return Verdict::fails(unverifiable(tls));
    }
    let found = scraper.and_then(|scraper| {
        let pod = &model.workloads[scraper.workload].pod;
        let container = pod.containers.get(scraper.container)?;
        Some((scraper, pod, container))
    });
    let Some((scraper, pod, container)) = found else {
        return Verdict::unknown("who runs the job was not given");
    };
    let search = Search {
        pod,
        container,
        writer: Writer::of(model, proxies, scraper),
    };
    let files = [Some(cert), Some(key), tls.ca.as_ref()];
    worst(files.into_iter().flatten().map(|file| search.file(file)))
}

/// The certificate of a proxy holds one name, `spiffe://…`, and Go compares no URI with the name that it dials.
fn unverifiable(tls: &Tls) -> Fault {
    let flag = tls.insecure.as_ref().map(|flag| flag.span);
    let name = tls.server_name.as_ref().map(|name| name.span);
    let at = flag.or(name).unwrap_or(tls.span);
    Fault::new(at, Cause::Verified)
}

fn worst(verdicts: impl Iterator<Item = Verdict>) -> Verdict {
    let mut worst = Verdict::Passes("shows a certificate".to_owned());
    for verdict in verdicts {
        match verdict {
            Verdict::Fails(_) => return verdict,
            Verdict::Unknown(_) => worst = verdict,
            Verdict::Passes(words) => {
                if let Verdict::Passes(own) = &mut worst {
                    *own = words;
                }
            }
        }
    }
    worst
}

struct Search<'m> {
    pod: &'m PodTemplate,
    container: &'m Container,
    writer: Writer,
}

impl Search<'_> {
    fn file(&self, credential: &Credential) -> Verdict {
        let Credential::File(path) = credential else {
            return Verdict::unknown("whether the mesh trusts its certificate is not known");
        };
        let file = Mounts::new(self.pod, self.container).resolve(path);
        match file.content {
            Content::Outside(kind) if kind.value == "emptyDir" => match file.mount {
                Some(mount) => self.written(path, mount),
                None => Verdict::unknown("who writes its files is not known"),
            },
            Content::NoVolume => match file.mount {
                Some(mount) if self.has_injected(&mount.name) => self.written(path, mount),
                _ => Verdict::unknown("its volume was not given"),
            },
            Content::Image => self.unmounted(path),
            _ => Verdict::unknown("whether the mesh trusts its certificate is not known"),
        }
    }

    /// Whether an annotation adds an empty volume of that name.
    fn has_injected(&self, name: &str) -> bool {
        self.pod.injected.volumes.iter().any(|volume| {
            let is_empty =
                matches!(&volume.source, VolumeSource::Other(kind) if kind.value == "emptyDir");
            volume.name.value == name && is_empty
        })
    }

    /// No mount covers the path: certain only where the proxy writes it, into its own file system.
    fn unmounted(&self, path: &Spanned<String>) -> Verdict {
        let output = self.writer.output.as_ref();
        match output.filter(|output| inside(path, output).is_some()) {
            Some(output) => {
                let fault = Fault::new(
                    path.span,
                    Cause::Unmounted {
                        path: path.value.clone(),
                    },
                );
                Verdict::fails(
                    fault.also(output.span, "the proxy writes there, in its own container"),
                )
            }
            // A proxy that was put there for nothing else, and is not told to write.
            None if output.is_none() && self.writer.is_told => Verdict::fails(Fault::new(
                path.span,
                Cause::Unwritten {
                    path: path.value.clone(),
                },
            )),
            None => Verdict::unknown("its image may hold its files"),
        }
    }

    /// Whether the proxy writes the file into the volume of `mount`, which the scraper reads.
    fn written(&self, path: &Spanned<String>, mount: &VolumeMount) -> Verdict {
        let others = self.pod.containers.iter().chain(&self.pod.init_containers);
        let others =
            others.filter(|other| !std::ptr::eq(*other, self.container) && !is_proxy(other));
        let is_shared = others
            .flat_map(|other| &other.mounts)
            .any(|other| other.name == mount.name);
        let partial = mount.sub_path.is_some() || mount.sub_path_expression.is_some();
        if is_shared || partial || self.pod.injected.is_opaque {
            return Verdict::unknown("another container may write its files");
        }
        match self.writer.injection {
            Injection::No(at, reason) => {
                let told = self.writer.output.as_ref().unwrap_or(path);
                let fault = Fault::new(told.span, Cause::NotInjected);
                return Verdict::fails(
                    fault
                        .also(at, reason.words())
                        .also(path.span, "the job waits for this file"),
                );
            }
            Injection::Unknown => {
                return Verdict::unknown("whether the scraper has a proxy is not known");
            }
            Injection::Yes(_) => {}
        }
        let proxies = self.pod.containers.iter().chain(&self.pod.init_containers);
        let own = proxies
            .filter(|proxy| is_proxy(proxy))
            .flat_map(|proxy| &proxy.mounts);
        let mut mounts = self.pod.injected.mounts.iter().chain(own);
        let Some(proxy) = mounts.find(|own| own.name == mount.name) else {
            let fault = Fault::new(
                path.span,
                Cause::Unshared {
                    volume: mount.name.value.clone(),
                },
            );
            return Verdict::fails(fault.also(mount.span, "the scraper mounts it here"));
        };
        if let Some(flag) = proxy.read_only.as_ref().filter(|flag| flag.value) {
            let fault = Fault::new(flag.span, Cause::ReadOnly);
            return Verdict::fails(fault.also(path.span, "the job waits for this file"));
        }
        self.named(path, mount, proxy)
    }

    /// Whether what the proxy writes is what the job reads.
    fn named(&self, path: &Spanned<String>, mount: &VolumeMount, proxy: &VolumeMount) -> Verdict {
        let Some(output) = &self.writer.output else {
            let fault = Fault::new(
                path.span,
                Cause::Unwritten {
                    path: path.value.clone(),
                },
            );
            return Verdict::fails(fault.also(
                proxy.span,
                "the proxy has the volume, and writes nothing into it",
            ));
        };
        let read = inside(path, &mount.path);
        let folder = inside(output, &proxy.path);
        let name = path.rsplit('/').next().unwrap_or_default();
        let (Some(read), Some(folder)) = (read, folder) else {
            return self.elsewhere(path, output, proxy);
        };
        if parent(&read) != folder {
            return self.elsewhere(path, output, proxy);
        }
        if !WRITTEN.contains(&name) {
            let fault = Fault::new(
                path.span,
                Cause::UnknownFile {
                    name: name.to_owned(),
                },
            );
            return Verdict::fails(fault.also(output.span, "the proxy writes there"));
        }
        Verdict::Passes(format!("the proxy writes it into `{}`", output.value))
    }

    fn elsewhere(
        &self,
        path: &Spanned<String>,
        output: &Spanned<String>,
        proxy: &VolumeMount,
    ) -> Verdict {
        let cause = Cause::Elsewhere {
            path: path.value.clone(),
            output: output.value.clone(),
        };
        let fault = Fault::new(path.span, cause)
            .also(output.span, "the proxy writes there")
            .also(proxy.span, "and has the volume here");
        Verdict::fails(fault)
    }
}

fn is_proxy(container: &Container) -> bool {
    container
        .name
        .as_ref()
        .is_some_and(|name| name.value == "istio-proxy")
}

/// What is left of `path` under `folder`, without slashes at its ends; `None` when it lies elsewhere.
fn inside(path: &str, folder: &str) -> Option<String> {
    let rest = path
        .trim_end_matches('/')
        .strip_prefix(folder.trim_end_matches('/'))?;
    (rest.is_empty() || rest.starts_with('/')).then(|| rest.trim_matches('/').to_owned())
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}
