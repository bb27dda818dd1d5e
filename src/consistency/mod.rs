//! Which consistency model a history satisfies, and why not where it does not. Nothing here knows a
//! protocol: a history is what clients asked and were told.

mod model;
mod record;
mod verdict;

pub use model::{Availability, IMPLICATIONS, MODELS, Model, ModelInfo, OBJECTS, Object};
pub use record::{Answer, Command, History, Record, Step, Value};
pub use verdict::{Limits, Order, Verdict, Violation};
