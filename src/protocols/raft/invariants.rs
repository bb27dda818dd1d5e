//! What must hold of a whole Raft cluster: the five properties of the paper's figure 3, and what
//! follows for disks and clients. Checked after every action, against history variables that no
//! handler sees; each violation says in words why it is one.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::configuration::Configuration;
use super::log::{Command, Entry, Log, renamed_chain};
use super::{Node, Raft};
use crate::ids::NodeId;
use crate::protocol::{Cluster, Invariant};
use crate::protocols::clients::{Executed, executed_again, stale_answers};
use crate::renaming::Renaming;
use crate::sorted::SortedMap;

const ELECTION_SAFETY: u8 = 0;
const LEADER_APPEND_ONLY: u8 = 1;
const LOG_MATCHING: u8 = 2;
const LEADER_COMPLETENESS: u8 = 3;
const STATE_MACHINE_SAFETY: u8 = 4;
const TERM_MONOTONE: u8 = 5;
const COMMIT_MONOTONE: u8 = 6;
const DURABLE_COMMITTED: u8 = 7;
const READS_ARE_CURRENT: u8 = 8;
const EXACTLY_ONCE: u8 = 9;

/// All invariants, in the order of the numbers above.
pub const INVARIANTS: &[Invariant] = &[
    Invariant {
        id: "election-safety",
        source: "Raft figure 3",
        text: "A term has at most one leader.",
    },
    Invariant {
        id: "leader-append-only",
        source: "Raft figure 3",
        text: "A leader never overwrites or deletes an entry of its own log.",
    },
    Invariant {
        id: "log-matching",
        source: "Raft figure 3",
        text: "Two logs with an entry of the same place and term agree in all entries up to it.",
    },
    Invariant {
        id: "leader-completeness",
        source: "Raft figure 3",
        text: "What is committed in one term is in the logs of the leaders of all later terms.",
    },
    Invariant {
        id: "state-machine-safety",
        source: "Raft figure 3",
        text: "No two nodes ever commit, and so execute, different entries at the same place.",
    },
    Invariant {
        id: "term-monotone",
        source: "Raft §5.1",
        text: "A node's term never falls, not even by a crash.",
    },
    Invariant {
        id: "commit-monotone",
        source: "Raft figure 2",
        text: "While a node runs, its commit index never falls.",
    },
    Invariant {
        id: "durable-committed",
        source: "Raft §5.4",
        text: "What is committed is on the disks of a majority.",
    },
    Invariant {
        id: "reads-are-current",
        source: "Raft §8",
        text: "An answer comes from no earlier place in the log than was acknowledged before the \
               question was asked.",
    },
    Invariant {
        id: "exactly-once",
        source: "Raft §8",
        text: "A client's request takes effect at most once.",
    },
];

/// History variables.
#[derive(Clone, Debug, Default)]
pub struct Ghost {
    /// The first leader seen in each term.
    leaders: SortedMap<u64, NodeId>,
    /// For each node that leads: its term, and its log's length and hash when last seen.
    leader_logs: SortedMap<NodeId, (u64, u64, Option<u64>)>,
    /// What was committed at each place, first in the run.
    committed: Vec<Committed>,
    /// For each term, how many places were committed when it was last added to.
    committed_by: SortedMap<u64, u64>,
    /// By which configuration the last of them was committed.
    decided_by: Option<Arc<Configuration>>,
    /// For each node: how often it had started, its term and its commit index when last seen.
    seen: SortedMap<NodeId, (u32, u64, u64)>,
    /// Where each write took effect.
    executed: Executed,
}

#[derive(Clone, Debug)]
struct Committed {
    /// The hash of the log up to this place.
    chain: u64,
    entry: Arc<Entry>,
    /// The term of the node that was first to know.
    in_term: u64,
}

impl Hash for Ghost {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // The last hash stands for all that was committed before.
        let committed = self.committed.last().map(|last| (last.chain, last.in_term));
        (committed, self.committed.len() as u64).hash(state);
        (&self.leaders, &self.seen, &self.executed, &self.committed_by).hash(state);
        self.decided_by.hash(state);
    }
}

impl Ghost {
    /// The same under other names.
    pub(super) fn renamed(&self, names: &Renaming) -> Ghost {
        let mut renamed = self.clone();
        let node = |id: &NodeId| names.node(*id);
        renamed.leaders.values_mut().for_each(|leader| *leader = names.node(*leader));
        renamed.leader_logs = self.leader_logs.iter().map(|(id, log)| (node(id), *log)).collect();
        renamed.seen = self.seen.iter().map(|(id, seen)| (node(id), *seen)).collect();
        let entries = self.committed.iter().map(|committed| &committed.entry);
        if let Some(last) = renamed.committed.last_mut().filter(|_| !names.texts().is_empty()) {
            last.chain = renamed_chain(0, entries, names).last().copied().unwrap_or_default();
        }
        renamed
    }
}

type Report<'a> = &'a mut dyn FnMut(u8, String);

/// Looks at the cluster after `touched` changed.
pub fn observe(
    ghost: &mut Ghost,
    cluster: &Cluster<'_, Raft>,
    touched: NodeId,
    report: Report<'_>,
) {
    check_term(ghost, cluster, touched, report);
    check_log_matching(cluster, touched, report);
    if let Some(node) = cluster.node(touched) {
        let known = ghost.leader_logs.get(&touched);
        let known = known.filter(|(term, ..)| *term == node.disk.term);
        let length_before = known.map_or(u64::MAX, |(_, length, _)| *length);
        check_leader(ghost, touched, node, report);
        let grew = check_committed(ghost, cluster, touched, length_before, report);
        if grew {
            for id in cluster.ids() {
                check_completeness(ghost, id, cluster.node(id), report);
            }
        } else {
            check_completeness(ghost, touched, Some(node), report);
        }
        check_exactly_once(ghost, cluster, touched, report);
        check_reads(cluster, touched, report);
    }
    check_durable(ghost, cluster, report);
}

fn check_term(ghost: &mut Ghost, cluster: &Cluster<'_, Raft>, id: NodeId, report: Report<'_>) {
    let boots = cluster.boots(id);
    // The term on the disk: one that never got there was told to nobody, and may be forgotten.
    let term = cluster.disk(id).term;
    let commit = cluster.node(id).map_or(0, |node| node.commit);
    let (boots_before, term_before, commit_before) =
        ghost.seen.get(&id).copied().unwrap_or((boots, 0, 0));
    if term < term_before {
        report(TERM_MONOTONE, format!("{id} was in term {term_before} and is now in term {term}."));
    }
    let is_running = cluster.node(id).is_some() && boots == boots_before;
    if is_running && commit < commit_before {
        report(
            COMMIT_MONOTONE,
            format!("{id} had committed up to {commit_before} and now only up to {commit}."),
        );
    }
    ghost.seen.insert(id, (boots, term.max(term_before), commit));
}

fn check_log_matching(cluster: &Cluster<'_, Raft>, id: NodeId, report: Report<'_>) {
    let log = current_log(cluster, id);
    for other in cluster.ids().filter(|other| *other != id) {
        let other_log = current_log(cluster, other);
        let shorter = log.last_index().min(other_log.last_index());
        // What a snapshot stands for is committed, and compared as such.
        let first = log.base().max(other_log.base()).max(1);
        // The highest place with the same term decides: agreement there is agreement below.
        let same =
            (first..=shorter).rev().find(|index| log.term_at(*index) == other_log.term_at(*index));
        let Some(index) = same else { continue };
        if log.chain_at(index) != other_log.chain_at(index) {
            let first = first_difference(log, other_log, first, index);
            report(
                LOG_MATCHING,
                format!(
                    "{id} and {other} both have an entry of term {} at place {index}, but differ \
                     at place {first}.",
                    log.term_at(index).unwrap_or(0),
                ),
            );
        }
    }
}

fn current_log<'a>(cluster: &Cluster<'a, Raft>, id: NodeId) -> &'a Log {
    cluster.node(id).map_or(&cluster.disk(id).log, |node| &node.disk.log)
}

fn first_difference(log: &Log, other: &Log, from: u64, up_to: u64) -> u64 {
    (from..=up_to).find(|index| log.chain_at(*index) != other.chain_at(*index)).unwrap_or(up_to)
}

fn check_leader(ghost: &mut Ghost, id: NodeId, node: &Node, report: Report<'_>) {
    if !node.is_leader() {
        ghost.leader_logs.remove(&id);
        return;
    }
    let term = node.disk.term;
    let first = *ghost.leaders.entry(term).or_insert(id);
    if first != id {
        report(ELECTION_SAFETY, format!("Both {first} and {id} became leader of term {term}."));
    }
    let log = &node.disk.log;
    if let Some((term_before, length, chain)) = ghost.leader_logs.get(&id)
        && *term_before == term
        && log.chain_at(*length) != *chain
    {
        report(
            LEADER_APPEND_ONLY,
            format!(
                "{id}, leader of term {term}, changed its log within its first {length} entries."
            ),
        );
    }
    let length = log.last_index();
    ghost.leader_logs.insert(id, (term, length, log.chain_at(length)));
}

/// Compares what a node has committed with what was committed first; returns whether more is
/// committed now than before.
fn check_committed(
    ghost: &mut Ghost,
    cluster: &Cluster<'_, Raft>,
    id: NodeId,
    length_before: u64,
    report: Report<'_>,
) -> bool {
    let Some(node) = cluster.node(id) else { return false };
    let log = &node.disk.log;
    let up_to = node.commit.min(log.last_index());
    let known = up_to.min(ghost.committed.len() as u64);
    if known > 0 && log.chain_at(known) != Some(ghost.committed[known as usize - 1].chain) {
        let differs =
            |index: &u64| log.chain_at(*index) != Some(ghost.committed[*index as usize - 1].chain);
        let index = (log.base().max(1)..=known).find(differs).unwrap_or(known);
        let snapshot = || "a snapshot of something else".to_owned();
        let mine = log.get(index).map_or_else(snapshot, |entry| entry.to_string());
        report(
            STATE_MACHINE_SAFETY,
            format!(
                "At place {index} {id} commits “{mine}”, where “{}” was committed before.",
                ghost.committed[index as usize - 1].entry
            ),
        );
    }
    let grows = up_to > ghost.committed.len() as u64;
    for index in ghost.committed.len() as u64 + 1..=up_to {
        let (Some(entry), Some(chain)) = (log.get(index), log.chain_at(index)) else { break };
        let entry = Arc::clone(entry);
        ghost.committed.push(Committed { chain, entry, in_term: node.disk.term });
        ghost.committed_by.insert(node.disk.term, index);
    }
    if grows {
        let decided_by = deciding(ghost, cluster, node, length_before);
        ghost.decided_by = Some(decided_by);
    }
    grows
}

/// The configuration by which the last entry was committed: the latest in the log. But where that
/// was added in the same moment, the entry may have been counted just before.
fn deciding(
    ghost: &Ghost,
    cluster: &Cluster<'_, Raft>,
    node: &Node,
    length_before: u64,
) -> Arc<Configuration> {
    let (place, latest) = node.configuration_up_to(u64::MAX);
    let Some(last) = ghost.committed.last().filter(|_| place > length_before) else {
        return Arc::clone(latest);
    };
    if let Command::Configuration(joint) = &last.entry.command
        && joint.is_joint()
    {
        return Arc::clone(joint); // C_new follows as soon as C_old,new is committed.
    }
    let before = node.configuration_up_to(length_before).1;
    let index = ghost.committed.len() as u64;
    let holds = |id: &NodeId| cluster.disk(*id).log.chain_at(index) == Some(last.chain);
    let is_before = before.is_quorum(cluster.ids().filter(holds).collect());
    Arc::clone(if is_before { before } else { latest })
}

fn check_completeness(ghost: &Ghost, id: NodeId, node: Option<&Node>, report: Report<'_>) {
    let Some(node) = node.filter(|node| node.is_leader()) else { return };
    let term = node.disk.term;
    let earlier = ghost.committed_by.range(..term).map(|(_, count)| *count).max();
    let Some(place) = earlier.map(|count| count as usize - 1) else { return };
    let log = &node.disk.log;
    // The last entry that a snapshot stands for answers for those before it.
    let covered = (log.base() as usize).saturating_sub(1);
    let lacks = |place: &usize| {
        let place = (*place).max(covered);
        let committed = ghost.committed.get(place).map(|committed| committed.chain);
        log.chain_at(place as u64 + 1) != committed
    };
    if lacks(&place) {
        let first = (covered.min(place)..=place).find(lacks).unwrap_or(place);
        let committed = &ghost.committed[first];
        report(
            LEADER_COMPLETENESS,
            format!(
                "{id} leads term {term} without “{}”, which was committed at place {} in term {}.",
                committed.entry,
                first + 1,
                committed.in_term
            ),
        );
    }
}

fn check_durable(ghost: &Ghost, cluster: &Cluster<'_, Raft>, report: Report<'_>) {
    let index = ghost.committed.len() as u64;
    let Some(last) = ghost.committed.last() else { return };
    let Some(decided_by) = &ghost.decided_by else { return };
    let holds = |id: &NodeId| cluster.disk(*id).log.chain_at(index) == Some(last.chain);
    // While two configurations decide together, a majority of each.
    for part in decided_by.parts() {
        let holders = part.iter().filter(holds).count();
        let count = part.len() as usize;
        if holders < count / 2 + 1 {
            report(
                DURABLE_COMMITTED,
                format!(
                    "“{}” is committed at place {index}, but only {holders} of {count} disks hold \
                     it.",
                    last.entry
                ),
            );
        }
    }
}

fn check_exactly_once(
    ghost: &mut Ghost,
    cluster: &Cluster<'_, Raft>,
    id: NodeId,
    report: Report<'_>,
) {
    for (first, again) in executed_again(cluster.executions(), &mut ghost.executed) {
        report(
            EXACTLY_ONCE,
            format!("{id} executes the same request at place {first} and again at place {again}."),
        );
    }
}

fn check_reads(cluster: &Cluster<'_, Raft>, id: NodeId, report: Report<'_>) {
    for (client, as_of, floor) in stale_answers(cluster) {
        report(
            READS_ARE_CURRENT,
            format!(
                "{id} answers client {client} from place {as_of} of the log, but place {floor} \
                     had been acknowledged before the question was asked."
            ),
        );
    }
}
