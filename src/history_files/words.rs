//! An operation in a few characters.

use crate::consistency::{Answer, Command, Record, Step};
use crate::operation::Text;

/// The most characters of a label in a picture.
pub const LABEL_MAX: usize = 26;

/// What was asked and told, such as `read x → 5` or `write x: 5`.
pub fn label(record: &Record) -> String {
    let key = if record.key.is_empty() { String::new() } else { format!(" {}", record.key) };
    // What is written is set off from where.
    let to = if key.is_empty() { String::new() } else { format!("{key}:") };
    let asked = match &record.command {
        Command::Read => format!("read{key}"),
        Command::Write(value) => format!("write{to} {}", held(value.as_ref())),
        Command::Cas(old, new) => {
            format!("cas{to} {}→{}", held(old.as_ref()), held(new.as_ref()))
        }
        Command::Append(item) => format!("append{to} {item}"),
        Command::Add(item) => format!("add{to} {item}"),
        Command::Remove(item) => format!("remove{to} {item}"),
        Command::Contains(item) => format!("contains{to} {item}"),
        Command::ReadAll => format!("read{key}"),
        Command::Enqueue(item) => format!("enqueue{to} {item}"),
        Command::Dequeue => format!("dequeue{key}"),
        Command::Lock => format!("lock{key}"),
        Command::Unlock => format!("unlock{key}"),
        Command::Propose(value) => format!("propose {value}"),
        Command::Transaction(steps) => {
            let steps: Vec<String> = steps.iter().map(step).collect();
            steps.join("; ")
        }
    };
    let told = match &record.answer {
        Answer::Done => return asked,
        Answer::Unknown if record.returned.is_none() => return asked,
        Answer::Unknown => "?".to_owned(),
        Answer::Refused => return asked + " refused",
        Answer::Aborted => return asked + " aborted",
        Answer::Found(value) => held(value.as_ref()).to_owned(),
        Answer::Items(items) => list(items),
        Answer::Present(truth) => if *truth { "yes" } else { "no" }.to_owned(),
    };
    format!("{asked} → {told}")
}

fn step(step: &Step) -> String {
    match step {
        Step::Read(key, None) | Step::ReadList(key, None) => format!("read {key}"),
        Step::Read(key, Some(value)) => format!("read {key} → {}", held(value.as_ref())),
        Step::Write(key, value) => format!("write {key} {}", held(value.as_ref())),
        Step::Append(key, item) => format!("append {key} {item}"),
        Step::ReadList(key, Some(items)) => format!("read {key} → {}", list(items)),
        Step::Transfer(from, to, amount) => format!("{from} pays {to} {amount}"),
    }
}

fn held(value: Option<&Text>) -> &str {
    value.map_or("nil", |value| value)
}

fn list(items: &[Text]) -> String {
    format!("[{}]", items.join(" "))
}

/// At most so many characters: of a long text its beginning and, since values grow at the end, more
/// of its end.
pub fn short(text: &str, most: usize) -> String {
    let count = text.chars().count();
    if count <= most {
        return text.to_owned();
    }
    let begin = most / 2;
    let end = most - begin - 1;
    let mut short: String = text.chars().take(begin).collect();
    short.push('…');
    short.extend(text.chars().skip(count - end));
    short
}

/// How wide a label is at least, with its edges: letters are of one width, others up to twice that.
pub fn label_width(label: &str) -> u32 {
    let tenths: u32 = label.chars().map(|c| if c.is_ascii() { 67 } else { 120 }).sum();
    tenths / 10 + 14
}
