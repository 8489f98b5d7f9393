//! How a report may be written.

use std::fmt;
use std::str::FromStr;

/// A form of the report. All of them tell the same findings; only `text` and `markdown` are for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// Excerpts and advice, for people.
    Text,
    /// One line a finding, as compilers have it: `file:line:column: severity[rule] message`.
    Concise,
    /// The contract of `schemas/report.schema.json`, for programs.
    Json,
    /// SARIF 2.1.0, as code scanning of GitHub and others reads it.
    Sarif,
    /// Workflow commands of GitHub Actions.
    Github,
    /// The code quality report of GitLab.
    Gitlab,
    /// JUnit's XML, as CI servers read it.
    Junit,
    /// Checkstyle's XML.
    Checkstyle,
    /// The diagnostic format of reviewdog.
    Rdjson,
    /// A table, for the summary of a job.
    Markdown,
}

impl Format {
    /// All of them, in the order of the documentation.
    pub const ALL: [Self; 10] = [
        Self::Text,
        Self::Concise,
        Self::Json,
        Self::Sarif,
        Self::Github,
        Self::Gitlab,
        Self::Junit,
        Self::Checkstyle,
        Self::Rdjson,
        Self::Markdown,
    ];

    /// The name by which it is chosen.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Concise => "concise",
            Self::Json => "json",
            Self::Sarif => "sarif",
            Self::Github => "github",
            Self::Gitlab => "gitlab",
            Self::Junit => "junit",
            Self::Checkstyle => "checkstyle",
            Self::Rdjson => "rdjson",
            Self::Markdown => "markdown",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Format {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|format| format.name() == name);
        found.ok_or_else(|| {
            let names = Self::ALL.map(|format| format!("`{format}`"));
            format!("`{name}` is none of {}", names.join(", "))
        })
    }
}
