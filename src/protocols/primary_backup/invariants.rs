//! What must hold of all servers together, checked after every action against history variables
//! that no handler sees; each violation says in words why it is one.
//!
//! *What each synchrony promises.* Synchronous: what a client was told is in the history of every
//! later primary. Semi-synchronous: of every later primary that held it on its disk when it was
//! answered. Asynchronous: of the primary that answered, should it ever be primary again. What was
//! lost as agreed is forgotten here and violates nothing. A backup's read may lack any update; what
//! is promised is that it reflects a prefix of its primary's history, and under full synchrony all
//! that was answered in the backup's own view or before.

use super::state::{Disk, Node, Role, View};
use super::{PrimaryBackup, VIEW_SERVICE, rules};
use crate::ids::{NodeId, NodeSet};
use crate::protocol::{Answer, Cluster, Invariant};
use crate::sorted::SortedMap;

const ONE_PRIMARY_PER_VIEW: u8 = 0;
const VIEW_MONOTONE: u8 = 1;
const PROMOTED_IS_INITIALISED: u8 = 2;
const ACKNOWLEDGED_SURVIVES: u8 = 3;
const ACKNOWLEDGED_IS_ON_BACKUPS: u8 = 4;
const BACKUP_IS_A_PREFIX: u8 = 5;
const EXACTLY_ONCE: u8 = 6;
const READS_ARE_CURRENT: u8 = 7;
const BACKUP_READS_ARE_BOUNDED: u8 = 8;

/// All invariants, in the order of the numbers above.
pub const INVARIANTS: &[Invariant] = &[
    Invariant {
        id: "one-primary-per-view",
        source: "BMST, property Pb1",
        text: "A view's number stands for one primary and one set of backups.",
    },
    Invariant {
        id: "view-monotone",
        source: "the view service",
        text: "The number of the view that a server is in never falls, not even by a crash.",
    },
    Invariant {
        id: "promoted-is-initialised",
        source: "after GS",
        text: "Whoever becomes primary was a backup of the view before, and was initialised in it.",
    },
    Invariant {
        id: "acknowledged-survives",
        source: "AD; GS",
        text: "What a client was told is in the history of every later primary, as far as the \
               synchrony promises.",
    },
    Invariant {
        id: "acknowledged-is-on-backups",
        source: "AD; GS",
        text: "A change is answered only when it is on the disks of as many backups as the \
               synchrony says.",
    },
    Invariant {
        id: "backup-is-a-prefix",
        source: "GS",
        text: "The history of an initialised backup is a prefix of that of its view's primary.",
    },
    Invariant {
        id: "exactly-once",
        source: "after AD",
        text: "A client's request is at most once in a primary's history.",
    },
    Invariant {
        id: "reads-are-current",
        source: "BMST, property Pb1",
        text: "In synchronous mode a primary's answer lacks nothing that anyone was told before \
               the question was asked.",
    },
    Invariant {
        id: "backup-reads-are-bounded",
        source: "this playground",
        text: "In synchronous mode a backup's read lacks nothing that was answered in its own view \
               or before it.",
    },
];

/// How many answered updates are remembered: what is older lies below them in every history.
const ANSWERED_MAX: usize = 64;

/// History variables.
#[derive(Clone, Debug, Default, Hash)]
pub struct Ghost {
    /// The first view seen under each number.
    views: SortedMap<u64, View>,
    /// The highest view that each server's disk has held.
    seen: SortedMap<NodeId, u64>,
    /// What primaries have answered while their disks are held: nobody was told of it yet.
    withheld: Vec<(NodeId, Answered)>,
    /// What clients were told, by place and hash of the history.
    answered: SortedMap<(u64, u64), Answered>,
}

/// An update whose client was answered.
#[derive(Clone, Copy, Debug, Hash)]
struct Answered {
    /// Its place.
    place: u64,
    /// The hash over the history up to there.
    chain: u64,
    /// The view of the primary that answered.
    view: u64,
    /// Who answered.
    by: NodeId,
    /// Who must have it, should they be primary.
    promised: NodeSet,
}

type Report<'a> = &'a mut dyn FnMut(u8, String);
type World<'a> = Cluster<'a, PrimaryBackup>;

/// Looks at the cluster after `touched` changed.
pub fn observe(ghost: &mut Ghost, cluster: &World<'_>, touched: NodeId, report: Report<'_>) {
    check_view(ghost, cluster, touched, report);
    if touched == VIEW_SERVICE {
        return;
    }
    check_prefix(cluster, touched, report);
    if let Some(node) = cluster.node(touched) {
        match &node.role {
            Role::Primary(_) => {
                check_answers(ghost, cluster, touched, node, report);
                check_once(node, touched, report);
            }
            Role::Backup => check_backup_read(ghost, cluster, touched, node, report),
            Role::Service(_) | Role::Idle => {}
        }
    }
    release(ghost, cluster, touched);
    check_survives(ghost, cluster, touched, report);
}

fn is_synchronous(cluster: &World<'_>) -> bool {
    cluster.settings[usize::from(rules::SYNCHRONY)] == rules::SYNCHRONOUS
}

/// Views as they are on disks: one that never got there was told to nobody.
fn check_view(ghost: &mut Ghost, cluster: &World<'_>, id: NodeId, report: Report<'_>) {
    let disk = cluster.disk(id);
    let view = disk.view;
    let before = ghost.seen.insert(id, view.number).unwrap_or(0);
    if view.number < before {
        report(
            VIEW_MONOTONE,
            format!("{id} was in view {before} and is now in view {}.", view.number),
        );
        ghost.seen.insert(id, before);
    }
    let Some(primary) = view.primary else { return };
    if let Some(first) = ghost.views.get(&view.number) {
        if *first != view {
            report(
                ONE_PRIMARY_PER_VIEW,
                format!(
                    "View {} has the primary {primary} and the backups {} for {id}, but it had the \
                     primary {} and the backups {}.",
                    view.number,
                    super::message::names(view.backups),
                    first.primary.unwrap_or(primary),
                    super::message::names(first.backups),
                ),
            );
        }
        return;
    }
    ghost.views.insert(view.number, view);
    let Some(last) = view.number.checked_sub(1).and_then(|number| ghost.views.get(&number)) else {
        return;
    };
    let heir = cluster.disk(primary);
    if last.primary != Some(primary) && heir.acknowledged < last.number {
        report(
            PROMOTED_IS_INITIALISED,
            format!(
                "{primary} becomes primary of view {}, but it was not initialised in view {}: it \
                 holds {} updates.",
                view.number,
                last.number,
                heir.history.last(),
            ),
        );
    }
}

/// A server's disk as the server believes it to be.
fn current<'a>(cluster: &World<'a>, id: NodeId) -> &'a Disk {
    cluster.node(id).map_or(cluster.disk(id), |node| &node.disk)
}

fn check_prefix(cluster: &World<'_>, touched: NodeId, report: Report<'_>) {
    let view = current(cluster, touched).view;
    let Some(primary) = view.primary else { return };
    let first = current(cluster, primary);
    if first.view.number != view.number {
        return;
    }
    for backup in view.backups.iter().filter(|backup| [primary, *backup].contains(&touched)) {
        let copy = current(cluster, backup);
        if copy.view.number != view.number || copy.acknowledged != view.number {
            continue;
        }
        let last = copy.history.last();
        if copy.history.chain_at(last) != first.history.chain_at(last) {
            let shared = last - copy.history.beyond(&first.history);
            report(
                BACKUP_IS_A_PREFIX,
                format!(
                    "{backup} is a backup of {primary} in view {} and holds {last} updates, but \
                     they agree only up to place {shared}.",
                    view.number
                ),
            );
        }
    }
}

fn check_answers(
    ghost: &mut Ghost,
    cluster: &World<'_>,
    id: NodeId,
    node: &Node,
    report: Report<'_>,
) {
    for (client, reply) in cluster.replies() {
        let Answer::Done { as_of, .. } = &reply.answer else { continue };
        if is_synchronous(cluster)
            && let Some(floor) = cluster.floor(*client, reply)
            && *as_of < floor
        {
            report(
                READS_ARE_CURRENT,
                format!(
                    "{id} answers {client} as of place {as_of} in view {}, but place {floor} had \
                     been told to someone before {client} asked.",
                    node.disk.view.number
                ),
            );
        }
        let history = &node.disk.history;
        let is_it = |request: &crate::protocol::Request| {
            (request.session, request.sequence) == (reply.session, reply.sequence)
        };
        let found = history.iter().rev().find(|(_, update)| is_it(&update.request));
        let Some((place, update)) = found else { continue };
        let chain = history.chain_at(place).unwrap_or(0);
        let view = node.disk.view;
        let has = |backup: &NodeId| cluster.disk(*backup).history.chain_at(place) == Some(chain);
        // A backup that has moved on may have lost it since, as agreed.
        let counts =
            |backup: &NodeId| has(backup) || cluster.disk(*backup).view.number > view.number;
        let count = view.backups.iter().filter(counts).count() as u32;
        let synchrony = cluster.settings[usize::from(rules::SYNCHRONY)];
        let needed = rules::awaited(synchrony, view.backups.len());
        if count < needed {
            report(
                ACKNOWLEDGED_IS_ON_BACKUPS,
                format!(
                    "{id} answers “{}” at place {place}, but only {count} backups of view {} have \
                     it; {needed} should.",
                    update.request.operation, view.number
                ),
            );
        }
        let promised = match synchrony {
            rules::SYNCHRONOUS => NodeSet::all(cluster.node_count()),
            rules::SEMI_SYNCHRONOUS => view.backups.iter().filter(has).collect(),
            _ => NodeSet::default(),
        };
        let promised = promised.union(NodeSet::of(id));
        let answered = Answered { place, chain, view: view.number, by: id, promised };
        ghost.withheld.push((id, answered));
    }
}

/// An answer leaves a primary when the update is on its disk, and counts from then on.
fn release(ghost: &mut Ghost, cluster: &World<'_>, id: NodeId) {
    if cluster.node(id).is_none() {
        return ghost.withheld.retain(|(by, _)| *by != id);
    }
    let waits = cluster.rules.contains(rules::DURABLE_STATE);
    let history = &cluster.disk(id).history;
    let answered = &mut ghost.answered;
    ghost.withheld.retain(|(by, it)| {
        let is_out = *by == id && (!waits || history.chain_at(it.place) == Some(it.chain));
        if is_out {
            answered.entry((it.place, it.chain)).or_insert(*it);
        }
        !is_out
    });
    while answered.len() > ANSWERED_MAX {
        answered.pop_first();
    }
}

/// A primary has all that was answered in its view or before, as far as it was promised.
fn check_survives(ghost: &mut Ghost, cluster: &World<'_>, id: NodeId, report: Report<'_>) {
    let Some(node) = cluster.node(id) else { return };
    if !matches!(node.role, Role::Primary(_)) {
        return;
    }
    let number = node.disk.view.number;
    ghost.answered.retain(|_, it| {
        if it.view > number || node.disk.history.chain_at(it.place) == Some(it.chain) {
            return true;
        }
        if it.promised.contains(id) {
            report(
                ACKNOWLEDGED_SURVIVES,
                format!(
                    "{} answered the update at place {} in view {}, but {id}, the primary of view \
                     {number}, does not have it.",
                    it.by, it.place, it.view
                ),
            );
        }
        false
    });
}

fn check_once(node: &Node, id: NodeId, report: Report<'_>) {
    let history = &node.disk.history;
    let Some(last) = history.last_update() else { return };
    let key = (last.request.session, last.request.sequence);
    if key.0 == crate::protocol::SESSION_BEFORE_THE_RUN {
        return;
    }
    let same =
        history.iter().find(|(_, update)| (update.request.session, update.request.sequence) == key);
    if let Some((place, update)) = same.filter(|(place, _)| *place < history.last()) {
        report(
            EXACTLY_ONCE,
            format!(
                "{id} executes “{}” of {} at place {}, but it took effect at place {place} already.",
                update.request.operation,
                update.request.client,
                history.last()
            ),
        );
    }
}

fn check_backup_read(
    ghost: &Ghost,
    cluster: &World<'_>,
    id: NodeId,
    node: &Node,
    report: Report<'_>,
) {
    let reads = cluster.replies().iter().any(|(_, it)| matches!(it.answer, Answer::Done { .. }));
    if !reads || !is_synchronous(cluster) {
        return;
    }
    let number = node.disk.view.number;
    let has = |it: &&Answered| node.disk.history.chain_at(it.place) == Some(it.chain);
    let missing = ghost.answered.values().find(|it| it.view <= number && !has(it));
    if let Some(it) = missing {
        report(
            BACKUP_READS_ARE_BOUNDED,
            format!(
                "{id} answers a read in view {number} from {} updates, but the one at place {} had \
                 been answered in view {}.",
                node.disk.history.last(),
                it.place,
                it.view
            ),
        );
    }
}
