//! Sub-sections that many components share: TLS, authentication, optional sections, HTTP and gRPC clients and servers.

use crate::source::Span;
use crate::source::Spanned;

use super::id::ComponentId;
use super::phrase::Phrase;
use super::value::Value;

/// An optional section as it is written. Null is silently off for `tls` and `auth`, and on with defaults for a
/// protocol of the otlp receiver (collector, config/configoptional/optional.go).
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Presence<T> {
    /// The key is not written.
    #[default]
    Absent,
    /// The key is written, its value is null. The span is the key.
    Null(Span),
    /// It says `enabled: false`. The span is the `false`.
    Off(Span),
    /// Its value is a whole `${…}`. The span is the reference.
    Open(Span),
    /// It is given.
    Given(T),
}

impl<T> Presence<T> {
    /// What is given.
    #[must_use]
    pub const fn given(&self) -> Option<&T> {
        match self {
            Self::Given(given) => Some(given),
            _ => None,
        }
    }

    /// The section `key` of `parent`, read by `read` from its key's span and its value.
    pub(super) fn read(parent: &Value, key: &str, read: impl FnOnce(Span, &Value) -> T) -> Self {
        let Some(entry) = parent.map().and_then(|map| map.entry(key)) else {
            return Self::Absent;
        };
        if entry.value.is_null() {
            return Self::Null(entry.key.span);
        }
        if entry.value.is_reference() {
            return Self::Open(entry.value.span);
        }
        match entry
            .value
            .bool_at("enabled")
            .filter(|enabled| !enabled.value)
        {
            Some(enabled) => Self::Off(enabled.span),
            None => Self::Given(read(entry.key.span, &entry.value)),
        }
    }
}

/// A bool that may be left open by a `${…}`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Flag {
    /// Not written.
    #[default]
    Absent,
    /// Written.
    Known(bool, Span),
    /// A `${…}`.
    Open(Span),
}

impl Flag {
    fn read(parent: &Value, key: &str) -> Self {
        match parent.get(key) {
            None => Self::Absent,
            Some(value)
                if value
                    .phrase()
                    .is_some_and(|phrase| phrase.known().is_none()) =>
            {
                Self::Open(value.span)
            }
            Some(value) => parent
                .bool_at(key)
                .map_or(Self::Absent, |flag| Self::Known(flag.value, value.span)),
        }
    }

    /// Whether it is written and true.
    #[must_use]
    pub const fn is_true(self) -> bool {
        matches!(self, Self::Known(true, _))
    }

    /// Whether a `${…}` decides.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Open(_))
    }

    /// Where its value stands.
    #[must_use]
    pub const fn span(self) -> Option<Span> {
        match self {
            Self::Absent => None,
            Self::Known(_, span) | Self::Open(span) => Some(span),
        }
    }
}

/// A `tls:` section of a client or a server (collector, config/configtls/configtls.go).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tls {
    /// The key `tls`; `None` when the section is not written.
    pub span: Option<Span>,
    /// Roots by file or by text. On a server they verify nobody.
    pub ca_file: Option<Spanned<Phrase>>,
    /// See `ca_file`.
    pub ca_pem: Option<Spanned<Phrase>>,
    /// The own certificate, by file or by text.
    pub cert_file: Option<Spanned<Phrase>>,
    /// See `cert_file`.
    pub cert_pem: Option<Spanned<Phrase>>,
    /// The own key, by file or by text.
    pub key_file: Option<Spanned<Phrase>>,
    /// See `key_file`.
    pub key_pem: Option<Spanned<Phrase>>,
    /// Server: roots for clients; demands and verifies a client certificate.
    pub client_ca_file: Option<Spanned<Phrase>>,
    /// Server: reload `client_ca_file` when it changes; drops cipher suites and curves.
    pub client_ca_file_reload: Flag,
    /// Add the system's roots to `ca_file`; without one it has no effect.
    pub include_system_ca_certs_pool: Flag,
    /// Client: no TLS, unless a CA is given.
    pub insecure: Flag,
    /// Client: take any certificate.
    pub insecure_skip_verify: Flag,
    /// Client: the name to ask for and to verify.
    pub server_name_override: Option<Spanned<Phrase>>,
    /// `1.0` to `1.3`; 1.2 when absent.
    pub min_version: Option<Spanned<Phrase>>,
    /// `1.0` to `1.3`; 1.3 when absent.
    pub max_version: Option<Spanned<Phrase>>,
    /// Go names of cipher suites.
    pub cipher_suites: Vec<Spanned<Phrase>>,
    /// Go duration after which certificate and key are read again; never the CA.
    pub reload_interval: Option<Spanned<Phrase>>,
}

impl Tls {
    pub(super) fn read(span: Span, tls: &Value) -> Self {
        let text = |key| {
            tls.text_at(key)
                .filter(|text| !text.as_written().is_empty())
        };
        Self {
            span: Some(span),
            ca_file: text("ca_file"),
            ca_pem: text("ca_pem"),
            cert_file: text("cert_file"),
            cert_pem: text("cert_pem"),
            key_file: text("key_file"),
            key_pem: text("key_pem"),
            client_ca_file: text("client_ca_file"),
            client_ca_file_reload: Flag::read(tls, "client_ca_file_reload"),
            include_system_ca_certs_pool: Flag::read(tls, "include_system_ca_certs_pool"),
            insecure: Flag::read(tls, "insecure"),
            insecure_skip_verify: Flag::read(tls, "insecure_skip_verify"),
            server_name_override: text("server_name_override"),
            min_version: text("min_version"),
            max_version: text("max_version"),
            cipher_suites: tls
                .get("cipher_suites")
                .map(Value::texts)
                .unwrap_or_default(),
            reload_interval: text("reload_interval"),
        }
    }

    /// The versions that it lets speak; `None` when a `${…}` decides (collector, config/configtls/configtls.go
    /// `convertVersion`).
    #[must_use]
    pub fn versions(&self) -> Option<Versions> {
        let mut versions = Versions::DEFAULT;
        if let Some(said) = &self.min_version {
            versions.least = minor(said.known()?)?;
            versions.least_said = Some(said.span);
        }
        if let Some(said) = &self.max_version {
            versions.most = minor(said.known()?)?;
            versions.most_said = Some(said.span);
        }
        Some(versions)
    }

    /// The CA, by file or by text.
    #[must_use]
    pub const fn ca(&self) -> Option<&Spanned<Phrase>> {
        match &self.ca_file {
            Some(file) => Some(file),
            None => self.ca_pem.as_ref(),
        }
    }

    /// The own certificate, by file or by text.
    #[must_use]
    pub const fn certificate(&self) -> Option<&Spanned<Phrase>> {
        match &self.cert_file {
            Some(file) => Some(file),
            None => self.cert_pem.as_ref(),
        }
    }

    /// The own key, by file or by text.
    #[must_use]
    pub const fn key(&self) -> Option<&Spanned<Phrase>> {
        match &self.key_file {
            Some(file) => Some(file),
            None => self.key_pem.as_ref(),
        }
    }

    /// Every path that it names, with the name of its field.
    pub fn files(&self) -> impl Iterator<Item = (&'static str, &Spanned<Phrase>)> {
        [
            ("ca_file", &self.ca_file),
            ("cert_file", &self.cert_file),
            ("key_file", &self.key_file),
            ("client_ca_file", &self.client_ca_file),
        ]
        .into_iter()
        .filter_map(|(field, file)| Some((field, file.as_ref()?)))
    }
}

/// The versions of TLS that somebody speaks, by their minor numbers: 2 is TLS 1.2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Versions {
    /// The oldest.
    pub least: u8,
    /// What says so.
    pub least_said: Option<Span>,
    /// The newest.
    pub most: u8,
    /// What says so.
    pub most_said: Option<Span>,
}

impl Versions {
    /// What Go, Envoy and NGINX speak when nothing is said.
    pub const DEFAULT: Self = Self {
        least: 2,
        least_said: None,
        most: 3,
        most_said: None,
    };

    /// Whether there is none that both speak.
    #[must_use]
    pub const fn misses(&self, other: &Self) -> bool {
        self.most < other.least || other.most < self.least
    }

    /// Such as `TLS 1.2 to 1.3`.
    #[must_use]
    pub fn words(&self) -> String {
        if self.least == self.most {
            format!("TLS 1.{}", self.least)
        } else {
            format!("TLS 1.{} to 1.{}", self.least, self.most)
        }
    }
}

fn minor(version: &str) -> Option<u8> {
    ["1.0", "1.1", "1.2", "1.3"]
        .into_iter()
        .zip(0..)
        .find(|(own, _)| *own == version)
        .map(|(_, minor)| minor)
}

/// An `auth:` section.
#[derive(Clone, Debug, PartialEq)]
pub struct Auth {
    /// The key `auth`.
    pub span: Span,
    /// The extension that authenticates; `None` when it is not written, empty or no id.
    pub authenticator: Option<Spanned<ComponentId>>,
    /// Whether a server looks at parameters of the URL, too: `request_params`.
    pub reads_parameters: bool,
}

impl Auth {
    pub(super) fn read(span: Span, auth: &Value) -> Self {
        Self {
            span,
            authenticator: id_at(auth, "authenticator"),
            reads_parameters: auth.get("request_params").is_some(),
        }
    }
}

/// The id of a component under `key`; `None` when it is none or is open.
pub(super) fn id_at(parent: &Value, key: &str) -> Option<Spanned<ComponentId>> {
    let text = parent.text_at(key)?;
    let id = ComponentId::read(text.known()?).ok()?;
    Some(Spanned::new(id, text.span))
}

/// A header and its value; the value may be a secret.
#[derive(Clone, Debug, PartialEq)]
pub struct Header {
    /// Its name as written.
    pub name: Spanned<String>,
    /// Its value.
    pub value: Spanned<Phrase>,
}

/// The `headers` of a client: a map, or a list of `{name, value}`.
pub(super) fn headers(parent: &Value) -> Vec<Header> {
    let Some(headers) = parent.get("headers") else {
        return Vec::new();
    };
    let listed = headers.items().iter().filter_map(|item| {
        let name = item.text_at("name")?;
        let name = Spanned::new(name.as_written().to_owned(), name.span);
        Some(Header {
            name,
            value: item.text_at("value")?,
        })
    });
    let mapped = headers.entries().iter().filter_map(|entry| {
        Some(Header {
            name: entry.key.clone(),
            value: entry.value.text()?,
        })
    });
    mapped.chain(listed).collect()
}
