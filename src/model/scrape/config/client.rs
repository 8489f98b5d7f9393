//! How a client asks over HTTP (prometheus/common, config/http_config.go).

use super::grammar::Struct;
use super::grammar::TEXTS;
use super::grammar::Takes;
use super::grammar::Takes::Any;
use super::grammar::Takes::Bool;
use super::grammar::Takes::List;
use super::grammar::Takes::Map;
use super::grammar::Takes::Parsed;
use super::grammar::Takes::Struct as Inner;
use super::grammar::Takes::Text;
use super::grammar::field;
use super::grammar::secret;
use super::grammar::structure;
use super::grammar::text;
use super::text as parse;
use super::view::Reading;
use super::view::View;
use super::view::exclusive;
use crate::model::collector::value::Value;

/// Lists of texts under names (`url.Values`).
pub(super) const LIST_HEADERS: Takes = Map("url.Values", &TEXTS);

const SECRETS: Takes = List("[]config.Secret", &Text("config.plain"));

/// `HTTPClientConfig`
pub(super) static CLIENT: Struct = structure(
    "config.plain",
    &[
        field("basic_auth", Inner(&BASIC_AUTH)),
        field("authorization", Inner(&AUTHORIZATION)),
        field("oauth2", Inner(&OAUTH2)),
        secret("bearer_token"),
        text("bearer_token_file"),
        field("tls_config", Inner(&TLS)),
        field("follow_redirects", Bool),
        field("enable_http2", Bool),
        field("http_headers", Inner(&HEADERS)),
    ],
)
.with(&[&PROXY])
.checked(client);

static BASIC_AUTH: Struct = structure(
    "config.plain",
    &[
        text("username"),
        text("username_file"),
        text("username_ref"),
        secret("password"),
        text("password_file"),
        text("password_ref"),
    ],
)
.checked(|auth, reading| {
    auth.at_most_one(
        &["username", "username_file", "username_ref"],
        "at most one of basic_auth username, username_file & username_ref must be configured",
        reading,
    );
    auth.at_most_one(
        &["password", "password_file", "password_ref"],
        "at most one of basic_auth password, password_file & password_ref must be configured",
        reading,
    );
});

static AUTHORIZATION: Struct = structure(
    "config.Authorization",
    &[
        text("type"),
        secret("credentials"),
        text("credentials_file"),
        text("credentials_ref"),
    ],
)
.checked(|auth, reading| {
    auth.at_most_one(
        &["credentials", "credentials_file", "credentials_ref"],
        "at most one of authorization credentials & credentials_file must be configured",
        reading,
    );
    let kind = auth.text_or("type", "").unwrap_or_default();
    if kind.trim().eq_ignore_ascii_case("basic") {
        reading.value(
            auth.at("type"),
            "`authorization` is not for `Basic`, `basic_auth` is",
            "authorization type cannot be set to \"basic\", use \"basic_auth\" instead",
        );
    }
});

static OAUTH2: Struct = structure(
    "config.plain",
    &[
        text("client_id"),
        secret("client_secret"),
        text("client_secret_file"),
        text("client_secret_ref"),
        text("client_certificate_key_id").since(140),
        secret("client_certificate_key").since(140),
        text("client_certificate_key_file").since(140),
        text("client_certificate_key_ref").since(140),
        text("grant_type").since(140),
        text("signature_algorithm").since(140),
        text("iss").since(140),
        text("audience").since(140),
        field("claims", Map("map[string]interface {}", &Any)).since(140),
        field("scopes", TEXTS),
        text("token_url"),
        field("endpoint_params", Map("map[string]string", &Text("string"))),
        field("tls_config", Inner(&TLS)),
    ],
)
.with(&[&PROXY])
.checked(oauth2);

fn oauth2(auth: &View<'_>, reading: &mut Reading<'_>) {
    auth.required("client_id", "oauth2 client_id must be configured", reading);
    auth.required("token_url", "oauth2 token_url must be configured", reading);
    let Some(grant) = auth.text_or("grant_type", "") else {
        return;
    };
    if grant != "urn:ietf:params:oauth:grant-type:jwt-bearer" {
        return auth.at_most_one(
            &["client_secret", "client_secret_file", "client_secret_ref"],
            "at most one of oauth2 client_secret, client_secret_file & client_secret_ref must be configured",
            reading,
        );
    }
    auth.at_most_one(
        &["client_certificate_key", "client_certificate_key_file", "client_certificate_key_ref"],
        "at most one of oauth2 client_certificate_key, client_certificate_key_file & client_certificate_key_ref must be \
         configured using grant-type=urn:ietf:params:oauth:grant-type:jwt-bearer",
        reading,
    );
    let algorithm = auth.text_or("signature_algorithm", "").unwrap_or_default();
    if !["", "RS256", "RS384", "RS512"].contains(&algorithm.as_ref()) {
        reading.value(
            auth.at("signature_algorithm"),
            "`signature_algorithm` takes `RS256`, `RS384` or `RS512`",
            "valid signature algorithms are RS256, RS384 and RS512",
        );
    }
}

/// `TLSConfig`
pub(super) static TLS: Struct = structure(
    "config.plain",
    &[
        text("ca"),
        text("cert"),
        secret("key"),
        text("ca_file"),
        text("cert_file"),
        text("key_file"),
        text("ca_ref"),
        text("cert_ref"),
        text("key_ref"),
        text("server_name"),
        field("insecure_skip_verify", Bool),
        field("min_version", Parsed("string", parse::tls_version)),
        field("max_version", Parsed("string", parse::tls_version)),
    ],
)
.checked(tls);

fn tls(tls: &View<'_>, reading: &mut Reading<'_>) {
    let (cert, key) = (
        ["cert", "cert_file", "cert_ref"],
        ["key", "key_file", "key_ref"],
    );
    for (keys, said) in [
        (
            ["ca", "ca_file", "ca_ref"],
            "at most one of ca, ca_file & ca_ref must be configured",
        ),
        (
            cert,
            "at most one of cert, cert_file & cert_ref must be configured",
        ),
        (key, "at most one of key and key_file must be configured"),
    ] {
        tls.at_most_one(&keys, said, reading);
    }
    let lacks = |keys: [&str; 3]| keys.iter().all(|key| tls.lacks(key));
    if let [given, ..] = tls.given(&cert)[..]
        && lacks(key)
    {
        reading.absent(
            tls.key(given),
            format!("`{given}` is given without a key"),
            "exactly one of key or key_file must be configured when a client certificate is configured",
        );
    }
    if let [given, ..] = tls.given(&key)[..]
        && lacks(cert)
    {
        reading.absent(
            tls.key(given),
            format!("`{given}` is given without a certificate"),
            "exactly one of cert or cert_file must be configured when a client key is configured",
        );
    }
}

/// `ProxyConfig`
static PROXY: Struct = structure(
    "",
    &[
        field("proxy_url", Parsed("string", parse::url)),
        text("no_proxy"),
        field("proxy_from_environment", Bool),
        field("proxy_connect_header", Map("config.ProxyHeader", &SECRETS)),
    ],
)
.checked(proxy);

fn proxy(proxy: &View<'_>, reading: &mut Reading<'_>) {
    let by_environment = proxy.is("proxy_from_environment", true);
    let not_by_environment =
        proxy.get("proxy_from_environment").is_none() || proxy.is("proxy_from_environment", false);
    let has_headers = proxy
        .inner("proxy_connect_header")
        .is_some_and(|headers| !headers.value.entries().is_empty());
    if has_headers && not_by_environment && proxy.lacks("proxy_url") {
        reading.absent(
            proxy.key("proxy_connect_header"),
            "`proxy_connect_header` is given without a proxy",
            "if proxy_connect_header is configured, proxy_url or proxy_from_environment must also be configured",
        );
    }
    for (key, said) in [
        (
            "proxy_url",
            "if proxy_from_environment is configured, proxy_url must not be configured",
        ),
        (
            "no_proxy",
            "if proxy_from_environment is configured, no_proxy must not be configured",
        ),
    ] {
        if by_environment && proxy.says(key) {
            let environment = "proxy_from_environment";
            exclusive(
                reading,
                (environment, proxy.key(environment)),
                (key, proxy.key(key)),
                said,
            );
        }
    }
    if proxy.says("no_proxy") && proxy.get("proxy_url").is_none() && not_by_environment {
        reading.absent(
            proxy.key("no_proxy"),
            "`no_proxy` is given without a `proxy_url`",
            "if no_proxy is configured, proxy_url must also be configured",
        );
    }
}

/// `Headers`
static HEADERS: Struct = Struct {
    entries: Some(Inner(&HEADER)),
    ..structure("config.Headers", &[]).checked(headers)
};

static HEADER: Struct = structure(
    "config.Header",
    &[
        field("values", TEXTS),
        field("secrets", SECRETS),
        field("files", TEXTS),
    ],
);

/// Names that Prometheus sets itself, in lower case (`ReservedHeaders`).
const RESERVED: [&str; 18] = [
    "authorization",
    "host",
    "content-encoding",
    "content-length",
    "content-type",
    "user-agent",
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "www-authenticate",
    "accept-encoding",
    "x-prometheus-remote-write-version",
    "x-prometheus-remote-read-version",
    "x-prometheus-scrape-timeout-seconds",
    "x-amz-date",
    "x-amz-security-token",
    "x-amz-content-sha256",
];

fn headers(headers: &View<'_>, reading: &mut Reading<'_>) {
    for entry in headers.value.entries() {
        let name = entry.key.as_str();
        if RESERVED.contains(&name.to_ascii_lowercase().as_str()) {
            let message = format!("the header `{name}` is Prometheus' own");
            let said = format!("setting header \"{}\" is not allowed", canonical(name));
            reading.value(entry.key.span, message, said);
        }
    }
}

/// A name as `http.CanonicalHeaderKey` writes it.
fn canonical(name: &str) -> String {
    let mut begins = true;
    let letters = name.chars().map(|letter| {
        let letter = match begins {
            true => letter.to_ascii_uppercase(),
            false => letter.to_ascii_lowercase(),
        };
        begins = letter == '-';
        letter
    });
    letters.collect()
}

/// `HTTPClientConfig.Validate`: one kind of credentials.
fn client(client: &View<'_>, reading: &mut Reading<'_>) {
    let tokens = client.given(&["bearer_token", "bearer_token_file"]);
    let sections: Vec<_> = ["basic_auth", "oauth2", "authorization"]
        .into_iter()
        .filter(|key| client.get(key).is_some_and(|value| value.map().is_some()))
        .collect();
    let all: Vec<_> = tokens.iter().chain(&sections).copied().collect();
    let [first, second, ..] = all[..] else { return };
    let said = match (tokens.len(), sections.contains(&"authorization")) {
        (2, _) => "at most one of bearer_token & bearer_token_file must be configured",
        (1, _) if sections.iter().any(|key| *key != "authorization") => {
            "at most one of basic_auth, oauth2, bearer_token & bearer_token_file must be configured"
        }
        (1, _) => "authorization is not compatible with bearer_token & bearer_token_file",
        _ => "at most one of basic_auth, oauth2 & authorization must be configured",
    };
    exclusive(
        reading,
        (first, client.key(first)),
        (second, client.key(second)),
        said,
    );
}

/// Whether a client is asked to do anything but what it does by default, for certain.
pub(super) fn is_custom(client: &View<'_>) -> bool {
    let is_section = |key: &&str| client.get(key).is_some_and(|value| value.map().is_some());
    let off = |key: &&str| client.is(key, false);
    let is_tls = || {
        let tls = client.inner("tls_config");
        let values = tls.map(|tls| tls.value.entries()).unwrap_or_default();
        values.iter().any(|entry| is_something(&entry.value))
    };
    [
        "basic_auth",
        "authorization",
        "oauth2",
        "http_headers",
        "proxy_connect_header",
    ]
    .iter()
    .any(is_section)
        || ["follow_redirects", "enable_http2"].iter().any(off)
        || client.is("proxy_from_environment", true)
        || client.get("proxy_url").is_some_and(|url| !url.is_open())
        || !client
            .given(&["bearer_token", "bearer_token_file", "no_proxy"])
            .is_empty()
        || is_tls()
}

/// Whether a value is another than the zero of its type, for certain.
fn is_something(value: &Value) -> bool {
    super::view::scalar(value).is_some_and(|text| !text.is_empty() && text != "false")
}
