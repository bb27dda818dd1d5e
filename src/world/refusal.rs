//! Why an action is impossible now. The page greys the action out and shows the reason.

use std::fmt;

use crate::ids::{ClientId, Endpoint, NodeId};

/// Why an action was refused. A refused action changes nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such node.
    NoSuchNode(NodeId),
    /// There is no such client.
    NoSuchClient(ClientId),
    /// The message was delivered or lost before.
    NoSuchMessage,
    /// The timer is not running.
    TimerNotArmed(NodeId),
    /// The protocol has no such rule, command or timer.
    NoSuchName,
    /// The node must run for this.
    NotUp(NodeId, super::Status),
    /// The node must be crashed for this.
    NotDown(NodeId),
    /// The node must be paused for this.
    NotPaused(NodeId),
    /// The link is cut.
    LinkCut(Endpoint, Endpoint),
    /// The disk's writes are held already.
    DiskHeld(NodeId),
    /// The disk's writes are not held.
    DiskNotHeld(NodeId),
    /// The client waits for an earlier operation.
    ClientBusy(ClientId),
    /// The client waits for nothing.
    ClientIdle(ClientId),
    /// A bound of the world is reached; which one and how large it is.
    Bound(&'static str, u64),
    /// It would change nothing.
    NothingToDo,
}

impl Refusal {
    /// A stable word for the kind of reason, for translation.
    pub fn code(&self) -> &'static str {
        match self {
            Refusal::NoSuchNode(_) => "no-such-node",
            Refusal::NoSuchClient(_) => "no-such-client",
            Refusal::NoSuchMessage => "no-such-message",
            Refusal::TimerNotArmed(_) => "timer-not-armed",
            Refusal::NoSuchName => "no-such-name",
            Refusal::NotUp(..) => "not-up",
            Refusal::NotDown(_) => "not-down",
            Refusal::NotPaused(_) => "not-paused",
            Refusal::LinkCut(..) => "link-cut",
            Refusal::DiskHeld(_) => "disk-held",
            Refusal::DiskNotHeld(_) => "disk-not-held",
            Refusal::ClientBusy(_) => "client-busy",
            Refusal::ClientIdle(_) => "client-idle",
            Refusal::Bound(..) => "bound",
            Refusal::NothingToDo => "nothing-to-do",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use super::Status;
        match self {
            Refusal::NoSuchNode(node) => write!(f, "there is no node {node}"),
            Refusal::NoSuchClient(client) => write!(f, "there is no client {client}"),
            Refusal::NoSuchMessage => f.write_str("the message is no longer in flight"),
            Refusal::TimerNotArmed(node) => write!(f, "that timer of {node} is not running"),
            Refusal::NoSuchName => f.write_str("the protocol has no such thing"),
            Refusal::NotUp(node, Status::Paused) => write!(f, "{node} is paused"),
            Refusal::NotUp(node, _) => write!(f, "{node} is crashed"),
            Refusal::NotDown(node) => write!(f, "{node} is not crashed"),
            Refusal::NotPaused(node) => write!(f, "{node} is not paused"),
            Refusal::LinkCut(from, to) => write!(f, "the link from {from} to {to} is cut"),
            Refusal::DiskHeld(node) => write!(f, "the disk of {node} is held already"),
            Refusal::DiskNotHeld(node) => write!(f, "the disk of {node} is not held"),
            Refusal::ClientBusy(client) => {
                write!(f, "client {client} still waits for its last operation")
            }
            Refusal::ClientIdle(client) => write!(f, "client {client} waits for nothing"),
            Refusal::Bound(what, bound) => write!(f, "at most {bound} {what}"),
            Refusal::NothingToDo => f.write_str("it would change nothing"),
        }
    }
}

impl std::error::Error for Refusal {}

/// An action that would change nothing is refused.
pub(super) fn changes_something(it_does: bool) -> Result<(), Refusal> {
    if it_does { Ok(()) } else { Err(Refusal::NothingToDo) }
}

/// A number beyond its bound is refused.
pub(super) fn within(value: u32, bound: u32, what: &'static str) -> Result<(), Refusal> {
    if value <= bound { Ok(()) } else { Err(Refusal::Bound(what, u64::from(bound))) }
}
