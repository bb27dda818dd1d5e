//! From what clients of a run saw to a history that can be judged.
//!
//! The order of events is that of the actions. A client that gave up goes on in a new session, and
//! the operation it gave up stays open. A run has no type of object: it is that of its operations.

use super::model::Object;
use super::record::{Answer, Command, History, Record, Step};
use crate::history::OperationRecord;
use crate::ids::ClientId;
use crate::operation::{Operation, Outcome, Text};

/// The history of a run whose disks were empty at the beginning, and the type of its object.
///
/// # Errors
/// Says why its operations are not those of one object.
pub fn from_run(run: &[OperationRecord]) -> Result<(History, Object), &'static str> {
    const MIXED: &str = "the operations are not all of one type of object";
    let mut object = None;
    let mut history = History::default();
    for record in run {
        let (needs, key, command) = command(&record.operation)?;
        object = match (object, needs) {
            (None, needs) => Some(needs),
            (Some(known), needs) if known == needs => Some(known),
            (Some(Object::Kv), Object::Bank) | (Some(Object::Bank), Object::Kv) => {
                Some(Object::Bank)
            }
            _ => return Err(MIXED),
        };
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
    object.map(|object| (history, object)).ok_or("no client has asked anything")
}

/// The type of object that an operation needs, what it is about, and what it asks.
fn command(operation: &Operation) -> Result<(Object, Text, Command), &'static str> {
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
            return Ok((Object::Bank, Text::from(""), command));
        }
        Operation::Propose { .. } => return Err("proposals are not operations of an object"),
        Operation::Stamp { .. } => return Err("what a stamp writes is not in the history"),
    };
    Ok((object, operation.key().clone(), command))
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
