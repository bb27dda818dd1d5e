//! Multi-Paxos and its rules: with all of them nothing ever breaks, without one its promised
//! invariant does, acceptors and leaders choose as the paper says, and dead messages are dead.

use consensus_playground::ids::NodeId;
use consensus_playground::scenario::text;
use consensus_playground::world::World;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::common::subject::{Subject, forgets, wander};
use crate::common::{any_action, field};

const SUBJECT: Subject = Subject("multi_paxos");

fn world(body: &str) -> World {
    SUBJECT.world(body)
}

#[test]
fn with_every_rule_a_hundred_seeds_hold_and_make_progress() {
    SUBJECT.holds(1..=100, 1000);
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
        SUBJECT.breaks_often(id, 1..=60, least);
    }
}

#[test]
fn rules_of_liveness_break_no_invariant() {
    for id in ["fill-holes", "back-off"] {
        SUBJECT.breaks_no_invariant(id, 1..=30);
    }
}

#[test]
fn every_rule_is_switched_off_in_a_scenario() {
    SUBJECT.shows_every_rule();
}

#[test]
fn the_rule_alone_keeps_the_slot_from_a_second_decision() {
    SUBJECT.is_saved_by_its_rules(&[
        "late-accept-without-the-rule",
        "own-value-instead",
        "accepted-value-lost",
    ]);
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
        assert_eq!(SUBJECT.formulas(body), expected, "{body}");
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
        let off = SUBJECT.off(without);
        let mut sim = world(&format!(
            "nodes 4\nclients 2\nnetwork loss 3% duplicate 5%\nseed {seed}{off}"
        ));
        // A lost disk forgets promises, and then nothing is over.
        wander(&mut sim, kinds, forgets, |_| Ok(()))?;
    }
}

#[test]
fn an_ordinary_run_has_dead_messages_and_all_are_dead() {
    SUBJECT.meets_dead_messages(
        "nodes 5\nclients 2\nseed 4\nrun 400\ninvoke A put x 1\ninvoke B put y 2",
        200,
        3,
    );
}
