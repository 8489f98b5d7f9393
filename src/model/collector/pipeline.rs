//! Pipelines: which components each strings together.

use std::collections::BTreeMap;

use crate::source::Spanned;

use super::id::ComponentId;
use super::id::PipelineId;
use super::id::Role;
use super::id::Signal;
use super::value::Content;
use super::value::Value;

mod joint;
mod ring;

pub(super) use joint::Defined;
pub(super) use joint::Joints;

/// One entry of `service.pipelines`.
#[derive(Clone, Debug)]
pub struct Pipeline {
    /// Its key.
    pub id: Spanned<PipelineId>,
    /// `receivers`: receivers, and connectors that end another pipeline.
    pub receivers: Vec<Spanned<ComponentId>>,
    /// `processors`, in their order.
    pub processors: Vec<Spanned<ComponentId>>,
    /// `exporters`: exporters, and connectors that begin another pipeline.
    pub exporters: Vec<Spanned<ComponentId>>,
    /// Whether one of the lists is a `${…}`, so that more may stand in it.
    pub is_open: bool,
}

impl Pipeline {
    /// Reads every pipeline whose key is an id.
    pub(super) fn read_all(pipelines: &Value) -> Vec<Self> {
        pipelines
            .entries()
            .iter()
            .filter_map(|entry| {
                let id = PipelineId::read(&entry.key).ok()?;
                let list = |key| entry.value.get(key).map(ids).unwrap_or_default();
                let open = |key| entry.value.get(key).is_some_and(is_open);
                Some(Self {
                    id: Spanned::new(id, entry.key.span),
                    receivers: list("receivers"),
                    processors: list("processors"),
                    exporters: list("exporters"),
                    is_open: !matches!(entry.value.content, Content::Map(_) | Content::Null)
                        || ["receivers", "processors", "exporters"]
                            .into_iter()
                            .any(open),
                })
            })
            .collect()
    }

    /// What it carries.
    #[must_use]
    pub const fn signal(&self) -> Signal {
        self.id.value.signal
    }
}

/// Which pipelines name each component.
#[derive(Clone, Debug, Default)]
pub(super) struct Users {
    /// Positions in the list of pipelines.
    by_role: BTreeMap<Role, BTreeMap<ComponentId, Vec<usize>>>,
    /// Whether a list is left open, so that it may name more.
    pub(super) may_be_more: bool,
}

impl Users {
    pub(super) fn index(pipelines: &[Pipeline]) -> Self {
        let mut by_role: BTreeMap<_, BTreeMap<_, Vec<_>>> = BTreeMap::new();
        for (index, pipeline) in pipelines.iter().enumerate() {
            for (role, ids) in [
                (Role::Receiver, &pipeline.receivers),
                (Role::Processor, &pipeline.processors),
                (Role::Exporter, &pipeline.exporters),
                (Role::Connector, &pipeline.receivers),
                (Role::Connector, &pipeline.exporters),
            ] {
                let users = by_role.entry(role).or_default();
                for id in ids {
                    users.entry(id.value.clone()).or_default().push(index);
                }
            }
        }
        // A list may name one twice.
        for users in by_role.values_mut().flat_map(BTreeMap::values_mut) {
            users.dedup();
        }
        Self {
            by_role,
            may_be_more: pipelines.iter().any(|pipeline| pipeline.is_open),
        }
    }

    pub(super) fn of(&self, role: Role, id: &ComponentId) -> &[usize] {
        let users = self.by_role.get(&role).and_then(|users| users.get(id));
        users.map_or(&[], Vec::as_slice)
    }
}

/// The ids of a list; what is none is left out, the decoding has recorded it.
pub(super) fn ids(list: &Value) -> Vec<Spanned<ComponentId>> {
    list.items().iter().filter_map(id).collect()
}

/// The id that an item of a list is. Null, and a map without keys, is the empty id, which nothing is called.
fn id(item: &Value) -> Option<Spanned<ComponentId>> {
    let id = match &item.content {
        Content::Text(phrase) => ComponentId::read(phrase.known()?).ok()?,
        Content::Null => ComponentId::default(),
        Content::Map(map) if map.entries().is_empty() => ComponentId::default(),
        _ => return None,
    };
    Some(Spanned::new(id, item.span))
}

/// Whether more may be meant to stand in the list than is read: a `${…}` decides, or it is no list of ids.
fn is_open(list: &Value) -> bool {
    let is_list = matches!(list.content, Content::List(_) | Content::Null);
    !is_list || list.items().iter().any(|item| id(item).is_none())
}
