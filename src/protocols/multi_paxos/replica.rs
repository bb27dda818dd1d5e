//! The replica: it learns decisions, executes them in the order of their slots, and serves clients
//! ("Paxos Made Moderately Complex" §2.1).

use std::sync::Arc;

use super::message::Message;
use super::pvalue::Command;
use super::state::{Leader, Node, Role};
use super::{Ctx, leader, rules};
use crate::ids::NodeId;
use crate::protocol::{Answer, Request, SESSION_BEFORE_THE_RUN};

/// The most slots a log has; a full leader takes no more requests.
const SLOTS_MAX: u64 = 10_000;
/// The most decisions that one message carries.
const DECISIONS_MAX: usize = 64;
/// The most requests that wait for the window.
const WAITING_MAX: usize = 256;

/// A client asks. Reads go through the log as writes do, and only so.
pub fn on_request(context: &mut Ctx<'_>, node: &mut Node, request: &Request) {
    let Role::Leader(leader) = &node.role else {
        return context.reply(request, Answer::Redirect(node.leader));
    };
    if leader.next > SLOTS_MAX || leader.waiting.len() >= WAITING_MAX {
        return context.reply(request, Answer::Redirect(None));
    }
    if let Some(outcome) = node.sessions.earlier(request).cloned()
        && context.enforces(rules::SESSION_DEDUP)
    {
        return context.reply(request, Answer::Done { outcome, as_of: node.executed });
    }
    let is_under_way = is_under_way(node, leader, request);
    if is_under_way && context.enforces(rules::SESSION_DEDUP) {
        return; // It is answered when it is executed.
    }
    if let Some(leader) = node.leading() {
        leader.waiting.push_back(request.clone());
    }
    propose_waiting(context, node);
}

/// Whether a request waits, is proposed, or is decided and not yet executed.
fn is_under_way(node: &Node, leader: &Leader, request: &Request) -> bool {
    let decided = node.decided.starting_at(node.executed + 1).map(|(_, command)| command);
    let proposed = leader.proposals.values().map(|proposal| &proposal.command);
    let waits =
        |other: &Request| (other.session, other.sequence) == (request.session, request.sequence);
    leader.waiting.iter().any(waits)
        || decided.chain(proposed).any(|command| command.is_for(request))
}

/// Proposes what waits, as far as the window reaches.
fn propose_waiting(context: &mut Ctx<'_>, node: &mut Node) {
    while let Role::Leader(leader) = &node.role
        && !leader.waiting.is_empty()
        && let Some(slot) = slot_for_a_request(context, node)
    {
        let Some(request) = node.leading().and_then(|leader| leader.waiting.pop_front()) else {
            return;
        };
        leader::propose(context, node, slot, Arc::new(Command::Request(request)));
    }
}

/// The slot for the next request; `None` where the window is full.
fn slot_for_a_request(context: &mut Ctx<'_>, node: &Node) -> Option<u64> {
    let Role::Leader(leader) = &node.role else { return None };
    let undecided = node.executed + 1;
    // Acceptors answer for a ballot and a slot: with two values there nobody would know for which.
    if leader.proposals.contains_key(&undecided)
        && !context.enforces(rules::ONE_VALUE_PER_BALLOT_AND_SLOT)
    {
        return Some(undecided);
    }
    let window = u64::from(context.setting(rules::WINDOW));
    (leader.next <= node.executed + window).then_some(leader.next)
}

/// Learns what is decided for a slot.
pub fn learn(context: &mut Ctx<'_>, node: &mut Node, slot: u64, command: &Arc<Command>) {
    if node.decided.get(slot).is_some() {
        return;
    }
    node.decided.insert(slot, Arc::clone(command));
    if let Some(leader) = node.leading() {
        leader.proposals.remove(&slot);
        leader.next = leader.next.max(slot + 1);
    }
    execute(context, node);
    propose_waiting(context, node);
}

/// Decisions arrive.
pub fn on_decision(context: &mut Ctx<'_>, node: &mut Node, first: u64, commands: &[Arc<Command>]) {
    for (slot, command) in (first..).zip(commands) {
        learn(context, node, slot, command);
    }
}

/// A replica has missed decisions.
pub fn on_catch_up(context: &mut Ctx<'_>, node: &Node, from: NodeId, first: u64) {
    let commands = node.decided.run(first, DECISIONS_MAX);
    if !commands.is_empty() {
        context.send(from, Message::Decision { first, commands });
    }
}

/// Executes what is decided and whose turn it is.
fn execute(context: &mut Ctx<'_>, node: &mut Node) {
    while let Some(command) = node.decided.get(node.executed + 1).cloned() {
        node.executed += 1;
        if !node.early.remove(&node.executed) {
            perform(context, node, node.executed, &command);
        }
    }
    let beyond: Vec<(u64, Arc<Command>)> = node
        .decided
        .starting_at(node.executed + 1)
        .filter(|(slot, _)| !node.early.contains(slot))
        .map(|(slot, command)| (slot, Arc::clone(command)))
        .collect();
    // Other replicas will know what belongs before these, and execute that first.
    if !beyond.is_empty() && !context.enforces(rules::APPLY_IN_SLOT_ORDER) {
        for (slot, command) in beyond {
            node.early.insert(slot);
            perform(context, node, slot, &command);
        }
    }
}

/// Executes one command. The leader answers; the others only keep up.
fn perform(context: &mut Ctx<'_>, node: &mut Node, slot: u64, command: &Command) {
    let Command::Request(request) = command else { return };
    let earlier = node.sessions.earlier(request).cloned();
    let outcome = match earlier {
        // The same request in a second slot: a retry that reached a leader who did not know of the
        // first. It must not happen twice.
        Some(outcome) if context.enforces(rules::SESSION_DEDUP) => outcome,
        _ => {
            let outcome = node.store.execute(request.client, &request.operation);
            node.sessions.remember(request, outcome.clone());
            if !request.operation.is_read() {
                context.executed(slot, request);
            }
            outcome
        }
    };
    if node.is_leader() && request.session != SESSION_BEFORE_THE_RUN {
        context.reply(request, Answer::Done { outcome, as_of: slot });
    }
}
