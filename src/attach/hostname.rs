//! Host names as Gateway API compares them.
//!
//! Source: Gateway API v1.6, `Listener.hostname`, `HTTPRouteSpec.hostnames`, and the guide "Hostnames".

/// What both `a` and `b` match, the more specific of the two; `None` when nothing. A missing name matches everything.
/// `*.suffix` matches one or more labels before the suffix, never the suffix itself.
#[must_use]
pub fn intersection<'h>(a: Option<&'h str>, b: Option<&'h str>) -> Option<Option<&'h str>> {
    match (a, b) {
        (None, other) | (other, None) => Some(other),
        (Some(a), Some(b)) if matches(a, b) => Some(Some(b)),
        (Some(a), Some(b)) if matches(b, a) => Some(Some(a)),
        _ => None,
    }
}

/// Whether all that `name` (which may be a wildcard itself) stands for is matched by `pattern`.
#[must_use]
pub fn matches(pattern: &str, name: &str) -> bool {
    match pattern.strip_prefix('*') {
        Some(suffix) if suffix.starts_with('.') => match name.strip_prefix('*') {
            Some(rest) => ends_with(rest, suffix),
            None => name.len() > suffix.len() && ends_with(name, suffix),
        },
        _ => pattern.eq_ignore_ascii_case(name),
    }
}

/// Whether `name` ends with `suffix`, capitals or not. Bytes are compared, since a name may hold anything.
fn ends_with(name: &str, suffix: &str) -> bool {
    let (name, suffix) = (name.as_bytes(), suffix.as_bytes());
    let start = name.len().checked_sub(suffix.len());
    start.is_some_and(|start| name[start..].eq_ignore_ascii_case(suffix))
}

/// The most specific of `names` that matches `name`; the outer `None`: none does. A missing one matches everything.
#[must_use]
pub fn best<'n>(names: &'n [Option<String>], name: &str) -> Option<Option<&'n str>> {
    let names = names.iter().map(|name| name.as_deref());
    let matching = names.filter(|own| own.is_none_or(|own| matches(own, name)));
    matching.max_by_key(|own| specificity(*own))
}

/// How specific a name is; of several that match the greatest counts: every precise name before every wildcard, then the
/// longer one, and last the missing one, which matches everything (Gateway API v1.6, `Listener.hostname`).
#[must_use]
pub fn specificity(pattern: Option<&str>) -> (usize, usize) {
    match pattern {
        None => (0, 0),
        Some(wild) if wild.starts_with("*.") => (0, wild.len()),
        Some(precise) => (precise.len(), precise.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_meet_where_the_guide_says_so() {
        type Name = Option<&'static str>;
        let table: &[(Name, Name, Option<Name>)] = &[
            (None, None, Some(None)),
            (None, Some("a.example.com"), Some(Some("a.example.com"))),
            (Some("*.example.com"), None, Some(Some("*.example.com"))),
            (
                Some("a.example.com"),
                Some("a.example.com"),
                Some(Some("a.example.com")),
            ),
            (
                Some("A.example.com"),
                Some("a.EXAMPLE.com"),
                Some(Some("a.EXAMPLE.com")),
            ),
            (Some("a.example.com"), Some("b.example.com"), None),
            (
                Some("*.example.com"),
                Some("a.example.com"),
                Some(Some("a.example.com")),
            ),
            (
                Some("*.example.com"),
                Some("a.b.example.com"),
                Some(Some("a.b.example.com")),
            ),
            (
                Some("a.example.com"),
                Some("*.example.com"),
                Some(Some("a.example.com")),
            ),
            (Some("*.example.com"), Some("example.com"), None),
            (
                Some("*.example.com"),
                Some("*.a.example.com"),
                Some(Some("*.a.example.com")),
            ),
            (
                Some("*.a.example.com"),
                Some("*.example.com"),
                Some(Some("*.a.example.com")),
            ),
            (
                Some("*.example.com"),
                Some("*.example.com"),
                Some(Some("*.example.com")),
            ),
            (Some("*.example.com"), Some("*.example.net"), None),
            (Some("*.example.com"), Some("a.badexample.com"), None),
        ];
        for (a, b, expected) in table {
            assert_eq!(intersection(*a, *b), *expected, "{a:?} and {b:?}");
        }
    }

    #[test]
    fn a_precise_name_is_more_specific_than_any_wildcard() {
        let ascending = [
            None,
            Some("*.com"),
            Some("*.example.com"),
            Some("*.longer.example.com"),
            Some("a.b"),
            Some("a.example.com"),
        ];
        for pair in ascending.windows(2) {
            assert!(specificity(pair[0]) < specificity(pair[1]), "{pair:?}");
        }
    }

    #[test]
    fn a_pattern_may_stand_for_a_pattern() {
        for (pattern, name, expected) in [
            ("*.example.com", "*.example.com", true),
            ("*.example.com", "*.a.example.com", true),
            ("*.a.example.com", "*.example.com", false),
            ("*.example.com", "a.b.c.example.com", true),
            ("*.example.com", "example.com", false),
            ("*.example.com", ".example.com", false),
            ("a.example.com", "*.example.com", false),
            ("A.example.COM", "a.EXAMPLE.com", true),
            // Not a wildcard in Gateway API.
            ("*", "a.example.com", false),
            ("a.*.com", "a.b.com", false),
            ("", "", true),
        ] {
            assert_eq!(matches(pattern, name), expected, "{pattern} and {name}");
        }
    }
}
