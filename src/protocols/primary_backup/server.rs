//! What every server does: it pings, follows the views, and as a backup keeps a copy: it is
//! initialised with the whole state, applies the updates it is notified of, and acknowledges.

use std::sync::Arc;

use super::history::{History, Update};
use super::message::Message;
use super::primary;
use super::state::{Node, Role, Round, View};
use super::{PING, PrimaryBackup, RESEND, VIEW_SERVICE, rules};
use crate::ids::NodeId;
use crate::operation::{Operation, Text};
use crate::protocol::{Answer, Context, Request};

type Ctx<'a> = Context<'a, PrimaryBackup>;

/// Tells the view service that this server is alive.
pub fn ping(context: &mut Ctx<'_>, node: &Node) {
    let acknowledged = node.disk.is_acknowledged() && node.disk.view.primary == Some(context.me);
    context.send(VIEW_SERVICE, Message::Ping { view: node.disk.view.number, acknowledged });
}

/// The time has come to ping again.
pub fn on_ping_timeout(context: &mut Ctx<'_>, node: &Node) {
    ping(context, node);
    let wait_ms = context.setting(rules::PING_MS);
    context.arm(PING, wait_ms, wait_ms);
}

/// The view service says which view it is.
pub fn on_view(context: &mut Ctx<'_>, node: &mut Node, view: View) {
    let own = node.disk.view.number;
    // A primary that hears of an older view again must not go back to it.
    if view.number > own || (view.number < own && !context.enforces(rules::HIGHER_VIEW_ONLY)) {
        enter(context, node, view);
    }
}

/// Takes its place in a view.
fn enter(context: &mut Ctx<'_>, node: &mut Node, view: View) {
    node.disk.view = view;
    let role = std::mem::replace(&mut node.role, Role::Idle);
    let before = match role {
        Role::Primary(primary) => Some(primary),
        _ => None,
    };
    if view.primary == Some(context.me) {
        return primary::begin_view(context, node, before);
    }
    // A deposed primary may no longer answer; it sends its clients to the new one.
    for waiting in before.iter().flat_map(|primary| &primary.waiting) {
        context.reply(&waiting.request, Answer::Redirect(view.primary));
    }
    context.disarm(RESEND);
    if view.backups.contains(context.me) {
        node.role = Role::Backup;
    }
}

/// *Initialise*: the primary sends the whole state.
pub fn on_initialise(
    context: &mut Ctx<'_>,
    node: &mut Node,
    from: NodeId,
    view: View,
    state: &History,
    round: Round,
) {
    if view.number < node.disk.view.number && context.enforces(rules::REFUSE_OLDER_VIEW) {
        return;
    }
    if view.number > node.disk.view.number {
        enter(context, node, view);
    }
    // It is done once in a view: what came since then must not be thrown away.
    if node.disk.acknowledged != view.number {
        node.disk.discarded += node.disk.history.beyond(state);
        node.disk.history = state.clone();
        node.disk.acknowledged = node.disk.acknowledged.max(view.number);
        node.rebuild();
    }
    acknowledge(context, node, from, view.number, round);
}

/// *Notify*: the primary sends updates that follow the first `after`.
pub fn on_notify(
    context: &mut Ctx<'_>,
    node: &mut Node,
    from: NodeId,
    view: u64,
    (after, updates): (u64, &[Arc<Update>]),
    round: Round,
) {
    let own = node.disk.view.number;
    if view < own && context.enforces(rules::REFUSE_OLDER_VIEW) {
        return;
    }
    // A backup that has not the whole state has nothing to apply an update to.
    if view > own || (view == own && !node.disk.is_acknowledged()) {
        return;
    }
    let last = node.disk.history.last();
    if last >= after || !context.enforces(rules::IN_ORDER) {
        let known = last.saturating_sub(after) as usize;
        for update in updates.iter().skip(known) {
            let update = taken_over(context, update);
            node.apply(update);
        }
    }
    acknowledge(context, node, from, view, round);
}

/// The update as this backup applies it: what the primary's execution changed, nothing else.
fn taken_over(context: &mut Ctx<'_>, update: &Arc<Update>) -> Arc<Update> {
    // Only where the change is not the request itself does it matter who executes.
    if update.change == update.request.operation || context.enforces(rules::APPLY_THE_RESULT) {
        return Arc::clone(update);
    }
    let change = changed_by(&update.request.operation, context.now_ms);
    Arc::new(Update { change, ..(**update).clone() })
}

/// What an operation changes when it is executed at this moment of the node's clock.
pub fn changed_by(operation: &Operation, now_ms: u64) -> Operation {
    match operation {
        Operation::Stamp { key } => {
            Operation::Put { key: key.clone(), value: Text::from(now_ms.to_string()) }
        }
        other => other.clone(),
    }
}

/// *Acknowledge*: tells the primary what this backup holds.
fn acknowledge(context: &mut Ctx<'_>, node: &Node, to: NodeId, view: u64, round: Round) {
    let place = node.disk.history.last();
    context.send(to, Message::Acknowledge { view, place, round });
}

/// A client asks.
pub fn on_request(context: &mut Ctx<'_>, node: &mut Node, request: &Request) {
    match &node.role {
        Role::Primary(_) => primary::on_request(context, node, request),
        Role::Backup
            if request.operation.is_read()
                && context.setting(rules::BACKUP_READS) == rules::BACKUPS_READ
                && node.disk.is_acknowledged() =>
        {
            // From what it has applied: it may be old, and says so by reflecting no place.
            let outcome = node.store.read(request.operation.key());
            context.reply(request, Answer::Done { outcome, as_of: 0 });
        }
        _ => context.reply(request, Answer::Redirect(node.disk.view.primary)),
    }
}
