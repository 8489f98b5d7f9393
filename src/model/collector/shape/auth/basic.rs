//! `basicauth`: a name and a password, asked for or sent (contrib, extension/basicauthextension/config.go).

use crate::model::collector::shape::Kind;
use crate::model::collector::shape::Kind::Pointer;
use crate::model::collector::shape::Kind::Section as Inner;
use crate::model::collector::shape::Kind::Text;
use crate::model::collector::shape::Report;
use crate::model::collector::shape::SECRET;
use crate::model::collector::shape::Section;
use crate::model::collector::shape::Shape;
use crate::model::collector::shape::field;
use crate::model::collector::shape::shape;
use crate::model::collector::value::Value;

pub(in crate::model::collector::shape) static BASIC: Shape = shape(
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
