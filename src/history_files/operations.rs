//! What the words of others mean: an operation of a file as a [`Command`] with its [`Answer`].

use crate::consistency::{Answer, Command, Object, Step, Value as Held};
use crate::operation::Text;

use super::FileError;
use super::notation::Value;

/// A plain value as text: a text, number, name or truth. `None` for lists and maps.
pub(super) fn plain(value: &Value<'_>) -> Option<Held> {
    let text: Text = match value {
        Value::Nil => return Some(None),
        Value::Text(text) => Text::from(&**text),
        Value::Name(name) | Value::Other(name) => Text::from(*name),
        Value::Integer(number) => Text::from(number.to_string()),
        Value::Truth(truth) => Text::from(if *truth { "true" } else { "false" }),
        Value::List(_) | Value::Map(_) => return None,
    };
    // The checkers take the empty text for nil.
    Some(if text.is_empty() { None } else { Some(text) })
}

/// What reading a value needs to say where it is wrong.
#[derive(Clone, Copy)]
pub(super) struct Place {
    /// The line of the event.
    pub(super) line: u32,
}

impl Place {
    /// A plain value or nil.
    pub(super) fn held(self, value: &Value<'_>) -> Result<Held, FileError> {
        plain(value)
            .ok_or_else(|| FileError::expected(self.line, "a plain value or nil", value.kind()))
    }

    /// A plain value that is not nil.
    pub(super) fn item(self, value: &Value<'_>) -> Result<Text, FileError> {
        let wrong = || FileError::expected(self.line, "a value that is not nil", value.kind());
        plain(value).flatten().ok_or_else(wrong)
    }

    /// A key: any plain value; nil and the empty text are the key without a name.
    pub(super) fn key(self, value: &Value<'_>) -> Result<Text, FileError> {
        Ok(self.held(value)?.unwrap_or_default())
    }

    /// All items of a set or list; nil has none.
    pub(super) fn items(self, value: &Value<'_>) -> Result<Vec<Text>, FileError> {
        match value {
            Value::Nil => Ok(Vec::new()),
            Value::List(items) => items.iter().map(|item| self.item(item)).collect(),
            other => Err(FileError::expected(self.line, "a list of all items", other.kind())),
        }
    }

    /// Two plain values, as `[1 2]`.
    fn two(self, value: &Value<'_>) -> Result<(Held, Held), FileError> {
        match value {
            Value::List(both) if both.len() == 2 => {
                Ok((self.held(&both[0])?, self.held(&both[1])?))
            }
            other => Err(FileError::expected(
                self.line,
                "a list of the expected and the new value",
                other.kind(),
            )),
        }
    }

    /// What is asked by a function of this name.
    pub(super) fn command(
        self,
        object: Object,
        function: &str,
        value: &Value<'_>,
        has_lists: bool,
    ) -> Result<Command, FileError> {
        Ok(match (object, function) {
            (Object::Register | Object::Kv, "read" | "get") => Command::Read,
            (Object::Register | Object::Kv, "write" | "put") => Command::Write(self.held(value)?),
            (Object::Register | Object::Kv, "cas") => {
                let (expected, new) = self.two(value)?;
                Command::Cas(expected, new)
            }
            (Object::Kv | Object::List, "append") => Command::Append(self.item(value)?),
            (Object::List | Object::Set, "read") => Command::ReadAll,
            (Object::Set, "add") => Command::Add(self.item(value)?),
            (Object::Set, "remove") => Command::Remove(self.item(value)?),
            (Object::Queue, "enqueue") => Command::Enqueue(self.item(value)?),
            (Object::Queue, "dequeue") => Command::Dequeue,
            (Object::Lock, "acquire" | "lock") => Command::Lock,
            (Object::Lock, "release" | "unlock") => Command::Unlock,
            (Object::Bank, "txn") => Command::Transaction(self.steps(value, has_lists, false)?),
            _ => {
                let expected = match object {
                    Object::Register => "read, write or cas, the operations of a register",
                    Object::Kv => "get, put, append or cas, the operations of a key-value store",
                    Object::Set => "add, remove or read, the operations of a set",
                    Object::Queue => "enqueue or dequeue, the operations of a queue",
                    Object::List => "append or read, the operations of a list",
                    Object::Lock => "acquire or release, the operations of a lock",
                    Object::Bank => "txn, a transaction of reads and writes",
                    Object::Store | Object::Consensus => {
                        "another model: it is for JSON lines alone"
                    }
                };
                return Err(FileError::instead(self.line, expected, function));
            }
        })
    }

    /// What an operation that returned was told. The steps of a transaction are told in its return.
    pub(super) fn answer(
        self,
        command: &mut Command,
        value: &Value<'_>,
        has_lists: bool,
    ) -> Result<Answer, FileError> {
        Ok(match command {
            Command::Read | Command::Dequeue => Answer::Found(self.held(value)?),
            Command::ReadAll => Answer::Items(self.items(value)?),
            Command::Transaction(steps) => {
                let told = self.steps(value, has_lists, true)?;
                if told.len() != steps.len() {
                    let expected = "the steps of the transaction as it was called";
                    return Err(FileError::expected(
                        self.line,
                        expected,
                        "another number of steps",
                    ));
                }
                *steps = told;
                Answer::Done
            }
            _ => Answer::Done,
        })
    }

    /// The steps of a transaction, such as `[[:append x 1] [:r y nil]]`.
    fn steps(
        self,
        value: &Value<'_>,
        has_lists: bool,
        is_told: bool,
    ) -> Result<Vec<Step>, FileError> {
        let form = "a list of steps such as [:r x nil], [:w x 1] or [:append x 1]";
        let wrong = |found: &Value<'_>| FileError::expected(self.line, form, found.kind());
        let Value::List(steps) = value else { return Err(wrong(value)) };
        let step = |step: &Value<'_>| {
            let Value::List(parts) = step else { return Err(wrong(step)) };
            let [name, key, value] = &parts[..] else { return Err(wrong(step)) };
            let key = self.key(key)?;
            Ok(match name {
                Value::Name("r") if has_lists => {
                    Step::ReadList(key, if is_told { Some(self.items(value)?) } else { None })
                }
                Value::Name("r") => {
                    Step::Read(key, if is_told { Some(self.held(value)?) } else { None })
                }
                Value::Name("w") => Step::Write(key, self.held(value)?),
                Value::Name("append") => Step::Append(key, self.item(value)?),
                Value::Name(name) => return Err(FileError::instead(self.line, form, name)),
                _ => return Err(wrong(step)),
            })
        };
        steps.iter().map(step).collect()
    }
}
