//! Raft and its rules: with all of them nothing ever breaks, without one its promised invariant
//! does, votes compare logs as the paper says, and dead messages are dead.

use consensus_playground::action::ActionKind;
use consensus_playground::ids::{MessageId, NodeId};
use consensus_playground::scenario::link::{self, Link};
use consensus_playground::scenario::{presets, text, transcript};
use consensus_playground::timeline::{BranchId, Timeline};
use consensus_playground::world::World;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::common::subject::{Subject, forgets, violated, wander};
use crate::common::{act, all_messages, any_action, field, world};

const SUBJECT: Subject = Subject("raft");
const SEEDS: std::ops::RangeInclusive<u64> = 1..=200;

#[test]
fn with_every_rule_two_hundred_seeds_hold_and_make_progress() {
    SUBJECT.holds(SEEDS, 1000);
}

/// Without the rule some seed violates what the rule protects, and its scenario shows it again.
fn breaks(id: &str) {
    let run = SUBJECT.breaks(id, SEEDS);
    let (seed, invariant) = (run.seed, violated(&run).unwrap());
    let scenario = run.scenario.as_ref().unwrap();
    let link = Link { scenario: scenario.clone(), recorded: None };
    let decoded = link::decode(&link::encode(&link)).map(|link| link.scenario);
    assert_eq!(decoded.as_ref(), Ok(scenario), "{id}, seed {seed}: the link of the failure");
    let replayed = Timeline::open(decoded.unwrap()).unwrap();
    let end = replayed.length(BranchId(0));
    assert_eq!(end, run.actions, "{id}, seed {seed}");
    let world = replayed.world_at(BranchId(0), end);
    let sheet = world.sheet();
    let found: Vec<&str> = (world.violations().iter())
        .map(|violation| sheet.invariants[usize::from(violation.invariant)].id)
        .collect();
    assert!(found.contains(&invariant), "{id}, seed {seed}: {invariant} became {found:?}");
}

without! {
    breaks;
    without_one_vote_per_term_a_term_has_two_leaders "vote-once-per-term";
    without_comparing_logs_a_leader_lacks_what_is_committed "vote-needs-up-to-date-log";
    without_a_majority_of_votes_a_term_has_two_leaders "election-needs-majority";
    without_durable_votes_a_term_falls "durable-term-and-vote";
    without_durable_logs_committed_entries_are_lost "durable-log";
    without_the_consistency_check_logs_diverge "log-matching-check";
    truncating_without_conflict_forgets_committed_entries "truncate-only-on-conflict";
    committing_without_a_majority_loses_entries "commit-needs-majority";
    without_stepping_down_a_term_has_two_leaders "step-down-on-higher-term";
    without_refusing_old_terms_a_deposed_leader_goes_on "refuse-stale-term";
    without_a_blank_entry_reads_are_stale "no-op-on-election";
    without_asking_whether_it_leads_a_leader_answers_from_the_past "no-stale-leader-reads";
    without_sessions_a_retry_is_executed_twice "session-dedup";
}

#[test]
fn rules_that_protect_no_invariant_break_none() {
    for id in ["pre-vote", "check-quorum"] {
        SUBJECT.breaks_no_invariant(id, 1..=60);
    }
}

#[test]
fn every_rule_protects_invariants_that_exist_and_is_off_in_a_scenario() {
    SUBJECT.shows_every_rule();
}

#[test]
fn figure_8_needs_its_rule() {
    let source = presets::find("raft/figure-8-without-the-rule").unwrap().text;
    let with_rule: String = source
        .lines()
        .filter(|line| !line.starts_with("expect"))
        .map(|line| line.replace("commit-only-own-term ", "").replace(" commit-only-own-term", ""))
        .map(|line| line + "\n")
        .collect();
    assert_ne!(with_rule.len(), source.len());
    let without: String = source
        .lines()
        .filter(|line| !line.starts_with("expect"))
        .map(|line| format!("{line}\n"))
        .collect();
    let complaints =
        |source: &str| transcript::report(&text::parse(source).unwrap()).failures.join("\n");
    assert!(complaints(&without).contains("leader-completeness"), "{}", complaints(&without));
    assert!(!complaints(&with_rule).contains("violated"), "{}", complaints(&with_rule));
}

/// A leader with a lease, a second leader elected beside it, and a read of the first.
fn lease_beside_an_election(rule: &str) -> World {
    world(&format!(
        "nodes 3\nclients 2\npace by-hand\nset reads lease\nwithout check-quorum pre-vote leader-stickiness\n\
        timeout n1 election\nsettle\ninvoke A put x old to n1\nsettle\nexpect reply A ok\n\
        timeout n1 heartbeat\nsettle\n{rule}\ntimeout n2 election\ndeliver n2->n3 RequestVote\ndrop n2->n1"
    ))
}

#[test]
fn without_stickiness_a_lease_protects_nothing() {
    let mut sim = lease_beside_an_election("");
    crate::common::go_on(
        &mut sim,
        "deliver n3->n2 RequestVoteReply\nexpect n2 role leader\nexpect n1 role leader\n\
        invoke B put x new to n2\ndeliver B->n2 Request\ndeliver n2->n3 AppendEntries\n\
        deliver n3->n2 AppendReply\ndeliver n2->n3 AppendEntries\ndeliver n3->n2 AppendReply\n\
        deliver n2->B Reply\nexpect reply B ok\n\
        invoke A get x to n1\ndeliver A->n1 Request\ndeliver n1->A Reply\nexpect reply A old\n\
        expect violated reads-are-current",
    );
    // With the rule the same vote is not even answered.
    let sim = lease_beside_an_election("rule leader-stickiness on");
    crate::common::go_on(
        &mut sim.clone(),
        "expect n2 role candidate\nexpect no message n3->n2\nexpect n3 term 1",
    );
}

/// Whether a node with the second disk votes for one with the first, by §5.4.1.
fn votes(candidate: &str, voter: &str) -> bool {
    let sim = world(&format!(
        "nodes 3\nclients 0\npace by-hand\nwithout pre-vote leader-stickiness\n\
        disk n1 {candidate}\ndisk n2 {voter}\ntimeout n1 election\ndeliver n1->n2 RequestVote"
    ));
    let voted = field(&sim, 1, "voted for") == "n1";
    let message = all_messages(&sim).into_iter().find(|info| info.from.code() == 1).unwrap();
    let label = sim.message_label(message.id).unwrap();
    assert_eq!(label.short, if voted { "vote yes" } else { "vote no" });
    voted
}

#[test]
fn votes_compare_logs_as_the_paper_says() {
    for (candidate, voter, expected, why) in [
        ("term 1 log", "term 1 log", true, "two empty logs are equal"),
        ("term 2 log 1 1", "term 2 log 1 1", true, "equal logs are up to date"),
        ("term 1 log 1", "term 1 log 1 1", false, "in the same term the longer log wins"),
        ("term 1 log 1 1 1", "term 1 log 1 1", true, "in the same term the longer log wins"),
        ("term 3 log 1 3", "term 2 log 1 2 2 2", true, "a later last term beats any length"),
        ("term 3 log 1 2 2 2", "term 3 log 3", false, "an earlier last term loses at any length"),
        ("term 5 log", "term 1 log 1", false, "an empty log loses to any entry, whatever the term"),
        ("term 2 log 1", "term 7 log 1", false, "a candidate of an older term is refused"),
        ("term 2 log 2", "term 3 vote n3 log 2", false, "the vote of that term is given"),
        ("term 2 log 2", "term 3 vote n1 log 2", true, "the same vote may be given again"),
        ("term 3 log 2", "term 3 vote n3 log 2", true, "a later term brings a new vote"),
    ] {
        assert_eq!(votes(candidate, voter), expected, "{why}: {candidate} asks {voter}");
    }
}

#[test]
fn a_refused_vote_still_takes_over_the_higher_term() {
    let sim = world(
        "nodes 3\nclients 0\npace by-hand\nwithout pre-vote leader-stickiness\ndisk n1 term 8 log 1\n\
        disk n2 term 2 log 1 2\ntimeout n1 election\ndeliver n1->n2 RequestVote",
    );
    assert_eq!(sim.node_view(NodeId(1)).period, 9);
    assert_eq!(field(&sim, 1, "voted for"), "nobody");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn delivering_a_dead_message_changes_nothing(
        seed in 1..10_000u32,
        without in proptest::option::of(0..29u8),
        kinds in vec((0..6u8, any_action()), 40..160),
    ) {
        let off = SUBJECT.off(without);
        let reads = ["log", "read-index", "lease"][seed as usize % 3];
        let mut sim = world(&format!(
            "nodes 4\nclients 2\nnetwork loss 3% duplicate 5%\nset reads {reads}\nseed {seed}{off}"
        ));
        // A lost disk forgets terms, and then nothing is over.
        wander(&mut sim, kinds, forgets, |_| Ok(()))?;
    }
}

#[test]
fn an_ordinary_run_has_dead_messages_and_all_are_dead() {
    SUBJECT.meets_dead_messages("nodes 5\nclients 2\nseed 4", 200, 5);
}

#[test]
fn votes_of_a_won_election_are_dead() {
    let sim = world(
        "nodes 5\nclients 0\npace by-hand\nwithout pre-vote leader-stickiness\ntimeout n1 election\n\
        deliver n1->* RequestVote\ndeliver n2->n1 RequestVoteReply",
    );
    let vote = |sim: &World| crate::common::messages(sim, "RequestVoteReply")[0].id;
    assert!(!sim.is_dead(vote(&sim)), "one more vote is needed");
    let mut won = sim.clone();
    act(&mut won, ActionKind::Deliver(vote(&sim)));
    assert!(won.is_dead(vote(&won)));
    assert!(!won.is_dead(MessageId(9999)));
}

#[test]
fn a_term_has_a_leader_that_serves_in_every_way_to_read() {
    for reads in ["log", "read-index", "lease"] {
        world(&format!(
            "seed 4\nset reads {reads}\nrun 400\ninvoke A put x 1\nrun 500\nexpect reply A ok\n\
            invoke A append x 2\nrun 300\ninvoke A cas x 12 3\nrun 300\nexpect reply A swapped\n\
            invoke A cas x 12 4\nrun 300\nexpect reply A not-swapped\ninvoke A get x\nrun 300\n\
            expect reply A 3\ninvoke A get y\nrun 300\nexpect reply A absent\nexpect all hold"
        ));
    }
}
