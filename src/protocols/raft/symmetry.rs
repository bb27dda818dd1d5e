//! All servers of a Raft cluster are alike: no handler compares their names. Entries that hold a
//! configuration name servers and are told apart by one hash over the log, so clusters in which servers
//! come and go are left out, and so are those where some begin as members and some do not.
//!
//! No handler looks into what clients write. A log is told by the hash over its entries, which is made
//! anew with other values in them; that of what a snapshot stands for cannot be.

use super::state::{Leader, Role};
use super::{Disk, Ghost, Node, Raft, rules};
use crate::renaming::{Renaming, Symmetry};

/// Raft's servers under other names.
pub struct Servers;

impl Symmetry<Raft> for Servers {
    fn are_alike(&self, _nodes: u16, settings: &[u32]) -> bool {
        settings[usize::from(rules::MEMBERS)] == 0
    }

    fn is_like_others(&self, _value: &str, settings: &[u32]) -> bool {
        settings[usize::from(rules::COMPACT_AFTER)] == 0
    }

    fn node(&self, node: &Node, names: &Renaming) -> Node {
        let mut renamed = node.clone();
        renamed.id = names.node(node.id);
        renamed.disk = self.disk(&node.disk, names);
        renamed.leader = node.leader.map(|other| names.node(other));
        match &mut renamed.role {
            Role::Follower => {}
            Role::PreCandidate { granted } | Role::Candidate { granted } => {
                *granted = names.set(*granted);
            }
            Role::Leader(leader) => rename_leader(leader, names),
        }
        renamed
    }

    fn disk(&self, disk: &Disk, names: &Renaming) -> Disk {
        let voted_for = disk.voted_for.map(|other| names.node(other));
        Disk { voted_for, log: disk.log.renamed(names), ..disk.clone() }
    }

    fn ghost(&self, ghost: &Ghost, names: &Renaming) -> Ghost {
        ghost.renamed(names)
    }
}

fn rename_leader(leader: &mut Leader, names: &Renaming) {
    leader.next = names.list(&leader.next);
    leader.matched = names.list(&leader.matched);
    leader.answered = names.list(&leader.answered);
    leader.heard = names.set(leader.heard);
    leader.transferee = leader.transferee.map(|other| names.node(other));
}
