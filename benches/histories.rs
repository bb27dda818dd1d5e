//! What judging a history costs, as histories grow in operations and in clients that ask at the
//! same time. `benches/histories.mjs` asks this very program for its texts and, turn by turn with
//! its own rounds, for the native time.
//!
//! - `names` lists the histories;
//! - `text NAME` prints one;
//! - `time NAME` reads it, judges it several times and prints the verdict, the number of operations
//!   and the median of the seconds;
//! - anything else measures each history and prints a line of JSON for it.

mod history;

use std::path::{Path, PathBuf};
use std::time::Instant;

use consensus_playground::consistency::{Limits, Model, judge};
use consensus_playground::history_files::{Recorded, read};
use history::{FIFTY_CLIENTS, Shape};

const ROUNDS: usize = 9;
/// Operations and clients of the table.
const OPERATIONS: [u32; 3] = [100, 1_000, 10_000];
const CLIENTS: [u32; 3] = [2, 10, 50];
/// The recorded histories that lie beside the repository, if they do.
const SAMPLES: [&str; 4] = [
    "kv/c10-ok.txt",
    "kv/c10-bad.txt",
    "cas-register/memstress3-0.edn",
    "cas-register/cas-failure.edn",
];
const ETCD: [&str; 8] = ["000", "002", "005", "007", "010", "025", "050", "076"];

/// Where the recorded histories are; HISTORIES says it if not beside the repository.
fn folder() -> PathBuf {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/histories");
    std::env::var_os("HISTORIES").map_or(beside, PathBuf::from)
}

/// All histories by name, the small ones first.
fn names() -> Vec<String> {
    let mut names = Vec::new();
    for kind in ["register", "kv", "queue", "set"] {
        for operations in OPERATIONS {
            names.extend(CLIENTS.map(|clients| format!("{kind}-{operations}-{clients}")));
        }
    }
    names.push("kv-50".to_owned());
    if folder().is_dir() {
        names.extend(ETCD.map(|number| format!("etcd/etcd_{number}.log")));
        names.extend(SAMPLES.map(str::to_owned));
    } else {
        eprintln!("without the recorded histories: there is no folder {}", folder().display());
    }
    names
}

fn text_of(name: &str) -> String {
    let shape = |operations, clients| Shape { operations, clients, keys: 10, seed: 7 };
    let words: Vec<&str> = name.split('-').collect();
    match words[..] {
        ["kv", "50"] => history::key_value(FIFTY_CLIENTS),
        [kind @ ("kv" | "register" | "queue" | "set"), operations, clients] => {
            let number = |word: &str| word.parse().expect("names have numbers");
            let shape = shape(number(operations), number(clients));
            match kind {
                "kv" => history::key_value(shape),
                "queue" => history::queue(shape),
                "set" => history::set(shape),
                _ => history::register(shape),
            }
        }
        _ => {
            let path = folder().join(name);
            std::fs::read_to_string(&path)
                .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        }
    }
}

fn recorded(name: &str) -> Recorded {
    read(&text_of(name), None, None).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The verdict and the median of the seconds that judging alone takes, with its explanation.
fn time(recorded: &Recorded) -> (&'static str, f64) {
    let mut verdict = "undecided";
    let mut seconds: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            let found =
                judge(&recorded.history, recorded.object, Model::Linearizable, Limits::default());
            verdict = match found.holds() {
                Some(true) => "holds",
                Some(false) => "broken",
                None => "undecided",
            };
            start.elapsed().as_secs_f64()
        })
        .collect();
    seconds.sort_by(f64::total_cmp);
    (verdict, seconds[ROUNDS / 2])
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["names"] => names().iter().for_each(|name| println!("{name}")),
        ["text", name] => print!("{}", text_of(name)),
        ["time", name] => {
            let recorded = recorded(name);
            let (verdict, seconds) = time(&recorded);
            println!("{verdict} {} {seconds}", recorded.history.records.len());
        }
        _ => {
            for name in names() {
                let recorded = recorded(&name);
                let operations = recorded.history.records.len();
                let (verdict, seconds) = time(&recorded);
                let line = serde_json::json!({
                    "name": format!("judge {name}, native, an operation"),
                    "value": seconds * 1e9 / operations as f64,
                    "unit": "ns",
                    "note": format!("{operations} operations in {:.3} ms; {verdict}", seconds * 1e3),
                });
                println!("{line}");
            }
        }
    }
}
