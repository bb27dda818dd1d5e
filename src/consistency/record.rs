//! What the checkers read: operations of clients, their calls, returns and answers, and nothing of
//! the protocol that served them.
//!
//! Calls and returns are positions in one total order of events, so that real time is the order of
//! two numbers. An operation without a return is open: it may take effect at any time after its
//! call, or never. An answer that nobody knows constrains nothing.

use super::model::Object;
use crate::operation::Text;
use crate::sorting;

/// What a register or a key holds; `None` is nil, the value of what was never written. The empty
/// text and nil are one value.
pub type Value = Option<Text>;

/// Operations in any order, and what was so at the beginning.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// The operations; verdicts name them by their place here.
    pub records: Vec<Record>,
    /// What keys hold before the first operation, where it is not nil.
    pub initial: Vec<(Text, Text)>,
    /// What queues, lists, sets and locks hold before it, where they are not empty or free.
    pub contents: Vec<(Text, Contents)>,
    /// What clients are called, where it is not their number.
    pub names: Vec<(u32, Text)>,
}

impl History {
    /// The same without any operation.
    pub(super) fn clone_frame(&self) -> History {
        History {
            records: Vec::new(),
            initial: self.initial.clone(),
            contents: self.contents.clone(),
            names: self.names.clone(),
        }
    }

    /// Whether what is there before the first operation can be held by objects of this type.
    pub fn begins_as(&self, object: Object) -> bool {
        use Object::{Bank, List, Lock, Queue, Set, Store};
        let has_values = !matches!(object, Set | Queue | List | Lock);
        (has_values || self.initial.is_empty())
            && self.contents.iter().all(|(_, contents)| match contents {
                Contents::Items(_) => matches!(object, Set | Queue | List | Bank | Store),
                Contents::Holder(_) => matches!(object, Lock | Store),
            })
    }

    /// What a client is called, where it is not its number.
    pub fn name(&self, client: u32) -> Option<&Text> {
        self.names.iter().find(|(number, _)| *number == client).map(|(_, name)| name)
    }

    /// How many clients there are.
    pub fn clients(&self) -> usize {
        let mut clients: Vec<u32> = self.records.iter().map(|record| record.client).collect();
        sorting::numbers(&mut clients);
        clients.dedup();
        clients.len()
    }
}

/// What something that is no single value holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Contents {
    /// Of a queue or list its items in their order, of a set in any order.
    Items(Vec<Text>),
    /// Of a lock the client that has it.
    Holder(u32),
}

/// One operation of one client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Who called it; explanations say it, and locks are held by it.
    pub client: u32,
    /// The session of that client. Operations of one session follow each other; a client that goes
    /// on after an operation that never returned does so in a new session.
    pub session: u32,
    /// The key, queue, set, list or lock; empty where the history has only one object, and for a
    /// transaction, whose steps name their own.
    pub key: Text,
    /// What was asked.
    pub command: Command,
    /// What was told.
    pub answer: Answer,
    /// The position of the call in the order of all events.
    pub call: u64,
    /// The position of the return; `None` while open.
    pub returned: Option<u64>,
}

/// What can be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Reads a register or key.
    Read,
    /// Writes it; nil deletes it.
    Write(Value),
    /// Writes the second value where it holds the first.
    Cas(Value, Value),
    /// Adds text to the end of a key's value, or an item to the end of a list.
    Append(Text),
    /// Puts an item into a set.
    Add(Text),
    /// Takes an item out of a set; also where it is not in it.
    Remove(Text),
    /// Asks whether an item is in a set.
    Contains(Text),
    /// Reads all items of a set or list.
    ReadAll,
    /// Adds an item at the end of a queue.
    Enqueue(Text),
    /// Takes the first item of a queue.
    Dequeue,
    /// Takes a lock, unless another client has it.
    Lock,
    /// Gives a lock back; only its holder can.
    Unlock,
    /// Several steps, all or nothing.
    Transaction(Vec<Step>),
    /// Proposes a value and finds the one that is decided: the first that took effect.
    Propose(Text),
}

/// One step of a transaction, with what it was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Reads a key; the second is what was found, `None` where nobody knows.
    Read(Text, Option<Value>),
    /// Writes a key.
    Write(Text, Value),
    /// Adds an item to the end of the list at a key.
    Append(Text, Text),
    /// Reads the list at a key; the second is what was found, `None` where nobody knows.
    ReadList(Text, Option<Vec<Text>>),
    /// Moves an amount from the first account to the second. Where the first holds too little the
    /// whole transaction is refused. An account is a key that holds a whole number, nil being 0.
    Transfer(Text, Text, u64),
}

/// What can be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Nobody knows: it constrains nothing. The answer of every open operation.
    Unknown,
    /// It took effect: a write, a cas that found its value, a lock taken, a transaction committed.
    Done,
    /// It found the object in a state that does not allow it, and changed nothing: a cas that found
    /// another value, a lock that another client has, a transfer from too little.
    Refused,
    /// It did not happen at all, whatever the state was: what an aborted transaction answers.
    Aborted,
    /// What a read, dequeue or proposal found; nil from a queue that was empty.
    Found(Value),
    /// All items: of a list in its order, of a set in any order.
    Items(Vec<Text>),
    /// Whether an item is in a set.
    Present(bool),
}
