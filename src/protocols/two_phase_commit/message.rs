//! What nodes send each other (BHG §7.4): the two phases, and what a participant in doubt asks.

use crate::ids::NodeSet;
use crate::protocol::{MessageKind, Request, Tone};
use crate::protocols::bank::{Tx, Vote};
use crate::view::{Field, MessageLabel};

/// A message between nodes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Message {
    /// Phase 1: "Can you commit this?"
    Prepare {
        /// The transaction.
        tx: Tx,
        /// What it is to do.
        request: Request,
        /// Who else is asked.
        participants: NodeSet,
    },
    /// Yes, which binds the participant, or no.
    Vote {
        /// The transaction.
        tx: Tx,
        /// The vote.
        vote: Vote,
    },
    /// Phase 2: the decision.
    Decision {
        /// The transaction.
        tx: Tx,
        /// Commit or abort.
        commit: bool,
    },
    /// The participant has committed.
    Acknowledge {
        /// The transaction.
        tx: Tx,
    },
    /// A participant in doubt asks for the decision.
    Inquiry {
        /// The transaction.
        tx: Tx,
    },
    /// "I am in doubt as well."
    Uncertain {
        /// The transaction.
        tx: Tx,
    },
}

/// The kinds of message, in the order of [`Message::kind`].
pub const KINDS: &[MessageKind] = &[
    MessageKind { name: "Prepare", tone: Tone::Append, reply: false },
    MessageKind { name: "Vote", tone: Tone::Vote, reply: true },
    MessageKind { name: "Decision", tone: Tone::Control, reply: false },
    MessageKind { name: "Acknowledge", tone: Tone::Control, reply: true },
    MessageKind { name: "Inquiry", tone: Tone::Vote, reply: false },
    MessageKind { name: "Uncertain", tone: Tone::Vote, reply: true },
];

impl Message {
    /// An index into [`KINDS`].
    pub fn kind(&self) -> u8 {
        match self {
            Message::Prepare { .. } => 0,
            Message::Vote { .. } => 1,
            Message::Decision { .. } => 2,
            Message::Acknowledge { .. } => 3,
            Message::Inquiry { .. } => 4,
            Message::Uncertain { .. } => 5,
        }
    }

    /// The transaction it is about.
    pub fn tx(&self) -> Tx {
        match self {
            Message::Prepare { tx, .. }
            | Message::Vote { tx, .. }
            | Message::Decision { tx, .. }
            | Message::Acknowledge { tx }
            | Message::Inquiry { tx }
            | Message::Uncertain { tx } => *tx,
        }
    }

    /// The message in words.
    pub fn label(&self) -> MessageLabel {
        let mut fields = vec![Field::new("transaction", self.tx())];
        let what = match self {
            Message::Prepare { request, participants, .. } => {
                fields.push(Field::new("operation", &request.operation));
                fields.push(Field::new("participants", participants));
                "prepare"
            }
            Message::Vote { vote, .. } => {
                let words = vote.map_or_else(|refusal| refusal.words(), |()| "yes");
                fields.push(Field::new("vote", words));
                if vote.is_ok() { "yes" } else { "no" }
            }
            Message::Decision { commit, .. } => {
                let words = if *commit { "commit" } else { "abort" };
                fields.push(Field::new("decision", words));
                words
            }
            Message::Acknowledge { .. } => "done",
            Message::Inquiry { .. } => "decided?",
            Message::Uncertain { .. } => "in doubt",
        };
        MessageLabel { short: [&self.tx().to_string(), " ", what].concat(), fields }
    }
}
