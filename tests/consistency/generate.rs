//! Small histories, each from a number: calls and returns of a few clients in a drawn order, answers
//! from a real object, from one that lags behind, or drawn.

use std::sync::Arc;

use consensus_playground::consistency::{Answer, Command, Contents, History, Object, Record, Step};
use consensus_playground::mix::scramble;

/// Draws numbers, one after the other.
pub struct Draws(u64);

impl Draws {
    pub fn new(seed: u64) -> Self {
        Draws(scramble(seed.wrapping_add(0x51)))
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 = scramble(self.0.wrapping_add(0x9E37_79B9_7F4A_7C15));
        self.0 % bound
    }

    fn one_in(&mut self, many: u64) -> bool {
        self.below(many) == 0
    }
}

pub fn text(number: u64) -> Arc<str> {
    Arc::from(number.to_string())
}

/// What the generator may draw.
#[derive(Clone, Copy)]
pub struct Shape {
    pub object: Object,
    pub records: u64,
    pub clients: u64,
    pub keys: u64,
    /// How many different values there are; 0 where every write has its own.
    pub values: u64,
    pub open: bool,
}

/// The history of a number.
pub fn history(shape: Shape, seed: u64) -> History {
    let mut draws = Draws::new(seed);
    let mut records: Vec<Record> = Vec::new();
    let mut busy: Vec<Option<usize>> = vec![None; shape.clients as usize];
    let mut session = vec![0; shape.clients as usize];
    let mut fresh = 0;
    let mut moment = 0;
    loop {
        moment += 1;
        let client = draws.below(shape.clients) as usize;
        match busy[client] {
            Some(place) => {
                if shape.open && draws.one_in(6) {
                    session[client] += 1;
                } else {
                    records[place].returned = Some(moment);
                }
                busy[client] = None;
            }
            None if (records.len() as u64) < shape.records => {
                let key = match shape.keys {
                    1 => text(0),
                    keys => text(draws.below(keys)),
                };
                let (command, answer) = drawn(shape, &mut draws, &mut fresh);
                busy[client] = Some(records.len());
                records.push(Record {
                    client: client as u32,
                    session: session[client],
                    key,
                    command,
                    answer,
                    call: moment,
                    returned: None,
                });
            }
            None if busy.iter().all(Option::is_none) => break,
            None => {}
        }
    }
    for record in &mut records {
        if record.returned.is_none() {
            record.answer = Answer::Unknown;
            if let Command::Transaction(steps) = &mut record.command {
                steps.retain(|step| !matches!(step, Step::Read(..) | Step::ReadList(..)));
            }
        }
    }
    History { records, ..History::default() }
}

fn drawn(shape: Shape, draws: &mut Draws, fresh: &mut u64) -> (Command, Answer) {
    let write = |draws: &mut Draws, fresh: &mut u64| match shape.values {
        0 => {
            *fresh += 1;
            *fresh
        }
        values => 1 + draws.below(values),
    };
    // A value that was probably written.
    let seen = |draws: &mut Draws, fresh: u64| match shape.values {
        0 => draws.below(fresh + 1),
        values => draws.below(values + 1),
    };
    let value = |number: u64| (number > 0).then(|| text(number));
    let is_read = draws.one_in(2);
    match shape.object {
        Object::Register | Object::Kv if is_read => {
            (Command::Read, Answer::Found(value(seen(draws, *fresh))))
        }
        Object::Register | Object::Kv => match draws.below(4) {
            0 if shape.object == Object::Kv => {
                (Command::Append(text(write(draws, fresh))), Answer::Done)
            }
            1 => {
                let expected = value(seen(draws, *fresh));
                let done = draws.one_in(2);
                let answer = if done { Answer::Done } else { Answer::Refused };
                (Command::Cas(expected, value(write(draws, fresh))), answer)
            }
            _ => (Command::Write(value(write(draws, fresh))), Answer::Done),
        },
        Object::Set if is_read && draws.one_in(2) => {
            (Command::ReadAll, some_items(draws, shape.values.max(*fresh)))
        }
        Object::Set if is_read => {
            let item = text(seen(draws, *fresh));
            (Command::Contains(item), Answer::Present(draws.one_in(2)))
        }
        Object::Set if draws.one_in(3) => {
            (Command::Remove(text(seen(draws, *fresh))), Answer::Done)
        }
        Object::Set => (Command::Add(text(write(draws, fresh))), Answer::Done),
        Object::Queue if is_read => (Command::Dequeue, Answer::Found(value(seen(draws, *fresh)))),
        Object::Queue => (Command::Enqueue(text(write(draws, fresh))), Answer::Done),
        Object::List if is_read => (Command::ReadAll, some_items(draws, shape.values.max(*fresh))),
        Object::List => (Command::Append(text(write(draws, fresh))), Answer::Done),
        Object::Lock => {
            let command = if is_read { Command::Lock } else { Command::Unlock };
            (command, if draws.one_in(3) { Answer::Refused } else { Answer::Done })
        }
        Object::Store => {
            let object = [Object::Kv, Object::Queue, Object::Lock][draws.below(3) as usize];
            drawn(Shape { object, ..shape }, draws, fresh)
        }
        Object::Consensus => {
            let proposed = text(write(draws, fresh));
            let decided = if is_read { proposed.clone() } else { text(1 + draws.below(2)) };
            (Command::Propose(proposed), Answer::Found(Some(decided)))
        }
        Object::Bank => {
            let mut steps = Vec::new();
            for _ in 0..=draws.below(2) {
                let key: Arc<str> = text(draws.below(2));
                steps.push(match draws.below(2) {
                    0 => Step::Read(key, Some(value(seen(draws, *fresh)))),
                    _ => Step::Write(key, value(write(draws, fresh))),
                });
            }
            let answer = if draws.one_in(8) { Answer::Aborted } else { Answer::Done };
            (Command::Transaction(steps), answer)
        }
    }
}

/// Some of the items up to `most`, mostly in order.
fn some_items(draws: &mut Draws, most: u64) -> Answer {
    let most = draws.below(most + 1);
    let mut items: Vec<_> = (1..=most).filter(|_| !draws.one_in(3)).map(text).collect();
    if draws.one_in(4) {
        items.reverse();
    }
    Answer::Items(items)
}

/// The same history of an object that was not empty before it.
pub fn begun(history: &History, object: Object, seed: u64) -> History {
    let mut draws = Draws::new(seed ^ 0x1234);
    let mut history = history.clone();
    for key in 0..2 {
        let mut items: Vec<_> = (0..=draws.below(2)).map(|_| text(1 + draws.below(3))).collect();
        if object == Object::Set {
            items.sort();
            items.dedup();
        }
        let mut with = history.clone();
        with.initial.push((text(key), text(1 + draws.below(2))));
        with.contents.push((text(key), Contents::Items(items)));
        with.contents.push((text(key), Contents::Holder(draws.below(3) as u32)));
        for left_out in 0..8 {
            let mut one = with.clone();
            one.contents.retain(|(of, contents)| {
                let bit = if matches!(contents, Contents::Items(_)) { 1 } else { 2 };
                *of != text(key) || left_out & bit == 0
            });
            one.initial.retain(|(of, _)| *of != text(key) || left_out & 4 == 0);
            if one.begins_as(object) {
                history = one;
                break;
            }
        }
    }
    history
}

/// The same history with some operations made transactions over the values.
pub fn with_transactions(history: &History, seed: u64) -> History {
    let mut draws = Draws::new(seed ^ 0x7777);
    let mut history = history.clone();
    let shape =
        Shape { object: Object::Bank, records: 0, clients: 0, keys: 0, values: 3, open: false };
    for record in &mut history.records {
        if draws.one_in(2) || record.returned.is_none() {
            continue;
        }
        let (command, answer) = match draws.one_in(3) {
            false => drawn(shape, &mut draws, &mut 0),
            true => {
                let (payer, payee) = (text(draws.below(2)), text(draws.below(2)));
                let step = Step::Transfer(payer, payee, draws.below(3));
                let answer = if draws.one_in(3) { Answer::Refused } else { Answer::Done };
                (Command::Transaction(vec![step]), answer)
            }
        };
        (record.command, record.answer) = (command, answer);
        record.key = "".into();
    }
    history
}

/// The same history with one answer changed.
pub fn mutated(history: &History, seed: u64) -> History {
    let mut draws = Draws::new(seed ^ 0xABCD);
    let mut history = history.clone();
    let place = draws.below(history.records.len() as u64) as usize;
    let other = text(draws.below(4));
    let record = &mut history.records[place];
    record.answer = match std::mem::replace(&mut record.answer, Answer::Unknown) {
        Answer::Found(_) => Answer::Found(Some(other)),
        Answer::Present(present) => Answer::Present(!present),
        Answer::Items(mut items) => {
            if items.pop().is_none() {
                items.push(other);
            }
            Answer::Items(items)
        }
        Answer::Done
            if matches!(record.command, Command::Cas(..) | Command::Lock | Command::Unlock) =>
        {
            Answer::Refused
        }
        Answer::Refused => Answer::Done,
        answer => answer,
    };
    if record.returned.is_none() {
        record.answer = Answer::Unknown;
    }
    history
}
