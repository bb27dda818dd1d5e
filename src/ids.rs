//! The small numbers that name things: nodes, clients, messages, operations, rules, timers.
//!
//! All are newtypes over fixed-width integers, so that state hashes alike on 32 and 64 bits, and
//! so that a node can never be passed where a client is meant. People count from one, the core
//! from zero: `NodeId(0)` is printed `n1`, `ClientId(0)` is printed `A`.

use std::fmt;
use std::hash::{Hash, Hasher};

use serde::Serialize;

/// The most nodes a world may have.
pub const NODES_MAX: u16 = 1000;
/// The most clients a world may have: one letter each.
pub const CLIENTS_MAX: u8 = 26;

/// A node, counted from zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct NodeId(pub u16);

impl NodeId {
    /// The node's place in a vector of nodes.
    pub fn index(self) -> usize {
        usize::from(self.0)
    }

    /// The node of that name, such as `n3`, among so many.
    pub fn from_name(name: &str, nodes: u16) -> Option<Self> {
        let digits = name.strip_prefix('n').filter(|digits| !digits.starts_with(['+', '0']))?;
        let count = digits.parse::<u16>().ok()?;
        (1..=nodes).contains(&count).then(|| NodeId(count - 1))
    }
}

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "n{}", self.0 + 1)
    }
}

/// A client, counted from zero and printed as a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct ClientId(pub u8);

impl ClientId {
    /// The client's place in a vector of clients.
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", char::from(b'A' + self.0.min(CLIENTS_MAX - 1)))
    }
}

/// Either end of a message: a node or a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Endpoint {
    /// A node of the cluster.
    Node(NodeId),
    /// A client outside it.
    Client(ClientId),
}

impl Endpoint {
    /// One number for either kind: nodes as they are, clients after [`NODES_MAX`].
    pub fn code(self) -> u16 {
        match self {
            Endpoint::Node(node) => node.0,
            Endpoint::Client(client) => NODES_MAX + u16::from(client.0),
        }
    }

    /// The inverse of [`Endpoint::code`]; `None` where no endpoint has that number.
    pub fn from_code(code: u16) -> Option<Self> {
        if code < NODES_MAX {
            Some(Endpoint::Node(NodeId(code)))
        } else if code < NODES_MAX + u16::from(CLIENTS_MAX) {
            Some(Endpoint::Client(ClientId((code - NODES_MAX) as u8)))
        } else {
            None
        }
    }

    /// The node, where it is one.
    pub fn node(self) -> Option<NodeId> {
        match self {
            Endpoint::Node(node) => Some(node),
            Endpoint::Client(_) => None,
        }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Endpoint::Node(node) => node.fmt(f),
            Endpoint::Client(client) => client.fmt(f),
        }
    }
}

/// A message in flight. Ids count up along a run and stay out of the fingerprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct MessageId(pub u32);

/// A client operation, numbered in the order of invocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct OperationId(pub u32);

/// A timer of a protocol: an index into [`crate::protocol::Sheet::timers`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct TimerId(pub u8);

/// A rule of a protocol: an index into [`crate::protocol::Sheet::rules`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct RuleId(pub u8);

/// A set of rules, at most 64.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct RuleSet(pub u64);

impl RuleSet {
    /// Whether `rule` is in the set.
    pub fn contains(self, rule: RuleId) -> bool {
        self.0 & (1 << rule.0) != 0
    }

    /// Adds `rule`.
    pub fn insert(&mut self, rule: RuleId) {
        self.0 |= 1 << rule.0;
    }

    /// Takes `rule` out.
    pub fn remove(&mut self, rule: RuleId) {
        self.0 &= !(1 << rule.0);
    }

    /// The members in order.
    pub fn iter(self) -> impl Iterator<Item = RuleId> {
        (0..64).map(RuleId).filter(move |rule| self.contains(*rule))
    }
}

/// How many words hold a set of nodes.
const WORDS: usize = 16;

/// A set of nodes as a bit mask, with room for [`NODES_MAX`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct NodeSet([u64; WORDS]);

impl NodeSet {
    /// The set of one node.
    pub fn of(node: NodeId) -> Self {
        let mut set = NodeSet::default();
        set.insert(node);
        set
    }

    /// The first `count` nodes.
    pub fn all(count: u16) -> Self {
        (0..count).map(NodeId).collect()
    }

    /// The nodes whose bits are set, the lowest bit for the first node.
    pub fn from_bits(bits: u128) -> Self {
        let mut set = NodeSet::default();
        set.0[0] = bits as u64;
        set.0[1] = (bits >> 64) as u64;
        set
    }

    /// The first 128 nodes as bits, the lowest for the first node.
    pub fn bits(self) -> u128 {
        u128::from(self.0[0]) | u128::from(self.0[1]) << 64
    }

    /// Whether `node` is in the set.
    pub fn contains(self, node: NodeId) -> bool {
        self.0[node.index() / 64] & (1 << (node.0 % 64)) != 0
    }

    /// Adds `node`.
    pub fn insert(&mut self, node: NodeId) {
        self.0[node.index() / 64] |= 1 << (node.0 % 64);
    }

    /// Takes `node` out.
    pub fn remove(&mut self, node: NodeId) {
        self.0[node.index() / 64] &= !(1 << (node.0 % 64));
    }

    /// The members of either set.
    pub fn union(self, other: Self) -> Self {
        NodeSet(std::array::from_fn(|word| self.0[word] | other.0[word]))
    }

    /// The members of both sets.
    pub fn intersection(self, other: Self) -> Self {
        NodeSet(std::array::from_fn(|word| self.0[word] & other.0[word]))
    }

    /// The members that `other` has not.
    pub fn without(self, other: Self) -> Self {
        NodeSet(std::array::from_fn(|word| self.0[word] & !other.0[word]))
    }

    /// How many nodes are in the set.
    pub fn len(self) -> u32 {
        self.0.iter().map(|word| word.count_ones()).sum()
    }

    /// Whether the set has no member.
    pub fn is_empty(self) -> bool {
        self.0 == [0; WORDS]
    }

    /// The members in order.
    pub fn iter(self) -> impl Iterator<Item = NodeId> {
        self.0.into_iter().enumerate().flat_map(|(place, word)| {
            let mut rest = word;
            std::iter::from_fn(move || {
                let bit = (rest != 0).then(|| rest.trailing_zeros())?;
                rest &= rest - 1;
                Some(NodeId(64 * place as u16 + bit as u16))
            })
        })
    }
}

// Small clusters are the rule: only the words that hold a member are worth hashing.
impl Hash for NodeSet {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u128(self.bits());
        let used = self.0.iter().rposition(|word| *word != 0).map_or(0, |last| last + 1);
        for word in self.0.iter().take(used).skip(2) {
            state.write_u64(*word);
        }
    }
}

impl FromIterator<NodeId> for NodeSet {
    fn from_iter<I: IntoIterator<Item = NodeId>>(nodes: I) -> Self {
        let mut set = NodeSet::default();
        for node in nodes {
            set.insert(node);
        }
        set
    }
}

impl fmt::Display for NodeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, node) in self.iter().enumerate() {
            if place > 0 {
                f.write_str(" ")?;
            }
            node.fmt(f)?;
        }
        Ok(())
    }
}
