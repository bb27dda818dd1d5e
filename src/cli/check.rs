//! `check`: documents that show runs, held to what they claim. Every scenario's text, link and element in
//! Markdown or HTML is run, and whatever no longer holds is told with its file and line.
//!
//! What is found: fenced blocks called `consensus`, HTML code blocks of that language, elements
//! `<consensus-playground …>`, links with `#v1.…`, and addresses with `?scenario=` or `?protocol=`.

use std::path::PathBuf;

use consensus_playground::scenario::link::{self, Link};
use consensus_playground::scenario::{Scenario, presets, text, transcript};
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

/// Checks documents; all of them, whatever is found in the first.
pub(super) fn check(files: &[PathBuf], as_json: bool) -> Result<Ending, BadInput> {
    let (mut checked, mut failed, mut unreadable) = (0, 0, 0);
    for file in files {
        let document = input::read(file, DOCUMENT_BYTES_MAX, "a document")?;
        let name = file.display().to_string();
        for Found { line, claim } in find::claims(&document) {
            checked += 1;
            for complaint in complaints(line, &claim) {
                *(if complaint.is_bad { &mut unreadable } else { &mut failed }) += 1;
                let Complaint { line, message, .. } = complaint;
                if as_json {
                    say!("{}", json!({ "file": name, "line": line, "message": message }));
                } else {
                    say!("{name}:{line}: {message}");
                }
            }
        }
    }
    if unreadable > 0 {
        let what = if unreadable == 1 { "scenario" } else { "scenarios" };
        return Err(BadInput(format!(
            "{unreadable} {what} or links cannot be read, as told above"
        )));
    }
    if !as_json {
        say!("= {checked} scenarios and links checked, {failed} failures");
    }
    Ok(if failed == 0 { Ending::Held } else { Ending::Failed })
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
