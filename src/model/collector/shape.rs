//! What the sections of a configuration may say: field tables, and the strict decoding that holds a value to them.
//!
//! Collector, confmap/internal/decoder.go: unknown keys are errors, keys match case, nothing is weakly typed, a
//! string for a list is split at its commas, and what came whole out of `${…}` may be of any type.

mod auth;
mod balancing;
mod decode;
mod duration;
mod exporter;
mod extension;
mod fit;
mod grpc;
mod http;
mod kubernetes;
mod lookup;
mod processor;
mod prometheus;
mod receiver;
mod report;
mod sampling;
mod section;
mod sending;
mod service;
mod telemetry;
mod tls;
mod typed;
mod unknown;

use crate::model::scrape::config::Root;
pub(super) use decode::check;
pub(super) use decode::check_opaque;
pub(super) use duration::duration;
pub(super) use fit::fit;
pub(super) use fit::fit_below;
pub(super) use fit::shares;
pub(super) use lookup::of as lookup;
pub(super) use lookup::signals;
pub(super) use prometheus::IDLE;
pub(super) use report::Report;
use section::Section;
pub(super) use service::SERVICE;
pub(super) use telemetry::TELEMETRY;

/// What a field takes.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// Anything; not looked into.
    Any,
    Bool,
    /// A Go `int`: a float loses its fraction.
    Int,
    /// A Go `uint32`.
    Unsigned,
    /// A Go `float64`.
    Float,
    /// A Go `string`.
    Text,
    /// The same kind of value in another Go type, which the Collector names when it refuses one.
    Named(&'static Self, &'static str),
    /// A Go duration.
    Duration,
    /// One of some strings, and what decoding says of another one, `{}` standing for it. Null stands for the empty one.
    Choice(&'static [&'static str], &'static str),
    /// The same whatever the capitals.
    Caseless(&'static [&'static str], &'static str),
    /// One of some strings, another of which is only missed when the Collector makes what it names.
    Known(&'static [&'static str], &'static str),
    /// A number, or one of some strings in any case.
    Level(&'static Levels),
    /// A string that becomes a struct; a mapping without keys is the struct without anything.
    Parsed(&'static Self),
    /// A sequence; of strings also one string with commas.
    List(&'static Self),
    /// A mapping with keys of the user's choice.
    Map(&'static Self),
    /// A map or a list of `{name, value}` (collector, config/configopaque/maplist.go).
    Headers,
    /// The id of a component.
    Id,
    /// What Prometheus reads by its own rules.
    Prometheus(Root),
    /// A struct; null leaves its defaults.
    Section(&'static Shape),
    /// A pointer to a struct; null leaves it out.
    Pointer(&'static Shape),
    /// An optional struct, which also takes `enabled` (collector, config/configoptional/optional.go; 0.140).
    Optional(&'static Shape),
}

/// Names that Go keeps as numbers.
pub(super) struct Levels {
    /// In lower case.
    pub(super) names: &'static [&'static str],
    /// The type in Go.
    pub(super) go: &'static str,
    /// What the Collector says of another one, `{}` standing for it.
    pub(super) said: &'static str,
}

/// Other Go types of numbers and strings.
pub(super) const INT32: Kind = Kind::Named(&Kind::Int, "int32");
pub(super) const INT64: Kind = Kind::Named(&Kind::Int, "int64");
pub(super) const UINT64: Kind = Kind::Named(&Kind::Unsigned, "uint64");
pub(super) const FLOAT32: Kind = Kind::Named(&Kind::Float, "float32");
pub(super) const SECRET: Kind = Kind::Named(&Kind::Text, "configopaque.String");

/// One key of a section, and in which versions (minor of 0.x) it exists.
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) since: u16,
    pub(super) until: u16,
    /// What takes its place when it is gone; empty when nothing does.
    pub(super) instead: &'static str,
}

/// A section: its own fields, those squashed into it, and what its `Validate` refuses.
pub(super) struct Shape {
    /// Its Go type, by which decoding calls it where it begins anew: at the root of a component or of an optional section.
    pub(super) go: &'static str,
    pub(super) fields: &'static [Field],
    /// Each with the name of its Go field in lower case: what `Validate` calls it by.
    pub(super) squashed: &'static [(&'static str, &'static Self)],
    /// Keys that end so are taken too: `_sd_configs`.
    pub(super) suffix: &'static str,
    /// Whether mappings under other keys are taken too: an extension may read them.
    pub(super) is_open: bool,
    /// Whether it is so even of keys that are nearly those of a field: `remain` in the Collector's own struct.
    pub(super) takes_rest: bool,
    /// Whether anything under other keys is taken: `check` looks at it.
    pub(super) takes_any: bool,
    /// Older versions (minor of 0.x) read it otherwise; what is wrong with it is not wrong there.
    pub(super) since: u16,
    /// Whether it decodes itself: names begin anew in it.
    pub(super) begins: bool,
    /// Whether unknown keys are dropped since 0.160, here and in the plain structs below: `Unmarshal` of confighttp
    /// reads what it knows and ignores the rest (measured with the Collector 0.160, 0.162 and 0.164).
    pub(super) drops: bool,
    pub(super) check: fn(&Section<'_>, &mut Report<'_>),
}

/// A field that exists in every version.
pub(super) const fn field(name: &'static str, kind: Kind) -> Field {
    Field {
        name,
        kind,
        since: 0,
        until: u16::MAX,
        instead: "",
    }
}

impl Field {
    /// The same, from version 0.`since` on.
    pub(super) const fn since(self, since: u16) -> Self {
        Self { since, ..self }
    }

    /// The same, gone in version 0.`until`.
    pub(super) const fn until(self, until: u16) -> Self {
        Self { until, ..self }
    }

    /// The same, gone in version 0.`until`, where `instead` took its place.
    pub(super) const fn moved(self, until: u16, instead: &'static str) -> Self {
        Self {
            until,
            instead,
            ..self
        }
    }
}

/// A section with these fields.
pub(super) const fn shape(go: &'static str, fields: &'static [Field]) -> Shape {
    Shape {
        go,
        fields,
        squashed: &[],
        suffix: "",
        is_open: false,
        takes_rest: false,
        takes_any: false,
        since: 0,
        begins: false,
        drops: false,
        check: |_, _| {},
    }
}

impl Shape {
    /// The same with the fields of other sections squashed in.
    pub(super) const fn with(self, squashed: &'static [(&'static str, &'static Self)]) -> Self {
        Self { squashed, ..self }
    }

    /// The same with keys of the user's choice besides.
    pub(super) const fn and_any(self) -> Self {
        Self {
            takes_any: true,
            ..self
        }
    }

    /// The same, decoding itself.
    pub(super) const fn decoding_itself(self) -> Self {
        Self {
            begins: true,
            ..self
        }
    }

    /// The same, dropping unknown keys since 0.160.
    pub(super) const fn dropping(self) -> Self {
        Self {
            drops: true,
            ..self
        }
    }

    /// The same for versions from 0.`since` on.
    pub(super) const fn since(self, since: u16) -> Self {
        Self { since, ..self }
    }

    /// The same with a check of its values.
    pub(super) const fn checked(self, check: fn(&Section<'_>, &mut Report<'_>)) -> Self {
        Self { check, ..self }
    }

    fn field(&self, name: &str) -> Option<&Field> {
        self.find(name).map(|(_, field)| field)
    }

    /// The field of that name, and the squashed sections that lead to it.
    fn find(&self, name: &str) -> Option<(Vec<&'static str>, &Field)> {
        if let Some(own) = self.fields.iter().find(|field| field.name == name) {
            return Some((Vec::new(), own));
        }
        self.squashed.iter().find_map(|(squashed, shape)| {
            let (mut chain, field) = shape.find(name)?;
            chain.insert(0, squashed);
            Some((chain, field))
        })
    }

    /// The names that the current version takes.
    fn names(&self, into: &mut Vec<&'static str>) {
        let current = self.fields.iter().filter(|field| field.until == u16::MAX);
        into.extend(current.map(|field| field.name));
        self.squashed
            .iter()
            .for_each(|(_, shape)| shape.names(into));
    }

    fn takes_others(&self) -> bool {
        self.is_open
            || self.takes_rest
            || self.squashed.iter().any(|(_, shape)| shape.takes_others())
    }

    fn takes_rest(&self) -> bool {
        self.takes_rest || self.squashed.iter().any(|(_, shape)| shape.takes_rest())
    }

    fn run_checks(&self, section: &Section<'_>, report: &mut Report<'_>) {
        (self.check)(section, report);
        for (squashed, shape) in self.squashed {
            report.within(squashed, |report| shape.run_checks(section, report));
        }
    }
}
