//! Resources to hops, links and trails; what is unresolved stays in.

pub mod trail;

/// The ways that telemetry takes through what was given.
#[derive(Clone, Debug, Default)]
pub struct Graph {}
