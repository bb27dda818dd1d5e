//! The worlds of a scenario as the crate `stateright` searches them: by their public face alone, without
//! cores, remembered effects or sums. It must count the same states, and it is what the explorer's speed
//! is compared with.

use std::hash::{Hash, Hasher};

use consensus_playground::action::{Action, ActionKind};
use consensus_playground::explore::{Budget, Plan, Surprise};
use consensus_playground::ids::{ClientId, NodeId};
use consensus_playground::world::{Status, World};
use stateright::Model;

/// A world with what may still happen, compared by its public fingerprint.
#[derive(Clone)]
pub struct State {
    world: World,
    left: Budget,
    called: u32,
}

impl State {
    fn identity(&self) -> (u64, Budget, u32, bool) {
        let is_broken = !self.world.violations().is_empty();
        (self.world.cluster_fingerprint(), self.left, self.called, is_broken)
    }
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.identity())
    }
}

impl PartialEq for State {
    fn eq(&self, other: &Self) -> bool {
        self.identity() == other.identity()
    }
}

impl Hash for State {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.identity().hash(state);
    }
}

/// The same space: deliveries, calls, timers, crashes and restarts.
pub struct Same {
    /// Where it begins.
    pub origin: World,
    /// What may happen.
    pub plan: Plan,
}

impl Same {
    fn possible(&self, state: &State) -> Vec<(ActionKind, Budget, u32)> {
        let (world, mut found) = (&state.world, Vec::new());
        world.for_each_message(&mut |info| {
            found.push((ActionKind::Deliver(info.id), state.left, state.called));
        });
        let nodes = || (0..world.config().nodes).map(NodeId);
        let mut costs = |kind: Surprise, action: ActionKind, called: u32| {
            found.extend(state.left.less(kind).map(|left| (action, left, called)));
        };
        for node in nodes() {
            for timer in world.timers(node) {
                costs(Surprise::Timer, ActionKind::Fire { node, timer: timer.timer }, state.called);
            }
            costs(Surprise::Crash, ActionKind::Crash(node), state.called);
        }
        for client in (0..world.config().clients).map(ClientId) {
            for (place, operation) in self.plan.offers.iter().enumerate() {
                let bit = 1 << place;
                for node in nodes().filter(|_| state.called & bit == 0) {
                    let (node, operation) = (Some(node), operation.clone());
                    let kind = ActionKind::Invoke { client, node, operation };
                    costs(Surprise::Operation, kind, state.called | bit);
                }
            }
        }
        for node in nodes().filter(|node| world.status(*node) == Status::Down) {
            found.push((ActionKind::Restart(node), state.left, state.called));
        }
        found
    }
}

impl Model for Same {
    type State = State;
    type Action = (ActionKind, Budget, u32);

    fn init_states(&self) -> Vec<State> {
        vec![State { world: self.origin.clone(), left: self.plan.budget, called: 0 }]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Self::Action>) {
        actions.extend(self.possible(state));
    }

    fn next_state(&self, state: &State, (kind, left, called): Self::Action) -> Option<State> {
        let mut world = state.world.clone();
        world.apply(&Action { at_ms: 0, kind }).ok()?;
        Some(State { world, left, called })
    }

    fn properties(&self) -> Vec<stateright::Property<Self>> {
        vec![stateright::Property::always("every state is looked at", |_, _| true)]
    }
}
