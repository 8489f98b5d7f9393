//! The text of a plain scalar to what Go makes of it.
//!
//! Kubernetes manifests go through sigs.k8s.io/yaml (go-yaml v2, then JSON), the Collector's configuration through
//! go-yaml v3: both `resolve.go`.

use std::borrow::Cow;

use super::Dialect;
use super::tape::Tag;

/// What a scalar says.
#[derive(Clone, Debug, PartialEq)]
pub enum Scalar<'t> {
    /// Nothing: `~`, `null`, or no text at all.
    Null,
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Int(i128),
    /// Any other number; in the Kubernetes dialect also whole ones past 64 signed bits.
    Float(f64),
    /// A text.
    String(Cow<'t, str>),
    /// A date, perhaps with a time; only the Collector dialect has these.
    Timestamp(Cow<'t, str>),
}

/// What the `text` of a plain scalar without a tag means in `dialect`.
#[must_use]
pub fn resolve(text: Cow<'_, str>, dialect: Dialect) -> Scalar<'_> {
    match text.as_bytes().first() {
        None => return Scalar::Null,
        Some(b'~' | b'n' | b'N') if is_null(&text) => return Scalar::Null,
        Some(b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O') => {
            if let Some(truth) = boolean(&text, dialect) {
                return Scalar::Bool(truth);
            }
        }
        Some(b'0'..=b'9' | b'+' | b'-' | b'.') => {
            if dialect == Dialect::Collector && is_timestamp(&text) {
                return Scalar::Timestamp(text);
            }
            if let Some(number) = number(&text, dialect) {
                return number;
            }
        }
        _ => {}
    }
    Scalar::String(text)
}

/// What a scalar with an explicit tag means; one whose text does not fit its tag is a string.
pub(super) fn tagged(tag: Tag, text: Cow<'_, str>, dialect: Dialect) -> Scalar<'_> {
    match tag {
        Tag::None | Tag::Str | Tag::Bare | Tag::Other | Tag::Binary => return Scalar::String(text),
        Tag::Null => return Scalar::Null,
        Tag::Int | Tag::Float | Tag::Bool | Tag::Timestamp => {}
    }
    let read = resolve(Cow::Borrowed(&*text), dialect);
    match (tag, read) {
        (Tag::Int, Scalar::Int(value)) => Scalar::Int(value),
        // A whole number under `!!float` is a float; past 2^53 digits are lost, as in Go.
        (Tag::Float, Scalar::Int(value)) => Scalar::Float(value as f64),
        (Tag::Float, Scalar::Float(value)) => Scalar::Float(value),
        (Tag::Bool, Scalar::Bool(value)) => Scalar::Bool(value),
        (Tag::Timestamp, Scalar::Timestamp(_)) => Scalar::Timestamp(text),
        _ => Scalar::String(text),
    }
}

/// Whether a plain scalar of that text says nothing.
pub(super) fn is_null(text: &str) -> bool {
    matches!(text, "" | "~" | "null" | "Null" | "NULL")
}

fn boolean(text: &str, dialect: Dialect) -> Option<bool> {
    match text {
        "true" | "True" | "TRUE" => return Some(true),
        "false" | "False" | "FALSE" => return Some(false),
        _ => {}
    }
    if dialect == Dialect::Collector {
        return None;
    }
    match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => Some(true),
        "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => Some(false),
        _ => None,
    }
}

fn number<'t>(text: &str, dialect: Dialect) -> Option<Scalar<'t>> {
    match text {
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => {
            return Some(Scalar::Float(f64::INFINITY));
        }
        "-.inf" | "-.Inf" | "-.INF" => return Some(Scalar::Float(f64::NEG_INFINITY)),
        ".nan" | ".NaN" | ".NAN" => return Some(Scalar::Float(f64::NAN)),
        _ => {}
    }
    // go-yaml takes the underscores out of numbers, except out of those that begin with a point.
    let digits = if text.contains('_') && !text.starts_with('.') {
        Cow::Owned(text.replace('_', ""))
    } else {
        Cow::Borrowed(text)
    };
    if let Some(value) = integer(&digits) {
        let wide = i64::try_from(value).is_err();
        return Some(if wide && dialect == Dialect::Kubernetes {
            Scalar::Float(value as f64)
        } else {
            Scalar::Int(value)
        });
    }
    if !is_float(&digits) {
        return None;
    }
    // `0888` is no octal number but a float without a fraction, which JSON writes as an integer.
    if let Ok(value) = digits.parse::<i64>() {
        return Some(Scalar::Int(value.into()));
    }
    // strconv.ParseFloat refuses what overflows, where Rust says infinity.
    let value: f64 = digits.parse().ok()?;
    value.is_finite().then_some(Scalar::Float(value))
}

/// strconv.ParseInt with base 0, then ParseUint: at most 64 bits, a leading 0 means octal.
fn integer(text: &str) -> Option<i128> {
    let (sign, digits) = match text.as_bytes().first()? {
        b'-' => (Some(-1), &text[1..]),
        b'+' => (Some(1), &text[1..]),
        _ => (None, text),
    };
    let (radix, digits) = match digits.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, &digits[2..]),
        [b'0', b'b' | b'B', ..] => (2, &digits[2..]),
        [b'0', b'o' | b'O', ..] => (8, &digits[2..]),
        [b'0', _, ..] => (8, &digits[1..]),
        _ => (10, digits),
    };
    // i128::from_str_radix would take a second sign.
    if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_alphanumeric()) {
        return None;
    }
    let value = i128::from_str_radix(digits, radix).ok()? * sign.unwrap_or(1);
    // ParseUint, which Go tries second, takes no sign.
    let greatest = if sign.is_none() {
        i128::from(u64::MAX)
    } else {
        i128::from(i64::MAX)
    };
    (i128::from(i64::MIN)..=greatest)
        .contains(&value)
        .then_some(value)
}

/// go-yaml's `yamlStyleFloat`: `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`.
fn is_float(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, rest) = digits(unsigned);
    let (fraction, rest) = match rest.strip_prefix('.') {
        Some(rest) => digits(rest),
        None => ("", rest),
    };
    if whole.is_empty() && fraction.is_empty() {
        return false;
    }
    match rest.strip_prefix(['e', 'E']) {
        Some(exponent) => {
            let (power, rest) = digits(exponent.strip_prefix(['-', '+']).unwrap_or(exponent));
            !power.is_empty() && rest.is_empty()
        }
        None => rest.is_empty(),
    }
}

/// `text` cut after its leading digits.
fn digits(text: &str) -> (&str, &str) {
    let end = text.bytes().take_while(u8::is_ascii_digit).count();
    text.split_at(end)
}

/// go-yaml v3's `parseTimestamp`: `2006-1-2`, alone or with `T15:4:5.9Z07:00`, `t…` or ` 15:4:5.9`.
fn is_timestamp(text: &str) -> bool {
    let (year, rest) = digits(text);
    let Some((month, rest)) = rest.strip_prefix('-').map(digits) else {
        return false;
    };
    let Some((day, rest)) = rest.strip_prefix('-').map(digits) else {
        return false;
    };
    if year.len() != 4 || !(1..=2).contains(&month.len()) || !(1..=2).contains(&day.len()) {
        return false;
    }
    let date = || {
        let month = time::Month::try_from(month.parse::<u8>().ok()?).ok()?;
        time::Date::from_calendar_date(year.parse().ok()?, month, day.parse().ok()?).ok()
    };
    if date().is_none() {
        return false;
    }
    match rest.as_bytes().first() {
        None => true,
        Some(b'T' | b't') => clock(&rest[1..]).is_some_and(is_zone),
        Some(b' ') => clock(&rest[1..]).is_some_and(str::is_empty),
        Some(_) => false,
    }
}

/// What follows `15:4:5.9` in `text`; `None` when it is no time of day.
fn clock(text: &str) -> Option<&str> {
    let (hour, rest) = digits(text);
    let (minute, rest) = digits(rest.strip_prefix(':')?);
    let (second, rest) = digits(rest.strip_prefix(':')?);
    let within = |digits: &str, limit: u8| {
        (1..=2).contains(&digits.len()) && digits.parse().is_ok_and(|value: u8| value < limit)
    };
    if !(within(hour, 24) && within(minute, 60) && within(second, 60)) {
        return None;
    }
    match rest.strip_prefix('.').map(digits) {
        Some(("", _)) => None,
        Some((_, rest)) => Some(rest),
        None => Some(rest),
    }
}

/// `Z`, `+07:00` or `-07:00`.
fn is_zone(text: &str) -> bool {
    match text.as_bytes() {
        [b'Z'] => true,
        [b'+' | b'-', a, b, b':', c, d] => [a, b, c, d].iter().all(|digit| digit.is_ascii_digit()),
        _ => false,
    }
}
#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, dialect: Dialect) -> Scalar<'_> {
        resolve(Cow::Borrowed(text), dialect)
    }

    #[test]
    fn both_readers_agree_on_most_scalars() {
        let table: &[(&str, Scalar<'_>)] = &[
            ("", Scalar::Null),
            ("~", Scalar::Null),
            ("NULL", Scalar::Null),
            ("True", Scalar::Bool(true)),
            ("012", Scalar::Int(10)),
            ("-012", Scalar::Int(-10)),
            ("0o14", Scalar::Int(12)),
            ("0x1F", Scalar::Int(31)),
            ("0b11", Scalar::Int(3)),
            ("0888", Scalar::Int(888)),
            ("0_7", Scalar::Int(7)),
            ("1_000", Scalar::Int(1000)),
            ("0x_1", Scalar::Int(1)),
            ("685.230_15e+03", Scalar::Float(685_230.15)),
            ("1.", Scalar::Float(1.0)),
            (".5", Scalar::Float(0.5)),
            ("1e3", Scalar::Float(1000.0)),
            ("+1", Scalar::Int(1)),
            ("0o8", Scalar::String("0o8".into())),
            ("1e", Scalar::String("1e".into())),
            ("1:30:00", Scalar::String("1:30:00".into())),
            ("=", Scalar::String("=".into())),
            ("<<", Scalar::String("<<".into())),
            ("1e400", Scalar::String("1e400".into())),
        ];
        for (text, expected) in table {
            assert_eq!(&read(text, Dialect::Kubernetes), expected, "{text}");
            assert_eq!(&read(text, Dialect::Collector), expected, "{text}");
        }
    }

    #[test]
    fn the_readers_differ_on_yaml_1_1_booleans_dates_and_large_integers() {
        for (text, value) in [
            ("on", true),
            ("yes", true),
            ("y", true),
            ("off", false),
            ("NO", false),
            ("n", false),
        ] {
            assert_eq!(
                read(text, Dialect::Kubernetes),
                Scalar::Bool(value),
                "{text}"
            );
            assert_eq!(
                read(text, Dialect::Collector),
                Scalar::String(text.into()),
                "{text}"
            );
        }
        assert_eq!(
            read("2001-12-14", Dialect::Kubernetes),
            Scalar::String("2001-12-14".into())
        );
        assert_eq!(
            read("2001-12-14", Dialect::Collector),
            Scalar::Timestamp("2001-12-14".into())
        );
        let large = "18446744073709551615";
        assert_eq!(
            read(large, Dialect::Kubernetes),
            Scalar::Float(18_446_744_073_709_551_615.0)
        );
        assert_eq!(
            read(large, Dialect::Collector),
            Scalar::Int(i128::from(u64::MAX))
        );
    }
}
