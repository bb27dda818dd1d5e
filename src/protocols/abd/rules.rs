//! The rules that the register's proof needs, each with its source and what goes wrong without it,
//! and the quantities that may be adjusted.

use super::Abd;
use crate::protocol::{Context, SettingRange};
use crate::sheet::{rules, settings};
use crate::view::{self, Formula};

rules! {
    0 READ_WRITE_BACK "read-write-back" "ABD §3; LS §3"
        "A read stores the tag and value that it is about to answer before it answers."
        without "A read answers a write that is still on its way, and a later read misses it."
        protects ["atomicity", "one-tag-per-put"];
    1 MAJORITY_QUORUMS "majority-quorums" "ABD §3; LS §3"
        "A query and a store wait for so many nodes that two of them always share one: R + W > n."
        without "A query asks only nodes that the last store did not reach, and the read is stale."
        protects ["atomicity", "one-tag-per-put"];
    2 WRITE_QUERIES_FIRST "write-queries-first" "LS §3"
        "Where there are many writers, a write first queries for the highest tag, to go above it."
        without "A writer that missed the newest write stores a lower tag, and its own is lost."
        protects ["atomicity", "one-tag-per-put"];
    3 TIE_BROKEN_BY_WRITER_ID "tie-broken-by-writer-id" "LS §3"
        "Of two tags with the same counter the one with the higher writer's id is higher."
        without "Two writes at once get the same tag, and replicas differ for good."
        protects ["one-value-per-tag"];
    4 KEEP_THE_HIGHER_TAG "keep-the-higher-tag" "ABD §3"
        "A replica takes over a tag and value only if the tag is higher than its own."
        without "A late store brings an old value back over a new one."
        protects ["tags-monotone", "durable-acknowledged", "atomicity", "one-value-per-tag"];
    5 DURABLE_TAG_AND_VALUE "durable-tag-and-value" "after ABD §2, where a crashed node stays so"
        "Tag and value are on the disk before a replica tells anyone of them."
        without "A crash takes acknowledged values with it, and a majority no longer knows them."
        protects ["tags-monotone", "durable-acknowledged", "atomicity", "one-value-per-tag"];
    6 ANSWER_AFTER_MAJORITY "answer-after-majority" "ABD §3"
        "A coordinator answers the client only when the store phase has reached its quorum."
        without "A write is acknowledged that only its coordinator has; another read misses it."
        protects ["durable-acknowledged", "atomicity"];
    7 REPEATED_PUT_KEEPS_ITS_TAG "repeated-put-keeps-its-tag" "this playground; compare Raft §8"
        "A coordinator that finds a repeated put among the replicas' memories takes its tag again."
        without "A put that was answered long ago is stored again, over newer writes."
        protects ["one-tag-per-put"];
}

/// Only n1 writes.
pub const WRITERS_SINGLE: u32 = 1;

settings! {
    0 WRITERS "writers" 0 SettingRange::Choice(&["multi", "single"]),
        "Who coordinates writes: every node, or only n1, which then needs no query.";
    1 READ_QUORUM "read-quorum" 0 SettingRange::Number(0, 9),
        "R, the nodes a query waits for, the coordinator included; 0 is a majority.";
    2 WRITE_QUORUM "write-quorum" 0 SettingRange::Number(0, 9),
        "W, the nodes a store waits for, the coordinator included; 0 is a majority.";
    3 RETRANSMIT_MS "retransmit" 100 SettingRange::Number(1, 100_000),
        "Time after which a coordinator asks again, in milliseconds.";
}

/// How many nodes a phase must hear from, the coordinator included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quorum {
    /// With the rule that quorums meet.
    sound: u32,
    /// Without it.
    unsound: u32,
}

impl Quorum {
    /// Of a query and of a store: R and W. Where the settings do not meet, or say nothing,
    /// majorities do.
    pub fn of_query_and_store(context: &Context<'_, Abd>) -> (Self, Self) {
        let count = u32::from(context.node_count);
        let sized = |place: u8, default: u32| match context.setting(place) {
            0 => default,
            size => size.min(count),
        };
        let majority = context.majority();
        let (read, write) = (sized(READ_QUORUM, majority), sized(WRITE_QUORUM, majority));
        let (read, write) = if read + write > count { (read, write) } else { (majority, majority) };
        // The half that is not a majority, where nobody says otherwise.
        let half = (count / 2).max(1);
        let query = Quorum { sound: read, unsound: sized(READ_QUORUM, half) };
        let store = Quorum { sound: write, unsound: sized(WRITE_QUORUM, half) };
        (query, store)
    }

    /// Whether so many are enough.
    pub fn is_reached(self, context: &mut Context<'_, Abd>, heard: u32) -> bool {
        heard >= self.sound || (heard >= self.unsound && !context.enforces(MAJORITY_QUORUMS))
    }

    /// How many are enough.
    pub fn size(self, context: &Context<'_, Abd>) -> u32 {
        if context.rules.contains(MAJORITY_QUORUMS) {
            self.sound
        } else {
            self.sound.min(self.unsound)
        }
    }
}

/// A quorum that no cluster of this size has.
pub fn refuses(nodes: u16, settings: &[u32]) -> Option<String> {
    [READ_QUORUM, WRITE_QUORUM]
        .into_iter()
        .map(usize::from)
        .find_map(|place| view::larger_than_cluster(SETTINGS[place].id, settings[place], nodes))
}

/// What the sizes of the quorums promise.
pub fn formulas(nodes: u16, settings: &[u32]) -> Vec<Formula> {
    let size = |place: u8| match settings[usize::from(place)] {
        0 => u32::from(nodes) / 2 + 1,
        size => size,
    };
    let (read, write) = (size(READ_QUORUM), size(WRITE_QUORUM));
    let quorums = [("read", read), ("write", write)];
    let meet = Formula::quorums_meet(
        "R + W > N",
        nodes,
        quorums.map(|(name, size)| view::Quorum { name, size }),
        |shared| match shared {
            Some(1) => "Every query asks at least one node that has the last store.".to_owned(),
            Some(least) => {
                format!("Every query asks at least {least} nodes that have the last store.")
            }
            None => "A query can miss the last store, and a read be stale. While the rule \
                     majority-quorums is on, majorities are used instead."
                .to_owned(),
        },
    );
    vec![meet, Formula::nodes_down(nodes, read.max(write))]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_places() {
        let last = usize::from(REPEATED_PUT_KEEPS_ITS_TAG.0);
        assert_eq!(RULES[last].id, "repeated-put-keeps-its-tag");
        assert_eq!(RULES.len(), last + 1);
        assert_eq!(SETTINGS[usize::from(RETRANSMIT_MS)].id, "retransmit");
        assert_eq!(SETTINGS.len(), usize::from(RETRANSMIT_MS) + 1);
    }
}
