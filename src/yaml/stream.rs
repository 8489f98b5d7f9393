//! All documents of one text.

use std::sync::Arc;

use super::Dialect;
use super::Shape;
use super::fault::Fault;
use super::node::Node;
use super::tape::Tape;
use super::text::Text;
use crate::source::Span;

/// All documents of one text.
#[derive(Clone, Debug)]
pub struct Stream {
    pub(super) text: Text,
    pub(super) dialect: Dialect,
    pub(super) tape: Tape,
    pub(super) faults: Vec<Fault>,
}

impl Stream {
    pub(super) fn new(text: Text, dialect: Dialect) -> Self {
        Self {
            text,
            dialect,
            tape: Tape::default(),
            faults: Vec::new(),
        }
    }

    /// The root of each document that was read and says something, in order.
    pub fn documents(self: &Arc<Self>) -> impl Iterator<Item = Node<'_>> {
        let roots = self.tape.roots.iter();
        let roots = roots.map(|root| Node::new(self, *root, self.dialect));
        roots.filter(|root| root.shape() != Shape::Null)
    }

    /// Syntax errors and blown budgets, in order.
    #[must_use]
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// Where each document that has a fault stands, whole; in the order of [`faults`](Self::faults).
    pub fn unread(&self) -> impl Iterator<Item = Span> {
        self.faults.iter().map(|fault| fault.document)
    }

    /// Where the comments stand, in order: from each `#` to the end of its line.
    pub fn comments(&self) -> impl Iterator<Item = Span> {
        let comments = self.tape.comments.iter();
        comments.map(|(start, end)| self.text.span(*start..*end))
    }

    /// What was parsed.
    #[must_use]
    pub const fn text(&self) -> &Text {
        &self.text
    }
}
