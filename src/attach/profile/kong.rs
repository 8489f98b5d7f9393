//! Kong: the Ingress Controller up to 3.5, built on Gateway API 1.3, and the operator. Source: internal/controllers/gateway.

use super::ClientVerifier;
use super::Profile;
use super::Support;
use super::UnknownOption;
use super::table::NOBODY;

pub(super) const PROFILE: Profile = Profile {
    name: "Kong",
    controllers: &[
        "konghq.com/kic-gateway-controller",
        "konghq.com/gateway-operator",
    ],
    classes: &["kong"],
    mechanism: "Kong asks for client certificates only by the plugin `mtls-auth` of its enterprise edition",
    unknown_option: UnknownOption::Ignored,
    frontend: Support::Never,
    // internal/controllers/gateway/route_utils.go.
    group_of_kinds: "",
    verifier: ClientVerifier::OpenSsl,
    version: |assume| assume.kong,
    ..NOBODY
};
