//! The view service: it hears pings, and decides who is primary and who is backup. It is assumed
//! not to fail; it may stop and start again, since the view is on its disk.

use super::message::Message;
use super::state::{Node, Role, View};
use super::{CHECK, PrimaryBackup, rules};
use crate::ids::{NodeId, NodeSet};
use crate::protocol::Context;

type Ctx<'a> = Context<'a, PrimaryBackup>;

/// Looks again after a ping's time whether all are alive.
pub fn arm(context: &mut Ctx<'_>) {
    let wait_ms = context.setting(rules::PING_MS);
    context.arm(CHECK, wait_ms, wait_ms);
}

/// The time has come to look.
pub fn on_check(context: &mut Ctx<'_>, node: &mut Node) {
    consider(context, node);
    arm(context);
}

/// A server is alive, and says which view it is in.
pub fn on_ping(
    context: &mut Ctx<'_>,
    node: &mut Node,
    from: NodeId,
    number: u64,
    acknowledged: bool,
) {
    let Role::Service(service) = &mut node.role else { return };
    service.heard.insert(from, context.now_ms);
    service.suspected.remove(from);
    let view = node.disk.view;
    let is_news = acknowledged && view.number == number && node.disk.acknowledged != number;
    if is_news && view.primary == Some(from) {
        node.disk.acknowledged = number;
        consider(context, node);
    }
    context.send(from, Message::View { view: node.disk.view });
}

/// An operator tells it to take a server for dead, rightly or not.
pub fn on_suspect(context: &mut Ctx<'_>, node: &mut Node, server: NodeId) {
    let Role::Service(service) = &mut node.role else { return };
    service.suspected.insert(server);
    consider(context, node);
}

/// Makes the next view, where one is due, and tells everyone.
fn consider(context: &mut Ctx<'_>, node: &mut Node) {
    let Some((primary, backups)) = next_view(context, node) else { return };
    let number = node.disk.view.number + 1;
    node.disk.view = View { number, primary: Some(primary), backups };
    context.broadcast(&Message::View { view: node.disk.view });
}

/// Who should be primary and backups, if not those of the present view.
fn next_view(context: &mut Ctx<'_>, node: &Node) -> Option<(NodeId, NodeSet)> {
    let Role::Service(service) = &node.role else { return None };
    let (now_ms, dead_ms) = (context.now_ms, rules::span_ms(context, rules::DEAD_MS));
    let is_alive = |server: &NodeId| service.is_alive(*server, now_ms, dead_ms);
    let alive: NodeSet = context.others().filter(is_alive).collect();
    let view = node.disk.view;
    let Some(primary) = view.primary else {
        return alive.iter().next().map(|first| (first, NodeSet::default()));
    };
    let is_acknowledged = node.disk.is_acknowledged();
    let idle = alive.without(view.backups).without(NodeSet::of(primary));
    if service.is_dead(primary, now_ms, dead_ms) {
        // Who takes over must hold all that the primary has answered for. That is known of the
        // backups only, and only once the primary has said so.
        if !is_acknowledged && context.enforces(rules::WAIT_FOR_ACKNOWLEDGED_VIEW) {
            return None;
        }
        let heirs = alive.intersection(view.backups);
        if let Some(heir) = heirs.iter().next() {
            return Some((heir, heirs.without(NodeSet::of(heir))));
        }
        let stranger = idle.iter().next()?;
        return (!context.enforces(rules::PROMOTE_ONLY_A_BACKUP))
            .then_some((stranger, NodeSet::default()));
    }
    let mut backups = view.backups;
    let is_dead = |server: &NodeId| service.is_dead(*server, now_ms, dead_ms);
    let dead: NodeSet = backups.iter().filter(is_dead).collect();
    if !dead.is_empty() && context.enforces(rules::REMOVE_DEAD_BACKUPS) {
        backups = backups.without(dead);
    }
    let wanted = match context.setting(rules::BACKUPS) {
        0 => u32::MAX,
        wanted => wanted,
    };
    let missing = wanted.saturating_sub(backups.len()) as usize;
    let new: NodeSet = idle.iter().take(missing).collect();
    if !new.is_empty() && (is_acknowledged || !context.enforces(rules::WAIT_FOR_ACKNOWLEDGED_VIEW))
    {
        backups = backups.union(new);
    }
    (backups != view.backups).then_some((primary, backups))
}
