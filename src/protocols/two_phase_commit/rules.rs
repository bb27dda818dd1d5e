//! The rules that two-phase commit needs, each with its source and what goes wrong without it, and
//! the quantities that may be adjusted.

use crate::protocol::SettingRange;
use crate::sheet::{rules, settings};

rules! {
    0 COMMIT_NEEDS_EVERY_YES "commit-needs-every-yes" "BHG §7.3, AC3"
        "The coordinator decides to commit only when every participant has voted yes."
        without "It commits on the first yes, and another participant has refused."
        protects ["commit-needs-every-yes", "atomic-commitment", "money-conserved"];
    1 DURABLE_VOTE "durable-vote" "BHG §7.4; Gray 1978 §5.8.3"
        "A participant's yes, with all it needs to commit, is on its disk before it is sent."
        without "It crashes, comes back knowing nothing, and cannot carry out what it agreed to."
        protects ["decisions-stable", "money-conserved", "commit-needs-every-yes"];
    2 DURABLE_DECISION "durable-decision" "BHG §7.4; Gray 1978 §5.8.3"
        "A decision to commit is on the coordinator's disk before anyone is told of it."
        without "The coordinator crashes, forgets that it told one, and tells the other to abort."
        protects ["decisions-stable", "atomic-commitment", "money-conserved"];
    3 YES_GIVES_UP_THE_DECISION "yes-gives-up-the-decision" "BHG §7.4"
        "A participant that voted yes does not decide alone, however long it hears nothing."
        without "It loses patience and aborts what the coordinator has committed."
        protects ["atomic-commitment", "money-conserved"];
    4 LOCKS_UNTIL_DECISION "locks-until-decision" "Gray 1978 §5.7; BHG §2.4"
        "A participant changes accounts only after the decision, and locks them until then."
        without "Others see and build on what is undone afterwards, and money appears or is lost."
        protects ["no-dirty-read", "money-conserved"];
    5 READS_WAIT_FOR_LOCKS "reads-wait-for-locks" "Gray 1978 §5.7"
        "A read of a locked account waits until the lock is gone."
        without "One read counts a transfer and the next does not: money is nowhere, or twice."
        protects ["no-half-read"];
    6 PRESUMED_ABORT "presumed-abort" "Mohan & Lindsay 1983; BHG §7.4"
        "A coordinator that has no record of a transaction answers that it is aborted."
        without "It answers commit, although not everyone had voted when it crashed."
        protects ["atomic-commitment", "commit-needs-every-yes", "money-conserved"];
    7 REPEAT_UNTIL_ACKNOWLEDGED "repeat-until-acknowledged" "Mohan & Lindsay 1983; Gray 1978 §5.8.3"
        "The coordinator keeps and repeats a commit until all participants have acknowledged it."
        without "It forgets, and presumes abort when one asks who never heard of the commit."
        protects ["atomic-commitment", "decisions-stable", "money-conserved"];
    8 IDS_NOT_REUSED "ids-not-reused" "Gray 1978 §5.8"
        "The last number given to a transaction is on the disk, so that none is given twice."
        without "After a restart a late vote or decision counts for another transaction."
        protects ["ids-unique", "atomic-commitment", "commit-needs-every-yes"];
    9 ONE_TRANSACTION_PER_REQUEST "one-transaction-per-request" "this playground; compare Raft §8"
        "A request that was answered is answered alike when it is repeated, not carried out again."
        without "The answer is lost, the client asks again, and the money moves twice."
        protects ["exactly-once"];
    10 COOPERATIVE_TERMINATION "cooperative-termination" "BHG §7.4"
        "A participant in doubt also asks the others; one that has not voted aborts at once."
        without "All wait for the coordinator, though one of them knows the decision."
        protects [];
}

settings! {
    0 PARTICIPANTS "participants" 0 SettingRange::Choice(&["involved", "all"]),
        "Who votes on a transaction: the shards of its accounts, or every shard.";
    1 VOTES_MS "votes" 150 SettingRange::Number(1, 100_000),
        "Time after which the coordinator no longer waits for votes and aborts, in milliseconds.";
    2 REPEAT_MS "repeat" 100 SettingRange::Number(1, 100_000),
        "Time after which the coordinator repeats a commit, in milliseconds.";
    3 IN_DOUBT_MS "in-doubt" 200 SettingRange::Number(1, 100_000),
        "Time after which a participant asks for the decision, in milliseconds.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_places() {
        let last = usize::from(COOPERATIVE_TERMINATION.0);
        assert_eq!(RULES[last].id, "cooperative-termination");
        assert_eq!(RULES.len(), last + 1);
        assert_eq!(SETTINGS[usize::from(IN_DOUBT_MS)].id, "in-doubt");
    }
}
