//! configgrpc (collector, config/configgrpc/configgrpc.go): gRPC clients and servers.

use crate::model::collector::endpoint;
use crate::model::collector::fault::FaultKind;
use crate::model::collector::phrase::OPEN;

use super::Kind;
use super::Kind::Bool;
use super::Kind::Duration;
use super::Kind::Int;
use super::Kind::List;
use super::Kind::Optional;
use super::Kind::Section as Inner;
use super::Kind::Text;
use super::Kind::Unsigned;
use super::Report;
use super::Section;
use super::Shape;
use super::field;
use super::http;
use super::shape;
use super::tls;

/// `auth:` of a gRPC client or server, and of an HTTP client (collector, config/configauth/configauth.go).
pub(super) static AUTH: Shape = shape("configauth.Config", &[field("authenticator", Kind::Id)]);

/// One entry of `middlewares:`.
pub(super) static MIDDLEWARE: Shape = shape("configmiddleware.Config", &[field("id", Kind::Id)]);

/// What configgrpc.go `getGRPCCompressionName` knows; HTTP's other types fail when the exporter starts.
const COMPRESSIONS: [&str; 5] = ["", "none", "gzip", "snappy", "zstd"];

/// What a gRPC exporter squashes in.
pub(super) static CLIENT: Shape = shape(
    "configgrpc.ClientConfig",
    &[
        field("endpoint", Text),
        field("compression", http::COMPRESSION),
        field("tls", Inner(&tls::CLIENT)),
        field("keepalive", Optional(&CLIENT_KEEPALIVE)),
        field("read_buffer_size", Int),
        field("write_buffer_size", Int),
        field("wait_for_ready", Bool),
        field("headers", Kind::Headers),
        field("user_agent", Text).since(151),
        field("balancer_name", Text),
        field("authority", Text),
        field("auth", Optional(&AUTH)),
        field("middlewares", List(&Inner(&MIDDLEWARE))).since(125),
    ],
)
.with(&[("former", &tls::FORMER)])
.checked(client);

static CLIENT_KEEPALIVE: Shape = shape(
    "configgrpc.KeepaliveClientConfig",
    &[
        field("time", Duration),
        field("timeout", Duration),
        field("permit_without_stream", Bool),
    ],
);

/// A gRPC server.
pub(super) static SERVER: Shape = shape(
    "configgrpc.ServerConfig",
    &[
        field("tls", Optional(&tls::SERVER)),
        field("tls_settings", Kind::Any).moved(36, "tls"),
        field("max_recv_msg_size_mib", Int),
        field("max_concurrent_streams", Unsigned),
        field("read_buffer_size", Int),
        field("write_buffer_size", Int),
        field("keepalive", Optional(&SERVER_KEEPALIVE)),
        field("auth", Optional(&AUTH)),
        field("include_metadata", Bool),
        field("middlewares", List(&Inner(&MIDDLEWARE))).since(125),
    ],
)
.with(&[("netaddr", &ADDRESS)])
.checked(server);

/// Where it listens.
static ADDRESS: Shape = shape(
    "confignet.AddrConfig",
    &[
        field("endpoint", Text),
        field("transport", TRANSPORT),
        field("dialer", Inner(&DIALER)),
    ],
)
.checked(address);

/// What a server may listen by (collector, config/confignet/confignet.go).
pub(super) const TRANSPORT: Kind = Kind::Named(&TRANSPORTS, "confignet.TransportType");

const TRANSPORTS: Kind = Kind::Choice(
    &[
        "",
        "npipe",
        "tcp",
        "tcp4",
        "tcp6",
        "udp",
        "udp4",
        "udp6",
        "ip",
        "ip4",
        "ip6",
        "unix",
        "unixgram",
        "unixpacket",
    ],
    "unsupported transport type \"{}\"",
);

/// confignet's dialer.
pub(super) static DIALER: Shape = shape("confignet.DialerConfig", &[field("timeout", Duration)]);

static SERVER_KEEPALIVE: Shape = shape(
    "configgrpc.KeepaliveServerConfig",
    &[
        field("server_parameters", Optional(&SERVER_PARAMETERS)),
        field("enforcement_policy", Optional(&ENFORCEMENT)),
    ],
);

static SERVER_PARAMETERS: Shape = shape(
    "configgrpc.KeepaliveServerParameters",
    &[
        field("max_connection_idle", Duration),
        field("max_connection_age", Duration),
        field("max_connection_age_grace", Duration),
        field("time", Duration),
        field("timeout", Duration),
    ],
);

static ENFORCEMENT: Shape = shape(
    "configgrpc.KeepaliveEnforcementPolicy",
    &[
        field("min_time", Duration),
        field("permit_without_stream", Bool),
    ],
);

/// The balancers of grpc-go; all but the first two only in builds with a component that brings them along.
const BALANCERS: [&str; 5] = [
    "pick_first",
    "round_robin",
    "weighted_round_robin",
    "least_request_experimental",
    "grpclb",
];

/// What confignet's `Validate` refuses: a transport that is written but empty, and a pipe of no Windows name.
pub(super) fn address(address: &Section<'_>, report: &mut Report<'_>) {
    match address.text_or("transport", "tcp") {
        Some("") => report.value(
            address.key("transport"),
            "`transport` is empty",
            "invalid transport type \"\"",
        ),
        Some("npipe") => pipe(address, report),
        _ => {}
    }
}

fn pipe(address: &Section<'_>, report: &mut Report<'_>) {
    let Some(endpoint) = address.text_or("endpoint", "localhost") else {
        return;
    };
    if !endpoint.starts_with("\\\\") {
        report.value(
            address.key("endpoint"),
            format!("`{endpoint}` is no named pipe: it does not start with two backslashes"),
            "named pipe path must start with \"\\\\\"",
        );
    }
}

fn client(client: &Section<'_>, report: &mut Report<'_>) {
    if let Some(kind) = client
        .text("compression")
        .filter(|kind| http::COMPRESSIONS.contains(kind) && !COMPRESSIONS.contains(kind))
    {
        report.creation(
            client.key("compression"),
            format!("gRPC has no compression `{kind}`"),
            format!("unsupported compression type \"{kind}\""),
        );
    }
    let balancer = client.text("balancer_name").filter(|name| !name.is_empty());
    if let Some(name) = balancer.filter(|name| !BALANCERS.contains(name)) {
        report.value(
            client.key("balancer_name"),
            format!("gRPC has no balancer `{name}`"),
            format!("invalid balancer_name: {name}"),
        );
    }
    let Some(value) = client.get("endpoint") else {
        return;
    };
    let Some(phrase) = value.phrase() else { return };
    if phrase.as_written().is_empty() {
        return;
    }
    if let Err(said) = endpoint::target(&phrase.masked())
        && said != endpoint::NOTHING
    {
        let said = endpoint::shown(&said.replace(OPEN, "${…}"));
        let shown = endpoint::shown(phrase.as_written());
        let message = format!("`{shown}` is no gRPC endpoint: {}", brief(&said));
        // What fails only when it dials names no path.
        if endpoint::validate(&phrase.masked()).is_err() {
            report.push(FaultKind::Endpoint, value.span, message, said);
        } else {
            report.refuse(FaultKind::Endpoint, value.span, message, said);
        }
    }
}

/// What is wrong with an endpoint, without repeating it.
pub(super) fn brief(said: &str) -> &str {
    said.rsplit(": ").next().unwrap_or(said)
}

fn server(server: &Section<'_>, report: &mut Report<'_>) {
    let size = server.whole("max_recv_msg_size_mib");
    if size.is_some_and(|size| size.wrapping_mul(1024 * 1024) < 0) {
        report.value(
            server.key("max_recv_msg_size_mib"),
            "`max_recv_msg_size_mib` takes no negative number",
            "invalid max_recv_msg_size_mib value, must be between 1 and 8796093022207",
        );
    }
    for key in ["read_buffer_size", "write_buffer_size"] {
        if server.whole(key).is_some_and(|size| size < 0) {
            report.value(
                server.key(key),
                format!("`{key}` takes no negative number"),
                format!("invalid {key} value"),
            );
        }
    }
}
