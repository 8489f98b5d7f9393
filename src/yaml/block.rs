//! Block scalars: what belongs to one, and what it says.

use std::ops::Range;

use super::cook::Sink;
use super::cook::line_break;
use super::cook::line_end;
use super::cook::line_start;
use super::tape::Cell;
use super::tape::Kind;

/// Where the indicators of the block scalar at `header` (its `|` or `>`) end.
pub(super) fn indicators(bytes: &[u8], header: usize) -> usize {
    let rest = bytes.get(header + 1..).unwrap_or_default();
    let length = rest
        .iter()
        .take_while(|byte| matches!(byte, b'+' | b'-' | b'1'..=b'9'))
        .count();
    header + 1 + length
}

/// The number of spaces before the lines of the block scalar at `header`, told by what it `says`: its first line that is not
/// empty stands there with them. `None` when it says nothing.
pub(super) fn indentation(bytes: &[u8], header: usize, says: &str) -> Option<usize> {
    let first = says.trim_start_matches('\n');
    if first.is_empty() {
        return None;
    }
    let mut at = line_end(bytes, header);
    for _ in 0..=says.len() - first.len() {
        at += line_break(bytes, at);
        at = line_end(bytes, at);
    }
    let line = &bytes[line_start(bytes, at)..at];
    Some(spaces(line).saturating_sub(spaces(first.as_bytes())))
}

/// From the first character of the block scalar at `header` to its last, line breaks after that left out.
///
/// `indentation` is the number of spaces before its lines; `until` is where the document ends.
pub(super) fn content(
    bytes: &[u8],
    header: usize,
    indentation: usize,
    until: usize,
) -> Range<usize> {
    let bytes = &bytes[..until];
    let mut at = line_end(bytes, header);
    at += line_break(bytes, at);
    let mut found: Option<Range<usize>> = None;
    while at < bytes.len() {
        let end = line_end(bytes, at);
        let spaces = spaces(&bytes[at..end]);
        if spaces < end - at && spaces < indentation || ends_document(&bytes[at..end]) {
            break;
        }
        if end - at > indentation {
            let start = found.map_or(at + indentation, |found| found.start);
            found = Some(start..end);
        }
        at = end + line_break(bytes, end);
    }
    let empty = indicators(bytes, header);
    found.unwrap_or(empty..empty)
}

/// Whether the line ends a scalar that is not indented.
fn ends_document(line: &[u8]) -> bool {
    (line.starts_with(b"---") || line.starts_with(b"..."))
        && line.get(3).is_none_or(u8::is_ascii_whitespace)
}

/// Writes what the block scalar `cell` says, as libyaml reads it (`yaml_parser_scan_block_scalar`) and therefore kubectl
/// and the Collector: a last line without a break stays without one.
pub(super) fn write(text: &str, cell: &Cell, sink: &mut impl Sink) {
    let bytes = text.as_bytes();
    let (start, end) = (cell.start as usize, cell.end as usize);
    let header = cell.link as usize;
    let chomping = &bytes[header..indicators(bytes, header)];
    let mut at = line_end(bytes, header);
    at += line_break(bytes, at);
    let indentation = if start < end {
        start - line_start(bytes, start)
    } else {
        usize::MAX
    };
    let mut lines = Lines {
        text,
        folds: cell.kind == Kind::Folded,
        indented: false,
        last: None,
        empty: Vec::new(),
    };
    at = lines.skip_empty(at, indentation);
    while at < end {
        let first = (at + indentation).min(end);
        let last = line_end(bytes, first);
        lines.write(first..last, sink);
        at = last + line_break(bytes, last);
        lines.last = (at > last).then_some(last..at);
        at = lines.skip_empty(at, indentation);
    }
    if start < end && !chomping.contains(&b'-') {
        lines.break_last(sink);
    }
    if chomping.contains(&b'+') {
        lines.break_empty(sink);
    }
}

/// The lines of a block scalar as they are written out: what breaks mean is known only with the next line.
struct Lines<'t> {
    text: &'t str,
    folds: bool,
    /// Whether the last line began with a blank: its breaks are kept.
    indented: bool,
    /// The break after the last line.
    last: Option<Range<usize>>,
    /// The breaks of the empty lines after it.
    empty: Vec<Range<usize>>,
}

impl Lines<'_> {
    /// Takes the lines from `at` on that hold at most `indentation` spaces and nothing else; says what follows them.
    fn skip_empty(&mut self, at: usize, indentation: usize) -> usize {
        let bytes = self.text.as_bytes();
        let mut at = at;
        while at < bytes.len() {
            let end = at + spaces(&bytes[at..]);
            let length = line_break(bytes, end);
            if length == 0 || end - at > indentation {
                break;
            }
            self.empty.push(end..end + length);
            at = end + length;
        }
        at
    }

    fn write(&mut self, line: Range<usize>, sink: &mut impl Sink) {
        let indented = matches!(self.text.as_bytes().get(line.start), Some(b' ' | b'\t'));
        if self.folds && !self.indented && !indented {
            let last = self.last.take();
            if self.empty.is_empty()
                && let Some(last) = last
            {
                sink.put(" ", last);
            }
        }
        self.break_last(sink);
        self.break_empty(sink);
        self.indented = indented;
        sink.put(&self.text[line.clone()], line);
    }

    fn break_last(&mut self, sink: &mut impl Sink) {
        if let Some(last) = self.last.take() {
            sink.put("\n", last);
        }
    }

    fn break_empty(&mut self, sink: &mut impl Sink) {
        for line in self.empty.drain(..) {
            sink.put("\n", line);
        }
    }
}

fn spaces(line: &[u8]) -> usize {
    line.iter().take_while(|byte| **byte == b' ').count()
}
