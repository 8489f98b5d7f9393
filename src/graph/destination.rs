//! DestinationRules by the Service that they are about.

use std::collections::BTreeMap;

use crate::model::Model;
use crate::model::destination_rule::DestinationRule;

/// The DestinationRules that may be about a Service, found without a search.
#[derive(Debug, Default)]
pub struct Destinations {
    /// Indices into the model, by the namespace and name that the host means.
    by_service: BTreeMap<(String, String), Vec<usize>>,
    /// Indices of those whose host is no one Service.
    others: Vec<usize>,
}

impl Destinations {
    pub(super) fn of(model: &Model) -> Self {
        let mut own = Self::default();
        for (at, rule) in model.destination_rules.iter().enumerate() {
            match rule.service() {
                Some((namespace, name)) => {
                    let service = (namespace.to_owned(), name.to_owned());
                    own.by_service.entry(service).or_default().push(at);
                }
                None => own.others.push(at),
            }
        }
        own
    }

    /// Those that may be about the Service of that namespace and name, each with its index into the model.
    pub fn about<'m>(
        &self,
        model: &'m Model,
        namespace: &str,
        name: &str,
    ) -> impl Iterator<Item = (usize, &'m DestinationRule)> + Clone {
        let service = (namespace.to_owned(), name.to_owned());
        let named = self.by_service.get(&service).into_iter().flatten();
        let others = self.others.iter().copied();
        let others =
            others.filter(move |at| model.destination_rules[*at].is_about(&service.0, &service.1));
        named
            .copied()
            .chain(others)
            .map(|at| (at, &model.destination_rules[at]))
    }
}
