//! Two-phase commit and its rules: with all of them nothing ever breaks, without one its promised
//! invariant does; money, locks, restarts and dead messages.

use consensus_playground::protocol::Protocol;
use consensus_playground::protocols::two_phase_commit::TwoPhaseCommit;

use crate::bank;
use crate::common::subject::Subject;

const SUBJECT: Subject = Subject("two_phase_commit");

fn breaks(rule: &str) {
    bank::breaks(SUBJECT, rule);
}

#[test]
fn with_every_rule_sixty_seeds_hold_and_make_progress() {
    SUBJECT.holds(1..=60, 0);
}

#[test]
fn money_moves_under_faults_and_none_is_made_or_lost() {
    bank::transfers_hold(SUBJECT, 1..=200, "");
}

without! {
    breaks;
    without_unanimity_refused_transfers_commit "commit-needs-every-yes";
    without_durable_votes_agreements_are_forgotten "durable-vote";
    without_durable_decisions_commits_are_forgotten "durable-decision";
    without_patience_commits_are_aborted "yes-gives-up-the-decision";
    without_locks_money_is_made "locks-until-decision";
    without_waiting_half_transfers_are_read "reads-wait-for-locks";
    without_presumed_abort_too_much_commits "presumed-abort";
    without_repetition_commits_are_lost "repeat-until-acknowledged";
    without_new_numbers_transactions_are_confused "ids-not-reused";
    without_memory_of_requests_money_moves_twice "one-transaction-per-request";
}

#[test]
fn every_rule_is_off_in_a_scenario() {
    SUBJECT.shows_every_rule();
}

#[test]
fn with_the_rule_the_same_run_violates_nothing() {
    SUBJECT.is_saved_by_its_rules(&[
        "first-yes-commits",
        "forgotten-decision",
        "impatient-shard",
        "half-a-transfer",
    ]);
}

#[test]
fn delivering_a_dead_message_changes_nothing() {
    bank::dead_messages_are_dead(SUBJECT, 1..=20);
}

#[test]
fn two_nodes_are_no_bank() {
    let why = TwoPhaseCommit.refuses(2, &[0, 150, 100, 200]).unwrap();
    assert!(why.contains("three nodes"), "{why}");
    assert_eq!(TwoPhaseCommit.refuses(3, &[0, 150, 100, 200]), None);
}

#[test]
fn what_is_no_amount_is_refused() {
    SUBJECT.world(
        "clients 1\npace by-hand\ninvoke A put a much to n1\nsettle\nexpect reply A refused\n\
         invoke A put a 5 to n3\nsettle\nexpect reply A ok\ninvoke A get a to n3\nsettle\n\
         expect reply A 5\ninvoke A get b to n1\nsettle\nexpect reply A absent\nexpect all hold",
    );
}

#[test]
fn a_transfer_within_a_shard_and_to_oneself_keeps_the_sum() {
    SUBJECT.world(
        "clients 1\npace by-hand\ndisk n2 a=10\ninvoke A transfer a c 4 to n1\nsettle\n\
         expect reply A ok\nexpect n2 value a 6\nexpect n2 value c 4\n\
         invoke A transfer a a 6 to n1\nsettle\nexpect reply A ok\nexpect n2 value a 6\n\
         invoke A transfer a a 7 to n1\nsettle\nexpect reply A refused\nexpect all hold",
    );
}

#[test]
fn accounts_of_every_letter_have_one_shard() {
    SUBJECT.world(
        "nodes 5\nclients 1\npace by-hand\ninvoke A put d 7 to n2\nsettle\nexpect reply A ok\n\
         expect n5 value d 7\ninvoke A put e 8 to n2\nsettle\nexpect n2 value e 8\nexpect all hold",
    );
}
