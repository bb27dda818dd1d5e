//! Calls and returns, put together into operations.
//!
//! All formats but our own tell events in the order in which they happened: a process calls, and
//! later the same process returns. A process does one thing at a time. One whose call ended in
//! `:info` (nobody knows what became of it) never comes back; its operation stays open.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::notation::Value;
use super::{FileError, OPERATIONS_MAX};

/// What an event is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// An operation is called.
    Invoke,
    /// It returned.
    Ok,
    /// It failed; what that means differs between formats.
    Fail,
    /// Nobody knows whether it took effect, or will.
    Info,
}

impl Kind {
    /// The kind of this name, such as `invoke`.
    pub(super) fn parse(name: &str) -> Option<Self> {
        match name {
            "invoke" => Some(Kind::Invoke),
            "ok" => Some(Kind::Ok),
            "fail" => Some(Kind::Fail),
            "info" => Some(Kind::Info),
            _ => None,
        }
    }
}

/// One event of a file.
pub(super) struct Event<'a> {
    /// Its line.
    pub(super) line: u32,
    /// Who.
    pub(super) process: Cow<'a, str>,
    /// What happened.
    pub(super) kind: Kind,
    /// What was asked, such as `read`.
    pub(super) function: Cow<'a, str>,
    /// Which object, where the format says it apart from the value.
    pub(super) key: Option<Cow<'a, str>>,
    /// Argument or result.
    pub(super) value: Value<'a>,
}

/// How an operation ended.
pub(super) enum Ending<'a> {
    /// It may take effect at any later time, or never.
    Open,
    /// It returned this at this place among the events, on this line.
    Returned {
        /// Whether it said that it failed.
        is_failed: bool,
        /// The place among the events.
        place: u32,
        /// The result.
        value: Value<'a>,
        /// The line.
        line: u32,
    },
}

/// A call and its end.
pub(super) struct Pair<'a> {
    /// The event of the call.
    pub(super) call: Event<'a>,
    /// Its place among the events.
    pub(super) place: u32,
    /// The end.
    pub(super) ending: Ending<'a>,
}

/// What a process is doing.
enum Doing {
    /// An operation: its place among the pairs.
    Operation(usize),
    /// Nothing any more, since its call on this line was left open.
    Gone(u32),
}

/// Puts events together as they come.
#[derive(Default)]
pub(super) struct Pairing<'a> {
    pairs: Vec<Pair<'a>>,
    processes: BTreeMap<Cow<'a, str>, Doing>,
    events: u32,
}

impl<'a> Pairing<'a> {
    /// Takes the next event.
    pub(super) fn add(&mut self, event: Event<'a>) -> Result<(), FileError> {
        let place = self.events;
        self.events += 1;
        let doing = self.processes.get(&event.process);
        let wrong = |parts: &[&str]| {
            let mut message = format!("process {} ", event.process);
            parts.iter().for_each(|part| message.push_str(part));
            Err(FileError { line: event.line, message })
        };
        match (event.kind, doing) {
            (Kind::Invoke, None) => {
                if self.pairs.len() >= OPERATIONS_MAX {
                    return Err(FileError::too_many(event.line));
                }
                self.processes.insert(event.process.clone(), Doing::Operation(self.pairs.len()));
                self.pairs.push(Pair { call: event, place, ending: Ending::Open });
                Ok(())
            }
            (Kind::Invoke, Some(Doing::Operation(open))) => {
                let line = self.pairs[*open].call.line.to_string();
                wrong(&["calls while its call of line ", &line, " is open"])
            }
            (_, Some(Doing::Gone(line))) => {
                let line = line.to_string();
                wrong(&[
                    "comes back, though `:info` on line ",
                    &line,
                    " left its call open for ever",
                ])
            }
            (_, None) => wrong(&["returns without a call"]),
            (kind, Some(Doing::Operation(open))) => {
                let pair = &mut self.pairs[*open];
                if pair.call.function != event.function || pair.call.key != event.key {
                    let line = pair.call.line.to_string();
                    let (asked, told) = (&pair.call.function, &event.function);
                    return wrong(&[
                        "returns from `",
                        told,
                        "`, but what it called on line ",
                        &line,
                        " is `",
                        asked,
                        "`, or it is another key",
                    ]);
                }
                if kind == Kind::Info {
                    self.processes.insert(event.process, Doing::Gone(event.line));
                    return Ok(());
                }
                pair.ending = Ending::Returned {
                    is_failed: kind == Kind::Fail,
                    place,
                    value: event.value,
                    line: event.line,
                };
                self.processes.remove(&event.process);
                Ok(())
            }
        }
    }

    /// The operations, in the order of their calls.
    pub(super) fn finish(self) -> Vec<Pair<'a>> {
        self.pairs
    }
}
