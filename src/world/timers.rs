//! Which node's timer is due next, without looking at every node.

use crate::ids::{NodeId, TimerId};

/// When a node's next timer is due, in true milliseconds, and which it is.
type Due = (u64, NodeId, TimerId);

/// The next timer of every node as the leaves of a tree in which each inner place holds the earlier
/// one of the two below it. A change costs as many steps as the tree has levels, a copy is one block.
#[derive(Clone, Debug)]
pub(super) struct NextTimers {
    /// Place one is the root, below place `p` are `2 p` and `2 p + 1`; the second half are the nodes.
    places: Vec<Due>,
}

/// For a node of which no timer runs.
const NEVER: Due = (u64::MAX, NodeId(u16::MAX), TimerId(u8::MAX));

impl NextTimers {
    /// So many nodes of which no timer runs.
    pub fn new(nodes: u16) -> Self {
        NextTimers { places: vec![NEVER; 2 * usize::from(nodes).next_power_of_two()] }
    }

    /// From now on this is the node's next timer.
    pub fn set(&mut self, node: NodeId, next: Option<(u64, TimerId)>) {
        let mut place = self.places.len() / 2 + node.index();
        self.places[place] = next.map_or(NEVER, |(due_ms, timer)| (due_ms, node, timer));
        while place > 1 {
            place /= 2;
            let earlier = self.places[2 * place].min(self.places[2 * place + 1]);
            if self.places[place] == earlier {
                break;
            }
            self.places[place] = earlier;
        }
    }

    /// The timer that is due first; of those due at once that of the first node.
    pub fn first(&self) -> Option<Due> {
        Some(self.places[1]).filter(|due| *due != NEVER)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_is_the_earliest_of_all() {
        for nodes in [1, 2, 3, 7, 64, 1000] {
            let mut tree = NextTimers::new(nodes);
            let mut all = vec![None; usize::from(nodes)];
            assert_eq!(tree.first(), None);
            for change in 0..3000_u64 {
                let draw = crate::mix::scramble(change);
                let node = NodeId((draw % u64::from(nodes)) as u16);
                let timer = TimerId((draw >> 20) as u8 % 3);
                let next = (draw >> 60 > 3).then_some(((draw >> 30) % 50, timer));
                all[node.index()] = next;
                tree.set(node, next);
                let expected = (0..nodes)
                    .map(NodeId)
                    .filter_map(|node| all[node.index()].map(|(due, timer)| (due, node, timer)))
                    .min();
                assert_eq!(tree.first(), expected);
            }
        }
    }
}
