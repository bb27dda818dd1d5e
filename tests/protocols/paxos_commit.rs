//! Paxos Commit and its rules: with all of them nothing ever breaks, without one its promised
//! invariant does; acceptors that crash, clusters that are too small, and dead messages.

use consensus_playground::protocol::Protocol;
use consensus_playground::protocols::paxos_commit::PaxosCommit;

use crate::bank;
use crate::common::subject::Subject;

const SUBJECT: Subject = Subject("paxos_commit");

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

#[test]
fn with_one_acceptor_it_is_as_safe() {
    bank::transfers_hold(SUBJECT, 1..=20, "set faults 0\n");
}

without! {
    breaks;
    without_every_instance_refused_transfers_commit "commit-needs-every-prepared";
    without_majorities_votes_are_missed "majority-of-acceptors";
    without_accepted_values_commits_are_aborted "adopt-accepted-value";
    without_durable_votes_agreements_are_forgotten "durable-vote";
}

#[test]
fn every_rule_is_off_in_a_scenario() {
    SUBJECT.shows_every_rule();
}

#[test]
fn with_the_rule_the_same_run_violates_nothing() {
    SUBJECT.is_saved_by_its_rules(&[
        "first-prepared-commits",
        "late-vote",
        "own-value-instead",
        "forgetful-acceptor",
    ]);
}

#[test]
fn delivering_a_dead_message_changes_nothing() {
    bank::dead_messages_are_dead(SUBJECT, 1..=20);
}

#[test]
fn clusters_without_enough_acceptors_are_refused() {
    assert_eq!(PaxosCommit.refuses(3, &[0, 1, 200]), None);
    assert_eq!(PaxosCommit.refuses(5, &[0, 2, 200]), None);
    let why = PaxosCommit.refuses(3, &[0, 2, 200]).unwrap();
    assert!(why.contains("2F + 1 = 5"), "{why}");
    assert!(PaxosCommit.refuses(2, &[0, 0, 200]).unwrap().contains("three nodes"));
}

#[test]
fn f_acceptors_may_be_crashed_the_leader_among_them() {
    SUBJECT.world(
        "nodes 5\nclients 1\nseed 3\nset faults 2\nset participants all\ndisk n2 a=10\n\
         invoke A transfer a b 4 to n1\nrun 100\ncrash n1\nrun 3000\n\
         expect n2 value a 6\nexpect n3 value b 4\nexpect all hold",
    );
}
