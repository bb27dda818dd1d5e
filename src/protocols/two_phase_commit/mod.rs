//! Two-phase commit: a transaction takes effect on all its shards or on none.
//!
//! **Problem.** A transfer changes accounts on two shards, either of which may be unable to carry
//! it out, or crash. All must decide alike, although messages are lost, copied, delayed and
//! overtaken, and nodes crash and come back with nothing but their disks.
//!
//! **Roles.** n1 is the *coordinator*; all other nodes are shards of the [`super::bank`] and take
//! part as *participants*.
//!
//! **Phases.** [`coordinator`]: in phase 1 it asks the participants to prepare, and they vote; in
//! phase 2 it decides, commit if all voted yes and abort if one voted no or stayed silent, and
//! tells them. [`participant`]: before a yes it writes down all that it needs to commit, and locks
//! the accounts; from then on it is *uncertain* until it hears the decision. Where that does not
//! come it asks the coordinator, and the other participants (*cooperative termination*): one that
//! knows the decision tells it, one that has not voted aborts, one that is uncertain cannot help.
//!
//! **Why it is safe**, in one breath: only the coordinator decides to commit, only when all have
//! voted yes, and it has written that down before anyone hears of it; a participant that voted yes
//! decides nothing alone; and of what the coordinator has no record it presumes abort, which is
//! right, as it keeps a commit until all have acknowledged it. Every sentence that this needs is one
//! of [`rules::RULES`].
//!
//! **What it cannot do.** It *blocks*: while the coordinator is crashed, participants that are all
//! uncertain must wait for it with their accounts locked. Three-phase commit and Paxos Commit are
//! two ways out.
//!
//! **Left out.** A participant keeps its records for ever, the coordinator what it told clients.
//! There is one coordinator for all transactions, and none takes its place.
//!
//! **Source.** Gray, *Notes on Data Base Operating Systems*, 1978; Bernstein, Hadzilacos and
//! Goodman, *Concurrency Control and Recovery in Database Systems*, 1987, chapter 7 ("BHG");
//! presumed abort: Mohan and Lindsay, PODC 1983.

mod coordinator;
mod invariants;
mod message;
mod participant;
mod rules;
mod state;
mod view;

pub use invariants::Ghost;
pub use message::Message;
pub use state::{Disk, Node, Voting};

use super::bank::{self, COORDINATOR, State};
use crate::ids::{NodeId, RuleSet, TimerId};
use crate::past::{Owner, Remembered};
use crate::protocol::{Answer, Cluster, Context, Protocol, Request, Sheet, TimerKind};
use crate::view::{Formula, MessageLabel, Meter, NodeView};

/// The coordinator no longer waits for votes.
pub const VOTES: TimerId = TimerId(0);
/// The coordinator repeats commits.
pub const REPEAT: TimerId = TimerId(1);
/// A participant asks for decisions.
pub const IN_DOUBT: TimerId = TimerId(2);

type Ctx<'a> = Context<'a, TwoPhaseCommit>;

/// The protocol; all that varies is in the scenario's rules and settings.
#[derive(Clone, Copy, Debug, Default)]
pub struct TwoPhaseCommit;

static SHEET: Sheet = Sheet {
    id: "two_phase_commit",
    title: "Two-phase commit",
    source: "Gray 1978; Bernstein, Hadzilacos & Goodman 1987, chapter 7",
    guarantee: "All shards commit or all abort; shards that voted yes wait, locks held, until the \
                coordinator is back.",
    period: "transaction",
    nodes_default: 3,
    nodes_range: bank::NODES_RANGE,
    messages: message::KINDS,
    timers: &[
        TimerKind {
            name: "votes",
            text: "The coordinator aborts the transactions on which a vote is missing.",
        },
        TimerKind {
            name: "repeat",
            text: "The coordinator tells commits again to all that have not acknowledged them.",
        },
        TimerKind {
            name: "in-doubt",
            text: "A participant asks for the decision about each transaction it voted yes on.",
        },
    ],
    commands: &[],
    rules: rules::RULES,
    invariants: invariants::INVARIANTS,
    settings: rules::SETTINGS,
    operations: bank::OPERATIONS,
};

impl Protocol for TwoPhaseCommit {
    type Node = Node;
    type Disk = Disk;
    type Message = Message;
    type Ghost = Ghost;

    const SHEET: &'static Sheet = &SHEET;

    fn boot(&self, context: &mut Context<'_, Self>, disk: Disk) -> Node {
        let node = Node::starting(disk, context.me == COORDINATOR);
        coordinator::repeat(context, &node);
        if node.disk.shard.undecided().next().is_some() {
            participant::arm(context);
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
        match message {
            Message::Prepare { tx, request, participants } => {
                participant::on_prepare(context, node, from, *tx, request, *participants);
            }
            Message::Vote { tx, vote } => coordinator::on_vote(context, node, from, *tx, *vote),
            Message::Decision { tx, commit } => {
                participant::on_decision(context, node, *tx, *commit);
            }
            Message::Acknowledge { tx } => coordinator::on_acknowledge(context, node, from, *tx),
            Message::Inquiry { tx } if context.me == COORDINATOR => {
                coordinator::on_inquiry(context, node, from, *tx);
            }
            Message::Inquiry { tx } => participant::on_inquiry(context, node, from, *tx),
            Message::Uncertain { tx } => participant::on_uncertain(node, from, *tx),
        }
    }

    fn on_timer(&self, context: &mut Context<'_, Self>, node: &mut Node, timer: TimerId) {
        match timer {
            VOTES => coordinator::on_votes_timeout(context, node),
            REPEAT => coordinator::repeat(context, node),
            _ => participant::on_in_doubt_timeout(context, node),
        }
    }

    fn on_request(&self, context: &mut Context<'_, Self>, node: &mut Node, request: &Request) {
        let place = bank::place_of(request, context.node_count);
        if place != context.me {
            context.reply(request, Answer::Redirect(Some(place)));
        } else if request.operation.is_read() {
            participant::on_read(context, node, request);
        } else {
            coordinator::on_request(context, node, request);
        }
    }

    /// There are no commands.
    fn on_command(&self, _: &mut Context<'_, Self>, _: &mut Node, _: u8, _: NodeId) {}

    fn disk<'a>(&self, node: &'a Node) -> &'a Disk {
        &node.disk
    }

    fn surviving(&self, disk: &Disk, rules: RuleSet) -> Disk {
        let mut disk = disk.clone();
        if !rules.contains(rules::DURABLE_VOTE) {
            disk.shard.forget(&[State::Prepared]);
        }
        if !rules.contains(rules::DURABLE_DECISION) {
            disk.commits.clear();
        }
        if !rules.contains(rules::IDS_NOT_REUSED) {
            disk.register.last = 0;
        }
        disk
    }

    fn waits_for_disk(&self, message: &Message, rules: RuleSet) -> bool {
        match message {
            Message::Prepare { .. } => rules.contains(rules::IDS_NOT_REUSED),
            Message::Vote { .. } => rules.contains(rules::DURABLE_VOTE),
            Message::Decision { .. } => rules.contains(rules::DURABLE_DECISION),
            Message::Acknowledge { .. } => true,
            // They promise nothing.
            Message::Inquiry { .. } | Message::Uncertain { .. } => false,
        }
    }

    fn is_dead(&self, node: &Node, message: &Message, rules: RuleSet) -> bool {
        // Where numbers are given twice, or votes forgotten, nothing is ever over.
        if !rules.contains(rules::IDS_NOT_REUSED) || !rules.contains(rules::DURABLE_VOTE) {
            return false;
        }
        let state = node.disk.shard.state(message.tx());
        match message {
            Message::Vote { tx, .. } => !node.voting.contains_key(tx),
            Message::Acknowledge { tx } => !node.disk.commits.contains_key(tx),
            Message::Decision { commit: false, .. } => state.is_some_and(State::is_decided),
            Message::Decision { commit: true, .. } => state == Some(State::Aborted),
            Message::Uncertain { .. } => state.is_some_and(State::is_decided),
            // These are always answered.
            Message::Prepare { .. } | Message::Inquiry { .. } => false,
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

    fn refuses(&self, nodes: u16, _: &[u32]) -> Option<String> {
        bank::refuses(nodes)
    }

    fn formulas(&self, nodes: u16, settings: &[u32]) -> Vec<Formula> {
        let count = bank::participants_of_a_transfer(nodes, settings);
        vec![Formula {
            text: "messages of a commit = 4 P",
            filled: format!("{} = 4 \u{b7} {count}", 4 * count),
            holds: true,
            meaning: "Each of the P participants is asked, votes, is told and acknowledges. All P \
                      must answer, and no crash of the coordinator is survived: F = 0."
                .to_owned(),
            quorums: Vec::new(),
        }]
    }

    fn meters(&self, cluster: &Cluster<'_, Self>) -> Vec<Meter> {
        let running = cluster.ids().filter_map(|id| cluster.node(id));
        let blocked = running.filter(|node| !node.in_doubt.is_empty()).count() as u64;
        let shards = u64::from(cluster.node_count() - 1);
        vec![Meter { name: "shards in doubt", value: blocked, of: shards }]
    }

    /// `a=100 b=50`: the accounts of a shard.
    fn parse_disk(&self, words: &[&str], _: u16) -> Result<Disk, String> {
        Ok(Disk { shard: bank::parse_accounts(words)?, ..Disk::default() })
    }

    fn remembers(&self, disk: &Disk, owner: &Owner<'_>) -> Option<Vec<Remembered>> {
        Some(bank::remembered(&disk.shard, owner))
    }
}
