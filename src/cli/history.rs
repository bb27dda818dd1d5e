//! `history`: judges histories that others recorded.
//!
//! All files are read before any is judged, so that bad input is told at once and nothing else is.
//! The same files give the same output: no time is printed.

use std::path::{Path, PathBuf};

use clap::Args;
use consensus_playground::consistency::{
    Limits, MODELS, Model, OBJECTS, Object, Verdict, Violation, judge,
};
use consensus_playground::history_files::{
    self, BYTES_MAX, FORMATS, Format, Recorded, client_name, label, short,
};
use serde_json::{Value, json};

use super::picture::{self, Judged};
use super::{BadInput, Ending, input, say};

/// So many of the operations that cannot be ordered are printed.
const CULPRITS_MAX: usize = 12;
/// A sentence is cut to so many characters: values may be long.
const SENTENCE_MAX: usize = 500;
/// An operation is cut to so many characters.
const LABEL_MAX: usize = 100;

/// What `history` can be told.
#[derive(Args)]
pub(super) struct HistoryArguments {
    /// Files with one history each, or `-` for standard input.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// What the operations are about; guessed from them otherwise.
    #[arg(long, value_name = "OBJECT", value_parser = object)]
    model: Option<Object>,
    /// How the files are written; guessed from them otherwise.
    #[arg(long, value_parser = format)]
    format: Option<Format>,
    /// What to check, as often as there are guarantees to check.
    #[arg(long, value_name = "MODEL", value_parser = guarantee, default_value = "linearizable")]
    guarantee: Vec<Model>,
    /// How many steps of search one check may take.
    #[arg(long, value_name = "STEPS", default_value_t = Limits::default().steps)]
    limit: u64,
    /// How much memory the search of one check may take, in MiB.
    #[arg(long, value_name = "MIB", default_value_t = Limits::default().memory_bytes >> 20)]
    memory: u64,
    /// Print one JSON object a file instead of text.
    #[arg(long)]
    json: bool,
    /// Write a page that shows the histories and verdicts.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

fn object(word: &str) -> Result<Object, String> {
    let names = || OBJECTS.iter().map(|(_, name)| *name).collect();
    let found = OBJECTS.iter().find(|(_, name)| *name == word);
    found.map(|(object, _)| *object).ok_or_else(|| one_of(names()))
}

fn format(word: &str) -> Result<Format, String> {
    let names = || FORMATS.iter().map(|(_, name, _)| *name).collect();
    let found = FORMATS.iter().find(|(_, name, _)| *name == word);
    found.map(|(format, _, _)| *format).ok_or_else(|| one_of(names()))
}

fn guarantee(word: &str) -> Result<Model, String> {
    let names = || MODELS.iter().map(|info| info.id).collect();
    Model::of_id(word).ok_or_else(|| one_of(names()))
}

fn one_of(names: Vec<&str>) -> String {
    format!("expected one of: {}", names.join(", "))
}

/// Judges each file.
pub(super) fn history(arguments: &HistoryArguments) -> Result<Ending, BadInput> {
    let mut files = Vec::new();
    for file in &arguments.files {
        let text = input::read(file, BYTES_MAX, "a history")?;
        let recorded = history_files::read(&text, arguments.format, arguments.model)
            .map_err(|error| BadInput(format!("{}: {error}", file.display())))?;
        files.push((file.display().to_string(), recorded));
    }
    let mut models = arguments.guarantee.clone();
    // Twice the same question has one answer.
    let mut seen = Vec::new();
    models.retain(|model| {
        !seen.contains(model) && {
            seen.push(*model);
            true
        }
    });
    let limits =
        Limits { steps: arguments.limit, memory_bytes: arguments.memory.saturating_mul(1 << 20) };
    let verdicts: Vec<Vec<Verdict>> = files
        .iter()
        .map(|(_, recorded)| models.iter().map(|model| verdict(recorded, *model, limits)).collect())
        .collect();
    if let Some(page) = &arguments.html {
        write_page(page, &files, &models, &verdicts, arguments)?;
    }
    for ((name, recorded), verdicts) in files.iter().zip(&verdicts) {
        if arguments.json {
            say!("{}", object_of(name, recorded, &models, verdicts));
        } else {
            print(name, recorded, &models, verdicts, arguments);
        }
    }
    let all = || verdicts.iter().flatten();
    Ok(if all().any(|verdict| verdict.holds() == Some(false)) {
        Ending::Failed
    } else if all().any(|verdict| verdict.holds().is_none()) {
        Ending::Undecided
    } else {
        Ending::Held
    })
}

/// The verdict on one history. Where the strongest model holds, it holds for those that it implies,
/// with the same order; that is found sooner, since it may be sought for each key alone.
fn verdict(recorded: &Recorded, model: Model, limits: Limits) -> Verdict {
    let strongest = match recorded.object {
        Object::Bank => Model::StrictSerializable,
        _ => Model::Linearizable,
    };
    let judged = |model| judge(&recorded.history, recorded.object, model, limits);
    if strongest != model && strongest.implies(model) {
        let verdict = judged(strongest);
        if verdict.holds() == Some(true) {
            return verdict;
        }
    }
    judged(model)
}

fn write_page(
    page: &Path,
    files: &[(String, Recorded)],
    models: &[Model],
    verdicts: &[Vec<Verdict>],
    arguments: &HistoryArguments,
) -> Result<(), BadInput> {
    let mut judged = Vec::new();
    for ((name, recorded), verdicts) in files.iter().zip(verdicts) {
        for (model, verdict) in models.iter().zip(verdicts) {
            judged.push(Judged {
                name,
                recorded,
                model: *model,
                verdict,
                sentence: capital(&sentence(*model, verdict)),
                facts: facts(recorded, arguments),
            });
        }
    }
    std::fs::write(page, picture::page(&judged))
        .map_err(|error| BadInput(format!("{}: {error}", page.display())))
}

/// The same as a sentence of its own.
fn capital(sentence: &str) -> String {
    let mut rest = sentence.chars();
    rest.next().map(|first| first.to_uppercase().chain(rest).collect()).unwrap_or_default()
}

/// The verdict in a sentence, which goes on after the file's name.
fn sentence(model: Model, verdict: &Verdict) -> String {
    let name = model.info().id;
    match verdict {
        Verdict::Holds(_) => format!("{name}."),
        Verdict::Violated(violation) => {
            format!("not {name}: {}", short(&violation.explanation, SENTENCE_MAX))
        }
        Verdict::GaveUp(limit) => {
            format!("undecided whether {name}: {limit} (--limit and --memory raise it).")
        }
        Verdict::NotApplicable(why) => format!("undecided whether {name}: {why}."),
    }
}

/// What was read, in a sentence.
fn facts(recorded: &Recorded, arguments: &HistoryArguments) -> String {
    let records = &recorded.history.records;
    let open = records.iter().filter(|record| record.returned.is_none()).count();
    let many =
        |count: usize, one: &str| format!("{count} {one}{}", if count == 1 { "" } else { "s" });
    let guessed = match (arguments.format, arguments.model) {
        (Some(_), Some(_)) => "",
        (None, None) => " (both guessed)",
        (None, Some(_)) => " (the format guessed)",
        (Some(_), None) => " (the object guessed)",
    };
    let about = match recorded.object {
        Object::Register => "a register",
        Object::Kv => "a key-value store",
        Object::Set => "a set",
        Object::Queue => "a queue",
        Object::List => "a list",
        Object::Lock => "a lock",
        Object::Bank => "transactions",
        Object::Store => "a store of values, queues and locks",
        Object::Consensus => "a decision",
    };
    let open = match open {
        0 => String::new(),
        open => format!(", {open} never returned"),
    };
    format!(
        "{} by {}{open}; read as {} about {about}{guessed}.",
        many(records.len(), "operation"),
        many(recorded.history.clients(), "client"),
        format_name(recorded.format),
    )
}

fn object_name(object: Object) -> &'static str {
    OBJECTS.iter().find(|(other, _)| *other == object).map_or("", |(_, name)| *name)
}

fn format_name(format: Format) -> &'static str {
    FORMATS.iter().find(|(other, ..)| *other == format).map_or("", |(_, _, name)| *name)
}

fn print(
    name: &str,
    recorded: &Recorded,
    models: &[Model],
    verdicts: &[Verdict],
    arguments: &HistoryArguments,
) {
    for (model, verdict) in models.iter().zip(verdicts) {
        say!("{name}: {}", sentence(*model, verdict));
        if let Verdict::Violated(violation) = verdict {
            explain(recorded, violation);
        }
    }
    say!("  {}", facts(recorded, arguments));
}

/// What cannot be ordered, and how far an order went.
fn explain(recorded: &Recorded, violation: &Violation) {
    let records = &recorded.history.records;
    let culprits = &violation.culprits;
    if !culprits.is_empty() {
        say!("  These cannot be ordered:");
    }
    for place in culprits.iter().take(CULPRITS_MAX) {
        let record = &records[*place as usize];
        let line = recorded.lines[*place as usize];
        let (client, what) =
            (client_name(recorded, record.client), short(&label(record), LABEL_MAX));
        let open = if record.returned.is_none() { ", never returned" } else { "" };
        say!("    line {line}: client {client}: {what}{open}");
    }
    if culprits.len() > CULPRITS_MAX {
        say!("    … and {} more", culprits.len() - CULPRITS_MAX);
    }
    let longest = violation.longest.records.len();
    if longest > 0 {
        say!("  The longest order has {longest} operations; {} were tried.", violation.tried);
    }
}

/// A file's verdicts as JSON. Operations are named by their place in the order of calls, from 0.
fn object_of(name: &str, recorded: &Recorded, models: &[Model], verdicts: &[Verdict]) -> Value {
    let records = &recorded.history.records;
    let operation = |place: &u32| {
        let record = &records[*place as usize];
        json!({
            "operation": place,
            "line": recorded.lines[*place as usize],
            "client": client_name(recorded, record.client),
            "text": label(record),
        })
    };
    let one = |(model, verdict): (&Model, &Verdict)| {
        let mut value = json!({
            "guarantee": model.info().id,
            "holds": verdict.holds(),
            "sentence": sentence(*model, verdict),
        });
        match verdict {
            Verdict::Holds(orders) => {
                let order = |order: &consensus_playground::consistency::Order| {
                    let viewer = order.viewer.map(|(viewer, session)| {
                        json!({ "client": client_name(recorded, viewer), "session": session })
                    });
                    json!({ "viewer": viewer, "operations": order.records })
                };
                value["orders"] = orders.iter().map(order).collect();
            }
            Verdict::Violated(violation) => {
                value["explanation"] = violation.explanation.clone().into();
                value["culprits"] = violation.culprits.iter().map(operation).collect();
                value["longest"] = violation.longest.records.clone().into();
                value["tried"] = violation.tried.into();
            }
            Verdict::GaveUp(why) | Verdict::NotApplicable(why) => value["why"] = (*why).into(),
        }
        value
    };
    let format = FORMATS.iter().find(|(format, ..)| *format == recorded.format);
    json!({
        "file": name,
        "format": format.map_or("", |(_, name, _)| *name),
        "object": object_name(recorded.object),
        "operations": records.len(),
        "clients": recorded.history.clients(),
        "open": records.iter().filter(|record| record.returned.is_none()).count(),
        "verdicts": models.iter().zip(verdicts).map(one).collect::<Vec<_>>(),
    })
}
