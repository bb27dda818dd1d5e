//! `check`: documents that show runs, held to what they claim. Every scenario's text, link and element in
//! Markdown or HTML is run, and whatever no longer holds is told with its file and line.
//!
//! What is found: fenced blocks called `consensus`, HTML code blocks of that language, elements
//! `<consensus-playground …>`, links with `#v1.…`, and addresses with `?scenario=` or `?protocol=`.
//!
//! A document that begins with `chapter` is one of the course: its lessons are replayed, and its challenges
//! solved. So is a `.txt` file in which none of these is found, so that a chapter whose first word is
//! misspelled is not taken for prose that claims nothing.

use std::path::{Path, PathBuf};

use consensus_playground::course;
use consensus_playground::scenario::link::{self, Link};
use consensus_playground::scenario::{Scenario, TextError, presets, text, transcript};
use consensus_playground::timeline::Timeline;
use serde_json::json;

use super::find::{self, Claim, Found};
use super::{BadInput, Ending, input, say};

/// The longest document.
const DOCUMENT_BYTES_MAX: usize = 16 << 20;

/// What is wrong with one claim.
struct Complaint {
    line: usize,
    message: String,
    /// Whether it could not even be read.
    is_bad: bool,
}

/// What was found in a document.
struct Checked {
    /// How many scenarios and links it shows.
    shown: usize,
    /// How many lessons and challenges it has, if it is a chapter.
    items: usize,
    complaints: Vec<Complaint>,
}

/// Checks documents; all of them, whatever is found in the first.
pub(super) fn check(files: &[PathBuf], as_json: bool) -> Result<Ending, BadInput> {
    let (mut shown, mut items, mut failed, mut unreadable) = (0, 0, 0, 0);
    for file in files {
        let text = input::read(file, DOCUMENT_BYTES_MAX, "a document")?;
        let name = file.display().to_string();
        let checked = checked(file, &text);
        shown += checked.shown;
        items += checked.items;
        for Complaint { line, message, is_bad } in checked.complaints {
            *(if is_bad { &mut unreadable } else { &mut failed }) += 1;
            if as_json {
                say!("{}", json!({ "file": name, "line": line, "message": message }));
            } else {
                say!("{name}:{line}: {message}");
            }
        }
    }
    if unreadable > 0 {
        let what = if unreadable == 1 { "place" } else { "places" };
        return Err(BadInput(format!("{unreadable} {what} cannot be read, as told above")));
    }
    if !as_json {
        let lessons = match items {
            0 => String::new(),
            _ => format!(", {items} lessons and challenges"),
        };
        say!("= {shown} scenarios and links{lessons} checked, {failed} failures");
    }
    Ok(if failed == 0 { Ending::Held } else { Ending::Failed })
}

fn checked(file: &Path, text: &str) -> Checked {
    if is_chapter(text) {
        return chapter(text);
    }
    let found = find::claims(text);
    if found.is_empty() && file.extension().is_some_and(|extension| extension == "txt") {
        return chapter(text);
    }
    let complaints = found.iter().flat_map(|Found { line, claim }| complaints(*line, claim));
    Checked { shown: found.len(), items: 0, complaints: complaints.collect() }
}

/// Whether the first line that says something begins a chapter.
fn is_chapter(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim);
    let first = lines.find(|line| !line.is_empty() && !line.starts_with('#'));
    first.is_some_and(|line| line.split_whitespace().next() == Some("chapter"))
}

/// Holds a chapter to what it says, as the tests hold those that ship.
fn chapter(text: &str) -> Checked {
    let of = |line: u32, message, is_bad| Complaint { line: line as usize, message, is_bad };
    let (items, complaints) = match course::parse(text) {
        Ok(chapter) => {
            let complaints = course::verify(&chapter).into_iter();
            let complaints = complaints.map(|found| of(found.line, found.message, false));
            (chapter.items.len(), complaints.collect())
        }
        Err(TextError { line, column, message }) => {
            (0, vec![of(line, format!("column {column}: {message}"), true)])
        }
    };
    Checked { shown: 0, items, complaints }
}

fn complaints(line: usize, claim: &Claim) -> Vec<Complaint> {
    let bad = |line: usize, message: String| vec![Complaint { line, message, is_bad: true }];
    match claim {
        Claim::Text { text: source, is_block } => match text::parse(source) {
            Ok(scenario) => failures(&scenario, |failure| match is_block {
                true => line + line_of(source, failure),
                false => line,
            }),
            Err(error) if *is_block => {
                let place = line + error.line as usize;
                bad(place, format!("column {}: {}", error.column, error.message))
            }
            Err(error) => bad(line, error.to_string()),
        },
        Claim::Preset(id) => match presets::find(id) {
            Some(_) => Vec::new(),
            None => bad(line, format!("there is no scenario “{id}”")),
        },
        Claim::Link(found) => match link::decode(found) {
            Ok(Link { scenario, recorded }) => {
                let mut found = failures(&scenario, |_| line);
                if let (Some(recorded), Ok(timeline)) = (&recorded, Timeline::open(scenario)) {
                    let differs = timeline.divergence(recorded).into_iter();
                    found.extend(differs.map(|message| Complaint { line, message, is_bad: false }));
                }
                found
            }
            Err(error) => bad(line, format!("the link: {error}")),
        },
        Claim::Query(query) => match link::from_query(query) {
            Ok(Some(scenario)) => failures(&scenario, |_| line),
            Ok(None) => Vec::new(),
            Err(error) => bad(line, format!("the address: {error}")),
        },
    }
}

/// What a scenario's run breaks of what it claims.
fn failures(scenario: &Scenario, line_of: impl Fn(&str) -> usize) -> Vec<Complaint> {
    let failures = transcript::report(scenario).failures.into_iter();
    failures.map(|message| Complaint { line: line_of(&message), message, is_bad: false }).collect()
}

/// The line in a scenario's text that a failure is about, from one; 0, which is the line that opens the
/// block, where none is.
fn line_of(source: &str, failure: &str) -> usize {
    let is_it = |line: &str| {
        let line = line.trim();
        !line.is_empty() && failure.strip_prefix(line).is_some_and(|rest| rest.starts_with(':'))
    };
    source.lines().position(is_it).map_or(0, |place| place + 1)
}
