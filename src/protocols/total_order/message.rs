//! What nodes send each other: to the sequencer and from it (Défago et al. §4.1), and between
//! epochs (Viewstamped Replication).

use std::sync::Arc;

use super::log::{Cast, Entry, Log};
use crate::protocol::{MessageKind, Tone};
use crate::view::{Field, MessageLabel};

/// A message between nodes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Message {
    /// A replica broadcasts: the sequencer shall number this and send it to all.
    Forward {
        /// The message.
        cast: Cast,
    },
    /// The sequencer sends a message with its number.
    Order {
        /// The sequencer's epoch.
        epoch: u64,
        /// The message and its number.
        entry: Arc<Entry>,
        /// How far all is stable.
        stable: u64,
    },
    /// A replica has received everything up to a number.
    Ack {
        /// The epoch of the sequencer told.
        epoch: u64,
        /// The number.
        received: u64,
    },
    /// The sequencer says that it is alive, and how far all is stable.
    Stable {
        /// The sequencer's epoch.
        epoch: u64,
        /// The last number given.
        last: u64,
        /// The last number that is stable.
        stable: u64,
    },
    /// A replica asks for what it lacks.
    Resend {
        /// The epoch of the sequencer asked.
        epoch: u64,
        /// The first number missing; zero where the whole history of the epoch is.
        first: u64,
    },
    /// Somebody suspects the sequencer and begins an epoch: "what have you received?"
    Collect {
        /// The new epoch.
        epoch: u64,
    },
    /// The answer to `Collect`.
    Received {
        /// The new epoch.
        epoch: u64,
        /// The epoch whose history it is.
        installed: u64,
        /// The messages received.
        log: Arc<Log>,
    },
    /// The new sequencer gives out the history with which its epoch begins.
    Begin {
        /// The new epoch.
        epoch: u64,
        /// All messages so far.
        log: Arc<Log>,
    },
    /// The answer to a message of an older epoch.
    Refused {
        /// The epoch that the sender has joined.
        epoch: u64,
    },
}

/// The kinds of message, in the order of [`Message::kind`].
pub const KINDS: &[MessageKind] = &[
    MessageKind { name: "Forward", tone: Tone::Client, reply: false },
    MessageKind { name: "Order", tone: Tone::Append, reply: false },
    MessageKind { name: "Ack", tone: Tone::Append, reply: true },
    MessageKind { name: "Stable", tone: Tone::Control, reply: false },
    MessageKind { name: "Resend", tone: Tone::Append, reply: false },
    MessageKind { name: "Collect", tone: Tone::Vote, reply: false },
    MessageKind { name: "Received", tone: Tone::Vote, reply: true },
    MessageKind { name: "Begin", tone: Tone::Vote, reply: false },
    MessageKind { name: "Refused", tone: Tone::Control, reply: true },
];

impl Message {
    /// An index into [`KINDS`].
    pub fn kind(&self) -> u8 {
        match self {
            Message::Forward { .. } => 0,
            Message::Order { .. } => 1,
            Message::Ack { .. } => 2,
            Message::Stable { .. } => 3,
            Message::Resend { .. } => 4,
            Message::Collect { .. } => 5,
            Message::Received { .. } => 6,
            Message::Begin { .. } => 7,
            Message::Refused { .. } => 8,
        }
    }

    /// The message in words.
    pub fn label(&self) -> MessageLabel {
        let epoch_field = |epoch: &u64| Field::new("epoch", epoch);
        let (short, fields) = match self {
            Message::Forward { cast } => (
                cast.request.operation.to_string(),
                vec![
                    Field::new("message", name(cast)),
                    Field::new("carries", &cast.request.operation),
                ],
            ),
            Message::Order { epoch, entry, stable } => (
                format!("{}: {entry}", entry.number),
                vec![
                    epoch_field(epoch),
                    Field::new("number", entry.number),
                    Field::new("message", name(&entry.cast)),
                    Field::new("carries", entry),
                    Field::new("stable up to", stable),
                ],
            ),
            Message::Ack { epoch, received } => (
                format!("got {received}"),
                vec![epoch_field(epoch), Field::new("received up to", received)],
            ),
            Message::Stable { epoch, last, stable } => (
                format!("stable {stable}"),
                vec![
                    epoch_field(epoch),
                    Field::new("stable up to", stable),
                    Field::new("last number", last),
                ],
            ),
            Message::Resend { epoch, first: 0 } => {
                ("all?".to_owned(), vec![epoch_field(epoch), Field::new("lacks", "the history")])
            }
            Message::Resend { epoch, first } => {
                (format!("{first}?"), vec![epoch_field(epoch), Field::new("lacks", first)])
            }
            Message::Collect { epoch } => (format!("collect E{epoch}"), vec![epoch_field(epoch)]),
            Message::Received { epoch, installed, log } => (
                format!("has {}", log.len()),
                vec![
                    epoch_field(epoch),
                    Field::new("history of epoch", installed),
                    Field::new("received up to", log.len()),
                ],
            ),
            Message::Begin { epoch, log } => (
                format!("begin E{epoch}"),
                vec![epoch_field(epoch), Field::new("history up to", log.len())],
            ),
            Message::Refused { epoch } => (format!("now E{epoch}"), vec![epoch_field(epoch)]),
        };
        MessageLabel { short, fields }
    }
}

/// A message's name: who broadcast it, and the how-manieth since which start.
fn name(cast: &Cast) -> String {
    let id = cast.id;
    format!("{} of {}, start {}", id.count, id.origin, id.start)
}
