//! Multi-Paxos and its rules: with all of them nothing ever breaks, without one its promised
//! invariant does, acceptors and leaders choose as the paper says, and dead messages are dead.

mod common;

use common::{aimed, any_action, check_dead, field};
use consensus_playground::action::ActionKind;
use consensus_playground::ids::NodeId;
use consensus_playground::protocol::Sheet;
use consensus_playground::protocols::{self, Entry};
use consensus_playground::scenario::{Scenario, Step, expect, presets, run, text, transcript};
use consensus_playground::sweep::{SweepRun, sweep_seed};
use consensus_playground::world::Schedule;
use consensus_playground::world::World;
use proptest::collection::vec;
use proptest::prelude::*;

const SEEDS: std::ops::RangeInclusive<u64> = 1..=100;

fn protocol() -> (u8, Entry) {
    protocols::find("multi_paxos").unwrap()
}

fn sheet() -> &'static Sheet {
    protocol().1.sheet()
}

fn parse(body: &str) -> Scenario {
    let source = format!("protocol multi_paxos\n{body}");
    text::parse(&source).unwrap_or_else(|error| panic!("{error}\n{source}"))
}

/// The world after a scenario's steps; every expectation in it must be met.
fn world(body: &str) -> World {
    let scenario = parse(body);
    let mut sim = protocol().1.world(scenario.config.clone()).unwrap();
    for step in &scenario.steps {
        let words = text::print_step(scenario.sheet(), step);
        if let Step::Expect(expectation) = step {
            expect::check(&sim, expectation).unwrap_or_else(|found| panic!("{words}: {found}"));
        }
        run::step(&mut sim, scenario.pace, step).unwrap_or_else(|error| panic!("{words}: {error}"));
    }
    sim
}

/// Which invariant a failure is about.
fn violated(run: &SweepRun) -> Option<&str> {
    run.failure.as_deref()?.strip_prefix("violated ")?.split(':').next()
}

#[test]
fn with_every_rule_a_hundred_seeds_hold_and_make_progress() {
    let mut answered = 0;
    for seed in SEEDS {
        let run = sweep_seed(protocol().0, seed, &[]).unwrap();
        assert_eq!(run.failure, None, "replay with `sweep multi_paxos --seeds {seed}`");
        answered += run.answered;
    }
    assert!(answered > 1000, "{answered} operations answered");
}

#[test]
fn without_a_rule_some_seed_violates_what_it_protects() {
    for (id, least) in [
        ("promise-only-higher-ballots", 30),
        ("accept-only-at-promised-ballot", 30),
        ("adopt-highest-accepted-value", 15),
        ("phase-1-needs-majority", 5),
        ("phase-2-needs-majority", 30),
        ("durable-promise", 30),
        ("durable-accepted-value", 30),
        ("one-value-per-ballot-and-slot", 30),
        ("apply-in-slot-order", 30),
        ("session-dedup", 15),
    ] {
        let place = sheet().rule(id).unwrap();
        let protects = sheet().rules[usize::from(place.0)].protects;
        let runs = (1..=60).map(|seed| sweep_seed(protocol().0, seed, &[place]).unwrap());
        let mut found = 0;
        for run in runs {
            let Some(invariant) = violated(&run) else { continue };
            assert!(protects.contains(&invariant), "without {id}: {:?}", run.failure);
            found += 1;
        }
        assert!(found >= least, "without {id} {found} of 60 seeds break");
    }
}

#[test]
fn rules_of_liveness_break_no_invariant() {
    for id in ["fill-holes", "back-off"] {
        let place = sheet().rule(id).unwrap();
        assert!(sheet().rules[usize::from(place.0)].protects.is_empty());
        for seed in 1..=30 {
            let run = sweep_seed(protocol().0, seed, &[place]).unwrap();
            assert_eq!(violated(&run), None, "without {id}, seed {seed}");
        }
    }
}

#[test]
fn every_rule_is_switched_off_in_a_scenario() {
    for rule in sheet().rules {
        let shown = presets::all().into_iter().any(|preset| {
            preset.id.starts_with("multi_paxos/")
                && preset.text.lines().any(|line| {
                    line.strip_prefix("without ")
                        .is_some_and(|rules| rules.split(' ').any(|id| id == rule.id))
                })
        });
        assert!(shown, "no scenario is without {}", rule.id);
        for invariant in rule.protects {
            assert!(sheet().invariant(invariant).is_some(), "{}: {invariant}", rule.id);
        }
    }
}

/// A scenario's steps without its expectations, with every rule.
fn with_all_rules(id: &str) -> String {
    let source = presets::find(id).unwrap().text;
    source
        .lines()
        .filter(|line| !line.starts_with("expect") && !line.starts_with("without"))
        .map(|line| format!("{line}\n"))
        .collect()
}

#[test]
fn the_rule_alone_keeps_the_slot_from_a_second_decision() {
    for id in ["late-accept-without-the-rule", "own-value-instead", "accepted-value-lost"] {
        let source = with_all_rules(&format!("multi_paxos/{id}"));
        let failures = transcript::report(&text::parse(&source).unwrap()).failures.join("\n");
        assert!(!failures.contains("violated"), "{id}: {failures}");
    }
}

#[test]
fn an_acceptor_promises_by_the_order_of_ballots() {
    // n1's first ballot is 11, or one round above what it has promised itself.
    for (candidate, acceptor, granted, why) in [
        ("promised 0", "promised 0", true, "nothing is promised yet"),
        ("promised 13", "promised 13", true, "a later round is higher"),
        ("promised 0", "promised 12", false, "in the same round the later node is higher"),
        ("promised 0", "promised 23", false, "a later round was promised"),
        ("promised 33", "promised 33", true, "rounds are compared before nodes"),
        ("promised 11", "promised 21", true, "its own ballot may be promised again"),
    ] {
        let sim = world(&format!(
            "nodes 3\nclients 0\npace by-hand\ndisk n1 {candidate}\ndisk n2 {acceptor}\n\
             timeout n1 election\ndeliver n1->n2 Prepare\ndeliver n2->n1"
        ));
        let leads = sim.node_view(NodeId(0)).role == "leader";
        assert_eq!(leads, granted, "{why}: {candidate} asks {acceptor}");
    }
}

#[test]
fn a_leader_adopts_the_value_of_the_highest_ballot() {
    for (first, second, adopted) in [
        ("1@11:x=a", "1@22:x=b", "b"),
        ("1@32:x=a", "1@22:x=b", "a"),
        ("1@21:x=a", "1@22:x=b", "b"),
        ("1@13:x=a", "2@13", "a"),
    ] {
        let sim = world(&format!(
            "nodes 5\nclients 0\npace by-hand\ndisk n1 promised 32 accepted {first}\n\
             disk n2 promised 22 accepted {second}\ndisk n3 promised 32\ntimeout n3 election\n\
             deliver n3->n1 Prepare\ndeliver n3->n2 Prepare\ndeliver n1->n3\ndeliver n2->n3\n\
             expect leader n3\nsettle\nexpect all hold"
        ));
        assert_eq!(field(&sim, 4, "x"), adopted, "{first} and {second}");
    }
}

#[test]
fn the_window_bounds_what_is_undecided() {
    let sim = world(
        "nodes 3\nclients 3\npace by-hand\nset window 2\ntimeout n1 election\nsettle\n\
         invoke A append x a to n1\ninvoke B append x b to n1\ninvoke C append x c to n1\n\
         deliver A->n1\ndeliver B->n1\ndeliver C->n1\nexpect n1 log 11 11\nexpect n1 waiting 1\n\
         settle\nexpect n1 log 11 11 11\nexpect n1 value x abc\nexpect n3 value x abc\n\
         expect reply C ok\nexpect all hold",
    );
    assert_eq!(field(&sim, 0, "next slot"), "4");
}

#[test]
fn writes_before_the_run_are_all_executed() {
    world(
        "nodes 3\nclients 0\npace by-hand\ndisk n2 promised 11 accepted 1@11:x=1 2@11:x=2 4@11:y=3\n\
         disk n1 promised 11\ntimeout n2 election\nsettle\nexpect n3 value x 2\nexpect n3 value y 3\n\
         expect n3 executed-up-to 4\nexpect all hold",
    );
}

#[test]
fn disks_that_cannot_be_are_refused() {
    for (disk, expected) in [
        ("promised 20", "a ballot such as 23"),
        ("promised 11 accepted 1@22", "no lower"),
        ("promised 11 accepted 0@11", "a slot from 1"),
        ("promised 11 accepted 1@11:x", "SLOT@BALLOT"),
        ("term 3", "promised BALLOT"),
    ] {
        let source = format!("protocol multi_paxos\nnodes 3\ndisk n1 {disk}\n");
        let error = text::parse(&source).expect_err(disk).to_string();
        assert!(error.contains(expected), "{disk}: {error}");
    }
}

#[test]
fn every_size_of_quorum_that_intersects_serves() {
    for phase_2 in 2..=5 {
        world(&format!(
            "nodes 5\nseed 4\nset phase-1-quorum 2\nset phase-2-quorum {phase_2}\nrun 800\n\
             invoke A put x 1\nrun 900\nexpect reply A ok\nexpect n5 value x 1\nexpect all hold"
        ));
    }
}

/// The formulas of a cluster, filled in, with whether they hold.
fn formulas(body: &str) -> Vec<(String, bool)> {
    let formulas = world(body).formulas();
    formulas.into_iter().map(|formula| (formula.filled, formula.holds)).collect()
}

#[test]
fn formulas_say_whether_quorums_meet_and_how_many_nodes_may_be_down() {
    for (body, meet, meets, down, survives) in [
        ("nodes 5", "3 + 3 > 5", true, "5 ≥ 2·2 + 1", true),
        ("nodes 4\nset phase-2-quorum 2", "3 + 2 > 4", true, "4 ≥ 2·1 + 1", true),
        (
            "nodes 4\nset phase-1-quorum 2\nset phase-2-quorum 2",
            "2 + 2 > 4",
            false,
            "4 ≥ 2·2 + 1",
            false,
        ),
        ("nodes 3\nset phase-1-quorum 1", "2 + 2 > 3", true, "3 ≥ 2·1 + 1", true),
    ] {
        let expected = vec![(meet.to_owned(), meets), (down.to_owned(), survives)];
        assert_eq!(formulas(body), expected, "{body}");
    }
    let quorums = world("nodes 5").formulas()[0].quorums.clone();
    let sizes: Vec<(&str, u32)> = quorums.iter().map(|quorum| (quorum.name, quorum.size)).collect();
    assert_eq!(sizes, [("phase 1", 3), ("phase 2", 3)]);
}

#[test]
fn a_quorum_larger_than_the_cluster_is_refused_where_it_is_set() {
    for (body, place, expected) in [
        (
            "nodes 3\nset phase-1-quorum 4",
            3,
            "phase-1-quorum 4 can never be reached: the cluster has 3 nodes",
        ),
        (
            "set phase-2-quorum 6",
            2,
            "phase-2-quorum 6 can never be reached: the cluster has 5 nodes",
        ),
    ] {
        let error = text::parse(&format!("protocol multi_paxos\n{body}")).expect_err(body);
        assert_eq!((error.line, error.message.as_str()), (place, expected), "{body}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn delivering_a_dead_message_changes_nothing(
        seed in 1..10_000u32,
        without in proptest::option::of(0..13u8),
        kinds in vec((0..6u8, any_action()), 40..160),
    ) {
        let off = without.map_or(String::new(), |place| {
            format!("\nwithout {}", sheet().rules[usize::from(place)].id)
        });
        let scenario = parse(&format!(
            "nodes 4\nclients 2\nnetwork loss 3% duplicate 5%\nseed {seed}{off}"
        ));
        let mut sim = protocol().1.world(scenario.config.clone()).unwrap();
        let mut dead = 0;
        for (how, kind) in kinds {
            let kind = match how {
                0 | 1 => sim.next_action(Schedule::ByTime).map(|next| next.kind),
                2 | 3 => sim.next_action(Schedule::Random).map(|next| next.kind),
                _ => Some(aimed(&sim, kind)),
            };
            // A lost disk forgets promises, and then nothing is over.
            let Some(kind) = kind.filter(|kind| !matches!(kind, ActionKind::LoseDisk(_))) else { continue };
            let _ = sim.apply(&kind.at(sim.now_ms()));
            check_dead(&sim, &mut dead)?;
        }
    }
}

#[test]
fn an_ordinary_run_has_dead_messages_and_all_are_dead() {
    let mut sim = world("nodes 5\nclients 2\nseed 4\nrun 400\ninvoke A put x 1\ninvoke B put y 2");
    let mut dead = 0;
    for _ in 0..200 {
        common::play(&mut sim, 1);
        check_dead(&sim, &mut dead).unwrap();
    }
    assert!(dead > 3, "{dead} deliveries of dead messages were tried");
}
