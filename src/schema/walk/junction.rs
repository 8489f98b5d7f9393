//! To try the branches of `anyOf` and its kin, which definitions (CRDs) among the sources may have.

use crate::yaml::Node;
use crate::yaml::Shape;

use super::super::table::Junctions;
use super::super::table::TypeId;
use super::Walk;
use super::head;

impl Walk<'_> {
    /// Branches of `anyOf` and its kin: tried on the side, only the verdict counts.
    pub(super) fn junctions(
        &mut self,
        junctions: &Junctions,
        node: Node<'_>,
        key: Option<Node<'_>>,
    ) {
        let mapping = node.shape() == Shape::Mapping;
        for name in junctions
            .required
            .iter()
            .filter(|name| mapping && !node.has(name))
        {
            let place = self.place();
            let span = key.map_or_else(|| head(node), Node::span);
            self.refuse(
                span,
                format!("`{place}` has no `{name}`, which is required"),
            );
        }
        for id in &junctions.all {
            self.value(*id, node, key);
        }
        let (any, one) = (
            self.passing(&junctions.any, node, key),
            self.passing(&junctions.one, node, key),
        );
        let none =
            (!junctions.any.is_empty() && any == 0) || (!junctions.one.is_empty() && one == 0);
        let place = self.place();
        let span = key.map_or_else(|| head(node), Node::span);
        if none {
            self.refuse(
                span,
                format!("`{place}` fits none of the shapes that its definition allows"),
            );
        } else if one > 1 {
            self.refuse(
                span,
                format!("`{place}` fits {one} shapes of its definition, and only one is allowed"),
            );
        }
        if let Some(id) = junctions.not
            && self.passing(&[id], node, key) == 1
        {
            self.refuse(
                span,
                format!("`{place}` has the shape that its definition forbids"),
            );
        }
    }

    fn passing(&mut self, branches: &[TypeId], node: Node<'_>, key: Option<Node<'_>>) -> usize {
        let before = self.problems.len();
        let mut passed = 0;
        for id in branches {
            self.value(*id, node, key);
            if self.problems.len() == before {
                passed += 1;
            }
            self.problems.truncate(before);
        }
        passed
    }
}
