//! Texts with a grammar: durations, sizes, regular expressions and names.

use super::grammar::Wrong;
use crate::model::collector::endpoint;
use crate::regexp;

type Parsed = Result<(), Wrong>;

fn wrong<T>(message: &'static str, said: String) -> Result<T, Wrong> {
    Err(Wrong {
        message,
        said,
        known: &[],
        may_come: false,
    })
}

pub(super) fn duration_field(text: &str) -> Parsed {
    match duration(text) {
        Ok(_) => Ok(()),
        Err(said) => wrong("takes a duration such as `15s` or `1h30m`", said),
    }
}

/// Milliseconds of a duration (prometheus/common, model/time.go `ParseDuration`).
pub(super) fn duration(text: &str) -> Result<u64, String> {
    match text {
        "0" => return Ok(0),
        "" => return Err("empty duration string".to_owned()),
        _ => {}
    }
    let invalid = || format!("not a valid duration string: \"{text}\"");
    let out_of_range = || "duration out of range".to_owned();
    let (mut rest, mut total, mut last) = (text, 0_u64, 0);
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let count: u64 = rest[..digits].parse().map_err(|_| invalid())?;
        rest = &rest[digits..];
        let letters = rest
            .bytes()
            .take_while(|byte| !byte.is_ascii_digit())
            .count();
        let (unit, after) = rest.split_at(letters);
        rest = after;
        if unit.is_empty() {
            return Err(invalid());
        }
        let Some((place, length)) = unit_of(unit) else {
            return Err(format!("unknown unit \"{unit}\" in duration \"{text}\""));
        };
        // From large to small, so that `1m1d` is not taken for a month and a day.
        if place <= last {
            return Err(invalid());
        }
        last = place;
        let limit = (1_u64 << 63) / 1_000_000;
        total = count
            .checked_mul(length)
            .and_then(|length| total.checked_add(length))
            .filter(|total| *total <= limit)
            .ok_or_else(out_of_range)?;
    }
    Ok(total)
}

/// The place of a unit among all, and its length in milliseconds.
fn unit_of(unit: &str) -> Option<(u8, u64)> {
    Some(match unit {
        "y" => (1, 31_536_000_000),
        "w" => (2, 604_800_000),
        "d" => (3, 86_400_000),
        "h" => (4, 3_600_000),
        "m" => (5, 60_000),
        "s" => (6, 1_000),
        "ms" => (7, 1),
        _ => return None,
    })
}

/// A size (alecthomas/units, bytes.go `ParseBase2Bytes`): `KiB` and `KB` are the same, and are not mixed.
pub(super) fn bytes(text: &str) -> Parsed {
    let with = |suffix: &str| size(text, suffix);
    match with("iB").or_else(|_| with("B")) {
        Ok(()) => Ok(()),
        Err(said) => wrong("takes a size with a unit, such as `10MB`", said),
    }
}

fn size(text: &str, suffix: &str) -> Result<(), String> {
    let invalid = || Err(format!("units: invalid {text}"));
    let mut rest = text.strip_prefix(['-', '+']).unwrap_or(text);
    if rest == "0" {
        return Ok(());
    }
    if rest.is_empty() {
        return invalid();
    }
    let mut total = 0.0;
    while !rest.is_empty() {
        let end = rest
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(rest.len());
        let (whole, after) = rest.split_at(end);
        let (fraction, after) = match after.strip_prefix('.') {
            None => ("", after),
            Some(after) => {
                let end = after.find(|c: char| !c.is_ascii_digit());
                after.split_at(end.unwrap_or(after.len()))
            }
        };
        if whole.len() + fraction.len() == 0 || whole.len() > 18 || fraction.len() > 18 {
            return invalid();
        }
        let end = after.find(|c: char| c.is_ascii_digit() || c == '.');
        let (unit, after) = after.split_at(end.unwrap_or(after.len()));
        let Some(power) = power(unit, suffix) else {
            return Err(format!("units: unknown unit {unit} in {text}"));
        };
        let count: f64 = format!("{whole}.{fraction}0").parse().unwrap_or_default();
        total += count * 1024_f64.powi(power);
        rest = after;
    }
    match total > 9_223_372_036_854_775_807.0 {
        true => Err("units: overflow parsing unit".to_owned()),
        false => Ok(()),
    }
}

/// The power of 1024 that a unit stands for.
fn power(unit: &str, suffix: &str) -> Option<i32> {
    if unit == "B" {
        return Some(0);
    }
    let power = "KMGTPE".find(unit.strip_suffix(suffix)?.chars().next()?)?;
    let is_one = unit.len() == 1 + suffix.len();
    is_one.then_some(i32::try_from(power).ok()? + 1)
}

/// A regular expression, anchored as relabeling anchors it.
pub(super) fn regex(text: &str) -> Parsed {
    match regexp::check(&format!("^(?s:{text})$")) {
        Ok(()) => Ok(()),
        Err(said) => wrong("is no regular expression that Go takes", said),
    }
}

pub(super) fn label_name(text: &str) -> Parsed {
    match text {
        "" => wrong(
            "names an empty label",
            "\"\" is not a valid label name".to_owned(),
        ),
        _ => Ok(()),
    }
}

pub(super) fn url(text: &str) -> Parsed {
    match endpoint::url(text) {
        Ok(_) => Ok(()),
        // It may hold a password.
        Err(said) if text.contains('@') => {
            let why = said.rsplit(": ").next().unwrap_or_default();
            wrong("is no URL", why.to_owned())
        }
        Err(said) => wrong("is no URL", said),
    }
}

pub(super) fn validation_scheme(text: &str) -> Parsed {
    one_of(
        text,
        &["", "legacy", "utf8"],
        "takes `legacy` or `utf8`",
        |text| format!("unrecognized ValidationScheme: \"{text}\""),
    )
}

pub(super) fn tls_version(text: &str) -> Parsed {
    one_of(
        text,
        &["TLS10", "TLS11", "TLS12", "TLS13"],
        "takes one of `TLS10`, `TLS11`, `TLS12`, `TLS13`",
        |text| format!("unknown TLS version: {text}"),
    )
}

pub(super) const ACTIONS: &[&str] = &[
    "replace",
    "keep",
    "drop",
    "keepequal",
    "dropequal",
    "hashmod",
    "labelmap",
    "labeldrop",
    "labelkeep",
    "lowercase",
    "uppercase",
];

/// What a relabeling does, in any case.
pub(super) fn action(text: &str) -> Parsed {
    match one_of(
        &text.to_lowercase(),
        ACTIONS,
        "is no action that Prometheus has",
        |_| format!("unknown relabel action \"{text}\""),
    ) {
        Err(wrong) => Err(Wrong {
            may_come: true,
            ..wrong
        }),
        taken => taken,
    }
}

/// Holds `text` to a list of names; a later version may have more.
pub(super) fn one_of(
    text: &str,
    known: &'static [&'static str],
    message: &'static str,
    said: impl Fn(&str) -> String,
) -> Parsed {
    match known.contains(&text) {
        true => Ok(()),
        false => Err(Wrong {
            message,
            said: said(text),
            known,
            may_come: true,
        }),
    }
}

/// Whether `name` is a label's name where only ASCII letters, digits and `_` are taken.
pub(super) fn is_legacy_label(name: &str) -> bool {
    let mut letters = name.chars();
    let first = letters.next();
    first.is_some_and(|c| c == '_' || c.is_ascii_alphabetic())
        && letters.all(|c| c == '_' || c.is_ascii_alphanumeric())
}
