//! Where the faults of a section are collected, each in the words and with the path that the Collector prints.
//!
//! Its two phases name a place differently. Decoding (mapstructure) joins keys with dots and numbers items in brackets,
//! and begins anew in each optional section. `Validate` (collector, confmap/validation.go) joins with `::`, names
//! squashed structs after their Go field, and goes on behind an optional section with `: `.

use std::ops::Range;

use crate::model::collector::fault::Fault;
use crate::model::collector::fault::FaultKind;
use crate::model::collector::id::Signal;
use crate::source::Span;

/// Where faults are collected, and under which keys we are.
pub(in crate::model::collector) struct Report<'f> {
    steps: Vec<Step>,
    /// How many of the steps lead to where decoding begins.
    root: usize,
    /// The signals of the pipelines that use the component; `None` when that is not known.
    signals: Option<Vec<Signal>>,
    /// Whether unknown keys are dropped here since 0.160.
    pub(super) drops: bool,
    pub(super) faults: &'f mut Vec<Fault>,
}

/// One step of a path.
struct Step {
    text: String,
    sort: Sort,
    /// Whether it leads into an optional section.
    opens: bool,
    /// Whether decoding begins anew behind it.
    begins: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    /// A field.
    Key,
    /// A key of the user's choice.
    Entry,
    /// An item of a list.
    Item,
    /// A struct whose keys are those of the section that holds it.
    Squashed,
}

impl<'f> Report<'f> {
    /// A report at `path`.
    pub(in crate::model::collector) fn new(path: &[&str], faults: &'f mut Vec<Fault>) -> Self {
        let step = |key: &&str| Step {
            text: (*key).to_owned(),
            sort: Sort::Key,
            opens: false,
            begins: false,
        };
        Self {
            steps: path.iter().map(step).collect(),
            root: path.len(),
            signals: None,
            drops: false,
            faults,
        }
    }

    /// The same of a section that is decoded together with what is above it.
    pub(in crate::model::collector) fn decoded_from_above(self) -> Self {
        Self { root: 0, ..self }
    }

    /// The same of a component that pipelines of these signals use: a Collector creates it for each of them.
    pub(in crate::model::collector) fn used_for(self, signals: Option<Vec<Signal>>) -> Self {
        Self { signals, ..self }
    }

    /// The signals for which the component is created, as far as it is known.
    pub(super) fn signals(&self) -> Option<Vec<Signal>> {
        self.signals.clone()
    }

    /// Whether the component is created at all; so it is taken to be as long as the pipelines are not known.
    pub(super) fn is_created(&self) -> bool {
        self.signals
            .as_ref()
            .is_none_or(|signals| !signals.is_empty())
    }

    /// Records a value that is refused; `said` is what `Validate` returns.
    pub(super) fn value(
        &mut self,
        span: Span,
        message: impl Into<String>,
        said: impl Into<String>,
    ) {
        self.push(FaultKind::Value, span, message.into(), said.into());
    }

    /// Records a value with which the component cannot be made or started; nothing is put in front of `said`.
    pub(super) fn creation(
        &mut self,
        span: Span,
        message: impl Into<String>,
        said: impl Into<String>,
    ) {
        self.refuse(FaultKind::Value, span, message.into(), said.into());
    }

    /// Says of the last fault that it consists in something not being there.
    pub(super) fn by_absence(&mut self) {
        if let Some(fault) = self.faults.last_mut() {
            fault.by_absence = true;
        }
    }

    /// Records a value over which the Collector crashes, so that it names no path.
    pub(super) fn crash(&mut self, span: Span, message: &str, said: &str) {
        self.refuse(FaultKind::Value, span, message.to_owned(), said.to_owned());
    }

    /// Adds a second place to the last fault.
    pub(super) fn also(&mut self, span: Span, label: &str) {
        if let Some(fault) = self.faults.last_mut() {
            fault.related.push((span, label.to_owned()));
        }
    }

    /// Says of the faults from `at` on that they are some in these versions (minor of 0.x) only.
    pub(super) fn only_in(&mut self, at: usize, versions: Range<u16>) {
        for fault in self.faults.iter_mut().skip(at) {
            fault.versions = versions.clone();
        }
    }

    /// Says of the last fault which name may have been meant.
    pub(super) fn near(&mut self, near: Option<String>) {
        if let Some(fault) = self.faults.last_mut() {
            fault.near = near;
        }
    }

    /// Records a fault of another kind; the path is put in front of what `Validate` returns.
    pub(super) fn push(&mut self, kind: FaultKind, span: Span, message: String, said: String) {
        let at = self.validated();
        let said = if at.is_empty() {
            said
        } else {
            format!("{at}: {said}")
        };
        self.refuse(kind, span, message, said);
    }

    /// Records what is refused with the words that are given.
    pub(super) fn refuse(
        &mut self,
        kind: FaultKind,
        span: Span,
        message: String,
        said: String,
    ) -> &mut Fault {
        let at = self.faults.len();
        self.faults
            .push(Fault::new(kind, span, self.path(), message, said));
        &mut self.faults[at]
    }

    /// Records what another reader refuses here; `whose` is what the Collector puts in front of its words.
    pub(super) fn read_by(&mut self, whose: &str, read: impl FnOnce(&mut Vec<Fault>)) {
        let mut faults = Vec::new();
        read(&mut faults);
        let (path, decoded) = (self.path(), self.decoded());
        self.faults.extend(faults.into_iter().map(|fault| {
            Fault {
                path: [path.as_str(), &fault.path]
                    .join("::")
                    .trim_end_matches(':')
                    .to_owned(),
                said: format!("'{decoded}' {whose}: {}", fault.said),
                ..fault
            }
        }));
    }

    /// The last key of the path; of an item of a list the list's, with its number.
    pub(super) fn name(&self) -> String {
        let named = |step: &&Step| step.sort != Sort::Squashed;
        let mut steps = self.steps.iter().rev().filter(named);
        match (steps.next(), steps.next()) {
            (Some(item), Some(list)) if item.sort == Sort::Item => {
                format!("{}[{}]", list.text, item.text)
            }
            (Some(step), _) => step.text.clone(),
            (None, _) => String::new(),
        }
    }

    /// What decoding calls this place: nothing where it begins.
    pub(super) fn decoded(&self) -> String {
        let begins = self.steps.iter().rposition(|step| step.begins);
        let from = begins.map_or(self.root, |at| self.root.max(at + 1));
        let mut name = String::new();
        for step in self.steps.get(from..).unwrap_or_default() {
            match step.sort {
                Sort::Squashed => {}
                Sort::Item | Sort::Entry => {
                    name.push('[');
                    name.push_str(&step.text);
                    name.push(']');
                }
                Sort::Key => {
                    if !name.is_empty() {
                        name.push('.');
                    }
                    name.push_str(&step.text);
                }
            }
        }
        name
    }

    /// What `Validate` calls this place.
    fn validated(&self) -> String {
        let mut path = String::new();
        let mut separator = "";
        for step in &self.steps {
            path.push_str(separator);
            path.push_str(&step.text);
            separator = if step.opens { ": " } else { "::" };
        }
        path
    }

    fn path(&self) -> String {
        let keys = self
            .steps
            .iter()
            .filter(|step| step.sort != Sort::Squashed)
            .map(|step| step.text.as_str());
        keys.collect::<Vec<_>>().join("::")
    }

    /// Goes on one step further.
    pub(super) fn under(&mut self, sort: Sort, text: &str, inside: impl FnOnce(&mut Self)) {
        self.steps.push(Step {
            text: text.to_owned(),
            sort,
            opens: false,
            begins: false,
        });
        inside(self);
        self.steps.pop();
    }

    /// Goes on in a squashed struct.
    pub(super) fn within(&mut self, squashed: &str, inside: impl FnOnce(&mut Self)) {
        self.under(Sort::Squashed, squashed, inside);
    }

    /// Goes on inside the optional section that is here.
    pub(super) fn opened(&mut self, inside: impl FnOnce(&mut Self)) {
        let set = |report: &mut Self, opens| {
            if let Some(step) = report.steps.last_mut() {
                step.opens = opens;
            }
        };
        set(self, true);
        self.begun(inside);
        set(self, false);
    }

    /// Goes on inside the section that is here, which decodes itself.
    pub(super) fn begun(&mut self, inside: impl FnOnce(&mut Self)) {
        let set = |report: &mut Self, begins| {
            if let Some(step) = report.steps.last_mut() {
                step.begins = begins;
            }
        };
        set(self, true);
        inside(self);
        set(self, false);
    }
}
