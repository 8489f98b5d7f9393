//! Cross-field rules of istio kinds.

use super::walk::Check;

pub(super) const CHECKS: &[(&str, Check)] = &[];
