//! Active replication and its rules: with all of them nothing ever breaks, without one its promised
//! invariant does, sequencers begin with the right history, and dead messages are dead.

use consensus_playground::ids::NodeId;
use consensus_playground::scenario::text;
use consensus_playground::world::World;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::common::subject::{Subject, forgets, wander};
use crate::common::{any_action, field};

const SUBJECT: Subject = Subject("total_order");

fn world(body: &str) -> World {
    SUBJECT.world(body)
}

#[test]
fn with_every_rule_sixty_seeds_hold_and_make_progress() {
    SUBJECT.holds(1..=60, 600);
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
        SUBJECT.breaks_often(id, 1..=60, least);
    }
}

#[test]
fn without_asking_for_what_is_missing_nothing_wrong_is_delivered() {
    let stuck = SUBJECT.breaks_no_invariant("ask-for-missing", 1..=60);
    assert!(stuck > 10, "{stuck} runs make no progress");
}

#[test]
fn every_rule_is_switched_off_in_a_scenario() {
    SUBJECT.shows_every_rule();
}

#[test]
fn the_rule_alone_keeps_the_harm_away() {
    SUBJECT.is_saved_by_its_rules(&[
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
    ]);
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
        let off = SUBJECT.off(without);
        let mut sim = world(&format!(
            "nodes 4\nclients 2\nnetwork loss 3% duplicate 5%\nseed {seed}{off}"
        ));
        // A lost disk forgets epochs, and then nothing is over.
        wander(&mut sim, kinds, forgets, |_| Ok(()))?;
    }
}

#[test]
fn a_fail_over_has_dead_messages_and_all_are_dead() {
    let sim = SUBJECT.meets_dead_messages(
        "nodes 5\nclients 2\nseed 4\nrun 100\ninvoke A put x 1\ncrash n1\nrun 200\n\
        invoke B put y 2",
        300,
        3,
    );
    assert!((1..5).any(|node| sim.node_view(NodeId(node)).role == "sequencer"));
}
