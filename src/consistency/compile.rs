//! A history as the search wants it: everything a number, and what constrains nothing left out.

use std::collections::BTreeMap;

use super::intern::Texts;
use super::machine::{Act, KeyAct, Machine, Whole};
use super::model::Object;
use super::record::{Answer, Command, Contents, History, Record, Step, Value};
use crate::operation::Text;
use crate::sorting;

/// The return of an operation that is open.
pub(super) const OPEN: u64 = u64::MAX;

/// An operation that constrains an order or changes a state.
#[derive(Clone, Debug)]
pub(super) struct Op {
    /// Its place in the history.
    pub record: u32,
    /// Its session, as a small number.
    pub process: u32,
    pub call: u64,
    /// When it returned, or [`OPEN`].
    pub returned: u64,
    /// Whether it must be in every order: it returned, or only it can have written what was read.
    pub required: bool,
    pub whole: Whole,
    pub steps: Vec<KeyAct>,
    /// Whether placing it early may cost something although it changes nothing.
    pub held: bool,
}

impl Op {
    /// Whether some of its answers may fit one state and not another. A transfer of which nobody
    /// knows whether it was refused fits every state.
    pub fn observes(&self) -> bool {
        let is_told = |act: Act| {
            act.observes()
                && (self.whole != Whole::Either || !matches!(act, Act::Pay(_) | Act::Receive(_)))
        };
        self.whole == Whole::Refused || self.steps.iter().any(|step| is_told(step.act))
    }

    /// Whether it may change a state.
    pub fn mutates(&self) -> bool {
        self.whole != Whole::Refused && self.steps.iter().any(|step| step.act.mutates())
    }

    /// Whether it can be placed as soon as it fits.
    pub fn is_free(&self) -> bool {
        self.required && !self.held && !self.mutates()
    }
}

/// A whole history as numbers.
#[derive(Clone, Debug)]
pub(super) struct Compiled {
    pub machine: Machine,
    /// In the order of their calls.
    pub ops: Vec<Op>,
    /// Transactions that were aborted, for what they wrote.
    pub aborted: Vec<Op>,
    /// What each key holds at first.
    pub start: Vec<u32>,
    /// Client and session of each process.
    pub processes: Vec<(u32, u32)>,
}

/// Why a history cannot be read as one of an object.
const FOREIGN: &str = "an operation is not one of this type of object";
const UNFIT: &str = "an answer does not belong to what was asked";
const STRANGE: &str = "what a key holds at first is not of this type of object";

/// A key, and of a store what it is the key of.
type Key = (Object, Text);

struct Compiler<'a> {
    object: Object,
    machine: &'a mut Machine,
    keys: &'a mut BTreeMap<Key, u32>,
}

/// Reads a history as one of `object`.
///
/// # Errors
/// Says why it is none.
pub(super) fn compile(history: &History, object: Object) -> Result<Compiled, &'static str> {
    let mut machine = Machine::new();
    let mut keys = BTreeMap::new();
    let mut processes = BTreeMap::new();
    let mut order: Vec<u32> = (0..history.records.len() as u32).collect();
    sorting::by_number(&mut order, |place| history.records[*place as usize].call);
    let (mut ops, mut aborted) = (Vec::new(), Vec::new());
    if object == Object::List || object == Object::Bank {
        machine.seen_lists = Some(Vec::new());
    }
    for place in order {
        let record = &history.records[place as usize];
        let next = processes.len() as u32;
        let process = *processes.entry((record.client, record.session)).or_insert(next);
        let mut compiler = Compiler { object, machine: &mut machine, keys: &mut keys };
        let (whole, steps) = compiler.record(record)?;
        let op = Op {
            record: place,
            process,
            call: record.call,
            returned: record.returned.unwrap_or(OPEN),
            required: record.returned.is_some(),
            whole,
            steps,
            held: false,
        };
        if record.answer == Answer::Aborted {
            aborted.push(op);
        } else if !op.steps.is_empty() {
            ops.push(op);
        }
    }
    let start = start(history, object, &mut machine, &keys)?;
    machine.keys = start.len() as u32;
    if let Some(seen) = &mut machine.seen_lists {
        sorting::by(seen, Ord::cmp);
        seen.dedup();
    }
    machine.seen_texts = seen_texts(&machine.texts, &ops);
    let mut steps = ops.iter().flat_map(|op| &op.steps);
    machine.has_transfers = steps.any(|step| matches!(step.act, Act::Pay(_)));
    let mut names = vec![(0, 0); processes.len()];
    for (name, place) in processes {
        names[place as usize] = name;
    }
    Ok(Compiled { machine, ops, aborted, start, processes: names })
}

/// What each key holds at first.
fn start(
    history: &History,
    object: Object,
    machine: &mut Machine,
    keys: &BTreeMap<Key, u32>,
) -> Result<Vec<u32>, &'static str> {
    let mut start = vec![0; keys.len().max(1)];
    let mut put = |kind: Object, key: &Text, sub: u32| {
        if let Some(key) = keys.get(&(kind, key.clone())) {
            start[*key as usize] = sub;
        }
    };
    if !history.begins_as(object) {
        return Err(STRANGE);
    }
    for (key, value) in &history.initial {
        put(Object::Kv, key, machine.texts.number(value));
    }
    for (key, contents) in &history.contents {
        match contents {
            Contents::Items(items) => put(Object::Queue, key, sequence(machine, object, items)),
            Contents::Holder(client) => {
                put(Object::Lock, key, client.checked_add(1).ok_or(STRANGE)?);
            }
        }
    }
    Ok(start)
}

/// The number of a sequence that was seen; of a set in order.
fn sequence(machine: &mut Machine, object: Object, items: &[Text]) -> u32 {
    let mut numbers: Vec<u32> = items.iter().map(|text| machine.texts.number(text)).collect();
    if object == Object::Set {
        sorting::numbers(&mut numbers);
        numbers.dedup();
    }
    let number = machine.sequences.number(&numbers);
    if let Some(seen) = &mut machine.seen_lists {
        seen.push(numbers);
    }
    number
}

/// The values that some answer shows or compares, in order.
fn seen_texts(texts: &Texts, ops: &[Op]) -> Vec<Text> {
    let mut seen: Vec<Text> = Vec::new();
    for step in ops.iter().flat_map(|op| &op.steps) {
        match step.act {
            Act::Read(value) | Act::Swap(value, _) => seen.push(texts.text(value).clone()),
            Act::Differ(value) | Act::MaySwap(value, _) => seen.push(texts.text(value).clone()),
            _ => {}
        }
    }
    sorting::by(&mut seen, Ord::cmp);
    seen.dedup();
    seen
}

impl Compiler<'_> {
    fn record(&mut self, record: &Record) -> Result<(Whole, Vec<KeyAct>), &'static str> {
        if let Command::Transaction(steps) = &record.command {
            return self.transaction(steps, &record.answer);
        }
        let known = match (&record.answer, record.returned) {
            (Answer::Aborted, _) => return Ok((Whole::Done, Vec::new())),
            (_, None) => &Answer::Unknown,
            (answer, Some(_)) => answer,
        };
        let kind = match (self.object, &record.command) {
            (Object::Store, Command::Lock | Command::Unlock) => Object::Lock,
            (Object::Store, Command::Enqueue(_) | Command::Dequeue) => Object::Queue,
            (Object::Store, _) => Object::Kv,
            (Object::Bank, Command::Append(_) | Command::Cas(..)) => return Err(FOREIGN),
            (kind, _) => kind,
        };
        let act = match kind {
            Object::Lock => {
                let holder = record.client.checked_add(1).ok_or(FOREIGN)?;
                lock(&record.command, known, holder)?
            }
            Object::Set | Object::Queue | Object::List => {
                self.items(kind, &record.command, known)?
            }
            Object::Consensus => self.proposal(&record.command, known)?,
            _ => self.value(&record.command, known)?,
        };
        let key = self.key(family(kind), &record.key);
        Ok((Whole::Done, act.map(|act| KeyAct { key, act }).into_iter().collect()))
    }

    fn key(&mut self, family: Object, key: &Text) -> u32 {
        let next = self.keys.len() as u32;
        *self.keys.entry((family, key.clone())).or_insert(next)
    }

    fn number(&mut self, value: &Value) -> u32 {
        value.as_ref().map_or(0, |text| self.machine.texts.number(text))
    }

    fn value(&mut self, command: &Command, answer: &Answer) -> Result<Option<Act>, &'static str> {
        Ok(Some(match (command, answer) {
            (Command::Read, Answer::Unknown) => return Ok(None),
            (Command::Read, Answer::Found(value)) => Act::Read(self.number(value)),
            (Command::Write(value), Answer::Done | Answer::Unknown) => {
                Act::Write(self.number(value))
            }
            (Command::Append(text), Answer::Done | Answer::Unknown) => {
                Act::AppendText(self.machine.texts.number(text))
            }
            (Command::Cas(expected, value), answer) => {
                let (expected, value) = (self.number(expected), self.number(value));
                match answer {
                    Answer::Done => Act::Swap(expected, value),
                    Answer::Refused => Act::Differ(expected),
                    Answer::Unknown => Act::MaySwap(expected, value),
                    _ => return Err(UNFIT),
                }
            }
            (Command::Read | Command::Write(_) | Command::Append(_), _) => return Err(UNFIT),
            _ => return Err(FOREIGN),
        }))
    }

    /// The first proposal decides, and every proposal finds what is decided: one that finds its own
    /// value is what takes a lock, which may be taken again.
    fn proposal(
        &mut self,
        command: &Command,
        answer: &Answer,
    ) -> Result<Option<Act>, &'static str> {
        let Command::Propose(proposed) = command else { return Err(FOREIGN) };
        let number = self.machine.texts.number(proposed);
        Ok(Some(match answer {
            Answer::Unknown => Act::MayTake(number),
            Answer::Found(Some(decided)) if decided == proposed => Act::Take(number),
            Answer::Found(Some(decided)) => Act::Read(self.machine.texts.number(decided)),
            _ => return Err(UNFIT),
        }))
    }

    fn items(
        &mut self,
        kind: Object,
        command: &Command,
        answer: &Answer,
    ) -> Result<Option<Act>, &'static str> {
        let item = |compiler: &mut Self, text| compiler.machine.texts.number(text);
        Ok(Some(match (kind, command, answer) {
            (Object::Set, Command::Add(text), Answer::Done | Answer::Unknown) => {
                Act::Add(item(self, text))
            }
            (Object::Set, Command::Remove(text), Answer::Done | Answer::Unknown) => {
                Act::Remove(item(self, text))
            }
            (Object::Set, Command::Contains(text), Answer::Present(true)) => {
                Act::Has(item(self, text))
            }
            (Object::Set, Command::Contains(text), Answer::Present(false)) => {
                Act::Lacks(item(self, text))
            }
            (Object::Set, Command::Contains(_) | Command::ReadAll, Answer::Unknown) => {
                return Ok(None);
            }
            (Object::List, Command::ReadAll, Answer::Unknown) => return Ok(None),
            (Object::Set | Object::List, Command::ReadAll, Answer::Items(items)) => {
                Act::Items(sequence(self.machine, self.object, items))
            }
            (Object::List, Command::Append(text), Answer::Done | Answer::Unknown)
            | (Object::Queue, Command::Enqueue(text), Answer::Done | Answer::Unknown) => {
                Act::Push(item(self, text))
            }
            (Object::Queue, Command::Dequeue, Answer::Unknown) => Act::PopAny,
            (Object::Queue, Command::Dequeue, Answer::Found(None)) => Act::PopNone,
            (Object::Queue, Command::Dequeue, Answer::Found(Some(text))) => {
                Act::Pop(item(self, text))
            }
            (Object::Set, Command::Add(_) | Command::Remove(_) | Command::Contains(_), _)
            | (Object::Set | Object::List, Command::ReadAll, _)
            | (Object::List, Command::Append(_), _)
            | (Object::Queue, Command::Enqueue(_) | Command::Dequeue, _) => return Err(UNFIT),
            _ => return Err(FOREIGN),
        }))
    }

    fn transaction(
        &mut self,
        steps: &[Step],
        answer: &Answer,
    ) -> Result<(Whole, Vec<KeyAct>), &'static str> {
        if self.object != Object::Bank && self.object != Object::Store {
            return Err(FOREIGN);
        }
        let whole = match answer {
            Answer::Done | Answer::Aborted => Whole::Done,
            Answer::Refused => Whole::Refused,
            Answer::Unknown => Whole::Either,
            _ => return Err(UNFIT),
        };
        let mut acts = Vec::new();
        for step in steps {
            let (family, key, act) = match step {
                Step::Read(_, None) | Step::ReadList(_, None) => continue,
                Step::Read(key, Some(value)) => (Object::Kv, key, Act::Read(self.number(value))),
                Step::Write(key, value) => (Object::Kv, key, Act::Write(self.number(value))),
                // A store has no lists.
                Step::Append(..) | Step::ReadList(..) if self.object == Object::Store => {
                    return Err(FOREIGN);
                }
                Step::Append(key, text) => {
                    (Object::Queue, key, Act::Push(self.machine.texts.number(text)))
                }
                Step::ReadList(key, Some(items)) => {
                    (Object::Queue, key, Act::Items(sequence(self.machine, self.object, items)))
                }
                Step::Transfer(payer, payee, amount) => {
                    let key = self.key(Object::Kv, payer);
                    acts.push(KeyAct { key, act: Act::Pay(*amount) });
                    (Object::Kv, payee, Act::Receive(*amount))
                }
            };
            let key = self.key(family, key);
            acts.push(KeyAct { key, act });
        }
        Ok((whole, acts))
    }
}

/// What has keys of its own beside others: values, what holds items, and locks.
fn family(kind: Object) -> Object {
    match kind {
        Object::Set | Object::Queue | Object::List => Object::Queue,
        Object::Lock => Object::Lock,
        _ => Object::Kv,
    }
}

fn lock(command: &Command, answer: &Answer, holder: u32) -> Result<Option<Act>, &'static str> {
    Ok(Some(match (command, answer) {
        (Command::Lock, Answer::Done) => Act::Take(holder),
        (Command::Lock, Answer::Refused) => Act::TakeRefused(holder),
        (Command::Lock, Answer::Unknown) => Act::MayTake(holder),
        (Command::Unlock, Answer::Done) => Act::Release(holder),
        (Command::Unlock, Answer::Refused) => Act::ReleaseRefused(holder),
        (Command::Unlock, Answer::Unknown) => Act::MayRelease(holder),
        (Command::Lock | Command::Unlock, _) => return Err(UNFIT),
        _ => return Err(FOREIGN),
    }))
}
