//! The explorer: every run of a scenario within budgets, the shortest first.

mod breadth;
mod budget;
mod core;
mod minimise;
mod moves;
mod plan;
mod space;
pub mod spec;
mod story;
mod turn;
mod visited;
mod worlds;

pub use breadth::{Breadth, Counts, Limits, Progress};
pub use budget::{Budget, Surprise};
pub use minimise::minimise;
pub use moves::Move;
pub use plan::{Goal, OFFERS_MAX, Plan, Reductions, WAIT_MS};
pub use space::{Finding, Pruned, Space, Visit};
pub use story::{Story, searchable, tell};
pub use worlds::{Situation, Worlds};
