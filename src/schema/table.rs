//! What a kind may hold, ready to be compared with a document: types that know their fields.

use std::borrow::Cow;
use std::sync::OnceLock;

use regex_lite::Regex;

use super::text::Form;
use super::walk::Check;

/// All types of one kind in one API version, under one assumed bundle.
#[derive(Default)]
pub(crate) struct Table {
    /// Types; they name each other by index, so that they may be recursive.
    pub(crate) types: Vec<Type>,
    /// The type of the whole object.
    pub(crate) root: TypeId,
    /// Whether the kinds are built into the API server, where a null is nothing even in a list.
    pub(crate) builtin: bool,
}

/// Index into [`Table::types`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct TypeId(pub(crate) u32);

/// What a value is at heart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Base {
    #[default]
    Any,
    Object,
    Map,
    List,
    Text,
    Integer,
    Number,
    Boolean,
    /// A port: number or name; any whole number or text.
    IntegerOrText,
    /// `0.5`, `500m`, `2Gi`: a text of that form, or any number (apimachinery, `Quantity.UnmarshalJSON`).
    Quantity,
}

/// Everything that one value has to obey.
#[derive(Default)]
pub(crate) struct Type {
    pub(crate) base: Base,
    /// Null is a value here.
    pub(crate) nullable: bool,
    /// Fields that are not listed are nobody's business.
    pub(crate) open: bool,
    /// Free text: scripts, descriptions, annotations; placeholders mean nothing in it.
    pub(crate) free: bool,
    /// `${NAME}` means something here: command lines, values of variables.
    pub(crate) shell: bool,
    /// Must never be shown.
    pub(crate) secret: bool,
    /// Least value, length in characters, or number of entries, by base.
    pub(crate) low: Option<f64>,
    /// Greatest, likewise.
    pub(crate) high: Option<f64>,
    /// The only values allowed, in the order in which they are said.
    pub(crate) choices: Vec<Cow<'static, str>>,
    /// The form of a text.
    pub(crate) form: Option<&'static Form>,
    /// A pattern of a CRD that was given.
    pub(crate) pattern: Option<Pattern>,
    /// Keys by which the entries of a list are told apart; they are unique together.
    pub(crate) keys: Vec<Cow<'static, str>>,
    /// A check says, in better words, when two entries have the same keys.
    pub(crate) judged: bool,
    /// A list whose values are unique.
    pub(crate) set: bool,
    /// Fields of an object, sorted by name.
    pub(crate) fields: Vec<Field>,
    /// Type of the entries of a list or of the values of a map.
    pub(crate) element: Option<TypeId>,
    /// Cross-field rules.
    pub(crate) checks: Vec<Check>,
    /// `anyOf` and its kin, of CRDs that were given.
    pub(crate) junctions: Option<Box<Junctions>>,
}

impl Type {
    /// The field of that name, also one that the assumed bundle withholds.
    pub(crate) fn field(&self, name: &str) -> Option<&Field> {
        let at = self
            .fields
            .binary_search_by(|field| field.name.as_ref().cmp(name))
            .ok()?;
        self.fields.get(at)
    }
}

/// A field of an object.
pub(crate) struct Field {
    pub(crate) name: Cow<'static, str>,
    pub(crate) of: TypeId,
    pub(crate) required: bool,
    /// The API server fills it in, so it is never missing and null means the default.
    pub(crate) default: bool,
    /// The field exists, but not here: where it does, and where its meaning went.
    pub(crate) withheld: Option<Withheld>,
}

/// Why a field that exists is not there.
pub(crate) struct Withheld {
    /// `in the experimental channel from 1.1 to 1.3`.
    pub(crate) place: String,
    /// The field that took its place.
    pub(crate) moved: Option<&'static str>,
}

/// A regular expression, compiled when it is first needed. RE2 and Go mean the same by it as `regex-lite` does.
pub(crate) struct Pattern {
    pub(crate) source: String,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// The pattern `source`; whether it compiles shows at first use.
    pub(crate) fn new(source: String) -> Self {
        Self {
            source,
            compiled: OnceLock::new(),
        }
    }

    /// Whether `text` matches anywhere; a pattern that does not compile matches everything.
    pub(crate) fn fits(&self, text: &str) -> bool {
        self.compiled
            .get_or_init(|| Regex::new(&self.source).ok())
            .as_ref()
            .is_none_or(|regex| regex.is_match(text))
    }
}

/// The logical parts of a structural schema. They judge values and never forbid a field.
#[derive(Default)]
pub(crate) struct Junctions {
    pub(crate) any: Vec<TypeId>,
    pub(crate) one: Vec<TypeId>,
    pub(crate) all: Vec<TypeId>,
    pub(crate) not: Option<TypeId>,
    /// Fields that a branch requires without describing them.
    pub(crate) required: Vec<String>,
}
