//! confighttp (collector, config/confighttp): HTTP clients and servers.

use crate::model::collector::endpoint;
use crate::model::collector::fault::FaultKind;
use crate::model::collector::phrase::OPEN;
use crate::model::collector::phrase::Phrase;

use super::INT64;
use super::Kind;
use super::Kind::Bool;
use super::Kind::Duration;
use super::Kind::Headers;
use super::Kind::Int;
use super::Kind::List;
use super::Kind::Optional;
use super::Kind::Section as Inner;
use super::Kind::Text;
use super::Report;
use super::Section;
use super::Shape;
use super::field;
use super::grpc::AUTH;
use super::grpc::DIALER;
use super::grpc::MIDDLEWARE;
use super::grpc::TRANSPORT;
use super::grpc::address;
use super::shape;
use super::tls;

/// collector, config/configcompression/compressiontype.go
pub(super) const COMPRESSION: Kind = Kind::Named(
    &Kind::Choice(&COMPRESSIONS, "unsupported compression type \"{}\""),
    "configcompression.Type",
);

/// The names that any client's `compression` decodes.
pub(super) const COMPRESSIONS: [&str; 9] = [
    "",
    "none",
    "gzip",
    "zlib",
    "deflate",
    "snappy",
    "x-snappy-framed",
    "zstd",
    "lz4",
];

/// What an HTTP exporter squashes in.
pub(super) static CLIENT: Shape = shape(
    "confighttp.ClientConfig",
    &[
        field("endpoint", Text),
        field("proxy_url", Text),
        field("tls", Inner(&tls::CLIENT)),
        field("read_buffer_size", Int),
        field("write_buffer_size", Int),
        field("timeout", Duration),
        field("headers", Headers),
        field("auth", Optional(&AUTH)),
        field("compression", COMPRESSION),
        field("compression_params", Inner(&COMPRESSION_PARAMS)).since(118),
        field("max_idle_conns", Int),
        field("max_idle_conns_per_host", Int),
        field("max_conns_per_host", Int),
        field("idle_conn_timeout", Duration),
        field("disable_keep_alives", Bool),
        field("keepalive", Optional(&CLIENT_KEEPALIVE)).since(160),
        field("http2_read_idle_timeout", Duration),
        field("http2_ping_timeout", Duration),
        field("cookies", Optional(&COOKIES)),
        field("force_attempt_http2", Bool).since(132),
        field("middlewares", List(&Inner(&MIDDLEWARE))).since(132),
        field("middleware", List(&Inner(&MIDDLEWARE)))
            .since(125)
            .until(132),
    ],
)
.with(&[("former", &tls::FORMER)])
.checked(client);

static COMPRESSION_PARAMS: Shape = shape(
    "configcompression.CompressionParams",
    &[field("level", Kind::Named(&Int, "configcompression.Level"))],
);

static COOKIES: Shape = shape("confighttp.CookiesConfig", &[field("enabled", Bool)]);

static CLIENT_KEEPALIVE: Shape = shape(
    "confighttp.KeepaliveClientConfig",
    &[
        field("idle_conn_timeout", Duration),
        field("max_idle_conns", Int),
        field("max_idle_conns_per_host", Int),
    ],
);

/// An HTTP server.
pub(super) static SERVER: Shape = shape(
    "confighttp.ServerConfig",
    &[
        field("tls", Optional(&tls::SERVER)),
        field("tls_settings", Kind::Any).moved(36, "tls"),
        field("cors", Optional(&CORS)),
        // Release notes of 0.41 (#4492).
        field("cors_allowed_origins", List(&Text)).moved(41, "cors.allowed_origins"),
        field("cors_allowed_headers", List(&Text)).moved(41, "cors.allowed_headers"),
        field("auth", Optional(&SERVER_AUTH)),
        field("max_request_body_size", INT64),
        field("include_metadata", Bool),
        field("response_headers", Headers),
        field("compression_algorithms", List(&Text)),
        field("read_timeout", Duration),
        field("read_header_timeout", Duration),
        field("write_timeout", Duration),
        field("idle_timeout", Duration),
        field("keep_alives_enabled", Bool).since(138),
        field("keepalive", Optional(&SERVER_KEEPALIVE)).since(160),
        field("middlewares", List(&Inner(&MIDDLEWARE))).since(132),
        field("middleware", List(&Inner(&MIDDLEWARE)))
            .since(125)
            .until(132),
    ],
)
.with(&[("netaddr", &ADDRESS)])
.checked(server);

/// Where it listens.
static ADDRESS: Shape = shape(
    "confignet.AddrConfig",
    &[
        field("endpoint", Text),
        field("transport", TRANSPORT).since(140),
        field("dialer", Inner(&DIALER)).since(140),
    ],
)
.checked(address);

static CORS: Shape = shape(
    "confighttp.CORSConfig",
    &[
        field("allowed_origins", List(&Text)),
        field("allowed_headers", List(&Text)),
        field("exposed_headers", List(&Text)).since(154),
        field("max_age", Int),
    ],
);

static SERVER_AUTH: Shape = shape(
    "confighttp.AuthConfig",
    &[field("request_params", List(&Text))],
)
.with(&[("config", &AUTH)]);

static SERVER_KEEPALIVE: Shape = shape(
    "confighttp.KeepaliveServerConfig",
    &[field("idle_timeout", Duration)],
);

/// What `keepalive` replaced in 0.160, and must not stand beside: fields, and the value with which each says nothing.
fn keepalive(
    section: &Section<'_>,
    go: &str,
    replaced: &[(&str, Option<bool>)],
    report: &mut Report<'_>,
) {
    if section.get("keepalive").is_none() {
        return;
    }
    let says = |(key, idle): &&(&str, Option<bool>)| match idle {
        Some(idle) => section.is(key, !idle),
        None => {
            section.number(key).is_some_and(|number| number != 0.0)
                || section.duration(key).is_some_and(|duration| duration != 0)
        }
    };
    let Some((old, _)) = replaced.iter().find(says) else {
        return;
    };
    let all: Vec<_> = replaced.iter().map(|(key, _)| *key).collect();
    let at = report.faults.len();
    report.value(
        section.key(old),
        format!("both `{old}` and `keepalive`, which takes its place, are given"),
        format!(
            "{go}: cannot use deprecated keepalive fields ({}) alongside the 'keepalive' section; migrate to the \
             'keepalive' section",
            all.join(", ")
        ),
    );
    report.only_in(at, 160..u16::MAX);
}

fn server(server: &Section<'_>, report: &mut Report<'_>) {
    let replaced = [("idle_timeout", None), ("keep_alives_enabled", Some(true))];
    keepalive(server, "confighttp.ServerConfig", &replaced, report);
}

fn client(client: &Section<'_>, report: &mut Report<'_>) {
    let replaced = [
        ("idle_conn_timeout", None),
        ("max_idle_conns", None),
        ("max_idle_conns_per_host", None),
        ("disable_keep_alives", Some(false)),
    ];
    keepalive(client, "confighttp.ClientConfig", &replaced, report);
    proxy(client, report);
    // Without a word of its own an exporter has a default, which differs from one to the next.
    if let Some(kind) = client.text("compression") {
        level(client, kind, report);
    }
}

/// A proxy without a scheme: refused at the start, or the own machine's port 0 (confighttp client.go `ToClient`; net/http).
fn proxy(client: &Section<'_>, report: &mut Report<'_>) {
    let Some(value) = client.get("proxy_url").filter(|_| client.says("proxy_url")) else {
        return;
    };
    let Some(text) = value.phrase().map(Phrase::masked) else {
        return;
    };
    let said = match endpoint::url(&text) {
        Ok(None) => return,
        Ok(Some(url)) if url.scheme.is_empty() && !text.starts_with('/') => {
            format!("parse \"{text}\": invalid URI for request")
        }
        Ok(Some(url)) if url.authority.is_empty() && !url.scheme.starts_with("http") => {
            "proxyconnect tcp: dial tcp :0: connect: connection refused".to_owned()
        }
        Ok(Some(_)) => return,
        Err(said) => said,
    };
    let message = "`proxy_url` takes a URL with its scheme, such as `http://proxy:3128`";
    report.refuse(
        FaultKind::Value,
        value.span,
        message.to_owned(),
        endpoint::shown(&said.replace(OPEN, "${…}")),
    );
}

/// Which levels a compression takes (collector, config/configcompression/compressiontype.go `ValidateParams`).
pub(super) fn level(client: &Section<'_>, kind: &str, report: &mut Report<'_>) {
    let Some(value) = client.get("compression_params") else {
        return;
    };
    let section = Section {
        value,
        span: value.span,
    };
    let Some(level) = section.whole("level") else {
        return;
    };
    let takes = match kind {
        "gzip" | "zlib" | "deflate" => (-2..=9).contains(&level),
        "snappy" | "x-snappy-framed" | "lz4" => level == 0,
        _ => true,
    };
    if !takes {
        report.value(
            section.key("level"),
            format!("`{kind}` has no level {level}"),
            format!("unsupported parameters {{Level:{level}}} for compression type \"{kind}\""),
        );
    }
}
