//! The events of a parser to a tape: the nodes of all documents in pre-order, 16 bytes each.

use std::ops::Range;
use std::sync::Arc;

use granit_parser::Event;
use granit_parser::Options;
use granit_parser::Parser;
use granit_parser::ScalarStyle;
use granit_parser::StructureStyle;
use granit_parser::Tag;

use super::Dialect;
use super::Fault;
use super::Stream;
use super::Style;
use super::text::Text;

/// How many nodes one document may stand for once its aliases are followed. Go's reader stops at a similar factor
/// ("excessive aliasing"); a million nodes are a thousand times the largest manifest seen.
const MAX_EXPANDED: u64 = 1_000_000;

/// How many faults of one text are kept; after that the rest of the text is not read. A binary file that passed for
/// text would otherwise give one fault a line.
const MAX_FAULTS: usize = 20;

/// How many comments may stand in a row. The parser buffers them; its default of 96 is less than a licence header.
const MAX_COMMENTS: usize = 1_000_000;

/// Up to how many bytes kubectl's own reader is asked about a document that did not parse: it is slow, and quadratic
/// in the depth of nesting.
const MAX_SECOND_OPINION: usize = 256 * 1024;

/// What a node of the tape is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Scalar(Style),
    Sequence,
    Mapping,
    /// `next` is the index of the node that it names.
    Alias,
}

/// What a tag says about a scalar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Typed {
    /// No tag: the dialect decides.
    Untyped,
    /// `!!str`, or any tag that is not one of the core schema's.
    Text,
    /// `!!binary`.
    Binary,
}

/// One node: its stretch of the text, and the index after its last descendant.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub(super) kind: Kind,
    pub(super) typed: Typed,
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) next: u32,
}

/// A container that is still open.
struct Open {
    at: usize,
    anchor: usize,
    /// How many nodes it stands for so far, aliases followed.
    expanded: u64,
    flow: bool,
}

/// An anchor: the node that carries it, and how many nodes that stands for.
struct Anchor {
    id: usize,
    at: u32,
    expanded: u64,
}

/// Fills the tape of one text, restarting behind every fault.
pub(super) struct Builder<'t> {
    text: &'t str,
    entries: Vec<Entry>,
    cooked: Vec<(u32, Box<str>)>,
    roots: Vec<u32>,
    comments: Vec<Range<u32>>,
    faults: Vec<Fault>,
    open: Vec<Open>,
    anchors: Vec<Anchor>,
    last_end: u32,
}

/// Reads all documents of `text`.
pub(super) fn read(text: Text, dialect: Dialect) -> Arc<Stream> {
    let builder = Builder::new(text.as_str()).run();
    let Builder {
        entries,
        cooked,
        roots,
        comments,
        mut faults,
        ..
    } = builder;
    for fault in &mut faults {
        fault.span = text.span(fault.range.clone());
    }
    Arc::new(Stream {
        text,
        dialect,
        entries,
        cooked,
        roots,
        comments,
        faults,
    })
}

impl<'t> Builder<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            text,
            entries: Vec::with_capacity(text.len() / 12),
            cooked: Vec::new(),
            roots: Vec::new(),
            comments: Vec::new(),
            faults: Vec::new(),
            open: Vec::new(),
            anchors: Vec::new(),
            last_end: 0,
        }
    }

    fn run(mut self) -> Self {
        let mut base = 0;
        while base < self.text.len() && self.faults.len() < MAX_FAULTS {
            let Some((at, message)) = self.documents(base) else {
                break;
            };
            let start = self.text[..at]
                .rfind("\n---")
                .map_or(base, |found| (found + 1).max(base));
            let end = self.text[at..]
                .find("\n---")
                .map_or(self.text.len(), |found| at + found + 1);
            let accepted = accepts(&self.text[start..end]);
            let width = self.text[at..].chars().next().map_or(0, |letter| {
                if letter == '\n' { 0 } else { letter.len_utf8() }
            });
            self.faults.push(Fault {
                span: crate::source::Span::new(crate::source::SourceId(0), 0..0),
                range: at as u32..(at + width) as u32,
                document: start as u32..end as u32,
                message,
                accepted_by_kubectl: accepted,
            });
            base = end.max(base + 1);
            while !self.text.is_char_boundary(base) {
                base += 1;
            }
        }
        self
    }

    /// Reads documents from byte `base` on; where and why it stopped, if it did before the end.
    fn documents(&mut self, base: usize) -> Option<(usize, String)> {
        let mut options = Options::default();
        options.max_buffered_comment_events = MAX_COMMENTS;
        let mut start = self.mark();
        for event in Parser::new_from_str_with_options(&self.text[base..], options) {
            let (event, span) = match event {
                Ok(event) => event,
                Err(error) => {
                    self.rewind(start);
                    let at = error.marker().byte_offset().unwrap_or_default();
                    return Some((self.border(base + at), error.info().to_owned()));
                }
            };
            let range = span.byte_range().unwrap_or_default();
            let range = (base + range.start) as u32..(base + range.end) as u32;
            if let Err(message) = self.event(event, range.clone(), span.indent.unwrap_or_default())
            {
                self.rewind(start);
                return Some((self.border(range.start as usize), message));
            }
            if self.open.is_empty() {
                start = self.mark();
            }
        }
        None
    }

    const fn mark(&self) -> (usize, usize, usize) {
        (self.entries.len(), self.cooked.len(), self.roots.len())
    }

    /// Forgets a document that did not parse: what half of it says would be taken for the whole.
    fn rewind(&mut self, (entries, cooked, roots): (usize, usize, usize)) {
        self.entries.truncate(entries);
        self.cooked.truncate(cooked);
        self.roots.truncate(roots);
        self.open.clear();
        self.anchors.clear();
    }

    /// The character border at or before `at`.
    fn border(&self, at: usize) -> usize {
        let mut at = at.min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        at
    }

    fn event(&mut self, event: Event<'_>, range: Range<u32>, indent: usize) -> Result<(), String> {
        match event {
            Event::DocumentStart(..) => {
                self.anchors.clear();
                self.last_end = range.end;
            }
            Event::Comment(..) => self.comments.push(range),
            Event::Scalar(value, style, anchor, tag) => {
                self.scalar(&value, style, anchor, tag.as_deref(), range, indent)?
            }
            Event::SequenceStart(style, anchor, _) => {
                self.start(Kind::Sequence, style, anchor, range)?
            }
            Event::MappingStart(style, anchor, _) => {
                self.start(Kind::Mapping, style, anchor, range)?
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(range.end)?,
            Event::Alias(id) => self.alias(id, range)?,
            _ => {}
        }
        Ok(())
    }

    fn push(&mut self, kind: Kind, typed: Typed, range: Range<u32>) -> usize {
        let at = self.entries.len();
        if self.open.is_empty() {
            self.roots.push(at as u32);
        }
        self.entries.push(Entry {
            kind,
            typed,
            start: range.start,
            end: range.end,
            next: at as u32 + 1,
        });
        at
    }

    fn count(&mut self, nodes: u64) -> Result<(), String> {
        if let Some(open) = self.open.last_mut() {
            open.expanded = open.expanded.saturating_add(nodes);
            if open.expanded > MAX_EXPANDED {
                return Err(format!(
                    "the document stands for more than {MAX_EXPANDED} nodes once its aliases are followed"
                ));
            }
        }
        Ok(())
    }

    fn scalar(
        &mut self,
        value: &str,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<&Tag>,
        range: Range<u32>,
        indent: usize,
    ) -> Result<(), String> {
        let style = match style {
            ScalarStyle::Plain => Style::Plain,
            ScalarStyle::SingleQuoted => Style::Single,
            ScalarStyle::DoubleQuoted => Style::Double,
            ScalarStyle::Literal => Style::Literal(indent.min(usize::from(u8::MAX)) as u8),
            ScalarStyle::Folded => Style::Folded,
        };
        let raw = &self.text[range.start as usize..range.end as usize];
        let range = match style {
            // What follows the last content byte of a block scalar belongs to the next node's indentation.
            Style::Literal(_) | Style::Folded => {
                range.start..range.start + raw.trim_end().len() as u32
            }
            _ => range,
        };
        let is_binary = |tag: &Tag| tag.core_suffix() == Some("binary");
        let typed = match tag {
            None => Typed::Untyped,
            Some(tag) if is_binary(tag) => Typed::Binary,
            Some(tag) if tag.core_suffix().is_some_and(|suffix| suffix != "str") => Typed::Untyped,
            Some(_) => Typed::Text,
        };
        self.last_end = range.end;
        let at = self.push(Kind::Scalar(style), typed, range.clone());
        // The parser reads nothing as `~`; the text of nothing is nothing.
        let is_empty = style == Style::Plain && range.is_empty();
        if !is_empty && verbatim(self.text, style, range) != Some(value) {
            self.cooked.push((at as u32, value.into()));
        }
        self.anchor(anchor, at, 1);
        self.count(1)
    }

    fn anchor(&mut self, id: usize, at: usize, expanded: u64) {
        if id != 0 {
            self.anchors.push(Anchor {
                id,
                at: at as u32,
                expanded,
            });
        }
    }

    fn start(
        &mut self,
        kind: Kind,
        style: StructureStyle,
        anchor: usize,
        range: Range<u32>,
    ) -> Result<(), String> {
        let flow = style == StructureStyle::Flow;
        let mut start = range.start;
        if kind == Kind::Sequence && !flow && !self.text[start as usize..].starts_with('-') {
            // Of a sequence that is not indented deeper than its key the parser names the place after the dash.
            let before = self.text[..start as usize].trim_end();
            if before.ends_with('-') {
                start = before.len() as u32 - 1;
            }
        }
        self.last_end = if flow { range.end } else { start };
        let at = self.push(kind, Typed::Untyped, start..start);
        self.open.push(Open {
            at,
            anchor,
            expanded: 1,
            flow,
        });
        Ok(())
    }

    fn end(&mut self, end: u32) -> Result<(), String> {
        let Some(closed) = self.open.pop() else {
            return Ok(());
        };
        let end = if closed.flow { end } else { self.last_end };
        let next = self.entries.len() as u32;
        let entry = &mut self.entries[closed.at];
        entry.end = end.max(entry.start);
        entry.next = next;
        self.last_end = entry.end;
        self.anchor(closed.anchor, closed.at, closed.expanded);
        self.count(closed.expanded)
    }

    fn alias(&mut self, id: usize, range: Range<u32>) -> Result<(), String> {
        let Some(anchor) = self.anchors.iter().rev().find(|anchor| anchor.id == id) else {
            return Err("an alias stands inside the node that its anchor names".to_owned());
        };
        let (target, expanded) = (anchor.at, anchor.expanded);
        self.last_end = range.end;
        let at = self.push(Kind::Alias, Typed::Untyped, range);
        self.entries[at].next = target;
        self.count(expanded)
    }
}

/// The stretch of `text` that is the value of a scalar as it stands, where there may be one.
pub(super) fn verbatim(text: &str, style: Style, range: Range<u32>) -> Option<&str> {
    let (start, end) = (range.start as usize, range.end as usize);
    match style {
        Style::Plain => text.get(start..end),
        Style::Single | Style::Double => text.get(start + 1..end.checked_sub(1)?),
        Style::Literal(_) | Style::Folded => None,
    }
}

/// Whether kubectl's reader would take `document`, asked only where it answers in no time.
fn accepts(document: &str) -> bool {
    let deepest = document.bytes().scan(0_i32, |depth, byte| {
        *depth += i32::from(matches!(byte, b'[' | b'{')) - i32::from(matches!(byte, b']' | b'}'));
        Some(*depth)
    });
    let is_flat = deepest.max().is_none_or(|depth| depth < 64)
        && !document
            .lines()
            .any(|line| line.len() - line.trim_start_matches([' ', '-']).len() > 256);
    let asks = document.len() <= MAX_SECOND_OPINION && is_flat;
    asks && serde_yaml::from_str::<serde_yaml::Value>(document).is_ok()
}
