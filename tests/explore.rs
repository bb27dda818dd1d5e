//! The explorer: published numbers of states, what it finds and how short it is, and that every
//! shortcut it takes leaves what it finds as it was.

use std::collections::BTreeMap;

use consensus_playground::explore::spec::{Model, ModelSpace, PaxosModel, TwoPhaseCommitModel};
use consensus_playground::explore::{
    Breadth, Budget, Counts, Finding, FoundRun, Limits, Plan, Progress, Reductions, Space, Worlds,
    minimise, searchable, tell,
};
use consensus_playground::operation::Operation;
use consensus_playground::scenario::{Scenario, link, text, transcript};
use consensus_playground::timeline::{BranchId, Timeline};

/// Distinct, generated and depth of a model, all of it.
fn count(model: impl Model + 'static) -> (u64, u64, u32) {
    let mut search = Breadth::new(ModelSpace(Box::new(model)), Limits::default());
    // In slices, as a worker does it.
    while search.advance(1000) == Progress::Running {}
    assert_eq!(search.progress(), Progress::Exhausted);
    let counts = search.counts();
    (counts.distinct, counts.generated, counts.depth)
}

#[test]
fn two_phase_commit_has_the_published_number_of_states() {
    assert_eq!(count(TwoPhaseCommitModel::new(3).unwrap()), (288, 1_146, 11));
    assert_eq!(count(TwoPhaseCommitModel::new(4).unwrap()).0, 1_568);
    assert_eq!(count(TwoPhaseCommitModel::new(5).unwrap()), (8_832, 58_146, 17));
    assert!(TwoPhaseCommitModel::new(0).is_err() && TwoPhaseCommitModel::new(16).is_err());
}

#[test]
fn paxos_has_the_published_number_of_states() {
    assert_eq!(count(PaxosModel::new(3, 2, 2).unwrap()), (3_921, 23_563, 17));
    assert_eq!(count(PaxosModel::new(3, 3, 2).unwrap()), (185_369, 1_361_380, 25));
    assert!(PaxosModel::new(9, 9, 9).is_err());
}

/// A scenario from its header.
fn scenario(header: &str) -> Scenario {
    searchable(&text::parse(header).unwrap_or_else(|error| panic!("{error} in\n{header}")))
}

fn worlds_of(scenario: &Scenario, change: impl FnOnce(&mut Plan)) -> Worlds {
    let timeline = Timeline::open(scenario.clone()).unwrap();
    let mut plan = Plan::usual(scenario.sheet());
    change(&mut plan);
    Worlds::new(timeline.world_at(BranchId(0), timeline.length(BranchId(0))), plan)
}

fn search(worlds: Worlds) -> Breadth<Worlds> {
    let mut search = Breadth::new(worlds, Limits { states: 3_000_000, ..Limits::default() });
    while search.advance(777) == Progress::Running {}
    search
}

/// What is found from an empty scenario with this header, and after how many actions, each time as
/// a scenario and a link that replay it.
fn find(header: &str, budget: &str, offers: &[&str]) -> Option<(String, usize)> {
    let scenario = scenario(header);
    let search = search(worlds_of(&scenario, |plan| {
        plan.budget = Budget::parse(budget).unwrap();
        if !offers.is_empty() {
            let read =
                |offer: &&str| Operation::parse(&offer.split(' ').collect::<Vec<_>>()).unwrap();
            plan.offers = offers.iter().map(read).collect();
        }
    }));
    let Some(finding) = search.finding() else {
        assert_eq!(search.progress(), Progress::Exhausted, "{header}");
        return None;
    };
    let Finding::Violation { property, why } = finding else { panic!("no goal was set") };
    let (_, steps) = search.run().unwrap();
    let actions = search.space().actions(&steps).unwrap();
    assert_eq!(minimise(search.space(), &actions), actions, "nothing can be left out");
    let run = FoundRun { actions, finding: finding.clone(), goal: Vec::new() };
    let (told, actions) = (tell(&scenario, &run).unwrap(), run.actions);
    // The text and the link replay it, with the same sentence.
    let read = text::parse(&told.text).unwrap();
    assert_eq!(transcript::report(&read).failures, Vec::<String>::new(), "{}", told.text);
    let opened = link::decode(&told.link).unwrap();
    let timeline = Timeline::open(opened.scenario).unwrap();
    assert_eq!(timeline.divergence(&opened.recorded.unwrap()), None);
    let end = timeline.world_at(BranchId(0), timeline.length(BranchId(0)));
    assert_eq!(end.step(), actions.len() as u64);
    assert!(end.violations().iter().any(|violation| violation.why == *why), "{}", told.text);
    Some((property.clone(), actions.len()))
}

const ABD: &str = "protocol abd\nnodes 3\nclients 2\n";
const PAXOS: &str = "protocol paxos\nnodes 3\nclients 2\n";
/// Time stands still, so whoever has heard of a leader would refuse every vote for ever.
const RAFT: &str = "protocol raft\nnodes 3\nclients 1\nwithout pre-vote leader-stickiness\n";
const THREE_PHASE_COMMIT: &str = "protocol three_phase_commit\nnodes 3\nclients 1\n";

#[test]
fn with_all_rules_on_nothing_is_found() {
    for (header, budget) in [
        (ABD, "operations=2"),
        (ABD, "operations=1,crashes=1,retries=1"),
        (PAXOS, "operations=1,timers=1,crashes=1"),
        (PAXOS, "operations=1,retries=1,duplicates=1"),
        (RAFT, "operations=1,timers=1,crashes=1"),
        (RAFT, "timers=2,crashes=1"),
        (THREE_PHASE_COMMIT, "operations=1,timers=1,crashes=1"),
    ] {
        assert_eq!(find(header, budget, &[]), None, "{header}{budget}");
    }
}

/// All states of a scenario within a budget.
fn counted(header: &str, budget: &str, reductions: Reductions) -> Counts {
    let search = search(worlds_of(&scenario(header), |plan| {
        plan.budget = Budget::parse(budget).unwrap();
        plan.reductions = reductions;
    }));
    assert_eq!(search.progress(), Progress::Exhausted, "{header}{budget}");
    search.counts()
}

/// Spaces small enough to be searched without any reduction.
const SMALL: &[(&str, &str)] = &[
    (ABD, "operations=1"),
    (PAXOS, "operations=1"),
    (RAFT, "timers=1,crashes=1"),
    (THREE_PHASE_COMMIT, "operations=1"),
    ("protocol two_phase_commit\nnodes 3\nclients 1\n", "operations=1,timers=1,crashes=1"),
    ("protocol multi_paxos\nnodes 3\nclients 1\n", "timers=1"),
    ("protocol quorum\nnodes 3\nclients 1\n", "operations=1"),
    ("protocol primary_backup\nnodes 3\nclients 1\n", "timers=2"),
];

#[test]
fn each_reduction_leaves_no_more_states() {
    for (header, budget) in SMALL {
        let whole = counted(header, budget, Reductions::NONE);
        for name in Reductions::NAMES {
            let mut one = Reductions::NONE;
            *one.switch(name).unwrap() = true;
            let reduced = counted(header, budget, one);
            assert!(reduced.distinct <= whole.distinct, "{name} in {header}");
        }
    }
}

#[test]
fn each_reduction_finds_the_same_after_as_many_actions() {
    for (header, rule, budget) in [
        (ABD, "answer-after-majority", "operations=1"),
        (ABD, "write-queries-first", "operations=2"),
        (PAXOS, "promise-only-higher-ballots", "operations=2"),
        (PAXOS, "durable-promise", "operations=1,crashes=1"),
        (PAXOS, "learn-only-when-chosen", "operations=1,duplicates=1"),
        (RAFT, "vote-once-per-term", "timers=2"),
        (RAFT, "durable-log", "timers=1,crashes=1"),
        (THREE_PHASE_COMMIT, "quorum-termination", "operations=1,timers=1"),
    ] {
        let scenario = scenario(&format!("{header}without {rule}\n"));
        let lengths: Vec<usize> = [Reductions::NONE, Reductions::ALL]
            .into_iter()
            .chain(Reductions::NAMES.map(|name| {
                let mut one = Reductions::ALL;
                *one.switch(name).unwrap() = false;
                one
            }))
            .map(|reductions| {
                let search = search(worlds_of(&scenario, |plan| {
                    plan.budget = Budget::parse(budget).unwrap();
                    plan.reductions = reductions;
                }));
                assert_eq!(search.progress(), Progress::Found, "{rule}");
                let steps = search.run().unwrap().1;
                search.space().actions(&steps).unwrap().len()
            })
            .collect();
        assert!(lengths.iter().all(|length| *length == lengths[0]), "{rule}: {lengths:?}");
    }
}

#[test]
fn states_of_one_fingerprint_have_one_future() {
    for (header, budget) in SMALL {
        let worlds = worlds_of(&scenario(header), |plan| {
            plan.budget = Budget::parse(budget).unwrap();
        });
        // The future as seen from the first and from every later way to a state.
        let mut futures: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
        let mut waiting: Vec<_> = worlds.initial();
        let (mut merged, mut looked) = (0, 0);
        while let Some(state) = waiting.pop() {
            looked += 1;
            let mut future = Vec::new();
            let mut next = Vec::new();
            worlds.successors(&state, &mut |_, fingerprint, make| {
                future.push(fingerprint);
                next.push(make());
                true
            });
            future.sort_unstable();
            let fingerprint = worlds.fingerprint(&state);
            if let Some(known) = futures.get(&fingerprint) {
                merged += 1;
                assert_eq!(*known, future, "{header}");
                continue;
            }
            futures.insert(fingerprint, future);
            if looked < 30_000 {
                waiting.extend(next);
            }
        }
        assert!(merged > 5, "{header}: two ways lead to one state, {merged} times");
    }
}

#[test]
fn a_goal_is_reached_by_a_passing_run() {
    let scenario = scenario(RAFT);
    let goal = |words: &str| {
        use consensus_playground::explore::Goal;
        match words.split_once(' ') {
            Some(("leaders", number)) => Goal::Leaders(number.parse().unwrap()),
            Some(("candidates", number)) => Goal::Candidates(number.parse().unwrap()),
            _ => panic!("{words}"),
        }
    };
    for (words, length) in [("candidates 2", 2), ("leaders 1", 3), ("leaders 2", 6)] {
        let search = search(worlds_of(&scenario, |plan| {
            plan.budget = Budget::parse("timers=2").unwrap();
            plan.goal = vec![goal(words)];
        }));
        assert_eq!(search.finding(), Some(&Finding::Goal), "{words}");
        assert_eq!(search.run().unwrap().1.len(), length, "{words}");
    }
}
