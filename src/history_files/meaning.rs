//! From calls and returns to a history: what the object is, and what a failure means.
//!
//! In Jepsen `:fail` says that the operation did not happen at all. It is left out then, except for
//! a transaction, whose aborted writes must not be read by others. In the etcd log it says of a
//! `:cas` that the comparison failed. A read that failed was told nothing, and is left out, too.

use crate::consistency::{Answer, Command, History, Object, Record};
use crate::operation::Text;

use super::events::{Ending, Pair};
use super::notation::Value;
use super::operations::Place;
use super::{FileError, Format, Recorded};

/// Makes the history of a file's operations.
pub(super) fn recorded(
    pairs: Vec<Pair<'_>>,
    format: Format,
    object: Option<Object>,
) -> Result<Recorded, FileError> {
    let is_tupled = is_tupled(&pairs);
    let object = object.unwrap_or_else(|| guess(&pairs, is_tupled));
    // What a transaction read of an empty list is nil, as of a register without a value.
    let has_lists = object == Object::Bank && pairs.iter().any(|pair| appends(&pair.call.value));
    let mut found = Recorded { format, object, history: History::default(), lines: Vec::new() };
    for pair in pairs {
        let Pair { call, place, ending } = pair;
        let line = Place { line: call.line };
        let client: u32 = call.process.parse().map_err(|_| {
            FileError::instead(call.line, "a process that is a number below 2^32", &call.process)
        })?;
        let (key, argument) = part(call.value, call.key.as_deref(), is_tupled, line)?;
        let mut command = line.command(object, &call.function, &argument, has_lists)?;
        let (answer, returned) = match ending {
            Ending::Open => (Answer::Unknown, None),
            Ending::Returned { is_failed: true, place, .. } => {
                let answer = match &command {
                    Command::Cas(..) if format == Format::Etcd => Answer::Refused,
                    Command::Transaction(_) => Answer::Aborted,
                    _ => continue,
                };
                (answer, Some(u64::from(place)))
            }
            Ending::Returned { place, value, line, .. } => {
                let line = Place { line };
                let (of_return, value) = part(value, call.key.as_deref(), is_tupled, line)?;
                if of_return != key {
                    return Err(FileError::instead(line.line, "the key of the call", &of_return));
                }
                let answer = line.answer(&mut command, &value, has_lists)?;
                (answer, Some(u64::from(place)))
            }
        };
        found.lines.push(call.line);
        let call = u64::from(place);
        found.history.records.push(Record {
            client,
            session: 0,
            key,
            command,
            answer,
            call,
            returned,
        });
    }
    Ok(found)
}

/// The key and the rest of a value.
fn part<'a>(
    value: Value<'a>,
    key: Option<&str>,
    is_tupled: bool,
    place: Place,
) -> Result<(Text, Value<'a>), FileError> {
    if !is_tupled {
        return Ok((Text::from(key.unwrap_or_default()), value));
    }
    match value {
        Value::List(mut both) if both.len() == 2 => {
            let rest = both.pop().unwrap_or(Value::Nil);
            Ok((place.key(&both[0])?, rest))
        }
        other => Err(FileError::expected(place.line, "a pair of key and value", other.kind())),
    }
}

/// Whether values are pairs of a key and a value (`jepsen.independent`): then the call of a read,
/// which has no argument otherwise, has the key.
fn is_tupled(pairs: &[Pair<'_>]) -> bool {
    let mut reads = pairs.iter().filter(|pair| pair.call.function == "read").peekable();
    let has_key = |pair: &Pair<'_>| {
        matches!(&pair.call.value, Value::List(both) if both.len() == 2) && pair.call.key.is_none()
    };
    reads.peek().is_some() && reads.all(has_key)
}

fn guess(pairs: &[Pair<'_>], is_tupled: bool) -> Object {
    let has = |names: &[&str]| pairs.iter().any(|pair| names.contains(&&*pair.call.function));
    let reads_lists = || {
        pairs.iter().any(|pair| {
            let is_list = matches!(&pair.ending, Ending::Returned { value: Value::List(_), .. });
            pair.call.function == "read" && is_list && !is_tupled
        })
    };
    if has(&["txn"]) {
        Object::Bank
    } else if has(&["acquire", "release", "lock", "unlock"]) {
        Object::Lock
    } else if has(&["enqueue", "dequeue"]) {
        Object::Queue
    } else if has(&["add", "remove"]) {
        Object::Set
    } else if has(&["append"]) && reads_lists() {
        Object::List
    } else if is_tupled
        || has(&["get", "put", "append"])
        || pairs.iter().any(|pair| pair.call.key.is_some())
    {
        Object::Kv
    } else {
        Object::Register
    }
}

/// Whether a transaction appends to a list, or read one.
fn appends(value: &Value<'_>) -> bool {
    let Value::List(steps) = value else { return false };
    steps.iter().any(|step| match step {
        Value::List(parts) => parts.first() == Some(&Value::Name("append")),
        _ => false,
    })
}
