//! Base64 to bytes that know which characters say them.

use std::ops::Range;
use std::sync::Arc;

use base64::DecodeError;
use base64::Engine as _;
use base64::alphabet;
use base64::engine::GeneralPurpose;
use base64::engine::GeneralPurposeConfig;

use super::fault::Fault;
use super::text::Map;
use super::text::Origin;
use super::text::Text;
use crate::source::Span;
use crate::source::offset;

/// Go's `base64.StdEncoding` requires padding and does not mind bits that are left over.
const STANDARD: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true),
);

/// Bytes, and where each of them stands in the source.
#[derive(Clone, Debug)]
pub struct Decoded {
    /// The bytes.
    pub bytes: Arc<[u8]>,
    origin: Origin,
}

impl Decoded {
    /// The bytes of `text` as they are.
    #[must_use]
    pub fn plain(text: &Text) -> Self {
        Self {
            bytes: text.as_str().as_bytes().into(),
            origin: text.origin().clone(),
        }
    }

    /// What `text` says in base64. As in Go, line breaks are skipped.
    ///
    /// # Errors
    /// At the first character that does not belong.
    pub fn base64(text: &Text) -> Result<Self, Fault> {
        let mut map = Map::new(0);
        let mut letters = Vec::with_capacity(text.as_str().len());
        let mut from = 0;
        for line in text.as_str().split_inclusive(['\r', '\n']) {
            let kept = line.trim_end_matches(['\r', '\n']);
            letters.extend_from_slice(kept.as_bytes());
            map.push(offset(kept.len()), from..from + offset(kept.len()));
            from += offset(line.len());
        }
        match bytes(&letters) {
            Ok(bytes) => Ok(Self {
                bytes: bytes.into(),
                origin: Origin::inside(text.origin().clone(), map.base64()),
            }),
            Err(error) => {
                let letters_at = Origin::inside(text.origin().clone(), map);
                let (range, message) = refusal(&error, &letters);
                let mut fault = Fault::new(letters_at.span(range), message);
                fault.document = text.span(0..offset(text.as_str().len()));
                Err(fault)
            }
        }
    }

    /// The characters that say the bytes `range` (0-based, half open).
    #[must_use]
    pub fn span(&self, range: Range<u32>) -> Span {
        let length = offset(self.bytes.len());
        let start = range.start.min(length);
        self.origin.span(start..range.end.clamp(start, length))
    }

    /// The bytes as a text, whose spans are those of the source; `None` when they are not UTF-8.
    #[must_use]
    pub fn text(&self) -> Option<Text> {
        let content = std::str::from_utf8(&self.bytes).ok()?;
        Some(Text::of(content, self.origin.clone()))
    }
}

/// The bytes that `letters` say, without line breaks or blanks among them.
pub(super) fn bytes(letters: &[u8]) -> Result<Vec<u8>, DecodeError> {
    STANDARD.decode(letters)
}

/// Which of `letters` is at fault, and why.
fn refusal(error: &DecodeError, letters: &[u8]) -> (Range<u32>, &'static str) {
    match error {
        DecodeError::InvalidByte(at, _) | DecodeError::InvalidLastSymbol(at, _) => {
            // The letters were UTF-8: all bytes of one character are at fault together.
            let follows = |byte: &&u8| **byte & 0xC0 == 0x80;
            let rest = letters.get(at + 1..).unwrap_or_default();
            let length = 1 + rest.iter().take_while(follows).count();
            (
                offset(*at)..offset(at + length),
                "this character does not belong in base64 text",
            )
        }
        DecodeError::InvalidLength(_) | DecodeError::InvalidPadding => (
            0..offset(letters.len()),
            "the base64 text does not end where it should: its length, `=` included, is no multiple of four",
        ),
    }
}
