//! Certificates and keys: PEM and DER to facts, and what each verifier makes of them.

mod constraint;
mod der;
mod extension;
mod fact;
mod name;
mod oid;
mod public_key;
mod rsa;
mod signature;
mod uri;
mod verify;

pub use extension::AlternativeNames;
pub use extension::BasicConstraints;
pub use extension::Extension;
pub use extension::Extensions;
pub use extension::KeyUsage;
pub use fact::Certificate;
pub use fact::Fingerprint;
pub use name::Name;
pub use public_key::Curve;
pub use public_key::KeyKind;
pub use public_key::PublicKey;
pub use signature::Algorithm;
pub use signature::Hash;
pub use signature::Signatures;
pub use verify::Cause;
pub use verify::Failure;
pub use verify::Question;
pub use verify::Trust;
pub use verify::Verdict;
pub use verify::Verifier;
pub use verify::refusal_to_load;
