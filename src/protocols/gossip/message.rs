//! What nodes send each other. No message needs a memory of the conversation that it belongs to: each
//! can be lost, repeated or overtaken without harm.

use super::merkle::{ALL_BUCKETS, DEPTH};
use super::state::{Items, Stamp};
use crate::operation::Text;
use crate::protocol::{MessageKind, Tone};
use crate::view::{Field, MessageLabel};

/// A message between nodes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Message {
    /// "Send me what you have."
    Pull {
        /// The buckets asked for.
        buckets: u16,
    },
    /// Versions, to be taken over where they are newer.
    Items {
        /// All items of these buckets, or those of them that the receiver lacks.
        items: Items,
        /// The buckets.
        buckets: u16,
        /// Whether the receiver shall send back what it has newer.
        back: bool,
    },
    /// Hashes of one level of the sender's tree, below what was found to differ.
    Compare {
        /// How far below the root.
        level: u8,
        /// Places in the tree and their hashes.
        hashes: Vec<(u8, u64)>,
    },
    /// News.
    Rumor {
        /// The versions that are news.
        items: Items,
    },
    /// "I had heard that."
    RumorReply {
        /// What was no news.
        known: Vec<(Text, Stamp)>,
    },
}

/// The kinds of message, in the order of [`Message::kind`].
pub const KINDS: &[MessageKind] = &[
    MessageKind { name: "Pull", tone: Tone::Vote, reply: false },
    MessageKind { name: "Items", tone: Tone::Append, reply: false },
    MessageKind { name: "Compare", tone: Tone::Control, reply: false },
    MessageKind { name: "Rumor", tone: Tone::Append, reply: false },
    MessageKind { name: "RumorReply", tone: Tone::Append, reply: true },
];

/// The most items that stand in a label.
const LABEL_ITEMS_MAX: usize = 1;

impl Message {
    /// An index into [`KINDS`].
    pub fn kind(&self) -> u8 {
        match self {
            Message::Pull { .. } => 0,
            Message::Items { .. } => 1,
            Message::Compare { .. } => 2,
            Message::Rumor { .. } => 3,
            Message::RumorReply { .. } => 4,
        }
    }

    /// The message in words.
    pub fn label(&self) -> MessageLabel {
        match self {
            Message::Pull { buckets } => {
                MessageLabel { short: "pull".to_owned(), fields: vec![buckets_field(*buckets)] }
            }
            Message::Items { items, buckets, back } => {
                let mut fields = item_fields(items);
                fields.push(buckets_field(*buckets));
                fields
                    .push(Field::new("send back", if *back { "what is newer" } else { "nothing" }));
                MessageLabel { short: short(items), fields }
            }
            Message::Compare { level, hashes } => MessageLabel {
                short: format!("level {level}"),
                fields: hashes
                    .iter()
                    .map(|(place, hash)| {
                        let first = u32::from(*place) - (1 << level);
                        Field::new(part_name(*level, first), hash_words(*hash))
                    })
                    .collect(),
            },
            Message::Rumor { items } => {
                let mut label = short(items);
                label.insert(0, '!');
                MessageLabel { short: label, fields: item_fields(items) }
            }
            Message::RumorReply { known } => MessageLabel {
                short: "known".to_owned(),
                fields: known.iter().map(|(key, stamp)| Field::new(&**key, stamp)).collect(),
            },
        }
    }
}

/// A part of the tree by the buckets below it.
fn part_name(level: u8, first: u32) -> String {
    let width = 1 << (DEPTH - level.min(DEPTH));
    match width {
        1 => format!("bucket {first}"),
        _ => format!("buckets {}–{}", first * width, first * width + width - 1),
    }
}

/// Enough of a hash to compare it by eye.
pub fn hash_words(hash: u64) -> String {
    format!("{:04x}", hash & 0xffff)
}

fn short(items: &Items) -> String {
    let mut short = String::new();
    for (key, version) in items.iter().take(LABEL_ITEMS_MAX) {
        short.push_str(key);
        match version.value() {
            Some(value) => {
                short.push('=');
                short.push_str(value);
            }
            None => short.push('†'),
        }
    }
    match items.len() {
        0 => short.push_str("none"),
        count if count > LABEL_ITEMS_MAX => {
            short.push_str(" +");
            short.push_str(&(count - LABEL_ITEMS_MAX).to_string());
        }
        _ => {}
    }
    short
}

fn item_fields(items: &Items) -> Vec<Field> {
    (items.iter()).map(|(key, version)| Field::new(&**key, super::view::words(version))).collect()
}

fn buckets_field(buckets: u16) -> Field {
    let words = if buckets == ALL_BUCKETS {
        "all".to_owned()
    } else {
        let set: Vec<String> = (0..u16::BITS)
            .filter(|bucket| buckets & (1 << bucket) != 0)
            .map(|bucket| bucket.to_string())
            .collect();
        set.join(" ")
    };
    Field::new("buckets", words)
}
