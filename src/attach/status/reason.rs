//! Faults to the reasons and words of conditions, as far as all implementations agree on them.

use super::View;
use super::condition::Condition;
use crate::attach::Absent;
use crate::attach::backend;
use crate::attach::grant::Refusal;
use crate::attach::listener::CertificateFacts;
use crate::attach::listener::Fault;
use crate::attach::listener::Resolved;
use crate::attach::route::BackendOutcome;
use crate::attach::route::ParentFacts;
use crate::attach::route::ParentOutcome;
use crate::attach::scrutiny;
use crate::model::reference::Reference;
use crate::model::route::Route;

/// A reason, and the words for it.
pub(super) type Reason = (&'static str, String);

/// What is wrong with an entry of `certificateRefs`.
pub(super) fn certificate(facts: &CertificateFacts) -> Option<Reason> {
    if let Resolved::Refused(refusal) = &facts.secret {
        return Some(("RefNotPermitted", refused("certificate", refusal)));
    }
    let words = fault(
        facts,
        "the certificate's Secret",
        "only a Secret of the core group",
    )?;
    Some(("InvalidCertificateRef", words))
}

/// What is wrong with an entry of `caCertificateRefs` of a Gateway.
pub(super) fn authority(facts: &CertificateFacts) -> Option<Reason> {
    match &facts.secret {
        Resolved::Refused(refusal) => Some(("RefNotPermitted", refused("client CA", refusal))),
        Resolved::OtherKind => {
            let words = "the client CA is of a kind that cannot hold one";
            Some(("InvalidCACertificateKind", words.to_owned()))
        }
        _ => Some((
            "InvalidCACertificateRef",
            fault(facts, "the client CA", "")?,
        )),
    }
}

fn fault(facts: &CertificateFacts, what: &str, kinds: &str) -> Option<String> {
    match (&facts.secret, &facts.defect) {
        (Resolved::OtherKind, _) => Some(format!("{what} is of another kind; {kinds} is taken")),
        (Resolved::Absent(Absent::Missing), _) => Some(format!("{what} does not exist")),
        (_, Some(defect)) => Some(format!("{what} {defect}")),
        _ => None,
    }
}

/// Why a reference across namespaces is refused.
pub(super) fn refused(what: &str, refusal: &Refusal) -> String {
    let nearest = refusal
        .nearest
        .as_ref()
        .map(|(_, words)| format!("; {words}"));
    let nearest = nearest.unwrap_or_default();
    format!(
        "the {what} stands in another namespace, and no ReferenceGrant there lets this reference in{nearest}"
    )
}

/// What a fault of a listener is, in words.
pub(super) const fn words(fault: Fault) -> &'static str {
    match fault {
        Fault::NoTls => "the protocol needs `tls`",
        Fault::NeedlessTls => "the protocol takes no `tls`",
        Fault::NoCertificate => "TLS ends here, and no certificate is named",
        Fault::NeedlessCertificate => {
            "TLS goes through to the backend, so no certificate may be named"
        }
        Fault::PassthroughOnHttps => {
            "HTTPS ends here; only protocol TLS goes through to the backend"
        }
        Fault::NeedlessHostname => "the protocol knows no host names",
        Fault::NoSelector => "`from: Selector` needs a selector",
        Fault::BrokenSelector => "the selector of namespaces cannot be evaluated",
    }
}

/// Why a route does not attach; `None`: it does, or nobody writes about it.
pub(super) fn denial(facts: &ParentFacts) -> Option<Reason> {
    let (reason, words) = match &facts.outcome {
        ParentOutcome::NoListener { .. } => (
            "NoMatchingParent",
            "the parent has no listener of that name or on that port",
        ),
        ParentOutcome::Unserved => (
            "NoMatchingParent",
            "the ListenerSet is not taken by its Gateway",
        ),
        ParentOutcome::NamespaceRefused { .. } | ParentOutcome::NamespaceUnknown => (
            "NotAllowedByListeners",
            "no listener takes routes from this namespace",
        ),
        ParentOutcome::KindRefused { .. } => (
            "NotAllowedByListeners",
            "no listener takes routes of this kind",
        ),
        ParentOutcome::Disjoint { .. } => (
            "NoMatchingListenerHostname",
            "no host name of the route meets one of the parent's listeners",
        ),
        ParentOutcome::Attached(_)
        | ParentOutcome::OtherKind
        | ParentOutcome::Absent(_)
        | ParentOutcome::Contested => {
            return None;
        }
    };
    Some((reason, words.to_owned()))
}

/// What is wrong with a backend, as every implementation sees it; whether the Service has the port is not looked at.
pub(super) fn backend(view: &View<'_>, route: &Route, reference: &Reference) -> Option<Reason> {
    if let Some(refusal) = backend::refusal(view.index, route, reference) {
        return Some(("RefNotPermitted", refused("backend", &refusal)));
    }
    let name = reference.name();
    match backend::outcome(view.index, route, reference) {
        BackendOutcome::OtherKind => {
            let kind = reference.kind_or("Service");
            Some((
                "InvalidKind",
                format!("a backend of kind `{kind}` is not supported"),
            ))
        }
        BackendOutcome::Absent(_) => {
            Some(("BackendNotFound", format!("there is no Service `{name}`")))
        }
        _ => None,
    }
}

/// What is wrong with the certificate that a Gateway shows to its backends.
pub(super) fn client_certificate(view: &View<'_>, gateway: usize) -> Option<Reason> {
    let facts = &view.attachment.gateways[gateway];
    let what = "the certificate for backends";
    match facts.client_certificate.as_ref()? {
        Resolved::Refused(refusal) => Some((
            "RefNotPermitted",
            refused("certificate for backends", refusal),
        )),
        Resolved::OtherKind | Resolved::ConfigMap(_) => Some((
            "InvalidClientCertificateRef",
            format!("{what} is of a kind that is not supported"),
        )),
        Resolved::Absent(Absent::Missing) => Some((
            "InvalidClientCertificateRef",
            format!("{what} does not exist"),
        )),
        Resolved::Secret(at) => {
            let secret = &view.model().secrets[*at];
            let profile = facts.profile;
            let judged = scrutiny::pair(
                secret,
                profile.pair_keys,
                profile.scrutiny,
                view.index.settings.now,
            );
            let defect = judged.err()?;
            Some(("InvalidClientCertificateRef", format!("{what} {defect}")))
        }
        Resolved::Elsewhere | Resolved::Absent(Absent::Outside) => None,
    }
}

/// The condition of a Gateway of which some port admits clients whose certificate nobody verifies.
pub(super) fn insecure(view: &View<'_>, gateway: usize) -> Option<Condition> {
    let frontend = view.model().gateways[gateway].frontend.as_ref()?;
    let ports = frontend
        .per_port
        .iter()
        .map(|port| port.validation.as_ref());
    let mut modes = ports
        .chain([frontend.default.as_ref()])
        .filter_map(|validation| validation?.mode.as_ref());
    let is_insecure = modes.any(|mode| mode.value == "AllowInsecureFallback");
    let kind = "InsecureFrontendValidationMode";
    let words = "clients without a good certificate are let in";
    is_insecure.then(|| Condition::yes(kind, "ConfigurationChanged", words))
}
