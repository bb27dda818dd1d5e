//! When a goal was reached along a run.

use crate::action::ActionKind;
use crate::explore::{Goal, goal_of};
use crate::timeline::{Moment, Timeline};

/// The first moment from `from` to the present one, along the present branch, at which all goals hold; each
/// stands on a line. Rules switched by hand after the scenario's own run make it not count: what breaks
/// then is another protocol.
///
/// # Errors
/// Which goal cannot be read, and what was expected.
pub fn reached(timeline: &Timeline, goals: &str, from: u64) -> Result<Option<u64>, String> {
    let goals: Result<Vec<Goal>, String> =
        goals.lines().map(|line| goal_of(line, timeline.scenario())).collect();
    let goals = goals?;
    let Moment { branch, index } = timeline.cursor();
    let mut at = from.min(index);
    let mut world = timeline.world_at(branch, at);
    while !goals.iter().all(|goal| goal.is_reached(&world)) {
        let Some(action) = timeline.action(branch, at).filter(|_| at < index) else {
            return Ok(None);
        };
        if world.apply(action).is_err() {
            return Ok(None);
        }
        at += 1;
    }
    let is_rule = |place: u64| {
        let action = timeline.action(branch, place);
        matches!(action.map(|action| &action.kind), Some(ActionKind::SetRule { .. }))
    };
    let own = timeline.shared_until(branch).min(timeline.own_length());
    let by_hand = (own..at).any(is_rule);
    Ok((!by_hand).then_some(at))
}
