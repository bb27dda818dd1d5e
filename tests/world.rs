//! The world around a protocol: its network, its random draws, its bounds, and that an action
//! either happens or changes nothing. What goes wrong on purpose is in `faults.rs`.

mod common;

use std::collections::BTreeMap;

use common::{act, aimed, all_messages, any_action, play, world};
use consensus_playground::action::ActionKind;
use consensus_playground::ids::{ClientId, Endpoint, MessageId, NodeId, RuleId};
use consensus_playground::operation::Operation;
use consensus_playground::protocols::REGISTRY;
use consensus_playground::world::World;
use consensus_playground::world::bounds::{
    CLOCK_MS_MAX, MESSAGES_MAX, OPERATIONS_MAX, RECEIVER_MESSAGES_MAX,
};
use consensus_playground::world::{Refusal, Schedule};
use proptest::collection::vec;
use proptest::prelude::*;

const BY_HAND: &str = "nodes 3\npace by-hand\nwithout pre-vote leader-stickiness\n";

fn by_hand(steps: &str) -> World {
    world(&format!("{BY_HAND}{steps}"))
}

fn refusal(sim: &World, kind: ActionKind) -> Refusal {
    sim.check(&kind).expect_err("it must be impossible")
}

/// Plays by time and tells of each message that ends, whether it was lost, and of each that is sent.
fn watch(sim: &mut World, count: usize, mut see: impl FnMut(&World, &ActionKind)) {
    for _ in 0..count {
        let Some(next) = sim.next_action(Schedule::ByTime) else { return };
        see(sim, &next.kind);
        sim.apply(&next).unwrap();
    }
}

#[test]
fn messages_take_a_time_within_the_range() {
    let mut sim = world("network delay 7..19\nlink n1->n2 delay 100..100\nseed 3");
    let (mut shortest, mut longest) = (u64::MAX, 0);
    watch(&mut sim, 800, |sim, _| {
        for info in all_messages(sim) {
            let is_slow =
                (info.from, info.to) == (Endpoint::Node(NodeId(0)), Endpoint::Node(NodeId(1)));
            let delay_ms = info.due_ms - info.sent_ms;
            if is_slow {
                assert_eq!(delay_ms, 100, "a link's own conditions");
                continue;
            }
            assert!((7..=19).contains(&delay_ms), "{info:?}");
            (shortest, longest) = (shortest.min(delay_ms), longest.max(delay_ms));
        }
    });
    assert_eq!((shortest, longest), (7, 19), "the whole range is used");
}

#[test]
fn as_many_are_lost_as_the_network_says_and_exactly_those() {
    let mut sim = world("network loss 20%\nseed 5");
    let (mut lost, mut all) = (0u32, 0u32);
    watch(&mut sim, 4000, |sim, kind| {
        let (ActionKind::Deliver(id) | ActionKind::Drop(id)) = kind else { return };
        let info = sim.message(*id).unwrap();
        assert_eq!(info.lost, matches!(kind, ActionKind::Drop(_)), "{info:?}");
        (lost, all) = (lost + u32::from(info.lost), all + 1);
    });
    assert!(all > 2000, "{all} messages");
    assert!((160..240).contains(&(lost * 1000 / all)), "{lost} of {all}");
}

#[test]
fn as_many_are_copied_as_the_network_says() {
    let mut sim = world("network duplicate 10%\nseed 6");
    let mut sent = 0usize;
    let mut copies = 0usize;
    for _ in 0..4000 {
        let next = sim.next_action(Schedule::ByTime).unwrap();
        sim.apply(&next).unwrap();
        let mut links: Vec<_> = sim.last().sent.clone();
        links.dedup_by_key(|id| sim.message(*id).map(|info| (info.to, info.kind)));
        sent += links.len();
        copies += sim.last().sent.len() - links.len();
    }
    let permille = copies * 1000 / sent;
    assert!((70..130).contains(&permille), "{copies} of {sent}");
}

/// How many messages arrive before one that was sent earlier on the same link.
fn overtakings(network: &str) -> u32 {
    let mut sim = world(&format!("{network}\nset heartbeat 20\nseed 8"));
    let mut latest: BTreeMap<(Endpoint, Endpoint), MessageId> = BTreeMap::new();
    let mut overtakings = 0;
    watch(&mut sim, 3000, |sim, kind| {
        let ActionKind::Deliver(id) = kind else { return };
        let info = sim.message(*id).unwrap();
        let last = latest.entry((info.from, info.to)).or_insert(*id);
        overtakings += u32::from(*id < *last);
        *last = (*last).max(*id);
    });
    overtakings
}

#[test]
fn messages_overtake_each_other_only_on_unordered_links() {
    assert!(overtakings("network delay 1..90") > 20);
    assert_eq!(overtakings("network delay 1..90 ordered"), 0);
}

/// What was sent, by link, words and moment, and how long it takes.
type Sent = BTreeMap<(Endpoint, Endpoint, String, u64), Vec<u64>>;

fn sent_after(sim: &mut World, count: usize) -> Sent {
    let mut sent = Sent::new();
    for _ in 0..count {
        let next = sim.next_action(Schedule::ByTime).unwrap();
        sim.apply(&next).unwrap();
        for id in sim.last().sent.clone() {
            let (info, label) = (sim.message(id).unwrap(), sim.message_label(id).unwrap());
            let key =
                (info.from, info.to, format!("{} {}", info.kind, label.detail()), info.sent_ms);
            sent.entry(key).or_default().push(info.due_ms - info.sent_ms);
        }
    }
    sent
}

#[test]
fn losing_one_message_changes_the_delay_of_no_other() {
    let origin = world("seed 12\nnetwork delay 5..60 loss 5% duplicate 5%\nrun 400");
    for victim in all_messages(&origin) {
        let (mut one, mut other) = (origin.clone(), origin.clone());
        act(&mut other, ActionKind::Drop(victim.id));
        let (one, other) = (sent_after(&mut one, 250), sent_after(&mut other, 250));
        let both: Vec<_> = one.iter().filter(|(key, _)| other.contains_key(*key)).collect();
        assert!(both.len() > 50, "the runs share {} messages", both.len());
        for (key, delays) in both {
            assert_eq!(delays, &other[key], "{key:?} without {victim:?}");
        }
    }
}

#[test]
fn a_full_receiver_loses_its_own_messages_only() {
    let mut sim = by_hand("timeout n1 election");
    let first = all_messages(&sim);
    let others = first.len() - 1;
    for _ in 0..RECEIVER_MESSAGES_MAX + 100 {
        act(&mut sim, ActionKind::Duplicate(first[0].id));
    }
    assert_eq!(all_messages(&sim).len(), RECEIVER_MESSAGES_MAX + others);
    assert_eq!((sim.overflow(), sim.last().overflow), (101, 1));
    assert!(sim.last().sent.is_empty());
    act(&mut sim, ActionKind::Duplicate(first[1].id));
    assert_eq!(sim.last().sent.len(), 1, "another receiver still has room");
}

#[test]
fn a_full_network_counts_what_it_loses() {
    // Nine receivers, each filled to its share, are more than the network holds.
    let mut sim = by_hand("nodes 9\ntimeout n1 election\ntimeout n2 election");
    let mut lost = 0;
    for receiver in (0..9).map(|node| Endpoint::Node(NodeId(node))) {
        let Some(info) = all_messages(&sim).into_iter().find(|info| info.to == receiver) else {
            continue;
        };
        for _ in 0..RECEIVER_MESSAGES_MAX {
            act(&mut sim, ActionKind::Duplicate(info.id));
            lost += u64::from(sim.last().sent.is_empty());
        }
    }
    assert_eq!(all_messages(&sim).len(), MESSAGES_MAX);
    assert_eq!(sim.overflow(), lost);
    assert!(lost > 0);
}

#[test]
fn the_clock_ends_at_its_bound() {
    let mut sim = by_hand("");
    sim.apply(&ActionKind::Wait.at(CLOCK_MS_MAX)).unwrap();
    let before = sim.fingerprint();
    let refused = sim.apply(&ActionKind::Crash(NodeId(0)).at(CLOCK_MS_MAX + 1));
    assert!(matches!(refused, Err(Refusal::Bound(_, CLOCK_MS_MAX))), "{refused:?}");
    assert_eq!(sim.fingerprint(), before);
    // What is overdue still happens; then nothing is left, for all else is due too late.
    play(&mut sim, 10_000);
    assert!(sim.next_action(Schedule::ByTime).is_none());
    assert_eq!(sim.now_ms(), CLOCK_MS_MAX);
}

#[test]
fn a_full_history_takes_no_more_operations() {
    let mut sim = by_hand("");
    let ask = ActionKind::Invoke {
        client: ClientId(0),
        node: None,
        operation: Operation::parse(&["get", "x"]).unwrap(),
    };
    for _ in 0..OPERATIONS_MAX {
        act(&mut sim, ask.clone());
        act(&mut sim, ActionKind::GiveUp(ClientId(0)));
    }
    assert_eq!(refusal(&sim, ask), Refusal::Bound("operations in a history", 10_000));
}

#[test]
fn a_rule_that_is_so_already_is_nothing_to_do() {
    let sim = by_hand("");
    let rule = |on| ActionKind::SetRule { rule: RuleId(0), on };
    assert_eq!(refusal(&sim, rule(true)), Refusal::NothingToDo);
    assert!(sim.check(&rule(false)).is_ok());
}

const CROWD: &str = "nodes 4\nclients 2\nnetwork loss 5% duplicate 5%\nseed ";

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_action_is_possible_or_changes_nothing(
        seed in 1..1000u32, start in 0..150usize, kinds in vec(any_action(), 1..120),
    ) {
        let mut sim = world(&format!("{CROWD}{seed}"));
        play(&mut sim, start);
        for kind in kinds {
            let kind = aimed(&sim, kind);
            let before = (sim.fingerprint(), sim.now_ms(), sim.step(), all_messages(&sim));
            let checked = sim.check(&kind);
            let applied = sim.apply(&kind.clone().at(sim.now_ms()));
            prop_assert_eq!(&checked, &applied, "{:?}", kind);
            let after = (sim.fingerprint(), sim.now_ms(), sim.step(), all_messages(&sim));
            if applied.is_err() {
                prop_assert_eq!(before, after, "refused {:?}", kind);
            } else {
                prop_assert_eq!(after.2, before.2 + 1);
                prop_assert_ne!(before.0, after.0, "{:?}", kind);
            }
        }
    }

    #[test]
    fn the_same_actions_make_the_same_world(
        seed in 1..1000u32, kinds in vec(any_action(), 1..120), forks in 0..120usize,
    ) {
        let config = common::RAFT.parse(&format!("{CROWD}{seed}")).config;
        let mut one = REGISTRY[0].world(config.clone()).unwrap();
        let mut other = REGISTRY[0].world(config).unwrap();
        for (place, kind) in kinds.into_iter().enumerate() {
            if place == forks {
                other = other.clone();
            }
            let kind = match place % 3 {
                0 => one.next_action(Schedule::ByTime).map_or(ActionKind::HealAll, |next| next.kind),
                1 => one.next_action(Schedule::Random).map_or(ActionKind::HealAll, |next| next.kind),
                _ => aimed(&one, kind),
            };
            let action = kind.at(one.now_ms() + place as u64 % 7);
            prop_assert_eq!(one.apply(&action), other.apply(&action));
            prop_assert_eq!(one.fingerprint(), other.fingerprint());
        }
    }
}
