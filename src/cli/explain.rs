//! `otel-lint explain RULE`: the page of a rule.

use std::io::Write;

use clap::Args;

use super::CLEAN;
use super::Error;
use crate::rules;

/// Explains a rule: why it matters, wrong and right examples, limits, sources
#[derive(Debug, Args)]
pub(super) struct Explain {
    /// The rule's name, as in a report
    rule: String,
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
