//! What must hold for every node of every text: its place is in the text, and what stands there says it.

use std::ops::Range;

use granit_parser::Event;
use granit_parser::Parser;

use crate::source::Source;
use crate::source::SourceId;
use crate::source::Span;
use crate::source::offset;
use crate::yaml::Dialect;
use crate::yaml::Node;
use crate::yaml::Shape;
use crate::yaml::Stream;
use crate::yaml::Style;
use crate::yaml::Text;
use crate::yaml::parse;

use std::sync::Arc;

/// Reads `text` as if it were a file.
pub(crate) fn stream(text: &str) -> Arc<Stream> {
    let source = Source::new("truth.yaml", text.as_bytes().to_vec());
    let text = Text::whole(SourceId(0), &source).expect("texts are UTF-8");
    parse(text, Dialect::Kubernetes)
}

/// Reads `text` and holds every node of it to the truth.
pub(crate) fn holds(text: &str) -> Arc<Stream> {
    let stream = stream(text);
    for fault in stream.faults() {
        inside(text, fault.span);
        inside(text, fault.document);
    }
    for span in stream.comments() {
        assert!(slice(text, span).starts_with('#'), "{span:?} in {text:?}");
    }
    for root in stream.documents() {
        walk(text, root);
    }
    if stream.faults().is_empty() {
        assert_eq!(scalars(&stream), values(text), "in {text:?}");
    }
    stream
}

/// The stretch of `text` at `span`, which must be one.
fn slice(text: &str, span: Span) -> &str {
    inside(text, span);
    &text[span.start as usize..span.end as usize]
}

fn inside(text: &str, span: Span) {
    let range = span.start as usize..span.end as usize;
    assert!(text.get(range).is_some(), "{span:?} is no part of {text:?}");
}

fn walk(text: &str, node: Node<'_>) {
    let here = node.span();
    let slice = slice(text, here);
    if node.anchored().is_some() {
        return assert!(slice.starts_with('*'), "{slice:?} in {text:?}");
    }
    let mut last = here.start;
    let mut child = |node: Node<'_>| {
        let span = node.span();
        assert!(last <= span.start, "{span:?} overlaps in {text:?}");
        last = span.end;
        assert!(here.contains(span), "{span:?} leaves {here:?} in {text:?}");
        walk(text, node);
    };
    match node.shape() {
        Shape::Mapping => {
            for (key, value) in node.pairs() {
                child(key);
                child(value);
            }
        }
        Shape::Sequence => node.items().for_each(child),
        Shape::Scalar | Shape::Null => scalar(slice, node),
    }
}

fn scalar(slice: &str, node: Node<'_>) {
    let says = node.text();
    let single = !slice.contains(['\n', '\r']);
    match node.style() {
        Style::Plain if single => assert_eq!(slice, says),
        Style::Plain => assert!(slice.split_whitespace().eq(says.split_whitespace())),
        Style::Single => {
            assert!(slice.starts_with('\'') && slice.ends_with('\''));
            says_it_alone(slice, &says);
        }
        Style::Double => {
            assert!(slice.starts_with('"') && slice.ends_with('"'));
            says_it_alone(slice, &says);
        }
        Style::Literal | Style::Folded => {
            let first = says.trim_start_matches('\n').lines().next();
            let written = slice.split(['\n', '\r']).next().unwrap_or_default();
            let first = first.unwrap_or_default();
            assert!(first.starts_with(written), "{slice:?} for {says:?}");
        }
    }
    letters(slice, node);
}

/// What stands at the place of a quoted scalar is that scalar, wherever it is put.
fn says_it_alone(slice: &str, says: &str) {
    let alone = stream(slice);
    assert_eq!(alone.faults(), &[], "{slice:?}");
    let again = alone
        .documents()
        .next()
        .map(|root| root.text().into_owned());
    assert_eq!(again.as_deref(), Some(says), "{slice:?}");
}

/// Each letter of the inner text stands inside the scalar, in order, and as itself unless it was escaped or folded.
fn letters(slice: &str, node: Node<'_>) {
    let inner = node.inner();
    assert_eq!(inner.as_str(), node.text());
    let here = node.span();
    let mut last = 0;
    for (at, letter) in inner.as_str().char_indices().take(2000) {
        let span = inner.span(offset(at)..offset(at + letter.len_utf8()));
        assert!(last <= span.start, "{letter:?} goes back in {slice:?}");
        last = span.start;
        if here.contains(span) {
            let range = (span.start - here.start) as usize..(span.end - here.start) as usize;
            let written = slice.get(range).expect("on character borders");
            let itself = written.chars().eq([letter]);
            let changed = written.starts_with(['\\', '\'', '\n', '\r', ' ', '\t']);
            assert!(
                itself || changed,
                "{letter:?} is said by {written:?} of {slice:?}"
            );
        } else {
            // The breaks around a block's content are no part of its visible place.
            assert_eq!(letter, '\n', "in {slice:?}");
        }
    }
}

/// What all scalars of the stream say, in the order in which they are written, empty documents included.
fn scalars(stream: &Arc<Stream>) -> Vec<String> {
    let range: Range<u32> = 0..offset(stream.tape.cells.len());
    let nodes = range.map(|at| Node::new(stream, at, Dialect::Kubernetes));
    let nodes = nodes.filter(|node| matches!(node.shape(), Shape::Scalar | Shape::Null));
    let written = nodes.filter(|node| node.anchored().is_none());
    written
        .map(|node| node.text().trim_end_matches('\n').to_owned())
        .collect()
}

/// The same according to the parser; of a block scalar that ends the file libyaml drops what the norm keeps, so line
/// breaks at the end are not compared here.
fn values(text: &str) -> Vec<String> {
    let options = granit_parser::options! { max_buffered_comment_events: 1_000_000 };
    let text = text.replace("\n\u{feff}---", "\n---");
    let events = Parser::new_from_str_with_options(&text, options);
    let mut values = Vec::new();
    for event in events {
        let (event, span) = event.expect("there was no fault");
        if let Event::Scalar(value, style, _, _) = event {
            let empty = style == granit_parser::ScalarStyle::Plain && span.is_empty();
            let value = if empty {
                ""
            } else {
                value.trim_end_matches('\n')
            };
            values.push(value.to_owned());
        }
    }
    values
}
