//! What several test files need: worlds from scenario text, and a walk through time.
#![allow(dead_code)] // Each test file uses its part.

pub mod subject;

use consensus_playground::action::{Action, ActionKind};
use consensus_playground::ids::{ClientId, MessageId, NodeId, NodeSet, RuleId, TimerId};
use consensus_playground::operation::Operation;
use consensus_playground::protocols::REGISTRY;
use consensus_playground::scenario::run::matching;
use consensus_playground::timeline::{BranchId, Moment, Timeline};
use consensus_playground::world::Schedule;
use consensus_playground::world::{MessageInfo, World, kind_of_name};
use proptest::prelude::*;

use subject::{Subject, carry_out};

/// Raft, for tests that are about no protocol.
pub const RAFT: Subject = Subject("raft");

/// A world of Raft after a scenario's steps; every expectation in it must be met.
pub fn world(body: &str) -> World {
    RAFT.world(body)
}

/// Goes on with more steps.
pub fn go_on(sim: &mut World, steps: &str) {
    let (nodes, clients) = (sim.config().nodes, sim.config().clients);
    carry_out(sim, &RAFT.parse(&format!("nodes {nodes}\nclients {clients}\n{steps}")));
}

/// Applies an action at once.
pub fn act(sim: &mut World, kind: ActionKind) {
    let now_ms = sim.now_ms();
    sim.apply(&kind.clone().at(now_ms)).unwrap_or_else(|refusal| panic!("{kind:?}: {refusal}"));
}

/// The messages of a kind in flight, oldest first.
pub fn messages(sim: &World, kind: &str) -> Vec<MessageInfo> {
    let kind = kind_of_name(sim.sheet(), kind).unwrap();
    let any =
        consensus_playground::scenario::Selector { from: None, to: None, kind: Some(kind), nth: 0 };
    matching(sim, &any).into_iter().map(|id| sim.message(id).unwrap()).collect()
}

/// All messages in flight, oldest first.
pub fn all_messages(sim: &World) -> Vec<MessageInfo> {
    let mut found = Vec::new();
    sim.for_each_message(&mut |info| found.push(*info));
    found
}

/// A field of a node's inspector.
pub fn field(sim: &World, node: u16, name: &str) -> String {
    let view = sim.node_view(NodeId(node));
    let mut fields = view.durable.into_iter().chain(view.volatile).chain(view.data);
    fields.find(|field| field.name == name).map_or("absent".to_owned(), |field| field.value)
}

/// Any action at all, possible or not, over small numbers.
pub fn any_action() -> impl Strategy<Value = ActionKind> {
    let node = || (0..6u16).prop_map(NodeId);
    let set = || (0..32u128).prop_map(|bits| Box::new(NodeSet::from_bits(bits)));
    let message = || (0..60u32).prop_map(MessageId);
    let client = || (0..3u8).prop_map(ClientId);
    prop_oneof![
        1 => Just(ActionKind::Wait),
        8 => message().prop_map(ActionKind::Deliver),
        3 => message().prop_map(ActionKind::Drop),
        2 => message().prop_map(ActionKind::Duplicate),
        1 => (message(), 1..500u32).prop_map(|(message, by_ms)| ActionKind::Delay { message, by_ms }),
        5 => (node(), 0..3u8).prop_map(|(node, timer)| ActionKind::Fire { node, timer: TimerId(timer) }),
        2 => node().prop_map(ActionKind::Crash),
        3 => node().prop_map(ActionKind::Restart),
        1 => node().prop_map(ActionKind::Pause),
        1 => node().prop_map(ActionKind::Resume),
        1 => node().prop_map(ActionKind::LoseDisk),
        1 => node().prop_map(ActionKind::HoldDisk),
        1 => node().prop_map(ActionKind::SyncDisk),
        1 => (set(), set()).prop_map(|(from, to)| ActionKind::Cut { from, to }),
        1 => (set(), set()).prop_map(|(from, to)| ActionKind::Heal { from, to }),
        1 => set().prop_map(ActionKind::Partition),
        1 => Just(ActionKind::HealAll),
        1 => (node(), 0..12_000u32)
            .prop_map(|(node, rate_permille)| ActionKind::SetClockRate { node, rate_permille }),
        1 => (node(), 1..20_000_000u32)
            .prop_map(|(node, ahead_ms)| ActionKind::JumpClock { node, ahead_ms }),
        1 => (0..20u8, any::<bool>())
            .prop_map(|(rule, on)| ActionKind::SetRule { rule: RuleId(rule), on }),
        3 => (client(), proptest::option::of(node()), 0..2u8).prop_map(|(client, node, which)| {
            let words: &[&str] = if which == 0 { &["get", "x"] } else { &["append", "x", "1"] };
            ActionKind::Invoke { client, node, operation: Operation::parse(words).unwrap() }
        }),
        1 => client().prop_map(ActionKind::Retry),
        1 => client().prop_map(ActionKind::GiveUp),
        1 => (node(), 0..2u8, node())
            .prop_map(|(node, command, argument)| ActionKind::Command { node, command, argument }),
    ]
}

/// Whether a scenario's text can say the action: no empty side of a cut, no wait of no time.
pub fn can_be_said(kind: &ActionKind) -> bool {
    match kind {
        ActionKind::Cut { from, to } | ActionKind::Heal { from, to } => {
            !from.is_empty() && !to.is_empty()
        }
        ActionKind::Partition(side) => !side.is_empty(),
        ActionKind::Wait => false,
        _ => true,
    }
}

/// Points an action at a message that is in flight, so that more actions are possible.
pub fn aimed(sim: &World, kind: ActionKind) -> ActionKind {
    let flying = all_messages(sim);
    let pick = |id: MessageId| match flying.len() {
        0 => id,
        count => flying[id.0 as usize % count].id,
    };
    match kind {
        ActionKind::Deliver(id) => ActionKind::Deliver(pick(id)),
        ActionKind::Drop(id) => ActionKind::Drop(pick(id)),
        ActionKind::Duplicate(id) => ActionKind::Duplicate(pick(id)),
        ActionKind::Delay { message, by_ms } => ActionKind::Delay { message: pick(message), by_ms },
        other => other,
    }
}

/// The actions of a branch from the beginning.
pub fn actions(timeline: &Timeline, branch: BranchId) -> Vec<Action> {
    let length = timeline.length(branch);
    (0..length).map(|index| timeline.action(branch, index).unwrap().clone()).collect()
}

/// The fingerprint after the first `index` actions of a branch, replayed from nothing.
pub fn from_scratch(timeline: &Timeline, branch: BranchId, index: u64) -> u64 {
    let mut sim = REGISTRY[0].world(timeline.scenario().config.clone()).unwrap();
    for action in actions(timeline, branch).iter().take(index as usize) {
        sim.apply(action).unwrap();
    }
    sim.fingerprint()
}

/// The end of a branch.
pub fn end(timeline: &Timeline, branch: BranchId) -> Moment {
    Moment { branch, index: timeline.length(branch) }
}

/// Plays by time for so many actions.
pub fn play(sim: &mut World, count: usize) {
    for _ in 0..count {
        let Some(next) = sim.next_action(Schedule::ByTime) else { return };
        sim.apply(&next).unwrap();
    }
}

/// Delivers each dead message that could be delivered, and counts it: nothing may change but that
/// the message is gone.
pub fn check_dead(sim: &World, dead: &mut u32) -> Result<(), TestCaseError> {
    for info in all_messages(sim) {
        let deliver = ActionKind::Deliver(info.id);
        if !sim.is_dead(info.id) || sim.check(&deliver).is_err() {
            continue;
        }
        *dead += 1;
        let (mut delivered, mut dropped) = (sim.clone(), sim.clone());
        act(&mut delivered, deliver);
        act(&mut dropped, ActionKind::Drop(info.id));
        let words = sim.describe(&ActionKind::Deliver(info.id));
        for node in (0..sim.config().nodes).map(NodeId) {
            prop_assert_eq!(delivered.node_view(node), sim.node_view(node), "{}", words);
            prop_assert_eq!(delivered.timers(node), sim.timers(node), "{}", words);
        }
        prop_assert!(delivered.last().sent.is_empty(), "{} is answered", words);
        prop_assert_eq!(
            delivered.cluster_fingerprint(),
            dropped.cluster_fingerprint(),
            "{}",
            words
        );
        prop_assert_eq!(delivered.violations().len(), sim.violations().len());
    }
    Ok(())
}
