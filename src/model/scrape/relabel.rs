//! One step of relabeling, as it is written.
//!
//! Source: prometheus, model/relabel/relabel.go.

use super::field::Field;
use crate::source::Span;
use crate::source::Spanned;

/// One entry of `relabel_configs`, or of `relabelings` of a monitor.
#[derive(Clone, Debug)]
pub struct Relabel {
    /// The whole entry.
    pub span: Span,
    /// `source_labels`.
    pub sources: Vec<Spanned<String>>,
    /// `separator`; `;` when absent.
    pub separator: Option<Spanned<String>>,
    /// `target_label`.
    pub target: Option<Spanned<String>>,
    /// `regex`; `(.*)` when absent.
    pub regex: Option<Spanned<String>>,
    /// `replacement`; `$1` when absent.
    pub replacement: Option<Spanned<String>>,
    /// `action`; `replace` when absent. Case does not matter.
    pub action: Option<Spanned<String>>,
}

impl Relabel {
    pub(super) fn read_all(list: Option<Field<'_>>) -> Vec<Self> {
        let items = list.map(Field::items).unwrap_or_default();
        items.into_iter().map(Self::read).collect()
    }

    /// Reads Prometheus' own names, and the operator's.
    fn read(field: Field<'_>) -> Self {
        let sources = field.texts_at("source_labels");
        Self {
            span: field.span(),
            sources: if sources.is_empty() {
                field.texts_at("sourceLabels")
            } else {
                sources
            },
            separator: field.text_at("separator"),
            target: field
                .text_at("target_label")
                .or_else(|| field.text_at("targetLabel")),
            regex: field.text_at("regex"),
            replacement: field.text_at("replacement"),
            action: field.text_at("action"),
        }
    }

    /// Where it says what it writes.
    #[must_use]
    pub fn written(&self) -> Span {
        self.replacement
            .as_ref()
            .map_or(self.span, |text| text.span)
    }

    /// Whether it keeps targets, or writes their address.
    #[must_use]
    pub fn asks(&self) -> bool {
        let is_address = || {
            let target = self.target.as_ref();
            target.is_some_and(|target| target.value == "__address__")
        };
        match &self.action {
            Some(action) if action.eq_ignore_ascii_case("keep") => true,
            Some(action) => action.eq_ignore_ascii_case("replace") && is_address(),
            None => is_address(),
        }
    }
}
