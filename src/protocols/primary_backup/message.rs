//! What nodes send each other: three messages that copy the state from the primary to its backups,
//! and two by which servers and view service agree on who they are.

use std::sync::Arc;

use super::history::{History, Update};
use super::state::{Round, View};
use crate::ids::NodeSet;
use crate::protocol::{MessageKind, Tone};
use crate::view::{Field, MessageLabel};

/// A message between nodes.
#[derive(Clone, Debug, Hash)]
pub enum Message {
    /// A server to the view service: "I am alive, and in this view."
    Ping {
        /// The view it is in.
        view: u64,
        /// Whether it acknowledges the view as its primary.
        acknowledged: bool,
    },
    /// The view service to a server: the present view.
    View {
        /// The view.
        view: View,
    },
    /// A primary to a backup: the whole state.
    Initialise {
        /// The primary's view.
        view: View,
        /// The state.
        state: History,
        /// The primary's round of questions.
        round: Round,
    },
    /// A primary to a backup: updates that it has executed, or none, to ask whether the backup is
    /// still in its view.
    Notify {
        /// The primary's view.
        view: u64,
        /// The place just before the first update.
        after: u64,
        /// The updates.
        updates: Vec<Arc<Update>>,
        /// The primary's round of questions.
        round: Round,
    },
    /// A backup to its primary: what it holds.
    Acknowledge {
        /// The view of the message answered.
        view: u64,
        /// The last place that it holds.
        place: u64,
        /// The round answered.
        round: Round,
    },
}

/// The kinds of message, in the order of [`Message::kind`].
pub const KINDS: &[MessageKind] = &[
    MessageKind { name: "Ping", tone: Tone::Control, reply: false },
    MessageKind { name: "View", tone: Tone::Control, reply: true },
    MessageKind { name: "Initialise", tone: Tone::Vote, reply: false },
    MessageKind { name: "Notify", tone: Tone::Append, reply: false },
    MessageKind { name: "Acknowledge", tone: Tone::Append, reply: true },
];

impl Message {
    /// An index into [`KINDS`].
    pub fn kind(&self) -> u8 {
        match self {
            Message::Ping { .. } => 0,
            Message::View { .. } => 1,
            Message::Initialise { .. } => 2,
            Message::Notify { .. } => 3,
            Message::Acknowledge { .. } => 4,
        }
    }

    /// The message in words.
    pub fn label(&self) -> MessageLabel {
        match self {
            Message::Ping { view, acknowledged } => MessageLabel {
                short: if *acknowledged { format!("v{view} ✓") } else { format!("v{view}") },
                fields: vec![
                    Field::new("view", view),
                    Field::new("acknowledges it", if *acknowledged { "yes" } else { "no" }),
                ],
            },
            Message::View { view } => {
                MessageLabel { short: format!("view {}", view.number), fields: view_fields(view) }
            }
            Message::Initialise { view, state, .. } => {
                let mut fields = view_fields(view);
                fields.push(Field::new("updates in the state", state.last()));
                MessageLabel { short: format!("state {}", state.last()), fields }
            }
            Message::Notify { view, after, updates, .. } => {
                let short = match &updates[..] {
                    [] => "still?".to_owned(),
                    [update] => format!("{} {}", after + 1, update.change),
                    _ => format!("{}–{}", after + 1, after + updates.len() as u64),
                };
                let mut fields = vec![Field::new("view", view), Field::new("after place", after)];
                fields.extend(
                    (after + 1..).zip(updates).map(|(place, update)| {
                        Field::new(format!("update {place}"), &update.change)
                    }),
                );
                MessageLabel { short, fields }
            }
            Message::Acknowledge { view, place, .. } => MessageLabel {
                short: format!("has {place}"),
                fields: vec![Field::new("view", view), Field::new("holds up to place", place)],
            },
        }
    }
}

/// A view in words.
pub fn view_fields(view: &View) -> Vec<Field> {
    let primary = view.primary.map_or("nobody".to_owned(), |primary| primary.to_string());
    vec![
        Field::new("view", view.number),
        Field::new("primary", primary),
        Field::new("backups", names(view.backups)),
    ]
}

/// Nodes by name.
pub fn names(nodes: NodeSet) -> String {
    if nodes.is_empty() { "none".to_owned() } else { nodes.to_string() }
}
