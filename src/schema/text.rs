//! What a string must look like to be a name, a host, a duration: the forms that schemas ask for, each with its words.
//!
//! Written as small scanners instead of patterns: nothing to compile at start, linear, and the message can say
//! what the form is rather than show a regular expression.

use std::net::IpAddr;

mod amount;
mod name;
mod web;

pub(crate) use amount::milliseconds;
pub(crate) use name::hostname;
pub(crate) use name::key;

use amount::base64;
use amount::cidr;
use amount::duration;
use amount::go_duration;
use amount::quantity;
use name::address_type;
use name::domain_name;
use name::kind;
use name::label;
use name::path_characters;
use name::port_name;
use name::protocol;
use name::qualified_name_part;
use name::subdomain;
use web::absolute_path;
use web::header_value;
use web::origin;
use web::token_byte;
use web::uri;

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
