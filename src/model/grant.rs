//! ReferenceGrants: who may refer to what stands in another namespace.
//!
//! Source: Gateway API v1.6, `apis/v1/referencegrant_types.go`.

use std::sync::Arc;

use super::object::Named;
use super::object::Object;
use super::reference::Reference;
use crate::yaml::list;

/// A ReferenceGrant: who may refer to what stands in its namespace.
#[derive(Clone, Debug)]
pub struct Grant {
    /// What it is called and where it stands.
    pub object: Arc<Object>,
    /// `spec.from`.
    pub from: Vec<Reference>,
    /// `spec.to`.
    pub to: Vec<Reference>,
}

impl Grant {
    pub(super) fn read(object: &Arc<Object>) -> Self {
        let spec = object.tree.node().get("spec");
        let side = |key| {
            spec.map(|spec| list(spec, key, Reference::read))
                .unwrap_or_default()
        };
        Self {
            object: Arc::clone(object),
            from: side("from"),
            to: side("to"),
        }
    }
}

impl Named for Grant {
    fn object(&self) -> &Arc<Object> {
        &self.object
    }
}
