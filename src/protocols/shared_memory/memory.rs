//! The memory, n1: it performs one access at a time, in the order in which they arrive, and nothing
//! else. That order is the sequentially consistent one that all threads agree on.

use super::message::{Access, AccessId, Content, Message, Place};
use super::state::{Memory, Node};
use super::{SharedMemory, rules};
use crate::ids::RuleSet;
use crate::protocol::Context;

/// A thread asks for an access.
pub fn on_access(
    context: &mut Context<'_, SharedMemory>,
    node: &mut Node,
    id: AccessId,
    access: &Access,
) {
    let memory = &mut node.disk.memory;
    let last = memory.performed.get(&id.thread).cloned();
    if let Some((last_id, content)) = &last
        && id <= *last_id
        && context.enforces(rules::ACCESS_HAPPENS_ONCE)
    {
        // Of an access before the last one the thread has the answer already, or has crashed.
        if id == *last_id {
            context.send(id.thread, Message::Answer { id, content: content.clone() });
        }
        return;
    }
    let words = context.setting(rules::WORDS) as usize;
    let content = perform(memory, access, words);
    if last.is_none_or(|(last_id, _)| id >= last_id) {
        memory.performed.insert(id.thread, (id, content.clone()));
    }
    context.send(id.thread, Message::Answer { id, content });
}

fn perform(memory: &mut Memory, access: &Access, words: usize) -> Content {
    match access {
        Access::Load(Place::Lock) => Content::Owner(memory.lock),
        Access::Load(Place::Counter) => Content::Count(memory.counter),
        Access::Load(Place::Word(key, place)) => {
            let register = memory.registers.get(key);
            Content::Word(register.and_then(|words| words.get(*place as usize)?.clone()))
        }
        Access::Store(place, content) => {
            match (place, content) {
                (Place::Lock, Content::Owner(owner)) => memory.lock = *owner,
                (Place::Counter, Content::Count(count)) => memory.counter = *count,
                (Place::Word(key, place), Content::Word(word)) => {
                    let register = memory.registers.entry(key.clone()).or_default();
                    register.resize(words.max(register.len()), None);
                    if let Some(cell) = register.get_mut(*place as usize) {
                        *cell = word.clone();
                    }
                }
                _ => debug_assert!(false, "a place holds what belongs there"),
            }
            Content::Stored
        }
        Access::CompareAndSwap(expected, new) => {
            let before = memory.lock;
            if before == *expected {
                memory.lock = *new;
            }
            Content::Owner(before)
        }
    }
}

/// The words that a scenario begins with are given once, and spread over all places.
pub fn spread(memory: &mut Memory, words: usize) {
    for register in memory.registers.values_mut() {
        if let [only] = register.as_slice() {
            *register = vec![only.clone(); words];
        }
    }
}

/// Whether an access was performed so long ago that it is not even answered again, ever. A crash
/// with a held disk may take back the last one, not more: nobody was told of it.
pub fn is_over(memory: &Memory, id: AccessId, rules: RuleSet) -> bool {
    let Some((last, _)) = memory.performed.get(&id.thread) else { return false };
    let is_past = match id.start == last.start {
        true => id.number + 1 < last.number,
        false => id.start < last.start && last.number > 1,
    };
    is_past && rules.contains(rules::ACCESS_HAPPENS_ONCE)
}
