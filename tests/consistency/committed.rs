//! Snapshot isolation and read committed straight from their definitions.

use std::collections::BTreeMap;

use consensus_playground::consistency::{Answer, Command, History, Object, Record, Step};

use super::brute::{State, execute, start, text};

/// Whether some order of the transactions that committed (of the open ones any may have) is one.
pub fn committed_orders(history: &History, is_one: &mut dyn FnMut(&[usize]) -> bool) -> bool {
    fn permute(
        left: &mut Vec<usize>,
        order: &mut Vec<usize>,
        must: usize,
        is_one: &mut dyn FnMut(&[usize]) -> bool,
        history: &History,
    ) -> bool {
        let placed =
            order.iter().filter(|place| history.records[**place].returned.is_some()).count();
        if placed == must && is_one(order) {
            return true;
        }
        for at in 0..left.len() {
            let place = left.remove(at);
            order.push(place);
            let found = permute(left, order, must, is_one, history);
            order.pop();
            left.insert(at, place);
            if found {
                return true;
            }
        }
        false
    }
    let mut all: Vec<usize> = (0..history.records.len())
        .filter(|place| history.records[*place].answer != Answer::Aborted)
        .collect();
    let must = all.iter().filter(|place| history.records[**place].returned.is_some()).count();
    permute(&mut all, &mut Vec::new(), must, is_one, history)
}

fn steps_of(record: &Record) -> &[Step] {
    match &record.command {
        Command::Transaction(steps) => steps,
        _ => &[],
    }
}

fn written_keys(record: &Record) -> Vec<String> {
    let mut keys = Vec::new();
    for step in steps_of(record) {
        match step {
            Step::Write(key, _) | Step::Append(key, _) => keys.push(key.to_string()),
            Step::Transfer(payer, payee, _) => keys.extend([payer.to_string(), payee.to_string()]),
            Step::Read(..) | Step::ReadList(..) => {}
        }
    }
    if record.answer == Answer::Refused { Vec::new() } else { keys }
}

/// Whether each transaction of a commit order has a snapshot at or before its commit that explains
/// it, with no commit of another writer of its keys between.
pub fn snapshots(history: &History, order: &[usize], states: &mut Vec<State>) -> bool {
    states.push(start(history));
    for (at, place) in order.iter().enumerate() {
        let record = &history.records[*place];
        let keys = written_keys(record);
        let mut next = None;
        for snapshot in (0..=at).rev() {
            let mut state = states[snapshot].clone();
            if execute(&mut state, Object::Bank, record, true) {
                let mut after = states[at].clone();
                for key in &keys {
                    let cell = state.get(key).cloned().unwrap_or_default();
                    after.insert(key.clone(), cell);
                }
                next = Some(after);
                break;
            }
            let collides = snapshot > 0
                && written_keys(&history.records[order[snapshot - 1]])
                    .iter()
                    .any(|key| keys.contains(key));
            if collides {
                break;
            }
        }
        match next {
            Some(next) => states.push(next),
            None => return false,
        }
    }
    true
}

/// Whether each read finds the last write of a transaction earlier in the order, or its own; of
/// lists, what the earlier ones had added up to one of them.
pub fn depends_backwards_only(history: &History, order: &[usize]) -> bool {
    let mut versions: BTreeMap<String, Vec<(String, Vec<String>)>> = BTreeMap::new();
    for place in order {
        let mut own: State = BTreeMap::new();
        let mut wrote: Vec<String> = Vec::new();
        for step in steps_of(&history.records[*place]) {
            let (Step::Read(key, _)
            | Step::Write(key, _)
            | Step::Append(key, _)
            | Step::ReadList(key, _)) = step
            else {
                return false;
            };
            let key = key.to_string();
            let initial = start(history).get(&key).map_or(String::new(), |cell| cell.value.clone());
            let all = versions.entry(key.clone()).or_insert_with(|| vec![(initial, Vec::new())]);
            let fits = match step {
                Step::Read(_, Some(found)) if wrote.contains(&key) => {
                    own[&key].value == text(found)
                }
                Step::Read(_, Some(found)) => all.iter().any(|(value, _)| *value == text(found)),
                Step::ReadList(_, Some(found)) => {
                    let mine = own.get(&key).map_or(Vec::new(), |cell| cell.items.clone());
                    let found: Vec<String> = found.iter().map(|item| item.to_string()).collect();
                    all.iter().any(|(_, items)| [items.clone(), mine.clone()].concat() == found)
                }
                Step::Write(_, value) => {
                    own.entry(key.clone()).or_default().value = text(value);
                    wrote.push(key);
                    true
                }
                Step::Append(_, item) => {
                    own.entry(key).or_default().items.push(item.to_string());
                    true
                }
                _ => true,
            };
            if !fits {
                return false;
            }
        }
        for (key, cell) in own {
            let all = versions.entry(key.clone()).or_default();
            let (value, items) = all.last().cloned().unwrap_or_default();
            let value = if wrote.contains(&key) { cell.value } else { value };
            all.push((value, [items, cell.items].concat()));
        }
    }
    true
}
