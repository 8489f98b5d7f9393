//! What a string must look like to be a name, a host, a duration: the forms that schemas ask for, each with its words.
//!
//! Written as small scanners instead of patterns: nothing to compile at start, linear, and the message can say
//! what the form is rather than show a regular expression.

use std::net::IpAddr;

/// One form: a name for the tables, a test, and words for whoever fails it.
pub(crate) struct Form {
    /// How `schemas/kinds/` calls it, after `~`.
    pub(crate) name: &'static str,
    /// Whether a text has the form.
    pub(crate) fits: fn(&str) -> bool,
    /// What the form is called: "no {noun}" must read well.
    pub(crate) noun: &'static str,
    /// What a text of that form is made of.
    pub(crate) words: &'static str,
}

const SUBDOMAIN_WORDS: &str = "lower-case letters, digits, `-` and `.`, each part beginning and ending with a letter or digit";
const LABEL_WORDS: &str =
    "lower-case letters, digits and `-`, beginning and ending with a letter or digit, no dot";

/// Every form, by name. Limits of length are not part of a form; tables give them.
static FORMS: &[Form] = &[
    Form {
        name: "absolute-path",
        fits: absolute_path,
        noun: "path",
        words: "letters, digits, `/` and the other characters that a URL path may hold, the rest as `%XX`",
    },
    Form {
        name: "address-type",
        fits: address_type,
        noun: "address type",
        words: "`IPAddress`, `Hostname`, or `domain/name` of an implementation",
    },
    Form {
        name: "base64",
        fits: base64,
        noun: "base64",
        words: "letters, digits, `+` and `/`, filled up with `=`; plain text goes to `stringData`",
    },
    Form {
        name: "ca-set",
        fits: |text| text == "System" || domain_name(text, qualified_name_part),
        noun: "set of certificates",
        words: "`System`, or `domain/name` of an implementation",
    },
    Form {
        name: "cidr",
        fits: cidr,
        noun: "address range",
        words: "an IP address, `/` and the length of the prefix",
    },
    Form {
        name: "controller",
        fits: |text| domain_name(text, path_characters),
        noun: "controller name",
        words: "a domain, `/` and a path: `example.com/gateway-controller`",
    },
    Form {
        name: "duration",
        fits: duration,
        noun: "duration",
        words: "up to four groups of up to five digits and `h`, `m`, `s` or `ms`: `10s`, `1m30s`; no fraction",
    },
    Form {
        name: "environment-name",
        fits: |text| {
            !text.is_empty()
                && text
                    .bytes()
                    .all(|b| (b' '..=b'~').contains(&b) && b != b'=')
        },
        noun: "name of a variable",
        words: "printable characters without `=`",
    },
    Form {
        name: "go-duration",
        fits: go_duration,
        noun: "duration",
        words: "numbers with a unit each: `300ms`, `1.5h`, `2h45m`",
    },
    Form {
        name: "group",
        fits: |text| text.is_empty() || subdomain(text),
        noun: "API group",
        words: "nothing for the core group, else a domain in lower case, without the version",
    },
    Form {
        name: "header-name",
        fits: |text| !text.is_empty() && text.bytes().all(token_byte),
        noun: "header name",
        words: "letters, digits and `!#$%&'*+-.^_|~` with the backtick, no space and no `:`",
    },
    Form {
        name: "header-value",
        fits: header_value,
        noun: "header value",
        words: "printable ASCII, single spaces or tabs inside only",
    },
    Form {
        name: "hostname",
        fits: hostname,
        noun: "hostname",
        words: "lower-case labels joined by dots, no port, at most one `*.` and only in front",
    },
    Form {
        name: "hostname-or-nothing",
        fits: |text| text.is_empty() || hostname(text),
        noun: "hostname",
        words: "lower-case labels joined by dots, no port, at most one `*.` and only in front",
    },
    Form {
        name: "ip",
        fits: |text| text.parse::<IpAddr>().is_ok(),
        noun: "IP address",
        words: "four numbers up to 255 joined by dots, or an IPv6 address",
    },
    Form {
        name: "key",
        fits: key,
        noun: "key",
        words: "an optional domain and `/`, then up to 63 letters, digits, `-`, `_` and `.`",
    },
    Form {
        name: "kind",
        fits: kind,
        noun: "kind",
        words: "letters, digits and `-`, beginning with a letter",
    },
    Form {
        name: "label",
        fits: label,
        noun: "name",
        words: LABEL_WORDS,
    },
    Form {
        name: "label-1035",
        fits: |text| label(text) && text.starts_with(|c: char| c.is_ascii_lowercase()),
        noun: "name",
        words: "lower-case letters, digits and `-`, beginning with a letter, no dot",
    },
    Form {
        name: "label-value",
        fits: |text| text.is_empty() || qualified_name_part(text),
        noun: "label value",
        words: "letters, digits, `-`, `_` and `.`, beginning and ending with a letter or digit",
    },
    Form {
        name: "origin",
        fits: origin,
        noun: "origin",
        words: "`*`, or `http://` or `https://` with a host and an optional port, no path",
    },
    Form {
        name: "port-name",
        fits: port_name,
        noun: "port name",
        words: "up to 15 lower-case letters, digits and single `-`, with at least one letter",
    },
    Form {
        name: "protocol",
        fits: protocol,
        noun: "protocol",
        words: "`HTTP`, `HTTPS`, `TLS`, `TCP`, `UDP`, or `domain/NAME` of an implementation",
    },
    Form {
        name: "quantity",
        fits: quantity,
        noun: "quantity",
        words: "a number with an optional unit: `500m`, `2`, `512Mi`",
    },
    Form {
        name: "secret-key",
        fits: |text| {
            !text.is_empty()
                && text != "."
                && !text.starts_with("..")
                && text
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
        },
        noun: "key",
        words: "letters, digits, `-`, `_` and `.`",
    },
    Form {
        name: "subdomain",
        fits: subdomain,
        noun: "name",
        words: SUBDOMAIN_WORDS,
    },
    Form {
        name: "precise-hostname",
        fits: subdomain,
        noun: "hostname",
        words: "lower-case labels joined by dots, no wildcard and no port",
    },
    Form {
        name: "uri",
        fits: uri,
        noun: "URI",
        words: "a scheme, `://` and the rest: `spiffe://cluster.local/ns/a/sa/b`",
    },
];

/// The form that tables call `name`.
pub(crate) fn form(name: &str) -> Option<&'static Form> {
    FORMS.iter().find(|form| form.name == name)
}

/// RFC 1123 label: lower-case letters, digits, `-` inside.
pub(crate) fn label(text: &str) -> bool {
    let bytes = text.as_bytes();
    let edge = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    bytes.first().is_some_and(edge)
        && bytes.last().is_some_and(edge)
        && bytes.iter().all(|byte| edge(byte) || *byte == b'-')
}

/// RFC 1123 subdomain: labels joined by dots.
pub(crate) fn subdomain(text: &str) -> bool {
    text.split('.').all(label)
}

/// Gateway API `Hostname`: a subdomain with an optional leading `*.`. IP addresses pass, as in the CRDs.
pub(crate) fn hostname(text: &str) -> bool {
    subdomain(text.strip_prefix("*.").unwrap_or(text))
}

/// Gateway API `Kind`.
fn kind(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.first().is_some_and(u8::is_ascii_alphabetic)
        && bytes.last().is_some_and(u8::is_ascii_alphanumeric)
        && bytes
            .iter()
            .all(|b| b.is_ascii_alphanumeric() || *b == b'-')
}

/// The part of a label or annotation key behind the `/`, also a label's value: up to 63 characters.
fn qualified_name_part(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() <= 63
        && bytes.first().is_some_and(u8::is_ascii_alphanumeric)
        && bytes.last().is_some_and(u8::is_ascii_alphanumeric)
        && bytes
            .iter()
            .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(b))
}

/// Key of a label or an annotation: `[subdomain/]name` (apimachinery `IsQualifiedName`).
///
/// Annotation keys are lower-cased by the API server before the test; the prefix test here allows for that.
pub(crate) fn key(text: &str) -> bool {
    match text.split_once('/') {
        Some((domain, name)) => {
            domain.len() <= 253
                && subdomain(&domain.to_ascii_lowercase())
                && qualified_name_part(name)
        }
        None => qualified_name_part(text),
    }
}

fn domain_name(text: &str, rest: fn(&str) -> bool) -> bool {
    text.split_once('/')
        .is_some_and(|(domain, name)| subdomain(domain) && !name.is_empty() && rest(name))
}

fn path_characters(text: &str) -> bool {
    text.bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"/-._~%!$&'()*+,;=:".contains(&b))
}

/// Characters of an HTTP path match (Gateway API `HTTPPathMatch`, types Exact and PathPrefix).
fn absolute_path(text: &str) -> bool {
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

/// Gateway API `AddressType`. The CRD's pattern is not anchored on every branch, so texts that only contain a known
/// name pass there; they pass here, too.
fn address_type(text: &str) -> bool {
    text.starts_with("Hostname")
        || text.contains("IPAddress")
        || text.contains("NamedAddress")
        || domain_name(text, path_characters)
}

/// Gateway API `ProtocolType`: a bare token, or `domain/NAME`.
fn protocol(text: &str) -> bool {
    kind_like(text) || domain_name(text, |name| name.bytes().all(|b| b.is_ascii_alphanumeric()))
}

fn kind_like(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.first().is_some_and(u8::is_ascii_alphanumeric)
        && bytes.last().is_some_and(u8::is_ascii_alphanumeric)
        && bytes
            .iter()
            .all(|b| b.is_ascii_alphanumeric() || *b == b'-')
}

fn token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// Experimental header values (RFC 9110 field content): visible ASCII with single blanks inside.
fn header_value(text: &str) -> bool {
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

/// GEP-2257 duration.
fn duration(text: &str) -> bool {
    milliseconds(text).is_some()
}

/// A GEP-2257 duration in milliseconds; `None` when it is none.
pub(crate) fn milliseconds(text: &str) -> Option<u64> {
    let mut rest = text;
    let mut groups = 0;
    let mut total = 0;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 || digits > 5 {
            return None;
        }
        let (number, tail) = rest.split_at(digits);
        let number: u64 = number.parse().ok()?;
        let (factor, tail) = if let Some(tail) = tail.strip_prefix("ms") {
            (1, tail)
        } else if let Some(tail) = tail.strip_prefix('h') {
            (3_600_000, tail)
        } else if let Some(tail) = tail.strip_prefix('m') {
            (60_000, tail)
        } else {
            (1000, tail.strip_prefix('s')?)
        };
        total += number * factor;
        groups += 1;
        rest = tail;
    }
    (1..=4).contains(&groups).then_some(total)
}

/// Go's `time.ParseDuration`.
fn go_duration(text: &str) -> bool {
    let mut rest = text.strip_prefix(['-', '+']).unwrap_or(text);
    if rest == "0" {
        return true;
    }
    if rest.is_empty() {
        return false;
    }
    while !rest.is_empty() {
        let number = rest.len()
            - rest
                .trim_start_matches(|c: char| c.is_ascii_digit() || c == '.')
                .len();
        let unit = rest[number..]
            .chars()
            .take_while(|c| !c.is_ascii_digit() && *c != '.')
            .map(char::len_utf8)
            .sum::<usize>();
        let known = ["ns", "us", "µs", "μs", "ms", "s", "m", "h"];
        let digits = rest[..number].bytes().any(|b| b.is_ascii_digit());
        let dots = rest[..number].bytes().filter(|b| *b == b'.').count();
        if !digits || dots > 1 || !known.contains(&&rest[number..number + unit]) {
            return false;
        }
        rest = &rest[number + unit..];
    }
    true
}

/// Kubernetes quantity: sign, number, then an SI, binary or exponent suffix.
fn quantity(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let number = unsigned.len()
        - unsigned
            .trim_start_matches(|c: char| c.is_ascii_digit() || c == '.')
            .len();
    let (number, suffix) = unsigned.split_at(number);
    let suffixes = [
        "", "n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei",
    ];
    let exponent = |text: &str| {
        text.strip_prefix(['e', 'E'])
            .map(|digits| digits.strip_prefix(['+', '-']).unwrap_or(digits))
            .is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
    };
    number.bytes().any(|b| b.is_ascii_digit())
        && number.bytes().filter(|b| *b == b'.').count() <= 1
        && (suffixes.contains(&suffix) || exponent(suffix))
}

fn cidr(text: &str) -> bool {
    text.split_once('/').is_some_and(|(address, length)| {
        let most = match address.parse::<IpAddr>() {
            Ok(IpAddr::V4(_)) => 32,
            Ok(IpAddr::V6(_)) => 128,
            Err(_) => return false,
        };
        length.bytes().all(|b| b.is_ascii_digit()) && length.parse::<u8>().is_ok_and(|n| n <= most)
    })
}

/// IANA service name, as Kubernetes port names are.
fn port_name(text: &str) -> bool {
    text.len() <= 15
        && label(text)
        && !text.contains("--")
        && text.bytes().any(|b| b.is_ascii_lowercase())
}

/// What Go's JSON reader takes for bytes: standard base64, line breaks ignored.
fn base64(text: &str) -> bool {
    let text: Vec<u8> = text
        .bytes()
        .filter(|b| !matches!(b, b'\n' | b'\r'))
        .collect();
    let padding = text.iter().rev().take_while(|b| **b == b'=').count();
    let (digits, _) = text.split_at(text.len() - padding);
    text.len().is_multiple_of(4)
        && padding <= 2
        && digits
            .iter()
            .all(|b| b.is_ascii_alphanumeric() || b"+/".contains(b))
}

/// `scheme://rest`, the rest free: as loose as the CRDs.
fn uri(text: &str) -> bool {
    text.split_once("://")
        .is_some_and(|(scheme, _)| !scheme.is_empty() && !scheme.contains([':', '/', '?', '#']))
}

/// A CORS origin: `*` or scheme, host (a leading `*.` or a bare `*` allowed) and port.
fn origin(text: &str) -> bool {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(name: &str, text: &str) -> bool {
        (form(name).unwrap().fits)(text)
    }

    #[test]
    fn hostnames_are_lower_case_and_begin_with_at_most_one_star() {
        for good in [
            "a",
            "otel.example.com",
            "*.example.com",
            "10.0.0.1",
            "xn--80ak6aa92e.com",
        ] {
            assert!(fits("hostname", good), "{good}");
        }
        for bad in [
            "",
            "*",
            "OTEL.example.com",
            "a.example.com:443",
            "a.*.b",
            "-a.b",
            "a..b",
            "a.b.",
            "*.*.a",
        ] {
            assert!(!fits("hostname", bad), "{bad}");
        }
    }

    #[test]
    fn durations_are_of_whole_numbers() {
        assert_eq!(milliseconds("1h30m5s10ms"), Some(5_405_010));
        assert_eq!(milliseconds("0s"), Some(0));
        for bad in ["", "10", "1.5s", "-1s", "1s1s1s1s1s", "100000s", "5d"] {
            assert_eq!(milliseconds(bad), None, "{bad}");
        }
    }

    #[test]
    fn every_form_refuses_the_empty_text_but_those_that_may_be_empty() {
        for form in FORMS {
            let may =
                ["base64", "group", "hostname-or-nothing", "label-value"].contains(&form.name);
            assert_eq!((form.fits)(""), may, "{}", form.name);
        }
    }

    #[test]
    fn texts_fit_their_form() {
        let table = [
            ("controller", "istio.io/gateway-controller", "istio"),
            ("protocol", "HTTPS", "HTTP/2/"),
            ("protocol", "example.com/QUIC", "a_b"),
            ("origin", "https://*.example.com:8443", "https://a/b"),
            ("quantity", "512Mi", "512MB"),
            ("quantity", "1e3", "e3"),
            ("go-duration", "1.5h", "1d"),
            ("port-name", "otlp-grpc", "otlp--grpc"),
            ("port-name", "grpc", "4317"),
            ("key", "example.com/Name_1", "/name"),
            ("cidr", "10.0.0.0/8", "10.0.0.0/33"),
            ("absolute-path", "/v1/traces%20x", "/[]"),
            ("header-value", "a b", "a  b"),
            ("uri", "spiffe://cluster.local/ns/a/sa/b", "cluster.local"),
            ("ca-set", "System", "system"),
        ];
        for (name, good, bad) in table {
            assert!(fits(name, good), "{name} {good}");
            assert!(!fits(name, bad), "{name} {bad}");
        }
    }
}
