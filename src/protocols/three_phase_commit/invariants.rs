//! What must hold of three-phase commit: the bank's invariants, fed from the disks.

use super::ThreePhaseCommit;
use crate::ids::NodeId;
use crate::protocol::{Cluster, Invariant};
use crate::protocols::bank::{self, Shard};

/// All invariants.
pub const INVARIANTS: &[Invariant] = bank::INVARIANTS;

/// Looks at the cluster after `touched` changed.
pub fn observe(
    ghost: &mut bank::Ghost,
    cluster: &Cluster<'_, ThreePhaseCommit>,
    touched: NodeId,
    report: &mut dyn FnMut(u8, String),
) {
    let disks: Vec<&Shard> = cluster.ids().map(|id| &cluster.disk(id).shard).collect();
    ghost.look(touched, &disks, report);
    if let Some(node) = cluster.node(touched) {
        let seen = (&node.disk.shard, &node.reads);
        ghost.look_at_reads(touched, seen, cluster.replies(), report);
    }
}
