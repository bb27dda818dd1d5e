//! The explorer: every run of a scenario within budgets, the shortest first.

mod breadth;
mod space;
pub mod spec;
mod visited;

pub use breadth::{Breadth, Counts, Limits, Progress};
pub use space::{Finding, Pruned, Space};
