//! Eventual and strong eventual convergence straight from their definitions.

use consensus_playground::consistency::{Answer, Command, History, Object, Record, Step};

use super::brute::{execute, mutates, start};

/// What an operation does with a key: what its last read of it finds, and whether it changes it.
struct Touch {
    found: Option<String>,
    changes: bool,
}

/// What a key names: a value, a queue or a lock of that name are three objects.
fn kind(record: &Record) -> u8 {
    match record.command {
        Command::Enqueue(_) | Command::Dequeue => 1,
        Command::Lock | Command::Unlock => 2,
        _ => 0,
    }
}

fn touch(record: &Record, (of, key): (u8, &str)) -> Touch {
    let value =
        |value: &Option<std::sync::Arc<str>>| value.as_deref().unwrap_or_default().to_owned();
    let list = |items: &[std::sync::Arc<str>]| format!("[{}]", items.join(" "));
    let mut touch = Touch { found: None, changes: false };
    let Command::Transaction(steps) = &record.command else {
        if *record.key != *key || kind(record) != of {
            return touch;
        }
        touch.changes = mutates(record);
        // Who was told the proposal of another has read it.
        if let (Command::Propose(own), Answer::Found(Some(told))) =
            (&record.command, &record.answer)
        {
            touch.changes = own == told;
            touch.found = (own != told).then(|| told.to_string());
            return touch;
        }
        touch.found = match (&record.answer, record.returned) {
            (Answer::Found(found), Some(_)) if record.command == Command::Read => {
                Some(value(found))
            }
            (Answer::Items(items), Some(_)) => Some(list(items)),
            _ => None,
        };
        return touch;
    };
    for step in steps {
        match step {
            Step::Read(at, Some(found)) if **at == *key => touch.found = Some(value(found)),
            Step::ReadList(at, Some(found)) if **at == *key => touch.found = Some(list(found)),
            Step::Write(at, _) | Step::Append(at, _) => touch.changes |= **at == *key,
            Step::Transfer(payer, payee, _) => {
                touch.changes |= **payer == *key || **payee == *key;
            }
            _ => {}
        }
    }
    touch.changes &= record.answer != Answer::Refused;
    touch
}

/// Whether the last reads of all sessions agree on each key, after its last write had returned.
/// `None` where no two sessions can be compared, or only a write that is open may have come between.
pub fn agrees(history: &History) -> Option<bool> {
    let records: Vec<&Record> =
        history.records.iter().filter(|record| record.answer != Answer::Aborted).collect();
    let mut keys: Vec<(u8, &str)> =
        records.iter().map(|record| (kind(record), &*record.key)).collect();
    for record in &records {
        if let Command::Transaction(steps) = &record.command {
            let named = steps.iter().flat_map(|step| match step {
                Step::Read(key, _) | Step::Write(key, _) => vec![&**key],
                Step::Append(key, _) | Step::ReadList(key, _) => vec![&**key],
                Step::Transfer(payer, payee, _) => vec![&**payer, &**payee],
            });
            keys.extend(named.map(|key| (0, key)));
        }
    }
    keys.sort_unstable();
    keys.dedup();
    let (mut agreeing, mut unclear) = (false, false);
    for key in keys {
        let writes = || records.iter().filter(|record| touch(record, key).changes);
        let is_open = writes().any(|write| write.returned.is_none());
        let is_last = |read: &Record| {
            writes().all(|write| write.returned.is_none_or(|back| back < read.call))
                && !records.iter().any(|later| {
                    (later.client, later.session) == (read.client, read.session)
                        && later.call > read.call
                        && touch(later, key).found.is_some()
                })
        };
        let mut found: Vec<String> = records
            .iter()
            .filter(|read| is_last(read))
            .filter_map(|read| touch(read, key).found)
            .collect();
        let many = found.len();
        found.dedup();
        match found.len() {
            0 | 1 => agreeing |= many > 1,
            _ if is_open => unclear = true,
            _ => return Some(false),
        }
    }
    (agreeing && !unclear).then_some(true)
}

/// Whether one order of all updates explains every answer: operations happen one after the other,
/// each when some of the updates that have happened, in that order, give its answer.
pub fn is_arbitrated(history: &History, object: Object) -> bool {
    let records = &history.records;
    let all: Vec<usize> =
        (0..records.len()).filter(|place| records[*place].answer != Answer::Aborted).collect();
    let happens = |place: usize, happened: &[bool], arbitration: &[usize]| {
        let is_late = all.iter().any(|other| {
            let ended = records[*other].returned;
            !happened[*other] && ended.is_some_and(|moment| moment < records[place].call)
        });
        let can_see: Vec<usize> =
            arbitration.iter().copied().filter(|update| happened[*update]).collect();
        !is_late
            && (0..1_u32 << can_see.len()).any(|seen| {
                let mut state = start(history);
                for (bit, update) in can_see.iter().enumerate() {
                    if seen & (1 << bit) != 0 {
                        execute(&mut state, object, &records[*update], false);
                    }
                }
                execute(&mut state, object, &records[place], true)
            })
    };
    fn orders(
        left: &mut Vec<usize>,
        order: &mut Vec<usize>,
        is_one: &dyn Fn(&[usize]) -> bool,
    ) -> bool {
        if left.is_empty() {
            return is_one(order);
        }
        for at in 0..left.len() {
            let place = left.remove(at);
            order.push(place);
            let found = orders(left, order, is_one);
            order.pop();
            left.insert(at, place);
            if found {
                return true;
            }
        }
        false
    }
    let mut updates: Vec<usize> =
        all.iter().copied().filter(|place| mutates(&records[*place])).collect();
    orders(&mut updates, &mut Vec::new(), &|arbitration| {
        let mut happened = vec![false; records.len()];
        while let Some(place) = all
            .iter()
            .copied()
            .find(|place| !happened[*place] && happens(*place, &happened, arbitration))
        {
            happened[place] = true;
        }
        all.iter().all(|place| happened[*place] || records[*place].returned.is_none())
    })
}
