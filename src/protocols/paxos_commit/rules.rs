//! The rules that Paxos Commit needs, each with its source and what goes wrong without it, and the
//! quantities that may be adjusted. "GL" is the paper.

use crate::protocol::SettingRange;
use crate::sheet::{rules, settings};

rules! {
    0 COMMIT_NEEDS_EVERY_PREPARED "commit-needs-every-prepared" "GL §4.1"
        "A leader commits only when Prepared is chosen in the instance of every participant."
        without "It commits on the first, and another participant has refused."
        protects ["commit-needs-every-yes", "atomic-commitment", "money-conserved"];
    1 MAJORITY_OF_ACCEPTORS "majority-of-acceptors" "GL §3.1"
        "A value is chosen, and a ballot is begun, only by a majority: F + 1 of 2F + 1 acceptors."
        without "One acceptor is enough, and the next leader asks another, which knows nothing."
        protects ["atomic-commitment", "money-conserved"];
    2 KEEP_PROMISES "keep-promises" "GL §3.1, phase 2b"
        "An acceptor ignores ballots below the one that it has promised."
        without "A late vote is accepted after a leader has learned that there was none."
        protects ["atomic-commitment", "money-conserved"];
    3 ADOPT_ACCEPTED_VALUE "adopt-accepted-value" "GL §3.1, phase 2a"
        "A new leader proposes in each instance what was accepted in the highest ballot it hears of."
        without "It proposes Aborted where Prepared was chosen, and committed, before."
        protects ["atomic-commitment", "money-conserved"];
    4 DURABLE_ACCEPTOR "durable-acceptor" "GL §4.1"
        "An acceptor's promises and accepted values are on its disk before it tells of them."
        without "It crashes, and the next leader does not learn what was chosen."
        protects ["atomic-commitment", "money-conserved", "commit-needs-every-yes"];
    5 DURABLE_VOTE "durable-vote" "GL §2"
        "A participant's Prepared, with all it needs to commit, is on its disk before it is sent."
        without "It crashes, comes back knowing nothing, and cannot carry out what it agreed to."
        protects ["decisions-stable", "money-conserved", "commit-needs-every-yes"];
    6 ONE_PROPOSER_PER_BALLOT "one-proposer-per-ballot" "GL §3.2"
        "Ballot 0 of an instance belongs to its participant, every other ballot to one leader."
        without "A leader proposes Aborted in ballot 0 as well, and two values are chosen in it."
        protects ["atomic-commitment", "money-conserved"];
    7 ANY_NODE_FINISHES "any-node-finishes" "GL §4.1"
        "A node that hears no decision leads the transaction to its end in a ballot of its own."
        without "All wait for n1, and block as in two-phase commit."
        protects [];
}

settings! {
    0 PARTICIPANTS "participants" 0 SettingRange::Choice(&["involved", "all"]),
        "Who votes on a transaction: the shards of its accounts, or every shard.";
    1 FAULTS "faults" 1 SettingRange::Number(0, 4),
        "F, how many acceptors may be crashed; n1 to n(2F + 1) are the acceptors.";
    2 IN_DOUBT_MS "in-doubt" 200 SettingRange::Number(1, 100_000),
        "Time after which a node leads a transaction that it hears nothing of, in milliseconds.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_places() {
        let last = usize::from(ANY_NODE_FINISHES.0);
        assert_eq!(RULES[last].id, "any-node-finishes");
        assert_eq!(RULES.len(), last + 1);
        assert_eq!(SETTINGS[usize::from(IN_DOUBT_MS)].id, "in-doubt");
    }
}
