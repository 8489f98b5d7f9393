//! Authenticators: extensions that ask for credentials, or send them.

mod basic;
mod bearer;
mod headers_setter;
mod oauth2;
mod oidc;

pub(super) use basic::BASIC;
pub(super) use bearer::BEARER;
pub(super) use headers_setter::HEADERS_SETTER;
pub(super) use oauth2::OAUTH2;
pub(super) use oidc::OIDC;
