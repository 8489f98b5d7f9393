//! Gateway API as controllers do it: listeners, routes, grants, certificates, and the conditions they write.
