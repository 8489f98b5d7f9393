//! The labels of a target before it is scraped, and what relabeling makes of them.
//!
//! Source: prometheus, model/relabel/relabel.go (`relabel`), scrape/target.go (`PopulateLabels`).

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use regex::Regex;

use crate::model::scrape::relabel::Relabel;
use crate::regexp;
use crate::source::Span;
use crate::source::Spanned;

/// The label with `host:port`.
pub(super) const ADDRESS: &str = "__address__";

/// The label with `http` or `https`.
pub(super) const SCHEME: &str = "__scheme__";

/// The label with the path.
pub(super) const PATH: &str = "__metrics_path__";

/// Labels by their names.
pub(super) type Named = BTreeMap<String, Label>;

/// The labels of one target.
#[derive(Clone, Debug, Default)]
pub(super) struct Labels {
    /// What every target of its Pod says, made once for all of them.
    shared: Arc<Named>,
    /// What is said of this one; `None` takes a label away that is shared.
    own: BTreeMap<Cow<'static, str>, Option<Label>>,
}

/// One label: its value, `None` when only the cluster knows it, and the scalars that it was made of.
#[derive(Clone, Debug, Default)]
pub(super) struct Label {
    pub(super) value: Option<String>,
    pub(super) from: Vec<Span>,
}

/// What becomes of a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kept {
    Yes,
    No,
    /// It hangs on a label that only the cluster knows.
    Unknown,
}

/// The relabelings of a job, ready to run.
pub(super) struct Program<'j> {
    steps: Vec<Step<'j>>,
}

struct Step<'j> {
    relabel: &'j Relabel,
    action: String,
    /// `None` when it is no regular expression that we can read.
    regex: Option<Regex>,
    /// Whether the result of `replace` is the value itself: `(.*)` or `(.+)`, and `$1`.
    is_copy: bool,
    replacement: &'j str,
    separator: &'j str,
}

impl Label {
    pub(super) fn of(value: impl Into<String>, from: &[Span]) -> Self {
        Self {
            value: Some(value.into()),
            from: from.to_vec(),
        }
    }
}

impl Labels {
    /// Those that are shared, and nothing else yet.
    pub(super) fn over(shared: &Arc<Named>) -> Self {
        Self {
            shared: Arc::clone(shared),
            own: BTreeMap::new(),
        }
    }

    pub(super) fn set(
        &mut self,
        name: impl Into<Cow<'static, str>>,
        value: impl Into<String>,
        from: &[Span],
    ) {
        self.own.insert(name.into(), Some(Label::of(value, from)));
    }

    pub(super) fn put(&mut self, name: String, label: Label) {
        self.own.insert(Cow::Owned(name), Some(label));
    }

    fn remove(&mut self, name: &str) {
        self.own.insert(Cow::Owned(name.to_owned()), None);
    }

    fn find(&self, name: &str) -> Option<&Label> {
        match self.own.get(name) {
            Some(own) => own.as_ref(),
            None => self.shared.get(name),
        }
    }

    /// Every label that is there, in no order that matters.
    fn all(&self) -> impl Iterator<Item = (&str, &Label)> {
        let own = self.own.iter();
        let own = own.filter_map(|(name, label)| Some((name.as_ref(), label.as_ref()?)));
        let shared = self.shared.iter();
        let shared = shared.map(|(name, label)| (name.as_str(), label));
        own.chain(shared.filter(|(name, _)| !self.own.contains_key(*name)))
    }

    /// The label of that name. What the cluster alone knows is unknown; any other label that is not there is empty.
    pub(super) fn get(&self, name: &str) -> Label {
        let (value, from) = self.look(name);
        Label {
            value: value.map(str::to_owned),
            from: from.to_vec(),
        }
    }

    /// The same, not taken out.
    fn look(&self, name: &str) -> (Option<&str>, &[Span]) {
        if let Some(label) = self.find(name) {
            return (label.value.as_deref(), &label.from);
        }
        let is_known =
            !name.starts_with("__meta_") || KNOWN.iter().any(|known| name.starts_with(known));
        (is_known.then_some(""), &[])
    }
}

/// Meta labels that a target has when we gave it some: what is missing among them is empty.
const KNOWN: &[&str] = &[
    "__meta_kubernetes_pod_annotation",
    "__meta_kubernetes_pod_label",
    "__meta_kubernetes_pod_container_port",
    "__meta_kubernetes_pod_container_init",
    "__meta_kubernetes_service_",
    "__meta_kubernetes_endpoint",
    "__meta_kubernetes_ingress_",
];

/// A name as a label may have it (prometheus, util/strutil, SanitizeLabelName).
pub(super) fn sanitized(name: &str) -> String {
    let fit = |letter: char| {
        if letter.is_ascii_alphanumeric() {
            letter
        } else {
            '_'
        }
    };
    name.chars().map(fit).collect()
}

impl<'j> Program<'j> {
    pub(super) fn new(relabels: &'j [Relabel]) -> Self {
        Self {
            steps: relabels.iter().map(Step::new).collect(),
        }
    }

    /// Runs every step on `labels`, until one drops the target.
    pub(super) fn run(&self, labels: &mut Labels) -> Kept {
        let mut kept = Kept::Yes;
        for step in &self.steps {
            match step.run(labels) {
                Kept::No => return Kept::No,
                Kept::Unknown => kept = Kept::Unknown,
                Kept::Yes => {}
            }
        }
        kept
    }
}

impl<'j> Step<'j> {
    fn new(relabel: &'j Relabel) -> Self {
        let text = |value: &'j Option<Spanned<String>>, default: &'j str| {
            value.as_ref().map_or(default, |value| value.as_str())
        };
        let action = text(&relabel.action, "replace").to_ascii_lowercase();
        let regex = text(&relabel.regex, "(.*)");
        Self {
            relabel,
            action,
            regex: regexp::compiled(&format!("^(?s:{regex})$")),
            is_copy: ["(.*)", "(.+)"].contains(&regex)
                && ["$1", "${1}"].contains(&text(&relabel.replacement, "$1")),
            replacement: text(&relabel.replacement, "$1"),
            separator: text(&relabel.separator, ";"),
        }
    }

    fn run(&self, labels: &mut Labels) -> Kept {
        let matches = |value: Option<String>| Some(self.regex.as_ref()?.is_match(&value?));
        match self.action.as_str() {
            "keep" | "drop" => match matches(self.value(labels)) {
                None => Kept::Unknown,
                Some(matched) if matched == (self.action == "keep") => Kept::Yes,
                Some(_) => Kept::No,
            },
            "keepequal" | "dropequal" => {
                let wanted = labels.get(self.target());
                match wanted.value.zip(self.value(labels)) {
                    None => Kept::Unknown,
                    Some((one, other)) if (one == other) == (self.action == "keepequal") => {
                        Kept::Yes
                    }
                    Some(_) => Kept::No,
                }
            }
            "replace" => {
                self.replace(labels, self.source(labels));
                Kept::Yes
            }
            "labelmap" => {
                self.map(labels);
                Kept::Yes
            }
            "labeldrop" | "labelkeep" => {
                let keeps = self.action == "labelkeep";
                if let Some(regex) = &self.regex {
                    let names = labels.all().map(|(name, _)| name);
                    let gone = names.filter(|name| regex.is_match(name) != keeps);
                    let gone: Vec<String> = gone.map(str::to_owned).collect();
                    gone.iter().for_each(|name| labels.remove(name));
                }
                Kept::Yes
            }
            _ => {
                self.change(labels, self.source(labels));
                Kept::Yes
            }
        }
    }

    fn target(&self) -> &str {
        self.relabel
            .target
            .as_ref()
            .map_or("", |target| target.as_str())
    }

    /// The values of the source labels, joined; `None` when one is not known.
    fn value(&self, labels: &Labels) -> Option<String> {
        let mut joined = String::new();
        for (at, name) in self.relabel.sources.iter().enumerate() {
            if at > 0 {
                joined.push_str(self.separator);
            }
            joined.push_str(labels.look(name).0?);
        }
        Some(joined)
    }

    /// The same as a label, with what it was made of.
    fn source(&self, labels: &Labels) -> Label {
        let sources = self.relabel.sources.iter();
        let from = sources.flat_map(|name| labels.look(name).1).copied();
        Label {
            value: self.value(labels),
            from: from.collect(),
        }
    }

    /// `replace`: nothing happens when the expression does not match; an empty result takes the label away.
    fn replace(&self, labels: &mut Labels, source: Label) {
        // An empty value matches `(.+)` not at all, and takes the label away with `(.*)`.
        if self.is_copy && source.value.as_ref().is_some_and(|value| !value.is_empty()) {
            return labels.put(self.target().to_owned(), self.made(source));
        }
        let captures = source.value.as_deref().map(|value| {
            let regex = self.regex.as_ref()?;
            // Most values do not match, and captures are dear.
            regex.is_match(value).then(|| regex.captures(value))?
        });
        let target = self.target().to_owned();
        let mut from = source.from;
        from.extend(
            self.relabel
                .replacement
                .as_ref()
                .map(|written| written.span),
        );
        match captures {
            // Whether it matches is not known, and so neither is what the label is afterwards.
            None => {
                labels.put(target, Label { value: None, from });
            }
            Some(None) => {}
            Some(Some(captures)) => {
                let mut value = String::new();
                captures.expand(self.replacement, &mut value);
                if value.is_empty() {
                    labels.remove(&target);
                } else {
                    let label = Label {
                        value: Some(value),
                        from,
                    };
                    labels.put(target, label);
                }
            }
        }
    }

    /// `source` as what the target is made of.
    fn made(&self, mut source: Label) -> Label {
        let written = self.relabel.replacement.iter();
        source.from.extend(written.map(|written| written.span));
        source
    }

    /// `labelmap`: copies every label whose name matches.
    fn map(&self, labels: &mut Labels) {
        let Some(regex) = &self.regex else { return };
        let copies: Vec<(String, Label)> = labels
            .all()
            // Most names do not match, and captures are dear.
            .filter(|(name, _)| regex.is_match(name))
            .filter_map(|(name, label)| {
                let captures = regex.captures(name)?;
                let mut copy = String::new();
                captures.expand(self.replacement, &mut copy);
                Some((copy, label.clone()))
            })
            .collect();
        for (name, label) in copies {
            labels.put(name, label);
        }
    }

    /// `lowercase`, `uppercase`, and what makes a number of it.
    fn change(&self, labels: &mut Labels, source: Label) {
        let value = match self.action.as_str() {
            "lowercase" => source.value.map(|value| value.to_lowercase()),
            "uppercase" => source.value.map(|value| value.to_uppercase()),
            _ => None,
        };
        let label = Label {
            value,
            from: source.from,
        };
        labels.put(self.target().to_owned(), label);
    }
}

#[cfg(test)]
mod tests;
