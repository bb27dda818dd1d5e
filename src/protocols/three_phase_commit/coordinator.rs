//! The coordinator, n1: it begins transactions, counts votes, and leads through the three phases
//! (Skeen 1981 §5). From the second phase on it is a site like any other, see
//! [`super::termination`].

use super::message::Message;
use super::state::{Node, Voting};
use super::{Ctx, VOTES, rules, termination};
use crate::ids::{NodeId, NodeSet};
use crate::operation::Outcome;
use crate::protocol::{Answer, Request};
use crate::protocols::bank::{self, State, Tx, Vote};

/// A client asks for a transaction.
pub fn on_request(context: &mut Ctx<'_>, node: &mut Node, request: &Request) {
    if let Some(outcome) = node.disk.register.outcome_of(&node.disk.shard, request) {
        return context.reply(request, Answer::Done { outcome, as_of: 0 });
    }
    if node.disk.shard.has_begun(request) {
        return; // It is answered when it is decided.
    }
    if !bank::is_sound(&request.operation) {
        return answer(context, node, request, Outcome::Refused);
    }
    let tx = node.disk.register.new_number();
    let setting = context.setting(rules::PARTICIPANTS);
    let participants = bank::participants(&request.operation, context.node_count, setting);
    node.disk.shard.note(tx, Some(request.clone()), participants, State::Begun);
    for to in participants.iter() {
        context.send(to, Message::Prepare { tx, request: request.clone(), participants });
    }
    let is_fresh = !node.voting.is_empty();
    node.voting.insert(tx, Voting { yes: NodeSet::default(), is_fresh });
    if !is_fresh {
        arm(context);
    }
    termination::arm(context);
}

fn arm(context: &mut Ctx<'_>) {
    let wait_ms = context.setting(rules::VOTES_MS);
    context.arm(VOTES, wait_ms, wait_ms);
}

/// A participant votes.
pub fn on_vote(context: &mut Ctx<'_>, node: &mut Node, from: NodeId, tx: Tx, vote: Vote) {
    let Some(voting) = node.voting.get_mut(&tx) else { return };
    let Some(record) = node.disk.shard.records.get(&tx) else { return };
    match vote {
        Ok(()) => {
            voting.yes.insert(from);
            let all = record.participants.without(voting.yes).is_empty();
            // A site that took over may have won this one for the side that aborts.
            let is_free = record.state == State::Begun;
            if is_free && (!context.enforces(rules::COMMIT_NEEDS_EVERY_YES) || all) {
                pre_commit(context, node, tx);
            }
        }
        Err(refusal) => {
            let request = record.request.clone();
            if let Some(request) = request {
                answer(context, node, &request, refusal.outcome());
            }
            termination::decide_for_all(context, node, tx, false);
        }
    }
}

/// Phase 2: all have voted yes, and all shall know it before anyone commits.
fn pre_commit(context: &mut Ctx<'_>, node: &mut Node, tx: Tx) {
    node.voting.remove(&tx);
    if context.enforces(rules::PRE_COMMIT_FIRST) {
        termination::lead_to_commit(context, node, tx);
    } else {
        termination::decide_for_all(context, node, tx, true);
    }
}

/// A vote is missing too long. Nobody has pre-committed: that begins here.
pub fn on_votes_timeout(context: &mut Ctx<'_>, node: &mut Node) {
    let silent: Vec<Tx> =
        node.voting.iter().filter(|(_, voting)| !voting.is_fresh).map(|(tx, _)| *tx).collect();
    for tx in silent {
        termination::decide_for_all(context, node, tx, false);
    }
    for voting in node.voting.values_mut() {
        voting.is_fresh = false;
    }
    if !node.voting.is_empty() {
        arm(context);
    }
}

/// Tells the client, once, and remembers what it was told.
pub fn answer(context: &mut Ctx<'_>, node: &mut Node, request: &Request, outcome: Outcome) {
    if node.disk.register.settle(request, &outcome) {
        context.reply(request, Answer::Done { outcome, as_of: 0 });
    }
}
