//! How fast the explorer is: states a second, bytes a state, and how both compare with the crate
//! `stateright` on the same worlds. `benches/explore.mjs` asks this very program for its texts and, turn by
//! turn with its own rounds, for the native times.
//!
//! - `names` lists the spaces;
//! - `text NAME` and `request NAME` print what is explored;
//! - `time NAME` explores it and prints how it ended, the distinct states, the seconds, the bytes of the
//!   table of visited states, and the seconds of the first and of the last quarter of the states;
//! - `threads NAME` explores it by one thread and by as many as there are processors, and prints how many
//!   these are, the distinct states, and the seconds of both by the clock;
//! - `stateright NAME` prints that crate's distinct states and seconds, or nothing where the space has
//!   reductions, which it does not know;
//! - anything else measures each space and prints a line of JSON for it.
//!
//! Seconds are processor time where the system tells it, since other programs share the machine. The other
//! crate stops after so many states generated, not distinct: it is given as many as we generate.

mod same_worlds;

use std::sync::OnceLock;
use std::time::Instant;

use consensus_playground::explore::{
    Breadth, Progress, Request, Search, Threads, Worlds, searchable, worlds_after,
};
use consensus_playground::scenario::{Scenario, text};
use same_worlds::Same;
use stateright::{Checker, Model};

/// How many states are expanded between two looks at the clock.
const SLICE: u64 = 1024;

/// So far, in seconds: of processor time, threads that ended included, or else on the clock.
fn seconds() -> f64 {
    static START: OnceLock<Instant> = OnceLock::new();
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // Behind the program's name, which may hold anything; hundredths of a second.
    let (_, rest) = stat.rsplit_once(')').unwrap_or_default();
    let times = rest.split_whitespace().skip(11).take(2).map(str::parse::<u32>);
    match times.collect::<Result<Vec<u32>, _>>() {
        Ok(ticks) if ticks.len() == 2 => f64::from(ticks[0] + ticks[1]) / 100.0,
        _ => START.get_or_init(Instant::now).elapsed().as_secs_f64(),
    }
}

/// A space by name, its scenario and what is asked.
struct Space {
    name: &'static str,
    text: &'static str,
    request: &'static str,
    /// Whether it is searched without any reduction, as others can.
    is_whole: bool,
}

const SPACES: [Space; 7] = [
    Space {
        name: "whole-paxos",
        text: "protocol paxos\nnodes 3\nclients 2\n",
        request: "budget operations=2\nstates 200000\n",
        is_whole: true,
    },
    Space {
        name: "whole-abd",
        text: "protocol abd\nnodes 3\nclients 2\n",
        request: "budget operations=2\nstates 200000\n",
        is_whole: true,
    },
    Space {
        name: "whole-raft",
        text: "protocol raft\nnodes 3\nclients 1\n",
        request: "budget timers=2\nstates 200000\n",
        is_whole: true,
    },
    Space {
        name: "paxos",
        text: "protocol paxos\nnodes 3\nclients 2\n",
        request: "budget operations=2,timers=1\nstates 400000\n",
        is_whole: false,
    },
    Space {
        name: "abd",
        text: "protocol abd\nnodes 3\nclients 2\n",
        request: "budget operations=2\n",
        is_whole: false,
    },
    Space {
        name: "raft",
        text: "protocol raft\nnodes 3\nclients 1\nwithout pre-vote leader-stickiness\n",
        request: "budget timers=4\nsilent heartbeat\nstates 400000\n",
        is_whole: false,
    },
    Space {
        name: "raft-figure-8",
        text: "protocol raft\nnodes 3\nclients 1\nset entries-per-message 1\n\
               without pre-vote leader-stickiness commit-only-own-term\n",
        request: "budget timers=4\nsilent heartbeat\ntimely\n",
        is_whole: false,
    },
];

impl Space {
    fn of(name: &str) -> &'static Space {
        let found = SPACES.iter().find(|space| space.name == name);
        found.unwrap_or_else(|| panic!("there is no space “{name}”"))
    }

    fn request(&self) -> String {
        let reductions = consensus_playground::explore::Reductions::NAMES;
        let off = reductions.iter().filter(|_| self.is_whole).map(|name| format!("no {name}\n"));
        self.request.to_owned() + &off.collect::<String>()
    }

    fn scenario(&self) -> Scenario {
        searchable(&text::parse(self.text).unwrap_or_else(|error| panic!("{}: {error}", self.name)))
    }

    fn worlds(&self) -> (Worlds, Request) {
        let scenario = self.scenario();
        let request = Request::parse(&scenario, &self.request());
        let request = request.unwrap_or_else(|error| panic!("{}: {error}", self.name));
        let worlds = worlds_after(&scenario, request.plan.clone());
        (worlds.unwrap_or_else(|error| panic!("{}: {error}", self.name)), request)
    }

    /// Explores it: how it ended, distinct states, seconds, bytes of the table, and the seconds of the
    /// first and of the last quarter of the states.
    fn time(&self) -> (&'static str, u64, f64, u64, [f64; 2]) {
        let (worlds, request) = self.worlds();
        let mut search = Breadth::new(worlds, request.limits);
        let mut moments = vec![(0, 0.0)];
        let start = seconds();
        while search.advance(SLICE) == Progress::Running {
            moments.push((search.counts().distinct, seconds() - start));
        }
        let (seconds, counts) = (seconds() - start, search.counts());
        moments.push((counts.distinct, seconds));
        let at = |states: u64| {
            let later = moments.iter().find(|(distinct, _)| *distinct >= states);
            later.map_or(seconds, |(_, moment)| *moment)
        };
        let quarters = [at(counts.distinct / 4), seconds - at(counts.distinct / 4 * 3)];
        (search.progress().word(), counts.distinct, seconds, counts.table_bytes, quarters)
    }

    /// Explores it by one thread and by all: how many these are, distinct states, and the seconds of both by
    /// the clock.
    fn by_threads(&self) -> (usize, u64, [f64; 2]) {
        let all = std::thread::available_parallelism().map_or(1, usize::from);
        let mut distinct = 0;
        let clocked = [1, all].map(|threads| {
            let (worlds, request) = self.worlds();
            let start = Instant::now();
            let mut search: Box<dyn Search<Worlds>> = match threads {
                1 => Box::new(Breadth::new(worlds, request.limits)),
                _ => Box::new(Threads::new(worlds, request.limits, threads)),
            };
            while search.advance(SLICE * 64) == Progress::Running {}
            distinct = search.counts().distinct;
            start.elapsed().as_secs_f64()
        });
        (all, distinct, clocked)
    }

    /// The same by the other crate: its distinct states and seconds.
    fn by_stateright(&self) -> (u64, f64) {
        let (worlds, request) = self.worlds();
        let mut ours = Breadth::new(self.worlds().0, request.limits);
        while ours.advance(SLICE) == Progress::Running {}
        let generated = ours.counts().generated;
        drop(ours);
        let same = Same { origin: worlds.origin().clone(), plan: request.plan };
        let start = seconds();
        let most = usize::try_from(generated).expect("few states");
        let checked = same.checker().target_state_count(most).spawn_bfs().join();
        (checked.unique_state_count() as u64, seconds() - start)
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["names"] => SPACES.iter().for_each(|space| println!("{}", space.name)),
        ["text", name] => print!("{}", Space::of(name).text),
        ["request", name] => print!("{}", Space::of(name).request()),
        ["time", name] => {
            let (word, distinct, seconds, bytes, [first, last]) = Space::of(name).time();
            println!("{}\t{distinct}\t{seconds}\t{bytes}\t{first}\t{last}", word);
        }
        ["threads", name] => {
            let (threads, distinct, [one, all]) = Space::of(name).by_threads();
            println!("{threads}\t{distinct}\t{one}\t{all}");
        }
        ["stateright", name] => {
            let space = Space::of(name);
            if space.is_whole {
                let (distinct, seconds) = space.by_stateright();
                println!("{distinct}\t{seconds}");
            }
        }
        _ => {
            for space in &SPACES {
                let (word, distinct, seconds, ..) = space.time();
                let line = serde_json::json!({
                    "name": format!("explore {}, native, one thread", space.name),
                    "value": distinct as f64 / seconds,
                    "unit": "1/s",
                    "note": format!("{distinct} distinct states in {seconds:.2} s; {word}"),
                });
                println!("{line}");
            }
        }
    }
}
