//! Serving clients (paper §8; dissertation ch. 6): writes through the log, executed once, and reads
//! in three ways.

use super::log::{Command, ENTRIES_MAX};
use super::replication::{advance_commit, append, send_to_all};
use super::state::{Node, PendingRead, Role};
use super::{Raft, membership, rules};
use crate::protocol::{Answer, Context, Request, SESSION_BEFORE_THE_RUN};

type Ctx<'a> = Context<'a, Raft>;

/// The most unanswered rounds a leader remembers.
const ROUNDS_MAX: usize = 64;

/// A client asks.
pub fn on_request(context: &mut Ctx<'_>, node: &mut Node, request: &Request) {
    let Role::Leader(leader) = &node.role else {
        return context.reply(request, Answer::Redirect(node.leader));
    };
    // While leadership is handed over nothing new begins (§3.10); a full log takes nothing either.
    if leader.transferee.is_some() || node.disk.log.last_index() >= ENTRIES_MAX {
        return context.reply(request, Answer::Redirect(None));
    }
    if request.operation.is_read() {
        if holds_lease(context, node) {
            return answer_from_store(context, node, request);
        }
        if !context.enforces(rules::NO_STALE_LEADER_READS) {
            return answer_from_store(context, node, request);
        }
        if context.setting(rules::READS) != rules::READS_LOG {
            return begin_read(context, node, request);
        }
    }
    if let Some(outcome) = node.sessions.earlier(request).cloned()
        && context.enforces(rules::SESSION_DEDUP)
    {
        return context.reply(request, Answer::Done { outcome, as_of: node.applied });
    }
    let is_under_way =
        node.disk.log.iter().rev().take_while(|(index, _)| *index > node.commit).any(
            |(_, entry)| {
                // An older leader's copy may never be committed; this one's will.
                entry.term == node.disk.term && is_same_request(&entry.command, request)
            },
        );
    if is_under_way && context.enforces(rules::SESSION_DEDUP) {
        return; // It is answered when it is committed.
    }
    append(context, node, Command::Request(request.clone()));
    send_to_all(context, node);
    advance_commit(context, node);
}

fn is_same_request(command: &Command, request: &Request) -> bool {
    match command {
        Command::Blank | Command::Configuration(_) => false,
        Command::Request(other) => {
            (other.session, other.sequence) == (request.session, request.sequence)
        }
    }
}

/// Executes what is committed, in order. The leader answers; the others only keep up.
pub fn apply(context: &mut Ctx<'_>, node: &mut Node) {
    while node.applied < node.commit {
        let Some(entry) = node.disk.log.get(node.applied + 1).cloned() else { return };
        node.applied += 1;
        let Command::Request(request) = &entry.command else { continue };
        // What was written before the run has no session, and nothing of it was repeated.
        let has_session = request.session != SESSION_BEFORE_THE_RUN;
        let earlier = node.sessions.earlier(request).filter(|_| has_session).cloned();
        let outcome = match earlier {
            // The same request at a second place in the log: a retry that reached the leader
            // before it knew of the first. It must not happen twice (§8).
            Some(outcome) if context.enforces(rules::SESSION_DEDUP) => outcome,
            _ => {
                let outcome = node.store.execute(request.client, &request.operation);
                node.sessions.remember(request, outcome.clone());
                if !request.operation.is_read() {
                    context.executed(node.applied, request);
                }
                outcome
            }
        };
        if node.is_leader() && request.session != SESSION_BEFORE_THE_RUN {
            context.reply(request, Answer::Done { outcome, as_of: node.applied });
        }
    }
}

fn answer_from_store(context: &mut Ctx<'_>, node: &Node, request: &Request) {
    let outcome = node.store.read(request.operation.key());
    context.reply(request, Answer::Done { outcome, as_of: node.applied });
}

/// Whether the leader knows what is committed: it has committed an entry of its own term, as no
/// earlier leader's commit index can be beyond that (§8).
fn knows_what_is_committed(context: &mut Ctx<'_>, node: &Node) -> bool {
    node.disk.log.term_at(node.commit) == Some(node.disk.term)
        || !context.enforces(rules::NO_OP_ON_ELECTION)
}

/// Whether the leader may answer reads alone. It is safe only while no other clock runs much faster
/// than this one (§6.4.1): nobody who answered the round votes before its own clock has counted an
/// election timeout.
fn holds_lease(context: &mut Ctx<'_>, node: &Node) -> bool {
    let Role::Leader(leader) = &node.role else { return false };
    context.setting(rules::READS) == rules::READS_LEASE
        && !leader.handed_over
        && context.now_ms < leader.lease_until_ms
        && knows_what_is_committed(context, node)
}

/// A read that needs no log entry: it waits for a round of heartbeats.
fn begin_read(context: &mut Ctx<'_>, node: &mut Node, request: &Request) {
    let Role::Leader(leader) = &node.role else { return };
    if leader.reads.iter().any(|read| read.request == *request) {
        return; // A retry of a read that waits already.
    }
    let round = begin_round(context, node);
    let Role::Leader(leader) = &mut node.role else { return };
    leader.reads.push(PendingRead { request: request.clone(), round });
    send_to_all(context, node);
    answer_reads(context, node);
}

/// Numbers the next messages to all, so that their answers prove when the leader still led.
pub fn begin_round(context: &mut Ctx<'_>, node: &mut Node) -> u64 {
    let Some(leader) = node.leader_mut() else { return 0 };
    leader.round += 1;
    let round = leader.round;
    leader.answered[context.me.index()] = round;
    leader.rounds.push_back((round, context.now_ms));
    // A leader that is cut off gets no answers; only its latest rounds can still be of use.
    if leader.rounds.len() > ROUNDS_MAX {
        leader.rounds.pop_front();
    }
    round
}

/// Answers the reads whose round a majority has answered: the leader led when the round began,
/// that is, after the read was asked (§6.4, steps 1 to 4).
pub fn answer_reads(context: &mut Ctx<'_>, node: &mut Node) {
    let Role::Leader(leader) = &node.role else { return };
    if leader.rounds.is_empty() && leader.reads.is_empty() {
        return;
    }
    let confirmed = membership::in_force(context, node).reached(context, &leader.answered);
    let Role::Leader(leader) = &mut node.role else { return };
    let lease_ms = u64::from(context.settings[usize::from(rules::LEASE_MS)]);
    while let Some((round, sent_ms)) = leader.rounds.front().copied()
        && round <= confirmed
    {
        leader.lease_until_ms = leader.lease_until_ms.max(sent_ms + lease_ms);
        leader.rounds.pop_front();
    }
    if leader.reads.is_empty() || !leader.reads.iter().any(|read| read.round <= confirmed) {
        return;
    }
    if !knows_what_is_committed(context, node) {
        return;
    }
    let Role::Leader(leader) = &mut node.role else { return };
    let (ready, waiting) = leader.reads.drain(..).partition(|read| read.round <= confirmed);
    leader.reads = waiting;
    let ready: Vec<PendingRead> = ready;
    for read in &ready {
        answer_from_store(context, node, &read.request);
    }
}
