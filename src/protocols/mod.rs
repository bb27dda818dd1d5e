//! The protocols. Each is one module; the registry is the one list of them.

pub mod abd;
pub mod bank;
pub mod multi_paxos;
pub mod paxos_commit;
pub mod raft;
pub mod three_phase_commit;
pub mod two_phase_commit;

use crate::protocol::Sheet;
use crate::sim::{Sim, simulate};
use crate::world::Config;

/// A protocol by name: its sheet, and how to make a world of it.
#[derive(Clone, Copy)]
pub struct Entry {
    /// What the protocol is made of.
    pub sheet: fn() -> &'static Sheet,
    /// Makes a world.
    pub make: fn(Config) -> Result<Box<dyn Sim>, crate::sim::DiskError>,
}

/// All protocols. Append only: links hold the index.
pub const REGISTRY: &[Entry] = &[
    entry::<raft::Raft>(),
    entry::<abd::Abd>(),
    entry::<multi_paxos::MultiPaxos>(),
    entry::<two_phase_commit::TwoPhaseCommit>(),
    entry::<three_phase_commit::ThreePhaseCommit>(),
    entry::<paxos_commit::PaxosCommit>(),
];

const fn entry<P: crate::protocol::Protocol>() -> Entry {
    Entry { sheet: || P::default().sheet(), make: simulate::<P> }
}

/// The place and entry of a protocol in [`REGISTRY`].
pub fn find(id: &str) -> Option<(u8, Entry)> {
    let place = REGISTRY.iter().position(|entry| (entry.sheet)().id == id)?;
    Some((place as u8, REGISTRY[place]))
}
