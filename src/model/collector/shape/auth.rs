//! Authenticators (contrib, extension/*): basicauth, bearertokenauth, oidc, oauth2client, headers_setter.

use super::Kind;
use super::Kind::Bool;
use super::Kind::Duration;
use super::Kind::Int;
use super::Kind::List;
use super::Kind::Optional;
use super::Kind::Section as Inner;
use super::Kind::Text;
use super::Report;
use super::Section;
use super::Shape;
use super::Value;
use super::field;
use super::shape;
use super::tls;

/// contrib, extension/basicauthextension/config.go
pub(super) static BASIC: Shape = shape(
    "basicauthextension.Config",
    &[
        field("htpasswd", Optional(&HTPASSWD)),
        field("client_auth", Optional(&CLIENT_AUTH)),
    ],
)
.checked(basic);

static HTPASSWD: Shape = shape(
    "basicauthextension.HtpasswdSettings",
    &[field("file", Text), field("inline", Text)],
);

static CLIENT_AUTH: Shape = shape(
    "basicauthextension.ClientAuthSettings",
    &[
        field("username", Text),
        field("username_file", Text),
        field("password", Text),
        field("password_file", Text),
        field("aws_secrets_manager", Optional(&AWS)),
    ],
)
.checked(client_auth);

static AWS: Shape = shape(
    "basicauthextension.AWSSecretsManager",
    &[
        field("secret_arn", Text),
        field("region", Text),
        field("refresh_interval", Duration),
        field("username_key", Text),
        field("password_key", Text),
    ],
);

/// Credentials from a vault, and beside them others of which nobody could say which count.
fn client_auth(client: &Section<'_>, report: &mut Report<'_>) {
    let Some(vault) = client.get("aws_secrets_manager") else {
        return;
    };
    let others = ["username", "username_file", "password", "password_file"];
    if let Some(other) = others.into_iter().find(|key| client.says(key)) {
        report.value(
            client.key(other),
            format!("both `{other}` and `aws_secrets_manager` are given"),
            "aws_secrets_manager cannot be combined with username, username_file, password, or password_file",
        );
    }
    let secret = vault.get("secret_arn").and_then(Value::phrase);
    if !vault.is_reference() && secret.is_none_or(|secret| secret.as_written().is_empty()) {
        report.value(
            client.key("aws_secrets_manager"),
            "no `secret_arn` is given",
            "aws_secrets_manager.secret_arn is required",
        );
        report.by_absence();
    }
}

fn basic(basic: &Section<'_>, report: &mut Report<'_>) {
    match (basic.get("htpasswd").is_some(), basic.get("client_auth").is_some()) {
        (true, true) => report.value(
            basic.key("client_auth"),
            "both `htpasswd` and `client_auth` are given: one guards a server, the other serves a client",
            "only one of `htpasswd` or `client_auth` can be specified",
        ),
        (false, false) => {
            report.value(
            basic.span,
            "neither `htpasswd` nor `client_auth` is given",
            "no credential source provided",
            );
            report.by_absence();
        }
        _ => {}
    }
}

/// contrib, extension/bearertokenauthextension/config.go
pub(super) static BEARER: Shape = shape(
    "bearertokenauthextension.Config",
    &[
        field("header", Text),
        field("scheme", Text),
        field("token", Text),
        field("tokens", List(&Text)),
        field("filename", Text),
        field("file_retry", Kind::Any),
        field("retry_on_failure", Kind::Any),
        field("wait_for_token_file", Kind::Any),
    ],
)
.checked(bearer);

fn bearer(bearer: &Section<'_>, report: &mut Report<'_>) {
    let tokens = bearer
        .get("tokens")
        .is_some_and(|tokens| !tokens.texts().is_empty());
    if bearer.says("token") && tokens {
        report.value(
            bearer.key("tokens"),
            "both `token` and `tokens` are given",
            "either tokens or token should be provided, not both",
        );
    }
    if !bearer.says("token") && !tokens && !bearer.says("filename") && !bearer.is_open("tokens") {
        report.value(
            bearer.span,
            "none of `token`, `tokens` and `filename` is given",
            "no bearer token provided",
        );
        report.by_absence();
    }
}

static PROVIDER: Shape = shape(
    "oidcauthextension.ProviderCfg",
    &[
        field("issuer_url", Text),
        field("audience", Text),
        field("ignore_audience", Bool),
        field("ignore_issuer", Bool),
        field("issuer_ca_path", Text),
        field("username_claim", Text),
        field("groups_claim", Text),
        field("public_keys_file", Text),
    ],
)
.checked(provider);

/// contrib, extension/oidcauthextension/config.go
pub(super) static OIDC: Shape = shape(
    "oidcauthextension.Config",
    &[
        field("attribute", Text),
        field("providers", List(&Inner(&PROVIDER))),
        field("issuer_url", Text),
        field("audience", Text),
        field("ignore_audience", Bool),
        field("issuer_ca_path", Text),
        field("username_claim", Text),
        field("groups_claim", Text),
    ],
)
.checked(oidc);

fn oidc(oidc: &Section<'_>, report: &mut Report<'_>) {
    let providers = oidc
        .get("providers")
        .map_or(&[][..], |providers| providers.items());
    // Without a word on any provider newer versions start, and refuse everybody.
    let legacy = [
        "issuer_url",
        "audience",
        "ignore_audience",
        "issuer_ca_path",
        "username_claim",
        "groups_claim",
    ];
    let is_legacy = legacy.into_iter().any(|key| oidc.says(key));
    if providers.is_empty() && is_legacy && !oidc.is_open("providers") {
        provider(oidc, report);
        return;
    }
    let mut seen: Vec<&str> = Vec::new();
    for one in providers {
        let Some(issuer) = one.get("issuer_url").and_then(|url| url.phrase()?.known()) else {
            continue;
        };
        if seen.contains(&issuer) {
            report.value(
                one.get("issuer_url").map_or(one.span, |url| url.span),
                "two providers have this issuer",
                format!("duplicate issuer URL found: {issuer}"),
            );
        }
        // A hostile list must not cost its square.
        if seen.len() < 256 {
            seen.push(issuer);
        }
    }
}

fn provider(provider: &Section<'_>, report: &mut Report<'_>) {
    if !provider.says("audience")
        && !provider.is("ignore_audience", true)
        && !provider.is_open("ignore_audience")
    {
        report.value(
            provider.span,
            "no `audience` is given, so no token would be checked for it",
            "no audience provided in OIDC configuration",
        );
        report.by_absence();
    }
    if !provider.says("issuer_url") {
        report.value(
            provider.span,
            "no `issuer_url` is given",
            "no issuer URL provided in OIDC configuration",
        );
        report.by_absence();
    }
}

/// contrib, extension/oauth2clientauthextension/config.go
pub(super) static OAUTH2: Shape = shape(
    "oauth2clientauthextension.Config",
    &[
        field("client_id", Text),
        field("client_id_file", Text),
        field("client_secret", Text),
        field("client_secret_file", Text),
        field("client_certificate_key", Text),
        field("client_certificate_key_file", Text),
        field("client_certificate_key_id", Text),
        field("endpoint_params", Kind::Any),
        field("token_url", Text),
        field("scopes", List(&Text)),
        field("tls", Inner(&tls::CLIENT)),
        field("timeout", Duration),
        field("expiry_buffer", Duration),
        field("grant_type", Text),
        field("signature_algorithm", Text),
        field("iss", Text),
        field("audience", Text),
        field("claims", Kind::Any),
    ],
)
.checked(oauth2);

fn oauth2(client: &Section<'_>, report: &mut Report<'_>) {
    if !client.says("client_id") && !client.says("client_id_file") {
        report.value(
            client.span,
            "neither `client_id` nor `client_id_file` is given",
            "no ClientID provided in the OAuth2 exporter configuration",
        );
        report.by_absence();
    }
    if !client.says("token_url") {
        report.value(
            client.span,
            "no `token_url` is given",
            "no TokenURL provided in OAuth Client Credentials configuration",
        );
        report.by_absence();
    }
    let by_certificate = client
        .text("grant_type")
        .is_some_and(|grant| grant.ends_with("jwt-bearer"));
    let secret = client.says("client_secret") || client.says("client_secret_file");
    if !by_certificate && !secret && !client.is_open("grant_type") {
        report.value(
            client.span,
            "neither `client_secret` nor `client_secret_file` is given",
            "no ClientSecret provided in the OAuth2 exporter configuration",
        );
        report.by_absence();
    }
}

static HEADER: Shape = shape(
    "headerssetterextension.HeaderConfig",
    &[
        field(
            "action",
            Kind::Choice(
                &["", "insert", "update", "upsert", "delete"],
                "unsupported header action \"{}\"",
            ),
        ),
        field("key", Text),
        field("value", Text),
        field("value_file", Text),
        field("from_context", Text),
        field("from_attribute", Text),
        field("default_value", Text),
    ],
)
.checked(header);

/// contrib, extension/headerssetterextension/config.go
pub(super) static HEADERS_SETTER: Shape = shape(
    "headerssetterextension.Config",
    &[
        field("headers", List(&Inner(&HEADER))),
        field("additional_auth", Kind::Id),
    ],
)
.checked(headers_setter);

fn header(header: &Section<'_>, report: &mut Report<'_>) {
    if !header.says("key") {
        report.value(header.span, "a header without `key`", "missing header name");
        return;
    }
    let sources = ["value", "value_file", "from_context", "from_attribute"];
    let given = sources
        .into_iter()
        .filter(|key| header.get(key).is_some())
        .count();
    if given == 0 && header.text("action") != Some("delete") {
        report.value(
            header.key("key"),
            "none of `value`, `value_file`, `from_context` and `from_attribute` is given",
            "missing header source, must be 'from_context', 'from_attribute', 'value' or 'value_file'",
        );
    }
    if header.get("value").is_some() && header.get("from_context").is_some() {
        report.value(
            header.key("from_context"),
            "both `value` and `from_context` are given",
            "invalid header source, must either 'from_context', 'from_attribute' or 'value'",
        );
    }
}

fn headers_setter(setter: &Section<'_>, report: &mut Report<'_>) {
    let headers = setter.get("headers");
    if headers.is_none_or(|headers| headers.items().is_empty() && !headers.is_reference()) {
        report.value(
            setter.span,
            "no `headers` are given",
            "missing headers configuration",
        );
        report.by_absence();
    }
}

/// contrib, internal/healthcheck: the retry settings that health checks share.
pub(super) static RECOVERY: Shape = shape(
    "",
    &[
        field("enabled", Bool),
        field("include_permanent_errors", Bool),
        field("include_recoverable_errors", Bool),
        field("recovery_duration", Duration),
        field("interval", Text),
        field("exporter_failure_threshold", Int),
        field("path", Text),
    ],
);
