//! Text to PEM blocks, with every defect recognised as itself.
//!
//! What all peers read without trouble is no defect: CRLF, attributes before a block, text after it, long lines.

use std::ops::Range;

use base64::Engine;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::GeneralPurpose;
use base64::engine::GeneralPurposeConfig;
use zeroize::Zeroizing;

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";
const DASHES: &str = "-----";

/// One block between its markers.
pub(super) struct Block<'t> {
    /// What stands after `BEGIN`.
    pub(super) label: &'t str,
    /// Both markers and all between, in bytes of the text.
    pub(super) range: Range<usize>,
    /// Whether a header says that the content is encrypted (RFC 1421, `Proc-Type: 4,ENCRYPTED`).
    pub(super) encrypted: bool,
    /// The content. It may be a private key, so it is wiped when it is dropped.
    pub(super) content: Zeroizing<Vec<u8>>,
}

/// What keeps a reader from a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// A byte order mark stands before the first marker: Go does not see the block.
    ByteOrderMark,
    /// Blanks stand before the marker: YAML indentation went into the value.
    Indented,
    /// The marker follows another on the same line: the line break between two blocks is missing.
    Glued,
    /// Line breaks are written as a backslash and an `n`.
    EscapedBreaks,
    /// No end marker follows.
    Truncated,
    /// The end marker has this label, another than the begin marker.
    OtherEnd(String),
    /// What stands between the markers is not base64.
    NotBase64,
}

/// A block, or its flaw and where that is.
type Reading<'t> = Result<Block<'t>, (Flaw, Range<usize>)>;

/// Every block of `text` in order; a flawed one with the place of its flaw. Takes time linear in the text.
pub(super) fn blocks(text: &str) -> impl Iterator<Item = Reading<'_>> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let begin = from + text.get(from..)?.find(BEGIN)?;
        let (block, next) = block(text, from, begin);
        from = next;
        Some(block)
    })
}

/// The block that begins at `begin`, and where to go on. What stood before `from` is read already; nothing is looked for
/// beyond the next block.
fn block(text: &str, from: usize, begin: usize) -> (Reading<'_>, usize) {
    let after = begin + BEGIN.len();
    let limit = text[after..]
        .find(BEGIN)
        .map_or(text.len(), |at| after + at);
    let line_end = |start: usize| text[start..limit].find('\n').map_or(limit, |at| start + at);
    let flawed = |flaw, range: Range<usize>| (Err((flaw, range.clone())), range.end);
    let Some(length) = text[after..line_end(after)].find(DASHES) else {
        return flawed(Flaw::Truncated, begin..line_end(after));
    };
    let label = &text[after..after + length];
    let body = after + length + DASHES.len();
    let marker = begin..body;
    let end = text[body..limit].find(END).map(|at| body + at);

    if text[body..].starts_with("\\n") || text[body..].starts_with("\\r") {
        return flawed(Flaw::EscapedBreaks, begin..line_end(end.unwrap_or(body)));
    }
    let Some(end) = end else {
        return flawed(Flaw::Truncated, marker);
    };
    let end_line = line_end(end);
    let rest = &text[end + END.len()..end_line];
    let end_label = rest.find(DASHES).map_or(rest, |at| &rest[..at]);
    let stop = (end + END.len() + end_label.len() + DASHES.len()).min(end_line);
    if end_label != label {
        return flawed(Flaw::OtherEnd(end_label.trim().to_owned()), end..stop);
    }
    if end_line == limit && limit < text.len() {
        // The next block's marker stands on this very line; Go reads neither.
        return flawed(Flaw::Glued, end..stop);
    }
    if let Some(flaw) = before(text, from, begin) {
        return (Err((flaw, marker)), stop);
    }
    let (encrypted, content) = headers(&text[body..end]);
    match decode(content) {
        Some(content) => {
            let block = Block {
                label,
                range: begin..stop,
                encrypted,
                content,
            };
            (Ok(block), stop)
        }
        None => (Err((Flaw::NotBase64, begin..stop)), stop),
    }
}

/// What is wrong with the line before the marker; a marker must begin its line.
fn before(text: &str, from: usize, begin: usize) -> Option<Flaw> {
    let line = text[from..begin].rfind('\n').map(|at| from + at + 1);
    let front = match line {
        Some(line) => &text[line..begin],
        None if from > 0 => return Some(Flaw::Glued),
        None => &text[..begin],
    };
    if front.is_empty() {
        None
    } else if front.starts_with('\u{feff}') {
        Some(Flaw::ByteOrderMark)
    } else if front.trim().is_empty() {
        Some(Flaw::Indented)
    } else {
        Some(Flaw::Glued)
    }
}

/// Whether the headers say that the content is encrypted, and the content after them.
fn headers(body: &str) -> (bool, &str) {
    let mut encrypted = false;
    let mut rest = body.trim_start();
    while let Some((line, next)) = rest.split_once('\n') {
        let Some((key, value)) = line.split_once(':') else {
            break;
        };
        encrypted |= key.trim() == "Proc-Type" && value.contains("ENCRYPTED");
        rest = next;
    }
    (encrypted, rest)
}

fn decode(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    // Spare bits and missing padding: as lenient as the peers, which differ there.
    const LENIENT: GeneralPurpose = GeneralPurpose::new(
        &alphabet::STANDARD,
        GeneralPurposeConfig::new()
            .with_decode_allow_trailing_bits(true)
            .with_decode_padding_mode(DecodePaddingMode::RequireCanonical),
    );
    let compact: Zeroizing<Vec<u8>> = Zeroizing::new(
        text.bytes()
            .filter(|octet| !octet.is_ascii_whitespace())
            .collect(),
    );
    LENIENT.decode(&*compact).ok().map(Zeroizing::new)
}

/// Whether `text` without its blanks is base64 of something that is PEM or begins as DER does: it was encoded twice.
pub(super) fn is_encoded_again(text: &str) -> bool {
    decode(text)
        .is_some_and(|inner| inner.starts_with(b"-----BEGIN ") || inner.starts_with(&[0x30, 0x82]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flaws(text: &str) -> Vec<Flaw> {
        blocks(text)
            .filter_map(|block| block.err().map(|(flaw, _)| flaw))
            .collect()
    }

    fn contents(text: &str) -> Vec<Vec<u8>> {
        blocks(text)
            .filter_map(|block| Some(block.ok()?.content.to_vec()))
            .collect()
    }

    const GOOD: &str = "-----BEGIN X-----\nAQID\n-----END X-----\n";

    #[test]
    fn harmless_noise_is_read() {
        for text in [
            GOOD.to_owned(),
            GOOD.replace('\n', "\r\n"),
            GOOD.trim_end().to_owned(),
            format!("Bag Attributes\n    localKeyID: 01\n{GOOD}and more\n"),
            GOOD.replace("AQID", "AQ\nID"),
        ] {
            assert_eq!(flaws(&text), [], "{text:?}");
            assert_eq!(contents(&text), [[1, 2, 3]], "{text:?}");
        }
    }

    #[test]
    fn each_flaw_is_told_apart() {
        for (text, expected) in [
            (format!("\u{feff}{GOOD}"), Flaw::ByteOrderMark),
            (format!("  {GOOD}"), Flaw::Indented),
            (GOOD.replace('\n', "\\n"), Flaw::EscapedBreaks),
            ("-----BEGIN X-----\nAQID\n".to_owned(), Flaw::Truncated),
            (
                GOOD.replace("END X", "END Y"),
                Flaw::OtherEnd("Y".to_owned()),
            ),
            (GOOD.replace("AQID", "A!ID"), Flaw::NotBase64),
            (GOOD.replace("AQID", "AQIDA"), Flaw::NotBase64),
        ] {
            assert_eq!(flaws(&text), [expected], "{text:?}");
        }
        let glued = format!("{}{GOOD}", GOOD.trim_end());
        assert_eq!(flaws(&glued), [Flaw::Glued, Flaw::Glued]);
    }

    #[test]
    fn a_flawed_block_hides_no_other() {
        let text = format!("-----BEGIN X-----\nAQID\n{GOOD}");
        assert_eq!(flaws(&text), [Flaw::Truncated]);
        assert_eq!(contents(&text), [[1, 2, 3]]);
    }

    #[test]
    fn encoding_twice_is_seen() {
        use base64::prelude::BASE64_STANDARD;
        assert!(is_encoded_again(&BASE64_STANDARD.encode(GOOD)));
        assert!(!is_encoded_again("hello"));
    }
}
