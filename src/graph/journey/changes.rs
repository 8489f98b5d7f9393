//! What a proxy does to the headers of a request before the receiver sees them.

use super::shown::AUTHORIZATION;
use super::shown::Shown;
use crate::graph::wording::Wording;
use crate::model::route::Filter;
use crate::source::Span;

/// What a proxy does to the headers of a request, in the order in which it does it.
#[derive(Clone, Debug, Default)]
pub(super) struct Changes(Vec<(Option<String>, Change)>);

#[derive(Clone, Debug)]
enum Change {
    /// It is set to that text, or gets it beside what it has.
    Set(Span, String),
    /// It is taken away.
    Gone(Span),
    /// It may be anything; why, in words.
    Open(&'static str),
}

impl Changes {
    /// Every header may be changed.
    pub(super) fn open(why: &'static str) -> Self {
        Self(vec![(None, Change::Open(why))])
    }

    /// `Authorization` is taken away by what stands at `at`.
    pub(super) fn gone(at: Span) -> Self {
        Self(vec![(Some(AUTHORIZATION.to_owned()), Change::Gone(at))])
    }

    /// What stands under `header` behind the proxy.
    pub(super) fn apply(&self, header: &str, mut shown: Shown) -> Shown {
        for (name, change) in &self.0 {
            if name
                .as_ref()
                .is_some_and(|name| !name.eq_ignore_ascii_case(header))
            {
                continue;
            }
            shown = match (change, shown) {
                (Change::Set(at, text), Shown::Nothing(_) | Shown::Gone(_)) => Shown::Value {
                    at: *at,
                    text: Wording::literal(text),
                },
                (Change::Set(..), _) => Shown::Open("a filter of the route writes the header, too"),
                (Change::Gone(_), Shown::Nothing(at)) => Shown::Nothing(at),
                (Change::Gone(at), _) => Shown::Gone(*at),
                (Change::Open(why), _) => Shown::Open(why),
            };
        }
        shown
    }

    /// `header` is taken away by what stands at `at`.
    pub(super) fn take(&mut self, header: String, at: Span) {
        self.0.push((Some(header), Change::Gone(at)));
    }

    /// Every header may be changed.
    pub(super) fn blur(&mut self, why: &'static str) {
        self.0.push((None, Change::Open(why)));
    }

    /// What `filters` of a route do.
    pub(super) fn modify(&mut self, filters: &[Filter]) {
        let modifiers = filters.iter().filter_map(|filter| {
            let modifier = filter.request_headers.as_ref()?;
            Some((filter.span, modifier))
        });
        for (span, modifier) in modifiers {
            for (name, value) in &modifier.written {
                let change = Change::Set(span, value.clone());
                self.0.push((Some(name.clone()), change));
            }
            for name in &modifier.removed {
                self.0.push((Some(name.clone()), Change::Gone(span)));
            }
        }
    }
}
