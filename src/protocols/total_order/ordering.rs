//! Ordering: the sequencer numbers messages and sends them to all; replicas receive them, ask for
//! what is missing, and acknowledge; what a majority has is stable (Défago et al. §4.1, fixed
//! sequencer).

use std::sync::Arc;

use super::log::{Cast, Entry, NUMBERS_MAX};
use super::message::Message;
use super::state::{Node, Role};
use super::{Ctx, HEARTBEAT, delivery, epoch, rules};
use crate::ids::NodeId;
use crate::operation::{Operation, Text};

/// The most messages that are sent again at once.
const RESEND_MAX: u64 = 32;

/// Gives a message its number and sends it to all. Nothing happens on a node that is no sequencer:
/// whoever broadcast the message sends it again.
pub fn order(context: &mut Ctx<'_>, node: &mut Node, cast: &Cast) {
    let number = node.disk.log.len() + 1;
    if !node.is_sequencer() || number > NUMBERS_MAX {
        return;
    }
    // It was sent again because its delivery took long.
    if node.disk.log.has(cast) && context.enforces(rules::ONE_NUMBER_PER_MESSAGE) {
        return;
    }
    let reads_the_clock = matches!(cast.request.operation, Operation::Stamp { .. });
    // A function of the state alone may be left to the replicas; the time is none.
    let fixed = (reads_the_clock && context.enforces(rules::FIX_OUTCOME_BEFORE_ORDERING))
        .then(|| Text::from(context.now_ms.to_string()));
    let epoch = node.disk.epoch;
    let entry = Arc::new(Entry { number, epoch, cast: cast.clone(), fixed });
    node.disk.log.push(Arc::clone(&entry));
    if let Role::Sequencer { acked } = &mut node.role {
        acked[context.me.index()] = number;
    }
    context.broadcast(&Message::Order { epoch, entry, stable: node.stable });
    advance_stable(context, node);
}

/// Delivers what has become stable, and tells the others.
pub fn advance_stable(context: &mut Ctx<'_>, node: &mut Node) {
    let Role::Sequencer { acked } = &node.role else { return };
    let (quorum, _) = rules::quorums(context.node_count, context.settings);
    let has = |number: &u64| acked.iter().filter(|other| *other >= number).count() as u32;
    let stable = acked.iter().filter(|number| has(number) >= quorum).copied().max().unwrap_or(0);
    let grows = stable > node.stable;
    node.stable = node.stable.max(stable);
    delivery::deliver(context, node);
    if grows {
        tell_stable(context, node);
    }
}

fn tell_stable(context: &mut Ctx<'_>, node: &Node) {
    context.broadcast(&Message::Stable {
        epoch: node.disk.epoch,
        last: node.disk.log.len(),
        stable: node.stable,
    });
}

/// The heartbeat timer fired: nobody shall suspect the sequencer, and who lacks something asks.
pub fn on_heartbeat_timeout(context: &mut Ctx<'_>, node: &mut Node) {
    if node.is_sequencer() {
        let heartbeat_ms = context.setting(rules::HEARTBEAT_MS);
        context.arm(HEARTBEAT, heartbeat_ms, heartbeat_ms);
        tell_stable(context, node);
    }
}

/// Whether a message of a sequencer is for this replica, and its epoch's history is here; where the
/// history is not, it is asked for.
fn follows(context: &mut Ctx<'_>, node: &mut Node, from: NodeId, epoch: u64) -> bool {
    if !epoch::heeds(context, node, from, epoch) || !matches!(node.role, Role::Replica) {
        return false;
    }
    epoch::arm_suspect(context);
    let has_history = node.disk.installed >= epoch;
    if !has_history && context.enforces(rules::ASK_FOR_MISSING) {
        context.send(from, Message::Resend { epoch, first: 0 });
    }
    has_history
}

/// A numbered message arrives.
pub fn on_order(
    context: &mut Ctx<'_>,
    node: &mut Node,
    from: NodeId,
    (epoch, stable): (u64, u64),
    entry: &Arc<Entry>,
) {
    if !follows(context, node, from, epoch) {
        return;
    }
    if entry.number > node.disk.log.len() {
        node.early.insert(entry.number, Arc::clone(entry));
    }
    while let Some(next) = node.early.remove(&(node.disk.log.len() + 1)) {
        node.disk.log.push(next);
    }
    node.stable = node.stable.max(stable);
    delivery::deliver(context, node);
    context.send(from, Message::Ack { epoch, received: node.disk.log.len() });
}

/// The sequencer is alive.
pub fn on_stable(
    context: &mut Ctx<'_>,
    node: &mut Node,
    from: NodeId,
    epoch: u64,
    (last, stable): (u64, u64),
) {
    if !follows(context, node, from, epoch) {
        return;
    }
    node.stable = node.stable.max(stable);
    delivery::deliver(context, node);
    let received = node.disk.log.len();
    // An acknowledgement may have been lost.
    if stable < received {
        context.send(from, Message::Ack { epoch, received });
    }
    if received < last && context.enforces(rules::ASK_FOR_MISSING) {
        context.send(from, Message::Resend { epoch, first: received + 1 });
    }
}

/// A replica has received everything up to a number.
pub fn on_ack(context: &mut Ctx<'_>, node: &mut Node, from: NodeId, epoch: u64, received: u64) {
    if epoch > node.disk.epoch {
        return epoch::join(context, node, epoch);
    }
    let last = node.disk.log.len();
    let Role::Sequencer { acked } = &mut node.role else { return };
    // What it said to a sequencer of before may be about another history.
    if epoch < node.disk.epoch && context.enforces(rules::REFUSE_OLD_EPOCH) {
        return;
    }
    let place = from.index();
    acked[place] = acked[place].max(received.min(last));
    advance_stable(context, node);
}

/// A replica lacks something.
pub fn on_resend(context: &mut Ctx<'_>, node: &Node, from: NodeId, epoch: u64, first: u64) {
    if epoch != node.disk.epoch || !node.is_sequencer() {
        return;
    }
    if first == 0 {
        let log = Arc::new(node.disk.log.clone());
        return context.send(from, Message::Begin { epoch, log });
    }
    for number in first..first + RESEND_MAX {
        let Some(entry) = node.disk.log.get(number) else { return };
        let entry = Arc::clone(entry);
        context.send(from, Message::Order { epoch, entry, stable: node.stable });
    }
}
