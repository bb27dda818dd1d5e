//! Gossip and its rules: with all of them nothing ever breaks and copies become equal, without one
//! its promised invariant does, partners are chosen fairly, and dead messages are dead.

use std::ops::RangeInclusive;

use consensus_playground::action::ActionKind;
use consensus_playground::ids::{ClientId, Endpoint, NodeId};
use consensus_playground::operation::Operation;
use consensus_playground::protocol::Protocol;
use consensus_playground::protocols::gossip::Gossip;
use consensus_playground::world::World;
use consensus_playground::world::{Schedule, Status};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::common::subject::Subject;
use crate::common::{act, aimed, any_action, check_dead, field};

const SUBJECT: Subject = Subject("gossip");

fn world(body: &str) -> World {
    SUBJECT.world(body)
}

#[test]
fn with_every_rule_sixty_seeds_hold_and_make_progress() {
    SUBJECT.holds(1..=60, 1000);
}

const SEEDS_TRIED: RangeInclusive<u64> = 1..=60;

fn breaks(rule: &str) {
    SUBJECT.breaks(rule, SEEDS_TRIED);
}

// A sweep deletes nothing: the rules about death certificates have scenarios instead.
without! {
    breaks;
    without_comparing_versions_copies_go_back "newer-version-wins";
    without_the_tie_break_a_version_has_two_values "tie-broken-by-node";
    without_lamports_rule_later_writes_are_lost "clock-above-all-seen";
    without_new_hashes_different_copies_look_equal "hashes-follow-writes";
    without_durable_items_copies_go_back "durable-items-and-clock";
}

#[test]
fn with_the_rule_the_same_run_violates_nothing() {
    SUBJECT.is_saved_by_its_rules(&[
        "concurrent-writes-without-the-tie-break",
        "late-message",
        "item-rises-from-the-dead",
        "certificate-dropped-too-early",
        "merkle-without-certificates",
        "merkle-hashes-of-yesterday",
        "slow-clock-loses",
        "forgotten-disk",
    ]);
}

#[test]
fn every_rule_protects_invariants_that_exist_and_is_off_in_a_scenario() {
    SUBJECT.shows_every_rule();
}

#[test]
fn the_newer_of_two_versions_stays_on_both_sides() {
    for (one, other, kept) in [
        ("1.n1:x=a", "2.n1:x=b", "b"),    // the higher time
        ("2.n1:x=a", "1.n2:x=b", "a"),    // the time before the node
        ("1.n1:x=a", "1.n2:x=b", "b"),    // of the same time the higher node
        ("10.n1:x=a", "9.n2:x=b", "a"),   // times as numbers
        ("2.n2:x", "1.n1:x=b", "absent"), // a death certificate as any version
        ("2.n2:x", "3.n1:x=b", "b"),      // a put after a delete
    ] {
        for exchange in ["whole", "merkle"] {
            for (mode, begins) in
                [("push", "n1 n2"), ("pull", "n1 n2"), ("push-pull", "n1"), ("push-pull", "n2")]
            {
                let commands: String = begins
                    .split(' ')
                    .map(|name| {
                        let other = if name == "n1" { "n2" } else { "n1" };
                        format!("\ncommand {name} gossip {other}\nsettle")
                    })
                    .collect();
                world(&format!(
                    "nodes 2\nclients 0\npace by-hand\nset mode {mode}\nset exchange {exchange}\n\
                    disk n1 {one}\ndisk n2 {other}{commands}\nexpect n1 value x {kept}\n\
                    expect n2 value x {kept}\nexpect all hold"
                ));
            }
        }
    }
}

#[test]
fn partners_are_chosen_among_all_others_and_alike_often() {
    const NODES: usize = 10;
    let mut sim = world(&format!("nodes {NODES}\nclients 1\nset mode pull\nnetwork delay 1..2"));
    let mut met = vec![[0u32; NODES]; NODES];
    while sim.now_ms() < 10_000 {
        crate::common::play(&mut sim, 1);
        for id in sim.last().sent.clone() {
            let info = sim.message(id).unwrap();
            if let (Endpoint::Node(from), Endpoint::Node(to)) = (info.from, info.to) {
                met[from.index()][to.index()] += 1;
            }
        }
    }
    // A hundred rounds of each node and nine others: eleven meetings on average.
    for (from, row) in met.iter().enumerate() {
        for (to, count) in row.iter().enumerate() {
            let fits = if from == to { *count == 0 } else { (1..=30).contains(count) };
            assert!(fits, "n{} chose n{} {count} times", from + 1, to + 1);
        }
    }
}

#[test]
fn a_fan_out_is_that_many_different_partners() {
    let sim = world(
        "nodes 4\nclients 1\npace by-hand\nset fan-out 3\nset mode pull\ntimeout n2 round\n\
        expect message n2->n1 Pull\nexpect message n2->n3 Pull\nexpect message n2->n4 Pull",
    );
    assert_eq!(crate::common::messages(&sim, "Pull").len(), 3);
    // mode, exchange, fan-out and the rest as they are.
    let settings = |fan_out: u32| [2, 0, fan_out, 100, 0, 0, 1, 0];
    assert_eq!(Gossip.refuses(3, &settings(2)), None);
    let words = Gossip.refuses(3, &settings(3)).unwrap();
    assert!(words.contains("has only 2 others"), "{words}");
}

#[test]
fn the_formulas_tell_the_numbers_of_this_cluster() {
    let settings = |kept_ms: u32| [2, 1, 1, 100, kept_ms, 0, 1, 0];
    let filled = |kept_ms| -> Vec<(String, bool)> {
        let formulas = Gossip.formulas(100, &settings(kept_ms));
        formulas.into_iter().map(|formula| (formula.filled, formula.holds)).collect()
    };
    assert_eq!(filled(0)[0], ("7 + 5 = 12 for n = 100, f = 1".to_owned(), true));
    assert_eq!(filled(0)[1], ("for ever ≥ 2400 ms".to_owned(), true));
    assert_eq!(filled(500)[1], ("500 ms ≥ 2400 ms".to_owned(), false));
    assert_eq!(filled(0)[2], ("4 = log₂ 16".to_owned(), true));
}

#[test]
fn a_key_that_differs_is_found_in_one_message_a_level() {
    let keys: String = (0..40).map(|key| format!(" 1.n1:k{key}=1")).collect();
    let mut sim = world(&format!(
        "nodes 2\nclients 1\npace by-hand\nset exchange merkle\ndisk n1{keys} 2.n1:x=new\n\
        disk n2{keys}\ncommand n1 gossip n2"
    ));
    let mut count = 0;
    while let Some(first) = crate::common::all_messages(&sim).first().map(|info| info.id) {
        act(&mut sim, ActionKind::Deliver(first));
        count += 1;
    }
    // The root, four levels, the bucket there, and what is newer in it back.
    assert_eq!(count, 7);
    assert_eq!(field(&sim, 1, "x"), "new");
}

#[test]
fn a_copied_request_is_written_once() {
    world(
        "nodes 2\nclients 2\npace by-hand\ninvoke A put x a to n1\nduplicate A->n1 Request\n\
        deliver A->n1 Request\ndeliver n1->A Reply\ninvoke B put x b to n1\ndeliver B->n1 Request\n\
        crash n1\nrestart n1\ndeliver A->n1 Request\nexpect n1 value x b\n\
        expect n1 version-of-x 2.n1\nexpect all hold",
    );
}

#[test]
fn a_held_disk_tells_nobody_what_it_may_lose() {
    world(
        "nodes 2\nclients 1\npace by-hand\nset mode push\nhold-disk n1\ninvoke A put x a to n1\n\
        deliver A->n1 Request\ncommand n1 gossip n2\nexpect no message n1->n2 Items\n\
        expect reply A open\ncrash n1\nrestart n1\nexpect n1 value x absent\nexpect all hold",
    );
}

/// A few things that clients do, and what may befall nodes meanwhile.
fn invoke(sim: &mut World, count: u32, pick: u16) {
    let nodes = sim.config().nodes;
    let value = count.to_string();
    let key = ["x", "y", "z"][usize::from(pick % 3)];
    let words: Vec<&str> =
        if pick.is_multiple_of(4) { vec!["delete", key] } else { vec!["put", key, &value] };
    let kind = ActionKind::Invoke {
        client: ClientId((count % 3) as u8),
        node: Some(NodeId(pick % nodes)),
        operation: Operation::parse(&words).unwrap(),
    };
    let now_ms = sim.now_ms();
    let _ = sim.apply(&kind.at(now_ms));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn copies_become_equal_when_writes_stop(
        seed in 1..10_000u32,
        mode in 0..3usize,
        merkle in any::<bool>(),
        rumors in 0..3usize,
        wall in any::<bool>(),
        kinds in vec((0..8u8, 0..1000u16, any_action()), 20..120),
    ) {
        let mode = ["push", "pull", "push-pull"][mode];
        let exchange = if merkle { "merkle" } else { "whole" };
        let rumors = ["off", "1", "3"][rumors];
        let clock = if wall { "wall" } else { "lamport" };
        let mut sim = world(&format!(
            "nodes 6\nclients 3\nseed {seed}\nnetwork loss 5% duplicate 5%\nset mode {mode}\n\
            set exchange {exchange}\nset rumors {rumors}\nset clock {clock}"
        ));
        for (count, (how, pick, kind)) in (0..).zip(kinds) {
            match how {
                0 | 1 => invoke(&mut sim, count, pick),
                2..=5 => crate::common::play(&mut sim, 3),
                _ => {
                    let kind = aimed(&sim, kind);
                    let is_beyond = matches!(
                        kind,
                        ActionKind::LoseDisk(_)
                            | ActionKind::SetRule { .. }
                            | ActionKind::JumpClock { .. }
                            | ActionKind::SetClockRate { .. }
                    );
                    if !is_beyond {
                        let _ = sim.apply(&kind.at(sim.now_ms()));
                    }
                }
            }
            let why = sim.violations().first().map(|violation| violation.why.clone());
            prop_assert_eq!(why, None, "{} {} {} {}", mode, exchange, rumors, clock);
        }
        let mut repairs = vec![ActionKind::HealAll];
        for node in (0..6).map(NodeId) {
            match sim.status(node) {
                Status::Down => repairs.push(ActionKind::Restart(node)),
                Status::Paused => repairs.push(ActionKind::Resume(node)),
                Status::Up => {}
            }
            repairs.push(ActionKind::SyncDisk(node));
        }
        for repair in repairs {
            let _ = sim.apply(&repair.at(sim.now_ms()));
        }
        // Clients may still ask again for a while; then it is quiet.
        let end_ms = sim.now_ms() + 10_000;
        while sim.now_ms() < end_ms {
            crate::common::play(&mut sim, 1);
        }
        for node in (1..6).map(NodeId) {
            let (first, other) = (sim.node_view(NodeId(0)), sim.node_view(node));
            prop_assert_eq!(first.data, other.data, "n1 and {}", node);
            prop_assert_eq!(&first.durable[1..], &other.durable[1..], "n1 and {}", node);
        }
        prop_assert_eq!(sim.violations().len(), 0);
    }

    #[test]
    fn delivering_a_dead_message_changes_nothing(
        seed in 1..10_000u32,
        without in proptest::option::of(0..10u8),
        head in 0..12u8,
        kinds in vec((0..8u8, 0..1000u16, any_action()), 40..160),
    ) {
        let off = SUBJECT.off(without);
        let mode = ["push", "pull", "push-pull"][usize::from(head % 3)];
        let more = ["", "\nset rumors 2", "\nset exchange merkle", "\nset certificates 300"]
            [usize::from(head / 3)];
        let mut sim = world(&format!(
            "nodes 4\nclients 3\nnetwork loss 3% duplicate 5%\nseed {seed}\nset mode {mode}{more}{off}"
        ));
        let mut dead = 0;
        for (count, (how, pick, kind)) in (0..).zip(kinds) {
            match how {
                0 => invoke(&mut sim, count, pick),
                1..=4 => crate::common::play(&mut sim, 1),
                5 => {
                    if let Some(next) = sim.next_action(Schedule::Random) {
                        let _ = sim.apply(&next);
                    }
                }
                _ => {
                    let kind = aimed(&sim, kind);
                    if !matches!(kind, ActionKind::LoseDisk(_) | ActionKind::SetRule { .. }) {
                        let _ = sim.apply(&kind.at(sim.now_ms()));
                    }
                }
            }
            check_dead(&sim, &mut dead)?;
        }
    }
}

#[test]
fn an_ordinary_run_has_dead_messages_and_all_are_dead() {
    SUBJECT.meets_dead_messages(
        "nodes 5\nclients 2\nset mode push\ninvoke A put x 1 to n1\ninvoke B get x to n2",
        200,
        5,
    );
}
