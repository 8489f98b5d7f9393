//! Exporters: what the OTLP exporters are told about their peer.

use std::net::Ipv6Addr;

use crate::source::Span;
use crate::source::Spanned;

use super::id::ComponentId;
use super::id::Signal;
use super::phrase::Phrase;
use super::receiver::Transport;
use super::section::Auth;
use super::section::Flag;
use super::section::Header;
use super::section::Presence;
use super::section::Tls;
use super::section::headers;
use super::value::Content;
use super::value::Value;

/// One entry of `exporters`.
#[derive(Clone, Debug)]
pub struct Exporter {
    /// Its key.
    pub id: Spanned<ComponentId>,
    /// All that is written under it.
    pub body: Value,
    /// The OTLP client that it is, or that it makes a copy of for every backend.
    pub client: Option<Client>,
}

/// Where and how an OTLP exporter sends.
#[derive(Clone, Debug)]
pub struct Client {
    /// gRPC or HTTP.
    pub transport: Transport,
    /// Whether it is the template of load_balancing, which puts each backend in the place of its endpoint.
    pub is_template: bool,
    /// Whether its backends are dialled by their addresses, whatever name they were found under.
    pub by_address: bool,
    /// `endpoint` as written; of a template where the resolver looks for backends.
    pub endpoint: Option<Spanned<Phrase>>,
    /// `traces_endpoint` and its like, for HTTP.
    pub endpoints: Vec<(Signal, Spanned<Phrase>)>,
    /// `tls`; absent or null means TLS with its defaults.
    pub tls: Tls,
    /// Whether the whole section is a `${…}`.
    pub tls_open: bool,
    /// `headers`.
    pub headers: Vec<Header>,
    /// Whether it may send headers that are not written: `headers` is open, or `middlewares` add some.
    pub may_send_more: bool,
    /// `auth`.
    pub auth: Presence<Auth>,
    /// `authority`, for gRPC.
    pub authority: Option<Spanned<Phrase>>,
    /// `compression`.
    pub compression: Option<Spanned<Phrase>>,
    /// `keepalive`, for gRPC.
    pub keepalive: Presence<Keepalive>,
    /// `balancer_name`, for gRPC.
    pub balancer: Option<Spanned<Phrase>>,
    /// Whether HTTP/2 is asked for, for HTTP: `force_attempt_http2`, or any `http2_read_idle_timeout`.
    pub attempts_http2: bool,
    /// `proxy_url`, for HTTP.
    pub proxy: Option<Spanned<Phrase>>,
}

/// A client's `keepalive` (collector, config/configgrpc/configgrpc.go).
#[derive(Clone, Debug, PartialEq)]
pub struct Keepalive {
    /// The key `keepalive`.
    pub span: Span,
    /// `time`: a Go duration; gRPC raises anything below ten seconds, zero too, to ten.
    pub time: Option<Spanned<Phrase>>,
    /// `permit_without_stream`
    pub permit_without_stream: bool,
}

impl Keepalive {
    fn read(span: Span, keepalive: &Value) -> Self {
        Self {
            span,
            time: keepalive.text_at("time"),
            permit_without_stream: keepalive
                .bool_at("permit_without_stream")
                .is_some_and(|flag| flag.value),
        }
    }

    /// Seconds between two pings; `None` when it is open (grpc-go, dialoptions.go `WithKeepaliveParams`).
    #[must_use]
    pub fn seconds(&self) -> Option<u64> {
        match &self.time {
            Some(time) => time.seconds(),
            None => Some(0),
        }
        .map(|seconds| seconds.max(10))
    }
}

impl Exporter {
    pub(super) fn read(id: Spanned<ComponentId>, body: &Value) -> Self {
        let client = match id.kind.as_str() {
            "otlp" | "otlp_grpc" => Some(Client::read(Transport::Grpc, false, body)),
            "otlphttp" | "otlp_http" => Some(Client::read(Transport::Http, false, body)),
            "loadbalancing" | "load_balancing" => body
                .at(&["protocol", "otlp"])
                .map(|otlp| Client::read(Transport::Grpc, true, otlp).resolved(body)),
            _ => None,
        };
        Self {
            id,
            body: body.clone(),
            client,
        }
    }
}

impl Client {
    fn read(transport: Transport, is_template: bool, body: &Value) -> Self {
        let text = |key: &str| {
            body.text_at(key)
                .filter(|text| !text.as_written().is_empty())
        };
        let signal = |signal: Signal| Some((signal, text(&format!("{signal}_endpoint"))?));
        let tls = Presence::read(body, "tls", Tls::read);
        Self {
            transport,
            is_template,
            by_address: false,
            endpoint: text("endpoint"),
            endpoints: match transport {
                Transport::Grpc => Vec::new(),
                Transport::Http => Signal::ALL.into_iter().filter_map(signal).collect(),
            },
            tls_open: matches!(tls, Presence::Open(_)),
            tls: match tls {
                Presence::Given(tls) => tls,
                _ => Tls::default(),
            },
            headers: headers(body),
            may_send_more: body.get("headers").is_some_and(Value::is_open)
                || body.get("middlewares").is_some_and(|all| !all.is_null()),
            auth: Presence::read(body, "auth", Auth::read),
            authority: text("authority"),
            compression: text("compression"),
            keepalive: Presence::read(body, "keepalive", Keepalive::read),
            balancer: text("balancer_name"),
            attempts_http2: body
                .bool_at("force_attempt_http2")
                .is_none_or(|flag| flag.value)
                || text("http2_read_idle_timeout").is_some(),
            proxy: text("proxy_url"),
        }
    }

    /// Where `signal` is sent, as written: its own endpoint, else the common one.
    #[must_use]
    pub fn endpoint(&self, signal: Signal) -> Option<&Spanned<Phrase>> {
        let own = self
            .endpoints
            .iter()
            .find(|(of, _)| *of == signal)
            .map(|(_, endpoint)| endpoint);
        own.or(self.endpoint.as_ref())
    }

    /// The template, sending where the resolver of `body` looks: `static` (the first host name stands for all), `dns` and
    /// `k8s`, whose backends are Pods (contrib, exporter/loadbalancingexporter/resolver_{static,dns,k8s}.go).
    fn resolved(mut self, body: &Value) -> Self {
        const PORT: &str = "4317";
        let number = |value: &Value| match &value.content {
            Content::Integer(number) => Some(number.to_string()),
            _ => value.text().map(|text| text.as_written().to_owned()),
        };
        let hostnames = body.at(&["resolver", "static", "hostnames"]);
        let first = hostnames.and_then(|hostnames| hostnames.texts().into_iter().next());
        let dns = body.at(&["resolver", "dns"]);
        let kubernetes = body.at(&["resolver", "k8s"]);
        let (host, port) = match (&first, dns, kubernetes) {
            (Some(first), _, _) => (Some(first.clone()), None),
            (None, Some(dns), _) => (dns.text_at("hostname"), dns.get("port").and_then(number)),
            (None, None, Some(own)) => {
                let ports = own.get("ports").map(Value::items).unwrap_or_default();
                (own.text_at("service"), ports.first().and_then(number))
            }
            (None, None, None) => (None, None),
        };
        self.by_address = dns.is_some()
            || kubernetes.is_some_and(|own| {
                let names = own.bool_at("return_hostnames");
                names.is_none_or(|names| !names.value)
            });
        let is_static = first.is_some();
        self.endpoint = host.map(|host| {
            let written = host.as_written();
            let port = port.filter(|port| !port.is_empty());
            let port = port.unwrap_or_else(|| PORT.to_owned());
            let whole = if is_static && written.contains(':') {
                written.to_owned()
            } else if written.parse::<Ipv6Addr>().is_ok() {
                format!("[{written}]:{port}")
            } else {
                format!("{written}:{port}")
            };
            Spanned::new(Phrase::read(&whole), host.span)
        });
        self
    }

    /// Whether its `tls` section turns TLS off: `insecure`, and no CA that would turn it on again.
    #[must_use]
    pub const fn speaks_plaintext(&self) -> bool {
        self.tls.insecure.is_true() && self.tls.ca().is_none()
    }

    /// Whether it is told to skip verification.
    #[must_use]
    pub const fn skips_verification(&self) -> Flag {
        self.tls.insecure_skip_verify
    }
}
