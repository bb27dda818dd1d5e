//! The acceptor: it promises ballots and accepts values, and its disk is the cluster's memory
//! ("Paxos Made Simple" §2.2).

use std::sync::Arc;

use super::message::Message;
use super::pvalue::{Ballot, Command, Pvalue};
use super::state::Node;
use super::{Ctx, leader, rules};
use crate::ids::NodeId;

/// Phase 1 (b): a candidate asks for a promise.
pub fn on_prepare(
    context: &mut Ctx<'_>,
    node: &mut Node,
    from: NodeId,
    ballot: Ballot,
    first: u64,
) {
    let is_below = ballot < node.disk.promised;
    if is_below && context.enforces(rules::PROMISE_ONLY_HIGHER_BALLOTS) {
        return context.send(from, Message::Preempted { promised: node.disk.promised });
    }
    // The same ballot may be promised again: its candidate is the same, and so is the promise.
    node.disk.promised = ballot;
    let pvalues = node
        .disk
        .accepted
        .starting_at(first)
        .map(|(slot, pvalue)| (slot, Arc::clone(pvalue)))
        .collect();
    context.send(from, Message::Promise { ballot, pvalues });
    leader::give_way(context, node, ballot);
    if node.own_ballot().is_none() {
        // The candidate gets the time of one election, and nobody leads meanwhile.
        if !is_below {
            node.leader = None;
        }
        leader::arm_election(context, node);
    }
}

/// Phase 2 (b): a leader asks to accept a value.
pub fn on_accept(
    context: &mut Ctx<'_>,
    node: &mut Node,
    from: NodeId,
    ballot: Ballot,
    slot: u64,
    command: &Arc<Command>,
) {
    let is_below = ballot < node.disk.promised;
    if !accept(context, node, ballot, slot, command) {
        return context.send(from, Message::Preempted { promised: node.disk.promised });
    }
    context.send(from, Message::Accepted { ballot, slot });
    if !is_below {
        leader::follow(context, node, ballot);
    }
}

/// Accepts a value, unless a promise forbids it; whether it did. A leader is an acceptor too.
pub fn accept(
    context: &mut Ctx<'_>,
    node: &mut Node,
    ballot: Ballot,
    slot: u64,
    command: &Arc<Command>,
) -> bool {
    // The candidate of the ballot promised may have counted on nothing more being accepted below
    // it: it was told what there was, and that must stay all.
    let is_below = ballot < node.disk.promised;
    if is_below && context.enforces(rules::ACCEPT_ONLY_AT_PROMISED_BALLOT) {
        return false;
    }
    node.disk.promised = node.disk.promised.max(ballot);
    node.disk.accepted.insert(slot, Arc::new(Pvalue { ballot, command: Arc::clone(command) }));
    true
}
