//! Edits that add to a YAML file what is not there: a whole document, an entry of a list, a key.

use super::Edit;
use crate::source::SourceId;
use crate::source::Sources;
use crate::source::Span;
use crate::source::offset;

/// Adds `text`, whole lines, as a document of its own at the end of that file. `None` where a second document has no
/// place: in JSON, in what is no text, and in a file of kustomize.
#[must_use]
pub fn document(sources: &Sources, file: SourceId, text: &str) -> Option<Edit> {
    let source = sources.get(file);
    let name = source.name.rsplit('/').next().unwrap_or_default();
    let of_kustomize = ["kustomization.yaml", "kustomization.yml", "Kustomization"];
    let whole = source.text()?;
    let is_json = whole.trim_start().starts_with(['{', '[']) || name.ends_with(".json");
    if is_json || of_kustomize.contains(&name) {
        return None;
    }
    let end = offset(whole.len());
    let line_break = if whole.ends_with('\n') { "" } else { "\n" };
    let is_open = whole.trim_end().ends_with("\n---");
    let start = if is_open { "" } else { "---\n" };
    Some(Edit {
        span: Span::new(file, end..end),
        text: breaks(whole, format!("{line_break}{start}{text}")),
    })
}

/// Adds an entry of these `lines` after `last`, the last entry of a list in block style, indented as that one. `None`
/// when the list is written otherwise.
#[must_use]
pub fn entry(sources: &Sources, last: Span, lines: &[String]) -> Option<Edit> {
    let whole = sources.get(last.source).text()?;
    let (start, end) = (last.start as usize, last.end as usize);
    let head = whole.get(..start)?;
    let lead = &head[head.rfind('\n').map_or(0, |at| at + 1)..];
    let indent = lead.strip_suffix("- ")?;
    if !indent.chars().all(|c| c == ' ') || lines.is_empty() {
        return None;
    }
    let body = whole.get(start..end)?.trim_end();
    let rest = whole.get(start + body.len()..)?;
    let at = start + body.len() + rest.find('\n').unwrap_or(rest.len());
    let at = at - usize::from(whole[..at].ends_with('\r'));
    let mut text = String::new();
    for (position, line) in lines.iter().enumerate() {
        let lead = if position == 0 { "- " } else { "  " };
        text.push_str(&format!("\n{indent}{lead}{line}"));
    }
    Some(Edit {
        span: Span::new(last.source, offset(at)..offset(at)),
        text: breaks(whole, text),
    })
}

/// Adds `name` after `last`, the last entry of a list in either style; `None` when the list is written in yet another way.
#[must_use]
pub fn item(sources: &Sources, last: Span, name: &str) -> Option<Edit> {
    let whole = sources.get(last.source).text()?;
    let rest = whole.get(last.end as usize..)?;
    if !rest.trim_start_matches(' ').starts_with(']') {
        return entry(sources, last, &[name.to_owned()]);
    }
    Some(Edit {
        span: Span::new(last.source, last.end..last.end),
        text: match sources.slice(last).starts_with('"') {
            true => format!(", \"{name}\""),
            false => format!(", {name}"),
        },
    })
}

/// Adds `key` with `value`, both as YAML writes them, to a mapping: before the key at `before`, which may be the start of
/// the mapping as well. `None` where that place leaves open how the mapping is written.
#[must_use]
pub fn key(sources: &Sources, before: Span, key: &str, value: &str) -> Option<Edit> {
    let whole = sources.get(before.source).text()?;
    let start = before.start as usize;
    let (head, rest) = (whole.get(..start)?, whole.get(start..)?);
    if let Some(inside) = rest.strip_prefix('{') {
        let first = inside.trim_start().chars().next()?;
        let is_number = value.chars().all(|letter| letter.is_ascii_digit());
        let text = match first {
            '}' | '#' => return None,
            '"' if is_number || value.starts_with('"') => format!("\"{key}\": {value},"),
            '"' => format!("\"{key}\": \"{value}\","),
            _ => format!("{key}: {value},"),
        };
        let space = if inside.starts_with(char::is_whitespace) {
            ""
        } else {
            " "
        };
        let at = offset(start + 1);
        return Some(Edit {
            span: Span::new(before.source, at..at),
            text: format!("{text}{space}"),
        });
    }
    let (above, lead) = head.split_at(head.rfind('\n').map_or(0, |at| at + 1));
    let is_block = lead.chars().all(|letter| matches!(letter, ' ' | '-'));
    // Over several lines braces look the same from here.
    if !is_block || above.trim_end().ends_with(['{', ',']) {
        return None;
    }
    let indent = lead.replace('-', " ");
    Some(Edit {
        span: Span::new(before.source, before.start..before.start),
        text: breaks(whole, format!("{key}: {value}\n{indent}")),
    })
}

/// The name of an object, as YAML: in quotes where it would be a number or a word that means something else.
#[must_use]
pub fn scalar(name: &str) -> String {
    const WORDS: &[&str] = &["y", "n", "yes", "no", "on", "off", "true", "false", "null"];
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
    let starts = name.starts_with(|c: char| c.is_ascii_alphabetic());
    match starts && name.chars().all(is_plain) && !WORDS.contains(&name) {
        true => name.to_owned(),
        false => format!("\"{}\"", name.escape_default()),
    }
}

/// `text` with the line breaks of `whole`.
fn breaks(whole: &str, text: String) -> String {
    match whole.contains("\r\n") {
        true => text.replace('\n', "\r\n"),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    fn applied(
        name: &str,
        text: &str,
        edit: impl Fn(&Sources, SourceId) -> Option<Edit>,
    ) -> Option<String> {
        let mut sources = Sources::new();
        let id = sources.add(Source::new(name, text.as_bytes().to_vec()));
        let edit = edit(&sources, id)?;
        let mut text = text.to_owned();
        text.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.text);
        Some(text)
    }

    #[test]
    fn a_document_is_added_at_the_end() {
        for (name, text, expected) in [
            ("a.yaml", "a: 1\n", Some("a: 1\n---\nb: 2\n")),
            ("a.yaml", "a: 1", Some("a: 1\n---\nb: 2\n")),
            ("a.yaml", "a: 1\n---\n", Some("a: 1\n---\nb: 2\n")),
            ("a.yaml", "a: 1\r\n", Some("a: 1\r\n---\r\nb: 2\r\n")),
            ("a.yaml", "{\"a\": 1}\n", None),
            ("a.json", "", None),
            ("base/kustomization.yaml", "resources: []\n", None),
        ] {
            let found = applied(name, text, |sources, id| document(sources, id, "b: 2\n"));
            assert_eq!(found.as_deref(), expected, "{name}: {text:?}");
        }
    }

    #[test]
    fn an_item_is_added_in_either_style() {
        for (text, last, expected) in [
            ("[a, b]", "b", Some("[a, b, c]")),
            ("[\"a\"]", "\"a\"", Some("[\"a\", \"c\"]")),
            ("x:\n- a\n- b\n", "b", Some("x:\n- a\n- b\n- c\n")),
            ("[a,\n b\n]", "b", None),
        ] {
            let found = applied("a.yaml", text, |sources, id| {
                let start = text.find(last).unwrap();
                let span = Span::new(id, offset(start)..offset(start + last.len()));
                item(sources, span, "c")
            });
            assert_eq!(found.as_deref(), expected, "{text:?}");
        }
    }

    #[test]
    fn a_key_is_written_as_its_neighbours() {
        for (text, before, expected) in [
            ("a:\n  b: 1\n", "b", Some("a:\n  k: v\n  b: 1\n")),
            ("a:\r\n  b: 1\r\n", "b", Some("a:\r\n  k: v\r\n  b: 1\r\n")),
            ("- b: 1\n", "b", Some("- k: v\n  b: 1\n")),
            ("b: 1\n", "b", Some("k: v\nb: 1\n")),
            ("- {b: 1}\n", "{", Some("- {k: v, b: 1}\n")),
            ("[{\"b\": 1}]", "{", Some("[{\"k\": \"v\", \"b\": 1}]")),
            (
                "{\n  \"b\": 1\n}",
                "{",
                Some("{\"k\": \"v\",\n  \"b\": 1\n}"),
            ),
            ("a: {}\n", "{", None),
            ("a: {b: 1}\n", "b", None),
            ("{\n  \"b\": 1\n}", "\"b", None),
            ("{a: 1,\n  b: 1}", "b", None),
        ] {
            let found = applied("a.yaml", text, |sources, id| {
                let start = text.find(before).unwrap();
                key(
                    sources,
                    Span::new(id, offset(start)..offset(start + 1)),
                    "k",
                    "v",
                )
            });
            assert_eq!(found.as_deref(), expected, "{text:?}");
        }
    }

    #[test]
    fn an_entry_is_indented_as_the_one_before() {
        let lines = ["k: b".to_owned(), "l: c".to_owned()];
        for (text, last, expected) in [
            (
                "x:\n  - k: a\n",
                "k: a",
                Some("x:\n  - k: a\n  - k: b\n    l: c\n"),
            ),
            (
                "x:\n- k: a # why",
                "k: a",
                Some("x:\n- k: a # why\n- k: b\n  l: c"),
            ),
            (
                "x:\n- k: a\n\ny: 1\n",
                "k: a\n\n",
                Some("x:\n- k: a\n- k: b\n  l: c\n\ny: 1\n"),
            ),
            ("x: [{k: a}]\n", "{k: a}", None),
        ] {
            let found = applied("a.yaml", text, |sources, id| {
                let start = text.find(last).unwrap();
                let span = Span::new(id, offset(start)..offset(start + last.len()));
                entry(sources, span, &lines)
            });
            assert_eq!(found.as_deref(), expected, "{text:?}");
        }
    }
}
