//! Suppressions by rule and place, so that a finding is compared with few of them.

use std::collections::BTreeMap;

use super::Scope;
use super::Suppression;
use super::named;
use crate::finding::Finding;
use crate::rule::World;
use crate::source::SourceId;

/// The suppressions of each rule, as indices.
#[derive(Default)]
pub(super) struct Index<'s> {
    /// Those of comments, by where their line begins.
    by_line: Starts<'s>,
    /// Those of annotations, by where their object begins.
    by_object: Starts<'s>,
    /// Those of the settings, by the resource that they name, if any.
    by_resource: BTreeMap<(&'s str, Option<&'s str>), Vec<usize>>,
}

/// Stretches of which no two overlap, by rule and start.
type Starts<'s> = BTreeMap<(&'s str, SourceId, u32), Vec<usize>>;

impl<'s> Index<'s> {
    pub(super) fn of(suppressions: &'s [Suppression]) -> Self {
        let mut index = Self::default();
        for (at, suppression) in suppressions.iter().enumerate() {
            let rule = suppression.rule.as_str();
            let same = match &suppression.scope {
                Scope::Within(span) => {
                    let starts = match suppression.is_comment {
                        true => &mut index.by_line,
                        false => &mut index.by_object,
                    };
                    starts.entry((rule, span.source, span.start)).or_default()
                }
                Scope::Settings { resource, .. } => {
                    let resource = (rule, resource.as_deref());
                    index.by_resource.entry(resource).or_default()
                }
            };
            same.push(at);
        }
        index
    }

    /// The suppressions that silence `finding`.
    pub(super) fn covering(
        &self,
        world: &World<'_>,
        suppressions: &[Suppression],
        finding: &Finding,
    ) -> Vec<usize> {
        let (rule, at) = (finding.rule, finding.at);
        let first = (rule, at.source, 0);
        let around = [&self.by_line, &self.by_object];
        let around = around.into_iter().filter_map(|starts| {
            let mut before = starts.range(first..=(rule, at.source, at.start));
            before.next_back().map(|(_, same)| same)
        });
        let place = match self.by_resource.is_empty() {
            true => None,
            false => world.model.place(at),
        };
        let resource = place.map(|place| named(&place.resource));
        let resources = resource.as_deref().map(Some).into_iter().chain([None]);
        let of_settings = resources.filter_map(|own| self.by_resource.get(&(rule, own)));
        let found = around.chain(of_settings).flatten().copied();
        found
            .filter(|found| {
                let suppression = &suppressions[*found];
                suppression.covers(world, at) && !suppression.is_over(world.settings.now)
            })
            .collect()
    }
}
