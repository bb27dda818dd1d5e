//! The rules that Raft's proof needs, each with its source and what goes wrong without it, and the
//! quantities that may be adjusted.

use crate::protocol::SettingRange;
use crate::sheet::{rules, settings};

rules! {
    0 VOTE_ONCE_PER_TERM "vote-once-per-term" "Raft §5.2"
        "A node votes for at most one candidate in a term, first come, first served."
        without "Two candidates can both collect a majority, and one term has two leaders."
        protects ["election-safety"];
    1 VOTE_NEEDS_UP_TO_DATE_LOG "vote-needs-up-to-date-log" "Raft §5.4.1"
        "A node refuses its vote to a candidate whose log is less up to date than its own."
        without "A candidate that lacks committed entries can win and overwrite them."
        protects ["leader-completeness", "state-machine-safety"];
    2 ELECTION_NEEDS_MAJORITY "election-needs-majority" "Raft §5.2"
        "A candidate leads only with the votes of a majority of all nodes."
        without "Any candidate leads on its own vote, and one term has two leaders."
        protects ["election-safety"];
    3 DURABLE_TERM_AND_VOTE "durable-term-and-vote" "Raft figure 2, §5.6"
        "Term and vote are on the disk before a node answers."
        without "After a restart a node votes a second time in the same term."
        protects ["election-safety", "term-monotone"];
    4 DURABLE_LOG "durable-log" "Raft figure 2, §5.6"
        "Entries are on the disk before a node acknowledges them."
        without "A crash takes acknowledged entries with it: what was committed is lost."
        protects ["durable-committed", "leader-completeness"];
    5 LOG_MATCHING_CHECK "log-matching-check" "Raft §5.3"
        "A follower takes new entries only if it has the entry just before them, of the same term."
        without "Logs get holes and diverge: one place holds different commands."
        protects ["log-matching", "state-machine-safety"];
    6 TRUNCATE_ONLY_ON_CONFLICT "truncate-only-on-conflict" "Raft figure 2, §5.3"
        "A follower deletes entries only where one conflicts with the leader's."
        without "A late message with few entries makes a follower forget later ones it acknowledged."
        protects ["durable-committed"];
    7 COMMIT_ONLY_OWN_TERM "commit-only-own-term" "Raft §5.4.2"
        "A leader commits by counting only entries of its own term; older ones follow with them."
        without "An entry on a majority is called committed and erased all the same (figure 8)."
        protects ["leader-completeness", "state-machine-safety"];
    8 COMMIT_NEEDS_MAJORITY "commit-needs-majority" "Raft §5.3"
        "An entry is committed only when a majority of all nodes has stored it."
        without "A leader acknowledges what only it has; when it crashes the write is lost."
        protects ["durable-committed", "leader-completeness"];
    9 STEP_DOWN_ON_HIGHER_TERM "step-down-on-higher-term" "Raft §5.1"
        "A leader or candidate that sees a higher term takes it over and becomes a follower."
        without "A leader carries its crown into a term that elects another."
        protects ["election-safety"];
    10 REFUSE_STALE_TERM "refuse-stale-term" "Raft §5.1"
        "A message of an older term is refused."
        without "A deposed leader goes on writing, and votes of a past election count in the next."
        protects ["election-safety", "state-machine-safety", "durable-committed"];
    11 NO_OP_ON_ELECTION "no-op-on-election" "Raft §8"
        "A new leader begins with a blank entry, and reads wait until it is committed."
        without "A new leader does not know yet what is committed, and its reads are stale."
        protects ["reads-are-current"];
    12 NO_STALE_LEADER_READS "no-stale-leader-reads" "Raft §8; dissertation §6.4"
        "A leader answers a read only when it is sure that it still leads."
        without "A deposed leader that has not noticed answers from the past."
        protects ["reads-are-current"];
    13 SESSION_DEDUP "session-dedup" "Raft §8; dissertation §6.3"
        "A request that a client repeats takes effect once; the repetition gets the same result."
        without "A retry after a lost answer is executed twice."
        protects ["exactly-once"];
    14 PRE_VOTE "pre-vote" "dissertation §9.6"
        "A node asks whether it could win before it raises its term; who hears a leader says no."
        without "A node that was cut off comes back with a high term and deposes a good leader."
        protects [];
    15 CHECK_QUORUM "check-quorum" "dissertation §6.2"
        "A leader that has not heard from a majority for an election timeout steps down."
        without "A leader that is cut off leads on for ever and keeps its clients waiting."
        protects [];
    16 LEADER_STICKINESS "leader-stickiness" "dissertation §4.2.3, §6.4.1"
        "A node that has just heard from a leader ignores requests for votes."
        without "Elections come before the leader's lease has ended, and its reads are stale."
        protects ["reads-are-current"];
}

/// Reads go through the log like writes.
pub const READS_LOG: u32 = 0;
/// Reads are answered at once while the leader's lease lasts.
pub const READS_LEASE: u32 = 2;

settings! {
    0 ELECTION_MIN_MS "election-timeout-min" 150 SettingRange::Number(1, 100_000),
        "Shortest election timeout, in milliseconds.";
    1 ELECTION_MAX_MS "election-timeout-max" 300 SettingRange::Number(1, 100_000),
        "Longest election timeout, in milliseconds.";
    2 HEARTBEAT_MS "heartbeat" 50 SettingRange::Number(1, 100_000),
        "Time between a leader's heartbeats, in milliseconds.";
    3 READS "reads" 0 SettingRange::Choice(&["log", "read-index", "lease"]),
        "How reads are served: as log entries, after a round of heartbeats, or under a lease.";
    4 LEASE_MS "lease" 120 SettingRange::Number(1, 100_000),
        "How long a lease lasts after a round was sent, in milliseconds of the leader's clock; safe only \
         below the shortest election timeout.";
    5 ENTRIES_PER_MESSAGE "entries-per-message" 64 SettingRange::Number(1, 1000),
        "The most entries one AppendEntries carries.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_places() {
        assert_eq!(RULES[usize::from(LEADER_STICKINESS.0)].id, "leader-stickiness");
        assert_eq!(RULES.len(), usize::from(LEADER_STICKINESS.0) + 1);
        assert_eq!(SETTINGS[usize::from(ENTRIES_PER_MESSAGE)].id, "entries-per-message");
        assert_eq!(SETTINGS.len(), usize::from(ENTRIES_PER_MESSAGE) + 1);
    }
}
