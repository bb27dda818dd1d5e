//! Larger histories: the direct methods against the general search, which takes over where an item
//! comes twice, and orders against the definition.

use std::collections::BTreeMap;
use std::sync::Arc;

use consensus_playground::consistency::{
    Answer, Command, History, Limits, Model, Object, Record, Value, Verdict, judge,
};

use super::generate::{Draws, text};
use super::witness::is_witness;

/// An object that serves one request at a time.
#[derive(Default)]
struct Served {
    items: Vec<Arc<str>>,
    value: Value,
}

impl Served {
    fn answer(&mut self, command: &Command) -> Answer {
        match command {
            Command::Enqueue(item) | Command::Add(item) | Command::Append(item) => {
                self.items.push(item.clone());
                Answer::Done
            }
            Command::Dequeue if self.items.is_empty() => Answer::Found(None),
            Command::Dequeue => Answer::Found(Some(self.items.remove(0))),
            Command::ReadAll => Answer::Items(self.items.clone()),
            Command::Contains(item) => Answer::Present(self.items.contains(item)),
            Command::Write(value) => {
                self.value.clone_from(value);
                Answer::Done
            }
            _ => Answer::Found(self.value.clone()),
        }
    }
}

fn command(object: Object, draws: &mut Draws, fresh: &mut u64) -> Command {
    let new = |fresh: &mut u64| {
        *fresh += 1;
        text(*fresh)
    };
    match (object, draws.below(4)) {
        (Object::Queue, 0 | 1) => Command::Enqueue(new(fresh)),
        (Object::Queue, _) => Command::Dequeue,
        (Object::Set, 0 | 1) => Command::Add(new(fresh)),
        (Object::Set, 2) => Command::Contains(text(1 + draws.below(*fresh + 1))),
        (Object::List, 0 | 1) => Command::Append(new(fresh)),
        (Object::Set | Object::List, _) => Command::ReadAll,
        (_, 0 | 1) => Command::Write(Some(new(fresh))),
        _ => Command::Read,
    }
}

/// A history that an object left which served one request at a time.
pub fn served(object: Object, records: usize, clients: u64, open: bool, seed: u64) -> History {
    let mut draws = Draws::new(seed);
    let (mut fresh, mut served) = (0, Served::default());
    let mut history = History::default();
    // What each client has under way, and whether it took effect.
    let mut busy: Vec<Option<(usize, bool)>> = vec![None; clients as usize];
    let mut session = vec![0; clients as usize];
    let mut moment = 0;
    loop {
        moment += 1;
        let client = draws.below(clients) as usize;
        busy[client] = match busy[client] {
            None if history.records.len() < records => {
                let command = command(object, &mut draws, &mut fresh);
                history.records.push(Record {
                    client: client as u32,
                    session: session[client],
                    key: "".into(),
                    command,
                    answer: Answer::Unknown,
                    call: moment,
                    returned: None,
                });
                Some((history.records.len() - 1, false))
            }
            None if busy.iter().all(Option::is_none) => break,
            None => None,
            // A client that is not told gives up, before or after the operation took effect.
            Some(_) if open && draws.below(12) == 0 => {
                session[client] += 1;
                None
            }
            Some((place, false)) => {
                let record = &mut history.records[place];
                record.answer = served.answer(&record.command);
                Some((place, true))
            }
            Some((place, true)) => {
                history.records[place].returned = Some(moment);
                None
            }
        };
    }
    for record in history.records.iter_mut().filter(|record| record.returned.is_none()) {
        record.answer = Answer::Unknown;
    }
    history
}

/// Exchanges two answers of one kind.
fn exchanged(history: &History, seed: u64) -> History {
    let mut draws = Draws::new(seed ^ 0xE0);
    let mut history = history.clone();
    let told: Vec<usize> = (0..history.records.len())
        .filter(|place| {
            let record = &history.records[*place];
            record.returned.is_some()
                && matches!(record.answer, Answer::Found(_) | Answer::Items(_) | Answer::Present(_))
        })
        .collect();
    if told.len() < 2 {
        return history;
    }
    let mut one = || told[draws.below(told.len() as u64) as usize];
    let (first, second) = (one(), one());
    let of = |place: usize| history.records[place].answer.clone();
    let (first_answer, second_answer) = (of(first), of(second));
    if std::mem::discriminant(&first_answer) == std::mem::discriminant(&second_answer) {
        history.records[first].answer = second_answer;
        history.records[second].answer = first_answer;
    }
    history
}

/// The same, and at its end what the direct methods leave to the search, and what makes no
/// difference.
fn with_a_twin(object: Object, history: &History) -> History {
    let mut history = history.clone();
    let twin = || match object {
        Object::Queue => Command::Enqueue("twin".into()),
        Object::Set => Command::Remove("twin".into()),
        Object::List => Command::Append("twin".into()),
        _ => Command::Write(Some("twin".into())),
    };
    for number in 0..2 {
        history.records.push(Record {
            client: 1_000,
            session: 0,
            key: "".into(),
            command: twin(),
            answer: Answer::Done,
            call: 1_000_000 + 2 * number,
            returned: Some(1_000_001 + 2 * number),
        });
    }
    history
}

#[test]
fn direct_methods_and_the_search_agree() {
    const LIMITS: Limits = Limits { steps: 200_000, memory_bytes: 64 << 20 };
    for object in [Object::Register, Object::Queue, Object::Set, Object::List] {
        let mut counts = BTreeMap::new();
        for seed in 0..400 {
            let clients = 2 + seed % 4;
            let plain = served(object, 12 + seed as usize % 20, clients, seed % 3 == 0, seed);
            let changed = exchanged(&plain, seed);
            for history in [plain, changed] {
                let direct = judge(&history, object, Model::Linearizable, LIMITS);
                let twin = with_a_twin(object, &history);
                let searched = judge(&twin, object, Model::Linearizable, LIMITS).holds();
                if let Verdict::Holds(orders) = &direct {
                    assert!(is_witness(&history, object, &orders[0].records, true), "{history:#?}");
                }
                if let Some(searched) = searched {
                    assert_eq!(direct.holds(), Some(searched), "{history:#?}\n{direct:?}");
                    *counts.entry(searched).or_insert(0) += 1;
                }
            }
        }
        assert!(counts[&true] >= 300 && counts[&false] >= 100, "{object:?} {counts:?}");
    }
}

/// Sessions that read and write a few keys, each value written once, at a store where a read may be
/// answered late: by the value before the last.
pub fn lagging_store(records: usize, lags: u64, seed: u64) -> History {
    let mut draws = Draws::new(seed);
    let mut history = History::default();
    let mut values: Vec<Vec<Value>> = vec![vec![None]; 5];
    for number in 0..records as u64 {
        let key = draws.below(5);
        let written = &mut values[key as usize];
        let (command, answer) = if draws.below(2) == 0 {
            written.push(Some(text(number + 1)));
            (Command::Write(written.last().cloned().flatten()), Answer::Done)
        } else {
            let late = usize::from(written.len() > 1 && draws.below(lags) == 0);
            (Command::Read, Answer::Found(written[written.len() - 1 - late].clone()))
        };
        history.records.push(Record {
            client: draws.below(8) as u32,
            session: 0,
            key: text(key),
            command,
            answer,
            call: 2 * number + 1,
            returned: Some(2 * number + 2),
        });
    }
    history
}

#[test]
fn sessions_of_hundreds_of_operations_are_decided() {
    const OF_SESSIONS: [Model; 8] = [
        Model::Causal,
        Model::Pram,
        Model::ReadYourWrites,
        Model::MonotonicReads,
        Model::MonotonicWrites,
        Model::WritesFollowReads,
        Model::Eventual,
        Model::StrongEventual,
    ];
    let mut broken = BTreeMap::new();
    for seed in 0..4 {
        for (records, lags) in [(200, 4), (500, 20), (900, 60)] {
            let history = lagging_store(records, lags, seed);
            for model in OF_SESSIONS {
                match judge(&history, Object::Kv, model, Limits::default()) {
                    Verdict::Violated(violation) => {
                        assert!(violation.culprits.len() < 12, "{model:?} {violation:?}");
                        *broken.entry(model).or_insert(0) += 1;
                    }
                    Verdict::GaveUp(why) => panic!("{model:?} of {records}: {why}"),
                    Verdict::Holds(_) | Verdict::NotApplicable(_) => {}
                }
            }
        }
    }
    let least = [
        (Model::Causal, 5),
        (Model::Pram, 5),
        (Model::ReadYourWrites, 1),
        (Model::MonotonicReads, 2),
        (Model::StrongEventual, 2),
    ];
    for (model, least) in least {
        assert!(broken.get(&model).is_some_and(|many| *many >= least), "{model:?} {broken:?}");
    }
}

#[test]
fn long_histories_of_items_are_ordered_or_explained() {
    for object in [Object::Register, Object::Queue, Object::Set] {
        let records = if object == Object::Set { 600 } else { 6_000 };
        let history = served(object, records, 50, false, 7);
        match judge(&history, object, Model::Linearizable, Limits::default()) {
            Verdict::Holds(orders) => {
                assert!(is_witness(&history, object, &orders[0].records, true), "{object:?}");
            }
            other => panic!("{object:?} {other:?}"),
        }
        let caught = (0..5).filter(|seed| {
            let changed = exchanged(&history, *seed);
            match judge(&changed, object, Model::Linearizable, Limits::default()) {
                Verdict::Violated(violation) => {
                    // A whole set that was read has as many culprits as items.
                    let is_small = object == Object::Set || violation.culprits.len() < 20;
                    assert!(is_small, "{object:?} {violation:?}");
                    true
                }
                Verdict::Holds(_) => false,
                other => panic!("{object:?} {other:?}"),
            }
        });
        assert!(caught.count() >= 2, "{object:?}");
    }
}
