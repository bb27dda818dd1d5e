//! Each protocol against its own promises: sweeps, rules switched off, shipped scenarios, dead
//! messages, settings, refusals.

#[path = "../common/mod.rs"]
mod common;

/// A test for each rule: without it, `breaks` finds what it protects violated.
macro_rules! without {
    ($breaks:expr; $($name:ident $rule:literal;)*) => {
        $(#[test] fn $name() { $breaks($rule); })*
    };
}

mod abd;
mod bank;
mod gossip;
mod multi_paxos;
mod paxos;
mod paxos_commit;
mod primary_backup;
mod quorum;
mod raft;
mod raft_membership;
mod shared_memory;
mod three_phase_commit;
mod total_order;
mod two_phase_commit;
