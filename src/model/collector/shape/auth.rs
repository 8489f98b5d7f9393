//! Authenticators (contrib, extension/*): basicauth, bearertokenauth, oidc, oauth2client, headers_setter.

use std::collections::BTreeSet;

use super::Kind;
use super::Kind::Bool;
use super::Kind::Duration;
use super::Kind::Int;
use super::Kind::List;
use super::Kind::Pointer;
use super::Kind::Section as Inner;
use super::Kind::Text;
use super::Report;
use super::SECRET;
use super::Section;
use super::Shape;
use super::field;
use super::shape;
use super::tls;
use crate::model::collector::value::Value;

/// contrib, extension/basicauthextension/config.go
pub(super) static BASIC: Shape = shape(
    "basicauthextension.Config",
    &[
        field("htpasswd", Pointer(&HTPASSWD)),
        field("client_auth", Pointer(&CLIENT_AUTH)),
    ],
)
.checked(basic);

static HTPASSWD: Shape = shape(
    "basicauthextension.HtpasswdSettings",
    &[
        field("file", Text),
        field("inline", Text),
        field("secret_provider", Inner(&SECRET_PROVIDER)).since(163),
    ],
)
.checked(htpasswd);

static CLIENT_AUTH: Shape = shape(
    "basicauthextension.ClientAuthSettings",
    &[
        field("username", Text),
        field("username_file", Text).since(147),
        field("password", SECRET),
        field("password_file", Text).since(147),
        field("secret_provider", Inner(&SECRET_PROVIDER)).since(163),
    ],
)
.checked(client_auth);

/// An extension that hands out the secret.
static SECRET_PROVIDER: Shape = shape(
    "basicauthextension.SecretProviderConfig",
    &[
        field("id", Kind::Id),
        field("username_key", Text),
        field("password_key", Text),
    ],
);

fn htpasswd(server: &Section<'_>, report: &mut Report<'_>) {
    secret_provider(server, &["file", "inline"], &["id"], report);
}

fn client_auth(client: &Section<'_>, report: &mut Report<'_>) {
    let others = ["username", "username_file", "password", "password_file"];
    let needed = ["id", "username_key", "password_key"];
    secret_provider(client, &others, &needed, report);
}

/// Credentials from an extension, and beside them others of which nobody could say which count.
fn secret_provider(
    section: &Section<'_>,
    others: &[&str],
    needed: &[&str],
    report: &mut Report<'_>,
) {
    let Some(provider) = section.get("secret_provider") else {
        return;
    };
    if let Some(other) = others.iter().find(|key| section.says(key)) {
        report.value(
            section.key(other),
            format!("both `{other}` and `secret_provider` are given"),
            "only one credential source allowed: choose `secret_provider` or inline/file, not both",
        );
        return;
    }
    let says = |key: &&&str| {
        let phrase = provider.get(key).and_then(Value::phrase);
        phrase.is_some_and(|phrase| !phrase.as_written().is_empty())
    };
    if let Some(missing) = needed.iter().find(|key| !says(key))
        && !provider.is_reference()
    {
        let said = match *missing {
            "id" => "`secret_provider.id` is required",
            _ => {
                "`secret_provider.username_key` and `secret_provider.password_key` are required for client_auth"
            }
        };
        let message = format!("no `{missing}` is given");
        report.value(section.key("secret_provider"), message, said);
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
        field("header", Text).since(123),
        field("scheme", Text),
        field("token", SECRET),
        field("tokens", List(&SECRET)).since(122),
        field("filename", Text),
        field("retry_on_failure", Inner(&FILE_RETRY)).since(160),
        field("wait_for_token_file", Bool).since(160),
    ],
)
.checked(bearer);

/// contrib, extension/internal/credentialsfile
static FILE_RETRY: Shape = shape(
    "credentialsfile.RetryOnFailureConfig",
    &[
        field("enabled", Bool),
        field("interval", Duration),
        field("max_retries", Int),
    ],
);

fn bearer(bearer: &Section<'_>, report: &mut Report<'_>) {
    let tokens = bearer
        .get("tokens")
        .is_some_and(|tokens| !tokens.texts().is_empty() || !tokens.items().is_empty());
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
        field("ignore_issuer", Bool).since(157),
        field("issuer_ca_path", Text),
        field("username_claim", Text),
        field("groups_claim", Text),
        field("public_keys_file", Text).since(146),
    ],
);

/// contrib, extension/oidcauthextension/config.go
pub(super) static OIDC: Shape = shape(
    "oidcauthextension.Config",
    &[
        field("attribute", Text),
        field("providers", List(&Inner(&PROVIDER))).since(131),
        field("issuer_url", Text),
        field("audience", Text),
        field("ignore_audience", Bool).since(126),
        field("issuer_ca_path", Text),
        field("username_claim", Text),
        field("groups_claim", Text),
    ],
)
.checked(oidc);

fn oidc(oidc: &Section<'_>, report: &mut Report<'_>) {
    if oidc.is_open("providers") {
        return;
    }
    let listed = oidc
        .get("providers")
        .map_or(&[][..], |providers| providers.items());
    // Without a word on any provider newer versions start, and refuse everybody.
    let legacy = [
        "issuer_url",
        "audience",
        "issuer_ca_path",
        "username_claim",
        "groups_claim",
    ];
    let is_legacy =
        legacy.into_iter().any(|key| oidc.says(key)) || oidc.is("ignore_audience", true);
    let is_many = listed.len() + usize::from(is_legacy) > 1;
    let own = Section {
        value: oidc.value,
        span: oidc.span,
    };
    let others = listed.iter().map(|value| Section {
        value,
        span: value.span,
    });
    let mut seen = BTreeSet::new();
    for one in is_legacy.then_some(own).into_iter().chain(others) {
        if is_many && one.is("ignore_issuer", true) {
            report.value(
                one.key("ignore_issuer"),
                "`ignore_issuer` with more than one provider",
                "ignore_issuer cannot be true when multiple providers are configured",
            );
        }
        let issuer = one.text_or("issuer_url", "");
        if let Some(issuer) = issuer.filter(|issuer| !seen.insert(*issuer)) {
            report.value(
                one.key("issuer_url"),
                "two providers have this issuer",
                format!("duplicate issuer URL found: {issuer}"),
            );
        } else {
            provider(&one, report);
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
            "no Audience provided for the OIDC configuration",
        );
        report.by_absence();
    }
    if !provider.says("issuer_url") {
        report.value(
            provider.span,
            "no `issuer_url` is given",
            "no IssuerURL provided for the OIDC configuration",
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
        field("client_secret", SECRET),
        field("client_secret_file", Text),
        field("client_certificate_key", SECRET).since(145),
        field("client_certificate_key_file", Text).since(145),
        field("client_certificate_key_id", Text).since(145),
        field(
            "endpoint_params",
            Kind::Named(&Kind::Map(&List(&Text)), "url.Values"),
        ),
        field("token_url", Text),
        field("scopes", List(&Text)),
        field("tls", Inner(&tls::CLIENT)),
        field("timeout", Duration),
        field("expiry_buffer", Duration).since(120),
        field("grant_type", Text).since(145),
        field("signature_algorithm", Text).since(145),
        field("iss", Text).since(145),
        field("audience", Text).since(145),
        field("claims", Kind::Map(&Kind::Any)).since(145),
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
    let Some(grant) = client.text_or("grant_type", "") else {
        return;
    };
    let by_certificate = grant == "urn:ietf:params:oauth:grant-type:jwt-bearer";
    let (secret, file, said) = match by_certificate {
        true => (
            "client_certificate_key",
            "client_certificate_key_file",
            "no ClientCertificateKey provided in the OAuth2 exporter configuration",
        ),
        false => (
            "client_secret",
            "client_secret_file",
            "no ClientSecret provided in OAuth Client Credentials configuration",
        ),
    };
    if !client.says(secret) && !client.says(file) {
        report.value(
            client.span,
            format!("neither `{secret}` nor `{file}` is given"),
            said,
        );
        report.by_absence();
    }
    if !by_certificate && !matches!(grant, "" | "client_credentials") {
        report.creation(
            client.key("grant_type"),
            format!("`{grant}` is no `grant_type`"),
            format!("unknown grant type {grant:?}"),
        );
    }
}

static HEADER: Shape = shape(
    "headerssetterextension.HeaderConfig",
    &[
        field(
            "action",
            Kind::Named(&Text, "headerssetterextension.ActionValue"),
        ),
        field("key", Text),
        field("value", Text),
        field("value_file", Text).since(148),
        field("from_context", Text),
        field("from_attribute", Text),
        field("default_value", SECRET),
    ],
);

/// contrib, extension/headerssetterextension/config.go
pub(super) static HEADERS_SETTER: Shape = shape(
    "headerssetterextension.Config",
    &[
        field("headers", List(&Inner(&HEADER))),
        field("additional_auth", Kind::Id).since(141),
    ],
)
.checked(headers_setter);

fn headers_setter(setter: &Section<'_>, report: &mut Report<'_>) {
    let headers = setter.get("headers");
    if headers.is_none_or(|headers| headers.items().is_empty() && !headers.is_open()) {
        report.value(
            setter.span,
            "no `headers` are given",
            "missing headers configuration",
        );
        report.by_absence();
    }
    for value in headers.map_or(&[][..], |headers| headers.items()) {
        let span = value.span;
        header(&Section { value, span }, report);
    }
}

fn header(header: &Section<'_>, report: &mut Report<'_>) {
    if !header.says("key") {
        report.value(header.span, "a header without `key`", "missing header name");
        return;
    }
    if header
        .text_or("action", "")
        .is_none_or(|action| action == "delete")
    {
        return;
    }
    let sources = ["value", "value_file", "from_context", "from_attribute"];
    let mut given = sources.into_iter().filter(|key| header.get(key).is_some());
    match (given.next(), given.next()) {
        (None, _) => report.value(
            header.key("key"),
            "none of `value`, `value_file`, `from_context` and `from_attribute` is given",
            "missing header source, must be 'from_context', 'from_attribute', 'value', or 'value_file'",
        ),
        (Some(first), Some(second)) => report.value(
            header.key(second),
            format!("both `{first}` and `{second}` are given"),
            "invalid header source, must be only one of 'from_context', 'from_attribute', 'value', or 'value_file'",
        ),
        _ => {}
    }
}
