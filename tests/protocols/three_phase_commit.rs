//! Three-phase commit and its rules: with all of them nothing ever breaks, without one its promised
//! invariant does; quorums, partitions and dead messages.

use consensus_playground::protocols::three_phase_commit::Quorums;

use crate::bank;
use crate::common::subject::Subject;

const SUBJECT: Subject = Subject("three_phase_commit");

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
    without_pre_commits_the_others_abort "pre-commit-first";
    without_quorums_partitions_split "quorum-termination";
}

#[test]
fn every_rule_is_off_in_a_scenario() {
    SUBJECT.shows_every_rule();
}

#[test]
fn with_the_rule_the_same_run_violates_nothing() {
    SUBJECT.is_saved_by_its_rules(&[
        "first-yes-goes-on",
        "partition-splits",
        "forgotten-side",
        "changing-sides",
    ]);
}

#[test]
fn delivering_a_dead_message_changes_nothing() {
    bank::dead_messages_are_dead(SUBJECT, 1..=20);
}

#[test]
fn quorums_share_a_site_and_one_is_always_there_in_the_end() {
    for sites in 2..=9 {
        let Quorums { commit, abort, .. } = Quorums::of(sites);
        assert!(commit + abort > sites, "{sites}");
        for pre_committed in 0..=sites {
            let is_either = pre_committed >= commit || sites - pre_committed >= abort;
            assert!(is_either, "{pre_committed} of {sites} pre-committed");
        }
    }
}

#[test]
fn a_transaction_ends_without_its_coordinator_and_the_client_is_told() {
    SUBJECT.world(
        "nodes 4\nclients 1\nseed 3\nset participants all\ndisk n2 a=10\n\
         invoke A transfer a b 4 to n1\nrun 100\ncrash n1\nrun 2000\n\
         expect n2 value a 6\nexpect n3 value b 4\nexpect all hold",
    );
}
