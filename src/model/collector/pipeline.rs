//! Pipelines: which components each strings together.

use crate::source::Spanned;

use super::id::ComponentId;
use super::id::PipelineId;
use super::id::Signal;
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
                    is_open: entry.value.is_reference()
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

/// The ids of a list; what is none is left out, the decoding has recorded it.
pub(super) fn ids(list: &Value) -> Vec<Spanned<ComponentId>> {
    let id = |text: Spanned<super::phrase::Phrase>| {
        Some(Spanned::new(
            ComponentId::read(text.known()?).ok()?,
            text.span,
        ))
    };
    list.texts().into_iter().filter_map(id).collect()
}

/// Whether something in the list is decided by a `${…}`.
fn is_open(list: &Value) -> bool {
    list.is_reference()
        || list
            .items()
            .iter()
            .any(|item| item.phrase().is_some_and(|text| text.known().is_none()))
}
