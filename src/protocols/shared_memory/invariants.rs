//! What must hold of every read and of the memory, checked after every action against history
//! variables that no handler sees; each violation says in words why it is one.
//!
//! An operation is taken to last from the moment its thread gets the request to the moment the
//! thread answers. That is within the time that the client waits, so operations that follow each
//! other for clients follow each other here too. The three invariants about reads are Lamport's three
//! kinds of register: whole values make it as good as *safe* for readers, no stale ones *regular*, no
//! new-old inversion *atomic*.

use super::state::{Answered, Node, Seen, Word, Work, joined};
use super::{MEMORY, SharedMemory, WRITER};
use crate::ids::NodeId;
use crate::operation::Text;
use crate::protocol::{Cluster, Invariant, Request};
use crate::sorted::SortedMap;

const NO_TORN_READ: u8 = 0;
const NO_STALE_READ: u8 = 1;
const NO_INVERSION: u8 = 2;
const MUTUAL_EXCLUSION: u8 = 3;
const LAST_WRITE: u8 = 4;

/// All invariants, in the order of the numbers above.
pub const INVARIANTS: &[Invariant] = &[
    Invariant {
        id: "no-torn-read",
        source: "Lamport 1977; Lamport 1986",
        text: "Every read is answered with the value of one write, or with none.",
    },
    Invariant {
        id: "no-stale-read",
        source: "Lamport 1986, regular registers",
        text: "No read is older than the last write that was done before the read began.",
    },
    Invariant {
        id: "no-new-old-inversion",
        source: "Lamport 1986, atomic registers",
        text: "No read is older than what a read saw that was answered before it began.",
    },
    Invariant {
        id: "mutual-exclusion",
        source: "Dijkstra 1965",
        text: "At most one thread holds the lock.",
    },
    Invariant {
        id: "last-write-in-memory",
        source: "Lamport 1977",
        text: "While nobody writes, all words of a register are those of its last write.",
    },
];

/// History variables. Writes are known by their numbers; none stands for a register never written.
#[derive(Clone, Debug, Default, Hash)]
pub struct Ghost {
    /// For each read under way, by thread, session and number: what had been answered when it began.
    begun: SortedMap<(NodeId, u32, u32), Floor>,
    /// For each thread its start, and how many of its answers were looked at since.
    heard: SortedMap<NodeId, (u32, u32)>,
    /// The last write of each register that is done.
    done: SortedMap<Text, u64>,
    /// The newest write that a read of each register has seen.
    read: SortedMap<Text, u64>,
}

/// What a read must not be older than.
#[derive(Clone, Copy, Debug, Hash)]
struct Floor {
    done: Option<u64>,
    read: Option<u64>,
}

type Report<'a> = &'a mut dyn FnMut(u8, String);

/// Looks at the cluster after `touched` acted.
pub fn observe(
    ghost: &mut Ghost,
    cluster: &Cluster<'_, SharedMemory>,
    touched: NodeId,
    report: Report<'_>,
) {
    match cluster.node(touched) {
        Some(node) => check_thread(ghost, touched, node, report),
        None => ghost.begun.retain(|(thread, ..), _| *thread != touched),
    }
    check_lock(cluster, report);
    check_words(ghost, cluster, report);
}

fn check_thread(ghost: &mut Ghost, id: NodeId, node: &Node, report: Report<'_>) {
    let name = |request: &Request| (id, request.session, request.sequence);
    let answers = (node.disk.starts, node.answers);
    let has_answered = node.answers > 0 && ghost.heard.insert(id, answers) != Some(answers);
    if let Some(answered) = node.answered.as_ref().filter(|_| has_answered) {
        for request in &answered.requests {
            let key = request.operation.key();
            if request.operation.is_read() {
                // A read that needs nobody else begins and ends in one action.
                let begun = ghost.begun.get(&name(request)).copied();
                let floor = begun.unwrap_or_else(|| floor(ghost, key));
                check_read(id, key, &answered.seen, floor, report);
            }
        }
        take_down(ghost, answered);
    }
    let current = match node.task.as_ref().map(|task| &task.work) {
        Some(Work::Read(reads)) => reads.as_slice(),
        _ => &[],
    };
    let open = || node.queue.iter().chain(current).filter(|request| request.operation.is_read());
    ghost.begun.retain(|read, _| read.0 != id || open().any(|request| name(request) == *read));
    for request in open() {
        let floor = floor(ghost, request.operation.key());
        ghost.begun.entry(name(request)).or_insert(floor);
    }
}

fn check_read(id: NodeId, key: &Text, seen: &Seen, floor: Floor, report: Report<'_>) {
    if seen.is_torn {
        report(
            NO_TORN_READ,
            format!("{id} answers “get {key}” with {}: words of several writes.", seen.outcome),
        );
    }
    let checks =
        [(NO_STALE_READ, floor.done, "was done"), (NO_INVERSION, floor.read, "had been read")];
    for (place, least, what) in checks {
        if let Some(least) = least.filter(|least| seen.write < Some(*least)) {
            report(
                place,
                format!(
                    "{id} answers “get {key}” with {} of {}, but write {least} {what} before the \
                     read began.",
                    seen.outcome,
                    words(seen.write)
                ),
            );
        }
    }
}

/// Remembers what was answered, for those who ask from now on.
fn take_down(ghost: &mut Ghost, answered: &Answered) {
    let (Some(request), Some(write)) = (answered.requests.first(), answered.seen.write) else {
        return;
    };
    let key = request.operation.key().clone();
    if !request.operation.is_read() {
        ghost.done.insert(key, write);
    } else if !answered.seen.is_torn {
        let newest = ghost.read.entry(key).or_insert(write);
        *newest = write.max(*newest);
    }
}

fn floor(ghost: &Ghost, key: &Text) -> Floor {
    Floor { done: ghost.done.get(key).copied(), read: ghost.read.get(key).copied() }
}

fn words(write: Option<u64>) -> String {
    match write {
        None => "no write".to_owned(),
        Some(0) => "the beginning".to_owned(),
        Some(write) => format!("write {write}"),
    }
}

fn check_lock(cluster: &Cluster<'_, SharedMemory>, report: Report<'_>) {
    let mut holders = cluster.ids().filter(|id| {
        let task = cluster.node(*id).and_then(|node| node.task.as_ref());
        task.is_some_and(|task| task.holds)
    });
    if let (Some(one), Some(other)) = (holders.next(), holders.next()) {
        report(MUTUAL_EXCLUSION, format!("{one} and {other} both hold the lock."));
    }
}

fn check_words(ghost: &Ghost, cluster: &Cluster<'_, SharedMemory>, report: Report<'_>) {
    let journal = match cluster.node(WRITER) {
        Some(node) => &node.disk.journal,
        None => &cluster.disk(WRITER).journal,
    };
    if journal.is_some() {
        return;
    }
    for (key, register) in &cluster.disk(MEMORY).memory.registers {
        let last = ghost.done.get(key).copied().unwrap_or_default();
        let is_last = |word: &Option<Word>| word.as_ref().is_some_and(|word| word.write == last);
        if !register.iter().all(is_last) {
            let last = match last {
                0 => "no write of it is done".to_owned(),
                last => format!("its last write is {last}"),
            };
            report(
                LAST_WRITE,
                format!("Nobody writes, and {key} is {}, but {last}.", joined(register)),
            );
        }
    }
}
