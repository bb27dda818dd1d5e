//! What each operation does to an object: the sequential specification, with states as numbers.
//!
//! The state of one key is a number: of a text where it holds a value, of a sequence where it holds
//! items, one more than its holder where it is a lock; 0 is nil, empty and free. With one key that
//! number is the state; with several the state is the number of the sequence of them.
//!
//! Appending could make endless states. But a value that is not the beginning of any value ever
//! seen can never be seen, whatever is appended to it: all such values are one state, [`LOST`];
//! unless there are transfers, which see what an account holds without telling.

use super::intern::{Sequences, Texts};
use crate::operation::Text;

/// A value that no answer of the history can ever show, until it is overwritten.
const LOST: u32 = u32::MAX;

/// What one step does to one key. Numbers are of texts, items, sequences or holders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    /// Finds this value.
    Read(u32),
    Write(u32),
    /// Finds the first value and writes the second.
    Swap(u32, u32),
    /// Finds any value but this.
    Differ(u32),
    /// Writes the second value where the first is there; nobody knows which happened.
    MaySwap(u32, u32),
    AppendText(u32),
    Add(u32),
    Remove(u32),
    Has(u32),
    Lacks(u32),
    /// Finds exactly this sequence.
    Items(u32),
    Push(u32),
    /// Takes this item.
    Pop(u32),
    PopNone,
    /// Takes the first item, if there is one; nobody knows which.
    PopAny,
    Take(u32),
    /// Finds it held by another.
    TakeRefused(u32),
    MayTake(u32),
    Release(u32),
    /// Finds it free or held by another.
    ReleaseRefused(u32),
    MayRelease(u32),
    /// Takes an amount away; impossible where there is less.
    Pay(u64),
    Receive(u64),
}

impl Act {
    /// Whether it may change a state.
    pub fn mutates(self) -> bool {
        match self {
            Act::Read(_) | Act::Differ(_) | Act::Has(_) | Act::Lacks(_) | Act::Items(_) => false,
            Act::PopNone | Act::TakeRefused(_) | Act::ReleaseRefused(_) => false,
            Act::Swap(expected, value) => expected != value,
            _ => true,
        }
    }

    /// Whether it fits some states and not others.
    pub fn observes(self) -> bool {
        !matches!(
            self,
            Act::Write(_)
                | Act::MaySwap(..)
                | Act::AppendText(_)
                | Act::Add(_)
                | Act::Remove(_)
                | Act::Push(_)
                | Act::PopAny
                | Act::MayTake(_)
                | Act::MayRelease(_)
        )
    }
}

/// One step of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct KeyAct {
    pub key: u32,
    pub act: Act,
}

/// How an operation ended as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whole {
    /// Every step took effect.
    Done,
    /// A step was impossible, and nothing changed.
    Refused,
    /// One or the other.
    Either,
}

/// The specification, and all states that were met.
#[derive(Clone, Debug)]
pub(super) struct Machine {
    pub texts: Texts,
    pub sequences: Sequences,
    /// How many keys a state has.
    pub keys: u32,
    /// The values that were seen where texts are appended, in order.
    pub seen_texts: Vec<Text>,
    /// The sequences that were seen where items are appended to a list, in order; `None` where what
    /// is pushed is taken out again.
    pub seen_lists: Option<Vec<Vec<u32>>>,
    /// Whether values are seen without being told.
    pub has_transfers: bool,
    scratch: Vec<u32>,
    items: Vec<u32>,
}

impl Machine {
    pub fn new() -> Self {
        Machine {
            texts: Texts::new(),
            sequences: Sequences::new(),
            keys: 1,
            seen_texts: Vec::new(),
            seen_lists: None,
            has_transfers: false,
            scratch: Vec::new(),
            items: Vec::new(),
        }
    }

    pub fn bytes(&self) -> u64 {
        self.sequences.bytes() + u64::from(self.texts.len()) * 64
    }

    /// The state in which keys hold these values.
    pub fn state(&mut self, subs: &[u32]) -> u32 {
        if self.keys == 1 { subs[0] } else { self.sequences.number(subs) }
    }

    /// What a key holds.
    pub fn sub(&self, state: u32, key: u32) -> u32 {
        if self.keys == 1 { state } else { self.sequences.items(state)[key as usize] }
    }

    /// The state after an operation; `None` where its answers do not fit.
    #[inline]
    pub fn apply(&mut self, state: u32, whole: Whole, steps: &[KeyAct]) -> Option<u32> {
        if self.keys == 1
            && whole == Whole::Done
            && let [step] = steps
        {
            return self.act(state, step.act);
        }
        self.apply_steps(state, whole, steps)
    }

    fn apply_steps(&mut self, state: u32, whole: Whole, steps: &[KeyAct]) -> Option<u32> {
        let mut subs = std::mem::take(&mut self.scratch);
        subs.clear();
        match self.keys {
            1 => subs.push(state),
            _ => subs.extend_from_slice(self.sequences.items(state)),
        }
        let mut fits = true;
        let mut poor = false;
        for step in steps {
            let sub = &mut subs[step.key as usize];
            match self.act(*sub, step.act) {
                Some(next) => *sub = next,
                None => {
                    poor = matches!(step.act, Act::Pay(_) | Act::Receive(_));
                    fits = poor;
                    break;
                }
            }
        }
        let next = match (fits, poor, whole) {
            (false, ..) | (true, true, Whole::Done) | (true, false, Whole::Refused) => None,
            (true, true, _) => Some(state),
            (true, false, _) => Some(self.state(&subs)),
        };
        self.scratch = subs;
        next
    }

    #[inline]
    fn act(&mut self, sub: u32, act: Act) -> Option<u32> {
        let when = |fits: bool, next: u32| fits.then_some(next);
        match act {
            Act::Read(value) | Act::Items(value) => when(sub == value, sub),
            Act::Write(value) => Some(value),
            Act::Swap(expected, value) => when(sub == expected, value),
            Act::Differ(expected) => when(sub != expected, sub),
            Act::MaySwap(expected, value) => Some(if sub == expected { value } else { sub }),
            Act::Take(holder) => when(sub == 0 || sub == holder, holder),
            Act::TakeRefused(holder) => when(sub != 0 && sub != holder, sub),
            Act::MayTake(holder) => Some(if sub == 0 { holder } else { sub }),
            Act::Release(holder) => when(sub == holder, 0),
            Act::ReleaseRefused(holder) => when(sub != holder, sub),
            Act::MayRelease(holder) => Some(if sub == holder { 0 } else { sub }),
            Act::Has(item) => when(self.has(sub, item), sub),
            Act::Lacks(item) => when(!self.has(sub, item), sub),
            Act::PopNone => when(sub == 0, sub),
            Act::Pop(item) => {
                let first = self.sequences.items(sub).first().copied();
                if first == Some(item) { Some(self.rest(sub)) } else { None }
            }
            Act::PopAny => Some(if sub == 0 { 0 } else { self.rest(sub) }),
            Act::Add(item) => Some(self.change(sub, item, true)),
            Act::Remove(item) => Some(self.change(sub, item, false)),
            Act::Push(item) => Some(self.push(sub, item)),
            Act::AppendText(text) => Some(self.append(sub, text)),
            Act::Pay(amount) => {
                let balance = self.balance(sub)?.checked_sub(amount)?;
                Some(self.amount(balance))
            }
            Act::Receive(amount) => {
                let balance = self.balance(sub)?.saturating_add(amount);
                Some(self.amount(balance))
            }
        }
    }

    /// Sets are kept in order.
    fn has(&self, sub: u32, item: u32) -> bool {
        self.sequences.items(sub).binary_search(&item).is_ok()
    }

    fn rest(&mut self, sub: u32) -> u32 {
        let mut items = std::mem::take(&mut self.items);
        items.clear();
        items.extend_from_slice(&self.sequences.items(sub)[1..]);
        let next = self.sequences.number(&items);
        self.items = items;
        next
    }

    fn change(&mut self, sub: u32, item: u32, add: bool) -> u32 {
        let place = self.sequences.items(sub).binary_search(&item);
        if place.is_ok() == add {
            return sub;
        }
        let mut items = std::mem::take(&mut self.items);
        items.clear();
        items.extend_from_slice(self.sequences.items(sub));
        match place {
            Ok(place) => {
                items.remove(place);
            }
            Err(place) => items.insert(place, item),
        }
        let next = self.sequences.number(&items);
        self.items = items;
        next
    }

    fn push(&mut self, sub: u32, item: u32) -> u32 {
        if sub == LOST {
            return LOST;
        }
        let mut items = std::mem::take(&mut self.items);
        items.clear();
        items.extend_from_slice(self.sequences.items(sub));
        items.push(item);
        let is_seen = self.seen_lists.as_ref().is_none_or(|seen| {
            let place = seen.partition_point(|list| *list < items);
            seen.get(place).is_some_and(|list| list.starts_with(&items))
        });
        let next = if is_seen { self.sequences.number(&items) } else { LOST };
        self.items = items;
        next
    }

    fn append(&mut self, sub: u32, text: u32) -> u32 {
        if sub == LOST {
            return LOST;
        }
        let mut whole = self.texts.text(sub).to_string();
        whole.push_str(self.texts.text(text));
        let place = self.seen_texts.partition_point(|seen| **seen < *whole);
        match self.seen_texts.get(place) {
            Some(seen) if seen.starts_with(&whole) => self.texts.number(&Text::from(whole)),
            _ if self.has_transfers => self.texts.number(&Text::from(whole)),
            _ => LOST,
        }
    }

    fn balance(&self, sub: u32) -> Option<u64> {
        match sub {
            0 => Some(0),
            _ if sub < self.texts.len() => self.texts.text(sub).parse().ok(),
            _ => None,
        }
    }

    fn amount(&mut self, balance: u64) -> u32 {
        self.texts.number(&Text::from(balance.to_string()))
    }
}
