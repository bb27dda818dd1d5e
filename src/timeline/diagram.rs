//! What the space-time diagram draws: one small record an action, kept beside it.

use crate::action::{Action, ActionCode, ActionKind};
use crate::ids::{Endpoint, MessageId};
use crate::timeline::{BranchId, Timeline};
use crate::world::World;

/// An action as the diagram draws it. Numbers are -1 where there is nothing to tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventRecord {
    /// The clock after it, in milliseconds.
    pub at_ms: u64,
    /// What kind of action.
    pub code: ActionCode,
    /// The sender of a message, or the node, client or rule that the action is about.
    pub first: i32,
    /// The receiver of a message, a timer, the node asked, or whether the rule holds now.
    pub second: i32,
    /// The kind of message, or the operator's command.
    pub kind: i32,
    /// The message's id.
    pub message: i32,
    /// The number of the action that sent the message.
    pub sent_step: i32,
    /// The first invariant that became false.
    pub violated: Option<u8>,
    /// Whether some link is cut afterwards.
    pub is_cut: bool,
}

fn node(node: crate::ids::NodeId) -> i32 {
    i32::from(node.0)
}

impl EventRecord {
    /// The record of an action that is about to happen, while its message is still in flight.
    pub(super) fn before(world: &World, action: &Action) -> Self {
        let mut event = EventRecord {
            at_ms: action.at_ms,
            code: action.kind.code(),
            first: -1,
            second: -1,
            kind: -1,
            message: -1,
            sent_step: -1,
            violated: None,
            is_cut: false,
        };
        match &action.kind {
            ActionKind::Deliver(id)
            | ActionKind::Drop(id)
            | ActionKind::Duplicate(id)
            | ActionKind::Delay { message: id, .. } => event.describe_message(world, *id),
            ActionKind::Fire { node: id, timer } => {
                (event.first, event.second) = (node(*id), i32::from(timer.0));
            }
            ActionKind::Crash(id)
            | ActionKind::Restart(id)
            | ActionKind::Pause(id)
            | ActionKind::Resume(id)
            | ActionKind::LoseDisk(id)
            | ActionKind::HoldDisk(id)
            | ActionKind::SyncDisk(id)
            | ActionKind::SetClockRate { node: id, .. }
            | ActionKind::JumpClock { node: id, .. } => event.first = node(*id),
            ActionKind::Command { node: id, command, argument } => {
                (event.first, event.second) = (node(*id), node(*argument));
                event.kind = i32::from(*command);
            }
            ActionKind::Invoke { client, node: to, .. } => {
                event.first = i32::from(Endpoint::Client(*client).code());
                let contact = to.or_else(|| world.client(*client).map(|client| client.contact));
                event.second = contact.map_or(-1, node);
            }
            ActionKind::Retry(client) | ActionKind::GiveUp(client) => {
                event.first = i32::from(Endpoint::Client(*client).code());
            }
            ActionKind::Wait
            | ActionKind::Cut { .. }
            | ActionKind::Partition(_)
            | ActionKind::Heal { .. }
            | ActionKind::HealAll => {}
            ActionKind::SetRule { rule, on } => {
                (event.first, event.second) = (i32::from(rule.0), i32::from(*on));
            }
        }
        event
    }

    fn describe_message(&mut self, world: &World, id: MessageId) {
        if let Some(info) = world.message(id) {
            self.first = i32::from(info.from.code());
            self.second = i32::from(info.to.code());
            self.kind = i32::from(info.kind);
            self.message = info.id.0 as i32;
            self.sent_step = info.sent_step as i32;
        }
    }

    /// The record once the action has happened.
    pub(super) fn after(mut self, world: &World, violated: Option<u8>) -> Self {
        self.at_ms = world.now_ms();
        self.violated = violated;
        self.is_cut = world.cuts().iter().any(|unreachable| !unreachable.is_empty());
        self
    }
}

impl Timeline {
    /// The record of the action that leads from `index` to the next moment on a branch.
    pub fn event(&self, branch: BranchId, index: u64) -> Option<&EventRecord> {
        let owner = self.branch(self.owner(branch, index));
        owner.events.get((index - owner.start()) as usize)
    }
}
