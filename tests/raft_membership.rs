//! Raft's snapshots and changes of membership: under random faults, commands and compaction nothing
//! ever breaks while every rule holds, and without a rule its promised invariant does.

mod common;

use common::{act, check_dead, field, go_on, play, world};
use consensus_playground::action::ActionKind;
use consensus_playground::ids::{ClientId, NodeId, NodeSet};
use consensus_playground::operation::Operation;
use consensus_playground::protocols::REGISTRY;
use consensus_playground::scenario::{presets, text, transcript};
use consensus_playground::world::{Schedule, Status};

const SEEDS: std::ops::RangeInclusive<u64> = 1..=120;
const FAULTS_MS: u64 = 6_000;
const PROGRESS_MS: u64 = 10_000;

/// Numbers that look random and depend on the seed alone.
struct Chaos(u64);

impl Chaos {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut word = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (word ^ (word >> 31)) % bound
    }
}

fn header(chaos: &mut Chaos, seed: u64, without: &str) -> String {
    let nodes = 3 + chaos.below(4);
    let members = 2 + chaos.below(nodes - 1);
    let compact = [0, 1, 3, 6][chaos.below(4) as usize];
    let membership = ["one-at-a-time", "joint"][chaos.below(2) as usize];
    let reads = ["log", "read-index", "lease"][chaos.below(3) as usize];
    let (low, loss, copied) = (1 + chaos.below(10), chaos.below(8), chaos.below(5));
    let high = low + chaos.below(40);
    let off = if without.is_empty() { String::new() } else { format!("without {without}\n") };
    format!(
        "nodes {nodes}\nclients 3\nseed {seed}\nset members {members}\nset compact-after {compact}\n\
        set membership {membership}\nset reads {reads}\n\
        network delay {low}..{high} loss {loss}% duplicate {copied}%\n{off}"
    )
}

fn random_event(chaos: &mut Chaos, nodes: u16) -> ActionKind {
    let node = NodeId(chaos.below(nodes.into()) as u16);
    let other = NodeId((node.0 + 1 + chaos.below(u64::from(nodes) - 1) as u16) % nodes);
    match chaos.below(34) {
        0 => ActionKind::Crash(node),
        1..=3 => ActionKind::Restart(node),
        4 => ActionKind::Pause(node),
        5..=6 => ActionKind::Resume(node),
        7 => ActionKind::Partition(
            (0..nodes).map(NodeId).filter(|_| chaos.below(2) == 0).collect::<NodeSet>(),
        ),
        8 => ActionKind::Cut { from: NodeSet::of(node), to: NodeSet::of(other) },
        9..=10 => ActionKind::HealAll,
        11 => ActionKind::HoldDisk(node),
        12..=13 => ActionKind::SyncDisk(node),
        14 => ActionKind::SetClockRate { node, rate_permille: 950 + chaos.below(101) as u32 },
        15 => ActionKind::Command { node, command: 0, argument: other },
        16..=24 => ActionKind::Command { node, command: 1 + chaos.below(5) as u8, argument: other },
        _ => invoke(chaos, Some(other)),
    }
}

fn invoke(chaos: &mut Chaos, node: Option<NodeId>) -> ActionKind {
    let value = chaos.below(1_000_000).to_string();
    let words: &[&str] = if chaos.below(3) == 0 { &["get", "x"] } else { &["append", "x", &value] };
    let operation = Operation::parse(words).unwrap();
    ActionKind::Invoke { client: ClientId(chaos.below(3) as u8), node, operation }
}

/// One run: faults and commands, then everything heals and every client must be answered. What went
/// wrong, and how many configurations were entered at most.
fn run(seed: u64, without: &str) -> Result<u64, String> {
    let mut chaos = Chaos(seed);
    let mut sim = world(&header(&mut chaos, seed, without));
    let nodes = sim.config().nodes;
    macro_rules! until {
        ($end:expr) => {
            while let Some(next) = sim.next_action(Schedule::ByTime).filter(|next| next.at_ms <= $end)
            {
                sim.apply(&next).unwrap();
                if let Some(found) = sim.violations().first() {
                    let id = sim.sheet().invariants[usize::from(found.invariant)].id;
                    return Err(format!("violated {id}: {}", found.why));
                }
            }
        };
    }
    let mut now_ms = 0;
    while now_ms < FAULTS_MS {
        now_ms += 1 + chaos.below(60);
        until!(now_ms);
        let kind = random_event(&mut chaos, nodes);
        if sim.check(&kind).is_ok() {
            sim.apply(&kind.at(now_ms)).unwrap();
        }
    }
    until!(now_ms);
    for kind in repairs(nodes, |node| sim.status(node)) {
        if sim.check(&kind).is_ok() {
            sim.apply(&kind.at(now_ms)).unwrap();
        }
    }
    let asked_from = sim.history().records().len();
    let mut asked = [false; 3];
    let end_ms = now_ms + PROGRESS_MS;
    while now_ms < end_ms {
        for client in 0..3u8 {
            let operation = Operation::parse(&["append", "y", "1"]).unwrap();
            let kind = ActionKind::Invoke { client: ClientId(client), node: None, operation };
            if !asked[usize::from(client)] && sim.check(&kind).is_ok() {
                sim.apply(&kind.at(now_ms)).unwrap();
                asked[usize::from(client)] = true;
            }
        }
        now_ms += 50;
        until!(now_ms);
        let records = &sim.history().records()[asked_from..];
        if records.iter().filter(|record| record.completion.is_some()).count() == 3 {
            let snapshots = (0..nodes)
                .filter(|node| field(&*sim, *node, "snapshot up to") != "absent")
                .count();
            return Ok(snapshots as u64);
        }
    }
    Err("no progress after healing".to_owned())
}

fn repairs(nodes: u16, status: impl Fn(NodeId) -> Status) -> Vec<ActionKind> {
    let mut repairs = vec![ActionKind::HealAll];
    for node in (0..nodes).map(NodeId) {
        repairs.push(ActionKind::SetClockRate { node, rate_permille: 1000 });
        match status(node) {
            Status::Down => repairs.push(ActionKind::Restart(node)),
            Status::Paused => repairs.push(ActionKind::Resume(node)),
            Status::Up => {}
        }
        repairs.push(ActionKind::SyncDisk(node));
    }
    repairs
}

#[test]
fn with_every_rule_changes_and_snapshots_break_nothing() {
    let mut snapshots = 0;
    for seed in SEEDS {
        snapshots += run(seed, "").unwrap_or_else(|why| panic!("seed {seed}: {why}"));
    }
    assert!(snapshots > 100, "{snapshots} snapshots were left at the end");
}

#[test]
fn survey() {
    let sheet = (REGISTRY[0].sheet)();
    for rule in &sheet.rules[17..] {
        let mut found = std::collections::BTreeMap::new();
        for seed in 1..=250 {
            if let Err(why) = run(seed, rule.id) {
                *found.entry(why.split(':').next().unwrap().to_owned()).or_insert(0) += 1;
            }
        }
        println!("{} {found:?}", rule.id);
    }
}
