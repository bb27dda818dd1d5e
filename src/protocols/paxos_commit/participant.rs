//! The participant, a shard; the paper's resource manager. Its vote is the value that it proposes
//! in ballot 0 of its own instance of Paxos (GL §4.1).

use super::message::Message;
use super::state::{Ballot, Node, acceptors};
use super::{Ctx, leader, tell};
use crate::ids::{NodeId, NodeSet};
use crate::protocol::Request;
use crate::protocols::bank::{self, State, Tx};

/// Asked for a vote: sends it to all acceptors, itself among them where it is one.
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
                leader::arm(context);
            }
            vote
        }
        // A copy of an old message.
        Some(State::Committed) => {
            return context.send(from, Message::Decision { tx, commit: true });
        }
        Some(State::Aborted) => return context.send(from, Message::Decision { tx, commit: false }),
        Some(_) => Ok(()),
    };
    let (instance, ballot) = (context.me, Ballot::ZERO);
    for to in acceptors(context).iter() {
        tell(context, node, to, Message::Phase2a { tx, instance, ballot, vote });
    }
}

/// The decision.
pub fn on_decision(context: &mut Ctx<'_>, node: &mut Node, tx: Tx, commit: bool) {
    // A commit that it knows nothing of it has forgotten: there is nothing that it could do.
    if !commit || node.disk.shard.state(tx).is_some() {
        leader::decide(context, node, tx, commit);
    }
}

/// A client reads an account of this shard.
pub fn on_read(context: &mut Ctx<'_>, node: &mut Node, request: &Request) {
    let shard = &node.disk.shard;
    let is_locked = shard.lock_on(request.operation.key()).is_some();
    bank::reply_all(context, node.reads.ask(shard, request, is_locked));
}
