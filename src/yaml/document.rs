//! A text to its documents, without parsing them.

use std::ops::Range;

use super::cook::line_end;

/// Where the documents of `text` lie, `---` included, in order.
///
/// A `---` at the start of a line begins a document wherever it stands (YAML 1.2, 9.1.2). Directives belong to the
/// document that follows them, so no cut is made between a line that begins with `%` and the next `---`.
pub(super) fn split(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut documents = Vec::new();
    let mut start = 0;
    let marks = memchr::memmem::find_iter(bytes, b"---").filter(|at| {
        let first = *at == 0 || bytes[at - 1] == b'\n' || bytes[..*at].ends_with(b"\n\xef\xbb\xbf");
        first && bytes.get(at + 3).is_none_or(u8::is_ascii_whitespace)
    });
    let mut last = 0;
    for mark in marks {
        let mark = if bytes[..mark].ends_with(b"\xef\xbb\xbf") {
            mark - 3
        } else {
            mark
        };
        if mark > start && !has_directive(&bytes[last..mark]) {
            documents.push(start..mark);
            start = mark;
        }
        last = mark;
    }
    documents.push(start..text.len());
    documents
}

fn has_directive(document: &[u8]) -> bool {
    document.starts_with(b"%")
        || document.starts_with(b"\xef\xbb\xbf%")
        || memchr::memmem::find(document, b"\n%").is_some()
}

/// The value of `kind:` at the start of a line; `None` when that cannot be told without parsing, or when the document
/// holds others.
pub(super) fn kind(document: &str) -> Option<&str> {
    let bytes = document.as_bytes();
    let mut found = None;
    for at in memchr::memmem::find_iter(bytes, b"kind:") {
        if at > 0 && bytes[at - 1] != b'\n' {
            continue;
        }
        if found.is_some() {
            return None;
        }
        let value = document[at + 5..line_end(bytes, at)].trim();
        // Quotes, anchors, tags and comments take a parser.
        if value.is_empty() || !value.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return None;
        }
        found = Some(value);
    }
    let several = memchr::memmem::find(bytes, b"\n...").is_some() || has_directive(bytes);
    found.filter(|kind| !several && is_block_mapping(document) && !kind.ends_with("List"))
}

/// Whether a document begins with a key, not with a bracket that may hold anything.
fn is_block_mapping(document: &str) -> bool {
    let mut lines = document
        .lines()
        .map(|line| line.strip_prefix("---").unwrap_or(line).trim());
    let first = lines.find(|line| !line.is_empty() && !line.starts_with('#'));
    first.is_some_and(|line| line.starts_with(|letter: char| letter.is_ascii_alphanumeric()))
}
