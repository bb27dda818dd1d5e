//! Operations as a person tells them, and the sentence that says why an order is impossible.

use super::model::Model;
use super::record::{Answer, Command, History, Record, Step, Value};

fn named(record: &Record, value: &Value) -> String {
    let value = value.as_deref().unwrap_or("nil");
    if record.key.is_empty() { value.to_owned() } else { format!("{}={value}", record.key) }
}

fn place(record: &Record, preposition: &str) -> String {
    if record.key.is_empty() { String::new() } else { format!(" {preposition} {}", record.key) }
}

/// What a client did, after its name: `read x=1`.
pub(super) fn told(record: &Record) -> String {
    let item = |verb: &str, item: &str, preposition: &str| {
        format!("{verb} {item}{}", place(record, preposition))
    };
    let refused = record.answer == Answer::Refused;
    match (&record.command, &record.answer) {
        (Command::Read, Answer::Found(value)) => format!("read {}", named(record, value)),
        (Command::Read | Command::ReadAll, Answer::Items(items)) => {
            format!("read [{}]{}", items.join(" "), place(record, "from"))
        }
        (Command::Read | Command::ReadAll, _) => format!("read{}", place(record, "")),
        (Command::Write(value), _) => format!("wrote {}", named(record, value)),
        (Command::Cas(expected, value), _) => {
            let new = value.as_deref().unwrap_or("nil");
            let verb = if refused { "could not swap" } else { "swapped" };
            format!("{verb} {} for {new}", named(record, expected))
        }
        (Command::Append(text), _) => item("appended", text, "to"),
        (Command::Add(text), _) => item("added", text, "to"),
        (Command::Remove(text), _) => item("removed", text, "from"),
        (Command::Contains(text), Answer::Present(false)) => item("did not find", text, "in"),
        (Command::Contains(text), _) => item("found", text, "in"),
        (Command::Enqueue(text), _) => item("enqueued", text, "in"),
        (Command::Dequeue, Answer::Found(Some(text))) => item("dequeued", text, "from"),
        (Command::Dequeue, Answer::Found(None)) => format!("found no item{}", place(record, "in")),
        (Command::Dequeue, _) => format!("dequeued{}", place(record, "from")),
        (Command::Lock, _) if refused => format!("was refused the lock{}", place(record, "of")),
        (Command::Lock, _) => format!("took the lock{}", place(record, "of")),
        (Command::Unlock, _) if refused => {
            format!("could not give back the lock{}", place(record, "of"))
        }
        (Command::Unlock, _) => format!("gave back the lock{}", place(record, "of")),
        (Command::Propose(value), Answer::Found(Some(decided))) => {
            format!("learned {decided} when proposing {value}")
        }
        (Command::Propose(value), _) => format!("proposed {value}"),
        (Command::Transaction(steps), answer) => {
            let steps: Vec<String> = steps.iter().map(step).collect();
            let verb = match answer {
                Answer::Refused => "was refused",
                Answer::Aborted => "aborted",
                _ => "did",
            };
            format!("{verb} [{}]", steps.join(", "))
        }
    }
}

fn step(step: &Step) -> String {
    let of = |value: &Value| value.as_deref().unwrap_or("nil").to_owned();
    match step {
        Step::Read(key, Some(value)) => format!("read {key}={}", of(value)),
        Step::Read(key, None) | Step::ReadList(key, None) => format!("read {key}"),
        Step::Write(key, value) => format!("write {key}={}", of(value)),
        Step::Append(key, item) => format!("append {item} to {key}"),
        Step::ReadList(key, Some(items)) => format!("read {key}=[{}]", items.join(" ")),
        Step::Transfer(payer, payee, amount) => {
            format!("transfer {amount} from {payer} to {payee}")
        }
    }
}

/// What a client is called.
pub(super) fn name(history: &History, client: u32) -> String {
    match history.name(client) {
        Some(name) => format!("client {name}"),
        None => format!("client {client}"),
    }
}

fn client(history: &History, record: &Record) -> String {
    format!("{} {}", name(history, record.client), told(record))
}

/// The same with `had`, before what `later` did: `client 3 had already read x=1`.
fn had(history: &History, record: &Record, later: &Record) -> String {
    let told = told(record);
    let told = match told.split_once(' ') {
        Some(("wrote", rest)) => format!("written {rest}"),
        Some(("took", rest)) => format!("taken {rest}"),
        Some(("gave", rest)) => format!("given {rest}"),
        Some(("did", rest)) => format!("done {rest}"),
        Some(("was", rest)) => format!("been {rest}"),
        _ => told,
    };
    let who = match record.client == later.client {
        true => "it".to_owned(),
        false => name(history, record.client),
    };
    format!("{who} had already {told}")
}

/// The value that an operation leaves or finds.
fn value_of(record: &Record) -> Option<&Value> {
    match (&record.command, &record.answer) {
        (Command::Write(value), _) | (Command::Cas(_, value), Answer::Done) => Some(value),
        (Command::Read, Answer::Found(value)) => Some(value),
        _ => None,
    }
}

fn writes(record: &Record, value: &Value) -> bool {
    match &record.command {
        Command::Write(written) => written == value,
        Command::Cas(_, written) => written == value && record.answer != Answer::Refused,
        Command::Append(_) | Command::Transaction(_) => true,
        _ => false,
    }
}

/// Whether a model keeps the first of two operations before the second.
fn precedes(model: Model, first: &Record, second: &Record) -> bool {
    let session = (first.client, first.session) == (second.client, second.session);
    match model {
        Model::Linearizable | Model::StrictSerializable | Model::StrongEventual => {
            first.returned.is_some_and(|returned| returned < second.call)
        }
        Model::Serializable | Model::SnapshotIsolation => false,
        _ => session && first.call < second.call,
    }
}

/// Why these records cannot be ordered, in one sentence.
pub(super) fn sentence(
    history: &History,
    model: Model,
    culprits: &[u32],
    viewer: Option<(u32, u32)>,
) -> String {
    let records: Vec<&Record> =
        culprits.iter().map(|place| &history.records[*place as usize]).collect();
    // With an arbitration an earlier answer need not be an older one.
    let keeps_order = model != Model::StrongEventual;
    for reader in records.iter().rev() {
        let (Command::Read, Answer::Found(value)) = (&reader.command, &reader.answer) else {
            continue;
        };
        let of_key = |other: &&&Record| other.key == reader.key;
        let mut writers = history.records.iter().filter(|other| {
            let may_touch = matches!(other.command, Command::Transaction(_));
            (other.key == reader.key || may_touch)
                && other.answer != Answer::Aborted
                && writes(other, value)
        });
        let initial = history.initial.iter().find(|(key, _)| *key == reader.key);
        let is_initial = initial.map(|(_, value)| value) == value.as_ref();
        if !is_initial && writers.clone().next().is_none() {
            return format!("{}, which nobody had written.", client(history, reader));
        }
        let early = |writer: &Record| precedes(model, reader, writer);
        if !is_initial && writers.all(early) {
            return format!("{} before anybody began to write it.", client(history, reader));
        }
        let other = records.iter().rev().filter(of_key).find(|other| {
            keeps_order
                && precedes(model, other, reader)
                && value_of(other).is_some_and(|other| other != value)
        });
        if let Some(other) = other {
            return format!("{} after {}.", client(history, reader), had(history, other, reader));
        }
    }
    if let [first, second] = records[..]
        && keeps_order
        && precedes(model, first, second)
    {
        return format!("{} after {}.", client(history, second), had(history, first, second));
    }
    let told: Vec<String> = records.iter().map(|record| client(history, record)).collect();
    match (viewer, told.split_last()) {
        (_, None) => "the causes of these operations go round in a circle.".to_owned(),
        (_, Some((only, []))) => format!("nothing explains that {only}."),
        (None, Some((last, rest))) => {
            format!("no order explains that {} and {last}.", rest.join(", "))
        }
        (Some((viewer, _)), Some((last, rest))) => {
            let rest = rest.join(", ");
            format!(
                "no order that client {viewer} could have seen explains that {rest} and {last}."
            )
        }
    }
}

/// Why replicas have not come to agree.
pub(super) fn convergence(history: &History, culprits: &[u32]) -> String {
    let told: Vec<String> = culprits
        .iter()
        .filter_map(|place| history.records.get(*place as usize))
        .map(|record| client(history, record))
        .collect();
    format!("after all writes had ended, {}.", told.join(", but "))
}
