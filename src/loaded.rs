//! Which code is there. Natively all is; in the page each protocol's code is a module of its own, fetched
//! when the first scenario asks for it, and so is the code that judges histories.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::consistency;

/// Code that was asked for and is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// That of the protocol at this place of the registry.
    Protocol(u8),
    /// What judges histories.
    Judge,
}

/// What is said of it where nobody can fetch it.
pub const NO_JUDGE: &str = "the code that judges histories has not been fetched";

/// A bit for each protocol whose code is there.
static LOADED: AtomicU64 = AtomicU64::new(if cfg!(target_arch = "wasm32") { 0 } else { u64::MAX });
/// What was asked for last without its code: a protocol as its place and one; zero for nothing.
static MISSING: AtomicU64 = AtomicU64::new(0);
const JUDGE: u64 = u64::MAX;

/// Whether the code of the protocol at this place of the registry is there; if not, it is noted.
pub fn is_loaded(place: u8) -> bool {
    let is_there = LOADED.load(Ordering::Relaxed) & (1 << place) != 0;
    if !is_there {
        MISSING.store(u64::from(place) + 1, Ordering::Relaxed);
    }
    is_there
}

/// Makes sure that histories can be judged.
///
/// # Errors
/// They cannot, in words; it is noted.
pub fn judge_is_ready() -> Result<(), &'static str> {
    if consistency::can_judge() {
        return Ok(());
    }
    MISSING.store(JUDGE, Ordering::Relaxed);
    Err(NO_JUDGE)
}

/// From now on the code of the protocol at this place of the registry is there.
pub fn set_loaded(place: u8) {
    LOADED.fetch_or(1 << place, Ordering::Relaxed);
}

/// What was asked for without its code since the last call.
pub fn take_missing() -> Option<Missing> {
    match MISSING.swap(0, Ordering::Relaxed) {
        0 => None,
        JUDGE => Some(Missing::Judge),
        place => Some(Missing::Protocol((place - 1) as u8)),
    }
}
