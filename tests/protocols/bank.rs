//! What the tests of the three commit protocols share: sweeps, random transfers under faults, and
//! worlds from scenario texts.

use std::collections::BTreeSet;

use consensus_playground::action::ActionKind;
use consensus_playground::ids::{ClientId, NodeId, NodeSet, RuleId};
use consensus_playground::operation::Operation;
use consensus_playground::world::World;
use consensus_playground::world::{Schedule, Status};

use crate::common::check_dead;
use crate::common::subject::Subject;

/// Without the rule some seed violates what the rule protects.
pub fn breaks(subject: Subject, rule: &str) {
    let place = subject.sheet().rule(rule).unwrap_or_else(|| panic!("there is no rule {rule}"));
    let protected = subject.sheet().rules[usize::from(place.0)].protects;
    let mut others = BTreeSet::new();
    for seed in 1..=400 {
        let Err(failure) = transfers(subject, seed, &[place], "") else { continue };
        let Some(rest) = failure.strip_prefix("violated ") else { continue };
        let invariant = rest.split(':').next().unwrap_or_default();
        if protected.contains(&invariant) {
            return;
        }
        others.insert(invariant.to_owned());
    }
    panic!("without {rule} no seed violates {protected:?}, only {others:?}");
}

/// Numbers that depend on the seed alone.
struct Draws(u64);

impl Draws {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// Clients move money between accounts of several shards while nodes crash, messages are lost and
/// links are cut; then everything heals, and no transaction may stay undecided.
pub fn transfers(
    subject: Subject,
    seed: u64,
    without: &[RuleId],
    header: &str,
) -> Result<(), String> {
    let mut draws = Draws(seed);
    for _ in 0..3 {
        draws.below(2);
    }
    let nodes = 3 + draws.below(3) as u16;
    let participants = ["involved", "all"][draws.below(2) as usize];
    let off: String = without
        .iter()
        .map(|rule| format!("without {}\n", subject.sheet().rules[usize::from(rule.0)].id))
        .collect();
    let mut sim = subject.world(&format!(
        "nodes {nodes}\nclients 3\nseed {seed}\nnetwork delay 2..40 loss 4% duplicate 4%\n\
             set participants {participants}\ndisk n2 a=100\ndisk n3 b=100\n{header}{off}"
    ));
    let mut now_ms = 0;
    while now_ms < 4000 {
        now_ms += 1 + draws.below(60);
        run_until(&mut sim, now_ms);
        let kind = event(nodes, &mut draws);
        if sim.check(&kind).is_ok() {
            sim.apply(&kind.at(now_ms)).unwrap();
        }
        check(&sim)?;
    }
    heal(&mut sim, nodes);
    for _ in 0..100 {
        now_ms += 100;
        run_until(&mut sim, now_ms);
        check(&sim)?;
    }
    let locked = (0..nodes)
        .map(NodeId)
        .find(|node| sim.node_view(*node).data.iter().any(|field| field.name.starts_with("lock ")));
    match locked {
        Some(node) => Err(format!("no progress: {node} still holds a lock")),
        None => Ok(()),
    }
}

fn event(nodes: u16, draws: &mut Draws) -> ActionKind {
    let node = NodeId(draws.below(nodes.into()) as u16);
    let other = NodeId((node.0 + 1 + draws.below(u64::from(nodes) - 1) as u16) % nodes);
    match draws.below(22) {
        0 => ActionKind::Crash(node),
        1..=3 => ActionKind::Restart(node),
        4 => ActionKind::Pause(node),
        5..=6 => ActionKind::Resume(node),
        7 => ActionKind::Partition(Box::new(NodeSet::of(node))),
        8 => {
            ActionKind::Cut { from: Box::new(NodeSet::of(node)), to: Box::new(NodeSet::of(other)) }
        }
        9..=10 => ActionKind::HealAll,
        11 => ActionKind::HoldDisk(node),
        12..=13 => ActionKind::SyncDisk(node),
        _ => {
            let account = |draws: &mut Draws| ["a", "b", "c", "d"][draws.below(4) as usize];
            let (from, to) = (account(draws), account(draws));
            let amount = (1 + draws.below(60)).to_string();
            let words: Vec<&str> = match draws.below(5) {
                0 => vec!["get", from],
                1 => vec!["put", from, &amount],
                _ => vec!["transfer", from, to, &amount],
            };
            ActionKind::Invoke {
                client: ClientId(draws.below(3) as u8),
                node: Some(other),
                operation: Operation::parse(&words).unwrap(),
            }
        }
    }
}

fn run_until(sim: &mut World, until_ms: u64) {
    while let Some(next) = sim.next_action(Schedule::ByTime).filter(|next| next.at_ms <= until_ms) {
        sim.apply(&next).unwrap();
    }
}

fn heal(sim: &mut World, nodes: u16) {
    let mut repairs = vec![ActionKind::HealAll];
    for node in (0..nodes).map(NodeId) {
        match sim.status(node) {
            Status::Down => repairs.push(ActionKind::Restart(node)),
            Status::Paused => repairs.push(ActionKind::Resume(node)),
            Status::Up => {}
        }
        repairs.push(ActionKind::SyncDisk(node));
    }
    for repair in repairs {
        let now_ms = sim.now_ms();
        let _ = sim.apply(&repair.at(now_ms));
    }
}

fn check(sim: &World) -> Result<(), String> {
    match sim.violations().first() {
        None => Ok(()),
        Some(violation) => {
            let id = sim.sheet().invariants[usize::from(violation.invariant)].id;
            Err(format!("violated {id}: {}", violation.why))
        }
    }
}

/// Money moves under faults on many seeds, and with every rule nothing breaks.
pub fn transfers_hold(subject: Subject, seeds: std::ops::RangeInclusive<u64>, header: &str) {
    for seed in seeds {
        assert_eq!(transfers(subject, seed, &[], header), Ok(()), "seed {seed}");
    }
}

/// Delivers each dead message of a random run: nothing may change.
pub fn dead_messages_are_dead(subject: Subject, seeds: std::ops::RangeInclusive<u64>) {
    let mut dead = 0;
    for seed in seeds {
        let mut draws = Draws(seed);
        let mut sim = subject.world(&format!(
            "nodes 4\nclients 3\nseed {seed}\nnetwork delay 2..90 loss 2% duplicate 20%\n\
                 set participants all\ndisk n2 a=100\ndisk n3 b=100"
        ));
        for step in 0..120u64 {
            let kind = event(4, &mut draws);
            let at_ms = sim.now_ms();
            if step % 4 == 0 && sim.check(&kind).is_ok() {
                sim.apply(&kind.at(at_ms)).unwrap();
            } else if let Some(next) = sim.next_action(Schedule::ByTime) {
                sim.apply(&next).unwrap();
            }
            check_dead(&sim, &mut dead).unwrap();
        }
    }
    assert!(dead > 20, "{dead} deliveries of dead messages were tried");
}
