//! Two-phase commit and its rules: with all of them nothing ever breaks, without one its promised
//! invariant does; money, locks, restarts and dead messages.

mod common;
#[path = "common/bank.rs"]
mod transfers;

use consensus_playground::protocol::Protocol;
use consensus_playground::protocols::two_phase_commit::TwoPhaseCommit;

const ID: &str = "two_phase_commit";

#[test]
fn with_every_rule_sixty_seeds_hold_and_make_progress() {
    transfers::sweep_holds(ID, 1..=60);
}

#[test]
fn money_moves_under_faults_and_none_is_made_or_lost() {
    transfers::transfers_hold(ID, 1..=200, "");
}

macro_rules! without {
    ($($name:ident $id:literal;)*) => {
        $(#[test] fn $name() { transfers::breaks(ID, $id); })*
    };
}

without! {
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
    transfers::rules_are_shown(ID);
}

#[test]
fn with_the_rule_the_same_run_violates_nothing() {
    for name in ["first-yes-commits", "forgotten-decision", "impatient-shard", "half-a-transfer"] {
        let complaints = transfers::with_all_rules(&format!("{ID}/{name}"));
        assert!(!complaints.contains("violated"), "{name}: {complaints}");
    }
}

#[test]
fn delivering_a_dead_message_changes_nothing() {
    transfers::dead_messages_are_dead(ID, 1..=20);
}

#[test]
fn two_nodes_are_no_bank() {
    let why = TwoPhaseCommit.refuses(2, &[0, 150, 100, 200]).unwrap();
    assert!(why.contains("three nodes"), "{why}");
    assert_eq!(TwoPhaseCommit.refuses(3, &[0, 150, 100, 200]), None);
}

#[test]
fn what_is_no_amount_is_refused() {
    transfers::world(
        ID,
        "clients 1\npace by-hand\ninvoke A put a much to n1\nsettle\nexpect reply A refused\n\
         invoke A put a 5 to n3\nsettle\nexpect reply A ok\ninvoke A get a to n3\nsettle\n\
         expect reply A 5\ninvoke A get b to n1\nsettle\nexpect reply A absent\nexpect all hold",
    );
}

#[test]
fn a_transfer_within_a_shard_and_to_oneself_keeps_the_sum() {
    transfers::world(
        ID,
        "clients 1\npace by-hand\ndisk n2 a=10\ninvoke A transfer a c 4 to n1\nsettle\n\
         expect reply A ok\nexpect n2 value a 6\nexpect n2 value c 4\n\
         invoke A transfer a a 6 to n1\nsettle\nexpect reply A ok\nexpect n2 value a 6\n\
         invoke A transfer a a 7 to n1\nsettle\nexpect reply A refused\nexpect all hold",
    );
}

#[test]
fn accounts_of_every_letter_have_one_shard() {
    transfers::world(
        ID,
        "nodes 5\nclients 1\npace by-hand\ninvoke A put d 7 to n2\nsettle\nexpect reply A ok\n\
         expect n5 value d 7\ninvoke A put e 8 to n2\nsettle\nexpect n2 value e 8\nexpect all hold",
    );
}
