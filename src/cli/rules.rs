//! `otel-lint rules`: the catalogue.

use std::io::Write;

use clap::Args;
use clap::ValueEnum;
use serde::Serialize;

use super::CLEAN;
use super::Error;
use crate::rules::GROUPS;

/// Lists the rules
#[derive(Debug, Args)]
pub(super) struct Rules {
    /// How to print them
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Listing,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Listing {
    Text,
    Json,
}

#[derive(Serialize)]
struct Catalogue {
    rules: Vec<Entry>,
}

#[derive(Serialize)]
struct Entry {
    name: &'static str,
    group: &'static str,
    severity: &'static str,
    summary: String,
    page: String,
}

impl Rules {
    pub(super) fn run(&self, out: &mut dyn Write) -> Result<u8, Error> {
        match self.format {
            Listing::Text => {
                for group in GROUPS {
                    writeln!(out, "{}: {}", group.name, group.title)?;
                    for rule in group.rules {
                        writeln!(
                            out,
                            "  {:<32} {:<8} {}",
                            rule.name,
                            rule.severity,
                            rule.summary()
                        )?;
                    }
                }
            }
            Listing::Json => {
                let entries = GROUPS.iter().flat_map(|group| {
                    group.rules.iter().map(|rule| Entry {
                        name: rule.name,
                        group: group.name,
                        severity: rule.severity.word(),
                        summary: rule.summary(),
                        page: format!("rules/{}/{}.md", group.name, rule.name),
                    })
                });
                let catalogue = Catalogue {
                    rules: entries.collect(),
                };
                serde_json::to_writer_pretty(&mut *out, &catalogue)
                    .map_err(std::io::Error::from)?;
                writeln!(out)?;
            }
        }
        Ok(CLEAN)
    }
}
