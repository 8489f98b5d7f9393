use crate::finding::Findings;
use crate::model::gateway::Listener;
use crate::model::reference::Reference;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;
use crate::source::Span;

pub(super) static RULE: Rule = Rule {
    name: "misplaced-cert-manager-annotation",
    severity: Severity::Warning,
    page: page!("gateway/misplaced-cert-manager-annotation"),
    check,
};

/// The annotations that make cert-manager write certificates for a Gateway.
const ISSUERS: &[&str] = &["cert-manager.io/issuer", "cert-manager.io/cluster-issuer"];

fn check(world: &World<'_>, findings: &mut Findings) {
    let gateways = world.model.gateways.iter();
    let gateways = gateways.map(|gateway| (&gateway.object, &gateway.listeners));
    let sets = world.model.listener_sets.iter();
    let sets = sets.map(|set| (&set.object, &set.listeners));
    for (object, listeners) in gateways.chain(sets) {
        let mut annotations = object.annotations.iter();
        let annotation = annotations.find(|pair| ISSUERS.contains(&pair.key.as_str()));
        let Some(annotation) = annotation else {
            continue;
        };
        let judged = listeners
            .iter()
            .map(|listener| chance(listener, object.namespace()));
        let judged: Vec<_> = judged.collect();
        let is_served = judged.contains(&Ok(true));
        let mut misses = judged.into_iter().filter_map(Result::err);
        let first = misses.next();
        if is_served && first.is_none() {
            continue;
        }
        let message = match is_served {
            true => "cert-manager makes no certificate for one of the listeners here",
            false => "cert-manager makes no certificate here",
        };
        let finding = findings.at(annotation.key.span, message);
        match first {
            Some((span, why)) => finding.also(span, why),
            None => finding.also(
                object.name_span(),
                format!("no listener of this {} ends TLS", object.kind),
            ),
        };
        for (span, why) in misses {
            finding.also(span, why);
        }
        finding.help("give the listener a `hostname` and a `certificateRefs` entry for a Secret beside it, or take the annotation out");
    }
}

/// Whether cert-manager makes a certificate for a listener, or why not where somebody would expect one.
fn chance(listener: &Listener, namespace: &str) -> Result<bool, (Span, &'static str)> {
    let ends_tls = matches!(listener.protocol(), "HTTPS" | "TLS") && !listener.passes_through();
    let Some(tls) = listener.tls.as_ref().filter(|_| ends_tls) else {
        return Ok(false);
    };
    let mut references = tls.certificates.iter();
    let is_away = |reference: &&Reference| reference.namespace_or(namespace) != namespace;
    if tls.certificates.is_empty() {
        return Err((tls.span, "this names no Secret to write to"));
    }
    if let Some(away) = references.find(is_away) {
        return Err((away.span, "the Secret is in another namespace"));
    }
    if listener.hostname().is_none() {
        return Err((
            listener.name_span(),
            "it has no `hostname` to make a certificate for",
        ));
    }
    Ok(true)
}
