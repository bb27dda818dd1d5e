//! Shared memory: one writer and many readers on the words of one machine, step by step.
//!
//! **Problem.** A value takes several words, and a processor reads or writes one word at a time. A
//! reader that comes between two stores gets the front of one value and the back of another: a *torn*
//! read. One that answers from its own copy is *stale*. Readers must get whole values, and present
//! ones.
//!
//! **Roles.** n1 is the *memory*: words, a lock, a counter. n2 is the *writer* thread, the others
//! are *reader* threads. Each access (a load, a store, a compare-and-swap) is a message to the memory
//! and its answer, so that one delivery is one step, and every interleaving can be played by hand. A
//! thread issues an access when its last one is answered: program order. The memory performs one
//! access at a time in one order for all: sequential consistency.
//!
//! **Phases.** [`thread`], with the *lock* (a spin lock): a thread takes the lock by
//! compare-and-swap from free to its own name, loads or stores its words, and frees the lock; one
//! that finds it taken looks again later. With the *sequence lock*: the writer makes a counter odd,
//! stores its words, and makes the counter even again; a reader loads the counter, goes on if it is
//! even, loads the words, loads the counter again, and begins anew if it is no longer the same. A
//! reader of a sequence lock stores nothing, so that readers never wait for each other nor the writer
//! for them. [`memory`] performs what it is asked. No protocol at all is what is left when the rules
//! are switched off.
//!
//! **Why it is safe**, in one breath: with the lock nobody else is at the words between the first and
//! the last one; with the sequence lock somebody may be, but every write changes the counter before
//! its first word and after its last one, so that a reader with the same even number on both sides
//! had no write in between. Each sentence that this needs is one of [`rules::RULES`].
//!
//! **Faults.** A crash of n1 is a standstill of the machine's memory: its words are its disk and are
//! all there afterwards. A thread that crashes forgets what it was doing, and keeps, in memory that
//! outlives it, how often it has started and the writer's *journal*: the write it is in the middle
//! of. The lock holds its owner's name. So a restarted writer writes the interrupted value again
//! before it releases, and a restarted reader releases its own lock. Lost messages are a bus that
//! repeats: an access is issued again by a timer under its number, which the memory performs once;
//! the first access of a new life puts an end to those of the last one. A put that a client repeats
//! is recognised by its session. A thread that loses even its count of starts is not heard again.
//!
//! **Left out.** Weak memory. Real processors and compilers reorder accesses to different words, and
//! a real sequence lock needs more than these steps: in the writer a release fence after the odd
//! store and a release store at the end; in the reader an acquire load first, and an acquire fence
//! between the words and the second load; and the words themselves as relaxed atomics, since
//! a plain read that races is undefined in C++ and Rust (Boehm 2012). So are several writers, which
//! need a lock among themselves, fair locks, and the wait-free constructions of Lamport 1986.
//!
//! **Source.** Dijkstra, *Solution of a Problem in Concurrent Programming Control*, CACM 8(9), 1965;
//! Lamport, *Concurrent Reading and Writing*, CACM 20(11), 1977, the ancestor of the sequence lock
//! with two version numbers; Lamport, *On Interprocess Communication*, Distributed Computing 1, 1986
//! (safe, regular and atomic registers); Herlihy, *Wait-Free Synchronization*, 1991, for
//! compare-and-swap; Hemminger's sequence lock in Linux (`Documentation/locking/seqlock.rst`); Boehm,
//! *Can Seqlocks Get Along with Programming Language Memory Models?*, MSPC 2012; Golab and Ramaraju,
//! *Recoverable Mutual Exclusion*, PODC 2016, for locks whose owners crash.

mod invariants;
mod memory;
mod message;
mod rules;
mod state;
mod thread;
mod view;

pub use invariants::Ghost;
pub use message::{Access, AccessId, Content, Message, Place};
pub use state::{Answered, Disk, Memory, Node, Seen, Step, Task, Word, Work, Write};

use crate::ids::{NodeId, RuleSet, TimerId};
use crate::operation::{GET, Operation, PUT, Text};
use crate::past::{Owner, Remembered};
use crate::protocol::{Cluster, Context, Protocol, Request, Sheet, TimerKind};
use crate::view::{Formula, MessageLabel, Meter, NodeView};

/// An access is not answered.
pub const REISSUE: TimerId = TimerId(0);
/// The lock was taken or the counter odd.
pub const SPIN: TimerId = TimerId(1);

/// The node that is the memory.
const MEMORY: NodeId = NodeId(0);
/// The node that is the writer thread.
const WRITER: NodeId = NodeId(1);
/// The memory, the writer and a reader.
const NODES_MIN: u16 = 3;

/// The protocol; all that varies is in the scenario's rules and settings.
#[derive(Clone, Copy, Debug, Default)]
pub struct SharedMemory;

static SHEET: Sheet = Sheet {
    id: "shared_memory",
    title: "Shared memory: locks and sequence locks",
    source: "Dijkstra 1965; Lamport 1977 and 1986; Linux seqlock; Boehm 2012",
    guarantee: "Atomic reads and writes: no read is torn or stale; with the lock a paused holder \
                holds everybody up.",
    period: "write",
    nodes_default: 4,
    nodes_range: (NODES_MIN, 9),
    messages: message::KINDS,
    timers: &[
        TimerKind {
            name: "reissue",
            text: "A thread issues an access again that is not answered, under the same number.",
        },
        TimerKind {
            name: "spin",
            text: "A thread looks again at a lock that was taken or a counter that was odd.",
        },
    ],
    commands: &[],
    rules: rules::RULES,
    invariants: invariants::INVARIANTS,
    settings: rules::SETTINGS,
    operations: &[GET, PUT],
};

impl Protocol for SharedMemory {
    type Node = Node;
    type Disk = Disk;
    type Message = Message;
    type Ghost = Ghost;

    const SHEET: &'static Sheet = &SHEET;

    fn boot(&self, context: &mut Context<'_, Self>, disk: Disk) -> Node {
        let mut node = Node::starting(context.me, disk);
        if context.me == MEMORY {
            memory::spread(&mut node.disk.memory, context.setting(rules::WORDS) as usize);
        } else if node.disk.starts > 1 {
            thread::recover(context, &mut node);
        }
        node
    }

    fn on_message(
        &self,
        context: &mut Context<'_, Self>,
        node: &mut Node,
        _: NodeId,
        message: &Message,
    ) {
        match message {
            Message::Access { id, access } => memory::on_access(context, node, *id, access),
            Message::Answer { id, content } => thread::on_answer(context, node, *id, content),
        }
    }

    fn on_timer(&self, context: &mut Context<'_, Self>, node: &mut Node, timer: TimerId) {
        match timer {
            REISSUE => thread::on_reissue_timeout(context, node),
            _ => thread::on_spin_timeout(context, node),
        }
    }

    fn on_request(&self, context: &mut Context<'_, Self>, node: &mut Node, request: &Request) {
        thread::on_request(context, node, request);
    }

    /// There are no commands.
    fn on_command(&self, _: &mut Context<'_, Self>, _: &mut Node, _: u8, _: NodeId) {}

    fn disk<'a>(&self, node: &'a Node) -> &'a Disk {
        &node.disk
    }

    fn surviving(&self, disk: &Disk, _: RuleSet) -> Disk {
        disk.clone()
    }

    fn waits_for_disk(&self, message: &Message, _: RuleSet) -> bool {
        // A load changes nothing. A store must not come before the writer's journal, and an answer
        // must not tell of what the memory may forget.
        !matches!(message, Message::Access { access: Access::Load(_), .. })
    }

    fn is_dead(&self, node: &Node, message: &Message, rules: RuleSet) -> bool {
        match message {
            // Accesses are never numbered twice: one that is over is over for ever.
            Message::Answer { id, .. } => {
                node.pending.as_ref().is_none_or(|(pending, _)| pending != id)
            }
            Message::Access { id, .. } => memory::is_over(&node.disk.memory, *id, rules),
        }
    }

    fn hashes_all(&self) -> bool {
        true
    }

    fn observe(
        &self,
        ghost: &mut Ghost,
        cluster: &Cluster<'_, Self>,
        touched: NodeId,
        report: &mut dyn FnMut(u8, String),
    ) {
        invariants::observe(ghost, cluster, touched, report);
    }

    fn view(&self, node: &Node) -> NodeView {
        view::node_view(node)
    }

    fn disk_view(&self, disk: &Disk) -> NodeView {
        view::disk_view(disk)
    }

    fn label(&self, message: &Message) -> MessageLabel {
        message.label()
    }

    fn message_kind(&self, message: &Message) -> u8 {
        message.kind()
    }

    fn refuses(&self, nodes: u16, _: &[u32]) -> Option<String> {
        (nodes < NODES_MIN).then(|| {
            format!("n1 is the memory and n2 the writer: with {nodes} nodes there is no reader.")
        })
    }

    fn formulas(&self, nodes: u16, settings: &[u32]) -> Vec<Formula> {
        let setting = |place: u8| settings.get(usize::from(place)).copied().unwrap_or_default();
        let words = setting(rules::WORDS);
        let is_one = words == 1;
        let tearing = if is_one {
            "A value is read and written in one step: no read can be torn, even without a protocol."
        } else {
            "A value is read and written in several steps: without a protocol a write can come \
             between two of them, and the read is torn."
        };
        let cost = if setting(rules::PROTOCOL) == rules::PROTOCOL_SEQUENCE_LOCK {
            "A read loads the counter, the words, and the counter again. It stores nothing: readers \
             wait for nobody but begin again when a write came between."
        } else {
            "A read takes the lock, loads the words, and frees the lock. It stores twice: all \
             threads wait for each other."
        };
        let threads = nodes.saturating_sub(1);
        vec![
            Formula {
                text: "words = 1",
                filled: format!("{words} = 1"),
                holds: is_one,
                meaning: tearing.to_owned(),
                quorums: Vec::new(),
            },
            Formula {
                text: "accesses of a read = words + 2",
                filled: format!("{} = {words} + 2", words + 2),
                holds: true,
                meaning: format!("{cost} {threads} threads share the memory."),
                quorums: Vec::new(),
            },
        ]
    }

    fn meters(&self, cluster: &Cluster<'_, Self>) -> Vec<Meter> {
        let registers = cluster.disk(MEMORY).memory.registers.values();
        let (mut whole, mut count) = (0, 0);
        for register in registers {
            count += 1;
            whole += u64::from(!Seen::of(register).is_torn);
        }
        let threads = || cluster.ids().filter_map(|id| cluster.node(id));
        let at_words = |node: &&Node| matches!(&node.task, Some(task) if task.step == Step::Word);
        vec![
            Meter { name: "registers that are whole", value: whole, of: count },
            Meter {
                name: "threads at the words",
                value: threads().filter(at_words).count() as u64,
                of: u64::from(cluster.node_count()) - 1,
            },
            Meter {
                name: "holders of the lock",
                value: threads().filter(|node| view::holds(node)).count() as u64,
                of: 1,
            },
        ]
    }

    /// `x=old …`: for n1, what the words of each register hold at the start. Other nodes have none.
    fn parse_disk(&self, words: &[&str], _: u16) -> Result<Disk, String> {
        let mut disk = Disk::default();
        for word in words {
            let (key, value) = word.split_once('=').ok_or("KEY=VALUE …, such as x=old")?;
            Operation::parse(&["put", key, value])?;
            let word = Word { write: 0, value: Text::from(value) };
            disk.memory.registers.insert(Text::from(key), vec![Some(word)]);
        }
        Ok(disk)
    }

    fn remembers(&self, disk: &Disk, owner: &Owner<'_>) -> Option<Vec<Remembered>> {
        if owner.node != MEMORY {
            return None;
        }
        let word = |(key, words): (&Text, &Vec<Option<Word>>)| {
            Some(Remembered::alone(key, words.first()?.as_ref()?.value.clone()))
        };
        Some(disk.memory.registers.iter().filter_map(word).collect())
    }
}
