//! Worlds kept along a branch, so that seeking replays few actions. They thin out as a run grows:
//! replaying a few hundred actions costs less than a frame, and memory stays bounded.

use crate::sorted::SortedMap;
use crate::world::World;

/// How many actions lie between two checkpoints at first. Measured: 256 actions replay in about a
/// millisecond (see benches/README.md), a sixteenth of a frame.
const SPACING_FIRST: u64 = 256;
/// The most checkpoints of one branch; beyond it every other one goes.
const CHECKPOINTS_MAX: usize = 512;

/// The checkpoints of one branch, by the number of actions applied.
pub(super) struct Checkpoints {
    spacing: u64,
    worlds: SortedMap<u64, World>,
}

impl Default for Checkpoints {
    fn default() -> Self {
        Checkpoints { spacing: SPACING_FIRST, worlds: SortedMap::new() }
    }
}

impl Checkpoints {
    /// Keeps a world if its moment is one to be kept.
    pub(super) fn offer(&mut self, index: u64, world: &World) {
        if !index.is_multiple_of(self.spacing) || self.worlds.contains_key(&index) {
            return;
        }
        self.worlds.insert(index, world.clone());
        if self.worlds.len() > CHECKPOINTS_MAX {
            self.spacing *= 2;
            self.worlds.retain(|index, _| index.is_multiple_of(self.spacing));
        }
    }

    /// The last world kept at or before a moment.
    pub(super) fn nearest(&self, index: u64) -> Option<(u64, &World)> {
        self.worlds.range(..=index).next_back().map(|(at, world)| (*at, world))
    }
}
