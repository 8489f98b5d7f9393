//! The files that the components of a configuration open when they start.

use crate::model::collector::Collector;
use crate::model::collector::id::ComponentId;
use crate::model::collector::phrase::Phrase;
use crate::model::collector::value::Content;
use crate::model::collector::value::Value;
use crate::model::workload::command::Environment;
use crate::model::workload::command::Variable;
use crate::source::Span;

/// A file that a component in use names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingFile {
    /// The key, such as `key_file`; `file` for a reference `${file:…}`.
    pub key: String,
    /// Where the path stands.
    pub span: Span,
    /// The path, variables filled in.
    pub path: String,
}

/// Keys that name a file which is read at start or at the first use, in any component.
const KEYS: &[&str] = &[
    "ca_file",
    "cert_file",
    "key_file",
    "client_ca_file",
    "client_id_file",
    "client_secret_file",
    "client_certificate_key_file",
    "username_file",
    "password_file",
    "credentials_file",
    "bearer_token_file",
];

/// Keys that name a file only in the extensions of these types.
const EXTENSION_KEYS: &[(&str, &str)] = &[("basicauth", "file"), ("bearertokenauth", "filename")];

/// The files of every component that a pipeline uses or `service.extensions` starts; others are never built. Only
/// absolute paths whose variables are all known.
#[must_use]
pub fn files(collector: &Collector, environment: &Environment<'_>) -> Vec<SettingFile> {
    let mut search = Search {
        environment,
        extra: None,
        found: Vec::new(),
    };
    for (role, id, body) in collector.components() {
        if collector.users(role, id).next().is_some() {
            search.walk(body);
        }
    }
    let is_started = |id: &ComponentId| collector.started.iter().any(|own| own.value == *id);
    for extension in collector
        .extensions
        .iter()
        .filter(|extension| is_started(&extension.id))
    {
        search.extra = EXTENSION_KEYS
            .iter()
            .find(|(kind, _)| *kind == extension.id.kind)
            .map(|(_, key)| *key);
        search.walk(&extension.body);
    }
    search.found
}

struct Search<'e> {
    environment: &'e Environment<'e>,
    extra: Option<&'static str>,
    found: Vec<SettingFile>,
}

impl Search<'_> {
    /// Values are no deeper than their reader allows.
    fn walk(&mut self, value: &Value) {
        match &value.content {
            Content::Text(text) => self.references(text, value.span),
            Content::List(items) => items.iter().for_each(|item| self.walk(item)),
            Content::Map(map) => {
                let is_off = is_without_tls(value);
                for entry in map.entries() {
                    let key = entry.key.value.as_str();
                    let is_file = KEYS.contains(&key) && !is_off || self.extra == Some(key);
                    match entry.value.phrase().filter(|_| is_file) {
                        Some(text) => self.file(key, text, entry.value.span),
                        None => self.walk(&entry.value),
                    }
                }
            }
            _ => {}
        }
    }

    fn file(&mut self, key: &str, text: &Phrase, span: Span) {
        let variable = |name: &str| match self.environment.variable(name) {
            Variable::Is(value) => Some(value),
            Variable::Undefined | Variable::Unknown => None,
        };
        let Some(path) = text.filled(&variable) else {
            return;
        };
        if path.starts_with('/') && !path.contains(['<', '*']) {
            self.found.push(SettingFile {
                key: key.to_owned(),
                span,
                path,
            });
        }
    }

    /// `${file:/path}` is read when the configuration is (confmap/provider/fileprovider).
    fn references(&mut self, text: &Phrase, span: Span) {
        for reference in text.references() {
            if reference.scheme == "file"
                && reference.target.starts_with('/')
                && !reference.target.contains('$')
            {
                let path = reference.target.clone();
                self.found.push(SettingFile {
                    key: "file".to_owned(),
                    span,
                    path,
                });
            }
        }
    }
}

/// A client with `insecure: true` and no CA builds no TLS and opens none of its files (configtls.go, LoadTLSConfig).
fn is_without_tls(tls: &Value) -> bool {
    let insecure = tls.bool_at("insecure").is_some_and(|flag| flag.value);
    insecure && tls.get("ca_file").is_none() && tls.get("ca_pem").is_none()
}
