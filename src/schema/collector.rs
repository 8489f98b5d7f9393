//! Cross-field rules of collector kinds.

use super::walk::Check;

pub(super) const CHECKS: &[(&str, Check)] = &[];
