//! The catalogue: groups in the order a telemetry byte meets them.
