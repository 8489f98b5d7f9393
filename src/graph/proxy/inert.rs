//! What is written for a proxy and read by nobody.

use super::ENVOY_PORT;
use super::MERGED_PORT;
use super::Proxy;
use crate::model::mesh::proxy_settings::ProxySettings;
use crate::settings::Version;
use crate::source::Span;
use crate::source::Spanned;

/// The first version that knows the secure ports.
const SECURE_SINCE: Version = Version::new(1, 31);

/// A variable that is written where nobody reads it.
#[derive(Clone, Debug)]
pub struct Inert {
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub at: Span,
    /// Why nobody reads it.
    pub why: Unread,
}

/// Why nobody reads a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unread {
    /// It stands beside `proxyMetadata`, or under a dotted key.
    Stray,
    /// It stands in the annotation of a Gateway, of which Istio makes no variables.
    OfGateway,
    /// This version does not know it.
    TooOld(Version),
    /// No version knows it.
    Unheard,
    /// Its value is no port.
    NoPort,
}

impl Proxy {
    /// Moves the secure ports to what is inert when the version does not know them.
    pub(super) fn drop_what_is_too_new(&mut self) {
        self.find_what_is_no_port();
        let Some(version) = self.version.filter(|version| *version < SECURE_SINCE) else {
            return;
        };
        for name in [ENVOY_PORT, MERGED_PORT] {
            self.metadata.remove(name);
            if let Some(variable) = self.environment.remove(name) {
                self.inert.push(Inert {
                    name: name.to_owned(),
                    at: variable.key,
                    why: Unread::TooOld(version),
                });
            }
        }
    }

    /// Notes values of the secure ports that are no port: 0 switches off and is meant.
    fn find_what_is_no_port(&mut self) {
        for name in [ENVOY_PORT, MERGED_PORT] {
            let Some(variable) = self.environment.get(name) else {
                continue;
            };
            let port = variable.value.trim().parse::<i64>().ok();
            if is_filled_in_later(&variable.value) {
                continue;
            }
            if !port.is_some_and(|port| (0..=65535).contains(&port)) {
                self.inert.push(Inert {
                    name: name.to_owned(),
                    at: variable.value.span,
                    why: Unread::NoPort,
                });
            }
        }
    }
}

pub(super) fn strays(told: Option<&ProxySettings>) -> Vec<Inert> {
    let strays = told.into_iter().flat_map(|told| &told.stray);
    strays
        .map(|key| Inert {
            name: key.trim_start_matches("proxyMetadata.").to_owned(),
            at: key.span,
            why: Unread::Stray,
        })
        .collect()
}

/// Whether something writes the value before Istio sees it: `${PORT}`.
pub(super) fn is_filled_in_later(value: &str) -> bool {
    value.contains('$')
}

/// Variables that look like switches and are read by no version: `INBOUND_CAPTURE_PORTS`.
pub(super) fn unheard<'k>(keys: impl Iterator<Item = &'k Spanned<String>>) -> Vec<Inert> {
    let unheard = keys.filter(|key| key.value == "INBOUND_CAPTURE_PORTS");
    unheard
        .map(|key| Inert {
            name: key.value.clone(),
            at: key.span,
            why: Unread::Unheard,
        })
        .collect()
}
