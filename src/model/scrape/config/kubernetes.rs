//! Targets from Kubernetes (prometheus, discovery/kubernetes/kubernetes.go).

use super::client::CLIENT;
use super::client::is_custom;
use super::grammar::Struct;
use super::grammar::TEXTS;
use super::grammar::Takes;
use super::grammar::Takes::Bool;
use super::grammar::Takes::List;
use super::grammar::Takes::Parsed;
use super::grammar::Takes::Struct as Inner;
use super::grammar::Wrong;
use super::grammar::field;
use super::grammar::structure;
use super::grammar::text;
use super::text as parse;
use super::text::one_of;
use super::view::Reading;
use super::view::View;
use super::view::exclusive;
use crate::model::collector::fault::FaultKind;
use crate::model::collector::fault::NEWEST;
use crate::model::collector::value::Value;

const ROLE: Takes = Parsed("string", role);

const ROLES: &[&str] = &[
    "pod",
    "service",
    "endpoints",
    "endpointslice",
    "node",
    "ingress",
];

fn role(text: &str) -> Result<(), Wrong> {
    let message = "takes one of `pod`, `service`, `endpoints`, `endpointslice`, `node`, `ingress`";
    one_of(text, ROLES, message, |text| {
        format!("unknown Kubernetes SD role \"{text}\"")
    })
}

/// One of `kubernetes_sd_configs`.
pub(super) static KUBERNETES: Struct = structure(
    "kubernetes.plain",
    &[
        field("role", ROLE),
        field("api_server", Parsed("string", parse::url)),
        text("kubeconfig_file"),
        field("namespaces", Inner(&NAMESPACES)),
        field(
            "selectors",
            List("[]kubernetes.SelectorConfig", &Inner(&SELECTOR)),
        ),
        field("attach_metadata", Inner(&METADATA)),
    ],
)
.with(&[&CLIENT])
.checked(kubernetes);

static NAMESPACES: Struct = structure(
    "kubernetes.plain",
    &[field("own_namespace", Bool), field("names", TEXTS)],
);

static SELECTOR: Struct = structure(
    "kubernetes.SelectorConfig",
    &[field("role", ROLE), text("label"), text("field")],
);

static METADATA: Struct = structure(
    "kubernetes.AttachMetadataConfig",
    &[
        field("node", Bool),
        field("namespace", Bool).since(117),
        field("deployment", Bool).since(140),
        field("job", Bool).since(140),
        field("cronjob", Bool).since(140),
    ],
);

fn kubernetes(discovery: &View<'_>, reading: &mut Reading<'_>) {
    discovery.required(
        "role",
        "role missing (one of: pod, service, endpoints, endpointslice, node, ingress)",
        reading,
    );
    server(discovery, reading);
    selectors(discovery, reading);
}

/// Which server is asked, and how.
fn server(discovery: &View<'_>, reading: &mut Reading<'_>) {
    let api = discovery
        .get("api_server")
        .is_some_and(|url| !url.is_open());
    let no_api = discovery.get("api_server").is_none();
    let file = discovery.says("kubeconfig_file");
    let (api_at, file_at) = (
        discovery.key("api_server"),
        discovery.key("kubeconfig_file"),
    );
    let (api_server, kubeconfig) = (("api_server", api_at), ("kubeconfig_file", file_at));
    if api && file {
        let said = "cannot use 'kubeconfig_file' and 'api_server' simultaneously";
        return exclusive(reading, api_server, kubeconfig, said);
    }
    let is_custom = is_custom(discovery);
    if file && is_custom {
        return reading.value(
            file_at,
            "`kubeconfig_file` says how to ask the API server, and so do other keys here",
            "cannot use a custom HTTP client configuration together with 'kubeconfig_file'",
        );
    }
    if no_api && is_custom {
        return reading.absent(
            discovery.span,
            "how to ask the API server is given without an `api_server`",
            "to use custom HTTP client configuration please provide the 'api_server' URL explicitly",
        );
    }
    let Some(namespaces) = discovery.inner("namespaces") else {
        return;
    };
    if !namespaces.is("own_namespace", true) {
        return;
    }
    let own = ("own_namespace", namespaces.key("own_namespace"));
    if api {
        let said = "cannot use 'api_server' and 'namespaces.own_namespace' simultaneously";
        exclusive(reading, api_server, own, said);
    } else if file {
        let said = "cannot use 'kubeconfig_file' and 'namespaces.own_namespace' simultaneously";
        exclusive(reading, kubeconfig, own, said);
    }
}

/// What objects of a role may be selected by.
const SELECTED: [(&str, &[&str]); 6] = [
    ("pod", &["pod", "node"]),
    ("service", &["service"]),
    ("endpointslice", &["pod", "service", "endpointslice"]),
    ("endpoints", &["pod", "service", "endpoints"]),
    ("node", &["node"]),
    ("ingress", &["ingress"]),
];

fn selectors(discovery: &View<'_>, reading: &mut Reading<'_>) {
    let Some(role) = discovery.text_or("role", "") else {
        return;
    };
    let Some((_, allowed)) = SELECTED.iter().find(|(name, _)| *name == role) else {
        return;
    };
    let mut seen = Vec::new();
    for value in discovery
        .get("selectors")
        .map(Value::items)
        .unwrap_or_default()
    {
        let selector = View {
            value,
            span: value.span,
        };
        let Some(of) = selector.text_or("role", "") else {
            continue;
        };
        if seen.contains(&of) {
            let message = format!("two selectors are for the role `{of}`");
            let said = format!("duplicated selector role: {of}");
            return reading.value(selector.at("role"), message, said);
        }
        if !allowed.contains(&of.as_ref()) {
            let message = format!("targets of the role `{role}` are not selected by `{of}`");
            let said = format!("{role} role supports only {} selectors", allowed.join(", "));
            let fault = reading.refuse(FaultKind::Value, selector.at("role"), message, said);
            fault.versions = 0..NEWEST + 1;
            return;
        }
        if (role.as_ref(), of.as_ref()) == ("pod", "node") {
            let message = "Pods are not selected by their node before 0.140".to_owned();
            let said = "pod role supports only pod selectors";
            let fault = reading.refuse(FaultKind::Value, selector.at("role"), message, said);
            fault.versions = 0..140;
        }
        seen.push(of);
        fields(&selector, reading);
    }
}

/// A selector by fields compares each with something (apimachinery, fields/selector.go).
fn fields(selector: &View<'_>, reading: &mut Reading<'_>) {
    let Some(text) = selector.text_or("field", "") else {
        return;
    };
    if text.contains('\\') {
        return;
    }
    let mut terms = text.split(',').filter(|term| !term.is_empty());
    if let Some(term) = terms.find(|term| !term.contains('=')) {
        let message = "`field` compares fields with `=`, `==` or `!=`";
        let said = format!("invalid selector: '{text}'; can't understand '{term}'");
        reading.value(selector.at("field"), message, said);
    }
}
