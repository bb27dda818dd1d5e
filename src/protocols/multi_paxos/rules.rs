//! The rules that the proof of Multi-Paxos needs, each with its source and what goes wrong without
//! it, and the quantities that may be adjusted.

use super::Quorums;
use crate::protocol::SettingRange;
use crate::sheet::{rules, settings};
use crate::view::{self, Formula};

rules! {
    0 PROMISE_ONLY_HIGHER_BALLOTS "promise-only-higher-ballots" "Paxos Made Simple §2.2, phase 1 (b)"
        "An acceptor promises no ballot below one that it has promised."
        without "An acceptor goes back to an old ballot, and accepts what it promised not to."
        protects ["ballots-are-monotone", "agreement"];
    1 ACCEPT_ONLY_AT_PROMISED_BALLOT "accept-only-at-promised-ballot" "Paxos Made Simple §2.2, P1a"
        "An acceptor accepts nothing in a ballot below the one it has promised."
        without "A late message of an old leader overwrites what a new one has decided."
        protects ["ballots-are-monotone", "agreement", "durable-decided"];
    2 ADOPT_HIGHEST_ACCEPTED_VALUE "adopt-highest-accepted-value" "Paxos Made Simple §2.2, P2c"
        "A new leader proposes again, in each slot, the value of the highest ballot it was told of."
        without "A new leader proposes its own value where another may have been decided already."
        protects ["agreement", "durable-decided"];
    3 PHASE_1_NEEDS_MAJORITY "phase-1-needs-majority" "Paxos Made Simple §2.2, phase 2 (a)"
        "A candidate leads only with the promises of a phase-1 quorum, which is a majority."
        without "A leader has not asked the nodes that know what was decided."
        protects ["agreement", "durable-decided", "one-value-per-ballot"];
    4 PHASE_2_NEEDS_MAJORITY "phase-2-needs-majority" "Paxos Made Simple §2.2, §2.3"
        "A value is decided only when a phase-2 quorum, which is a majority, has accepted it."
        without "A leader decides what only it has accepted, and the next leader decides otherwise."
        protects ["decided-by-a-quorum", "durable-decided", "agreement"];
    5 DURABLE_PROMISE "durable-promise" "Paxos Made Simple §2.5"
        "A promise is on the disk before it is given."
        without "After a restart an acceptor accepts what it promised not to."
        protects ["ballots-are-monotone", "agreement", "one-value-per-ballot"];
    6 DURABLE_ACCEPTED_VALUE "durable-accepted-value" "Paxos Made Simple §2.5"
        "An accepted value is on the disk before the acceptance is told."
        without "A crash takes accepted values with it: what was decided is forgotten."
        protects ["durable-decided", "agreement"];
    7 ONE_VALUE_PER_BALLOT_AND_SLOT "one-value-per-ballot-and-slot" "Paxos Made Moderately Complex §2.2, C1"
        "A leader never proposes two values for one slot of its ballot."
        without "Acceptances of one value are counted for another."
        protects ["one-value-per-ballot", "agreement", "decided-by-a-quorum", "durable-decided"];
    8 APPLY_IN_SLOT_ORDER "apply-in-slot-order" "Paxos Made Moderately Complex §2.1"
        "A replica executes a slot only after all slots before it."
        without "Replicas execute the same commands in different orders."
        protects ["same-prefix"];
    9 SESSION_DEDUP "session-dedup" "Paxos Made Moderately Complex §2.1"
        "A request that a client repeats takes effect once; the repetition gets the same result."
        without "A retry after a lost answer is executed twice."
        protects ["exactly-once"];
    10 FILL_HOLES "fill-holes" "Paxos Made Simple §3"
        "A new leader proposes a no-op in each slot below the last of which nobody told it anything."
        without "A slot stays empty for ever, and nothing after it is executed."
        protects [];
    11 BACK_OFF "back-off" "Paxos Made Simple §2.4; Paxos Made Moderately Complex §3"
        "A leader that was preempted waits for a random, growing time before it tries again."
        without "Two leaders preempt each other for ever, and nothing is decided."
        protects [];
    12 QUORUMS_INTERSECT "quorums-intersect" "Howard, Malkhi & Spiegelman, Flexible Paxos, 2016"
        "Every phase-1 quorum shares a node with every phase-2 quorum: where they are set too small, \
         a candidate waits for more promises."
        without "A new leader hears from nobody who knows what was decided."
        protects ["agreement", "durable-decided"];
}

settings! {
    0 ELECTION_MIN_MS "election-timeout-min" 150 SettingRange::Number(1, 100_000),
        "Shortest time without a leader after which a replica tries to lead, in milliseconds.";
    1 ELECTION_MAX_MS "election-timeout-max" 300 SettingRange::Number(1, 100_000),
        "Longest time without a leader after which a replica tries to lead, in milliseconds.";
    2 HEARTBEAT_MS "heartbeat" 50 SettingRange::Number(1, 100_000),
        "Time between a leader's heartbeats, in milliseconds.";
    3 WINDOW "window" 8 SettingRange::Number(1, 1000),
        "How many slots a leader may be ahead of the last one executed.";
    4 PHASE_1_QUORUM "phase-1-quorum" 0 SettingRange::Number(0, 9),
        "How many promises a leader needs, itself included; 0 for a majority, at least 2.";
    5 PHASE_2_QUORUM "phase-2-quorum" 0 SettingRange::Number(0, 9),
        "How many acceptances decide, the leader's included; 0 for a majority, at least 2.";
}

/// A quorum that no cluster of this size has.
pub fn refuses(nodes: u16, settings: &[u32]) -> Option<String> {
    [PHASE_1_QUORUM, PHASE_2_QUORUM]
        .into_iter()
        .map(usize::from)
        .find_map(|place| view::larger_than_cluster(SETTINGS[place].id, settings[place], nodes))
}

/// What the sizes of the quorums promise.
pub fn formulas(nodes: u16, settings: &[u32]) -> Vec<Formula> {
    let size = |place: u8| settings[usize::from(place)];
    let Quorums { phase_1, phase_2 } =
        Quorums::of(nodes, size(PHASE_1_QUORUM), size(PHASE_2_QUORUM));
    let quorums = [("phase 1", phase_1), ("phase 2", phase_2)];
    let meet = Formula::quorums_meet(
        "|Q1| + |Q2| > N",
        nodes,
        quorums.map(|(name, size)| view::Quorum { name, size }),
        |shared| match shared {
            Some(1) => "Every new leader hears from a node that knows what was decided.".to_owned(),
            Some(least) => {
                format!(
                    "Every new leader hears from at least {least} nodes that know what was decided."
                )
            }
            None => "A new leader can miss what was decided, and decide otherwise. While the rule \
                     quorums-intersect is on, it waits for more promises than are set."
                .to_owned(),
        },
    );
    vec![meet, Formula::nodes_down(nodes, phase_1.max(phase_2))]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_places() {
        assert_eq!(RULES[usize::from(QUORUMS_INTERSECT.0)].id, "quorums-intersect");
        assert_eq!(RULES.len(), usize::from(QUORUMS_INTERSECT.0) + 1);
        assert_eq!(SETTINGS[usize::from(PHASE_2_QUORUM)].id, "phase-2-quorum");
        assert_eq!(SETTINGS.len(), usize::from(PHASE_2_QUORUM) + 1);
    }
}
