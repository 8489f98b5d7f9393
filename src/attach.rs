//! Gateway API as controllers do it: listeners, routes, grants, certificates, and the conditions they write.

/// What each controller makes of its listeners and routes.
#[derive(Clone, Debug, Default)]
pub struct Attachment {}
