//! Elections (paper §5.2, §5.4.1), with pre-vote (dissertation §9.6), quorum check (§6.2) and the
//! protection of a leader that is alive (§4.2.3).

use super::message::Message;
use super::state::{Leader, Node, Role};
use super::{ELECTION, HEARTBEAT, Raft, membership, rules};
use crate::ids::{NodeId, NodeSet};
use crate::protocol::Context;

type Ctx<'a> = Context<'a, Raft>;

/// Restarts the wait for a leader.
pub fn arm_election(context: &mut Ctx<'_>) {
    let min_ms = context.setting(rules::ELECTION_MIN_MS);
    let max_ms = context.setting(rules::ELECTION_MAX_MS);
    context.arm(ELECTION, min_ms, max_ms.max(min_ms));
}

/// The election timer fired: a leader checks its quorum, anyone else tries to become leader.
pub fn on_election_timeout(context: &mut Ctx<'_>, node: &mut Node) {
    if let Role::Leader(leader) = &mut node.role {
        let heard = leader.heard.union(NodeSet::of(context.me));
        leader.heard = NodeSet::default();
        if context.now_ms >= leader.transfer_until_ms {
            leader.transferee = None; // Handing over took too long: go on leading (§3.10).
        }
        let has_quorum = membership::in_force(context, node).decides(context, heard);
        if !has_quorum && context.enforces(rules::CHECK_QUORUM) {
            become_follower(context, node, None);
        } else {
            arm_election(context);
        }
        return;
    }
    // Its own timer says that the leader is silent: what it promised it is over.
    node.heard_ms = None;
    if !membership::may_campaign(context, node) {
        // A learner, or no member at all: it waits, and sends no client to a leader of the past.
        node.leader = None;
        return arm_election(context);
    }
    if context.enforces(rules::PRE_VOTE) {
        pre_campaign(context, node);
    } else {
        campaign(context, node, false);
    }
}

/// Asks whether an election would succeed. Nothing durable changes, so that a node that is cut
/// off cannot raise its term again and again.
fn pre_campaign(context: &mut Ctx<'_>, node: &mut Node) {
    node.leader = None;
    node.attempts += 1;
    node.role = Role::PreCandidate { granted: NodeSet::of(context.me) };
    arm_election(context);
    let question = Message::PreVote {
        next_term: node.disk.term + 1,
        last_index: node.disk.log.last_index(),
        last_term: node.disk.log.last_term(),
        attempt: node.attempts,
    };
    ask(context, node, &question);
    count_pre_votes(context, node);
}

/// Asks everyone who has a vote.
fn ask(context: &mut Ctx<'_>, node: &Node, question: &Message) {
    for voter in membership::asked(context, node).iter() {
        context.send(voter, question.clone());
    }
}

/// Campaigns where the consents are enough.
fn count_pre_votes(context: &mut Ctx<'_>, node: &mut Node) {
    let Role::PreCandidate { granted } = node.role else { return };
    if membership::in_force(context, node).decides(context, granted) {
        campaign(context, node, false);
    }
}

/// Starts an election in the next term, beginning with a vote for itself.
pub fn campaign(context: &mut Ctx<'_>, node: &mut Node, transfer: bool) {
    node.disk.term += 1;
    node.disk.voted_for = Some(context.me);
    node.leader = None;
    node.role = Role::Candidate { granted: NodeSet::of(context.me) };
    arm_election(context);
    let question = Message::RequestVote {
        term: node.disk.term,
        last_index: node.disk.log.last_index(),
        last_term: node.disk.log.last_term(),
        transfer,
    };
    ask(context, node, &question);
    count_votes(context, node);
}

/// Becomes leader where the votes are enough.
fn count_votes(context: &mut Ctx<'_>, node: &mut Node) {
    let Role::Candidate { granted } = node.role else { return };
    let enough = membership::in_force(context, node).decides(context, granted);
    if enough || !context.enforces(rules::ELECTION_NEEDS_MAJORITY) {
        become_leader(context, node);
    }
}

fn become_leader(context: &mut Ctx<'_>, node: &mut Node) {
    node.role = Role::Leader(Leader::beginning(context.node_count, node.disk.log.last_index()));
    node.leader = Some(context.me);
    arm_election(context);
    super::replication::begin_term(context, node);
}

/// Follows, in the node's present term; forgets whatever its last role knew.
pub fn become_follower(context: &mut Ctx<'_>, node: &mut Node, leader: Option<NodeId>) {
    node.role = Role::Follower;
    node.leader = leader;
    context.disarm(HEARTBEAT);
    arm_election(context);
}

/// Takes over a higher term: whatever the node was doing belonged to an older one (§5.1).
pub fn observe_term(context: &mut Ctx<'_>, node: &mut Node, term: u64) {
    if term <= node.disk.term {
        return;
    }
    node.disk.term = term;
    node.disk.voted_for = None;
    node.leader = None;
    match node.role {
        Role::Follower => {}
        _ if context.enforces(rules::STEP_DOWN_ON_HIGHER_TERM) => {
            become_follower(context, node, None);
        }
        _ => {} // Without the rule it keeps its role in a term that never gave it.
    }
}

/// Whether the node has heard from a leader so lately that nobody may depose it yet.
fn hears_a_leader(context: &Ctx<'_>, node: &Node) -> bool {
    let window_ms = u64::from(context.setting(rules::ELECTION_MIN_MS));
    node.is_leader() || node.heard_ms.is_some_and(|heard_ms| context.now_ms < heard_ms + window_ms)
}

/// Somebody asks whether it could win.
pub fn on_pre_vote(
    context: &mut Ctx<'_>,
    node: &mut Node,
    from: NodeId,
    next_term: u64,
    (last_index, last_term): (u64, u64),
    attempt: u64,
) {
    let granted = next_term > node.disk.term
        && (node.disk.log.is_covered_by(last_term, last_index)
            || !context.enforces(rules::VOTE_NEEDS_UP_TO_DATE_LOG))
        // Whoever hears a leader sees no need for another (§9.6).
        && !(hears_a_leader(context, node) && context.enforces(rules::PRE_VOTE));
    let term = if granted { next_term } else { node.disk.term };
    context.send(from, Message::PreVoteReply { term, granted, attempt });
}

/// An answer to a pre-vote. A refusal may bring a higher term, a consent never does.
pub fn on_pre_vote_reply(
    context: &mut Ctx<'_>,
    node: &mut Node,
    from: NodeId,
    term: u64,
    granted: bool,
    attempt: u64,
) {
    if !granted {
        return observe_term(context, node, term);
    }
    let is_present = attempt == node.attempts && term == node.disk.term + 1;
    let Role::PreCandidate { granted } = &mut node.role else { return };
    if !is_present {
        return; // A consent to an earlier attempt.
    }
    granted.insert(from);
    count_pre_votes(context, node);
}

/// A candidate asks for a vote.
pub fn on_request_vote(
    context: &mut Ctx<'_>,
    node: &mut Node,
    from: NodeId,
    term: u64,
    (last_index, last_term): (u64, u64),
    transfer: bool,
) {
    // §4.2.3: neither a vote nor even the candidate's term, unless the leader itself wants to go.
    // In the candidate's own term too: a term may have been heard of without a vote in it.
    if term >= node.disk.term
        && !transfer
        && hears_a_leader(context, node)
        && context.enforces(rules::LEADER_STICKINESS)
    {
        return;
    }
    observe_term(context, node, term);
    let granted = can_vote_for(context, node, from, term, (last_index, last_term));
    if granted {
        node.disk.voted_for = Some(from);
        if !node.is_leader() {
            arm_election(context);
        }
    }
    context.send(from, Message::RequestVoteReply { term: node.disk.term, granted });
}

/// The three conditions of a vote (§5.1, §5.2, §5.4.1).
fn can_vote_for(
    context: &mut Ctx<'_>,
    node: &Node,
    candidate: NodeId,
    term: u64,
    (last_index, last_term): (u64, u64),
) -> bool {
    let is_stale = term < node.disk.term;
    if is_stale && context.enforces(rules::REFUSE_STALE_TERM) {
        return false;
    }
    // One vote a term, or two candidates could both have a majority.
    let is_taken = node.disk.voted_for.is_some_and(|other| other != candidate);
    if is_taken && context.enforces(rules::VOTE_ONCE_PER_TERM) {
        return false;
    }
    // Every committed entry is on a majority; whoever wins a majority must be as up to date as one
    // of those nodes, and so has every committed entry.
    let is_behind = !node.disk.log.is_covered_by(last_term, last_index);
    if is_behind && context.enforces(rules::VOTE_NEEDS_UP_TO_DATE_LOG) {
        return false;
    }
    true
}

/// An answer to a request for a vote.
pub fn on_request_vote_reply(
    context: &mut Ctx<'_>,
    node: &mut Node,
    from: NodeId,
    term: u64,
    vote: bool,
) {
    observe_term(context, node, term);
    let is_stale = term < node.disk.term;
    let Role::Candidate { granted } = &mut node.role else { return };
    if !vote {
        return;
    }
    // A vote of an earlier election says nothing about this one.
    if is_stale && context.enforces(rules::REFUSE_STALE_TERM) {
        return;
    }
    granted.insert(from);
    count_votes(context, node);
}
