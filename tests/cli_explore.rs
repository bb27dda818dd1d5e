//! `explore` as people and scripts meet it: how it ends, what it prints, which options it refuses, and what
//! Ctrl-C leaves.

#[path = "common/command.rs"]
mod command;

use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::Duration;

use command::{complains, ends, json};
use serde_json::json as object;

#[test]
fn explore_ends_by_what_it_found() {
    let hunt = ["explore", "raft", "--nodes", "3", "--clients", "1", "--budget", "timers=2"];
    let with = |more: &[&'static str]| [&hunt[..], more].concat();
    let output = ends(1, &with(&["--without", "election-needs-majority"]), None);
    assert!(output.starts_with("found: "), "{output}");
    assert!(output.contains("\nviolated election-safety: "), "{output}");
    let value = json(&ends(1, &with(&["--without", "election-needs-majority", "--json"]), None));
    let lines = value["actions"].as_array().unwrap();
    assert_eq!(value["length"], lines.len());
    // The link and the text replay it.
    ends(0, &["run", "--link", value["link"].as_str().unwrap()], None);
    ends(0, &["run", "-"], value["scenario"].as_str());
    let output = ends(0, &hunt, None);
    assert!(output.starts_with("exhausted: "), "{output}");
    assert!(output.contains("\nlooked for: property invariants; within timers=2\n"), "{output}");
    assert!(output.contains(" deliveries of dead messages, "), "{output}");
    // As many threads as there are count the same.
    let counts = |threads: &[&'static str]| {
        let value = json(&ends(0, &with(&[&["--json"], threads].concat()), None));
        ["distinct", "generated", "depth", "pruned"].map(|name| value[name].clone())
    };
    assert_eq!(counts(&["--threads", "2"]), counts(&[]));
    for (more, word) in
        [(["--states", "50"], "states reached: "), (["--depth", "3"], "depth reached: ")]
    {
        let output = ends(3, &with(&more), None);
        assert!(output.starts_with(word), "{output}");
    }
    assert!(ends(1, &with(&["--goal", "leaders 1"]), None).starts_with("found: "));
}

#[test]
fn explore_finds_the_run_that_a_rule_is_known_to_prevent() {
    let hunt = ["explore", "primary_backup", "--hunt", "higher-view-only"];
    let output = ends(1, &hunt, None);
    assert!(output.starts_with("found: "), "{output}");
    assert!(output.contains("\nknown: view-monotone after 5 actions\n"), "{output}");
    let value = json(&ends(1, &[&hunt[..], &["--json", "--threads", "2"]].concat(), None));
    assert_eq!(value["violated"]["property"], "view-monotone");
    assert_eq!(
        (&value["length"], &value["budget"]),
        (&value["known"]["length"], &"timers=2".into())
    );
    assert!(value["scenario"].as_str().unwrap().contains("\nwithout higher-view-only\n"));
    ends(0, &["run", "-"], value["scenario"].as_str());
    // A walk keeps to the order that the table says.
    let walk = ["explore", "raft", "--hunt", "only-members-count", "--json"];
    let value = json(&ends(1, &walk, None));
    assert_eq!(value["search"], "swarm");
    assert_eq!(value["violated"]["property"], "election-safety");
    // Where no invariant says what a rule protects, a goal is reached, and the run says which.
    let goal = ["explore", "raft", "--hunt", "removed-leader-steps-down"];
    assert!(ends(1, &goal, None).contains("\nknown: goal after 12 actions\n"));
    let value = json(&ends(1, &[&goal[..], &["--json"]].concat(), None));
    assert_eq!((&value["goal"], &value["length"]), (&true.into(), &value["known"]["length"]));
    assert!(value["scenario"].as_str().unwrap().contains("\nexpect n1 configuration n2 n3\n"));
    ends(0, &["run", "-"], value["scenario"].as_str());
    for (arguments, words) in [
        (
            &["raft", "--hunt", "luck"][..],
            "error: there is no rule “luck”; expected one of: vote-once-per-term, ",
        ),
        (&["nonsense", "--hunt", "luck"], "error: --hunt: expected a protocol (raft, "),
        (&["spec_paxos", "--hunt", "luck"], "error: --hunt: expected a protocol"),
        (
            &["raft", "--hunt", "only-members-count", "--threads", "2"],
            "error: --threads: a swarm search runs on one thread",
        ),
        (&["raft", "--hunt", "durable-log", "--nodes", "5"], "error: the argument '--hunt <RULE>'"),
    ] {
        let error = complains(&[&["explore"], arguments].concat(), b"");
        assert!(error.starts_with(words), "{error}");
    }
}

#[test]
fn explore_says_which_option_is_wrong_and_what_was_expected() {
    for (option, value, words) in [
        ("--budget", "wonders=1", "--budget: expected a kind of surprise ("),
        ("--offer", "dance", "--offer: expected "),
        ("--silent", "alarm", "--silent: expected a timer ("),
        ("--goal", "leaders many", "--goal: expected a number, found “many”"),
        (
            "--goal",
            "missed pre-vote",
            "--goal: expected what can be so in a state, found “missed pre-vote”",
        ),
        (
            "--no",
            "luck",
            "--no: expected a reduction (dead, idle, equal, clients, prompt, symmetry, values, sleep)",
        ),
        ("--without", "luck", "there is no rule “luck”"),
    ] {
        let error = complains(&["explore", "raft", option, value], b"");
        assert!(error.starts_with(&format!("error: {words}")), "{error}");
    }
    assert!(complains(&["explore", "nonsense"], b"").contains("expected a scenario's file"));
}

#[test]
fn explore_refuses_what_its_model_knows_nothing_of() {
    for (arguments, words) in [
        (
            &["spec_paxos", "--budget", "timers=1"][..],
            "--budget: expected a protocol or a scenario",
        ),
        (&["spec_paxos", "--without", "luck"], "--without: expected a protocol or a scenario"),
        (&["spec_two_phase_commit", "--goal", "leaders 2"], "--goal: expected a protocol or a"),
        (&["spec_two_phase_commit", "--ballots", "3"], "--ballots: expected spec_paxos, found"),
        (&["raft", "--values", "2"], "--values: expected spec_paxos, found “raft”"),
        (&["spec_two_phase_commit", "--nodes", "0"], "--nodes: expected 1 to 15 resource managers"),
        (&["spec_paxos", "--ballots", "99"], "--nodes, --ballots, --values: expected 1 to 16"),
        (&["raft", "--seed", "5"], "--seed: a breadth search draws nothing"),
        (&["raft", "--states", "0"], "invalid value '0' for '--states <STATES>'"),
        (
            &["raft", "--threads", "0"],
            "invalid value '0' for '--threads <THREADS>': 0 is not in 1..=",
        ),
    ] {
        let error = complains(&[&["explore"], arguments].concat(), b"");
        assert!(error.starts_with(&format!("error: {words}")), "{error}");
    }
}

/// What scripts read is in the manual, and the models have the sizes that others counted.
#[test]
fn each_field_that_explore_prints_is_in_the_manual() {
    let manual = include_str!("../docs/exploring.md");
    let (_, table) = manual.split_once("`--json` prints one object:").unwrap();
    let (table, _) = table.split_once("\n## ").unwrap();
    let outputs = [
        (0, &["spec_two_phase_commit", "--nodes", "5"][..]),
        (0, &["spec_paxos", "--nodes", "3", "--ballots", "2"]),
        (1, &["primary_backup", "--hunt", "higher-view-only", "--memory"]),
        (1, &["gossip", "--property", "linearizable"]),
        (1, &["raft", "--nodes", "3", "--goal", "leaders 1", "--budget", "timers=1"]),
    ]
    .map(|(code, asked)| json(&ends(code, &[&["explore", "--json"], asked].concat(), None)));
    let mut missing = Vec::new();
    for output in &outputs {
        for (name, value) in output.as_object().unwrap() {
            let inner = value.as_object().into_iter().flatten().map(|(name, _)| name);
            let names = [name].into_iter().chain(inner);
            missing.extend(names.filter(|name| !table.contains(&format!("`{name}`"))));
        }
    }
    assert!(missing.is_empty(), "{missing:?}");
    let counted = outputs.each_ref().map(|output| (&output["distinct"], &output["depth"]));
    assert_eq!(counted[..2], [(&8832.into(), &17.into()), (&3921.into(), &17.into())]);
    assert_eq!(outputs[2]["lookedFor"], object!(["property invariants"]));
    assert_eq!(outputs[4]["lookedFor"], object!(["goal leaders 1"]));
}

#[test]
fn what_is_broken_where_a_search_begins_is_told_and_not_found_again() {
    let hunt = ["explore", "raft", "--hunt", "vote-once-per-term", "--json"];
    let run = json(&ends(1, &hunt, None));
    let text = run["scenario"].as_str();
    let on = ["explore", "-", "--budget", "timers=0"];
    let output = ends(0, &on, text);
    let line = "\nviolated already where it begins, and not looked for again: election-safety\n";
    assert!(output.contains(line), "{output}");
    let value = json(&ends(0, &[&on[..], &["--json"]].concat(), text));
    assert_eq!(value["alreadyViolated"], object!(["election-safety"]));
    assert_eq!(run.get("alreadyViolated"), None);
}

#[cfg(unix)]
#[test]
fn ctrl_c_leaves_a_partial_result_that_says_so() {
    // Where the machine is slow the program may not listen yet, and ends as any other would.
    let waits = [1, 4, 10].map(Duration::from_secs);
    let mut outputs = waits.into_iter().map(interrupted_after);
    let output = outputs.find(|output| output.status.code().is_some()).unwrap();
    assert_eq!(output.status.code(), Some(3), "{:?}", output.status);
    let value = json(&String::from_utf8(output.stdout).unwrap());
    assert_eq!(value["result"], "stopped");
    assert!(value["distinct"].as_u64().unwrap() > 1 && value["frontier"].as_u64().unwrap() > 0);
}

/// Half a minute of work, interrupted.
#[cfg(unix)]
fn interrupted_after(wait: Duration) -> Output {
    let child = Command::new(env!("CARGO_BIN_EXE_consensus-playground"))
        .args(["explore", "raft", "--nodes", "5", "--json"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    thread::sleep(wait);
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
    child.wait_with_output().unwrap()
}
