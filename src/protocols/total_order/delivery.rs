//! Serving clients: broadcast what they ask, deliver what is stable in order, execute it, answer
//! (Schneider §3: agreement and order make replicas of a deterministic state machine agree).

use std::sync::Arc;

use super::log::{Cast, CastId, Entry, NUMBERS_MAX};
use super::message::Message;
use super::state::Node;
use super::{Ctx, RETRANSMIT, ordering, rules};
use crate::operation::{Operation, Outcome, Text};
use crate::protocol::{Answer, Request};

/// The most messages that a replica broadcasts at a time.
const PENDING_MAX: usize = 256;

/// A client asks this replica; it may ask any.
pub fn on_request(context: &mut Ctx<'_>, node: &mut Node, request: &Request) {
    if let Some(outcome) = node.sessions.earlier(request).cloned()
        && context.enforces(rules::SESSION_DEDUP)
    {
        let as_of = node.delivered_up_to;
        return context.reply(request, Answer::Done { outcome, as_of });
    }
    if request.operation.is_read() && !context.enforces(rules::ORDER_READS) {
        let outcome = node.store.read(request.operation.key());
        return context.reply(request, Answer::Done { outcome, as_of: node.delivered_up_to });
    }
    if node.pending.iter().any(|cast| cast.request == *request) {
        return; // It is answered when it is delivered.
    }
    if node.pending.len() >= PENDING_MAX || node.disk.log.len() >= NUMBERS_MAX {
        return context.reply(request, Answer::Redirect(None));
    }
    broadcast(context, node, request);
}

/// TO-broadcast: names the message and has it numbered.
fn broadcast(context: &mut Ctx<'_>, node: &mut Node, request: &Request) {
    node.casts += 1;
    let id = CastId { origin: context.me, start: node.disk.starts, count: node.casts };
    let cast = Cast { id, request: request.clone() };
    node.pending.push(cast.clone());
    // A sequencer too: it may be deposed before it has delivered the message.
    arm_retransmit(context);
    if node.is_sequencer() {
        ordering::order(context, node, &cast);
    } else {
        forward(context, node, &cast);
    }
}

fn forward(context: &mut Ctx<'_>, node: &Node, cast: &Cast) {
    let to = node.sequencer();
    if to != context.me {
        context.send(to, Message::Forward { cast: cast.clone() });
    }
}

fn arm_retransmit(context: &mut Ctx<'_>) {
    let retransmit_ms = context.setting(rules::RETRANSMIT_MS);
    context.arm(RETRANSMIT, retransmit_ms, retransmit_ms);
}

/// Sends the sequencer all that is not delivered yet.
pub fn forward_pending(context: &mut Ctx<'_>, node: &Node) {
    for cast in &node.pending {
        forward(context, node, cast);
    }
}

/// The retransmit timer fired: a message or its number may have been lost.
pub fn on_retransmit_timeout(context: &mut Ctx<'_>, node: &mut Node) {
    if !node.pending.is_empty() {
        arm_retransmit(context);
        forward_pending(context, node);
    }
}

/// Delivers what may be delivered.
pub fn deliver(context: &mut Ctx<'_>, node: &mut Node) {
    let received = node.disk.log.len();
    let stable = node.stable.min(received);
    // What only a few have may be lost with them; nobody may have acted upon it.
    let has_more = received > stable.max(node.delivered_up_to);
    let limit =
        if has_more && !context.enforces(rules::DELIVER_ONLY_STABLE) { received } else { stable };
    while node.delivered_up_to < limit {
        node.delivered_up_to += 1;
        let number = node.delivered_up_to;
        if !node.delivered_early.remove(&number)
            && let Some(entry) = node.disk.log.get(number).cloned()
        {
            deliver_one(context, node, &entry);
        }
    }
    let may_be = |number: &u64| *number <= node.stable && !node.delivered_early.contains(number);
    let beyond: Vec<Arc<Entry>> = node
        .early
        .iter()
        .filter(|(number, _)| may_be(number))
        .map(|(_, entry)| Arc::clone(entry))
        .collect();
    // Others have received what belongs before these, and deliver that first.
    if !beyond.is_empty() && !context.enforces(rules::DELIVER_IN_ORDER) {
        for entry in beyond {
            node.delivered_early.insert(entry.number);
            deliver_one(context, node, &entry);
        }
    }
}

/// TO-delivery: every replica executes the command; the one that broadcast it answers.
fn deliver_one(context: &mut Ctx<'_>, node: &mut Node, entry: &Arc<Entry>) {
    node.delivered.push(Arc::clone(entry));
    let request = &entry.cast.request;
    let outcome = match node.sessions.earlier(request).cloned() {
        // The client has asked two replicas: this is the second message with its request.
        Some(outcome) if context.enforces(rules::SESSION_DEDUP) => outcome,
        _ => {
            let outcome = execute(context, node, entry);
            node.sessions.remember(request, outcome.clone());
            if !request.operation.is_read() {
                context.executed(entry.number, request);
            }
            outcome
        }
    };
    let place = node.pending.iter().position(|cast| *cast == entry.cast);
    if let Some(place) = place {
        node.pending.remove(place);
        context.reply(request, Answer::Done { outcome, as_of: entry.number });
    }
}

/// A command whose outcome the sequencer has not fixed is left to this replica's own clock.
fn execute(context: &Ctx<'_>, node: &mut Node, entry: &Entry) -> Outcome {
    let request = &entry.cast.request;
    match &request.operation {
        Operation::Stamp { key } => {
            let now = || Text::from(context.now_ms.to_string());
            let value = entry.fixed.clone().unwrap_or_else(now);
            node.store.execute(request.client, &Operation::Put { key: key.clone(), value })
        }
        operation => node.store.execute(request.client, operation),
    }
}
