//! What a protocol is to the rest of the house: a node's state, its handlers, and a sheet that says
//! in words what it is made of.
//!
//! A protocol is a pure step function. It gets an input (a message, a timer, a client's request, an
//! operator's command) and a [`Context`], changes its node, and asks the context for effects:
//! messages to send, timers to arm, replies. It holds no clock and draws no random number; the
//! world does both. A new protocol is one module that implements [`Protocol`] and one line in
//! [`crate::protocols::REGISTRY`].

use std::fmt::Debug;
use std::hash::Hash;
use std::marker::PhantomData;
use std::sync::Arc;

use serde::Serialize;

pub use crate::cluster::Cluster;
use crate::ids::{ClientId, NodeId, RuleId, RuleSet, TimerId};
use crate::machine::Opaque;
use crate::operation::{Operation, OperationKind, Outcome};
use crate::past::{Owner, Remembered};
use crate::renaming::Symmetry;
use crate::view::{Formula, MessageLabel, Meter, NodeView};

/// A distributed protocol, driven by [`crate::world::World`].
///
/// Handlers cannot fail: a message that is merely late is ignored, one that cannot occur is a bug.
pub trait Protocol: Clone + Default + Send + Sync + 'static {
    /// Everything a running node knows, its disk included.
    type Node: Clone + Hash + Debug + Send + Sync;
    /// What survives a crash.
    type Disk: Clone + Hash + Default + Debug + Send + Sync;
    /// What nodes send each other.
    type Message: Clone + Hash + Debug + Send + Sync;
    /// History variables: they exist only for checking and no handler sees them.
    type Ghost: Clone + Hash + Default + Debug + Send + Sync;

    /// What the protocol is made of, in words.
    const SHEET: &'static Sheet;

    /// First start and every restart: whatever is not on the disk is gone.
    fn boot(&self, context: &mut Context<'_, Self>, disk: Self::Disk) -> Self::Node;

    /// A message of another node arrives.
    fn on_message(
        &self,
        context: &mut Context<'_, Self>,
        node: &mut Self::Node,
        from: NodeId,
        message: &Self::Message,
    );

    /// An armed timer fires.
    fn on_timer(&self, context: &mut Context<'_, Self>, node: &mut Self::Node, timer: TimerId);

    /// A client's request arrives.
    fn on_request(&self, context: &mut Context<'_, Self>, node: &mut Self::Node, request: &Request);

    /// An operator's command: an index into [`Sheet::commands`], about `argument`.
    fn on_command(
        &self,
        context: &mut Context<'_, Self>,
        node: &mut Self::Node,
        command: u8,
        argument: NodeId,
    );

    /// The disk as the running node believes it to be.
    fn disk<'a>(&self, node: &'a Self::Node) -> &'a Self::Disk;

    /// What a crash leaves of `disk` under these rules: all of it, unless a durability rule is off.
    fn surviving(&self, disk: &Self::Disk, rules: RuleSet) -> Self::Disk;

    /// Whether sending `message` must wait until the writes before it are on the disk.
    fn waits_for_disk(&self, message: &Self::Message, rules: RuleSet) -> bool;

    /// Whether answering a client must wait likewise.
    fn reply_waits_for_disk(&self, _rules: RuleSet) -> bool {
        true
    }

    /// Whether delivering `message` now or ever again would change nothing at all.
    fn is_dead(&self, node: &Self::Node, message: &Self::Message, rules: RuleSet) -> bool;

    /// Whether `message` is of a period that is over for its receiver. It may still matter.
    fn is_late(&self, _node: &Self::Node, _message: &Self::Message) -> bool {
        false
    }

    /// How its state reads under other names; `None` where neither nodes nor written values are alike.
    fn symmetry(&self) -> Option<&'static dyn Symmetry<Self>> {
        None
    }

    /// Brings the history variables up to date after `touched` changed (or crashed), and reports
    /// each invariant that is false, as an index into [`Sheet::invariants`], with the reason in
    /// words.
    fn observe(
        &self,
        ghost: &mut Self::Ghost,
        cluster: &Cluster<'_, Self>,
        touched: NodeId,
        report: &mut dyn FnMut(u8, String),
    );

    /// Whether all history variables are in their hash: whatever the nodes are, two of one hash are the same.
    /// It is not so where some are left out because nodes tell as much.
    fn hashes_all(&self) -> bool {
        false
    }

    /// Whether history variables are the very same, as far as that is seen without looking into them: `false`
    /// where it is not.
    fn are_same(&self, _one: &Self::Ghost, _other: &Self::Ghost) -> bool {
        false
    }

    /// How a node looks to a person.
    fn view(&self, node: &Self::Node) -> NodeView;

    /// How a disk alone looks: what is left of a crashed node.
    fn disk_view(&self, disk: &Self::Disk) -> NodeView;

    /// How a message looks to a person.
    fn label(&self, message: &Self::Message) -> MessageLabel;

    /// The message's place in [`Sheet::messages`].
    fn message_kind(&self, message: &Self::Message) -> u8;

    /// Why a cluster of that many nodes with these settings cannot run, if it cannot: a quorum
    /// larger than the cluster, say. It is asked before any node starts.
    fn refuses(&self, _nodes: u16, _settings: &[u32]) -> Option<String> {
        None
    }

    /// The arithmetic that the protocol's safety rests on, such as R + W > N, with the numbers of
    /// this cluster.
    fn formulas(&self, _nodes: u16, _settings: &[u32]) -> Vec<Formula> {
        Vec::new()
    }

    /// What can be measured over the whole cluster at this moment, such as how many nodes agree.
    fn meters(&self, _cluster: &Cluster<'_, Self>) -> Vec<Meter> {
        Vec::new()
    }

    /// Reads an initial disk from the words of a scenario of that many nodes, such as
    /// `term 6 log 1 1 4`.
    ///
    /// # Errors
    /// Says what was expected.
    fn parse_disk(&self, words: &[&str], nodes: u16) -> Result<Self::Disk, String>;

    /// What clients had asked before a run that begins with this disk, in any order; `None` where its node
    /// keeps no copies of what clients ask for.
    fn remembers(&self, disk: &Self::Disk, owner: &Owner<'_>) -> Option<Vec<Remembered>>;
}

/// What a protocol is made of: the page and the command line learn all they show from here.
#[derive(Debug, Serialize)]
pub struct Sheet {
    /// The name in scenarios, links and on the command line.
    pub id: &'static str,
    /// The name people read.
    pub title: &'static str,
    /// The paper it follows.
    pub source: &'static str,
    /// The strongest consistency that it promises with all rules on, and when it answers; one
    /// sentence.
    pub guarantee: &'static str,
    /// The word for a period of leadership: term, ballot or view.
    pub period: &'static str,
    /// How many nodes a scenario has when it does not say.
    pub nodes_default: u16,
    /// The fewest and the most nodes.
    pub nodes_range: (u16, u16),
    /// The kinds of message. Append only: links hold the index.
    pub messages: &'static [MessageKind],
    /// The timers. Append only.
    pub timers: &'static [TimerKind],
    /// What an operator can tell a node to do. Append only.
    pub commands: &'static [CommandKind],
    /// The rules that its proof needs. Append only.
    pub rules: &'static [Rule],
    /// The invariants checked after every action. Append only.
    pub invariants: &'static [Invariant],
    /// The adjustable quantities. Append only.
    pub settings: &'static [Setting],
    /// The operations a client may call.
    pub operations: &'static [OperationKind],
}

/// A kind of message.
#[derive(Debug, Serialize)]
pub struct MessageKind {
    /// The paper's name.
    pub name: &'static str,
    /// Colour family.
    pub tone: Tone,
    /// Whether it answers another message; drawn in outline.
    pub reply: bool,
}

/// Colour families of messages; meaning is always carried by a label too. Append only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tone {
    /// Carries data.
    Append,
    /// Asks for or gives a vote.
    Vote,
    /// Concerns a client.
    Client,
    /// Concerns the making or breaking of leadership otherwise.
    Control,
}

/// A timer.
#[derive(Debug, Serialize)]
pub struct TimerKind {
    /// One word, as in `timeout n1 election`.
    pub name: &'static str,
    /// What happens when it fires.
    pub text: &'static str,
}

/// Something an operator can tell one node to do about another.
#[derive(Debug, Serialize)]
pub struct CommandKind {
    /// The word in scenarios.
    pub name: &'static str,
    /// What it does.
    pub text: &'static str,
}

/// A sentence of the paper that its proof needs, with a switch.
#[derive(Debug, Serialize)]
pub struct Rule {
    /// Stable name in scenarios.
    pub id: &'static str,
    /// Where it comes from.
    pub source: &'static str,
    /// What it says.
    pub text: &'static str,
    /// What goes wrong without it.
    pub without: &'static str,
    /// The ids of the invariants it protects.
    pub protects: &'static [&'static str],
}

/// A safety property over the whole cluster.
#[derive(Debug, Serialize)]
pub struct Invariant {
    /// Stable name in scenarios.
    pub id: &'static str,
    /// Where it comes from.
    pub source: &'static str,
    /// What it says.
    pub text: &'static str,
}

/// An adjustable quantity.
#[derive(Debug, Serialize)]
pub struct Setting {
    /// Stable name in scenarios.
    pub id: &'static str,
    /// What it is, with its unit.
    pub text: &'static str,
    /// The value where the scenario says nothing.
    pub default: u32,
    /// What values it may take.
    pub range: SettingRange,
}

/// The values a setting may take.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SettingRange {
    /// A whole number between two others, both included.
    Number(u32, u32),
    /// One of these words; the value is its index.
    Choice(&'static [&'static str]),
}

impl Setting {
    /// Reads a value.
    ///
    /// # Errors
    /// Says which values are allowed.
    pub fn parse(&self, word: &str) -> Result<u32, String> {
        match self.range {
            SettingRange::Number(low, high) => match word.parse::<u32>() {
                Ok(value) if (low..=high).contains(&value) => Ok(value),
                _ => Err(format!("a number from {low} to {high}")),
            },
            SettingRange::Choice(words) => words
                .iter()
                .position(|candidate| *candidate == word)
                .map(|place| place as u32)
                .ok_or_else(|| format!("one of {}", words.join(", "))),
        }
    }

    /// A value as its word.
    pub fn print(&self, value: u32) -> String {
        match self.range {
            SettingRange::Number(..) => value.to_string(),
            SettingRange::Choice(words) => {
                words.get(value as usize).copied().unwrap_or("?").to_owned()
            }
        }
    }
}

impl Sheet {
    /// The set of all rules.
    pub fn all_rules(&self) -> RuleSet {
        let mut rules = RuleSet::default();
        for rule in 0..self.rules.len() {
            rules.insert(RuleId(rule as u8));
        }
        rules
    }

    /// The rule of that id.
    pub fn rule(&self, id: &str) -> Option<RuleId> {
        place(self.rules, |rule| rule.id == id).map(RuleId)
    }

    /// The timer of that name.
    pub fn timer(&self, name: &str) -> Option<TimerId> {
        place(self.timers, |timer| timer.name == name).map(TimerId)
    }

    /// The place of the invariant of that id.
    pub fn invariant(&self, id: &str) -> Option<u8> {
        place(self.invariants, |invariant| invariant.id == id)
    }

    /// The place of the setting of that id.
    pub fn setting(&self, id: &str) -> Option<u8> {
        place(self.settings, |setting| setting.id == id)
    }

    /// The place of the command of that name.
    pub fn command(&self, name: &str) -> Option<u8> {
        place(self.commands, |command| command.name == name)
    }

    /// The place of the message kind of that name, among the protocol's kinds.
    pub fn message(&self, name: &str) -> Option<u8> {
        place(self.messages, |message| message.name == name)
    }
}

fn place<T>(items: &[T], is_it: impl Fn(&T) -> bool) -> Option<u8> {
    items.iter().position(is_it).and_then(|place| u8::try_from(place).ok())
}

/// The session of what was written before a run began; nobody waits for its answers.
pub const SESSION_BEFORE_THE_RUN: u32 = 0;

/// What a client asks of a node.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Request {
    /// Who asks, and whom to answer.
    pub client: ClientId,
    /// The client's session: it changes when the client gives up on an operation, whose fate it
    /// then no longer knows.
    pub session: u32,
    /// Counts the session's operations from one; a retry repeats the number.
    pub sequence: u32,
    /// What is asked.
    pub operation: Operation,
}

/// What a node answers a client.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Reply {
    /// The session answered.
    pub session: u32,
    /// The request answered.
    pub sequence: u32,
    /// The answer.
    pub answer: Answer,
}

/// An answer: a result or a hint where to ask.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Answer {
    /// The operation's result.
    Done {
        /// What it returned.
        outcome: Outcome,
        /// The place in the agreed order that the answer reflects, for checking freshness.
        as_of: u64,
    },
    /// Not here; perhaps that node.
    Redirect(Option<NodeId>),
}

/// What a handler asks of the world.
#[derive(Clone, Debug, Default)]
pub(crate) struct Effects {
    pub(crate) sends: Vec<(NodeId, Opaque)>,
    pub(crate) replies: Vec<(ClientId, Reply)>,
    pub(crate) timers: Vec<TimerChange>,
    pub(crate) executions: Vec<Execution>,
    pub(crate) applied: RuleSet,
    pub(crate) missed: RuleSet,
}

/// A change to one of a node's timers.
#[derive(Clone, Copy, Debug)]
pub(crate) enum TimerChange {
    Arm { timer: TimerId, min_ms: u32, max_ms: u32 },
    Disarm(TimerId),
}

/// A client's request took effect on a node's state machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Execution {
    /// The place in the agreed order.
    pub slot: u64,
    /// The session whose request it is.
    pub session: u32,
    /// The request's number in its session.
    pub sequence: u32,
}

/// A handler's surroundings: who and when it is, which rules hold, and where effects go.
pub struct Context<'a, P: Protocol> {
    /// The node whose handler runs.
    pub me: NodeId,
    /// How many nodes there are.
    pub node_count: u16,
    /// The node's own clock, in milliseconds; it may run fast or slow.
    pub now_ms: u64,
    /// The rules that hold.
    pub rules: RuleSet,
    /// The values of [`Sheet::settings`], in order.
    pub settings: &'a [u32],
    effects: &'a mut Effects,
    protocol: PhantomData<P>,
}

/// A context before the protocol's types are known.
pub(crate) struct Surroundings<'a> {
    pub(crate) me: NodeId,
    pub(crate) node_count: u16,
    pub(crate) now_ms: u64,
    pub(crate) rules: RuleSet,
    pub(crate) settings: &'a [u32],
    pub(crate) effects: &'a mut Effects,
}

impl<'a, P: Protocol> Context<'a, P> {
    pub(crate) fn new(surroundings: Surroundings<'a>) -> Self {
        let Surroundings { me, node_count, now_ms, rules, settings, effects } = surroundings;
        Context { me, node_count, now_ms, rules, settings, effects, protocol: PhantomData }
    }

    /// Whether `rule` holds; call it where the rule decides what happens next. The world records
    /// that the rule was applied, or, where it is switched off, that it was missed.
    pub fn enforces(&mut self, rule: RuleId) -> bool {
        let on = self.rules.contains(rule);
        if on {
            self.effects.applied.insert(rule);
        } else {
            self.effects.missed.insert(rule);
        }
        on
    }

    /// A setting's value.
    pub fn setting(&self, place: u8) -> u32 {
        self.settings[usize::from(place)]
    }

    /// All nodes but this one.
    pub fn others(&self) -> impl Iterator<Item = NodeId> + use<P> {
        let me = self.me;
        (0..self.node_count).map(NodeId).filter(move |node| *node != me)
    }

    /// More than half of the nodes.
    pub fn majority(&self) -> u32 {
        u32::from(self.node_count) / 2 + 1
    }

    /// Sends a message to another node.
    pub fn send(&mut self, to: NodeId, message: P::Message) {
        debug_assert_ne!(to, self.me, "a node does not send to itself");
        self.effects.sends.push((to, Arc::new(message)));
    }

    /// Sends a message to every other node.
    pub fn broadcast(&mut self, message: &P::Message) {
        // The copies are the same message: it is held once.
        let message: Opaque = Arc::new(message.clone());
        for to in self.others() {
            self.effects.sends.push((to, Arc::clone(&message)));
        }
    }

    /// Arms a timer to fire after a random time in `min_ms..=max_ms` on this node's clock;
    /// replaces the same timer where it is armed.
    pub fn arm(&mut self, timer: TimerId, min_ms: u32, max_ms: u32) {
        self.effects.timers.push(TimerChange::Arm { timer, min_ms, max_ms });
    }

    /// Disarms a timer; nothing where it is not armed.
    pub fn disarm(&mut self, timer: TimerId) {
        self.effects.timers.push(TimerChange::Disarm(timer));
    }

    /// Answers a client.
    pub fn reply(&mut self, request: &Request, answer: Answer) {
        let reply = Reply { session: request.session, sequence: request.sequence, answer };
        self.effects.replies.push((request.client, reply));
    }

    /// Tells the checkers that a request took effect on this node's state machine.
    pub fn executed(&mut self, slot: u64, request: &Request) {
        self.effects.executions.push(Execution {
            slot,
            session: request.session,
            sequence: request.sequence,
        });
    }
}
