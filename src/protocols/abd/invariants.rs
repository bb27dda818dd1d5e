//! What must hold of all registers together, checked after every action against history variables
//! that no handler sees; each violation says in words why it is one.
//!
//! *Atomicity by tags.* Tags order a register's operations: a write by the tag it gives, a read just
//! after the write whose tag it sees. Such an order makes the register atomic if no operation that
//! begins after another was answered has a lower tag, and a write has a higher one (LS §3). An
//! operation is taken to last from the moment its coordinator gets the request to the moment it
//! answers. That is within the time that the client waits, so operations that follow each other for
//! clients follow each other here too: whatever a client could notice is noticed. An attempt that
//! gives a put the tag it has already is part of the operation that first gave it, and not compared.

use super::Abd;
use super::state::{Answered, Node, Phase, Put, Tag, Version};
use crate::ids::NodeId;
use crate::operation::Text;
use crate::protocol::{Answer, Cluster, Invariant, Request};
use crate::sorted::SortedMap;

const ATOMICITY: u8 = 0;
const TAGS_MONOTONE: u8 = 1;
const ONE_VALUE_PER_TAG: u8 = 2;
const DURABLE_ACKNOWLEDGED: u8 = 3;
const ONE_TAG_PER_PUT: u8 = 4;

/// All invariants, in the order of the numbers above.
pub const INVARIANTS: &[Invariant] = &[
    Invariant {
        id: "atomicity",
        source: "ABD §3; LS §3",
        text: "An operation that begins after another was answered never sees a lower tag, and a \
               write gives a higher one.",
    },
    Invariant {
        id: "tags-monotone",
        source: "ABD §3",
        text: "The tag that a replica holds for a register never falls, not even by a crash.",
    },
    Invariant {
        id: "one-value-per-tag",
        source: "LS §3",
        text: "A tag stands for one value, whichever replica holds it.",
    },
    Invariant {
        id: "durable-acknowledged",
        source: "ABD §3",
        text: "An acknowledged write, or a newer one, is on the disks of a majority, or of W nodes.",
    },
    Invariant {
        id: "one-tag-per-put",
        source: "this playground; compare Raft §8",
        text: "A put that was answered, or seen by a read, gets no second tag when it is repeated.",
    },
];

/// History variables.
#[derive(Clone, Debug, Default, Hash)]
pub struct Ghost {
    /// The highest tag that each disk has held for each register.
    held: SortedMap<(NodeId, Text), Tag>,
    /// The first value seen on a disk for each tag, as tags are compared.
    values: SortedMap<(Text, (u64, NodeId)), Text>,
    /// For each operation under way, by coordinator and number: what was known when it began.
    begun: SortedMap<(NodeId, u32), Beginning>,
    /// To which put each tag was given.
    given: SortedMap<(Text, Tag), Put>,
    /// What coordinators have answered while their disks are held: nobody was told of it yet.
    withheld: Vec<(NodeId, Answered)>,
    /// The highest tag that was answered for each register.
    answered: SortedMap<Text, Tag>,
    /// The tag by which each put was first answered, or seen by a read.
    settled: SortedMap<Put, Tag>,
    /// The highest acknowledged write of each register, and on how many disks it must be.
    acknowledged: SortedMap<Text, (Tag, u32)>,
}

/// What had been answered when an operation began.
#[derive(Clone, Copy, Debug, Hash)]
struct Beginning {
    /// The highest tag of its register.
    floor: Option<Tag>,
    /// The tag of the same put, at an earlier attempt.
    settled: Option<Tag>,
}

type Report<'a> = &'a mut dyn FnMut(u8, String);

/// Looks at the cluster after `touched` changed.
pub fn observe(ghost: &mut Ghost, cluster: &Cluster<'_, Abd>, touched: NodeId, report: Report<'_>) {
    check_disk(ghost, cluster, touched, report);
    match cluster.node(touched) {
        Some(node) => check_operations(ghost, cluster, touched, node, report),
        None => {
            ghost.begun.retain(|(coordinator, _), _| *coordinator != touched);
            ghost.withheld.retain(|(coordinator, _)| *coordinator != touched);
        }
    }
    check_durable(ghost, cluster, report);
}

fn check_disk(ghost: &mut Ghost, cluster: &Cluster<'_, Abd>, id: NodeId, report: Report<'_>) {
    // Only what is on the disk: a tag that never got there was told to nobody.
    let registers = &cluster.disk(id).registers;
    for ((_, key), before) in ghost.held.iter().filter(|((node, _), _)| *node == id) {
        let now = registers.get(key).map(|version| version.tag);
        if now.map(|tag| tag.compared(cluster.rules)) < Some(before.compared(cluster.rules)) {
            report(
                TAGS_MONOTONE,
                format!("{id} held tag {before} for {key} and now holds {}.", words(now)),
            );
        }
    }
    for (key, version) in registers {
        let held = ghost.held.entry((id, key.clone())).or_insert(version.tag);
        *held = version.tag.max(*held);
        let compared = (key.clone(), version.tag.compared(cluster.rules));
        let first = ghost.values.entry(compared).or_insert_with(|| version.value.clone());
        if *first != version.value {
            report(
                ONE_VALUE_PER_TAG,
                format!(
                    "{id} holds {key} = {} with tag {}, which nodes cannot tell from the tag of \
                     {key} = {first}.",
                    version.value, version.tag
                ),
            );
        }
    }
}

fn check_operations(
    ghost: &mut Ghost,
    cluster: &Cluster<'_, Abd>,
    id: NodeId,
    node: &Node,
    report: Report<'_>,
) {
    for operation in &node.operations {
        let now = beginning(ghost, &operation.request);
        let beginning = *ghost.begun.entry((id, operation.number)).or_insert(now);
        if let Phase::Store { version, .. } = &operation.phase
            && !operation.request.operation.is_read()
        {
            check_write(ghost, cluster, id, &operation.request, version, beginning, report);
        }
    }
    let has_answered =
        cluster.replies().iter().any(|(_, reply)| matches!(reply.answer, Answer::Done { .. }));
    if let Some(answered) = node.answered.as_ref().filter(|_| has_answered) {
        check_answer(ghost, cluster, id, answered, report);
    }
    release(ghost, cluster, id, node);
    let is_open = |number: u32| node.operations.iter().any(|open| open.number == number);
    ghost.begun.retain(|(coordinator, number), _| *coordinator != id || is_open(*number));
}

fn beginning(ghost: &Ghost, request: &Request) -> Beginning {
    Beginning {
        floor: ghost.answered.get(request.operation.key()).copied(),
        settled: ghost.settled.get(&Put::of(request)).copied(),
    }
}

/// A write has its tag: a new one must be above all that was answered before it began.
fn check_write(
    ghost: &mut Ghost,
    cluster: &Cluster<'_, Abd>,
    id: NodeId,
    request: &Request,
    version: &Version,
    beginning: Beginning,
    report: Report<'_>,
) {
    let (key, tag, put) = (request.operation.key(), version.tag, Put::of(request));
    if ghost.given.insert((key.clone(), tag), put) == Some(put) {
        return;
    }
    if let Some(floor) = beginning.floor
        && tag.compared(cluster.rules) <= floor.compared(cluster.rules)
    {
        report(
            ATOMICITY,
            format!(
                "{id} gives “{}” the tag {tag}, but tag {floor} had been answered before it began.",
                request.operation
            ),
        );
    }
    if let Some(settled) = beginning.settled
        && settled != tag
    {
        report(
            ONE_TAG_PER_PUT,
            format!(
                "{id} gives “{}” the tag {tag}, but it had been answered or read with tag \
                 {settled} before: it takes effect twice.",
                request.operation
            ),
        );
    }
}

fn check_answer(
    ghost: &mut Ghost,
    cluster: &Cluster<'_, Abd>,
    id: NodeId,
    answered: &Answered,
    report: Report<'_>,
) {
    let request = &answered.request;
    // An operation that needs nobody else begins and ends in one action.
    let begun = ghost.begun.get(&(id, answered.number)).copied();
    let beginning = begun.unwrap_or_else(|| beginning(ghost, request));
    let tag = answered.version.as_ref().map(|version| version.tag);
    let compared = |tag: Option<Tag>| tag.map(|tag| tag.compared(cluster.rules));
    if request.operation.is_read() {
        if let Some(floor) = beginning.floor
            && compared(tag) < compared(Some(floor))
        {
            report(
                ATOMICITY,
                format!(
                    "{id} answers “{}” with “{}” of {}, but tag {floor} had been answered before \
                     the read began.",
                    request.operation,
                    answered.outcome,
                    words(tag)
                ),
            );
        }
    } else if let Some(version) = &answered.version {
        check_write(ghost, cluster, id, request, version, beginning, report);
    }
    ghost.withheld.push((id, answered.clone()));
}

/// An answer leaves a node when what it wrote before is on its disk, and counts from then on.
fn release(ghost: &mut Ghost, cluster: &Cluster<'_, Abd>, id: NodeId, node: &Node) {
    let (withheld, others): (Vec<_>, Vec<_>) =
        std::mem::take(&mut ghost.withheld).into_iter().partition(|(coordinator, _)| {
            // A node's disk is behind its memory only while it is held.
            *coordinator == id && *cluster.disk(id) == node.disk
        });
    ghost.withheld = others;
    for (_, answered) in withheld {
        acknowledge(ghost, cluster, &answered);
    }
}

fn acknowledge(ghost: &mut Ghost, cluster: &Cluster<'_, Abd>, answered: &Answered) {
    let Some(version) = &answered.version else { return };
    let key = answered.request.operation.key();
    if !answered.request.operation.is_read() {
        let needed = (version.tag, answered.stored_on);
        let acknowledged = ghost.acknowledged.entry(key.clone()).or_insert(needed);
        if version.tag.compared(cluster.rules) > acknowledged.0.compared(cluster.rules) {
            *acknowledged = needed;
        }
    }
    ghost.settled.entry(version.put).or_insert(version.tag);
    let highest = ghost.answered.entry(key.clone()).or_insert(version.tag);
    *highest = version.tag.max(*highest);
}

fn check_durable(ghost: &Ghost, cluster: &Cluster<'_, Abd>, report: Report<'_>) {
    for (key, (tag, needed)) in &ghost.acknowledged {
        let holds = |id: &NodeId| {
            cluster.disk(*id).registers.get(key).is_some_and(|version| {
                version.tag.compared(cluster.rules) >= tag.compared(cluster.rules)
            })
        };
        let holders = cluster.ids().filter(holds).count();
        if holders < *needed as usize {
            report(
                DURABLE_ACKNOWLEDGED,
                format!(
                    "The write of {key} with tag {tag} was acknowledged, but only {holders} of {} \
                     disks hold it or a newer one; {needed} should.",
                    cluster.node_count()
                ),
            );
        }
    }
}

fn words(tag: Option<Tag>) -> String {
    tag.map_or("no tag".to_owned(), |tag| format!("tag {tag}"))
}
