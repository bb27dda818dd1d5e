//! The core by Criterion: seeking, forking, fingerprints and links. After Criterion's own report a
//! line of JSON for each figure is printed.

mod workload;

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use criterion::{BatchSize, Criterion};

use consensus_playground::scenario::{link, presets, text};
use consensus_playground::session::Session;
use consensus_playground::timeline::{BranchId, Timeline};
use consensus_playground::world::Schedule;
use consensus_playground::world::World;

/// After so many actions a run is still short.
const EARLY: u64 = 1_000;
/// How many seeks the worst is taken from.
const SEEKS: u32 = 2_000;
/// How often each of them is repeated: what else the machine does must not count as the worst.
const ROUNDS: usize = 5;
const PRESET: &str = "raft/figure-8";

fn main() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("criterion");
    let mut bench = Bench {
        criterion: Criterion::default()
            .output_directory(&folder)
            .sample_size(50)
            .warm_up_time(Duration::from_millis(500))
            .measurement_time(Duration::from_secs(2))
            .configure_from_args(),
        folder,
        lines: Vec::new(),
    };
    seeking(&mut bench);
    links(&mut bench);
    bench.criterion.final_summary();
    for line in bench.lines {
        println!("{line}");
    }
}

/// Criterion, and what was measured so far.
struct Bench {
    criterion: Criterion,
    folder: PathBuf,
    lines: Vec<serde_json::Value>,
}

impl Bench {
    fn line(&mut self, name: &str, value: f64, unit: &str, note: &str) {
        self.lines
            .push(serde_json::json!({ "name": name, "value": value, "unit": unit, "note": note }));
    }

    /// Prints the median that Criterion has just kept of `id`, in microseconds. There is none where
    /// the arguments left this benchmark out.
    fn median(&mut self, id: &str, name: &str, note: &str) {
        let path = self.folder.join(id).join("new").join("estimates.json");
        let Ok(estimates) = std::fs::read_to_string(path) else { return };
        let estimates: serde_json::Value =
            serde_json::from_str(&estimates).expect("Criterion writes JSON");
        let nanoseconds = estimates["median"]["point_estimate"].as_f64().unwrap_or(f64::NAN);
        self.line(name, nanoseconds / 1000.0, "µs", note);
    }
}

/// A sequence of moments that jumps about, the same in every run.
struct Moments(u64);

impl Moments {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % u64::from(workload::ACTIONS)
    }
}

fn long_run() -> Timeline {
    let scenario = text::parse(&workload::writing()).expect("the workload is valid");
    let mut timeline = Timeline::open(scenario).expect("the workload can be played");
    timeline.seek(BranchId(0), u64::MAX);
    while timeline.cursor().index < u64::from(workload::ACTIONS) && timeline.forward() {}
    timeline
}

fn seeking(bench: &mut Bench) {
    let start = Instant::now();
    let mut timeline = long_run();
    let build_ms = start.elapsed().as_secs_f64() * 1000.0;
    let length = timeline.length(BranchId(0));
    assert_eq!(length, u64::from(workload::ACTIONS));
    bench.line(
        "record 100,000 actions, native",
        build_ms,
        "ms",
        "with checkpoints and the diagram's records",
    );

    let mut moments = Moments(1);
    bench.criterion.bench_function("seek", |bencher| {
        bencher.iter(|| timeline.seek(BranchId(0), moments.next()));
    });
    bench.median("seek", "seek in 100,000 actions, native, median", "to random moments");
    let mut moments = Moments(2);
    let moments: Vec<u64> = (0..SEEKS).map(|_| moments.next()).collect();
    let mut best = vec![Duration::MAX; moments.len()];
    for _ in 0..ROUNDS {
        for (moment, best) in moments.iter().zip(&mut best) {
            let start = Instant::now();
            timeline.seek(BranchId(0), *moment);
            *best = start.elapsed().min(*best);
        }
    }
    let worst_us = best.iter().max().map_or(f64::NAN, |worst| worst.as_secs_f64() * 1e6);
    let note = format!("of {SEEKS} moments, each the best of {ROUNDS}");
    bench.line("seek in 100,000 actions, native, worst", worst_us, "µs", &note);

    let early = timeline.world_at(BranchId(0), EARLY);
    let late = timeline.world_at(BranchId(0), length);
    for (when, world) in [("1,000", &early), ("100,000", &late)] {
        worlds(bench, when, world);
    }
}

fn worlds(bench: &mut Bench, when: &str, world: &World) {
    let place = when.replace(',', "");
    let next = world.next_action(Schedule::ByTime).expect("heartbeats never end");

    let id = format!("fork-{place}");
    bench.criterion.bench_function(&id, |bencher| {
        bencher.iter_with_large_drop(|| black_box(world).clone());
    });
    bench.median(&id, &format!("fork after {when} actions"), "");

    let id = format!("first-action-{place}");
    bench.criterion.bench_function(&id, |bencher| {
        let apply = |mut fork: World| {
            fork.apply(&next).expect("what is due is possible");
            fork
        };
        bencher.iter_batched(|| world.clone(), apply, BatchSize::SmallInput);
    });
    let name = format!("first action of a fork after {when} actions");
    bench.median(&id, &name, "what it changes is copied now");

    let id = format!("fingerprint-{place}");
    bench.criterion.bench_function(&id, |bencher| {
        let moved = || {
            let mut fork = world.clone();
            fork.apply(&next).expect("what is due is possible");
            fork
        };
        bencher.iter_batched_ref(moved, |fork| fork.fingerprint(), BatchSize::SmallInput);
    });
    let note = "one node changed since the last; the history is hashed as a whole";
    bench.median(&id, &format!("fingerprint after {when} actions"), note);
}

fn links(bench: &mut Bench) {
    let preset = presets::find(PRESET).expect("the preset is shipped");
    let session = Session::from_text(preset.text).expect("the preset is valid");
    let encoded = session.link(true).expect("a short run");
    let decoded = link::decode(&encoded).expect("our own link");
    let note = format!("{PRESET} with its recorded run, {} characters", encoded.len());
    bench.criterion.bench_function("link-encode", |bencher| {
        bencher.iter(|| link::encode(black_box(&decoded)));
    });
    bench.median("link-encode", "link, encode", &note);
    bench.criterion.bench_function("link-decode", |bencher| {
        bencher.iter(|| link::decode(black_box(&encoded)));
    });
    bench.median("link-decode", "link, decode and check", &note);
}
