//! To tell durations, quantities, address ranges and base64.

use std::net::IpAddr;

/// GEP-2257 duration.
pub(super) fn duration(text: &str) -> bool {
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
pub(super) fn go_duration(text: &str) -> bool {
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
pub(super) fn quantity(text: &str) -> bool {
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

pub(super) fn cidr(text: &str) -> bool {
    text.split_once('/').is_some_and(|(address, length)| {
        let most = match address.parse::<IpAddr>() {
            Ok(IpAddr::V4(_)) => 32,
            Ok(IpAddr::V6(_)) => 128,
            Err(_) => return false,
        };
        length.bytes().all(|b| b.is_ascii_digit()) && length.parse::<u8>().is_ok_and(|n| n <= most)
    })
}

/// What Go's JSON reader takes for bytes: standard base64, line breaks ignored.
pub(super) fn base64(text: &str) -> bool {
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
