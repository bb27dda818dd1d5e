//! Every shipped scenario is a preset, a lesson and a regression test: it runs as it says, its
//! transcript is a golden file, and text, link and export all give back the same run.
//!
//! `UPDATE_GOLDENS=1 cargo test --test scenarios` rewrites `tests/golden`; read the difference
//! before you commit it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use consensus_playground::action::Action;
use consensus_playground::scenario::link::{self, Link};
use consensus_playground::scenario::presets::{self, Preset};
use consensus_playground::scenario::{Language, Scenario, Step, text, transcript};
use consensus_playground::timeline::{BranchId, Moment, Timeline};

const MAIN: BranchId = BranchId(0);
const REWRITE: &str = "UPDATE_GOLDENS=1 cargo test --test scenarios";
/// How far the long runs go; the test of the WebAssembly module plays as far.
const LONG_RUN_ACTIONS: u32 = 5000;

fn golden_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

fn rewrites() -> bool {
    std::env::var_os("UPDATE_GOLDENS").is_some_and(|value| value == "1")
}

/// Compares with a golden file, or rewrites it; what is wrong, where something is.
fn compare(name: &str, found: &str) -> Option<String> {
    let path = golden_folder().join(name);
    if rewrites() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, found).unwrap();
        return None;
    }
    let Ok(expected) = fs::read_to_string(&path) else {
        return Some(format!("tests/golden/{name} is missing; write it with `{REWRITE}`"));
    };
    if expected == found {
        return None;
    }
    let (old, new): (Vec<_>, Vec<_>) = (expected.lines().collect(), found.lines().collect());
    let same = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
    Some(format!(
        "tests/golden/{name}, line {}:\n  was  {}\n  is   {}\nIf it is meant: `{REWRITE}`",
        same + 1,
        old.get(same).unwrap_or(&"(the end)"),
        new.get(same).unwrap_or(&"(the end)"),
    ))
}

fn open(scenario: &Scenario) -> Timeline {
    Timeline::open(scenario.clone()).unwrap_or_else(|error| panic!("{}: {error}", scenario.name()))
}

fn actions(timeline: &Timeline, length: u64) -> Vec<Action> {
    (0..length).map(|index| timeline.action(MAIN, index).unwrap().clone()).collect()
}

/// Calls `check` with every preset; a complaint of any fails the test, all are told.
fn for_every_preset(check: impl Fn(&Preset, &Scenario) -> Result<(), String>) {
    let presets = presets::all();
    assert!(presets.len() >= 15, "the presets are embedded: {}", presets.len());
    let complaints: Vec<String> = presets
        .iter()
        .filter_map(|preset| {
            let scenario = match text::parse(preset.text) {
                Ok(scenario) => scenario,
                Err(error) => return Some(format!("{}: {error}", preset.id)),
            };
            check(preset, &scenario).err().map(|why| format!("{}: {why}", preset.id))
        })
        .collect();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

fn ensure(is_so: bool, why: impl Into<String>) -> Result<(), String> {
    if is_so { Ok(()) } else { Err(why.into()) }
}

#[test]
fn every_scenario_meets_its_expectations() {
    for_every_preset(|_, scenario| {
        let report = transcript::report(scenario);
        ensure(report.failures.is_empty(), report.failures.join("; "))
    });
}

#[test]
fn transcripts_are_as_they_were() {
    for_every_preset(|preset, scenario| {
        let found = transcript::report(scenario).lines.join("\n") + "\n";
        compare(&format!("{}.txt", preset.id), &found).map_or(Ok(()), Err)
    });
}

#[test]
fn long_runs_end_as_they_did() {
    let fingerprints: BTreeMap<&str, String> = presets::all()
        .into_iter()
        .map(|preset| {
            let scenario = text::parse(preset.text).unwrap();
            let fingerprint = transcript::play(&scenario, LONG_RUN_ACTIONS).unwrap();
            (preset.id, format!("{fingerprint:016x}"))
        })
        .collect();
    let found = serde_json::to_string_pretty(&fingerprints).unwrap() + "\n";
    if let Some(why) = compare("long-runs.json", &found) {
        panic!("{why}");
    }
}

#[test]
fn no_golden_file_is_without_its_scenario() {
    let mut known: BTreeSet<PathBuf> =
        presets::all().iter().map(|preset| PathBuf::from(format!("{}.txt", preset.id))).collect();
    known.insert(PathBuf::from("long-runs.json"));
    let mut folders = vec![golden_folder()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(golden_folder()).unwrap().to_owned();
            assert!(known.contains(&name), "no scenario has {}: delete it", path.display());
        }
    }
}

#[test]
fn every_scenario_speaks_both_languages() {
    for_every_preset(|_, scenario| {
        for language in Language::ALL {
            let suffix = language.suffix();
            ensure(scenario.title.contains_key(&language), format!("no title{suffix}"))?;
            ensure(scenario.about.contains_key(&language), format!("no about{suffix}"))?;
        }
        let mut steps = scenario.steps.iter();
        while let Some(step) = steps.next() {
            match step {
                Step::Note(Language::En, words) => ensure(
                    matches!(steps.next(), Some(Step::Note(Language::Zh, _))),
                    format!("no note.zh after “{words}”"),
                )?,
                Step::Note(language, words) => {
                    Err(format!("note{} without a note before: “{words}”", language.suffix()))?
                }
                _ => {}
            }
        }
        Ok(())
    });
}

#[test]
fn every_scenario_expects_something_and_narrates() {
    for_every_preset(|_, scenario| {
        let has = |is: fn(&Step) -> bool| scenario.steps.iter().any(is);
        ensure(has(|step| matches!(step, Step::Expect(_))), "expects nothing")?;
        ensure(has(|step| matches!(step, Step::Note(..))), "has no note")
    });
}

#[test]
fn every_scenario_opens_within_its_run() {
    for_every_preset(|_, scenario| {
        let length = open(scenario).length(MAIN);
        ensure(scenario.open_at <= length, format!("opens at {} of {length}", scenario.open_at))
    });
}

#[test]
fn printing_is_canonical_and_loses_nothing() {
    for_every_preset(|_, scenario| {
        let printed = text::print(scenario);
        let again = text::parse(&printed).map_err(|error| format!("printed: {error}"))?;
        ensure(again == *scenario, "what is printed is another scenario")?;
        ensure(text::print(&again) == printed, "printing twice differs")
    });
}

#[test]
fn a_link_holds_the_scenario_and_replays_to_the_same_run() {
    for_every_preset(|_, scenario| {
        let timeline = open(scenario);
        let end = Moment { branch: MAIN, index: timeline.length(MAIN) };
        let recorded = timeline.record(end);
        let link = Link { scenario: scenario.clone(), recorded: Some(recorded) };
        let decoded = link::decode(&link::encode(&link)).map_err(|error| error.to_string())?;
        ensure(decoded == link, "the link holds something else")?;
        let replayed = open(&decoded.scenario);
        let divergence = replayed.divergence(&decoded.recorded.unwrap());
        divergence.map_or(Ok(()), Err)
    });
}

#[test]
fn a_report_and_a_timeline_run_alike() {
    for_every_preset(|_, scenario| {
        let (report, timeline) = (transcript::report(scenario), open(scenario));
        let end = timeline.length(MAIN);
        ensure(report.actions == end, format!("{} actions and {end}", report.actions))?;
        let found = timeline.world_at(MAIN, end).fingerprint();
        ensure(report.fingerprint == found, "fingerprints differ")
    });
}

/// Exports a prefix, reopens it, and compares every action and the end.
fn check_export(timeline: &Timeline, index: u64) -> Result<(), String> {
    let scenario = timeline.export(Moment { branch: MAIN, index });
    let printed = text::print(&scenario);
    let parsed = text::parse(&printed).map_err(|error| format!("export at {index}: {error}"))?;
    ensure(parsed == scenario, format!("export at {index} is not what its text says"))?;
    let again = Timeline::open(parsed).map_err(|error| format!("export at {index}: {error}"))?;
    let (before, after) = (actions(timeline, index), actions(&again, again.length(MAIN)));
    let same = before.iter().zip(&after).take_while(|(before, after)| before == after).count();
    ensure(
        before == after,
        format!(
            "export at {index} ({} actions become {}) differs at {same}: {:?} became {:?}",
            before.len(),
            after.len(),
            before.get(same),
            after.get(same)
        ),
    )?;
    let fingerprint = |timeline: &Timeline| timeline.world_at(MAIN, index).fingerprint();
    ensure(fingerprint(timeline) == fingerprint(&again), format!("export at {index}: fingerprint"))
}

#[test]
fn an_exported_run_reopens_to_the_same_actions() {
    for_every_preset(|_, scenario| {
        let timeline = open(scenario);
        check_export(&timeline, timeline.length(MAIN))
    });
}

#[test]
fn every_exported_prefix_reopens_to_the_same_actions() {
    for_every_preset(|_, scenario| {
        let timeline = open(scenario);
        (0..timeline.length(MAIN)).step_by(7).try_for_each(|index| check_export(&timeline, index))
    });
}

#[test]
fn a_violation_after_an_expectation_that_all_is_well_is_a_failure() {
    // Expecting at one moment that an invariant holds does not allow its later violation.
    let violated = presets::find("raft/vote-lost-in-a-restart").unwrap().text;
    let text: String = violated
        .lines()
        .filter(|line| !line.starts_with("expect"))
        .flat_map(|line| match line {
            "crash n3" => vec!["expect holds election-safety", line],
            _ => vec![line],
        })
        .map(|line| format!("{line}\n"))
        .collect();
    let report = transcript::report(&text::parse(&text).unwrap());
    let failures = report.failures.join("\n");
    assert!(failures.contains("term-monotone"), "{failures}");
    assert!(failures.contains("election-safety"), "only these were reported:\n{failures}");
}

/// Every bug that was found is kept as the smallest scenario that showed it.
#[test]
fn what_was_mended_stays_mended() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/regressions");
    let mut count = 0;
    for protocol in std::fs::read_dir(root).unwrap() {
        for file in std::fs::read_dir(protocol.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            let source = std::fs::read_to_string(&path).unwrap();
            let scenario = text::parse(&source).unwrap_or_else(|error| panic!("{path:?}: {error}"));
            let report = transcript::report(&scenario);
            assert_eq!(report.failures, Vec::<String>::new(), "{path:?}");
            assert!(report.expectations > 0, "{path:?} expects nothing");
            count += 1;
        }
    }
    assert!(count >= 6);
}
