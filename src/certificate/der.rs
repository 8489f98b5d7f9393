//! DER to elements: a strict reader, as small as certificates and keys need.

/// The tags that certificates and keys use.
pub(super) mod tag {
    pub(crate) const BOOLEAN: u8 = 0x01;
    pub(crate) const INTEGER: u8 = 0x02;
    pub(crate) const BIT_STRING: u8 = 0x03;
    pub(crate) const OCTET_STRING: u8 = 0x04;
    pub(crate) const OID: u8 = 0x06;
    pub(crate) const UTF8_STRING: u8 = 0x0c;
    pub(crate) const NUMERIC_STRING: u8 = 0x12;
    pub(crate) const PRINTABLE_STRING: u8 = 0x13;
    pub(crate) const T61_STRING: u8 = 0x14;
    pub(crate) const IA5_STRING: u8 = 0x16;
    pub(crate) const UTC_TIME: u8 = 0x17;
    pub(crate) const GENERALIZED_TIME: u8 = 0x18;
    pub(crate) const VISIBLE_STRING: u8 = 0x1a;
    pub(crate) const UNIVERSAL_STRING: u8 = 0x1c;
    pub(crate) const BMP_STRING: u8 = 0x1e;
    pub(crate) const SEQUENCE: u8 = 0x30;
    pub(crate) const SET: u8 = 0x31;

    /// Context tag `[number]`, primitive.
    pub(crate) const fn context(number: u8) -> u8 {
        0x80 | number
    }

    /// Context tag `[number]`, constructed.
    pub(crate) const fn constructed(number: u8) -> u8 {
        0xa0 | number
    }
}

/// One element: its tag, what it holds, and both with the header.
#[derive(Clone, Copy)]
pub(super) struct Element<'d> {
    pub(super) tag: u8,
    pub(super) content: &'d [u8],
    pub(super) whole: &'d [u8],
}

/// What is left of a run of elements.
///
/// Accepts definite, minimal lengths and low tag numbers only (X.690, 10.1 and 8.1.2), as Go's cryptobyte does. It never
/// descends by itself, so nesting costs nothing until somebody asks.
#[derive(Clone, Copy)]
pub(super) struct Reader<'d>(pub(super) &'d [u8]);

impl<'d> Reader<'d> {
    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The tag of the next element, if there is one.
    pub(super) fn peek(&self) -> Option<u8> {
        self.0.first().copied()
    }

    /// The next element, whatever it is.
    pub(super) fn any(&mut self) -> Option<Element<'d>> {
        let data = self.0;
        let (&tag, &first) = (data.first()?, data.get(1)?);
        if tag & 0x1f == 0x1f {
            return None;
        }
        let (header, length) = if first & 0x80 == 0 {
            (2, usize::from(first))
        } else {
            let count = usize::from(first & 0x7f);
            if !(1..=4).contains(&count) {
                return None;
            }
            let octets = data.get(2..2 + count)?;
            let length = octets
                .iter()
                .fold(0_usize, |length, octet| length << 8 | usize::from(*octet));
            if length < 128 || octets[0] == 0 {
                return None;
            }
            (2 + count, length)
        };
        let whole = data.get(..header.checked_add(length)?)?;
        self.0 = &data[whole.len()..];
        Some(Element {
            tag,
            content: &whole[header..],
            whole,
        })
    }

    /// The next element when it has that tag.
    pub(super) fn element(&mut self, tag: u8) -> Option<Element<'d>> {
        (self.peek()? == tag).then(|| self.any())?
    }

    /// What the next element holds, when it has that tag.
    pub(super) fn tagged(&mut self, tag: u8) -> Option<&'d [u8]> {
        Some(self.element(tag)?.content)
    }

    /// The inside of the next element, a sequence.
    pub(super) fn sequence(&mut self) -> Option<Self> {
        self.tagged(tag::SEQUENCE).map(Reader)
    }

    /// The octets of the next element, an object identifier with minimal arcs.
    pub(super) fn oid(&mut self) -> Option<&'d [u8]> {
        let octets = self.tagged(tag::OID)?;
        if octets.last()? & 0x80 != 0 {
            return None;
        }
        let mut starts = true;
        for octet in octets {
            if starts && *octet == 0x80 {
                return None;
            }
            starts = octet & 0x80 == 0;
        }
        Some(octets)
    }

    /// The octets of the next element, a minimal integer in two's complement.
    pub(super) fn integer(&mut self) -> Option<&'d [u8]> {
        self.tagged(tag::INTEGER)
            .filter(|octets| is_minimal(octets))
    }

    /// The next element, a boolean.
    pub(super) fn boolean(&mut self) -> Option<bool> {
        match self.tagged(tag::BOOLEAN)? {
            [0] => Some(false),
            [0xff] => Some(true),
            _ => None,
        }
    }

    /// The octets of the next element, a bit string; bits that do not count must be zero.
    pub(super) fn bits(&mut self) -> Option<&'d [u8]> {
        let (&unused, octets) = self.tagged(tag::BIT_STRING)?.split_first()?;
        let spare = match octets.last() {
            None => unused == 0,
            Some(last) => unused < 8 && u16::from(*last) & ((1_u16 << unused) - 1) == 0,
        };
        spare.then_some(octets)
    }
}

/// Whether an integer's octets are the shortest possible.
pub(super) fn is_minimal(octets: &[u8]) -> bool {
    match octets {
        [] => false,
        [_] => true,
        [first, second, ..] => {
            !(*first == 0 && second & 0x80 == 0 || *first == 0xff && second & 0x80 != 0)
        }
    }
}

/// A non-negative integer's value; `None` when it is negative or takes more than 64 bits.
pub(super) fn unsigned(octets: &[u8]) -> Option<u64> {
    let octets = match octets {
        [first, ..] if first & 0x80 != 0 => return None,
        [0, rest @ ..] => rest,
        all => all,
    };
    (octets.len() <= 8).then(|| {
        octets
            .iter()
            .fold(0, |value, octet| value << 8 | u64::from(*octet))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_is_not_der() {
        let long_form = [0x04, 0x81, 0x01, 0x00];
        let indefinite = [0x30, 0x80, 0x00, 0x00];
        let high_tag = [0x1f, 0x81, 0x01, 0x00];
        let cut = [0x04, 0x05, 0x00];
        let huge = [0x04, 0x84, 0xff, 0xff, 0xff, 0xff];
        for bytes in [
            &long_form[..],
            &indefinite,
            &high_tag,
            &cut,
            &huge,
            &[0x04],
            &[],
        ] {
            assert!(Reader(bytes).any().is_none(), "{bytes:x?}");
        }
        assert_eq!(
            Reader(&[0x02, 0x02, 0x00, 0x01]).integer(),
            None,
            "not the shortest"
        );
        assert_eq!(
            Reader(&[0x03, 0x02, 0x01, 0x01]).bits(),
            None,
            "a spare bit is set"
        );
        assert_eq!(
            Reader(&[0x06, 0x02, 0x55, 0x80]).oid(),
            None,
            "arc without end"
        );
    }

    #[test]
    fn reads_one_element_after_the_other() {
        let mut reader = Reader(&[0x02, 0x01, 0x05, 0x01, 0x01, 0xff]);
        assert_eq!(reader.integer().and_then(unsigned), Some(5));
        assert_eq!(reader.boolean(), Some(true));
        assert!(reader.is_empty());
    }
}
