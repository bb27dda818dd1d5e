//! Quorum replication with N, R and W, in the manner of Dynamo.
//!
//! **Problem.** Keep N copies of each key so that clients are answered although some nodes are down
//! or slow, and choose how many of them each answer waits for: few for speed, many for freshness.
//!
//! **Roles.** All nodes form a ring, and each key has N *homes* on it, its preference list
//! ([`ring`]). A home is a *replica*. Any node *coordinates* gets, any home coordinates puts and
//! deletes, several at a time. With sloppy quorums the nodes after the homes *stand in* for those
//! that do not answer.
//!
//! **Phases.** [`coordinator`]: a get asks all homes, waits for R replies, answers with the newest
//! versions among them, and *repairs* whoever told less. A put makes a version, sends it to all
//! homes, and is answered when W nodes have it. [`replica`] keeps what is newer, and *hands off*
//! what it keeps for others. The coordinator itself is one of the R or W where it is a home.
//!
//! **Which version is newer** ([`version`]) is a setting. *Last writer wins*: the coordinator stamps
//! the put with its own clock, and the greatest timestamp stays, even where its clock is wrong.
//! *Version vectors*: the put first reads R replies, and its vector covers all that was found; of
//! versions that do not cover each other all stay, as *siblings*, and a get answers with all values
//! joined by `|`. In the paper the client hands the coordinator the vector of its last get, the
//! *context*; clients here carry no luggage, so the coordinator reads first in their place. A put
//! therefore supersedes what its coordinator found, which is at least what any client was told
//! before, and puts become siblings where neither coordinator could know of the other.
//!
//! **Why it is safe**, in one breath: with R + W > N every R homes share one with every W, replicas
//! only go up, so a read meets each put that was completed before it, or one that supersedes it.
//! That is all: two reads during a put may see the new value and then the old one, as nothing is
//! written back before the answer (ABD does that); timestamps lose puts; and stand-ins need not meet
//! anyone. Each sentence that this needs is one of [`rules::RULES`].
//!
//! **A put that a client repeats** is another put, with another version: nobody remembers sessions.
//! An unanswered put may have reached some replicas, and then a later read may find and spread it.
//!
//! **Left out.** Virtual nodes, joining and leaving, gossip about who is up (a node is taken to be
//! down while it does not answer), Merkle trees between replicas, and truncated vectors.
//!
//! **Source.** DeCandia et al., *Dynamo: Amazon's Highly Available Key-value Store*, SOSP 2007;
//! Gifford, *Weighted Voting for Replicated Data*, SOSP 1979, for R + W > N; Parker et al.,
//! *Detection of Mutual Inconsistency in Distributed Systems*, IEEE TSE 1983, for version vectors.

mod coordinator;
mod invariants;
mod message;
mod replica;
mod ring;
mod rules;
mod state;
mod version;
mod view;

pub use invariants::Ghost;
pub use message::Message;
pub use state::{Answered, Disk, Made, Node, Operation, Phase, Round};
pub use version::{Stamp, Version};

use crate::ids::{NodeId, RuleSet, TimerId};
use crate::operation::{DELETE, GET, PUT, Text};
use crate::past::{Owner, Remembered};
use crate::protocol::{Cluster, Context, Protocol, Request, Sheet, TimerKind};
use crate::renaming::Symmetry;
use crate::view::{Formula, MessageLabel, Meter, NodeView};
use ring::Sizes;

/// A coordinator asks again whoever has not answered.
pub const RETRANSMIT: TimerId = TimerId(0);
/// A stand-in tries to hand its hints off.
pub const HAND_OFF: TimerId = TimerId(1);

/// The protocol; all that varies is in the scenario's rules and settings.
#[derive(Clone, Copy, Debug, Default)]
pub struct Quorum;

static SHEET: Sheet = Sheet {
    id: "quorum",
    title: "Quorums (Dynamo)",
    source: "DeCandia et al. 2007; quorums: Gifford 1979",
    guarantee: "With R + W > N and strict quorums a read sees every write completed before it; not \
                linearizable, and with less it may be stale.",
    period: "version",
    nodes_default: 5,
    nodes_range: (1, 100),
    messages: message::KINDS,
    timers: &[
        TimerKind {
            name: "retransmit",
            text: "A coordinator asks again all that have not answered, and stand-ins where they \
                   count; what is answered already it lets go.",
        },
        TimerKind {
            name: "hand-off",
            text: "A stand-in sends what it keeps for others to their homes.",
        },
    ],
    commands: &[],
    rules: rules::RULES,
    invariants: invariants::INVARIANTS,
    settings: rules::SETTINGS,
    operations: &[GET, PUT, DELETE],
};

/// Replicas compare timestamps and store values; but siblings are told side by side, as another value.
/// Replicas are not alike: each key has its own on the ring, and the higher name breaks a tie.
struct Values;

impl Symmetry<Quorum> for Values {
    fn is_like_others(&self, _: &str, settings: &[u32]) -> bool {
        settings[usize::from(rules::VERSIONS)] == rules::VERSIONS_TIMESTAMPS
    }
}

impl Protocol for Quorum {
    type Node = Node;
    type Disk = Disk;
    type Message = Message;
    type Ghost = Ghost;

    const SHEET: &'static Sheet = &SHEET;

    fn boot(&self, context: &mut Context<'_, Self>, disk: Disk) -> Node {
        if !disk.hints.is_empty() {
            replica::arm(context);
        }
        Node::starting(disk, Sizes::of(context.node_count, context.settings).is_by_time)
    }

    fn on_message(
        &self,
        context: &mut Context<'_, Self>,
        node: &mut Node,
        from: NodeId,
        message: &Message,
    ) {
        match message {
            Message::Read { round, key } => replica::on_read(context, node, from, *round, key),
            Message::ReadReply { round, versions } => {
                coordinator::on_read_reply(context, node, from, *round, versions);
            }
            Message::Write { round, key, version } => {
                replica::on_write(context, node, from, *round, key, version);
            }
            Message::Hint { round, key, version, home } => {
                replica::on_hint(context, node, from, *round, (key, version), *home);
            }
            Message::WriteReply { round, home } => {
                coordinator::on_write_reply(context, node, from, *round, *home);
            }
            Message::Repair { key, versions } => {
                replica::on_versions(context, node, key, versions);
            }
            Message::HandOff { key, versions } => {
                replica::on_hand_off(context, node, from, key, versions);
            }
            Message::HandOffReply { key, stamps } => {
                replica::on_hand_off_reply(context, node, from, key, stamps);
            }
        }
    }

    fn on_timer(&self, context: &mut Context<'_, Self>, node: &mut Node, timer: TimerId) {
        match timer {
            HAND_OFF => replica::on_hand_off_timeout(context, node),
            _ => coordinator::on_retransmit_timeout(context, node),
        }
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
        if rules.contains(rules::DURABLE_VERSIONS) {
            disk.clone()
        } else {
            Disk { starts: disk.starts, ..Disk::default() }
        }
    }

    fn waits_for_disk(&self, message: &Message, rules: RuleSet) -> bool {
        // A read depends on nothing that was written; all else tells of versions, which must not
        // be forgotten: their stamps could be given away again.
        !matches!(message, Message::Read { .. }) && rules.contains(rules::DURABLE_VERSIONS)
    }

    fn is_dead(&self, node: &Node, message: &Message, rules: RuleSet) -> bool {
        match message {
            // Rounds are never numbered twice: one that is over is over for ever.
            Message::ReadReply { round, .. } | Message::WriteReply { round, .. } => {
                !node.operations.iter().any(|operation| operation.round == *round)
            }
            // What is repaired stays so, as replicas only go up, unless they can forget.
            Message::Repair { key, versions } => {
                let held = node.disk.data.get(key).map_or(&[][..], |held| held);
                let is_held =
                    |version: &Version| held.iter().any(|own| own.stamp.covers(&version.stamp));
                let never_falls = [
                    rules::REFUSE_OLDER_VERSION,
                    rules::SIBLINGS_KEPT,
                    rules::DURABLE_VERSIONS,
                    rules::TOMBSTONES_KEPT,
                ];
                never_falls.into_iter().all(|rule| rules.contains(rule))
                    && versions.iter().all(is_held)
            }
            // A late copy may bring the hint again, and then this takes it away again.
            Message::HandOffReply { .. } => false,
            // These are always answered.
            Message::Read { .. }
            | Message::Write { .. }
            | Message::Hint { .. }
            | Message::HandOff { .. } => false,
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
        let Sizes { nodes, n, r, w, .. } = Sizes::of(nodes, settings);
        if n > nodes {
            return Some(format!(
                "N = {n} replicas of a key need {n} nodes, and there are {nodes}."
            ));
        }
        [("R", r), ("W", w)].into_iter().find(|(_, size)| *size > n).map(|(name, size)| {
            format!(
                "{name} = {size} is more than the N = {n} nodes that hold a key: no answer ever."
            )
        })
    }

    fn formulas(&self, nodes: u16, settings: &[u32]) -> Vec<Formula> {
        view::formulas(Sizes::of(nodes, settings))
    }

    fn meters(&self, cluster: &Cluster<'_, Self>) -> Vec<Meter> {
        view::meters(cluster)
    }

    /// `3.n1:x=old …`: for each key a count, a node and a value: the vector with that one entry, or
    /// the timestamp with that node.
    fn parse_disk(&self, words: &[&str], nodes: u16) -> Result<Disk, String> {
        const FORM: &str = "COUNT.NODE:KEY=VALUE …, such as 3.n1:x=old";
        let mut disk = Disk::default();
        for word in words {
            let (stamp, rest) = word.split_once(':').ok_or(FORM)?;
            let (key, value) = rest.split_once('=').ok_or(FORM)?;
            let (count, node) = stamp.split_once('.').ok_or(FORM)?;
            // A bound far from the type's end: counts go up from here.
            let count = count.parse::<u32>().ok().filter(|count| *count > 0).ok_or(FORM)?;
            crate::operation::Operation::parse(&["put", key, value])?;
            let node = NodeId::from_name(node, nodes).ok_or(FORM)?;
            let stamp = Stamp::Vector(vec![(node, count.into())]);
            let version = Version { stamp, value: Some(Text::from(value)) };
            disk.data.insert(Text::from(key), vec![version]);
        }
        Ok(disk)
    }

    fn remembers(&self, disk: &Disk, _: &Owner<'_>) -> Option<Vec<Remembered>> {
        let mut all = Vec::new();
        for (key, versions) in &disk.data {
            for version in versions {
                let node = match &version.stamp {
                    Stamp::Time { node, .. } => node.0,
                    Stamp::Vector(entries) => entries.first().map_or(0, |(node, _)| node.0),
                };
                let stamp = (version.stamp.period(), node.into());
                all.push(Remembered::written(stamp, key, version.value.as_ref()));
            }
        }
        Some(all)
    }
}
