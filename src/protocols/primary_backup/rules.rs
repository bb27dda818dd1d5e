//! The rules that fail-over without a lost write needs, each with its source and what goes wrong
//! without it, and the quantities that may be adjusted.

use super::PrimaryBackup;
use crate::protocol::{Context, SettingRange};
use crate::sheet::{rules, settings};

rules! {
    0 WAIT_FOR_ACKNOWLEDGED_VIEW "wait-for-acknowledged-view" "the view service; after BMST"
        "The view service leaves a view only when its primary has acknowledged it; until then only \
         dead backups may leave."
        without "A primary that has not yet handed on its state is replaced by an empty backup."
        protects ["promoted-is-initialised", "acknowledged-survives", "reads-are-current"];
    1 ACKNOWLEDGE_AFTER_INITIALISATION "acknowledge-after-initialisation" "GS"
        "A primary acknowledges its view only when every backup in it holds the whole state."
        without "The view service takes an uninitialised backup for a good one and promotes it."
        protects ["promoted-is-initialised", "acknowledged-survives", "reads-are-current"];
    2 PROMOTE_ONLY_A_BACKUP "promote-only-a-backup" "after GS"
        "Only a backup of the acknowledged view becomes primary, never an idle server."
        without "An idle server that knows nothing takes over, and all data are gone."
        protects ["promoted-is-initialised", "acknowledged-survives", "reads-are-current"];
    3 AWAIT_ACKNOWLEDGEMENTS "await-acknowledgements" "AD; GS"
        "A primary answers a change only when as many backups of its view have acknowledged it as the \
         synchrony says."
        without "A write is answered that no backup has; the next primary knows nothing of it."
        protects ["acknowledged-is-on-backups", "acknowledged-survives", "reads-are-current",
                  "backup-reads-are-bounded"];
    4 CONFIRM_READS "confirm-reads" "this playground; compare Raft §8"
        "A primary answers a read only when its backups have confirmed that they are in its view."
        without "A deposed primary that has not noticed answers reads from the past."
        protects ["reads-are-current"];
    5 REFUSE_OLDER_VIEW "refuse-older-view" "after BMST, property Pb1"
        "A server neither applies nor acknowledges what a primary of an older view sends."
        without "A deposed primary is acknowledged by its successor, and both answer clients."
        protects ["acknowledged-survives", "acknowledged-is-on-backups", "backup-is-a-prefix",
                  "reads-are-current", "exactly-once"];
    6 HIGHER_VIEW_ONLY "higher-view-only" "the view service; after BMST"
        "A server takes over a view only if its number is higher than that of its own."
        without "A late message puts a server back into a view that is over."
        protects ["view-monotone"];
    7 IN_ORDER "in-order" "AD; GS"
        "A backup applies an update only when it has applied all earlier ones."
        without "An update overtakes another, and the backup's state is one that never was."
        protects ["backup-is-a-prefix", "acknowledged-survives", "acknowledged-is-on-backups"];
    8 APPLY_THE_RESULT "apply-the-result" "GS"
        "A backup takes over what the primary's execution changed; it does not execute the request."
        without "An operation that is not a function of the state gives each server another result."
        protects ["backup-is-a-prefix", "acknowledged-is-on-backups", "acknowledged-survives"];
    9 SESSION_DEDUP "session-dedup" "after AD"
        "A request that a client repeats takes effect once, whichever primary it reaches."
        without "A retry after a takeover is executed a second time."
        protects ["exactly-once"];
    10 DURABLE_STATE "durable-state" "this playground; in BMST a crashed server stays so"
        "View and state are on a server's disk before it tells anyone of them."
        without "A server that restarts has forgotten what it acknowledged."
        protects ["acknowledged-survives", "acknowledged-is-on-backups", "view-monotone",
                  "backup-is-a-prefix", "reads-are-current"];
    11 DURABLE_VIEW "durable-view" "the view service is assumed not to fail"
        "The present view is on the view service's disk before anyone is told of it."
        without "The view service counts views from one again and names two primaries in one view."
        protects ["one-primary-per-view", "view-monotone"];
    12 REMOVE_DEAD_BACKUPS "remove-dead-backups" "AD; GS"
        "The view service takes a backup that it no longer hears out of the view."
        without "One dead backup that is awaited keeps every client waiting for ever."
        protects [];
}

/// Every backup of the view is awaited.
pub const SYNCHRONOUS: u32 = 0;
/// One backup is awaited.
pub const SEMI_SYNCHRONOUS: u32 = 1;
/// Backups answer reads.
pub const BACKUPS_READ: u32 = 1;

settings! {
    0 SYNCHRONY "synchrony" 0
        SettingRange::Choice(&["synchronous", "semi-synchronous", "asynchronous"]),
        "How many acknowledgements an answer waits for: of all backups of the view, of one, of none.";
    1 BACKUP_READS "backup-reads" 0 SettingRange::Choice(&["no", "yes"]),
        "Whether backups answer reads, from the updates that they have applied.";
    2 BACKUPS "backups" 0 SettingRange::Number(0, 98),
        "f, how many backups the view service wants in a view; 0 is every server but the primary.";
    3 PING_MS "ping" 50 SettingRange::Number(1, 100_000),
        "Time between a server's pings, and between the view service's checks, in milliseconds.";
    4 DEAD_MS "dead-after" 250 SettingRange::Number(1, 100_000),
        "After how long without a ping the view service takes a server for dead, in milliseconds.";
    5 RESEND_MS "resend" 60 SettingRange::Number(1, 100_000),
        "After how long a primary sends again what a backup has not acknowledged, in milliseconds.";
}

/// How many of a view's backups an answer waits for.
pub fn awaited(synchrony: u32, backups: u32) -> u32 {
    match synchrony {
        SYNCHRONOUS => backups,
        SEMI_SYNCHRONOUS => backups.min(1),
        _ => 0,
    }
}

/// A duration among the settings.
pub fn span_ms(context: &Context<'_, PrimaryBackup>, place: u8) -> u64 {
    u64::from(context.setting(place))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_places() {
        let last = usize::from(REMOVE_DEAD_BACKUPS.0);
        assert_eq!(RULES[last].id, "remove-dead-backups");
        assert_eq!(RULES.len(), last + 1);
        assert_eq!(SETTINGS[usize::from(RESEND_MS)].id, "resend");
        assert_eq!(SETTINGS.len(), usize::from(RESEND_MS) + 1);
    }

    #[test]
    fn what_each_synchrony_waits_for() {
        assert_eq!([0, 1, 2].map(|synchrony| awaited(synchrony, 3)), [3, 1, 0]);
        assert_eq!([0, 1, 2].map(|synchrony| awaited(synchrony, 0)), [0, 0, 0]);
    }
}
