//! `service:` (collector, service/config.go, service/pipelines/config.go).

use super::Kind::Id;
use super::Kind::List;
use super::Kind::Map;
use super::Kind::Section as Inner;
use super::Shape;
use super::field;
use super::shape;
use super::telemetry::TELEMETRY;

/// `service`
pub(in crate::model::collector) static SERVICE: Shape = shape(
    "service",
    &[
        field("telemetry", Inner(&TELEMETRY)),
        field("extensions", List(&Id)),
        field("pipelines", Map(&Inner(&PIPELINE))),
    ],
);

static PIPELINE: Shape = shape(
    "pipelines.PipelineConfig",
    &[
        field("receivers", List(&Id)),
        field("processors", List(&Id)),
        field("exporters", List(&Id)),
    ],
);
