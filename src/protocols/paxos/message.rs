//! What the nodes send each other. The first four are 1a, 1b, 2a and 2b of the papers.

use super::ballot::{Ballot, Proposal};
use crate::operation::Text;
use crate::protocol::{MessageKind, Tone};
use crate::view::{Field, MessageLabel};

/// A message between nodes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Message {
    /// "Promise me this ballot, and tell me what you have accepted."
    Prepare {
        /// The proposer's ballot.
        ballot: Ballot,
    },
    /// "I promise: nothing below this ballot. Here is what I have accepted."
    Promise {
        /// The ballot promised.
        ballot: Ballot,
        /// What was accepted in the highest ballot, if anything was.
        accepted: Option<Proposal>,
    },
    /// "Accept this."
    Accept {
        /// The proposal.
        proposal: Proposal,
    },
    /// "I have accepted it."
    Accepted {
        /// The proposal.
        proposal: Proposal,
    },
    /// "I have promised a higher ballot": to whom it may save time (§2.4).
    Rejected {
        /// The ballot refused.
        ballot: Ballot,
        /// The ballot promised.
        promised: Ballot,
    },
    /// "This is chosen": from a distinguished learner to the others (§2.3).
    Chosen {
        /// The value.
        value: Text,
    },
}

/// The kinds, in the order of [`Message::kind`].
pub const KINDS: &[MessageKind] = &[
    MessageKind { name: "Prepare", tone: Tone::Vote, reply: false },
    MessageKind { name: "Promise", tone: Tone::Vote, reply: true },
    MessageKind { name: "Accept", tone: Tone::Append, reply: false },
    MessageKind { name: "Accepted", tone: Tone::Append, reply: true },
    MessageKind { name: "Rejected", tone: Tone::Control, reply: true },
    MessageKind { name: "Chosen", tone: Tone::Append, reply: false },
];

impl Message {
    /// The message's place in [`KINDS`].
    pub fn kind(&self) -> u8 {
        match self {
            Message::Prepare { .. } => 0,
            Message::Promise { .. } => 1,
            Message::Accept { .. } => 2,
            Message::Accepted { .. } => 3,
            Message::Rejected { .. } => 4,
            Message::Chosen { .. } => 5,
        }
    }

    /// How it looks to a person.
    pub fn label(&self) -> MessageLabel {
        let (word, number, fields) = match self {
            Message::Prepare { ballot } => {
                ("prepare ", ballot.to_string(), vec![Field::new("ballot", ballot)])
            }
            Message::Promise { ballot, accepted } => (
                "promise ",
                ballot.to_string(),
                vec![Field::new("ballot", ballot), Field::new("accepted", or_nothing(accepted))],
            ),
            Message::Accept { proposal } => ("accept ", proposal.to_string(), fields_of(proposal)),
            Message::Accepted { proposal } => {
                ("accepted ", proposal.ballot.to_string(), fields_of(proposal))
            }
            Message::Rejected { ballot, promised } => (
                "no: ",
                promised.to_string(),
                vec![Field::new("ballot", ballot), Field::new("promised", promised)],
            ),
            Message::Chosen { value } => {
                ("chosen ", value.to_string(), vec![Field::new("value", value)])
            }
        };
        MessageLabel { short: word.to_owned() + &number, fields }
    }
}

fn fields_of(proposal: &Proposal) -> Vec<Field> {
    vec![Field::new("ballot", proposal.ballot), Field::new("value", &proposal.value)]
}

/// What may be there or not, in words.
pub fn or_nothing(what: &Option<impl ToString>) -> String {
    what.as_ref().map_or_else(|| "nothing".to_owned(), ToString::to_string)
}
