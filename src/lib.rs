//! Consensus Playground: the protocols that keep copies of data consistent, to be seen, broken and
//! understood.
//!
//! One deterministic core. [`world::World`] holds a cluster and changes by
//! [`world::World::apply`] alone; what a person clicks, what a schedule picks, what a link replays
//! and what a search finds are all lists of [`action::Action`]s. ARCHITECTURE.md draws the map.

pub mod action;
pub mod budget;
mod cluster;
pub mod consistency;
pub mod course;
pub mod explore;
pub mod healing;
pub mod history;
pub mod history_files;
pub mod ids;
mod known;
pub mod loaded;
mod machine;
pub mod mix;
pub mod operation;
pub mod past;
pub mod protocol;
pub mod protocols;
pub mod qr;
pub mod renaming;
pub mod scenario;
pub mod session;
pub mod shared;
mod sheet;
pub mod sorted;
mod sorting;
pub mod store;
pub mod sweep;
pub mod timeline;
pub mod tradeoff;
pub mod view;
pub mod workload;
pub mod world;

#[cfg(target_arch = "wasm32")]
mod wasm;
