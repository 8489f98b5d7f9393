//! What trees promise: exact places in every style, and readings that follow Go's.

mod corpus;
mod generated;
mod scanner;
mod truth;

use super::*;
use crate::source::Source;
use crate::source::Sources;

fn read(text: &str) -> (Sources, Arc<Stream>) {
    let mut sources = Sources::new();
    let id = sources.add(Source::new("test.yaml", text.as_bytes().to_vec()));
    let text = Text::whole(id, sources.get(id)).expect("test texts are UTF-8");
    (sources, parse(text, Dialect::Kubernetes))
}

#[test]
fn spans_are_exact_in_every_style() {
    let text = "plain: word # c\nsingle: 'it''s'\ndouble: \"a\\tb\"\nliteral: |\n  one\n  two\nfolded: >-\n  a\n  b\n\
                flow: {x: 1, y: [2, ü]}\nnothing:\n- item\n";
    let text = text.replace("nothing:\n- item", "nothing:\nlist:\n- item");
    let (sources, stream) = read(&text);
    let root = stream.documents().next().expect("one document");
    let slice = |key: &str| {
        sources
            .slice(root.value(key).expect("key").span())
            .to_owned()
    };
    assert_eq!(slice("plain"), "word");
    assert_eq!(slice("single"), "'it''s'");
    assert_eq!(slice("double"), "\"a\\tb\"");
    assert_eq!(slice("literal"), "one\n  two");
    assert_eq!(slice("folded"), "a\n  b");
    assert_eq!(slice("flow"), "{x: 1, y: [2, ü]}");
    assert_eq!(slice("nothing"), "");
    assert_eq!(slice("list"), "- item");
    assert_eq!(
        root.value("single").map(Node::text).as_deref(),
        Some("it's")
    );
    assert_eq!(
        root.value("literal").map(Node::text).as_deref(),
        Some("one\ntwo\n")
    );
    assert_eq!(
        stream
            .comments()
            .map(|span| sources.slice(span))
            .collect::<Vec<_>>(),
        ["# c"]
    );
}

#[test]
fn aliases_have_their_own_place_and_the_anchors() {
    let (sources, stream) = read("base: &b {a: 1, b: 2}\nuse: *b\nmerge:\n  <<: *b\n  a: 3\n");
    let root = stream.documents().next().expect("one document");
    let alias = root.get("use").expect("use");
    assert_eq!(sources.slice(alias.span()), "*b");
    assert_eq!(
        alias.anchored().map(|span| sources.slice(span)),
        Some("{a: 1, b: 2}")
    );
    let merge = root.get("merge").expect("merge");
    let entries: Vec<_> = merge
        .entries()
        .map(|(key, value)| format!("{}={}", key.text(), value.text()))
        .collect();
    assert_eq!(entries, ["a=3", "b=2"]);
    assert_eq!(merge.integer_at("b").map(|value| value.value), Some(2));
}

#[test]
fn embedded_texts_keep_their_outer_places() {
    let text = "data:\n  a.yaml: |\n\n    x:\n      y: ü\n    z: 1\n  b: \"k: v\\nl: \\u00fc\"\n  c: azogdg==\n";
    let (sources, stream) = read(text);
    let data = stream
        .documents()
        .next()
        .and_then(|root| root.get("data"))
        .expect("data");
    let inner = parse(
        data.get("a.yaml").expect("a.yaml").inner(),
        Dialect::Collector,
    );
    let root = inner.documents().next().expect("inner document");
    let y = root.get("x").and_then(|x| x.get("y")).expect("y");
    assert_eq!(sources.slice(y.span()), "ü");
    assert_eq!(sources.slice(root.get("z").expect("z").span()), "1");
    let quoted = parse(data.get("b").expect("b").inner(), Dialect::Collector);
    let root = quoted.documents().next().expect("quoted document");
    assert_eq!(sources.slice(root.get("k").expect("k").span()), "v");
    assert_eq!(sources.slice(root.get("l").expect("l").span()), "\\u00fc");
    let decoded = data.get("c").expect("c").decoded().expect("base64");
    assert_eq!(&*decoded.bytes, b"k: v");
    assert_eq!(sources.slice(decoded.span(3..4)), "dg");
    assert_eq!(sources.slice(decoded.span(0..4)), "azogdg");
}

#[test]
fn a_fault_costs_its_own_document_only() {
    let (sources, stream) = read("a: 1\n---\nb: [1\n---\nc: 2\n");
    let roots: Vec<_> = stream
        .documents()
        .map(|root| sources.slice(root.span()).to_owned())
        .collect();
    assert_eq!(roots, ["a: 1", "c: 2"]);
    assert_eq!(stream.faults().len(), 1);
}

#[test]
fn aliases_do_not_explode() {
    let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let before = format!("*a{}, ", level - 1).repeat(10);
        text.push_str(&format!("a{level}: &a{level} [{before}]\n"));
    }
    let (_, stream) = read(&text);
    assert_eq!(stream.documents().count(), 0);
    assert!(stream.faults()[0].message.contains("aliases"));
}
