//! To tell paths, headers, URIs and origins.

/// Characters of an HTTP path match (Gateway API `HTTPPathMatch`, types Exact and PathPrefix).
pub(super) fn absolute_path(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let wide = match byte {
            b'%' => bytes
                .get(at + 1..at + 3)
                .is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)),
            _ => byte.is_ascii_alphanumeric() || b"-/._~!$&'()*+,;=:@".contains(&byte),
        };
        if !wide {
            return false;
        }
        at += if byte == b'%' { 3 } else { 1 };
    }
    !bytes.is_empty()
}

pub(super) fn token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// Experimental header values (RFC 9110 field content): visible ASCII with single blanks inside.
pub(super) fn header_value(text: &str) -> bool {
    let bytes = text.as_bytes();
    let visible = |b: &u8| b.is_ascii_graphic();
    bytes.first().is_some_and(visible)
        && bytes.last().is_some_and(visible)
        && bytes
            .windows(2)
            .all(|pair| visible(&pair[0]) || visible(&pair[1]))
        && bytes
            .iter()
            .all(|b| visible(b) || *b == b' ' || *b == b'\t')
}

/// `scheme://rest`, the rest free: as loose as the CRDs.
pub(super) fn uri(text: &str) -> bool {
    text.split_once("://")
        .is_some_and(|(scheme, _)| !scheme.is_empty() && !scheme.contains([':', '/', '?', '#']))
}

/// A CORS origin: `*` or scheme, host (a leading `*.` or a bare `*` allowed) and port.
pub(super) fn origin(text: &str) -> bool {
    if text == "*" {
        return true;
    }
    let Some(rest) = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"))
    else {
        return false;
    };
    let (host, port) = match rest.rsplit_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (rest, None),
    };
    let labels = host.strip_prefix("*.").unwrap_or(host);
    let host_fits = host == "*"
        || labels.split('.').all(|part| {
            !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        });
    host_fits
        && port.is_none_or(|port| {
            (1..=5).contains(&port.len()) && port.bytes().all(|b| b.is_ascii_digit())
        })
}
