//! Writing a history as lines of JSON, for others to check and for [`super::read`].

use crate::consistency::{Answer, Command, Contents, History, OBJECTS, Object, Record, Step};
use crate::sorted::SortedMap;

/// What clients are called.
type Names<'a> = SortedMap<u32, &'a str>;

/// A history's lines. Clients without a name have their number.
pub fn write(history: &History, object: Object) -> String {
    let names = history.names.iter().map(|(client, name)| (*client, &**name)).collect();
    let mut text = String::from("{\"history\":1");
    if let Some((_, name)) = OBJECTS.iter().find(|(other, _)| *other == object) {
        field(&mut text, "object");
        quoted(&mut text, name);
    }
    if !history.initial.is_empty() || !history.contents.is_empty() {
        initial(&mut text, history, &names);
    }
    text += "}\n";
    for record in &history.records {
        line(&mut text, record, &names);
    }
    text
}

fn initial(text: &mut String, history: &History, names: &Names<'_>) {
    field(text, "initial");
    text.push('{');
    let mut end = "";
    let mut key = |text: &mut String, key: &str| {
        *text += end;
        end = ",";
        quoted(text, key);
        text.push(':');
    };
    for (of, value) in &history.initial {
        key(text, of);
        quoted(text, value);
    }
    for (of, contents) in &history.contents {
        key(text, of);
        match contents {
            Contents::Items(items) => list(text, items, |text, item| quoted(text, item)),
            Contents::Holder(client) => {
                who(text, *client, names);
                text.push('}');
            }
        }
    }
    text.push('}');
}

/// The beginning of something that a client does or has.
fn who(text: &mut String, client: u32, names: &Names<'_>) {
    *text += "{\"client\":";
    match names.get(&client) {
        Some(name) => quoted(text, name),
        None => *text += &client.to_string(),
    }
}

fn line(text: &mut String, record: &Record, names: &Names<'_>) {
    who(text, record.client, names);
    if record.session != 0 {
        number(text, "session", u64::from(record.session));
    }
    number(text, "call", record.call);
    if let Some(returned) = record.returned {
        number(text, "return", returned);
    }
    field(text, "do");
    command(text, record);
    if record.returned.is_some() {
        answer(text, record);
    }
    *text += "}\n";
}

fn command(text: &mut String, record: &Record) {
    let (word, argument) = match &record.command {
        Command::Read => ("read", None),
        Command::Write(value) => ("write", Some(value.as_deref())),
        Command::Cas(_, value) => ("cas", Some(value.as_deref())),
        Command::Append(item) => ("append", Some(Some(&**item))),
        Command::Add(item) => ("add", Some(Some(&**item))),
        Command::Remove(item) => ("remove", Some(Some(&**item))),
        Command::Contains(item) => ("contains", Some(Some(&**item))),
        Command::ReadAll => ("read-all", None),
        Command::Enqueue(item) => ("enqueue", Some(Some(&**item))),
        Command::Dequeue => ("dequeue", None),
        Command::Lock => ("lock", None),
        Command::Unlock => ("unlock", None),
        Command::Transaction(_) => ("transaction", None),
        Command::Propose(value) => ("propose", Some(Some(&**value))),
    };
    quoted(text, word);
    if !record.key.is_empty() {
        field(text, "key");
        quoted(text, &record.key);
    }
    match &record.command {
        Command::Cas(expected, _) => {
            field(text, "expected");
            held(text, expected.as_deref());
        }
        Command::Transaction(steps) => {
            field(text, "steps");
            list(text, steps, step);
        }
        _ => {}
    }
    if let Some(value) = argument {
        field(text, "value");
        held(text, value);
    }
}

fn step(text: &mut String, step: &Step) {
    let (word, key) = match step {
        Step::Read(key, _) => ("read", key),
        Step::Write(key, _) => ("write", key),
        Step::Append(key, _) => ("append", key),
        Step::ReadList(key, _) => ("read-list", key),
        Step::Transfer(from, _, _) => ("transfer", from),
    };
    text.push('[');
    quoted(text, word);
    text.push(',');
    quoted(text, key);
    match step {
        Step::Read(_, None) | Step::ReadList(_, None) => {}
        Step::Read(_, Some(value)) | Step::Write(_, value) => {
            text.push(',');
            held(text, value.as_deref());
        }
        Step::Append(_, item) => {
            text.push(',');
            quoted(text, item);
        }
        Step::ReadList(_, Some(items)) => {
            text.push(',');
            list(text, items, |text, item| quoted(text, item));
        }
        Step::Transfer(_, to, amount) => {
            text.push(',');
            quoted(text, to);
            text.push(',');
            *text += &amount.to_string();
        }
    }
    text.push(']');
}

fn answer(text: &mut String, record: &Record) {
    let is_read = matches!(
        record.command,
        Command::Read
            | Command::ReadAll
            | Command::Dequeue
            | Command::Contains(_)
            | Command::Propose(_)
    );
    let word = match &record.answer {
        // What is not told is not known of a read, and done of the others.
        Answer::Unknown if is_read => return,
        Answer::Done if !is_read => return,
        Answer::Unknown => "unknown",
        Answer::Done => "ok",
        Answer::Refused => "refused",
        Answer::Aborted => "aborted",
        Answer::Found(value) => {
            field(text, "found");
            return held(text, value.as_deref());
        }
        Answer::Items(items) => {
            field(text, "items");
            return list(text, items, |text, item| quoted(text, item));
        }
        Answer::Present(truth) => {
            field(text, "present");
            *text += if *truth { "true" } else { "false" };
            return;
        }
    };
    field(text, "result");
    quoted(text, word);
}

fn field(text: &mut String, name: &str) {
    *text += ",\"";
    *text += name;
    *text += "\":";
}

fn number(text: &mut String, name: &str, value: u64) {
    field(text, name);
    *text += &value.to_string();
}

fn held(text: &mut String, value: Option<&str>) {
    match value {
        Some(value) => quoted(text, value),
        None => *text += "null",
    }
}

fn list<T>(text: &mut String, items: &[T], each: impl Fn(&mut String, &T)) {
    text.push('[');
    for (place, item) in items.iter().enumerate() {
        if place > 0 {
            text.push(',');
        }
        each(text, item);
    }
    text.push(']');
}

/// A text in quotes, with what JSON wants to be escaped.
fn quoted(text: &mut String, content: &str) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    text.push('"');
    for c in content.chars() {
        match c {
            '"' | '\\' => {
                text.push('\\');
                text.push(c);
            }
            '\0'..='\u{1f}' => {
                *text += "\\u00";
                let code = c as usize;
                text.push(char::from(DIGITS[code >> 4]));
                text.push(char::from(DIGITS[code & 15]));
            }
            // Some readers of lines break here, too.
            '\u{85}' => *text += "\\u0085",
            '\u{2028}' => *text += "\\u2028",
            '\u{2029}' => *text += "\\u2029",
            _ => text.push(c),
        }
    }
    text.push('"');
}
