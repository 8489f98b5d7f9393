//! `oauth2client`: tokens that a server hands out (contrib, extension/oauth2clientauthextension/config.go).

use crate::model::collector::shape::Kind;
use crate::model::collector::shape::Kind::Duration;
use crate::model::collector::shape::Kind::List;
use crate::model::collector::shape::Kind::Section as Inner;
use crate::model::collector::shape::Kind::Text;
use crate::model::collector::shape::Report;
use crate::model::collector::shape::SECRET;
use crate::model::collector::shape::Section;
use crate::model::collector::shape::Shape;
use crate::model::collector::shape::field;
use crate::model::collector::shape::shape;
use crate::model::collector::shape::tls;

pub(in crate::model::collector::shape) static OAUTH2: Shape = shape(
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
