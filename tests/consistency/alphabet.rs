//! What one operation of a small history may be: a command and its answer, for each type of object,
//! over few keys and values; and the renamings of keys and values under which the alphabet stays
//! the same.

use std::ops::Range;
use std::sync::Arc;

use consensus_playground::consistency::{Answer, Command, Object, Step, Value};

type Text = Arc<str>;

/// One operation, without its time.
#[derive(Clone, Debug, PartialEq)]
pub struct Letter {
    pub key: Text,
    pub command: Command,
    pub answer: Answer,
}

pub struct Alphabet {
    pub object: Object,
    /// Those that return, then those that are open.
    pub letters: Vec<Letter>,
    /// How many return.
    closed: usize,
    /// By letter, what it becomes.
    pub renamings: Vec<Vec<usize>>,
}

impl Alphabet {
    /// The letters that return, or those that are open.
    pub fn range(&self, open: bool) -> Range<usize> {
        if open { self.closed..self.letters.len() } else { 0..self.closed }
    }

    /// Whether some letter is a transfer.
    pub fn has_transfers(&self) -> bool {
        self.letters.iter().any(|letter| match &letter.command {
            Command::Transaction(steps) => {
                steps.iter().any(|step| matches!(step, Step::Transfer(..)))
            }
            _ => false,
        })
    }

    /// The alphabet of these letters; each that changes something may be open too. Values are the
    /// numbers from 1; `keys` may be exchanged for each other.
    fn new(object: Object, letters: Vec<Letter>, keys: &[&str], values: u64) -> Alphabet {
        let closed = letters.len();
        let mut all = letters.clone();
        for letter in letters {
            let open = Letter { answer: Answer::Unknown, ..letter };
            let changes = match &open.command {
                Command::Read | Command::ReadAll | Command::Contains(_) => false,
                Command::Transaction(steps) => {
                    !steps.iter().any(|s| matches!(s, Step::Read(..) | Step::ReadList(..)))
                }
                _ => true,
            };
            if changes && !all[closed..].contains(&open) {
                all.push(open);
            }
        }
        let mut renamings = Vec::new();
        for values in permutations(values as usize) {
            for keys_to in permutations(keys.len()) {
                let value = |text: &Text| match text.parse::<usize>() {
                    Ok(number) if (1..=values.len()).contains(&number) => {
                        Text::from((values[number - 1] + 1).to_string())
                    }
                    _ => text.clone(),
                };
                let key = |text: &Text| match keys.iter().position(|key| **key == **text) {
                    Some(place) => Text::from(keys[keys_to[place]]),
                    None => text.clone(),
                };
                let to = |letter: &Letter| {
                    let other = renamed(object, letter, &value, &key);
                    all.iter().position(|letter| *letter == other).expect("a closed alphabet")
                };
                renamings.push(all.iter().map(to).collect());
            }
        }
        Alphabet { object, letters: all, closed, renamings }
    }
}

fn permutations(count: usize) -> Vec<Vec<usize>> {
    if count == 0 {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for shorter in permutations(count - 1) {
        for at in 0..count {
            let mut longer = shorter.clone();
            longer.insert(at, count - 1);
            all.push(longer);
        }
    }
    all
}

type Rename<'a> = &'a dyn Fn(&Text) -> Text;

fn renamed(object: Object, letter: &Letter, value: Rename<'_>, key: Rename<'_>) -> Letter {
    let of = |found: &Value| found.as_ref().map(value);
    let items = |items: &[Text]| {
        let mut items: Vec<Text> = items.iter().map(value).collect();
        if object == Object::Set {
            items.sort();
        }
        items
    };
    let command = match &letter.command {
        Command::Write(to) => Command::Write(of(to)),
        Command::Cas(expected, to) => Command::Cas(of(expected), of(to)),
        Command::Append(item) => Command::Append(value(item)),
        Command::Add(item) => Command::Add(value(item)),
        Command::Remove(item) => Command::Remove(value(item)),
        Command::Contains(item) => Command::Contains(value(item)),
        Command::Enqueue(item) => Command::Enqueue(value(item)),
        Command::Transaction(steps) => {
            let step = |step: &Step| match step {
                Step::Read(at, found) => Step::Read(key(at), found.as_ref().map(of)),
                Step::Write(at, to) => Step::Write(key(at), of(to)),
                Step::Append(at, item) => Step::Append(key(at), value(item)),
                Step::ReadList(at, found) => {
                    Step::ReadList(key(at), found.as_ref().map(|found| items(found)))
                }
                Step::Transfer(from, to, amount) => Step::Transfer(key(from), key(to), *amount),
            };
            Command::Transaction(steps.iter().map(step).collect())
        }
        other => other.clone(),
    };
    let answer = match &letter.answer {
        Answer::Found(found) => Answer::Found(of(found)),
        Answer::Items(found) => Answer::Items(items(found)),
        other => other.clone(),
    };
    Letter { key: key(&letter.key), command, answer }
}

fn number(value: u64) -> Text {
    Text::from(value.to_string())
}

/// Nil for 0.
fn nil_or(value: u64) -> Value {
    (value > 0).then(|| number(value))
}

fn letter(key: &str, command: Command, answer: Answer) -> Letter {
    Letter { key: key.into(), command, answer }
}

/// Reads and writes of so many values, and with `cas` every cas whose values differ.
pub fn register(values: u64, cas: bool) -> Alphabet {
    let mut letters = reads_and_writes("", values);
    for expected in (0..=values).filter(|_| cas) {
        for to in (1..=values).filter(|to| *to != expected) {
            let command = || Command::Cas(nil_or(expected), nil_or(to));
            letters.push(letter("", command(), Answer::Done));
            letters.push(letter("", command(), Answer::Refused));
        }
    }
    Alphabet::new(Object::Register, letters, &[], values)
}

fn reads_and_writes(key: &str, values: u64) -> Vec<Letter> {
    let mut letters = Vec::new();
    for value in 1..=values {
        letters.push(letter(key, Command::Write(nil_or(value)), Answer::Done));
    }
    for value in 0..=values {
        letters.push(letter(key, Command::Read, Answer::Found(nil_or(value))));
    }
    letters
}

/// Reads and writes of two keys.
pub fn store(values: u64) -> Alphabet {
    let letters = [reads_and_writes("x", values), reads_and_writes("y", values)].concat();
    Alphabet::new(Object::Kv, letters, &["x", "y"], values)
}

/// One key whose values grow by single letters, and are written over by nil.
pub fn texts() -> Alphabet {
    let mut letters = vec![letter("", Command::Write(None), Answer::Done)];
    for value in 1..=2 {
        letters.push(letter("", Command::Append(number(value)), Answer::Done));
    }
    for found in ["", "1", "2", "12", "21", "11", "22"] {
        let found = (!found.is_empty()).then(|| found.into());
        letters.push(letter("", Command::Read, Answer::Found(found)));
    }
    // Texts of two letters are not renamed letter by letter, so nothing is.
    Alphabet::new(Object::Kv, letters, &[], 0)
}

/// A set of so many items, with or without taking them out and asking for one.
pub fn set(values: u64, single: bool) -> Alphabet {
    let mut letters = Vec::new();
    for value in 1..=values {
        letters.push(letter("", Command::Add(number(value)), Answer::Done));
        if single {
            letters.push(letter("", Command::Remove(number(value)), Answer::Done));
            for present in [true, false] {
                let command = Command::Contains(number(value));
                letters.push(letter("", command, Answer::Present(present)));
            }
        }
    }
    for some in 0..1_u64 << values {
        let items = (1..=values).filter(|value| some & (1 << (value - 1)) != 0).map(number);
        letters.push(letter("", Command::ReadAll, Answer::Items(items.collect())));
    }
    Alphabet::new(Object::Set, letters, &[], values)
}

/// A queue of so many items.
pub fn queue(values: u64) -> Alphabet {
    let mut letters = Vec::new();
    for value in 1..=values {
        letters.push(letter("", Command::Enqueue(number(value)), Answer::Done));
    }
    for value in 0..=values {
        letters.push(letter("", Command::Dequeue, Answer::Found(nil_or(value))));
    }
    Alphabet::new(Object::Queue, letters, &[], values)
}

/// A list of two items.
pub fn list() -> Alphabet {
    let mut letters = Vec::new();
    for value in 1..=2 {
        letters.push(letter("", Command::Append(number(value)), Answer::Done));
    }
    for found in [&[][..], &[1], &[2], &[1, 2], &[2, 1], &[1, 1], &[2, 2]] {
        let items = found.iter().copied().map(number).collect();
        letters.push(letter("", Command::ReadAll, Answer::Items(items)));
    }
    Alphabet::new(Object::List, letters, &[], 2)
}

/// One lock.
pub fn lock() -> Alphabet {
    let mut letters = Vec::new();
    for answer in [Answer::Done, Answer::Refused] {
        letters.push(letter("", Command::Lock, answer.clone()));
        letters.push(letter("", Command::Unlock, answer));
    }
    Alphabet::new(Object::Lock, letters, &[], 0)
}

/// Transactions of up to so many steps that read and write one value of two keys, with or without
/// aborted ones.
pub fn bank(most: usize, aborted: bool) -> Alphabet {
    let mut steps = Vec::new();
    for key in ["x", "y"] {
        steps.push(Step::Write(key.into(), nil_or(1)));
        steps.extend((0..2).map(|value| Step::Read(key.into(), Some(nil_or(value)))));
    }
    let mut all: Vec<Vec<Step>> = vec![Vec::new()];
    let mut letters = Vec::new();
    for _ in 0..most {
        all = all
            .iter()
            .flat_map(|before| {
                steps.iter().map(|step| [&before[..], std::slice::from_ref(step)].concat())
            })
            .collect();
        for steps in &all {
            letters.push(letter("", Command::Transaction(steps.clone()), Answer::Done));
            let writes = steps.iter().any(|step| matches!(step, Step::Write(..)));
            if aborted && writes {
                letters.push(letter("", Command::Transaction(steps.clone()), Answer::Aborted));
            }
        }
    }
    Alphabet::new(Object::Bank, letters, &["x", "y"], 0)
}

/// Transactions that append one of two items to a list, or read it.
pub fn lists_in_transactions() -> Alphabet {
    let mut letters = Vec::new();
    let one = |step: Step| letter("", Command::Transaction(vec![step]), Answer::Done);
    for value in 1..=2 {
        letters.push(one(Step::Append("x".into(), number(value))));
    }
    for found in [&[][..], &[1], &[2], &[1, 2], &[2, 1]] {
        let items = found.iter().copied().map(number).collect();
        letters.push(one(Step::ReadList("x".into(), Some(items))));
    }
    Alphabet::new(Object::Bank, letters, &[], 2)
}

/// Transfers between two accounts, of which each may hold one at most, and reads of one.
pub fn transfers() -> Alphabet {
    let mut letters = Vec::new();
    let steps = |steps: &[Step]| Command::Transaction(steps.to_vec());
    for (payer, payee) in [("x", "y"), ("y", "x")] {
        let transfer = [Step::Transfer(payer.into(), payee.into(), 1)];
        letters.push(letter("", steps(&transfer), Answer::Done));
        letters.push(letter("", steps(&transfer), Answer::Refused));
        letters.push(letter("", steps(&[Step::Write(payer.into(), nil_or(1))]), Answer::Done));
        for value in 0..=1 {
            let found = if value == 0 { Text::from("0") } else { number(value) };
            letters.push(letter(
                "",
                steps(&[Step::Read(payer.into(), Some(Some(found)))]),
                Answer::Done,
            ));
        }
    }
    Alphabet::new(Object::Bank, letters, &["x", "y"], 0)
}
