//! The leader: phase 1 once for all slots, then phase 2 slot by slot ("Paxos Made Simple" §3; scout
//! and commander in "Paxos Made Moderately Complex" §2.2), and when to try.

use std::collections::VecDeque;
use std::sync::Arc;

use super::message::Message;
use super::pvalue::{Ballot, Command, Pvalue};
use super::state::{Candidate, Leader, Node, Proposal, Role};
use super::{Ctx, ELECTION, HEARTBEAT, acceptor, replica, rules};
use crate::ids::{NodeId, NodeSet};
use crate::sorted::SortedMap;

/// A preempted leader's timeout grows at most this many times.
const BACK_OFF_MAX: u32 = 4;

/// Restarts the wait for a leader: longer for one who was preempted lately.
pub fn arm_election(context: &mut Ctx<'_>, node: &Node) {
    let min_ms = context.setting(rules::ELECTION_MIN_MS);
    let max_ms = context.setting(rules::ELECTION_MAX_MS).max(min_ms);
    let times = 1 + node.preempted.min(BACK_OFF_MAX);
    context.arm(ELECTION, min_ms, max_ms * times);
}

/// Nobody leads: try to, in a ballot above all that are known (phase 1 (a)).
pub fn campaign(context: &mut Ctx<'_>, node: &mut Node) {
    let round = node.disk.promised.max(node.seen).round + 1;
    let ballot = Ballot { round, node: context.me };
    let first = node.executed + 1;
    node.disk.promised = ballot;
    node.leader = None;
    let own = node.disk.accepted.starting_at(first);
    node.role = Role::Candidate(Candidate {
        ballot,
        first,
        promised: NodeSet::of(context.me),
        found: own.map(|(slot, pvalue)| (slot, Arc::clone(pvalue))).collect(),
    });
    context.disarm(HEARTBEAT);
    arm_election(context, node);
    context.broadcast(&Message::Prepare { ballot, first });
    count_promises(context, node);
}

/// The election timer fired.
pub fn on_election_timeout(context: &mut Ctx<'_>, node: &mut Node) {
    if !node.is_leader() {
        campaign(context, node);
    }
}

/// An acceptor promises, and tells what it has accepted.
pub fn on_promise(
    context: &mut Ctx<'_>,
    node: &mut Node,
    from: NodeId,
    ballot: Ballot,
    pvalues: &[(u64, Arc<Pvalue>)],
) {
    let Role::Candidate(candidate) = &mut node.role else { return };
    if candidate.ballot != ballot {
        return; // A promise to an earlier attempt.
    }
    candidate.promised.insert(from);
    for (slot, pvalue) in pvalues {
        let known = candidate.found.get(slot);
        // Of several values accepted for a slot only the one of the highest ballot can have been
        // decided, or is bound to be (P2c).
        if known.is_none_or(|known| known.ballot < pvalue.ballot) {
            candidate.found.insert(*slot, Arc::clone(pvalue));
        }
    }
    count_promises(context, node);
}

/// Leads where the promises are enough.
fn count_promises(context: &mut Ctx<'_>, node: &mut Node) {
    let Role::Candidate(candidate) = &node.role else { return };
    let promises = candidate.promised.len();
    let is_enough = if promises < node.quorums.phase_1 {
        !context.enforces(rules::PHASE_1_NEEDS_MAJORITY)
    } else {
        // Somebody in it must have taken part in each decision.
        promises + node.quorums.phase_2 > u32::from(context.node_count)
            || !context.enforces(rules::QUORUMS_INTERSECT)
    };
    if is_enough {
        let candidate = candidate.clone();
        lead(context, node, candidate);
    }
}

/// Phase 1 is over for this ballot and all slots: finish what others began, then serve.
fn lead(context: &mut Ctx<'_>, node: &mut Node, candidate: Candidate) {
    let Candidate { ballot, first, mut found, .. } = candidate;
    if !found.is_empty() && !context.enforces(rules::ADOPT_HIGHEST_ACCEPTED_VALUE) {
        found.clear();
    }
    let last_found = found.last_key_value().map_or(0, |(slot, _)| *slot);
    let last = last_found.max(node.decided.last()).max(first - 1);
    node.role = Role::Leader(Leader {
        ballot,
        proposals: SortedMap::new(),
        next: last + 1,
        waiting: VecDeque::new(),
    });
    node.leader = Some(context.me);
    node.preempted = 0;
    context.disarm(ELECTION);
    for slot in first..=last {
        if node.decided.get(slot).is_some() {
            continue;
        }
        match found.get(&slot) {
            Some(pvalue) => propose(context, node, slot, Arc::clone(&pvalue.command)),
            // Nobody in the quorum has accepted anything here, so nothing is decided; but what
            // comes after it waits for it.
            None if context.enforces(rules::FILL_HOLES) => {
                propose(context, node, slot, Arc::new(Command::NoOp));
            }
            None => {}
        }
    }
    on_heartbeat_timeout(context, node);
}

/// Phase 2 (a): proposes a command for a slot.
pub fn propose(context: &mut Ctx<'_>, node: &mut Node, slot: u64, command: Arc<Command>) {
    let Role::Leader(leader) = &mut node.role else { return };
    let ballot = leader.ballot;
    let accepted = NodeSet::default();
    let proposal = Proposal { command: Arc::clone(&command), accepted, is_fresh: true };
    leader.proposals.insert(slot, proposal);
    leader.next = leader.next.max(slot + 1);
    context.broadcast(&Message::Accept { ballot, slot, command: Arc::clone(&command) });
    if acceptor::accept(context, node, ballot, slot, &command) {
        count_acceptance(context, node, context.me, slot);
    }
}

/// An acceptor has accepted.
pub fn on_accepted(
    context: &mut Ctx<'_>,
    node: &mut Node,
    from: NodeId,
    ballot: Ballot,
    slot: u64,
) {
    if node.leading().is_some_and(|leader| leader.ballot == ballot) {
        count_acceptance(context, node, from, slot);
    }
}

/// Decides where the acceptances are enough.
fn count_acceptance(context: &mut Ctx<'_>, node: &mut Node, from: NodeId, slot: u64) {
    let quorum = node.quorums.phase_2;
    let Some(proposal) = node.leading().and_then(|leader| leader.proposals.get_mut(&slot)) else {
        return; // It is decided already.
    };
    proposal.accepted.insert(from);
    let is_enough = proposal.accepted.len() >= quorum;
    let command = Arc::clone(&proposal.command);
    // Every later phase-1 quorum shares a node with these, and so will be told of the value.
    if is_enough || !context.enforces(rules::PHASE_2_NEEDS_MAJORITY) {
        context.broadcast(&Message::Decision { first: slot, commands: vec![Arc::clone(&command)] });
        replica::learn(context, node, slot, &command);
    }
}

/// The heartbeat timer fired: tell everybody who leads, and ask again where answers are missing.
pub fn on_heartbeat_timeout(context: &mut Ctx<'_>, node: &mut Node) {
    let Role::Leader(leader) = &mut node.role else { return };
    let heartbeat_ms = context.setting(rules::HEARTBEAT_MS);
    context.arm(HEARTBEAT, heartbeat_ms, heartbeat_ms);
    let ballot = leader.ballot;
    context.broadcast(&Message::Heartbeat { ballot, decided: node.executed });
    for (slot, proposal) in leader.proposals.iter_mut() {
        if std::mem::take(&mut proposal.is_fresh) {
            continue;
        }
        for to in context.others().filter(|to| !proposal.accepted.contains(*to)) {
            let command = Arc::clone(&proposal.command);
            context.send(to, Message::Accept { ballot, slot: *slot, command });
        }
    }
}

/// A leader is alive.
pub fn on_heartbeat(
    context: &mut Ctx<'_>,
    node: &mut Node,
    from: NodeId,
    ballot: Ballot,
    decided: u64,
) {
    if ballot < node.disk.promised {
        return context.send(from, Message::Preempted { promised: node.disk.promised });
    }
    follow(context, node, ballot);
    if node.executed < decided {
        context.send(from, Message::CatchUp { first: node.executed + 1 });
    }
}

/// Takes the owner of a ballot for the leader, and gives way to it.
pub fn follow(context: &mut Ctx<'_>, node: &mut Node, ballot: Ballot) {
    node.seen = node.seen.max(ballot);
    give_way(context, node, ballot);
    if node.own_ballot().is_none() {
        node.leader = Some(ballot.node);
        node.preempted = 0;
        arm_election(context, node);
    }
}

/// Somebody has promised a higher ballot.
pub fn on_preempted(context: &mut Ctx<'_>, node: &mut Node, promised: Ballot) {
    if promised > node.disk.promised {
        node.seen = node.seen.max(promised);
        give_way(context, node, promised);
    }
}

/// Stops leading, or trying to, where `ballot` is above the node's own.
pub fn give_way(context: &mut Ctx<'_>, node: &mut Node, ballot: Ballot) {
    if node.own_ballot().is_none_or(|own| own >= ballot) {
        return;
    }
    // Whoever answers a preemption with a higher ballot at once preempts in turn (§2.4).
    if context.enforces(rules::BACK_OFF) {
        node.role = Role::Replica;
        node.leader = None;
        node.preempted = node.preempted.saturating_add(1);
        context.disarm(HEARTBEAT);
        arm_election(context, node);
    } else {
        campaign(context, node);
    }
}
