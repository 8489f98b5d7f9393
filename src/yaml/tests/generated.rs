//! Documents made at random: what is written must be read, in every style; and texts that were hurt must do no harm.

use std::fmt::Write as _;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use super::corpus;
use super::truth;
use crate::yaml::Node;
use crate::yaml::Shape;

/// A node to write, and how.
#[derive(Clone, Debug)]
enum Made {
    Nothing,
    Scalar(String, u8),
    Sequence(Vec<Self>, bool),
    Mapping(Vec<(String, Self)>, bool),
}

fn made() -> impl Strategy<Value = Made> {
    let letters = prop::sample::select(vec![
        "a", "é", "🐞", " ", "  ", "\n", "\n\n", ":", ": ", " #", "#", "'", "\"", "\\", "- ", "[",
        "}", ",", "\t", "0", "~", "&", "*", "|", "---", "\u{7}", "word", "{{", "%",
    ]);
    let text = vec(letters, 0..6).prop_map(|parts| parts.concat());
    let leaf = prop_oneof![
        1 => Just(Made::Nothing),
        8 => (text, 0..6_u8).prop_map(|(text, style)| Made::Scalar(text, style)),
    ];
    leaf.prop_recursive(5, 40, 5, |inner| {
        let key = prop::sample::select(vec![
            "a", "b", "name", "a.b/c", "0", "x y", "é", "\"q\"", "'s'", "-d",
        ]);
        prop_oneof![
            (vec(inner.clone(), 1..5), any::<bool>())
                .prop_map(|(items, flow)| Made::Sequence(items, flow)),
            (
                vec((key.prop_map(str::to_owned), inner), 1..5),
                any::<bool>()
            )
                .prop_map(|(entries, flow)| Made::Mapping(entries, flow)),
        ]
    })
}

/// Whether `text` may stand without quotes, anywhere.
fn may_be_plain(text: &str) -> bool {
    let letters = |letter: char| letter.is_alphanumeric() || letter == '🐞';
    !text.is_empty() && text.chars().all(letters)
}

/// Whether `text` may be written as a literal block that is indented.
fn may_be_literal(text: &str) -> bool {
    let first = text.trim_start_matches('\n');
    !first.is_empty() && !first.starts_with([' ', '\t']) && !text.contains('\u{7}')
}

fn double(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '\n' => quoted.push_str("\\n"),
            '"' | '\\' => quoted.extend(['\\', letter]),
            'é' => quoted.push_str("\\u00e9"),
            '🐞' => quoted.push_str("\\ud83d\\udc1e"),
            '\u{7}' => quoted.push_str("\\x07"),
            ' ' => quoted.push_str("\\x20"),
            other => quoted.push(other),
        }
    }
    quoted + "\""
}

fn write(node: &Made, depth: usize, flow: bool, out: &mut String) {
    let indent = "  ".repeat(depth);
    match node {
        Made::Nothing if flow => out.push_str("null"),
        Made::Nothing => out.push('\n'),
        Made::Scalar(text, style) => {
            match style {
                0 | 1 if may_be_plain(text) => out.push_str(text),
                2 if !text.contains(['\n', '\u{7}']) => {
                    let _ = write!(out, "'{}'", text.replace('\'', "''"));
                }
                3 if !flow && may_be_literal(text) => {
                    let content = text.trim_end_matches('\n');
                    let breaks = text.len() - content.len();
                    out.push_str(["|-", "|", "|+"][breaks.min(2)]);
                    for line in content.split('\n') {
                        let _ = write!(
                            out,
                            "\n{}{line}",
                            if line.is_empty() { "" } else { &indent }
                        );
                    }
                    out.push_str(&"\n".repeat(breaks.max(1)));
                    return;
                }
                4 if !flow && may_be_literal(text) && !text.contains(['\t', '\n', ' ']) => {
                    let _ = write!(out, ">-\n{indent}{text}");
                }
                5 if !text.contains(['\n', '\t', '\u{7}', '\\', '"', ' ']) && !flow => {
                    let _ = write!(out, "\"\\\n{indent} {text}\"");
                }
                _ => out.push_str(&double(text)),
            }
            if !flow {
                out.push('\n');
            }
        }
        Made::Sequence(items, here) if flow || *here => {
            out.push('[');
            for item in items {
                write(item, depth, true, out);
                out.push_str(", ");
            }
            out.push_str(if flow { "]" } else { "]\n" });
        }
        Made::Mapping(entries, here) if flow || *here => {
            out.push('{');
            for (key, value) in entries {
                let _ = write!(out, "{key}: ");
                write(value, depth, true, out);
                out.push_str(", ");
            }
            out.push_str(if flow { "}" } else { "}\n" });
        }
        Made::Sequence(items, _) => {
            out.push('\n');
            for item in items {
                let _ = write!(out, "{indent}- ");
                write(item, depth + 1, false, out);
            }
        }
        Made::Mapping(entries, _) => {
            out.push('\n');
            for (key, value) in entries {
                let _ = write!(out, "{indent}{key}: ");
                write(value, depth + 1, false, out);
            }
        }
    }
}

fn says(node: Node<'_>, made: &Made) {
    match made {
        Made::Nothing => assert_eq!(node.shape(), Shape::Null),
        Made::Scalar(text, _) => assert_eq!(&node.text(), text),
        Made::Sequence(items, _) => {
            let found: Vec<_> = node.items().collect();
            assert_eq!(found.len(), items.len());
            found
                .into_iter()
                .zip(items)
                .for_each(|(node, made)| says(node, made));
        }
        Made::Mapping(entries, _) => {
            let found: Vec<_> = node.entries().collect();
            assert_eq!(found.len(), entries.len());
            for ((key, value), (name, made)) in found.into_iter().zip(entries) {
                assert_eq!(key.text(), name.trim_matches(['"', '\'']));
                says(value, made);
            }
        }
    }
}

/// What a careless hand may put anywhere.
const HURTS: &[&str] = &[
    " ",
    "  ",
    "\n",
    ":",
    ": ",
    "- ",
    "#",
    " #",
    "\"",
    "'",
    "[",
    "]",
    "{",
    "}",
    ",",
    "&a ",
    "*a",
    "!t ",
    "!!str ",
    "? ",
    "> ",
    "|",
    "-",
    "\t",
    "\r\n",
    "\r",
    "---\n",
    "...\n",
    "a",
    "%",
    "@",
    "`",
    "~",
    "\\",
    "\n  ",
    "\n- ",
    "|2",
    ">-\n",
    "\n\n",
    "\u{feff}",
    "ü",
    "🐞",
    "\u{85}",
    "\u{2028}",
    "!!binary ",
    "<<: *a\n",
    "\0",
    "%YAML 1.1\n---\n",
    "!<x> ",
    "\u{7f}",
    "\u{9f}",
    "\u{fffe}",
    "\u{1}",
    "k: v\n",
    "- - ",
    " # c\n",
    "{a: b}",
    "[a,\n b]",
    "'x'",
    "\"y\": ",
    "\"a\n   b\"",
    ": |\n      x\n    y\n",
    "<<",
    "...",
    "|\n",
    "0",
];

/// `text` hurt in up to three places.
pub(super) fn hurt(text: &str, wounds: &[(usize, usize, u8)]) -> String {
    let mut text = text.to_owned();
    for (place, what, how) in wounds {
        let mut at = place % (text.len() + 1);
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        if *how < 2 && at < text.len() {
            text.remove(at);
        }
        if *how > 0 {
            text.insert_str(at, HURTS[what % HURTS.len()]);
        }
    }
    text
}

pub(super) fn wounds() -> impl Strategy<Value = Vec<(usize, usize, u8)>> {
    vec((any::<usize>(), any::<usize>(), 0..3_u8), 1..4)
}

/// What a line may hold: the corners of the grammar, whole and in parts.
const FRAGMENTS: &[&str] = &[
    "a: b",
    "a:",
    "a: ",
    "a : b",
    "- a",
    "-",
    "- - a",
    "- a: b",
    "-\ta",
    "? a",
    "? - a",
    "?",
    ": b",
    ": - b",
    "&x a: b",
    "a: &x b",
    "a: &x",
    "- &x",
    "a: *x",
    "- *x",
    "*x : b",
    "<<: *x",
    "<<: [*x, *x]",
    "!!str a: !!int 1",
    "a: !t",
    "- !<tag:x> b",
    "&x !!map",
    "a: |",
    "a: >",
    "a: |-",
    "a: >+",
    "a: |2",
    "a: >1-",
    "a: |+3 # c",
    "a: |  ",
    "- |",
    "- >2",
    "? |",
    "text",
    "more text",
    "  deeper",
    "\ttab",
    "a:\tb",
    "a: b\t# c",
    "# c",
    "a: # c",
    "a: b # c",
    "a: b#c",
    "- # c",
    "[a, b]",
    "[",
    "]",
    "{a: b}",
    "{",
    "}",
    "a: [b, {c: d}, e]",
    "a: [b,",
    "c, d]",
    "a: {b: c,",
    "d: e}",
    "{a, b: , ? c : d}",
    "[a: b, ? c, : d]",
    "[\"a\":b, 'c':d]",
    "- [a, # c",
    ", b]",
    "\"a\": b",
    "'a': \"b\"",
    "a: \"b",
    "c\"",
    "\\",
    "\"a\\",
    "a: 'b",
    "c'",
    "''",
    "\"\"",
    "a: b: c",
    "a:b",
    "http://a:1/b",
    "- - - a",
    "---",
    "--- a",
    "--- |",
    "--- # c",
    "--- &x",
    "...",
    "... # c",
    "%YAML 1.2",
    "%TAG ! t:",
    "%x",
    "\u{feff}a: b",
    "\u{feff}",
    "é: ü",
    "🐞",
    "a: 🐞 # é",
    "\u{a0}",
    "a\u{85}b",
    "a: \u{2028}",
    "@a",
    "`a",
    "%a",
    "a: %b",
    "a: -",
    "a: ?",
    "a: :",
    "-a",
    "?a",
    ":a",
    "- -",
    "- ?",
    "~",
    "null: ~",
    "yes: no",
    "012: 1_0",
    "",
    " ",
    "\t",
];

/// Lines of fragments, indented as it comes.
pub(super) fn soup() -> impl Strategy<Value = String> {
    let line = (0..5_usize, 0..FRAGMENTS.len(), 0..12_u8);
    vec(line, 1..9).prop_map(|lines| {
        let mut text = String::new();
        for (indent, fragment, end) in lines {
            text.push_str(&" ".repeat(indent));
            text.push_str(FRAGMENTS[fragment]);
            text.push_str(match end {
                0 => "\r\n",
                1 => " \n",
                2 => "\r",
                3 => "",
                _ => "\n",
            });
        }
        text
    })
}

/// Numbers that look random and are the same in every run, unless `PROPTEST_RNG_SEED` asks for others (xorshift).
pub(super) fn random(seed: u64) -> impl FnMut() -> usize {
    let chosen = std::env::var("PROPTEST_RNG_SEED").ok();
    let chosen: u64 = chosen
        .and_then(|seed| seed.parse().ok())
        .unwrap_or_default();
    let mut state = seed ^ chosen.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as usize
    }
}

/// A document made at random.
pub(super) fn text() -> impl Strategy<Value = String> {
    made().prop_map(|made| {
        let mut text = String::new();
        write(
            &Made::Mapping(vec![("root".to_owned(), made)], false),
            0,
            false,
            &mut text,
        );
        text
    })
}

/// The same texts in every run, unless `PROPTEST_RNG_SEED` asks for others: a change is judged by what it changes.
pub(super) fn cases(cases: u32) -> ProptestConfig {
    let chosen = std::env::var_os("PROPTEST_RNG_SEED").is_some();
    let default = ProptestConfig::with_cases(cases);
    ProptestConfig {
        failure_persistence: None,
        rng_seed: if chosen {
            default.rng_seed
        } else {
            RngSeed::Fixed(1)
        },
        ..default
    }
}

proptest! {
    #![proptest_config(cases(2000))]

    #[test]
    fn what_is_written_is_read(made in made(), follows in any::<bool>()) {
        let root = Made::Mapping(vec![("root".to_owned(), made)], false);
        let mut text = String::from("# first\n---");
        write(&root, 0, false, &mut text);
        if follows {
            text.push_str("---\nb: 2\n");
        }
        println!("{text}");
        let stream = truth::holds(&text);
        assert_eq!(stream.faults(), &[]);
        says(stream.documents().next().expect("a document"), &root);
        let crlf = text.replace('\n', "\r\n");
        says(truth::holds(&crlf).documents().next().expect("a document"), &root);
    }

    #[test]
    fn soup_does_no_harm(text in soup()) {
        println!("{text:?}");
        truth::holds(&text);
    }

    #[test]
    fn hurt_texts_do_no_harm(made in made(), wounds in wounds()) {
        let root = Made::Mapping(vec![("root".to_owned(), made)], false);
        let mut text = String::new();
        write(&root, 0, false, &mut text);
        let text = hurt(&text, &wounds);
        println!("{text:?}");
        truth::holds(&text);
    }
}

#[test]
fn hurt_real_files_do_no_harm() {
    let texts: Vec<_> = corpus::texts()
        .into_iter()
        .filter(|(_, text)| text.len() < 4000)
        .collect();
    let mut next = random(0x9E37_79B9_7F4A_7C15);
    let rounds = if texts.is_empty() { 0 } else { 5000 };
    for _ in 0..rounds {
        let (_, text) = &texts[next() % texts.len()];
        let wounds: Vec<_> = (0..1 + next() % 3)
            .map(|_| (next(), next(), (next() % 3) as u8))
            .collect();
        let text = hurt(text, &wounds);
        truth::holds(&text);
    }
}
