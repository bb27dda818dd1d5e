//! The only way anything happens: an [`Action`], stamped with the moment it happens at.
//!
//! Actions hold ids, never payloads, so they are one type for every protocol. What a person
//! clicks, what a schedule picks, what a link replays and what a search finds are all lists of
//! these.

use serde::Serialize;

use crate::ids::{ClientId, MessageId, NodeId, NodeSet, RuleId, TimerId};
use crate::operation::Operation;

/// Something that happens, and when.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Action {
    /// The world's clock when it happens, in milliseconds. A clock never goes back: an earlier
    /// moment means "now".
    pub at_ms: u64,
    /// What happens.
    pub kind: ActionKind,
}

/// What can happen to a world.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ActionKind {
    /// Time passes and nothing else happens.
    Wait,
    /// A message arrives.
    Deliver(MessageId),
    /// A message is lost.
    Drop(MessageId),
    /// The network makes a copy of a message.
    Duplicate(MessageId),
    /// A message takes longer than it was going to.
    Delay {
        /// The message held up.
        message: MessageId,
        /// By how much, in milliseconds.
        by_ms: u32,
    },
    /// A timer fires, when due or by hand before.
    Fire {
        /// Whose timer.
        node: NodeId,
        /// Which of its timers.
        timer: TimerId,
    },
    /// A node stops; its memory is gone, its disk stays.
    Crash(NodeId),
    /// A crashed node starts again from its disk.
    Restart(NodeId),
    /// A node stands still (a long garbage collection): it keeps its memory, and messages wait.
    Pause(NodeId),
    /// A paused node goes on.
    Resume(NodeId),
    /// The disk of a crashed node is lost.
    LoseDisk(NodeId),
    /// A node's writes stop reaching its disk. What depends on them waits, unless a rule that
    /// says so is off.
    HoldDisk(NodeId),
    /// The writes held back reach the disk.
    SyncDisk(NodeId),
    /// Messages from one set of nodes to another no longer arrive (one way).
    Cut {
        /// The senders.
        from: Box<NodeSet>,
        /// The receivers.
        to: Box<NodeSet>,
    },
    /// These nodes are cut off from all others, both ways.
    Partition(Box<NodeSet>),
    /// Messages from one set of nodes to another arrive again (one way).
    Heal {
        /// The senders.
        from: Box<NodeSet>,
        /// The receivers.
        to: Box<NodeSet>,
    },
    /// Every cut is healed.
    HealAll,
    /// A node's clock runs at this rate from now on; 1000 is true time.
    SetClockRate {
        /// Whose clock.
        node: NodeId,
        /// Local milliseconds per thousand true ones.
        rate_permille: u32,
    },
    /// A node's clock jumps ahead.
    JumpClock {
        /// Whose clock.
        node: NodeId,
        /// By how much, in milliseconds.
        ahead_ms: u32,
    },
    /// A rule of the protocol is switched on or off.
    SetRule {
        /// Which rule.
        rule: RuleId,
        /// Whether it holds from now on.
        on: bool,
    },
    /// A client calls an operation.
    Invoke {
        /// Who calls.
        client: ClientId,
        /// The node asked; `None` for the one the client asked last.
        node: Option<NodeId>,
        /// What is asked.
        operation: Operation,
    },
    /// A client sends its open request again, to the next node.
    Retry(ClientId),
    /// A client stops waiting; the operation stays open in the history for ever.
    GiveUp(ClientId),
    /// An operator's command to one node, such as a leadership transfer.
    Command {
        /// The node commanded.
        node: NodeId,
        /// An index into [`crate::protocol::Sheet::commands`].
        command: u8,
        /// The node the command is about.
        argument: NodeId,
    },
}

impl ActionKind {
    /// The action at a moment.
    pub fn at(self, at_ms: u64) -> Action {
        Action { at_ms, kind: self }
    }

    /// The kind as a small number for drawing; append only, the page knows them.
    pub fn code(&self) -> ActionCode {
        match self {
            ActionKind::Wait => ActionCode::Wait,
            ActionKind::Deliver(_) => ActionCode::Deliver,
            ActionKind::Drop(_) => ActionCode::Drop,
            ActionKind::Duplicate(_) => ActionCode::Duplicate,
            ActionKind::Delay { .. } => ActionCode::Delay,
            ActionKind::Fire { .. } => ActionCode::Fire,
            ActionKind::Crash(_) => ActionCode::Crash,
            ActionKind::Restart(_) => ActionCode::Restart,
            ActionKind::Pause(_) => ActionCode::Pause,
            ActionKind::Resume(_) => ActionCode::Resume,
            ActionKind::LoseDisk(_) => ActionCode::LoseDisk,
            ActionKind::HoldDisk(_) => ActionCode::HoldDisk,
            ActionKind::SyncDisk(_) => ActionCode::SyncDisk,
            ActionKind::Cut { .. } => ActionCode::Cut,
            ActionKind::Partition(_) => ActionCode::Partition,
            ActionKind::Heal { .. } => ActionCode::Heal,
            ActionKind::HealAll => ActionCode::HealAll,
            ActionKind::SetClockRate { .. } => ActionCode::SetClockRate,
            ActionKind::JumpClock { .. } => ActionCode::JumpClock,
            ActionKind::SetRule { .. } => ActionCode::SetRule,
            ActionKind::Invoke { .. } => ActionCode::Invoke,
            ActionKind::Retry(_) => ActionCode::Retry,
            ActionKind::GiveUp(_) => ActionCode::GiveUp,
            ActionKind::Command { .. } => ActionCode::Command,
        }
    }
}

/// The kinds of action as numbers, in links and in what the page draws. Append only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[repr(u8)]
#[allow(missing_docs)] // Each is documented at the ActionKind of the same name.
pub enum ActionCode {
    Wait = 0,
    Deliver = 1,
    Drop = 2,
    Duplicate = 3,
    Delay = 4,
    Fire = 5,
    Crash = 6,
    Restart = 7,
    Pause = 8,
    Resume = 9,
    LoseDisk = 10,
    HoldDisk = 11,
    SyncDisk = 12,
    Cut = 13,
    Partition = 14,
    Heal = 15,
    HealAll = 16,
    SetClockRate = 17,
    JumpClock = 18,
    SetRule = 19,
    Invoke = 20,
    Retry = 21,
    GiveUp = 22,
    Command = 23,
}
