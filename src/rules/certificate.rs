use crate::rule::Rule;

mod lifetime;
mod missing_secret;
mod misshapen_secret;
mod malformed_pem;
mod mismatched_key;
mod encrypted_key;
mod unsupported_key;
mod expired_certificate;
mod future_certificate;
mod expiring_certificate;
mod uncovered_hostname;
mod common_name_only;
mod broken_chain;
mod missing_intermediate;
mod disordered_chain;
mod not_a_ca;
mod ca_as_leaf;
mod wrong_usage;
mod weak_key;
mod weak_signature;
mod self_signed_server;
mod long_lived_certificate;
mod shared_ca;
mod public_client_ca;
mod exposed_ca_key;
mod committed_private_key;
mod reused_key;
mod certificate_drift;

pub(super) static RULES: &[&Rule] = &[
    &missing_secret::RULE,
    &misshapen_secret::RULE,
    &malformed_pem::RULE,
    &mismatched_key::RULE,
    &encrypted_key::RULE,
    &unsupported_key::RULE,
    &expired_certificate::RULE,
    &future_certificate::RULE,
    &expiring_certificate::RULE,
    &uncovered_hostname::RULE,
    &common_name_only::RULE,
    &broken_chain::RULE,
    &missing_intermediate::RULE,
    &disordered_chain::RULE,
    &not_a_ca::RULE,
    &ca_as_leaf::RULE,
    &wrong_usage::RULE,
    &weak_key::RULE,
    &weak_signature::RULE,
    &self_signed_server::RULE,
    &long_lived_certificate::RULE,
    &shared_ca::RULE,
    &public_client_ca::RULE,
    &exposed_ca_key::RULE,
    &committed_private_key::RULE,
    &reused_key::RULE,
    &certificate_drift::RULE,
];
