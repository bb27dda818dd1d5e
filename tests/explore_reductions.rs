//! Symmetry of values and sleep sets leave nothing out that matters: what is taken for one has one future,
//! what sleeps commutes, and with either switched on and off the same is found after as many actions.

use std::collections::{BTreeMap, BTreeSet};

use consensus_playground::explore::{
    Breadth, Counts, Finding, Limits, Move, Plan, Progress, Request, Search, Situation, Space,
    Threads, Worlds, searchable, worlds_after,
};
use consensus_playground::mix::scramble;
use consensus_playground::protocols::REGISTRY;
use consensus_playground::scenario::{Scenario, text};

fn scenario(header: &str) -> Scenario {
    searchable(&text::parse(header).unwrap_or_else(|error| panic!("{error} in\n{header}")))
}

fn plan(scenario: &Scenario, request: &str) -> Plan {
    Request::parse(scenario, request).unwrap_or_else(|error| panic!("{error}")).plan
}

fn worlds(header: &str, request: &str) -> Worlds {
    let scenario = scenario(header);
    worlds_after(&scenario, plan(&scenario, request)).unwrap()
}

fn finished(mut search: impl Search<Worlds>) -> (Counts, Option<(String, usize)>) {
    while search.advance(1000) == Progress::Running {}
    let name = |finding: &Finding| match finding {
        Finding::Violation { property, .. } => property.clone(),
        Finding::Goal => "goal".to_owned(),
    };
    let found = search.finding().map(|finding| (name(finding), search.run().unwrap().1.len()));
    assert!(found.is_some() || search.progress() == Progress::Exhausted, "within its bounds");
    (search.counts(), found)
}

fn search(header: &str, request: &str) -> (Counts, Option<(String, usize)>) {
    finished(Breadth::new(worlds(header, request), Limits { states: 400_000, ..Limits::default() }))
}

type Successor = (Move, u64, Situation);

fn successors(space: &Worlds, state: &Situation) -> Vec<Successor> {
    let mut all = Vec::new();
    space.successors(state, &mut |step, fingerprint, make| {
        all.push((step.clone(), fingerprint, make()));
        true
    });
    all
}

/// The step of a state that is another one's with other values: messages by their places, calls by what is
/// called, all else as it is.
fn twin<'a>(place: usize, step: &Move, offers: &[u8], others: &'a [Successor]) -> &'a Successor {
    let twin = match step {
        Move::Deliver(_) | Move::Drop(_) | Move::Duplicate(_) => others.get(place),
        Move::Call { client, node, offer } => {
            let offer = offers[usize::from(*offer)];
            let step = Move::Call { client: *client, node: *node, offer };
            others.iter().find(|(other, ..)| *other == step)
        }
        step => others.iter().find(|(other, ..)| other == step),
    };
    twin.unwrap_or_else(|| panic!("{step:?} can be done with some values, and not with others"))
}

const SWAPPED_PUTS: &[&[u8]] = &[&[1, 0, 2, 3]];
const SWAPPED_PROPOSALS: &[&[u8]] = &[&[1, 0, 2], &[0, 2, 1]];

/// Protocols that treat values alike, with what their operations on offer become.
const ALIKE: &[(&str, &[&[u8]])] = &[
    ("protocol paxos\nnodes 3\nclients 2\n", SWAPPED_PROPOSALS),
    ("protocol abd\nnodes 3\nclients 2\n", SWAPPED_PUTS),
    ("protocol raft\nnodes 3\nclients 2\nwithout pre-vote leader-stickiness\n", SWAPPED_PUTS),
    ("protocol gossip\nnodes 3\nclients 2\n", SWAPPED_PUTS),
    ("protocol quorum\nnodes 3\nclients 2\nset versions last-writer-wins\n", SWAPPED_PUTS),
];

/// A run, and the same run with other values, step by step: what can be done stays the same, so does what is
/// false, and both states are one.
#[test]
fn a_run_with_other_values_is_the_same_run() {
    let request = "budget operations=3,timers=3,crashes=1,retries=1,duplicates=1,holds=1,drops=1\n";
    for (header, swaps) in ALIKE {
        let rules = (worlds(header, "").origin().sheet().rules.iter())
            .filter(|rule| !header.contains(rule.id))
            .map(|rule| format!("without {}\n", rule.id));
        for without in [String::new()].into_iter().chain(rules) {
            for property in ["", "property invariants\nproperty linearizable\n"] {
                let space = worlds(&format!("{header}{without}"), &format!("{request}{property}"));
                for (seed, offers) in (0..4).flat_map(|seed| swaps.iter().map(move |it| (seed, it)))
                {
                    walk_twins(&space, seed, offers);
                }
            }
        }
    }
}

fn walk_twins(space: &Worlds, seed: u64, offers: &[u8]) {
    let mut one = space.initial().remove(0);
    let (mut other, mut drawn) = (one.clone(), seed);
    for _ in 0..60 {
        let (steps, twins) = (successors(space, &one), successors(space, &other));
        assert_eq!(steps.len(), twins.len());
        if steps.is_empty() {
            return;
        }
        drawn = scramble(drawn + 1);
        let place = (drawn % steps.len() as u64) as usize;
        let (step, fingerprint, next) = &steps[place];
        let (_, twin_fingerprint, twin_next) = twin(place, step, offers, &twins);
        assert_eq!(fingerprint, twin_fingerprint, "{step:?}");
        assert_eq!(name(space, next), name(space, twin_next), "{step:?}");
        (one, other) = (next.clone(), twin_next.clone());
    }
}

fn name(space: &Worlds, state: &Situation) -> Option<String> {
    space.finding(state).map(|finding| match finding {
        Finding::Violation { property, .. } => property,
        Finding::Goal => "goal".to_owned(),
    })
}

/// All states, searched as if every value mattered and each beside the one that it is with two values
/// exchanged, fall into as many classes as a search with symmetry finds.
#[test]
fn one_state_of_each_class_of_values_is_looked_at() {
    let deletes = "offer put x 1\noffer put x 2\noffer delete x\n";
    let swapped: &[&[u8]] = &[&[1, 0, 2]];
    for (of, nodes, swaps, request, least_saved) in [
        (0, 2, ALIKE[0].1, "budget operations=2\n", 5),
        (0, 3, ALIKE[0].1, "budget operations=1,timers=1\n", 2),
        (0, 2, ALIKE[0].1, "budget operations=1,timers=1,crashes=1\n", 2),
        (1, 2, ALIKE[1].1, "budget operations=2\n", 1),
        (1, 2, ALIKE[1].1, "budget operations=2\nproperty linearizable\n", 1),
        (2, 2, ALIKE[2].1, "budget timers=1,operations=2\nask-leaders\nsilent heartbeat\n", 1),
        (3, 3, ALIKE[3].1, "budget operations=2,timers=1\n", 1),
        (3, 2, swapped, &format!("budget operations=3\n{deletes}"), 1),
        (4, 3, ALIKE[4].1, "budget operations=1,crashes=1\n", 1),
    ] {
        let header = &ALIKE[of].0.replace("nodes 3", &format!("nodes {nodes}"));
        let (with, _) = search(header, &format!("{request}no symmetry\n"));
        let each = worlds(header, &format!("{request}no symmetry\nno values\n"));
        let initial = each.initial().remove(0);
        let first = each.fingerprint(&initial);
        // What each state is with other values, and the states beside what they are.
        let mut class: BTreeMap<u64, u64> = BTreeMap::new();
        let mut twins: BTreeSet<(u64, u64)> = BTreeSet::new();
        for offers in swaps {
            let mut is_now: BTreeMap<u64, u64> = [(first, first)].into();
            let mut waiting = vec![(initial.clone(), initial.clone())];
            while let Some((state, other)) = waiting.pop() {
                let others = successors(&each, &other);
                for (place, (step, fingerprint, next)) in
                    successors(&each, &state).into_iter().enumerate()
                {
                    let (_, twin, twin_next) = twin(place, &step, offers, &others);
                    let known = is_now.insert(fingerprint, *twin);
                    assert!(known.is_none_or(|known| known == *twin), "{header}{request}");
                    if known.is_none() {
                        waiting.push((next, twin_next.clone()));
                    }
                }
            }
            twins.extend(is_now);
        }
        for (one, other) in &twins {
            class.entry(*one).or_insert(*one);
            class.entry(*other).or_insert(*other);
        }
        fn root(class: &BTreeMap<u64, u64>, mut state: u64) -> u64 {
            while class[&state] != state {
                state = class[&state];
            }
            state
        }
        for (one, other) in &twins {
            let (one, other) = (root(&class, *one), root(&class, *other));
            class.insert(one, other);
        }
        let classes = class.iter().filter(|(state, of)| state == of).count() as u64;
        assert_eq!(with.distinct, classes, "{header}{request} of {}", class.len());
        assert!(classes * least_saved < class.len() as u64, "{classes} of {}", class.len());
        println!("{classes} of {} {}", class.len(), header.lines().next().unwrap());
    }
}

/// Wherever a step sleeps, both orders can be taken, lead to one state, and the same is false in it.
#[test]
fn what_sleeps_commutes() {
    let request =
        "reduce sleep\nbudget operations=3,timers=3,crashes=1,retries=1,duplicates=1,waits=1\n";
    let mut compared = 0;
    for entry in REGISTRY {
        let rules = entry.sheet().rules.iter().map(|rule| format!("without {}\n", rule.id));
        for without in [String::new()].into_iter().chain(rules) {
            for (property, seeds) in
                [("", 2), ("property invariants\nproperty linearizable\n", 1), ("timely\n", 1)]
            {
                let nodes = entry.sheet().nodes_default.min(4);
                let header =
                    format!("protocol {}\nnodes {nodes}\nclients 2\n{without}", entry.id());
                let space = worlds(&header, &format!("{request}{property}"));
                let before = compared;
                for seed in 0..seeds {
                    walk_asleep(&space, seed, &header, &mut compared);
                }
                println!("{} {without:?} {property:?}: {}", entry.id(), compared - before);
            }
        }
    }
    assert!(compared > 10_000, "{compared}");
}

fn walk_asleep(space: &Worlds, seed: u64, header: &str, compared: &mut u64) {
    let mut state = space.initial().remove(0);
    let mut drawn = seed;
    for _ in 0..40 {
        let mut all: Vec<(Successor, Vec<u64>)> = Vec::new();
        space.awake(&state, &[], &mut |step, fingerprint, make, asleep| {
            all.push(((step.clone(), fingerprint, make()), asleep()));
            true
        });
        if all.is_empty() || space.finding(&state).is_some() {
            return;
        }
        for ((step, fingerprint, next), _) in &all {
            assert_eq!(space.fingerprint(next), *fingerprint, "{header}{step:?}");
        }
        for ((step, _, next), asleep) in all.iter().filter(|(_, asleep)| !asleep.is_empty()) {
            let whole = successors(space, next);
            let mut sleeping = Vec::new();
            let mut taken = Vec::new();
            space.awake(next, asleep, &mut |step, _, _, _| {
                taken.push(step.clone());
                true
            });
            for (after, fingerprint, there) in whole {
                if taken.contains(&after) {
                    continue;
                }
                sleeping.push(after.clone());
                // The same the other way round.
                let ((_, _, first), _) = (all.iter())
                    .find(|((other, _, _), _)| *other == after)
                    .unwrap_or_else(|| panic!("{header}{after:?} sleeps after {step:?}"));
                let others = successors(space, first);
                let (_, other, here) = (others.iter())
                    .find(|(other, ..)| other == step)
                    .unwrap_or_else(|| panic!("{header}{step:?} after {after:?}"));
                assert_eq!(*other, fingerprint, "{header}{step:?} and {after:?}");
                assert_eq!(name(space, here), name(space, &there), "{header}{step:?} {after:?}");
                *compared += 1;
            }
            let labels: BTreeSet<u64> = asleep.iter().copied().collect();
            assert_eq!(
                sleeping.len(),
                labels.len(),
                "{header}after {step:?} sleep {sleeping:?}, of {:?}",
                all.iter().map(|((step, ..), _)| step).collect::<Vec<_>>()
            );
        }
        drawn = scramble(drawn + 1);
        let place = (drawn % all.len() as u64) as usize;
        state = all.swap_remove(place).0.2;
    }
}

/// Every state is reached, each as soon, on any number of threads; fewer are generated.
#[test]
fn sleep_sets_leave_no_state_out() {
    for (header, request) in [
        ("protocol paxos\nnodes 3\nclients 2\n", "budget operations=2\n"),
        (
            "protocol paxos\nnodes 3\nclients 2\n",
            "budget operations=1,crashes=1\nno values\nno dead\n",
        ),
        (
            "protocol abd\nnodes 3\nclients 2\n",
            "budget operations=2\nproperty invariants\nproperty linearizable\n",
        ),
        ("protocol raft\nnodes 3\nclients 1\n", "budget timers=2\nsilent heartbeat\n"),
        ("protocol raft\nnodes 3\nclients 1\n", "budget timers=2\nno symmetry\n"),
        ("protocol multi_paxos\nnodes 3\nclients 1\n", "budget operations=1,timers=1\n"),
        ("protocol two_phase_commit\nnodes 3\nclients 1\n", "budget operations=1,timers=1\n"),
        ("protocol gossip\nnodes 3\nclients 2\n", "budget operations=2,timers=2,duplicates=1\n"),
    ] {
        let (without, found_without) = search(header, request);
        let request = &format!("{request}reduce sleep\n");
        let (with, found) = search(header, request);
        let name = header.lines().next().unwrap();
        println!(
            "{name} {request:?}: {} distinct, {} of {} generated",
            with.distinct, with.generated, without.generated
        );
        assert_eq!((with.distinct, with.depth), (without.distinct, without.depth), "{header}");
        assert_eq!(found, None, "{header}");
        assert_eq!(found_without, None, "{header}");
        assert!(with.generated < without.generated && with.pruned.reordered > 0, "{header}");
        assert_eq!(without.pruned.reordered, 0);
        let limits = Limits { states: 400_000, ..Limits::default() };
        let (threads, _) = finished(Threads::new(worlds(header, request), limits, 3));
        assert_eq!(threads, Counts { frontier_max: threads.frontier_max, ..with }, "{header}");
    }
}

/// Each hunt that is small finds the same, after as many steps, with and without either.
#[test]
fn the_same_is_found_with_either_on_and_off() {
    let table = include_str!("../src/explore/hunts.txt").split("== larger").next().unwrap();
    let mut hunts = 0;
    for row in table.lines().filter(|line| !line.starts_with(['#', '='])) {
        let row: Vec<&str> = row.split(" | ").map(str::trim).collect();
        let [protocol, rule, header, request, _, length] = row[..] else { continue };
        let length: usize = length.parse().unwrap();
        if request.contains("search ") || length > 9 {
            continue;
        }
        let header =
            format!("protocol {protocol}\n{}\nwithout {rule}\n", header.replace("; ", "\n"));
        let request = format!("{}\n", request.replace("; ", "\n"));
        let (_, found) = search(&header, &request);
        for off in ["no values\n", "reduce sleep\n", "no values\nreduce sleep\n"] {
            let (_, other) = search(&header, &format!("{request}{off}"));
            let lengths = [&found, &other].map(|found| found.as_ref().map(|(_, length)| *length));
            assert_eq!(lengths[0], lengths[1], "{header}{request}{off}");
            let names = [&found, &other].map(|found| found.as_ref().map(|(name, _)| name.clone()));
            assert_eq!(names[0], names[1], "{header}{request}{off}");
        }
        hunts += 1;
    }
    assert!(hunts > 60, "{hunts}");
}
