//! The events of a general YAML parser to the tape; every document that is unusual comes through here.

use std::borrow::Cow;
use std::ops::Range;

use granit_parser::Event;
use granit_parser::Options;
use granit_parser::Parser;
use granit_parser::ScalarStyle;
use granit_parser::StructureStyle;
use granit_parser::Tag as Written;

use super::DEPTH;
use super::block;
use super::fault;
use super::fault::Fault;
use super::fault::Words;
use super::gap;
use super::stream::Stream;
use super::tape::Kind;
use super::tape::Mark;
use super::tape::Tag;
use super::tape::Tape;
use crate::source::offset;

mod aliases;

use aliases::Aliases;
use aliases::Anchor;
use aliases::Refused;

/// How many comments may stand in a row. The parser keeps them until it knows what follows; its default of 96 is less
/// than a licence header, and even a million are no more than the text itself.
const COMMENTS: usize = 1_000_000;

/// How many faults of one text are kept. A binary file that passes for text could give one for each line that begins
/// with `---`; who has read a hundred wants no more, and each costs a question to kubectl's reader.
const FAULTS: usize = 100;

/// Reads the documents that stand at `range` of the stream's text, and adds them to the stream.
pub(super) fn read(range: Range<usize>, stream: &mut Stream) {
    let text = stream.text.clone();
    let chunk = &text.as_str()[range.clone()];
    let mut options = Options::default();
    options.max_buffered_comment_events = COMMENTS;
    options.block_nesting_limit = DEPTH;
    options.flow_nesting_limit = DEPTH;
    let mut parser = Parser::new_from_str_with_options(chunk, options);
    let mut reader = Reader::new(text.as_str(), range.clone(), &mut stream.tape);
    while let Some(event) = parser.next_event() {
        let mut invalid = false;
        let taken = match event {
            Ok((event, span)) => {
                let place = span.byte_range().unwrap_or_default();
                let place = range.start + place.start..range.start + place.end;
                reader.take(event, place)
            }
            Err(error) => {
                let at = error.marker().byte_offset().unwrap_or_default();
                invalid = true;
                Err((range.start + at, fault::words(error.kind())))
            }
        };
        let Err((at, words)) = taken else {
            continue;
        };
        let document = reader.abandon(at);
        if stream.faults.len() < FAULTS {
            stream.faults.push(Fault {
                span: text.span(fault::letter(text.as_str(), at)),
                message: words.message.into_owned(),
                help: words.help.map(str::to_owned),
                document: text.span(offset(document.start)..offset(document.end)),
                accepted_by_kubectl: invalid
                    && fault::accepted_by_kubectl(&text.as_str()[document]),
            });
        }
        if !parser.proceed_next_document().unwrap_or_default() {
            break;
        }
    }
}

/// A collection that is not yet complete.
struct Open {
    at: usize,
    flow: bool,
    mapping: bool,
    anchor: usize,
    children: usize,
    /// How many nodes the document stood for before this one.
    before: u64,
    height: usize,
}

/// What is wrong, and at which offset.
type Taken = Result<(), (usize, Words)>;

struct Reader<'t> {
    text: &'t str,
    /// What is left to read: from the start of the document that is being read.
    range: Range<usize>,
    tape: &'t mut Tape,
    /// How the tape was when the document began.
    mark: Mark,
    open: Vec<Open>,
    aliases: Aliases,
    /// Where the last node, or the indicator that began it, ends.
    cursor: usize,
}

impl<'t> Reader<'t> {
    fn new(text: &'t str, range: Range<usize>, tape: &'t mut Tape) -> Self {
        Self {
            text,
            mark: tape.mark(),
            tape,
            open: Vec::new(),
            aliases: Aliases::default(),
            cursor: range.start,
            range,
        }
    }

    /// Forgets the document that is being read: what half of it says would be taken for the whole. Says where it stands.
    fn abandon(&mut self, at: usize) -> Range<usize> {
        self.tape.rewind(&self.mark);
        self.open.clear();
        // Only after an end mark can there be a document without `---`, whose start no event tells exactly.
        let rest = self
            .text
            .as_bytes()
            .get(at..self.range.end)
            .unwrap_or_default();
        let end = memchr::memmem::find(rest, b"\n...").map_or(0, |found| found + 4);
        self.cursor = at + end;
        self.range.clone()
    }

    fn take(&mut self, event: Event<'_>, place: Range<usize>) -> Taken {
        match event {
            Event::DocumentStart(explicit, _) => {
                self.mark = self.tape.mark();
                self.aliases = Aliases::default();
                if explicit {
                    self.cursor = place.end;
                }
                self.range.start = self.range.start.max(place.start.min(self.cursor));
            }
            Event::Comment(..) => {
                let comment = (offset(place.start), offset(place.end));
                self.tape.comments.push(comment);
            }
            Event::Scalar(value, style, anchor, tag) => {
                let kind = match style {
                    ScalarStyle::Plain => Kind::Plain,
                    ScalarStyle::SingleQuoted => Kind::Single,
                    ScalarStyle::DoubleQuoted => Kind::Double,
                    ScalarStyle::Literal => Kind::Literal,
                    ScalarStyle::Folded => Kind::Folded,
                };
                self.scalar(kind, place, &value);
                self.describe(anchor, tag.as_deref());
            }
            Event::Alias(id) => self.alias(id, place)?,
            Event::SequenceStart(style, anchor, _) => {
                self.start(Kind::Sequence, style, anchor, place)
            }
            Event::MappingStart(style, anchor, _) => {
                self.start(Kind::Mapping, style, anchor, place)
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(place.end),
            Event::DocumentEnd => {
                self.cursor = self.cursor.max(place.end);
                self.range.start = self.cursor;
                self.mark = self.tape.mark();
            }
            _ => {}
        }
        Ok(())
    }

    /// The indicator before the next node, if it has one.
    fn indicator(&self) -> Option<u8> {
        let open = self.open.last()?;
        match (open.mapping, open.children % 2) {
            (false, _) => Some(b'-'),
            (true, 0) if open.flow && open.children > 0 => Some(b','),
            (true, 0) => Some(b'?'),
            (true, _) => Some(b':'),
        }
    }

    fn push(&mut self, kind: Kind, place: Range<usize>) -> usize {
        let at = self.tape.push(kind, place.start, place.end);
        match self.open.last_mut() {
            Some(open) => open.children += 1,
            None => self.tape.roots.push(offset(at)),
        }
        at
    }

    fn scalar(&mut self, kind: Kind, place: Range<usize>, says: &str) {
        let bytes = self.text.as_bytes();
        let mut header = 0;
        let place = match kind {
            Kind::Plain if place.is_empty() => {
                let at = gap::empty(bytes, self.cursor, place.end, self.indicator());
                at..at
            }
            Kind::Literal | Kind::Folded => {
                header = gap::header(bytes, self.cursor).unwrap_or(place.start);
                let empty = block::indicators(bytes, header);
                block::indentation(bytes, header, says).map_or(empty..empty, |indentation| {
                    block::content(bytes, header, indentation, self.range.end)
                })
            }
            _ => place,
        };
        self.cursor = place.end;
        let is_key = self
            .open
            .last()
            .is_some_and(|open| open.mapping && open.children % 2 == 0);
        let merges = is_key && kind == Kind::Plain && &self.text[place.clone()] == "<<";
        let at = self.push(kind, place);
        self.tape.cells[at].link = offset(header);
        if merges && let Some(open) = self.open.last() {
            self.tape.cells[open.at].merges = true;
        }
        self.aliases.count();
    }

    /// Gives the last scalar its anchor and tag.
    fn describe(&mut self, anchor: usize, tag: Option<&Written>) {
        let at = offset(self.tape.cells.len() - 1);
        let nodes = 1;
        self.aliases.name(
            anchor,
            Anchor {
                at,
                nodes,
                height: 0,
            },
        );
        if let Some(cell) = self.tape.cells.last_mut() {
            cell.tag = tag.map_or(Tag::None, tag_of);
        }
    }

    fn alias(&mut self, id: usize, place: Range<usize>) -> Taken {
        let start = place.start;
        let depth = self.open.len();
        let anchor = match self.aliases.follow(id, depth) {
            Ok(anchor) => anchor,
            Err(refused) => return Err((start, refusal(refused))),
        };
        if let Some(open) = self.open.last_mut() {
            open.height = open.height.max(anchor.height + 1);
        }
        self.cursor = place.end;
        let at = self.push(Kind::Alias, place);
        self.tape.cells[at].link = anchor.at;
        Ok(())
    }

    fn start(&mut self, kind: Kind, style: StructureStyle, anchor: usize, place: Range<usize>) {
        let flow = style == StructureStyle::Flow;
        let mapping = kind == Kind::Mapping;
        let start = match (flow, mapping) {
            // Of a sequence that is indented no deeper than its key the event names the place after the dash.
            (false, false) => self.first_dash().unwrap_or(place.start),
            _ => place.start,
        };
        if flow || !mapping {
            self.cursor = if flow { place.end } else { start };
        }
        let before = self.aliases.count() - 1;
        let at = self.push(kind, start..start);
        self.open.push(Open {
            at,
            flow,
            mapping,
            anchor,
            children: 0,
            before,
            height: 0,
        });
    }

    /// Where the first dash of the block sequence that begins next stands: after the dash of the item that it is.
    fn first_dash(&self) -> Option<usize> {
        let bytes = self.text.as_bytes();
        match self.indicator() {
            Some(b'-') => gap::dash(bytes, gap::dash(bytes, self.cursor)? + 1),
            _ => gap::dash(bytes, self.cursor),
        }
    }

    fn end(&mut self, end: usize) {
        let Some(open) = self.open.pop() else {
            return;
        };
        if open.flow {
            self.cursor = end;
        }
        let first = self.tape.cells.get(open.at + 1).map(|cell| cell.start);
        if let Some(first) = first.filter(|_| open.mapping && !open.flow) {
            self.tape.cells[open.at].start = first;
        }
        self.tape.close(open.at, self.cursor);
        if let Some(parent) = self.open.last_mut() {
            parent.height = parent.height.max(open.height + 1);
        }
        let anchor = Anchor {
            at: offset(open.at),
            nodes: self.aliases.nodes() - open.before,
            height: open.height + 1,
        };
        self.aliases.name(open.anchor, anchor);
    }
}

fn tag_of(tag: &Written) -> Tag {
    match tag.suffix_in_namespace("tag:yaml.org,2002:").as_deref() {
        Some("str") => Tag::Str,
        Some("int") => Tag::Int,
        Some("float") => Tag::Float,
        Some("bool") => Tag::Bool,
        Some("null") => Tag::Null,
        Some("binary") => Tag::Binary,
        Some("timestamp") => Tag::Timestamp,
        None if tag.handle().is_empty() && tag.suffix() == "!" => Tag::Bare,
        _ => Tag::Other,
    }
}

fn refusal(refused: Refused) -> Words {
    let message = match refused {
        Refused::Inside => Cow::Borrowed("this alias stands inside the node that it names"),
        Refused::Depth => {
            format!("with this alias the document nests deeper than {DEPTH} levels").into()
        }
        Refused::Excessive => {
            "the document consists of too many aliases, of more than Go's parsers follow".into()
        }
    };
    Words {
        message,
        help: None,
    }
}
