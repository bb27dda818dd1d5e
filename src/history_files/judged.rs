//! Text in, verdict out, as plain data: what the page is told of a file.

use serde::Serialize;

use crate::consistency::{Limits, Model, OBJECTS, Object, Verdict, judge};

use super::{FORMATS, Format, Recorded, read};

/// A file and the verdict on it.
#[derive(Serialize)]
pub struct JudgedFile {
    /// The word of the format it was read in.
    pub format: &'static str,
    /// The word of the object it was taken to be about.
    pub object: &'static str,
    /// How many operations it has.
    pub operations: u32,
    /// How many clients called them.
    pub clients: u32,
    /// Whether the guarantee holds; `None` where that could not be said.
    pub holds: Option<bool>,
    /// Why not, or why that could not be said.
    pub why: String,
    /// The lines on which the operations are called that cannot be ordered.
    pub culprits: Vec<u32>,
}

/// Reads and judges a history; words that are absent are guessed from the text.
///
/// # Errors
/// What is wrong with the text or with the words.
pub fn judged(
    text: &str,
    format: Option<&str>,
    object: Option<&str>,
    guarantee: &str,
) -> Result<JudgedFile, String> {
    let (format, object) = words(format, object)?;
    let Some(model) = Model::of_id(guarantee) else {
        return Err(unknown("guarantee", guarantee));
    };
    let recorded = read(text, format, object).map_err(|error| error.to_string())?;
    let verdict = judge(&recorded.history, recorded.object, model, Limits::default());
    let holds = verdict.holds();
    let (why, culprits) = match verdict {
        Verdict::Holds(_) => (String::new(), Vec::new()),
        Verdict::Violated(violation) => (violation.explanation, violation.culprits),
        Verdict::GaveUp(why) | Verdict::NotApplicable(why) => (why.to_owned(), Vec::new()),
    };
    let line = |place: &u32| recorded.lines.get(*place as usize).copied();
    let (format, object) = named(&recorded);
    Ok(JudgedFile {
        format,
        object,
        operations: recorded.lines.len() as u32,
        clients: recorded.history.clients() as u32,
        holds,
        why,
        culprits: culprits.iter().filter_map(line).collect(),
    })
}

pub(super) fn unknown(what: &str, word: &str) -> String {
    ["there is no ", what, " “", word, "”"].concat()
}

/// The format and object of these words.
pub(super) fn words(
    format: Option<&str>,
    object: Option<&str>,
) -> Result<(Option<Format>, Option<Object>), String> {
    let format = match format {
        None => None,
        Some(word) => match FORMATS.iter().find(|(_, name, _)| *name == word) {
            Some((format, ..)) => Some(*format),
            None => return Err(unknown("format", word)),
        },
    };
    let object = match object {
        None => None,
        Some(word) => match OBJECTS.iter().find(|(_, name)| *name == word) {
            Some((object, _)) => Some(*object),
            None => return Err(unknown("object", word)),
        },
    };
    Ok((format, object))
}

/// The words of the format a history was read in and of its object.
pub(super) fn named(recorded: &Recorded) -> (&'static str, &'static str) {
    let format = FORMATS.iter().find(|(format, ..)| *format == recorded.format);
    let object = OBJECTS.iter().find(|(object, _)| *object == recorded.object);
    (format.map_or("", |(_, name, _)| *name), object.map_or("", |(_, name)| *name))
}
