//! Our own format: one operation a line, in JSON. docs/histories.md describes it.
//!
//! `call` and `return` are moments of any clock that all clients share, whole numbers. An operation
//! comes before another where its `return` is smaller than the other's `call`; equal moments are at
//! the same time. Moments become positions in one order of events: of equal ones, calls come first.
//! So a client's next call needs a later moment than its last return.

use std::collections::BTreeMap;

use crate::consistency::{Answer, Command, Contents, History, OBJECTS, Object, Record, Step};
use crate::operation::Text;
use crate::sorting;

use super::notation::{Notation, Reader, Value};
use super::operations::Place;
use super::picture::client_name;
use super::{FileError, Format, OPERATIONS_MAX, Recorded};

/// The version that the first line may name.
pub(super) const VERSION: i64 = 1;

/// Clients that are single letters have the numbers that the playground gives them.
const LETTERS: u32 = 26;

/// Reads the lines of a file.
pub(super) fn read(text: &str, object: Option<Object>) -> Result<Recorded, FileError> {
    let mut found = Recorded {
        format: Format::Jsonl,
        object: Object::Register,
        history: History::default(),
        lines: Vec::new(),
    };
    let (mut named, mut clients, mut header) = (None, Clients::default(), 1);
    for (number, content) in (1..).zip(text.lines()) {
        let mut reader = Reader::new(content, number, Notation::Json);
        if reader.peek()?.is_none() {
            continue;
        }
        let map = reader.read()?;
        if reader.peek()?.is_some() {
            return Err(reader.wrong("the end of the line after an object"));
        }
        if !matches!(map, Value::Map(_)) {
            return Err(FileError::expected(number, "an object in braces", map.kind()));
        }
        let line = Line { map: &map, place: Place { line: number } };
        if map.field("history").is_some() {
            if !found.history.records.is_empty() {
                return Err(line.wrong("`history` on the first line alone", "it after operations"));
            }
            named = line.header(&mut found.history, &mut clients)?;
            header = number;
            continue;
        }
        if found.history.records.len() >= OPERATIONS_MAX {
            return Err(FileError::too_many(number));
        }
        let client = clients.number(&line)?;
        let record = line.record(client)?;
        found.history.records.push(record);
        found.lines.push(number);
    }
    if clients.are_named == Some(true) {
        let name = |(client, name): (u32, String)| (client, Text::from(name));
        found.history.names = clients.names.into_iter().map(name).collect();
    }
    found.object = match object.or(named) {
        Some(object) => object,
        None => guess(&found.history),
    };
    if !found.history.begins_as(found.object) {
        let expected = "as initial what objects of this type hold: a value; a list, of a set, queue \
                        or list; {\"client\": CLIENT}, of a lock";
        return Err(FileError::expected(header, expected, "something else"));
    }
    for (record, line) in found.history.records.iter().zip(&found.lines) {
        belongs(record, found.object, *line)?;
    }
    sort(&mut found);
    alone(&found)?;
    Ok(found)
}

/// One line.
struct Line<'a> {
    map: &'a Value<'a>,
    place: Place,
}

impl Line<'_> {
    fn wrong(&self, expected: &str, found: &str) -> FileError {
        FileError::expected(self.place.line, expected, found)
    }

    fn instead(&self, expected: &str, found: &str) -> FileError {
        FileError::instead(self.place.line, expected, found)
    }

    fn number(&self, name: &str) -> Result<Option<u64>, FileError> {
        match self.map.field(name) {
            None | Some(Value::Nil) => Ok(None),
            Some(Value::Integer(number)) if *number >= 0 => Ok(Some(number.unsigned_abs())),
            Some(other) => {
                let mut expected = String::from("a whole number from 0 on as ");
                expected += name;
                Err(self.wrong(&expected, other.kind()))
            }
        }
    }

    fn needed(&self, name: &str) -> Result<&Value<'_>, FileError> {
        self.map.field(name).ok_or_else(|| {
            let mut expected = String::from("the field ");
            expected += name;
            self.wrong(&expected, "an object without it")
        })
    }

    fn word(&self, name: &str) -> Result<&str, FileError> {
        match self.needed(name)? {
            Value::Text(text) => Ok(text),
            other => {
                let mut expected = String::from("a text as ");
                expected += name;
                Err(self.wrong(&expected, other.kind()))
            }
        }
    }

    /// The line that says what the others are about.
    fn header(
        &self,
        history: &mut History,
        clients: &mut Clients,
    ) -> Result<Option<Object>, FileError> {
        if self.map.field("history") != Some(&Value::Integer(VERSION)) {
            return Err(self.wrong("version 1 as history", "another version"));
        }
        match self.map.field("initial") {
            None => {}
            Some(Value::Map(entries)) => {
                for (key, value) in entries {
                    let key = self.place.key(key)?;
                    let contents = match value {
                        Value::List(_) => Contents::Items(self.place.items(value)?),
                        Value::Map(_) => {
                            let holder = Line { map: value, place: self.place };
                            Contents::Holder(clients.number(&holder)?)
                        }
                        _ => {
                            let held = self.place.held(value)?;
                            history.initial.extend(held.map(|value| (key, value)));
                            continue;
                        }
                    };
                    history.contents.push((key, contents));
                }
            }
            Some(other) => {
                return Err(self.wrong("an object of keys and values as initial", other.kind()));
            }
        }
        if self.map.field("object").is_none() {
            return Ok(None);
        }
        let word = self.word("object")?;
        match OBJECTS.iter().find(|(_, name)| *name == word) {
            Some((object, _)) => Ok(Some(*object)),
            None => {
                let names = "register, kv, set, queue, list, lock, bank, store or consensus as \
                             object";
                Err(self.instead(names, word))
            }
        }
    }

    fn record(&self, client: u32) -> Result<Record, FileError> {
        let Some(call) = self.number("call")? else {
            return Err(self.wrong("the moment of the call as call", "an operation without it"));
        };
        let returned = self.number("return")?;
        if returned.is_some_and(|returned| returned < call) {
            return Err(self.wrong("a return that is not before the call", "one that is"));
        }
        let session = self.number("session")?.unwrap_or(0);
        let Ok(session) = u32::try_from(session) else {
            return Err(self.wrong("a session below 2^32", "a larger one"));
        };
        let key = match self.map.field("key") {
            None => Text::default(),
            Some(key) => self.place.key(key)?,
        };
        let command = self.command()?;
        let answer = if returned.is_some() { self.answer(&command)? } else { Answer::Unknown };
        Ok(Record { client, session, key, command, answer, call, returned })
    }

    fn command(&self) -> Result<Command, FileError> {
        let item = || self.place.item(self.needed("value")?);
        Ok(match self.word("do")? {
            "read" => Command::Read,
            "write" => Command::Write(self.place.held(self.needed("value")?)?),
            "cas" => {
                let expected = self.place.held(self.needed("expected")?)?;
                Command::Cas(expected, self.place.held(self.needed("value")?)?)
            }
            "append" => Command::Append(item()?),
            "add" => Command::Add(item()?),
            "remove" => Command::Remove(item()?),
            "contains" => Command::Contains(item()?),
            "read-all" => Command::ReadAll,
            "enqueue" => Command::Enqueue(item()?),
            "dequeue" => Command::Dequeue,
            "propose" => Command::Propose(item()?),
            "lock" => Command::Lock,
            "unlock" => Command::Unlock,
            "transaction" => match self.needed("steps")? {
                Value::List(steps) => {
                    let steps: Result<_, _> = steps.iter().map(|step| self.step(step)).collect();
                    Command::Transaction(steps?)
                }
                other => return Err(self.wrong("a list as steps", other.kind())),
            },
            other => {
                let names = "read, write, cas, append, add, remove, contains, read-all, enqueue, \
                             dequeue, propose, lock, unlock or transaction as do";
                return Err(self.instead(names, other));
            }
        })
    }

    fn step(&self, value: &Value<'_>) -> Result<Step, FileError> {
        const FORM: &str = "a step such as [\"read\", \"x\", \"1\"], [\"write\", \"x\", \"1\"], \
                            [\"append\", \"x\", \"1\"], [\"read-list\", \"x\", [\"1\"]] or \
                            [\"transfer\", \"x\", \"y\", 5]";
        let wrong = |found: &str| Err(self.wrong(FORM, found));
        let Value::List(parts) = value else { return wrong(value.kind()) };
        let [Value::Text(name), key, rest @ ..] = &parts[..] else {
            return wrong("a list of other parts");
        };
        let key = self.place.key(key)?;
        Ok(match (&**name, rest) {
            ("read", []) => Step::Read(key, None),
            ("read", [found]) => Step::Read(key, Some(self.place.held(found)?)),
            ("write", [value]) => Step::Write(key, self.place.held(value)?),
            ("append", [item]) => Step::Append(key, self.place.item(item)?),
            ("read-list", []) => Step::ReadList(key, None),
            ("read-list", [found]) => Step::ReadList(key, Some(self.place.items(found)?)),
            ("transfer", [to, Value::Integer(amount @ 0..)]) => {
                Step::Transfer(key, self.place.key(to)?, amount.unsigned_abs())
            }
            (name, _) => return Err(self.instead(FORM, name)),
        })
    }

    /// What an operation that returned was told.
    fn answer(&self, command: &Command) -> Result<Answer, FileError> {
        if self.map.field("result").is_some() {
            return match self.word("result")? {
                "ok" => Ok(Answer::Done),
                "refused" => Ok(Answer::Refused),
                "aborted" => Ok(Answer::Aborted),
                "unknown" => Ok(Answer::Unknown),
                other => Err(self.instead("ok, refused, aborted or unknown as result", other)),
            };
        }
        let field = |name: &str| self.map.field(name);
        Ok(match command {
            Command::Read | Command::Dequeue | Command::Propose(_) => match field("found") {
                Some(found) => Answer::Found(self.place.held(found)?),
                None => Answer::Unknown,
            },
            Command::ReadAll => match field("items") {
                Some(items) => Answer::Items(self.place.items(items)?),
                None => Answer::Unknown,
            },
            Command::Contains(_) => match field("present") {
                Some(Value::Truth(truth)) => Answer::Present(*truth),
                Some(other) => return Err(self.wrong("true or false as present", other.kind())),
                None => Answer::Unknown,
            },
            _ => Answer::Done,
        })
    }
}

/// The numbers of clients, and what the file calls them.
#[derive(Default)]
struct Clients {
    numbers: BTreeMap<String, u32>,
    names: BTreeMap<u32, String>,
    are_named: Option<bool>,
}

impl Clients {
    fn number(&mut self, line: &Line<'_>) -> Result<u32, FileError> {
        let client = line.needed("client")?;
        let (name, number) = match client {
            Value::Integer(number) => match u32::try_from(*number) {
                Ok(found) => (number.to_string(), Some(found)),
                Err(_) => return Err(line.wrong("a client from 0 to 2^32 - 1", "another number")),
            },
            Value::Text(name) => (name.to_string(), None),
            other => return Err(line.wrong("a number or a text as client", other.kind())),
        };
        let is_named = number.is_none();
        if *self.are_named.get_or_insert(is_named) != is_named {
            return Err(line.instead("clients that are all numbers or all texts", &name));
        }
        if let Some(known) = self.numbers.get(&name) {
            return Ok(*known);
        }
        let number = number.unwrap_or(match name.as_bytes() {
            [letter @ b'A'..=b'Z'] => u32::from(letter - b'A'),
            _ => LETTERS + self.numbers.len() as u32,
        });
        self.names.insert(number, name.clone());
        self.numbers.insert(name, number);
        Ok(number)
    }
}

/// The type of object that all operations fit, as far as they tell.
fn guess(history: &History) -> Object {
    let has =
        |is_it: fn(&Command) -> bool| history.records.iter().any(|record| is_it(&record.command));
    let has_locks = has(|command| matches!(command, Command::Lock | Command::Unlock));
    let has_queues = has(|command| matches!(command, Command::Enqueue(_) | Command::Dequeue));
    let has_transactions = has(|command| matches!(command, Command::Transaction(_)));
    let has_changes = has(|command| matches!(command, Command::Append(_) | Command::Cas(..)));
    let has_values =
        has_changes || has(|command| matches!(command, Command::Read | Command::Write(_)));
    let several = [has_locks, has_queues, has_transactions || has_values];
    let is_store = several.iter().filter(|kind| **kind).count() > 1;
    if has(|command| matches!(command, Command::Propose(_))) {
        Object::Consensus
    } else if is_store || has_transactions && has_changes {
        Object::Store
    } else if has_transactions {
        Object::Bank
    } else if has_locks {
        Object::Lock
    } else if has_queues {
        Object::Queue
    } else if has(|command| {
        matches!(command, Command::Add(_) | Command::Remove(_) | Command::Contains(_))
    }) {
        Object::Set
    } else if has(|command| matches!(command, Command::ReadAll)) {
        Object::List
    } else if has(|command| matches!(command, Command::Append(_)))
        || history.records.iter().any(|record| !record.key.is_empty())
    {
        Object::Kv
    } else {
        Object::Register
    }
}

/// Whether an operation is one of the object's.
fn belongs(record: &Record, object: Object, line: u32) -> Result<(), FileError> {
    use Command::{
        Add, Append, Cas, Contains, Dequeue, Enqueue, Lock, Propose, Read, ReadAll, Remove,
        Transaction, Unlock, Write,
    };
    let (is_one, expected) = match object {
        Object::Register => (
            matches!(record.command, Read | Write(_) | Cas(..)) && record.key.is_empty(),
            "read, write or cas without a key, the operations of a register",
        ),
        Object::Kv => (
            matches!(record.command, Read | Write(_) | Cas(..) | Append(_)),
            "read, write, cas or append, the operations of a key-value store",
        ),
        Object::Set => (
            matches!(record.command, Add(_) | Remove(_) | Contains(_) | ReadAll),
            "add, remove, contains or read-all, the operations of a set",
        ),
        Object::Queue => (
            matches!(record.command, Enqueue(_) | Dequeue),
            "enqueue or dequeue, the operations of a queue",
        ),
        Object::List => (
            matches!(record.command, Append(_) | ReadAll),
            "append or read-all, the operations of a list",
        ),
        Object::Lock => {
            (matches!(record.command, Lock | Unlock), "lock or unlock, the operations of a lock")
        }
        Object::Bank => (
            matches!(record.command, Transaction(_) | Read | Write(_)),
            "transaction, read or write, the operations of a bank",
        ),
        Object::Store => (
            !matches!(record.command, Add(_) | Remove(_) | Contains(_) | ReadAll | Propose(_)),
            "read, write, cas, append, enqueue, dequeue, lock, unlock or transaction, the operations \
             of a store",
        ),
        Object::Consensus => (matches!(record.command, Propose(_)), "propose"),
    };
    if is_one { Ok(()) } else { Err(FileError::expected(line, expected, "another operation")) }
}

/// Beside the place of an operation: that it is its return; of one moment, calls come first.
const RETURN: u32 = 1 << 31;

/// Puts operations into the order of their calls, and moments into one order of events.
fn sort(found: &mut Recorded) {
    let records = std::mem::take(&mut found.history.records);
    let lines = std::mem::take(&mut found.lines);
    let mut both: Vec<(Record, u32)> = records.into_iter().zip(lines).collect();
    sorting::by_number(&mut both, |(record, _)| record.call);
    let mut moments = Vec::with_capacity(both.len() * 2);
    for (place, (record, _)) in (0..).zip(&both) {
        moments.push((record.call, place));
        moments.extend(record.returned.map(|returned| (returned, RETURN | place)));
    }
    sorting::sort(&mut moments);
    for (position, (_, place)) in (0..).zip(moments) {
        let record = &mut both[(place & !RETURN) as usize].0;
        if place & RETURN != 0 {
            record.returned = Some(position);
        } else {
            record.call = position;
        }
    }
    (found.history.records, found.lines) = both.into_iter().unzip();
}

/// Whether each session does one thing at a time.
fn alone(found: &Recorded) -> Result<(), FileError> {
    let mut last: BTreeMap<(u32, u32), usize> = BTreeMap::new();
    for (place, record) in found.history.records.iter().enumerate() {
        if let Some(before) = last.insert((record.client, record.session), place) {
            let returned = found.history.records[before].returned;
            if returned.is_none_or(|returned| returned > record.call) {
                let mut message = String::from("client ");
                message += &client_name(found, record.client);
                message += " calls while its operation of line ";
                message += &found.lines[before].to_string();
                message += if returned.is_some() {
                    " is open: that one's return must be before this call"
                } else {
                    " is open: after it, it goes on in another session"
                };
                return Err(FileError { line: found.lines[place], message });
            }
        }
    }
    Ok(())
}
