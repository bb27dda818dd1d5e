//! A site as it is spoken to: it votes, takes a side when it is told, learns decisions, and says
//! how far it is.

use super::message::Message;
use super::state::Node;
use super::{Ctx, rules, termination};
use crate::ids::{NodeId, NodeSet};
use crate::protocol::Request;
use crate::protocols::bank::{self, Refusal, State, Tx};

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
            let me = (context.me, context.node_count);
            let vote = node.disk.shard.vote(me, tx, (request, participants), false);
            if vote.is_ok() {
                termination::arm(context);
            }
            vote
        }
        Some(State::Aborted) => Err(Refusal::Aborted),
        Some(_) => Ok(()),
    };
    context.send(from, Message::Vote { tx, vote });
}

/// A site is told to take a side: `PreCommitted` or `PreAborted`.
pub fn on_side(context: &mut Ctx<'_>, node: &mut Node, from: NodeId, tx: Tx, side: State) {
    let Some(record) = node.disk.shard.records.get_mut(&tx) else {
        // It has not voted: nobody can have all the votes.
        return on_inquiry(context, node, from, tx);
    };
    match record.state {
        State::Begun | State::Prepared => record.state = side,
        // Its place in one quorum has been counted, perhaps.
        State::PreCommitted | State::PreAborted
            if record.state != side && !context.enforces(rules::NEVER_BOTH_SIDES) =>
        {
            record.state = side;
        }
        _ => {}
    }
    termination::arm(context);
    on_inquiry(context, node, from, tx);
}

/// Another site asks how far this one is.
pub fn on_inquiry(context: &mut Ctx<'_>, node: &mut Node, from: NodeId, tx: Tx) {
    // Not having voted, it may still say no, and so settles the matter.
    let state = node.disk.shard.state(tx).unwrap_or_else(|| {
        node.disk.shard.decide(tx, false);
        State::Aborted
    });
    context.send(
        from,
        match state {
            State::Committed => Message::Decision { tx, commit: true },
            State::Aborted => Message::Decision { tx, commit: false },
            state => Message::Acknowledge { tx, state },
        },
    );
}

/// The decision.
pub fn on_decision(context: &mut Ctx<'_>, node: &mut Node, tx: Tx, commit: bool) {
    // A commit that it knows nothing of it has forgotten: there is nothing that it could do.
    if !commit || node.disk.shard.state(tx).is_some() {
        termination::decide(context, node, tx, commit);
    }
}

/// A client reads an account of this shard.
pub fn on_read(context: &mut Ctx<'_>, node: &mut Node, request: &Request) {
    let shard = &node.disk.shard;
    let is_locked = shard.lock_on(request.operation.key()).is_some();
    bank::reply_all(context, node.reads.ask(shard, request, is_locked));
}
