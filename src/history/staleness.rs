//! How stale the values are that clients read, judged from the history alone.

use super::OperationRecord;
use crate::operation::{Operation, Outcome};
use crate::sorted::{SortedMap, SortedSet};

/// What reads of a history saw.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Staleness {
    /// Reads that were answered and can be judged.
    pub reads: u32,
    /// Those that missed a write which had been acknowledged before they were called.
    pub stale: u32,
    /// The most writes that one read was behind.
    pub behind_most: u32,
}

/// A write that took effect as far as its client knows, or that may have.
struct Write<'a> {
    value: &'a str,
    call_step: u64,
    return_step: Option<u64>,
}

/// Judges the reads among `records`. Only keys that are read and set are judged: there each value
/// is written once, so that a read tells which write it saw.
pub fn staleness(records: &[OperationRecord]) -> Staleness {
    let mut writes: SortedMap<&str, Vec<Write<'_>>> = SortedMap::new();
    let mut unclear: SortedSet<&str> = SortedSet::new();
    for record in records {
        let return_step = record.completion.as_ref().map(|done| done.return_step);
        match &record.operation {
            Operation::Get { .. } => {}
            Operation::Put { key, value } => {
                let write = Write { value, call_step: record.call_step, return_step };
                writes.entry(key).or_default().push(write);
            }
            other => {
                unclear.insert(other.key());
            }
        }
    }
    let mut found = Staleness::default();
    for record in records {
        let (Operation::Get { key }, Some(done)) = (&record.operation, &record.completion) else {
            continue;
        };
        if unclear.contains(&**key) {
            continue;
        }
        let of_key = writes.get(&**key).map_or(&[][..], |writes| writes);
        let behind = match &done.outcome {
            Outcome::Absent => behind(of_key, None, record.call_step),
            // Several versions side by side are as fresh as the freshest of them.
            Outcome::Found(values) => (values.split('|'))
                .map(|value| behind(of_key, Some(value), record.call_step))
                .min()
                .unwrap_or(0),
            _ => continue,
        };
        found.reads += 1;
        found.stale += u32::from(behind > 0);
        found.behind_most = found.behind_most.max(behind);
    }
    found
}

/// How many writes were acknowledged before the read was called and called after the write that it
/// saw had returned.
fn behind(writes: &[Write<'_>], seen: Option<&str>, call_step: u64) -> u32 {
    let seen_until = match seen {
        None => Some(0),
        Some(value) => match writes.iter().find(|write| write.value == value) {
            // A write that nobody was told of may count as late as one likes.
            Some(write) => write.return_step,
            // What was there before the run began.
            None => Some(0),
        },
    };
    let Some(seen_until) = seen_until else { return 0 };
    let is_missed = |write: &&Write<'_>| {
        seen != Some(write.value)
            && write.return_step.is_some_and(|returned| returned < call_step)
            && (write.call_step > seen_until || seen_until == 0)
    };
    writes.iter().filter(is_missed).count() as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::{Completion, History};
    use crate::ids::ClientId;

    /// What is called at which step, and at which step it returns what.
    type Call = (&'static str, u64, Option<(u64, &'static str)>);

    fn judge(operations: &[Call]) -> Staleness {
        let mut history = History::default();
        for (text, call_step, returned) in operations {
            let words: Vec<&str> = text.split(' ').collect();
            let operation = Operation::parse(&words).unwrap();
            let is_read = operation.is_read();
            let id = history.call(ClientId(0), 1, operation, 0, *call_step);
            if let Some((return_step, value)) = returned {
                let outcome = match (is_read, *value) {
                    (true, "absent") => Outcome::Absent,
                    (true, value) => Outcome::Found(value.into()),
                    (false, _) => Outcome::Done,
                };
                let done = Completion { outcome, return_ms: 0, return_step: *return_step, hops: 4 };
                history.complete(id, done);
            }
        }
        staleness(history.records())
    }

    #[test]
    fn a_read_of_the_last_acknowledged_write_is_fresh() {
        let found = judge(&[("put x 1", 1, Some((2, "ok"))), ("get x", 3, Some((4, "1")))]);
        assert_eq!((found.reads, found.stale), (1, 0));
    }

    #[test]
    fn a_read_that_misses_two_writes_is_two_behind() {
        let found = judge(&[
            ("put x 1", 1, Some((2, "ok"))),
            ("put x 2", 3, Some((4, "ok"))),
            ("put x 3", 5, Some((6, "ok"))),
            ("get x", 7, Some((8, "1"))),
            ("get x", 9, Some((10, "absent"))),
        ]);
        assert_eq!(found, Staleness { reads: 2, stale: 2, behind_most: 3 });
    }

    #[test]
    fn a_write_under_way_may_be_seen_or_not() {
        let old = judge(&[
            ("put x 1", 1, Some((2, "ok"))),
            ("put x 2", 3, Some((9, "ok"))),
            ("get x", 4, Some((5, "1"))),
            ("get x", 6, Some((7, "2"))),
        ]);
        assert_eq!((old.reads, old.stale), (2, 0));
        let open = judge(&[
            ("put x 1", 1, None),
            ("put x 2", 3, Some((4, "ok"))),
            ("get x", 6, Some((7, "1"))),
        ]);
        assert_eq!((open.reads, open.stale), (1, 0), "it may have taken effect after the other");
    }

    #[test]
    fn concurrent_versions_are_as_fresh_as_the_freshest() {
        let found = judge(&[
            ("put x 1", 1, Some((2, "ok"))),
            ("put x 2", 3, Some((4, "ok"))),
            ("get x", 7, Some((8, "1|2"))),
        ]);
        assert_eq!((found.reads, found.stale), (1, 0));
    }

    #[test]
    fn keys_that_are_appended_to_are_not_judged() {
        let found = judge(&[("append x 1", 1, Some((2, "ok"))), ("get x", 3, Some((4, "absent")))]);
        assert_eq!(found.reads, 0);
    }
}
