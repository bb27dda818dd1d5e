//! ABD: atomic registers by messages, without a leader and without consensus.
//!
//! **Problem.** Several nodes hold copies of registers, one for each key, so that reading and
//! writing them looks like one register that never fails, although messages are lost, copied,
//! delayed and overtaken, any minority is crashed, and nodes come back with nothing but their disks.
//!
//! **Roles.** All nodes are alike. As a *replica* a node holds, for each key, a value and its *tag*:
//! a counter and the writer's id. As a *coordinator* it carries out a client's operation; every node
//! may, several at a time, and none waits for another.
//!
//! **Phases.** [`coordinator`]: in the *query* phase the coordinator asks all for their tag and
//! value and waits for a majority; in the *store* phase it sends a tag and a value to all and waits
//! until a majority has them. A write queries for the highest tag and stores a higher one. A read
//! queries for the highest tag and stores just that (it *writes back* what it is about to answer).
//! With a single writer, n1, a write needs no query: the writer's own copy has its last tag.
//! [`replica`] answers queries and keeps whatever has the higher tag.
//!
//! **Why it is safe**, in one breath: before an operation is answered its tag is on a majority of
//! disks, replicas only ever go up, and the next operation's query meets that majority in some node;
//! so it sees no lower tag, a write goes above it, and operations ordered by tag are ordered as they
//! happened. Each sentence that this needs is one of [`rules::RULES`].
//!
//! **What it cannot do.** A register has consensus number one: no append and no compare-and-set can
//! be made of it, whatever the number of messages (Herlihy 1991). Only `get` and `put` are offered.
//!
//! **A coordinator that crashes** in the middle of a write leaves the write open: some replicas may
//! have it, and it takes effect when, and if, a read or a later attempt finds it. Coordinators keep
//! nothing but what they hold as replicas and a durable count of starts, which tells answers to
//! an earlier life from answers to this one.
//!
//! **A put that a client repeats** may reach another coordinator. In the paper a writer that crashes
//! never goes on, so the paper says nothing. Here each replica remembers the tag of the last put of
//! each session, and a coordinator that meets the tag in its query takes that tag again. What is
//! guaranteed: once a put was answered, or seen by a read, it is on a majority together with its
//! tag, and every later attempt meets and keeps that tag. What is not: an attempt that reached only
//! a minority, or still runs, may go unseen; then the put gets a second tag and takes effect twice,
//! the value coming back after a newer one. Choosing one tag for good among several coordinators is
//! consensus; the paper's writers avoid the question because each is its own coordinator.
//!
//! **Left out.** A read could skip its second phase where all of its majority agree; it never does.
//!
//! **Source.** Attiya, Bar-Noy and Dolev, *Sharing Memory Robustly in Message-Passing Systems*,
//! JACM 42(1), 1995 ("ABD"); Lynch and Shvartsman, *Robust Emulation of Shared Memory Using
//! Dynamic Quorum-Acknowledged Broadcasts*, FTCS 1997 ("LS"), for many writers and for quorums.

mod coordinator;
mod invariants;
mod message;
mod replica;
mod rules;
mod state;
mod view;

pub use invariants::Ghost;
pub use message::Message;
pub use state::{Disk, Known, Node, Operation, Phase, Put, Round, Tag, Version};

use crate::ids::{NodeId, RuleSet, TimerId};
use crate::operation::{GET, PUT, Text};
use crate::past::{Owner, Remembered};
use crate::protocol::{
    Cluster, Context, Protocol, Request, SESSION_BEFORE_THE_RUN, Sheet, TimerKind,
};
use crate::renaming::Symmetry;
use crate::view::{Formula, MessageLabel, NodeView};

/// A coordinator asks again whoever has not answered.
pub const RETRANSMIT: TimerId = TimerId(0);

/// The protocol; all that varies is in the scenario's rules and settings.
#[derive(Clone, Copy, Debug, Default)]
pub struct Abd;

static SHEET: Sheet = Sheet {
    id: "abd",
    title: "ABD register",
    source: "Attiya, Bar-Noy & Dolev 1995; many writers: Lynch & Shvartsman 1997",
    guarantee: "Linearizable reads and writes of a register; a client is answered as long as the node \
                that it asks reaches a majority.",
    period: "counter",
    nodes_default: 3,
    nodes_range: (2, 9),
    messages: message::KINDS,
    timers: &[TimerKind {
        name: "retransmit",
        text: "A coordinator sends the message of each open phase again to all that have not answered.",
    }],
    commands: &[],
    rules: rules::RULES,
    invariants: invariants::INVARIANTS,
    settings: rules::SETTINGS,
    operations: &[GET, PUT],
};

/// Replicas compare tags and store values. They are not alike: a tag names the writer, and of two
/// tags with one number the higher name wins.
struct Values;

impl Symmetry<Abd> for Values {
    fn is_like_others(&self, _: &str, _: &[u32]) -> bool {
        true
    }
}

impl Protocol for Abd {
    type Node = Node;
    type Disk = Disk;
    type Message = Message;
    type Ghost = Ghost;

    const SHEET: &'static Sheet = &SHEET;

    fn boot(&self, _: &mut Context<'_, Self>, disk: Disk) -> Node {
        Node::starting(disk)
    }

    fn on_message(
        &self,
        context: &mut Context<'_, Self>,
        node: &mut Node,
        from: NodeId,
        message: &Message,
    ) {
        match message {
            Message::Query { round, key, session } => {
                replica::on_query(context, node, from, *round, key, *session);
            }
            Message::QueryReply { round, version, known } => {
                coordinator::on_query_reply(context, node, from, *round, version.as_ref(), *known);
            }
            Message::Store { round, key, version } => {
                replica::on_store(context, node, from, *round, key, version);
            }
            Message::StoreReply { round } => {
                coordinator::on_store_reply(context, node, from, *round);
            }
        }
    }

    fn on_timer(&self, context: &mut Context<'_, Self>, node: &mut Node, _: TimerId) {
        coordinator::on_retransmit_timeout(context, node);
    }

    fn on_request(&self, context: &mut Context<'_, Self>, node: &mut Node, request: &Request) {
        coordinator::on_request(context, node, request);
    }

    /// There are no commands.
    fn on_command(&self, _: &mut Context<'_, Self>, _: &mut Node, _: u8, _: NodeId) {}

    fn disk<'a>(&self, node: &'a Node) -> &'a Disk {
        &node.disk
    }

    fn surviving(&self, disk: &Disk, rules: RuleSet) -> Disk {
        if rules.contains(rules::DURABLE_TAG_AND_VALUE) {
            disk.clone()
        } else {
            Disk { starts: disk.starts, ..Disk::default() }
        }
    }

    fn waits_for_disk(&self, message: &Message, rules: RuleSet) -> bool {
        match message {
            // It depends on nothing that was written.
            Message::Query { .. } => false,
            // What is told of a tag must not be forgotten: the tag could be given away again.
            Message::QueryReply { .. } | Message::Store { .. } | Message::StoreReply { .. } => {
                rules.contains(rules::DURABLE_TAG_AND_VALUE)
            }
        }
    }

    fn is_dead(&self, node: &Node, message: &Message, _: RuleSet) -> bool {
        match message {
            // Rounds are never numbered twice: one that is over is over for ever.
            Message::QueryReply { round, .. } | Message::StoreReply { round } => {
                !node.operations.iter().any(|operation| operation.round == *round)
            }
            // These are always answered.
            Message::Query { .. } | Message::Store { .. } => false,
        }
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

    /// `3.n1:x=old …`: for each key a tag and a value.
    fn parse_disk(&self, words: &[&str], nodes: u16) -> Result<Disk, String> {
        const FORM: &str = "COUNTER.NODE:KEY=VALUE …, such as 3.n1:x=old";
        let mut disk = Disk::default();
        for word in words {
            let (tag, rest) = word.split_once(':').ok_or(FORM)?;
            let (key, value) = rest.split_once('=').ok_or(FORM)?;
            let (counter, writer) = tag.split_once('.').ok_or(FORM)?;
            // A bound far from the type's end: counters are counted up from here.
            let counter = counter.parse::<u32>().ok().filter(|counter| *counter > 0).ok_or(FORM)?;
            crate::operation::Operation::parse(&["put", key, value])?;
            let writer = NodeId::from_name(writer, nodes).ok_or(FORM)?;
            let version = Version {
                tag: Tag { counter: counter.into(), writer },
                value: Text::from(value),
                put: Put { session: SESSION_BEFORE_THE_RUN, sequence: 0 },
            };
            disk.registers.insert(Text::from(key), version);
        }
        Ok(disk)
    }

    fn remembers(&self, disk: &Disk, _: &Owner<'_>) -> Option<Vec<Remembered>> {
        let registers = disk.registers.iter().map(|(key, Version { tag, value, .. })| {
            Remembered::written((tag.counter, tag.writer.0.into()), key, Some(value))
        });
        Some(registers.collect())
    }
}
