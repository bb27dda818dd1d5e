//! What nodes send each other: the three phases (Skeen 1981 §5) and the termination protocol
//! (Skeen 1982).

use crate::ids::NodeSet;
use crate::protocol::{MessageKind, Request, Tone};
use crate::protocols::bank::{State, Tx, Vote};
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
    /// Yes or no.
    Vote {
        /// The transaction.
        tx: Tx,
        /// The vote.
        vote: Vote,
    },
    /// Phase 2: "All have voted yes"; also of a site that took over.
    PreCommit {
        /// The transaction.
        tx: Tx,
    },
    /// A site that took over wants to abort.
    PreAbort {
        /// The transaction.
        tx: Tx,
    },
    /// How far this site is: the answer to `PreCommit`, `PreAbort` and `Inquiry`.
    Acknowledge {
        /// The transaction.
        tx: Tx,
        /// Its state here.
        state: State,
    },
    /// Phase 3: the decision.
    Decision {
        /// The transaction.
        tx: Tx,
        /// Commit or abort.
        commit: bool,
    },
    /// A site that took over asks how far the others are.
    Inquiry {
        /// The transaction.
        tx: Tx,
    },
}

/// The kinds of message, in the order of [`Message::kind`].
pub const KINDS: &[MessageKind] = &[
    MessageKind { name: "Prepare", tone: Tone::Append, reply: false },
    MessageKind { name: "Vote", tone: Tone::Vote, reply: true },
    MessageKind { name: "PreCommit", tone: Tone::Append, reply: false },
    MessageKind { name: "PreAbort", tone: Tone::Append, reply: false },
    MessageKind { name: "Acknowledge", tone: Tone::Vote, reply: true },
    MessageKind { name: "Decision", tone: Tone::Control, reply: false },
    MessageKind { name: "Inquiry", tone: Tone::Control, reply: false },
];

impl Message {
    /// An index into [`KINDS`].
    pub fn kind(&self) -> u8 {
        match self {
            Message::Prepare { .. } => 0,
            Message::Vote { .. } => 1,
            Message::PreCommit { .. } => 2,
            Message::PreAbort { .. } => 3,
            Message::Acknowledge { .. } => 4,
            Message::Decision { .. } => 5,
            Message::Inquiry { .. } => 6,
        }
    }

    /// The transaction it is about.
    pub fn tx(&self) -> Tx {
        match self {
            Message::Prepare { tx, .. }
            | Message::Vote { tx, .. }
            | Message::PreCommit { tx }
            | Message::PreAbort { tx }
            | Message::Acknowledge { tx, .. }
            | Message::Decision { tx, .. }
            | Message::Inquiry { tx } => *tx,
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
            Message::PreCommit { .. } => "pre-commit",
            Message::PreAbort { .. } => "pre-abort",
            Message::Acknowledge { state, .. } => {
                fields.push(Field::new("state", state.word()));
                state.word()
            }
            Message::Decision { commit, .. } => {
                let words = if *commit { "commit" } else { "abort" };
                fields.push(Field::new("decision", words));
                words
            }
            Message::Inquiry { .. } => "how far?",
        };
        MessageLabel { short: [&self.tx().to_string(), " ", what].concat(), fields }
    }
}
