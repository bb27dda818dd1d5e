//! The learner: it counts acceptances, and tells who waits (§2.3).

use super::ballot::Proposal;
use super::message::Message;
use super::state::{Attempt, Node};
use super::{Ctx, RETRY, rules};
use crate::ids::{NodeId, NodeSet};
use crate::operation::{Outcome, Text};
use crate::protocol::{Answer, Request};

/// An acceptor tells what it has accepted.
pub fn on_accepted(context: &mut Ctx<'_>, node: &mut Node, from: NodeId, proposal: &Proposal) {
    // Where the proposer counts for all, it counts for the ballot that it is in.
    if node.sizes.tells_all || node.ballot() == Some(proposal.ballot) {
        hear(context, node, from, proposal);
    }
}

/// Counts an acceptance; the value is learned where a quorum has accepted the proposal.
pub fn hear(context: &mut Ctx<'_>, node: &mut Node, from: NodeId, proposal: &Proposal) {
    if node.learned.is_some() {
        return;
    }
    let known = node.heard.get(&from);
    if known.is_some_and(|known| known.ballot > proposal.ballot) {
        return; // It has accepted something else since.
    }
    node.heard.insert(from, proposal.clone());
    let quorum = node.sizes.phase_2 as usize;
    let in_one_ballot = node.heard.values().filter(|other| *other == proposal).count();
    let in_any = node.heard.values().filter(|other| other.value == proposal.value).count();
    // Every phase-1 quorum shares an acceptor with these, so no other value is ever chosen.
    let is_chosen = if in_one_ballot >= quorum {
        true
    } else if in_any >= quorum {
        !context.enforces(rules::COUNT_ONE_BALLOT)
    } else {
        !context.enforces(rules::LEARN_ONLY_WHEN_CHOSEN)
    };
    if is_chosen {
        if !node.sizes.tells_all {
            node.curious = context.others().collect();
        }
        learn(context, node, &proposal.value);
    }
}

/// Somebody knows what is chosen.
pub fn on_chosen(context: &mut Ctx<'_>, node: &mut Node, value: &Text) {
    if node.learned.is_none() {
        learn(context, node, value);
    }
}

/// The value is chosen, once and for all: nothing is left to propose, and everybody who waits is
/// told.
fn learn(context: &mut Ctx<'_>, node: &mut Node, value: &Text) {
    node.learned = Some(value.clone());
    node.attempt = Attempt::Idle;
    node.refused = 0;
    node.heard.clear();
    context.disarm(RETRY);
    let curious = std::mem::take(&mut node.curious);
    tell(context, curious, value);
    for request in std::mem::take(&mut node.requests) {
        answer(context, &request, value);
    }
}

/// Tells other learners.
pub fn tell(context: &mut Ctx<'_>, learners: NodeSet, value: &Text) {
    for to in learners.without(NodeSet::of(context.me)).iter() {
        context.send(to, Message::Chosen { value: value.clone() });
    }
}

/// Tells a client what is chosen, be it its own value or another.
pub fn answer(context: &mut Ctx<'_>, request: &Request, value: &Text) {
    let outcome = Outcome::Found(value.clone());
    context.reply(request, Answer::Done { outcome, as_of: 0 });
}
