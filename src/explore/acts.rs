//! What may happen in a core besides messages and calls, in a fixed order: what busy clients do, nodes, the
//! rest. It is the same for all states of a core but for what their budgets allow.

use super::moves::Move;
use super::plan::{Plan, surprise_of};
use crate::action::ActionKind;
use crate::budget::Surprise;
use crate::ids::{ClientId, NodeId, NodeSet};
use crate::world::{Apart, Status, World};

/// What may happen in a core.
pub(super) struct Acts {
    /// Moves, what each costs, and the bit of those that are on offer: each happens once.
    pub moves: Box<[(Move, Option<Surprise>, u32)]>,
    /// The clients that may call an operation.
    pub callers: Box<[ClientId]>,
    /// How many clients are left out because another one is like them.
    pub equal: u64,
    /// How many moves the plan never allows.
    pub never: u64,
    /// Whether every message could arrive.
    pub is_whole: bool,
}

struct Listed<'a> {
    plan: &'a Plan,
    moves: Vec<(Move, Option<Surprise>, u32)>,
    never: u64,
}

impl Listed<'_> {
    fn surprise(&mut self, surprise: Surprise, step: Move) {
        if self.plan.budget.of(surprise) == 0 || self.plan.is_narrowed(surprise) {
            self.never += 1;
        } else {
            self.moves.push((step, Some(surprise), 0));
        }
    }

    fn free(&mut self, kind: ActionKind) {
        self.moves.push((Move::Act(kind), None, 0));
    }

    fn node(&mut self, world: &World, node: NodeId) {
        match world.status(node) {
            Status::Down => {
                self.free(ActionKind::Restart(node));
                self.surprise(Surprise::Disk, Move::Act(ActionKind::LoseDisk(node)));
            }
            Status::Paused => self.free(ActionKind::Resume(node)),
            Status::Up => self.running(world, node),
        }
        let ahead_ms = self.plan.wait_ms;
        self.surprise(Surprise::Jump, Move::Act(ActionKind::JumpClock { node, ahead_ms }));
        let alone = ActionKind::Partition(Box::new(NodeSet::of(node)));
        self.surprise(Surprise::Cut, Move::Act(alone));
    }

    fn running(&mut self, world: &World, node: NodeId) {
        let silent = self.plan.silent_timers;
        for timer in world.timer_ids(node).filter(|timer| silent & 1 << timer.0 == 0) {
            self.surprise(Surprise::Timer, Move::Act(ActionKind::Fire { node, timer }));
        }
        self.surprise(Surprise::Crash, Move::Act(ActionKind::Crash(node)));
        if world.is_disk_held(node) {
            self.free(ActionKind::SyncDisk(node));
        } else {
            self.surprise(Surprise::Hold, Move::Act(ActionKind::HoldDisk(node)));
        }
        let is_narrowed = self.plan.is_narrowed(Surprise::Command);
        if self.plan.budget.of(Surprise::Command) == 0 || is_narrowed {
            self.never += 1;
            return;
        }
        for command in 0..world.sheet().commands.len() as u8 {
            for argument in (0..world.config().nodes).map(NodeId) {
                let kind = ActionKind::Command { node, command, argument };
                self.surprise(Surprise::Command, Move::Act(kind));
            }
        }
    }
}

impl Listed<'_> {
    /// What is on offer by name, where it is possible.
    fn offered(&mut self, world: &World) {
        let first = self.plan.offers.len();
        for (place, kind) in self.plan.acts.iter().enumerate() {
            let Some(surprise) = surprise_of(kind) else { continue };
            if self.plan.budget.of(surprise) > 0 && world.check(kind).is_ok() {
                let bit = 1 << (first + place);
                self.moves.push((Move::Act(kind.clone()), Some(surprise), bit));
            }
        }
    }
}

impl Acts {
    /// All that decides what may happen in a world, as 64 bits.
    pub fn key(world: &Apart, plan: &Plan) -> u64 {
        // Whether an act on offer is possible may depend on anything.
        if plan.acts.is_empty() { world.outline() } else { world.identity() }
    }

    /// Lists them.
    pub fn of(world: &World, plan: &Plan) -> Self {
        let mut listed = Listed { plan, moves: Vec::new(), never: 0 };
        let (mut callers, mut equal, mut is_first_fresh) = (Vec::new(), 0, true);
        for client in (0..world.config().clients).map(ClientId) {
            if !world.is_idle(client) {
                listed.surprise(Surprise::Retry, Move::Act(ActionKind::Retry(client)));
                listed.surprise(Surprise::GiveUp, Move::Act(ActionKind::GiveUp(client)));
                continue;
            }
            let is_fresh = world.is_fresh(client);
            if plan.reductions.clients && is_fresh && !is_first_fresh {
                equal += 1;
                continue;
            }
            is_first_fresh &= !is_fresh;
            callers.push(client);
        }
        for node in (0..world.config().nodes).map(NodeId) {
            listed.node(world, node);
        }
        if world.cuts().iter().any(|unreachable| !unreachable.is_empty()) {
            listed.free(ActionKind::HealAll);
        }
        listed.surprise(Surprise::Wait, Move::Wait);
        listed.offered(world);
        Acts {
            moves: listed.moves.into(),
            callers: callers.into(),
            equal,
            never: listed.never,
            is_whole: world.is_whole(),
        }
    }
}
