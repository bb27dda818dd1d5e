//! What clients ask for and what they are told: the operations every protocol can be offered.

use std::fmt;
use std::sync::Arc;

use serde::Serialize;

/// A key or a value: short text, shared rather than copied.
pub type Text = Arc<str>;

/// The longest key or value, in bytes.
pub const TEXT_BYTES_MAX: usize = 32;

/// A kind of operation: its word, and what belongs to it, in order. Forms are made from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct OperationKind {
    /// The word in scenarios.
    pub name: &'static str,
    /// What follows the word: `key`, `expected` or `value`.
    pub parts: &'static [&'static str],
}

/// Reads the value of a key.
pub const GET: OperationKind = OperationKind { name: "get", parts: &["key"] };
/// Sets the value of a key.
pub const PUT: OperationKind = OperationKind { name: "put", parts: &["key", "value"] };
/// Adds text to the end of a value.
pub const APPEND: OperationKind = OperationKind { name: "append", parts: &["key", "value"] };
/// Sets a value only where the present one is the expected one.
pub const CAS: OperationKind = OperationKind { name: "cas", parts: &["key", "expected", "value"] };

/// One operation on a key-value store.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operation {
    /// Reads the value of a key.
    Get {
        /// The key read.
        key: Text,
    },
    /// Sets the value of a key.
    Put {
        /// The key written.
        key: Text,
        /// Its new value.
        value: Text,
    },
    /// Adds text to the end of a value; not idempotent, so a duplicate shows.
    Append {
        /// The key written.
        key: Text,
        /// The text added.
        value: Text,
    },
    /// Sets a value only where the present one is the expected one.
    Cas {
        /// The key written.
        key: Text,
        /// What the value must be.
        expected: Text,
        /// Its new value.
        value: Text,
    },
}

impl Operation {
    /// Whether the operation leaves the store as it is.
    pub fn is_read(&self) -> bool {
        matches!(self, Operation::Get { .. })
    }

    /// Its kind.
    pub fn kind(&self) -> OperationKind {
        match self {
            Operation::Get { .. } => GET,
            Operation::Put { .. } => PUT,
            Operation::Append { .. } => APPEND,
            Operation::Cas { .. } => CAS,
        }
    }

    /// The key it is about.
    pub fn key(&self) -> &Text {
        match self {
            Operation::Get { key }
            | Operation::Put { key, .. }
            | Operation::Append { key, .. }
            | Operation::Cas { key, .. } => key,
        }
    }

    /// Reads an operation from its words, such as `put x 5`.
    ///
    /// # Errors
    /// Says what was expected, for showing to the person who wrote it.
    pub fn parse(words: &[&str]) -> Result<Self, String> {
        const FORMS: &str = "get KEY, put KEY VALUE, append KEY VALUE or cas KEY EXPECTED VALUE";
        for word in words.iter().skip(1) {
            if word.is_empty() {
                return Err("a key or value of at least one character".to_owned());
            }
            if word.starts_with('#') {
                return Err("a key or value that does not begin with `#`".to_owned());
            }
            if *word == "to" {
                return Err("a key or value other than `to`, which names the node asked".to_owned());
            }
            if word.len() > TEXT_BYTES_MAX {
                return Err(format!("at most {TEXT_BYTES_MAX} bytes in a key or value"));
            }
        }
        let text = |place: usize| -> Text { Arc::from(words[place]) };
        match (words.first().copied(), words.len()) {
            (Some("get"), 2) => Ok(Operation::Get { key: text(1) }),
            (Some("put"), 3) => Ok(Operation::Put { key: text(1), value: text(2) }),
            (Some("append"), 3) => Ok(Operation::Append { key: text(1), value: text(2) }),
            (Some("cas"), 4) => {
                Ok(Operation::Cas { key: text(1), expected: text(2), value: text(3) })
            }
            _ => Err(FORMS.to_owned()),
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Operation::Get { key } => write!(f, "get {key}"),
            Operation::Put { key, value } => write!(f, "put {key} {value}"),
            Operation::Append { key, value } => write!(f, "append {key} {value}"),
            Operation::Cas { key, expected, value } => write!(f, "cas {key} {expected} {value}"),
        }
    }
}

/// What an operation returned.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// A write took effect.
    Done,
    /// A read found this value.
    Found(Text),
    /// A read found no value.
    Absent,
    /// A compare-and-set found what it expected and wrote.
    Swapped,
    /// A compare-and-set found something else and wrote nothing.
    NotSwapped,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Outcome::Done => f.write_str("ok"),
            Outcome::Found(value) => f.write_str(value),
            Outcome::Absent => f.write_str("absent"),
            Outcome::Swapped => f.write_str("swapped"),
            Outcome::NotSwapped => f.write_str("not-swapped"),
        }
    }
}
