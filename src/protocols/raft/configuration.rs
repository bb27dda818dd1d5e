//! Configurations (paper §6; dissertation ch. 4): which servers decide. A configuration is an entry
//! of the log, so that it is stored, committed and erased like every other.

use std::fmt;

use super::{Raft, rules};
use crate::ids::{NodeId, NodeSet};
use crate::protocol::Context;
use crate::sorted::SortedSet;

/// Who votes and counts, and who only listens.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Configuration {
    /// The voting members: C_new, while two configurations decide together.
    pub voters: NodeSet,
    /// The voting members of C_old while both decide together; empty otherwise.
    pub outgoing: NodeSet,
    /// The non-voting members (dissertation §4.2.1): they get entries and count for nothing.
    pub learners: NodeSet,
}

impl Configuration {
    /// The configuration at the beginning of a run: the first `members` nodes, or all where zero.
    pub fn initial(members: u32, node_count: u16) -> Self {
        // More members than nodes are refused before a run.
        let count = if members == 0 { node_count } else { node_count.min(members as u16) };
        Configuration { voters: NodeSet::all(count), ..Configuration::default() }
    }

    /// Whether two configurations decide together (§6).
    pub fn is_joint(&self) -> bool {
        !self.outgoing.is_empty()
    }

    /// Everyone who votes, in either configuration.
    pub fn electorate(&self) -> NodeSet {
        self.voters.union(self.outgoing)
    }

    /// Everyone who gets entries.
    pub fn members(&self) -> NodeSet {
        self.electorate().union(self.learners)
    }

    /// The sets of which each must have a majority.
    pub fn parts(&self) -> impl Iterator<Item = NodeSet> + use<> {
        [self.voters, self.outgoing].into_iter().filter(|part| !part.is_empty())
    }

    /// Whether these nodes decide: a majority, and while joint a majority of either configuration.
    pub fn is_quorum(&self, nodes: NodeSet) -> bool {
        self.parts().all(|part| is_majority(nodes, part))
    }

    /// Whether these nodes decide where the rules say so.
    pub fn decides(&self, context: &mut Context<'_, Raft>, nodes: NodeSet) -> bool {
        if self.is_quorum(nodes) {
            return true;
        }
        // Any two majorities of a configuration share a node, and so do a majority of the old one
        // and a joint decision; a majority of the new one alone may share none with the old.
        let by_new = self.is_joint() && is_majority(nodes, self.voters);
        if by_new && !context.enforces(rules::JOINT_NEEDS_BOTH) {
            return true;
        }
        let by_strangers = self.parts().all(|part| nodes.len() > part.len() / 2);
        by_strangers && !context.enforces(rules::ONLY_MEMBERS_COUNT)
    }

    /// The highest value that enough nodes to decide have reached.
    pub fn reached(&self, context: &mut Context<'_, Raft>, values: &[u64]) -> u64 {
        let steps: SortedSet<u64> = values.iter().copied().collect();
        let reached_by = |step: u64| -> NodeSet {
            let nodes = (0..).map(NodeId).zip(values);
            nodes.filter(|(_, value)| **value >= step).map(|(node, _)| node).collect()
        };
        let decided = steps.iter().rev().find(|step| self.decides(context, reached_by(**step)));
        decided.copied().unwrap_or(0)
    }
}

fn is_majority(nodes: NodeSet, of: NodeSet) -> bool {
    nodes.intersection(of).len() > of.len() / 2
}

impl fmt::Display for Configuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_joint() {
            write!(f, "{} and ", self.outgoing)?;
        }
        self.voters.fmt(f)?;
        if !self.learners.is_empty() {
            write!(f, ", learning {}", self.learners)?;
        }
        Ok(())
    }
}
