//! What must hold of two-phase commit: the bank's invariants, fed from the disks.

use super::TwoPhaseCommit;
use crate::ids::NodeId;
use crate::protocol::{Cluster, Invariant};
use crate::protocols::bank::{self, COORDINATOR, Shard, Tx};

/// All invariants.
pub const INVARIANTS: &[Invariant] = bank::INVARIANTS;

/// History variables.
#[derive(Clone, Debug, Default, Hash)]
pub struct Ghost {
    bank: bank::Ghost,
    /// The commits on the coordinator's disk.
    commits: Vec<Tx>,
}

/// Looks at the cluster after `touched` changed.
pub fn observe(
    ghost: &mut Ghost,
    cluster: &Cluster<'_, TwoPhaseCommit>,
    touched: NodeId,
    report: &mut dyn FnMut(u8, String),
) {
    let disks: Vec<&Shard> = cluster.ids().map(|id| &cluster.disk(id).shard).collect();
    if touched == COORDINATOR {
        for (tx, voting) in cluster.node(touched).iter().flat_map(|node| &node.voting) {
            // A number that never got to the disk was told to nobody, and may be given again.
            if tx.0 <= cluster.disk(touched).register.last {
                ghost.bank.begun(touched, *tx, &voting.request, report);
            }
        }
        let commits: Vec<Tx> = cluster.disk(touched).commits.keys().copied().collect();
        for tx in commits.iter().filter(|tx| !ghost.commits.contains(tx)) {
            ghost.bank.decided(touched, *tx, true, report);
        }
        for tx in ghost.commits.iter().filter(|tx| !commits.contains(tx)) {
            ghost.bank.forgot(*tx, &disks, report);
        }
        ghost.commits = commits;
    }
    ghost.bank.look(touched, &disks, report);
    if let Some(node) = cluster.node(touched) {
        let seen = (&node.disk.shard, &node.reads);
        ghost.bank.look_at_reads(touched, seen, cluster.replies(), report);
    }
}
