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
    17 SNAPSHOT_KEEPS_NEWER "snapshot-keeps-newer-entries" "Raft §7, figure 13"
        "A node that has a snapshot's last entry keeps its log, and the entries that follow."
        without "A late snapshot makes a follower forget later entries that it acknowledged."
        protects ["commit-monotone", "durable-committed"];
    18 DURABLE_SNAPSHOT "durable-snapshot" "Raft §7; dissertation §5.1"
        "A snapshot is on the disk before the entries it stands for are let go."
        without "A crash takes with it all that only the snapshot still held."
        protects ["durable-committed", "leader-completeness"];
    19 SNAPSHOT_HAS_SESSIONS "snapshot-has-sessions" "Raft §8; dissertation §6.3"
        "A snapshot holds what the state machine remembers of clients."
        without "After a snapshot a repeated request is taken for a new one."
        protects ["exactly-once"];
    20 SNAPSHOT_HAS_CONFIGURATION "snapshot-has-configuration" "Raft §7; dissertation §5.1"
        "A snapshot holds the latest configuration it covers."
        without "A node falls back to an older configuration, and counts other majorities than the rest."
        protects ["election-safety", "durable-committed"];
    21 OLD_AND_NEW_TOGETHER "old-and-new-together" "Raft §6; dissertation §4.3"
        "A change of several servers goes through a configuration in which old and new decide together."
        without "Old and new configuration each elect a leader of the same term."
        protects ["election-safety", "leader-completeness"];
    22 JOINT_NEEDS_BOTH "joint-needs-both-majorities" "Raft §6; dissertation §4.3"
        "While two configurations decide together, a decision needs a majority of each."
        without "A majority of the new decides alone, unseen by a majority of the old."
        protects ["election-safety", "leader-completeness", "durable-committed"];
    23 LATEST_CONFIGURATION_COUNTS "latest-configuration-counts" "Raft §6; dissertation §4.1"
        "A node uses the latest configuration in its log, whether it is committed or not."
        without "Nodes that have not heard of a commit go on deciding by a configuration that is over."
        protects ["election-safety", "durable-committed"];
    24 ONE_CHANGE_AT_A_TIME "one-change-at-a-time" "dissertation §4.1; Raft §6"
        "A leader begins a change only when the change before it is committed."
        without "Two steps at once reach a configuration whose majorities do not meet those of the first."
        protects ["election-safety", "leader-completeness"];
    25 OWN_TERM_BEFORE_CHANGE "own-term-before-change" "Ongaro, raft-dev, 10 July 2015"
        "A leader begins a change only when it has committed an entry of its own term."
        without "Two leaders, each with a change unknown to the other, decide by majorities that do not meet."
        protects ["leader-completeness", "state-machine-safety", "durable-committed"];
    26 ONLY_MEMBERS_COUNT "only-members-count" "Raft §6; dissertation §4.2.1"
        "Only voting members campaign, and only their votes and acknowledgements count."
        without "Learners and strangers make up a majority beside the true one."
        protects ["election-safety", "durable-committed"];
    27 CATCH_UP_BEFORE_VOTING "catch-up-before-voting" "dissertation §4.2.1"
        "A new server gets the log before it becomes a voting member."
        without "A server with an empty log is needed for a majority, and nothing is committed for long."
        protects [];
    28 REMOVED_LEADER_STEPS_DOWN "removed-leader-steps-down" "Raft §6; dissertation §4.2.2"
        "A leader that is not in the new configuration steps down once that is committed."
        without "A server that was removed goes on leading a cluster to which it does not belong."
        protects [];
}

/// Reads go through the log like writes.
pub const READS_LOG: u32 = 0;
/// Reads are answered at once while the leader's lease lasts.
pub const READS_LEASE: u32 = 2;
/// Several servers change together, by joint consensus.
pub const MEMBERSHIP_JOINT: u32 = 1;

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
    6 COMPACT_AFTER "compact-after" 0 SettingRange::Number(0, 10_000),
        "How many executed entries a node gathers before a snapshot replaces them; 0 for never.";
    7 MEMBERS "members" 0 SettingRange::Number(0, 9),
        "How many nodes, from n1 on, are voting members at the start; 0 for all. The others wait outside.";
    8 MEMBERSHIP "membership" 0 SettingRange::Choice(&["one-at-a-time", "joint"]),
        "How members change: by one server at a time, or several together by joint consensus.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_places() {
        let last = usize::from(REMOVED_LEADER_STEPS_DOWN.0);
        assert_eq!(RULES[last].id, "removed-leader-steps-down");
        assert_eq!(RULES.len(), last + 1);
        assert_eq!(SETTINGS[usize::from(MEMBERSHIP)].id, "membership");
        assert_eq!(SETTINGS.len(), usize::from(MEMBERSHIP) + 1);
    }
}
