//! The models straight from their definitions: every subset of the open operations, every
//! permutation, every choice of who wrote what was read. Slow, and shares nothing with the checkers.

use std::collections::BTreeMap;

use consensus_playground::consistency::{
    Answer, Command, Contents, History, Model, Object, Record, Step,
};

use super::committed::{committed_orders, depends_backwards_only, snapshots};

/// Everything that any object holds at a key.
#[derive(Clone, Default, PartialEq)]
pub struct Cell {
    pub value: String,
    pub items: Vec<String>,
    pub holder: Option<u32>,
}

pub type State = BTreeMap<String, Cell>;

pub fn text(value: &Option<std::sync::Arc<str>>) -> String {
    value.as_deref().unwrap_or_default().to_owned()
}

pub fn start(history: &History) -> State {
    let cell = |value: &str| Cell { value: value.to_owned(), ..Cell::default() };
    let mut state: State =
        history.initial.iter().map(|(key, value)| (key.to_string(), cell(value))).collect();
    for (key, contents) in &history.contents {
        let cell = state.entry(key.to_string()).or_default();
        match contents {
            Contents::Items(items) => cell.items = items.iter().map(|i| i.to_string()).collect(),
            Contents::Holder(client) => cell.holder = Some(*client),
        }
    }
    state
}

/// Executes an operation. With `compare`, whether its answer was right; without, it is another's in
/// somebody's view: what it was told tells what it did.
pub fn execute(state: &mut State, object: Object, record: &Record, compare: bool) -> bool {
    let before = state.clone();
    let cell = state.entry(record.key.to_string()).or_default();
    let is_open = record.returned.is_none();
    let answer = if is_open { &Answer::Unknown } else { &record.answer };
    let known = *answer != Answer::Unknown;
    let told = match &record.command {
        Command::Read => Answer::Found(Some(cell.value.as_str().into())),
        Command::Write(value) => {
            cell.value = text(value);
            Answer::Done
        }
        Command::Append(item) if object == Object::List => {
            cell.items.push(item.to_string());
            Answer::Done
        }
        Command::Append(item) => {
            cell.value.push_str(item);
            Answer::Done
        }
        Command::Cas(expected, value) => {
            let swaps = match (compare, answer) {
                (false, Answer::Done) => true,
                (false, Answer::Refused) => false,
                _ => cell.value == text(expected),
            };
            if swaps {
                cell.value = text(value);
            }
            if swaps { Answer::Done } else { Answer::Refused }
        }
        Command::Add(item) => {
            cell.items.retain(|other| **other != **item);
            cell.items.push(item.to_string());
            cell.items.sort();
            Answer::Done
        }
        Command::Remove(item) => {
            cell.items.retain(|other| **other != **item);
            Answer::Done
        }
        Command::Contains(item) => Answer::Present(cell.items.iter().any(|i| **i == **item)),
        Command::ReadAll => {
            Answer::Items(cell.items.iter().map(|item| item.as_str().into()).collect())
        }
        Command::Enqueue(item) => {
            cell.items.push(item.to_string());
            Answer::Done
        }
        Command::Dequeue if !compare && *answer == Answer::Found(None) => answer.clone(),
        Command::Dequeue if cell.items.is_empty() => Answer::Found(None),
        Command::Dequeue => Answer::Found(Some(cell.items.remove(0).into())),
        Command::Lock if cell.holder.is_some_and(|holder| holder != record.client) => {
            Answer::Refused
        }
        Command::Lock if !compare && *answer == Answer::Refused => Answer::Refused,
        Command::Lock => {
            cell.holder = Some(record.client);
            Answer::Done
        }
        Command::Unlock if cell.holder != Some(record.client) => Answer::Refused,
        Command::Unlock if !compare && *answer == Answer::Refused => Answer::Refused,
        Command::Unlock => {
            cell.holder = None;
            Answer::Done
        }
        Command::Propose(value) => {
            if cell.value.is_empty() {
                cell.value = value.to_string();
            }
            Answer::Found(Some(cell.value.as_str().into()))
        }
        Command::Transaction(steps) => match transact(state, steps, compare) {
            None => return false,
            Some(true) => Answer::Done,
            Some(false) => {
                *state = before;
                Answer::Refused
            }
        },
    };
    let same = match (&told, answer) {
        (Answer::Found(Some(told)), Answer::Found(found)) => **told == *text(found),
        (Answer::Items(told), Answer::Items(found)) if object == Object::Set => {
            let mut found = found.clone();
            found.sort();
            found.dedup();
            *told == found
        }
        (told, answer) => told == answer,
    };
    !compare || !known || same
}

/// Executes steps: `None` where a read is wrong and compared, whether all were possible otherwise.
fn transact(state: &mut State, steps: &[Step], compare: bool) -> Option<bool> {
    for step in steps {
        match step {
            Step::Read(key, found) => {
                let value = state.entry(key.to_string()).or_default().value.clone();
                if compare && found.as_ref().is_some_and(|found| text(found) != value) {
                    return None;
                }
            }
            Step::Write(key, value) => {
                state.entry(key.to_string()).or_default().value = text(value);
            }
            Step::Append(key, item) => {
                state.entry(key.to_string()).or_default().items.push(item.to_string());
            }
            Step::ReadList(key, found) => {
                let items = state.entry(key.to_string()).or_default().items.clone();
                let is_it = |found: &Vec<std::sync::Arc<str>>| {
                    found.iter().map(|item| item.to_string()).collect::<Vec<_>>() == items
                };
                if compare && found.as_ref().is_some_and(|found| !is_it(found)) {
                    return None;
                }
            }
            Step::Transfer(payer, payee, amount) => {
                let balance = |state: &mut State, key: &str| {
                    let value = state.entry(key.to_owned()).or_default().value.clone();
                    if value.is_empty() { Some(0) } else { value.parse::<u64>().ok() }
                };
                let has = balance(state, payer);
                match has.filter(|has| has >= amount) {
                    None => return Some(false),
                    Some(has) => {
                        let left = (has - amount).to_string();
                        state.entry(payer.to_string()).or_default().value = left;
                    }
                }
                let Some(has) = balance(state, payee) else { return Some(false) };
                let sum = (has + amount).to_string();
                state.entry(payee.to_string()).or_default().value = sum;
            }
        }
    }
    Some(true)
}

/// What the records do, from their commands and answers.
fn step_mutates(step: &Step) -> bool {
    !matches!(step, Step::Read(..) | Step::ReadList(..))
}

pub fn mutates(record: &Record) -> bool {
    if record.answer == Answer::Refused && record.returned.is_some() {
        return false;
    }
    match &record.command {
        Command::Read | Command::Contains(_) | Command::ReadAll => false,
        Command::Cas(expected, value) => {
            record.answer == Answer::Unknown || record.returned.is_none() || expected != value
        }
        Command::Dequeue => record.answer != Answer::Found(None) || record.returned.is_none(),
        Command::Transaction(steps) => steps.iter().any(step_mutates),
        // One that was told another value than its own did nothing.
        Command::Propose(value) => {
            record.answer == Answer::Found(Some(value.clone())) || record.returned.is_none()
        }
        _ => true,
    }
}

pub fn observes(record: &Record) -> bool {
    if record.answer == Answer::Unknown || record.returned.is_none() {
        return false;
    }
    if let (Command::Transaction(steps), Answer::Done) = (&record.command, &record.answer) {
        return steps.iter().any(|step| match step {
            Step::Read(_, found) => found.is_some(),
            Step::ReadList(_, found) => found.is_some(),
            Step::Transfer(..) => true,
            Step::Write(..) | Step::Append(..) => false,
        });
    }
    !matches!(
        record.command,
        Command::Write(_)
            | Command::Append(_)
            | Command::Add(_)
            | Command::Remove(_)
            | Command::Enqueue(_)
    )
}

/// Which must be there, which comes before which, whose answers are compared.
type About<'a> =
    (&'a dyn Fn(usize) -> bool, &'a dyn Fn(usize, usize) -> bool, &'a dyn Fn(usize) -> bool);

/// Whether some order of `places` (those that did not return may be missing) respects `before` and
/// explains every answer that `compare` picks.
fn orderable(
    history: &History,
    object: Object,
    places: &[usize],
    must: &dyn Fn(usize) -> bool,
    before: &dyn Fn(usize, usize) -> bool,
    compare: &dyn Fn(usize) -> bool,
) -> bool {
    fn go(
        history: &History,
        object: Object,
        state: &State,
        left: &mut Vec<usize>,
        about: About<'_>,
    ) -> bool {
        let (must, before, compare) = about;
        if !left.iter().any(|place| must(*place)) {
            return true;
        }
        for at in 0..left.len() {
            let place = left[at];
            if left.iter().any(|other| *other != place && before(*other, place)) {
                continue;
            }
            let mut state = state.clone();
            if !execute(&mut state, object, &history.records[place], compare(place)) {
                continue;
            }
            left.remove(at);
            let found = go(history, object, &state, left, about);
            left.insert(at, place);
            if found {
                return true;
            }
        }
        false
    }
    let mut left = Vec::new();
    // An open operation that is missing holds nobody up: try every subset of the open ones.
    let open: Vec<usize> = places.iter().copied().filter(|place| !must(*place)).collect();
    for subset in 0..1_u32 << open.len() {
        left.clear();
        left.extend(places.iter().copied().filter(|place| must(*place)));
        let picked = (0..open.len()).filter(|bit| subset & (1 << bit) != 0).map(|bit| open[bit]);
        left.extend(picked);
        let every: &dyn Fn(usize) -> bool = &|_| true;
        let about = (every, before, compare);
        if go(history, object, &start(history), &mut left, about) {
            return true;
        }
    }
    false
}

/// Whether the history satisfies the model.
pub fn satisfies(history: &History, object: Object, model: Model) -> bool {
    let records = &history.records;
    let all: Vec<usize> =
        (0..records.len()).filter(|place| records[*place].answer != Answer::Aborted).collect();
    let returned = |place: usize| records[place].returned.is_some();
    let session = |one: usize, other: usize| {
        (records[one].client, records[one].session)
            == (records[other].client, records[other].session)
            && returned(one)
            && records[one].call < records[other].call
    };
    let yes = |_: usize| true;
    let one = |before: &dyn Fn(usize, usize) -> bool| {
        orderable(history, object, &all, &returned, before, &yes)
    };
    match model {
        Model::Linearizable | Model::StrictSerializable => one(&|first, second| {
            records[first].returned.is_some_and(|returned| returned < records[second].call)
        }),
        Model::Sequential => one(&session),
        Model::Serializable => one(&|_, _| false),
        Model::SnapshotIsolation => {
            committed_orders(history, &mut |order| snapshots(history, order, &mut Vec::new()))
        }
        Model::ReadCommitted => {
            committed_orders(history, &mut |order| depends_backwards_only(history, order))
        }
        _ => choices(history, object, model, &all).iter().any(|wrote| {
            viewers(history).into_iter().all(|viewer| {
                let own = |place: usize| (records[place].client, records[place].session) == viewer;
                let seen: Vec<usize> = all
                    .iter()
                    .copied()
                    .filter(|place| own(*place) || mutates(&records[*place]))
                    .collect();
                let before = relation(history, model, &all, wrote, viewer);
                let must = |place: usize| returned(place) || wrote.iter().any(|(w, _)| *w == place);
                orderable(history, object, &seen, &must, &|one, other| before[one][other], &own)
            })
        }),
    }
}

fn viewers(history: &History) -> Vec<(u32, u32)> {
    let mut all: Vec<_> =
        history.records.iter().map(|record| (record.client, record.session)).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// What an operation found that somebody must have written, each with its key and whether it is an
/// item; a transaction finds what it wrote itself in other ways.
fn found(object: Object, record: &Record) -> Vec<(String, bool, String)> {
    let Command::Transaction(steps) = &record.command else {
        let is_item = !matches!(record.command, Command::Read | Command::Cas(..));
        let key = record.key.to_string();
        let all = found_alone(object, record).into_iter();
        return all.map(|what| (key.clone(), is_item, what)).collect();
    };
    let mut all = Vec::new();
    for (at, step) in steps.iter().enumerate() {
        let (key, items, is_item) = match step {
            Step::Read(key, Some(value)) => (key, vec![text(value)], false),
            Step::ReadList(key, Some(items)) => {
                (key, items.iter().map(|item| item.to_string()).collect(), true)
            }
            _ => continue,
        };
        let is_own = steps[..at].iter().any(|own| match own {
            Step::Write(other, _) | Step::Append(other, _) => other == key,
            _ => false,
        });
        if !is_own {
            all.extend(items.into_iter().map(|what| (key.to_string(), is_item, what)));
        }
    }
    all
}

fn found_alone(object: Object, record: &Record) -> Vec<String> {
    if record.returned.is_none() {
        return Vec::new();
    }
    match (&record.command, &record.answer) {
        (Command::Read, Answer::Found(value)) => vec![text(value)],
        (Command::Cas(expected, _), Answer::Done) => vec![text(expected)],
        (Command::Contains(item), Answer::Present(true)) => vec![item.to_string()],
        (Command::Dequeue, Answer::Found(Some(item))) => vec![item.to_string()],
        (Command::ReadAll, Answer::Items(items)) => {
            let mut items: Vec<String> = items.iter().map(|item| item.to_string()).collect();
            if object == Object::Set {
                items.sort();
                items.dedup();
            }
            items
        }
        _ => Vec::new(),
    }
}

fn wrote(record: &Record, key: &str, what: &str) -> bool {
    if let Command::Transaction(steps) = &record.command {
        return steps.iter().any(|step| match step {
            Step::Write(at, value) => **at == *key && text(value) == what,
            Step::Append(at, item) => **at == *key && **item == *what,
            _ => false,
        });
    }
    *record.key == *key
        && match &record.command {
            Command::Write(value) => text(value) == what,
            Command::Cas(_, value) => {
                text(value) == what
                    && !(record.answer == Answer::Refused && record.returned.is_some())
            }
            Command::Append(item) | Command::Add(item) | Command::Enqueue(item) => **item == *what,
            _ => false,
        }
}

/// Every way to say who wrote what was read, as pairs of writer and reader.
fn choices(
    history: &History,
    object: Object,
    model: Model,
    all: &[usize],
) -> Vec<Vec<(usize, usize)>> {
    let mut choices = vec![Vec::new()];
    if model != Model::Causal && model != Model::WritesFollowReads {
        return choices;
    }
    for reader in all {
        let record = &history.records[*reader];
        for (key, is_item, what) in found(object, record) {
            let mut options: Vec<Option<usize>> = all
                .iter()
                .copied()
                .filter(|place| {
                    let other = &history.records[*place];
                    place != reader && wrote(other, &key, &what)
                })
                .map(Some)
                .collect();
            let first = start(history).remove(&*key).unwrap_or_default();
            if is_item && first.items.contains(&what) || !is_item && first.value == what {
                options.push(None);
            }
            if options.is_empty() {
                options.push(None);
            }
            choices = choices
                .into_iter()
                .flat_map(|chosen| {
                    options.iter().map(move |option| {
                        let mut chosen = chosen.clone();
                        chosen.extend(option.map(|writer| (writer, *reader)));
                        chosen
                    })
                })
                .collect();
        }
    }
    choices
}

/// Which operation must come before which in a view.
fn relation(
    history: &History,
    model: Model,
    all: &[usize],
    wrote: &[(usize, usize)],
    viewer: (u32, u32),
) -> Vec<Vec<bool>> {
    let records = &history.records;
    let mut before = vec![vec![false; records.len()]; records.len()];
    let id = |place: usize| (records[place].client, records[place].session);
    let session = |one: usize, other: usize| {
        id(one) == id(other)
            && records[one].returned.is_some()
            && records[one].call < records[other].call
    };
    for one in all.iter().copied() {
        for other in all.iter().copied().filter(|other| session(one, *other)) {
            let own = id(one) == viewer;
            let (first, second) = (&records[one], &records[other]);
            before[one][other] = match model {
                Model::Causal | Model::Pram => true,
                Model::ReadYourWrites => own && mutates(first) && observes(second),
                Model::MonotonicReads => own && observes(first) && observes(second),
                Model::MonotonicWrites => mutates(first) && mutates(second),
                _ => false,
            };
        }
    }
    if model == Model::Causal {
        wrote.iter().for_each(|(writer, reader)| before[*writer][*reader] = true);
        for middle in 0..records.len() {
            for one in 0..records.len() {
                for other in 0..records.len() {
                    before[one][other] |= before[one][middle] && before[middle][other];
                }
            }
        }
    }
    if model == Model::WritesFollowReads {
        for (writer, reader) in wrote {
            for later in all.iter().copied() {
                if session(*reader, later) && mutates(&records[later]) && later != *writer {
                    before[*writer][later] = true;
                }
            }
        }
    }
    before
}
