//! Explorations as the page drives them: in slices, from any moment of a run, and told as a scenario
//! that goes on from that moment.

use consensus_playground::action::ActionKind;
use consensus_playground::explore::{Exploration, Progress, Story, after, open, options, tell};
use consensus_playground::ids::NodeId;
use consensus_playground::scenario::{Scenario, link, text, transcript};
use consensus_playground::timeline::{BranchId, Moment, Timeline};

fn scenario(source: &str) -> Scenario {
    text::parse(source).unwrap_or_else(|error| panic!("{error} in\n{source}"))
}

fn searched(scenario: &Scenario, request: &str) -> Box<dyn Exploration> {
    let mut exploration = open(scenario, request).unwrap();
    while exploration.advance(500) == Progress::Running {}
    exploration
}

/// What was found, told, and proved by replaying text and link.
fn story(exploration: &dyn Exploration) -> Story {
    let run = exploration.run().unwrap().expect("something was found");
    let story = tell(exploration.scenario(), &run).unwrap();
    let read = text::parse(&story.text).unwrap();
    assert_eq!(transcript::report(&read).failures, Vec::<String>::new(), "{}", story.text);
    let opened = link::decode(&story.link).unwrap();
    let timeline = Timeline::open(opened.scenario).unwrap();
    assert_eq!(timeline.divergence(&opened.recorded.unwrap()), None);
    story
}

const RAFT: &str = "protocol raft\nnodes 3\nclients 1\n";

#[test]
fn a_search_goes_on_from_a_moment_of_a_run() {
    // By time, on the network as it is, some way into a run; then a rule is switched off.
    let mut timeline = Timeline::open(scenario(RAFT)).unwrap();
    timeline.run_until(400);
    let off = ActionKind::SetRule {
        rule: timeline.scenario().sheet().rule("commit-needs-majority").unwrap(),
        on: false,
    };
    let now_ms = timeline.world().now_ms();
    timeline.act(&off.at(now_ms)).unwrap();
    let here = timeline.cursor();
    assert!(here.index > 10, "{here:?}");
    let up_to_here = timeline.export(here);
    let request = "budget operations=1,crashes=1";
    let exploration = searched(&up_to_here, request);
    let view = exploration.view();
    assert_eq!((view.progress, view.property.as_deref()), ("found", Some("durable-committed")));
    assert_eq!(view.budget, "operations=1,crashes=1");
    assert!(view.distinct > 0 && view.generated >= view.distinct && view.table_bytes > 0);
    let story = story(&*exploration);
    assert!((1..6).contains(&story.lines.len()), "{:?}", story.lines);
    // The run up to here, and behind it what was found.
    let told = Timeline::open(story.scenario.clone()).unwrap();
    let begun = told.length(BranchId(0)) - story.lines.len() as u64;
    assert_eq!(begun, here.index);
    let there = Moment { branch: BranchId(0), index: begun };
    assert_eq!(told.world_at(there.branch, begun).fingerprint(), timeline.world().fingerprint());
}

#[test]
fn slices_of_any_size_count_the_same() {
    let scenario = scenario(RAFT);
    let mut counts = Vec::new();
    for slice in [1, 7, 1_000_000] {
        let mut exploration = open(&scenario, "budget timers=1,crashes=1").unwrap();
        assert_eq!(exploration.view().progress, "running");
        while exploration.advance(slice) == Progress::Running {}
        let view = exploration.view();
        assert_eq!((view.progress, view.why), ("exhausted", None));
        assert!(exploration.run().unwrap().is_none());
        counts.push((view.distinct, view.generated, view.depth, view.pruned));
    }
    assert!(counts[0] == counts[1] && counts[0] == counts[2], "{counts:?}");
    // tests/wasm/explore.test.mjs expects the same of the module.
    assert_eq!((counts[0].0, counts[0].1, counts[0].2), (546, 1_143, 14));
}

#[test]
fn what_an_action_would_lead_to_is_what_it_leads_to() {
    let mut timeline = Timeline::open(scenario(RAFT)).unwrap();
    timeline.run_until(300);
    let mut world = timeline.world().clone();
    let crash = ActionKind::Crash(NodeId(0));
    let told = after(&world, crash.clone()).unwrap();
    assert_eq!((told.text.as_str(), told.same, told.sent), ("crash n1", false, 0));
    world.apply(&crash.clone().at(world.now_ms())).unwrap();
    assert_eq!(told.state, format!("{:016x}", world.cluster_fingerprint()));
    assert!(after(&world, crash).is_err(), "it is down");
}

#[test]
fn the_page_is_told_what_can_be_asked() {
    let options = options(&scenario(RAFT));
    assert!(options.budget.contains(&("timers", 2)) && options.budget.contains(&("jumps", 0)));
    assert_eq!(options.offers, ["put x 1", "put x 2", "get x", "get x"]);
    assert!(options.reductions.contains(&"equal"));
    let error = open(&scenario(RAFT), "goal n9 leads").err().unwrap();
    assert!(error.starts_with("goal: "), "{error}");
}
