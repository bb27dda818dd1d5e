//! Without each rule of each protocol a run that breaks is found unaided, from an empty scenario; with
//! the rule on the same search finds nothing, and sees everything where goals stand for what breaks. The
//! table says which; `cargo xtask explore-all` does the larger ones too.

use std::collections::BTreeSet;

use consensus_playground::explore::{
    Finding, Progress, Properties, Request, begin, hunts, minimise, run_of, searchable, tell,
    worlds_after,
};
use consensus_playground::protocols::REGISTRY;
use consensus_playground::scenario::{link, text, transcript};
use consensus_playground::timeline::{BranchId, Timeline};

/// States looked at with the rule on.
const CONTROL_STATES: u64 = 2_000;

/// What is found, and after how many actions; its run replays as text and as a link. Else how far the search
/// came.
fn find(
    header: &str,
    request: &str,
    states: Option<u64>,
) -> Result<(Option<String>, usize), Progress> {
    let scenario =
        searchable(&text::parse(header).unwrap_or_else(|error| panic!("{error} in\n{header}")));
    let request = Request::parse(&scenario, request).unwrap_or_else(|error| panic!("{error}"));
    let mut limits = request.limits;
    limits.states = states.unwrap_or(limits.states);
    let worlds = worlds_after(&scenario, request.plan).unwrap();
    let mut search = begin(worlds, request.way, limits);
    while search.advance(777) == Progress::Running {}
    let Some(found) = run_of(&*search).unwrap() else { return Err(search.progress()) };
    let told = tell(&scenario, &found).unwrap();
    let read = text::parse(&told.text).unwrap();
    let report = transcript::report(&read);
    assert_eq!(report.failures, Vec::<String>::new(), "{}", told.text);
    let opened = link::decode(&told.link).unwrap();
    let timeline = Timeline::open(opened.scenario).unwrap();
    assert_eq!(timeline.divergence(&opened.recorded.unwrap()), None);
    assert!(timeline.length(BranchId(0)) >= found.actions.len() as u64);
    let actions = &found.actions;
    assert_eq!(minimise(search.space(), actions), *actions, "nothing can be left out: {header}");
    let property = match found.finding {
        Finding::Violation { property, .. } => Some(property),
        Finding::Goal => {
            let expected = told.text.lines().filter(|line| line.starts_with("expect ")).count();
            assert_eq!((expected, expected > 0), (found.goal.len(), true), "{}", told.text);
            None
        }
    };
    Ok((property, found.actions.len()))
}

#[test]
fn each_rule_is_found_missing_and_nothing_with_it() {
    let mut wrong = Vec::new();
    for hunt in hunts().unwrap().iter().filter(|hunt| !hunt.is_larger) {
        let (protocol, rule, request) = (hunt.protocol, hunt.rule, hunt.request());
        let found = find(&hunt.text, &request, None);
        // A walk's run is as short as leaving out single actions makes it.
        let is_walk = request.contains("search ");
        let length = hunt.length as usize;
        if !found.as_ref().is_ok_and(|(found, steps)| {
            found.as_deref() == hunt.property && (*steps == length || (is_walk && *steps < length))
        }) {
            let expected = hunt.found();
            wrong.push(format!(
                "{protocol} without {rule}: {found:?}, expected {expected} after {length}"
            ));
        }
        // What a goal describes is said for this one rule, so it has to be shown that nothing leads there.
        let states = hunt.property.is_some().then_some(CONTROL_STATES);
        match find(&hunt.control(), &request, states) {
            Err(Progress::Exhausted) => {}
            Err(_) if states.is_some() => {}
            control => wrong.push(format!("{protocol} with {rule}: {control:?}, expected nothing")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_table_has_every_rule_once() {
    let hunts = hunts().unwrap();
    let distinct: BTreeSet<_> = hunts.iter().map(|hunt| (hunt.protocol, hunt.rule)).collect();
    assert_eq!(distinct.len(), hunts.len(), "no rule twice");
    let rules: BTreeSet<_> = (REGISTRY.iter())
        .flat_map(|entry| entry.sheet().rules.iter().map(|rule| (entry.id(), rule.id)))
        .collect();
    assert_eq!(distinct, rules);
}

#[test]
fn every_line_can_be_asked_for() {
    for hunt in hunts().unwrap() {
        let scenario = searchable(&text::parse(&hunt.text).unwrap());
        let sheet = scenario.sheet();
        let request = Request::parse(&scenario, &hunt.request())
            .unwrap_or_else(|error| panic!("{} {}: {error}", hunt.protocol, hunt.rule));
        let Some(property) = hunt.property else {
            assert!(!request.plan.goal.is_empty(), "{} without {}", hunt.protocol, hunt.rule);
            continue;
        };
        let is_invariant = sheet.invariants.iter().any(|invariant| invariant.id == property);
        assert!(is_invariant || Properties::words().any(|word| word == property), "{property}");
    }
}
