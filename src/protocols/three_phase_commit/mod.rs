//! Three-phase commit: like two-phase commit, but a crash of the coordinator blocks nobody.
//!
//! **Problem.** A transaction takes effect on all its shards or on none, and those that are left
//! can end it when the coordinator is crashed.
//!
//! **Roles.** n1 is the *coordinator*, all other nodes are shards of the [`super::bank`] and take
//! part as *participants*. Coordinator and participants together are a transaction's *sites*.
//!
//! **Phases.** [`coordinator`]: in phase 1 all vote, as in two-phase commit. In phase 2 the
//! coordinator sends pre-commit: all have voted yes. Only when enough sites have acknowledged that,
//! phase 3 commits. So nobody has committed while another site that could abort is still uncertain.
//! [`termination`]: a site that hears nothing takes over. It asks all others how far they are. If
//! one knows the decision, that is it. If one has pre-committed, all yes votes are in, and it leads
//! the others to commit. If all are uncertain, nobody has committed, and it leads them to abort.
//!
//! **Partitions.** Skeen's first protocol (1981) takes whoever is silent for crashed. That is right
//! only where no partition happens and failures are detected without error: with the rule
//! `quorum-termination` off that is this protocol, and a partition splits it. His second (1982), the
//! default here, asks for a quorum: Vc of the V sites pre-committed to commit, Va of them
//! pre-aborted to abort, Vc + Va > V. No site is ever on both sides, so both quorums are never
//! there. The price: a minority that is cut off must wait.
//!
//! **Why it is safe**, in one breath: a commit needs Vc sites that pre-committed and an abort Va
//! that pre-aborted, or one that never voted yes; the two sets would share a site, sites never
//! change sides, and pre-committing begins only when every vote was yes. Every sentence that this
//! needs is one of [`rules::RULES`].
//!
//! **Left out.** No election: whoever's timer fires first takes over, and two at once do no harm.
//! Transactions begin at n1 alone; while it is crashed those under way end, and new ones wait. The
//! rules of isolation and of restarts are those of two-phase commit, and can be switched off there.
//!
//! **Source.** Skeen, *Nonblocking Commit Protocols*, SIGMOD 1981; Skeen, *A Quorum-Based Commit
//! Protocol*, Berkeley Workshop 1982; Bernstein, Hadzilacos and Goodman 1987, §7.5 ("BHG").

mod coordinator;
mod invariants;
mod message;
mod participant;
mod rules;
mod state;
mod termination;
mod view;

pub use super::bank::Ghost;
pub use message::Message;
pub use state::{Disk, Node, Quorums, Voting};

use super::bank::{self, COORDINATOR, State};
use crate::ids::{NodeId, RuleSet, TimerId};
use crate::past::{Owner, Remembered};
use crate::protocol::{Answer, Cluster, Context, Protocol, Request, Sheet, TimerKind};
use crate::view::{Formula, MessageLabel, Meter, NodeView, Quorum};

/// The coordinator no longer waits for votes.
pub const VOTES: TimerId = TimerId(0);
/// A site takes over.
pub const IN_DOUBT: TimerId = TimerId(1);

type Ctx<'a> = Context<'a, ThreePhaseCommit>;

/// The protocol; all that varies is in the scenario's rules and settings.
#[derive(Clone, Copy, Debug, Default)]
pub struct ThreePhaseCommit;

static SHEET: Sheet = Sheet {
    id: "three_phase_commit",
    title: "Three-phase commit",
    source: "Skeen, Nonblocking Commit Protocols, 1981; with quorums: Skeen 1982",
    guarantee: "All shards commit or all abort; with quorums the side that has one goes on when \
                the coordinator crashes or the network splits.",
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
            name: "in-doubt",
            text: "A site takes over what it hears nothing of: it asks how far the others are, \
                   and the next time concludes from what it heard.",
        },
    ],
    commands: &[],
    rules: rules::RULES,
    invariants: invariants::INVARIANTS,
    settings: rules::SETTINGS,
    operations: bank::OPERATIONS,
};

impl Protocol for ThreePhaseCommit {
    type Node = Node;
    type Disk = Disk;
    type Message = Message;
    type Ghost = Ghost;

    const SHEET: &'static Sheet = &SHEET;

    fn boot(&self, context: &mut Context<'_, Self>, disk: Disk) -> Node {
        let node = Node::starting(disk, context.me == COORDINATOR);
        if node.disk.shard.undecided().next().is_some() {
            termination::arm(context);
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
            Message::PreCommit { tx } => {
                participant::on_side(context, node, from, *tx, State::PreCommitted);
            }
            Message::PreAbort { tx } => {
                participant::on_side(context, node, from, *tx, State::PreAborted);
            }
            Message::Acknowledge { tx, state } => {
                termination::on_acknowledge(context, node, from, *tx, *state);
            }
            Message::Decision { tx, commit } => {
                participant::on_decision(context, node, *tx, *commit);
            }
            Message::Inquiry { tx } => participant::on_inquiry(context, node, from, *tx),
        }
    }

    fn on_timer(&self, context: &mut Context<'_, Self>, node: &mut Node, timer: TimerId) {
        match timer {
            VOTES => coordinator::on_votes_timeout(context, node),
            _ => termination::on_in_doubt_timeout(context, node),
        }
    }

    fn on_request(&self, context: &mut Context<'_, Self>, node: &mut Node, request: &Request) {
        let place = bank::place_of(request, context.node_count);
        if place == context.me {
            return if request.operation.is_read() {
                participant::on_read(context, node, request);
            } else {
                coordinator::on_request(context, node, request);
            };
        }
        // A site that knows the decision can tell it while n1 is crashed.
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
        if !rules.contains(rules::DURABLE_PRE_COMMIT) {
            disk.shard.step_back();
        }
        if !rules.contains(rules::DURABLE_VOTE) {
            disk.shard.forget(&[State::Prepared]);
        }
        disk
    }

    fn waits_for_disk(&self, message: &Message, rules: RuleSet) -> bool {
        match message {
            Message::Prepare { .. } | Message::Decision { .. } => true,
            Message::Vote { .. } => rules.contains(rules::DURABLE_VOTE),
            Message::Acknowledge { .. } => rules.contains(rules::DURABLE_PRE_COMMIT),
            // They promise nothing of the sender.
            Message::PreCommit { .. } | Message::PreAbort { .. } | Message::Inquiry { .. } => false,
        }
    }

    fn is_dead(&self, node: &Node, message: &Message, rules: RuleSet) -> bool {
        if !rules.contains(rules::DURABLE_VOTE) {
            return false;
        }
        let is_decided = node.disk.shard.state(message.tx()).is_some_and(State::is_decided);
        match message {
            Message::Vote { tx, .. } => !node.voting.contains_key(tx),
            Message::Acknowledge { .. } | Message::Decision { .. } => is_decided,
            // These are always answered.
            Message::Prepare { .. }
            | Message::PreCommit { .. }
            | Message::PreAbort { .. }
            | Message::Inquiry { .. } => false,
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
        let Quorums { sites, commit, abort } = Quorums::of(count + 1);
        vec![
            Formula {
                text: "Vc + Va > V",
                filled: format!("{commit} + {abort} > {sites}"),
                holds: true,
                meaning: "A quorum that commits and a quorum that aborts share one of the sites \
                          of a transfer, and a site is never on both sides."
                    .to_owned(),
                quorums: vec![
                    Quorum { name: "commit", size: commit },
                    Quorum { name: "abort", size: abort },
                ],
            },
            Formula {
                text: "messages of a commit = 5 P",
                filled: format!("{} = 5 \u{b7} {count}", 5 * count),
                holds: true,
                meaning: "Prepare, vote, pre-commit, acknowledgement and decision for each of the \
                          P participants: a round trip more than two-phase commit."
                    .to_owned(),
                quorums: Vec::new(),
            },
        ]
    }

    fn meters(&self, cluster: &Cluster<'_, Self>) -> Vec<Meter> {
        let running = cluster.ids().filter_map(|id| cluster.node(id));
        let in_doubt = running.filter(|node| !node.heard.is_empty() && !node.coordinates).count();
        let shards = u64::from(cluster.node_count() - 1);
        vec![Meter { name: "shards that take over", value: in_doubt as u64, of: shards }]
    }

    /// `a=100 b=50`: the accounts of a shard.
    fn parse_disk(&self, words: &[&str], _: u16) -> Result<Disk, String> {
        Ok(Disk { shard: bank::parse_accounts(words)?, ..Disk::default() })
    }

    fn remembers(&self, disk: &Disk, owner: &Owner<'_>) -> Option<Vec<Remembered>> {
        Some(bank::remembered(&disk.shard, owner))
    }
}
