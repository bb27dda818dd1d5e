//! Raft: a log that a cluster agrees on, led by one node at a time.
//!
//! **Problem.** Several nodes execute the same commands in the same order, so that they hold the
//! same data, although messages are lost, copied, delayed and overtaken, and nodes crash and come
//! back with nothing but their disks.
//!
//! **Roles.** A *follower* answers. A *candidate* asks for votes; before that a *pre-candidate*
//! asks whether it is worth while. A *leader* takes requests, puts them into its log and sends them
//! to all. Time is cut into numbered *terms* with at most one leader each.
//!
//! **Phases.** [`election`]: a follower that hears nothing for its election timeout campaigns in
//! the next term and leads with the votes of a majority. [`replication`]: the leader sends entries,
//! followers check that their logs agree just before them, and what a majority has stored is
//! committed. [`service`]: committed entries are executed in order and clients are answered; reads
//! go through the log, or by a round of heartbeats, or under a lease. [`transfer`]: a leader hands
//! over on purpose. [`snapshot`]: a node lets go of the beginning of its log, and a leader sends what
//! stands for it to whoever lags. [`membership`]: servers come and go, one at a time or by joint
//! consensus, and learn before they vote.
//!
//! **Why it is safe**, in one breath: two majorities share a node, so a term has one leader, and a
//! new leader's voters include a node with every committed entry, to whose log its own compared
//! well; hence it has them too. Members change so that this stays true: majorities of one
//! configuration and the next always share a node. Every sentence that this needs is one of
//! [`rules::RULES`], is named on the line that enforces it, and can be switched off.
//!
//! **Disk.** Term, vote, log and snapshot survive a crash. Messages that depend on a write wait for
//! it. The paper's optimisation by which a leader writes and sends at the same time (dissertation
//! §10.2.1) is left out; so are snapshots in chunks and the rounds in which a new server catches up
//! (it has when it holds all that is committed).
//!
//! **Source.** Ongaro and Ousterhout, *In Search of an Understandable Consensus Algorithm*, extended
//! version, 2014 ("Raft §"); Ongaro, *Consensus: Bridging Theory and Practice*, 2014
//! ("dissertation §"); Ongaro, *bug in single-server membership changes*, raft-dev, 10 July 2015.

mod configuration;
mod election;
mod invariants;
mod log;
mod membership;
mod message;
mod replication;
mod rules;
mod service;
mod snapshot;
mod state;
mod symmetry;
mod transfer;
mod view;

use std::sync::Arc;

pub use configuration::Configuration;
pub use invariants::Ghost;
pub use log::{Command, Entry, Log};
pub use membership::Change;
pub use message::{AppendResult, Message};
pub use snapshot::Snapshot;
pub use state::{Disk, Leader, Node, Role};

use crate::ids::{NodeId, RuleSet, TimerId};
use crate::operation::Operation;
use crate::past::{Owner, Remembered};
use crate::protocol::{
    Cluster, Context, Protocol, Request, SESSION_BEFORE_THE_RUN, Sheet, TimerKind,
};
use crate::renaming::Symmetry;
use crate::store::STORE_OPERATIONS;
use crate::view::{Formula, MessageLabel, NodeView};

/// A follower waits for its leader; a leader checks that it still has a quorum.
pub const ELECTION: TimerId = TimerId(0);
/// A leader's next round of heartbeats.
pub const HEARTBEAT: TimerId = TimerId(1);

/// The protocol; all that varies is in the scenario's rules and settings.
#[derive(Clone, Copy, Debug, Default)]
pub struct Raft;

static SHEET: Sheet = Sheet {
    id: "raft",
    title: "Raft",
    source: "Ongaro & Ousterhout 2014 (extended version); Ongaro, dissertation, 2014",
    guarantee: "Linearizable: every answer reflects all answers before it; it comes as long as a leader \
                reaches a majority.",
    period: "term",
    nodes_default: 5,
    nodes_range: (2, 101),
    messages: message::KINDS,
    timers: &[
        TimerKind {
            name: "election",
            text: "A follower gives up waiting for its leader; a leader checks its quorum.",
        },
        TimerKind { name: "heartbeat", text: "A leader sends its next round of heartbeats." },
    ],
    commands: membership::COMMANDS,
    rules: rules::RULES,
    invariants: invariants::INVARIANTS,
    settings: rules::SETTINGS,
    operations: STORE_OPERATIONS,
};

impl Protocol for Raft {
    type Node = Node;
    type Disk = Disk;
    type Message = Message;
    type Ghost = Ghost;

    const SHEET: &'static Sheet = &SHEET;

    fn boot(&self, context: &mut Context<'_, Self>, disk: Disk) -> Node {
        election::arm_election(context);
        let initial = initial_configuration(context.settings, context.node_count);
        Node::starting(context.me, disk, context.now_ms, initial)
    }

    fn on_message(
        &self,
        context: &mut Context<'_, Self>,
        node: &mut Node,
        from: NodeId,
        message: &Message,
    ) {
        match message {
            Message::PreVote { next_term, last_index, last_term, attempt } => {
                let last = (*last_index, *last_term);
                election::on_pre_vote(context, node, from, *next_term, last, *attempt);
            }
            Message::PreVoteReply { term, granted, attempt } => {
                election::on_pre_vote_reply(context, node, from, *term, *granted, *attempt);
            }
            Message::RequestVote { term, last_index, last_term, transfer } => {
                let last = (*last_index, *last_term);
                election::on_request_vote(context, node, from, *term, last, *transfer);
            }
            Message::RequestVoteReply { term, granted } => {
                election::on_request_vote_reply(context, node, from, *term, *granted);
            }
            Message::AppendEntries { term, prev_index, prev_term, entries, commit, round } => {
                let append = replication::Append {
                    term: *term,
                    prev: (*prev_index, *prev_term),
                    entries,
                    commit: *commit,
                    round: *round,
                };
                replication::on_append_entries(context, node, from, &append);
            }
            Message::AppendReply { term, request_term, result, round } => {
                let terms = (*term, *request_term);
                replication::on_append_reply(context, node, from, terms, *result, *round);
            }
            Message::TimeoutNow { term } => transfer::on_timeout_now(context, node, *term),
            Message::InstallSnapshot { term, snapshot, round } => {
                snapshot::on_install_snapshot(context, node, from, *term, snapshot, *round);
            }
            Message::InstallSnapshotReply { term, request_term, match_index, round } => {
                let terms = (*term, *request_term);
                snapshot::on_install_snapshot_reply(
                    context,
                    node,
                    from,
                    terms,
                    *match_index,
                    *round,
                );
            }
        }
    }

    fn on_timer(&self, context: &mut Context<'_, Self>, node: &mut Node, timer: TimerId) {
        match timer {
            ELECTION => election::on_election_timeout(context, node),
            HEARTBEAT => replication::on_heartbeat_timeout(context, node),
            _ => unreachable!("Raft has two timers"),
        }
    }

    fn on_request(&self, context: &mut Context<'_, Self>, node: &mut Node, request: &Request) {
        service::on_request(context, node, request);
    }

    fn on_command(
        &self,
        context: &mut Context<'_, Self>,
        node: &mut Node,
        command: u8,
        argument: NodeId,
    ) {
        match command {
            0 => transfer::on_transfer_command(context, node, argument),
            _ => membership::on_command(context, node, command, argument),
        }
    }

    fn disk<'a>(&self, node: &'a Node) -> &'a Disk {
        &node.disk
    }

    fn surviving(&self, disk: &Disk, rules: RuleSet) -> Disk {
        let mut disk = disk.clone();
        if !rules.contains(rules::DURABLE_TERM_AND_VOTE) {
            disk.term = 0;
            disk.voted_for = None;
        }
        if !rules.contains(rules::DURABLE_SNAPSHOT) && disk.snapshot.take().is_some() {
            // Entries without the beginning are no log.
            disk.log = Log::default();
        }
        if !rules.contains(rules::DURABLE_LOG) {
            disk.log.truncate(0);
        }
        disk
    }

    fn waits_for_disk(&self, message: &Message, rules: RuleSet) -> bool {
        match message {
            // Each tells of a term, which must not be forgotten once it is told.
            Message::PreVote { .. }
            | Message::PreVoteReply { .. }
            | Message::TimeoutNow { .. }
            | Message::RequestVote { .. }
            | Message::RequestVoteReply { .. } => rules.contains(rules::DURABLE_TERM_AND_VOTE),
            Message::AppendEntries { .. }
            | Message::AppendReply { .. }
            | Message::InstallSnapshot { .. } => rules.contains(rules::DURABLE_LOG),
            Message::InstallSnapshotReply { .. } => rules.contains(rules::DURABLE_SNAPSHOT),
        }
    }

    fn reply_waits_for_disk(&self, rules: RuleSet) -> bool {
        rules.contains(rules::DURABLE_LOG)
    }

    fn is_dead(&self, node: &Node, message: &Message, rules: RuleSet) -> bool {
        // Where old terms are not refused, or a node can forget its term, nothing is ever over.
        if !rules.contains(rules::REFUSE_STALE_TERM)
            || !rules.contains(rules::DURABLE_TERM_AND_VOTE)
        {
            return false;
        }
        let now = node.disk.term;
        match message {
            Message::PreVoteReply { term, .. } => *term <= now,
            Message::RequestVoteReply { term, granted } => {
                *term < now
                    || (*term == now && !(*granted && matches!(node.role, Role::Candidate { .. })))
            }
            // Only a leader heeds it, and only one that sent the message as leader of this term.
            Message::AppendReply { term, request_term, .. }
            | Message::InstallSnapshotReply { term, request_term, .. } => {
                *term <= now && (*request_term < now || !node.is_leader())
            }
            Message::TimeoutNow { term } => *term < now,
            // These are always answered.
            Message::PreVote { .. }
            | Message::RequestVote { .. }
            | Message::AppendEntries { .. }
            | Message::InstallSnapshot { .. } => false,
        }
    }

    fn is_late(&self, node: &Node, message: &Message) -> bool {
        let sent_in = match message {
            Message::PreVote { next_term, .. } => next_term.saturating_sub(1),
            // A consent names the term asked about, one above the sender's.
            Message::PreVoteReply { term, granted, .. } => term - u64::from(*granted),
            Message::RequestVote { term, .. }
            | Message::RequestVoteReply { term, .. }
            | Message::AppendEntries { term, .. }
            | Message::AppendReply { term, .. }
            | Message::TimeoutNow { term }
            | Message::InstallSnapshot { term, .. }
            | Message::InstallSnapshotReply { term, .. } => *term,
        };
        sent_in < node.disk.term
    }

    fn symmetry(&self) -> Option<&'static dyn Symmetry<Self>> {
        Some(&symmetry::Servers)
    }

    fn observe(
        &self,
        ghost: &mut Ghost,
        cluster: &Cluster<'_, Self>,
        touched: NodeId,
        report: &mut dyn FnMut(u8, String),
    ) {
        invariants::observe(ghost, cluster, touched, report);
    }

    fn view(&self, node: &Node) -> NodeView {
        view::node_view(node)
    }

    fn disk_view(&self, disk: &Disk) -> NodeView {
        view::disk_view(disk)
    }

    fn label(&self, message: &Message) -> MessageLabel {
        message.label()
    }

    fn message_kind(&self, message: &Message) -> u8 {
        message.kind()
    }

    fn refuses(&self, nodes: u16, settings: &[u32]) -> Option<String> {
        let members = settings[usize::from(rules::MEMBERS)];
        if members > u32::from(nodes) {
            return Some(format!("no more members at the start than nodes: {members} > {nodes}"));
        }
        let is_alone = members > 0 && members < membership::MEMBERS_MIN;
        is_alone.then(|| "2 or more members at the start: one alone needs no agreement".to_owned())
    }

    fn formulas(&self, nodes: u16, settings: &[u32]) -> Vec<Formula> {
        view::formulas(initial_configuration(settings, nodes).voters.len())
    }

    /// `term 6 vote n2 log 1 1 4 4`, each part optional; an entry is its term, or `TERM:KEY=VALUE`
    /// for one that writes.
    fn parse_disk(&self, words: &[&str], nodes: u16) -> Result<Disk, String> {
        const FORM: &str = "term NUMBER, vote NODE, and log TERM or TERM:KEY=VALUE …";
        let mut disk = Disk::default();
        let mut rest = words.iter();
        while let Some(word) = rest.next() {
            match *word {
                "term" => disk.term = number(rest.next(), "a term after `term`")?,
                "vote" => disk.voted_for = Some(node_name(rest.next(), nodes)?),
                "log" => {
                    for entry in rest.by_ref() {
                        disk.log.push(Arc::new(entry_from(entry)?));
                    }
                }
                _ => return Err(FORM.to_owned()),
            }
        }
        if disk.log.iter().zip(disk.log.iter().skip(1)).any(|((_, a), (_, b))| a.term > b.term) {
            return Err("terms that never fall along the log".to_owned());
        }
        if disk.term < disk.log.last_term() {
            return Err("a term no lower than that of the last entry".to_owned());
        }
        Ok(disk)
    }

    fn remembers(&self, disk: &Disk, owner: &Owner<'_>) -> Option<Vec<Remembered>> {
        if !initial_configuration(owner.settings, owner.nodes).members().contains(owner.node) {
            return None;
        }
        let requests = disk.log.iter().filter_map(|(index, entry)| match &entry.command {
            Command::Request(request) => {
                Some(Remembered::asked((index, entry.term), &request.operation))
            }
            _ => None,
        });
        Some(requests.collect())
    }
}

/// Who the members are at the start of a run.
fn initial_configuration(settings: &[u32], nodes: u16) -> Configuration {
    Configuration::initial(settings[usize::from(rules::MEMBERS)], nodes)
}

fn number(word: Option<&&str>, expected: &str) -> Result<u64, String> {
    // A bound far from the type's end: terms and places are counted up from here.
    word.filter(|word| !word.starts_with('+'))
        .and_then(|word| word.parse::<u32>().ok())
        .map(u64::from)
        .ok_or_else(|| expected.to_owned())
}

fn node_name(word: Option<&&str>, nodes: u16) -> Result<NodeId, String> {
    word.and_then(|word| NodeId::from_name(word, nodes))
        .ok_or_else(|| format!("a node from n1 to n{nodes} after `vote`"))
}

fn entry_from(word: &str) -> Result<Entry, String> {
    const EXPECTED: &str = "an entry as TERM or TERM:KEY=VALUE";
    let (term, write) = match word.split_once(':') {
        Some((term, write)) => (term, Some(write)),
        None => (word, None),
    };
    let term = number(Some(&term), EXPECTED)?;
    if term == 0 {
        return Err("an entry of term 1 or later".to_owned());
    }
    let command = match write {
        None => Command::Blank,
        Some(write) => {
            let (key, value) = write.split_once('=').ok_or(EXPECTED)?;
            let operation = Operation::parse(&["put", key, value])?;
            let client = crate::ids::ClientId(0);
            Command::Request(Request {
                client,
                session: SESSION_BEFORE_THE_RUN,
                sequence: 0,
                operation,
            })
        }
    };
    Ok(Entry { term, command })
}
