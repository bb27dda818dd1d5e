//! What a thread does for its clients, access by access: it issues the next one only when the last
//! one is answered. One operation at a time; others wait for their turn, but gets of one register
//! that wait together are answered by one read.

use super::message::{Access, AccessId, Content, Message, Place};
use super::state::{Answered, Node, Seen, Step, Task, Word, Work, Write};
use super::{MEMORY, REISSUE, SPIN, SharedMemory, WRITER, rules};
use crate::ids::NodeId;
use crate::operation::{Operation, Outcome};
use crate::protocol::{Answer, Context, Request};

type Ctx<'a> = Context<'a, SharedMemory>;

/// The reader that the memory sends those who ask it to read.
const FIRST_READER: NodeId = NodeId(2);

/// A client asks.
pub fn on_request(context: &mut Ctx<'_>, node: &mut Node, request: &Request) {
    let is_read = request.operation.is_read();
    let can_do = if is_read { context.me != MEMORY } else { context.me == WRITER };
    if !can_do {
        let who = if is_read { FIRST_READER } else { WRITER };
        return context.reply(request, Answer::Redirect(Some(who)));
    }
    let order = |request: &Request| (request.session, request.sequence);
    let is_current = match node.task.as_ref().map(|task| &task.work) {
        Some(Work::Read(reads)) => reads.iter().any(|read| order(read) == order(request)),
        Some(Work::Write(write)) => order(&write.request) == order(request),
        Some(Work::Mend) | None => false,
    };
    if is_current {
        return; // It is answered when it is done.
    }
    if !is_read && let Some(outcome) = node.disk.sessions.earlier(request) {
        return reply(context, request, outcome.clone());
    }
    if is_read
        && let Some(seen) = node.copies.get(request.operation.key()).cloned()
        && !context.enforces(rules::READ_FROM_MEMORY)
    {
        return answer(context, node, vec![request.clone()], seen);
    }
    // A client waits for one operation at a time: of two, it has given up the older one.
    match node.queue.iter_mut().find(|other| other.client == request.client) {
        Some(other) if order(other) < order(request) => *other = request.clone(),
        Some(_) => {}
        None => node.queue.push(request.clone()),
    }
    if node.task.is_none() {
        take_next(context, node);
    }
}

/// A start after a crash: what the thread was in the middle of is finished or released.
pub fn recover(context: &mut Ctx<'_>, node: &mut Node) {
    let write = node.disk.journal.take();
    if let Some(write) = &write
        && context.enforces(rules::FINISH_THE_WRITE)
    {
        node.disk.journal = Some(write.clone());
        return begin(context, node, Work::Write(write.clone()));
    }
    // Of a sequence lock only a writer in the middle of a write holds something.
    let may_hold = match has_counter(context) {
        true => write.is_some(),
        false => context.enforces(rules::RELEASE_OWN_LOCK),
    };
    if may_hold {
        begin(context, node, Work::Mend);
    }
}

fn has_counter(context: &Ctx<'_>) -> bool {
    context.setting(rules::PROTOCOL) == rules::PROTOCOL_SEQUENCE_LOCK
}

/// The request that has waited longest.
fn take_next(context: &mut Ctx<'_>, node: &mut Node) {
    if node.queue.is_empty() {
        return;
    }
    let request = node.queue.remove(0);
    if request.operation.is_read() {
        return begin(context, node, Work::Read(vec![request]));
    }
    node.disk.writes += 1;
    let write = Write { number: node.disk.writes, request };
    // From here on a crash must not forget that words may be half written.
    node.disk.journal = Some(write.clone());
    begin(context, node, Work::Write(write));
}

fn begin(context: &mut Ctx<'_>, node: &mut Node, work: Work) {
    let task = Task {
        work,
        step: Step::Spin,
        loaded: Vec::new(),
        next: 0,
        holds: false,
        is_released: false,
        counter: None,
    };
    enter(context, node, task);
}

/// Begins an attempt: the first access of the protocol.
fn enter(context: &mut Ctx<'_>, node: &mut Node, mut task: Task) {
    task.loaded.clear();
    task.next = 0;
    task.counter = None;
    if let Work::Read(reads) = &mut task.work {
        // Whoever waits for the same words has asked before the first access: one read is for all.
        let is_same = |other: &mut Request| {
            other.operation.is_read() && other.operation.key() == reads[0].operation.key()
        };
        let others: Vec<Request> = node.queue.extract_if(.., is_same).collect();
        reads.extend(others);
    }
    let me = Some(context.me);
    match (has_counter(context), &task.work) {
        (false, Work::Mend) => {
            let release = Access::CompareAndSwap(me, None);
            issue(context, node, task, Step::Release, release);
        }
        (false, _) if !context.enforces(rules::TAKE_THE_LOCK) => touch(context, node, task),
        (false, _) if context.enforces(rules::ATOMIC_SWAP) => {
            issue(context, node, task, Step::Acquire, Access::CompareAndSwap(None, me));
        }
        (false, _) => issue(context, node, task, Step::Test, Access::Load(Place::Lock)),
        (true, Work::Read(_)) if !context.enforces(rules::COUNTER_BEFORE) => {
            touch(context, node, task);
        }
        (true, _) => issue(context, node, task, Step::Before, Access::Load(Place::Counter)),
    }
}

/// Sends the next access; the thread stands still until it is answered.
fn issue(context: &mut Ctx<'_>, node: &mut Node, mut task: Task, step: Step, access: Access) {
    node.issued += 1;
    let id = AccessId { thread: context.me, start: node.disk.starts, number: node.issued };
    task.step = step;
    node.task = Some(task);
    context.send(MEMORY, Message::Access { id, access: access.clone() });
    node.pending = Some((id, access));
    let wait_ms = context.setting(rules::REISSUE_MS);
    context.arm(REISSUE, wait_ms, wait_ms);
}

/// Waits a while: the lock is taken, or the counter is odd.
fn spin(context: &mut Ctx<'_>, node: &mut Node, mut task: Task) {
    task.step = Step::Spin;
    node.task = Some(task);
    let wait_ms = context.setting(rules::SPIN_MS);
    context.arm(SPIN, wait_ms, 2 * wait_ms);
}

/// The wait is over.
pub fn on_spin_timeout(context: &mut Ctx<'_>, node: &mut Node) {
    if let Some(task) = node.task.take_if(|task| task.step == Step::Spin) {
        enter(context, node, task);
    }
}

/// An access or its answer may be lost: issues it again under its number.
pub fn on_reissue_timeout(context: &mut Ctx<'_>, node: &mut Node) {
    if let Some((id, access)) = node.pending.clone() {
        context.send(MEMORY, Message::Access { id, access });
        let wait_ms = context.setting(rules::REISSUE_MS);
        context.arm(REISSUE, wait_ms, wait_ms);
    }
}

/// The memory answers. An answer to an access that is over comes to nobody.
pub fn on_answer(context: &mut Ctx<'_>, node: &mut Node, id: AccessId, content: &Content) {
    if node.pending.as_ref().is_none_or(|(pending, _)| *pending != id) {
        return;
    }
    node.pending = None;
    context.disarm(REISSUE);
    let Some(mut task) = node.task.take() else { return };
    match (task.step, content) {
        (Step::Acquire | Step::Test, Content::Owner(owner)) => {
            on_owner(context, node, task, *owner);
        }
        (Step::Set, _) => enter_locked(context, node, task),
        (Step::Before, Content::Count(count)) => on_count(context, node, task, *count),
        (Step::Word, Content::Word(word)) => {
            task.loaded.push(word.clone());
            task.next += 1;
            touch(context, node, task);
        }
        (Step::Odd, _) => touch(context, node, task),
        (Step::Word, _) => {
            task.next += 1;
            touch(context, node, task);
        }
        (Step::After, Content::Count(count)) => on_count_after(context, node, task, *count),
        // Too early a release, with words still to be written; otherwise the end.
        (Step::Release, _) if matches!(task.work, Work::Write(_)) => touch(context, node, task),
        _ => finish(context, node, task),
    }
}

fn on_owner(context: &mut Ctx<'_>, node: &mut Node, task: Task, owner: Option<NodeId>) {
    // Its own name is there where it crashed as the holder.
    let is_own = owner == Some(context.me);
    if is_own && context.enforces(rules::RELEASE_OWN_LOCK) {
        return enter_locked(context, node, task);
    }
    match (owner, task.step) {
        (Some(_), _) => spin(context, node, task),
        (None, Step::Acquire) => enter_locked(context, node, task),
        (None, _) => {
            let set = Access::Store(Place::Lock, Content::Owner(Some(context.me)));
            issue(context, node, task, Step::Set, set);
        }
    }
}

fn enter_locked(context: &mut Ctx<'_>, node: &mut Node, mut task: Task) {
    task.holds = true;
    touch(context, node, task);
}

/// The counter before the words.
fn on_count(context: &mut Ctx<'_>, node: &mut Node, mut task: Task, count: u64) {
    let is_odd = !count.is_multiple_of(2);
    task.counter = Some(count);
    match &task.work {
        Work::Read(_) if is_odd => spin(context, node, task),
        Work::Read(_) => touch(context, node, task),
        // It is odd already where the writer crashed in the middle.
        Work::Write(_) if !is_odd && context.enforces(rules::COUNTER_ODD_WHILE_WRITING) => {
            let odd = Access::Store(Place::Counter, Content::Count(count + 1));
            issue(context, node, task, Step::Odd, odd);
        }
        Work::Write(_) => touch(context, node, task),
        Work::Mend if is_odd => release(context, node, task),
        Work::Mend => finish(context, node, task),
    }
}

/// The counter after the words: it must be even, and what it was before.
fn on_count_after(context: &mut Ctx<'_>, node: &mut Node, task: Task, count: u64) {
    if count.is_multiple_of(2) && task.counter.is_none_or(|before| before == count) {
        return finish(context, node, task);
    }
    node.retries += 1;
    enter(context, node, task);
}

/// Loads or stores the next word; after the last one what the protocol wants at the end.
fn touch(context: &mut Ctx<'_>, node: &mut Node, task: Task) {
    let is_last_done = task.next >= context.setting(rules::WORDS);
    match &task.work {
        _ if is_last_done => end_words(context, node, task),
        Work::Read(reads) => {
            let place = Place::Word(reads[0].operation.key().clone(), task.next);
            issue(context, node, task, Step::Word, Access::Load(place));
        }
        Work::Write(write) => {
            let is_in_the_middle = task.next > 0 && must_release(context, &task);
            if is_in_the_middle && !context.enforces(rules::RELEASE_AFTER_LAST_WORD) {
                return release(context, node, task);
            }
            let Operation::Put { key, value } = &write.request.operation else { return };
            let word = Word { write: write.number, value: value.clone() };
            let place = Place::Word(key.clone(), task.next);
            let store = Access::Store(place, Content::Word(Some(word)));
            issue(context, node, task, Step::Word, store);
        }
        Work::Mend => finish(context, node, task),
    }
}

/// Whether others are kept out by this thread, and must be let in again.
fn must_release(context: &Ctx<'_>, task: &Task) -> bool {
    let is_counted = has_counter(context) && matches!(task.work, Work::Write(_));
    task.holds || (is_counted && !task.is_released)
}

fn end_words(context: &mut Ctx<'_>, node: &mut Node, task: Task) {
    if must_release(context, &task) {
        return release(context, node, task);
    }
    let is_read = matches!(task.work, Work::Read(_));
    if is_read && has_counter(context) && context.enforces(rules::COUNTER_AFTER) {
        return issue(context, node, task, Step::After, Access::Load(Place::Counter));
    }
    finish(context, node, task);
}

/// Lets the others in: the lock is free, or the counter even and higher than before.
fn release(context: &mut Ctx<'_>, node: &mut Node, mut task: Task) {
    let (place, content) = match task.counter {
        Some(count) => (Place::Counter, Content::Count((count | 1) + 1)),
        None => (Place::Lock, Content::Owner(None)),
    };
    task.holds = false;
    task.is_released = true;
    issue(context, node, task, Step::Release, Access::Store(place, content));
}

/// The operation is done.
fn finish(context: &mut Ctx<'_>, node: &mut Node, task: Task) {
    match task.work {
        Work::Read(reads) => answer(context, node, reads, Seen::of(&task.loaded)),
        Work::Write(write) => {
            node.disk.journal = None;
            node.disk.sessions.remember(&write.request, Outcome::Done);
            if let Operation::Put { value, .. } = &write.request.operation {
                let outcome = Outcome::Found(value.clone());
                let seen = Seen { outcome, write: Some(write.number), is_torn: false };
                answer(context, node, vec![write.request], seen);
            }
        }
        Work::Mend => {}
    }
    take_next(context, node);
}

/// Answers operations of one kind on one register.
fn answer(context: &mut Ctx<'_>, node: &mut Node, requests: Vec<Request>, seen: Seen) {
    for request in &requests {
        let is_read = request.operation.is_read();
        let outcome = if is_read { seen.outcome.clone() } else { Outcome::Done };
        reply(context, request, outcome);
        node.copies.insert(request.operation.key().clone(), seen.clone());
    }
    node.answers += 1;
    node.answered = Some(Answered { requests, seen });
}

fn reply(context: &mut Ctx<'_>, request: &Request, outcome: Outcome) {
    // Registers share no order in which the answer would have a place.
    context.reply(request, Answer::Done { outcome, as_of: 0 });
}
