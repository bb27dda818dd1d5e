//! The proposer: phase 1, phase 2, and when to try again (§2.2, §2.4).

use super::ballot::{Ballot, Proposal};
use super::message::Message;
use super::state::{Attempt, Node};
use super::{Ctx, RETRY, acceptor, learner, rules};
use crate::ids::{NodeId, NodeSet};
use crate::operation::{Operation, Text};
use crate::protocol::{Answer, Request};

/// The longest wait of a refused proposer grows at most so many times.
const BACK_OFF_MAX: u32 = 5;
/// What a proposer makes up that has nothing to propose, where the rule against it is off.
pub const MADE_UP: &str = "made-up";

/// A client proposes a value.
pub fn on_request(context: &mut Ctx<'_>, node: &mut Node, request: &Request) {
    let proposers = node.sizes.proposers;
    if context.me.0 >= proposers {
        let proposer = NodeId(context.me.0 % proposers);
        return context.reply(request, Answer::Redirect(Some(proposer)));
    }
    node.asked = Some(value_of(request));
    if let Some(value) = &node.learned {
        return learner::answer(context, request, value);
    }
    // A client has one request open at a time: whatever is older is over.
    let place = |request: &Request| (request.session, request.sequence);
    let same_client = |other: &&mut Request| other.client == request.client;
    match node.requests.iter_mut().find(same_client) {
        Some(other) if place(other) >= place(request) => return,
        Some(other) => *other = request.clone(),
        None => node.requests.push(request.clone()),
    }
    match &node.attempt {
        Attempt::Idle => begin(context, node),
        // Its value would have waited for nobody, had it come before phase 2; now it waits for all.
        Attempt::Accepting { proposal } if !context.enforces(rules::ONE_VALUE_PER_BALLOT) => {
            let ballot = proposal.ballot;
            propose(context, node, Proposal { ballot, value: value_of(request) });
        }
        _ => {}
    }
}

/// A learner wants to know what is chosen: it has a proposer issue a proposal (§2.3).
pub fn on_find_out(context: &mut Ctx<'_>, node: &mut Node, learner: NodeId) {
    if let Some(value) = node.learned.clone() {
        return learner::tell(context, NodeSet::of(learner), &value);
    }
    if context.me.0 < node.sizes.proposers {
        node.curious.insert(learner);
        if node.attempt == Attempt::Idle {
            begin(context, node);
        }
    }
}

/// Phase 1 (a): asks for promises of a ballot above all that are known.
fn begin(context: &mut Ctx<'_>, node: &mut Node) {
    let highest = node.disk.attempted.max(node.disk.promised).max(node.seen);
    let owner = context.enforces(rules::BALLOTS_ARE_NOT_SHARED).then_some(context.me);
    let ballot = Ballot { round: highest.round + 1, node: owner };
    node.disk.attempted = ballot;
    node.heard.retain(|_, _| node.sizes.tells_all);
    node.attempt = Attempt::Preparing { ballot, promised: NodeSet::default(), highest: None };
    arm_retransmit(context);
    send_to_acceptors(context, node, &Message::Prepare { ballot }, NodeSet::default());
    // A node's own acceptor is asked like any other; it has promised nothing higher.
    if node.sizes.is_acceptor(context.me) && acceptor::promise(context, node, ballot) {
        let own = node.disk.accepted.clone();
        on_promise(context, node, context.me, ballot, own.as_ref());
    }
}

/// An acceptor promises, and tells what it has accepted.
pub fn on_promise(
    context: &mut Ctx<'_>,
    node: &mut Node,
    from: NodeId,
    of: Ballot,
    accepted: Option<&Proposal>,
) {
    let Attempt::Preparing { ballot, promised, highest } = &mut node.attempt else { return };
    if *ballot != of {
        return; // A promise to an earlier attempt.
    }
    promised.insert(from);
    // Of several proposals accepted only the highest can have been chosen, or carries the value
    // that was (P2c).
    let is_higher =
        |found: &&Proposal| highest.as_ref().is_none_or(|highest| highest.ballot < found.ballot);
    if let Some(found) = accepted.filter(is_higher) {
        *highest = Some(found.clone());
    }
    let promises = promised.len();
    let found = highest.as_ref().map(|found| found.value.clone());
    let is_enough = if promises < node.sizes.phase_1 {
        !context.enforces(rules::PHASE_1_NEEDS_QUORUM)
    } else {
        // Somebody in it must have accepted whatever is chosen.
        node.sizes.meet(promises) || !context.enforces(rules::QUORUMS_INTERSECT)
    };
    if is_enough {
        match choose(context, node, found) {
            Some(value) => propose(context, node, Proposal { ballot: of, value }),
            None => give_up(context, node),
        }
    }
}

/// The value to propose: what the promises tell of, or else the node's own.
fn choose(context: &mut Ctx<'_>, node: &Node, found: Option<Text>) -> Option<Text> {
    let own = node.requests.first().map(value_of);
    match (found, own) {
        (Some(found), Some(own)) => {
            let adopts = context.enforces(rules::ADOPT_HIGHEST_ACCEPTED_VALUE);
            Some(if adopts { found } else { own })
        }
        (Some(value), None) | (None, Some(value)) => Some(value),
        (None, None) => {
            let makes_up = !context.enforces(rules::PROPOSE_ONLY_WHAT_WAS_ASKED);
            makes_up.then(|| Text::from(MADE_UP))
        }
    }
}

/// Nothing is chosen in any lower ballot, and nobody asked for anything: there is nothing to do.
fn give_up(context: &mut Ctx<'_>, node: &mut Node) {
    node.attempt = Attempt::Idle;
    node.curious = NodeSet::default();
    context.disarm(RETRY);
}

/// Phase 2 (a): asks to accept the value.
fn propose(context: &mut Ctx<'_>, node: &mut Node, proposal: Proposal) {
    let is_acceptor = node.sizes.is_acceptor(context.me);
    node.attempt = Attempt::Accepting { proposal: proposal.clone() };
    arm_retransmit(context);
    if is_acceptor && !acceptor::accept(context, node, &proposal) {
        // This node's own acceptor has promised a higher ballot to somebody else meanwhile.
        let promised = node.disk.promised;
        return on_rejected(context, node, proposal.ballot, promised);
    }
    let message = Message::Accept { proposal: proposal.clone() };
    send_to_acceptors(context, node, &message, NodeSet::default());
    if is_acceptor {
        if node.sizes.tells_all {
            context.broadcast(&Message::Accepted { proposal: proposal.clone() });
        }
        learner::hear(context, node, context.me, &proposal);
    }
}

/// An acceptor has promised a higher ballot: this one is lost, as far as it knows.
pub fn on_rejected(context: &mut Ctx<'_>, node: &mut Node, ballot: Ballot, promised: Ballot) {
    if node.ballot() != Some(ballot) || promised <= ballot {
        return; // It refuses an earlier attempt.
    }
    node.seen = node.seen.max(promised);
    // Whoever answers a refusal with a higher ballot at once gets the other one refused (§2.4).
    if context.enforces(rules::BACK_OFF) {
        node.attempt = Attempt::Waiting;
        node.refused = node.refused.saturating_add(1).min(BACK_OFF_MAX);
        let min_ms = context.setting(rules::BACK_OFF_MIN_MS);
        let max_ms = context.setting(rules::BACK_OFF_MAX_MS).max(min_ms);
        context.arm(RETRY, min_ms, max_ms * node.refused);
    } else {
        begin(context, node);
    }
}

/// The timer fired: messages may be lost, so asks again; or the wait after a refusal is over.
pub fn on_retry_timeout(context: &mut Ctx<'_>, node: &mut Node) {
    match &node.attempt {
        Attempt::Idle => {}
        Attempt::Waiting => begin(context, node),
        Attempt::Preparing { ballot, promised, .. } => {
            arm_retransmit(context);
            let (message, answered) = (Message::Prepare { ballot: *ballot }, *promised);
            send_to_acceptors(context, node, &message, answered);
        }
        Attempt::Accepting { proposal } => {
            arm_retransmit(context);
            let has_accepted = |id: &NodeId| node.has_heard(*id, proposal);
            let answered = node.sizes.acceptors().filter(has_accepted).collect();
            let message = Message::Accept { proposal: proposal.clone() };
            send_to_acceptors(context, node, &message, answered);
        }
    }
}

fn arm_retransmit(context: &mut Ctx<'_>) {
    let wait_ms = context.setting(rules::RETRANSMIT_MS);
    context.arm(RETRY, wait_ms, wait_ms);
}

/// Sends to all acceptors but this node and those that have answered.
fn send_to_acceptors(context: &mut Ctx<'_>, node: &Node, message: &Message, answered: NodeSet) {
    for to in node.sizes.acceptors() {
        if to != context.me && !answered.contains(to) {
            context.send(to, message.clone());
        }
    }
}

/// What a request proposes. The world lets nobody ask for anything else.
pub fn value_of(request: &Request) -> Text {
    debug_assert!(matches!(request.operation, Operation::Propose { .. }));
    request.operation.key().clone()
}
