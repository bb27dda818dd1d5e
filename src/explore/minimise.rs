//! Making a run shorter: actions that it does not need are left out, one after the other, as long as
//! what was found is still found.
//!
//! A breadth-first search needs none of this; a random walk or a deep search finds long runs. Leaving
//! an action out changes the ids of all later messages, so a run is carried over by what its actions
//! are about: the message with the same sender, receiver and content that is oldest.

use super::moves::message_of as find;
use super::space::Finding;
use super::worlds::Worlds;
use crate::action::{Action, ActionKind};
use crate::ids::MessageId;
use crate::world::World;

/// An action whose message is known by content.
#[derive(Clone)]
struct Named {
    action: Action,
    /// The hash of the message.
    content: Option<u64>,
}

/// The shortest run that leaving out single actions leads to; it finds the same.
pub fn minimise(worlds: &Worlds, actions: &[Action]) -> Vec<Action> {
    let Some((mut named, finding)) = name(worlds, actions) else { return actions.to_vec() };
    let mut best = actions.to_vec();
    // Later actions depend on earlier ones, so the last ones are tried first; each success may
    // make others possible.
    let mut place = named.len();
    while place > 0 {
        place -= 1;
        let mut fewer = named.clone();
        fewer.remove(place);
        let Some(shorter) = replay(worlds, &fewer, &finding) else { continue };
        let Some((renamed, _)) = name(worlds, &shorter) else { continue };
        (best, named) = (shorter, renamed);
        place = named.len();
    }
    best
}

/// Each action with what it is about, and what the run finds.
fn name(worlds: &Worlds, actions: &[Action]) -> Option<(Vec<Named>, Finding)> {
    let mut world = worlds.origin().clone();
    let mut named = Vec::new();
    for action in actions {
        let content = message_of(&action.kind).and_then(|message| content_of(&world, message));
        named.push(Named { action: action.clone(), content });
        world.apply(action).ok()?;
    }
    Some((named, worlds.finding_in(&world)?))
}

/// Carries out the actions that are possible; the run up to the same finding, if it is reached.
fn replay(worlds: &Worlds, named: &[Named], finding: &Finding) -> Option<Vec<Action>> {
    let mut world = worlds.origin().clone();
    let mut done = Vec::new();
    for Named { action, content } in named {
        let mut action = action.clone();
        if let Some(content) = content {
            let Some(message) = find(&world, *content) else { continue };
            set_message(&mut action.kind, message);
        }
        // A wait that was left out takes its time with it.
        if action.kind != ActionKind::Wait {
            action.at_ms = world.now_ms();
        }
        if world.apply(&action).is_err() {
            continue;
        }
        done.push(action);
        let found = worlds.finding_in(&world);
        if found.is_some_and(|found| is_same(&found, finding)) {
            return (done.len() <= named.len()).then_some(done);
        }
    }
    None
}

fn is_same(one: &Finding, other: &Finding) -> bool {
    match (one, other) {
        (Finding::Goal, Finding::Goal) => true,
        (Finding::Violation { property: one, .. }, Finding::Violation { property: other, .. }) => {
            one == other
        }
        _ => false,
    }
}

fn content_of(world: &World, message: MessageId) -> Option<u64> {
    world.envelopes().find(|envelope| envelope.id == message).map(|envelope| envelope.hash)
}

fn message_of(kind: &ActionKind) -> Option<MessageId> {
    match kind {
        ActionKind::Deliver(message)
        | ActionKind::Drop(message)
        | ActionKind::Duplicate(message)
        | ActionKind::Delay { message, .. } => Some(*message),
        _ => None,
    }
}

fn set_message(kind: &mut ActionKind, to: MessageId) {
    match kind {
        ActionKind::Deliver(message)
        | ActionKind::Drop(message)
        | ActionKind::Duplicate(message)
        | ActionKind::Delay { message, .. } => *message = to,
        _ => {}
    }
}
