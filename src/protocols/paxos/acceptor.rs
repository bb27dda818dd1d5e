//! The acceptor: it promises ballots and accepts proposals, and its disk is the cluster's memory
//! (§2.2). It knows nothing of what is chosen.

use super::ballot::{Ballot, Proposal};
use super::message::Message;
use super::state::Node;
use super::{Ctx, learner, rules};
use crate::ids::NodeId;

/// Phase 1 (b): a proposer asks for a promise.
pub fn on_prepare(context: &mut Ctx<'_>, node: &mut Node, from: NodeId, ballot: Ballot) {
    let answer = if promise(context, node, ballot) {
        Message::Promise { ballot, accepted: node.disk.accepted.clone() }
    } else {
        Message::Rejected { ballot, promised: node.disk.promised }
    };
    context.send(from, answer);
}

/// Phase 2 (b): a proposer asks to accept a value.
pub fn on_accept(context: &mut Ctx<'_>, node: &mut Node, from: NodeId, proposal: &Proposal) {
    if !accept(context, node, proposal) {
        let (ballot, promised) = (proposal.ballot, node.disk.promised);
        return context.send(from, Message::Rejected { ballot, promised });
    }
    let answer = Message::Accepted { proposal: proposal.clone() };
    if node.sizes.tells_all {
        context.broadcast(&answer);
        learner::hear(context, node, context.me, proposal);
    } else {
        context.send(from, answer);
    }
}

/// Promises a ballot, unless a higher one is promised; whether it did. The same ballot may be
/// promised again, where the answer was lost: its proposer is the same, and so is the promise.
pub fn promise(context: &mut Ctx<'_>, node: &mut Node, ballot: Ballot) -> bool {
    let is_below = ballot < node.disk.promised;
    if is_below && context.enforces(rules::PROMISE_ONLY_HIGHER_BALLOTS) {
        return false;
    }
    node.disk.promised = ballot;
    true
}

/// Accepts a proposal, unless a promise forbids it; whether it did.
pub fn accept(context: &mut Ctx<'_>, node: &mut Node, proposal: &Proposal) -> bool {
    // The proposer of the ballot promised was told what was accepted below it: that must stay all.
    let is_below = proposal.ballot < node.disk.promised;
    if is_below && context.enforces(rules::ACCEPT_ONLY_AT_PROMISED_BALLOT) {
        return false;
    }
    node.disk.promised = node.disk.promised.max(proposal.ballot);
    node.disk.accepted = Some(proposal.clone());
    true
}
