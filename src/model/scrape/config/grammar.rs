//! The types that a configuration is read into.

use super::view::Reading;
use super::view::View;

/// What a field takes.
#[derive(Clone, Copy)]
pub(super) enum Takes {
    /// Anything; not looked into.
    Any,
    Bool,
    /// A whole number of that Go type; a float loses its fraction.
    Int(&'static str),
    /// The same without a sign.
    Uint(&'static str),
    Float,
    /// Any scalar, as it is written, in that Go type.
    Text(&'static str),
    /// Any scalar that the function takes.
    Parsed(&'static str, fn(&str) -> Result<(), Wrong>),
    /// A sequence in that Go type.
    List(&'static str, &'static Self),
    /// A mapping with keys of the user's choice in that Go type.
    Map(&'static str, &'static Self),
    Struct(&'static Struct),
}

/// Why a text is refused.
pub(super) struct Wrong {
    /// What it is not, behind the name of the field: `takes a duration`.
    pub(super) message: &'static str,
    /// What Prometheus says.
    pub(super) said: String,
    /// What would be taken, if that is a list of names.
    pub(super) known: &'static [&'static str],
    /// Whether a later version may take it.
    pub(super) may_come: bool,
}

/// A key, and in which versions it exists.
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) takes: Takes,
    pub(super) since: u16,
    pub(super) until: u16,
}

/// A Go struct.
pub(super) struct Struct {
    /// What go-yaml calls it; of one squashed into others nothing.
    pub(super) go: &'static str,
    pub(super) fields: &'static [Field],
    /// Structs whose keys are its own.
    pub(super) inline: &'static [&'static Self],
    /// What keys that are no field hold; `None`: there are no others.
    pub(super) entries: Option<Takes>,
    /// Keys that end so are left to versions that know them.
    pub(super) suffix: &'static str,
    /// What it checks by itself.
    pub(super) check: fn(&View<'_>, &mut Reading<'_>),
}

/// A field that exists in every version.
pub(super) const fn field(name: &'static str, takes: Takes) -> Field {
    Field {
        name,
        takes,
        since: 0,
        until: u16::MAX,
    }
}

/// A field of any scalar.
pub(super) const fn text(name: &'static str) -> Field {
    field(name, Takes::Text("string"))
}

/// A field that is not shown again.
pub(super) const fn secret(name: &'static str) -> Field {
    field(name, Takes::Text("config.plain"))
}

/// A list of any scalars.
pub(super) const TEXTS: Takes = Takes::List("[]string", &Takes::Text("string"));

impl Field {
    pub(super) const fn since(self, since: u16) -> Self {
        Self { since, ..self }
    }

    pub(super) const fn until(self, until: u16) -> Self {
        Self { until, ..self }
    }
}

/// A struct with these fields.
pub(super) const fn structure(go: &'static str, fields: &'static [Field]) -> Struct {
    Struct {
        go,
        fields,
        inline: &[],
        entries: None,
        suffix: "",
        check: |_, _| {},
    }
}

impl Struct {
    pub(super) const fn with(self, inline: &'static [&'static Self]) -> Self {
        Self { inline, ..self }
    }

    pub(super) const fn checked(self, check: fn(&View<'_>, &mut Reading<'_>)) -> Self {
        Self { check, ..self }
    }

    pub(super) fn field(&self, name: &str) -> Option<&'static Field> {
        let own = self.fields.iter().find(|field| field.name == name);
        own.or_else(|| self.inline.iter().find_map(|inner| inner.field(name)))
    }

    /// The names that the current version takes.
    pub(super) fn names(&self, into: &mut Vec<&'static str>) {
        let current = self.fields.iter().filter(|field| field.until == u16::MAX);
        into.extend(current.map(|field| field.name));
        self.inline.iter().for_each(|inner| inner.names(into));
    }

    /// Runs its checks and those of the structs in it.
    pub(super) fn run(&self, view: &View<'_>, reading: &mut Reading<'_>) {
        self.inline
            .iter()
            .for_each(|inner| inner.run(view, reading));
        (self.check)(view, reading);
    }
}
