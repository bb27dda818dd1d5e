//! The rules that convergence needs, each with its source and what goes wrong without it, and the
//! quantities that may be adjusted.

use crate::protocol::SettingRange;
use crate::sheet::{rules, settings};

rules! {
    0 NEWER_VERSION_WINS "newer-version-wins" "Demers §1.1"
        "A node takes over a version only if it is newer than its own, whatever comes last or twice."
        without "A late or repeated message brings an old value back, and the order of arrival matters."
        protects ["versions-monotone", "deletes-stay"];
    1 TIE_BROKEN_BY_NODE "tie-broken-by-node" "Lamport 1978; Demers §1.1"
        "Of two versions with the same timestamp the one of the higher node is newer."
        without "Two writes at once look equally new, and the nodes differ for good."
        protects ["one-value-per-version"];
    2 DEATH_CERTIFICATES "death-certificates" "Demers §2"
        "A delete leaves a death certificate with a version of its own, and that spreads like a value."
        without "A node that still has the item gives it back, and it rises from the dead."
        protects ["deletes-stay"];
    3 CERTIFICATES_OUTLIVE_THE_SPREAD "certificates-outlive-the-spread" "Demers §2"
        "A death certificate is kept for at least twice as long as it takes to reach all nodes."
        without "It is dropped while a node still has the item, and nothing is left to cancel that."
        protects ["deletes-stay"];
    4 EVERY_NODE_IS_CHOSEN "every-node-is-chosen" "Demers §1.3"
        "A partner is chosen among all other nodes, so that every pair meets again and again."
        without "Nodes that choose only among their own half leave the other half an island."
        protects [];
    5 CLOCK_ABOVE_ALL_SEEN "clock-above-all-seen" "Lamport 1978, IR2"
        "A node's clock is moved past every timestamp that it receives, and a write is stamped above."
        without "A node whose clock is behind overwrites a value with an older version: its write is lost."
        protects ["later-write-wins"];
    6 HASHES_COVER_CERTIFICATES "hashes-cover-certificates" "Dynamo §4.7; Demers §2"
        "The hash tree covers death certificates as it covers values."
        without "A node that lacks a certificate looks equal to one that has it, and never gets it."
        protects ["equal-hashes-equal-states"];
    7 HASHES_FOLLOW_WRITES "hashes-follow-writes" "Dynamo §4.7"
        "The hash tree is brought up to date with every change of an item."
        without "The hashes of yesterday are compared, and what is new is not found."
        protects ["equal-hashes-equal-states"];
    8 DURABLE_ITEMS_AND_CLOCK "durable-items-and-clock" "after Demers §1.1, where databases are durable"
        "Items and clock are on the disk before anybody is told of them."
        without "A crash forgets acknowledged writes, and the same version is given to another value."
        protects ["versions-monotone", "deletes-stay", "one-value-per-version"];
    9 ANTI_ENTROPY_BACKS_UP "anti-entropy-backs-up" "Demers §1.5"
        "Where rumors spread, anti-entropy goes on behind them."
        without "A rumor dies out while some have not heard it, and they never will."
        protects [];
}

/// A node sends what it has.
pub const MODE_PUSH: u32 = 0;
/// A node asks for what the other has.
pub const MODE_PULL: u32 = 1;
/// Nodes compare hashes before they send items.
pub const EXCHANGE_MERKLE: u32 = 1;
/// Timestamps are the local time where that is ahead.
pub const CLOCK_WALL: u32 = 1;

settings! {
    0 MODE "mode" 2 SettingRange::Choice(&["push", "pull", "push-pull"]),
        "Which way items go in a round of anti-entropy: to the partner, from it, or both.";
    1 EXCHANGE "exchange" 0 SettingRange::Choice(&["whole", "merkle"]),
        "What is sent: all items, or hashes first, and items of the buckets that differ.";
    2 FAN_OUT "fan-out" 1 SettingRange::Number(1, 10),
        "How many partners a node chooses in a round.";
    3 ROUND_MS "round" 100 SettingRange::Number(1, 100_000),
        "How long a round is on a node's clock, in milliseconds.";
    4 CERTIFICATES_MS "certificates" 0 SettingRange::Number(0, 10_000_000),
        "How long death certificates are kept after the delete, in milliseconds; 0 is for ever.";
    5 RUMORS "rumors" 0 SettingRange::Choice(&["off", "1", "2", "3", "4", "5"]),
        "Rumor mongering: a node spreads news until so many partners had heard it before.";
    6 BACK_UP "anti-entropy-every" 1 SettingRange::Number(1, 10_000),
        "Anti-entropy runs once in so many rounds.";
    7 CLOCK "clock" 0 SettingRange::Choice(&["lamport", "wall"]),
        "What timestamps are: a counter, or the local time, in milliseconds.";
}

/// How long a node waits between two rounds of anti-entropy, in milliseconds.
pub fn interval_ms(settings: &[u32]) -> u32 {
    let value = |place: u8| settings.get(usize::from(place)).copied().unwrap_or(1);
    value(ROUND_MS).saturating_mul(value(BACK_UP))
}

/// About how many rounds a push needs to reach all of so many nodes: log to the base f + 1 of n
/// until most have heard, and (ln n) / f for the stragglers (Pittel 1987), each rounded up. In
/// integers: ln n = 0.693 · log₂ n.
pub fn spread_rounds(nodes: u16, fan_out: u32) -> (u64, u64) {
    let (nodes, fan_out) = (u64::from(nodes), u64::from(fan_out.max(1)));
    let logarithm = |base: u64| {
        let (mut reached, mut rounds) = (1, 0);
        while reached < nodes {
            reached *= base;
            rounds += 1;
        }
        rounds
    };
    (logarithm(fan_out + 1), (logarithm(2) * 693).div_ceil(1000 * fan_out))
}

/// The least time for which a death certificate has to be kept: twice the expected spread.
pub fn certificates_min_ms(nodes: u16, settings: &[u32]) -> u64 {
    let fan_out = settings.get(usize::from(FAN_OUT)).copied().unwrap_or(1);
    let (most, stragglers) = spread_rounds(nodes, fan_out);
    2 * (most + stragglers) * u64::from(interval_ms(settings))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_places() {
        assert_eq!(RULES[usize::from(ANTI_ENTROPY_BACKS_UP.0)].id, "anti-entropy-backs-up");
        assert_eq!(RULES.len(), usize::from(ANTI_ENTROPY_BACKS_UP.0) + 1);
        assert_eq!(SETTINGS[usize::from(CLOCK)].id, "clock");
        assert_eq!(SETTINGS.len(), usize::from(CLOCK) + 1);
    }

    #[test]
    fn rounds_grow_with_the_logarithm() {
        assert_eq!(spread_rounds(2, 1), (1, 1));
        assert_eq!(spread_rounds(100, 1), (7, 5));
        assert_eq!(spread_rounds(1000, 1), (10, 7));
        assert_eq!(spread_rounds(100, 2), (5, 3));
    }
}
