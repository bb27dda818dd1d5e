//! States that differ in who is who are one to the explorer, and figure 8 of the Raft paper is found from
//! nothing.

use std::collections::BTreeSet;

use consensus_playground::explore::{
    Breadth, Finding, Limits, Plan, Progress, Request, Space, Worlds, run_of, searchable, tell,
    worlds_after,
};
use consensus_playground::scenario::{Scenario, text, transcript};

const RAFT: &str = "protocol raft\nnodes 3\nclients 1\nwithout pre-vote leader-stickiness\n";

fn scenario(header: &str) -> Scenario {
    searchable(&text::parse(header).unwrap_or_else(|error| panic!("{error} in\n{header}")))
}

fn plan(scenario: &Scenario, request: &str) -> Plan {
    Request::parse(scenario, request).unwrap().plan
}

fn search(scenario: &Scenario, request: &str) -> Breadth<Worlds> {
    let worlds = worlds_after(scenario, plan(scenario, request)).unwrap();
    let mut search = Breadth::new(worlds, Limits { states: 3_000_000, ..Limits::default() });
    while search.advance(4096) == Progress::Running {}
    search
}

/// Each blank entry that a leader begins with travels alone, so that an old one reaches a majority before
/// the new one does; without `commit-only-own-term` it is then taken for committed.
const FIGURE_8: &str = "without commit-only-own-term\nset entries-per-message 1\n";
const FIGURE_8_REQUEST: &str = "budget timers=4\nsilent heartbeat\ntimely\n";

#[test]
fn figure_8_is_found_from_nothing_in_eighteen_actions() {
    let scenario = scenario(&format!("{RAFT}{FIGURE_8}"));
    let search = search(&scenario, FIGURE_8_REQUEST);
    let run = run_of(&search).unwrap().expect("something is found");
    let Finding::Violation { property, .. } = &run.finding else { panic!("no goal was set") };
    assert_eq!((property.as_str(), run.actions.len()), ("leader-completeness", 18));
    assert!(search.counts().distinct < 60_000, "{:?}", search.counts());
    let told = tell(&scenario, &run).unwrap();
    let replayed = text::parse(&told.text).unwrap();
    assert_eq!(transcript::report(&replayed).failures, Vec::<String>::new(), "{}", told.text);
}

#[test]
fn with_the_rule_on_figure_8_does_not_happen() {
    let search = search(&scenario(&format!("{RAFT}set entries-per-message 1\n")), FIGURE_8_REQUEST);
    assert_eq!((search.progress(), search.finding()), (Progress::Exhausted, None));
}

/// All states, searched as if every name mattered, fall into as many classes as a search with symmetry
/// finds: it misses none, and takes no two for one that differ otherwise.
#[test]
fn one_state_of_each_class_is_looked_at() {
    let two = "protocol raft\nnodes 2\nclients 2\nwithout pre-vote leader-stickiness\n";
    let four = "protocol raft\nnodes 4\nclients 1\nwithout pre-vote leader-stickiness\n";
    for (header, request, nodes_orders) in [
        (RAFT, "budget timers=2\nsilent heartbeat\n", 6),
        (RAFT, "budget timers=1,crashes=1\n", 6),
        (RAFT, "budget timers=1,operations=1,cuts=1\ntimely\nask-leaders\n", 6),
        (RAFT, "budget timers=1,operations=1,retries=1\nask-leaders\nsilent heartbeat\n", 3),
        (two, "budget timers=1,operations=2\nask-leaders\n", 2),
        (four, "budget timers=1\nsilent heartbeat\n", 24),
    ] {
        let scenario = scenario(header);
        let by_class = search(&scenario, request);
        assert_eq!(by_class.progress(), Progress::Exhausted, "{request}");
        let classes = by_class.counts().distinct;

        let symmetric = plan(&scenario, request);
        let each =
            worlds_after(&scenario, plan(&scenario, &format!("{request}no symmetry\n"))).unwrap();
        let (mut seen, mut found) = (BTreeSet::new(), BTreeSet::new());
        let mut waiting = each.initial();
        while let Some(state) = waiting.pop() {
            let here = Worlds::new(state.world(), symmetric.clone());
            let rest = (state.left().to_string(), state.called());
            let class = here.initial().into_iter().map(|state| here.fingerprint(&state));
            found.extend(class.map(|class| (class, rest.clone())));
            each.successors(&state, &mut |_, fingerprint, make| {
                if seen.insert(fingerprint) {
                    waiting.push(make());
                }
                true
            });
        }
        assert_eq!(found.len() as u64, classes, "{header}{request}");
        let whole = seen.len() as u64 + 1;
        assert!(classes * nodes_orders >= whole, "{header}{request}: {classes} of {whole}");
        assert!(classes * 2 < whole + 2 * nodes_orders, "{header}{request}: {classes} of {whole}");
    }
}

#[test]
fn what_tells_nodes_apart_keeps_every_name() {
    // Named by a goal, slower, on a slower link, or of a protocol that compares names.
    for (header, request) in [
        (RAFT, "budget timers=1\nsilent heartbeat\ngoal n1 committed 9\n"),
        ("protocol raft\nnodes 3\nclients 1\nclock n2 rate 900\n", "budget timers=1\n"),
        ("protocol raft\nnodes 3\nclients 1\nset members 2\n", "budget timers=1\n"),
        ("protocol paxos\nnodes 3\nclients 1\n", "budget operations=1\n"),
    ] {
        let scenario = scenario(header);
        let with = search(&scenario, request).counts();
        let without = search(&scenario, &format!("{request}no symmetry\n")).counts();
        assert_eq!(with.distinct, without.distinct, "{header}{request}");
    }
}
