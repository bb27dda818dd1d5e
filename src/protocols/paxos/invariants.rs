//! What must hold of all nodes together, checked after every action against history variables that
//! no handler sees; each violation says in words why it is one.
//!
//! A proposal or an acceptance counts from the moment when what the node wrote before is on its
//! disk, as nobody is told of it earlier; a crash takes back those that are not. In the same way a
//! learner knows a value when its disk is up to date.

use super::Paxos;
use super::ballot::{Ballot, Proposal};
use super::sizes::Sizes;
use super::state::{Attempt, Disk, Node};
use crate::ids::{NodeId, NodeSet};
use crate::operation::Text;
use crate::protocol::{Cluster, Invariant};
use crate::renaming::Renaming;
use crate::shared::Shared;
use crate::sorted::{SortedMap, SortedSet};

const ONLY_PROPOSED_CHOSEN: u8 = 0;
const ONE_VALUE_CHOSEN: u8 = 1;
const LEARNED_ONLY_IF_CHOSEN: u8 = 2;
const ONE_VALUE_PER_BALLOT: u8 = 3;
const PROMISED_COVERS_ACCEPTED: u8 = 4;
const PROMISES_ARE_KEPT: u8 = 5;
const CHOSEN_IS_ON_DISKS: u8 = 6;

/// All invariants, in the order of the numbers above.
pub const INVARIANTS: &[Invariant] = &[
    Invariant {
        id: "only-proposed-chosen",
        source: "Paxos Made Simple §2.1",
        text: "Only a value that has been proposed is chosen.",
    },
    Invariant {
        id: "one-value-chosen",
        source: "Paxos Made Simple §2.1",
        text: "Only a single value is chosen: no phase-2 quorum ever accepts another.",
    },
    Invariant {
        id: "learned-only-if-chosen",
        source: "Paxos Made Simple §2.1",
        text: "A learner never learns that a value is chosen unless it is.",
    },
    Invariant {
        id: "one-value-per-ballot",
        source: "Paxos Made Simple §2.2",
        text: "In one ballot only one value is proposed or accepted.",
    },
    Invariant {
        id: "promised-covers-accepted",
        source: "Lamport's TLA+ specification of Paxos: maxBal ≥ maxVBal",
        text: "An acceptor has promised a ballot at least as high as the one it accepted in.",
    },
    Invariant {
        id: "promises-are-kept",
        source: "Paxos Made Simple §2.2, P1a",
        text: "An acceptor's promised ballot never falls, not even by a crash, and it accepts \
               nothing below it.",
    },
    Invariant {
        id: "chosen-is-on-disks",
        source: "Paxos Made Simple §2.2, P2; §2.5",
        text: "Once a value is chosen, it stays accepted on the disks of a phase-2 quorum.",
    },
];

/// History variables.
#[derive(Clone, Debug, Default, Hash)]
pub struct Ghost {
    /// What clients proposed, and what was on disks before the run.
    asked: Shared<SortedSet<Text>>,
    /// The first value proposed or accepted in each ballot.
    proposed: Shared<SortedMap<Ballot, Text>>,
    /// What each node's memory last held as accepted.
    seen: Shared<SortedMap<NodeId, Option<Proposal>>>,
    /// What nodes have proposed (false) or accepted (true) while their disks were behind.
    pending: Shared<SortedMap<NodeId, Vec<(Proposal, bool)>>>,
    /// Who accepted each proposal.
    accepted: Shared<SortedMap<Proposal, NodeSet>>,
    /// The values chosen, each with the ballot that chose it first.
    chosen: Shared<SortedMap<Text, Ballot>>,
    /// The highest ballot that each disk has held as promised.
    promised: Shared<SortedMap<NodeId, Ballot>>,
}

impl Ghost {
    /// Whether none of it was copied to be changed.
    pub(super) fn is_same(&self, other: &Ghost) -> bool {
        self.asked.is_same(&other.asked)
            && self.proposed.is_same(&other.proposed)
            && self.seen.is_same(&other.seen)
            && self.pending.is_same(&other.pending)
            && self.accepted.is_same(&other.accepted)
            && self.chosen.is_same(&other.chosen)
            && self.promised.is_same(&other.promised)
    }

    /// The same with other values, in their order; to be hashed.
    pub(super) fn renamed(&self, names: &Renaming) -> Ghost {
        let value = |value: &Text| names.text(value).clone();
        Ghost {
            asked: self.asked.in_order_of(value).into(),
            chosen: self.chosen.in_order_of(value).into(),
            accepted: self.accepted.in_order_of(|it| (it.ballot, value(&it.value))).into(),
            ..self.clone()
        }
    }
}

type Report<'a> = &'a mut dyn FnMut(u8, String);

/// Looks at the cluster after `touched` changed.
pub fn observe(
    ghost: &mut Ghost,
    cluster: &Cluster<'_, Paxos>,
    touched: NodeId,
    report: Report<'_>,
) {
    let sizes = Sizes::of(cluster.node_count(), cluster.settings);
    let disk = cluster.disk(touched);
    let mut is_as_it_was = false;
    match cluster.node(touched) {
        Some(node) => {
            is_as_it_was = *disk == node.disk
                && !ghost.pending.contains_key(&touched)
                && ghost.seen.get(&touched) == Some(&node.disk.accepted);
            let pending = note_proposals(ghost, touched, node);
            if *disk != node.disk {
                ghost.pending.change().insert(touched, pending);
            } else {
                for (proposal, is_accepted) in pending {
                    check_ballot(ghost, touched, &proposal, is_accepted, report);
                    if is_accepted {
                        check_acceptance(ghost, sizes, touched, proposal, report);
                    }
                }
                check_learned(ghost, sizes, touched, node, report);
            }
        }
        None => {
            ghost.pending.change().remove(&touched);
            ghost.seen.change().insert(touched, disk.accepted.clone());
        }
    }
    check_disk(ghost, touched, disk, report);
    // What a disk holds as accepted makes a value chosen, and keeps it: without a change there, all disks
    // hold what they held.
    if !is_as_it_was {
        check_chosen_is_on_disks(ghost, cluster, sizes, report);
    }
}

/// Enters what the node has been asked, proposes and has accepted; what of that nobody was told of so far
/// is returned.
fn note_proposals(ghost: &mut Ghost, id: NodeId, node: &Node) -> Vec<(Proposal, bool)> {
    if let Some(value) = node.asked.as_ref().filter(|value| !ghost.asked.contains(*value)) {
        ghost.asked.change().insert(value.clone());
    }
    let mut pending = Vec::new();
    if ghost.pending.contains_key(&id) {
        pending = ghost.pending.change().remove(&id).unwrap_or_default();
    }
    if let Attempt::Accepting { proposal } = &node.attempt {
        let is_new = ghost.proposed.get(&proposal.ballot) != Some(&proposal.value)
            && !pending.iter().any(|(known, _)| known == proposal);
        if is_new {
            pending.push((proposal.clone(), false));
        }
    }
    let accepted = &node.disk.accepted;
    let seen = ghost.seen.get(&id);
    if seen == Some(accepted) {
        return pending;
    }
    if let Some(proposal) = accepted {
        if seen.is_none() {
            // A disk that a scenario begins with holds what was proposed before.
            ghost.asked.change().insert(proposal.value.clone());
        }
        pending.push((proposal.clone(), true));
    }
    ghost.seen.change().insert(id, accepted.clone());
    pending
}

fn check_ballot(
    ghost: &mut Ghost,
    id: NodeId,
    proposal: &Proposal,
    is_accepted: bool,
    report: Report<'_>,
) {
    let Proposal { ballot, value } = proposal;
    let Some(first) = ghost.proposed.get(ballot) else {
        ghost.proposed.change().insert(*ballot, value.clone());
        return;
    };
    if first != value {
        let does = if is_accepted { "accepts" } else { "proposes" };
        report(
            ONE_VALUE_PER_BALLOT,
            format!("{id} {does} “{value}” in ballot {ballot}, where “{first}” was proposed."),
        );
    }
}

/// An acceptance is on the disk: it may be the one that makes a value chosen.
fn check_acceptance(
    ghost: &mut Ghost,
    sizes: Sizes,
    id: NodeId,
    proposal: Proposal,
    report: Report<'_>,
) {
    let promised = ghost.promised.get(&id).copied().unwrap_or_default();
    let Proposal { ballot, value } = proposal.clone();
    if ballot < promised {
        report(
            PROMISES_ARE_KEPT,
            format!("{id} accepts “{value}” in ballot {ballot}, after it promised {promised}."),
        );
    }
    let acceptors = ghost.accepted.change().entry(proposal).or_default();
    acceptors.insert(id);
    if acceptors.len() < sizes.phase_2 || ghost.chosen.contains_key(&value) {
        return;
    }
    let names = acceptors.to_string();
    if !ghost.asked.contains(&value) {
        report(
            ONLY_PROPOSED_CHOSEN,
            format!(
                "“{value}” is chosen in ballot {ballot} by {names}, but no client proposed it."
            ),
        );
    }
    if let Some((other, before)) = ghost.chosen.first_key_value() {
        report(
            ONE_VALUE_CHOSEN,
            format!(
                "“{value}” is chosen in ballot {ballot}, accepted by {names}, but “{other}” was \
                 chosen in ballot {before}."
            ),
        );
    }
    ghost.chosen.change().insert(value, ballot);
}

fn check_learned(ghost: &Ghost, sizes: Sizes, id: NodeId, node: &Node, report: Report<'_>) {
    let Some(value) = node.learned.as_ref().filter(|value| !ghost.chosen.contains_key(*value))
    else {
        return;
    };
    let same_value = ghost.accepted.iter().filter(|(proposal, _)| proposal.value == *value);
    let most = same_value.map(|(_, acceptors)| acceptors.len()).max().unwrap_or(0);
    report(
        LEARNED_ONLY_IF_CHOSEN,
        format!(
            "{id} takes “{value}” for chosen, but in no ballot did more than {most} acceptors \
             accept it; {} are needed.",
            sizes.phase_2
        ),
    );
}

fn check_disk(ghost: &mut Ghost, id: NodeId, disk: &Disk, report: Report<'_>) {
    if let Some(accepted) = disk.accepted.as_ref().filter(|it| it.ballot > disk.promised) {
        report(
            PROMISED_COVERS_ACCEPTED,
            format!(
                "{id} has accepted “{}” in ballot {}, but has promised only {}.",
                accepted.value, accepted.ballot, disk.promised
            ),
        );
    }
    // The ballot on the disk: one that never got there was promised to nobody.
    let promised = ghost.promised.get(&id).copied();
    if promised < Some(disk.promised) {
        ghost.promised.change().insert(id, disk.promised);
    } else if let Some(promised) = promised.filter(|before| disk.promised < *before) {
        report(
            PROMISES_ARE_KEPT,
            format!("{id} had promised {promised} and has now promised only {}.", disk.promised),
        );
    }
}

fn check_chosen_is_on_disks(
    ghost: &Ghost,
    cluster: &Cluster<'_, Paxos>,
    sizes: Sizes,
    report: Report<'_>,
) {
    for (value, ballot) in &*ghost.chosen {
        let holds = |id: &NodeId| {
            cluster.disk(*id).accepted.as_ref().is_some_and(|accepted| accepted.value == *value)
        };
        let holders: NodeSet = sizes.acceptors().filter(holds).collect();
        if holders.len() < sizes.phase_2 {
            return report(
                CHOSEN_IS_ON_DISKS,
                format!(
                    "“{value}” was chosen in ballot {ballot}, but only {} of {} disks hold it; {} \
                     must.",
                    holders.len(),
                    sizes.acceptors,
                    sizes.phase_2
                ),
            );
        }
    }
}
