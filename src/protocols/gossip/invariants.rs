//! What must hold of all copies together, checked after every action against history variables that
//! no handler sees; each violation says in words why it is one.
//!
//! That all copies are equal in the end is a promise about the future; what can be checked at every
//! moment is what it rests on: a copy goes only up, a version stands for one thing, and writes that
//! were answered have the versions that they ought to have. Then nodes that have met the same
//! versions are equal, in whatever order they met them.

use std::hash::{Hash, Hasher};

use super::Gossip;
use super::state::{Content, Node, Stamp, Version};
use super::view::words;
use crate::ids::NodeId;
use crate::mix::hash_of;
use crate::operation::Text;
use crate::protocol::{Cluster, Invariant};
use crate::sorted::{SortedMap, SortedSet};

const VERSIONS_MONOTONE: u8 = 0;
const DELETES_STAY: u8 = 1;
const ONE_VALUE_PER_VERSION: u8 = 2;
const ONLY_WRITTEN: u8 = 3;
const LATER_WRITE_WINS: u8 = 4;
const EQUAL_HASHES_EQUAL_STATES: u8 = 5;

/// All invariants, in the order of the numbers above.
pub const INVARIANTS: &[Invariant] = &[
    Invariant {
        id: "versions-monotone",
        source: "Demers §1.1",
        text: "The version that a node holds of a key never goes back; a death certificate may be \
               dropped.",
    },
    Invariant {
        id: "deletes-stay",
        source: "Demers §2",
        text: "Where an item was deleted, or its death certificate has been, no older version of it \
               comes back.",
    },
    Invariant {
        id: "one-value-per-version",
        source: "Demers §1.1",
        text: "A version stands for one value, whichever node holds it: nodes with the same versions \
               are equal.",
    },
    Invariant {
        id: "only-written",
        source: "Demers §1.1",
        text: "Every version was made by the node that it names, and was there before it was anywhere \
               else.",
    },
    Invariant {
        id: "later-write-wins",
        source: "Lamport 1978, IR2",
        text: "A write is newer than what its node knew when it was written.",
    },
    Invariant {
        id: "equal-hashes-equal-states",
        source: "Dynamo §4.7",
        text: "Hash trees with the same root stand for the same items, death certificates included.",
    },
];

/// History variables.
#[derive(Clone, Debug, Default, Hash)]
pub struct Ghost {
    /// The version that each node's disk held of each key.
    held: SortedMap<(NodeId, Text), Version>,
    /// The newest delete of each key that each node has executed or heard of.
    buried: SortedMap<(NodeId, Text), Stamp>,
    /// The newest death certificate of each key that a node has met while its disk was held: it may
    /// be dropped before the disk ever has it.
    met: Met,
    /// What was first seen under each version, as versions are compared.
    contents: SortedMap<(Text, (u64, NodeId)), Content>,
    /// The versions that their writers have had.
    made: SortedSet<(Text, Stamp)>,
    /// The nodes that have started.
    started: SortedSet<NodeId>,
    /// For each root of a hash tree, the hash of the items that it stood for.
    roots: SortedMap<u64, u64>,
}

/// Certificates that disks do not have yet. Where there are none they leave no trace in a fingerprint.
#[derive(Clone, Debug, Default)]
struct Met(SortedMap<(NodeId, Text), Stamp>);

impl Hash for Met {
    fn hash<H: Hasher>(&self, state: &mut H) {
        if !self.0.is_empty() {
            self.0.hash(state);
        }
    }
}

type Report<'a> = &'a mut dyn FnMut(u8, String);

/// Looks at the cluster after `touched` changed.
pub fn observe(
    ghost: &mut Ghost,
    cluster: &Cluster<'_, Gossip>,
    touched: NodeId,
    report: Report<'_>,
) {
    if let Some(node) = cluster.node(touched) {
        check_memory(ghost, touched, node, report);
        meet(ghost, cluster, touched, node);
        check_write(ghost, cluster, touched, node, report);
        check_tree(ghost, cluster, touched, node, report);
    } else {
        // What never got to its disk, the node has never heard of.
        ghost.met.0.retain(|(id, _), _| *id != touched);
    }
    check_disk(ghost, cluster, touched, report);
}

/// Whose versions a node has, and what they stand for.
fn check_memory(ghost: &mut Ghost, id: NodeId, node: &Node, report: Report<'_>) {
    // What is there when nodes first start was written before the run.
    let is_beginning = ghost.started.insert(id);
    for (key, version) in &node.disk.items {
        let name = (key.clone(), version.stamp);
        if version.stamp.node == id || is_beginning {
            ghost.made.insert(name);
        } else if !ghost.made.contains(&name) {
            report(
                ONLY_WRITTEN,
                format!(
                    "{id} holds {key} = {}, which {} never wrote.",
                    words(version),
                    version.stamp.node
                ),
            );
        }
    }
}

/// Notes the certificates that a node has and its disk has not.
fn meet(ghost: &mut Ghost, cluster: &Cluster<'_, Gossip>, id: NodeId, node: &Node) {
    let disk = &cluster.disk(id).items;
    for (key, version) in &node.disk.items {
        if version.value().is_none() && disk.get(key) != Some(version) {
            let newest = ghost.met.0.entry((id, key.clone())).or_insert(version.stamp);
            *newest = version.stamp.max(*newest);
        }
    }
}

/// What is on a disk: no version goes back, no delete is undone, no version has two values. Only the
/// disk counts: what never got there was told to nobody.
fn check_disk(ghost: &mut Ghost, cluster: &Cluster<'_, Gossip>, id: NodeId, report: Report<'_>) {
    let (items, rules) = (&cluster.disk(id).items, cluster.rules);
    // A delete that its node executed without a certificate left nothing that could be compared.
    let deleted_here = cluster
        .node(id)
        .filter(|node| node.written.as_ref().is_some_and(|written| written.deletes))
        .filter(|node| node.disk == *cluster.disk(id))
        .and_then(|node| node.written.clone());
    if let Some(written) = deleted_here {
        let name = (id, written.key);
        bury(ghost, name.clone(), written.stamp);
        ghost.held.retain(|held, version| *held != name || version.stamp > written.stamp);
    }
    let last = (NodeId(id.0 + 1), Text::from(""));
    let before: Vec<_> = (ghost.held.range((id, Text::from(""))..last))
        .map(|((_, key), version)| (key.clone(), version.clone()))
        .collect();
    for (key, before) in before {
        let now = items.get(&key);
        let met = ghost.met.0.get(&(id, key.clone())).copied();
        let was_certificate = before.value().is_none() || met.is_some_and(|it| it > before.stamp);
        let has_dropped = now.is_none() && was_certificate && cluster.node(id).is_some();
        let goes_back =
            now.map(|now| now.stamp.compared(rules)) < Some(before.stamp.compared(rules));
        if goes_back && !has_dropped {
            let now = now.map_or("nothing".to_owned(), words);
            let before = words(&before);
            report(VERSIONS_MONOTONE, format!("{id} held {key} = {before} and now holds {now}."));
        }
        if has_dropped {
            let name = (id, key);
            if let Some(met) = met {
                bury(ghost, name.clone(), met);
            }
            ghost.held.remove(&name);
        }
    }
    let memory = cluster.node(id).map(|node| &node.disk);
    if memory.is_none_or(|memory| memory == cluster.disk(id)) {
        ghost.met.0.retain(|(other, _), _| *other != id);
    }
    for (key, version) in items {
        let name = (id, key.clone());
        if ghost.held.get(&name) == Some(version) {
            continue;
        }
        match (&version.content, ghost.buried.get(&name)) {
            (Content::Deleted { .. }, _) => bury(ghost, name.clone(), version.stamp),
            (Content::Value(_), Some(buried)) if version.stamp < *buried => report(
                DELETES_STAY,
                format!(
                    "{id} holds {key} = {} again, though its delete, version {buried}, is newer.",
                    words(version)
                ),
            ),
            _ => {}
        }
        let compared = (key.clone(), version.stamp.compared(rules));
        let first = ghost.contents.entry(compared).or_insert_with(|| version.content.clone());
        if *first != version.content {
            let stamp = version.stamp;
            let first = words(&Version { stamp, content: first.clone() });
            report(
                ONE_VALUE_PER_VERSION,
                format!(
                    "{id} holds {key} = {}, and a version that is neither older nor newer was {first}.",
                    words(version)
                ),
            );
        }
        ghost.held.insert(name, version.clone());
    }
}

fn bury(ghost: &mut Ghost, name: (NodeId, Text), stamp: Stamp) {
    let buried = ghost.buried.entry(name).or_insert(stamp);
    *buried = stamp.max(*buried);
}

/// A write that was answered must be what its node holds then.
fn check_write(
    ghost: &Ghost,
    cluster: &Cluster<'_, Gossip>,
    id: NodeId,
    node: &Node,
    report: Report<'_>,
) {
    let Some(written) = &node.written else { return };
    let knew = ghost.held.get(&(id, written.key.clone()));
    let Some(knew) = knew.filter(|_| !cluster.replies().is_empty()) else { return };
    if written.stamp.compared(cluster.rules) < knew.stamp.compared(cluster.rules) {
        report(
            LATER_WRITE_WINS,
            format!(
                "{id} gives a write of {} the version {}, but it held version {} already: the write \
                 is lost, and its client is told ok.",
                written.key, written.stamp, knew.stamp
            ),
        );
    }
}

/// A tree must tell the items that it was made of from all others.
fn check_tree(
    ghost: &mut Ghost,
    cluster: &Cluster<'_, Gossip>,
    id: NodeId,
    node: &Node,
    report: Report<'_>,
) {
    let Some(root) = node.tree.get(usize::from(super::merkle::ROOT)) else { return };
    let items = hash_of(&node.disk.items);
    if *ghost.roots.entry(*root).or_insert(items) == items {
        return;
    }
    let is_other = |other: &NodeId| {
        cluster.node(*other).is_some_and(|other| {
            other.tree.get(usize::from(super::merkle::ROOT)) == Some(root)
                && other.disk.items != node.disk.items
        })
    };
    let whose = match cluster.ids().find(is_other) {
        Some(other) => format!("{other} holds other items under the same hash"),
        None => "that hash has stood for other items before".to_owned(),
    };
    report(
        EQUAL_HASHES_EQUAL_STATES,
        format!(
            "{id} shows the root hash {}, but {whose}: comparing hashes finds no difference.",
            super::message::hash_words(*root)
        ),
    );
}
