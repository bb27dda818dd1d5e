//! The rules that the proof needs, each with its source and what goes wrong without it, and the
//! quantities that may be adjusted.

use crate::protocol::SettingRange;
use crate::sheet::{rules, settings};

rules! {
    0 PROMISE_ONLY_HIGHER_BALLOTS "promise-only-higher-ballots" "Paxos Made Simple §2.2, phase 1 (b)"
        "An acceptor makes no promise for a ballot below one it has promised."
        without "An acceptor goes back to an old ballot, and accepts what it promised not to."
        protects ["promises-are-kept", "promised-covers-accepted", "one-value-chosen", "chosen-is-on-disks"];
    1 ACCEPT_ONLY_AT_PROMISED_BALLOT "accept-only-at-promised-ballot" "Paxos Made Simple §2.2, P1a"
        "An acceptor accepts nothing in a ballot below the one it has promised."
        without "A late proposal of an old ballot is accepted over a newer one."
        protects ["promises-are-kept", "one-value-chosen", "chosen-is-on-disks"];
    2 ADOPT_HIGHEST_ACCEPTED_VALUE "adopt-highest-accepted-value" "Paxos Made Simple §2.2, P2c"
        "A proposer proposes the value of the highest ballot that its promises tell of, if any does."
        without "A proposer proposes its own value where another may have been chosen already."
        protects ["one-value-chosen", "chosen-is-on-disks"];
    3 PHASE_1_NEEDS_QUORUM "phase-1-needs-quorum" "Paxos Made Simple §2.2, phase 2 (a)"
        "A proposer proposes only with the promises of a phase-1 quorum, which is a majority."
        without "A proposer has not asked the acceptors that know what was chosen."
        protects ["one-value-chosen", "chosen-is-on-disks"];
    4 LEARN_ONLY_WHEN_CHOSEN "learn-only-when-chosen" "Paxos Made Simple §2.1, §2.3"
        "A learner learns a value only when a phase-2 quorum, which is a majority, has accepted it."
        without "A learner believes in a value that is never chosen."
        protects ["learned-only-if-chosen"];
    5 COUNT_ONE_BALLOT "count-one-ballot" "Paxos Made Simple §2.3"
        "A learner counts acceptances of one proposal: the same value in the same ballot."
        without "Acceptances of one value in two ballots look like a majority and are none."
        protects ["learned-only-if-chosen"];
    6 DURABLE_PROMISE "durable-promise" "Paxos Made Simple §2.5"
        "A promise is on the disk before it is given."
        without "After a restart an acceptor accepts what it promised not to."
        protects ["promises-are-kept", "promised-covers-accepted", "one-value-chosen", "chosen-is-on-disks"];
    7 DURABLE_ACCEPTED_VALUE "durable-accepted-value" "Paxos Made Simple §2.5"
        "An accepted proposal is on the disk before the acceptance is told."
        without "A crash takes accepted values with it: what was chosen is forgotten."
        protects ["chosen-is-on-disks", "one-value-chosen", "learned-only-if-chosen"];
    8 DURABLE_ATTEMPT "durable-attempt" "Paxos Made Simple §2.5"
        "The highest ballot that a proposer has tried is on its disk before anyone hears of it."
        without "After a restart a proposer uses a ballot again, for another value."
        protects ["one-value-per-ballot", "one-value-chosen", "chosen-is-on-disks"];
    9 BALLOTS_ARE_NOT_SHARED "ballots-are-not-shared" "Paxos Made Simple §2.5"
        "Different proposers choose their ballots from disjoint sets of numbers."
        without "Two proposers propose two values under one ballot, and acceptors cannot tell."
        protects ["one-value-per-ballot", "one-value-chosen", "chosen-is-on-disks"];
    10 ONE_VALUE_PER_BALLOT "one-value-per-ballot" "Paxos Made Simple §2.2, phase 2 (a)"
        "A proposer proposes one value in a ballot, whatever clients ask meanwhile."
        without "Two values get accepted in one ballot, and each by a majority."
        protects ["one-value-per-ballot", "one-value-chosen", "chosen-is-on-disks"];
    11 PROPOSE_ONLY_WHAT_WAS_ASKED "propose-only-what-was-asked" "Paxos Made Simple §2.1"
        "A proposer that has no client's value and is told of none proposes nothing."
        without "A value is chosen that nobody proposed."
        protects ["only-proposed-chosen"];
    12 QUORUMS_INTERSECT "quorums-intersect" "Howard, Malkhi & Spiegelman, Flexible Paxos, 2016"
        "Every phase-1 quorum shares an acceptor with every phase-2 quorum: where they are set too \
         small, a proposer waits for more promises."
        without "A proposer hears from nobody who knows what was chosen."
        protects ["one-value-chosen", "chosen-is-on-disks"];
    13 BACK_OFF "back-off" "Paxos Made Simple §2.4"
        "A proposer that was refused waits for a random, growing time before it tries again."
        without "Two proposers outbid each other for ever, and nothing is chosen."
        protects [];
}

settings! {
    0 LEARNERS "learners" 0 SettingRange::Choice(&["told-by-proposer", "told-by-acceptors"]),
        "Who tells learners: the proposer, which counts for all, or every acceptor tells every node.";
    1 ACCEPTORS "acceptors" 0 SettingRange::Number(0, 9),
        "How many nodes are acceptors, n1 first; 0 for all. The others propose and learn.";
    2 PROPOSERS "proposers" 0 SettingRange::Number(0, 9),
        "How many nodes propose, n1 first; 0 for all, 1 for a distinguished proposer. The others \
         send clients to them.";
    3 PHASE_1_QUORUM "phase-1-quorum" 0 SettingRange::Number(0, 9),
        "|Q1|, how many promises a proposer needs, its own included; 0 for a majority.";
    4 PHASE_2_QUORUM "phase-2-quorum" 0 SettingRange::Number(0, 9),
        "|Q2|, how many acceptances make a value chosen; 0 for a majority.";
    5 RETRANSMIT_MS "retransmit" 100 SettingRange::Number(1, 100_000),
        "Time after which a proposer asks again whoever has not answered, in milliseconds.";
    6 BACK_OFF_MIN_MS "back-off-min" 50 SettingRange::Number(1, 100_000),
        "Shortest time that a refused proposer waits, in milliseconds.";
    7 BACK_OFF_MAX_MS "back-off-max" 150 SettingRange::Number(1, 100_000),
        "Longest time that a proposer waits when it was refused once, in milliseconds.";
}

/// Where acceptors tell every node what they have accepted.
pub const TOLD_BY_ACCEPTORS: u32 = 1;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_places() {
        assert_eq!(RULES[usize::from(BACK_OFF.0)].id, "back-off");
        assert_eq!(RULES.len(), usize::from(BACK_OFF.0) + 1);
        assert_eq!(SETTINGS[usize::from(BACK_OFF_MAX_MS)].id, "back-off-max");
        assert_eq!(SETTINGS.len(), usize::from(BACK_OFF_MAX_MS) + 1);
    }
}
