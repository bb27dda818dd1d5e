//! Actions per second natively. `benches/wasm.mjs` asks this very program for its texts and, turn by
//! turn with its own rounds, for the native time, so that the ratio comes from one run.
//!
//! - `text WORKLOAD` prints a workload;
//! - `time WORKLOAD` plays it once and prints fingerprint and seconds;
//! - anything else measures each workload and prints a line of JSON for it.

mod workload;

use std::time::Instant;

use consensus_playground::scenario::text;
use consensus_playground::scenario::transcript::play;
use workload::ACTIONS;

const ROUNDS: usize = 9;
const WORKLOADS: [&str; 2] = ["quiet", "writing"];

fn text_of(workload: &str) -> String {
    match workload {
        "quiet" => workload::quiet(),
        "writing" => workload::writing(),
        other => panic!("there is no workload {other}"),
    }
}

/// What `benchmarkActions` does in the module, reading the text included: returns the fingerprint
/// and the seconds it took.
fn time(text: &str) -> (u64, f64) {
    let start = Instant::now();
    let scenario = text::parse(text).expect("the workloads are valid");
    let fingerprint = play(&scenario, ACTIONS).expect("the workloads can be played");
    (fingerprint, start.elapsed().as_secs_f64())
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
