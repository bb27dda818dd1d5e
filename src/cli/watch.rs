//! A search as somebody waits for it at a terminal: how far it is, once a second, and Ctrl-C.
//!
//! The first Ctrl-C ends the search between two states, so that what was counted is printed as a partial
//! result; a second one ends the program, as anywhere. Where nobody looks, since errors go to a file, nothing
//! is told on the way.

use std::io::{IsTerminal, Write, stderr};
use std::process::exit;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use consensus_playground::explore::{Progress, Search, Space};
use tokio::runtime::Builder;
use tokio::signal::ctrl_c;

/// Between two looks at the clock and at Ctrl-C.
const SLICE: Duration = Duration::from_millis(50);
/// Enough states for several threads to share.
const SLICE_STATES_MAX: u64 = 1 << 16;
const TELL_EVERY: Duration = Duration::from_secs(1);
/// What a program that Ctrl-C ended exits with.
const INTERRUPTED: i32 = 130;

/// How a search that was waited for ended.
pub(super) struct Waited {
    /// How long it took.
    pub seconds: f64,
    /// Whether it was interrupted.
    pub stopped: bool,
}

/// Searches to the end, or until Ctrl-C.
pub(super) fn wait_for<S: Space>(search: &mut dyn Search<S>) -> Waited {
    let (start, interrupted) = (Instant::now(), listen());
    let is_watched = stderr().is_terminal();
    let (mut states, mut told) = (64, start);
    while !interrupted.load(Ordering::Relaxed) {
        let begun = Instant::now();
        if search.advance(states) != Progress::Running {
            break;
        }
        states = if begun.elapsed() < SLICE { states * 2 } else { states / 2 };
        states = states.clamp(1, SLICE_STATES_MAX);
        if is_watched && told.elapsed() >= TELL_EVERY {
            told = Instant::now();
            let (counts, seconds) = (search.counts(), start.elapsed().as_secs_f64());
            let rate = counts.distinct as f64 / seconds;
            let _ = write!(
                stderr(),
                "\r{} states, depth {}, {rate:.0} a second; Ctrl-C ends it \x1b[K",
                counts.distinct,
                counts.depth
            );
        }
    }
    if told != start {
        let _ = write!(stderr(), "\r\x1b[K");
    }
    Waited {
        seconds: start.elapsed().as_secs_f64(),
        stopped: search.progress() == Progress::Running,
    }
}

/// Hears of Ctrl-C, on a thread of its own.
fn listen() -> Arc<AtomicBool> {
    let interrupted = Arc::new(AtomicBool::new(false));
    let heard = Arc::clone(&interrupted);
    thread::spawn(move || {
        let Ok(runtime) = Builder::new_current_thread().enable_io().build() else { return };
        runtime.block_on(async {
            while ctrl_c().await.is_ok() {
                if heard.swap(true, Ordering::Relaxed) {
                    exit(INTERRUPTED);
                }
            }
        });
    });
    interrupted
}
