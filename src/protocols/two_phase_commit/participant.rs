//! The participant, a shard: it votes, waits for the decision, and asks for it where it does not
//! come (BHG §7.4). Between its yes and the decision it is *uncertain*: it can do nothing alone.

use super::message::Message;
use super::state::Node;
use super::{Ctx, IN_DOUBT, rules};
use crate::ids::{NodeId, NodeSet};
use crate::protocol::Request;
use crate::protocols::bank::{self, COORDINATOR, Refusal, State, Tx};

/// The coordinator asks for a vote.
pub fn on_prepare(
    context: &mut Ctx<'_>,
    node: &mut Node,
    from: NodeId,
    tx: Tx,
    request: &Request,
    participants: NodeSet,
) {
    let vote = match node.disk.shard.state(tx) {
        None => {
            let early = !context.enforces(rules::LOCKS_UNTIL_DECISION);
            let me = (context.me, context.node_count);
            let vote = node.disk.shard.vote(me, tx, (request, participants), early);
            if vote.is_ok() {
                arm(context);
            }
            vote
        }
        // A copy of an old message.
        Some(State::Committed) => return context.send(from, Message::Acknowledge { tx }),
        Some(State::Aborted) => Err(Refusal::Aborted),
        Some(_) => Ok(()),
    };
    context.send(from, Message::Vote { tx, vote });
}

/// Waits for decisions.
pub fn arm(context: &mut Ctx<'_>) {
    let wait_ms = context.setting(rules::IN_DOUBT_MS);
    context.arm(IN_DOUBT, wait_ms, wait_ms + wait_ms / 4);
}

/// The decision, from the coordinator or from another participant that knows it.
pub fn on_decision(context: &mut Ctx<'_>, node: &mut Node, tx: Tx, commit: bool) {
    let state = node.disk.shard.state(tx);
    if commit && state == Some(State::Aborted) {
        return; // Nobody may commit what this shard refused.
    }
    // A commit that it knows nothing of it has forgotten: there is nothing that it could do.
    if !commit || state.is_some() {
        decide(context, node, tx, commit);
    }
    if commit {
        context.send(COORDINATOR, Message::Acknowledge { tx });
    }
}

fn decide(context: &mut Ctx<'_>, node: &mut Node, tx: Tx, commit: bool) {
    if !node.disk.shard.decide(tx, commit) {
        return;
    }
    node.in_doubt.remove(&tx);
    if node.disk.shard.undecided().next().is_none() {
        context.disarm(IN_DOUBT);
    }
    bank::reply_all(context, node.reads.freed(&node.disk.shard));
}

/// The decision does not come.
pub fn on_in_doubt_timeout(context: &mut Ctx<'_>, node: &mut Node) {
    let undecided: Vec<(Tx, NodeSet)> =
        node.disk.shard.undecided().map(|(tx, record)| (tx, record.participants)).collect();
    for (tx, participants) in undecided {
        // It has promised to commit if all others do, and they may have.
        if !context.enforces(rules::YES_GIVES_UP_THE_DECISION) {
            decide(context, node, tx, false);
            continue;
        }
        node.in_doubt.entry(tx).or_default();
        context.send(COORDINATOR, Message::Inquiry { tx });
        let others = participants.without(NodeSet::of(context.me));
        if !others.is_empty() && context.enforces(rules::COOPERATIVE_TERMINATION) {
            for to in others.iter() {
                context.send(to, Message::Inquiry { tx });
            }
        }
    }
    if node.disk.shard.undecided().next().is_some() {
        arm(context);
    }
}

/// Another participant is in doubt: it is told what this one knows.
pub fn on_inquiry(context: &mut Ctx<'_>, node: &mut Node, from: NodeId, tx: Tx) {
    match node.disk.shard.state(tx) {
        // Not having voted, it may still say no, and so settles the matter.
        None => decide(context, node, tx, false),
        Some(state) if state.is_decided() => {}
        Some(_) => return context.send(from, Message::Uncertain { tx }),
    }
    let commit = node.disk.shard.state(tx) == Some(State::Committed);
    context.send(from, Message::Decision { tx, commit });
}

/// Another participant cannot help.
pub fn on_uncertain(node: &mut Node, from: NodeId, tx: Tx) {
    if let Some(uncertain) = node.in_doubt.get_mut(&tx) {
        uncertain.insert(from);
    }
}

/// A client reads an account of this shard.
pub fn on_read(context: &mut Ctx<'_>, node: &mut Node, request: &Request) {
    let shard = &node.disk.shard;
    let is_locked = shard.lock_on(request.operation.key()).is_some();
    let waits = is_locked && context.enforces(rules::READS_WAIT_FOR_LOCKS);
    bank::reply_all(context, node.reads.ask(shard, request, waits));
}
