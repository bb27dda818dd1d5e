//! Which nodes hold a key (Dynamo §4.2, §4.3). All nodes form a ring in the order of their ids. A
//! key belongs to the node at the sum of its bytes, modulo the number of nodes, and to the N − 1
//! that follow: its *preference list*. The paper hashes with MD5 and gives each node many places;
//! here one can work it out by hand.

use super::rules;
use crate::ids::NodeId;

/// Sizes as they are set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// How many nodes there are.
    pub nodes: u32,
    /// N, replicas of a key.
    pub n: u32,
    /// R, replies to a read.
    pub r: u32,
    /// W, holders of a version.
    pub w: u32,
    /// Whether stand-ins count.
    pub is_sloppy: bool,
    /// Whether timestamps order versions.
    pub is_by_time: bool,
}

impl Sizes {
    /// From the number of nodes and the settings.
    pub fn of(nodes: u16, settings: &[u32]) -> Self {
        let nodes = u32::from(nodes);
        let set = |place: u8| settings[usize::from(place)];
        let n = if set(rules::REPLICAS) == 0 { nodes } else { set(rules::REPLICAS) };
        Sizes {
            nodes,
            n,
            r: set(rules::READ_QUORUM),
            w: set(rules::WRITE_QUORUM),
            is_sloppy: set(rules::QUORUM) == rules::QUORUM_SLOPPY,
            is_by_time: set(rules::VERSIONS) == rules::VERSIONS_TIMESTAMPS,
        }
    }

    /// The whole ring from a key's place on: first its preference list, then who may stand in.
    fn ring(&self, key: &str) -> impl Iterator<Item = NodeId> + use<> {
        let sum: u32 = key.bytes().map(u32::from).sum();
        let (nodes, start) = (self.nodes, sum % self.nodes);
        (0..nodes).map(move |step| NodeId(((start + step) % nodes) as u16))
    }

    /// A key's preference list: its homes.
    pub fn homes(&self, key: &str) -> Vec<NodeId> {
        self.ring(key).take(self.n as usize).collect()
    }

    /// The nodes after them on the ring, in order.
    pub fn stand_ins(&self, key: &str) -> Vec<NodeId> {
        self.ring(key).skip(self.n as usize).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_belongs_to_n_nodes_and_the_others_stand_in() {
        let sizes = Sizes { nodes: 5, n: 3, r: 2, w: 2, is_sloppy: true, is_by_time: false };
        // The byte of `x` is 120 and that of `y` 121.
        assert_eq!(sizes.homes("x"), [NodeId(0), NodeId(1), NodeId(2)]);
        assert_eq!(sizes.stand_ins("x"), [NodeId(3), NodeId(4)]);
        assert_eq!(sizes.homes("y"), [NodeId(1), NodeId(2), NodeId(3)]);
        assert_eq!(sizes.stand_ins("y"), [NodeId(4), NodeId(0)]);
    }
}
