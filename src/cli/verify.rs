//! `otel-lint verify`: what each verifier makes of a chain.

use std::io::Write;

use clap::Args;

use super::Error;

mod batch;

/// Says what each TLS stack makes of a certificate chain
#[derive(Debug, Args)]
pub(super) struct Verify {
    /// Read JSON lines from standard input, answer with JSON lines
    #[arg(long)]
    batch: bool,
}

impl Verify {
    pub(super) fn run(&self, out: &mut dyn Write) -> Result<u8, Error> {
        batch::run(&mut std::io::stdin().lock(), out)
    }
}
