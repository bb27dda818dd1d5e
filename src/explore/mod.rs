//! The explorer: every run of a scenario within budgets, the shortest first.

mod breadth;
mod budget;
mod minimise;
mod plan;
mod space;
pub mod spec;
mod story;
mod visited;
mod worlds;

pub use breadth::{Breadth, Counts, Limits, Progress};
pub use budget::{Budget, Surprise};
pub use minimise::minimise;
pub use plan::{Goal, OFFERS_MAX, Plan, Reductions, WAIT_MS};
pub use space::{Finding, Pruned, Space};
pub use story::{Story, searchable, tell};
pub use worlds::{Situation, Worlds};
