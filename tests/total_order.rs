//! Active replication and its rules: with all of them nothing ever breaks, without one its promised
//! invariant does, sequencers begin with the right history, and dead messages are dead.

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

const SEEDS: std::ops::RangeInclusive<u64> = 1..=60;

fn protocol() -> (u8, Entry) {
    protocols::find("total_order").unwrap()
}

fn sheet() -> &'static Sheet {
    protocol().1.sheet()
}

fn parse(body: &str) -> Scenario {
    let source = format!("protocol total_order\n{body}");
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
fn with_every_rule_sixty_seeds_hold_and_make_progress() {
    let mut answered = 0;
    for seed in SEEDS {
        let run = sweep_seed(protocol().0, seed, &[]).unwrap();
        assert_eq!(run.failure, None, "replay with `sweep total_order --seeds {seed}`");
        answered += run.answered;
    }
    assert!(answered > 600, "{answered} operations answered");
}

#[test]
fn without_a_rule_some_seed_violates_what_it_protects() {
    for (id, least) in [
        ("deliver-in-order", 20),
        ("deliver-only-stable", 30),
        ("one-number-per-message", 30),
        ("collect-before-ordering", 20),
        ("take-the-latest-history", 10),
        ("refuse-old-epoch", 2),
        ("durable-epoch", 30),
        ("durable-received", 30),
        ("session-dedup", 30),
        ("order-reads", 10),
    ] {
        let place = sheet().rule(id).unwrap();
        let protects = sheet().rules[usize::from(place.0)].protects;
        let mut found = 0;
        for seed in SEEDS {
            let run = sweep_seed(protocol().0, seed, &[place]).unwrap();
            let Some(invariant) = violated(&run) else { continue };
            assert!(protects.contains(&invariant), "without {id}: {:?}", run.failure);
            found += 1;
        }
        assert!(found >= least, "without {id} {found} of 60 seeds break");
    }
}

#[test]
fn without_asking_for_what_is_missing_nothing_wrong_is_delivered() {
    let place = sheet().rule("ask-for-missing").unwrap();
    assert!(sheet().rules[usize::from(place.0)].protects.is_empty());
    let mut stuck = 0;
    for seed in SEEDS {
        let run = sweep_seed(protocol().0, seed, &[place]).unwrap();
        assert_eq!(violated(&run), None, "seed {seed}");
        stuck += usize::from(run.failure.is_some());
    }
    assert!(stuck > 10, "{stuck} runs make no progress");
}

#[test]
fn every_rule_is_switched_off_in_a_scenario() {
    for rule in sheet().rules {
        let shown = presets::all().into_iter().any(|preset| {
            preset.id.starts_with("total_order/")
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

#[test]
fn the_rule_alone_keeps_the_harm_away() {
    for id in [
        "overtaken-without-the-rule",
        "clock-diverges",
        "non-uniform-delivery",
        "number-used-again",
        "shorter-history",
        "old-sequencer-obeyed",
        "executed-twice",
        "numbered-twice",
        "epoch-forgotten",
        "received-forgotten",
    ] {
        let source: String = presets::find(&format!("total_order/{id}"))
            .unwrap()
            .text
            .lines()
            .filter(|line| !line.starts_with("expect") && !line.starts_with("without"))
            .map(|line| format!("{line}\n"))
            .collect();
        let failures = transcript::report(&text::parse(&source).unwrap()).failures.join("\n");
        assert!(!failures.contains("violated"), "{id}: {failures}");
    }
}

#[test]
fn a_new_sequencer_begins_with_the_latest_history() {
    for (first, second, begins_with, why) in [
        ("epoch 1 log 1:x=a", "epoch 2 log 2:x=b", "b", "a later epoch had all of the earlier"),
        ("epoch 3 log 1:x=a", "epoch 2 log 2:x=b 2:y=c", "a", "its length does not matter then"),
        ("epoch 3 log 1:x=a 3:x=b", "epoch 3 log 1:x=a", "b", "in one epoch the longest has all"),
        ("epoch 3 history 1 log 1:x=a", "epoch 2 log 2:x=b", "b", "joining brings no history"),
    ] {
        let sim = world(&format!(
            "nodes 5\nclients 0\npace by-hand\ndisk n1 {first}\ndisk n2 {second}\n\
             disk n3 epoch 7 history 1\ntimeout n3 suspect\ndeliver n3->n1 Collect\n\
             deliver n3->n2 Collect\ndeliver n1->n3 Received\nexpect n3 role collector\n\
             deliver n2->n3 Received\nexpect leader n3\nexpect n3 epoch 8\nsettle\nexpect all hold"
        ));
        assert_eq!(field(&sim, 4, "x"), begins_with, "{why}: {first} and {second}");
    }
}

#[test]
fn a_collector_that_is_alone_asks_again_in_the_same_epoch() {
    world(
        "nodes 3\nclients 0\npace by-hand\ncut n2 <-> n1 n3\ntimeout n2 suspect\n\
         timeout n2 suspect\ntimeout n2 suspect\nexpect n2 epoch 2\nexpect n2 role collector\n\
         heal\ntimeout n2 suspect\nsettle\nexpect leader n2\nexpect n1 role replica\n\
         expect all hold",
    );
}

#[test]
fn a_late_copy_of_a_history_takes_nothing_away() {
    world(
        "nodes 3\nclients 1\npace by-hand\ntimeout n2 suspect\ndeliver n2->n3 Collect\n\
         deliver n3->n2 Received\nduplicate n2->n3 Begin\ndeliver n2->n3 Begin\n\
         invoke A put x 1 to n2\ndeliver A->n2 Request\ndeliver n2->n3 Order\n\
         deliver n3->n2 Ack #2\nexpect n2 value x 1\ndeliver n2->n3 Begin\nexpect n3 log 2\n\
         settle\nexpect n3 value x 1\nexpect all hold",
    );
}

#[test]
fn every_size_of_quorum_that_meets_serves() {
    for (stable, collect) in [(2, 4), (3, 3), (4, 2), (5, 2), (3, 5)] {
        world(&format!(
            "nodes 5\nseed 4\nset stable-quorum {stable}\nset collect-quorum {collect}\nrun 200\n\
             invoke A put x 1 to n3\nrun 300\nexpect reply A ok\nexpect n5 value x 1\nexpect all hold"
        ));
    }
}

#[test]
fn disks_that_cannot_be_are_refused() {
    for (disk, expected) in [
        ("epoch 0", "from 1"),
        ("epoch 2 history 3", "epoch no lower than history"),
        ("epoch 2 log 3:x=1", "no lower"),
        ("epoch 3 log 3:x=1 2:x=2", "never fall"),
        ("epoch 3 log 3:x", "EPOCH:KEY=VALUE"),
        ("term 3", "epoch NUMBER"),
    ] {
        let source = format!("protocol total_order\nnodes 3\ndisk n1 {disk}\n");
        let error = text::parse(&source).expect_err(disk).to_string();
        assert!(error.contains(expected), "{disk}: {error}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn delivering_a_dead_message_changes_nothing(
        seed in 1..10_000u32,
        without in proptest::option::of(0..12u8),
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
            // A lost disk forgets epochs, and then nothing is over.
            let Some(kind) = kind.filter(|kind| !matches!(kind, ActionKind::LoseDisk(_))) else { continue };
            let _ = sim.apply(&kind.at(sim.now_ms()));
            check_dead(&sim, &mut dead)?;
        }
    }
}

#[test]
fn a_fail_over_has_dead_messages_and_all_are_dead() {
    let mut sim = world(
        "nodes 5\nclients 2\nseed 4\nrun 100\ninvoke A put x 1\ncrash n1\nrun 200\ninvoke B put y 2",
    );
    let mut dead = 0;
    for _ in 0..300 {
        common::play(&mut sim, 1);
        check_dead(&sim, &mut dead).unwrap();
    }
    assert!(dead > 3, "{dead} deliveries of dead messages were tried");
    assert!((1..5).any(|node| sim.node_view(NodeId(node)).role == "sequencer"));
}
