//! What aliases cost: how many nodes a document stands for once they are followed, and how deep it gets.

use std::collections::BTreeMap;

use super::super::DEPTH;

/// A node that an alias may name.
#[derive(Clone, Copy)]
pub(super) struct Anchor {
    /// Its index in the tape.
    pub(super) at: u32,
    /// How many nodes it stands for.
    pub(super) nodes: u64,
    /// How many levels are below it.
    pub(super) height: usize,
}

/// Why an alias is not followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// It stands inside the node that it names.
    Inside,
    /// The document would nest too deep.
    Depth,
    /// The document would stand for too many nodes.
    Excessive,
}

/// The anchors of one document, and what following aliases has cost so far.
#[derive(Default)]
pub(super) struct Aliases {
    anchors: BTreeMap<usize, Anchor>,
    /// How many nodes the document stands for so far.
    nodes: u64,
    /// How many of them are there only because of aliases.
    aliased: u64,
}

impl Aliases {
    /// Counts a node that is written out, and says how many there are.
    pub(super) const fn count(&mut self) -> u64 {
        self.nodes += 1;
        self.nodes
    }

    /// How many nodes the document stands for so far.
    pub(super) const fn nodes(&self) -> u64 {
        self.nodes
    }

    /// From here on the anchor `id` names that node; 0 is no anchor.
    pub(super) fn name(&mut self, id: usize, anchor: Anchor) {
        if id != 0 {
            self.anchors.insert(id, anchor);
        }
    }

    /// The node that an alias names, which stands `depth` levels deep.
    pub(super) fn follow(&mut self, id: usize, depth: usize) -> Result<Anchor, Refused> {
        // The parser knows all anchors, so one that is missing here is still open.
        let anchor = *self.anchors.get(&id).ok_or(Refused::Inside)?;
        if depth + anchor.height > DEPTH {
            return Err(Refused::Depth);
        }
        // Go counts the alias itself, too.
        self.nodes = self.nodes.saturating_add(anchor.nodes + 1);
        self.aliased = self.aliased.saturating_add(anchor.nodes);
        if self.is_excessive() {
            return Err(Refused::Excessive);
        }
        Ok(anchor)
    }

    /// As go-yaml v2 and v3 decide (`decode.go`, `allowedAliasRatio`), so what the cluster takes is taken here: up to
    /// 400,000 nodes 99 of 100 may come from aliases, from 4,000,000 on only ten.
    fn is_excessive(&self) -> bool {
        const LOW: f64 = 400_000.0;
        const HIGH: f64 = 4_000_000.0;
        if self.aliased <= 100 || self.nodes <= 1000 {
            return false;
        }
        let nodes = self.nodes as f64;
        let allowed = 0.99 - 0.89 * ((nodes - LOW) / (HIGH - LOW)).clamp(0.0, 1.0);
        self.aliased as f64 / nodes > allowed
    }
}
