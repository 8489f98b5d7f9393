//! Several sources to the one configuration that a Collector makes of them.

use super::syntax;
use crate::model::collector::Collector;
use crate::model::collector::Extent;
use crate::model::collector::Origin;
use crate::model::collector::fault::Fault;
use crate::model::collector::fault::FaultKind;
use crate::model::collector::layout;
use crate::model::collector::value::Value;
use crate::source::Source;
use crate::source::SourceId;
use crate::source::Span;
use crate::yaml;
use crate::yaml::Dialect;
use crate::yaml::Text;

/// The place of nothing.
const NOWHERE: Span = Span::new(SourceId(0), 0..0);

impl Collector {
    /// The configuration, or the part of one, that an argument, a variable or a file holds. `None` when it is a template:
    /// somebody fills it in before it is read.
    #[must_use]
    pub fn read_text(text: Text) -> Option<Self> {
        let (value, faults) = read_source(text)?;
        Some(Self::typed(Origin::Merged, value, faults, None))
    }

    /// The same of a text that is not written so, but made of what is (`--set`, `$(NAME)`); all of it stands at `span`.
    #[must_use]
    pub fn read_argument(text: &str, span: Span) -> Option<Self> {
        let source = Source::new("", text.as_bytes().to_vec());
        let (mut value, mut faults) = read_source(Text::whole(span.source, &source)?)?;
        value.stand_at(span);
        for fault in &mut faults {
            fault.span = span;
            fault.related.clear();
        }
        Some(Self::typed(Origin::Merged, value, faults, None))
    }

    /// An argument at `span` that the Collector does not even read: it says `said`.
    #[must_use]
    pub fn refused_argument(span: Span, message: &str, said: &str) -> Self {
        let (kind, path) = (FaultKind::Type, String::new());
        let fault = Fault::new(kind, span, path, message.to_owned(), said.to_owned());
        Self::typed(Origin::Merged, Value::empty(span), vec![fault], None)
    }

    /// What the Collector makes of several sources that it is given in this order: maps merge, lists and everything
    /// else replace; every value keeps the place where it is written. `None` when nothing is given.
    #[must_use]
    pub fn merged(sources: &[&Self]) -> Option<Self> {
        match sources {
            [] => None,
            [one] if one.extent != Extent::Part => Some((*one).clone()),
            _ => Some(Self::overlaid(sources, Extent::Whole)),
        }
    }

    /// The same of sources that are not all that is merged: what they name may be defined in the others.
    #[must_use]
    pub fn merged_in_part(sources: &[&Self]) -> Option<Self> {
        (!sources.is_empty()).then(|| Self::overlaid(sources, Extent::Part))
    }

    fn overlaid(sources: &[&Self], extent: Extent) -> Self {
        let mut roots = sources.iter().map(|source| source.written().clone());
        let mut value = roots.next().unwrap_or_else(|| Value::empty(NOWHERE));
        roots.for_each(|root| value.overlay(root));
        // What a source that could not be read holds is not missing.
        let unread = |source: &&Self| source.reading > 0 && source.root.entries().is_empty();
        let extent = match sources.iter().any(unread) {
            true => Extent::Part,
            false => extent,
        };
        let faults = sources.iter();
        let faults = faults.flat_map(|source| source.faults.iter().take(source.reading));
        let faults = faults.cloned().collect();
        Self::typed(Origin::Merged, value, faults, Some(extent))
    }
}

/// One source of a configuration (collector, confmap/provider.go `AsConf`); `None` when it is a template.
fn read_source(text: Text) -> Option<(Value, Vec<Fault>)> {
    let is_template = text.as_str().contains("{{");
    let length = u32::try_from(text.as_str().len()).unwrap_or(u32::MAX);
    let whole = text.span(0..length);
    let stream = yaml::parse(text, Dialect::Collector);
    if let Some(broken) = syntax(&stream) {
        return (!is_template).then(|| (Value::empty(broken.span), vec![broken]));
    }
    let mut faults = Vec::new();
    let value = match stream.documents().next() {
        Some(root) => Value::read(root, &mut faults),
        None => Value::empty(whole),
    };
    if value.map().is_some() {
        return Some((value, faults));
    }
    if !value.is_null() {
        let message = format!(
            "a source of the configuration is a map, this is {}",
            value.type_name()
        );
        let said = format!(
            "retrieved value (type={}) cannot be used as a Conf",
            layout::go_type(&value)
        );
        let (kind, path) = (FaultKind::Type, String::new());
        faults.push(Fault::new(kind, value.span, path, message, said));
    }
    Some((Value::empty(value.span), faults))
}
