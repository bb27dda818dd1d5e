//! Leadership transfer (dissertation §3.10): bring the chosen node up to date, then tell it to
//! campaign at once. Its votes count even though everybody hears a leader, for the leader asked.

use super::election::campaign;
use super::message::Message;
use super::replication::send_to;
use super::state::{Node, Role};
use super::{Raft, rules};
use crate::ids::NodeId;
use crate::protocol::Context;

type Ctx<'a> = Context<'a, Raft>;

/// An operator wants `target` to lead. Nothing happens on a node that does not lead.
pub fn on_transfer_command(context: &mut Ctx<'_>, node: &mut Node, target: NodeId) {
    let can_lead = node.configuration_up_to(u64::MAX).1.voters.contains(target);
    let Role::Leader(leader) = &mut node.role else { return };
    if target == context.me || !can_lead {
        return;
    }
    leader.transferee = Some(target);
    let patience_ms = u64::from(context.settings[usize::from(rules::ELECTION_MAX_MS)]);
    leader.transfer_until_ms = context.now_ms + patience_ms;
    if leader.matched[target.index()] < node.disk.log.last_index() {
        send_to(context, node, target);
    }
    continue_transfer(context, node, target);
}

/// `from` answered: where it is the chosen one and has everything, it may campaign.
pub fn continue_transfer(context: &mut Ctx<'_>, node: &mut Node, from: NodeId) {
    let Role::Leader(leader) = &mut node.role else { return };
    let is_up_to_date = leader.matched[from.index()] == node.disk.log.last_index();
    if leader.transferee == Some(from) && is_up_to_date {
        leader.handed_over = true;
        context.send(from, Message::TimeoutNow { term: node.disk.term });
    }
}

/// The leader hands over: campaign without asking first.
pub fn on_timeout_now(context: &mut Ctx<'_>, node: &mut Node, term: u64) {
    if term == node.disk.term && !node.is_leader() {
        campaign(context, node, true);
    }
}
