//! What nodes send each other: reads and writes with their answers, repairs, and what stand-ins are
//! given and hand off (Dynamo §4.5, §4.6, §5).

use super::state::Round;
use super::version::{Stamp, Version, stamps, value_words, values};
use crate::ids::NodeId;
use crate::operation::Text;
use crate::protocol::{MessageKind, Tone};
use crate::view::{Field, MessageLabel};

/// A message between nodes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Message {
    /// "What do you hold?"
    Read {
        /// The phase that asks.
        round: Round,
        /// The key asked about.
        key: Text,
    },
    /// The answer to `Read`.
    ReadReply {
        /// The phase answered.
        round: Round,
        /// What the node holds: nothing, one version or siblings.
        versions: Vec<Version>,
    },
    /// "Keep this."
    Write {
        /// The phase that asks.
        round: Round,
        /// The key.
        key: Text,
        /// The new version.
        version: Version,
    },
    /// "Keep this in the place of another node."
    Hint {
        /// The phase that asks.
        round: Round,
        /// The key.
        key: Text,
        /// The new version.
        version: Version,
        /// Whose it is.
        home: NodeId,
    },
    /// The answer to `Write` and `Hint`: it is kept, or something newer is.
    WriteReply {
        /// The phase answered.
        round: Round,
        /// For whom it is kept: the node that answers, or the one it stands in for.
        home: NodeId,
    },
    /// "You told less than others": a coordinator heals a replica after a read.
    Repair {
        /// The key.
        key: Text,
        /// All that the read found.
        versions: Vec<Version>,
    },
    /// A stand-in brings home what it kept.
    HandOff {
        /// The key.
        key: Text,
        /// What it kept.
        versions: Vec<Version>,
    },
    /// The home has it now: the hint may go.
    HandOffReply {
        /// The key.
        key: Text,
        /// The stamps of what was handed off.
        stamps: Vec<Stamp>,
    },
}

/// The kinds of message, in the order of [`Message::kind`].
pub const KINDS: &[MessageKind] = &[
    MessageKind { name: "Read", tone: Tone::Vote, reply: false },
    MessageKind { name: "ReadReply", tone: Tone::Vote, reply: true },
    MessageKind { name: "Write", tone: Tone::Append, reply: false },
    MessageKind { name: "Hint", tone: Tone::Append, reply: false },
    MessageKind { name: "WriteReply", tone: Tone::Append, reply: true },
    MessageKind { name: "Repair", tone: Tone::Control, reply: false },
    MessageKind { name: "HandOff", tone: Tone::Control, reply: false },
    MessageKind { name: "HandOffReply", tone: Tone::Control, reply: true },
];

impl Message {
    /// An index into [`KINDS`].
    pub fn kind(&self) -> u8 {
        match self {
            Message::Read { .. } => 0,
            Message::ReadReply { .. } => 1,
            Message::Write { .. } => 2,
            Message::Hint { .. } => 3,
            Message::WriteReply { .. } => 4,
            Message::Repair { .. } => 5,
            Message::HandOff { .. } => 6,
            Message::HandOffReply { .. } => 7,
        }
    }

    /// The message in words.
    pub fn label(&self) -> MessageLabel {
        let (short, fields) = match self {
            Message::Read { round, key } => {
                (format!("{key}?"), vec![Field::new("key", key), round_field(*round)])
            }
            Message::ReadReply { round, versions } if versions.is_empty() => {
                ("none".to_owned(), vec![Field::new("version", "none"), round_field(*round)])
            }
            Message::ReadReply { round, versions } => {
                let mut fields = versions_fields(versions);
                fields.push(round_field(*round));
                (values(versions), fields)
            }
            Message::Write { round, key, version } => {
                (assignment(key, version), version_fields(*round, key, version))
            }
            Message::Hint { round, key, version, home } => {
                let mut fields = version_fields(*round, key, version);
                fields.push(Field::new("for", home));
                (format!("{} for {home}", assignment(key, version)), fields)
            }
            Message::WriteReply { round, home } => {
                ("kept".to_owned(), vec![Field::new("for", home), round_field(*round)])
            }
            Message::Repair { key, versions } | Message::HandOff { key, versions } => {
                let mut fields = vec![Field::new("key", key)];
                fields.extend(versions_fields(versions));
                (format!("{key}={}", values(versions)), fields)
            }
            Message::HandOffReply { key, stamps } => {
                let words: Vec<String> = stamps.iter().map(Stamp::to_string).collect();
                let fields = vec![Field::new("key", key), Field::new("versions", words.join("|"))];
                ("home".to_owned(), fields)
            }
        };
        MessageLabel { short, fields }
    }
}

fn assignment(key: &Text, version: &Version) -> String {
    format!("{key}={}", value_words(version.value.as_ref()))
}

fn version_fields(round: Round, key: &Text, version: &Version) -> Vec<Field> {
    vec![
        Field::new("key", key),
        Field::new("value", value_words(version.value.as_ref())),
        Field::new("version", &version.stamp),
        round_field(round),
    ]
}

fn versions_fields(versions: &[Version]) -> Vec<Field> {
    vec![Field::new("value", values(versions)), Field::new("version", stamps(versions))]
}

fn round_field(round: Round) -> Field {
    Field::new("round", format!("{} since start {}", round.number, round.start))
}
