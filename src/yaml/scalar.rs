//! What a plain scalar means: two readers, two dialects.
//!
//! Source of the tables: go-yaml v2 behind sigs.k8s.io/yaml (what kubectl reads) and go-yaml v3 (what the Collector
//! reads), `resolve.go` of each.

use std::borrow::Cow;

/// Who reads the scalar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// kubectl and the API server: go-yaml v2, YAML 1.1 booleans.
    Kubernetes,
    /// The Collector: go-yaml v3, YAML 1.2 booleans.
    Collector,
}

/// A scalar as its reader understands it.
#[derive(Clone, Debug, PartialEq)]
pub enum Scalar<'t> {
    /// `null`, `~` or nothing.
    Null,
    /// A boolean.
    Bool(bool),
    /// An integer that fits; larger ones become floats, as in Go.
    Int(i128),
    /// A number with a fraction or an exponent, an infinity or not-a-number.
    Float(f64),
    /// A date, which only the Collector's reader tells from a string.
    Timestamp(Cow<'t, str>),
    /// Anything else.
    String(Cow<'t, str>),
}

/// What the plain scalar `text` means in `dialect`.
#[must_use]
pub fn resolve(text: Cow<'_, str>, dialect: Dialect) -> Scalar<'_> {
    match &*text {
        "" | "~" | "null" | "Null" | "NULL" => return Scalar::Null,
        "true" | "True" | "TRUE" => return Scalar::Bool(true),
        "false" | "False" | "FALSE" => return Scalar::Bool(false),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => {
            return Scalar::Float(f64::INFINITY);
        }
        "-.inf" | "-.Inf" | "-.INF" => return Scalar::Float(f64::NEG_INFINITY),
        ".nan" | ".NaN" | ".NAN" => return Scalar::Float(f64::NAN),
        _ => {}
    }
    if dialect == Dialect::Kubernetes {
        match &*text {
            "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => return Scalar::Bool(true),
            "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => return Scalar::Bool(false),
            _ => {}
        }
    }
    if !text.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '+' | '-' | '.')) {
        return Scalar::String(text);
    }
    if dialect == Dialect::Collector && is_date(&text) {
        return Scalar::Timestamp(text);
    }
    number(&text, dialect).unwrap_or(Scalar::String(text))
}

/// A number as Go's `strconv` takes it with base 0, underscores removed.
fn number(text: &str, dialect: Dialect) -> Option<Scalar<'static>> {
    let plain = text.replace('_', "");
    let (negative, digits) = match plain.as_bytes().first()? {
        b'-' => (true, &plain[1..]),
        b'+' => (false, &plain[1..]),
        _ => (false, plain.as_str()),
    };
    let lower = digits.to_ascii_lowercase();
    let radix = |prefix: &str, radix| {
        let digits = lower
            .strip_prefix(prefix)
            .filter(|digits| !digits.starts_with(['+', '-']))?;
        i128::from_str_radix(digits, radix).ok()
    };
    let octal = || {
        // `0888` is no octal number; Go falls back to decimal.
        let digits = lower
            .strip_prefix('0')
            .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
        i128::from_str_radix(digits, 8).ok()
    };
    let decimal = || {
        let is_decimal = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        is_decimal.then(|| digits.parse::<i128>().ok()).flatten()
    };
    let prefixed = radix("0x", 16)
        .or_else(|| radix("0o", 8))
        .or_else(|| radix("0b", 2))
        .or_else(octal);
    if let Some(value) = prefixed.or_else(decimal) {
        let value = if negative { -value } else { value };
        // go-yaml v2 leaves what no int64 or uint64 holds to JSON's float; sigs.k8s.io/yaml reads beyond int64 so, too.
        let widest = match dialect {
            Dialect::Kubernetes => i128::from(i64::MAX),
            Dialect::Collector => i128::from(u64::MAX),
        };
        let fits = (i128::from(i64::MIN)..=widest).contains(&value);
        return Some(if fits {
            Scalar::Int(value)
        } else {
            Scalar::Float(value as f64)
        });
    }
    let is_float = digits.bytes().any(|byte| byte.is_ascii_digit())
        && !digits.starts_with(['+', '-'])
        && digits
            .bytes()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'+' | b'-'));
    let value = is_float.then(|| plain.parse::<f64>().ok()).flatten()?;
    value.is_finite().then_some(Scalar::Float(value))
}

/// `2001-12-14`, or the same with a time after it (YAML 1.1 timestamp).
fn is_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digits = |range: std::ops::Range<usize>| {
        bytes
            .get(range)
            .is_some_and(|part| part.iter().all(u8::is_ascii_digit))
    };
    digits(0..4)
        && bytes.get(4) == Some(&b'-')
        && digits(5..7)
        && bytes.get(7) == Some(&b'-')
        && digits(8..10)
        && bytes
            .get(10)
            .is_none_or(|next| matches!(next, b'T' | b't' | b' '))
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
