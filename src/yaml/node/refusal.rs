//! What YAML allows and the Collector's reader refuses, in its words.
//!
//! Source: go-yaml v3, resolve.go `resolve`, decode.go `mapping` and `merge`, scannerc.go
//! `yaml_parser_scan_flow_scalar`.

use super::Node;
use super::Scalar;
use super::Shape;
use crate::yaml::Dialect;
use crate::yaml::decoded;
use crate::yaml::scalar;
use crate::yaml::tape::Kind;
use crate::yaml::tape::Tag;

impl Node<'_> {
    /// Why go-yaml v3 refuses the whole text for this node; `None` when it takes it. An alias is judged where its anchor is.
    #[must_use]
    pub fn refusal(self) -> Option<String> {
        let cell = self.own();
        match cell.kind {
            Kind::Alias | Kind::Sequence => None,
            Kind::Mapping => self.bad_key(),
            Kind::Double if cell.tag == Tag::None => self.bad_escape(),
            Kind::Double => self.bad_escape().or_else(|| self.bad_tag()),
            _ if cell.tag == Tag::None => None,
            _ => self.bad_tag(),
        }
    }

    fn bad_key(self) -> Option<String> {
        let mut merges = self.pairs().filter(|(key, _)| key.is_merge());
        if let Some((_, value)) = merges.next() {
            let is_map = |value: Self| value.shape() == Shape::Mapping;
            let is_list = value.shape() == Shape::Sequence && value.items().all(is_map);
            if !is_map(value) && !is_list {
                return Some("map merge requires map or sequence of maps as the value".to_owned());
            }
            if merges.next().is_some() {
                return Some("mapping key \"<<\" already defined".to_owned());
            }
        }
        let is_collection = |key: Self| matches!(key.shape(), Shape::Mapping | Shape::Sequence);
        let mut keys = self.pairs().map(|(key, _)| key);
        keys.any(is_collection)
            .then(|| "invalid map key".to_owned())
    }

    /// An escape that only JSON and later YAML know: `\/`, or half a character.
    fn bad_escape(self) -> Option<String> {
        let cell = self.own();
        let raw = self.stream.text.as_str();
        let mut rest = raw.get(cell.start as usize..cell.end as usize)?;
        while let Some(at) = rest.find('\\') {
            let escaped = rest.get(at + 1..)?;
            let code = match escaped.as_bytes().first()? {
                b'/' => return Some("found unknown escape character".to_owned()),
                b'u' => escaped.get(1..5),
                b'U' => escaped.get(1..9),
                _ => None,
            };
            let code = code.and_then(|digits| u32::from_str_radix(digits, 16).ok());
            if code.is_some_and(|code| char::from_u32(code).is_none()) {
                return Some("found invalid Unicode character escape code".to_owned());
            }
            rest = escaped.get(escaped.chars().next()?.len_utf8()..)?;
        }
        None
    }

    /// A text that is not what its tag says.
    fn bad_tag(self) -> Option<String> {
        let text = self.text();
        let read = scalar::resolve((*text).into(), Dialect::Collector);
        let (tag, fits) = match self.own().tag {
            Tag::Int => ("!!int", matches!(read, Scalar::Int(_))),
            Tag::Float => ("!!float", matches!(read, Scalar::Int(_) | Scalar::Float(_))),
            Tag::Bool => ("!!bool", matches!(read, Scalar::Bool(_))),
            Tag::Null => ("!!null", matches!(read, Scalar::Null)),
            Tag::Timestamp => ("!!timestamp", matches!(read, Scalar::Timestamp(_))),
            Tag::Binary => {
                let digits: Vec<u8> = text
                    .bytes()
                    .filter(|byte| !b"\r\n".contains(byte))
                    .collect();
                return decoded::bytes(&digits)
                    .is_err()
                    .then(|| "!!binary value contains invalid base64 data".to_owned());
            }
            _ => return None,
        };
        let found = match read {
            Scalar::Null => "!!null",
            Scalar::Bool(_) => "!!bool",
            Scalar::Int(_) => "!!int",
            Scalar::Float(_) => "!!float",
            Scalar::Timestamp(_) => "!!timestamp",
            Scalar::String(_) => "!!str",
        };
        (!fits).then(|| format!("cannot decode {found} `{text}` as a {tag}"))
    }
}
