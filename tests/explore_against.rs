//! The explorer against a checker that others wrote: the crate `stateright` must count the same states.

#[path = "../benches/same_worlds/mod.rs"]
mod same_worlds;

use consensus_playground::explore::{
    Breadth, Budget, Limits, Plan, Progress, Reductions, Worlds, searchable,
};
use consensus_playground::scenario::text;
use consensus_playground::timeline::{BranchId, Timeline};
use same_worlds::Same;
use stateright::{Checker, Model};

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
