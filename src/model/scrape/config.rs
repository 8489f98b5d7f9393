//! What Prometheus' own reader takes and refuses in its configuration, alone or in the `prometheus` receiver of a
//! Collector: strict YAML into Go structs, and what their `UnmarshalYAML` and `Validate` check.
//!
//! Source: prometheus, config/config.go, model/relabel/relabel.go, discovery/; prometheus/common, config/http_config.go;
//! go-yaml v2, decode.go. Measured with the Collector 0.159, which embeds Prometheus 3.13; a field's versions are the
//! minor of the Collector's 0.x.

use crate::model::collector::fault::Fault;
use crate::model::collector::value::Value;
use crate::source::Span;

mod client;
mod cloud;
mod discovery;
mod grammar;
mod job;
mod kubernetes;
mod read;
mod relabel;
mod server;
mod service;
mod table;
mod text;
mod view;

use grammar::Struct;
use view::Reading;

/// What is read.
#[derive(Clone, Copy)]
pub(in crate::model) enum Root {
    /// A whole configuration.
    Config,
    /// How a client asks over HTTP.
    Client,
    /// `http_sd_config` of a target allocator, whose URL is filled in.
    HttpDiscovery,
}

impl Root {
    const fn of(self) -> &'static Struct {
        match self {
            Self::Config => &table::CONFIG,
            Self::Client => &client::CLIENT,
            Self::HttpDiscovery => &discovery::HTTP_WITH_URL,
        }
    }
}

/// Records what Prometheus refuses in `value`, which stands under the key at `span`: each in its words, without the lines
/// that they name.
pub(in crate::model) fn check(value: &Value, span: Span, root: Root, faults: &mut Vec<Fault>) {
    let mut reading = Reading::new(matches!(root, Root::Config), faults);
    read::structure(value, span, root.of(), &mut reading);
}
