//! Multi-Paxos: a log of slots, each decided by Paxos, with phase 1 run once for all of them.
//!
//! **Problem.** Several nodes execute the same commands in the same order, so that they hold the
//! same data, although messages are lost, copied, delayed and overtaken, and nodes crash and come
//! back with nothing but their disks.
//!
//! **Roles.** Every node is an *acceptor*, which promises ballots and accepts values; a *replica*,
//! which learns decisions and executes them; and, where it thinks that nobody leads, a *candidate*
//! in phase 1 and then a *leader* in phase 2. A *ballot* is a round and a node, so that no two
//! leaders share one. Ballots are shown as one number: 23 is round 2 of n3.
//!
//! **Phases.** [`leader`]: a candidate asks for promises of its ballot, for all slots at once, and
//! is told what was accepted; with a majority it leads, proposes again what it was told, slot by
//! slot, fills the holes with no-ops, and then proposes what clients ask, several slots at a time
//! within a window. [`acceptor`]: a value that a majority has accepted in one ballot is decided.
//! [`replica`]: decisions go to all, who execute them in the order of the slots; whoever missed some
//! hears from a heartbeat that it did and asks for them. Whoever hears of a higher ballot gives
//! way, and waits before it tries again.
//!
//! **Why it is safe**, in one breath: two majorities share a node, so a candidate's promises include
//! one from a node that accepted each decided value, no lower ballot gets anything accepted by them
//! any more, and of the values told for a slot the one with the highest ballot is the decided one,
//! if any is; so every later ballot proposes it again. Every sentence that this needs is one of
//! [`rules::RULES`], is named on the line that enforces it, and can be switched off.
//!
//! **Reads** go through the log like writes, and in no other way: there is no lease.
//!
//! **Disk.** The promised ballot and the accepted values survive a crash. Messages that depend on a
//! write wait for it. Decisions are kept in memory and learned again after a restart. Left out are
//! snapshots (the log is never cut), changes of membership, and batching: phase 2 is one message a
//! slot and acceptor.
//!
//! **Source.** Lamport, *Paxos Made Simple*, 2001; van Renesse and Altinbuken, *Paxos Made
//! Moderately Complex*, ACM Computing Surveys 47(3), 2015; for quorums of other sizes Howard,
//! Malkhi and Spiegelman, *Flexible Paxos*, OPODIS 2016.

mod acceptor;
mod invariants;
mod leader;
mod message;
mod pvalue;
mod replica;
mod rules;
mod state;
mod view;

use std::sync::Arc;

pub use invariants::Ghost;
pub use message::Message;
pub use pvalue::{Ballot, Command, Pvalue, Slots};
pub use state::{Candidate, Disk, Leader, Node, Proposal, Quorums, Role};

use crate::ids::{ClientId, NodeId, RuleSet, TimerId};
use crate::operation::Operation;
use crate::past::{Owner, Remembered};
use crate::protocol::{
    Cluster, Context, Protocol, Request, SESSION_BEFORE_THE_RUN, Sheet, TimerKind,
};
use crate::store::STORE_OPERATIONS;
use crate::view::{Formula, MessageLabel, NodeView};

/// A replica waits for a leader, a candidate for promises.
pub const ELECTION: TimerId = TimerId(0);
/// A leader's next heartbeat.
pub const HEARTBEAT: TimerId = TimerId(1);

type Ctx<'a> = Context<'a, MultiPaxos>;

/// The protocol; all that varies is in the scenario's rules and settings.
#[derive(Clone, Copy, Debug, Default)]
pub struct MultiPaxos;

static SHEET: Sheet = Sheet {
    id: "multi_paxos",
    title: "Multi-Paxos",
    source: "Lamport, Paxos Made Simple, 2001; van Renesse & Altinbuken, Paxos Made Moderately Complex, 2015",
    guarantee: "Linearizable: every answer reflects all answers before it; it comes as long as a leader \
                reaches a majority of acceptors.",
    period: "ballot",
    nodes_default: 5,
    nodes_range: (2, 9),
    messages: message::KINDS,
    timers: &[
        TimerKind {
            name: "election",
            text: "A replica gives up waiting for a leader, or a candidate for promises, and \
                   tries to lead in a higher ballot.",
        },
        TimerKind {
            name: "heartbeat",
            text: "A leader says that it is alive, and asks again where answers are missing.",
        },
    ],
    commands: &[],
    rules: rules::RULES,
    invariants: invariants::INVARIANTS,
    settings: rules::SETTINGS,
    operations: STORE_OPERATIONS,
};

impl Protocol for MultiPaxos {
    type Node = Node;
    type Disk = Disk;
    type Message = Message;
    type Ghost = Ghost;

    const SHEET: &'static Sheet = &SHEET;

    fn boot(&self, context: &mut Context<'_, Self>, disk: Disk) -> Node {
        let quorums = Quorums::of(
            context.node_count,
            context.setting(rules::PHASE_1_QUORUM),
            context.setting(rules::PHASE_2_QUORUM),
        );
        let node = Node::starting(disk, quorums);
        leader::arm_election(context, &node);
        node
    }

    fn on_message(
        &self,
        context: &mut Context<'_, Self>,
        node: &mut Node,
        from: NodeId,
        message: &Message,
    ) {
        match message {
            Message::Prepare { ballot, first } => {
                acceptor::on_prepare(context, node, from, *ballot, *first);
            }
            Message::Promise { ballot, pvalues } => {
                leader::on_promise(context, node, from, *ballot, pvalues);
            }
            Message::Accept { ballot, slot, command } => {
                acceptor::on_accept(context, node, from, *ballot, *slot, command);
            }
            Message::Accepted { ballot, slot } => {
                leader::on_accepted(context, node, from, *ballot, *slot);
            }
            Message::Preempted { promised } => leader::on_preempted(context, node, *promised),
            Message::Decision { first, commands } => {
                replica::on_decision(context, node, *first, commands);
            }
            Message::Heartbeat { ballot, decided } => {
                leader::on_heartbeat(context, node, from, *ballot, *decided);
            }
            Message::CatchUp { first } => replica::on_catch_up(context, node, from, *first),
        }
    }

    fn on_timer(&self, context: &mut Context<'_, Self>, node: &mut Node, timer: TimerId) {
        match timer {
            ELECTION => leader::on_election_timeout(context, node),
            HEARTBEAT => leader::on_heartbeat_timeout(context, node),
            _ => unreachable!("Multi-Paxos has two timers"),
        }
    }

    fn on_request(&self, context: &mut Context<'_, Self>, node: &mut Node, request: &Request) {
        replica::on_request(context, node, request);
    }

    fn on_command(&self, _: &mut Context<'_, Self>, _: &mut Node, _: u8, _: NodeId) {
        unreachable!("Multi-Paxos has no command");
    }

    fn disk<'a>(&self, node: &'a Node) -> &'a Disk {
        &node.disk
    }

    fn surviving(&self, disk: &Disk, rules: RuleSet) -> Disk {
        let mut disk = disk.clone();
        if !rules.contains(rules::DURABLE_PROMISE) {
            disk.promised = Ballot::NONE;
        }
        if !rules.contains(rules::DURABLE_ACCEPTED_VALUE) {
            disk.accepted = Slots::default();
        }
        disk
    }

    fn waits_for_disk(&self, message: &Message, rules: RuleSet) -> bool {
        match message {
            Message::Prepare { .. } | Message::Promise { .. } => {
                rules.contains(rules::DURABLE_PROMISE)
            }
            // A leader counts its own acceptance; one whose disk stands still falls silent, so that
            // another takes over.
            Message::Accept { .. }
            | Message::Accepted { .. }
            | Message::Decision { .. }
            | Message::Heartbeat { .. } => rules.contains(rules::DURABLE_ACCEPTED_VALUE),
            // They promise nothing.
            Message::Preempted { .. } | Message::CatchUp { .. } => false,
        }
    }

    fn is_dead(&self, node: &Node, message: &Message, rules: RuleSet) -> bool {
        // Where promises can be taken back or forgotten, no ballot is ever over.
        if !rules.contains(rules::PROMISE_ONLY_HIGHER_BALLOTS)
            || !rules.contains(rules::DURABLE_PROMISE)
        {
            return false;
        }
        let promised = node.disk.promised;
        match message {
            // A node tries to lead in a ballot once.
            Message::Promise { ballot, .. } => {
                let is_asked_for = matches!(
                    &node.role, Role::Candidate(candidate) if candidate.ballot == *ballot
                );
                *ballot <= promised && !is_asked_for
            }
            Message::Accepted { ballot, slot } => match &node.role {
                Role::Leader(leader) if leader.ballot == *ballot => {
                    *slot < leader.next && node.decided.get(*slot).is_some()
                }
                _ => *ballot < promised,
            },
            Message::Preempted { promised: other } => {
                *other <= promised && node.own_ballot().is_none_or(|own| own >= *other)
            }
            // These are answered, or start a timer again; and a crash forgets decisions.
            Message::Prepare { .. }
            | Message::Accept { .. }
            | Message::Decision { .. }
            | Message::Heartbeat { .. }
            | Message::CatchUp { .. } => false,
        }
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
        rules::refuses(nodes, settings)
    }

    fn formulas(&self, nodes: u16, settings: &[u32]) -> Vec<Formula> {
        rules::formulas(nodes, settings)
    }

    /// `promised 23 accepted 1@11:x=5 2@23`, each part optional; a value is `SLOT@BALLOT` for a
    /// no-op, or `SLOT@BALLOT:KEY=VALUE` for a write.
    fn parse_disk(&self, words: &[&str], nodes: u16) -> Result<Disk, String> {
        const FORM: &str = "promised BALLOT, and accepted SLOT@BALLOT or SLOT@BALLOT:KEY=VALUE …";
        let mut disk = Disk::default();
        let mut rest = words.iter();
        while let Some(word) = rest.next() {
            match *word {
                "promised" => {
                    disk.promised = rest.next().and_then(|word| ballot_from(word)).ok_or(BALLOT)?;
                }
                "accepted" => {
                    for word in rest.by_ref() {
                        let (slot, pvalue) = pvalue_from(word)?;
                        disk.accepted.insert(slot, Arc::new(pvalue));
                    }
                }
                _ => return Err(FORM.to_owned()),
            }
        }
        let is_strange = |ballot: Ballot| ballot > Ballot::NONE && ballot.node.0 >= nodes;
        if is_strange(disk.promised)
            || disk.accepted.iter().any(|(_, value)| is_strange(value.ballot))
        {
            return Err(format!("ballots of nodes n1 to n{nodes}"));
        }
        if disk.accepted.iter().any(|(_, pvalue)| pvalue.ballot > disk.promised) {
            return Err("a promised ballot no lower than any accepted in".to_owned());
        }
        Ok(disk)
    }

    fn remembers(&self, disk: &Disk, _: &Owner<'_>) -> Option<Vec<Remembered>> {
        let requests = disk.accepted.iter().filter_map(|(slot, pvalue)| match &*pvalue.command {
            Command::Request(request) => {
                Some(Remembered::asked((slot, pvalue.ballot.number()), &request.operation))
            }
            Command::NoOp => None,
        });
        Some(requests.collect())
    }
}

const BALLOT: &str = "a ballot such as 23: round 2 of n3";

fn ballot_from(word: &str) -> Option<Ballot> {
    // A bound far from the type's end: rounds are counted up from here.
    word.parse::<u32>().ok().and_then(|number| Ballot::from_number(number.into()))
}

fn pvalue_from(word: &str) -> Result<(u64, Pvalue), String> {
    const EXPECTED: &str = "a value as SLOT@BALLOT or SLOT@BALLOT:KEY=VALUE";
    let (place, write) = match word.split_once(':') {
        Some((place, write)) => (place, Some(write)),
        None => (word, None),
    };
    let (slot, ballot) = place.split_once('@').ok_or(EXPECTED)?;
    // A log is never so long; a bound keeps what must be decided before it small.
    let slot = slot.parse::<u32>().ok().filter(|slot| (1..=1000).contains(slot));
    let slot = slot.ok_or("a slot from 1 to 1000")?;
    let ballot = ballot_from(ballot).filter(|ballot| *ballot > Ballot::NONE).ok_or(BALLOT)?;
    let command = match write {
        None => Command::NoOp,
        Some(write) => {
            let (key, value) = write.split_once('=').ok_or(EXPECTED)?;
            let operation = Operation::parse(&["put", key, value])?;
            // Numbered by slot, so that none is taken for a repetition of another.
            Command::Request(Request {
                client: ClientId(0),
                session: SESSION_BEFORE_THE_RUN,
                sequence: slot,
                operation,
            })
        }
    };
    Ok((slot.into(), Pvalue { ballot, command: Arc::new(command) }))
}
