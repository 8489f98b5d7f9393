//! The names that a configuration gives: component ids, pipeline ids and signals.

use std::fmt;
use std::sync::LazyLock;

use regex::Regex;

/// What a pipeline carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Signal {
    /// Spans.
    Traces,
    /// Metric points.
    Metrics,
    /// Log records.
    Logs,
    /// Profiles; alpha behind the gate `service.profilesSupport` since 0.112.
    Profiles,
}

impl Signal {
    /// All signals, in the order in which this tool lists them.
    pub const ALL: [Self; 4] = [Self::Traces, Self::Metrics, Self::Logs, Self::Profiles];

    /// The signal of that name (collector, pipeline/internal/globalsignal/signal.go).
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|signal| signal.as_str() == name)
    }

    /// Its name in a pipeline id.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Traces => "traces",
            Self::Metrics => "metrics",
            Self::Logs => "logs",
            Self::Profiles => "profiles",
        }
    }
}

impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// In which of the five sections a component stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// `receivers`
    Receiver,
    /// `processors`
    Processor,
    /// `exporters`
    Exporter,
    /// `connectors`
    Connector,
    /// `extensions`
    Extension,
}

impl Role {
    /// The sections, in the way of a byte.
    pub const ALL: [Self; 5] = [
        Self::Receiver,
        Self::Processor,
        Self::Exporter,
        Self::Connector,
        Self::Extension,
    ];

    /// One of them, such as `receiver`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Receiver => "receiver",
            Self::Processor => "processor",
            Self::Exporter => "exporter",
            Self::Connector => "connector",
            Self::Extension => "extension",
        }
    }

    /// The same with its article, such as `an exporter`.
    #[must_use]
    pub const fn one(self) -> &'static str {
        match self {
            Self::Receiver => "a receiver",
            Self::Processor => "a processor",
            Self::Exporter => "an exporter",
            Self::Connector => "a connector",
            Self::Extension => "an extension",
        }
    }

    /// The key of its section, such as `receivers`.
    #[must_use]
    pub const fn section(self) -> &'static str {
        match self {
            Self::Receiver => "receivers",
            Self::Processor => "processors",
            Self::Exporter => "exporters",
            Self::Connector => "connectors",
            Self::Extension => "extensions",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// `type` or `type/name`, both halves trimmed.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ComponentId {
    /// What kind of component: `otlp`.
    pub kind: String,
    /// Which of its kind; empty when the id is only a type.
    pub name: String,
}

impl ComponentId {
    /// Reads an id as the Collector does (collector, component/identifiable.go).
    ///
    /// # Errors
    /// The Collector's own words for what is wrong with it.
    pub fn read(text: &str) -> Result<Self, String> {
        let (kind, name) = halves(text)?;
        if !is_type(kind) {
            return Err(format!(
                "in {kind:?} id: invalid character(s) in type {kind:?}"
            ));
        }
        if !name.is_empty() && !is_name(name) {
            return Err(format!(
                "in {name:?} id: invalid character(s) in name {name:?}"
            ));
        }
        Ok(Self {
            kind: kind.to_owned(),
            name: name.to_owned(),
        })
    }
}

impl fmt::Display for ComponentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.kind)?;
        if !self.name.is_empty() {
            write!(f, "/{}", self.name)?;
        }
        Ok(())
    }
}

/// `signal` or `signal/name`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PipelineId {
    /// What it carries.
    pub signal: Signal,
    /// Which of that signal; empty when the id is only a signal.
    pub name: String,
}

impl PipelineId {
    /// Reads an id as the Collector does (collector, pipeline/pipeline.go).
    ///
    /// # Errors
    /// The Collector's own words for what is wrong with it.
    pub fn read(text: &str) -> Result<Self, String> {
        let (signal, name) = halves(text)?;
        let Some(signal) = Signal::named(signal) else {
            return Err(format!("unknown pipeline signal: \"{signal}\""));
        };
        if !name.is_empty() && !is_name(name) {
            return Err(format!(
                "in {name:?} id: invalid character(s) in name {name:?}"
            ));
        }
        Ok(Self {
            signal,
            name: name.to_owned(),
        })
    }
}

impl fmt::Display for PipelineId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.signal.as_str())?;
        if !self.name.is_empty() {
            write!(f, "/{}", self.name)?;
        }
        Ok(())
    }
}

/// Splits at the first `/` and trims, so that further slashes belong to the name.
fn halves(text: &str) -> Result<(&str, &str), String> {
    let Some((kind, name)) = text.split_once('/') else {
        let kind = text.trim();
        return if kind.is_empty() {
            Err("id must not be empty".to_owned())
        } else {
            Ok((kind, ""))
        };
    };
    let (kind, name) = (kind.trim(), name.trim());
    if kind.is_empty() {
        return Err(format!(
            "in \"{text}\" id: the part before / should not be empty"
        ));
    }
    if name.is_empty() {
        return Err(format!(
            "in \"{text}\" id: the part after / should not be empty"
        ));
    }
    Ok((kind, name))
}

/// `^[a-zA-Z][0-9a-zA-Z_]{0,62}$`
fn is_type(text: &str) -> bool {
    text.len() <= 63
        && text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// `^[^\pZ\pC\pS]+$`, at most 1,024 bytes. ASCII is decided without the expression, which costs more to build than
/// a whole configuration to read.
fn is_name(text: &str) -> bool {
    static OTHER: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"[\pZ\pC\pS]").ok());
    if text.len() > 1024 {
        return false;
    }
    if text.is_ascii() {
        return !text
            .bytes()
            .any(|byte| byte <= b' ' || byte == 0x7f || b"$+<=>^`|~".contains(&byte));
    }
    OTHER.as_ref().is_none_or(|other| !other.is_match(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn component_ids_are_read_as_identifiable_go_does() {
        let good = [
            ("otlp", "otlp", ""),
            ("otlp/grpc", "otlp", "grpc"),
            (" otlp / a ", "otlp", "a"),
            ("otlp/a/b", "otlp", "a/b"),
            ("otlp/naïve-1.2:x", "otlp", "naïve-1.2:x"),
        ];
        for (text, kind, name) in good {
            let id = ComponentId {
                kind: kind.to_owned(),
                name: name.to_owned(),
            };
            assert_eq!(ComponentId::read(text), Ok(id), "{text}");
        }
        let bad = [
            ("", "id must not be empty"),
            ("/x", "in \"/x\" id: the part before / should not be empty"),
            (
                "otlp/",
                "in \"otlp/\" id: the part after / should not be empty",
            ),
            (
                "1otlp",
                "in \"1otlp\" id: invalid character(s) in type \"1otlp\"",
            ),
            (
                "otlp-x",
                "in \"otlp-x\" id: invalid character(s) in type \"otlp-x\"",
            ),
            (
                "otlp/a b",
                "in \"a b\" id: invalid character(s) in name \"a b\"",
            ),
            (
                "otlp/a+b",
                "in \"a+b\" id: invalid character(s) in name \"a+b\"",
            ),
            (
                "otlp/a€",
                "in \"a€\" id: invalid character(s) in name \"a€\"",
            ),
        ];
        for (text, said) in bad {
            assert_eq!(ComponentId::read(text), Err(said.to_owned()), "{text}");
        }
        for (length, is_name) in [(1024, true), (1025, false)] {
            let text = format!("otlp/{}", "x".repeat(length));
            assert_eq!(ComponentId::read(&text).is_ok(), is_name, "{length}");
        }
    }

    #[test]
    fn a_pipeline_is_a_signal_and_perhaps_a_name() {
        assert_eq!(
            PipelineId::read("traces/a").map(|id| id.to_string()),
            Ok("traces/a".to_owned())
        );
        assert_eq!(
            PipelineId::read("trace"),
            Err("unknown pipeline signal: \"trace\"".to_owned())
        );
    }
}
