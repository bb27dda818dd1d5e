//! Quorums and their rules: with all of them nothing ever breaks, without one its promised invariant
//! does, impossible sizes are refused, and dead messages are dead.

use std::ops::RangeInclusive;

use consensus_playground::action::ActionKind;
use consensus_playground::protocol::Protocol;
use consensus_playground::protocols::quorum::Quorum;
use consensus_playground::world::Schedule;
use consensus_playground::world::World;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::common::subject::{Subject, attempt, check_holds, forgets_or_switches};
use crate::common::{aimed, any_action, field};

const SUBJECT: Subject = Subject("quorum");

fn world(body: &str) -> World {
    SUBJECT.world(body)
}

#[test]
fn with_every_rule_sixty_seeds_hold_and_make_progress() {
    SUBJECT.holds(1..=60, 600);
}

const SEEDS_TRIED: RangeInclusive<u64> = 1..=300;

fn breaks(rule: &str) {
    SUBJECT.breaks(rule, SEEDS_TRIED);
}

// A sweep deletes nothing, and does not look at how far replicas agree: `tombstones-kept` and
// `read-repair` are shown by scenarios.
without! {
    breaks;
    without_w_acknowledgements_puts_are_lost "wait-for-w";
    without_r_replies_reads_are_stale "wait-for-r";
    without_the_newest_reply_reads_are_stale "newest-reply-wins";
    without_kept_hints_versions_are_lost "hint-kept-until-handed-off";
    without_durable_versions_puts_are_lost "durable-versions";
    without_siblings_concurrent_puts_are_lost "siblings-kept";
    without_own_entries_versions_cannot_be_told_apart "own-entry-incremented";
    without_the_maximum_siblings_live_on "merge-keeps-maximum";
    without_refusing_replicas_go_back "refuse-older-version";
    without_reading_first_puts_do_not_follow "put-reads-first";
}

#[test]
fn with_the_rule_the_same_run_violates_nothing() {
    SUBJECT.is_saved_by_its_rules(&[
        "siblings-not-kept",
        "deleted-comes-back",
        "hasty-put",
        "hasty-get",
        "last-reply-wins",
        "hint-dropped",
        "forgotten-disk",
        "vector-not-counted",
        "merge-of-one",
        "late-write",
        "blind-put",
    ]);
}

#[test]
fn every_rule_protects_invariants_that_exist_and_is_off_in_a_scenario() {
    SUBJECT.shows_every_rule();
}

#[test]
fn impossible_sizes_are_refused_with_the_reason_and_weak_ones_are_not() {
    let refusal = |nodes: u16, n: u32, r: u32, w: u32| {
        Quorum.refuses(nodes, &[n, r, w, 0, 0, 100, 150]).unwrap_or_default()
    };
    assert!(refusal(4, 5, 2, 2).contains("N = 5"));
    assert!(refusal(5, 3, 4, 2).contains("R = 4"));
    assert!(refusal(5, 3, 2, 4).contains("W = 4"));
    assert!(refusal(5, 0, 2, 6).contains("W = 6"), "N = 0 is all five");
    assert!(refusal(2, 3, 1, 1).contains("there are 2"));
    for (n, r, w) in [(3, 2, 2), (3, 1, 1), (5, 5, 1), (0, 5, 5)] {
        assert_eq!(refusal(5, n, r, w), "", "N = {n}, R = {r}, W = {w}");
    }
}

#[test]
fn formulas_say_with_numbers_whether_quorums_meet() {
    let formulas = |r, w, quorum| Quorum.formulas(5, &[3, r, w, 1, quorum, 100, 150]);
    let strong = formulas(2, 2, 0);
    assert_eq!((&*strong[0].filled, strong[0].holds), ("2 + 2 > 3", true));
    assert_eq!((&*strong[1].filled, strong[1].holds), ("2 · 2 > 3", true));
    let weak = formulas(2, 1, 1);
    assert!(!weak[0].holds && !weak[1].holds);
    assert!(weak[0].meaning.contains("sloppy"), "{}", weak[0].meaning);
}

#[test]
fn a_put_is_answered_before_the_last_of_its_homes_has_it() {
    let sim = world(
        "nodes 3\nclients 1\npace by-hand\ninvoke A put x 5 to n1\ndeliver A->n1 Request\n\
        deliver n1->n2 Read\ndeliver n2->n1 ReadReply\ndeliver n1->n2 Write\n\
        expect n2 value x 5\nexpect n3 value x absent\nsettle\nexpect n3 value x 5",
    );
    assert_eq!(field(&sim, 2, "version of x"), "[n1:1]");
}

#[test]
fn a_put_for_another_node_is_sent_to_the_first_of_its_homes() {
    // x belongs to n1, n2 and n3 of five.
    world(
        "nodes 5\nclients 1\npace by-hand\ninvoke A put x 5 to n5\ndeliver A->n5 Request\n\
        deliver n5->A Reply\nexpect message A->n1 Request\nsettle\nexpect reply A ok\n\
        expect n1 value x 5\nexpect n5 value x absent\ninvoke A get x to n5\nsettle\n\
        expect reply A 5",
    );
}

#[test]
fn timestamps_never_repeat_although_no_time_passes() {
    let sim = world(
        "nodes 3\nclients 2\npace by-hand\nset versions last-writer-wins\ninvoke A put x 1 to n1\n\
        settle\ncrash n1\nrestart n1\ninvoke A put x 2 to n1\nsettle\ninvoke B get x to n3\n\
        settle\nexpect reply B 2\nexpect all hold",
    );
    assert_eq!(field(&sim, 1, "version of x"), "2.n1");
}

#[test]
fn a_disk_that_a_scenario_writes_has_vectors_or_timestamps() {
    for (versions, stamp, read) in
        [("version-vectors", "[n2:3]|[n3:1]", "old|new"), ("last-writer-wins", "3.n2", "old")]
    {
        let sim = world(&format!(
            "nodes 3\nclients 1\npace by-hand\nset read-quorum 3\n\
            set versions {versions}\ndisk n2 3.n2:x=old\n\
            disk n3 1.n3:x=new\ninvoke A get x to n1\nsettle\nexpect reply A {read}\n\
            expect all hold"
        ));
        assert_eq!(field(&sim, 0, "version of x"), stamp, "{versions}");
    }
}

#[test]
fn a_stand_in_keeps_its_hint_over_a_crash_until_it_is_acknowledged() {
    world(
        "nodes 5\nclients 1\npace by-hand\nset quorum sloppy\nset read-quorum 1\nset write-quorum 3\n\
        crash n2\ninvoke A put x 5 to n1\ndeliver A->n1 Request\ndeliver n1->n3 Write\n\
        deliver n3->n1 WriteReply\ntimeout n1 retransmit\ndeliver n1->n4 Hint\n\
        deliver n4->n1 WriteReply\ndeliver n1->A Reply\nexpect reply A ok\ncrash n4\nrestart n4\n\
        restart n2\ntimeout n4 hand-off\ndrop n4->n2 HandOff\ntimeout n4 hand-off\n\
        deliver n4->n2 HandOff\nexpect n4 role stand-in\nexpect n2 value x 5\n\
        deliver n2->n4 HandOffReply\nexpect n4 role replica\nexpect all hold",
    );
}

#[test]
fn lost_messages_are_sent_again_until_enough_have_answered() {
    world(
        "nodes 3\nclients 1\npace by-hand\ninvoke A put x 1 to n1\ndeliver A->n1 Request\n\
        drop n1->n2 Read\ndrop n1->n3 Read\ntimeout n1 retransmit\ndeliver n1->n3 Read\n\
        deliver n3->n1 ReadReply\ndrop n1->n2 Write\ndrop n1->n3 Write\ntimeout n1 retransmit\n\
        deliver n1->n3 Write\ndeliver n3->n1 WriteReply\ndeliver n1->A Reply\nexpect reply A ok",
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn delivering_a_dead_message_changes_nothing_and_quorums_that_meet_are_safe(
        seed in 1..10_000u32,
        without in proptest::option::of(0..12u8),
        (read, write) in (1..=4u32, 1..=4u32),
        (by_vectors, is_sloppy) in any::<(bool, bool)>(),
        kinds in vec((0..8u8, any_action()), 40..200),
    ) {
        let off = SUBJECT.off(without);
        let versions = if by_vectors { "version-vectors" } else { "last-writer-wins" };
        let kind_of_quorum = if is_sloppy { "sloppy" } else { "strict" };
        let mut sim = world(&format!(
            "nodes 5\nclients 3\nnetwork loss 3% duplicate 5%\nset replicas 4\n\
            set read-quorum {read}\nset write-quorum {write}\nset versions {versions}\n\
            set quorum {kind_of_quorum}\nseed {seed}{off}"
        ));
        let mut dead = 0;
        for (how, kind) in kinds {
            let kind = match how {
                0 | 1 => sim.next_action(Schedule::ByTime).map(|next| next.kind),
                2 | 3 => sim.next_action(Schedule::Random).map(|next| next.kind),
                // The shared actions append, which is not offered.
                4 | 5 => Some(put(seed.into(), &sim)),
                _ => Some(aimed(&sim, kind)),
            };
            // A lost disk forgets how often its node has started, and then nothing is over.
            let Some(kind) = kind.filter(|kind| !forgets_or_switches(kind)) else { continue };
            attempt(&mut sim, kind, &mut dead)?;
            if without.is_none() && (is_sloppy || read + write > 4) {
                check_holds(&sim, &format!("R = {}, W = {}", read, write))?;
            }
        }
    }
}

/// A put or a delete of a client, each of another value.
fn put(seed: u64, sim: &World) -> ActionKind {
    use consensus_playground::ids::{ClientId, NodeId};
    use consensus_playground::operation::Operation;
    let count = sim.history().records().len() as u64;
    let value = count.to_string();
    let words: &[&str] = if count % 7 == 6 { &["delete", "x"] } else { &["put", "x", &value] };
    ActionKind::Invoke {
        client: ClientId(((seed + count) % 3) as u8),
        node: Some(NodeId(((seed / 3 + count * 2) % 5) as u16)),
        operation: Operation::parse(words).unwrap(),
    }
}

#[test]
fn an_ordinary_run_has_dead_messages_and_all_are_dead() {
    SUBJECT.meets_dead_messages(
        "nodes 5\nclients 2\nseed 4\ninvoke A put x 1 to n1\ninvoke B get x to n2",
        60,
        0,
    );
}
