//! What the nodes send each other. The first four are phase 1 and phase 2 (p1a, p1b, p2a and p2b in
//! "Paxos Made Moderately Complex").

use std::sync::Arc;

use super::pvalue::{Ballot, Command, Pvalue};
use crate::protocol::{MessageKind, Tone};
use crate::view::{Field, MessageLabel};

/// A message between nodes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Message {
    /// "Promise me this ballot, for all slots at once."
    Prepare {
        /// The candidate's ballot.
        ballot: Ballot,
        /// The first slot whose decision the candidate does not know.
        first: u64,
    },
    /// "I promise: nothing below this ballot. Here is what I have accepted."
    Promise {
        /// The ballot promised.
        ballot: Ballot,
        /// What was accepted, from the slot asked about on.
        pvalues: Vec<(u64, Arc<Pvalue>)>,
    },
    /// "Accept this."
    Accept {
        /// The leader's ballot.
        ballot: Ballot,
        /// The slot.
        slot: u64,
        /// What is proposed.
        command: Arc<Command>,
    },
    /// "I have accepted it."
    Accepted {
        /// The ballot of the proposal.
        ballot: Ballot,
        /// Its slot.
        slot: u64,
    },
    /// "I have promised a higher ballot": the refusal of the others.
    Preempted {
        /// The ballot promised.
        promised: Ballot,
    },
    /// "This is decided."
    Decision {
        /// The first slot.
        first: u64,
        /// What is decided for it and the slots after it.
        commands: Vec<Arc<Command>>,
    },
    /// "I lead."
    Heartbeat {
        /// The leader's ballot.
        ballot: Ballot,
        /// All slots up to this one are decided.
        decided: u64,
    },
    /// "Tell me what was decided."
    CatchUp {
        /// The first slot whose decision is missing.
        first: u64,
    },
}

/// The kinds, in the order of [`Message::kind`].
pub const KINDS: &[MessageKind] = &[
    MessageKind { name: "Prepare", tone: Tone::Vote, reply: false },
    MessageKind { name: "Promise", tone: Tone::Vote, reply: true },
    MessageKind { name: "Accept", tone: Tone::Append, reply: false },
    MessageKind { name: "Accepted", tone: Tone::Append, reply: true },
    MessageKind { name: "Preempted", tone: Tone::Control, reply: true },
    MessageKind { name: "Decision", tone: Tone::Append, reply: false },
    MessageKind { name: "Heartbeat", tone: Tone::Control, reply: false },
    MessageKind { name: "CatchUp", tone: Tone::Control, reply: false },
];

impl Message {
    /// The message's place in [`KINDS`].
    pub fn kind(&self) -> u8 {
        match self {
            Message::Prepare { .. } => 0,
            Message::Promise { .. } => 1,
            Message::Accept { .. } => 2,
            Message::Accepted { .. } => 3,
            Message::Preempted { .. } => 4,
            Message::Decision { .. } => 5,
            Message::Heartbeat { .. } => 6,
            Message::CatchUp { .. } => 7,
        }
    }

    /// How it looks to a person.
    pub fn label(&self) -> MessageLabel {
        let (short, fields) = match self {
            Message::Prepare { ballot, first } => (
                format!("prepare B{ballot}"),
                vec![Field::new("ballot", ballot), Field::new("from slot", first)],
            ),
            Message::Promise { ballot, pvalues } => {
                let list: Vec<String> = pvalues
                    .iter()
                    .map(|(slot, pvalue)| format!("{slot}: B{} {}", pvalue.ballot, pvalue.command))
                    .collect();
                let list = if list.is_empty() { "nothing".to_owned() } else { list.join(", ") };
                (
                    format!("promise B{ballot}"),
                    vec![Field::new("ballot", ballot), Field::new("accepted", list)],
                )
            }
            Message::Accept { ballot, slot, command } => (
                format!("accept {slot}?"),
                vec![
                    Field::new("ballot", ballot),
                    Field::new("slot", slot),
                    Field::new("command", command),
                ],
            ),
            Message::Accepted { ballot, slot } => (
                format!("accepted {slot}"),
                vec![Field::new("ballot", ballot), Field::new("slot", slot)],
            ),
            Message::Preempted { promised } => {
                (format!("no: B{promised}"), vec![Field::new("promised", promised)])
            }
            Message::Decision { first, commands } => {
                let list: Vec<String> =
                    commands.iter().map(|command| command.to_string()).collect();
                let short = match commands.len() as u64 {
                    0 | 1 => format!("decided {first}"),
                    count => format!("decided {first}–{}", first + count - 1),
                };
                (short, vec![Field::new("slot", first), Field::new("commands", list.join(", "))])
            }
            Message::Heartbeat { ballot, decided } => (
                "heartbeat".to_owned(),
                vec![Field::new("ballot", ballot), Field::new("decided up to", decided)],
            ),
            Message::CatchUp { first } => {
                (format!("catch up {first}"), vec![Field::new("from slot", first)])
            }
        };
        MessageLabel { short, fields }
    }
}
