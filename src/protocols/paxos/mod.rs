//! Single-decree Paxos: several nodes choose one value, once and for ever.
//!
//! **Problem.** Clients propose values at several nodes. One of these values is to be chosen, and
//! everybody who asks is to be told the same one, although messages are lost, copied, delayed and
//! overtaken, and nodes crash and come back with nothing but their disks.
//!
//! **Roles.** Every node is a *proposer*, which acts for clients; an *acceptor*, which promises
//! ballots and accepts proposals; and a *learner*, which finds out what is chosen. Settings may take
//! the first two roles from the later nodes. A *proposal* is a value with a *ballot*, its number: a
//! round and a node, shown as one number, so that 23 is round 2 of n3.
//!
//! **Phases.** [`proposer`]: in phase 1 a proposer asks all acceptors to promise its ballot
//! (prepare, promise; 1a, 1b) and is told what each has accepted. With a phase-1 quorum of promises
//! it goes on to phase 2 and asks them to accept (accept, accepted; 2a, 2b) the value of the highest
//! proposal it was told of, or its own value where it was told of none. [`acceptor`]: a promise
//! rules out everything below its ballot. A value is *chosen* at the moment when a phase-2 quorum
//! has accepted one proposal, whether anybody knows it or not. [`learner`]: the proposer counts and
//! tells the others, or every acceptor tells every node. A proposer that is refused waits, and tries
//! a higher ballot.
//!
//! **Why it is safe**, in one breath: two majorities share an acceptor, so the promises for a ballot
//! include one from an acceptor that accepted whatever is chosen below it, nothing more is accepted
//! below it by those who promised, and of the proposals told the highest carries the chosen value,
//! if there is one; so every later ballot proposes that value again. Only a phase-1 and a phase-2
//! quorum must share an acceptor: their sizes are settings. Every sentence that this needs is one of
//! [`rules::RULES`], is named on the line that enforces it, and can be switched off.
//!
//! **Disk.** The promised ballot, the accepted proposal and the highest ballot tried survive a
//! crash. What was learned does not: it is found out again by a further proposal.
//!
//! **Left out.** How proposers elect a distinguished one (a setting names it), sets of distinguished
//! learners, and anything after the one decision: that is Multi-Paxos.
//!
//! **Source.** Lamport, *Paxos Made Simple*, 2001, whose sections are cited; for quorums of other
//! sizes Howard, Malkhi and Spiegelman, *Flexible Paxos*, OPODIS 2016.

mod acceptor;
mod ballot;
mod invariants;
mod learner;
mod message;
mod proposer;
mod rules;
mod sizes;
mod state;
mod view;

pub use ballot::{Ballot, Proposal};
pub use invariants::Ghost;
pub use message::Message;
pub use sizes::Sizes;
pub use state::{Attempt, Disk, Node};

use crate::ids::{NodeId, RuleSet, TimerId};
use crate::operation::{PROPOSE, TEXT_BYTES_MAX, Text};
use crate::past::{Owner, Remembered};
use crate::protocol::{Cluster, CommandKind, Context, Protocol, Request, Sheet, TimerKind};
use crate::renaming::{Renaming, Symmetry};
use crate::view::{Formula, MessageLabel, Meter, NodeView};

/// A proposer asks again, or tries again.
pub const RETRY: TimerId = TimerId(0);

type Ctx<'a> = Context<'a, Paxos>;

/// The protocol; all that varies is in the scenario's rules and settings.
#[derive(Clone, Copy, Debug, Default)]
pub struct Paxos;

static SHEET: Sheet = Sheet {
    id: "paxos",
    title: "Paxos",
    source: "Lamport, Paxos Made Simple, 2001; Howard, Malkhi & Spiegelman, Flexible Paxos, 2016",
    guarantee: "One value is chosen and never another; a proposal is answered as long as a \
                majority of acceptors answers and proposers do not duel for ever.",
    period: "ballot",
    nodes_default: 5,
    nodes_range: (2, 9),
    messages: message::KINDS,
    timers: &[TimerKind {
        name: "retry",
        text: "A proposer asks again whoever has not answered; one that was refused tries a \
               higher ballot.",
    }],
    commands: &[CommandKind {
        name: "find-out",
        text: "A proposer runs Paxos without a value of its own, to tell a learner what is chosen.",
    }],
    rules: rules::RULES,
    invariants: invariants::INVARIANTS,
    settings: rules::SETTINGS,
    operations: &[PROPOSE],
};

/// Acceptors and learners compare ballots, and values only to see whether they are the same. Proposers
/// are not alike: their ballots tell them apart, and the higher one wins.
struct Values;

impl Symmetry<Paxos> for Values {
    fn is_like_others(&self, value: &str, _: &[u32]) -> bool {
        value != proposer::MADE_UP
    }

    fn ghost(&self, ghost: &Ghost, names: &Renaming) -> Ghost {
        ghost.renamed(names)
    }
}

impl Protocol for Paxos {
    type Node = Node;
    type Disk = Disk;
    type Message = Message;
    type Ghost = Ghost;

    const SHEET: &'static Sheet = &SHEET;

    fn boot(&self, context: &mut Context<'_, Self>, disk: Disk) -> Node {
        Node::starting(disk, Sizes::of(context.node_count, context.settings))
    }

    fn on_message(
        &self,
        context: &mut Context<'_, Self>,
        node: &mut Node,
        from: NodeId,
        message: &Message,
    ) {
        match message {
            Message::Prepare { ballot } => acceptor::on_prepare(context, node, from, *ballot),
            Message::Promise { ballot, accepted } => {
                proposer::on_promise(context, node, from, *ballot, accepted.as_ref());
            }
            Message::Accept { proposal } => acceptor::on_accept(context, node, from, proposal),
            Message::Accepted { proposal } => learner::on_accepted(context, node, from, proposal),
            Message::Rejected { ballot, promised } => {
                proposer::on_rejected(context, node, *ballot, *promised);
            }
            Message::Chosen { value } => learner::on_chosen(context, node, value),
        }
    }

    fn on_timer(&self, context: &mut Context<'_, Self>, node: &mut Node, _: TimerId) {
        proposer::on_retry_timeout(context, node);
    }

    fn on_request(&self, context: &mut Context<'_, Self>, node: &mut Node, request: &Request) {
        proposer::on_request(context, node, request);
    }

    fn on_command(
        &self,
        context: &mut Context<'_, Self>,
        node: &mut Node,
        _: u8,
        argument: NodeId,
    ) {
        proposer::on_find_out(context, node, argument);
    }

    fn disk<'a>(&self, node: &'a Node) -> &'a Disk {
        &node.disk
    }

    fn surviving(&self, disk: &Disk, rules: RuleSet) -> Disk {
        let mut disk = disk.clone();
        if !rules.contains(rules::DURABLE_ATTEMPT) {
            disk.attempted = Ballot::NONE;
        }
        if !rules.contains(rules::DURABLE_PROMISE) {
            disk.promised = Ballot::NONE;
        }
        if !rules.contains(rules::DURABLE_ACCEPTED_VALUE) {
            disk.accepted = None;
        }
        disk
    }

    fn waits_for_disk(&self, message: &Message, rules: RuleSet) -> bool {
        match message {
            // A proposer's own acceptor promises with the same breath.
            Message::Prepare { .. } | Message::Accept { .. } => {
                rules.contains(rules::DURABLE_ATTEMPT) || rules.contains(rules::DURABLE_PROMISE)
            }
            Message::Promise { .. } => rules.contains(rules::DURABLE_PROMISE),
            // Whoever counts may count its own acceptance.
            Message::Accepted { .. } | Message::Chosen { .. } => {
                rules.contains(rules::DURABLE_ACCEPTED_VALUE)
            }
            // It promises nothing.
            Message::Rejected { .. } => false,
        }
    }

    fn reply_waits_for_disk(&self, rules: RuleSet) -> bool {
        rules.contains(rules::DURABLE_ACCEPTED_VALUE)
    }

    fn is_dead(&self, node: &Node, message: &Message, rules: RuleSet) -> bool {
        let (ballot, is_for_phase) = match message {
            Message::Promise { ballot, .. } => {
                (*ballot, matches!(node.attempt, Attempt::Preparing { .. }))
            }
            Message::Accepted { proposal } if !node.sizes.tells_all => (proposal.ballot, true),
            Message::Rejected { ballot, .. } => (*ballot, true),
            // These are answered, or counted by a learner; and a crash forgets what was learned.
            _ => return false,
        };
        // A proposer uses a ballot once, unless it may forget that it did.
        let is_over = ballot.round <= node.disk.attempted.round
            && !(is_for_phase && node.ballot() == Some(ballot));
        is_over && rules.contains(rules::DURABLE_ATTEMPT)
    }

    fn symmetry(&self) -> Option<&'static dyn Symmetry<Self>> {
        Some(&Values)
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

    fn are_same(&self, one: &Ghost, other: &Ghost) -> bool {
        one.is_same(other)
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
        sizes::refuses(nodes, settings)
    }

    fn formulas(&self, nodes: u16, settings: &[u32]) -> Vec<Formula> {
        sizes::formulas(nodes, settings)
    }

    fn meters(&self, cluster: &Cluster<'_, Self>) -> Vec<Meter> {
        view::meters(cluster)
    }

    /// `attempted 11 promised 23 accepted 11:a`, each part optional.
    fn parse_disk(&self, words: &[&str], nodes: u16) -> Result<Disk, String> {
        const FORM: &str = "attempted BALLOT, promised BALLOT and accepted BALLOT:VALUE";
        let mut disk = Disk::default();
        for pair in words.chunks(2) {
            let [what, of] = pair else { return Err(FORM.to_owned()) };
            match *what {
                "attempted" => disk.attempted = ballot_from(of, nodes)?,
                "promised" => disk.promised = ballot_from(of, nodes)?,
                "accepted" => {
                    let (ballot, value) = of.split_once(':').ok_or(FORM)?;
                    if value.is_empty() || value.len() > TEXT_BYTES_MAX {
                        return Err(format!("a value of 1 to {TEXT_BYTES_MAX} bytes"));
                    }
                    let ballot = ballot_from(ballot, nodes)?;
                    disk.accepted = Some(Proposal { ballot, value: Text::from(value) });
                }
                _ => return Err(FORM.to_owned()),
            }
        }
        if disk.accepted.as_ref().is_some_and(|accepted| accepted.ballot > disk.promised) {
            return Err("a promised ballot no lower than the one accepted in".to_owned());
        }
        Ok(disk)
    }

    fn remembers(&self, disk: &Disk, _: &Owner<'_>) -> Option<Vec<Remembered>> {
        let accepted = disk.accepted.iter().map(|Proposal { ballot, value }| {
            let operation = crate::operation::Operation::Propose { value: value.clone() };
            Remembered::asked((ballot.number(), 0), &operation)
        });
        Some(accepted.collect())
    }
}

fn ballot_from(word: &str, nodes: u16) -> Result<Ballot, String> {
    // A bound far from the type's end: rounds are counted up from here.
    let ballot = word.parse().ok().and_then(|number| Ballot::from_number(number, nodes));
    ballot.ok_or_else(|| format!("a ballot of n1 to n{nodes}, such as 22: round 2 of n2"))
}
