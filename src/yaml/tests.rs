//! What trees promise: exact places in every style, and readings that follow Go's.

mod corpus;
mod generated;
mod scanner;
mod truth;

use std::collections::BTreeMap;

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

#[test]
fn faults_say_what_stands_there() {
    for (text, place, message, accepted) in [
        (
            "a: b: c\n",
            ":",
            "a `: ` stands where no mapping can begin",
            false,
        ),
        (
            "a:\n\tb: 1\n",
            "b",
            "a tab stands where YAML takes only spaces",
            false,
        ),
        ("a: [1, 2}\n", "[", "this `[` is closed by `}`", false),
        ("a: \"x\n  y\n", "", "a quoted value goes on here", false),
        (
            "a:\n  b: \"x\n  y\"\n",
            "y",
            "a quoted value goes on here",
            true,
        ),
        (
            "a: 'it's'\n",
            "s",
            "text stands after the closing quote",
            false,
        ),
        (
            "a: *x\n",
            "*",
            "this alias names an anchor that does not stand before it",
            false,
        ),
        (
            "a: &a [*a]\n",
            "*",
            "this alias stands inside the node that it names",
            false,
        ),
        (
            "a: \u{7}\n",
            "\u{7}",
            "the control character U+0007 stands here",
            false,
        ),
        ("a: @b\n", "@", "no value can begin with `@`", false),
    ] {
        let (sources, stream) = read(text);
        let [fault] = stream.faults() else {
            panic!("{text:?} has {:?}", stream.faults());
        };
        assert_eq!(sources.slice(fault.span), place, "{text:?}");
        assert!(
            fault.message.starts_with(message),
            "{text:?}: {}",
            fault.message
        );
        assert_eq!(fault.accepted_by_kubectl, accepted, "{text:?}");
        assert_eq!(stream.documents().count(), 0, "{text:?}");
    }
}

#[test]
fn documents_between_faults_are_read() {
    let text = "\u{feff}a: 1\n---\nb: [\n---\nc: 1\n--- # words\n...\n---\nd:\n\tg: 1\n\u{feff}---\ne: 1\n...\nf: 1\n";
    let (sources, stream) = read(text);
    let said: Vec<_> = stream
        .documents()
        .map(|root| sources.slice(root.span()))
        .collect();
    assert_eq!(said, ["a: 1", "c: 1", "e: 1", "f: 1"]);
    let unread: Vec<_> = stream.unread().map(|span| sources.slice(span)).collect();
    assert_eq!(unread, ["---\nb: [\n", "---\nd:\n\tg: 1\n"]);
}

#[test]
fn a_document_of_a_kind_that_nobody_wants_is_left_out() {
    let text = "kind: A\nx: [\n---\nkind: B\n---\n# words\nkind: 'A'\n---\n{\nkind: A}\n---\nkind: AList\n---\nkind: B # c\n";
    let mut sources = Sources::new();
    let id = sources.add(Source::new("test.yaml", text.as_bytes().to_vec()));
    let text = Text::whole(id, sources.get(id)).expect("test texts are UTF-8");
    let stream = parse_only(text, Dialect::Kubernetes, |kind| kind != "A");
    let kinds: Vec<_> = stream
        .documents()
        .filter_map(|root| root.string_at("kind"))
        .collect();
    let kinds: Vec<_> = kinds.iter().map(|kind| kind.value.as_str()).collect();
    // What is not plain to see is parsed.
    assert_eq!(kinds, ["B", "A", "A", "AList", "B"]);
    assert_eq!(stream.faults(), &[]);
}

#[test]
fn keys_are_called_what_their_reader_calls_them() {
    let (_, stream) = read("on: 1\ny: 2\n0x10: 3\n'on': 4\n");
    let root = stream.documents().next().expect("one document");
    let names = |root: Node<'_>| -> Vec<String> {
        root.entries()
            .map(|(key, _)| key.name().into_owned())
            .collect()
    };
    assert_eq!(names(root), ["true", "true", "16", "on"]);
    assert_eq!(root.duplicates().count(), 1);
    let root = root.with(Dialect::Collector);
    assert_eq!(names(root), ["on", "y", "16", "on"]);
    assert_eq!(root.duplicates().count(), 1);
}

#[test]
fn a_block_that_ends_the_file_ends_as_libyaml_says() {
    for (text, says) in [
        ("a: |\n  x", "x"),
        ("a: |\n  x\n", "x\n"),
        ("a: |+\n  x\n\n", "x\n\n"),
        ("a: >\n  x\n  y\n\n  z\n   w\n", "x y\nz\n w\n"),
        ("a: |2-\n\n   x\n", "\n x"),
    ] {
        let (_, stream) = read(text);
        let root = stream.documents().next().expect("one document");
        assert_eq!(root.value("a").expect("a").text(), says, "{text:?}");
        let said: BTreeMap<String, String> = serde_yaml::from_str(text).expect("valid");
        assert_eq!(said["a"], says, "{text:?}");
    }
}

#[test]
fn aliases_do_not_nest_without_end() {
    let mut text = String::from("a0: &a0 []\n");
    for level in 1..=DEPTH {
        text.push_str(&format!("a{level}: &a{level} [*a{}]\n", level - 1));
    }
    let (_, stream) = read(&text);
    assert!(stream.faults()[0].message.contains("nests deeper"));
}

#[test]
fn texts_within_texts_keep_their_places() {
    let text = "a: |\n  b: |\n\n    c: \"d\\u0065: [ü]\"\n  e: >\n   eDog\n   W8O8XQ==\n";
    let (sources, stream) = read(text);
    let first = |stream: &Arc<Stream>| stream.documents().next().expect("one document").keep();
    let outer = first(&stream);
    let middle = first(&parse(
        outer.node().value("a").expect("a").inner(),
        Dialect::Collector,
    ));
    let inner = first(&parse(
        middle.node().value("b").expect("b").inner(),
        Dialect::Collector,
    ));
    let inmost = first(&parse(
        inner.node().value("c").expect("c").inner(),
        Dialect::Collector,
    ));
    let (key, value) = inmost.node().entries().next().expect("an entry");
    assert_eq!(key.text(), "de");
    assert_eq!(sources.slice(key.span()), "d\\u0065");
    assert_eq!(sources.slice(value.span()), "[ü]");
    // Go takes no blank inside base64, and a folded break is one.
    let fault = middle
        .node()
        .value("e")
        .expect("e")
        .decoded()
        .expect_err("a blank");
    assert_eq!(sources.slice(fault.span), "\n");
    let literal = "a: |\n  eDog\n  W8O8XQ==\n";
    let (sources, stream) = read(literal);
    let decoded = first(&stream)
        .node()
        .value("a")
        .expect("a")
        .decoded()
        .expect("base64");
    let decoded = parse(decoded.text().expect("text"), Dialect::Collector);
    let root = first(&decoded);
    assert_eq!(
        root.node()
            .value("x")
            .expect("x")
            .items()
            .next()
            .expect("ü")
            .text(),
        "ü"
    );
    assert_eq!(
        sources.slice(root.node().value("x").expect("x").span()),
        "W8O8XQ"
    );
}

#[test]
fn directives_stay_with_the_document_that_they_are_for() {
    let text = "a: 1\n---\nb: 1\n...\n%TAG ! tag:x,2000:\n---\nc: !y 1\n---\nd: 1\n";
    let (sources, stream) = read(text);
    assert_eq!(stream.faults(), &[]);
    let said: Vec<_> = stream
        .documents()
        .map(|root| sources.slice(root.span()))
        .collect();
    assert_eq!(said, ["a: 1", "b: 1", "c: !y 1", "d: 1"]);
    assert_eq!(document::split(text).len(), 3);
}
