//! The leader of a transaction: n1 in ballot 0, in which the participants vote, and in higher
//! ballots any node that hears no decision (GL §4.1).

use super::message::Message;
use super::state::{Accepted, Ballot, Leading, Node, acceptors, majority};
use super::{Ctx, IN_DOUBT, rules, tell};
use crate::ids::{NodeId, NodeSet};
use crate::operation::Outcome;
use crate::protocol::{Answer, Request};
use crate::protocols::bank::{self, COORDINATOR, Refusal, State, Tx, Vote};
use crate::sorted::SortedMap;

/// A client asks n1 for a transaction. It is registered on the disk before anyone hears of it.
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
    node.leading.insert(tx, Leading { proposes: true, ..Leading::default() });
    for to in participants.iter() {
        context.send(to, Message::Prepare { tx, request: request.clone(), participants });
    }
    arm(context);
}

/// Waits for news.
pub fn arm(context: &mut Ctx<'_>) {
    let wait_ms = context.setting(rules::IN_DOUBT_MS);
    context.arm(IN_DOUBT, wait_ms, wait_ms + wait_ms / 2);
}

/// No decision has come: lead what is undecided, in a new ballot.
pub fn on_in_doubt_timeout(context: &mut Ctx<'_>, node: &mut Node) {
    let undecided: Vec<Tx> = node.disk.shard.undecided().map(|(tx, _)| tx).collect();
    for tx in undecided {
        if context.me == COORDINATOR || context.enforces(rules::ANY_NODE_FINISHES) {
            begin_ballot(context, node, tx);
        }
    }
    if node.disk.shard.undecided().next().is_some() {
        arm(context);
    }
}

/// Phase 1a.
fn begin_ballot(context: &mut Ctx<'_>, node: &mut Node, tx: Tx) {
    // In ballot 0 each participant speaks for itself; who else wants to speak needs his own.
    if !context.enforces(rules::ONE_PROPOSER_PER_BALLOT) {
        let leading = node.leading.entry(tx).or_default();
        leading.ballot = Ballot::ZERO;
        leading.found.clear();
        return propose(context, node, tx);
    }
    node.disk.round += 1;
    let ballot = Ballot { round: node.disk.round, node: context.me.0 };
    node.leading.insert(tx, Leading { ballot, ..Leading::default() });
    for to in acceptors(context).iter() {
        tell(context, node, to, Message::Phase1a { tx, ballot });
    }
}

/// An acceptor promises.
pub fn on_phase_1b(
    context: &mut Ctx<'_>,
    node: &mut Node,
    from: NodeId,
    tx: Tx,
    ballot: Ballot,
    accepted: &Accepted,
) {
    let Some(leading) = node.leading.get_mut(&tx) else { return };
    if leading.ballot != ballot || leading.proposes {
        return;
    }
    leading.promised.insert(from);
    for (instance, (ballot, vote)) in accepted {
        let known = leading.found.get(instance);
        if known.is_none_or(|(known, _)| known < ballot) {
            leading.found.insert(*instance, (*ballot, *vote));
        }
    }
    if leading.promised.len() >= quorum(context) {
        propose(context, node, tx);
    }
}

/// Phase 2a, in every participant's instance: what may have been chosen there, or Aborted.
fn propose(context: &mut Ctx<'_>, node: &mut Node, tx: Tx) {
    let participants = participants_of(node, tx);
    let Some(leading) = node.leading.get_mut(&tx) else { return };
    leading.proposes = true;
    let (ballot, found) = (leading.ballot, leading.found.clone());
    for instance in participants.iter() {
        let vote = match found.get(&instance) {
            Some((_, vote)) if context.enforces(rules::ADOPT_ACCEPTED_VALUE) => *vote,
            // Nothing can have been chosen; a participant that is silent shall hold up nobody.
            _ => Err(Refusal::Aborted),
        };
        for to in acceptors(context).iter() {
            tell(context, node, to, Message::Phase2a { tx, instance, ballot, vote });
        }
    }
}

fn participants_of(node: &Node, tx: Tx) -> NodeSet {
    let record = node.disk.shard.records.get(&tx);
    record.map_or_else(NodeSet::default, |record| record.participants)
}

/// An acceptor has accepted a value in an instance.
pub fn on_phase_2b(
    context: &mut Ctx<'_>,
    node: &mut Node,
    from: NodeId,
    (tx, instance): (Tx, NodeId),
    ballot: Ballot,
    vote: Vote,
) {
    let participants = participants_of(node, tx);
    let Some(leading) = node.leading.get_mut(&tx) else { return };
    if leading.ballot != ballot {
        return;
    }
    let accepted = leading.accepted.entry(instance).or_insert((vote, NodeSet::default()));
    if accepted.0 != vote {
        *accepted = (vote, NodeSet::default());
    }
    accepted.1.insert(from);
    let quorum = quorum(context);
    if accepted.1.len() < quorum {
        return;
    }
    match vote {
        Err(refusal) => decide_for_all(context, node, tx, Err(refusal.outcome())),
        Ok(()) => {
            let all = are_prepared(&leading.accepted, participants, quorum);
            if !context.enforces(rules::COMMIT_NEEDS_EVERY_PREPARED) || all {
                decide_for_all(context, node, tx, Ok(()));
            }
        }
    }
}

/// How many acceptors are enough: any two quorums must share one.
fn quorum(context: &mut Ctx<'_>) -> u32 {
    let majority = majority(context);
    if context.enforces(rules::MAJORITY_OF_ACCEPTORS) { majority } else { 1 }
}

/// Whether Prepared is chosen in every instance, by so many acceptors each.
fn are_prepared(
    accepted: &SortedMap<NodeId, (Vote, NodeSet)>,
    participants: NodeSet,
    quorum: u32,
) -> bool {
    participants.iter().all(|instance| {
        accepted.get(&instance).is_some_and(|(vote, by)| vote.is_ok() && by.len() >= quorum)
    })
}

/// Decides, and tells every participant and n1.
fn decide_for_all(context: &mut Ctx<'_>, node: &mut Node, tx: Tx, decision: Result<(), Outcome>) {
    let others = participants_of(node, tx).union(NodeSet::of(COORDINATOR));
    let commit = decision.is_ok();
    if context.me == COORDINATOR
        && let Err(outcome) = decision
        && let Some(request) = request_of(node, tx)
    {
        answer(context, node, &request, outcome);
    }
    if decide(context, node, tx, commit) {
        for to in others.without(NodeSet::of(context.me)).iter() {
            context.send(to, Message::Decision { tx, commit });
        }
    }
}

fn request_of(node: &Node, tx: Tx) -> Option<Request> {
    node.disk.shard.records.get(&tx).and_then(|record| record.request.clone())
}

/// Carries out a decision; whether it was news.
pub fn decide(context: &mut Ctx<'_>, node: &mut Node, tx: Tx, commit: bool) -> bool {
    if !node.disk.shard.decide(tx, commit) {
        return false;
    }
    node.leading.remove(&tx);
    if context.me == COORDINATOR
        && let Some(request) = request_of(node, tx)
    {
        let outcome = if commit { Outcome::Done } else { Outcome::Aborted };
        answer(context, node, &request, outcome);
    }
    if node.disk.shard.undecided().next().is_none() {
        context.disarm(IN_DOUBT);
    }
    bank::reply_all(context, node.reads.freed(&node.disk.shard));
    true
}

/// Tells the client, once, and remembers what it was told.
fn answer(context: &mut Ctx<'_>, node: &mut Node, request: &Request, outcome: Outcome) {
    if node.disk.register.settle(request, &outcome) {
        context.reply(request, Answer::Done { outcome, as_of: 0 });
    }
}
