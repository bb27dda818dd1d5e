//! The protocols. Each is one module; the registry is the one list of them.

pub mod abd;
pub mod bank;
mod clients;
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

use std::marker::PhantomData;

use crate::loaded;
use crate::machine::{Machine, Typed};
use crate::protocol::{Protocol, Sheet};
use crate::world::{Config, SetupError, World};

/// A protocol by name.
#[derive(Clone, Copy)]
pub struct Entry {
    id: &'static str,
    /// A function rather than the sheet itself: its words come with the protocol's code.
    sheet: fn() -> &'static Sheet,
    machine: &'static dyn Machine,
}

impl Entry {
    /// The protocol's name in scenarios, the sheet's `id`.
    pub fn id(&self) -> &'static str {
        self.id
    }

    /// What the protocol is made of. Its code must be there; natively it always is, and in the page
    /// whoever makes a scenario asks [`Entry::ready`] before.
    pub fn sheet(&self) -> &'static Sheet {
        (self.sheet)()
    }

    /// Makes sure that the protocol's code is there.
    ///
    /// # Errors
    /// It is not; what is missing has been noted.
    pub fn ready(&self) -> Result<(), SetupError> {
        if self.is_loaded() { Ok(()) } else { Err(SetupError::NotLoaded(self.id)) }
    }

    /// Makes a world.
    ///
    /// # Errors
    /// A configuration that cannot run, or an initial disk that cannot be read.
    pub fn world(&self, config: Config) -> Result<World, SetupError> {
        self.ready()?;
        World::new(self.sheet(), self.machine, config)
    }

    fn is_loaded(&self) -> bool {
        find(self.id).is_some_and(|(place, _)| loaded::is_loaded(place))
    }

    /// What keeps a configuration from running, if something does.
    pub fn refuses(&self, nodes: u16, settings: &[u32]) -> Option<String> {
        if let Err(missing) = self.ready() {
            return Some(missing.to_string());
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
    Entry { id: P::SHEET.id, sheet: sheet_of::<P>, machine: &Typed::<P>(PhantomData) }
}

fn sheet_of<P: Protocol>() -> &'static Sheet {
    P::SHEET
}

/// The place and entry of a protocol in [`REGISTRY`].
pub fn find(id: &str) -> Option<(u8, Entry)> {
    let place = REGISTRY.iter().position(|entry| entry.id == id)?;
    Some((place as u8, REGISTRY[place]))
}
