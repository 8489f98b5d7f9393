//! Where targets come from, other than from Kubernetes (prometheus, discovery/).

use super::client::CLIENT;
use super::cloud;
use super::grammar::Field;
use super::grammar::Struct;
use super::grammar::TEXTS;
use super::grammar::Takes::Bool;
use super::grammar::Takes::Int;
use super::grammar::Takes::List;
use super::grammar::Takes::Map;
use super::grammar::Takes::Struct as Inner;
use super::grammar::Takes::Text;
use super::grammar::field;
use super::grammar::secret;
use super::grammar::structure;
use super::grammar::text;
use super::kubernetes::KUBERNETES;
use super::service;
use super::table::DURATION;
use super::text as parse;
use super::view::Reading;
use super::view::View;
use super::view::exclusive;
use super::view::scalar;
use crate::model::collector::endpoint;
use crate::model::collector::value::Value;

/// The keys of a job under which they stand. Others that end in `_sd_configs` are left to versions that know them.
pub(super) static DISCOVERIES: Struct = structure(
    "",
    &[
        field(
            "kubernetes_sd_configs",
            List("[]*kubernetes.SDConfig", &Inner(&KUBERNETES)),
        ),
        field("dns_sd_configs", List("[]*dns.SDConfig", &Inner(&DNS))),
        field("file_sd_configs", List("[]*file.SDConfig", &Inner(&FILE))),
        field("http_sd_configs", List("[]*http.SDConfig", &Inner(&HTTP))),
        field(
            "consul_sd_configs",
            List("[]*consul.SDConfig", &Inner(&CONSUL)),
        ),
        field("ec2_sd_configs", List("[]*aws.EC2SDConfig", &Inner(&EC2))),
        field(
            "lightsail_sd_configs",
            List("[]*aws.LightsailSDConfig", &Inner(&LIGHTSAIL)),
        ),
        field(
            "azure_sd_configs",
            List("[]*azure.SDConfig", &Inner(&AZURE)),
        ),
        field("gce_sd_configs", List("[]*gce.SDConfig", &Inner(&GCE))),
    ],
)
.with(&[&cloud::CLOUDS, &service::SERVICES]);

pub(super) const REFRESH: Field = field("refresh_interval", DURATION);
pub(super) const PORT: Field = field("port", Int("int"));

static DNS: Struct = structure(
    "dns.plain",
    &[field("names", TEXTS), text("type"), PORT, REFRESH],
)
.checked(dns);

fn dns(dns: &View<'_>, reading: &mut Reading<'_>) {
    if dns.is_empty("names") {
        let said = "DNS-SD config must contain at least one SRV record name";
        reading.absent(dns.key("names"), "no `names` are given", said);
    }
    let Some(record) = dns.text_or("type", "SRV") else {
        return;
    };
    match record.to_uppercase().as_str() {
        "SRV" => {}
        "A" | "AAAA" | "MX" | "NS" => {
            let port = dns.text_or("port", "");
            if port.is_some_and(|port| ["", "0"].contains(&port.as_ref())) {
                let message =
                    format!("records of the type `{record}` say no port, and none is given");
                let said = "a port is required in DNS-SD configs for all record types except SRV";
                reading.absent(dns.key("type"), message, said);
            }
        }
        _ => reading.value(
            dns.at("type"),
            "`type` takes `SRV`, `A`, `AAAA`, `MX` or `NS`",
            format!("invalid DNS-SD records type {record}"),
        ),
    }
}

static FILE: Struct =
    structure("file.plain", &[field("files", TEXTS), REFRESH]).checked(|file, reading| {
        if file.is_empty("files") {
            let said = "file service discovery config must contain at least one path name";
            reading.absent(file.key("files"), "no `files` are given", said);
        }
        for name in file.get("files").map(Value::items).unwrap_or_default() {
            let Some(path) = scalar(name) else { continue };
            if !is_target_file(&path) {
                let message =
                    "targets are read from `.json`, `.yml` and `.yaml`, with `*` in the name only";
                let said = format!("path name \"{path}\" is not valid for file discovery");
                reading.value(name.span, message, said);
            }
        }
    });

/// `^[^*]*(\*[^/]*)?\.(json|yml|yaml|JSON|YML|YAML)$`
fn is_target_file(path: &str) -> bool {
    let ends = [".json", ".yml", ".yaml", ".JSON", ".YML", ".YAML"];
    let Some(name) = ends.iter().find_map(|end| path.strip_suffix(end)) else {
        return false;
    };
    name.split_once('*')
        .is_none_or(|(_, rest)| !rest.contains('/'))
}

static HTTP: Struct = structure("http.plain", &[text("url"), REFRESH])
    .with(&[&CLIENT])
    .checked(http_url);

/// The same where the URL is filled in, whatever it says.
pub(super) static HTTP_WITH_URL: Struct =
    structure("http.plain", &[text("url"), REFRESH]).with(&[&CLIENT]);

pub(super) fn http_url(view: &View<'_>, reading: &mut Reading<'_>) {
    view.required("url", "URL is missing", reading);
    let Some(text) = view.text_or("url", "").filter(|text| !text.is_empty()) else {
        return;
    };
    let said = match endpoint::url(&text) {
        Ok(Some(url)) if !["http", "https"].contains(&url.scheme.as_str()) => {
            "URL scheme must be 'http' or 'https'".to_owned()
        }
        Ok(Some(url)) if url.authority.is_empty() => "host is missing in URL".to_owned(),
        Ok(_) => return,
        Err(_) => parse::url(&text)
            .err()
            .map_or_else(String::new, |wrong| wrong.said),
    };
    reading.value(
        view.at("url"),
        "`url` takes a URL with `http` or `https` and a host",
        said,
    );
}

static CONSUL: Struct = structure(
    "consul.plain",
    &[
        text("server"),
        text("path_prefix"),
        secret("token"),
        text("datacenter"),
        text("namespace"),
        text("partition"),
        text("tag_separator"),
        text("scheme"),
        text("username"),
        secret("password"),
        field("allow_stale", Bool),
        field("services", TEXTS),
        field("tags", TEXTS),
        field("node_meta", Map("map[string]string", &Text("string"))),
        text("filter").since(117),
        text("health_filter").since(140),
        REFRESH,
    ],
)
.with(&[&CLIENT])
.checked(|consul, reading| {
    let server = consul.text_or("server", "localhost:8500");
    if server.is_some_and(|server| server.trim().is_empty()) {
        let said = "consul SD configuration requires a server address";
        reading.value(consul.key("server"), "`server` is empty", said);
    }
    if let [given, ..] = consul.given(&["username", "password"])[..] && consul.inner("basic_auth").is_some() {
        let said = "at most one of consul SD configuration username and password and basic auth can be configured";
        let (other, own) = ("basic_auth", consul.key("basic_auth"));
        exclusive(reading, (given, consul.key(given)), (other, own), said);
    }
    let others = ["authorization", "oauth2"];
    if consul.says("token") && let Some(other) = others.into_iter().find(|key| consul.inner(key).is_some()) {
        let said = "at most one of consul SD token, authorization, or oauth2 can be configured";
        exclusive(reading, ("token", consul.key("token")), (other, consul.key(other)), said);
    }
});

const CREDENTIALS: &[Field] = &[
    text("endpoint"),
    text("region"),
    text("access_key"),
    secret("secret_key"),
    text("profile"),
    text("role_arn"),
    text("external_id").since(140),
    PORT,
    REFRESH,
];

pub(super) static AMAZON: Struct = structure("", CREDENTIALS);

static EC2: Struct = structure(
    "aws.plain",
    &[field("filters", List("[]*aws.Filter", &Inner(&FILTER)))],
)
.with(&[&AMAZON, &CLIENT])
.checked(|ec2, reading| {
    for filter in ec2.get("filters").map(Value::items).unwrap_or_default() {
        let view = View {
            value: filter,
            span: filter.span,
        };
        if filter.map().is_some() && view.is_empty("values") {
            let said = "EC2 SD configuration filter values cannot be empty";
            reading.absent(view.key("values"), "a filter has no `values`", said);
        }
    }
});

pub(super) static FILTER: Struct = structure("aws.Filter", &[text("name"), field("values", TEXTS)]);

static LIGHTSAIL: Struct = structure("aws.plain", &[]).with(&[&AMAZON, &CLIENT]);

static AZURE: Struct = structure(
    "azure.plain",
    &[
        text("environment"),
        PORT,
        text("subscription_id"),
        text("tenant_id"),
        text("client_id"),
        secret("client_secret"),
        text("authentication_method"),
        text("resource_group"),
        REFRESH,
    ],
)
.with(&[&CLIENT])
.checked(|azure, reading| {
    let method = azure
        .text_or("authentication_method", "OAuth")
        .unwrap_or_default();
    let methods = ["OAuth", "ManagedIdentity", "SDK", "WorkloadIdentity"];
    if !methods.contains(&method.as_ref()) && !azure.lacks("authentication_method") {
        let said = format!("unknown authentication_type \"{method}\".");
        let message =
            "`authentication_method` takes `OAuth`, `ManagedIdentity`, `SDK` or `WorkloadIdentity`";
        reading.value(azure.at("authentication_method"), message, said);
    }
    let keys: &[&str] = match method.as_ref() {
        "OAuth" => &["subscription_id", "tenant_id", "client_id", "client_secret"],
        _ => &["subscription_id"],
    };
    for key in keys {
        let said = format!("azure SD configuration requires a {key}");
        azure.required(key, &said, reading);
    }
});

static GCE: Struct = structure(
    "gce.plain",
    &[
        text("project"),
        text("zone"),
        text("filter"),
        text("tag_separator"),
        PORT,
        REFRESH,
    ],
)
.checked(|gce, reading| {
    gce.required(
        "project",
        "GCE SD configuration requires a project",
        reading,
    );
    gce.required("zone", "GCE SD configuration requires a zone", reading);
});
