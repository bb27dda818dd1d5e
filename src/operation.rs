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
    /// What follows the word: `key`, `value`, `amount` and so on.
    pub parts: &'static [&'static str],
}

/// Declares the operations: for each the constant of its kind and the variant, in the order of
/// their numbers in links, so that the word, the number and the variant cannot drift apart.
macro_rules! operations {
    ($($constant:ident $variant:ident $name:literal
        { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* } $doc:literal;)*) => {
        $(#[doc = $doc]
        pub const $constant: OperationKind =
            OperationKind { name: $name, parts: &[$(stringify!($field)),*] };)*

        /// All kinds of operation, in the order of their numbers. Append only.
        pub const OPERATION_KINDS: &[OperationKind] = &[$($constant),*];

        /// One operation of a client.
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Operation {
            $(#[doc = $doc] $variant { $($(#[$field_doc])* $field: $type,)* },)*
        }

        impl Operation {
            /// Its kind.
            pub fn kind(&self) -> OperationKind {
                match self {
                    $(Operation::$variant { .. } => $constant,)*
                }
            }

            /// What belongs to it, in the order of [`OperationKind::parts`].
            pub fn parts(&self) -> Vec<String> {
                match self {
                    $(Operation::$variant { $($field),* } => vec![$($field.to_string()),*],)*
                }
            }

            /// An operation from its word and its parts; `None` where they do not belong together.
            fn from_words(words: &[&str]) -> Option<Self> {
                let (name, parts) = words.split_first()?;
                match *name {
                    $($name => match parts {
                        [$($field),*] => {
                            Some(Operation::$variant { $($field: <$type as Part>::read($field)?),* })
                        }
                        _ => None,
                    },)*
                    _ => None,
                }
            }
        }
    };
}

operations! {
    GET Get "get" {
        /// The key read.
        key: Text,
    } "Reads the value of a key.";
    PUT Put "put" {
        /// The key written.
        key: Text,
        /// Its new value.
        value: Text,
    } "Sets the value of a key.";
    APPEND Append "append" {
        /// The key written.
        key: Text,
        /// The text added.
        value: Text,
    } "Adds text to the end of a value; not idempotent, so a duplicate shows.";
    CAS Cas "cas" {
        /// The key written.
        key: Text,
        /// What the value must be.
        expected: Text,
        /// Its new value.
        value: Text,
    } "Sets a value only where the present one is the expected one.";
    DELETE Delete "delete" {
        /// The key that goes.
        key: Text,
    } "Removes a key and its value.";
    ENQUEUE Enqueue "enqueue" {
        /// The queue it joins.
        queue: Text,
        /// The item added at the end.
        value: Text,
    } "Adds an item at the end of a queue.";
    DEQUEUE Dequeue "dequeue" {
        /// The queue it leaves.
        queue: Text,
    } "Takes the first item of a queue.";
    LOCK Lock "lock" {
        /// The file locked.
        file: Text,
    } "Takes the lock of a file, unless another client has it.";
    UNLOCK Unlock "unlock" {
        /// The file unlocked.
        file: Text,
    } "Gives the lock of a file back; only its holder can.";
    TRANSFER Transfer "transfer" {
        /// The account that pays.
        payer: Text,
        /// The account that is paid.
        payee: Text,
        /// How much, in whole units.
        amount: u32,
    } "Moves money from one account to another, unless the payer has too little.";
    PROPOSE Propose "propose" {
        /// The value proposed.
        value: Text,
    } "Proposes a value and waits for the one that is chosen.";
    STAMP Stamp "stamp" {
        /// The key written.
        key: Text,
    } "Sets a key to the time on the clock: not a function of the state alone.";
}

impl OperationKind {
    /// Its place in [`OPERATION_KINDS`].
    pub fn number(&self) -> u8 {
        // Every kind is made by the macro that makes the list.
        OPERATION_KINDS.iter().position(|kind| kind == self).unwrap_or_default() as u8
    }

    /// How it is written, such as `put KEY VALUE`.
    pub fn form(&self) -> String {
        let mut form = self.name.to_owned();
        for part in self.parts {
            form.push(' ');
            form.push_str(&part.to_ascii_uppercase());
        }
        form
    }
}

/// What a part of an operation may be.
trait Part: Sized {
    fn read(word: &str) -> Option<Self>;
}

impl Part for Text {
    fn read(word: &str) -> Option<Self> {
        Some(Arc::from(word))
    }
}

impl Part for u32 {
    fn read(word: &str) -> Option<Self> {
        word.parse().ok().filter(|amount| *amount <= AMOUNT_MAX)
    }
}

/// The most that one transfer moves, so that sums over all accounts stay far from any overflow.
pub const AMOUNT_MAX: u32 = 1_000_000;

impl Operation {
    /// Whether the operation leaves the store as it is.
    pub fn is_read(&self) -> bool {
        matches!(self, Operation::Get { .. })
    }

    /// What it is about: the key, queue, file, paying account or proposed value.
    pub fn key(&self) -> &Text {
        match self {
            Operation::Get { key }
            | Operation::Put { key, .. }
            | Operation::Append { key, .. }
            | Operation::Cas { key, .. }
            | Operation::Delete { key }
            | Operation::Stamp { key } => key,
            Operation::Enqueue { queue, .. } | Operation::Dequeue { queue } => queue,
            Operation::Lock { file } | Operation::Unlock { file } => file,
            Operation::Transfer { payer, .. } => payer,
            Operation::Propose { value } => value,
        }
    }

    /// Reads an operation from its words, such as `put x 5`.
    ///
    /// # Errors
    /// Says what was expected, for showing to the person who wrote it.
    pub fn parse(words: &[&str]) -> Result<Self, String> {
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
        Operation::from_words(words).ok_or_else(|| {
            let name = words.first().copied().unwrap_or_default();
            match OPERATION_KINDS.iter().find(|kind| kind.name == name) {
                Some(kind) if kind.parts.contains(&"amount") => {
                    format!("{}, the amount at most {AMOUNT_MAX}", kind.form())
                }
                Some(kind) => kind.form(),
                None => {
                    let forms: Vec<String> =
                        OPERATION_KINDS.iter().map(|kind| kind.form()).collect();
                    forms.join(", ")
                }
            }
        })
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind().name)?;
        for part in self.parts() {
            write!(f, " {part}")?;
        }
        Ok(())
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
    /// A lock is held by another client, or an account holds too little: nothing changed.
    Refused,
    /// A transaction was aborted: nothing changed.
    Aborted,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Outcome::Done => f.write_str("ok"),
            Outcome::Found(value) => f.write_str(value),
            Outcome::Absent => f.write_str("absent"),
            Outcome::Swapped => f.write_str("swapped"),
            Outcome::NotSwapped => f.write_str("not-swapped"),
            Outcome::Refused => f.write_str("refused"),
            Outcome::Aborted => f.write_str("aborted"),
        }
    }
}
