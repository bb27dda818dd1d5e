//! A run as a scenario again: what was played, clicked and branched, in a form that people read and
//! links carry.

use super::{BranchId, Moment, Timeline};
use crate::action::{Action, ActionKind};
use crate::scenario::bounds::STEP_ACTIONS_MAX;
use crate::scenario::run::selector_of;
use crate::scenario::{MessageVerb, Scenario, Step};
use crate::world::Schedule;
use crate::world::World;

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
            schedule: self.scenario.pace.schedule(),
        };
        for place in index..moment.index {
            if let Some(action) = self.action(moment.branch, place) {
                writer.write(action);
            }
        }
        writer.end_automatic();
        scenario
    }

    /// The scenario with every stretch that counts actions told by the clock instead: another
    /// protocol takes another number of actions for the same time.
    pub fn by_the_clock(&self) -> Scenario {
        let mut scenario = self.scenario.clone();
        if scenario.pace.schedule() != Schedule::ByTime {
            return scenario;
        }
        for (step, (_, end)) in scenario.steps.iter_mut().zip(&self.ranges) {
            if matches!(step, Step::Steps(_)) {
                let last = end.checked_sub(1).and_then(|last| self.event(BranchId(0), last));
                *step = Step::At(last.map_or(0, |event| event.at_ms));
            }
        }
        scenario
    }
}

/// Turns actions into steps.
struct Writer<'a> {
    world: World,
    steps: &'a mut Vec<Step>,
    /// How many of the last actions were what would have happened anyhow.
    automatic: u32,
    schedule: Schedule,
}

impl Writer<'_> {
    fn write(&mut self, action: &Action) {
        let next = self.world.next_action(self.schedule);
        if next.as_ref() == Some(action) {
            self.automatic += 1;
        } else {
            let is_by_time = self.schedule == Schedule::ByTime;
            let nothing_due = next.is_none_or(|next| next.at_ms > action.at_ms);
            if action.kind == ActionKind::Wait && is_by_time && nothing_due {
                // `at T` means: all that is due by T, and then the clock shows T.
                self.automatic = 0;
                self.steps.push(Step::At(action.at_ms));
            } else {
                self.end_automatic();
                self.write_by_hand(action);
            }
        }
        let replayed = self.world.apply(action);
        debug_assert!(replayed.is_ok(), "exporting {action:?}: {replayed:?}");
    }

    /// Ends a stretch of what happens by itself.
    fn end_automatic(&mut self) {
        if self.automatic == 0 {
            return;
        }
        let now_ms = self.world.now_ms();
        let next = self.world.next_action(self.schedule);
        let is_exact =
            self.schedule == Schedule::ByTime && next.is_none_or(|next| next.at_ms > now_ms);
        if is_exact {
            self.automatic = 0;
            return self.steps.push(Step::At(now_ms));
        }
        while self.automatic > 0 {
            let count = self.automatic.min(STEP_ACTIONS_MAX);
            self.steps.push(Step::Steps(count));
            self.automatic -= count;
        }
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
        selector_of(&self.world, id).map(|selector| Step::Message(verb, selector))
    }
}
