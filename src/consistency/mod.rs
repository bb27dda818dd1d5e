//! Which consistency model a history satisfies, and why not where it does not. Nothing here knows a
//! protocol: a history is what clients asked and were told.

mod arbitration;
mod compile;
mod convergence;
mod direct;
mod explain;
mod growing;
mod intern;
mod items;
mod judge;
mod late;
mod machine;
mod model;
mod queues;
mod read_committed;
mod record;
mod registers;
mod relation;
mod run;
mod search;
mod snapshot;
mod verdict;
mod views;
mod words;

pub use judge::{Judge, Progress, judge};
pub use late::{can_judge, judge_run, set_judge};
pub use model::{Availability, IMPLICATIONS, MODELS, Model, ModelInfo, OBJECTS, Object};
pub use record::{Answer, Command, Contents, History, Record, Step, Value};
pub use run::from_run;
pub use verdict::{Limits, Order, Verdict, Violation};
