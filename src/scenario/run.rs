//! Steps to actions. The same unfolding serves the page, the command line, links and tests.

use std::fmt;

use super::bounds::ACTIONS_MAX;
use super::{MessageVerb, Pace, Selector, Step};
use crate::action::{Action, ActionKind};
use crate::ids::MessageId;
use crate::world::{MessageInfo, World};
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

/// Something that a step drives: it holds a world and applies actions to it in its own way, by
/// recording them, or writing them down.
pub trait Driver {
    /// The world as it is.
    fn world(&self) -> &World;
    /// Applies an action to it.
    ///
    /// # Errors
    /// An impossible action is refused and changes nothing.
    fn apply(&mut self, action: &Action) -> Result<(), Refusal>;
}

impl Driver for World {
    fn world(&self) -> &World {
        self
    }

    fn apply(&mut self, action: &Action) -> Result<(), Refusal> {
        World::apply(self, action)
    }
}

/// Carries out one step. A step leaves nothing behind but the world: time that passes with nothing
/// due is an action too.
///
/// # Errors
/// Why the step is impossible; the actions before the failing one have happened.
pub fn step(driver: &mut dyn Driver, pace: Pace, step: &Step) -> Result<(), StepError> {
    let now_ms = driver.world().now_ms();
    match step {
        Step::Note(..) | Step::Expect(_) => Ok(()),
        Step::Run(span_ms) => run_until(driver, now_ms + u64::from(*span_ms)),
        Step::At(moment_ms) => run_until(driver, *moment_ms),
        Step::Steps(count) => {
            for _ in 0..*count {
                let next = driver.world().next_action(pace.schedule());
                act(driver, &next.ok_or(StepError::NothingLeft)?)?;
            }
            Ok(())
        }
        Step::Settle => settle(driver, now_ms),
        Step::Wait(span_ms) => act(driver, &ActionKind::Wait.at(now_ms + u64::from(*span_ms))),
        Step::Message(verb, selector) => {
            for message in chosen(driver.world(), selector)? {
                act(driver, &verb_on(*verb, message).at(now_ms))?;
            }
            Ok(())
        }
        Step::Act(kind) => act(driver, &kind.clone().at(now_ms)),
    }
}

fn act(driver: &mut dyn Driver, action: &Action) -> Result<(), StepError> {
    if driver.world().step() >= ACTIONS_MAX {
        return Err(StepError::TooManyActions);
    }
    Ok(driver.apply(action)?)
}

fn run_until(driver: &mut dyn Driver, until_ms: u64) -> Result<(), StepError> {
    while let Some(next) = driver.world().next_action(Schedule::ByTime) {
        if next.at_ms > until_ms {
            break;
        }
        act(driver, &next)?;
    }
    if driver.world().now_ms() < until_ms {
        act(driver, &ActionKind::Wait.at(until_ms))?;
    }
    Ok(())
}

fn settle(driver: &mut dyn Driver, now_ms: u64) -> Result<(), StepError> {
    for _ in 0..SETTLE_MAX {
        let Some(message) = next_deliverable(driver.world()) else { return Ok(()) };
        act(driver, &ActionKind::Deliver(message).at(now_ms))?;
    }
    match next_deliverable(driver.world()) {
        Some(_) => Err(StepError::NeverSettles),
        None => Ok(()),
    }
}

/// The messages that a selector means now: one, or all that fit.
fn chosen(world: &World, selector: &Selector) -> Result<Vec<MessageId>, StepError> {
    let found = matching(world, selector);
    match (found.len(), selector.is_single()) {
        (0, _) => Err(StepError::NoMessage),
        (_, false) => Ok(found),
        (count, true) => match found.get(selector.nth as usize) {
            Some(message) => Ok(vec![*message]),
            None => Err(StepError::FewerMessages(count)),
        },
    }
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
pub fn matching(sim: &World, selector: &Selector) -> Vec<MessageId> {
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
pub fn selector_of(sim: &World, message: MessageId) -> Option<Selector> {
    let info = sim.message(message)?;
    let mut selector =
        Selector { from: Some(info.from), to: Some(info.to), kind: Some(info.kind), nth: 0 };
    let place = matching(sim, &selector).iter().position(|id| *id == message)?;
    selector.nth = place as u32;
    Some(selector)
}

fn next_deliverable(sim: &World) -> Option<MessageId> {
    let mut found = None;
    sim.for_each_message(&mut |info| {
        if found.is_none() && sim.check(&ActionKind::Deliver(info.id)).is_ok() {
            found = Some(info.id);
        }
    });
    found
}
