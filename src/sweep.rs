//! A sweep: one seed, one run full of random faults, then everything heals and the cluster must
//! make progress. Whatever goes wrong is replayed by the link of the run.

use crate::action::ActionKind;
use crate::healing::{PROGRESS_MS, repairs_of_all};
use crate::ids::{ClientId, NodeId, NodeSet, RuleId};
use crate::mix::{Purpose, draw};
use crate::operation::{GET, Operation, PUT, Text};
use crate::protocol::SettingRange;
use crate::scenario::{Language, Scenario};
use crate::timeline::{BranchId, Moment, Timeline};
use crate::world::World;

/// How long faults go on, in milliseconds.
const FAULTS_MS: u64 = 5_000;
/// The mean time between two random events, in milliseconds.
const BEAT_MS: u64 = 40;

/// What became of one seed.
#[derive(Debug)]
pub struct SweepRun {
    /// The seed.
    pub seed: u64,
    /// How many actions the run had.
    pub actions: u64,
    /// How many client operations were answered.
    pub answered: usize,
    /// What went wrong, in words; `None` where nothing did.
    pub failure: Option<String>,
    /// The run as a scenario, where something went wrong.
    pub scenario: Option<Scenario>,
}

/// Runs one seed of a protocol, an index into [`crate::protocols::REGISTRY`], with these rules switched off.
///
/// # Errors
/// The scenario cannot be opened; a bug.
pub fn sweep_seed(protocol: u8, seed: u64, without: &[RuleId]) -> Result<SweepRun, String> {
    let mut chaos = Chaos { seed, count: 0 };
    let scenario = setting_out(protocol, without, &mut chaos);
    let mut timeline = Timeline::open(scenario).map_err(|error| error.to_string())?;
    let mut failure = faults(&mut timeline, &mut chaos);
    if failure.is_none() {
        failure = heal_and_demand_progress(&mut timeline, &mut chaos);
    }
    let answered =
        timeline.world().history().records().iter().filter(|op| op.completion.is_some()).count();
    let actions = timeline.cursor().index;
    let scenario =
        failure.is_some().then(|| timeline.export(Moment { branch: BranchId(0), index: actions }));
    Ok(SweepRun { seed, actions, answered, failure, scenario })
}

/// Random draws for a sweep, keyed by the seed and counted.
struct Chaos {
    seed: u64,
    count: u64,
}

impl Chaos {
    fn below(&mut self, bound: u64) -> u64 {
        self.count += 1;
        draw(self.seed, Purpose::Workload, [self.count, 0, 0]) % bound.max(1)
    }
}

/// The configuration also depends on the seed, so that a sweep covers many.
fn setting_out(protocol: u8, without: &[RuleId], chaos: &mut Chaos) -> Scenario {
    let mut scenario = Scenario::new(protocol);
    let sheet = scenario.sheet();
    scenario.title.insert(Language::En, format!("Sweep, seed {}", chaos.seed));
    let config = &mut scenario.config;
    config.seed = chaos.seed;
    let (low, high) = sheet.nodes_range;
    config.nodes = [3, 4, 5][chaos.below(3) as usize].clamp(low, high);
    config.clients = 3;
    config.network.delay_min_ms = 1 + chaos.below(10) as u32;
    config.network.delay_max_ms = config.network.delay_min_ms + chaos.below(40) as u32;
    config.network.loss_permille = chaos.below(100) as u32;
    config.network.duplicate_permille = chaos.below(50) as u32;
    for (place, setting) in sheet.settings.iter().enumerate() {
        if let SettingRange::Choice(words) = setting.range {
            config.settings[place] = chaos.below(words.len() as u64) as u32;
        }
    }
    for rule in without {
        config.rules.remove(*rule);
    }
    scenario
}

fn violation(timeline: &Timeline) -> Option<String> {
    let violation = timeline.world().violations().first()?;
    let id = timeline.world().sheet().invariants[usize::from(violation.invariant)].id;
    Some(format!("violated {id}: {}", violation.why))
}

/// Clients ask and faults happen, until something breaks or the time is over.
fn faults(timeline: &mut Timeline, chaos: &mut Chaos) -> Option<String> {
    let mut now_ms = 0;
    while now_ms < FAULTS_MS {
        now_ms += 1 + chaos.below(2 * BEAT_MS);
        timeline.run_until(now_ms);
        if let Some(found) = violation(timeline) {
            return Some(found);
        }
        let kind = random_event(timeline.world(), chaos);
        // What is impossible at the moment is simply not done.
        if timeline.world().check(&kind).is_ok() {
            let _ = timeline.act_now(kind);
        }
        if let Some(found) = violation(timeline) {
            return Some(found);
        }
    }
    None
}

fn random_event(world: &World, chaos: &mut Chaos) -> ActionKind {
    let nodes = world.config().nodes;
    let node = NodeId(chaos.below(nodes.into()) as u16);
    let other = NodeId((node.0 + 1 + chaos.below(u64::from(nodes) - 1) as u16) % nodes);
    match chaos.below(24) {
        0 => ActionKind::Crash(node),
        1..=3 => ActionKind::Restart(node),
        4 => ActionKind::Pause(node),
        5..=6 => ActionKind::Resume(node),
        7 => ActionKind::Partition(Box::new(random_side(nodes, chaos))),
        8 => {
            ActionKind::Cut { from: Box::new(NodeSet::of(node)), to: Box::new(NodeSet::of(other)) }
        }
        9..=10 => ActionKind::HealAll,
        11 => ActionKind::HoldDisk(node),
        12..=13 => ActionKind::SyncDisk(node),
        14 => ActionKind::SetClockRate { node, rate_permille: 950 + chaos.below(101) as u32 },
        15 => {
            let command = chaos.below(world.sheet().commands.len() as u64) as u8;
            ActionKind::Command { node, command, argument: other }
        }
        _ => ActionKind::Invoke {
            client: ClientId(chaos.below(world.config().clients.into()) as u8),
            node: Some(other),
            operation: random_operation(world, chaos),
        },
    }
}

fn random_side(nodes: u16, chaos: &mut Chaos) -> NodeSet {
    (0..nodes).map(NodeId).filter(|_| chaos.below(2) == 0).collect()
}

/// Any operation that the protocol offers, reads the likeliest.
fn random_operation(world: &World, chaos: &mut Chaos) -> Operation {
    let offered = world.sheet().operations;
    let kind = match chaos.below(5) {
        0 | 1 if offered.contains(&GET) => GET,
        2 | 3 if offered.contains(&PUT) => PUT,
        _ => offered[chaos.below(offered.len() as u64) as usize],
    };
    // Every written value is another, so that a read tells which write it saw. It is a number, so
    // that it can stand in an account.
    let (value, amount) = (chaos.count.to_string(), chaos.below(60).to_string());
    let (one, other) = if chaos.below(2) == 0 { ("x", "y") } else { ("y", "x") };
    let part = |name: &&str| match *name {
        "value" => value.as_str(),
        "amount" => amount.as_str(),
        "payee" => other,
        _ => one,
    };
    let words: Vec<&str> = std::iter::once(kind.name).chain(kind.parts.iter().map(part)).collect();
    // A kind that this cannot fill would be a bug; the unit test below looks.
    Operation::parse(&words).unwrap_or(Operation::Get { key: Text::from(one) })
}

/// Everything is repaired; then every client must get an answer.
fn heal_and_demand_progress(timeline: &mut Timeline, chaos: &mut Chaos) -> Option<String> {
    for repair in repairs_of_all(timeline.world()) {
        // What is whole already cannot be repaired.
        let _ = timeline.act_now(repair);
    }
    let start_ms = timeline.world().now_ms();
    let asked_from = timeline.world().history().records().len();
    let clients = timeline.world().config().clients;
    let mut asked = vec![false; usize::from(clients)];
    let mut now_ms = start_ms;
    while now_ms < start_ms + u64::from(PROGRESS_MS) {
        for client in (0..clients).map(ClientId) {
            let operation = random_operation(timeline.world(), chaos);
            let kind = ActionKind::Invoke { client, node: None, operation };
            // A client may still wait for an operation of before.
            if !asked[client.index()] && timeline.world().check(&kind).is_ok() {
                asked[client.index()] = timeline.act_now(kind).is_ok();
            }
        }
        now_ms += BEAT_MS;
        timeline.run_until(now_ms);
        if let Some(found) = violation(timeline) {
            return Some(found);
        }
        let records = &timeline.world().history().records()[asked_from..];
        let answered = records.iter().filter(|record| record.completion.is_some()).count();
        if answered == usize::from(clients) {
            return None;
        }
    }
    Some(format!("no progress: {PROGRESS_MS} ms after healing a client still has no answer"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocols::REGISTRY;

    #[test]
    fn a_sweep_asks_for_everything_that_a_protocol_offers() {
        for place in 0..REGISTRY.len() as u8 {
            let scenario = Scenario::new(place);
            let world = REGISTRY[usize::from(place)].world(scenario.config.clone()).unwrap();
            let mut chaos = Chaos { seed: 1, count: 0 };
            let mut asked = std::collections::BTreeSet::new();
            for _ in 0..2_000 {
                asked.insert(random_operation(&world, &mut chaos).kind().name);
            }
            let offered: std::collections::BTreeSet<&str> =
                scenario.sheet().operations.iter().map(|kind| kind.name).collect();
            assert_eq!(asked, offered, "{}", scenario.sheet().id);
        }
    }
}
