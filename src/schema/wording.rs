//! Words for people: how messages of the schema call types, ranges and choices.

use std::borrow::Cow;

use crate::settings::Channel;
use crate::yaml::Scalar;
use crate::yaml::Shape;

use super::table::Base;
use super::world::World;

/// Characters of a value that a message shows at most.
const SHOWN: usize = 60;

/// `text`, cut to what a message can hold, control characters taken out.
pub(crate) fn short(text: &str) -> Cow<'_, str> {
    let plain = !text.contains(|c: char| c.is_control() || c == '`');
    if plain && text.len() <= SHOWN {
        return Cow::Borrowed(text);
    }
    let clean = |c: char| {
        if c.is_control() {
            ' '
        } else if c == '`' {
            '\''
        } else {
            c
        }
    };
    let mut out: String = text.chars().take(SHOWN).map(clean).collect();
    if text.chars().nth(SHOWN).is_some() {
        out.push('…');
    }
    Cow::Owned(out)
}

/// What is wanted: `a list`.
pub(crate) fn base(base: Base) -> &'static str {
    match base {
        Base::Any => "a value",
        Base::Object | Base::Map => "a mapping",
        Base::List => "a list",
        Base::Text => "text",
        Base::Integer => "a whole number",
        Base::Number => "a number",
        Base::Boolean => "`true` or `false`",
        Base::IntegerOrText => "a whole number or text",
        Base::Quantity => "a quantity",
    }
}

/// What is there.
pub(crate) fn shape(shape: Shape) -> &'static str {
    match shape {
        Shape::Null => "empty",
        Shape::Scalar => "a single value",
        Shape::Sequence => "a list",
        Shape::Mapping => "a mapping",
    }
}

/// What a scalar is.
pub(crate) fn scalar(scalar: &Scalar<'_>) -> &'static str {
    match scalar {
        Scalar::Null => "empty",
        Scalar::Bool(_) => "a truth value",
        Scalar::Int(_) | Scalar::Float(_) => "a number",
        _ => "text",
    }
}

/// `a hostname`, `an origin`.
pub(crate) fn an(noun: &str) -> String {
    let vowel = noun.starts_with(['a', 'e', 'i', 'o', 'A', 'E', 'I', 'O']);
    format!("{} {noun}", if vowel { "an" } else { "a" })
}

/// `1 entry`, `3 entries`.
pub(crate) fn entries(count: f64) -> String {
    if count == 1.0 {
        "1 entry".to_owned()
    } else {
        format!("{count} entries")
    }
}

/// `from 1 to 65535`, `at least 1`, `at most 5`.
pub(crate) fn range(low: Option<f64>, high: Option<f64>) -> String {
    match (low, high) {
        (Some(low), Some(high)) => format!("from {low} to {high}"),
        (Some(low), None) => format!("at least {low}"),
        (None, Some(high)) => format!("at most {high}"),
        (None, None) => "any number".to_owned(),
    }
}

/// `` `A`, `B` or `C` ``.
pub(crate) fn alternatives<T: AsRef<str>>(choices: &[T]) -> String {
    let mut words: Vec<String> = choices
        .iter()
        .map(|choice| format!("`{}`", choice.as_ref()))
        .collect();
    match words.pop() {
        None => String::new(),
        Some(last) if words.is_empty() => last,
        Some(last) => format!("{} or {last}", words.join(", ")),
    }
}

/// `Gateway API 1.6, standard channel`.
pub(crate) fn world(world: World<'_>) -> String {
    let channel = match world.channel {
        Some(Channel::Standard) => ", standard channel",
        Some(Channel::Experimental) => ", experimental channel",
        None => "",
    };
    format!("{} {}{channel}", world.family, world.bundle)
}

/// The candidate that `word` was meant to be, if one is near enough: the same but for case, or few letters off.
pub(crate) fn nearest<'c>(
    word: &str,
    candidates: impl Iterator<Item = &'c str>,
) -> Option<&'c str> {
    let lower = word.to_lowercase();
    let allowed = (word.chars().count() / 3).clamp(1, 3);
    let mut best: Option<(usize, &'c str)> = None;
    for candidate in candidates {
        let distance = if candidate.eq_ignore_ascii_case(word) {
            0
        } else {
            strsim::osa_distance(&lower, &candidate.to_lowercase())
        };
        if distance <= allowed && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_words_are_found_and_far_ones_are_not() {
        let names = ["certificateRefs", "mode", "options"];
        assert_eq!(
            nearest("certificateRef", names.into_iter()),
            Some("certificateRefs")
        );
        assert_eq!(nearest("Options", names.into_iter()), Some("options"));
        assert_eq!(nearest("hostname", names.into_iter()), None);
    }

    #[test]
    fn long_and_odd_values_are_tamed() {
        assert_eq!(short("a\u{1b}[31m`b`"), "a [31m'b'");
        assert_eq!(short(&"x".repeat(80)).chars().count(), SHOWN + 1);
    }

    #[test]
    fn choices_are_listed_in_words() {
        assert_eq!(alternatives(&["A"]), "`A`");
        assert_eq!(alternatives(&["A", "B", "C"]), "`A`, `B` or `C`");
    }
}
