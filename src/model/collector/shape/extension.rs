//! Extensions that are no authenticators: health_check, pprof, zpages.

use super::Kind::Any;
use super::Kind::Bool;
use super::Kind::Int;
use super::Kind::Section as Inner;
use super::Kind::Text;
use super::Report;
use super::Section;
use super::Shape;
use super::auth::RECOVERY;
use super::field;
use super::http;
use super::shape;

/// contrib, extension/healthcheckextension and internal/healthcheck
pub(super) static HEALTH_CHECK: Shape = shape(
    "healthcheckextension.Config",
    &[
        field("path", Text),
        field("response_body", Inner(&RESPONSE_BODY)),
        field("check_collector_pipeline", Inner(&RECOVERY)),
        field("use_v2", Bool).since(142),
        field("component_health", Any).since(142),
        field("http", Any).since(142),
        field("grpc", Any).since(142),
    ],
)
.with(&[&http::SERVER])
.checked(health_check);

fn health_check(extension: &Section<'_>, report: &mut Report<'_>) {
    // The second version has servers of its own under `http` and `grpc`.
    if extension.is("use_v2", true) || extension.is_open("use_v2") {
        return;
    }
    if extension.text("endpoint") == Some("") {
        report.value(
            extension.key("endpoint"),
            "`endpoint` is empty",
            "http endpoint required",
        );
    }
    if extension
        .text("path")
        .is_some_and(|path| !path.starts_with('/'))
    {
        report.value(
            extension.key("path"),
            "`path` does not start with `/`",
            "path must start with /",
        );
    }
}

static RESPONSE_BODY: Shape = shape("", &[field("healthy", Text), field("unhealthy", Text)]);

/// contrib, extension/pprofextension/config.go
pub(super) static PPROF: Shape = shape(
    "pprofextension.Config",
    &[
        field("endpoint", Text),
        field("transport", Text),
        field("dialer", Any),
        field("block_profile_fraction", Int),
        field("mutex_profile_fraction", Int),
        field("save_to_file", Text),
    ],
);

/// collector, extension/zpagesextension/config.go
pub(super) static ZPAGES: Shape =
    shape("zpagesextension.Config", &[field("expvar", Any).since(122)])
        .with(&[&http::SERVER])
        .dropping();
