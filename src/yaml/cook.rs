//! A scalar as it is written to the text it says: lines folded, escapes resolved, indentation taken off.

use std::borrow::Cow;
use std::ops::Range;

use super::block;
use super::tape::Cell;
use super::tape::Kind;
use super::text::Map;
use crate::source::offset;

/// The text that the scalar `cell` of `text` says; borrowed where it stands there as it is.
pub(super) fn cook<'t>(text: &'t str, cell: &Cell) -> Cow<'t, str> {
    if let Some(range) = verbatim(text, cell) {
        return Cow::Borrowed(&text[range]);
    }
    let mut cooked = String::with_capacity((cell.end - cell.start) as usize);
    write(text, cell, &mut cooked);
    Cow::Owned(cooked)
}

/// The text that the scalar says, and where each byte of it stands in `text`.
pub(super) fn mapped(text: &str, cell: &Cell) -> (String, Map) {
    let mut sink = Mapped {
        cooked: String::with_capacity((cell.end - cell.start) as usize),
        map: Map::new(match verbatim(text, cell) {
            Some(range) => offset(range.start),
            None => cell.start,
        }),
    };
    write(text, cell, &mut sink);
    (sink.cooked, sink.map)
}

/// Where the whole cooked text stands in `text`, if it stands there as it is.
fn verbatim(text: &str, cell: &Cell) -> Option<Range<usize>> {
    let (start, end) = (cell.start as usize, cell.end as usize);
    let bytes = text.as_bytes();
    let (content, special) = match cell.kind {
        Kind::Plain => (start..end, None),
        Kind::Single => (start + 1..end.checked_sub(1)?, Some(b'\'')),
        Kind::Double => (start + 1..end.checked_sub(1)?, Some(b'\\')),
        _ => return None,
    };
    let raw = bytes.get(content.clone())?;
    let as_it_is = match special {
        None => memchr::memchr2(b'\n', b'\r', raw).is_none(),
        Some(special) => memchr::memchr3(b'\n', b'\r', special, raw).is_none(),
    };
    as_it_is.then_some(content)
}

/// What cooked text is written to.
pub(super) trait Sink {
    /// `text` is said by the bytes `from`; byte for byte if the lengths are equal.
    fn put(&mut self, text: &str, from: Range<usize>);
}

impl Sink for String {
    fn put(&mut self, text: &str, _from: Range<usize>) {
        self.push_str(text);
    }
}

struct Mapped {
    cooked: String,
    map: Map,
}

impl Sink for Mapped {
    fn put(&mut self, text: &str, from: Range<usize>) {
        self.cooked.push_str(text);
        self.map
            .push(offset(text.len()), offset(from.start)..offset(from.end));
    }
}

fn write(text: &str, cell: &Cell, sink: &mut impl Sink) {
    if let Some(content) = verbatim(text, cell) {
        return sink.put(&text[content.clone()], content);
    }
    let (start, end) = (cell.start as usize, cell.end as usize);
    match cell.kind {
        Kind::Plain => plain(text, start..end, sink),
        Kind::Single => single(text, start + 1..end.saturating_sub(1), sink),
        Kind::Double => double(text, start + 1..end.saturating_sub(1), sink),
        Kind::Literal | Kind::Folded => block::write(text, cell, sink),
        Kind::Mapping | Kind::Sequence | Kind::Alias => {}
    }
}

fn plain(text: &str, content: Range<usize>, sink: &mut impl Sink) {
    let bytes = text.as_bytes();
    let mut at = content.start;
    while let Some(found) = memchr::memchr2(b'\n', b'\r', &bytes[at..content.end]) {
        let folded = blanks_before(bytes, at, at + found);
        sink.put(&text[at..folded], at..folded);
        at = fold(bytes, folded..content.end, sink);
    }
    sink.put(&text[at..content.end], at..content.end);
}

fn single(text: &str, content: Range<usize>, sink: &mut impl Sink) {
    let bytes = text.as_bytes();
    let mut at = content.start;
    while let Some(found) = memchr::memchr3(b'\n', b'\r', b'\'', &bytes[at..content.end]) {
        let found = at + found;
        if bytes[found] == b'\'' {
            sink.put(&text[at..found], at..found);
            let after = (found + 2).min(content.end);
            sink.put("'", found..after);
            at = after;
        } else {
            let folded = blanks_before(bytes, at, found);
            sink.put(&text[at..folded], at..folded);
            at = fold(bytes, folded..content.end, sink);
        }
    }
    sink.put(&text[at..content.end], at..content.end);
}

fn double(text: &str, content: Range<usize>, sink: &mut impl Sink) {
    let bytes = text.as_bytes();
    let mut at = content.start;
    while let Some(found) = memchr::memchr3(b'\n', b'\r', b'\\', &bytes[at..content.end]) {
        let found = at + found;
        if bytes[found] == b'\\' {
            sink.put(&text[at..found], at..found);
            at = escape(text, found..content.end, sink);
        } else {
            let folded = blanks_before(bytes, at, found);
            sink.put(&text[at..folded], at..folded);
            at = fold(bytes, folded..content.end, sink);
        }
    }
    sink.put(&text[at..content.end], at..content.end);
}

/// Where the blanks right before `at` begin, not before `from`.
fn blanks_before(bytes: &[u8], from: usize, at: usize) -> usize {
    let blanks = bytes[from..at].iter().rev();
    at - blanks.take_while(|byte| is_blank(**byte)).count()
}

/// Folds the blanks and line breaks at the start of `rest`, and says what follows them: one break is a space, each
/// further one a line break.
fn fold(bytes: &[u8], rest: Range<usize>, sink: &mut impl Sink) -> usize {
    let (breaks, after) = breaks(bytes, rest.clone());
    match breaks {
        0 => {}
        1 => sink.put(" ", rest.start..after),
        more => sink.put(&"\n".repeat(more - 1), rest.start..after),
    }
    after
}

/// How many line breaks stand at the start of `rest`, blanks between them, and what follows.
fn breaks(bytes: &[u8], rest: Range<usize>) -> (usize, usize) {
    let mut at = rest.start;
    let mut count = 0;
    while at < rest.end {
        match line_break(bytes, at) {
            0 if is_blank(bytes[at]) => at += 1,
            0 => break,
            length => {
                at += length;
                count += 1;
            }
        }
    }
    (count, at.min(rest.end))
}

/// Resolves the escape at the start of `rest`, and says what follows it. The parser has refused unknown ones.
fn escape(text: &str, rest: Range<usize>, sink: &mut impl Sink) -> usize {
    let bytes = text.as_bytes();
    let at = rest.start;
    let Some(letter) = text[at + 1..rest.end].chars().next() else {
        return rest.end;
    };
    let simple = match letter {
        '0' => '\0',
        'a' => '\u{7}',
        'b' => '\u{8}',
        't' | '\t' => '\t',
        'n' => '\n',
        'v' => '\u{b}',
        'f' => '\u{c}',
        'r' => '\r',
        'e' => '\u{1b}',
        'N' => '\u{85}',
        '_' => '\u{a0}',
        'L' => '\u{2028}',
        'P' => '\u{2029}',
        'x' | 'u' | 'U' => {
            let (character, length) = hexadecimal(text, rest);
            sink.put(character.encode_utf8(&mut [0; 4]), at..at + length);
            return at + length;
        }
        '\n' | '\r' => {
            // An escaped line break says nothing; the empty lines after it are breaks of their own.
            let after = at + 1 + line_break(bytes, at + 1);
            let (more, after) = breaks(bytes, after..rest.end);
            sink.put(&"\n".repeat(more), at..after);
            return after;
        }
        other => other,
    };
    let after = at + 1 + letter.len_utf8();
    sink.put(simple.encode_utf8(&mut [0; 4]), at..after);
    after
}

/// The character of `\x41`, `\u00e9`, `\U0001f600` or a pair of surrogates, and how long it is written.
fn hexadecimal(text: &str, rest: Range<usize>) -> (char, usize) {
    let raw = &text[rest];
    let read = |from: usize| {
        let width = match raw.as_bytes().get(from + 1) {
            Some(b'x') => 2,
            Some(b'u') => 4,
            _ => 8,
        };
        let digits = raw.get(from + 2..from + 2 + width)?;
        Some((u32::from_str_radix(digits, 16).ok()?, 2 + width))
    };
    let Some((first, length)) = read(0) else {
        return (char::REPLACEMENT_CHARACTER, raw.len().min(2));
    };
    if (0xD800..0xDC00).contains(&first) && raw[length..].starts_with("\\u") {
        // JSON says characters past the 16-bit plane in two halves.
        if let Some((second @ 0xDC00..0xE000, more)) = read(length) {
            let code = 0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00);
            let character = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
            return (character, length + more);
        }
    }
    (
        char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER),
        length,
    )
}

const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// How many bytes the line break at `at` has; 0 when there is none.
pub(super) fn line_break(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at) {
        Some(b'\n') => 1,
        Some(b'\r') if bytes.get(at + 1) == Some(&b'\n') => 2,
        Some(b'\r') => 1,
        _ => 0,
    }
}

/// Where the line of the byte at `at` ends, its break left out.
pub(super) fn line_end(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    memchr::memchr2(b'\n', b'\r', rest).map_or(bytes.len(), |found| at + found)
}

/// Where the line of the byte at `at` begins.
pub(super) fn line_start(bytes: &[u8], at: usize) -> usize {
    let head = bytes.get(..at).unwrap_or(bytes);
    memchr::memrchr2(b'\n', b'\r', head).map_or(0, |found| found + 1)
}
