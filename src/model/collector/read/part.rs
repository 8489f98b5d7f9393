//! Bodies of components without the configuration around them.

use super::read_filled;
use crate::model::collector::Collector;
use crate::model::collector::Origin;
use crate::model::collector::id::ComponentId;
use crate::model::collector::layout::check_body;
use crate::model::collector::layout::check_fragment;
use crate::model::collector::recognise;
use crate::model::collector::recognise::Fragment;
use crate::yaml::Node;

impl Collector {
    /// One body.
    pub(super) fn read_fragment(origin: Origin, root: Node<'_>, fragment: Fragment) -> Self {
        let mut faults = Vec::new();
        let value = read_filled(root, &mut faults);
        check_fragment(&value, value.span, fragment, &mut faults);
        Self::hollow(origin, value, faults)
    }

    /// Bodies under names of the author's choice, all of one kind.
    pub(super) fn read_fragments(origin: Origin, root: Node<'_>, fragment: Fragment) -> Self {
        let mut faults = Vec::new();
        let value = read_filled(root, &mut faults);
        for entry in value.entries() {
            check_fragment(&entry.value, entry.key.span, fragment, &mut faults);
        }
        Self::hollow(origin, value, faults)
    }

    /// Bodies under their ids.
    pub(super) fn read_named(origin: Origin, root: Node<'_>) -> Self {
        let mut faults = Vec::new();
        let value = read_filled(root, &mut faults);
        for entry in value.entries() {
            let id = ComponentId::read(&entry.key.value).ok();
            let body = root.get(&entry.key.value);
            if let Some((id, body)) = id.zip(body)
                && let Some(role) = recognise::role_of(&id.kind, body)
            {
                check_body(role, &id, &entry.value, entry.key.span, None, &mut faults);
            }
        }
        Self::hollow(origin, value, faults)
    }
}
