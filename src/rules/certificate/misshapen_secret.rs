use crate::attach::credential::Pair;
use crate::finding::Findings;
use crate::finding::Fix;
use crate::model::store::Content;
use crate::model::store::Secret;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "misshapen-secret",
    severity: Severity::Error,
    page: page!("certificate/misshapen-secret"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for secret in &world.model.secrets {
        refused_by_the_server(secret, findings);
    }
    for pair in &world.attachment.credentials.pairs {
        unread_by_the_controller(world, pair, findings);
    }
}

/// Kubernetes, `ValidateSecret`: a Secret of type `kubernetes.io/tls` has both keys.
fn refused_by_the_server(secret: &Secret, findings: &mut Findings) {
    let Some(kind) = secret
        .kind
        .as_ref()
        .filter(|kind| kind.value == "kubernetes.io/tls")
    else {
        return;
    };
    // Something else fills a Secret that is given without any value.
    if secret.content != Content::Given || secret.entries.is_empty() {
        return;
    }
    for key in ["tls.crt", "tls.key"] {
        if secret.entry(key).is_none() {
            findings
                .at(
                    kind.span,
                    format!("a Secret of type `kubernetes.io/tls` has no key `{key}`"),
                )
                .help(format!("add `{key}`, or the API server refuses the Secret"));
        }
    }
}

fn unread_by_the_controller(world: &World<'_>, pair: &Pair, findings: &mut Findings) {
    let secret = &world.model.secrets[pair.secret];
    let Some(service) = pair.served.first() else {
        return;
    };
    if secret.entries.is_empty() {
        return;
    }
    let gateway = world.attachment.listeners[service.listener].gateway;
    let profile = world.attachment.gateways[gateway].profile;
    let kind = secret.kind.as_ref().map_or("Opaque", |kind| kind.as_str());
    let at = secret
        .kind
        .as_ref()
        .map_or(secret.object.name_span(), |kind| kind.span);
    if profile.demands_tls_secret && kind != "kubernetes.io/tls" {
        let finding = findings
            .at(at, format!("the Secret of a listener has type `{kind}`"))
            .also(service.said, format!("{} takes `kubernetes.io/tls` only", profile.name))
            .help("set `type: kubernetes.io/tls`; the type of a Secret cannot be changed, so create it anew");
        let is_pair = secret.entry("tls.crt").is_some() && secret.entry("tls.key").is_some();
        if let Some(kind) = secret.kind.as_ref().filter(|_| is_pair) {
            finding.fix(Fix::replace(kind.span, "kubernetes.io/tls"));
        }
        return;
    }
    let has = |key: &str| secret.entry(key).is_some();
    // Another pair of keys that is read before `tls.crt` and `tls.key`.
    let generic = profile
        .pair_keys
        .iter()
        .take_while(|(certificate, _)| *certificate != "tls.crt")
        .find(|(certificate, key)| has(certificate) && has(key));
    if kind != "kubernetes.io/tls" && generic.is_none() {
        for key in ["tls.crt", "tls.key"] {
            if !has(key) {
                findings
                    .at(
                        secret.object.name_span(),
                        format!("the Secret of a listener has no key `{key}`"),
                    )
                    .also(service.said, "this listener shows it")
                    .help("`tls.crt` holds the chain and `tls.key` its private key");
            }
        }
    }
    if let Some((entry, (certificate, key))) = secret.entry("tls.crt").zip(generic) {
        let name = profile.name;
        let message =
            format!("{name} reads `{certificate}` and `{key}` of this Secret, not `tls.crt`");
        findings
            .at(entry.key.span, message)
            .severity(Severity::Warning)
            .also(service.said, "this listener shows it")
            .help("keep one of the two pairs");
    }
}
