//! One node as the world holds it: running, paused or crashed, with its disk, timers and clock.

use std::any::Any;
use std::hash::{Hash, Hasher};
use std::sync::OnceLock;

use crate::ids::{Endpoint, TimerId};
use crate::machine::{Machine, Opaque};
use crate::mix::StableHasher;
use crate::world::network::Payload;

/// Whether a node runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// It runs.
    Up,
    /// It stands still and will go on with its memory.
    Paused,
    /// It crashed: only its disk is left.
    Down,
}

/// A timer that is running, on the node's own clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ArmedTimer {
    /// Which timer.
    pub timer: TimerId,
    /// When it was armed, on the node's clock.
    pub armed_local_ms: u64,
    /// When it is due, on the node's clock.
    pub due_local_ms: u64,
}

/// A clock that may run fast or slow. There is one per node; timers and leases both read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Clock {
    base_true_ms: u64,
    base_local_ms: u64,
    rate_permille: u32,
}

impl Clock {
    /// A clock that starts `ahead_ms` ahead and runs at `rate_permille`.
    pub fn new(rate_permille: u32, ahead_ms: u32) -> Self {
        Clock { base_true_ms: 0, base_local_ms: u64::from(ahead_ms), rate_permille }
    }

    /// What it shows.
    pub fn local_ms(&self, true_ms: u64) -> u64 {
        let passed = true_ms.saturating_sub(self.base_true_ms);
        self.base_local_ms + passed * u64::from(self.rate_permille) / 1000
    }

    /// The first true moment at which it shows `local_ms`; far away for a clock that stands still.
    pub fn true_ms(&self, local_ms: u64) -> u64 {
        let missing = local_ms.saturating_sub(self.base_local_ms);
        if missing == 0 {
            return self.base_true_ms;
        }
        match u64::from(self.rate_permille) {
            0 => u64::MAX,
            rate => self.base_true_ms + (missing * 1000).div_ceil(rate),
        }
    }

    /// Local milliseconds per thousand true ones.
    pub fn rate_permille(&self) -> u32 {
        self.rate_permille
    }

    /// Runs at another rate from now on.
    pub fn set_rate(&mut self, true_ms: u64, rate_permille: u32) {
        self.base_local_ms = self.local_ms(true_ms);
        self.base_true_ms = true_ms;
        self.rate_permille = rate_permille;
    }

    /// Jumps ahead.
    pub fn jump(&mut self, ahead_ms: u32) {
        self.base_local_ms += u64::from(ahead_ms);
    }
}

/// A node as the world holds it.
#[derive(Clone, Debug)]
pub struct NodeSlot {
    pub(crate) status: Status,
    /// Present unless the node is down.
    pub(crate) node: Option<Opaque>,
    /// The disk of a crashed node, or the disk as it was when its writes began to be held.
    pub(crate) disk: Option<Opaque>,
    /// What a node with a held disk wants to send but must not yet.
    pub(crate) withheld: Vec<(Endpoint, Payload)>,
    pub(crate) timers: Vec<ArmedTimer>,
    pub(crate) clock: Clock,
    pub(crate) boots: u32,
    /// The hash of what belongs to the cluster's state, made when first asked for after a change.
    hash: OnceLock<u64>,
}

impl NodeSlot {
    /// A node that has not started, with this disk.
    pub(crate) fn new(disk: Opaque, clock: Clock) -> Self {
        NodeSlot {
            status: Status::Down,
            node: None,
            disk: Some(disk),
            withheld: Vec::new(),
            timers: Vec::new(),
            clock,
            boots: 0,
            hash: OnceLock::new(),
        }
    }

    /// Whether it runs.
    pub fn status(&self) -> Status {
        self.status
    }

    /// Its memory and disk, unless it is down.
    pub(crate) fn node(&self) -> Option<&Opaque> {
        self.node.as_ref()
    }

    /// Whether its writes are held back.
    pub fn is_disk_held(&self) -> bool {
        self.node.is_some() && self.disk.is_some()
    }

    /// What is on its disk now.
    pub(crate) fn disk_now(&self, machine: &dyn Machine) -> &dyn Any {
        match (&self.disk, &self.node) {
            (Some(disk), _) => &**disk,
            (None, Some(node)) => machine.disk(node),
            (None, None) => unreachable!("a crashed node keeps its disk"),
        }
    }

    /// Its running timers.
    pub fn timers(&self) -> &[ArmedTimer] {
        &self.timers
    }

    /// Its clock.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Forgets the cached hash; call it on every change.
    pub(crate) fn touch(&mut self) {
        self.hash = OnceLock::new();
    }

    /// The node as part of a state. Which timers run counts, when they are due does not: two
    /// orders of events that lead to the same cluster are the same state.
    pub(crate) fn hash(&self, machine: &dyn Machine) -> u64 {
        *self.hash.get_or_init(|| {
            let timers: u64 = self.timers.iter().map(|armed| 1 << armed.timer.0).sum();
            let mut hasher = StableHasher::default();
            self.status.hash(&mut hasher);
            // What is there and what is not must differ, as in a derived hash of an option.
            hasher.write_isize(self.node.is_some().into());
            if let Some(node) = &self.node {
                machine.hash_node(node, &mut hasher);
            }
            hasher.write_isize(self.disk.is_some().into());
            if let Some(disk) = &self.disk {
                machine.hash_disk(disk, &mut hasher);
            }
            hasher.write_usize(self.withheld.len());
            for (to, payload) in &self.withheld {
                to.hash(&mut hasher);
                payload.hash(machine, &mut hasher);
            }
            timers.hash(&mut hasher);
            hasher.finish()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_and_its_inverse_agree() {
        for rate in [1, 300, 999, 1000, 1001, 2500] {
            let mut clock = Clock::new(rate, 40);
            clock.set_rate(123, rate);
            for local in clock.local_ms(123)..clock.local_ms(123) + 200 {
                let true_ms = clock.true_ms(local);
                assert!(clock.local_ms(true_ms) >= local, "rate {rate}: due means shown");
                assert!(
                    true_ms == 123 || clock.local_ms(true_ms - 1) < local,
                    "rate {rate}: and not earlier"
                );
            }
        }
    }
}
