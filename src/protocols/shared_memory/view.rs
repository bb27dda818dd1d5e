//! How a node looks to a person.

use super::state::{Disk, Node, Step, Task, Word, Work, joined};
use super::{MEMORY, WRITER};
use crate::view::{Field, LOG_CELLS_MAX, LogCell, LogView, NodeView, Shape};

/// The most registers that stand in the node itself.
const BADGES_MAX: usize = 2;

/// A running node.
pub fn node_view(node: &Node) -> NodeView {
    let mut view = disk_fields(&node.disk, node.me == MEMORY);
    if node.me == MEMORY {
        view.role = "memory";
        return view;
    }
    let is_waiting = node.task.as_ref().is_some_and(|task| task.step == Step::Spin);
    (view.role, view.shape) = match (node.me == WRITER, is_waiting) {
        (true, _) => ("writer", Shape::Double),
        (false, true) => ("reader", Shape::Dashed),
        (false, false) => ("reader", Shape::Plain),
    };
    view.badges.extend(node.task.as_ref().map(badge));
    view.volatile = vec![
        Field::new("does", node.task.as_ref().map_or_else(|| "nothing".to_owned(), work)),
        Field::new("step", node.task.as_ref().map_or("none", |task| step(task.step))),
        Field::new("holds lock", if holds(node) { "yes" } else { "no" }),
        Field::new("retries", node.retries),
        Field::new("requests waiting", node.queue.len()),
        Field::new("accesses issued", node.issued),
    ];
    if let Some((_, access)) = &node.pending {
        view.volatile.push(Field::new("access open", access));
    }
    if let Some(task) = node.task.as_ref().filter(|task| !task.loaded.is_empty()) {
        let loaded: Vec<String> = (task.loaded.iter())
            .map(|word| word.as_ref().map_or("-".to_owned(), |word| word.value.to_string()))
            .collect();
        view.volatile.push(Field::new("words loaded", loaded.join("|")));
    }
    for (key, seen) in &node.copies {
        view.volatile.push(Field::new(format!("last copy of {key}"), &seen.outcome));
    }
    let answered = node.answered.as_ref().and_then(|answered| answered.requests.last());
    let field = answered.map(|request| Field::new("last answered", &request.operation));
    view.volatile.extend(field);
    let newest = node.copies.values().filter_map(|seen| seen.write).max();
    view.period = view.period.max(newest.unwrap_or_default());
    view
}

/// What is left of a crashed node.
pub fn disk_view(disk: &Disk) -> NodeView {
    let memory = &disk.memory;
    let is_memory = !memory.performed.is_empty() || !memory.registers.is_empty();
    NodeView { role: "crashed", ..disk_fields(disk, is_memory) }
}

/// Whether a thread holds the lock, as it believes.
pub fn holds(node: &Node) -> bool {
    node.task.as_ref().is_some_and(|task| task.holds)
}

fn disk_fields(disk: &Disk, is_memory: bool) -> NodeView {
    let memory = &disk.memory;
    let mut view = NodeView { period: disk.writes, ..NodeView::default() };
    view.durable.push(Field::new("starts", disk.starts));
    if is_memory {
        let owner = memory.lock.map_or("free".to_owned(), |owner| owner.to_string());
        view.durable.push(Field::new("lock", owner));
        view.durable.push(Field::new("counter", memory.counter));
    }
    if disk.writes > 0 {
        let journal = disk.journal.as_ref();
        let words = journal.map_or("empty".to_owned(), |it| it.request.operation.to_string());
        view.durable.push(Field::new("writes begun", disk.writes));
        view.durable.push(Field::new("journal", words));
        view.durable.push(Field::new("sessions", disk.sessions.len()));
    }
    for (key, register) in &memory.registers {
        let value = joined(register);
        if view.data.len() < BADGES_MAX {
            view.badges.push(format!("{key}={value}"));
        }
        view.data.push(Field::new(&**key, value));
    }
    // After the registers, which matter most where room is scarce.
    if is_memory {
        view.badges.extend(memory.lock.map(|owner| format!("lock {owner}")));
        view.badges.extend((memory.counter > 0).then(|| format!("seq {}", memory.counter)));
    }
    let (cells, skipped) = cells(disk);
    view.period = cells.iter().map(|cell| cell.period).max().unwrap_or_default().max(view.period);
    if !cells.is_empty() {
        view.logs.push(LogView { title: "words", durable: true, cells, skipped });
    }
    view
}

/// The memory's words one after the other; those of a register that is whole are marked as agreed.
fn cells(disk: &Disk) -> (Vec<LogCell>, u64) {
    let mut cells = Vec::new();
    for (key, register) in &disk.memory.registers {
        let write = |word: &Option<Word>| word.as_ref().map(|word| word.write);
        let is_whole = register.windows(2).all(|pair| write(&pair[0]) == write(&pair[1]));
        for (place, word) in register.iter().enumerate() {
            let value = word.as_ref().map_or("-", |word| &word.value);
            cells.push(LogCell {
                index: cells.len() as u64 + 1,
                period: write(word).unwrap_or_default(),
                text: format!("{key}[{place}]={value}"),
                committed: is_whole,
            });
        }
    }
    let skipped = cells.len().saturating_sub(LOG_CELLS_MAX);
    (cells.split_off(skipped), skipped as u64)
}

/// What a thread is doing, in a few characters.
fn badge(task: &Task) -> String {
    match (task.step, &task.work) {
        (Step::Spin, _) => "spins".to_owned(),
        (Step::Word, Work::Read(_)) => format!("reads {}", task.next),
        (Step::Word, Work::Write(_)) => format!("writes {}", task.next),
        _ => step(task.step).to_owned(),
    }
}

fn work(task: &Task) -> String {
    match &task.work {
        Work::Read(reads) => reads[0].operation.to_string(),
        Work::Write(write) => write.request.operation.to_string(),
        Work::Mend => "recovers".to_owned(),
    }
}

fn step(step: Step) -> &'static str {
    match step {
        Step::Acquire => "locks",
        Step::Test => "tests",
        Step::Set => "sets",
        Step::Spin => "spins",
        Step::Before => "checks before",
        Step::Odd => "makes odd",
        Step::Word => "at the words",
        Step::After => "checks after",
        Step::Release => "releases",
    }
}
