//! Ballots and proposals.

use std::fmt;

use crate::ids::NodeId;
use crate::operation::Text;

/// The number of a proposal: rounds are compared first, then nodes. As it carries the node that
/// made it, two proposers never share one (§2.2: "disjoint sets of numbers").
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ballot {
    /// Counts up with each attempt.
    pub round: u64,
    /// Whose ballot it is; nobody's where proposers share ballots.
    pub node: Option<NodeId>,
}

impl Ballot {
    /// Before the first ballot.
    pub const NONE: Ballot = Ballot { round: 0, node: None };

    /// The ballot as one number, whose last digit is the node: 23 is round 2 of n3, and 20 is
    /// round 2 of nobody in particular. There are at most nine nodes.
    pub fn number(self) -> u64 {
        self.round * 10 + self.node.map_or(0, |node| u64::from(node.0) + 1)
    }

    /// A ballot of one of so many nodes from its number; `None` where there is none.
    pub fn from_number(number: u32, nodes: u16) -> Option<Self> {
        let (round, digit) = (u64::from(number / 10), (number % 10) as u16);
        let is_known = round > 0 && (1..=nodes).contains(&digit);
        is_known.then(|| Ballot { round, node: Some(NodeId(digit - 1)) })
    }
}

impl fmt::Display for Ballot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.number().fmt(f)
    }
}

/// A value with the ballot in which it is proposed: what acceptors accept.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Proposal {
    /// The ballot.
    pub ballot: Ballot,
    /// The value.
    pub value: Text,
}

impl fmt::Display for Proposal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.ballot, self.value)
    }
}
