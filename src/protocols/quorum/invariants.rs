//! What must hold of all replicas together, checked after every action against history variables
//! that no handler sees; each violation says in words why it is one.
//!
//! With version vectors the checkers do not believe the vectors. They write down which versions each
//! coordinator knew of when it made another, and take a version to supersede just those and what
//! those supersede. With timestamps the greater one supersedes: that is all that is promised.
//!
//! An operation is taken to last from the moment its coordinator gets the request to the moment its
//! answer leaves, which is within the time that the client waits.

use super::Quorum;
use super::ring::Sizes;
use super::state::{Answered, Disk, Made, Node, Phase};
use super::version::{Stamp, Version, entry, stamps, value_words};
use crate::ids::NodeId;
use crate::operation::Text;
use crate::protocol::{Answer, Cluster, Invariant};
use crate::sorted::{SortedMap, SortedSet};

const READS_SEE_COMPLETED_PUTS: u8 = 0;
const DURABLE_ACKNOWLEDGED: u8 = 1;
const SIBLINGS_PRESERVED: u8 = 2;
const REPLICA_MONOTONE: u8 = 3;
const VERSIONS_GROW: u8 = 4;
const ONE_VALUE_PER_VERSION: u8 = 5;
const HINT_NEVER_LOST: u8 = 6;

/// All invariants, in the order of the numbers above.
pub const INVARIANTS: &[Invariant] = &[
    Invariant {
        id: "reads-see-completed-puts",
        source: "Gifford 1979",
        text: "A read, a put's own included, that begins after a put was answered finds that put's \
               version or one that supersedes it. This needs R + W > N. Sloppy quorums do not \
               promise it, and are not checked.",
    },
    Invariant {
        id: "durable-acknowledged",
        source: "Dynamo §4.5, §4.6",
        text: "An acknowledged put, or one that supersedes it, is on the disks of W nodes, as a \
               replica or as a hint. With timestamps a greater one supersedes, even if it was \
               made earlier: the clocks decide, and such a put is lost by intent.",
    },
    Invariant {
        id: "siblings-preserved",
        source: "Dynamo §4.4",
        text: "With version vectors, a replica gives a version up only for one whose coordinator \
               knew of it: no put is overwritten by a concurrent one. Timestamps promise no such \
               thing.",
    },
    Invariant {
        id: "replica-monotone",
        source: "Gifford 1979; Dynamo §4.4",
        text: "What a replica holds of a key is never older, by its stamp, than what it held before.",
    },
    Invariant {
        id: "versions-grow",
        source: "Dynamo §4.4; Parker et al. 1983",
        text: "The vector of a new version covers all versions that its coordinator knew of, and its \
               coordinator's own entry is greater than in any of them.",
    },
    Invariant {
        id: "one-value-per-version",
        source: "Dynamo §4.4",
        text: "Two replicas that hold the same version hold the same value.",
    },
    Invariant {
        id: "hint-never-lost",
        source: "Dynamo §4.6",
        text: "A hint stays with its stand-in until its home has the version, or a newer one.",
    },
];

/// A version by number, in the order in which the checkers met them.
type Number = u32;

/// History variables.
#[derive(Clone, Debug, Default, Hash)]
pub struct Ghost {
    /// All versions of each key.
    numbers: SortedMap<(Text, Version), Number>,
    /// For each, by number, the versions that its coordinator knew of, and those before them.
    before: Vec<SortedSet<Number>>,
    /// What each disk held when it was last looked at.
    disks: SortedMap<NodeId, Disk>,
    /// The first value seen on a disk for each stamp.
    values: SortedMap<(Text, Stamp), Option<Text>>,
    /// For each operation under way, by coordinator and number: what was completed when it began.
    begun: SortedMap<(NodeId, u32), Vec<Version>>,
    /// The operation whose version was the last that a coordinator made.
    made: SortedMap<NodeId, u32>,
    /// What coordinators have answered while their disks are held: nobody was told of it yet.
    withheld: Vec<(NodeId, Answered)>,
    /// For each key the acknowledged puts that no other acknowledged one supersedes.
    completed: SortedMap<Text, Vec<Version>>,
}

impl Ghost {
    fn number(&mut self, key: &Text, version: &Version) -> Number {
        let next = self.before.len() as Number;
        let number = *self.numbers.entry((key.clone(), version.clone())).or_insert(next);
        if number == next {
            self.before.push(SortedSet::new());
        }
        number
    }

    /// Whether a version is the other or supersedes it in truth.
    fn supersedes(&self, key: &Text, version: &Version, older: &Version) -> bool {
        if version == older {
            return true;
        }
        if matches!(version.stamp, Stamp::Time { .. }) {
            return version.stamp.covers(&older.stamp);
        }
        let number = |version: &Version| self.numbers.get(&(key.clone(), version.clone()));
        match (number(version), number(older)) {
            (Some(number), Some(older)) => self.before[*number as usize].contains(older),
            _ => false,
        }
    }

    fn is_followed(&self, key: &Text, older: &Version, among: &[Version]) -> bool {
        among.iter().any(|version| self.supersedes(key, version, older))
    }
}

type Report<'a> = &'a mut dyn FnMut(u8, String);

/// Looks at the cluster after `touched` changed.
pub fn observe(
    ghost: &mut Ghost,
    cluster: &Cluster<'_, Quorum>,
    touched: NodeId,
    report: Report<'_>,
) {
    let sizes = Sizes::of(cluster.node_count(), cluster.settings);
    match cluster.node(touched) {
        Some(node) => check_operations(ghost, cluster, sizes, touched, node, report),
        None => {
            ghost.begun.retain(|(coordinator, _), _| *coordinator != touched);
            ghost.withheld.retain(|(coordinator, _)| *coordinator != touched);
            ghost.made.remove(&touched);
        }
    }
    check_disk(ghost, cluster, touched, report);
    check_durable(ghost, cluster, sizes, report);
}

fn check_operations(
    ghost: &mut Ghost,
    cluster: &Cluster<'_, Quorum>,
    sizes: Sizes,
    id: NodeId,
    node: &Node,
    report: Report<'_>,
) {
    for operation in &node.operations {
        let now = completed(ghost, operation.request.operation.key());
        ghost.begun.entry((id, operation.number)).or_insert(now);
    }
    if let Some(made) = &node.made
        && ghost.made.insert(id, made.number) != Some(made.number)
    {
        check_made(ghost, sizes, id, made, report);
    }
    let has_answered =
        cluster.replies().iter().any(|(_, reply)| matches!(reply.answer, Answer::Done { .. }));
    if let Some(answered) = node.answered.as_ref().filter(|_| has_answered) {
        let (operation, versions) = (&answered.request.operation, &answered.versions);
        if operation.is_read() {
            let floor = floor(ghost, id, answered.number, operation.key());
            let what = format!("{id} answers “{operation}” with version {}", stamps(versions));
            check_floor(ghost, sizes, operation.key(), &floor, versions, &what, report);
        }
        ghost.withheld.push((id, answered.clone()));
    }
    release(ghost, cluster, id, node);
    // What is answered needs its beginning no more.
    let is_open = |number: u32| {
        node.operations.iter().any(|open| {
            open.number == number
                && matches!(
                    open.phase,
                    Phase::Reading(_) | Phase::Writing { is_answered: false, .. }
                )
        })
    };
    ghost.begun.retain(|(coordinator, number), _| *coordinator != id || is_open(*number));
}

fn completed(ghost: &Ghost, key: &Text) -> Vec<Version> {
    ghost.completed.get(key).cloned().unwrap_or_default()
}

/// What was completed when the operation began; one that needs nobody else began just now.
fn floor(ghost: &Ghost, id: NodeId, number: u32, key: &Text) -> Vec<Version> {
    let begun = ghost.begun.get(&(id, number)).cloned();
    begun.unwrap_or_else(|| completed(ghost, key))
}

fn check_floor(
    ghost: &Ghost,
    sizes: Sizes,
    key: &Text,
    floor: &[Version],
    found: &[Version],
    what: &str,
    report: Report<'_>,
) {
    if sizes.is_sloppy {
        return;
    }
    if let Some(missed) = floor.iter().find(|missed| !ghost.is_followed(key, missed, found)) {
        let Sizes { n, r, w, .. } = sizes;
        let sizes = format!("R + W = {} and N = {n}", r + w);
        report(
            READS_SEE_COMPLETED_PUTS,
            format!(
                "{what}, but {key} = {} with version {} had been acknowledged before it began \
                 ({sizes}).",
                value_words(missed.value.as_ref()),
                missed.stamp
            ),
        );
    }
}

/// A put has its version: with vectors it must be above all that was known and completed.
fn check_made(ghost: &mut Ghost, sizes: Sizes, id: NodeId, made: &Made, report: Report<'_>) {
    let Made { key, version, follows, .. } = made;
    let number = ghost.number(key, version);
    let Stamp::Vector(vector) = &version.stamp else { return };
    let mut before = SortedSet::new();
    for earlier in follows {
        let earlier = ghost.number(key, earlier);
        before.insert(earlier);
        before.extend(ghost.before[earlier as usize].iter().copied());
    }
    before.remove(&number);
    ghost.before[number as usize] = before;
    let is_below = |earlier: &&Version| {
        let Stamp::Vector(entries) = &earlier.stamp else { return false };
        !version.stamp.covers(&earlier.stamp) || entry(vector, id) <= entry(entries, id)
    };
    if entry(vector, id) == 0 {
        report(
            VERSIONS_GROW,
            format!("{id} makes version {} without an own entry.", version.stamp),
        );
    }
    if let Some(earlier) = follows.iter().find(is_below) {
        report(
            VERSIONS_GROW,
            format!(
                "{id} makes version {} of {key} knowing of {}, which it does not go beyond.",
                version.stamp, earlier.stamp
            ),
        );
    }
    let floor = floor(ghost, id, made.number, key);
    let what =
        format!("{id} makes version {} of {key}, which follows {}", version.stamp, stamps(follows));
    check_floor(ghost, sizes, key, &floor, follows, &what, report);
}

/// An answer leaves a node when what it wrote before is on its disk, and counts from then on.
fn release(ghost: &mut Ghost, cluster: &Cluster<'_, Quorum>, id: NodeId, node: &Node) {
    let (withheld, others): (Vec<_>, Vec<_>) =
        std::mem::take(&mut ghost.withheld).into_iter().partition(|(coordinator, _)| {
            // A node's disk is behind its memory only while it is held.
            *coordinator == id && *cluster.disk(id) == node.disk
        });
    ghost.withheld = others;
    for (_, Answered { request, versions, .. }) in withheld {
        let key = request.operation.key();
        for version in versions.iter().filter(|_| !request.operation.is_read()) {
            let mut completed = completed(ghost, key);
            if !ghost.is_followed(key, version, &completed) {
                completed.retain(|other| !ghost.supersedes(key, version, other));
                completed.push(version.clone());
                ghost.completed.insert(key.clone(), completed);
            }
        }
    }
}

/// Compares a disk with what it was. Only what is on it counts: no more was told to anyone.
fn check_disk(ghost: &mut Ghost, cluster: &Cluster<'_, Quorum>, id: NodeId, report: Report<'_>) {
    let now = cluster.disk(id);
    let was = ghost.disks.get(&id);
    if was == Some(now) {
        return;
    }
    let was = was.cloned().unwrap_or_default();
    for (key, versions) in now.data.iter().chain(now.hints.iter().map(|((_, key), it)| (key, it))) {
        for Version { stamp, value } in versions {
            let place = (key.clone(), stamp.clone());
            let first = ghost.values.entry(place).or_insert_with(|| value.clone());
            if first != value {
                let (one, other) = (value_words(value.as_ref()), value_words(first.as_ref()));
                report(
                    ONE_VALUE_PER_VERSION,
                    format!("{id} holds {key} = {one} as version {stamp}, which is also {other}."),
                );
            }
        }
    }
    let empty = Vec::new();
    for (key, versions) in &was.data {
        let holds = now.data.get(key).unwrap_or(&empty);
        for version in versions {
            let words = || {
                let (value, stamp) = (value_words(version.value.as_ref()), &version.stamp);
                format!(
                    "{id} held {key} = {value} as version {stamp} and now holds {}",
                    stamps(holds)
                )
            };
            if !holds.iter().any(|own| own.stamp.covers(&version.stamp)) {
                report(REPLICA_MONOTONE, format!("{}.", words()));
            }
            let is_vector = matches!(version.stamp, Stamp::Vector(_));
            if is_vector && !ghost.is_followed(key, version, holds) {
                let why =
                    if holds.is_empty() { "" } else { ", whose coordinator did not know of it" };
                report(SIBLINGS_PRESERVED, format!("{}{why}.", words()));
            }
        }
    }
    for ((home, key), versions) in &was.hints {
        let kept = now.hints.get(&(*home, key.clone())).unwrap_or(&empty);
        let at_home = cluster.disk(*home).data.get(key).unwrap_or(&empty);
        for version in versions {
            let is_there = |held: &[Version]| ghost.is_followed(key, version, held);
            if !is_there(kept) && !is_there(at_home) {
                report(
                    HINT_NEVER_LOST,
                    format!(
                        "{id} kept {key} = {} as version {} for {home} and keeps it no more, but \
                         {home} holds {}.",
                        value_words(version.value.as_ref()),
                        version.stamp,
                        stamps(at_home)
                    ),
                );
            }
        }
    }
    ghost.disks.insert(id, now.clone());
}

fn check_durable(ghost: &Ghost, cluster: &Cluster<'_, Quorum>, sizes: Sizes, report: Report<'_>) {
    for (key, versions) in &ghost.completed {
        for version in versions {
            let holds = |id: &NodeId| {
                let Disk { data, hints, .. } = cluster.disk(*id);
                let hints = hints.iter().filter(|((_, of), _)| of == key).map(|(_, kept)| kept);
                data.get(key).into_iter().chain(hints).any(|it| ghost.is_followed(key, version, it))
            };
            let holders = cluster.ids().filter(holds).count();
            if holders < sizes.w as usize {
                report(
                    DURABLE_ACKNOWLEDGED,
                    format!(
                        "{key} = {} with version {} was acknowledged, but it or what supersedes it \
                         is on {holders} disks; W = {} should have it.",
                        value_words(version.value.as_ref()),
                        version.stamp,
                        sizes.w
                    ),
                );
            }
        }
    }
}
