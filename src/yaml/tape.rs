//! The nodes of a text in the order in which they are written: 16 bytes each, children right after their parent.

use crate::source::offset;

/// One node as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cell {
    /// Offset of its first byte in the text.
    pub(super) start: u32,
    /// Offset of the byte after its last one.
    pub(super) end: u32,
    /// Of a collection: the index of the cell after its last descendant. Of an alias: the index of the anchored
    /// cell. Of a block scalar: the offset of its `|` or `>`. Else 0.
    pub(super) link: u32,
    pub(super) kind: Kind,
    pub(super) tag: Tag,
    /// Whether it is a mapping with a merge key (`<<`).
    pub(super) merges: bool,
}

const _: () = assert!(size_of::<Cell>() == 16, "the tape costs 16 bytes a node");

/// How a node is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Mapping,
    Sequence,
    /// A plain scalar; of no length when there is nothing where a value could be.
    Plain,
    Single,
    Double,
    Literal,
    Folded,
    Alias,
}

/// The tag before a node, as far as it changes what a scalar means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tag {
    None,
    Str,
    Int,
    Float,
    Bool,
    Null,
    Binary,
    Timestamp,
    /// `!`: whatever the text says to the Collector, a string to Kubernetes.
    Bare,
    /// One that no reader of ours knows.
    Other,
}

/// Everything that was read from one text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Tape {
    pub(super) cells: Vec<Cell>,
    /// The index of the root of each document, empty ones included.
    pub(super) roots: Vec<u32>,
    /// From each `#` to the end of its line.
    pub(super) comments: Vec<(u32, u32)>,
}

/// How much of a tape there is.
pub(super) struct Mark {
    cells: usize,
    roots: usize,
    comments: usize,
}

impl Tape {
    /// How much there is now.
    pub(super) const fn mark(&self) -> Mark {
        Mark {
            cells: self.cells.len(),
            roots: self.roots.len(),
            comments: self.comments.len(),
        }
    }

    /// Forgets the nodes that came after `mark`; comments stay, they are right whatever the nodes are.
    pub(super) fn rewind(&mut self, mark: &Mark) {
        self.cells.truncate(mark.cells);
        self.roots.truncate(mark.roots);
    }

    /// Adds a node and says at which index it stands.
    pub(super) fn push(&mut self, kind: Kind, start: usize, end: usize) -> usize {
        self.cells.push(Cell {
            start: offset(start),
            end: offset(end),
            link: 0,
            kind,
            tag: Tag::None,
            merges: false,
        });
        self.cells.len() - 1
    }

    /// Forgets all that came after `mark`.
    pub(super) fn restore(&mut self, mark: &Mark) {
        self.rewind(mark);
        self.comments.truncate(mark.comments);
    }

    /// Completes the collection at index `at` with the nodes that came after it; it ends at the offset `end`.
    pub(super) fn close(&mut self, at: usize, end: usize) {
        let next = offset(self.cells.len());
        if let Some(cell) = self.cells.get_mut(at) {
            cell.link = next;
            cell.end = offset(end).max(cell.start);
        }
    }

    /// The index of the cell after the one at `at` and all that is inside it.
    pub(super) fn after(&self, at: u32) -> u32 {
        match self.cells.get(at as usize) {
            Some(cell) if matches!(cell.kind, Kind::Mapping | Kind::Sequence) => cell.link,
            _ => at + 1,
        }
    }
}
