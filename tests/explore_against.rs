//! The explorer against a checker that others wrote: the crate `stateright` searches the same worlds
//! by their public face alone, knows nothing of cores, remembered effects or sums, and must count
//! the same states.

use std::hash::{Hash, Hasher};

use consensus_playground::action::{Action, ActionKind};
use consensus_playground::explore::{
    Breadth, Budget, Limits, Plan, Progress, Reductions, Surprise, Worlds, searchable,
};
use consensus_playground::ids::{ClientId, NodeId};
use consensus_playground::scenario::text;
use consensus_playground::timeline::{BranchId, Timeline};
use consensus_playground::world::{Status, World};
use stateright::{Checker, Model};

/// A world with what may still happen, compared by its public fingerprint.
#[derive(Clone)]
struct State {
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
struct Same {
    origin: World,
    plan: Plan,
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

#[test]
fn stateright_counts_the_same_states() {
    for (header, budget) in [
        ("protocol abd\nnodes 3\nclients 1\n", "operations=1"),
        ("protocol paxos\nnodes 3\nclients 1\n", "operations=1"),
        ("protocol raft\nnodes 3\nclients 1\n", "timers=1,crashes=1"),
        ("protocol two_phase_commit\nnodes 3\nclients 1\n", "operations=1,timers=1,crashes=1"),
        ("protocol three_phase_commit\nnodes 3\nclients 1\n", "operations=1"),
        ("protocol primary_backup\nnodes 3\nclients 1\n", "timers=2,crashes=1"),
    ] {
        let scenario = searchable(&text::parse(header).unwrap());
        let origin = Timeline::open(scenario.clone()).unwrap().world_at(BranchId(0), 0);
        let mut plan = Plan::usual(scenario.sheet());
        plan.budget = Budget::parse(budget).unwrap();
        plan.offers.truncate(1);
        plan.reductions = Reductions::NONE;
        let theirs = Same { origin: origin.clone(), plan: plan.clone() };
        let theirs = theirs.checker().spawn_bfs().join().unique_state_count() as u64;
        let mut ours = Breadth::new(Worlds::new(origin, plan), Limits::default());
        while ours.advance(1000) == Progress::Running {}
        assert_eq!(ours.progress(), Progress::Exhausted, "{header}{budget}");
        assert_eq!(ours.counts().distinct, theirs, "{header}{budget}");
        assert!(theirs > 20, "{header}{budget}: {theirs} states");
    }
}

/// Not a test but a measurement, in one run on the same worlds without reductions: distinct states a
/// second here and there, one thread each.
#[test]
#[ignore = "a measurement: cargo test --release --test explore_against -- --ignored --nocapture"]
fn rates() {
    for (header, budget) in [
        ("protocol paxos\nnodes 3\nclients 1\n", "operations=1,crashes=1"),
        ("protocol abd\nnodes 3\nclients 2\n", "operations=2"),
        ("protocol raft\nnodes 3\nclients 1\n", "timers=2"),
    ] {
        let scenario = searchable(&text::parse(header).unwrap());
        let origin = Timeline::open(scenario.clone()).unwrap().world_at(BranchId(0), 0);
        let mut plan = Plan::usual(scenario.sheet());
        plan.budget = Budget::parse(budget).unwrap();
        plan.reductions = Reductions::NONE;
        let limits = Limits { states: 200_000, ..Limits::default() };
        let start = std::time::Instant::now();
        let mut ours = Breadth::new(Worlds::new(origin.clone(), plan.clone()), limits);
        while ours.advance(1000) == Progress::Running {}
        let here = ours.counts().distinct as f64 / start.elapsed().as_secs_f64();
        let start = std::time::Instant::now();
        let theirs = Same { origin, plan }.checker().target_state_count(200_000);
        let theirs = theirs.spawn_bfs().join().unique_state_count() as f64;
        let there = theirs / start.elapsed().as_secs_f64();
        println!("{budget}: {here:.0} here, {there:.0} there, {:.1} times", here / there);
    }
}
