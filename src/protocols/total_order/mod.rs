//! Active replication: every replica executes every command, in the order of a total-order
//! broadcast.
//!
//! **Problem.** Clients ask any replica, and all replicas must go through the same states, although
//! messages are lost, copied, delayed and overtaken, and nodes crash and come back with nothing but
//! their disks. A deterministic state machine makes that a question of order alone: replicas that
//! *deliver* the same messages in the same order agree.
//!
//! **Roles.** Every node is a *replica*: it broadcasts what its clients ask, delivers, executes, and
//! answers them. One is the *sequencer* besides, which gives each message its number. Time is cut
//! into *epochs* with one sequencer each, which go round the nodes: epoch 1 is n1's from the outset,
//! epoch 2 is n2's. A *collector* is about to begin an epoch.
//!
//! **Phases.** [`delivery`]: a replica sends what it is asked to the sequencer, again and again until
//! it is delivered. [`ordering`]: the sequencer numbers it and sends it to all; they acknowledge what
//! they have without a gap, and ask for what is missing; what a majority has is *stable* and is
//! delivered in the order of the numbers. [`epoch`]: who hears nothing for a while suspects the
//! sequencer, collects the histories of a majority, takes the latest, and begins an epoch with it.
//!
//! **Why it is safe**, in one breath: what anyone delivers is on a majority, a new sequencer collects
//! from a majority that refuses its predecessor from then on, and two majorities share a node; so the
//! new history has all that was or can still be delivered, at the same numbers, and equal sequences
//! of commands, whose outcomes depend on nothing else, give equal states. Each sentence that this
//! needs is one of [`rules::RULES`], is named on the line that enforces it, and can be switched off.
//!
//! **What determinism asks.** `stamp` sets a key to the time, and no two clocks agree. The sequencer
//! reads its own clock once and orders the result.
//!
//! **Reads** are broadcast and ordered like all commands, and so are never stale.
//!
//! **Disk.** The epoch and the received messages survive a crash; what was delivered is delivered
//! again to a state machine that starts empty. Left out are snapshots, changes of membership,
//! batching, and asking others before one suspects: a node that was cut off and comes back costs the
//! group an epoch.
//!
//! **Source.** Schneider, *Implementing Fault-Tolerant Services Using the State Machine Approach*,
//! ACM Computing Surveys 22(4), 1990; Chandra and Toueg, *Unreliable Failure Detectors for Reliable
//! Distributed Systems*, JACM 43(2), 1996, where total-order broadcast is shown to be consensus;
//! Défago, Schiper and Urbán, *Total Order Broadcast and Multicast Algorithms*, ACM Computing
//! Surveys 36(4), 2004 (fixed sequencer, unicast then broadcast); the epochs are the views of Oki and
//! Liskov, *Viewstamped Replication*, PODC 1988, and Liskov and Cowling, *Revisited*, 2012.

mod delivery;
mod epoch;
mod invariants;
mod log;
mod message;
mod numbers;
mod ordering;
mod rules;
mod state;
mod view;

use std::sync::Arc;

pub use invariants::Ghost;
pub use log::{Cast, CastId, Entry, Log};
pub use message::Message;
pub use state::{Collector, Disk, Node, Role};

use crate::ids::{ClientId, NodeId, RuleSet, TimerId};
use crate::operation::{
    APPEND, CAS, DELETE, DEQUEUE, ENQUEUE, GET, LOCK, Operation, PUT, STAMP, TRANSFER, UNLOCK,
};
use crate::past::{Owner, Remembered};
use crate::protocol::{
    Cluster, Context, Protocol, Request, SESSION_BEFORE_THE_RUN, Sheet, TimerKind,
};
use crate::view::{Formula, MessageLabel, Meter, NodeView};

/// A replica waits for a sign of life of the sequencer, a collector for answers.
pub const SUSPECT: TimerId = TimerId(0);
/// A sequencer's next sign of life.
pub const HEARTBEAT: TimerId = TimerId(1);
/// A replica sends its undelivered messages again.
pub const RETRANSMIT: TimerId = TimerId(2);

type Ctx<'a> = Context<'a, TotalOrder>;

/// The protocol; all that varies is in the scenario's rules and settings.
#[derive(Clone, Copy, Debug, Default)]
pub struct TotalOrder;

static SHEET: Sheet = Sheet {
    id: "total_order",
    title: "Active replication",
    source: "Schneider 1990; Chandra & Toueg 1996; Défago, Schiper & Urbán 2004",
    guarantee: "Linearizable: every replica executes every command in the same order; it answers \
                as long as a majority can talk to the sequencer.",
    period: "epoch",
    nodes_default: 3,
    nodes_range: (2, 9),
    messages: message::KINDS,
    timers: &[
        TimerKind {
            name: "suspect",
            text: "A replica suspects the sequencer and collects for an epoch of its own; a \
                   collector asks again.",
        },
        TimerKind {
            name: "heartbeat",
            text: "The sequencer says that it is alive, and how far all is stable.",
        },
        TimerKind {
            name: "retransmit",
            text: "A replica sends the messages that it has broadcast and not delivered again.",
        },
    ],
    commands: &[],
    rules: rules::RULES,
    invariants: invariants::INVARIANTS,
    settings: rules::SETTINGS,
    operations: &[GET, PUT, APPEND, CAS, DELETE, ENQUEUE, DEQUEUE, LOCK, UNLOCK, TRANSFER, STAMP],
};

impl Protocol for TotalOrder {
    type Node = Node;
    type Disk = Disk;
    type Message = Message;
    type Ghost = Ghost;

    const SHEET: &'static Sheet = &SHEET;

    fn boot(&self, context: &mut Context<'_, Self>, mut disk: Disk) -> Node {
        let is_new = disk.epoch == 0;
        disk.starts += 1;
        if is_new {
            (disk.epoch, disk.installed) = (1, 1);
        }
        let mut node = Node::starting(disk, context.node_count);
        // A sequencer that crashed waits for the next epoch like everybody else.
        if is_new && node.sequencer() == context.me {
            epoch::begin(context, &mut node);
        } else {
            epoch::arm_suspect(context);
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
            Message::Forward { cast } => ordering::order(context, node, cast),
            Message::Order { epoch, entry, stable } => {
                ordering::on_order(context, node, from, (*epoch, *stable), entry);
            }
            Message::Ack { epoch, received } => {
                ordering::on_ack(context, node, from, *epoch, *received);
            }
            Message::Stable { epoch, last, stable } => {
                ordering::on_stable(context, node, from, *epoch, (*last, *stable));
            }
            Message::Resend { epoch, first } => {
                ordering::on_resend(context, node, from, *epoch, *first);
            }
            Message::Collect { epoch } => epoch::on_collect(context, node, from, *epoch),
            Message::Received { epoch, installed, log } => {
                epoch::on_received(context, node, from, *epoch, (*installed, log));
            }
            Message::Begin { epoch, log } => epoch::on_begin(context, node, from, *epoch, log),
            Message::Refused { epoch } => epoch::on_refused(context, node, *epoch),
        }
    }

    fn on_timer(&self, context: &mut Context<'_, Self>, node: &mut Node, timer: TimerId) {
        match timer {
            SUSPECT => epoch::on_suspect_timeout(context, node),
            HEARTBEAT => ordering::on_heartbeat_timeout(context, node),
            _ => delivery::on_retransmit_timeout(context, node),
        }
    }

    fn on_request(&self, context: &mut Context<'_, Self>, node: &mut Node, request: &Request) {
        delivery::on_request(context, node, request);
    }

    /// There are no commands.
    fn on_command(&self, _: &mut Context<'_, Self>, _: &mut Node, _: u8, _: NodeId) {}

    fn disk<'a>(&self, node: &'a Node) -> &'a Disk {
        &node.disk
    }

    fn surviving(&self, disk: &Disk, rules: RuleSet) -> Disk {
        let mut disk = disk.clone();
        if !rules.contains(rules::DURABLE_EPOCH) {
            (disk.epoch, disk.installed) = (0, 0);
        }
        if !rules.contains(rules::DURABLE_RECEIVED) {
            disk.log = Log::default();
        }
        disk
    }

    fn waits_for_disk(&self, message: &Message, rules: RuleSet) -> bool {
        match message {
            // Each tells of an epoch joined, which must not be forgotten once it is told.
            Message::Collect { .. } | Message::Received { .. } | Message::Begin { .. } => {
                rules.contains(rules::DURABLE_EPOCH) || rules.contains(rules::DURABLE_RECEIVED)
            }
            // A sequencer counts itself among those who have a message; one whose disk stands still
            // falls silent, so that another takes over.
            Message::Order { .. } | Message::Ack { .. } | Message::Stable { .. } => {
                rules.contains(rules::DURABLE_RECEIVED)
            }
            // They promise nothing.
            Message::Forward { .. } | Message::Resend { .. } | Message::Refused { .. } => false,
        }
    }

    fn reply_waits_for_disk(&self, rules: RuleSet) -> bool {
        rules.contains(rules::DURABLE_RECEIVED)
    }

    fn is_dead(&self, node: &Node, message: &Message, rules: RuleSet) -> bool {
        // Where old epochs are heeded, or a node can forget its epoch, none is ever over.
        if !rules.contains(rules::REFUSE_OLD_EPOCH) || !rules.contains(rules::DURABLE_EPOCH) {
            return false;
        }
        let now = node.disk.epoch;
        match message {
            // Only the sequencer of that epoch heeds these; who is none now never will be.
            Message::Ack { epoch, .. } => *epoch < now || (*epoch == now && !node.is_sequencer()),
            Message::Resend { epoch, .. } => {
                *epoch < now || (*epoch == now && !node.is_sequencer())
            }
            Message::Received { epoch, .. } => {
                *epoch < now || (*epoch == now && !matches!(node.role, Role::Collector(_)))
            }
            Message::Refused { epoch } => *epoch <= now,
            // These are answered, or start a timer again.
            Message::Forward { .. }
            | Message::Order { .. }
            | Message::Stable { .. }
            | Message::Collect { .. }
            | Message::Begin { .. } => false,
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
        numbers::refuses(nodes, settings)
    }

    fn formulas(&self, nodes: u16, settings: &[u32]) -> Vec<Formula> {
        numbers::formulas(nodes, settings)
    }

    fn meters(&self, cluster: &Cluster<'_, Self>) -> Vec<Meter> {
        numbers::meters(cluster)
    }

    /// `epoch 4 history 1 log 1:x=5 4:y=6`: the epoch joined, the epoch of the history (as the epoch
    /// where it is not said), and messages as EPOCH:KEY=VALUE.
    fn parse_disk(&self, words: &[&str], _: u16) -> Result<Disk, String> {
        const FORM: &str = "epoch NUMBER, history EPOCH, and log EPOCH:KEY=VALUE …";
        let mut disk = Disk::default();
        let mut rest = words.iter();
        while let Some(word) = rest.next() {
            match *word {
                "epoch" => {
                    disk.epoch = epoch_from(rest.next().copied())?;
                    disk.installed = disk.epoch;
                }
                "history" => disk.installed = epoch_from(rest.next().copied())?,
                "log" => {
                    for word in rest.by_ref() {
                        let entry = entry_from(word, disk.log.len() + 1)?;
                        disk.log.push(Arc::new(entry));
                    }
                }
                _ => return Err(FORM.to_owned()),
            }
        }
        let epochs: Vec<u64> = disk.log.iter().map(|entry| entry.epoch).collect();
        if !epochs.is_sorted() {
            return Err("epochs that never fall along the log".to_owned());
        }
        let last = epochs.last().copied().unwrap_or(0);
        if last > disk.installed || disk.installed > disk.epoch {
            return Err("epoch no lower than history, and history than the last message".to_owned());
        }
        Ok(disk)
    }

    fn remembers(&self, disk: &Disk, _: &Owner<'_>) -> Option<Vec<Remembered>> {
        let requests = disk.log.iter().map(|entry| {
            Remembered::asked((entry.number, entry.epoch), &entry.cast.request.operation)
        });
        Some(requests.collect())
    }
}

fn epoch_from(word: Option<&str>) -> Result<u64, String> {
    // A bound far from the type's end: epochs are counted up from here.
    word.and_then(|word| word.parse::<u32>().ok())
        .filter(|epoch| *epoch > 0)
        .map(u64::from)
        .ok_or_else(|| "the number of an epoch, from 1".to_owned())
}

fn entry_from(word: &str, number: u64) -> Result<Entry, String> {
    const EXPECTED: &str = "a message as EPOCH:KEY=VALUE";
    let (epoch, write) = word.split_once(':').ok_or(EXPECTED)?;
    let (key, value) = write.split_once('=').ok_or(EXPECTED)?;
    // Numbered by place, so that none is taken for a repetition of another.
    let count = number as u32;
    let request = Request {
        client: ClientId(0),
        session: SESSION_BEFORE_THE_RUN,
        sequence: count,
        operation: Operation::parse(&["put", key, value])?,
    };
    let id = CastId { origin: NodeId(0), start: 0, count };
    let epoch = epoch_from(Some(epoch))?;
    Ok(Entry { number, epoch, cast: Cast { id, request }, fixed: None })
}
