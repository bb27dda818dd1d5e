//! What must hold of a whole group: the properties of uniform total-order broadcast, what they are
//! for, and why they hold. Checked after every action, against history variables that no handler
//! sees; each violation says in words why it is one.

use std::hash::{Hash, Hasher};

use super::TotalOrder;
use super::log::{CastId, Log};
use super::rules;
use super::state::Node;
use crate::ids::NodeId;
use crate::mix::hash_of;
use crate::protocol::{Cluster, Invariant};
use crate::protocols::clients::{Executed, executed_again, stale_answers};
use crate::sorted::{SortedMap, SortedSet};

const INTEGRITY: u8 = 0;
const TOTAL_ORDER: u8 = 1;
const UNIFORM_AGREEMENT: u8 = 2;
const REPLICAS_AGREE: u8 = 3;
const ONE_SEQUENCER_PER_EPOCH: u8 = 4;
const EPOCHS_MONOTONE: u8 = 5;
const DURABLE_DELIVERED: u8 = 6;
const READS_ARE_CURRENT: u8 = 7;
const EXACTLY_ONCE: u8 = 8;

/// All invariants, in the order of the numbers above.
pub const INVARIANTS: &[Invariant] = &[
    Invariant {
        id: "integrity",
        source: "Défago et al. §2.2, uniform integrity",
        text: "Between two starts a replica delivers a message at most once, and only one that \
               some replica has broadcast.",
    },
    Invariant {
        id: "total-order",
        source: "Défago et al. §2.2, uniform total order",
        text: "Of the sequences that any two replicas have delivered, one is a prefix of the other.",
    },
    Invariant {
        id: "uniform-agreement",
        source: "Défago et al. §2.2, uniform agreement",
        text: "What anyone has delivered, be it crashed since, is in the history of every later \
               epoch, at the same number.",
    },
    Invariant {
        id: "replicas-agree",
        source: "Schneider §2, §3",
        text: "Replicas that have delivered the same messages are in the same state.",
    },
    Invariant {
        id: "one-sequencer-per-epoch",
        source: "Viewstamped Replication 1988 §4",
        text: "An epoch is begun once, by one node in one of its lives.",
    },
    Invariant {
        id: "epochs-monotone",
        source: "Viewstamped Replication 1988 §4",
        text: "A node's epoch never falls, not even by a crash.",
    },
    Invariant {
        id: "durable-delivered",
        source: "Défago et al. §2.3",
        text: "What is delivered is on the disks of a quorum of stability: a majority, unless set.",
    },
    Invariant {
        id: "reads-are-current",
        source: "Schneider §3",
        text: "An answer reflects everything acknowledged before the question was asked.",
    },
    Invariant {
        id: "exactly-once",
        source: "Schneider §4.1",
        text: "A client's request takes effect at most once.",
    },
];

/// History variables.
#[derive(Clone, Debug, Default)]
pub struct Ghost {
    /// The longest sequence that anybody has delivered.
    order: Log,
    /// For each epoch, how many messages were delivered when one was last delivered in it first.
    delivered_in: SortedMap<u64, u64>,
    /// The state that each delivered sequence, by its hash, led to, and who was first there.
    states: SortedMap<u64, (u64, NodeId)>,
    /// Who began each epoch, and in which life.
    begun: SortedMap<u64, (NodeId, u32)>,
    /// How many messages each node has broadcast in each of its lives.
    casts: SortedMap<(NodeId, u32), u32>,
    /// For each node, what it looked like when last seen.
    seen: SortedMap<NodeId, Seen>,
    /// Where each write took effect.
    executed: Executed,
}

#[derive(Clone, Debug, Default)]
struct Seen {
    boots: u32,
    epoch: u64,
    /// How many messages it has delivered in this life, and which.
    delivered: u64,
    names: SortedSet<CastId>,
}

impl Hash for Ghost {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // The order stands for the states it led to.
        (&self.order, &self.delivered_in, &self.begun, &self.casts, &self.executed).hash(state);
        for (id, seen) in &self.seen {
            (id, seen.boots, seen.epoch, seen.delivered).hash(state);
        }
    }
}

type Report<'a> = &'a mut dyn FnMut(u8, String);

/// Looks at the cluster after `touched` changed.
pub fn observe(
    ghost: &mut Ghost,
    cluster: &Cluster<'_, TotalOrder>,
    touched: NodeId,
    report: Report<'_>,
) {
    check_epoch(ghost, cluster, touched, report);
    if let Some(node) = cluster.node(touched) {
        let casts = ghost.casts.entry((touched, node.disk.starts)).or_default();
        *casts = node.casts.max(*casts);
        check_sequencer(ghost, touched, cluster.boots(touched), node, report);
        check_integrity(ghost, cluster.boots(touched), touched, node, report);
        check_replicas_agree(ghost, touched, node, report);
        let grew = check_total_order(ghost, touched, node, report);
        let all = cluster.ids().filter(|id| grew || *id == touched);
        for id in all {
            check_agreement(ghost, id, cluster.node(id), report);
        }
        check_exactly_once(ghost, cluster, touched, report);
        check_reads(cluster, touched, report);
    }
    check_durable(ghost, cluster, report);
}

fn check_epoch(
    ghost: &mut Ghost,
    cluster: &Cluster<'_, TotalOrder>,
    id: NodeId,
    report: Report<'_>,
) {
    // The epoch on the disk: one that never got there was told to nobody, and may be forgotten.
    let epoch = cluster.disk(id).epoch;
    let seen = ghost.seen.entry(id).or_default();
    let before = seen.epoch;
    if epoch < before {
        report(
            EPOCHS_MONOTONE,
            format!("{id} had joined epoch {before} and is now back in epoch {epoch}."),
        );
    }
    seen.epoch = before.max(epoch);
}

fn check_sequencer(ghost: &mut Ghost, id: NodeId, boots: u32, node: &Node, report: Report<'_>) {
    if !node.is_sequencer() {
        return;
    }
    let epoch = node.disk.epoch;
    let (first, life) = *ghost.begun.entry(epoch).or_insert((id, boots));
    if (first, life) != (id, boots) {
        report(
            ONE_SEQUENCER_PER_EPOCH,
            format!(
                "{id} sequences epoch {epoch} since its start {boots}, but {first} had begun that \
                 epoch in its start {life}."
            ),
        );
    }
}

fn check_integrity(ghost: &mut Ghost, boots: u32, id: NodeId, node: &Node, report: Report<'_>) {
    let seen = ghost.seen.entry(id).or_default();
    if seen.boots != boots {
        *seen = Seen { boots, epoch: seen.epoch, ..Seen::default() };
    }
    for place in seen.delivered + 1..=node.delivered.len() {
        let Some(entry) = node.delivered.get(place) else { break };
        let name = entry.cast.id;
        if !seen.names.insert(name) {
            report(
                INTEGRITY,
                format!(
                    "{id} delivers “{entry}”, message {} of {}, a second time, as number {}.",
                    name.count, name.origin, entry.number
                ),
            );
        }
        let sent = ghost.casts.get(&(name.origin, name.start)).copied().unwrap_or(0);
        if name.start > 0 && name.count > sent {
            report(INTEGRITY, format!("{id} delivers “{entry}”, which nobody has broadcast."));
        }
    }
    seen.delivered = node.delivered.len();
}

fn check_replicas_agree(ghost: &mut Ghost, id: NodeId, node: &Node, report: Report<'_>) {
    let Some(chain) = node.delivered.chain_at(node.delivered.len()) else { return };
    let state = hash_of(&(&node.store, &node.sessions));
    let (first_state, first) = *ghost.states.entry(chain).or_insert((state, id));
    if state != first_state {
        let last = node.delivered.last().map(|entry| entry.to_string()).unwrap_or_default();
        report(
            REPLICAS_AGREE,
            format!(
                "{id} has delivered the same {} messages as {first}, the last “{last}”, but its \
                 state is another.",
                node.delivered.len()
            ),
        );
    }
}

/// Compares what a node has delivered with what was delivered first; returns whether anything was
/// delivered that nobody had before.
fn check_total_order(ghost: &mut Ghost, id: NodeId, node: &Node, report: Report<'_>) -> bool {
    let (mine, order) = (&node.delivered, &mut ghost.order);
    let known = mine.len().min(order.len());
    let differs = |place: &u64| mine.chain_at(*place) != order.chain_at(*place);
    if differs(&known) {
        let place = (1..=known).find(differs).unwrap_or(known);
        let words = |log: &Log| log.get(place).map(|entry| entry.to_string()).unwrap_or_default();
        report(
            TOTAL_ORDER,
            format!(
                "{id} delivers “{}” as its message {place}, where “{}” was delivered before.",
                words(mine),
                words(order)
            ),
        );
        return false;
    }
    let before = order.len();
    for place in before + 1..=mine.len() {
        let Some(entry) = mine.get(place) else { break };
        // Passed over, or without a rule numbered twice: what belongs here is still to come.
        if entry.number != place {
            report(
                TOTAL_ORDER,
                format!(
                    "{id} delivers “{entry}”, number {}, as its message {place}.",
                    entry.number
                ),
            );
            break;
        }
        order.push(std::sync::Arc::clone(entry));
        ghost.delivered_in.insert(node.disk.installed, place);
    }
    order.len() > before
}

fn check_agreement(ghost: &Ghost, id: NodeId, node: Option<&Node>, report: Report<'_>) {
    let Some(node) = node.filter(|node| node.is_sequencer()) else { return };
    let epoch = node.disk.epoch;
    let earlier = ghost.delivered_in.range(..epoch).map(|(_, count)| *count).max();
    let Some(count) = earlier else { return };
    let lacks = |place: &u64| node.disk.log.chain_at(*place) != ghost.order.chain_at(*place);
    if lacks(&count) {
        let place = (1..=count).find(lacks).unwrap_or(count);
        let entry = ghost.order.get(place).map(|entry| entry.to_string()).unwrap_or_default();
        report(
            UNIFORM_AGREEMENT,
            format!(
                "{id} sequences epoch {epoch} without “{entry}” at number {place}, which was \
                 delivered in an earlier epoch."
            ),
        );
    }
}

fn check_durable(ghost: &Ghost, cluster: &Cluster<'_, TotalOrder>, report: Report<'_>) {
    let last = ghost.order.len();
    let (Some(entry), Some(chain)) = (ghost.order.last(), ghost.order.chain_at(last)) else {
        return;
    };
    let holds = |id: &NodeId| cluster.disk(*id).log.chain_at(last) == Some(chain);
    let holders = cluster.ids().filter(holds).count() as u32;
    let (quorum, _) = rules::quorums(cluster.node_count(), cluster.settings);
    if holders < quorum {
        report(
            DURABLE_DELIVERED,
            format!(
                "“{entry}” is delivered as number {last}, but only {holders} of {} disks hold it.",
                cluster.node_count()
            ),
        );
    }
}

fn check_exactly_once(
    ghost: &mut Ghost,
    cluster: &Cluster<'_, TotalOrder>,
    id: NodeId,
    report: Report<'_>,
) {
    for (first, again) in executed_again(cluster.executions(), &mut ghost.executed) {
        report(
            EXACTLY_ONCE,
            format!(
                "{id} executes the same request as number {first} and again as number {again}."
            ),
        );
    }
}

fn check_reads(cluster: &Cluster<'_, TotalOrder>, id: NodeId, report: Report<'_>) {
    for (client, as_of, floor) in stale_answers(cluster) {
        report(
            READS_ARE_CURRENT,
            format!(
                "{id} answers client {client} as of number {as_of}, but number {floor} had been \
                     acknowledged before the question was asked."
            ),
        );
    }
}
