//! Paxos and its rules: with all of them nothing ever breaks, without one its promised invariant
//! does, acceptors and proposers choose as the paper says, and dead messages are dead.

use std::collections::BTreeSet;

use consensus_playground::action::ActionKind;
use consensus_playground::ids::{ClientId, NodeId};
use consensus_playground::operation::Operation;
use consensus_playground::scenario::text;
use consensus_playground::world::Schedule;
use consensus_playground::world::World;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::common::subject::{Subject, attempt, forgets_or_switches};
use crate::common::{aimed, all_messages, any_action, field};

const SUBJECT: Subject = Subject("paxos");

fn world(body: &str) -> World {
    SUBJECT.world(body)
}

/// Numbers that look random and are the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }
}

/// What may happen next: mostly any message or timer, now and then a fault or a client.
fn next(sim: &World, dice: &mut Dice) -> Option<ActionKind> {
    let nodes = usize::from(sim.config().nodes);
    let node = NodeId(dice.below(nodes) as u16);
    let other = NodeId(dice.below(nodes) as u16);
    let flying = all_messages(sim);
    let any = |dice: &mut Dice| flying.get(dice.below(flying.len().max(1))).map(|info| info.id);
    Some(match dice.below(40) {
        0..=3 => {
            let client = dice.below(usize::from(sim.config().clients));
            // Clients propose different values.
            let operation = Operation::parse(&["propose", ["a", "b", "c"][client]]).unwrap();
            ActionKind::Invoke { client: ClientId(client as u8), node: Some(node), operation }
        }
        4 => ActionKind::Crash(node),
        5..=7 => ActionKind::Restart(node),
        8 => ActionKind::HoldDisk(node),
        9 | 10 => ActionKind::SyncDisk(node),
        11..=14 => ActionKind::Drop(any(dice)?),
        15 | 16 => ActionKind::Duplicate(any(dice)?),
        17 => ActionKind::GiveUp(ClientId(dice.below(usize::from(sim.config().clients)) as u8)),
        18 => ActionKind::Command { node, command: 0, argument: other },
        _ => sim.next_action(Schedule::Random)?.kind,
    })
}

/// The first invariant that a random walk violates, and why.
fn walk(header: &str, seed: u64) -> Option<(&'static str, String)> {
    let mut sim = world(&format!("clients 3\nseed {seed}\n{header}"));
    let mut dice = Dice(seed);
    for _ in 0..400 {
        if let Some(kind) = next(&sim, &mut dice) {
            let _ = sim.apply(&kind.at(sim.now_ms()));
        }
        if let Some(violation) = sim.violations().first() {
            let id = SUBJECT.sheet().invariants[usize::from(violation.invariant)].id;
            return Some((id, violation.why.clone()));
        }
    }
    None
}

#[test]
fn with_every_rule_random_walks_violate_nothing_whatever_the_settings() {
    for header in [
        "nodes 3",
        "nodes 4",
        "nodes 5\nset learners told-by-acceptors",
        "nodes 5\nset acceptors 3",
        "nodes 5\nset acceptors 3\nset learners told-by-acceptors",
        "nodes 4\nset phase-1-quorum 3\nset phase-2-quorum 2",
        "nodes 4\nset phase-1-quorum 2\nset phase-2-quorum 2",
        "nodes 3\nset phase-1-quorum 3\nset phase-2-quorum 1",
        "nodes 3\nset phase-1-quorum 1\nset phase-2-quorum 1",
        "nodes 3\nset phase-1-quorum 1\nset phase-2-quorum 3",
        "nodes 2\nset acceptors 1",
        "nodes 3\nset proposers 2\nwithout back-off",
    ] {
        for seed in 1..=60 {
            assert_eq!(walk(header, seed), None, "{header}, seed {seed}");
        }
    }
}

#[test]
fn without_a_rule_some_walk_violates_what_it_protects() {
    for (id, header) in [
        ("promise-only-higher-ballots", "nodes 4"),
        ("accept-only-at-promised-ballot", "nodes 4"),
        ("adopt-highest-accepted-value", "nodes 3"),
        ("phase-1-needs-quorum", "nodes 3"),
        ("learn-only-when-chosen", "nodes 3"),
        ("durable-promise", "nodes 3"),
        ("durable-accepted-value", "nodes 3"),
        ("one-value-per-ballot", "nodes 3"),
        ("propose-only-what-was-asked", "nodes 3"),
        ("quorums-intersect", "nodes 4\nset phase-1-quorum 2\nset phase-2-quorum 2"),
    ] {
        let place = SUBJECT.sheet().rule(id).unwrap();
        let protects = SUBJECT.sheet().rules[usize::from(place.0)].protects;
        let header = format!("{header}\nwithout {id}");
        let walks: Vec<_> = (1..=120).filter_map(|seed| walk(&header, seed)).collect();
        for (invariant, why) in &walks {
            assert!(protects.contains(invariant), "without {id}: {invariant}: {why}");
        }
        assert!(!walks.is_empty(), "without {id} no walk breaks anything");
    }
}

#[test]
fn with_every_rule_sixty_seeds_hold_and_make_progress() {
    SUBJECT.holds(1..=60, 600);
}

#[test]
fn without_a_rule_some_seed_violates_what_it_protects() {
    for (id, least) in [
        ("promise-only-higher-ballots", 10),
        ("accept-only-at-promised-ballot", 5),
        ("adopt-highest-accepted-value", 20),
        ("phase-1-needs-quorum", 3),
        ("learn-only-when-chosen", 30),
        ("durable-promise", 30),
        ("durable-accepted-value", 20),
        ("one-value-per-ballot", 5),
        ("propose-only-what-was-asked", 3),
    ] {
        SUBJECT.breaks_often(id, 1..=60, least);
    }
}

#[test]
fn every_rule_is_switched_off_in_a_scenario_that_violates_what_it_protects() {
    SUBJECT.shows_every_rule();
    for rule in SUBJECT.sheet().rules {
        let protects: BTreeSet<&str> = rule.protects.iter().copied().collect();
        for text in SUBJECT.without(rule.id) {
            let violated: BTreeSet<&str> =
                text.lines().filter_map(|line| line.strip_prefix("expect violated ")).collect();
            assert!(violated.is_subset(&protects), "{}: {violated:?}", rule.id);
            assert_eq!(violated.is_empty(), protects.is_empty(), "{}", rule.id);
        }
    }
}

#[test]
fn with_the_rule_the_same_run_violates_nothing() {
    SUBJECT.is_saved_by_its_rules(&SUBJECT.scenarios());
}

#[test]
fn an_acceptor_promises_by_the_order_of_ballots() {
    // n1's first ballot is 11, or one round above what it has tried.
    for (proposer, acceptor, granted, why) in [
        ("attempted 11", "attempted 12", true, "nothing is promised yet"),
        ("attempted 11", "promised 13", true, "a later round is higher"),
        ("attempted 11", "promised 22", false, "in the same round the later node is higher"),
        ("attempted 11", "promised 33", false, "a later round was promised"),
        ("attempted 91", "promised 93", true, "rounds are compared before nodes"),
        ("attempted 11", "promised 21", true, "its own ballot may be promised again"),
        ("promised 33", "promised 33", true, "it knows what its own acceptor promised"),
    ] {
        let sim = world(&format!(
            "nodes 3\nclients 1\npace by-hand\ndisk n1 {proposer}\ndisk n2 {acceptor}\n\
             invoke A propose a to n1\ndeliver A->n1 Request\ndeliver n1->n2 Prepare\n\
             deliver n2->n1"
        ));
        let goes_on = sim.node_view(NodeId(0)).role == "proposing";
        assert_eq!(goes_on, granted, "{why}: {proposer} asks {acceptor}");
    }
}

#[test]
fn a_proposer_adopts_the_value_of_the_highest_ballot() {
    for (first, second, adopted) in [
        ("11:a", "22:b", "b"),
        ("32:a", "22:b", "a"),
        ("21:a", "22:b", "b"),
        ("101:a", "93:b", "a"),
    ] {
        let sim = world(&format!(
            "nodes 5\nclients 1\npace by-hand\ndisk n1 promised 101 accepted {first}\n\
             disk n2 promised 93 accepted {second}\ndisk n3 attempted 113\n\
             invoke A propose c to n3\ndeliver A->n3 Request\ndeliver n3->n1 Prepare\n\
             deliver n3->n2 Prepare\ndeliver n1->n3\ndeliver n2->n3\nsettle\n\
             expect reply A {adopted}\nexpect all hold"
        ));
        assert_eq!(field(&sim, 4, "learned"), adopted, "{first} and {second}");
    }
}

#[test]
fn every_size_of_quorum_serves() {
    for phase_1 in 1..=5 {
        for phase_2 in 1..=5 {
            world(&format!(
                "nodes 5\nclients 2\nset phase-1-quorum {phase_1}\nset phase-2-quorum {phase_2}\n\
                 invoke A propose a to n1\ninvoke B propose b to n5\nrun 3000\n\
                 invoke A propose c to n3\nrun 500\nexpect no message *->A Reply\nexpect all hold"
            ));
        }
    }
}

#[test]
fn lost_messages_are_sent_again_in_the_same_ballot() {
    world(
        "nodes 3\nclients 1\npace by-hand\ninvoke A propose a to n1\ndeliver A->n1 Request\n\
         drop n1->*\ntimeout n1 retry\ndeliver n1->n3 Prepare\ndrop n3->n1 Promise\n\
         timeout n1 retry\ndeliver n1->n3 Prepare\ndeliver n3->n1 Promise\ndrop n1->*\n\
         timeout n1 retry\ndeliver n1->n3 Accept\ndrop n3->n1 Accepted\ntimeout n1 retry\n\
         deliver n1->n3 Accept\ndeliver n3->n1 Accepted\ndeliver n1->A Reply\nexpect reply A a\n\
         expect n1 attempted 11\nexpect all hold",
    );
}

#[test]
fn all_clients_of_a_node_are_told_of_the_value_that_came_first() {
    world(
        "nodes 3\nclients 3\npace by-hand\ninvoke A propose a to n1\ninvoke B propose b to n1\n\
         invoke C propose c to n2\ndeliver B->n1 Request\ndeliver A->n1 Request\n\
         expect n1 clients-waiting 2\ndeliver n1->n2 Prepare\ndeliver n2->n1 Promise\n\
         expect n1 proposes 11:b\nsettle\nexpect reply A b\nexpect reply B b\nexpect reply C b\n\
         expect all hold",
    );
}

#[test]
fn what_cannot_be_is_refused() {
    for (line, expected) in [
        ("disk n1 promised 20", "a ballot of n1 to n3"),
        ("disk n1 promised 24", "a ballot of n1 to n3"),
        ("disk n1 promised 11 accepted 22:a", "no lower"),
        ("disk n1 promised 11 accepted 11:", "a value of 1 to"),
        ("disk n1 term 3", "attempted BALLOT"),
        ("disk n1 promised", "attempted BALLOT"),
        ("invoke A put x 1 to n1", "propose"),
        ("command n1 transfer-leadership n2", "find-out"),
    ] {
        let source = format!("protocol paxos\nnodes 3\n{line}\n");
        let error = text::parse(&source).expect_err(line).to_string();
        assert!(error.contains(expected), "{line}: {error}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn delivering_a_dead_message_changes_nothing(
        seed in 1..10_000u32,
        without in proptest::option::of(0..14u8),
        tells_all in any::<bool>(),
        kinds in vec((0..6u8, any_action()), 40..160),
    ) {
        let off = SUBJECT.off(without);
        let learners = if tells_all { "told-by-acceptors" } else { "told-by-proposer" };
        let mut sim = world(&format!(
            "nodes 4\nclients 3\nset learners {learners}\nseed {seed}{off}"
        ));
        let mut dead = 0;
        let mut dice = Dice(seed.into());
        for (how, kind) in kinds {
            let kind = match how {
                0..=2 => next(&sim, &mut dice),
                3 => sim.next_action(Schedule::ByTime).map(|next| next.kind),
                _ => Some(aimed(&sim, kind)),
            };
            // A lost disk forgets the ballots that were tried, and then nothing is over.
            let Some(kind) = kind.filter(|kind| !forgets_or_switches(kind)) else { continue };
            attempt(&mut sim, kind, &mut dead)?;
        }
    }
}

#[test]
fn an_ordinary_run_has_dead_messages_and_all_are_dead() {
    SUBJECT.meets_dead_messages(
        "nodes 5\nclients 2\nseed 4\ninvoke A propose a to n1\ninvoke B propose b to n2",
        200,
        3,
    );
}
