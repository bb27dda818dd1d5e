//! The rules that total-order broadcast and active replication over it need, each with its source
//! and what goes wrong without it, and the quantities that may be adjusted.

use crate::protocol::SettingRange;
use crate::sheet::{rules, settings};

rules! {
    0 DELIVER_IN_ORDER "deliver-in-order" "Défago et al. §2.2; §4.1"
        "A replica delivers messages in the order of their numbers, and never passes over a gap."
        without "A message that overtakes another is delivered first here and second elsewhere."
        protects ["total-order"];
    1 DELIVER_ONLY_STABLE "deliver-only-stable" "Défago et al. §2.3, uniform agreement"
        "A message is delivered only when it is stable: a majority has received it."
        without "A node delivers what only it has and crashes; the others never hear of it."
        protects ["uniform-agreement", "durable-delivered", "total-order", "exactly-once",
            "reads-are-current"];
    2 ONE_NUMBER_PER_MESSAGE "one-number-per-message" "Défago et al. §2.2, uniform integrity"
        "The sequencer gives no second number to a message that is sent to it again."
        without "A message that was sent twice is delivered twice."
        protects ["integrity"];
    3 FIX_OUTCOME_BEFORE_ORDERING "fix-outcome-before-ordering" "Schneider §2, determinism"
        "Before it numbers a command that depends on more than the state, such as the time, the \
         sequencer fixes the outcome and orders that."
        without "Each replica reads its own clock, and equal histories give different states."
        protects ["replicas-agree"];
    4 COLLECT_BEFORE_ORDERING "collect-before-ordering" "Défago et al. §4.1; Viewstamped Replication 1988 §4"
        "A new sequencer collects the messages that a majority has received before it orders new \
         ones."
        without "A new sequencer gives numbers away that its predecessor has used."
        protects ["uniform-agreement", "total-order", "durable-delivered", "exactly-once",
            "reads-are-current", "one-sequencer-per-epoch"];
    5 TAKE_THE_LATEST_HISTORY "take-the-latest-history" "Viewstamped Replication 1988 §4; Revisited §4.2"
        "Of the collected histories the new sequencer takes the one of the latest epoch, and of \
         those the longest."
        without "A new sequencer begins with a history that lacks what was delivered."
        protects ["uniform-agreement", "total-order", "durable-delivered", "exactly-once",
            "reads-are-current"];
    6 REFUSE_OLD_EPOCH "refuse-old-epoch" "Viewstamped Replication 1988 §4; Revisited §4.1"
        "A replica that has joined an epoch refuses the messages of older ones."
        without "A deposed sequencer goes on numbering, and one number has two messages."
        protects ["total-order", "uniform-agreement", "durable-delivered", "exactly-once",
            "reads-are-current", "integrity"];
    7 DURABLE_EPOCH "durable-epoch" "Chandra & Toueg §8; Viewstamped Replication 1988 §4.2"
        "The epoch that a replica has joined is on its disk before it says so."
        without "After a restart a node sequences an old epoch a second time, and others let it."
        protects ["epochs-monotone", "one-sequencer-per-epoch"];
    8 DURABLE_RECEIVED "durable-received" "Défago et al. §2.3; Viewstamped Replication 1988 §4.2"
        "A received message is on the disk before it is acknowledged."
        without "A crash takes acknowledged messages with it: what was stable is no longer so."
        protects ["durable-delivered", "uniform-agreement", "total-order", "exactly-once",
            "reads-are-current"];
    9 SESSION_DEDUP "session-dedup" "Schneider §4.1, requests with identifiers"
        "A request that a client repeats takes effect once; the repetition gets the same result."
        without "A request that reaches the group by two replicas is executed twice."
        protects ["exactly-once"];
    10 ORDER_READS "order-reads" "Schneider §3, agreement and order"
        "A read is broadcast and ordered like every other command."
        without "A replica that is behind answers from the past."
        protects ["reads-are-current"];
    11 ASK_FOR_MISSING "ask-for-missing" "Défago et al. §4.1; Chang & Maxemchuk 1984"
        "A replica that finds a gap in the numbers asks the sequencer for what is missing."
        without "A message that is lost once stops its replica for good."
        protects [];
}

settings! {
    0 SUSPECT_MIN_MS "suspect-timeout-min" 150 SettingRange::Number(1, 100_000),
        "Shortest silence after which a replica suspects the sequencer, in milliseconds.";
    1 SUSPECT_MAX_MS "suspect-timeout-max" 300 SettingRange::Number(1, 100_000),
        "Longest silence after which a replica suspects the sequencer, in milliseconds.";
    2 HEARTBEAT_MS "heartbeat" 50 SettingRange::Number(1, 100_000),
        "Time between two messages that say how far all is stable, in milliseconds.";
    3 RETRANSMIT_MS "retransmit" 100 SettingRange::Number(1, 100_000),
        "Time after which a replica sends its undelivered messages to the sequencer again, in \
         milliseconds.";
    4 STABLE_QUORUM "stable-quorum" 0 SettingRange::Number(0, 9),
        "S, how many nodes must have a message before it is stable, the sequencer included; 0 is a \
         majority.";
    5 COLLECT_QUORUM "collect-quorum" 0 SettingRange::Number(0, 9),
        "C, from how many nodes a new sequencer collects, itself included; 0 is a majority.";
}

/// The sizes of the quorums of stability and of collection: S and C.
pub fn quorums(nodes: u16, settings: &[u32]) -> (u32, u32) {
    let majority = u32::from(nodes) / 2 + 1;
    let sized = |place: u8| match settings[usize::from(place)] {
        0 => majority,
        size => size,
    };
    (sized(STABLE_QUORUM), sized(COLLECT_QUORUM))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_places() {
        assert_eq!(RULES[usize::from(ASK_FOR_MISSING.0)].id, "ask-for-missing");
        assert_eq!(RULES.len(), usize::from(ASK_FOR_MISSING.0) + 1);
        assert_eq!(SETTINGS[usize::from(COLLECT_QUORUM)].id, "collect-quorum");
        assert_eq!(SETTINGS.len(), usize::from(COLLECT_QUORUM) + 1);
    }
}
