//! Extensions that are no authenticators: health_check, pprof, zpages.

use super::Kind::Bool;
use super::Kind::Duration;
use super::Kind::Int;
use super::Kind::Pointer;
use super::Kind::Section as Inner;
use super::Kind::Text;
use super::Report;
use super::Section;
use super::Shape;
use super::field;
use super::grpc;
use super::http;
use super::shape;

/// contrib, extension/healthcheckextension/config.go
pub(super) static HEALTH_CHECK: Shape =
    shape("healthcheckextension.Config", &[]).with(&[("config", &HEALTH)]);

/// contrib, internal/healthcheck/config.go
static HEALTH: Shape = shape(
    "healthcheck.Config",
    &[
        field("use_v2", Bool).since(142),
        field("component_health", Pointer(&COMPONENT_HEALTH)).since(142),
        field("http", Pointer(&HTTP)).since(142),
        field("grpc", Pointer(&GRPC)).since(142),
    ],
)
.with(&[("legacyconfig", &LEGACY)])
.checked(health_check);

static LEGACY: Shape = shape(
    "httpserver.LegacyConfig",
    &[
        field("path", Text),
        field("response_body", Pointer(&RESPONSE_BODY)),
        field("check_collector_pipeline", Pointer(&PIPELINE)),
    ],
)
.with(&[("serverconfig", &http::SERVER)]);

static RESPONSE_BODY: Shape = shape(
    "httpserver.ResponseBodyConfig",
    &[field("healthy", Text), field("unhealthy", Text)],
);

static PIPELINE: Shape = shape(
    "httpserver.CheckCollectorPipelineConfig",
    &[
        field("enabled", Bool),
        field("interval", Text),
        field("exporter_failure_threshold", Int),
    ],
);

static COMPONENT_HEALTH: Shape = shape(
    "config.ComponentHealthConfig",
    &[
        field("include_permanent_errors", Bool),
        field("include_recoverable_errors", Bool),
        field("recovery_duration", Duration),
    ],
);

static HTTP: Shape = shape(
    "httpserver.Config",
    &[field("config", Inner(&PATH)), field("status", Inner(&PATH))],
)
.with(&[("serverconfig", &http::SERVER)]);

static PATH: Shape = shape(
    "httpserver.PathConfig",
    &[
        field("enabled", Bool),
        field("path", Text),
        field("include_attributes", Bool),
    ],
);

static GRPC: Shape = shape("grpc.Config", &[]).with(&[("serverconfig", &grpc::SERVER)]);

/// That the second version's servers need a feature gate is not judged: the command line may open it.
fn health_check(extension: &Section<'_>, report: &mut Report<'_>) {
    match extension.flag_or("use_v2", false) {
        Some(true) => second_version(extension, report),
        Some(false) => {
            no_endpoint(extension, "endpoint", "http endpoint required", report);
            no_path(extension, report);
        }
        None => {}
    }
}

fn second_version(extension: &Section<'_>, report: &mut Report<'_>) {
    let servers = ["http", "grpc"].map(|key| {
        let entry = extension.value.map().and_then(|map| map.entry(key))?;
        Some(Section {
            value: &entry.value,
            span: entry.key.span,
        })
    });
    if servers.iter().all(Option::is_none) {
        report.value(
            extension.key("use_v2"),
            "`use_v2` without `http` or `grpc`: nothing would answer",
            "must specify at least one protocol",
        );
        report.by_absence();
    }
    let [http, grpc] = servers;
    if let Some(http) = http {
        no_endpoint(&http, "endpoint", "http endpoint required", report);
        for (key, on) in [("status", true), ("config", false)] {
            let Some(value) = http.get(key) else { continue };
            let page = Section {
                value,
                span: value.span,
            };
            if page.flag_or("enabled", on) == Some(true) {
                no_path(&page, report);
            }
        }
    }
    if let Some(grpc) = grpc {
        no_endpoint(&grpc, "endpoint", "grpc endpoint required", report);
    }
}

fn no_endpoint(section: &Section<'_>, key: &str, said: &str, report: &mut Report<'_>) {
    if section.text_or(key, "localhost") == Some("") {
        report.value(section.key(key), format!("`{key}` is empty"), said);
    }
}

fn no_path(section: &Section<'_>, report: &mut Report<'_>) {
    if section
        .text_or("path", "/")
        .is_some_and(|path| !path.starts_with('/'))
    {
        report.value(
            section.key("path"),
            "`path` does not start with `/`",
            "path must start with /",
        );
    }
}

/// contrib, extension/pprofextension/config.go
pub(super) static PPROF: Shape = shape(
    "pprofextension.Config",
    &[
        field("endpoint", Text),
        field("dialer", Inner(&grpc::DIALER)),
        field("block_profile_fraction", Int),
        field("mutex_profile_fraction", Int),
        field("save_to_file", Text),
    ],
);

/// collector, extension/zpagesextension/config.go
pub(super) static ZPAGES: Shape = shape(
    "zpagesextension.Config",
    &[field("expvar", Inner(&EXPVAR)).since(122)],
)
.with(&[("serverconfig", &http::SERVER)])
.dropping()
.checked(zpages);

static EXPVAR: Shape = shape("zpagesextension.ExpvarConfig", &[field("enabled", Bool)]);

fn zpages(extension: &Section<'_>, report: &mut Report<'_>) {
    let said = "\"endpoint\" is required when using the \"zpages\" extension";
    no_endpoint(extension, "endpoint", said, report);
}
