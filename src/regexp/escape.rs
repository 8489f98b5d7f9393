//! What a backslash may stand before.

use super::ESCAPE;
use super::Read;
use super::refuse;

/// A class behind a backslash, `\d` or `\p{Greek}`: what follows it. `None` when it is none.
pub(super) fn group(text: &str) -> Read<'_, Option<&str>> {
    let mut letters = text.chars().skip(1);
    match letters.next() {
        Some('d' | 'D' | 's' | 'S' | 'w' | 'W') => Ok(Some(&text[2..])),
        Some('p' | 'P') => unicode(text).map(Some),
        _ => Ok(None),
    }
}

/// `\pL`, `\p{Greek}`, `\P{^Greek}`.
fn unicode(text: &str) -> Read<'_, &str> {
    let range = "invalid character class range";
    let Some(first) = text[2..].chars().next() else {
        return refuse(range, text);
    };
    if first != '{' {
        let end = 2 + first.len_utf8();
        return match "CLMNPSZ".contains(first.to_ascii_uppercase()) {
            true => Ok(&text[end..]),
            false => refuse(range, &text[..end]),
        };
    }
    let Some(end) = text.find('}') else {
        return refuse(range, text);
    };
    let name = text[3..end].strip_prefix('^').unwrap_or(&text[3..end]);
    let is_name = |c: char| c.is_ascii_alphanumeric() || "_- ".contains(c);
    match name.chars().any(|c| c.is_ascii_alphabetic()) && name.chars().all(is_name) {
        true => Ok(&text[end + 1..]),
        false => refuse(range, &text[..=end]),
    }
}

/// An escaped letter, and what follows it.
pub(super) fn letter(text: &str) -> Read<'_, (char, &str)> {
    let Some(first) = text[1..].chars().next() else {
        return refuse("trailing backslash at end of expression", "");
    };
    let rest = &text[1 + first.len_utf8()..];
    let read = match first {
        'a' => Ok(('\u{7}', rest)),
        'f' => Ok(('\u{c}', rest)),
        'n' => Ok(('\n', rest)),
        'r' => Ok(('\r', rest)),
        't' => Ok(('\t', rest)),
        'v' => Ok(('\u{b}', rest)),
        'x' => hexadecimal(rest),
        // One digit alone would be a reference to a group.
        '1'..='7' if !rest.starts_with(|c| matches!(c, '0'..='7')) => Err(rest),
        '0'..='7' => Ok(octal(&text[1..])),
        _ if first.is_ascii() && !first.is_ascii_alphanumeric() => Ok((first, rest)),
        _ => Err(rest),
    };
    read.or_else(|rest| refuse(ESCAPE, super::between(text, rest)))
}

/// Up to three octal digits.
fn octal(text: &str) -> (char, &str) {
    let digits = text.bytes().take(3);
    let count = digits
        .take_while(|digit| matches!(digit, b'0'..=b'7'))
        .count();
    let value = u32::from_str_radix(&text[..count], 8).unwrap_or(0);
    (char::from_u32(value).unwrap_or('\0'), &text[count..])
}

/// What follows `\x`: two digits, or any number in braces. Of what is none, the rest behind the offending letter.
fn hexadecimal(text: &str) -> Result<(char, &str), &str> {
    let mut rest = text.chars();
    let mut next = || {
        let letter = rest.next();
        (letter, rest.as_str())
    };
    let (Some(first), after) = next() else {
        return Err(text);
    };
    if first != '{' {
        // Of a text that ends here Go says something else; it is refused all the same.
        let (second, end) = next();
        let value = first.to_digit(16).zip(second.and_then(|c| c.to_digit(16)));
        let value = value.and_then(|(high, low)| char::from_u32(high * 16 + low));
        return value.map(|value| (value, end)).ok_or(end);
    }
    let (mut value, mut digits, mut end) = (0_u32, 0, after);
    loop {
        let (letter, after) = next();
        match letter.map(|letter| (letter, letter.to_digit(16))) {
            None => return Err(end),
            Some(('}', _)) if digits > 0 => {
                // Halves of pairs are numbers to Go, and none of ours: any letter above and below will do.
                return Ok((char::from_u32(value).unwrap_or('\u{d7ff}'), after));
            }
            Some((_, Some(digit))) if value * 16 + digit <= u32::from(char::MAX) => {
                value = value * 16 + digit;
            }
            Some(_) => return Err(after),
        }
        (digits, end) = (digits + 1, after);
    }
}
