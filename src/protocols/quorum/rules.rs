//! The rules that the quorums rest on, each with its source and what goes wrong without it, and the
//! quantities that may be adjusted.

use crate::protocol::SettingRange;
use crate::sheet::{rules, settings};

rules! {
    0 WAIT_FOR_W "wait-for-w" "Gifford 1979; Dynamo §4.5"
        "A put is answered only when W nodes have its version."
        without "A put is acknowledged that only its coordinator has; readers elsewhere miss it."
        protects ["durable-acknowledged", "reads-see-completed-puts"];
    1 WAIT_FOR_R "wait-for-r" "Gifford 1979; Dynamo §4.5"
        "A get is answered, and a put chooses its version, only when R nodes have told what they hold."
        without "One node is asked, which the last put need not have reached: the read is stale."
        protects ["reads-see-completed-puts"];
    2 NEWEST_REPLY_WINS "newest-reply-wins" "Gifford 1979; Dynamo §4.4"
        "Of the replies a coordinator takes all versions that no other one supersedes."
        without "Whoever answers last is believed, though another replica answered with a newer version."
        protects ["reads-see-completed-puts"];
    3 READ_REPAIR "read-repair" "Dynamo §5"
        "A coordinator sends what a read has found to the replicas that answered with less."
        without "A replica that missed a put stays behind until the next put of the same key."
        protects [];
    4 HINT_KEPT_UNTIL_HANDED_OFF "hint-kept-until-handed-off" "Dynamo §4.6"
        "A stand-in deletes a hinted version only when its home has acknowledged it."
        without "The one message that hands it off is lost, and the version with it."
        protects ["hint-never-lost", "durable-acknowledged"];
    5 DURABLE_VERSIONS "durable-versions" "Dynamo §4.3, where the store is on disks"
        "Versions and hints are on the disk before a node tells anyone of them."
        without "A crash takes acknowledged versions with it, and R replies no longer meet them."
        protects ["replica-monotone", "durable-acknowledged", "hint-never-lost",
            "reads-see-completed-puts", "siblings-preserved", "one-value-per-version"];
    6 SIBLINGS_KEPT "siblings-kept" "Dynamo §4.4"
        "A version takes the place of those it supersedes and of no other: concurrent ones stay."
        without "Of two puts at once each replica keeps the one that came last; the other is lost."
        protects ["siblings-preserved", "replica-monotone", "durable-acknowledged",
            "reads-see-completed-puts", "hint-never-lost"];
    7 OWN_ENTRY_INCREMENTED "own-entry-incremented" "Dynamo §4.4"
        "A new version's vector counts its coordinator's own entry up by one."
        without "A new version cannot be told from the one it follows, and replicas refuse it."
        protects ["versions-grow", "one-value-per-version", "durable-acknowledged",
            "reads-see-completed-puts"];
    8 MERGE_KEEPS_MAXIMUM "merge-keeps-maximum" "Dynamo §4.4; Parker et al. 1983"
        "A put that follows several versions takes the maximum of each entry of their vectors."
        without "A put that merges siblings supersedes only one of them; the others live on."
        protects ["versions-grow"];
    9 REFUSE_OLDER_VERSION "refuse-older-version" "Gifford 1979; Dynamo §4.4"
        "A replica refuses a version that is older than one it holds."
        without "A late message brings an old value back over a newer one."
        protects ["replica-monotone", "durable-acknowledged", "reads-see-completed-puts",
            "siblings-preserved", "one-value-per-version", "hint-never-lost"];
    10 PUT_READS_FIRST "put-reads-first" "Dynamo §4.4, where the client brings the context"
        "With version vectors, a put first reads R replies, and its version follows all of them."
        without "A put through a node that missed the last one is concurrent with it: false siblings."
        protects ["reads-see-completed-puts"];
    11 TOMBSTONES_KEPT "tombstones-kept" "this playground; in Dynamo's successors"
        "A delete is a version like any other, without a value: the replica keeps it."
        without "A replica forgets that a key was deleted, and a late or stale copy revives it."
        protects ["replica-monotone", "siblings-preserved", "durable-acknowledged",
            "reads-see-completed-puts"];
}

/// The greatest timestamp wins.
pub const VERSIONS_TIMESTAMPS: u32 = 0;
/// Stand-ins count.
pub const QUORUM_SLOPPY: u32 = 1;

settings! {
    0 REPLICAS "replicas" 3 SettingRange::Number(0, 100),
        "N, how many nodes hold each key: its preference list; 0 is all nodes.";
    1 READ_QUORUM "read-quorum" 2 SettingRange::Number(1, 100),
        "R, how many nodes must have told what they hold before a read is answered.";
    2 WRITE_QUORUM "write-quorum" 2 SettingRange::Number(1, 100),
        "W, how many nodes must have a version before its put is answered.";
    3 VERSIONS "versions" 1 SettingRange::Choice(&["last-writer-wins", "version-vectors"]),
        "Which version supersedes which: the greater timestamp of the coordinator's own clock, or \
         the greater version vector, where concurrent versions stay side by side.";
    4 QUORUM "quorum" 0 SettingRange::Choice(&["strict", "sloppy"]),
        "Who counts: only the key's own nodes, or also the next nodes on the ring, which stand in \
         for those that do not answer and hand their hints off later.";
    5 RETRANSMIT_MS "retransmit" 100 SettingRange::Number(1, 100_000),
        "Time after which a coordinator asks again, and asks stand-ins, in milliseconds.";
    6 HAND_OFF_MS "hand-off" 150 SettingRange::Number(1, 100_000),
        "Time between two attempts to hand hints off, in milliseconds.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_places() {
        let last = usize::from(TOMBSTONES_KEPT.0);
        assert_eq!(RULES[last].id, "tombstones-kept");
        assert_eq!(RULES.len(), last + 1);
        assert_eq!(SETTINGS[usize::from(HAND_OFF_MS)].id, "hand-off");
        assert_eq!(SETTINGS.len(), usize::from(HAND_OFF_MS) + 1);
    }
}
