//! Judging is code that a page fetches when it first needs it, so whoever judges a run goes through
//! here. Natively it is always there.

use std::sync::OnceLock;

use super::{Limits, Model, Verdict, from_run, judge};
use crate::loaded::NO_JUDGE;
use crate::world::World;

/// What the check of a run's history may cost: it is made whenever a scenario is opened.
const RUN_LIMITS: Limits = Limits { steps: 5_000_000, memory_bytes: 64 << 20 };

type JudgeRun = fn(&World, Model) -> Result<Verdict, &'static str>;

static JUDGE_RUN: OnceLock<JudgeRun> = OnceLock::new();

/// Judges what clients saw of a run up to the present moment.
///
/// # Errors
/// Why such a history cannot be judged.
pub fn judge_run(world: &World, model: Model) -> Result<Verdict, &'static str> {
    match judge_of_runs() {
        Some(judge_run) => judge_run(world, model),
        None => Err(NO_JUDGE),
    }
}

/// Whether judging is possible.
pub fn can_judge() -> bool {
    judge_of_runs().is_some()
}

/// From now on it is. The only place of the page's core that knows the judge's code.
pub fn set_judge() {
    JUDGE_RUN.get_or_init(|| judged);
}

fn judge_of_runs() -> Option<JudgeRun> {
    #[cfg(not(target_arch = "wasm32"))]
    set_judge();
    JUDGE_RUN.get().copied()
}

fn judged(world: &World, model: Model) -> Result<Verdict, &'static str> {
    let (history, object) = from_run(world.history().records(), &world.past())?;
    Ok(judge(&history, object, model, RUN_LIMITS))
}
