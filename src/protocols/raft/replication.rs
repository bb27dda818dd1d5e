//! Log replication and commitment (paper §5.3, §5.4.2).

use std::sync::Arc;

use super::election::{arm_election, become_follower, observe_term};
use super::log::{Command, Entry};
use super::message::{AppendResult, Message};
use super::state::{Node, Role};
use super::{HEARTBEAT, Raft, membership, rules, service, snapshot, transfer};
use crate::ids::NodeId;
use crate::protocol::Context;

type Ctx<'a> = Context<'a, Raft>;

/// The first acts of a new leader: a blank entry of its own term, and a message to everyone.
pub fn begin_term(context: &mut Ctx<'_>, node: &mut Node) {
    // Until an entry of its own term is committed a leader knows neither what is (§8) nor may it
    // commit anything older (§5.4.2).
    if context.enforces(rules::NO_OP_ON_ELECTION) {
        append(context, node, Command::Blank);
    } else {
        let last_index = node.disk.log.last_index();
        if let Some(leader) = node.leader_mut() {
            leader.matched[context.me.index()] = last_index;
        }
    }
    on_heartbeat_timeout(context, node);
    advance_commit(context, node);
}

/// Adds an entry of the leader's term to its own log. A leader never deletes or overwrites one.
pub fn append(context: &mut Ctx<'_>, node: &mut Node, command: Command) {
    let term = node.disk.term;
    node.disk.log.push(Arc::new(Entry { term, command }));
    let last_index = node.disk.log.last_index();
    if let Some(leader) = node.leader_mut() {
        leader.matched[context.me.index()] = last_index;
    }
}

/// The heartbeat timer fired: keep everyone from starting an election.
pub fn on_heartbeat_timeout(context: &mut Ctx<'_>, node: &mut Node) {
    if node.is_leader() {
        let heartbeat_ms = context.setting(rules::HEARTBEAT_MS);
        context.arm(HEARTBEAT, heartbeat_ms, heartbeat_ms);
        snapshot::compact(context, node);
        if context.setting(rules::READS) == rules::READS_LEASE {
            service::begin_round(context, node);
        }
        send_to_all(context, node);
    }
}

/// Sends every other member what it lacks.
pub fn send_to_all(context: &mut Ctx<'_>, node: &Node) {
    for to in membership::audience(context, node).iter() {
        send_to(context, node, to);
    }
}

/// Sends one node what it lacks, or a heartbeat.
pub fn send_to(context: &mut Ctx<'_>, node: &Node, to: NodeId) {
    let Role::Leader(leader) = &node.role else { return };
    let log = &node.disk.log;
    let prev_index = (leader.next[to.index()] - 1).min(log.last_index());
    if prev_index < log.base() {
        // What comes next for that node is gone: the snapshot stands for it (§7).
        return snapshot::send(context, node, to, leader.round);
    }
    let count = context.setting(rules::ENTRIES_PER_MESSAGE) as usize;
    let message = Message::AppendEntries {
        term: node.disk.term,
        prev_index,
        prev_term: log.term_at(prev_index).unwrap_or(0),
        entries: log.after(prev_index, count),
        commit: node.commit,
        round: leader.round,
    };
    context.send(to, message);
}

/// What an `AppendEntries` brings.
pub struct Append<'a> {
    /// The leader's term.
    pub term: u64,
    /// The place just before the new entries, and its term.
    pub prev: (u64, u64),
    /// The new entries.
    pub entries: &'a [Arc<Entry>],
    /// How far the leader has committed.
    pub commit: u64,
    /// The leader's round.
    pub round: u64,
}

/// Entries or a heartbeat arrive.
pub fn on_append_entries(
    context: &mut Ctx<'_>,
    node: &mut Node,
    from: NodeId,
    append: &Append<'_>,
) {
    match accept_leader(context, node, from, append.term) {
        None => return,
        Some(false) => {
            // The answer's term tells a deposed leader so.
            let conflict_index = node.disk.log.last_index() + 1;
            let result = AppendResult::Rejected { conflict_index, conflict_term: None };
            return answer(context, node, from, append, result);
        }
        Some(true) => {}
    }
    snapshot::compact(context, node);
    let result = match conflict(context, node, append.prev) {
        Some(rejected) => rejected,
        None => {
            let match_index = store(context, node, append.prev.0, append.entries);
            // The leader's commit index may be beyond what this message proves to agree.
            node.commit = node.commit.max(append.commit.min(match_index));
            service::apply(context, node);
            AppendResult::Accepted { match_index }
        }
    };
    answer(context, node, from, append, result);
}

/// Follows the sender of an `AppendEntries` or `InstallSnapshot` of that term; false where its term
/// is over, `None` where the node leads itself.
pub fn accept_leader(
    context: &mut Ctx<'_>,
    node: &mut Node,
    from: NodeId,
    term: u64,
) -> Option<bool> {
    observe_term(context, node, term);
    if term < node.disk.term && context.enforces(rules::REFUSE_STALE_TERM) {
        return Some(false);
    }
    match node.role {
        // Only where a rule is off are there two leaders of one term: neither obeys the other.
        Role::Leader(_) => return None,
        Role::PreCandidate { .. } | Role::Candidate { .. } => {
            become_follower(context, node, Some(from));
        }
        Role::Follower => {
            node.leader = Some(from);
            arm_election(context);
        }
    }
    node.heard_ms = Some(context.now_ms);
    Some(true)
}

fn answer(
    context: &mut Ctx<'_>,
    node: &Node,
    from: NodeId,
    append: &Append<'_>,
    result: AppendResult,
) {
    let (term, request_term, round) = (node.disk.term, append.term, append.round);
    context.send(from, Message::AppendReply { term, request_term, result, round });
}

/// The consistency check: does this log agree with the leader's just before the new entries? By
/// induction agreement there means agreement everywhere before (§5.3, log matching).
fn conflict(
    context: &mut Ctx<'_>,
    node: &Node,
    (prev_index, prev_term): (u64, u64),
) -> Option<AppendResult> {
    let log = &node.disk.log;
    if prev_index < log.base() {
        return None; // What the snapshot covers is committed, and so the leader has the same.
    }
    let found_term = log.term_at(prev_index);
    if found_term == Some(prev_term) || !context.enforces(rules::LOG_MATCHING_CHECK) {
        return None;
    }
    // The whole conflicting term is named at once, so that the leader skips it in one step (end of
    // §5.3).
    Some(match found_term {
        Some(term) => AppendResult::Rejected {
            conflict_index: log.first_index_of_run(prev_index),
            conflict_term: Some(term),
        },
        None => {
            AppendResult::Rejected { conflict_index: log.last_index() + 1, conflict_term: None }
        }
    })
}

/// Stores new entries after a place; returns the last place now known to agree with the leader.
fn store(context: &mut Ctx<'_>, node: &mut Node, prev_index: u64, entries: &[Arc<Entry>]) -> u64 {
    let log = &mut node.disk.log;
    if prev_index < log.base() {
        // Of what the snapshot covers nothing is left to compare.
        let covered = (log.base() - prev_index) as usize;
        return match entries.get(covered..) {
            Some(rest) if !rest.is_empty() => {
                store(context, node, prev_index + covered as u64, rest)
            }
            _ => prev_index + entries.len() as u64,
        };
    }
    // Beyond the end only where the consistency check is off.
    let base = prev_index.min(log.last_index());
    let match_index = base + entries.len() as u64;
    let conflict = (base + 1..)
        .zip(entries)
        .find(|(index, entry)| log.term_at(*index).is_some_and(|present| present != entry.term));
    if let Some((index, _)) = conflict {
        log.truncate(index - 1);
    } else if log.last_index() > match_index && !context.enforces(rules::TRUNCATE_ONLY_ON_CONFLICT)
    {
        // Messages overtake each other: what this one does not mention may be newer, not wrong.
        log.truncate(match_index);
    }
    for (index, entry) in (base + 1..).zip(entries) {
        if index > log.last_index() {
            log.push(Arc::clone(entry));
        }
    }
    match_index
}

/// A follower answers.
pub fn on_append_reply(
    context: &mut Ctx<'_>,
    node: &mut Node,
    from: NodeId,
    (term, request_term): (u64, u64),
    result: AppendResult,
    round: u64,
) {
    if !heed_answer(context, node, from, (term, request_term), round) {
        return;
    }
    let last_index = node.disk.log.last_index();
    let place = from.index();
    let Role::Leader(leader) = &mut node.role else { return };
    match result {
        AppendResult::Accepted { match_index } => {
            advance_matched(context, node, from, match_index);
        }
        AppendResult::Rejected { conflict_index, conflict_term } => {
            let own_end = conflict_term.and_then(|term| node.disk.log.last_index_of_term(term));
            // Where the leader has the conflicting term too, its last entry of it is the first
            // place where the logs can agree.
            let next = own_end.map_or(conflict_index, |end| end + 1);
            let next = next.clamp(leader.matched[place] + 1, last_index + 1);
            // A late refusal must not move the leader forward again.
            if next < leader.next[place] {
                leader.next[place] = next;
                send_to(context, node, from);
            }
        }
    }
    service::answer_reads(context, node);
}

/// Takes note of whoever answers; false where the answer says nothing to a leader of this term.
pub fn heed_answer(
    context: &mut Ctx<'_>,
    node: &mut Node,
    from: NodeId,
    (term, request_term): (u64, u64),
    round: u64,
) -> bool {
    observe_term(context, node, term);
    // What it sent in an earlier term, perhaps as leader of that one, proves nothing in this.
    let is_stale = request_term < node.disk.term;
    if !node.is_leader() || (is_stale && context.enforces(rules::REFUSE_STALE_TERM)) {
        return false;
    }
    let Role::Leader(leader) = &mut node.role else { return false };
    leader.heard.insert(from);
    let answered = &mut leader.answered[from.index()];
    *answered = round.max(*answered);
    true
}

/// A follower's log is known to agree up to a place.
pub fn advance_matched(context: &mut Ctx<'_>, node: &mut Node, from: NodeId, match_index: u64) {
    let last_index = node.disk.log.last_index();
    let place = from.index();
    let Role::Leader(leader) = &mut node.role else { return };
    let before = leader.matched[place];
    let matched = before.max(match_index.min(last_index));
    leader.matched[place] = matched;
    leader.next[place] = leader.next[place].max(matched + 1);
    // An answer to an older message says nothing new, and what it lacks is under way.
    let has_more = matched > before && leader.next[place] <= last_index;
    advance_commit(context, node);
    membership::begin_change(context, node);
    transfer::continue_transfer(context, node, from);
    if has_more {
        send_to(context, node, from);
    }
}

/// Commits what may be committed, and executes it.
pub fn advance_commit(context: &mut Ctx<'_>, node: &mut Node) {
    let Role::Leader(leader) = &node.role else { return };
    if node.disk.log.last_index() <= node.commit {
        return;
    }
    // Any two majorities share a node: the next leader's voters include one that has the entry.
    let stored_by_any = leader.matched.iter().copied().max().unwrap_or(0);
    let index = membership::in_force(context, node).reached(context, &leader.matched);
    let index = if index < stored_by_any && !context.enforces(rules::COMMIT_NEEDS_MAJORITY) {
        stored_by_any
    } else {
        index
    };
    if index <= node.commit {
        return;
    }
    // Terms never fall along a log: where this entry is of an older term, so are all before it. An
    // old entry on a majority can still be overwritten by a node that has a newer one (figure 8).
    let is_own_term = node.disk.log.term_at(index) == Some(node.disk.term);
    if is_own_term || !context.enforces(rules::COMMIT_ONLY_OWN_TERM) {
        node.commit = index;
        service::apply(context, node);
        service::answer_reads(context, node);
        membership::after_commit(context, node);
    }
}
