//! Paxos Commit: the coordinator's decision is kept by 2F + 1 acceptors, so that F crashes block
//! nobody.
//!
//! **Problem.** A transaction takes effect on all its shards or on none, and no single crash, of
//! whatever node, keeps the others from learning which; with no assumption about time for safety.
//!
//! **Roles.** Shards of the [`super::bank`] take part as *participants* (the paper's resource
//! managers). The first 2F + 1 nodes are *acceptors*. n1 gives transactions their numbers and is
//! the first *leader*; any other node becomes leader where no decision comes. One node may have
//! several roles; what it tells itself is not a message.
//!
//! **Phases.** Each participant's vote is decided by an instance of Paxos of its own.
//! [`participant`]: in ballot 0 it proposes Prepared or Aborted itself, by phase 2a to all
//! acceptors. [`acceptor`]: accepts and tells n1 (phase 2b). [`leader`]: a vote is *chosen* when a
//! majority has accepted it in one ballot; Prepared in every instance means commit, Aborted in one
//! means abort. Where votes or decision do not come, a node leads in a ballot of its own: phase 1
//! asks the acceptors for promises and what they accepted; phase 2 proposes that again in each
//! instance, or Aborted where nothing was accepted.
//!
//! **Why it is safe**, in one breath: two majorities of acceptors share one, so a later leader hears
//! of every vote that was chosen and proposes it again, and nothing that it did not hear of can be
//! chosen any more below its ballot; so each instance has one outcome, and all who learn the
//! outcomes decide alike. Every sentence that this needs is one of [`rules::RULES`].
//!
//! **Two-phase commit is the case F = 0**: one acceptor, n1, whose disk is the coordinator's log;
//! when it crashes, all wait for it.
//!
//! **Left out.** Transactions begin at n1 alone; while it is crashed those under way end, and new
//! ones wait. Acceptors do not bundle their messages, and send to the leader only ("Faster Paxos
//! Commit", GL §4.2, is not here). The rules of isolation and of restarts are those of two-phase
//! commit, and can be switched off there.
//!
//! **Source.** Gray and Lamport, *Consensus on Transaction Commit*, ACM TODS 31(1), 2006 ("GL").

mod acceptor;
mod invariants;
mod leader;
mod message;
mod participant;
mod rules;
mod state;
mod view;

pub use super::bank::Ghost;
pub use message::Message;
pub use state::{Accepted, Acceptor, Ballot, Disk, Leading, Node, NodeIndex};

use super::bank::{self, COORDINATOR, State};
use crate::ids::{NodeId, RuleSet, TimerId};
use crate::past::{Owner, Remembered};
use crate::protocol::{Answer, Cluster, Context, Protocol, Request, Sheet, TimerKind};
use crate::view::{Formula, MessageLabel, Meter, NodeView, Quorum};

/// A node leads what it hears nothing of.
pub const IN_DOUBT: TimerId = TimerId(0);

type Ctx<'a> = Context<'a, PaxosCommit>;

/// The protocol; all that varies is in the scenario's rules and settings.
#[derive(Clone, Copy, Debug, Default)]
pub struct PaxosCommit;

static SHEET: Sheet = Sheet {
    id: "paxos_commit",
    title: "Paxos Commit",
    source: "Gray & Lamport, Consensus on Transaction Commit, 2006",
    guarantee: "All shards commit or all abort, and the decision comes with up to F of 2F + 1 \
                acceptors down, the coordinator among the dead or not.",
    period: "transaction",
    nodes_default: 3,
    nodes_range: bank::NODES_RANGE,
    messages: message::KINDS,
    timers: &[TimerKind {
        name: "in-doubt",
        text: "A node leads each transaction that it knows of and that is not decided, in a new \
               ballot.",
    }],
    commands: &[],
    rules: rules::RULES,
    invariants: invariants::INVARIANTS,
    settings: rules::SETTINGS,
    operations: bank::OPERATIONS,
};

/// Sends a message; one to the node itself is handled at once.
fn tell(context: &mut Ctx<'_>, node: &mut Node, to: NodeId, message: Message) {
    if to == context.me {
        handle(context, node, to, &message);
    } else {
        context.send(to, message);
    }
}

fn handle(context: &mut Ctx<'_>, node: &mut Node, from: NodeId, message: &Message) {
    match message {
        Message::Prepare { tx, request, participants } => {
            participant::on_prepare(context, node, from, *tx, request, *participants);
        }
        Message::Phase1a { tx, ballot } => {
            acceptor::on_phase_1a(context, node, from, *tx, *ballot);
        }
        Message::Phase1b { tx, ballot, accepted } => {
            leader::on_phase_1b(context, node, from, *tx, *ballot, accepted);
        }
        Message::Phase2a { tx, instance, ballot, vote } => {
            acceptor::on_phase_2a(context, node, from, (*tx, *instance), *ballot, *vote);
        }
        Message::Phase2b { tx, instance, ballot, vote } => {
            leader::on_phase_2b(context, node, from, (*tx, *instance), *ballot, *vote);
        }
        Message::Decision { tx, commit } => participant::on_decision(context, node, *tx, *commit),
    }
}

impl Protocol for PaxosCommit {
    type Node = Node;
    type Disk = Disk;
    type Message = Message;
    type Ghost = Ghost;

    const SHEET: &'static Sheet = &SHEET;

    fn boot(&self, context: &mut Context<'_, Self>, disk: Disk) -> Node {
        let node = Node::starting(disk, context.me == COORDINATOR);
        if node.disk.shard.undecided().next().is_some() {
            leader::arm(context);
        }
        node
    }

    fn on_message(
        &self,
        context: &mut Context<'_, Self>,
        node: &mut Node,
        from: NodeId,
        message: &Message,
    ) {
        handle(context, node, from, message);
    }

    fn on_timer(&self, context: &mut Context<'_, Self>, node: &mut Node, _: TimerId) {
        leader::on_in_doubt_timeout(context, node);
    }

    fn on_request(&self, context: &mut Context<'_, Self>, node: &mut Node, request: &Request) {
        let place = bank::place_of(request, context.node_count);
        if place == context.me {
            return if request.operation.is_read() {
                participant::on_read(context, node, request);
            } else {
                leader::on_request(context, node, request);
            };
        }
        // A node that knows the decision can tell it while n1 is crashed.
        match node.disk.shard.outcome_of(request) {
            Some(outcome) => context.reply(request, Answer::Done { outcome, as_of: 0 }),
            None => context.reply(request, Answer::Redirect(Some(place))),
        }
    }

    /// There are no commands.
    fn on_command(&self, _: &mut Context<'_, Self>, _: &mut Node, _: u8, _: NodeId) {}

    fn disk<'a>(&self, node: &'a Node) -> &'a Disk {
        &node.disk
    }

    fn surviving(&self, disk: &Disk, rules: RuleSet) -> Disk {
        let mut disk = disk.clone();
        if !rules.contains(rules::DURABLE_ACCEPTOR) {
            disk.acceptors.clear();
        }
        if !rules.contains(rules::DURABLE_VOTE) {
            disk.shard.forget(&[State::Prepared]);
        }
        disk
    }

    fn waits_for_disk(&self, message: &Message, rules: RuleSet) -> bool {
        match message {
            // A registered transaction, a round that is never begun twice, a decision.
            Message::Prepare { .. } | Message::Phase1a { .. } | Message::Decision { .. } => true,
            Message::Phase2a { .. } => rules.contains(rules::DURABLE_VOTE),
            Message::Phase1b { .. } | Message::Phase2b { .. } => {
                rules.contains(rules::DURABLE_ACCEPTOR)
            }
        }
    }

    fn is_dead(&self, node: &Node, message: &Message, rules: RuleSet) -> bool {
        if !rules.contains(rules::DURABLE_VOTE) || !rules.contains(rules::DURABLE_ACCEPTOR) {
            return false;
        }
        match message {
            Message::Phase1b { tx, .. }
            | Message::Phase2b { tx, .. }
            | Message::Decision { tx, .. } => {
                node.disk.shard.state(*tx).is_some_and(State::is_decided)
            }
            Message::Phase2a { tx, ballot, .. } => {
                let acceptor = node.disk.acceptors.get(tx);
                rules.contains(rules::KEEP_PROMISES)
                    && acceptor.is_some_and(|acceptor| *ballot < acceptor.promised)
            }
            // These are always answered, once the decision is known.
            Message::Prepare { .. } | Message::Phase1a { .. } => false,
        }
    }

    fn hashes_all(&self) -> bool {
        true
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
        let acceptors = state::acceptor_count(settings);
        if acceptors > u32::from(nodes) {
            let faults = acceptors / 2;
            return Some(format!(
                "to survive F = {faults} crashes takes 2F + 1 = {acceptors} acceptors, and there \
                 are {nodes} nodes"
            ));
        }
        bank::refuses(nodes)
    }

    fn formulas(&self, nodes: u16, settings: &[u32]) -> Vec<Formula> {
        let acceptors = state::acceptor_count(settings);
        let (faults, majority) = (acceptors / 2, acceptors / 2 + 1);
        let count = bank::participants_of_a_transfer(nodes, settings);
        let meaning = if faults == 0 {
            "The one acceptor is n1: this is two-phase commit, and it blocks while n1 is crashed."
                .to_owned()
        } else {
            format!(
                "{majority} acceptors choose a vote; any {majority} that a later leader asks share \
                 one with them, and {faults} may be crashed."
            )
        };
        vec![
            Formula {
                text: "acceptors = 2F + 1",
                filled: format!("{acceptors} = 2 \u{b7} {faults} + 1"),
                holds: true,
                meaning,
                quorums: vec![
                    Quorum { name: "phase 1", size: majority },
                    Quorum { name: "phase 2", size: majority },
                ],
            },
            Formula {
                text: "messages of a commit = 2 P (A + 1)",
                filled: format!(
                    "{} = 2 \u{b7} {count} \u{b7} ({acceptors} + 1)",
                    2 * count * (acceptors + 1)
                ),
                holds: true,
                meaning:
                    "Prepare and decision to each of the P participants, each vote to each of \
                          the A acceptors and on to n1; less those that stay within a node."
                        .to_owned(),
                quorums: Vec::new(),
            },
        ]
    }

    fn meters(&self, cluster: &Cluster<'_, Self>) -> Vec<Meter> {
        let acceptors = state::acceptor_count(cluster.settings).min(cluster.node_count().into());
        let up = cluster.ids().take(acceptors as usize);
        let up = up.filter(|id| cluster.node(*id).is_some()).count();
        vec![Meter { name: "acceptors not crashed", value: up as u64, of: acceptors.into() }]
    }

    /// `a=100 b=50`: the accounts of a shard.
    fn parse_disk(&self, words: &[&str], _: u16) -> Result<Disk, String> {
        Ok(Disk { shard: bank::parse_accounts(words)?, ..Disk::default() })
    }

    fn remembers(&self, disk: &Disk, owner: &Owner<'_>) -> Option<Vec<Remembered>> {
        Some(bank::remembered(&disk.shard, owner))
    }
}
