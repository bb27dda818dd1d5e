//! `run`, `link` and `show`: a scenario in and out.

use std::path::Path;

use consensus_playground::consistency::from_run;
use consensus_playground::history_files;
use consensus_playground::scenario::link::{self, Link};
use consensus_playground::scenario::{Scenario, text, transcript};
use consensus_playground::timeline::{BranchId, Moment, Timeline};
use serde_json::json;

use super::{BadInput, Ending, input, say};

/// Runs a scenario from a file or a link and prints its transcript.
pub(super) fn run(
    file: Option<&Path>,
    link: Option<&str>,
    as_json: bool,
    history: Option<&Path>,
) -> Result<Ending, BadInput> {
    let (scenario, recorded) = match (file, link) {
        (Some(file), _) => (input::scenario(file)?, None),
        (None, Some(link)) => {
            let Link { scenario, recorded } = decode(link)?;
            (scenario, recorded)
        }
        (None, None) => return Err(BadInput("expected a file or --link".to_owned())),
    };
    if let Some(history) = history {
        write_history(&scenario, history)?;
    }
    let mut report = transcript::report(&scenario);
    if let (Some(recorded), Ok(timeline)) = (&recorded, Timeline::open(scenario.clone())) {
        report.failures.extend(timeline.divergence(recorded));
    }
    if as_json {
        let value = json!({
            "title": scenario.name(),
            "protocol": scenario.sheet().id,
            "actions": report.actions,
            "fingerprint": format!("{:016x}", report.fingerprint),
            "expectations": report.expectations,
            "failures": report.failures,
            "transcript": report.lines,
        });
        say!("{value}");
    } else {
        for line in &report.lines {
            say!("{line}");
        }
        match report.failures.len() {
            0 => say!("= all held: {} expectations", report.expectations),
            _ => {
                for failure in &report.failures {
                    say!("= FAILED {failure}");
                }
            }
        }
    }
    Ok(if report.failures.is_empty() { Ending::Held } else { Ending::Failed })
}

/// Writes what the clients of a scenario's run saw.
fn write_history(scenario: &Scenario, file: &Path) -> Result<(), BadInput> {
    let bad = |error: &dyn std::fmt::Display| BadInput(format!("{}: {error}", file.display()));
    let timeline = Timeline::open(scenario.clone()).map_err(|error| bad(&error))?;
    let end = timeline.world_at(BranchId(0), timeline.length(BranchId(0)));
    let (history, object) =
        from_run(end.history().records(), &end.past()).map_err(|error| bad(&error))?;
    std::fs::write(file, history_files::write(&history, object)).map_err(|error| bad(&error))
}

/// Prints the link of a scenario's run.
pub(super) fn link(file: &Path, as_json: bool) -> Result<Ending, BadInput> {
    let scenario = input::scenario(file)?;
    let link = encode(scenario, file)?;
    if as_json {
        say!("{}", json!({ "link": link, "characters": link.len() }));
    } else {
        say!("#{link}");
    }
    Ok(Ending::Held)
}

fn encode(scenario: Scenario, file: &Path) -> Result<String, BadInput> {
    let timeline = Timeline::open(scenario.clone())
        .map_err(|error| BadInput(format!("{}: {error}", file.display())))?;
    let end = Moment { branch: BranchId(0), index: timeline.length(BranchId(0)) };
    let recorded = Some(timeline.record(end));
    let link = link::encode(&Link { scenario, recorded });
    let most = consensus_playground::scenario::bounds::LINK_CHARS_MAX;
    if link.len() > most {
        let found = link.len();
        return Err(BadInput(format!(
            "{}: its link would have {found} characters, at most {most} are allowed",
            file.display()
        )));
    }
    Ok(link)
}

/// Prints the text of a link.
pub(super) fn show(source: &str, as_json: bool) -> Result<Ending, BadInput> {
    let Link { scenario, recorded } = decode(source)?;
    let printed = text::print(&scenario);
    if as_json {
        let recorded = recorded.map(|recorded| {
            json!({
                "actions": recorded.actions,
                "fingerprint": format!("{:016x}", recorded.fingerprint),
            })
        });
        say!("{}", json!({ "scenario": printed, "recorded": recorded }));
    } else {
        say!("{}", printed.trim_end());
    }
    Ok(Ending::Held)
}

fn decode(source: &str) -> Result<Link, BadInput> {
    link::decode(source).map_err(|error| BadInput(format!("the link: {error}")))
}
