//! Go durations (time.ParseDuration).

/// Nanoseconds of a Go duration (time.ParseDuration).
pub(in crate::model::collector) fn duration(text: &str) -> Result<i128, String> {
    let invalid = || format!("time: invalid duration \"{text}\"");
    let (negative, mut rest) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    if rest == "0" {
        return Ok(0);
    }
    if rest.is_empty() {
        return Err(invalid());
    }
    let mut total = 0_i128;
    while !rest.is_empty() {
        let digits = rest
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(rest.len());
        let (whole, fraction) = number(&rest[..digits]).ok_or_else(invalid)?;
        rest = &rest[digits..];
        let letters = rest
            .find(|c: char| c.is_ascii_digit() || c == '.')
            .unwrap_or(rest.len());
        let unit = match &rest[..letters] {
            "" => return Err(format!("time: missing unit in duration \"{text}\"")),
            "ns" => 1,
            "us" | "µs" | "μs" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            other => {
                return Err(format!(
                    "time: unknown unit \"{other}\" in duration \"{text}\""
                ));
            }
        };
        total += whole * unit + (fraction * unit as f64) as i128;
        // An int64 holds 292 years.
        if total > 1 << 63 {
            return Err(invalid());
        }
        rest = &rest[letters..];
    }
    match negative {
        true => Ok(-total),
        false if total == 1 << 63 => Err(invalid()),
        false => Ok(total),
    }
}

/// The whole and the rest of digits with at most one dot; at least one digit, and no more than an int64 holds.
fn number(text: &str) -> Option<(i128, f64)> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if fraction.contains('.') || whole.len() + fraction.len() == 0 {
        return None;
    }
    let whole = match whole {
        "" => 0,
        digits => digits
            .parse::<u64>()
            .ok()
            .filter(|whole| *whole <= 1 << 63)?,
    };
    let fraction = format!("0.{fraction}0").parse().ok()?;
    Some((i128::from(whole), fraction))
}

#[cfg(test)]
mod tests {
    use super::duration;

    #[test]
    fn durations_are_read_as_go_does() {
        let good = [
            ("10s", 10_000_000_000),
            ("0", 0),
            ("-5s", -5_000_000_000),
            ("1.5ms", 1_500_000),
            ("1h2m", 3_720_000_000_000),
            (".5s", 500_000_000),
            ("1.s", 1_000_000_000),
            ("-9223372036854775808ns", i128::from(i64::MIN)),
        ];
        for (text, nanoseconds) in good {
            assert_eq!(duration(text), Ok(nanoseconds), "{text}");
        }
        let bad = [
            ("5", "time: missing unit in duration \"5\""),
            ("", "time: invalid duration \"\""),
            ("s", "time: invalid duration \"s\""),
            (".", "time: invalid duration \".\""),
            ("1..s", "time: invalid duration \"1..s\""),
            (
                "9223372036854775808ns",
                "time: invalid duration \"9223372036854775808ns\"",
            ),
            ("1d", "time: unknown unit \"d\" in duration \"1d\""),
        ];
        for (text, said) in bad {
            assert_eq!(duration(text), Err(said.to_owned()), "{text}");
        }
    }
}
