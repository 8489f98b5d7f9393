//! What stands between two nodes: blanks, comments, indicators, anchors and tags.
//!
//! Events name the place of a node but not of the `:`, `-` or `|` before it; these are found again here. The text has
//! been accepted by the parser, so it need not be judged.

use std::ops::Range;

use super::cook::line_end;

/// Where the first `-` of a block sequence stands, looked for from `from` on.
pub(super) fn dash(bytes: &[u8], from: usize) -> Option<usize> {
    Tokens { bytes, at: from }
        .find(|token| &bytes[token.clone()] == b"-")
        .map(|token| token.start)
}

/// Where the `|` or `>` of a block scalar stands, looked for from `from` on.
pub(super) fn header(bytes: &[u8], from: usize) -> Option<usize> {
    Tokens { bytes, at: from }
        .find(|token| matches!(bytes[token.start], b'|' | b'>'))
        .map(|token| token.start)
}

/// Where a value that is left out would stand: after its `indicator`, and after its anchor and tag, which stand before
/// `until`. What follows `from` is looked at.
pub(super) fn empty(bytes: &[u8], from: usize, until: usize, indicator: Option<u8>) -> usize {
    let mut indicator = indicator;
    let mut place = from;
    for token in (Tokens { bytes, at: from }) {
        let first = bytes[token.start];
        let follows = bytes.get(token.end);
        let is_word = |byte: &u8| !byte.is_ascii_whitespace() && !b",[]{}".contains(byte);
        let begins_word = first == b':' && follows.is_some_and(is_word);
        let is_indicator = indicator.take() == Some(first) && !begins_word;
        let is_property = matches!(first, b'&' | b'!') && token.end <= until;
        if !is_indicator && !is_property {
            break;
        }
        place = token.end;
    }
    place
}

/// The tokens from a place on: an anchor, a tag or a document mark is one, and every other byte.
struct Tokens<'t> {
    bytes: &'t [u8],
    at: usize,
}

impl Iterator for Tokens<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        loop {
            let rest = self.bytes.get(self.at..)?;
            match rest.first()? {
                b' ' | b'\t' | b'\n' | b'\r' => self.at += 1,
                b'#' => self.at = line_end(self.bytes, self.at),
                _ if rest.starts_with(b"\xef\xbb\xbf") => self.at += 3,
                _ if rest.starts_with(b"---") => self.at += 3,
                first => {
                    let start = self.at;
                    let ends = |byte: &u8| match first {
                        b'&' => byte.is_ascii_whitespace() || b",[]{}".contains(byte),
                        _ => byte.is_ascii_whitespace(),
                    };
                    let length = match first {
                        b'&' | b'!' => rest.iter().position(ends).unwrap_or(rest.len()),
                        _ => 1,
                    };
                    self.at += length;
                    return Some(start..self.at);
                }
            }
        }
    }
}
