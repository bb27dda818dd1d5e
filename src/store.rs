//! The replicated state machine that protocols share: a key-value store with queues, file locks and
//! accounts, and client sessions.

use crate::ids::ClientId;
use crate::operation::{
    APPEND, CAS, DELETE, DEQUEUE, ENQUEUE, GET, LOCK, Operation, OperationKind, Outcome, PUT,
    TRANSFER, Text, UNLOCK,
};
use crate::protocol::Request;
use crate::sorted::SortedMap;
use crate::view::Field;

/// A key-value store with queues and file locks. The same operations in the same order give the
/// same store.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Store {
    values: SortedMap<Text, Text>,
    queues: SortedMap<Text, Vec<Text>>,
    /// Who holds each locked file.
    locks: SortedMap<Text, ClientId>,
}

/// The longest value that appending may build, in bytes; beyond it an append keeps the end.
const VALUE_BYTES_MAX: usize = 256;
/// The most items in a queue; what is added beyond is refused.
const QUEUE_ITEMS_MAX: usize = 64;

/// The operations that a replicated [`Store`] offers its clients.
pub const STORE_OPERATIONS: &[OperationKind] =
    &[GET, PUT, APPEND, CAS, DELETE, ENQUEUE, DEQUEUE, LOCK, UNLOCK, TRANSFER];

impl Store {
    /// Executes a client's operation. An operation that the store does not offer is refused.
    pub fn execute(&mut self, client: ClientId, operation: &Operation) -> Outcome {
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
            Operation::Delete { key } => {
                self.values.remove(key);
                Outcome::Done
            }
            Operation::Enqueue { queue, value } => {
                let items = self.queues.entry(queue.clone()).or_default();
                if items.len() >= QUEUE_ITEMS_MAX {
                    return Outcome::Refused;
                }
                items.push(value.clone());
                Outcome::Done
            }
            Operation::Dequeue { queue } => match self.queues.get_mut(queue) {
                Some(items) if !items.is_empty() => Outcome::Found(items.remove(0)),
                _ => Outcome::Absent,
            },
            Operation::Lock { file } => match self.locks.get(file) {
                Some(holder) if *holder != client => Outcome::Refused,
                _ => {
                    self.locks.insert(file.clone(), client);
                    Outcome::Done
                }
            },
            Operation::Unlock { file } => {
                if self.locks.get(file) != Some(&client) {
                    return Outcome::Refused;
                }
                self.locks.remove(file);
                Outcome::Done
            }
            Operation::Transfer { payer, payee, amount } => self.transfer(payer, payee, *amount),
            Operation::Propose { .. } | Operation::Stamp { .. } => Outcome::Refused,
        }
    }

    /// An account is a key whose value is a whole number; one never written holds nothing.
    fn balance(&self, account: &Text) -> Option<u64> {
        match self.values.get(account) {
            Some(text) => text.parse().ok(),
            None => Some(0),
        }
    }

    fn transfer(&mut self, payer: &Text, payee: &Text, amount: u32) -> Outcome {
        let amount = u64::from(amount);
        match (self.balance(payer), self.balance(payee)) {
            (Some(has), Some(_)) if has >= amount => {
                self.values.insert(payer.clone(), Text::from((has - amount).to_string()));
                // Read again: payer and payee may be one account.
                let sum = self.balance(payee).unwrap_or_default().saturating_add(amount);
                self.values.insert(payee.clone(), Text::from(sum.to_string()));
                Outcome::Done
            }
            _ => Outcome::Refused,
        }
    }

    /// Reads a key without changing anything.
    pub fn read(&self, key: &Text) -> Outcome {
        self.values.get(key).map_or(Outcome::Absent, |value| Outcome::Found(value.clone()))
    }

    /// Sets a value without a client, as the beginning of a scenario does.
    pub fn set(&mut self, key: &Text, value: &Text) {
        self.values.insert(key.clone(), value.clone());
    }

    /// What it holds, for a person: values, then queues, then locks, each in order.
    pub fn fields(&self) -> Vec<Field> {
        let mut fields: Vec<Field> =
            self.values.iter().map(|(key, value)| Field::new(&**key, value)).collect();
        for (queue, items) in &self.queues {
            fields.push(Field::new(&**queue, format!("[{}]", items.join(" "))));
        }
        for (file, holder) in &self.locks {
            fields.push(Field::new(format!("lock {file}"), holder));
        }
        fields
    }
}

/// For each session, its last request that took effect, so that a repeated one is told the same
/// result instead of being executed again. A client has one operation open at a time, so one
/// remembered result a session is enough (Raft §8; dissertation §6.3).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Sessions {
    last: SortedMap<u32, (u32, Outcome)>,
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
