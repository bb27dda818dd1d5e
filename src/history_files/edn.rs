//! Histories as Jepsen and Knossos store them, and the key-value lines of porcupine's tests.
//!
//! Both are EDN maps with `:process`, `:type`, `:f` and `:value`: a vector or list of them, or one
//! after the other. Porcupine's have a `:key`, too. What else a map holds (`:time`, `:index`,
//! `:error`) is passed over; so is every process that is no number, such as `:nemesis`, which
//! injects faults and asks for nothing.

use std::borrow::Cow;

use super::FileError;
use super::events::{Event, Kind, Pair, Pairing};
use super::notation::{Notation, Reader, Value};

/// Reads the events of a file.
pub(super) fn read(text: &str) -> Result<Vec<Pair<'_>>, FileError> {
    let mut pairing = Pairing::default();
    let mut reader = Reader::new(text, 1, Notation::Edn);
    let closing = match reader.peek()? {
        Some(b'[') => Some(b']'),
        Some(b'(') => Some(b')'),
        _ => None,
    };
    if closing.is_some() {
        reader.step();
    }
    loop {
        let next = reader.peek()?;
        if next.is_none() && closing.is_none() {
            break;
        }
        if next.is_some() && next == closing {
            reader.step();
            if reader.peek()?.is_some() {
                return Err(reader.wrong("nothing after the end of the history"));
            }
            break;
        }
        if !matches!(next, Some(b'{' | b'#')) {
            return Err(reader.wrong("a map such as {:process 0, :type :invoke, …}"));
        }
        let line = reader.line();
        let value = reader.read()?;
        if let Some(event) = event(line, value)? {
            pairing.add(event)?;
        }
    }
    Ok(pairing.finish())
}

/// The event that a map tells of; `None` for what clients have nothing to do with.
fn event(line: u32, map: Value<'_>) -> Result<Option<Event<'_>>, FileError> {
    let Value::Map(entries) = map else {
        return Err(FileError::expected(line, "a map", map.kind()));
    };
    let (mut process, mut kind, mut function, mut key, mut value) = (None, None, None, None, None);
    for (name, found) in entries {
        let place = match name {
            Value::Name("process") => &mut process,
            Value::Name("type") => &mut kind,
            Value::Name("f") => &mut function,
            Value::Name("key") => &mut key,
            Value::Name("value") => &mut value,
            _ => continue,
        };
        *place = Some(found);
    }
    let lacks = |name: &str| FileError::expected(line, name, "a map without it");
    let process = match process.ok_or_else(|| lacks(":process"))? {
        Value::Integer(number) => Cow::Owned(number.to_string()),
        Value::Name(_) => return Ok(None),
        other => return Err(FileError::expected(line, "a number as :process", other.kind())),
    };
    let kind = kind.ok_or_else(|| lacks(":type"))?;
    let Some(kind) = (match kind {
        Value::Name(name) => Kind::parse(name),
        _ => None,
    }) else {
        let kinds = "one of :invoke, :ok, :fail, :info as :type";
        return Err(match kind {
            Value::Name(name) => FileError::instead(line, kinds, name),
            other => FileError::expected(line, kinds, other.kind()),
        });
    };
    let function = match function.ok_or_else(|| lacks(":f"))? {
        Value::Name(name) => Cow::Borrowed(name),
        other => return Err(FileError::expected(line, "a keyword as :f", other.kind())),
    };
    let key = match key {
        None | Some(Value::Nil) => None,
        Some(Value::Text(key)) => Some(key),
        Some(Value::Name(key)) => Some(Cow::Borrowed(key)),
        Some(Value::Integer(key)) => Some(Cow::Owned(key.to_string())),
        Some(other) => return Err(FileError::expected(line, "a text as :key", other.kind())),
    };
    Ok(Some(Event { line, process, kind, function, key, value: value.unwrap_or(Value::Nil) }))
}
