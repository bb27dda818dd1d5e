//! Histories that others recorded, read from text.
//!
//! Four formats, guessed from the content where nobody says which: log lines of Jepsen's etcd test,
//! the key-value lines of porcupine's tests, EDN as Jepsen and Knossos store it, and lines of JSON of
//! our own (docs/histories.md). All become a [`History`], which the checkers judge.
//!
//! Pure text in, data out, so that the command line and the page read alike. A file is read once,
//! value by value; what is wrong is said with its line.

mod edn;
mod etcd;
mod events;
mod jsonl;
mod judged;
mod judging;
mod layout;
mod meaning;
mod notation;
mod operations;
mod picture;
mod words;
mod write;

pub use judged::{JudgedFile, judged};
pub use judging::{
    Facts, Judging, ModelView, Models, OrderView, Standing, Told, VerdictView, models,
};
pub use layout::{Bar, Layout, layout};
pub use picture::{DRAWN_MAX, DrawnBar, Left, PictureView, client_name, shown};
pub use words::{LABEL_MAX, label, label_width, short};
pub use write::write;

use std::fmt;

use crate::consistency::{History, Object};

/// The largest file, in bytes.
pub const BYTES_MAX: usize = 64 << 20;

/// The most operations of one file.
pub const OPERATIONS_MAX: usize = 1_000_000;

/// How a history is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Log lines of Jepsen's etcd test.
    Etcd,
    /// Porcupine's key-value lines.
    Kv,
    /// EDN as Jepsen and Knossos store it.
    Edn,
    /// Our own lines of JSON.
    Jsonl,
}

/// All formats with their words and names.
pub const FORMATS: &[(Format, &str, &str)] = &[
    (Format::Etcd, "etcd", "log lines of Jepsen's etcd test"),
    (Format::Kv, "kv", "porcupine's key-value lines"),
    (Format::Edn, "edn", "Jepsen's EDN"),
    (Format::Jsonl, "jsonl", "JSON lines"),
];

/// A history as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// How it was written.
    pub format: Format,
    /// What its operations are about.
    pub object: Object,
    /// The operations, in the order of their calls.
    pub history: History,
    /// The line on which each of them is called.
    pub lines: Vec<u32>,
}

/// What is wrong with a file, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileError {
    /// The line, from 1.
    pub line: u32,
    /// What is wrong, in a sentence.
    pub message: String,
}

impl FileError {
    /// Something else was expected; `found` says what was found.
    fn expected(line: u32, expected: &str, found: &str) -> Self {
        FileError { line, message: ["expected ", expected, ", found ", found].concat() }
    }

    /// Something else was expected; `found` stands there, and is cut to what fits on a line.
    fn instead(line: u32, expected: &str, found: &str) -> Self {
        const FOUND_MAX: usize = 60;
        let mut quoted = String::from("“");
        quoted.extend(found.chars().take(FOUND_MAX).map(|c| if c.is_control() { ' ' } else { c }));
        quoted += if found.chars().nth(FOUND_MAX).is_some() { "…”" } else { "”" };
        FileError::expected(line, expected, &quoted)
    }

    fn too_many(line: u32) -> Self {
        FileError { line, message: format!("a history has at most {OPERATIONS_MAX} operations") }
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

/// Reads a history; format and object are guessed where they are not given.
///
/// # Errors
/// What is wrong, and on which line.
pub fn read(
    text: &str,
    format: Option<Format>,
    object: Option<Object>,
) -> Result<Recorded, FileError> {
    if text.len() > BYTES_MAX {
        let message = format!("a history has at most {BYTES_MAX} bytes");
        return Err(FileError { line: 1, message });
    }
    // What some editors put before the first character.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let format = match format {
        Some(format) => format,
        None => guess(text)?,
    };
    let mut recorded = match format {
        Format::Jsonl => jsonl::read(text, object)?,
        Format::Etcd => meaning::recorded(etcd::read(text)?, format, object)?,
        Format::Kv | Format::Edn => meaning::recorded(edn::read(text)?, format, object)?,
    };
    if recorded.history.records.is_empty() {
        let message = "expected operations of clients, found none in the whole file".to_owned();
        return Err(FileError { line: 1, message });
    }
    recorded.format = format;
    Ok(recorded)
}

/// Which format a text is in, from its first lines that are not blank.
fn guess(text: &str) -> Result<Format, FileError> {
    /// Logs may begin with other remarks.
    const LINES_MAX: usize = 200;
    let mut lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    let Some((number, first)) = lines.clone().next() else {
        return Err(FileError { line: 1, message: "the file is empty".to_owned() });
    };
    if lines.by_ref().take(LINES_MAX).any(|(_, line)| line.contains(etcd::MARK)) {
        return Ok(Format::Etcd);
    }
    let first = first.trim_start();
    match first.as_bytes().first() {
        Some(b'{') if first[1..].trim_start().starts_with(['"', '}']) => Ok(Format::Jsonl),
        Some(b'{') if first.contains(":key ") => Ok(Format::Kv),
        Some(b'{' | b'[' | b'(' | b';' | b'#') => Ok(Format::Edn),
        _ => Err(FileError::instead(
            number,
            "etcd log lines, key-value lines, EDN or JSON lines",
            first,
        )),
    }
}
