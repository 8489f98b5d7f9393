//! What listeners stand in: a Gateway or a ListenerSet.

use crate::model::Model;
use crate::model::gateway::Listener;
use crate::model::object::Object;

/// What listeners stand in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// That Gateway of the model.
    Gateway(usize),
    /// That ListenerSet of the model.
    ListenerSet(usize),
}

impl Owner {
    /// The object.
    #[must_use]
    pub fn object(self, model: &Model) -> &Object {
        match self {
            Self::Gateway(at) => &model.gateways[at].object,
            Self::ListenerSet(at) => &model.listener_sets[at].object,
        }
    }

    /// The listeners that it has.
    #[must_use]
    pub fn listeners(self, model: &Model) -> &[Listener] {
        match self {
            Self::Gateway(at) => &model.gateways[at].listeners,
            Self::ListenerSet(at) => &model.listener_sets[at].listeners,
        }
    }
}
