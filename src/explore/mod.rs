//! The explorer: every run of a scenario within budgets, the shortest first.
//!
//! **Problem.** With a rule switched off, which run breaks an invariant, and which is the shortest?
//! With every rule on, what was looked at? Messages arrive in any order, so runs are far too many to be
//! listed; but most lead to the same states, and states within a budget of surprises can be counted.
//!
//! **Method.** A [`Space`] has states and steps. [`Breadth`] searches any space level by level and keeps of
//! each state 64 bits and its parent. [`Worlds`] is the space of a scenario: its steps are ordinary
//! actions, carried out by [`crate::world::World::apply`] or by the handlers and checkers that it calls, so
//! what is found is a list of actions that a timeline replays ([`tell`]). [`spec`] holds models whose
//! states others have counted, to check the search itself.
//!
//! **What makes it fast.** States that differ in messages alone share the rest, which remembers what each
//! action made of it; a handler is called once for a node and a message, and what checkers and clients make
//! of one is remembered, too (`core.rs`, `effect.rs`). Messages that can never matter are taken out, loss is
//! a message never delivered, time does not pass, states that differ in who is who are one where nodes are
//! alike (`alike.rs`), those that differ in which value is which where values are (`values.rs`), and of
//! equivalent orders one is looked at (`sleep.rs`): [`Reductions`], each with a switch.
//!
//! **Left out.** Symmetry of nodes that compare their names (ballots, ties), and of clients beyond that a
//! client is like those that have called nothing yet.

mod acts;
mod ahead;
mod alike;
mod around;
mod breadth;
mod core;
mod depth;
mod effect;
mod exploration;
mod guided;
mod hints;
mod hunts;
mod minimise;
mod moves;
mod parts;
mod plan;
mod properties;
mod request;
mod search;
mod sleep;
mod space;
pub mod spec;
mod story;
mod turn;
mod values;
mod visited;
mod walks;
mod worlds;

pub use crate::budget::{Budget, Surprise};
pub use ahead::{ANSWERED, CONVERGED, UNREPAIRED};
pub use around::{After, SearchOptions, after, options};
#[cfg(not(target_arch = "wasm32"))]
pub use breadth::Threads;
pub use breadth::{Breadth, Counts, Limits, Progress};
pub use exploration::{Exploration, ExplorationView, FoundRun, PRUNED, open, run_of, worlds_after};
pub use hints::Hints;
pub use hunts::{Hunt, hunt, hunts};
pub use minimise::minimise;
pub use moves::Move;
pub use plan::{Goal, OFFERS_MAX, Plan, Reductions, WAIT_MS};
pub use properties::Properties;
pub use request::{Request, goal_of};
pub use search::{Search, Strategy, Way, begin};
pub use space::{Finding, Pruned, Space, Visit, VisitAwake};
pub use story::{Story, searchable, tell};
pub use worlds::{Situation, Worlds};
