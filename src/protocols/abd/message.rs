//! What nodes send each other: a question and an answer for each of the two phases (ABD §3).

use super::state::{Known, Round, Version};
use crate::operation::Text;
use crate::protocol::{MessageKind, Tone};
use crate::view::{Field, MessageLabel};

/// A message between nodes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Message {
    /// "What do you hold?"
    Query {
        /// The phase that asks.
        round: Round,
        /// The register asked about.
        key: Text,
        /// For a put: its session, about whose last put the coordinator asks as well.
        session: Option<u32>,
    },
    /// The answer to `Query`.
    QueryReply {
        /// The phase answered.
        round: Round,
        /// What the replica holds; nothing where the register was never written.
        version: Option<Version>,
        /// What it remembers of the session.
        known: Option<Known>,
    },
    /// "Keep this, unless you hold a higher tag."
    Store {
        /// The phase that asks.
        round: Round,
        /// The register.
        key: Text,
        /// Its tag and value.
        version: Version,
    },
    /// The replica holds that tag now, or a higher one.
    StoreReply {
        /// The phase answered.
        round: Round,
    },
}

/// The kinds of message, in the order of [`Message::kind`].
pub const KINDS: &[MessageKind] = &[
    MessageKind { name: "Query", tone: Tone::Vote, reply: false },
    MessageKind { name: "QueryReply", tone: Tone::Vote, reply: true },
    MessageKind { name: "Store", tone: Tone::Append, reply: false },
    MessageKind { name: "StoreReply", tone: Tone::Append, reply: true },
];

impl Message {
    /// An index into [`KINDS`].
    pub fn kind(&self) -> u8 {
        match self {
            Message::Query { .. } => 0,
            Message::QueryReply { .. } => 1,
            Message::Store { .. } => 2,
            Message::StoreReply { .. } => 3,
        }
    }

    /// The message in words.
    pub fn label(&self) -> MessageLabel {
        let (short, fields) = match self {
            Message::Query { round, key, .. } => {
                (format!("{key}?"), vec![Field::new("register", key), round_field(*round)])
            }
            Message::QueryReply { round, version, known } => {
                let (short, mut fields) = match version {
                    None => ("none".to_owned(), vec![Field::new("tag", "none")]),
                    Some(version) => (version.tag.to_string(), version_fields(version)),
                };
                if let Some(known) = known {
                    fields.push(Field::new("session's last put", known.tag));
                }
                fields.push(round_field(*round));
                (short, fields)
            }
            Message::Store { round, key, version } => {
                let mut fields = vec![Field::new("register", key)];
                fields.extend(version_fields(version));
                fields.push(round_field(*round));
                (format!("{key}={} {}", version.value, version.tag), fields)
            }
            Message::StoreReply { round } => ("stored".to_owned(), vec![round_field(*round)]),
        };
        MessageLabel { short, fields }
    }
}

fn version_fields(version: &Version) -> Vec<Field> {
    vec![Field::new("tag", version.tag), Field::new("value", &version.value)]
}

fn round_field(round: Round) -> Field {
    Field::new("round", format!("{} since start {}", round.number, round.start))
}
