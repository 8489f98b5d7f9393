//! The listener that a client's server name chooses.
//!
//! Source: Gateway API v1.6, `Listener.hostname` and `TLSConfig`: the most specific name that matches; a listener without a
//! name takes what is left, and clients that send no name.

use super::hostname;

/// The listener of those on one port (the host name of each, and what it is to the caller) that answers a client who asks
/// for `name`; `None` for the name: the client sends none, as for an IP address (RFC 6066, section 3). Of several with
/// the same name the first.
#[must_use]
pub fn choose<'l, T: Copy>(
    listeners: impl IntoIterator<Item = (Option<&'l str>, T)>,
    name: Option<&str>,
) -> Option<T> {
    let answers = |pattern: Option<&str>| match (pattern, name) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(pattern), Some(name)) => hostname::matches(pattern, name),
    };
    let mut best: Option<(Option<&str>, T)> = None;
    for (pattern, listener) in listeners {
        let is_better =
            best.is_none_or(|(own, _)| hostname::specificity(pattern) > hostname::specificity(own));
        if answers(pattern) && is_better {
            best = Some((pattern, listener));
        }
    }
    best.map(|(_, listener)| listener)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_specific_listener_answers() {
        let open = [
            None,
            Some("*.com"),
            Some("*.example.com"),
            Some("a.example.com"),
        ];
        let closed = [Some("*.example.com"), Some("a.example.com")];
        let twins = [Some("a.example.com"), Some("a.example.com"), None];
        type Name<'n> = Option<&'n str>;
        let table: [(&[Name<'_>], Name<'_>, Option<usize>); 16] = [
            (&open, Some("a.example.com"), Some(3)),
            (&open, Some("A.Example.com"), Some(3)),
            (&open, Some("b.example.com"), Some(2)),
            // A wildcard stands for one label or more: of a listener, not of a certificate.
            (&open, Some("b.a.example.com"), Some(2)),
            (&open, Some("x.a.example.com"), Some(2)),
            // It never stands for its own suffix.
            (&open, Some("example.com"), Some(1)),
            (&open, Some("other.com"), Some(1)),
            (&open, Some("other.net"), Some(0)),
            // A client that calls an address sends no name.
            (&open, None, Some(0)),
            (&closed, None, None),
            (&closed, Some("example.com"), None),
            (&closed, Some("b.example.net"), None),
            (&closed, Some("badexample.com"), None),
            (&closed, Some("a.b.example.com"), Some(0)),
            (&twins, Some("a.example.com"), Some(0)),
            (&[], Some("a.example.com"), None),
        ];
        for (listeners, name, expected) in table {
            let listeners = listeners.iter().copied().zip(0..);
            assert_eq!(choose(listeners, name), expected, "{name:?}");
        }
    }

    #[test]
    fn the_order_of_listeners_does_not_matter() {
        let listeners = [(None, 'n'), (Some("*.com"), 'w'), (Some("a.com"), 'e')];
        let mut turned = listeners;
        turned.reverse();
        for name in ["a.com", "b.com", "b.net"] {
            assert_eq!(
                choose(listeners, Some(name)),
                choose(turned, Some(name)),
                "{name}"
            );
        }
    }
}
