//! What a partition costs: answers, or agreement between them (Gilbert & Lynch 2002).
//!
//! One client stands beside each node and can reach only what its node can reach. They read and
//! write a register; the network splits; what they called during the split is counted. The run is a
//! real one, by the same world, and takes a few milliseconds.

use crate::action::ActionKind;
use crate::history::staleness;
use crate::ids::{CLIENTS_MAX, Endpoint, NodeId, NodeSet};
use crate::protocols::REGISTRY;
use crate::scenario::Scenario;
use crate::workload;
use crate::world::{Schedule, WorkloadConditions, World};

/// When the network splits: elections are over and the first values are written.
const SPLIT_MS: u64 = 2_000;
/// Until when clients' calls are counted.
const COUNTED_MS: u64 = 5_000;
/// When the run ends: the last calls had time to be answered.
const END_MS: u64 = 6_500;
/// The most actions of such a run; a protocol that is busier is judged by what it did until then.
const ACTIONS_MAX: u32 = 60_000;

/// What clients got while the network was split.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tradeoff {
    /// Operations called during the split.
    pub asked: u32,
    /// Those that were answered.
    pub answered: u32,
    /// Reads answered during the split, as far as they can be judged.
    pub reads: u32,
    /// Those that saw every write acknowledged before them.
    pub fresh: u32,
}

/// Cuts the first `cut` nodes of the scenario's cluster off from the others; its configuration
/// counts, its steps do not.
///
/// # Errors
/// The protocol carries no register, or the scenario cannot be opened.
pub fn tradeoff(scenario: &Scenario, cut: u16) -> Result<Tradeoff, String> {
    let sheet = scenario.sheet();
    let Some((register, _)) =
        workload::find("register").filter(|(_, register)| register.is_carried_by(sheet))
    else {
        return Err(format!("{} has no register to read and write", sheet.title));
    };
    let mut config = scenario.config.clone();
    config.clients = config.nodes.min(CLIENTS_MAX.into()) as u8;
    config.workload =
        Some(WorkloadConditions { workload: register, rest_min_ms: 40, rest_max_ms: 120 });
    // A client gives up in time to ask again: those who get no answer are asked for none twice.
    config.client.patience_ms = 1_000;
    let entry = REGISTRY[usize::from(scenario.protocol)];
    let mut world = entry.world(config).map_err(|error| error.to_string())?;
    let side: NodeSet = (0..cut.min(world.config().nodes)).map(NodeId).collect();
    play(&mut world, SPLIT_MS, NodeSet::default());
    let split = ActionKind::Partition(Box::new(side));
    if world.check(&split).is_ok() {
        let _ = world.apply(&split.at(SPLIT_MS));
    }
    play(&mut world, END_MS, side);
    let records = world.history().records();
    let counted = |call_ms: u64| (SPLIT_MS..COUNTED_MS).contains(&call_ms);
    let asked = records.iter().filter(|record| counted(record.call_ms));
    // A write before the split counts for a read after it, so all are judged, then those before the
    // split are taken off again.
    let before: Vec<_> =
        records.iter().filter(|record| record.call_ms < SPLIT_MS).cloned().collect();
    let until: Vec<_> =
        records.iter().filter(|record| record.call_ms < COUNTED_MS).cloned().collect();
    let (whole, before) = (staleness(&until), staleness(&before));
    let reads = whole.reads.saturating_sub(before.reads);
    let stale = whole.stale.saturating_sub(before.stale);
    Ok(Tradeoff {
        asked: asked.clone().count() as u32,
        answered: asked.filter(|record| record.completion.is_some()).count() as u32,
        reads,
        fresh: reads.saturating_sub(stale),
    })
}

/// Plays on until a moment. A client reaches only the side of the split on which its own node is.
fn play(world: &mut World, until_ms: u64, side: NodeSet) {
    let nodes = world.config().nodes;
    for _ in 0..ACTIONS_MAX {
        let Some(mut action) = world.next_action(Schedule::ByTime) else { return };
        if action.at_ms > until_ms {
            return;
        }
        if let ActionKind::Deliver(id) = action.kind
            && let Some(info) = world.message(id)
        {
            let home = |end: Endpoint| match end {
                Endpoint::Node(node) => side.contains(node),
                Endpoint::Client(client) => side.contains(NodeId(u16::from(client.0) % nodes)),
            };
            if home(info.from) != home(info.to) {
                action.kind = ActionKind::Drop(id);
            }
        }
        if world.apply(&action).is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::text;

    fn of(source: &str, cut: u16) -> Tradeoff {
        tradeoff(&text::parse(source).unwrap(), cut).unwrap()
    }

    #[test]
    fn a_whole_network_costs_nothing() {
        let whole = of("protocol raft\nnodes 5\n", 0);
        assert!(whole.asked > 50, "{whole:?}");
        assert_eq!(whole.asked, whole.answered);
        assert_eq!(whole.reads, whole.fresh);
    }

    #[test]
    fn consensus_gives_up_answers_and_keeps_them_consistent() {
        for protocol in ["raft", "multi_paxos", "abd"] {
            let split = of(&format!("protocol {protocol}\nnodes 5\n"), 2);
            assert!(split.answered < split.asked, "{protocol}: {split:?}");
            assert!(split.answered > 0, "{protocol}: the majority goes on: {split:?}");
            assert_eq!(split.reads, split.fresh, "{protocol}: {split:?}");
        }
    }

    #[test]
    fn one_cannot_cut_off_more_nodes_than_there_are() {
        assert_eq!(of("protocol raft\nnodes 3\n", 9), of("protocol raft\nnodes 3\n", 3));
    }
}
