//! Host names as Gateway API compares them, and the listener that a client's server name chooses.
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
    let (pattern, name) = (pattern.to_ascii_lowercase(), name.to_ascii_lowercase());
    match pattern.strip_prefix('*') {
        Some(suffix) if suffix.starts_with('.') => {
            let name = name.strip_prefix('*').unwrap_or(&name);
            name.ends_with(suffix)
                && (name.len() > suffix.len() || name.starts_with('.') && name == suffix)
        }
        _ => pattern == name,
    }
}

/// The pattern that a TLS server takes for the name that the client asks for: the exact one, else the longest
/// wildcard, else the one without a name. `name` is `None` when the client sends no server name.
#[must_use]
pub fn choose<'p, T: Copy>(
    patterns: impl IntoIterator<Item = (Option<&'p str>, T)>,
    name: Option<&str>,
) -> Option<T> {
    let rank = |pattern: Option<&str>| match (pattern, name) {
        (None, _) => Some((0, 0)),
        (Some(_), None) => None,
        (Some(pattern), Some(name)) if pattern.starts_with('*') => {
            (matches(pattern, name) && pattern != name).then_some((1, pattern.len()))
        }
        (Some(pattern), Some(name)) => matches(pattern, name).then_some((2, pattern.len())),
    };
    let ranked = patterns
        .into_iter()
        .filter_map(|(pattern, item)| Some((rank(pattern)?, item)));
    // Of equals the first: `max_by_key` would take the last.
    ranked
        .fold(None, |best: Option<((u8, usize), T)>, next| match best {
            Some(best) if best.0 >= next.0 => Some(best),
            _ => Some(next),
        })
        .map(|(_, item)| item)
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
    fn the_most_specific_listener_answers() {
        let listeners = [
            (None, 'n'),
            (Some("*.com"), 'c'),
            (Some("*.example.com"), 'w'),
            (Some("a.example.com"), 'e'),
        ];
        assert_eq!(choose(listeners, Some("a.example.com")), Some('e'));
        assert_eq!(choose(listeners, Some("b.example.com")), Some('w'));
        assert_eq!(choose(listeners, Some("other.com")), Some('c'));
        assert_eq!(choose(listeners, Some("other.net")), Some('n'));
        assert_eq!(choose(listeners, None), Some('n'));
        assert_eq!(choose(listeners[1..].iter().copied(), None), None);
    }
}
