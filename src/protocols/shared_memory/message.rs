//! What travels between a thread and the memory: an access, which is one step, and its answer.

use std::fmt;

use super::state::Word;
use crate::ids::NodeId;
use crate::operation::Text;
use crate::protocol::{MessageKind, Tone};
use crate::view::{Field, MessageLabel};

/// A message between a thread and the memory.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Message {
    /// A thread asks for one access.
    Access {
        /// Its number.
        id: AccessId,
        /// What is to be done.
        access: Access,
    },
    /// The memory has done it.
    Answer {
        /// The access answered.
        id: AccessId,
        /// What was loaded, or what the lock was before a compare-and-swap.
        content: Content,
    },
}

/// Names one access of one thread for ever. The order is that of the thread's program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccessId {
    /// The thread.
    pub thread: NodeId,
    /// How often it had started.
    pub start: u32,
    /// Counts its accesses since then.
    pub number: u32,
}

/// One step of a thread's program on the memory.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Access {
    /// What is there?
    Load(Place),
    /// Put this there.
    Store(Place, Content),
    /// Sets the lock to the second if it is the first, in one step.
    CompareAndSwap(Option<NodeId>, Option<NodeId>),
}

/// A place in the memory.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// The lock.
    Lock,
    /// The sequence lock's counter.
    Counter,
    /// A word of a register.
    Word(Text, u32),
}

/// What a place holds.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Content {
    /// Of the lock: its holder.
    Owner(Option<NodeId>),
    /// Of the counter.
    Count(u64),
    /// Of a word; nothing where the register was never written.
    Word(Option<Word>),
    /// Nothing but that a store is done.
    Stored,
}

/// The kinds of message, in the order of [`Message::kind`].
pub const KINDS: &[MessageKind] = &[
    MessageKind { name: "Load", tone: Tone::Vote, reply: false },
    MessageKind { name: "Store", tone: Tone::Append, reply: false },
    MessageKind { name: "CompareAndSwap", tone: Tone::Control, reply: false },
    MessageKind { name: "Answer", tone: Tone::Vote, reply: true },
];

impl Message {
    /// An index into [`KINDS`].
    pub fn kind(&self) -> u8 {
        match self {
            Message::Access { access: Access::Load(_), .. } => 0,
            Message::Access { access: Access::Store(..), .. } => 1,
            Message::Access { access: Access::CompareAndSwap(..), .. } => 2,
            Message::Answer { .. } => 3,
        }
    }

    /// The message in words.
    pub fn label(&self) -> MessageLabel {
        let (short, mut fields, id) = match self {
            Message::Access { id, access } => (access.to_string(), access.fields(), id),
            Message::Answer { id, content } => {
                (content.to_string(), vec![Field::new("content", content)], id)
            }
        };
        fields.push(Field::new("access", id));
        MessageLabel { short, fields }
    }
}

impl Access {
    fn fields(&self) -> Vec<Field> {
        match self {
            Access::Load(place) => vec![Field::new("place", place)],
            Access::Store(place, content) => {
                let mut fields = vec![Field::new("place", place), Field::new("content", content)];
                if let Content::Word(Some(word)) = content {
                    fields.push(Field::new("write", word.write));
                }
                fields
            }
            Access::CompareAndSwap(expected, new) => vec![
                Field::new("place", Place::Lock),
                Field::new("expected", Content::Owner(*expected)),
                Field::new("new", Content::Owner(*new)),
            ],
        }
    }
}

impl fmt::Display for AccessId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} since start {}", self.number, self.thread, self.start)
    }
}

impl fmt::Display for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Access::Load(place) => write!(f, "{place}?"),
            Access::Store(place, content) => write!(f, "{place}={content}"),
            Access::CompareAndSwap(expected, new) => {
                write!(f, "lock {}→{}", Content::Owner(*expected), Content::Owner(*new))
            }
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Lock => f.write_str("lock"),
            Place::Counter => f.write_str("seq"),
            Place::Word(key, place) => write!(f, "{key}[{place}]"),
        }
    }
}

impl fmt::Display for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Content::Owner(None) => f.write_str("free"),
            Content::Owner(Some(owner)) => owner.fmt(f),
            Content::Count(count) => count.fmt(f),
            Content::Word(None) => f.write_str("-"),
            Content::Word(Some(word)) => f.write_str(&word.value),
            Content::Stored => f.write_str("done"),
        }
    }
}
