//! Actions per second natively. `benches/wasm.mjs` asks this very program for its texts and, turn by
//! turn with its own rounds, for the native time, so that the ratio comes from one run.
//!
//! - `text WORKLOAD` prints a workload;
//! - `time WORKLOAD` plays it once and prints fingerprint and seconds;
//! - `flight WORKLOAD` plays it and prints how many messages are in flight on average;
//! - anything else measures each workload and prints a line of JSON for it.

mod workload;

use std::fmt::Write;
use std::time::Instant;

use consensus_playground::scenario::text;
use consensus_playground::scenario::transcript::play;
use consensus_playground::timeline::{BranchId, Timeline};
use workload::ACTIONS;

const ROUNDS: usize = 9;
const WORKLOADS: [&str; 2] = ["quiet", "writing"];

fn text_of(workload: &str) -> String {
    match workload {
        "quiet" => workload::quiet(),
        "writing" => workload::writing(),
        other => match cluster(other) {
            Some(text) => text,
            None => panic!("there is no workload {other}"),
        },
    }
}

/// A cluster of one protocol that does what it does all the time: `gossip-1000`, `raft-101`.
fn cluster(name: &str) -> Option<String> {
    let (protocol, nodes) = name.split_once('-')?;
    let nodes: u32 = nodes.parse().ok()?;
    // Raft's nodes wait longer than usual for each other: a hundred that do not would campaign
    // against each other for ever.
    let (settings, keys) = match protocol {
        "gossip" => ("", 8),
        "raft" => ("set election-timeout-min 1000\nset election-timeout-max 2000\n", 0),
        _ => return None,
    };
    let mut text = format!("protocol {protocol}\nnodes {nodes}\nclients 1\nseed 42\n{settings}\n");
    for key in 0..keys {
        let _ = writeln!(text, "invoke A put k{key} {key} to n1\nrun 100");
    }
    Some(text)
}

/// What `benchmarkActions` does in the module, reading the text included: returns the fingerprint
/// and the seconds it took.
fn time(text: &str) -> (u64, f64) {
    let start = Instant::now();
    let scenario = text::parse(text).expect("the workloads are valid");
    let fingerprint = play(&scenario, ACTIONS).expect("the workloads can be played");
    (fingerprint, start.elapsed().as_secs_f64())
}

/// How many messages are in flight on average while it is played, counted after each action.
fn flight(text: &str) -> f64 {
    let mut timeline = Timeline::open(text::parse(text).expect("the workloads are valid"))
        .expect("the workloads can be played");
    timeline.seek(BranchId(0), 0);
    let mut messages = 0_u64;
    while timeline.cursor().index < u64::from(ACTIONS) && timeline.forward() {
        timeline.world().for_each_message(&mut |_| messages += 1);
    }
    messages as f64 / f64::from(ACTIONS)
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["text", workload] => print!("{}", text_of(workload)),
        ["time", workload] => {
            let text = text_of(workload);
            // The first time the memory is not warm, nor is it in the module's first round.
            time(&text);
            let (fingerprint, seconds) = time(&text);
            println!("{fingerprint:016x} {seconds}");
        }
        ["flight", workload] => println!("{}", flight(&text_of(workload))),
        _ => {
            for workload in WORKLOADS {
                let text = text_of(workload);
                let mut seconds: Vec<f64> = (0..ROUNDS).map(|_| time(&text).1).collect();
                seconds.sort_by(f64::total_cmp);
                let rate = (f64::from(ACTIONS) / seconds[ROUNDS / 2]).round();
                let line = serde_json::json!({
                    "name": format!("actions per second, {workload}, native"),
                    "value": rate,
                    "unit": "1/s",
                    "note": format!("{ACTIONS} actions, median of {ROUNDS}"),
                });
                println!("{line}");
            }
        }
    }
}
