//! agentgateway. Source: its conformance reports, which claim client certificates from 1.0 on; nothing else was read.

use super::Profile;
use super::Support;
use super::table::NOBODY;
use crate::settings::Version;

pub(super) const PROFILE: Profile = Profile {
    name: "agentgateway",
    controllers: &["agentgateway.dev/agentgateway"],
    classes: &["agentgateway"],
    mechanism: "ask for client certificates with `spec.tls.frontend`",
    frontend: Support::Since(Version::new(1, 0)),
    ..NOBODY
};
