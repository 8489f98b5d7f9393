//! `otel-lint explain RULE`: the page of a rule.

use std::ffi::OsStr;
use std::io::Write;

use clap::Arg;
use clap::Args;
use clap::Command;
use clap::builder::PossibleValue;
use clap::builder::StringValueParser;
use clap::builder::TypedValueParser;

use super::CLEAN;
use super::Error;
use crate::rules;

/// Explains a rule: why it matters, wrong and right examples, limits, sources
#[derive(Debug, Args)]
pub(super) struct Explain {
    /// The rule's name, as in a report
    #[arg(value_parser = Names, hide_possible_values = true)]
    rule: String,
}

/// Takes any name, so that the run can say which one was meant; shells complete those of the rules.
#[derive(Clone, Debug)]
struct Names;

impl TypedValueParser for Names {
    type Value = String;

    fn parse_ref(
        &self,
        command: &Command,
        argument: Option<&Arg>,
        value: &OsStr,
    ) -> Result<String, clap::Error> {
        StringValueParser::new().parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let names = rules::all().map(|rule| PossibleValue::new(rule.name));
        Some(Box::new(names))
    }
}

impl Explain {
    pub(super) fn run(&self, out: &mut dyn Write) -> Result<u8, Error> {
        let Some(rule) = rules::named(&self.rule) else {
            let nearest =
                rules::all().min_by_key(|rule| strsim::damerau_levenshtein(rule.name, &self.rule));
            let hint = nearest
                .map(|rule| format!("; did you mean `{}`?", rule.name))
                .unwrap_or_default();
            return Err(Error::Usage(format!(
                "there is no rule called `{}`{hint}",
                self.rule
            )));
        };
        out.write_all(rule.page.as_bytes())?;
        Ok(CLEAN)
    }
}
