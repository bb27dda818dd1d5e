//! Steps to actions. The same unfolding serves the page, the command line, links and tests.

use std::fmt;

use super::bounds::ACTIONS_MAX;
use super::{MessageVerb, Pace, Selector, Step};
use crate::action::{Action, ActionKind};
use crate::ids::MessageId;
use crate::sim::{MessageInfo, Sim};
use crate::world::{Refusal, Schedule};

/// The most deliveries that one `settle` makes before it says that the network never quietens.
const SETTLE_MAX: u32 = 10_000;

/// Why a step could not be carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StepError {
    /// The action it stands for is impossible at that moment.
    Refused(Refusal),
    /// No such message is in flight.
    NoMessage,
    /// Fewer such messages are in flight than it asks for.
    FewerMessages(usize),
    /// Nothing more happens by itself.
    NothingLeft,
    /// The network does not quieten.
    NeverSettles,
    /// More actions than a run may have.
    TooManyActions,
}

impl fmt::Display for StepError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StepError::Refused(refusal) => refusal.fmt(f),
            StepError::NoMessage => f.write_str("no such message is in flight at this moment"),
            StepError::FewerMessages(count) => {
                write!(f, "only {count} such messages are in flight at this moment")
            }
            StepError::NothingLeft => f.write_str("nothing more happens by itself"),
            StepError::NeverSettles => {
                write!(f, "after {SETTLE_MAX} deliveries messages are still in flight")
            }
            StepError::TooManyActions => write!(f, "a run has at most {ACTIONS_MAX} actions"),
        }
    }
}

impl From<Refusal> for StepError {
    fn from(refusal: Refusal) -> Self {
        StepError::Refused(refusal)
    }
}

/// Carries out one step. `apply` is called with each action it unfolds to, before the action is
/// applied to the world it is given.
///
/// A step leaves nothing behind but the world: time that passes with nothing due is an action too.
///
/// # Errors
/// Why the step is impossible; the actions before the failing one have happened.
pub fn step(
    sim: &mut dyn Sim,
    pace: Pace,
    step: &Step,
    apply: &mut dyn FnMut(&mut dyn Sim, &Action) -> Result<(), Refusal>,
) -> Result<(), StepError> {
    let mut act = |sim: &mut dyn Sim, action: Action| -> Result<(), StepError> {
        if sim.step() >= ACTIONS_MAX {
            return Err(StepError::TooManyActions);
        }
        Ok(apply(sim, &action)?)
    };
    let now_ms = sim.now_ms();
    match step {
        Step::Note(..) | Step::Expect(_) => {}
        Step::Run(span_ms) => run_until(sim, now_ms + u64::from(*span_ms), &mut act)?,
        Step::At(moment_ms) => run_until(sim, *moment_ms, &mut act)?,
        Step::Steps(count) => {
            for _ in 0..*count {
                let next = sim.next_action(pace.schedule()).ok_or(StepError::NothingLeft)?;
                act(sim, next)?;
            }
        }
        Step::Settle => {
            for delivered in 0.. {
                let Some(message) = next_deliverable(sim) else { break };
                if delivered == SETTLE_MAX {
                    return Err(StepError::NeverSettles);
                }
                act(sim, ActionKind::Deliver(message).at(now_ms))?;
            }
        }
        Step::Wait(span_ms) => act(sim, ActionKind::Wait.at(now_ms + u64::from(*span_ms)))?,
        Step::Message(verb, selector) => {
            let found = matching(sim, selector);
            let chosen: &[MessageId] = match (found.len(), selector.is_single()) {
                (0, _) => return Err(StepError::NoMessage),
                (count, true) => {
                    let nth = selector.nth as usize;
                    if nth >= count {
                        return Err(StepError::FewerMessages(count));
                    }
                    &found[nth..=nth]
                }
                (_, false) => &found,
            };
            for message in chosen {
                act(sim, verb_on(*verb, *message).at(now_ms))?;
            }
        }
        Step::Act(kind) => act(sim, kind.clone().at(now_ms))?,
    }
    Ok(())
}

fn run_until(
    sim: &mut dyn Sim,
    until_ms: u64,
    act: &mut dyn FnMut(&mut dyn Sim, Action) -> Result<(), StepError>,
) -> Result<(), StepError> {
    while let Some(next) = sim.next_action(Schedule::ByTime) {
        if next.at_ms > until_ms {
            break;
        }
        act(sim, next)?;
    }
    if sim.now_ms() < until_ms {
        act(sim, ActionKind::Wait.at(until_ms))?;
    }
    Ok(())
}

/// What a verb makes of a message.
pub fn verb_on(verb: MessageVerb, message: MessageId) -> ActionKind {
    match verb {
        MessageVerb::Deliver => ActionKind::Deliver(message),
        MessageVerb::Drop => ActionKind::Drop(message),
        MessageVerb::Duplicate => ActionKind::Duplicate(message),
        MessageVerb::Delay(by_ms) => ActionKind::Delay { message, by_ms },
    }
}

/// The messages in flight that fit, oldest first.
pub fn matching(sim: &dyn Sim, selector: &Selector) -> Vec<MessageId> {
    let mut found = Vec::new();
    let fits = |info: &MessageInfo| {
        selector.from.is_none_or(|from| from == info.from)
            && selector.to.is_none_or(|to| to == info.to)
            && selector.kind.is_none_or(|kind| kind == info.kind)
    };
    sim.for_each_message(&mut |info| {
        if fits(info) {
            found.push(info.id);
        }
    });
    found
}

/// The selector that means exactly this message at this moment.
pub fn selector_of(sim: &dyn Sim, message: MessageId) -> Option<Selector> {
    let info = sim.message(message)?;
    let mut selector =
        Selector { from: Some(info.from), to: Some(info.to), kind: Some(info.kind), nth: 0 };
    let place = matching(sim, &selector).iter().position(|id| *id == message)?;
    selector.nth = place as u32;
    Some(selector)
}

fn next_deliverable(sim: &dyn Sim) -> Option<MessageId> {
    let mut found = None;
    sim.for_each_message(&mut |info| {
        if found.is_none() && sim.check(&ActionKind::Deliver(info.id)).is_ok() {
            found = Some(info.id);
        }
    });
    found
}
