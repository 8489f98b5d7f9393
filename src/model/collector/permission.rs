//! What components ask of the Kubernetes API, and so what their service account must be allowed.
//!
//! Only what is certain by the component's README or by the client that it is built on; each function names its source.
//! The operator's own rules (operator, internal/components) grant more than is needed, and are not the measure.

use super::Collector;
use super::id::ComponentId;
use crate::source::Spanned;

mod need;

/// Objects of one kind that a component asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permission {
    /// The API group; empty for the core group.
    pub group: String,
    /// The resource, a subresource behind a `/`: `pods`, `nodes/stats`.
    pub resource: String,
    /// Other resources, by group and name, that do as well.
    pub or: &'static [(&'static str, &'static str)],
    /// What is done with them.
    pub verbs: &'static [&'static str],
    /// Why, in words that go after a colon.
    pub reason: &'static str,
    /// Whether the component fails without it; otherwise its documentation asks for it.
    pub is_certain: bool,
    /// In which namespaces it asks.
    pub reach: Reach,
}

/// Where something is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// In all namespaces at once, or for what belongs to none: a role that is bound in one namespace does not do.
    Cluster,
    /// In these namespaces, each by itself.
    Within(Vec<String>),
    /// In namespaces that are not known.
    Open,
}

/// A component that runs, and what it asks for.
#[derive(Clone, Debug)]
pub struct Asker<'c> {
    /// Its id, where it is configured.
    pub id: &'c Spanned<ComponentId>,
    /// What it must be allowed, in the order of its sources.
    pub needs: Vec<Permission>,
}

impl Collector {
    /// Every component that runs and asks the API server for something, as its service account.
    #[must_use]
    pub fn askers(&self) -> Vec<Asker<'_>> {
        let all = self.components();
        let running = all.filter(|(role, id, _)| self.may_run(*role, id));
        let askers = running.map(|(role, id, body)| Asker {
            id,
            needs: need::of(role, &id.kind, body),
        });
        askers.filter(|asker| !asker.needs.is_empty()).collect()
    }
}
