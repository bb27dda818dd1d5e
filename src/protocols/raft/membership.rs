//! Changes of membership: by one server at a time (dissertation §4.1, §4.2) or by joint consensus
//! (paper §6; dissertation §4.3). An operator says what is wanted; the leader brings new servers up
//! to date without counting them, and then appends the new configuration, which is used from that
//! moment on. The dissertation's ten rounds of catching up and its giving up are simplified: a
//! server is up to date when it has all that is committed.

use std::sync::Arc;

use super::configuration::Configuration;
use super::election::become_follower;
use super::log::Command;
use super::replication::{advance_commit, append, send_to, send_to_all};
use super::state::{Leader, Node, Role};
use super::{Raft, rules};
use crate::ids::{NodeId, NodeSet};
use crate::protocol::{CommandKind, Context};

type Ctx<'a> = Context<'a, Raft>;

/// What an operator can tell a leader; the numbers are places in this list.
pub const COMMANDS: &[CommandKind] = &[
    CommandKind { name: "transfer-leadership", text: "Hands leadership over to another node." },
    CommandKind {
        name: "add-server",
        text: "Makes a node a voting member, once it has caught up; with joint consensus only when \
               `change` is given.",
    },
    CommandKind {
        name: "remove-server",
        text: "Takes a node out of the configuration; with joint consensus only when `change` is \
               given.",
    },
    CommandKind {
        name: "add-learner",
        text: "Makes a node a non-voting member, which gets entries and counts for nothing; with \
               joint consensus only when `change` is given.",
    },
    CommandKind {
        name: "promote",
        text: "Makes a learner a voting member, once it has caught up; with joint consensus only \
               when `change` is given.",
    },
    CommandKind {
        name: "change",
        text: "Joint consensus: moves to the configuration that the other commands have put \
               together. Which node is named does not matter.",
    },
];

/// The fewest voting members.
pub const MEMBERS_MIN: u32 = 2;

const ADD_SERVER: u8 = 1;
const REMOVE_SERVER: u8 = 2;
const ADD_LEARNER: u8 = 3;
const PROMOTE: u8 = 4;
const CHANGE: u8 = 5;

/// A change that an operator wants and that has not begun.
#[derive(Clone, Debug, Hash)]
pub struct Change {
    /// The configuration that is wanted.
    pub target: Configuration,
    /// Whether it is to begin, or is still being put together.
    pub is_wanted: bool,
}

/// The configuration by which a node counts: the latest in its log, committed or not (§6).
pub fn in_force(context: &mut Ctx<'_>, node: &Node) -> Arc<Configuration> {
    let (place, latest) = node.configuration_up_to(u64::MAX);
    let is_settled = place <= node.commit;
    if is_settled || context.enforces(rules::LATEST_CONFIGURATION_COUNTS) {
        return Arc::clone(latest);
    }
    Arc::clone(node.configuration_up_to(node.commit).1)
}

/// Whether the node may campaign: it votes in its latest configuration, or did until that one and
/// cannot know whether it is committed; it may be needed until then (dissertation §4.2.2).
pub fn may_campaign(context: &mut Ctx<'_>, node: &Node) -> bool {
    let (place, latest) = node.configuration_up_to(u64::MAX);
    let voted_before = || node.configuration_up_to(place - 1).1.electorate().contains(context.me);
    latest.electorate().contains(context.me)
        || (place > node.commit && voted_before())
        || !context.enforces(rules::ONLY_MEMBERS_COUNT)
}

/// Whom a candidate asks.
pub fn asked(context: &mut Ctx<'_>, node: &Node) -> NodeSet {
    let everyone = NodeSet::all(context.node_count);
    let voters = in_force(context, node).electorate();
    let is_everyone = everyone.without(voters).without(NodeSet::of(context.me)).is_empty();
    let asked =
        if is_everyone || context.enforces(rules::ONLY_MEMBERS_COUNT) { voters } else { everyone };
    asked.without(NodeSet::of(context.me))
}

/// To whom a leader sends: every member, and whoever is to become one.
pub fn audience(context: &mut Ctx<'_>, node: &Node) -> NodeSet {
    let latest = node.configuration_up_to(u64::MAX).1.members();
    let mut to = latest.union(in_force(context, node).members());
    if let Role::Leader(Leader { change: Some(change), .. }) = &node.role
        && change.is_wanted
    {
        to = to.union(change.target.members());
    }
    to.without(NodeSet::of(context.me))
}

/// An operator wants another configuration. Nothing happens on a node that does not lead.
pub fn on_command(context: &mut Ctx<'_>, node: &mut Node, command: u8, server: NodeId) {
    let is_joint = context.setting(rules::MEMBERSHIP) == rules::MEMBERSHIP_JOINT;
    let latest = Arc::clone(node.configuration_up_to(u64::MAX).1);
    let Role::Leader(leader) = &mut node.role else { return };
    let collected = leader.change.take().filter(|_| is_joint).map(|change| change.target);
    let before = Configuration { outgoing: NodeSet::default(), ..(*latest).clone() };
    let mut target = collected.unwrap_or(before);
    match command {
        REMOVE_SERVER => {
            target.voters.remove(server);
            target.learners.remove(server);
        }
        ADD_LEARNER if !target.voters.contains(server) => target.learners.insert(server),
        PROMOTE if !target.learners.contains(server) => {}
        ADD_SERVER | PROMOTE => {
            target.voters.insert(server);
            target.learners.remove(server);
        }
        _ => {}
    }
    // A member alone would decide before anything is on a disk: no cluster is so small.
    if target.voters.len() < MEMBERS_MIN || (!latest.is_joint() && target == *latest) {
        return;
    }
    let is_wanted = !is_joint || command == CHANGE;
    leader.change = Some(Box::new(Change { target, is_wanted }));
    let members = latest.members();
    for to in audience(context, node).without(members).iter() {
        send_to(context, node, to);
    }
    begin_change(context, node);
}

/// Appends the configuration that is wanted, as soon as it may.
pub fn begin_change(context: &mut Ctx<'_>, node: &mut Node) {
    let (place, latest) = node.configuration_up_to(u64::MAX);
    let latest = Arc::clone(latest);
    let Role::Leader(Leader { change: Some(change), matched, transferee, .. }) = &node.role else {
        return;
    };
    // While leadership is handed over nothing new begins (§3.10).
    if !change.is_wanted || transferee.is_some() {
        return;
    }
    // Two changes under way together may reach configurations whose majorities do not meet.
    if place > node.commit && context.enforces(rules::ONE_CHANGE_AT_A_TIME) {
        return;
    }
    // An older leader's change may still be somewhere: it can no longer win once an entry of this
    // term is committed (Ongaro, 2015).
    let knows_what_is_committed = node.disk.log.term_at(node.commit) == Some(node.disk.term);
    if !knows_what_is_committed && context.enforces(rules::OWN_TERM_BEFORE_CHANGE) {
        return;
    }
    let newcomers = change.target.voters.without(latest.electorate());
    let is_behind = |server: NodeId| matched[server.index()] < node.commit;
    if newcomers.iter().any(is_behind) && context.enforces(rules::CATCH_UP_BEFORE_VOTING) {
        return;
    }
    let mut next = change.target.clone();
    let differ =
        next.voters.without(latest.voters).len() + latest.voters.without(next.voters).len();
    // Straight from old to new, nodes that know the new one and nodes that do not could each have a
    // majority of their own; one server more or less leaves no room for that (§4.1).
    let is_joint = context.setting(rules::MEMBERSHIP) == rules::MEMBERSHIP_JOINT;
    if is_joint && differ > 0 && context.enforces(rules::OLD_AND_NEW_TOGETHER) {
        next.outgoing = latest.voters;
    }
    if let Some(leader) = node.leader_mut() {
        leader.change = None;
    }
    append_configuration(context, node, next);
}

fn append_configuration(context: &mut Ctx<'_>, node: &mut Node, next: Configuration) {
    append(context, node, Command::Configuration(Arc::new(next)));
    send_to_all(context, node);
    advance_commit(context, node);
}

/// More is committed: where it is a configuration, the leader goes on to the next step.
pub fn after_commit(context: &mut Ctx<'_>, node: &mut Node) {
    if !node.is_leader() {
        return;
    }
    let (place, latest) = node.configuration_up_to(u64::MAX);
    if place <= node.commit && latest.is_joint() {
        // C_old,new is committed: from here neither can decide alone, and C_new may follow.
        let next = Configuration { outgoing: NodeSet::default(), ..(**latest).clone() };
        return append_configuration(context, node, next);
    }
    let is_removed = place > 0 && place <= node.commit && !latest.voters.contains(context.me);
    if is_removed && context.enforces(rules::REMOVED_LEADER_STEPS_DOWN) {
        return become_follower(context, node, None);
    }
    begin_change(context, node);
}
