//! What Raft nodes send each other (paper figure 2; dissertation §3.10 and §9.6).

use std::sync::Arc;

use super::log::Entry;
use super::snapshot::Snapshot;
use crate::protocol::{MessageKind, Tone};
use crate::view::{Field, MessageLabel};

/// A message between nodes. `term` is the sender's term, unless said otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Message {
    /// "Would you vote for me?", without raising anybody's term.
    PreVote {
        /// The term the sender would campaign in: one above its own.
        next_term: u64,
        /// The place of the sender's last entry.
        last_index: u64,
        /// The term of the sender's last entry.
        last_term: u64,
        /// Numbers the sender's attempts, so that an old consent does not count in a later one.
        attempt: u64,
    },
    /// The answer to `PreVote`.
    PreVoteReply {
        /// The term asked about where granted, the sender's own where refused.
        term: u64,
        /// Whether the sender would vote so.
        granted: bool,
        /// The attempt answered.
        attempt: u64,
    },
    /// "Vote for me."
    RequestVote {
        /// The candidate's term.
        term: u64,
        /// The place of the candidate's last entry.
        last_index: u64,
        /// The term of the candidate's last entry.
        last_term: u64,
        /// Whether the leader itself asked the candidate to campaign; then nobody need protect the
        /// leader.
        transfer: bool,
    },
    /// The answer to `RequestVote`.
    RequestVoteReply {
        /// The voter's term.
        term: u64,
        /// Whether the vote is given.
        granted: bool,
    },
    /// The leader's entries, or a heartbeat where there are none.
    AppendEntries {
        /// The leader's term.
        term: u64,
        /// The place just before the new entries.
        prev_index: u64,
        /// The term of the entry there.
        prev_term: u64,
        /// The new entries.
        entries: Vec<Arc<Entry>>,
        /// How far the leader has committed.
        commit: u64,
        /// Numbers the leader's rounds for reads; zero where reads need none.
        round: u64,
    },
    /// The follower's answer: how far its log agrees with the leader's.
    AppendReply {
        /// The follower's term.
        term: u64,
        /// The term of the message answered. A leader heeds only answers to what it sent as leader
        /// of its present term: an answer to an older one says nothing of this one.
        request_term: u64,
        /// What became of the entries.
        result: AppendResult,
        /// The round answered.
        round: u64,
    },
    /// "Campaign now": the last step of a leadership transfer.
    TimeoutNow {
        /// The leader's term.
        term: u64,
    },
    /// The leader's snapshot, in place of entries that it no longer has (§7).
    InstallSnapshot {
        /// The leader's term.
        term: u64,
        /// What stands for the beginning of its log.
        snapshot: Arc<Snapshot>,
        /// Numbers the leader's rounds for reads; zero where reads need none.
        round: u64,
    },
    /// The answer to `InstallSnapshot`.
    InstallSnapshotReply {
        /// The follower's term.
        term: u64,
        /// The term of the message answered.
        request_term: u64,
        /// Up to which place the logs agree now; zero where the snapshot was refused.
        match_index: u64,
        /// The round answered.
        round: u64,
    },
}

/// What became of the entries of an `AppendEntries`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AppendResult {
    /// The logs agree up to this place.
    Accepted {
        /// The last place known to agree.
        match_index: u64,
    },
    /// The entry before the new ones is missing or of another term.
    Rejected {
        /// Where the leader should look next: the start of the conflicting term, or the place
        /// after the follower's last entry.
        conflict_index: u64,
        /// The conflicting term; `None` where the follower's log is too short.
        conflict_term: Option<u64>,
    },
}

/// The kinds of message, in the order of [`Message::kind`].
pub const KINDS: &[MessageKind] = &[
    MessageKind { name: "PreVote", tone: Tone::Vote, reply: false },
    MessageKind { name: "PreVoteReply", tone: Tone::Vote, reply: true },
    MessageKind { name: "RequestVote", tone: Tone::Vote, reply: false },
    MessageKind { name: "RequestVoteReply", tone: Tone::Vote, reply: true },
    MessageKind { name: "AppendEntries", tone: Tone::Append, reply: false },
    MessageKind { name: "AppendReply", tone: Tone::Append, reply: true },
    MessageKind { name: "TimeoutNow", tone: Tone::Control, reply: false },
    MessageKind { name: "InstallSnapshot", tone: Tone::Append, reply: false },
    MessageKind { name: "InstallSnapshotReply", tone: Tone::Append, reply: true },
];

impl Message {
    /// An index into [`KINDS`].
    pub fn kind(&self) -> u8 {
        match self {
            Message::PreVote { .. } => 0,
            Message::PreVoteReply { .. } => 1,
            Message::RequestVote { .. } => 2,
            Message::RequestVoteReply { .. } => 3,
            Message::AppendEntries { .. } => 4,
            Message::AppendReply { .. } => 5,
            Message::TimeoutNow { .. } => 6,
            Message::InstallSnapshot { .. } => 7,
            Message::InstallSnapshotReply { .. } => 8,
        }
    }

    /// The message in words.
    pub fn label(&self) -> MessageLabel {
        let vote = |granted: &bool| if *granted { "yes" } else { "no" };
        let (short, fields) = match self {
            Message::PreVote { next_term, last_index, last_term, attempt: _ } => (
                format!("pre-vote T{next_term}?"),
                vec![
                    Field::new("for term", next_term),
                    Field::new("last log", format!("{last_index} of T{last_term}")),
                ],
            ),
            Message::PreVoteReply { term, granted, attempt: _ } => (
                format!("pre-vote {}", vote(granted)),
                vec![Field::new("term", term), Field::new("granted", vote(granted))],
            ),
            Message::RequestVote { term, last_index, last_term, transfer } => {
                let mut fields = vec![
                    Field::new("term", term),
                    Field::new("last log", format!("{last_index} of T{last_term}")),
                ];
                if *transfer {
                    fields.push(Field::new("by transfer", "yes"));
                }
                (format!("vote T{term}?"), fields)
            }
            Message::RequestVoteReply { term, granted } => (
                format!("vote {}", vote(granted)),
                vec![Field::new("term", term), Field::new("granted", vote(granted))],
            ),
            Message::AppendEntries { term, prev_index, prev_term, entries, commit, round } => {
                let first = prev_index + 1;
                let short = match entries.len() as u64 {
                    0 => "heartbeat".to_owned(),
                    1 => format!("append {first}"),
                    count => format!("append {first}–{}", prev_index + count),
                };
                let list: Vec<String> = entries.iter().map(|entry| entry.to_string()).collect();
                let list = if list.is_empty() { "none".to_owned() } else { list.join(", ") };
                let mut fields = vec![
                    Field::new("term", term),
                    Field::new("after", format!("{prev_index} of T{prev_term}")),
                    Field::new("entries", list),
                    Field::new("commit", commit),
                ];
                if *round > 0 {
                    fields.push(Field::new("round", round));
                }
                (short, fields)
            }
            Message::AppendReply { term, request_term, result, round } => {
                let mut fields = vec![Field::new("term", term)];
                if request_term != term {
                    fields.push(Field::new("to a message of term", request_term));
                }
                let short = match result {
                    AppendResult::Accepted { match_index } => {
                        fields.push(Field::new("agrees up to", match_index));
                        format!("ok {match_index}")
                    }
                    AppendResult::Rejected { conflict_index, conflict_term } => {
                        fields.push(Field::new("conflict at", conflict_index));
                        if let Some(conflict_term) = conflict_term {
                            fields.push(Field::new("conflicting term", conflict_term));
                        }
                        format!("no, try {conflict_index}")
                    }
                };
                if *round > 0 {
                    fields.push(Field::new("round", round));
                }
                (short, fields)
            }
            Message::TimeoutNow { term } => {
                ("campaign now".to_owned(), vec![Field::new("term", term)])
            }
            Message::InstallSnapshot { term, snapshot, round: _ } => {
                let (last_index, last_term) = (snapshot.last_index, snapshot.last_term);
                let mut fields = vec![
                    Field::new("term", term),
                    Field::new("up to", format!("{last_index} of T{last_term}")),
                    Field::new("sessions", snapshot.sessions.len()),
                ];
                if let Some(configuration) = &snapshot.configuration {
                    fields.push(Field::new("configuration", configuration));
                }
                fields.extend(snapshot.store.fields());
                (format!("snapshot 1–{last_index}"), fields)
            }
            Message::InstallSnapshotReply { term, request_term: _, match_index, round: _ } => {
                let fields =
                    vec![Field::new("term", term), Field::new("agrees up to", match_index)];
                (format!("installed {match_index}"), fields)
            }
        };
        MessageLabel { short, fields }
    }
}

impl std::fmt::Display for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "T{} ", self.term)?;
        match &self.command {
            super::log::Command::Blank => f.write_str("blank"),
            super::log::Command::Request(request) => request.operation.fmt(f),
            super::log::Command::Configuration(configuration) => {
                write!(f, "configuration {configuration}")
            }
        }
    }
}
