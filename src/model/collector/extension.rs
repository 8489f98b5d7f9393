//! Extensions: which authenticate, for whom, and with what.

use crate::source::Spanned;

use super::id::ComponentId;
use super::phrase::Phrase;
use super::section::id_at;
use super::value::Value;

/// One entry of `extensions`.
#[derive(Clone, Debug)]
pub struct Extension {
    /// Its key.
    pub id: Spanned<ComponentId>,
    /// All that is written under it.
    pub body: Value,
    /// What it authenticates with, if it does.
    pub authenticator: Option<Authenticator>,
}

/// An extension that an `auth` section may name (contrib, extension/*).
#[derive(Clone, Debug)]
pub enum Authenticator {
    /// `basicauth` with `htpasswd`: guards a server.
    BasicServer {
        /// Lines of `user:hash`; of a user in both, this one wins.
        inline: Option<Spanned<Phrase>>,
        /// A file of such lines.
        file: Option<Spanned<Phrase>>,
    },
    /// `basicauth` with `client_auth`: serves a client.
    BasicClient {
        /// `username_file`, else `username`.
        username: Option<Told>,
        /// `password_file`, else `password`.
        password: Option<Told>,
    },
    /// `bearertokenauth`: both.
    Bearer {
        /// `tokens`, else `filename`, else `token`: a server takes each, a client sends the first.
        tokens: Vec<Told>,
        /// `Authorization` unless given.
        header: Option<Spanned<Phrase>>,
        /// `Bearer` unless given.
        scheme: Option<Spanned<Phrase>>,
    },
    /// `oidc`: guards a server.
    Oidc {
        /// The header; `authorization` unless given.
        attribute: Option<Spanned<Phrase>>,
    },
    /// `oauth2client`: serves a client.
    OAuth2,
    /// `headers_setter`: serves a client.
    HeadersSetter {
        /// What it does to headers, in order.
        headers: Vec<SetHeader>,
        /// The authenticator that it passes on to.
        additional: Option<Spanned<ComponentId>>,
    },
    /// Another one whose sides are not known here.
    Other,
}

/// A text, or the file that it is read from.
#[derive(Clone, Debug, PartialEq)]
pub enum Told {
    /// The text itself.
    Text(Spanned<Phrase>),
    /// The path of the file that holds it.
    File(Spanned<Phrase>),
}

/// One entry of `headers` of headers_setter.
#[derive(Clone, Debug, PartialEq)]
pub struct SetHeader {
    /// `action`; `upsert` when absent.
    pub action: Option<Spanned<Phrase>>,
    /// `key`: the header.
    pub key: Option<Spanned<Phrase>>,
    /// `value` or `value_file`; `None` when it comes with the telemetry.
    pub value: Option<Told>,
}

/// Whom an authenticator can serve; `None` when that is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sides {
    /// A receiver.
    pub server: Option<bool>,
    /// An HTTP exporter.
    pub http_client: Option<bool>,
    /// A gRPC exporter.
    pub grpc_client: Option<bool>,
}

impl Extension {
    pub(super) fn read(id: Spanned<ComponentId>, body: &Value) -> Self {
        let authenticator = Authenticator::read(&id.kind, body);
        Self {
            id,
            body: body.clone(),
            authenticator,
        }
    }
}

impl SetHeader {
    fn read(entry: &Value) -> Self {
        let file = entry.text_at("value_file").map(Told::File);
        Self {
            action: entry.text_at("action"),
            key: entry.text_at("key"),
            value: entry.text_at("value").map(Told::Text).or(file),
        }
    }
}

impl Authenticator {
    fn read(kind: &str, body: &Value) -> Option<Self> {
        let text = |path: &[&str]| body.at(path).and_then(Value::text);
        let told = |path: &[&str], file: &[&str]| {
            let file = text(file).filter(|file| !file.as_written().is_empty());
            file.map(Told::File).or_else(|| text(path).map(Told::Text))
        };
        Some(match kind {
            "basicauth"
                if body
                    .get("client_auth")
                    .is_some_and(|client| !client.is_null()) =>
            {
                Self::BasicClient {
                    username: told(
                        &["client_auth", "username"],
                        &["client_auth", "username_file"],
                    ),
                    password: told(
                        &["client_auth", "password"],
                        &["client_auth", "password_file"],
                    ),
                }
            }
            "basicauth" => Self::BasicServer {
                inline: text(&["htpasswd", "inline"]),
                file: text(&["htpasswd", "file"]),
            },
            "bearertokenauth" => Self::Bearer {
                tokens: match body.get("tokens").map(Value::texts) {
                    Some(tokens) if !tokens.is_empty() => {
                        tokens.into_iter().map(Told::Text).collect()
                    }
                    _ => told(&["token"], &["filename"]).into_iter().collect(),
                },
                header: text(&["header"]),
                scheme: text(&["scheme"]),
            },
            "oidc" => Self::Oidc {
                attribute: text(&["attribute"]),
            },
            "oauth2client" => Self::OAuth2,
            "headers_setter" => Self::HeadersSetter {
                headers: body
                    .get("headers")
                    .map(|headers| headers.items().iter().map(SetHeader::read).collect())
                    .unwrap_or_default(),
                additional: id_at(body, "additional_auth"),
            },
            _ if kind.ends_with("auth") || kind == "asapclient" => Self::Other,
            _ => return None,
        })
    }

    /// Whom it can serve.
    #[must_use]
    pub const fn sides(&self) -> Sides {
        let (server, client) = match self {
            Self::BasicServer { .. } | Self::Oidc { .. } => (Some(true), Some(false)),
            Self::BasicClient { .. } | Self::OAuth2 | Self::HeadersSetter { .. } => {
                (Some(false), Some(true))
            }
            Self::Bearer { .. } => (Some(true), Some(true)),
            Self::Other => (None, None),
        };
        Sides {
            server,
            http_client: client,
            grpc_client: client,
        }
    }

    /// The authenticator that it passes on to.
    #[must_use]
    pub fn additional(&self) -> Option<&ComponentId> {
        match self {
            Self::HeadersSetter { additional, .. } => additional.as_ref().map(|id| &id.value),
            _ => None,
        }
    }

    /// Whether a gRPC client with it refuses to start without TLS; `None` when that is not known here
    /// (grpc-go, clientconn.go `validateTransportCredentials`).
    #[must_use]
    pub const fn demands_tls(&self) -> Option<bool> {
        match self {
            Self::BasicClient { .. } | Self::Bearer { .. } | Self::OAuth2 => Some(true),
            Self::HeadersSetter {
                additional: None, ..
            } => Some(false),
            _ => None,
        }
    }
}
