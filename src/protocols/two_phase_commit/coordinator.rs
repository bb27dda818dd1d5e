//! The coordinator, n1: it begins transactions, counts votes, decides, and repeats a commit until
//! all have it (BHG §7.4, with presumed abort: only commits are written down).

use super::message::Message;
use super::state::{Node, Voting};
use super::{Ctx, REPEAT, VOTES, rules};
use crate::ids::{NodeId, NodeSet};
use crate::operation::Outcome;
use crate::protocol::{Answer, Request};
use crate::protocols::bank::{self, Tx, Vote};

/// A client asks for a transaction.
pub fn on_request(context: &mut Ctx<'_>, node: &mut Node, request: &Request) {
    let earlier = node.disk.register.answered.earlier(request).cloned();
    if let Some(outcome) = earlier
        && context.enforces(rules::ONE_TRANSACTION_PER_REQUEST)
    {
        return context.reply(request, Answer::Done { outcome, as_of: 0 });
    }
    if node.voting.values().any(|voting| bank::is_same(&voting.request, request)) {
        return; // It is answered when it is decided.
    }
    if !bank::is_sound(&request.operation) {
        return answer(context, node, request, Outcome::Refused);
    }
    begin(context, node, request);
}

/// Phase 1: asks all participants for their votes.
fn begin(context: &mut Ctx<'_>, node: &mut Node, request: &Request) {
    let tx = node.disk.register.new_number();
    let setting = context.setting(rules::PARTICIPANTS);
    let participants = bank::participants(&request.operation, context.node_count, setting);
    for to in participants.iter() {
        context.send(to, Message::Prepare { tx, request: request.clone(), participants });
    }
    let is_fresh = !node.voting.is_empty();
    let yes = NodeSet::default();
    node.voting.insert(tx, Voting { request: request.clone(), participants, yes, is_fresh });
    if !is_fresh {
        arm(context);
    }
}

fn arm(context: &mut Ctx<'_>) {
    let wait_ms = context.setting(rules::VOTES_MS);
    context.arm(VOTES, wait_ms, wait_ms);
}

/// A participant votes. Votes on what is decided already come to nobody.
pub fn on_vote(context: &mut Ctx<'_>, node: &mut Node, from: NodeId, tx: Tx, vote: Vote) {
    let Some(voting) = node.voting.get_mut(&tx) else { return };
    match vote {
        Ok(()) => {
            voting.yes.insert(from);
            let all = voting.participants.without(voting.yes).is_empty();
            // Unanimity: one that has not voted may be unable to commit.
            if !context.enforces(rules::COMMIT_NEEDS_EVERY_YES) || all {
                decide(context, node, tx, Ok(()));
            }
        }
        Err(refusal) => decide(context, node, tx, Err(refusal.outcome())),
    }
}

/// A vote is missing too long: whoever is silent may be crashed.
pub fn on_votes_timeout(context: &mut Ctx<'_>, node: &mut Node) {
    let silent: Vec<Tx> =
        node.voting.iter().filter(|(_, voting)| !voting.is_fresh).map(|(tx, _)| *tx).collect();
    for tx in silent {
        decide(context, node, tx, Err(Outcome::Aborted));
    }
    for voting in node.voting.values_mut() {
        voting.is_fresh = false;
    }
    if !node.voting.is_empty() {
        arm(context);
    }
}

/// Phase 2: decides, writes a commit down, and tells client and participants. The messages wait
/// for the disk.
fn decide(context: &mut Ctx<'_>, node: &mut Node, tx: Tx, decision: Result<(), Outcome>) {
    let Some(voting) = node.voting.remove(&tx) else { return };
    let commit = decision.is_ok();
    if commit {
        node.disk.commits.insert(tx, voting.participants);
    }
    let outcome = decision.err().unwrap_or(Outcome::Done);
    answer(context, node, &voting.request, outcome);
    for to in voting.participants.iter() {
        context.send(to, Message::Decision { tx, commit });
    }
    if commit {
        // Nobody asks about a commit that all have carried out; until then one may.
        if context.enforces(rules::REPEAT_UNTIL_ACKNOWLEDGED) {
            arm_repeat(context);
        } else {
            node.disk.commits.remove(&tx);
        }
    }
    if node.voting.is_empty() {
        context.disarm(VOTES);
    }
}

fn answer(context: &mut Ctx<'_>, node: &mut Node, request: &Request, outcome: Outcome) {
    node.disk.register.answered.remember(request, outcome.clone());
    context.reply(request, Answer::Done { outcome, as_of: 0 });
}

fn arm_repeat(context: &mut Ctx<'_>) {
    let wait_ms = context.setting(rules::REPEAT_MS);
    context.arm(REPEAT, wait_ms, wait_ms);
}

/// Tells those that have not acknowledged a commit once more.
pub fn repeat(context: &mut Ctx<'_>, node: &Node) {
    for (tx, participants) in &node.disk.commits {
        let acknowledged = node.acknowledged.get(tx).copied().unwrap_or_default();
        for to in participants.without(acknowledged).iter() {
            context.send(to, Message::Decision { tx: *tx, commit: true });
        }
    }
    if !node.disk.commits.is_empty() {
        arm_repeat(context);
    }
}

/// A participant has committed. When all have, nobody will ask again, and the record may go.
pub fn on_acknowledge(context: &mut Ctx<'_>, node: &mut Node, from: NodeId, tx: Tx) {
    let Some(participants) = node.disk.commits.get(&tx) else { return };
    let acknowledged = node.acknowledged.entry(tx).or_default();
    acknowledged.insert(from);
    if participants.without(*acknowledged).is_empty() {
        node.disk.commits.remove(&tx);
        node.acknowledged.remove(&tx);
    }
    if node.disk.commits.is_empty() {
        context.disarm(REPEAT);
    }
}

/// A participant in doubt asks. Of what the coordinator has no record it never decided commit.
pub fn on_inquiry(context: &mut Ctx<'_>, node: &Node, from: NodeId, tx: Tx) {
    if node.voting.contains_key(&tx) {
        return; // It will hear when the votes are in.
    }
    let commit = node.disk.commits.contains_key(&tx) || !context.enforces(rules::PRESUMED_ABORT);
    context.send(from, Message::Decision { tx, commit });
}
