//! What nodes send each other, by the paper's names: Paxos phases 1 and 2, one instance for each
//! participant (GL §4.1).

use super::state::{Accepted, Ballot};
use crate::ids::{NodeId, NodeSet};
use crate::protocol::{MessageKind, Request, Tone};
use crate::protocols::bank::{Tx, Vote};
use crate::view::{Field, MessageLabel};

/// A message between nodes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Message {
    /// "Can you commit this?"
    Prepare {
        /// The transaction.
        tx: Tx,
        /// What it is to do.
        request: Request,
        /// Who else is asked.
        participants: NodeSet,
    },
    /// A leader asks an acceptor for a promise, for all instances of the transaction.
    Phase1a {
        /// The transaction.
        tx: Tx,
        /// The leader's ballot.
        ballot: Ballot,
    },
    /// The promise, with what the acceptor has accepted in each instance.
    Phase1b {
        /// The transaction.
        tx: Tx,
        /// The ballot promised.
        ballot: Ballot,
        /// What was accepted.
        accepted: Accepted,
    },
    /// A participant votes in ballot 0, or a leader proposes in its own.
    Phase2a {
        /// The transaction.
        tx: Tx,
        /// Whose instance it is.
        instance: NodeId,
        /// The ballot.
        ballot: Ballot,
        /// Prepared, or why not.
        vote: Vote,
    },
    /// An acceptor has accepted that.
    Phase2b {
        /// The transaction.
        tx: Tx,
        /// Whose instance it is.
        instance: NodeId,
        /// The ballot.
        ballot: Ballot,
        /// What was accepted.
        vote: Vote,
    },
    /// The decision.
    Decision {
        /// The transaction.
        tx: Tx,
        /// Commit or abort.
        commit: bool,
    },
}

/// The kinds of message, in the order of [`Message::kind`].
pub const KINDS: &[MessageKind] = &[
    MessageKind { name: "Prepare", tone: Tone::Append, reply: false },
    MessageKind { name: "Phase1a", tone: Tone::Control, reply: false },
    MessageKind { name: "Phase1b", tone: Tone::Control, reply: true },
    MessageKind { name: "Phase2a", tone: Tone::Vote, reply: false },
    MessageKind { name: "Phase2b", tone: Tone::Vote, reply: true },
    MessageKind { name: "Decision", tone: Tone::Append, reply: false },
];

impl Message {
    /// An index into [`KINDS`].
    pub fn kind(&self) -> u8 {
        match self {
            Message::Prepare { .. } => 0,
            Message::Phase1a { .. } => 1,
            Message::Phase1b { .. } => 2,
            Message::Phase2a { .. } => 3,
            Message::Phase2b { .. } => 4,
            Message::Decision { .. } => 5,
        }
    }

    /// The transaction it is about.
    pub fn tx(&self) -> Tx {
        match self {
            Message::Prepare { tx, .. }
            | Message::Phase1a { tx, .. }
            | Message::Phase1b { tx, .. }
            | Message::Phase2a { tx, .. }
            | Message::Phase2b { tx, .. }
            | Message::Decision { tx, .. } => *tx,
        }
    }

    /// The message in words.
    pub fn label(&self) -> MessageLabel {
        let mut fields = vec![Field::new("transaction", self.tx())];
        let what = match self {
            Message::Prepare { request, participants, .. } => {
                fields.push(Field::new("operation", &request.operation));
                fields.push(Field::new("participants", participants));
                "prepare".to_owned()
            }
            Message::Phase1a { ballot, .. } => {
                fields.push(Field::new("ballot", ballot));
                format!("ballot {ballot}?")
            }
            Message::Phase1b { ballot, accepted, .. } => {
                fields.push(Field::new("ballot", ballot));
                fields.extend(accepted.iter().map(|(instance, (ballot, vote))| {
                    Field::new(
                        format!("accepted for {instance}"),
                        [word(*vote), " in ballot ", &ballot.to_string()].concat(),
                    )
                }));
                format!("promise {ballot}")
            }
            Message::Phase2a { instance, ballot, vote, .. }
            | Message::Phase2b { instance, ballot, vote, .. } => {
                fields.push(Field::new("instance of", instance));
                fields.push(Field::new("ballot", ballot));
                fields.push(Field::new("value", word(*vote)));
                let sign = if vote.is_ok() { "yes" } else { "no" };
                format!("{instance} {sign}")
            }
            Message::Decision { commit, .. } => {
                let words = if *commit { "commit" } else { "abort" };
                fields.push(Field::new("decision", words));
                words.to_owned()
            }
        };
        MessageLabel { short: [&self.tx().to_string(), " ", &what].concat(), fields }
    }
}

/// A vote as the paper calls it.
pub fn word(vote: Vote) -> &'static str {
    if vote.is_ok() { "prepared" } else { "aborted" }
}
