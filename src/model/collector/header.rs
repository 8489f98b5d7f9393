//! Headers that no client sends, so that every export fails.
//!
//! x/net, http/httpguts `ValidHeaderFieldName` and `ValidHeaderFieldValue`; grpc-go, internal/metadata/metadata.go
//! `ValidatePair` and internal/transport/http2_client.go. Measured with the exporters of the Collector 0.159.0.

use super::receiver::Transport;

/// Why a header of `name` and `value` is not sent, in Go's own words, which never hold the value; `None` when it is. What is
/// open in the value is taken to be fine.
#[must_use]
pub fn refused(transport: Transport, name: &str, value: &str) -> Option<String> {
    match transport {
        Transport::Grpc => by_grpc(name, value),
        Transport::Http => by_http(name, value),
    }
}

/// Headers of gRPC's own, which begin with a colon, are left out.
fn by_grpc(name: &str, value: &str) -> Option<String> {
    let is_key = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
    let is_printable = |letter: char| letter == ' ' || letter.is_ascii_graphic();
    let key = name.to_ascii_lowercase();
    if name.starts_with(':') {
        None
    } else if name.is_empty() {
        Some("there is an empty key in the header".to_owned())
    } else if !name.chars().all(is_key) {
        Some(format!(
            "header key \"{key}\" contains illegal characters not in [0-9a-z-_.]"
        ))
    } else if !key.ends_with("-bin") && !value.chars().all(is_printable) {
        Some(format!(
            "header key \"{key}\" contains value with non-printable ASCII characters"
        ))
    } else {
        None
    }
}

fn by_http(name: &str, value: &str) -> Option<String> {
    let is_token =
        |letter: char| letter.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(letter);
    let is_control = |letter: char| letter.is_ascii_control() && letter != '\t';
    if name.is_empty() || !name.chars().all(is_token) {
        Some(format!("net/http: invalid header field name \"{name}\""))
    } else if value.contains(is_control) {
        Some(format!(
            "net/http: invalid header field value for \"{name}\""
        ))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_as_net_http_and_grpc_take_them() {
        let table = [
            ("X-A", "b", true, true),
            ("X-A", "", true, true),
            ("X_A", "b", true, true),
            ("X-A", "b\n", false, false),
            ("X-A", "b\u{fc}", false, true),
            ("x-bin", "b\u{fc}", true, true),
            ("x-\u{fc}", "b", false, false),
            ("x a", "b", false, false),
            ("x+a", "b", false, true),
            (":authority", "b", true, false),
            ("", "b", false, false),
        ];
        for (name, value, grpc, http) in table {
            let sent = |transport| refused(transport, name, value).is_none();
            assert_eq!(sent(Transport::Grpc), grpc, "{name}: {value}");
            assert_eq!(sent(Transport::Http), http, "{name}: {value}");
        }
    }
}
