//! `--format FORMAT[=FILE]`: in which form something is reported, and where it goes.

use std::ffi::OsStr;
use std::fs::File;
use std::io::BufWriter;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;
use std::str::FromStr;

use clap::Arg;
use clap::Command;
use clap::builder::PossibleValue;
use clap::builder::TypedValueParser;

use super::Error;
use crate::input;
use crate::report::Format;
use crate::report::Report;
use crate::report::Style;

/// A form of the report, and where it goes.
#[derive(Clone, Debug)]
pub(super) struct Output {
    pub(super) format: Format,
    pub(super) file: Option<PathBuf>,
}

impl FromStr for Output {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, file) = match text.split_once('=') {
            Some((name, "")) => return Err(format!("no file is named after `{name}=`")),
            Some((name, file)) => (name, Some(PathBuf::from(file))),
            None => (text, None),
        };
        Ok(Self {
            format: name.parse()?,
            file,
        })
    }
}

impl Output {
    /// Writes the report to its file, if it has one.
    pub(super) fn write_file(&self, report: &Report<'_>) -> Result<(), Error> {
        let Some(path) = &self.file else {
            return Ok(());
        };
        let write = || {
            let mut file = BufWriter::new(File::create(path)?);
            report.write(self.format, &Style::default(), &mut file)?;
            file.flush()
        };
        write().map_err(|error| unwritable(path, &error))
    }
}

/// That `path` cannot be written to.
pub(super) fn unwritable(path: &Path, error: &std::io::Error) -> Error {
    let reason = input::reason(error);
    Error::Usage(format!("cannot write {}: {reason}", path.display()))
}

/// Reads an [`Output`]; shells complete the names of its formats.
#[derive(Clone, Debug)]
pub(super) struct Outputs;

impl TypedValueParser for Outputs {
    type Value = Output;

    fn parse_ref(
        &self,
        command: &Command,
        argument: Option<&Arg>,
        value: &OsStr,
    ) -> Result<Output, clap::Error> {
        let read = |text: &str| text.parse::<Output>();
        read.parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let names = Format::ALL.map(Format::name);
        Some(Box::new(names.into_iter().map(PossibleValue::new)))
    }
}
