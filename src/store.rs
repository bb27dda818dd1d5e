//! The replicated state machine that protocols share: a key-value store with client sessions.

use std::collections::BTreeMap;

use crate::operation::{Operation, Outcome, Text};
use crate::protocol::Request;

/// A key-value store. The same operations in the same order give the same store.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Store {
    values: BTreeMap<Text, Text>,
}

/// The longest value that appending may build, in bytes; beyond it an append keeps the end.
const VALUE_BYTES_MAX: usize = 256;

impl Store {
    /// Executes an operation.
    pub fn execute(&mut self, operation: &Operation) -> Outcome {
        match operation {
            Operation::Get { key } => self.read(key),
            Operation::Put { key, value } => {
                self.values.insert(key.clone(), value.clone());
                Outcome::Done
            }
            Operation::Append { key, value } => {
                let mut text = self.values.get(key).map_or_else(String::new, |old| old.to_string());
                text.push_str(value);
                let mut start = text.len().saturating_sub(VALUE_BYTES_MAX);
                while !text.is_char_boundary(start) {
                    start += 1;
                }
                self.values.insert(key.clone(), Text::from(&text[start..]));
                Outcome::Done
            }
            Operation::Cas { key, expected, value } => {
                if self.values.get(key) == Some(expected) {
                    self.values.insert(key.clone(), value.clone());
                    Outcome::Swapped
                } else {
                    Outcome::NotSwapped
                }
            }
        }
    }

    /// Reads a key without changing anything.
    pub fn read(&self, key: &Text) -> Outcome {
        self.values.get(key).map_or(Outcome::Absent, |value| Outcome::Found(value.clone()))
    }

    /// Keys and values in order.
    pub fn iter(&self) -> impl Iterator<Item = (&Text, &Text)> {
        self.values.iter()
    }
}

/// For each session, its last request that took effect, so that a repeated one is told the same
/// result instead of being executed again. A client has one operation open at a time, so one
/// remembered result a session is enough (Raft §8; dissertation §6.3).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Sessions {
    last: BTreeMap<u32, (u32, Outcome)>,
}

impl Sessions {
    /// The result of a request that took effect before; `None` for a new one.
    pub fn earlier(&self, request: &Request) -> Option<&Outcome> {
        self.last
            .get(&request.session)
            .filter(|(sequence, _)| *sequence >= request.sequence)
            .map(|(_, outcome)| outcome)
    }

    /// Remembers a result.
    pub fn remember(&mut self, request: &Request, outcome: Outcome) {
        self.last.insert(request.session, (request.sequence, outcome));
    }

    /// How many sessions are remembered.
    pub fn len(&self) -> usize {
        self.last.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.last.is_empty()
    }
}
