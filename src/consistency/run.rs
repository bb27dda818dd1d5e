//! From what clients of a run saw to a history that can be judged.
//!
//! The order of events is that of the actions. A client that gave up goes on in a new session, and
//! the operation it gave up stays open. A run has no type of object: it is that of its operations,
//! and a store where they are of several.
//!
//! What the disks told at the beginning is what keys hold at first; what only some copies told is an
//! open operation of somebody before the run, called before all others.
//!
//! A stamp writes what a clock says and answers that it did. What it wrote is what was read of its
//! key although nothing else wrote it; where nobody read that, it is a value of its own. With two
//! stamps of one key, or operations that build on what is there, it could be one or the other, and
//! such a run is not judged. Siblings that one read returns are a value that nobody wrote: a key holds
//! one value.

use super::model::Object;
use super::record::{Answer, Command, History, Record, Step};
use crate::history::OperationRecord;
use crate::ids::ClientId;
use crate::operation::{Operation, Outcome, Text};
use crate::past::Past;
use crate::sorted::SortedSet;
use crate::sorting;

/// The client whose operations were called before the run.
const BEFORE: u32 = u32::MAX;
/// What it is called.
const BEFORE_NAME: &str = "before the run";

/// The history of a run with this past, and the type of its object. The operations of the run come
/// in their order, after those that were open before it.
///
/// # Errors
/// Says why it cannot be judged.
pub fn from_run(run: &[OperationRecord], past: &Past) -> Result<(History, Object), &'static str> {
    if run.is_empty() {
        return Err("no client has asked anything");
    }
    let mut history = History::default();
    let mut objects = SortedSet::new();
    for (session, operation) in (0..).zip(&past.open) {
        if session == 0 {
            history.names.push((BEFORE, Text::from(BEFORE_NAME)));
        }
        let (object, key, command) = command(operation, run, past)?;
        objects.insert(object);
        let (client, answer) = (BEFORE, Answer::Unknown);
        history.records.push(Record {
            client,
            session,
            key,
            command,
            answer,
            call: 0,
            returned: None,
        });
    }
    for record in run {
        let (object, key, command) = command(&record.operation, run, past)?;
        objects.insert(object);
        let client = u32::from(record.client.0);
        if !history.names.iter().any(|(number, _)| *number == client) {
            history.names.push((client, Text::from(ClientId(record.client.0).to_string())));
        }
        let end = record.completion.as_ref();
        history.records.push(Record {
            client,
            session: record.session,
            key,
            answer: end.map_or(Answer::Unknown, |end| answer(&command, &end.outcome)),
            command,
            call: record.call_step * 2,
            returned: end.map(|end| end.return_step * 2 + 1),
        });
    }
    sorting::by_number(&mut history.names, |(client, _)| u64::from(*client));
    history.initial = past.held.clone();
    let object = object_of(&objects, &history);
    if !history.begins_as(object) {
        // Values that no operation of the run is about.
        history.initial.clear();
    }
    if objects.len() > 1 && objects.contains(&Object::Consensus) {
        return Err("proposals are not operations of a store");
    }
    Ok((history, object))
}

/// The type of object that has the operations of all these.
fn object_of(objects: &SortedSet<Object>, history: &History) -> Object {
    let transacts = |record: &Record| {
        matches!(record.command, Command::Read | Command::Write(_) | Command::Transaction(_))
    };
    let mut all = objects.iter();
    match (all.next(), all.next(), all.next()) {
        (Some(only), None, None) => *only,
        (Some(Object::Kv), Some(Object::Bank), None) if history.records.iter().all(transacts) => {
            Object::Bank
        }
        _ => Object::Store,
    }
}

/// The type of object that an operation needs, what it is about, and what it asks.
fn command(
    operation: &Operation,
    run: &[OperationRecord],
    past: &Past,
) -> Result<(Object, Text, Command), &'static str> {
    let (object, command) = match operation {
        Operation::Get { .. } => (Object::Kv, Command::Read),
        Operation::Put { value, .. } => (Object::Kv, Command::Write(Some(value.clone()))),
        Operation::Append { value, .. } => (Object::Kv, Command::Append(value.clone())),
        Operation::Cas { expected, value, .. } => {
            (Object::Kv, Command::Cas(Some(expected.clone()), Some(value.clone())))
        }
        Operation::Delete { .. } => (Object::Kv, Command::Write(None)),
        Operation::Enqueue { value, .. } => (Object::Queue, Command::Enqueue(value.clone())),
        Operation::Dequeue { .. } => (Object::Queue, Command::Dequeue),
        Operation::Lock { .. } => (Object::Lock, Command::Lock),
        Operation::Unlock { .. } => (Object::Lock, Command::Unlock),
        Operation::Transfer { payer, payee, amount } => {
            let step = Step::Transfer(payer.clone(), payee.clone(), u64::from(*amount));
            let command = Command::Transaction(vec![step]);
            return Ok((Object::Bank, Text::default(), command));
        }
        Operation::Propose { value } => {
            return Ok((Object::Consensus, Text::default(), Command::Propose(value.clone())));
        }
        Operation::Stamp { key } => (Object::Kv, Command::Write(Some(stamped(key, run, past)?))),
    };
    Ok((object, operation.key().clone(), command))
}

/// What the only stamp of a key wrote.
fn stamped(key: &Text, run: &[OperationRecord], past: &Past) -> Result<Text, &'static str> {
    let held = past.held.iter().filter(|(of, _)| of == key).map(|(_, value)| value);
    let (mut found, mut written) = (SortedSet::new(), held.collect::<SortedSet<_>>());
    for operation in &past.open {
        if let Operation::Put { key: of, value } = operation
            && of == key
        {
            written.insert(value);
        }
    }
    let mut stamps = 0;
    for record in run {
        let outcome = record.completion.as_ref().map(|end| &end.outcome);
        match (&record.operation, outcome) {
            (Operation::Transfer { payer, payee, .. }, _) if payer == key || payee == key => {
                return Err("what a stamp wrote does not show where others build on it");
            }
            (operation, _) if operation.key() != key => {}
            (Operation::Stamp { .. }, _) => stamps += 1,
            (Operation::Append { .. }, _) => {
                return Err("what a stamp wrote does not show where others build on it");
            }
            (Operation::Get { .. }, Some(Outcome::Found(value))) => {
                found.insert(value);
            }
            (Operation::Put { value, .. }, _) => {
                written.insert(value);
            }
            (Operation::Cas { expected, value, .. }, outcome) => {
                written.insert(value);
                if outcome == Some(&Outcome::Swapped) {
                    found.insert(expected);
                }
            }
            _ => {}
        }
    }
    if stamps > 1 {
        return Err("what each of two stamps of a key wrote does not show");
    }
    // One that no other operation can write, since it has more characters than a value may have.
    let unread = || Text::from("the time, which nobody came to read");
    Ok(found
        .iter()
        .find(|value| !written.contains(*value))
        .map_or_else(unread, |value| Text::clone(value)))
}

fn answer(command: &Command, outcome: &Outcome) -> Answer {
    match (outcome, command) {
        (Outcome::Done, _) | (Outcome::Swapped, _) => Answer::Done,
        (Outcome::Found(value), _) => Answer::Found(Some(value.clone())),
        (Outcome::Absent, _) => Answer::Found(None),
        (Outcome::NotSwapped, _) => Answer::Refused,
        (
            Outcome::Refused,
            Command::Lock | Command::Unlock | Command::Cas(..) | Command::Transaction(_),
        ) => Answer::Refused,
        // Refused whatever the value was, as by a queue that is full: nothing happened.
        (Outcome::Refused | Outcome::Aborted, _) => Answer::Aborted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::consistency::{Limits, Model, judge};
    use crate::history::Completion;
    use crate::ids::OperationId;

    /// Operations one after the other, each by a client of its own.
    fn run(operations: &[(&str, Outcome)]) -> Vec<OperationRecord> {
        let record = |(number, (words, outcome)): (u32, &(&str, Outcome))| {
            let words: Vec<&str> = words.split_whitespace().collect();
            let (call, outcome) = (u64::from(number) * 2, outcome.clone());
            let done = Completion { outcome, return_ms: 0, return_step: call + 1, hops: 2 };
            OperationRecord {
                id: OperationId(number),
                client: ClientId(number as u8),
                session: number + 1,
                operation: Operation::parse(&words).unwrap(),
                call_ms: 0,
                call_step: call,
                completion: Some(done),
                gave_up_step: None,
            }
        };
        (0..).zip(operations).map(record).collect()
    }

    fn found(value: &str) -> Outcome {
        Outcome::Found(value.into())
    }

    fn judged(operations: &[(&str, Outcome)], past: &Past) -> (Object, Option<bool>) {
        let (history, object) = from_run(&run(operations), past).unwrap();
        (object, judge(&history, object, Model::Linearizable, Limits::default()).holds())
    }

    #[test]
    fn what_disks_held_can_be_read_and_what_some_held_may_be() {
        let held = Past { held: vec![("x".into(), "old".into())], open: Vec::new() };
        assert_eq!(judged(&[("get x", found("old"))], &held), (Object::Kv, Some(true)));
        assert_eq!(judged(&[("get x", Outcome::Absent)], &held), (Object::Kv, Some(false)));
        let open = Past { open: vec![Operation::Delete { key: "x".into() }], ..held };
        let reads = [("get x", found("old")), ("get x", Outcome::Absent)];
        assert_eq!(judged(&reads, &open), (Object::Kv, Some(true)));
        let back = [("get x", Outcome::Absent), ("get x", found("old"))];
        assert_eq!(judged(&back, &open), (Object::Kv, Some(false)));
        let (history, _) = from_run(&run(&reads), &open).unwrap();
        assert_eq!(history.name(BEFORE).map(|name| &**name), Some(BEFORE_NAME));
        assert_eq!(history.clients(), 3);
        // Values are nothing to a queue.
        assert_eq!(judged(&[("dequeue x", Outcome::Absent)], &open).1, Some(true));
    }

    #[test]
    fn a_run_of_several_kinds_is_one_of_a_store() {
        let none = Past::default();
        let mixed = [
            ("put x 5", Outcome::Done),
            ("enqueue x 1", Outcome::Done),
            ("lock x", Outcome::Done),
            ("transfer x y 2", Outcome::Done),
            ("get x", found("3")),
            ("dequeue x", found("1")),
            ("lock x", Outcome::Refused),
        ];
        assert_eq!(judged(&mixed, &none), (Object::Store, Some(true)));
        for (place, wrong) in [(4, found("5")), (5, found("2")), (6, Outcome::Done)] {
            let mut broken = mixed.clone();
            broken[place].1 = wrong;
            assert_eq!(judged(&broken, &none), (Object::Store, Some(false)), "{place}");
        }
        let bank = [("transfer x y 0", Outcome::Done), ("get x", found("0"))];
        assert_eq!(judged(&bank, &none).0, Object::Bank);
        let store = [("transfer x y 0", Outcome::Done), ("append x 1", Outcome::Done)];
        assert_eq!(judged(&store, &none).0, Object::Store);
    }

    #[test]
    fn proposals_learn_the_first() {
        let none = Past::default();
        let agreed = [("propose tea", found("tea")), ("propose milk", found("tea"))];
        assert_eq!(judged(&agreed, &none), (Object::Consensus, Some(true)));
        let split = [("propose tea", found("tea")), ("propose milk", found("milk"))];
        assert_eq!(judged(&split, &none), (Object::Consensus, Some(false)));
        let past = Past { open: vec![Operation::Propose { value: "milk".into() }], ..none };
        assert_eq!(judged(&[("propose tea", found("milk"))], &past).1, Some(true));
        assert_eq!(judged(&[("propose tea", found("beer"))], &past).1, Some(false));
    }

    #[test]
    fn a_stamp_wrote_what_nobody_else_did() {
        let none = Past::default();
        let read = [("stamp t", Outcome::Done), ("get t", found("40"))];
        assert_eq!(judged(&read, &none), (Object::Kv, Some(true)));
        let twice = [&read[..], &[("get t", found("41"))]].concat();
        assert_eq!(judged(&twice, &none).1, Some(false));
        let lost = [("stamp t", Outcome::Done), ("get t", Outcome::Absent)];
        assert_eq!(judged(&lost, &none).1, Some(false));
        let old = Past { held: vec![("t".into(), "7".into())], open: Vec::new() };
        assert_eq!(
            judged(&[("stamp t", Outcome::Done), ("get t", found("7"))], &old).1,
            Some(false)
        );
        for other in ["stamp t", "append t 1", "transfer t y 0"] {
            let two = [("stamp t", Outcome::Done), (other, Outcome::Done)];
            assert!(from_run(&run(&two), &none).is_err(), "{other}");
        }
        assert!(from_run(&[], &none).is_err());
    }
}
