//! `otel-lint status`: the status that each controller would write.

use std::io::Write;

use clap::Args;

use super::CLEAN;
use super::Error;

/// Predicts the status that controllers would write
#[derive(Debug, Args)]
pub(super) struct Status {}

impl Status {
    pub(super) fn run(&self, _out: &mut dyn Write) -> Result<u8, Error> {
        Ok(CLEAN)
    }
}
