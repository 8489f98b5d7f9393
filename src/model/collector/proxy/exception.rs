//! `NO_PROXY`: for whom there is no proxy (httpproxy, proxy.go `init` and the matchers).

use std::net::IpAddr;

use super::plain;
use crate::model::collector::endpoint;
use crate::model::collector::endpoint::Host;

/// All that one `NO_PROXY` excepts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Exceptions {
    entries: Vec<Entry>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Entry {
    /// `*`
    Everything,
    /// `10.0.0.0/8`: an address, and how many of its bits count.
    Network(IpAddr, u32),
    /// `10.0.0.1`, `10.0.0.1:4317`
    Address(IpAddr, Option<String>),
    /// `example.com`, `.example.com`, `*.example.com:4317`
    Domain {
        /// With a dot in front, lower case.
        suffix: String,
        /// Whether the name itself is meant, too.
        itself: bool,
        /// The port.
        port: Option<String>,
    },
}

impl Exceptions {
    /// Reads what stands between commas; what cannot be read is passed over.
    pub(super) fn read(text: &str) -> Self {
        let entries = text.split(',').map(|entry| entry.trim().to_lowercase());
        let mut all = Self::default();
        for entry in entries.filter(|entry| !entry.is_empty()) {
            if entry == "*" {
                all.entries = vec![Entry::Everything];
                break;
            }
            all.entries.extend(Entry::read(&entry));
        }
        all
    }

    /// Whether nobody is excepted.
    pub(super) const fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Whether everybody is.
    pub(super) fn is_everything(&self) -> bool {
        self.entries.contains(&Entry::Everything)
    }

    /// Whether `host` is excepted on `port`.
    pub(super) fn name(&self, host: &Host, port: Option<u16>) -> bool {
        let port = port.map(|port| port.to_string());
        let fits = |wanted: &Option<String>| wanted.is_none() || *wanted == port;
        self.entries.iter().any(|entry| match (entry, host) {
            (Entry::Everything, _) => true,
            (Entry::Network(network, bits), Host::Ip(address)) => {
                holds(*network, *bits, plain(*address))
            }
            (Entry::Address(own, wanted), Host::Ip(address)) => {
                *own == plain(*address) && fits(wanted)
            }
            (
                Entry::Domain {
                    suffix,
                    itself,
                    port: wanted,
                },
                Host::Name(name),
            ) => {
                let is_meant = name.ends_with(suffix.as_str()) || (*itself && *name == suffix[1..]);
                is_meant && fits(wanted)
            }
            _ => false,
        })
    }
}

impl Entry {
    fn read(text: &str) -> Option<Self> {
        if let Some(network) = network(text) {
            return Some(network);
        }
        let (host, port) = match endpoint::split(text) {
            Ok((host, port)) => (host, Some(port).filter(|port| !port.is_empty())),
            Err(_) => (text, None),
        };
        let port = port.map(str::to_owned);
        if let Ok(address) = host.parse::<IpAddr>() {
            return Some(Self::Address(plain(address), port));
        }
        let host = host
            .strip_prefix('*')
            .filter(|rest| rest.starts_with('.'))
            .unwrap_or(host);
        if host.is_empty() {
            return None;
        }
        let itself = !host.starts_with('.');
        let suffix = if itself {
            format!(".{host}")
        } else {
            host.to_owned()
        };
        Some(Self::Domain {
            suffix,
            itself,
            port,
        })
    }
}

/// An address, `/` and how many of its bits count (Go, net `ParseCIDR`).
fn network(text: &str) -> Option<Entry> {
    let (address, bits) = text.split_once('/')?;
    let address = address.parse::<IpAddr>().ok()?;
    let is_number = !bits.is_empty() && bits.bytes().all(|byte| byte.is_ascii_digit());
    let bits = is_number.then(|| bits.parse::<u32>().ok()).flatten()?;
    let most = if address.is_ipv4() { 32 } else { 128 };
    (bits <= most).then_some(Entry::Network(address, bits))
}

/// Whether the first `bits` of both are the same.
fn holds(network: IpAddr, bits: u32, address: IpAddr) -> bool {
    match (network, address) {
        (IpAddr::V4(network), IpAddr::V4(address)) => {
            let differing = network.to_bits() ^ address.to_bits();
            differing.leading_zeros() >= bits
        }
        (IpAddr::V6(network), IpAddr::V6(address)) => {
            let differing = network.to_bits() ^ address.to_bits();
            differing.leading_zeros() >= bits
        }
        _ => false,
    }
}
