//! ABD and its rules: with all of them nothing ever breaks, without one its promised invariant does,
//! tags compare as the paper says, quorums meet, and dead messages are dead.

use std::ops::RangeInclusive;

use consensus_playground::scenario::text;
use consensus_playground::session::Session;
use consensus_playground::world::World;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::common::subject::{Subject, check_holds, forgets_or_switches, wander};
use crate::common::{any_action, field};

const SUBJECT: Subject = Subject("abd");

fn world(body: &str) -> World {
    SUBJECT.world(body)
}

#[test]
fn with_every_rule_three_hundred_seeds_hold_and_make_progress() {
    SUBJECT.holds(1..=300, 3000);
}

/// Inversions need a rare coincidence: so many seeds are tried before a rule is said to do nothing.
const SEEDS_TRIED: RangeInclusive<u64> = 1..=3000;

fn breaks(rule: &str) {
    SUBJECT.breaks(rule, SEEDS_TRIED);
}

without! {
    breaks;
    without_write_back_reads_go_back_in_time "read-write-back";
    without_majorities_reads_are_stale "majority-quorums";
    without_a_query_writes_are_lost "write-queries-first";
    without_writers_ids_a_tag_has_two_values "tie-broken-by-writer-id";
    without_comparing_tags_replicas_go_back "keep-the-higher-tag";
    without_durable_tags_acknowledged_writes_are_lost "durable-tag-and-value";
    without_waiting_acknowledged_writes_are_lost "answer-after-majority";
    without_memory_of_puts_a_retry_is_written_twice "repeated-put-keeps-its-tag";
}

#[test]
fn with_the_rule_the_same_run_violates_nothing() {
    SUBJECT.is_saved_by_its_rules(&[
        "new-old-inversion",
        "two-writers-without-the-tie-break",
        "blind-write",
        "hasty-answer",
        "late-store",
        "repeated-put",
    ]);
}

#[test]
fn every_rule_protects_invariants_that_exist_and_is_off_in_a_scenario() {
    SUBJECT.shows_every_rule();
}

#[test]
fn replicas_keep_the_higher_of_two_tags() {
    for (held, sent, kept, why) in [
        ("1.n1", "2.n1", "2.n1", "the higher counter"),
        ("2.n1", "1.n1", "2.n1", "the higher counter, whatever comes last"),
        ("1.n1", "1.n3", "1.n3", "of the same counter the higher writer"),
        ("1.n3", "1.n1", "1.n3", "of the same counter the higher writer"),
        ("1.n3", "2.n1", "2.n1", "the counter before the writer"),
        ("10.n1", "9.n3", "10.n1", "counters as numbers"),
    ] {
        // n1 reads at n2 and writes back to n3 whatever is higher.
        let sim = world(&format!(
            "nodes 3\nclients 1\npace by-hand\ndisk n1 {sent}:x=sent\ndisk n2 {sent}:x=sent\n\
            disk n3 {held}:x=held\ninvoke A get x to n1\ndeliver A->n1 Request\n\
            deliver n1->n2 Query\ndeliver n2->n1 QueryReply\ndeliver n1->n3 Store"
        ));
        assert_eq!(field(&sim, 2, "tag of x"), kept, "{held} meets {sent}: {why}");
    }
}

#[test]
fn quorums_of_any_size_work_if_they_meet() {
    for (read, write, waits_for) in [(1, 3, "1 and 3"), (3, 1, "3 and 1"), (2, 2, "2 and 2")] {
        world(&format!(
            "nodes 3\nclients 2\nseed 5\nset read-quorum {read}\nset write-quorum {write}\n\
            invoke A put x 1 to n1\nrun 200\nexpect reply A ok\ninvoke B get x to n3\nrun 200\n\
            expect reply B 1\nexpect all hold"
        ));
        let sim = world(&format!(
            "nodes 3\nclients 1\npace by-hand\nset read-quorum {read}\nset write-quorum {write}\n\
            crash n2\ncrash n3\ninvoke A put x 1 to n1\nsettle\nexpect reply A open"
        ));
        let heard = field(&sim, 0, "operation 1");
        let phase = if read == 1 { "stores" } else { "queries" };
        assert!(heard.contains(phase), "{waits_for}: {heard}");
    }
}

/// The formulas of a cluster, filled in, with whether they hold.
#[test]
fn formulas_say_whether_quorums_meet_and_how_many_nodes_may_be_down() {
    for (body, meet, meets, down, survives) in [
        ("nodes 3", "2 + 2 > 3", true, "3 ≥ 2·1 + 1", true),
        ("nodes 4", "3 + 3 > 4", true, "4 ≥ 2·1 + 1", true),
        ("nodes 5\nset read-quorum 1\nset write-quorum 5", "1 + 5 > 5", true, "5 ≥ 2·0 + 1", true),
        ("nodes 5\nset read-quorum 2", "2 + 3 > 5", false, "5 ≥ 2·2 + 1", true),
        (
            "nodes 3\nset read-quorum 1\nset write-quorum 1",
            "1 + 1 > 3",
            false,
            "3 ≥ 2·2 + 1",
            false,
        ),
    ] {
        let expected = vec![(meet.to_owned(), meets), (down.to_owned(), survives)];
        assert_eq!(SUBJECT.formulas(body), expected, "{body}");
    }
    let quorums = world("nodes 5").formulas()[0].quorums.clone();
    let sizes: Vec<(&str, u32)> = quorums.iter().map(|quorum| (quorum.name, quorum.size)).collect();
    assert_eq!(sizes, [("read", 3), ("write", 3)]);
}

#[test]
fn a_quorum_larger_than_the_cluster_is_refused_where_it_is_set() {
    for (body, place, expected) in [
        (
            "nodes 3\nset write-quorum 4",
            3,
            "write-quorum 4 can never be reached: the cluster has 3 nodes",
        ),
        (
            "nodes 5\nset read-quorum 6\nset writers single",
            4,
            "read-quorum 6 can never be reached: the cluster has 5 nodes",
        ),
        (
            "set read-quorum 4\nnodes 3\ninvoke A get x",
            3,
            "read-quorum 4 can never be reached: the cluster has 3 nodes",
        ),
    ] {
        let error = text::parse(&format!("protocol abd\n{body}")).expect_err(body);
        assert_eq!((error.line, error.message.as_str()), (place, expected), "{body}");
    }
    let session = Session::from_text("protocol abd\nnodes 3\nset write-quorum 3").unwrap();
    let error = session.changed("nodes 2").unwrap_err().message;
    assert!(error.contains("write-quorum 3 can never be reached"), "{error}");
}

#[test]
fn a_single_writer_needs_one_round_trip_and_sends_others_away() {
    world(
        "nodes 3\nclients 2\npace by-hand\nset writers single\ninvoke A put x 1 to n1\n\
        deliver A->n1 Request\nexpect no message n1->n2 Query\ndeliver n1->n2 Store\n\
        deliver n2->n1 StoreReply\ndeliver n1->A Reply\nexpect reply A ok\n\
        invoke B put x 2 to n3\nsettle\nexpect reply B ok\nexpect n3 tag-of-x 2.n1\n\
        crash n1\nrestart n1\ninvoke A put x 3 to n1\nsettle\nexpect n2 tag-of-x 3.n1\n\
        expect n2 value x 3\nexpect all hold",
    );
}

#[test]
fn a_repeated_put_keeps_its_tag_and_stays_below_newer_writes() {
    world(
        "nodes 3\nclients 2\npace by-hand\ninvoke A put x a to n1\ndeliver A->n1 Request\n\
        deliver n1->n2 Query\ndeliver n2->n1 QueryReply\ndeliver n1->n2 Store\n\
        deliver n2->n1 StoreReply\ndrop n1->A Reply\nsettle\ninvoke B put x b to n3\nsettle\n\
        retry A\nsettle\nexpect reply A ok\nexpect n1 value x b\nexpect n2 tag-of-x 2.n3\n\
        expect all hold",
    );
}

#[test]
fn lost_messages_are_sent_again_until_a_majority_has_answered() {
    world(
        "nodes 3\nclients 1\npace by-hand\ninvoke A put x 1 to n1\ndeliver A->n1 Request\n\
        drop n1->n2 Query\ndrop n1->n3 Query\ntimeout n1 retransmit\ndeliver n1->n3 Query\n\
        deliver n3->n1 QueryReply\ndrop n1->n2 Store\ndrop n1->n3 Store\ntimeout n1 retransmit\n\
        deliver n1->n3 Store\ndeliver n3->n1 StoreReply\ndeliver n1->A Reply\nexpect reply A ok",
    );
}

#[test]
fn answers_to_an_earlier_life_are_not_taken_for_answers_to_this_one() {
    let sim = world(
        "nodes 3\nclients 1\npace by-hand\ninvoke A get x to n1\ndeliver A->n1 Request\n\
        deliver n1->n2 Query\ncrash n1\nrestart n1\nretry A\ndrop A->n2 Request\nretry A\n\
        drop A->n3 Request\nretry A\ndeliver A->n1 Request\ndeliver n2->n1 QueryReply",
    );
    assert!(field(&sim, 0, "operation 1").ends_with("heard n1"));
}

#[test]
fn what_a_register_cannot_do_is_not_offered() {
    for operation in ["cas x 1 2", "append x 1"] {
        let wrong = text::parse(&format!("protocol abd\ninvoke A {operation} to n1")).unwrap_err();
        assert!(wrong.message.contains("expected one of: get, put"), "{wrong}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn delivering_a_dead_message_changes_nothing_and_quorums_that_meet_are_safe(
        seed in 1..10_000u32,
        without in proptest::option::of(0..8u8),
        read in 0..=4u32,
        kinds in vec((0..6u8, any_action()), 40..200),
    ) {
        let off = SUBJECT.off(without);
        let write = if read == 0 { 0 } else { 5 - read };
        let mut sim = world(&format!(
            "nodes 4\nclients 3\nnetwork loss 3% duplicate 5%\nset read-quorum {read}\n\
            set write-quorum {write}\nseed {seed}{off}"
        ));
        // A lost disk forgets how often its node has started, and then nothing is over.
        wander(&mut sim, kinds, forgets_or_switches, |sim| match without {
            None => check_holds(sim, &format!("R = {}, W = {}", read, write)),
            Some(_) => Ok(()),
        })?;
    }
}

#[test]
fn an_ordinary_run_has_dead_messages_and_all_are_dead() {
    SUBJECT.meets_dead_messages(
        "nodes 5\nclients 2\nseed 4\ninvoke A put x 1 to n1\ninvoke B get x to n2",
        200,
        5,
    );
}
