//! What a world is made with: everything that is fixed before the first action.

use crate::ids::{NodeId, RuleSet};
use crate::sorted::SortedMap;

/// How messages travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LinkConditions {
    /// The shortest delay, in milliseconds.
    pub delay_min_ms: u32,
    /// The longest delay, in milliseconds.
    pub delay_max_ms: u32,
    /// How many of a thousand messages are lost.
    pub loss_permille: u32,
    /// How many of a thousand messages arrive twice.
    pub duplicate_permille: u32,
    /// Whether a message never overtakes another on the same link.
    pub ordered: bool,
}

impl Default for LinkConditions {
    fn default() -> Self {
        LinkConditions {
            delay_min_ms: 10,
            delay_max_ms: 30,
            loss_permille: 0,
            duplicate_permille: 0,
            ordered: false,
        }
    }
}

/// A node's clock at the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClockConditions {
    /// Local milliseconds per thousand true ones.
    pub rate_permille: u32,
    /// How far it is ahead, in milliseconds.
    pub ahead_ms: u32,
}

/// How clients wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClientConditions {
    /// After how long without an answer a client asks the next node, in milliseconds.
    pub retry_ms: u32,
    /// After how long it gives up, in milliseconds.
    pub patience_ms: u32,
}

impl Default for ClientConditions {
    fn default() -> Self {
        ClientConditions { retry_ms: 300, patience_ms: 3000 }
    }
}

/// Clients that ask by themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct WorkloadConditions {
    /// An index into [`crate::workload::WORKLOADS`].
    pub workload: u8,
    /// The shortest rest of a client between two operations, in milliseconds.
    pub rest_min_ms: u32,
    /// The longest.
    pub rest_max_ms: u32,
}

/// Everything a world starts from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// How many nodes there are.
    pub nodes: u16,
    /// How many clients there are.
    pub clients: u8,
    /// The seed of every random draw.
    pub seed: u64,
    /// How messages travel, where no link says otherwise.
    pub network: LinkConditions,
    /// Links that differ, by sender and receiver.
    pub links: SortedMap<(NodeId, NodeId), LinkConditions>,
    /// How clients wait.
    pub client: ClientConditions,
    /// What clients ask for by themselves, if they do.
    pub workload: Option<WorkloadConditions>,
    /// Clocks that are not true.
    pub clocks: SortedMap<NodeId, ClockConditions>,
    /// The rules that hold at the start.
    pub rules: RuleSet,
    /// The values of the protocol's settings, in order.
    pub settings: Vec<u32>,
    /// Disks that are not empty at the start, in the words of the protocol.
    pub disks: SortedMap<NodeId, String>,
}

/// The bounds on a world. Reaching one is shown, never hidden.
pub mod bounds {
    /// Messages in flight; what would be sent beyond is lost at once, and counted.
    pub const MESSAGES_MAX: usize = 4096;
    /// Messages in flight to one receiver: a node that stands still must not fill the network.
    pub const RECEIVER_MESSAGES_MAX: usize = 512;
    /// Client operations in the history.
    pub const OPERATIONS_MAX: usize = 10_000;
    /// The clock, in milliseconds: about eleven days.
    pub const CLOCK_MS_MAX: u64 = 1_000_000_000;
    /// Delays, waits and jumps of one action, in milliseconds.
    pub const SPAN_MS_MAX: u32 = 10_000_000;
    /// A clock's rate, in local milliseconds per thousand true ones.
    pub const RATE_PERMILLE_MAX: u32 = 10_000;
}
