//! Fail-over: a replica that suspects the sequencer collects what a majority has received, and only
//! then orders in an epoch of its own (after Viewstamped Replication's view change).

use std::sync::Arc;

use super::log::Log;
use super::message::Message;
use super::state::{Collector, Node, Role, next_epoch_of};
use super::{Ctx, HEARTBEAT, SUSPECT, delivery, ordering, rules};
use crate::ids::{NodeId, NodeSet};

/// Restarts the wait for a sign of life.
pub fn arm_suspect(context: &mut Ctx<'_>) {
    let min_ms = context.setting(rules::SUSPECT_MIN_MS);
    let max_ms = context.setting(rules::SUSPECT_MAX_MS);
    context.arm(SUSPECT, min_ms, max_ms);
}

/// The suspect timer fired: take over. A suspicion may be wrong; that costs an epoch and no more.
pub fn on_suspect_timeout(context: &mut Ctx<'_>, node: &mut Node) {
    if node.is_sequencer() {
        return;
    }
    arm_suspect(context);
    // A collector that is not answered asks again in the same epoch: nobody else can have it.
    if !matches!(node.role, Role::Collector(_)) {
        node.disk.epoch = next_epoch_of(context.me, node.disk.epoch, node.count);
        node.role = Role::Collector(Collector {
            heard: NodeSet::of(context.me),
            installed: node.disk.installed,
            log: Arc::new(node.disk.log.clone()),
        });
    }
    context.broadcast(&Message::Collect { epoch: node.disk.epoch });
    try_to_begin(context, node);
}

/// Joins a later epoch: from now on nothing of an older one counts here.
pub fn join(context: &mut Ctx<'_>, node: &mut Node, epoch: u64) {
    node.disk.epoch = epoch;
    node.role = Role::Replica;
    node.early.clear();
    context.disarm(HEARTBEAT);
    arm_suspect(context);
}

/// Whether a message of that epoch may be heeded. One of a later epoch is joined; one of an older
/// epoch is refused, which tells its sender so.
pub fn heeds(context: &mut Ctx<'_>, node: &mut Node, from: NodeId, epoch: u64) -> bool {
    if epoch > node.disk.epoch {
        join(context, node, epoch);
        return true;
    }
    // A majority may have joined this epoch, and been collected from: what an older one orders
    // after that is nothing that the collector can have heard of.
    if epoch < node.disk.epoch && context.enforces(rules::REFUSE_OLD_EPOCH) {
        context.send(from, Message::Refused { epoch: node.disk.epoch });
        return false;
    }
    true
}

/// Somebody collects for a new epoch.
pub fn on_collect(context: &mut Ctx<'_>, node: &mut Node, from: NodeId, epoch: u64) {
    if !heeds(context, node, from, epoch) {
        return;
    }
    // It may collect again because the answer was lost; unless its epoch has begun.
    if node.disk.installed < epoch || epoch < node.disk.epoch {
        let log = Arc::new(node.disk.log.clone());
        context.send(from, Message::Received { epoch, installed: node.disk.installed, log });
    }
}

/// A replica tells the collector what it has received.
pub fn on_received(
    context: &mut Ctx<'_>,
    node: &mut Node,
    from: NodeId,
    epoch: u64,
    (installed, log): (u64, &Arc<Log>),
) {
    if epoch != node.disk.epoch {
        return; // To an attempt that is over.
    }
    let Role::Collector(collector) = &mut node.role else { return };
    collector.heard.insert(from);
    // Within an epoch all histories are prefixes of its sequencer's, so the longest has them all;
    // and a later epoch began with all that was delivered before it.
    let is_better = (installed, log.len()) > (collector.installed, collector.log.len());
    if is_better && context.enforces(rules::TAKE_THE_LATEST_HISTORY) {
        collector.installed = installed;
        collector.log = Arc::clone(log);
    }
    try_to_begin(context, node);
}

/// Begins the epoch where enough have been heard.
fn try_to_begin(context: &mut Ctx<'_>, node: &mut Node) {
    let Role::Collector(collector) = &node.role else { return };
    let (_, quorum) = rules::quorums(context.node_count, context.settings);
    // What is stable is on a majority, and any two majorities share a node: it tells of it.
    if collector.heard.len() < quorum && context.enforces(rules::COLLECT_BEFORE_ORDERING) {
        return;
    }
    node.disk.log = Log::clone(&collector.log);
    begin(context, node);
    let log = Arc::new(node.disk.log.clone());
    context.broadcast(&Message::Begin { epoch: node.disk.epoch, log });
    for cast in node.pending.clone() {
        ordering::order(context, node, &cast);
    }
    ordering::advance_stable(context, node);
}

/// Becomes the sequencer of the node's present epoch, with the history that it has.
pub fn begin(context: &mut Ctx<'_>, node: &mut Node) {
    let mut acked = vec![0; usize::from(context.node_count)];
    acked[context.me.index()] = node.disk.log.len();
    node.disk.installed = node.disk.epoch;
    node.role = Role::Sequencer { acked };
    node.early.clear();
    context.disarm(SUSPECT);
    let heartbeat_ms = context.setting(rules::HEARTBEAT_MS);
    context.arm(HEARTBEAT, heartbeat_ms, heartbeat_ms);
}

/// A new sequencer gives out its history.
pub fn on_begin(context: &mut Ctx<'_>, node: &mut Node, from: NodeId, epoch: u64, log: &Arc<Log>) {
    if !heeds(context, node, from, epoch) || !matches!(node.role, Role::Replica) {
        return;
    }
    arm_suspect(context);
    // A second copy would take away what was ordered since.
    if node.disk.installed < epoch {
        node.disk.log = Log::clone(log);
        node.disk.installed = epoch;
        node.early.clear();
        delivery::deliver(context, node);
        delivery::forward_pending(context, node);
    }
    context.send(from, Message::Ack { epoch, received: node.disk.log.len() });
}

/// Somebody has joined a later epoch.
pub fn on_refused(context: &mut Ctx<'_>, node: &mut Node, epoch: u64) {
    if epoch > node.disk.epoch {
        join(context, node, epoch);
    }
}
