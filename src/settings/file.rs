//! `.otel-lint.yaml`, read with our own YAML, so that mistakes in it have places.

use std::collections::BTreeSet;

use time::Date;
use time::Duration;
use time::format_description::well_known::Iso8601;

use super::Closed;
use super::Home;
use super::Ignore;
use super::Settings;
use crate::problem::Problem;
use crate::problem::ProblemKind;
use crate::source::SourceId;
use crate::source::Sources;
use crate::source::Span;
use crate::source::Spanned;
use crate::yaml;
use crate::yaml::Dialect;
use crate::yaml::Node;
use crate::yaml::Shape;
use crate::yaml::Text;

/// The keys of a settings file, as users write them.
pub const KEYS: &[&str] = &[
    "closed",
    "assume",
    "mounts",
    "addresses",
    "severity",
    "ignore",
    "expiry-window",
    "include",
    "exclude",
];

/// The keys of an entry of `ignore`.
pub const IGNORE_KEYS: &[&str] = &["rule", "path", "resource", "reason", "expires"];

impl Settings {
    /// Takes what the settings file `id` says over what was there; what it says wrongly goes to `problems`.
    pub fn read(&mut self, id: SourceId, sources: &Sources) {
        self.source = Some(id);
        self.home = Home::of(&sources.get(id).name);
        let Some(text) = Text::whole(id, sources.get(id)) else {
            self.reject(Span::new(id, 0..0), "the settings file is not UTF-8");
            return;
        };
        let stream = yaml::parse(text, Dialect::Collector);
        // What does not parse is a document like any other that does not.
        for root in stream.documents() {
            for (key, value) in root.entries() {
                self.entry(key, value);
            }
        }
    }

    fn reject(&mut self, span: Span, message: impl Into<String>) {
        self.problems
            .push(Problem::new(ProblemKind::InvalidSetting, span, message));
    }

    fn entry(&mut self, key: Node<'_>, value: Node<'_>) {
        match &*key.text() {
            "closed" => self.closed(value),
            "assume" if is_mapping(value) => self.assume(value),
            "mounts" | "addresses" | "severity" | "assume" if !is_mapping(value) => {
                let key = key.text();
                self.reject(value.span(), format!("`{key}` is a mapping, a key a line"));
            }
            "include" | "exclude" | "ignore" if value.shape() != Shape::Sequence => {
                let key = key.text();
                self.reject(value.span(), format!("`{key}` is a list"));
            }
            "mounts" => {
                let trim = |path: &str| path.trim_end_matches('/').to_owned();
                let mounts = value
                    .entries()
                    .map(|(inside, path)| (trim(&inside.text()), trim(&path.text())));
                self.mounts.extend(mounts);
            }
            "addresses" => {
                for (name, list) in value.entries() {
                    if list.shape() != Shape::Sequence {
                        self.reject(
                            list.span(),
                            "hosts and addresses stand in a list: `[203.0.113.10]`",
                        );
                        continue;
                    }
                    let hosts = texts(list).collect();
                    self.addresses.insert(name.text().into_owned(), hosts);
                }
            }
            "severity" => value
                .entries()
                .for_each(|(rule, word)| self.severity(rule, word)),
            "ignore" => value.items().for_each(|item| self.ignore(item)),
            "expiry-window" => self.expiry_window(value),
            "include" => self.include.extend(texts(value)),
            "exclude" => self.exclude.extend(texts(value)),
            other => {
                let message = format!("there is no setting called `{other}`");
                self.unknown(key, message, KEYS);
            }
        }
    }

    /// Says that `key` is none of `known`, and which of them it is nearest to.
    fn unknown(&mut self, key: Node<'_>, message: String, known: &[&str]) {
        let other = key.text();
        let distances = known
            .iter()
            .map(|known| (strsim::damerau_levenshtein(known, &other), known));
        let problem = Problem::new(ProblemKind::InvalidSetting, key.span(), message);
        let help = match distances.min() {
            Some((distance, near)) if distance * 2 <= near.len() => {
                format!("did you mean `{near}`?")
            }
            _ => format!("it is one of `{}`", known.join("`, `")),
        };
        self.problems.push(problem.help(help));
    }

    fn closed(&mut self, value: Node<'_>) {
        self.closed = match (value.boolean(), value.shape()) {
            (Some(all), _) => {
                if *all {
                    Closed::Everything
                } else {
                    Closed::Open
                }
            }
            (None, Shape::Sequence) => {
                let kinds = value.items();
                self.named_kinds
                    .extend(kinds.map(|kind| Spanned::new(kind.text().into_owned(), kind.span())));
                Closed::Kinds(texts(value).collect::<BTreeSet<_>>())
            }
            _ => {
                return self.reject(
                    value.span(),
                    "`closed` is `true`, `false` or a list of kinds",
                );
            }
        };
    }

    fn assume(&mut self, value: Node<'_>) {
        for (key, value) in value.entries() {
            if key.text() == "class" {
                let classes = value.entries().map(|(name, controller)| {
                    (name.text().into_owned(), controller.text().into_owned())
                });
                self.assume.class.extend(classes);
            } else if let Err(message) = self.assume.set(&key.text(), &value.text()) {
                self.reject(value.span(), message);
            }
        }
    }

    fn severity(&mut self, rule: Node<'_>, word: Node<'_>) {
        let text = word.text();
        self.named_rules
            .push(Spanned::new(rule.text().into_owned(), rule.span()));
        let severity = match &*text {
            "off" => Ok(None),
            text => text.parse().map(Some),
        };
        match severity {
            Ok(severity) => drop(self.severity.insert(rule.text().into_owned(), severity)),
            Err(_) => self.reject(
                word.span(),
                format!("`{text}` is none of `off`, `note`, `warning`, `error`"),
            ),
        }
    }

    fn ignore(&mut self, item: Node<'_>) {
        for (key, _) in item.entries() {
            let other = key.text();
            if !IGNORE_KEYS.contains(&&*other) {
                let message = format!("an entry of `ignore` has no `{other}`");
                self.unknown(key, message, IGNORE_KEYS);
            }
        }
        let text = |key: &str| item.get(key).map(|node| node.text().into_owned());
        let (Some(rule), Some(reason)) = (
            text("rule"),
            text("reason").filter(|reason| !reason.trim().is_empty()),
        ) else {
            return self.reject(
                item.span(),
                "an entry of `ignore` needs a `rule` and a `reason`",
            );
        };
        let expires = item
            .get("expires")
            .map(|node| (node, Date::parse(&node.text(), &Iso8601::DATE)));
        let expires = match expires {
            Some((_, Ok(date))) => Some(date),
            Some((node, Err(_))) => {
                return self.reject(node.span(), "`expires` is a date such as `2027-01-31`");
            }
            None => None,
        };
        let ignore = Ignore {
            rule,
            path: text("path"),
            resource: text("resource"),
            reason,
            expires,
            span: item.span(),
        };
        self.ignore.push(ignore);
    }

    fn expiry_window(&mut self, value: Node<'_>) {
        let days = value
            .text()
            .strip_suffix('d')
            .and_then(|days| days.parse::<i64>().ok());
        match days.filter(|days| (0..=36_500).contains(days)) {
            Some(days) => self.expiry_window = Duration::days(days),
            None => self.reject(
                value.span(),
                "`expiry-window` is a number of days such as `30d`",
            ),
        }
    }
}

/// Whether it is a mapping, or left empty.
fn is_mapping(value: Node<'_>) -> bool {
    matches!(value.shape(), Shape::Mapping | Shape::Null)
}

fn texts(list: Node<'_>) -> impl Iterator<Item = String> {
    list.items().map(|item| item.text().into_owned())
}
