//! Amounts of memory, as `resources` of a container has them.

use crate::source::Spanned;
use crate::yaml::Node;
use crate::yaml::Scalar;

/// What a unit makes of a number (apimachinery, `pkg/api/resource/suffix.go`); others say nothing sensible of memory.
const UNITS: &[(&str, f64)] = &[
    ("Ki", 1024.0),
    ("Mi", 1024.0 * 1024.0),
    ("Gi", 1024.0 * 1024.0 * 1024.0),
    ("Ti", 1024.0 * 1024.0 * 1024.0 * 1024.0),
    ("k", 1e3),
    ("M", 1e6),
    ("G", 1e9),
    ("T", 1e12),
    ("", 1.0),
];

/// `resources.limits.memory` of a container in bytes; `None` when it is absent or cannot be read.
pub(super) fn memory_limit(container: Node<'_>) -> Option<Spanned<u64>> {
    let limits = container.get("resources")?.get("limits")?;
    let memory = limits.get("memory")?;
    let written = match memory.scalar() {
        Scalar::Int(_) | Scalar::Float(_) | Scalar::String(_) => memory.text(),
        _ => return None,
    };
    Some(Spanned::new(bytes(&written)?, memory.span()))
}

fn bytes(written: &str) -> Option<u64> {
    let (unit, factor) = UNITS.iter().find(|(unit, _)| written.ends_with(unit))?;
    let number = written.strip_suffix(unit)?;
    let plain = number.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let number: f64 = number.parse().ok().filter(|_| plain)?;
    Some((number * factor) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_come_in_units() {
        for (written, found) in [
            ("256Mi", Some(256 << 20)),
            ("1.5Gi", Some(3 << 29)),
            ("512M", Some(512_000_000)),
            ("1024", Some(1024)),
            ("2e9", None),
            ("512MB", None),
            ("100m", None),
            ("", None),
            ("-1", None),
        ] {
            assert_eq!(bytes(written), found, "{written}");
        }
    }
}
