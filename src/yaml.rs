//! Text to trees that know their spans.
//!
//! A text is cut into documents (`document`), each of which the scanner puts on a tape of nodes; what is unusual goes
//! through a general parser (`events`) to the same tape. Scalars stay as they are written and are read on demand (`cook`,
//! `scalar`), in the dialect that their reader asks for. A text may stand inside another, in a block, in quotes, in base64:
//! its nodes carry places of the outer file from birth (`text`), so nobody after this module knows that embedding exists.

use std::sync::Arc;

mod block;
mod cook;
mod decoded;
mod document;
mod events;
mod fault;
mod gap;
mod node;
mod scalar;
mod scanner;
mod stream;
mod tape;
mod text;

pub use decoded::Decoded;
pub use fault::Fault;
pub use node::Node;
pub use node::Tree;
pub use node::below;
pub use node::list;
pub use scalar::Scalar;
pub use scalar::resolve;
pub use stream::Stream;
pub use text::Text;

/// How deep nodes may nest, aliases followed: readers that call themselves stay far from the end of their stack, and
/// the deepest of 22,000 public manifests has 28 levels.
pub const DEPTH: usize = 255;

/// Two ways in which the same scalar is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dialect {
    /// As kubectl and the API server read manifests: sigs.k8s.io/yaml, go-yaml v2 and then JSON. `on` is true.
    Kubernetes,
    /// As the OpenTelemetry Collector reads its configuration: go-yaml v3. `on` is a string.
    Collector,
}

/// What kind of node something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shape {
    /// `~`, `null`, or nothing at all.
    Null,
    /// A single value.
    Scalar,
    /// A list.
    Sequence,
    /// Keys and values.
    Mapping,
}

impl Shape {
    /// Whether there is a text to read.
    #[must_use]
    pub const fn is_scalar(self) -> bool {
        matches!(self, Self::Scalar)
    }
}

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Style {
    /// Without quotes.
    Plain,
    /// In single quotes.
    Single,
    /// In double quotes.
    Double,
    /// As a block after `|`.
    Literal,
    /// As a block after `>`.
    Folded,
}

/// Parses `text`. Never fails: what can be read before a fault is there, and what follows it from the next `---` on.
#[must_use]
pub fn parse(text: Text, dialect: Dialect) -> Arc<Stream> {
    parse_only(text, dialect, |_| true)
}

/// Parses `text`, but of the documents whose kind is plain to see only those that `wanted` takes.
///
/// The kind is the value of `kind:` at the start of a line; a document where it cannot be told cheaply is parsed.
#[must_use]
pub fn parse_only(text: Text, dialect: Dialect, wanted: impl Fn(&str) -> bool) -> Arc<Stream> {
    let mut stream = Stream::new(text.clone(), dialect);
    for document in document::split(text.as_str()) {
        if document::kind(&text.as_str()[document.clone()]).is_none_or(&wanted) {
            let known = scanner::read(text.as_str(), document.clone(), &mut stream.tape);
            if !known {
                events::read(document, &mut stream);
            }
        }
    }
    Arc::new(stream)
}

#[cfg(test)]
mod tests;
