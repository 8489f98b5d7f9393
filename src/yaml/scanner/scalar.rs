//! Keys and scalar values in every style.

use std::ops::Range;

use super::KEY;
use super::Scanner;
use crate::source::offset;
use crate::yaml::block;
use crate::yaml::tape::Kind;

/// A key, and where the `:` after it stands.
pub(super) struct Key {
    pub(super) kind: Kind,
    pub(super) place: Range<usize>,
    pub(super) colon: usize,
}

impl Scanner<'_> {
    /// The key that begins here, if one does.
    pub(super) fn key(&self) -> Option<Option<Key>> {
        let start = self.at;
        let rest = &self.bytes[start..];
        let (kind, end, colon) = match rest {
            [b'"' | b'\'', ..] => {
                let (end, one_line) = self.quoted(start, None)?;
                if !one_line {
                    return Some(None);
                }
                let kind = if rest[0] == b'"' {
                    Kind::Double
                } else {
                    Kind::Single
                };
                (kind, end, end)
            }
            [b'[' | b'{' | b'|' | b'>', ..] => return Some(None),
            _ if !self.begins_plain(start) => return None,
            _ => {
                let Some(colon) = self.colon(start) else {
                    return Some(None);
                };
                let blanks = self.bytes[start..colon].iter().rev();
                let blanks = blanks.take_while(|byte| **byte == b' ').count();
                (Kind::Plain, colon - blanks, colon)
            }
        };
        let is_key = matches!(self.bytes[colon..], [b':'] | [b':', b' ' | b'\n', ..]);
        if !is_key {
            return Some(None);
        }
        let written = &self.bytes[start..end];
        let unusual = kind == Kind::Plain && (written == b"<<" || written.contains(&b'\t'));
        let place = start..end;
        (end - start <= KEY && !unusual).then_some(Some(Key { kind, place, colon }))
    }

    /// Whether a plain scalar may begin at `at`.
    pub(super) fn begins_plain(&self, at: usize) -> bool {
        match self.bytes[at..] {
            [b'-' | b':', next, ..] => !matches!(next, b' ' | b'\n' | b'\t'),
            [first, ..] => !b"-:&*!?%@`\t#|>'\"[]{},".contains(&first),
            [] => false,
        }
    }

    /// Where the `:` that makes the line from `start` on a key stands, if there is one.
    fn colon(&self, start: usize) -> Option<usize> {
        let line = &self.bytes[start..];
        for found in memchr::memchr3_iter(b':', b'\n', b'#', line) {
            match line[found..] {
                [b'\n', ..] => return None,
                [b'#', ..] if found > 0 && line[found - 1] == b' ' => return None,
                [b':'] | [b':', b' ' | b'\n' | b'\t', ..] => return Some(start + found),
                _ => {}
            }
        }
        None
    }

    /// The value that begins here, and the rest of its last line.
    pub(super) fn value(&mut self) -> Option<()> {
        let start = self.at;
        // What stands at the root with no collection around it is rare, and has indentation rules of its own.
        let column = self.open.last().map(|top| top.column);
        match (self.bytes.get(start)?, column) {
            (b'[' | b'{', _) => {
                self.flow(0)?;
                self.end_line()
            }
            (_, None) => None,
            (b'|' | b'>', Some(column)) => self.block(column),
            (quote @ (b'"' | b'\''), Some(column)) => {
                let kind = if *quote == b'"' {
                    Kind::Double
                } else {
                    Kind::Single
                };
                let (end, _) = self.quoted(start, Some(column))?;
                self.leaf(kind, start..end);
                self.at = end;
                self.end_line()
            }
            (_, Some(column)) => self.plain(column),
        }
    }

    pub(super) fn leaf(&mut self, kind: Kind, place: Range<usize>) {
        self.cursor = place.end;
        self.push(kind, place);
    }

    /// A plain scalar, with the lines after it that are indented deeper than `column` and so belong to it.
    fn plain(&mut self, column: usize) -> Option<()> {
        let start = self.at;
        if !self.begins_plain(start) {
            return None;
        }
        let (mut end, mut commented) = self.plain_line()?;
        while !commented {
            let line = self.at;
            let Some(text) = self.bytes[line..]
                .iter()
                .position(|byte| *byte != b' ' && *byte != b'\n')
            else {
                break;
            };
            let text = line + text;
            let indentation =
                text - memchr::memrchr(b'\n', &self.bytes[..text]).map_or(0, |found| found + 1);
            if indentation <= column || self.bytes[text] == b'#' {
                break;
            }
            // A mark of its own in a continuation line: other readers may see more than text here.
            if matches!(self.bytes[text], b'\t' | b'?' | b':') {
                return None;
            }
            self.at = text;
            (end, commented) = self.plain_line()?;
        }
        self.leaf(Kind::Plain, start..end);
        Some(())
    }

    /// Where the plain text that begins here ends on this line, and whether a comment follows it.
    fn plain_line(&mut self) -> Option<(usize, bool)> {
        let start = self.at;
        let stop = self.line_end();
        let line = &self.bytes[start..stop];
        let mut end = stop;
        for found in memchr::memchr3_iter(b'#', b':', b'\t', line) {
            match line[found..] {
                [b'#', ..] if found > 0 && line[found - 1] == b' ' => {
                    end = start + found;
                    break;
                }
                [b'#', ..] => {}
                [b':', next, ..] if next > b' ' => {}
                _ => return None,
            }
        }
        let commented = end < stop;
        if commented {
            self.at = end;
            self.comment();
        } else {
            self.at = (stop + 1).min(self.bytes.len());
        }
        let blanks = self.bytes[start..end].iter().rev();
        Some((
            end - blanks.take_while(|byte| **byte == b' ').count(),
            commented,
        ))
    }

    /// Where the quoted scalar at `start` ends, and whether on the same line.
    ///
    /// Further lines must be indented deeper than `column`; without one, the first line break ends the search.
    pub(super) fn quoted(&self, start: usize, column: Option<usize>) -> Option<(usize, bool)> {
        let bytes = self.bytes;
        let quote = bytes[start];
        let mut at = start + 1;
        let mut one_line = true;
        loop {
            at += if quote == b'"' {
                memchr::memchr3(b'"', b'\\', b'\n', &bytes[at..])?
            } else {
                memchr::memchr2(b'\'', b'\n', &bytes[at..])?
            };
            match (bytes[at], bytes.get(at + 1)) {
                (b'\'', Some(b'\'')) => at += 2,
                (b'"' | b'\'', _) => return Some((at + 1, one_line)),
                (b'\\', Some(b'\n')) => at += 1,
                (b'\\', _) => at += escape(&bytes[at + 1..])?,
                _ => {
                    one_line = false;
                    let Some(column) = column else {
                        return Some((at, false));
                    };
                    at = self.continued(at, column)?;
                }
            }
        }
    }

    /// Where the text goes on after the line break at `at`, which must be deeper than `column`.
    fn continued(&self, at: usize, column: usize) -> Option<usize> {
        let blank = |byte: &u8| *byte == b' ' || *byte == b'\n';
        let length = self.bytes[at..]
            .iter()
            .take_while(|byte| blank(byte))
            .count();
        let text = at + length;
        let line = memchr::memrchr(b'\n', &self.bytes[..text])? + 1;
        let deeper = text - line > column && self.bytes.get(text) != Some(&b'\t');
        deeper.then_some(text)
    }

    /// A block scalar under a key or dash in `column`.
    fn block(&mut self, column: usize) -> Option<()> {
        let header = self.at;
        let kind = if self.bytes[header] == b'|' {
            Kind::Literal
        } else {
            Kind::Folded
        };
        self.at = block::indicators(self.bytes, header);
        let indentation = match self.bytes[header + 1..self.at] {
            [] | [b'+' | b'-'] => self.indentation(column),
            [digit @ b'1'..=b'9']
            | [b'+' | b'-', digit @ b'1'..=b'9']
            | [digit @ b'1'..=b'9', b'+' | b'-'] => Some(Some(column + usize::from(digit - b'0'))),
            _ => None,
        };
        self.end_line()?;
        let place = match indentation? {
            Some(indentation) => block::content(self.bytes, header, indentation, self.bytes.len()),
            None => {
                let empty = block::indicators(self.bytes, header);
                empty..empty
            }
        };
        if place.end > self.at {
            self.at = place.end;
            self.at = (self.line_end() + 1).min(self.bytes.len());
        }
        self.stops(column)?;
        let cell = self.tape.cells.len();
        self.leaf(kind, place);
        self.tape.cells[cell].link = offset(header);
        Some(())
    }

    /// How many spaces stand before the first of the following lines that has anything else, if that is deeper than
    /// `column`.
    fn indentation(&self, column: usize) -> Option<Option<usize>> {
        let mut blank = 0;
        for line in self.bytes[self.at..].split(|byte| *byte == b'\n').skip(1) {
            let spaces = line.iter().take_while(|byte| **byte == b' ').count();
            match line.get(spaces) {
                None => blank = blank.max(spaces),
                Some(b'\t') => return None,
                Some(_) if spaces <= column => return (blank <= column).then_some(None),
                Some(_) => return (blank <= spaces).then_some(Some(spaces)),
            }
        }
        (blank <= column).then_some(None)
    }

    /// What ends a block scalar must not look as if it belonged to it.
    fn stops(&self, column: usize) -> Option<()> {
        let rest = &self.bytes[self.at..];
        let first = rest.iter().position(|byte| *byte != b' ' && *byte != b'\n');
        let Some(first) = first else {
            return Some(());
        };
        let line = memchr::memrchr(b'\n', &rest[..first]).map_or(0, |found| found + 1);
        (first - line <= column && rest[first] != b'\t').then_some(())
    }
}

/// How long the escape is whose backslash stands before `rest`, the backslash included.
fn escape(rest: &[u8]) -> Option<usize> {
    let hexadecimal = |length: usize| {
        let digits = rest.get(1..=length)?;
        digits
            .iter()
            .all(u8::is_ascii_hexdigit)
            .then_some(length + 2)
    };
    match rest.first()? {
        b'n' | b't' | b'r' | b'"' | b'\\' | b'/' | b' ' | b'0' | b'a' | b'b' | b'e' | b'f'
        | b'v' => Some(2),
        b'x' => hexadecimal(2),
        // Halves of a pair are left to the general parser.
        b'u' if !matches!(rest.get(1), Some(b'd' | b'D')) => hexadecimal(4),
        _ => None,
    }
}
