//! Log compaction (paper §7; dissertation ch. 5): each node replaces the beginning of its log by a
//! snapshot of what it has executed, and a leader sends its snapshot to whoever lacks entries that
//! are gone. The paper's cutting of a snapshot into chunks is left out: it travels whole.

use std::sync::Arc;

use super::configuration::Configuration;
use super::log::Log;
use super::message::Message;
use super::replication::{accept_leader, advance_matched};
use super::state::Node;
use super::{Raft, rules, service};
use crate::ids::NodeId;
use crate::protocol::Context;
use crate::store::{Sessions, Store};

type Ctx<'a> = Context<'a, Raft>;

/// What stands for the log up to a place.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Snapshot {
    /// The place of the last entry it covers.
    pub last_index: u64,
    /// The term of that entry.
    pub last_term: u64,
    /// The hash over all entries it covers, for the checkers.
    pub chain: u64,
    /// The state machine.
    pub store: Store,
    /// What the state machine remembers of clients.
    pub sessions: Sessions,
    /// The latest configuration it covers; `None` for the one at the beginning.
    pub configuration: Option<Arc<Configuration>>,
}

/// Replaces what is executed by a snapshot where there is enough of it. A node does so with the
/// rhythm of heartbeats, apart from what clients wait for.
pub fn compact(context: &mut Ctx<'_>, node: &mut Node) {
    let every = u64::from(context.setting(rules::COMPACT_AFTER));
    let log = &node.disk.log;
    if every == 0 || node.applied.saturating_sub(log.base()) < every {
        return;
    }
    // Only what is committed and executed may go: the rest may yet be erased.
    let last_index = node.applied;
    let (Some(last_term), Some(chain)) = (log.term_at(last_index), log.chain_at(last_index)) else {
        return;
    };
    let configuration = node.disk.configuration_up_to(last_index).map(|(_, found)| found.clone());
    let has_sessions = !node.sessions.is_empty();
    let snapshot = Snapshot {
        last_index,
        last_term,
        chain,
        store: node.store.clone(),
        // Without them a request that is repeated later would be executed again (§8).
        sessions: if has_sessions && !context.enforces(rules::SNAPSHOT_HAS_SESSIONS) {
            Sessions::default()
        } else {
            node.sessions.clone()
        },
        // Its entry goes with the others; without it the node falls back to an older one (§7).
        configuration: configuration
            .filter(|_| context.enforces(rules::SNAPSHOT_HAS_CONFIGURATION)),
    };
    node.disk.log.compact(last_index);
    node.disk.snapshot = Some(Arc::new(snapshot));
}

/// Sends the leader's snapshot to a node that lacks entries which the leader no longer has.
pub fn send(context: &mut Ctx<'_>, node: &Node, to: NodeId, round: u64) {
    if let Some(snapshot) = node.disk.snapshot.clone() {
        context.send(to, Message::InstallSnapshot { term: node.disk.term, snapshot, round });
    }
}

/// A leader's snapshot arrives (figure 13).
pub fn on_install_snapshot(
    context: &mut Ctx<'_>,
    node: &mut Node,
    from: NodeId,
    request_term: u64,
    snapshot: &Arc<Snapshot>,
    round: u64,
) {
    let mut match_index = 0;
    match accept_leader(context, node, from, request_term) {
        None => return,
        // The answer's term tells a deposed leader so.
        Some(false) => {}
        Some(true) => {
            install(context, node, snapshot);
            match_index = snapshot.last_index;
        }
    }
    let term = node.disk.term;
    context.send(from, Message::InstallSnapshotReply { term, request_term, match_index, round });
}

fn install(context: &mut Ctx<'_>, node: &mut Node, snapshot: &Arc<Snapshot>) {
    let (last_index, last_term) = (snapshot.last_index, snapshot.last_term);
    let log = &node.disk.log;
    // Its last entry is in the log, or covered by the node's own snapshot: the log agrees so far,
    // and what follows may be newer, and acknowledged.
    let has_it = last_index <= log.base() || log.term_at(last_index) == Some(last_term);
    let has_more = has_it && (node.applied > last_index || log.last_index() > last_index);
    if has_it && (!has_more || context.enforces(rules::SNAPSHOT_KEEPS_NEWER)) {
        node.commit = node.commit.max(last_index);
        return service::apply(context, node);
    }
    node.disk.log = Log::after_snapshot(last_index, last_term, snapshot.chain);
    node.disk.snapshot = Some(Arc::clone(snapshot));
    node.restore();
}

/// A follower has taken a snapshot: what comes after it can follow as entries.
pub fn on_install_snapshot_reply(
    context: &mut Ctx<'_>,
    node: &mut Node,
    from: NodeId,
    terms: (u64, u64),
    match_index: u64,
    round: u64,
) {
    if super::replication::heed_answer(context, node, from, terms, round) {
        if match_index > 0 {
            advance_matched(context, node, from, match_index);
        }
        service::answer_reads(context, node);
    }
}
