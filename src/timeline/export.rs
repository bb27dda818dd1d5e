//! A run as a scenario again: what was played, clicked and branched, in a form that people read and
//! links carry.

use super::{Moment, Timeline};
use crate::action::{Action, ActionKind};
use crate::scenario::run::selector_of;
use crate::scenario::{MessageVerb, Scenario, Step};
use crate::sim::Sim;
use crate::world::Schedule;

impl Timeline {
    /// The run up to a moment as a scenario that unfolds to exactly the same actions.
    ///
    /// The scenario's own steps are kept as far as the run follows them. Beyond, what happened by
    /// itself becomes `at` or `step`, and what somebody did stands as it is.
    pub fn export(&self, moment: Moment) -> Scenario {
        let mut scenario = self.scenario.clone();
        scenario.steps.clear();
        let mut index = 0;
        for (end, step) in self.steps_until(moment.branch, moment.index) {
            scenario.steps.push(step.clone());
            index = end;
        }
        // A note or expectation with nothing behind it on this run still belongs to its moment.
        let mut writer = Writer {
            world: self.world_at(moment.branch, index),
            steps: &mut scenario.steps,
            automatic: 0,
        };
        for place in index..moment.index {
            if let Some(action) = self.action(moment.branch, place) {
                writer.write(action);
            }
        }
        writer.end_automatic(None);
        scenario
    }
}

/// Turns actions into steps.
struct Writer<'a> {
    world: Box<dyn Sim>,
    steps: &'a mut Vec<Step>,
    /// How many of the last actions were what would have happened anyhow.
    automatic: u32,
}

impl Writer<'_> {
    fn write(&mut self, action: &Action) {
        if self.world.next_action(Schedule::ByTime).as_ref() == Some(action) {
            self.automatic += 1;
        } else {
            // Time that passes by `wait` is the wait's own.
            let then_ms = (action.kind != ActionKind::Wait).then_some(action.at_ms);
            self.end_automatic(then_ms);
            self.write_by_hand(action);
        }
        let replayed = self.world.apply(action);
        debug_assert!(replayed.is_ok(), "exporting {action:?}: {replayed:?}");
    }

    /// Ends a stretch of what happens by itself; `then_ms` is the moment of the next action.
    fn end_automatic(&mut self, then_ms: Option<u64>) {
        let now_ms = self.world.now_ms();
        let moment_ms = then_ms.unwrap_or(now_ms).max(now_ms);
        let next_ms = self.world.next_action(Schedule::ByTime).map(|next| next.at_ms);
        let passes_time = moment_ms > now_ms;
        // `at T` means all that is due by T; it is exact only if the next thing is due later.
        let is_exact = next_ms.is_none_or(|next_ms| next_ms > moment_ms);
        if self.automatic > 0 && is_exact {
            self.steps.push(Step::At(moment_ms));
        } else {
            if self.automatic > 0 {
                self.steps.push(Step::Steps(self.automatic));
            }
            if passes_time && is_exact {
                self.steps.push(Step::At(moment_ms));
            }
        }
        self.automatic = 0;
    }

    fn write_by_hand(&mut self, action: &Action) {
        let now_ms = self.world.now_ms();
        let step = match &action.kind {
            ActionKind::Wait => Some(Step::Wait(action.at_ms.saturating_sub(now_ms).max(1) as u32)),
            ActionKind::Deliver(id) => self.message(MessageVerb::Deliver, *id),
            ActionKind::Drop(id) => self.message(MessageVerb::Drop, *id),
            ActionKind::Duplicate(id) => self.message(MessageVerb::Duplicate, *id),
            ActionKind::Delay { message, by_ms } => {
                self.message(MessageVerb::Delay(*by_ms), *message)
            }
            kind => Some(Step::Act(kind.clone())),
        };
        self.steps.extend(step);
    }

    fn message(&self, verb: MessageVerb, id: crate::ids::MessageId) -> Option<Step> {
        selector_of(&*self.world, id).map(|selector| Step::Message(verb, selector))
    }
}
