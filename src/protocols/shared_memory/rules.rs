//! The rules that a read in one piece needs, each with its source and what goes wrong without it,
//! and the quantities that may be adjusted.

use crate::protocol::SettingRange;
use crate::sheet::{rules, settings};

rules! {
    0 TAKE_THE_LOCK "take-the-lock" "Dijkstra 1965"
        "With the lock: a thread takes the lock before it touches a word."
        without "A read meets words of two writes, since nothing keeps the writer out."
        protects ["no-torn-read"];
    1 RELEASE_AFTER_LAST_WORD "release-after-last-word" "Dijkstra 1965; Linux seqlock"
        "The writer releases the lock, or makes the counter even, only after the last word."
        without "A read comes between the first word and the last one, and is torn."
        protects ["no-torn-read"];
    2 ATOMIC_SWAP "atomic-swap" "Dijkstra 1965, its note on indivisible steps; Herlihy 1991"
        "The lock is taken by compare-and-swap: it is tested and set in one step."
        without "Two threads find the lock free, then both set it, and both hold it."
        protects ["mutual-exclusion", "no-torn-read"];
    3 COUNTER_ODD_WHILE_WRITING "counter-odd-while-writing" "Linux seqlock; Boehm 2012 §2"
        "With the sequence lock: the writer makes the counter odd before it writes a word."
        without "A reader in the middle of a write finds an even counter, and the same one twice."
        protects ["no-torn-read"];
    4 COUNTER_BEFORE "counter-before" "Linux seqlock; Lamport 1977; Boehm 2012 §2"
        "With the sequence lock: a reader loads the counter first and goes on only if it is even."
        without "A read that began in the middle of a write finds an even counter at its end."
        protects ["no-torn-read"];
    5 COUNTER_AFTER "counter-after" "Linux seqlock; Lamport 1977; Boehm 2012 §2"
        "With the sequence lock: a reader loads the counter again and begins anew if it changed."
        without "A write that begins in the middle of the read goes unseen, and the read is torn."
        protects ["no-torn-read"];
    6 READ_FROM_MEMORY "read-from-memory" "Lamport 1986, regular registers"
        "A read is answered from the present words of the memory, not from the thread's last copy."
        without "A thread that has read a register once never sees it change."
        protects ["no-stale-read", "no-new-old-inversion"];
    7 ACCESS_HAPPENS_ONCE "access-happens-once" "this playground"
        "The memory performs a repeated access once: accesses are numbered by their thread."
        without "A copy of an old store arrives late, and puts an old word among newer ones."
        protects ["last-write-in-memory", "no-torn-read", "no-stale-read", "mutual-exclusion"];
    8 FINISH_THE_WRITE "finish-the-write" "after Golab & Ramaraju 2016"
        "A restarted writer writes the interrupted value again, all of it, before it releases."
        without "Half a write stays in the memory, released for everyone to read."
        protects ["last-write-in-memory", "no-torn-read"];
    9 RELEASE_OWN_LOCK "release-own-lock" "after Golab & Ramaraju 2016"
        "A restarted thread that finds itself recorded as the lock's owner releases the lock."
        without "A lock whose owner crashed stays taken for ever, and everybody waits."
        protects [];
}

/// The setting `protocol`: readers check a counter and take no lock.
pub const PROTOCOL_SEQUENCE_LOCK: u32 = 1;

settings! {
    0 PROTOCOL "protocol" 0 SettingRange::Choice(&["lock", "sequence-lock"]),
        "What keeps reads whole: a lock that all take, or a counter that readers check.";
    1 WORDS "words" 2 SettingRange::Number(1, 8),
        "How many words of memory a value takes.";
    2 REISSUE_MS "reissue" 100 SettingRange::Number(1, 100_000),
        "Time after which a thread issues an unanswered access again, in milliseconds.";
    3 SPIN_MS "spin" 20 SettingRange::Number(1, 100_000),
        "Time after which a thread looks again at a lock that is taken or a counter that is odd, in \
         milliseconds; at most twice as long.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_places() {
        let last = usize::from(RELEASE_OWN_LOCK.0);
        assert_eq!(RULES[last].id, "release-own-lock");
        assert_eq!(RULES.len(), last + 1);
        assert_eq!(SETTINGS[usize::from(SPIN_MS)].id, "spin");
        assert_eq!(SETTINGS.len(), usize::from(SPIN_MS) + 1);
    }
}
