//! Shared memory and its rules: with all of them no read is torn or stale, without one its promised
//! invariant breaks or nobody is answered, and dead messages are dead.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use consensus_playground::ids::NodeId;
use consensus_playground::scenario::text;
use consensus_playground::world::Schedule;
use consensus_playground::world::World;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::common::subject::{Subject, check_holds, forgets_or_switches, wander};
use crate::common::{aimed, any_action, field};

const SUBJECT: Subject = Subject("shared_memory");

fn world(body: &str) -> World {
    SUBJECT.world(body)
}

#[test]
fn with_every_rule_seeds_hold_and_make_progress() {
    SUBJECT.holds(1..=200, 1000);
}

/// Inversions and late copies need a coincidence: so many seeds are tried.
const SEEDS_TRIED: RangeInclusive<u64> = 1..=1000;

fn breaks(rule: &str) {
    SUBJECT.breaks(rule, SEEDS_TRIED);
}

without! {
    breaks;
    without_taking_the_lock_reads_are_torn "take-the-lock";
    without_holding_it_to_the_end_reads_are_torn "release-after-last-word";
    without_one_step_two_hold_the_lock "atomic-swap";
    without_an_odd_counter_reads_are_torn "counter-odd-while-writing";
    without_a_look_before_reads_are_torn "counter-before";
    without_a_look_after_reads_are_torn "counter-after";
    without_asking_the_memory_reads_are_stale "read-from-memory";
    without_numbers_old_stores_come_back "access-happens-once";
    without_finishing_half_a_write_stays "finish-the-write";
}

#[test]
fn without_releasing_its_own_lock_nobody_is_answered() {
    let (place, _) = SUBJECT.rule("release-own-lock");
    let failures: BTreeSet<String> = (1..=60)
        .filter_map(|seed| SUBJECT.sweep(seed, &[place]).failure)
        .map(|failure| failure.split(':').next().unwrap().to_owned())
        .collect();
    assert_eq!(failures.into_iter().collect::<Vec<_>>(), ["no progress"]);
}

#[test]
fn with_the_rule_the_same_run_violates_nothing() {
    SUBJECT.is_saved_by_its_rules(&SUBJECT.scenarios());
}

#[test]
fn every_rule_protects_invariants_that_exist_and_is_off_in_a_scenario() {
    SUBJECT.shows_every_rule();
}

#[test]
fn any_number_of_words_and_threads_works_with_either_protocol() {
    for kind in ["lock", "sequence-lock"] {
        for (nodes, words) in [(3, 1), (4, 3), (9, 8)] {
            world(&format!(
                "nodes {nodes}\nclients 3\nseed 7\nwaiting retry 300 give-up 60000\n\
                set protocol {kind}\nset words {words}\nnetwork loss 5% duplicate 5%\n\
                invoke A put x 1 to n2\ninvoke B put y 2 to n2\nrun 9000\nexpect reply A ok\n\
                expect reply B ok\ninvoke A put x 3 to n2\ninvoke C get x to n3\nrun 9000\n\
                invoke B get x to n{nodes}\nrun 9000\nexpect reply B 3\nexpect n1 value x 3\n\
                expect all hold"
            ));
        }
    }
}

#[test]
fn each_thread_does_what_it_can_and_sends_others_away() {
    world(
        "clients 2\npace by-hand\ninvoke A put x 1 to n4\ndeliver A->n4 Request\nsettle\n\
        expect reply A ok\nexpect n2 writes-begun 1\ninvoke A put x 2 to n1\nsettle\n\
        expect reply A ok\nexpect n2 writes-begun 2\ninvoke B get x to n1\nsettle\n\
        expect reply B 2\nexpect n3 last-copy-of-x 2\ninvoke B get x to n2\nsettle\n\
        expect reply B 2\nexpect all hold",
    );
}

#[test]
fn a_repeated_put_is_written_once_even_after_a_crash() {
    world(
        "clients 2\npace by-hand\ninvoke A put x a to n2\nsettle\ninvoke A put x b to n2\n\
        deliver A->n2 Request\ndeliver n2->n1 CompareAndSwap\ndeliver n1->n2 Answer\n\
        deliver n2->n1 Store\ndeliver n1->n2 Answer\ndeliver n2->n1 Store\ndeliver n1->n2 Answer\n\
        deliver n2->n1 Store\ndeliver n1->n2 Answer\ndrop n2->A Reply\ncrash n2\nrestart n2\n\
        settle\nretry A\nsettle\nexpect reply A ok\nexpect n2 writes-begun 2\nexpect all hold",
    );
}

#[test]
fn an_access_of_an_earlier_life_comes_to_nothing_after_the_first_of_this_one() {
    let sim = world(
        "clients 2\npace by-hand\ninvoke B get x to n3\ndeliver B->n3 Request\ncrash n3\n\
        restart n3\ndeliver n3->n1 CompareAndSwap #2\nexpect n1 lock free\n\
        deliver n3->n1 CompareAndSwap\nexpect n1 lock free\nexpect all hold",
    );
    assert_eq!(field(&sim, 0, "lock"), "free");
}

#[test]
fn a_lost_access_is_issued_again_and_performed_once() {
    world(
        "clients 1\npace by-hand\nset protocol sequence-lock\ninvoke A put x 1 to n2\n\
        deliver A->n2 Request\ndrop n2->n1 Load\ntimeout n2 reissue\ndeliver n2->n1 Load\n\
        deliver n1->n2 Answer\ndeliver n2->n1 Store\nexpect n1 counter 1\ndrop n1->n2 Answer\n\
        timeout n2 reissue\ndeliver n2->n1 Store\nexpect applied access-happens-once\nsettle\n\
        expect reply A ok\nexpect n1 counter 2\nexpect all hold",
    );
}

#[test]
fn the_memory_stands_still_in_a_crash_and_forgets_nothing() {
    world(
        "clients 2\npace by-hand\ninvoke A put x 1 to n2\nsettle\nhold-disk n1\n\
        invoke A put x 2 to n2\nsettle\nexpect reply A open\ncrash n1\nrestart n1\n\
        expect n1 value x 1\ntimeout n2 reissue\nsettle\nexpect reply A ok\nexpect n1 value x 2\n\
        invoke B get x to n4\nsettle\nexpect reply B 2\nexpect all hold",
    );
}

#[test]
fn gets_that_wait_together_are_answered_by_one_read() {
    let sim = world(
        "clients 3\npace by-hand\ndisk n1 x=5 y=6\ninvoke A get x to n3\ndeliver A->n3 Request\n\
        invoke B get y to n3\ndeliver B->n3 Request\ninvoke C get y to n3\ndeliver C->n3 Request\n\
        settle\nexpect reply A 5\nexpect reply B 6\nexpect reply C 6\nexpect all hold",
    );
    assert_eq!(field(&sim, 2, "accesses issued"), "8");
}

#[test]
fn clusters_without_a_reader_are_refused() {
    let wrong = text::parse("protocol shared_memory\nnodes 2").unwrap_err();
    assert!(wrong.message.contains('3'), "{wrong}");
    let wrong = text::parse("protocol shared_memory\nset words 0").unwrap_err();
    assert!(wrong.message.contains("a number from 1 to 8"), "{wrong}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn delivering_a_dead_message_changes_nothing_and_no_fault_hurts(
        seed in 1..10_000u32,
        without in proptest::option::of(0..10u8),
        kind in 0..2usize,
        kinds in vec((0..6u8, any_action()), 40..200),
    ) {
        let off = SUBJECT.off(without);
        let mut sim = world(&format!(
            "nodes 4\nclients 3\nnetwork loss 3% duplicate 5%\nset protocol {}\nseed {seed}{off}\n\
            invoke A put x 7 to n2\ninvoke B put x 8 to n2",
            ["lock", "sequence-lock"][kind]
        ));
        // A lost disk forgets how often its node has started, and then nothing is over.
        wander(&mut sim, kinds, forgets_or_switches, |sim| match without {
            None => check_holds(sim, "every rule is on"),
            Some(_) => Ok(()),
        })?;
    }

    #[test]
    fn nothing_panics_whatever_is_lost_or_switched(
        seed in 1..10_000u32,
        kind in 0..2usize,
        kinds in vec((0..4u8, any_action()), 40..200),
    ) {
        let mut sim = world(&format!(
            "nodes 4\nclients 3\nset protocol {}\nseed {seed}\ninvoke A put x 7 to n2",
            ["lock", "sequence-lock"][kind]
        ));
        for (how, kind) in kinds {
            let kind = match how {
                0 | 1 => sim.next_action(Schedule::Random).map(|next| next.kind),
                _ => Some(aimed(&sim, kind)),
            };
            let Some(kind) = kind else { continue };
            let _ = sim.apply(&kind.at(sim.now_ms()));
            for node in 0..4 {
                sim.node_view(NodeId(node));
            }
        }
    }
}

#[test]
fn an_ordinary_run_has_dead_messages_and_all_are_dead() {
    SUBJECT.meets_dead_messages(
        "nodes 5\nclients 2\nseed 4\nset reissue 30\ninvoke A put x 1 to n2\ninvoke B get x to n3",
        200,
        5,
    );
}
