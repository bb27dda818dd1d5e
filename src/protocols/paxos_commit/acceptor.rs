//! The acceptor: it promises ballots and accepts values. The disks of the acceptors are the
//! coordinator's log, kept 2F + 1 times (GL §3.1, §4.1).

use super::message::Message;
use super::state::{Ballot, Node};
use super::{Ctx, rules, tell};
use crate::ids::NodeId;
use crate::protocols::bank::{State, Tx, Vote};

/// Phase 1b: promises a leader's ballot and tells what was accepted; or tells the decision.
pub fn on_phase_1a(context: &mut Ctx<'_>, node: &mut Node, from: NodeId, tx: Tx, ballot: Ballot) {
    if let Some(state) = node.disk.shard.state(tx).filter(|state| state.is_decided()) {
        return tell(
            context,
            node,
            from,
            Message::Decision { tx, commit: state == State::Committed },
        );
    }
    let acceptor = node.disk.acceptors.entry(tx).or_default();
    let is_below = ballot < acceptor.promised;
    if is_below && context.enforces(rules::KEEP_PROMISES) {
        return; // The leader tries again, in a higher ballot.
    }
    acceptor.promised = ballot.max(acceptor.promised);
    let accepted = acceptor.accepted.clone();
    tell(context, node, from, Message::Phase1b { tx, ballot, accepted });
}

/// Phase 2b: accepts a value, unless a promise forbids it, and tells the ballot's leader. Who speaks
/// in a ballot that is not its own, where no rule forbids it, counts for itself.
pub fn on_phase_2a(
    context: &mut Ctx<'_>,
    node: &mut Node,
    from: NodeId,
    (tx, instance): (Tx, NodeId),
    ballot: Ballot,
    vote: Vote,
) {
    let acceptor = node.disk.acceptors.entry(tx).or_default();
    let is_below = ballot < acceptor.promised;
    // The leader of the ballot promised has counted on nothing more being accepted below it.
    if is_below && context.enforces(rules::KEEP_PROMISES) {
        return;
    }
    acceptor.promised = ballot.max(acceptor.promised);
    acceptor.accepted.insert(instance, (ballot, vote));
    let counts = if from == instance { ballot.leader() } else { from };
    tell(context, node, counts, Message::Phase2b { tx, instance, ballot, vote });
}
