//! Without each rule of each protocol a run that breaks is found unaided, from an empty scenario; with
//! the rule on the same search finds nothing. The table says which; `cargo xtask explore-all` does the
//! larger ones too.

use std::collections::BTreeSet;

use consensus_playground::explore::{
    Finding, Progress, Request, begin, minimise, run_of, searchable, tell, worlds_after,
};
use consensus_playground::protocols::REGISTRY;
use consensus_playground::scenario::{link, text, transcript};
use consensus_playground::timeline::{BranchId, Timeline};

/// The rows from this line on are left to `cargo xtask explore-all`.
const LARGER: &str = "== larger";
/// States looked at with the rule on.
const CONTROL_STATES: u64 = 2_000;

fn table() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/explore/hunts.txt");
    std::fs::read_to_string(path).unwrap()
}

fn rows(table: &str) -> impl Iterator<Item = Vec<&str>> {
    let lines = table.lines().filter(|line| !line.is_empty() && !line.starts_with(['#', '=']));
    lines.map(|line| line.split(" | ").map(str::trim).collect())
}

/// What is found, and after how many actions; its run replays as text and as a link.
fn find(header: &str, request: &str, states: Option<u64>) -> Option<(String, usize)> {
    let scenario =
        searchable(&text::parse(header).unwrap_or_else(|error| panic!("{error} in\n{header}")));
    let request = Request::parse(&scenario, request).unwrap_or_else(|error| panic!("{error}"));
    let mut limits = request.limits;
    limits.states = states.unwrap_or(limits.states);
    let worlds = worlds_after(&scenario, request.plan).unwrap();
    let mut search = begin(worlds, request.way, limits);
    while search.advance(777) == Progress::Running {}
    let found = run_of(&*search).unwrap()?;
    let Finding::Violation { property, .. } = &found.finding else { panic!("no goal was set") };
    let told = tell(&scenario, &found.actions, &found.finding).unwrap();
    let read = text::parse(&told.text).unwrap();
    assert_eq!(transcript::report(&read).failures, Vec::<String>::new(), "{}", told.text);
    let opened = link::decode(&told.link).unwrap();
    let timeline = Timeline::open(opened.scenario).unwrap();
    assert_eq!(timeline.divergence(&opened.recorded.unwrap()), None);
    assert!(timeline.length(BranchId(0)) >= found.actions.len() as u64);
    let actions = &found.actions;
    assert_eq!(minimise(search.space(), actions), *actions, "nothing can be left out: {header}");
    Some((property.clone(), found.actions.len()))
}

#[test]
fn each_rule_is_found_missing_and_nothing_with_it() {
    let table = table();
    let small = table.split(LARGER).next().unwrap();
    let mut wrong = Vec::new();
    for row in rows(small) {
        let [protocol, rule, header, request, property, length] = row[..] else { continue };
        let header = format!("protocol {protocol}\n{}\n", header.replace("; ", "\n"));
        let request = request.replace("; ", "\n");
        let length: usize = length.parse().unwrap();
        let found = find(&format!("{header}without {rule}\n"), &request, None);
        // A walk's run is as short as leaving out single actions makes it.
        let is_walk = request.contains("search ");
        if !found.as_ref().is_some_and(|(found, steps)| {
            found == property && (*steps == length || (is_walk && *steps < length))
        }) {
            wrong.push(format!(
                "{protocol} without {rule}: {found:?}, expected {property} after {length}"
            ));
        }
        if let Some(found) = find(&header, &request, Some(CONTROL_STATES)) {
            wrong.push(format!("{protocol} with {rule}: {found:?}, expected nothing"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_table_has_every_rule_once() {
    let table = table();
    let told: Vec<(&str, &str)> = rows(&table).map(|row| (row[0], row[1])).collect();
    let distinct: BTreeSet<_> = told.iter().copied().collect();
    assert_eq!(distinct.len(), told.len(), "no rule twice");
    let rules: BTreeSet<_> = (REGISTRY.iter())
        .flat_map(|entry| entry.sheet().rules.iter().map(|rule| (entry.id(), rule.id)))
        .collect();
    assert_eq!(distinct, rules);
    for row in rows(&table) {
        assert!(row.len() == 3 || row.len() == 6, "{row:?}");
    }
}
