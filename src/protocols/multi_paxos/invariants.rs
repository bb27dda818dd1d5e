//! What must hold of a whole Multi-Paxos cluster: one decision a slot, why it is so, and what
//! follows for disks and clients. Checked after every action, against history variables that no
//! handler sees; each violation says in words why it is one.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::MultiPaxos;
use super::pvalue::{Ballot, Command};
use super::state::{Node, Role};
use crate::ids::{NodeId, NodeSet};
use crate::protocol::{Cluster, Invariant};
use crate::protocols::clients::{Executed, executed_again, stale_answers};
use crate::sorted::SortedMap;

const AGREEMENT: u8 = 0;
const DECIDED_BY_A_QUORUM: u8 = 1;
const ONE_VALUE_PER_BALLOT: u8 = 2;
const BALLOTS_ARE_MONOTONE: u8 = 3;
const SAME_PREFIX: u8 = 4;
const DURABLE_DECIDED: u8 = 5;
const READS_ARE_CURRENT: u8 = 6;
const EXACTLY_ONCE: u8 = 7;

/// All invariants, in the order of the numbers above.
pub const INVARIANTS: &[Invariant] = &[
    Invariant {
        id: "agreement",
        source: "Paxos Made Simple §2.1",
        text: "A slot has one decision: no two nodes ever learn different ones.",
    },
    Invariant {
        id: "decided-by-a-quorum",
        source: "Paxos Made Simple §2.1",
        text: "What is decided was accepted by a phase-2 quorum, all in one ballot.",
    },
    Invariant {
        id: "one-value-per-ballot",
        source: "Paxos Made Moderately Complex §2.2",
        text: "In one ballot only one value is proposed or accepted for a slot.",
    },
    Invariant {
        id: "ballots-are-monotone",
        source: "Paxos Made Moderately Complex §2.2",
        text: "An acceptor's promised ballot never falls, not even by a crash, and it accepts \
               nothing below it.",
    },
    Invariant {
        id: "same-prefix",
        source: "Paxos Made Moderately Complex §2.1",
        text: "Replicas execute slot after slot: each has executed a prefix of the same sequence.",
    },
    Invariant {
        id: "durable-decided",
        source: "Paxos Made Simple §2.5",
        text: "What is decided is on the disks of a phase-2 quorum: a majority, unless set.",
    },
    Invariant {
        id: "reads-are-current",
        source: "Paxos Made Moderately Complex §2.1",
        text: "An answer reflects everything acknowledged before the question was asked.",
    },
    Invariant {
        id: "exactly-once",
        source: "Paxos Made Moderately Complex §2.1",
        text: "A client's request takes effect at most once.",
    },
];

/// History variables.
#[derive(Clone, Debug, Default)]
pub struct Ghost {
    /// What was proposed or accepted in each slot and ballot, and who accepted it.
    votes: SortedMap<(u64, Ballot), Vote>,
    /// What was decided for each slot, first in the run, and who knew first.
    decided: SortedMap<u64, (Arc<Command>, NodeId)>,
    /// The sum of the hashes of all votes and decisions.
    digest: u64,
    /// For each node, what it looked like when last seen.
    seen: SortedMap<NodeId, Seen>,
    /// How many acceptances decide.
    quorum: u32,
    /// Where each write took effect.
    executed: Executed,
}

#[derive(Clone, Debug)]
struct Vote {
    command: Arc<Command>,
    voters: NodeSet,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
struct Seen {
    /// The highest ballot on its disk.
    promised: Ballot,
    /// Digests of what it had accepted, in memory and on the disk, and of what it knew as decided.
    accepted: u64,
    on_disk: u64,
    decided: u64,
}

impl Hash for Ghost {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.votes.len() as u64, self.decided.len() as u64, self.digest).hash(state);
        (&self.seen, self.quorum, &self.executed).hash(state);
    }
}

type Report<'a> = &'a mut dyn FnMut(u8, String);

/// Looks at the cluster after `touched` changed.
pub fn observe(
    ghost: &mut Ghost,
    cluster: &Cluster<'_, MultiPaxos>,
    touched: NodeId,
    report: Report<'_>,
) {
    let first_sight = !ghost.seen.contains_key(&touched);
    let mut seen = ghost.seen.get(&touched).copied().unwrap_or_default();
    let mut must_count_disks = false;
    if let Some(node) = cluster.node(touched) {
        ghost.quorum = node.quorums.phase_2;
        check_proposals(ghost, touched, node, report);
        if seen.accepted != node.disk.accepted.digest() {
            seen.accepted = node.disk.accepted.digest();
            let promised = if first_sight { Ballot::NONE } else { seen.promised };
            check_votes(ghost, touched, node, promised, report);
        }
        if seen.decided != node.decided.digest() {
            seen.decided = node.decided.digest();
            must_count_disks |= check_decided(ghost, touched, node, report);
        }
        check_prefix(touched, node, report);
        check_exactly_once(ghost, cluster, touched, report);
        check_reads(cluster, touched, report);
    } else {
        (seen.accepted, seen.decided) = (0, 0);
    }
    let disk = cluster.disk(touched);
    // The ballot on the disk: one that never got there was promised to nobody.
    if disk.promised < seen.promised {
        report(
            BALLOTS_ARE_MONOTONE,
            format!(
                "{touched} had promised ballot {} and has now promised only {}.",
                seen.promised, disk.promised
            ),
        );
    }
    seen.promised = seen.promised.max(disk.promised);
    if seen.on_disk != disk.accepted.digest() {
        seen.on_disk = disk.accepted.digest();
        must_count_disks = true;
    }
    ghost.seen.insert(touched, seen);
    if must_count_disks {
        check_durable(ghost, cluster, report);
    }
}

/// Enters a value for a slot and ballot; complains where there is another.
fn enter(
    ghost: &mut Ghost,
    (slot, ballot): (u64, Ballot),
    command: &Arc<Command>,
    voter: Option<NodeId>,
    report: Report<'_>,
) {
    let vote = ghost.votes.entry((slot, ballot)).or_insert_with(|| {
        let voters = NodeSet::default();
        Vote { command: Arc::clone(command), voters }
    });
    if vote.command != *command {
        report(
            ONE_VALUE_PER_BALLOT,
            format!(
                "In ballot {ballot} slot {slot} gets “{command}”, where “{}” was proposed before.",
                vote.command
            ),
        );
        // From now on only acceptances of the later value are counted.
        *vote = Vote { command: Arc::clone(command), voters: NodeSet::default() };
    }
    if let Some(voter) = voter {
        vote.voters.insert(voter);
    }
    let entered = crate::mix::hash_of(&(slot, ballot, voter, &**command));
    ghost.digest = ghost.digest.wrapping_add(entered);
}

fn check_proposals(ghost: &mut Ghost, id: NodeId, node: &Node, report: Report<'_>) {
    let Role::Leader(leader) = &node.role else { return };
    for (slot, proposal) in &leader.proposals {
        let known = ghost.votes.get(&(*slot, leader.ballot));
        if known.is_none_or(|vote| vote.command != proposal.command) {
            enter(ghost, (*slot, leader.ballot), &proposal.command, None, report);
        }
    }
    debug_assert_eq!(leader.ballot.node, id, "a ballot is led by its node");
}

fn check_votes(ghost: &mut Ghost, id: NodeId, node: &Node, promised: Ballot, report: Report<'_>) {
    for (slot, pvalue) in node.disk.accepted.iter() {
        let place = (slot, pvalue.ballot);
        let is_known = ghost
            .votes
            .get(&place)
            .is_some_and(|vote| vote.voters.contains(id) && vote.command == pvalue.command);
        if is_known {
            continue;
        }
        enter(ghost, place, &pvalue.command, Some(id), report);
        if pvalue.ballot < promised {
            report(
                BALLOTS_ARE_MONOTONE,
                format!(
                    "{id} accepts “{}” for slot {slot} in ballot {}, after it had promised \
                     ballot {promised}.",
                    pvalue.command, pvalue.ballot
                ),
            );
        }
    }
}

/// Compares what a node knows as decided with what was decided first; whether anything is new.
fn check_decided(ghost: &mut Ghost, id: NodeId, node: &Node, report: Report<'_>) -> bool {
    let mut grew = false;
    for (slot, command) in node.decided.iter() {
        if let Some((first, who)) = ghost.decided.get(&slot) {
            if first != command {
                report(
                    AGREEMENT,
                    format!(
                        "For slot {slot} {id} learns “{command}”, but {who} had learned “{first}”."
                    ),
                );
            }
            continue;
        }
        grew = true;
        ghost.decided.insert(slot, (Arc::clone(command), id));
        ghost.digest = ghost.digest.wrapping_add(crate::mix::hash_of(&(slot, id, &**command)));
        let ballots = ghost.votes.range((slot, Ballot::NONE)..(slot + 1, Ballot::NONE));
        let most = ballots
            .filter(|(_, vote)| vote.command == *command)
            .map(|(_, vote)| vote.voters.len())
            .max();
        let most = most.unwrap_or(0);
        if most < node.quorums.phase_2 {
            report(
                DECIDED_BY_A_QUORUM,
                format!(
                    "{id} takes “{command}” for decided in slot {slot}, but in no ballot did more \
                     than {most} nodes accept it; {} are needed.",
                    node.quorums.phase_2
                ),
            );
        }
    }
    grew
}

fn check_prefix(id: NodeId, node: &Node, report: Report<'_>) {
    if let Some(slot) = node.early.last() {
        report(
            SAME_PREFIX,
            format!(
                "{id} has executed slot {slot}, but not yet slot {}: others execute that first.",
                node.executed + 1
            ),
        );
    }
}

fn check_durable(ghost: &Ghost, cluster: &Cluster<'_, MultiPaxos>, report: Report<'_>) {
    for (slot, (command, _)) in &ghost.decided {
        let holds = |id: &NodeId| {
            let accepted = cluster.disk(*id).accepted.get(*slot);
            accepted.is_some_and(|pvalue| pvalue.command == *command)
        };
        let holders = cluster.ids().filter(holds).count();
        if (holders as u32) < ghost.quorum {
            return report(
                DURABLE_DECIDED,
                format!(
                    "“{command}” is decided for slot {slot}, but only {holders} of {} disks hold \
                     it; {} must.",
                    cluster.node_count(),
                    ghost.quorum
                ),
            );
        }
    }
}

fn check_exactly_once(
    ghost: &mut Ghost,
    cluster: &Cluster<'_, MultiPaxos>,
    id: NodeId,
    report: Report<'_>,
) {
    for (first, again) in executed_again(cluster.executions(), &mut ghost.executed) {
        report(
            EXACTLY_ONCE,
            format!("{id} executes the same request in slot {first} and again in slot {again}."),
        );
    }
}

fn check_reads(cluster: &Cluster<'_, MultiPaxos>, id: NodeId, report: Report<'_>) {
    for (client, as_of, floor) in stale_answers(cluster) {
        report(
            READS_ARE_CURRENT,
            format!(
                "{id} answers client {client} from slot {as_of}, but slot {floor} had been \
                     acknowledged before the question was asked."
            ),
        );
    }
}
