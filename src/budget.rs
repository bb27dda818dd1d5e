//! How many surprises a run may hold, by kind: what a search of a scenario is bounded by, and what a
//! scenario can say.
//!
//! Messages arrive in any order and for free, and one that never arrives is a lost one; all else costs.
//! What is left of a budget is part of a state: the same cluster with less left can do less.

use std::fmt;

/// Kinds of surprise that a run may hold a number of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Surprise {
    /// A client calls an operation.
    Operation,
    /// A timer fires.
    Timer,
    /// A node crashes. Restarting is free.
    Crash,
    /// The network copies a message.
    Duplicate,
    /// A message is lost for certain, instead of being never delivered.
    Drop,
    /// A node is cut off. Healing is free.
    Cut,
    /// A client asks the next node.
    Retry,
    /// A client stops waiting.
    GiveUp,
    /// Time passes.
    Wait,
    /// An operator commands a node.
    Command,
    /// A node's writes stop reaching its disk. That they reach it after all is free.
    Hold,
    /// The disk of a crashed node is lost.
    Disk,
    /// A node's clock jumps ahead.
    Jump,
}

/// The kinds with the words for them.
const KINDS: [(Surprise, &str); 13] = [
    (Surprise::Operation, "operations"),
    (Surprise::Timer, "timers"),
    (Surprise::Crash, "crashes"),
    (Surprise::Duplicate, "duplicates"),
    (Surprise::Drop, "drops"),
    (Surprise::Cut, "cuts"),
    (Surprise::Retry, "retries"),
    (Surprise::GiveUp, "give-ups"),
    (Surprise::Wait, "waits"),
    (Surprise::Command, "commands"),
    (Surprise::Hold, "holds"),
    (Surprise::Disk, "disks"),
    (Surprise::Jump, "jumps"),
];

/// The most of one kind.
pub const MOST: u8 = 99;

impl Surprise {
    /// The kind of this word.
    pub fn of_word(word: &str) -> Option<Surprise> {
        KINDS.iter().find(|(_, known)| *known == word).map(|(kind, _)| *kind)
    }
}

/// A number for each kind of surprise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Budget([u8; KINDS.len()]);

impl Budget {
    /// What a search starts from when nothing is said: enough for two clients' operations and an
    /// election after a crash.
    pub const USUAL: &'static str = "operations=2,timers=2,crashes=1";

    /// [`Budget::USUAL`], read.
    pub fn usual() -> Self {
        Budget::parse(Budget::USUAL).unwrap_or_default()
    }

    /// The words for the kinds, in the order in which they are printed.
    pub fn words() -> impl Iterator<Item = &'static str> {
        KINDS.iter().map(|(_, word)| *word)
    }

    /// How many of each kind, in the same order.
    pub fn numbers(&self) -> impl Iterator<Item = u8> {
        self.0.into_iter()
    }

    /// Whether no surprise is in it.
    pub fn is_empty(&self) -> bool {
        *self == Budget::default()
    }

    /// How many of a kind.
    pub fn of(&self, kind: Surprise) -> u8 {
        self.0[kind as usize]
    }

    /// The same with so many of a kind.
    pub fn with(mut self, kind: Surprise, number: u8) -> Self {
        self.0[kind as usize] = number;
        self
    }

    /// The budget of these numbers, in the order of [`Budget::words`]; missing ones are zero.
    pub fn of_numbers(numbers: &[u8]) -> Self {
        let mut budget = Budget::default();
        budget.0.iter_mut().zip(numbers).for_each(|(place, number)| *place = *number);
        budget
    }

    /// One less of a kind; `None` where none is left.
    pub fn less(mut self, kind: Surprise) -> Option<Self> {
        let left = &mut self.0[kind as usize];
        *left = left.checked_sub(1)?;
        Some(self)
    }

    /// Reads numbers by kind, such as `timers=3,crashes=1`; kinds that are not named have none.
    ///
    /// # Errors
    /// Says what was expected.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut budget = Budget::default();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let kinds = || KINDS.map(|(_, word)| word).join(", ");
            let Some((word, number)) = part.split_once('=') else {
                return Err(format!("a budget such as timers=3, found “{part}”"));
            };
            let Some(kind) = Surprise::of_word(word) else {
                return Err(format!("a kind of surprise ({}), found “{word}”", kinds()));
            };
            match number.parse() {
                Ok(number) if number <= MOST => budget = budget.with(kind, number),
                _ => return Err(format!("0 to {MOST} {word}, found “{number}”")),
            }
        }
        Ok(budget)
    }
}

impl fmt::Display for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut is_first = true;
        for (kind, word) in KINDS {
            if self.of(kind) > 0 {
                write!(f, "{}{word}={}", if is_first { "" } else { "," }, self.of(kind))?;
                is_first = false;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_read_as_it_is_printed() {
        let budget = Budget::parse("timers=3, crashes=1,jumps=99").unwrap();
        assert_eq!(Budget::parse(&budget.to_string()), Ok(budget));
        assert_eq!(budget.of(Surprise::Timer), 3);
        assert_eq!(budget.less(Surprise::Crash).unwrap().less(Surprise::Crash), None);
        for wrong in ["timers", "timers=100", "timers=-1", "wonders=1"] {
            assert!(Budget::parse(wrong).is_err(), "{wrong}");
        }
        for (place, (kind, _)) in KINDS.iter().enumerate() {
            assert_eq!(*kind as usize, place);
        }
    }
}
