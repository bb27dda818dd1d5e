//! What a node knows: the memory its words, its lock and its counter; a thread the operation that
//! it is in the middle of, and little else.

use super::message::{Access, AccessId, Content};
use crate::ids::NodeId;
use crate::operation::{Outcome, Text};
use crate::protocol::Request;
use crate::sorted::SortedMap;
use crate::store::Sessions;

/// One word of a register.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Word {
    /// Which write stored it, for the eye and for the checkers: no thread compares it.
    pub write: u64,
    /// Its piece of the value; pieces are as long as the value, so that one sees whose they are.
    pub value: Text,
}

/// The shared memory: what n1 is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Memory {
    /// The words of each register; one never written has none.
    pub registers: SortedMap<Text, Vec<Option<Word>>>,
    /// Who holds the lock.
    pub lock: Option<NodeId>,
    /// The sequence lock's counter.
    pub counter: u64,
    /// For each thread its last access and the answer, so that a repeated one is performed once.
    pub performed: SortedMap<NodeId, (AccessId, Content)>,
}

/// A client's put at the writer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Write {
    /// Counts the writes.
    pub number: u64,
    /// What the client asked.
    pub request: Request,
}

/// What survives a crash.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Disk {
    /// How often the node has started, so that no access is numbered twice.
    pub starts: u32,
    /// n1: the memory.
    pub memory: Memory,
    /// The writer: how many writes it has begun.
    pub writes: u64,
    /// The writer: the write that it is in the middle of.
    pub journal: Option<Write>,
    /// The writer: the last put of each session, so that a repeated put is written once.
    pub sessions: Sessions,
}

/// A running node.
#[derive(Clone, Debug, Hash)]
pub struct Node {
    /// Which node it is.
    pub me: NodeId,
    /// What survives a crash.
    pub disk: Disk,
    /// How many accesses the thread has issued since its start.
    pub issued: u32,
    /// The access that is not answered yet. There is never a second one.
    pub pending: Option<(AccessId, Access)>,
    /// What the thread is doing.
    pub task: Option<Task>,
    /// Requests that wait for their turn, at most one of each client.
    pub queue: Vec<Request>,
    /// What the thread last saw of each register.
    pub copies: SortedMap<Text, Seen>,
    /// What it answered last.
    pub answered: Option<Answered>,
    /// How often it has answered since its start.
    pub answers: u32,
    /// How often it had to begin again because of the counter, since its start.
    pub retries: u32,
}

/// What a thread is doing.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Task {
    /// For whom.
    pub work: Work,
    /// What its pending access is for.
    pub step: Step,
    /// The words loaded so far.
    pub loaded: Vec<Option<Word>>,
    /// The place of the word that is loaded or stored next.
    pub next: u32,
    /// Whether it holds the lock: from the answer that says so until it issues the release.
    pub holds: bool,
    /// Whether a write has been released, which it should be at its end only.
    pub is_released: bool,
    /// The counter as it was loaded first.
    pub counter: Option<u64>,
}

/// For whom a thread is working.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Work {
    /// Clients read one register; there is at least one.
    Read(Vec<Request>),
    /// A client writes.
    Write(Write),
    /// Nobody: it restarted, and releases what it may hold.
    Mend,
}

/// What a thread's pending access is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// It takes the lock by compare-and-swap.
    Acquire,
    /// It takes the lock in two steps: this one looks.
    Test,
    /// It takes the lock in two steps: this one sets.
    Set,
    /// It waits a while before it tries again.
    Spin,
    /// It loads the counter before the words.
    Before,
    /// It makes the counter odd.
    Odd,
    /// It loads or stores a word.
    Word,
    /// It loads the counter after the words.
    After,
    /// It releases the lock, or makes the counter even.
    Release,
}

/// What a read found.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Seen {
    /// What the client is told.
    pub outcome: Outcome,
    /// The newest write among the words; `None` where the register was never written.
    pub write: Option<u64>,
    /// Whether the words are of several writes and do not agree.
    pub is_torn: bool,
}

/// What a thread answered.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Answered {
    /// What the clients asked.
    pub requests: Vec<Request>,
    /// What a read found, or a write left.
    pub seen: Seen,
}

impl Node {
    /// A node as it starts from its disk.
    pub fn starting(me: NodeId, mut disk: Disk) -> Self {
        disk.starts += 1;
        Node {
            me,
            disk,
            issued: 0,
            pending: None,
            task: None,
            queue: Vec::new(),
            copies: SortedMap::new(),
            answered: None,
            answers: 0,
            retries: 0,
        }
    }
}

impl Seen {
    /// What words that were read one after the other say together.
    pub fn of(words: &[Option<Word>]) -> Self {
        let value = |word: &Option<Word>| word.as_ref().map(|word| word.value.clone());
        let first = words.first().and_then(value);
        let is_torn = words.iter().any(|word| value(word) != first);
        let outcome = match first {
            _ if is_torn => Outcome::Found(Text::from(joined(words))),
            Some(value) => Outcome::Found(value),
            None => Outcome::Absent,
        };
        let write = words.iter().flatten().map(|word| word.write).max();
        Seen { outcome, write, is_torn }
    }
}

/// The words side by side; once where all are the same.
pub fn joined(words: &[Option<Word>]) -> String {
    let value = |word: &Option<Word>| {
        word.as_ref().map_or_else(|| "-".to_owned(), |word| word.value.to_string())
    };
    let values: Vec<String> = words.iter().map(value).collect();
    match values.split_first() {
        Some((first, rest)) if rest.iter().all(|other| other == first) => first.clone(),
        _ => values.join("|"),
    }
}
