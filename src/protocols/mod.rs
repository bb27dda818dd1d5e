//! The protocols. Each is one module; the registry is the one list of them.

pub mod abd;
pub mod bank;
pub mod gossip;
pub mod multi_paxos;
pub mod paxos;
pub mod paxos_commit;
pub mod primary_backup;
pub mod quorum;
pub mod raft;
pub mod shared_memory;
pub mod three_phase_commit;
pub mod total_order;
pub mod two_phase_commit;

pub mod loaded;

use std::marker::PhantomData;

use crate::machine::{Machine, Typed};
use crate::protocol::{Protocol, Sheet};
use crate::world::{Config, SetupError, World};

/// A protocol by name.
#[derive(Clone, Copy)]
pub struct Entry {
    sheet: &'static Sheet,
    machine: &'static dyn Machine,
}

impl Entry {
    /// What the protocol is made of.
    pub fn sheet(&self) -> &'static Sheet {
        self.sheet
    }

    /// Makes a world.
    ///
    /// # Errors
    /// A configuration that cannot run, or an initial disk that cannot be read.
    pub fn world(&self, config: Config) -> Result<World, SetupError> {
        if !self.is_loaded() {
            return Err(SetupError::NotLoaded(self.sheet.id));
        }
        World::new(self.sheet, self.machine, config)
    }

    fn is_loaded(&self) -> bool {
        find(self.sheet.id).is_some_and(|(place, _)| loaded::is_loaded(place))
    }

    /// What keeps a configuration from running, if something does.
    pub fn refuses(&self, nodes: u16, settings: &[u32]) -> Option<String> {
        if !self.is_loaded() {
            return Some(SetupError::NotLoaded(self.sheet.id).to_string());
        }
        self.machine.refuses(nodes, settings)
    }
}

/// All protocols. Append only: links hold the index.
pub const REGISTRY: &[Entry] = &[
    entry::<raft::Raft>(),
    entry::<abd::Abd>(),
    entry::<multi_paxos::MultiPaxos>(),
    entry::<paxos::Paxos>(),
    entry::<primary_backup::PrimaryBackup>(),
    entry::<total_order::TotalOrder>(),
    entry::<shared_memory::SharedMemory>(),
    entry::<quorum::Quorum>(),
    entry::<gossip::Gossip>(),
    entry::<two_phase_commit::TwoPhaseCommit>(),
    entry::<three_phase_commit::ThreePhaseCommit>(),
    entry::<paxos_commit::PaxosCommit>(),
];

const fn entry<P: Protocol>() -> Entry {
    Entry { sheet: P::SHEET, machine: &Typed::<P>(PhantomData) }
}

/// The place and entry of a protocol in [`REGISTRY`].
pub fn find(id: &str) -> Option<(u8, Entry)> {
    let place = REGISTRY.iter().position(|entry| entry.sheet().id == id)?;
    Some((place as u8, REGISTRY[place]))
}
