//! The rules that three-phase commit needs, each with its source and what goes wrong without it,
//! and the quantities that may be adjusted.

use crate::protocol::SettingRange;
use crate::sheet::{rules, settings};

rules! {
    0 COMMIT_NEEDS_EVERY_YES "commit-needs-every-yes" "BHG §7.3, AC3"
        "The coordinator goes on to pre-commit only when every participant has voted yes."
        without "It goes on at the first yes, and another participant has refused."
        protects ["commit-needs-every-yes", "atomic-commitment", "money-conserved"];
    1 DURABLE_VOTE "durable-vote" "BHG §7.4"
        "A participant's yes, with all it needs to commit, is on its disk before it is sent."
        without "It crashes, comes back knowing nothing, and aborts what the others commit."
        protects ["decisions-stable", "atomic-commitment", "commit-needs-every-yes"];
    2 PRE_COMMIT_FIRST "pre-commit-first" "Skeen 1981 §5"
        "Nobody commits before so many have pre-committed that the others cannot abort."
        without "The coordinator commits and crashes; the others, all uncertain, abort."
        protects ["atomic-commitment", "money-conserved"];
    3 QUORUM_TERMINATION "quorum-termination" "Skeen 1982, A quorum-based commit protocol"
        "To end a transaction without its coordinator takes a quorum: Vc to commit, Va to abort."
        without "Both sides of a partition take the other for crashed; one commits, one aborts."
        protects ["atomic-commitment", "money-conserved"];
    4 NEVER_BOTH_SIDES "never-both-sides" "Skeen 1982"
        "A site that has pre-committed never pre-aborts, nor the other way round."
        without "A site helps both quorums, and both are reached."
        protects ["atomic-commitment", "money-conserved"];
    5 DURABLE_PRE_COMMIT "durable-pre-commit" "Skeen 1982"
        "That a site has pre-committed or pre-aborted is on its disk before it says so."
        without "It crashes, forgets which side it is on, and helps the other one."
        protects ["atomic-commitment", "money-conserved"];
    6 TERMINATION_WITHOUT_COORDINATOR "termination-without-coordinator" "Skeen 1981 §6"
        "A site that hears nothing takes over: it asks all others how far they are, and ends it."
        without "All wait for the coordinator, and block as in two-phase commit."
        protects [];
}

settings! {
    0 PARTICIPANTS "participants" 0 SettingRange::Choice(&["involved", "all"]),
        "Who votes on a transaction: the shards of its accounts, or every shard.";
    1 VOTES_MS "votes" 150 SettingRange::Number(1, 100_000),
        "Time after which the coordinator no longer waits for votes and aborts, in milliseconds.";
    2 IN_DOUBT_MS "in-doubt" 200 SettingRange::Number(1, 100_000),
        "Time after which a site takes over a transaction it hears nothing of, in milliseconds.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_places() {
        let last = usize::from(TERMINATION_WITHOUT_COORDINATOR.0);
        assert_eq!(RULES[last].id, "termination-without-coordinator");
        assert_eq!(RULES.len(), last + 1);
        assert_eq!(SETTINGS[usize::from(IN_DOUBT_MS)].id, "in-doubt");
    }
}
