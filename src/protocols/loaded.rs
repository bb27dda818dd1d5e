//! Which protocols' code is there. Natively all is; in the page each protocol's code is a module of
//! its own, fetched when the first scenario asks for it.

use std::sync::atomic::{AtomicU64, Ordering};

/// A bit for each protocol whose code is there.
static LOADED: AtomicU64 = AtomicU64::new(if cfg!(target_arch = "wasm32") { 0 } else { u64::MAX });
/// The protocol that was asked for last without its code, as its place and one; zero for none.
static MISSING: AtomicU64 = AtomicU64::new(0);

/// Whether the code of the protocol at this place of the registry is there; if not, it is noted.
pub(super) fn is_loaded(place: u8) -> bool {
    let is_there = LOADED.load(Ordering::Relaxed) & (1 << place) != 0;
    if !is_there {
        MISSING.store(u64::from(place) + 1, Ordering::Relaxed);
    }
    is_there
}

/// From now on the code of the protocol at this place of the registry is there.
pub fn set_loaded(place: u8) {
    LOADED.fetch_or(1 << place, Ordering::Relaxed);
}

/// The protocol that was asked for without its code since the last call.
pub fn take_missing() -> Option<u8> {
    MISSING.swap(0, Ordering::Relaxed).checked_sub(1).map(|place| place as u8)
}
