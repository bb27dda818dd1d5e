//! The steps of a search through worlds: actions whose messages are known by content, since ids
//! differ between two orders of the same events.

use super::plan::{Plan, leads};
use crate::action::{Action, ActionKind};
use crate::ids::{ClientId, MessageId, NodeId};
use crate::mix::hash_of;
use crate::world::World;

/// An action, wherever it happens.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Move {
    /// The message of this hash arrives.
    Deliver(u64),
    /// It is lost.
    Drop(u64),
    /// It is copied.
    Duplicate(u64),
    /// A client calls an operation on offer.
    Call {
        /// Who calls.
        client: ClientId,
        /// Whom it asks.
        node: NodeId,
        /// Which operation.
        offer: u8,
    },
    /// Time passes.
    Wait,
    /// Anything else; never about a message, and no operation.
    Act(ActionKind),
}

impl Move {
    /// A number that tells it apart from other messages and calls that may happen in one world.
    pub(super) fn key(&self) -> u64 {
        match self {
            Move::Deliver(hash) => *hash,
            other => hash_of(other),
        }
    }

    /// Makes the move in a world and tells of each of its actions; `None` where it is impossible.
    pub(super) fn carry_out(
        &self,
        world: &mut World,
        plan: &Plan,
        tell: &mut dyn FnMut(Action),
    ) -> Option<()> {
        let mut apply = |world: &mut World, action: Action| {
            world.apply(&action).ok()?;
            tell(action);
            Some(())
        };
        let action = self.action(world, plan)?;
        apply(world, action)?;
        if matches!(self, Move::Call { .. }) && plan.reductions.prompt {
            let request = *world.last().sent.first()?;
            // A node that does not run, or cannot be reached, gets it later or never.
            if world.check(&ActionKind::Deliver(request)).is_ok() {
                let arrival = ActionKind::Deliver(request).at(world.now_ms());
                apply(world, arrival)?;
            }
        }
        Some(())
    }

    /// The action in a world, the first one where a move has two; `None` where it is impossible.
    fn action(&self, world: &World, plan: &Plan) -> Option<Action> {
        let message = |hash: u64| message_of(world, hash);
        let now_ms = world.now_ms();
        let kind = match self {
            Move::Deliver(hash) => ActionKind::Deliver(message(*hash)?),
            Move::Drop(hash) => ActionKind::Drop(message(*hash)?),
            Move::Duplicate(hash) => ActionKind::Duplicate(message(*hash)?),
            Move::Call { node, .. } if plan.asks_leaders && !leads(world, *node) => return None,
            Move::Call { client, node, offer } => ActionKind::Invoke {
                client: *client,
                node: Some(*node),
                operation: plan.offers.get(usize::from(*offer))?.clone(),
            },
            Move::Wait => return Some(ActionKind::Wait.at(now_ms + u64::from(plan.wait_ms))),
            Move::Act(kind) => kind.clone(),
        };
        Some(kind.at(now_ms))
    }
}

/// The oldest message of that hash, which is that of sender, receiver and content.
pub(super) fn message_of(world: &World, hash: u64) -> Option<MessageId> {
    world.envelopes().find(|envelope| envelope.hash == hash).map(|envelope| envelope.id)
}
