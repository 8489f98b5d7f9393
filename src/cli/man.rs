//! `otel-lint man`: the manual.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use clap::Command;

use super::CLEAN;
use super::Error;

/// Prints the manual page, or writes a page for every command
#[derive(Debug, Args)]
pub(super) struct Man {
    /// A directory to write the pages of all commands to
    directory: Option<PathBuf>,
}

impl Man {
    pub(super) fn run(&self, command: Command, out: &mut dyn Write) -> Result<u8, Error> {
        match &self.directory {
            Some(directory) => clap_mangen::generate_to(command, directory)?,
            None => {
                let mut page = Vec::new();
                clap_mangen::Man::new(command).render(&mut page)?;
                out.write_all(&page)?;
            }
        }
        Ok(CLEAN)
    }
}
