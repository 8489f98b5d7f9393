//! Edits that take something out of a YAML file, with the line that it leaves empty.

use super::Edit;
use crate::source::Sources;
use crate::source::Span;
use crate::source::offset;

/// Takes out the key at `key` with its `value`, when both stand on lines of their own; `None` otherwise, and where a comment
/// would go with them.
#[must_use]
pub fn entry(sources: &Sources, key: Span, value: Span) -> Option<Edit> {
    let whole = sources.get(key.source).text()?;
    let (head, rest) = (
        whole.get(..key.start as usize)?,
        whole.get(value.end as usize..)?,
    );
    let start = head.rfind('\n').map_or(0, |at| at + 1);
    let is_alone = head[start..].bytes().all(|byte| byte == b' ');
    let end = rest.find('\n').map_or(rest.len(), |at| at + 1);
    let is_last = rest[..end].trim().is_empty();
    (is_alone && is_last).then(|| Edit {
        span: Span::new(key.source, offset(start)..value.end + offset(end)),
        text: String::new(),
    })
}

/// Takes out a comment: its line when it stands alone, else the spaces before it, too.
#[must_use]
pub fn comment(sources: &Sources, comment: Span) -> Option<Edit> {
    if let Some(edit) = entry(sources, comment, comment) {
        return Some(edit);
    }
    let whole = sources.get(comment.source).text()?;
    let before = whole.get(..comment.start as usize)?.trim_end_matches(' ');
    Some(Edit {
        span: Span::new(comment.source, offset(before.len())..comment.end),
        text: String::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    /// `text` without what stands in it.
    fn without(text: &str, what: &str, take: fn(&Sources, Span) -> Option<Edit>) -> Option<String> {
        let mut sources = Sources::new();
        let id = sources.add(Source::new("a.yaml", text.as_bytes().to_vec()));
        let start = offset(text.find(what)?);
        let edit = take(&sources, Span::new(id, start..start + offset(what.len())))?;
        let mut text = text.to_owned();
        text.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.text);
        Some(text)
    }

    #[test]
    fn an_entry_goes_with_its_line_or_stays() {
        for (text, expected) in [
            ("a:\n  b: 1\n  c: 2\n", Some("a:\n  c: 2\n")),
            ("a:\n  c: 2\n  b: 1", Some("a:\n  c: 2\n")),
            ("a:\r\n  b: 1\r\n  c: 2\r\n", Some("a:\r\n  c: 2\r\n")),
            ("a: {b: 1, c: 2}\n", None),
            ("a:\n  b: 1 # why\n", None),
            ("- b: 1\n  c: 2\n", None),
        ] {
            let found = without(text, "b: 1", |sources, span| entry(sources, span, span));
            assert_eq!(found.as_deref(), expected, "{text:?}");
        }
    }

    #[test]
    fn a_comment_goes_with_what_it_leaves_empty() {
        for (text, expected) in [
            ("a: 1  # why\nb: 2\n", "a: 1\nb: 2\n"),
            ("a: 1\n  # why\nb: 2\n", "a: 1\nb: 2\n"),
            ("a: 1 # why", "a: 1"),
        ] {
            assert_eq!(
                without(text, "# why", comment).as_deref(),
                Some(expected),
                "{text:?}"
            );
        }
    }
}
