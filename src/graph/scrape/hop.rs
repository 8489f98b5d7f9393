//! What each hop does to a scrape: the certificate, NetworkPolicies, the target's proxy, its ports, its paths.
//!
//! Source: istio 1.31, tools/packaging/common/envoy_bootstrap.json (secure listeners), pilot/cmd/pilot-agent/status
//! (15020), pilot/pkg/networking/core/listener_inbound.go (interception).

use super::Flaw;
use super::Hop;
use super::exit::Exit;
use super::fault::Cause;
use super::fault::Fault;
use super::fault::Stage;
use super::fault::Verdict;
use super::find::Found;
use super::intercepted;
use super::pod::Pod;
use super::pod::Served;
use super::scraper::Scraper;
use crate::graph::policy::Guarded;
use crate::graph::policy::Party;
use crate::graph::policy::Passage;
use crate::graph::policy::Policies;
use crate::graph::proxy::ENVOY_PLAIN;
use crate::graph::proxy::ENVOY_PORT;
use crate::graph::proxy::Kind;
use crate::graph::proxy::MERGED_PLAIN;
use crate::graph::proxy::interception::Mode;
use crate::graph::proxy::interception::takes;
use crate::graph::proxy::legacy::Lead;
use crate::model::Model;
use crate::model::scrape::job::Job;
use crate::model::workload::PodTemplate;

/// The way of one job's scrapes.
pub(super) struct Road<'m> {
    model: &'m Model,
    policies: &'m Policies<'m>,
    job: &'m Job,
    scraper: Option<Scraper>,
    /// Whether it shows what secure ports ask for.
    certificate: Verdict,
    /// How its connections leave its Pod.
    exit: Exit,
}

impl<'m> Road<'m> {
    pub(super) fn of(
        model: &'m Model,
        policies: &'m Policies<'m>,
        job: &'m Job,
        scraper: Option<Scraper>,
        certificate: Verdict,
    ) -> Self {
        Self {
            model,
            policies,
            job,
            exit: Exit::of(model, scraper),
            scraper,
            certificate,
        }
    }

    /// What every hop does to the scrape of `found`, in order.
    pub(super) fn hops(&self, pod: &Pod<'_>, found: &Found) -> Vec<Hop> {
        let Some(port) = found.port else {
            let verdict = Verdict::unknown("the port hangs on what only the cluster knows");
            return vec![Hop {
                stage: Stage::Listener,
                verdict,
            }];
        };
        let served = pod.served(self.model, port, found.is_local);
        let is_tls = found
            .scheme
            .as_deref()
            .map(|scheme| scheme.eq_ignore_ascii_case("https"));
        let mut hops = Vec::new();
        let mut hop = |stage, verdict| hops.push(Hop { stage, verdict });
        if served.is_secure() {
            hop(Stage::Certificate, self.certificate(is_tls));
        }
        if let Some(verdict) = self.exit.verdict(port).filter(|_| !found.is_local) {
            hop(Stage::Outbound, verdict);
        }
        if found.is_local {
            hop(Stage::Network, Verdict::passes("it does not leave the pod"));
        } else {
            hop(Stage::Network, self.network(pod, port));
        }
        if let Some(verdict) = self
            .interception(pod, port, is_tls, &served)
            .filter(|_| !found.is_local)
        {
            hop(Stage::Interception, verdict);
        }
        hop(Stage::Listener, listener(pod, port, is_tls, &served, found));
        if let Some(verdict) = path(port, &served, found, self.job) {
            hop(Stage::Path, verdict);
        }
        hops
    }

    /// What the target's proxy does with the connection; `None` where none takes any.
    fn interception(
        &self,
        pod: &Pod<'_>,
        port: u16,
        is_tls: Option<bool>,
        served: &Served,
    ) -> Option<Verdict> {
        let proxy = pod.proxy.filter(|proxy| proxy.kind == Kind::Sidecar)?;
        let object = proxy.object(self.model)?;
        let number = i64::from(port);
        if !takes(self.model, object, pod.template?, number) {
            return Some(Verdict::passes(format!(
                "the proxy leaves port {port} alone"
            )));
        }
        let mode = Mode::of(self.model, object, &pod.labels, number);
        Some(match (served, mode) {
            (Served::Secure { said, .. }, _) => match intercepted(self.model, proxy, number) {
                Some(Flaw::Strict(by)) => {
                    let fault = Fault::new(*said, Cause::Unwrapped);
                    Verdict::fails(fault.also(by, "in this mode the proxy ends the TLS itself"))
                }
                Some(Flaw::Denied(by)) => {
                    let fault = Fault::new(*said, Cause::Denied);
                    Verdict::fails(fault.also(by, "this policy asks who the peer is"))
                }
                None => {
                    Verdict::passes("no given policy is `STRICT`: the proxy hands TLS on untouched")
                }
            },
            (Served::Legacy(_), Mode::Strict(_)) => {
                Verdict::passes("`STRICT` takes the scraper's TLS")
            }
            (Served::Legacy(_), Mode::Permissive(Some(by)) | Mode::Disable(by)) => {
                Verdict::fails(Fault::new(by, Cause::Permissive))
            }
            (Served::Legacy(_), Mode::Permissive(None)) => Verdict::unknown(format!(
                "port {port} must be `STRICT`, and no PeerAuthentication was given that says so"
            )),
            (_, Mode::Strict(by)) if is_tls == Some(false) && self.exit.is_free() => {
                Verdict::fails(Fault::new(by, Cause::Refused { port }))
            }
            (_, Mode::Strict(_)) if is_tls == Some(false) => {
                Verdict::unknown("whether the scraper's own proxy speaks for it is not known")
            }
            _ => Verdict::passes("no given policy is `STRICT`"),
        })
    }

    fn certificate(&self, is_tls: Option<bool>) -> Verdict {
        match is_tls {
            None => Verdict::unknown("its scheme hangs on what only the cluster knows"),
            Some(true) => self.certificate.clone(),
            Some(false) => {
                let at = self
                    .job
                    .scheme
                    .as_ref()
                    .map_or(self.job.name.span, |scheme| scheme.span);
                Verdict::fails(Fault::new(at, Cause::Plaintext))
            }
        }
    }

    /// What NetworkPolicies make of it. A scraper that was not given may be anybody.
    fn network(&self, pod: &Pod<'_>, port: u16) -> Verdict {
        let party = self.scraper.map_or(Party::Anybody, |scraper| {
            Party::Workload(&self.model.workloads[scraper.workload])
        });
        let guarded = Guarded {
            namespace: pod.namespace,
            labels: &pod.labels,
            is_on_host_network: pod.template.is_some_and(PodTemplate::on_host_network),
        };
        let port = (i64::from(port), pod.template);
        match self.policies.passage(guarded, port, party) {
            Passage::HostNetwork => Verdict::passes("no NetworkPolicy guards the node's network"),
            Passage::Unguarded => Verdict::passes("no NetworkPolicy guards the pod"),
            Passage::Admitted => Verdict::passes("a NetworkPolicy lets the scraper in"),
            Passage::Unknown(kind) => {
                Verdict::unknown(format!("a {kind} guards the pod, and is not judged"))
            }
            Passage::Barred(barred) => {
                let at = self.model.network_policies[barred.first].ingress_span;
                Verdict::fails(Fault::new(at, Cause::Barred(barred)))
            }
        }
    }
}

/// Whether somebody listens on the port, and speaks what the job speaks.
fn listener(
    pod: &Pod<'_>,
    port: u16,
    is_tls: Option<bool>,
    served: &Served,
    found: &Found,
) -> Verdict {
    let at = found.said.first().copied().unwrap_or(pod.span);
    let closed = |cause| Verdict::fails(Fault::new(at, cause));
    match served {
        Served::Secure { variable, .. } => {
            Verdict::passes(format!("`{variable}` opens port {port}"))
        }
        Served::Legacy(_) => {
            let is_sidecar = pod.proxy.is_some_and(|proxy| proxy.kind == Kind::Sidecar);
            let what = if is_sidecar { "a Sidecar" } else { "a Gateway" };
            Verdict::passes(format!("{what} of Istio opens port {port}"))
        }
        Served::Collector {
            loopback: Some(true),
        } => closed(Cause::OwnLoopback { port }),
        Served::Collector {
            loopback: Some(false),
        } => Verdict::passes("the collector shows its own metrics there"),
        Served::Collector { loopback: None } => {
            Verdict::unknown("which address the collector binds to hangs on a variable")
        }
        Served::Agent {
            closed: Some(switch),
        } => {
            let fault = Fault::new(at, Cause::Forbidden);
            Verdict::fails(fault.also(*switch, "this closes the port to other pods"))
        }
        Served::Envoy {
            closed: Some(switch),
        } => {
            let fault = Fault::new(at, Cause::Loopback { port });
            Verdict::fails(fault.also(*switch, "this closes the port to other pods"))
        }
        Served::Agent { .. } | Served::Envoy { .. } if is_tls == Some(true) => {
            closed(Cause::TlsToPlaintext { port })
        }
        Served::Agent { .. } => Verdict::passes("the agent listens there"),
        Served::Envoy { .. } => Verdict::passes("the proxy listens there"),
        Served::Nobody => closed(Cause::Closed { port }),
        Served::Unknown(why) => Verdict::unknown(why.clone()),
    }
}

/// Whether the port serves the path; `None` where nobody knows what a port serves.
fn path(port: u16, served: &Served, found: &Found, job: &Job) -> Option<Verdict> {
    const ENVOY: &[&str] = &["/stats/prometheus"];
    const MERGED: &[&str] = &["/stats/prometheus", "/metrics"];
    let paths: Vec<&str> = match served {
        // A closed port serves nothing.
        Served::Agent { closed: Some(_) } | Served::Envoy { closed: Some(_) } => return None,
        Served::Secure { variable, .. } if *variable == ENVOY_PORT => ENVOY.to_vec(),
        Served::Envoy { .. } | Served::Legacy(Lead::Port(ENVOY_PLAIN)) => ENVOY.to_vec(),
        Served::Secure { .. } | Served::Agent { .. } => MERGED.to_vec(),
        Served::Legacy(Lead::Port(MERGED_PLAIN)) => MERGED.to_vec(),
        Served::Legacy(Lead::Paths(paths)) => paths.iter().map(String::as_str).collect(),
        Served::Legacy(Lead::Unknown) => {
            return Some(Verdict::unknown(
                "nothing that was given leads on from this port",
            ));
        }
        _ => return None,
    };
    let Some(path) = &found.path else {
        return Some(Verdict::unknown(
            "the path hangs on what only the cluster knows",
        ));
    };
    if paths.iter().any(|own| path.starts_with(own)) {
        return Some(Verdict::passes(format!("`{path}` is served")));
    }
    if matches!(served, Served::Agent { .. }) {
        return Some(Verdict::unknown(format!(
            "what the agent serves under `{path}` is not known"
        )));
    }
    let at = found.path_said.last().copied().unwrap_or(job.name.span);
    let cause = Cause::NotServed {
        port,
        path: path.clone(),
    };
    Some(Verdict::fails(Fault::new(at, cause)))
}
