//! Log lines of Jepsen's etcd test: one register with compare-and-swap, at first nil.
//!
//! A line is `INFO  jepsen.util - PROCESS<tab>:TYPE<tab>:FUNCTION<tab>VALUE`; other lines of the log
//! are passed over. `:fail` of a `:cas` is an answer: the value was not the expected one. A read that
//! fails was told nothing, so it constrains nothing.

use std::borrow::Cow;

use super::FileError;
use super::events::{Event, Kind, Pair, Pairing};
use super::notation::{Notation, Reader};

/// What stands before each event.
pub(super) const MARK: &str = "jepsen.util - ";

/// Reads the events of a log.
pub(super) fn read(text: &str) -> Result<Vec<Pair<'_>>, FileError> {
    let mut pairing = Pairing::default();
    for (line, content) in (1..).zip(text.lines()) {
        let Some((_, event)) = content.split_once(MARK) else { continue };
        let mut words = event.splitn(4, '\t').map(str::trim);
        let (process, kind) = (words.next().unwrap_or_default(), words.next());
        let function = words.next();
        // The log's own remarks have no tabs, or a name instead of a number.
        let (Some(kind), Some(function)) = (kind, function) else { continue };
        if !process.bytes().all(|byte| byte.is_ascii_digit()) || process.is_empty() {
            continue;
        }
        let Some(kind) = kind.strip_prefix(':').and_then(Kind::parse) else {
            return Err(FileError::instead(line, "one of :invoke, :ok, :fail, :info", kind));
        };
        let function = function.strip_prefix(':').unwrap_or(function);
        let Some(value) = words.next() else {
            return Err(FileError::expected(line, "a tab and a value", "the end of the line"));
        };
        let mut reader = Reader::new(value, line, Notation::Edn);
        let value = reader.read()?;
        if reader.peek()?.is_some() {
            return Err(reader.wrong("the end of the line"));
        }
        let (process, function) = (Cow::Borrowed(process), Cow::Borrowed(function));
        pairing.add(Event { line, process, kind, function, key: None, value })?;
    }
    Ok(pairing.finish())
}
