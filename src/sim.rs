//! The object-safe face of a world: everything above the protocols is compiled once against it.

use std::fmt;

use serde::Serialize;

use crate::action::{Action, ActionKind};
use crate::history::History;
use crate::ids::{ClientId, Endpoint, MessageId, NodeId, NodeSet, OperationId, RuleSet, TimerId};
use crate::operation::Operation;
use crate::protocol::{Answer, Protocol, Sheet};
use crate::view::{Field, MessageLabel, NodeView};
use crate::world::{
    Config, Envelope, LastAction, Payload, Refusal, Schedule, Status, Violation, World,
};

/// The kind of a client's request, beside the kinds of [`Sheet::messages`].
pub const REQUEST_KIND: u8 = 200;
/// The kind of a node's answer to a client.
pub const REPLY_KIND: u8 = 201;

/// The name of a message kind.
pub fn kind_name(sheet: &Sheet, kind: u8) -> &'static str {
    match kind {
        REQUEST_KIND => "Request",
        REPLY_KIND => "Reply",
        kind => sheet.messages.get(usize::from(kind)).map_or("?", |message| message.name),
    }
}

/// The message kind of that name, client messages included.
pub fn kind_of_name(sheet: &Sheet, name: &str) -> Option<u8> {
    match name {
        "Request" => Some(REQUEST_KIND),
        "Reply" => Some(REPLY_KIND),
        name => sheet.message(name),
    }
}

/// An initial disk that the protocol cannot read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiskError {
    /// Whose disk.
    pub node: NodeId,
    /// What was expected.
    pub expected: String,
}

impl fmt::Display for DiskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the disk of {}: expected {}", self.node, self.expected)
    }
}

/// A message in flight, as far as drawing and choosing need to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MessageInfo {
    /// Its id.
    pub id: MessageId,
    /// The sender.
    pub from: Endpoint,
    /// The receiver.
    pub to: Endpoint,
    /// Its kind; see [`kind_name`].
    pub kind: u8,
    /// When it was sent, in milliseconds.
    pub sent_ms: u64,
    /// When it is due, in milliseconds.
    pub due_ms: u64,
    /// The number of the action that sent it.
    pub sent_step: u64,
    /// Whether it will be lost when it is due: by chance, a cut, or a crashed receiver.
    pub lost: bool,
}

/// A running timer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TimerInfo {
    /// Which timer.
    pub timer: TimerId,
    /// How long it runs in all, in milliseconds of the node's clock.
    pub span_ms: u64,
    /// When it is due, in true milliseconds; `None` where its clock stands still.
    pub due_ms: Option<u64>,
}

/// A client and what it waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientInfo {
    /// The node it asks next.
    pub contact: NodeId,
    /// The operation it waits for.
    pub open: Option<(OperationId, Operation)>,
}

/// A world of any protocol. See the methods of the same names on [`World`].
pub trait Sim: Send + Sync {
    /// What the protocol is made of.
    fn sheet(&self) -> &'static Sheet;
    /// What the world was made with.
    fn config(&self) -> &Config;
    /// The true time, in milliseconds.
    fn now_ms(&self) -> u64;
    /// How many actions have been applied.
    fn step(&self) -> u64;
    /// The rules that hold now.
    fn rules(&self) -> RuleSet;
    /// Applies an action.
    ///
    /// # Errors
    /// An impossible action is refused and changes nothing.
    fn apply(&mut self, action: &Action) -> Result<(), Refusal>;
    /// Whether an action is possible now.
    ///
    /// # Errors
    /// The reason why not.
    fn check(&self, kind: &ActionKind) -> Result<(), Refusal>;
    /// The next thing that happens by itself.
    fn next_action(&self, schedule: Schedule) -> Option<Action>;
    /// A world of its own with the same state.
    fn fork(&self) -> Box<dyn Sim>;
    /// The whole run as 64 bits.
    fn fingerprint(&self) -> u64;
    /// The state of the cluster as 64 bits, without clock and history.
    fn cluster_fingerprint(&self) -> u64;
    /// What clients saw.
    fn history(&self) -> &History;
    /// The invariants that have been false.
    fn violations(&self) -> &[Violation];
    /// What the last action did.
    fn last(&self) -> &LastAction;
    /// Whether a node runs.
    fn status(&self, node: NodeId) -> Status;
    /// Whether a node's writes are held back.
    fn is_disk_held(&self, node: NodeId) -> bool;
    /// How a node looks to a person.
    fn node_view(&self, node: NodeId) -> NodeView;
    /// A node's running timers.
    fn timers(&self, node: NodeId) -> Vec<TimerInfo>;
    /// What a node's clock shows, and its rate per mille.
    fn clock(&self, node: NodeId) -> (u64, u32);
    /// Calls `visit` with each message in flight, oldest first.
    fn for_each_message(&self, visit: &mut dyn FnMut(&MessageInfo));
    /// A message in flight.
    fn message(&self, id: MessageId) -> Option<MessageInfo>;
    /// A message in words.
    fn message_label(&self, id: MessageId) -> Option<MessageLabel>;
    /// Whether a message can never matter again at its receiver.
    fn is_dead(&self, id: MessageId) -> bool;
    /// A client.
    fn client(&self, client: ClientId) -> Option<ClientInfo>;
    /// For each node, the nodes it cannot reach.
    fn cuts(&self) -> &[NodeSet];
    /// How many messages found the network full.
    fn overflow(&self) -> u64;
}

/// Makes a world of a protocol.
///
/// # Errors
/// An initial disk that the protocol cannot read.
pub fn simulate<P: Protocol>(config: Config) -> Result<Box<dyn Sim>, DiskError> {
    match World::new(P::default(), config) {
        Ok(world) => Ok(Box::new(world)),
        Err((node, expected)) => Err(DiskError { node, expected }),
    }
}

impl<P: Protocol> World<P> {
    fn info(&self, envelope: &Envelope<P::Message>) -> MessageInfo {
        let receiver = envelope.to.node().map(|node| self.nodes()[node.index()].status());
        MessageInfo {
            id: envelope.id,
            from: envelope.from,
            to: envelope.to,
            kind: match &*envelope.payload {
                Payload::Protocol(message) => self.protocol().message_kind(message),
                Payload::Request(_) => REQUEST_KIND,
                Payload::Reply(_) => REPLY_KIND,
            },
            sent_ms: envelope.sent_ms,
            due_ms: envelope.due_ms,
            sent_step: envelope.sent_step,
            lost: envelope.lost
                || receiver == Some(Status::Down)
                || self.network().is_cut(envelope.from, envelope.to),
        }
    }
}

impl<P: Protocol> Sim for World<P> {
    fn sheet(&self) -> &'static Sheet {
        self.protocol().sheet()
    }

    fn config(&self) -> &Config {
        self.config()
    }

    fn now_ms(&self) -> u64 {
        self.now_ms()
    }

    fn step(&self) -> u64 {
        self.step()
    }

    fn rules(&self) -> RuleSet {
        self.rules()
    }

    fn apply(&mut self, action: &Action) -> Result<(), Refusal> {
        self.apply(action)
    }

    fn check(&self, kind: &ActionKind) -> Result<(), Refusal> {
        self.check(kind)
    }

    fn next_action(&self, schedule: Schedule) -> Option<Action> {
        self.next_action(schedule)
    }

    fn fork(&self) -> Box<dyn Sim> {
        Box::new(self.clone())
    }

    fn fingerprint(&self) -> u64 {
        self.fingerprint()
    }

    fn cluster_fingerprint(&self) -> u64 {
        self.cluster_fingerprint()
    }

    fn history(&self) -> &History {
        self.history()
    }

    fn violations(&self) -> &[Violation] {
        self.violations()
    }

    fn last(&self) -> &LastAction {
        self.last()
    }

    fn status(&self, node: NodeId) -> Status {
        self.nodes()[node.index()].status()
    }

    fn is_disk_held(&self, node: NodeId) -> bool {
        self.nodes()[node.index()].is_disk_held()
    }

    fn node_view(&self, node: NodeId) -> NodeView {
        let slot = &self.nodes()[node.index()];
        match slot.node() {
            Some(state) => self.protocol().view(state),
            None => self.protocol().disk_view(slot.disk_now(self.protocol())),
        }
    }

    fn timers(&self, node: NodeId) -> Vec<TimerInfo> {
        let slot = &self.nodes()[node.index()];
        let info = |armed: &crate::world::ArmedTimer| TimerInfo {
            timer: armed.timer,
            span_ms: armed.due_local_ms - armed.armed_local_ms,
            due_ms: Some(slot.clock().true_ms(armed.due_local_ms)).filter(|due| *due < u64::MAX),
        };
        slot.timers().iter().map(info).collect()
    }

    fn clock(&self, node: NodeId) -> (u64, u32) {
        let clock = self.nodes()[node.index()].clock();
        (clock.local_ms(self.now_ms()), clock.rate_permille())
    }

    fn for_each_message(&self, visit: &mut dyn FnMut(&MessageInfo)) {
        for envelope in self.network().in_flight() {
            visit(&self.info(envelope));
        }
    }

    fn message(&self, id: MessageId) -> Option<MessageInfo> {
        self.network().get(id).map(|envelope| self.info(envelope))
    }

    fn message_label(&self, id: MessageId) -> Option<MessageLabel> {
        let envelope = self.network().get(id)?;
        Some(match &*envelope.payload {
            Payload::Protocol(message) => self.protocol().label(message),
            Payload::Request(request) => MessageLabel {
                short: request.operation.to_string(),
                fields: vec![
                    Field::new("operation", &request.operation),
                    Field::new("session", request.session),
                    Field::new("number", request.sequence),
                ],
            },
            Payload::Reply(reply) => {
                let (short, meaning) = match &reply.answer {
                    Answer::Done { outcome, .. } => (outcome.to_string(), outcome.to_string()),
                    Answer::Redirect(Some(node)) => (format!("ask {node}"), format!("ask {node}")),
                    Answer::Redirect(None) => {
                        ("not now".to_owned(), "nobody takes it now".to_owned())
                    }
                };
                MessageLabel {
                    short,
                    fields: vec![
                        Field::new("answer", meaning),
                        Field::new("session", reply.session),
                        Field::new("number", reply.sequence),
                    ],
                }
            }
        })
    }

    fn is_dead(&self, id: MessageId) -> bool {
        self.is_dead(id)
    }

    fn client(&self, client: ClientId) -> Option<ClientInfo> {
        let state = self.clients().get(client.index())?;
        Some(ClientInfo {
            contact: state.contact(),
            open: state.open().map(|open| (open.id(), open.request().operation.clone())),
        })
    }

    fn cuts(&self) -> &[NodeSet] {
        self.network().cuts()
    }

    fn overflow(&self) -> u64 {
        self.network().overflow
    }
}

impl dyn Sim + '_ {
    /// An action in one line, in the words of scenarios. Call it before the action is applied.
    pub fn describe(&self, kind: &ActionKind) -> String {
        let sheet = self.sheet();
        let message = |verb: &str, id: MessageId| match (self.message(id), self.message_label(id)) {
            (Some(info), Some(label)) => format!(
                "{verb} {}->{} {} ({})",
                info.from,
                info.to,
                kind_name(sheet, info.kind),
                label.detail()
            ),
            _ => format!("{verb} a message that is gone"),
        };
        match kind {
            ActionKind::Wait => "time passes".to_owned(),
            ActionKind::Deliver(id) => message("deliver", *id),
            ActionKind::Drop(id) => message("drop", *id),
            ActionKind::Duplicate(id) => message("duplicate", *id),
            ActionKind::Delay { message: id, by_ms } => {
                format!("{} by {by_ms} ms", message("delay", *id))
            }
            ActionKind::Fire { node, timer } => {
                let name = sheet.timers.get(usize::from(timer.0)).map_or("?", |timer| timer.name);
                format!("timeout {node} {name}")
            }
            ActionKind::Crash(node) => format!("crash {node}"),
            ActionKind::Restart(node) => format!("restart {node}"),
            ActionKind::Pause(node) => format!("pause {node}"),
            ActionKind::Resume(node) => format!("resume {node}"),
            ActionKind::LoseDisk(node) => format!("lose-disk {node}"),
            ActionKind::HoldDisk(node) => format!("hold-disk {node}"),
            ActionKind::SyncDisk(node) => format!("sync-disk {node}"),
            ActionKind::Cut { from, to } => format!("cut {from} -> {to}"),
            ActionKind::Heal { from, to } => format!("heal {from} -> {to}"),
            ActionKind::Partition(side) => format!("partition {side}"),
            ActionKind::HealAll => "heal".to_owned(),
            ActionKind::SetClockRate { node, rate_permille } => {
                format!("clock {node} rate {rate_permille}")
            }
            ActionKind::JumpClock { node, ahead_ms } => format!("clock {node} ahead {ahead_ms}"),
            ActionKind::SetRule { rule, on } => {
                let id = sheet.rules.get(usize::from(rule.0)).map_or("?", |rule| rule.id);
                format!("rule {id} {}", if *on { "on" } else { "off" })
            }
            ActionKind::Invoke { client, node, operation } => {
                let to = match (node, self.client(*client)) {
                    (Some(node), _) => *node,
                    (None, Some(client)) => client.contact,
                    (None, None) => NodeId(0),
                };
                format!("invoke {client} {operation} to {to}")
            }
            ActionKind::Retry(client) => format!("retry {client}"),
            ActionKind::GiveUp(client) => format!("give-up {client}"),
            ActionKind::Command { node, command, argument } => {
                let name =
                    sheet.commands.get(usize::from(*command)).map_or("?", |command| command.name);
                format!("command {node} {name} {argument}")
            }
        }
    }

    /// A node in one line: role, period, log and what else matters.
    pub fn summary(&self, node: NodeId) -> String {
        let view = self.node_view(node);
        let mut line = format!("{node} {} {} {}", view.role, self.sheet().period, view.period);
        for log in &view.logs {
            line.push_str(&format!(" | {}", log.title));
            for cell in &log.cells {
                let mark = if cell.committed { "" } else { "?" };
                line.push_str(&format!(" {}{mark}", cell.period));
            }
        }
        for field in view.durable.iter().skip(1) {
            line.push_str(&format!(" | {} {}", field.name, field.value));
        }
        for field in &view.data {
            line.push_str(&format!(" | {}={}", field.name, field.value));
        }
        line
    }
}
