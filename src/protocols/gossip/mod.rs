//! Gossip: epidemic replication, where nodes tell each other what is new until all have it.
//!
//! **Problem.** Many nodes hold copies of a store. Each answers reads and writes at once and alone,
//! whoever else is reachable, and yet all copies become equal once the writes stop, although messages
//! are lost, copied, delayed and overtaken, and nodes crash and come back with nothing but their
//! disks. Eventual consistency: a read may be old, a write is never refused.
//!
//! **Roles.** All nodes are alike. A node that spreads news is *infective*; one that has not heard it
//! is *susceptible*; one that has heard it and lost interest is *removed*.
//!
//! **Phases.** [`replica`]: a write gets a version, a timestamp and the writer's id, and is answered;
//! of two versions of a key the newer wins everywhere. A delete is a write too: it leaves a *death
//! certificate*. [`exchange`] is *anti-entropy*: in every round a node chooses a partner and they
//! resolve their differences, by push, pull, or both ways; either with all items at once or down the
//! hash tree of [`merkle`], where one differing key among many is found in as many steps as the tree
//! has levels. [`rumor`] is *rumor mongering*: news is pushed while it is hot, which is cheap and
//! quick but may miss somebody; anti-entropy behind it misses nobody.
//!
//! **Why it converges**, in one breath: the merge of two copies takes for each key the newer version,
//! so it is a join (in whatever order, grouping and number messages come, the result is the same) and
//! a copy only goes up; nodes that have met the same versions are therefore equal, and as every node
//! is chosen as a partner again and again, all meet all versions, in about log₂ n + ln n rounds. Each
//! sentence that this needs is one of [`rules::RULES`].
//!
//! **What it cannot do.** Of two writes at once one is lost, the one with the older version, and both
//! writers were told ok. With wall clocks that may even be the later one. A death certificate that
//! is dropped at last protects only against items that are no longer under way anywhere: it must be
//! kept for longer than the longest partition and the slowest message; 0, for ever, is always safe.
//! A put that a client repeats at another node is written twice, with two versions.
//!
//! **Partners without dice.** Protocols draw no random numbers; [`exchange::partners`] says how a
//! partner is chosen instead.
//!
//! **Left out.** Direct mail, spatial distributions and hunting, and dormant death certificates with
//! their activation timestamps (Demers §1.2, §3, §2.1).
//!
//! **Source.** Demers and others, *Epidemic Algorithms for Replicated Database Maintenance*, PODC
//! 1987 ("Demers"); DeCandia and others, *Dynamo: Amazon's Highly Available Key-value Store*, SOSP
//! 2007 ("Dynamo"), §4.7, for hash trees; Lamport, *Time, Clocks, and the Ordering of Events in a
//! Distributed System*, CACM 21(7), 1978.

mod exchange;
mod invariants;
mod merkle;
mod message;
mod replica;
mod rules;
mod rumor;
mod state;
mod view;

pub use invariants::Ghost;
pub use message::Message;
pub use state::{Content, Disk, Items, Node, Rumor, Stamp, Version, Written};

use crate::ids::{NodeId, RuleSet, TimerId};
use crate::operation::{DELETE, GET, Operation, PUT, Text};
use crate::past::{Owner, Remembered};
use crate::protocol::{Cluster, CommandKind, Context, Protocol, Request, Sheet, TimerKind};
use crate::renaming::Symmetry;
use crate::view::{Formula, MessageLabel, Meter, NodeView};

/// A round of anti-entropy begins.
pub const ROUND: TimerId = TimerId(0);
/// A round of rumor mongering begins; armed while anything is hot.
pub const RUMOR: TimerId = TimerId(1);

/// The protocol; all that varies is in the scenario's rules and settings.
#[derive(Clone, Copy, Debug, Default)]
pub struct Gossip;

static SHEET: Sheet = Sheet {
    id: "gossip",
    title: "Gossip",
    source: "Demers et al. 1987; hash trees: DeCandia et al. (Dynamo) 2007, §4.7",
    guarantee: "Eventual consistency: every node answers at once, and when writing stops all \
                copies become equal; an answer may be stale.",
    period: "clock",
    nodes_default: 5,
    nodes_range: (2, 1000),
    messages: message::KINDS,
    timers: &[
        TimerKind {
            name: "round",
            text: "The node chooses partners and resolves the differences with them.",
        },
        TimerKind { name: "rumor", text: "The node tells partners of its choice what is hot." },
    ],
    commands: &[CommandKind {
        name: "gossip",
        text: "The node resolves the differences with that node, out of turn.",
    }],
    rules: rules::RULES,
    invariants: invariants::INVARIANTS,
    settings: rules::SETTINGS,
    operations: &[GET, PUT, DELETE],
};

/// Nodes compare versions and store values; but a hash tree stands for the values in it. Nodes are not
/// alike: the higher name breaks a tie, and whom a node asks follows from its name.
struct Values;

impl Symmetry<Gossip> for Values {
    fn is_like_others(&self, _: &str, settings: &[u32]) -> bool {
        settings[usize::from(rules::EXCHANGE)] != rules::EXCHANGE_MERKLE
    }
}

impl Protocol for Gossip {
    type Node = Node;
    type Disk = Disk;
    type Message = Message;
    type Ghost = Ghost;

    const SHEET: &'static Sheet = &SHEET;

    fn boot(&self, context: &mut Context<'_, Self>, disk: Disk) -> Node {
        let mut node = Node::starting(disk);
        node.keeps_certificates = context.setting(rules::CERTIFICATES_MS) == 0;
        if context.setting(rules::EXCHANGE) == rules::EXCHANGE_MERKLE {
            replica::grow(context, &mut node);
        }
        // Nodes do not begin their rounds together.
        let wait_ms = rules::interval_ms(context.settings);
        context.arm(ROUND, wait_ms / 2, wait_ms);
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
            Message::Pull { buckets } => exchange::on_pull(context, node, from, *buckets),
            Message::Items { items, buckets, back } => {
                exchange::on_items(context, node, from, items, *buckets, *back);
            }
            Message::Compare { level, hashes } => {
                exchange::on_compare(context, node, from, *level, hashes);
            }
            Message::Rumor { items } => rumor::on_rumor(context, node, from, items),
            Message::RumorReply { known } => rumor::on_rumor_reply(context, node, known),
        }
    }

    fn on_timer(&self, context: &mut Context<'_, Self>, node: &mut Node, timer: TimerId) {
        match timer {
            RUMOR => rumor::on_rumor_timeout(context, node),
            _ => exchange::on_round(context, node),
        }
    }

    fn on_request(&self, context: &mut Context<'_, Self>, node: &mut Node, request: &Request) {
        replica::on_request(context, node, request);
    }

    fn on_command(
        &self,
        context: &mut Context<'_, Self>,
        node: &mut Node,
        _: u8,
        argument: NodeId,
    ) {
        if argument != context.me {
            exchange::begin(context, node, argument);
        }
    }

    fn disk<'a>(&self, node: &'a Node) -> &'a Disk {
        &node.disk
    }

    fn surviving(&self, disk: &Disk, rules: RuleSet) -> Disk {
        if rules.contains(rules::DURABLE_ITEMS_AND_CLOCK) {
            disk.clone()
        } else {
            Disk { choices: disk.choices, ..Disk::default() }
        }
    }

    fn waits_for_disk(&self, message: &Message, rules: RuleSet) -> bool {
        // A question tells nothing of what was written; all else does.
        let tells = !matches!(message, Message::Pull { .. });
        tells && rules.contains(rules::DURABLE_ITEMS_AND_CLOCK)
    }

    fn is_dead(&self, node: &Node, message: &Message, rules: RuleSet) -> bool {
        match message {
            // Nothing goes back, and nothing is newer; what is held never goes down again.
            Message::Items { items, back: false, .. } => {
                let is_old = |(key, version): (&Text, &Version)| {
                    let own = node.disk.items.get(key);
                    version.stamp.time <= node.disk.clock
                        && own.is_some_and(|own| {
                            version.stamp.compared(rules) <= own.stamp.compared(rules)
                                && (rules.contains(rules::NEWER_VERSION_WINS)
                                    || version.stamp == own.stamp)
                        })
                };
                let stays = rules.contains(rules::DURABLE_ITEMS_AND_CLOCK)
                    && rules.contains(rules::NEWER_VERSION_WINS)
                    && rules.contains(rules::DEATH_CERTIFICATES);
                stays && node.keeps_certificates && items.iter().all(is_old)
            }
            // A version is hot at most once.
            Message::RumorReply { known } => !known
                .iter()
                .any(|(key, stamp)| node.hot.get(key).is_some_and(|rumor| rumor.stamp == *stamp)),
            // These are answered, now or when something has changed.
            Message::Items { .. }
            | Message::Pull { .. }
            | Message::Compare { .. }
            | Message::Rumor { .. } => false,
        }
    }

    fn symmetry(&self) -> Option<&'static dyn Symmetry<Self>> {
        Some(&Values)
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
        let fan_out = settings.get(usize::from(rules::FAN_OUT)).copied().unwrap_or(1);
        (fan_out >= u32::from(nodes)).then(|| {
            format!("fan-out is {fan_out}, but a node of {nodes} has only {} others", nodes - 1)
        })
    }

    fn formulas(&self, nodes: u16, settings: &[u32]) -> Vec<Formula> {
        view::formulas(nodes, settings)
    }

    fn meters(&self, cluster: &Cluster<'_, Self>) -> Vec<Meter> {
        view::meters(cluster)
    }

    /// `3.n1:x=old 4.n2:y …`: for each key a version, and a value or, without one, its death.
    fn parse_disk(&self, words: &[&str], nodes: u16) -> Result<Disk, String> {
        const FORM: &str = "TIME.NODE:KEY=VALUE …, such as 3.n1:x=old, or TIME.NODE:KEY for a \
                            death certificate";
        let mut disk = Disk::default();
        for word in words {
            let (stamp, rest) = word.split_once(':').ok_or(FORM)?;
            let (time, writer) = stamp.split_once('.').ok_or(FORM)?;
            // A bound far from the type's end: clocks are counted up from here.
            let time = time.parse::<u32>().ok().filter(|time| *time > 0).ok_or(FORM)?;
            let node = NodeId::from_name(writer, nodes).ok_or(FORM)?;
            let stamp = Stamp { time: time.into(), node };
            let (key, content) = match rest.split_once('=') {
                Some((key, value)) => {
                    Operation::parse(&["put", key, value])?;
                    (key, Content::Value(Text::from(value)))
                }
                None => {
                    Operation::parse(&["delete", rest])?;
                    (rest, Content::Deleted { at_ms: 0 })
                }
            };
            disk.clock = disk.clock.max(stamp.time);
            disk.items.insert(Text::from(key), Version { stamp, content });
        }
        Ok(disk)
    }

    fn remembers(&self, disk: &Disk, _: &Owner<'_>) -> Option<Vec<Remembered>> {
        let items = disk.items.iter().map(|(key, version)| {
            let stamp = (version.stamp.time, version.stamp.node.0.into());
            Remembered::written(stamp, key, version.value())
        });
        Some(items.collect())
    }
}
