//! Character classes: `[a-z[:digit:]]`.

use super::Read;
use super::between;
use super::escape;
use super::refuse;

const RANGE: &str = "invalid character class range";

/// The names between `[:` and `:]`.
const NAMES: [&str; 14] = [
    "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct",
    "space", "upper", "word", "xdigit",
];

/// Holds the class that `text` begins with to the grammar; what follows it.
pub(super) fn class(text: &str) -> Read<'_, &str> {
    let body = &text[1..];
    let mut rest = body.strip_prefix('^').unwrap_or(body);
    let mut is_first = true;
    while is_first || !rest.starts_with(']') {
        is_first = false;
        rest = item(rest, text)?;
    }
    Ok(&rest[1..])
}

/// Whether a class of `pattern`, which Go takes, has something in it that joins or nests classes elsewhere: `[a&&b]`, `[[a]`.
pub(super) fn has_sets(pattern: &str) -> bool {
    let mut rest = pattern;
    while let Some(at) = rest.find(['\\', '[']) {
        let text = &rest[at..];
        if text.starts_with('\\') {
            let escaped = text.chars().nth(1).map_or(0, char::len_utf8);
            rest = &text[1 + escaped..];
            continue;
        }
        let Ok(after) = class(text) else { return true };
        let body = &between(text, after)[1..];
        let nests = body
            .match_indices('[')
            .any(|(at, _)| !body[at..].starts_with("[:"));
        if nests || ["&&", "--", "~~"].iter().any(|set| body.contains(set)) {
            return true;
        }
        rest = after;
    }
    false
}

/// One item: a named class, a class behind a backslash, a letter or a range.
fn item<'p>(text: &'p str, whole: &'p str) -> Read<'p, &'p str> {
    if let Some(named) = named(text) {
        return named;
    }
    if text.starts_with('\\')
        && let Some(rest) = escape::group(text)?
    {
        return Ok(rest);
    }
    let (low, rest) = letter(text, whole)?;
    let Some(high) = rest
        .strip_prefix('-')
        .filter(|high| !high.is_empty() && !high.starts_with(']'))
    else {
        return Ok(rest);
    };
    let (high, rest) = letter(high, whole)?;
    match high < low {
        true => refuse(RANGE, between(text, rest)),
        false => Ok(rest),
    }
}

/// `[:alpha:]`, `[:^alpha:]`; `None` when `text` begins with something else.
fn named(text: &str) -> Option<Read<'_, &str>> {
    let body = text.strip_prefix("[:")?;
    let end = body.find(":]")?;
    let name = body[..end].strip_prefix('^').unwrap_or(&body[..end]);
    let rest = &body[end + 2..];
    Some(match NAMES.contains(&name) {
        true => Ok(rest),
        false => refuse(RANGE, between(text, rest)),
    })
}

fn letter<'p>(text: &'p str, whole: &'p str) -> Read<'p, (char, &'p str)> {
    match text.chars().next() {
        None => refuse("missing closing ]", whole),
        Some('\\') => escape::letter(text),
        Some(letter) => Ok((letter, &text[letter.len_utf8()..])),
    }
}
