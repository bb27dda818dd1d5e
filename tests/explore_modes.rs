//! The ways to search: each finds what it claims to find, sees what it claims to see, and its runs replay;
//! and the properties that a search can demand beyond invariants.

use consensus_playground::action::ActionKind;
use consensus_playground::budget::{Budget, Surprise};
use consensus_playground::explore::spec::{ModelSpace, PaxosModel, TwoPhaseCommitModel};
use consensus_playground::explore::{
    ANSWERED, CONVERGED, Counts, Finding, Limits, Progress, Request, Search, Space, Strategy,
    Threads, UNREPAIRED, Way, Worlds, begin, open, run_of, searchable, tell, worlds_after,
};
use consensus_playground::scenario::{Scenario, link, text, transcript};
use consensus_playground::timeline::Timeline;

fn scenario(header: &str) -> Scenario {
    searchable(&text::parse(header).unwrap_or_else(|error| panic!("{error} in\n{header}")))
}

fn worlds(header: &str, request: &str) -> (Worlds, Way, Limits) {
    let scenario = scenario(header);
    let request = Request::parse(&scenario, request).unwrap_or_else(|error| panic!("{error}"));
    (worlds_after(&scenario, request.plan).unwrap(), request.way, request.limits)
}

fn to_the_end<S: Space>(mut search: Box<dyn Search<S>>) -> Box<dyn Search<S>> {
    // In slices, as a worker does it.
    while search.advance(777) == Progress::Running {}
    search
}

fn searched(header: &str, request: &str) -> Box<dyn Search<Worlds>> {
    let (worlds, way, limits) = worlds(header, request);
    to_the_end(begin(worlds, way, limits))
}

/// The name of what was found.
fn property(search: &dyn Search<Worlds>) -> Option<&str> {
    match search.finding()? {
        Finding::Violation { property, .. } => Some(property),
        Finding::Goal => Some("goal"),
    }
}

/// How long the run is; it replays as text and as a link, with what was found expected at its end.
fn replayed(header: &str, search: &dyn Search<Worlds>) -> usize {
    let found = run_of(search).unwrap().unwrap();
    let told = tell(&scenario(header), &found).unwrap();
    let read = text::parse(&told.text).unwrap();
    assert_eq!(transcript::report(&read).failures, Vec::<String>::new(), "{}", told.text);
    let opened = link::decode(&told.link).unwrap();
    let timeline = Timeline::open(opened.scenario).unwrap();
    assert_eq!(timeline.divergence(&opened.recorded.unwrap()), None);
    found.actions.len()
}

const ABD: &str = "protocol abd\nnodes 3\nclients 2\n";
const PAXOS: &str = "protocol paxos\nnodes 3\nclients 2\n";
const RAFT: &str = "protocol raft\nnodes 3\nclients 1\nwithout pre-vote leader-stickiness\n";

/// A rule that is off, within what, and the length of the shortest run that breaks without it.
const HUNTS: &[(&str, &str, &str, usize)] = &[
    (ABD, "write-queries-first", "operations=2", 6),
    (ABD, "repeated-put-keeps-its-tag", "operations=1,retries=1", 10),
    (PAXOS, "adopt-highest-accepted-value", "operations=2", 9),
    (RAFT, "vote-once-per-term", "timers=2", 6),
    (RAFT, "session-dedup", "operations=1,timers=1,retries=1", 12),
];

#[test]
fn each_strategy_finds_what_a_rule_protects_from() {
    for (strategy, word) in Strategy::WORDS {
        for (header, rule, budget, shortest) in HUNTS {
            let header = format!("{header}without {rule}\n");
            let search = searched(&header, &format!("search {word}\nbudget {budget}"));
            assert_eq!(search.progress(), Progress::Found, "{word} without {rule}");
            let length = replayed(&header, &*search);
            assert!(length >= *shortest, "{word} without {rule}: {length}");
            if strategy.finds_shortest() {
                assert_eq!(length, *shortest, "{word} without {rule}");
            }
        }
    }
}

#[test]
fn with_all_rules_on_no_strategy_finds_anything() {
    for (_, word) in Strategy::WORDS {
        for (header, budget) in [(ABD, "operations=2"), (RAFT, "timers=2,crashes=1")] {
            let request = format!("search {word}\nstates 5000\nbudget {budget}");
            let search = searched(header, &request);
            assert_eq!(search.finding(), None, "{word} in {header}");
        }
    }
}

#[test]
fn every_strategy_that_exhausts_sees_the_same_states() {
    let of = |word| {
        let counts = searched(RAFT, &format!("search {word}\nbudget timers=1,crashes=1")).counts();
        (counts.distinct, counts.generated)
    };
    let whole = of("breadth");
    for word in ["depth", "guided"] {
        assert_eq!(of(word), whole, "{word}");
    }
    assert_eq!(of("deepening").0, whole.0);
    for depth in [0, 1, 2, 5, 9] {
        let of = |word| {
            let request = format!("search {word}\ndepth {depth}\nbudget timers=1,crashes=1");
            let search = searched(RAFT, &request);
            (search.counts().distinct, search.progress())
        };
        let bounded = of("breadth");
        assert_eq!(of("depth"), bounded, "{depth}");
        assert_eq!(of("deepening"), bounded, "{depth}");
    }
}

#[test]
fn models_are_counted_alike_by_all_that_exhaust() {
    for strategy in [Strategy::Depth, Strategy::Deepening, Strategy::Guided] {
        let space = ModelSpace(Box::new(TwoPhaseCommitModel::new(4).unwrap()));
        let way = Way { strategy, ..Way::default() };
        let search = to_the_end(begin(space, way, Limits::default()));
        assert_eq!(search.progress(), Progress::Exhausted, "{strategy:?}");
        assert_eq!(search.counts().distinct, 1_568, "{strategy:?}");
    }
}

#[test]
fn walks_can_be_repeated_and_differ_by_seed() {
    for word in ["random", "swarm"] {
        let of = |seed: u32| {
            let request = format!("search {word}\nseed {seed}\nstates 3000\nbudget operations=2");
            let search = searched(ABD, &request);
            assert_eq!(search.progress(), Progress::StatesReached);
            (search.counts().distinct, search.counts().generated, search.counts().depth)
        };
        assert_eq!(of(1), of(1), "{word}");
        assert_ne!(of(1), of(2), "{word}");
        assert_eq!(of(1).1, 3_000, "a limit counts every state walked through");
    }
}

#[test]
fn what_clients_saw_sets_states_apart_where_a_goal_tells_of_it() {
    // One read the value and one read nothing: of two states that are otherwise the same the first one
    // reached used to speak for both, and a run was found in which B had read nothing.
    let header = "protocol quorum\nnodes 3\nclients 2\n";
    let request = "budget operations=2,drops=1\noffer put x 1\noffer get x\n\
                   goal reply B 1\ngoal n3 value x absent\ngoal no message *->*\n";
    let search = searched(header, request);
    assert_eq!(search.progress(), Progress::Exhausted, "{:?}", search.finding());
    let reached = searched(header, &request.replace("goal no message *->*\n", ""));
    assert_eq!(reached.progress(), Progress::Found);
    replayed(header, &*reached);
}

#[test]
fn a_guided_search_reaches_a_goal_with_fewer_states() {
    let states = |word: &str| {
        let request = format!("search {word}\ngoal leaders 2\nbudget operations=1,timers=3");
        let search = searched(RAFT, &request);
        assert_eq!(search.finding(), Some(&Finding::Goal), "{word}");
        replayed(RAFT, &*search);
        search.counts().distinct
    };
    let (guided, breadth) = (states("guided"), states("breadth"));
    assert!(guided * 2 < breadth, "{guided} and {breadth}");
}

/// What does not depend on how many threads there are.
fn essence(counts: Counts) -> (u64, u64, u32, u64) {
    (counts.distinct, counts.generated, counts.depth, counts.frontier)
}

#[test]
fn threads_count_what_one_thread_counts() {
    for (header, request) in [
        (ABD, "budget operations=1,crashes=1"),
        (RAFT, "budget timers=1,crashes=1\nsilent heartbeat"),
        (RAFT, "budget operations=1,timers=2\nstates 2999"),
        (RAFT, "budget operations=1,timers=2\ndepth 4"),
        (
            "protocol raft\nnodes 3\nclients 1\nwithout pre-vote leader-stickiness vote-once-per-term\n",
            "budget timers=2",
        ),
    ] {
        let one = searched(header, request);
        for threads in [1, 2, 3] {
            let (worlds, _, limits) = worlds(header, request);
            let many = to_the_end(Box::new(Threads::new(worlds, limits, threads)));
            assert_eq!(many.progress(), one.progress(), "{threads} in {header}{request}");
            assert_eq!(
                essence(many.counts()),
                essence(one.counts()),
                "{threads} in {header}{request}"
            );
            if one.progress() == Progress::Exhausted {
                assert_eq!(many.counts().pruned, one.counts().pruned);
            }
            let steps = |search: &dyn Search<Worlds>| search.run().map(|(_, steps)| steps);
            assert_eq!(steps(&*many), steps(&*one), "the same run");
        }
    }
    let space = || ModelSpace(Box::new(PaxosModel::new(3, 2, 2).unwrap()));
    let many = to_the_end(Box::new(Threads::new(space(), Limits::default(), 2)));
    assert_eq!(essence(many.counts()), (3_921, 23_563, 17, 0));
}

#[test]
fn a_run_that_is_not_linearizable_is_found_though_all_invariants_hold() {
    // Gossip promises no more than that all will agree some day.
    let header = "protocol gossip\nnodes 3\nclients 2\n";
    let request = "offer put x 1\noffer get x\nbudget operations=2\n";
    assert_eq!(searched(header, request).progress(), Progress::Exhausted);
    for (model, length) in
        [("linearizable", Some(6)), ("read-your-writes", Some(6)), ("monotonic-reads", None)]
    {
        let search = searched(header, &format!("{request}property {model}\n"));
        let (judged, open, _) = search.space().judged();
        assert!(judged > 1 && open == 0, "{judged} judged, {open} open");
        let found = search.finding().map(|_| replayed(header, &*search));
        assert_eq!(property(&*search), length.map(|_| model));
        assert_eq!(found, length, "{model}");
    }
}

#[test]
fn histories_tell_states_apart_only_where_a_model_is_looked_for() {
    let distinct = |property: &str| {
        let search = searched(ABD, &format!("budget operations=2\n{property}"));
        assert_eq!(search.progress(), Progress::Exhausted, "{property}");
        search.counts().distinct
    };
    let (usual, judged) = (distinct(""), distinct("property linearizable"));
    assert_eq!(distinct("property invariants"), usual);
    assert!(judged > usual, "{judged} and {usual}");
    // What is looked for is in no other way part of what can happen.
    assert_eq!(distinct("property sequential"), judged);
}

#[test]
fn without_a_blocked_transactions_way_out_somebody_is_never_answered() {
    let header = "protocol shared_memory\nnodes 4\nclients 2\nwithout release-own-lock\n";
    let request = "offer put x 1\noffer get x\nbudget operations=2,crashes=1\nproperty answered\n";
    let search = searched(header, request);
    assert_eq!(property(&*search), Some(ANSWERED));
    replayed(header, &*search);
    let (header, request) = (header.replace("without release-own-lock\n", ""), request);
    let search = searched(&header, &format!("{request}states 2000\n"));
    assert_eq!(search.finding(), None, "with the rule on everybody is");
}

#[test]
fn a_scenario_says_its_budget_and_what_is_found_keeps_it() {
    let header = &format!("{PAXOS}budget operations 1 crashes 1\nwithout durable-promise\n");
    let mut exploration = open(&text::parse(header).unwrap(), "").unwrap();
    assert_eq!(exploration.advance(10_000), Progress::Found);
    assert_eq!(exploration.view().budget, "operations=1,crashes=1");
    let run = exploration.run().unwrap().unwrap();
    let told = tell(exploration.scenario(), &run).unwrap();
    assert!(told.text.contains("\nbudget operations 1 crashes 1\n"), "{}", told.text);
    let budget = link::decode(&told.link).unwrap().scenario.budget.unwrap();
    assert_eq!((budget.of(Surprise::Operation), budget.of(Surprise::Crash)), (1, 1));
    // What is asked for goes before what the scenario says.
    let asked = open(&text::parse(header).unwrap(), "budget timers=2").unwrap();
    assert_eq!(asked.scenario().budget, Some(Budget::parse("timers=2").unwrap()));
}

#[test]
fn of_a_kind_on_offer_nothing_happens_but_what_is_named() {
    let header = &format!("{PAXOS}without durable-promise\n");
    for node in ["n1", "n2", "n3"] {
        let request = format!("budget operations=1,crashes=1\noffer crash {node}\n");
        let search = searched(header, &request);
        let found = run_of(&*search).unwrap().unwrap();
        let crashes: Vec<String> = (found.actions.iter())
            .filter_map(|action| match &action.kind {
                ActionKind::Crash(node) => Some(node.to_string()),
                _ => None,
            })
            .collect();
        assert_eq!(crashes, [node]);
        assert_eq!(replayed(header, &*search), 3, "as short as when any may crash");
    }
}

#[test]
fn what_is_on_offer_happens_once_and_twice_if_it_stands_there_twice() {
    let request = "budget timers=2\ngoal n1 term 2\noffer timeout n1 election\n";
    let once = searched(RAFT, request);
    assert_eq!(once.progress(), Progress::Exhausted);
    let twice = searched(RAFT, &format!("{request}offer timeout n1 election\n"));
    assert_eq!(replayed(RAFT, &*twice), 2);
    // Of two that are equal the first goes first: the order in which they are taken is no other state.
    let others = "budget timers=1\ngoal n1 term 9\n";
    let states = |offers: &str| searched(RAFT, &format!("{others}{offers}")).counts().distinct;
    let one = states("offer timeout n1 election\n");
    assert_eq!(states(&"offer timeout n1 election\n".repeat(2)), one);
    assert!(states("offer timeout n1 election\noffer timeout n2 election\n") > one);
}

#[test]
fn two_phase_commit_blocks_while_its_coordinator_is_down_with_every_rule_on() {
    let header = "protocol two_phase_commit\nnodes 3\nclients 1\nset participants all\n";
    let request = "offer put a 9\noffer crash n1\nask-leaders\nbudget operations=1,crashes=1\n";
    let search = searched(header, &format!("{request}property {UNREPAIRED}\n"));
    assert_eq!(property(&*search), Some(UNREPAIRED));
    replayed(header, &*search);
    // Once it is back it goes on.
    let search = searched(header, &format!("{request}property {ANSWERED}\n"));
    assert_eq!(search.progress(), Progress::Exhausted);
}

#[test]
fn data_that_stays_apart_is_told_key_by_key() {
    let header = "protocol gossip\nnodes 4\nclients 1\nwithout every-node-is-chosen\n";
    let request = format!("offer put x 1\nbudget operations=1\nproperty {CONVERGED}\n");
    let search = searched(header, &request);
    assert_eq!(property(&*search), Some(CONVERGED));
    replayed(header, &*search);
    let found = run_of(&*search).unwrap().unwrap();
    let told = tell(&scenario(header), &found).unwrap();
    assert!(
        told.text.ends_with("expect n1 value x 1\nexpect n3 value x absent\n"),
        "{}",
        told.text
    );
}
