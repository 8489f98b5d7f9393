use crate::attach::credential::served_names;
use crate::attach::hostname;
use crate::attach::listener::Resolved;
use crate::finding::Findings;
use crate::model::cert_manager::CERT_MANAGER;
use crate::model::cert_manager::CertificateOrder;
use crate::model::cert_manager::Issuer;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "certificate-drift",
    severity: Severity::Error,
    page: page!("certificate/certificate-drift"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for order in &world.model.orders {
        for listener in 0..world.attachment.listeners.len() {
            against_listener(world, order, listener, findings);
        }
        against_issuers(world, order, findings);
    }
    for issuer in &world.model.issuers {
        let is_cluster_wide = issuer.object.kind.value == "ClusterIssuer";
        if let Some(namespace) = issuer.object.namespace.as_ref().filter(|_| is_cluster_wide) {
            findings
                .at(namespace.span, "a ClusterIssuer stands in no namespace")
                .severity(Severity::Warning)
                .help("leave `namespace` out, or make it an Issuer");
        }
    }
}

fn against_listener(
    world: &World<'_>,
    order: &CertificateOrder,
    listener: usize,
    findings: &mut Findings,
) {
    let (model, attachment) = (world.model, world.attachment);
    let facts = &attachment.listeners[listener];
    let gateway = &model.gateways[facts.gateway];
    let Some(secret) = &order.secret else {
        return;
    };
    let references = facts
        .written(model)
        .tls
        .iter()
        .flat_map(|tls| &tls.certificates);
    for (reference, certificate) in references.zip(&facts.certificates) {
        if reference.name() != secret.value {
            continue;
        }
        let wanted = reference.namespace_or(gateway.object.namespace());
        let made = order.object.namespace();
        if wanted != made {
            if matches!(certificate.secret, Resolved::Absent(_)) {
                findings
                    .at(
                        secret.span,
                        format!(
                            "cert-manager makes Secret `{}` in namespace `{made}`",
                            secret.value
                        ),
                    )
                    .also(
                        certificate.said,
                        format!("the listener looks for it in `{wanted}`"),
                    )
                    .help("put the Certificate into the namespace of the Gateway");
            }
            continue;
        }
        if !matches!(certificate.secret, Resolved::Elsewhere) || facts.certificates.len() > 1 {
            continue;
        }
        names(world, order, listener, findings);
        let serves = |usage: &str| matches!(usage, "server auth" | "any");
        if let Some(first) = order.usages.first()
            && !order.usages.iter().any(|usage| serves(usage))
        {
            findings
                .at(first.span, "the usages have no `server auth`")
                .also(certificate.said, "this listener shows the certificate")
                .help("add `server auth`: clients refuse the certificate else");
        }
    }
}

fn names(world: &World<'_>, order: &CertificateOrder, listener: usize, findings: &mut Findings) {
    let attachment = world.attachment;
    let Some(secret) = &order.secret else {
        return;
    };
    let at = order.dns_names_span.unwrap_or(secret.span);
    let served = served_names(
        world.model,
        &attachment.listeners,
        &attachment.parents,
        listener,
    );
    for name in &served {
        let is_wild = name.name.starts_with('*');
        let narrowed = served
            .iter()
            .any(|other| other != name && hostname::matches(&name.name, &other.name));
        let covered = order.dns_names.iter().any(|dns| match is_wild {
            true => hostname::intersection(Some(&name.name), Some(dns)).is_some(),
            false => covers(dns, &name.name),
        });
        if !(covered || is_wild && narrowed) {
            findings
                .at(
                    at,
                    format!("the names of the Certificate do not cover `{}`", name.name),
                )
                .also(name.said, "clients use this name")
                .help(format!("add `{}` to `dnsNames`", name.name));
        }
    }
}

/// Whether a DNS SAN stands for the host: `*` for one whole label (go crypto/x509 verify.go, matchHostnames).
fn covers(dns: &str, host: &str) -> bool {
    let (dns, host) = (dns.to_ascii_lowercase(), host.to_ascii_lowercase());
    match dns.strip_prefix("*.") {
        Some(parent) => host.split_once('.').is_some_and(|(_, rest)| rest == parent),
        None => dns == host,
    }
}

fn against_issuers(world: &World<'_>, order: &CertificateOrder, findings: &mut Findings) {
    let foreign = order
        .issuer_group
        .as_ref()
        .is_some_and(|group| group.value != CERT_MANAGER);
    let Some(name) = order.issuer.as_ref().filter(|_| !foreign) else {
        return;
    };
    let namespace = order.object.namespace();
    let kind = order
        .issuer_kind
        .as_ref()
        .map_or("Issuer", |kind| kind.as_str());
    let named = || {
        world
            .model
            .issuers
            .iter()
            .filter(|issuer| issuer.object.name() == name.value)
    };
    let fits = |issuer: &Issuer| {
        issuer.object.kind.value == kind
            && (kind == "ClusterIssuer" || issuer.object.namespace() == namespace)
    };
    if let (None, Some(near)) = (named().find(|issuer| fits(issuer)), named().next()) {
        let found = near.object.kind.value.as_str();
        let place = match found {
            "ClusterIssuer" => "for the whole cluster".to_owned(),
            _ => format!("in namespace `{}`", near.object.namespace()),
        };
        findings
            .at(name.span, format!("there is no {kind} `{}` in namespace `{namespace}`", name.value))
            .also(near.object.name_span(), format!("this one is a {found} {place}"))
            .help(format!("say `kind: {found}` if this one is meant, or give the namespace an Issuer of its own"));
    }
    for issuer in named() {
        let (Some(account), Some(secret)) = (&issuer.account_secret, &order.secret) else {
            continue;
        };
        if account.value == secret.value {
            findings
                .at(
                    secret.span,
                    format!(
                        "Secret `{}` is to hold the certificate and the key of the ACME account",
                        secret.value
                    ),
                )
                .also(account.span, "here as `privateKeySecretRef`")
                .help("give the account a Secret of its own, or each overwrites the other");
        }
    }
}
