//! `sweep`: many seeds, each a run through random faults; a failure prints the line that replays it.

use consensus_playground::ids::RuleId;
use consensus_playground::protocols;
use consensus_playground::scenario::link::{self, Link};
use consensus_playground::sweep::{SweepRun, sweep_seed};
use serde_json::json;

use super::{BadInput, Ending, say};

/// Sweeps a range of seeds.
pub(super) fn sweep(
    protocol: &str,
    seeds: &str,
    without: &[String],
    as_json: bool,
) -> Result<Ending, BadInput> {
    let Some((place, entry)) = protocols::find(protocol) else {
        let names: Vec<&str> = protocols::REGISTRY.iter().map(protocols::Entry::id).collect();
        let names = names.join(", ");
        return Err(format!("there is no protocol “{protocol}”; expected one of: {names}").into());
    };
    let sheet = entry.sheet();
    let mut rules: Vec<RuleId> = Vec::new();
    for name in without {
        let rule = sheet.rule(name).ok_or_else(|| {
            let names: Vec<&str> = sheet.rules.iter().map(|rule| rule.id).collect();
            format!("there is no rule “{name}”; expected one of: {}", names.join(", "))
        })?;
        rules.push(rule);
    }
    let (first, last) = range(seeds)?;
    let (mut runs, mut actions, mut answered) = (0u64, 0u64, 0usize);
    let mut failures: Vec<(SweepRun, String)> = Vec::new();
    for seed in first..=last {
        let run = sweep_seed(place, seed, &rules)?;
        runs += 1;
        actions += run.actions;
        answered += run.answered;
        if run.failure.is_some() {
            let link = run
                .scenario
                .clone()
                .map(|scenario| link::encode(&Link { scenario, recorded: None }));
            failures.push((run, link.unwrap_or_default()));
        }
    }
    if as_json {
        let failed: Vec<_> = failures
            .iter()
            .map(|(run, link)| json!({ "seed": run.seed, "why": run.failure, "link": link }))
            .collect();
        say!(
            "{}",
            json!({
                "protocol": protocol, "seeds": runs, "actions": actions,
                "answered": answered, "failures": failed,
            })
        );
    } else {
        for (run, link) in &failures {
            say!("seed {}: {}", run.seed, run.failure.as_deref().unwrap_or_default());
            say!("  replay: consensus-playground run --link '{link}'");
        }
        say!(
            "{protocol}: {runs} seeds, {actions} actions, {answered} operations answered, {} failed",
            failures.len()
        );
    }
    Ok(if failures.is_empty() { Ending::Held } else { Ending::Failed })
}

fn range(text: &str) -> Result<(u64, u64), BadInput> {
    let (first, last) = text.split_once("..").unwrap_or((text, text));
    match (first.parse::<u64>(), last.trim_start_matches('=').parse::<u64>()) {
        (Ok(first), Ok(last)) if first <= last => Ok((first, last)),
        _ => Err(BadInput(format!("--seeds: expected a range such as 1..200, found “{text}”"))),
    }
}
