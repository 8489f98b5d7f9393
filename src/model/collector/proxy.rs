//! Through which proxy an exporter sends: what its own `proxy_url` and the variables of its environment say.
//!
//! golang.org/x/net, http/httpproxy/proxy.go, as net/http of Go 1.26 has it; grpc-go,
//! internal/resolver/delegatingresolver `proxyURLForTarget` and internal/transport/proxy.go; Collector,
//! config/confighttp/client.go `ToClient`. Measured with the exporters of the Collector 0.159.0.

use std::net::IpAddr;

use super::dial::Dial;
use super::dial::Security;
use super::endpoint;
use super::endpoint::Host;
use super::phrase::Phrase;
use super::receiver::Transport;
use crate::source::Span;
use crate::source::Spanned;

mod exception;
#[cfg(test)]
mod tests;

use exception::Exceptions;

/// What the environment of a program says of proxies; `None`: no variable says anything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proxies {
    /// `HTTP_PROXY`: for requests to `http://`.
    pub http: Option<Variable>,
    /// `HTTPS_PROXY`: for requests to `https://`, and for all of gRPC, in plain text or not.
    pub https: Option<Variable>,
    /// `NO_PROXY`: for whom there is none.
    pub exceptions: Option<Variable>,
}

/// A variable of the environment that is not empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Its name, in the letters in which it is set.
    pub name: &'static str,
    /// Its value; `None`: something that was not given says it. It may hold a password.
    pub value: Option<String>,
    /// Where the value stands, or what says where it comes from.
    pub span: Span,
}

/// A proxy that stands between an exporter and its peer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForwardProxy {
    /// What names it: a variable, or `proxy_url`.
    pub told: &'static str,
    /// Where that stands.
    pub span: Span,
    /// As it is written, without the password.
    pub address: String,
    /// The proxy.
    pub host: Host,
    /// Whether it hands on the bytes as they come (`CONNECT`): of plain text over HTTP it reads each request.
    pub is_tunnel: bool,
}

/// How an exporter comes to its peer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// It dials it itself.
    Direct,
    /// Through this proxy.
    Through(ForwardProxy),
    /// Something that decides was not given; in words.
    Open(String),
}

/// The variables in the order in which they count; the first that is not empty does (`getEnvAny`).
const HTTP: [&str; 2] = ["HTTP_PROXY", "http_proxy"];
const HTTPS: [&str; 2] = ["HTTPS_PROXY", "https_proxy"];
const EXCEPTIONS: [&str; 2] = ["NO_PROXY", "no_proxy"];

/// The field of an exporter over HTTP.
const FIELD: &str = "proxy_url";

/// The versions 0.99 to 0.112, whose gRPC looks a name up first, and compares its addresses with `NO_PROXY`
/// (grpc-go issue 7779; the Collector went back to `grpc.DialContext` in 0.113.0).
const LOOKS_UP_FIRST: std::ops::RangeInclusive<u16> = 99..=112;

impl Proxies {
    /// What the environment says in which `variable` finds variables that are not empty.
    #[must_use]
    pub fn of(variable: impl Fn(&'static str) -> Option<Variable>) -> Self {
        let first = |names: [&'static str; 2]| names.into_iter().find_map(&variable);
        Self {
            http: first(HTTP),
            https: first(HTTPS),
            exceptions: first(EXCEPTIONS),
        }
    }

    /// Where proxies stand with a user and a password in front of their host.
    pub fn secrets(&self) -> impl Iterator<Item = Span> + use<'_> {
        let all = self.http.iter().chain(&self.https);
        let holds = |text: &String| text.contains('@');
        all.filter(move |variable| variable.value.as_ref().is_some_and(holds))
            .map(|variable| variable.span)
    }

    /// How `dial` comes to its peer, in a Collector of version 0.`minor`.
    #[must_use]
    pub fn way(&self, dial: &Dial, minor: Option<u16>) -> Way {
        let is_tunnel = dial.transport == Transport::Grpc || dial.security != Security::Plaintext;
        if let Some(own) = &dial.proxy {
            return told(own, is_tunnel);
        }
        let variable = if is_tunnel { &self.https } else { &self.http };
        let Some(variable) = variable else {
            return Way::Direct;
        };
        if matches!(dial.host, Host::Unix(_)) || is_here(&dial.host) {
            return Way::Direct;
        }
        match self.is_excepted(dial, minor) {
            Ok(true) => Way::Direct,
            Ok(false) => variable.way(is_tunnel),
            Err(why) => Way::Open(why),
        }
    }

    /// Whether `NO_PROXY` names who is dialled; why that is open.
    fn is_excepted(&self, dial: &Dial, minor: Option<u16>) -> Result<bool, String> {
        let (name, exceptions) = match &self.exceptions {
            None => ("", Exceptions::default()),
            Some(variable) => (variable.name, Exceptions::read(variable.given()?)),
        };
        if exceptions.is_everything() {
            return Ok(true);
        }
        if let Host::Unknown(why) = &dial.host {
            return Err(why.clone());
        }
        let looks_up_first = minor.is_some_and(|minor| LOOKS_UP_FIRST.contains(&minor));
        let by_name = matches!(dial.host, Host::Name(_)) && dial.transport == Transport::Grpc;
        if looks_up_first && by_name && !exceptions.is_empty() {
            return Err(format!(
                "gRPC of this version compares addresses with `{name}`, not names"
            ));
        }
        Ok(exceptions.name(&dial.host, dial.port))
    }
}

impl Variable {
    /// Its value; that it was not given.
    fn given(&self) -> Result<&str, String> {
        let value = self.value.as_deref();
        value.ok_or_else(|| format!("what `{}` says was not given", self.name))
    }

    /// The way that the variable says; what is no URL is taken for none (`init`).
    fn way(&self, is_tunnel: bool) -> Way {
        match self.given() {
            Ok(value) => ForwardProxy::read(self.name, self.span, value, is_tunnel)
                .map_or(Way::Direct, Way::Through),
            Err(why) => Way::Open(why),
        }
    }
}

impl ForwardProxy {
    /// Whether `NO_PROXY` may except somebody from it: a `proxy_url` is for all.
    #[must_use]
    pub fn excepts(&self) -> bool {
        self.told != FIELD
    }

    /// The proxy that `text` names: a URL, or `host:port` (`parseProxy`).
    fn read(told: &'static str, span: Span, text: &str, is_tunnel: bool) -> Option<Self> {
        let whole = |text: &str| {
            let url = endpoint::url(text).ok().flatten()?;
            (!url.scheme.is_empty() && !url.authority.is_empty()).then_some(url)
        };
        let url = whole(text).or_else(|| whole(&format!("http://{text}")))?;
        let user = url.credentials().map_or("", |_| "…@");
        Some(Self {
            told,
            span,
            address: format!("{}://{user}{}", url.scheme, url.authority),
            host: Host::read(url.host_name()),
            is_tunnel,
        })
    }
}

/// The way by a `proxy_url`, which excepts nobody.
fn told(own: &Spanned<Phrase>, is_tunnel: bool) -> Way {
    let Some(text) = own.known() else {
        return Way::Open(format!("what `{FIELD}` says was not given"));
    };
    ForwardProxy::read(FIELD, own.span, text, is_tunnel).map_or_else(
        || Way::Open(format!("`{FIELD}` names no proxy")),
        Way::Through,
    )
}

/// Whether no variable sends requests to `host` through a proxy (`useProxy`).
fn is_here(host: &Host) -> bool {
    match host {
        Host::Name(name) => name == "localhost",
        Host::Ip(address) => address.is_loopback(),
        Host::Unix(_) | Host::Unknown(_) => false,
    }
}

/// The address, as Go compares them: one of IPv4 written in IPv6 is one of IPv4.
const fn plain(address: IpAddr) -> IpAddr {
    address.to_canonical()
}
