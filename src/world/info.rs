//! What a world tells about itself to whoever draws it, chooses from it or checks it.

use std::fmt;

use serde::Serialize;

use super::{Envelope, Payload, Status, World};
use crate::ids::{ClientId, Endpoint, MessageId, NodeId, NodeSet, OperationId, TimerId};
use crate::operation::Operation;
use crate::protocol::{Answer, Sheet};
use crate::view::{Field, Formula, MessageLabel, Meter, NodeView};

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

/// Why a world cannot be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SetupError {
    /// An initial disk cannot be read.
    Disk {
        /// Whose disk.
        node: NodeId,
        /// What was expected.
        expected: String,
    },
    /// The protocol cannot run so, and why.
    Refused(String),
    /// The protocol's code has not been loaded yet.
    NotLoaded(&'static str),
}

impl fmt::Display for SetupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SetupError::Disk { node, expected } => {
                write!(f, "the disk of {node}: expected {expected}")
            }
            SetupError::Refused(reason) => f.write_str(reason),
            SetupError::NotLoaded(id) => write!(f, "the code of {id} is not loaded"),
        }
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

impl World {
    fn info(&self, envelope: &Envelope) -> MessageInfo {
        let receiver = envelope.to.node().map(|node| self.nodes[node.index()].status());
        MessageInfo {
            id: envelope.id,
            from: envelope.from,
            to: envelope.to,
            kind: match &envelope.payload {
                Payload::Protocol(message) => self.machine.message_kind(message),
                Payload::Request(_) => REQUEST_KIND,
                Payload::Reply(_) => REPLY_KIND,
            },
            sent_ms: envelope.sent_ms,
            due_ms: envelope.due_ms,
            sent_step: envelope.sent_step,
            lost: envelope.lost
                || receiver == Some(Status::Down)
                || self.network.is_cut(envelope.from, envelope.to),
        }
    }

    /// Whether a node runs.
    pub fn status(&self, node: NodeId) -> Status {
        self.nodes[node.index()].status()
    }

    /// Whether a node's writes are held back.
    pub fn is_disk_held(&self, node: NodeId) -> bool {
        self.nodes[node.index()].is_disk_held()
    }

    /// How a node looks to a person.
    pub fn node_view(&self, node: NodeId) -> NodeView {
        let slot = &self.nodes[node.index()];
        match slot.node() {
            Some(state) => self.machine.view(state),
            None => self.machine.disk_view(slot.disk_now(self.machine)),
        }
    }

    /// A node's running timers.
    pub fn timers(&self, node: NodeId) -> Vec<TimerInfo> {
        let slot = &self.nodes[node.index()];
        let info = |armed: &crate::world::ArmedTimer| TimerInfo {
            timer: armed.timer,
            span_ms: armed.due_local_ms - armed.armed_local_ms,
            due_ms: Some(slot.clock().true_ms(armed.due_local_ms)).filter(|due| *due < u64::MAX),
        };
        slot.timers().iter().map(info).collect()
    }

    /// What a node's clock shows, and its rate per mille.
    pub fn clock(&self, node: NodeId) -> (u64, u32) {
        let clock = self.nodes[node.index()].clock();
        (clock.local_ms(self.now_ms()), clock.rate_permille())
    }

    /// Calls `visit` with each message in flight, oldest first.
    pub fn for_each_message(&self, visit: &mut dyn FnMut(&MessageInfo)) {
        for envelope in self.network.in_flight() {
            visit(&self.info(envelope));
        }
    }

    /// A message in flight.
    pub fn message(&self, id: MessageId) -> Option<MessageInfo> {
        self.network.get(id).map(|envelope| self.info(envelope))
    }

    /// A message in words.
    pub fn message_label(&self, id: MessageId) -> Option<MessageLabel> {
        let envelope = self.network.get(id)?;
        Some(match &envelope.payload {
            Payload::Protocol(message) => self.machine.label(message),
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

    /// Whether a message can never matter again at its receiver.
    pub fn is_dead(&self, id: MessageId) -> bool {
        let Some(envelope) = self.network.get(id) else { return false };
        let Some(to) = envelope.to.node() else { return false };
        match (&envelope.payload, self.nodes[to.index()].node()) {
            (Payload::Protocol(message), Some(node)) => {
                self.machine.is_dead(node, message, self.rules)
            }
            _ => false,
        }
    }

    /// A client.
    pub fn client(&self, client: ClientId) -> Option<ClientInfo> {
        let state = self.clients.get(client.index())?;
        Some(ClientInfo {
            contact: state.contact(),
            open: state.open().map(|open| (open.id(), open.request().operation.clone())),
        })
    }

    /// For each node, the nodes it cannot reach.
    pub fn cuts(&self) -> &[NodeSet] {
        self.network.cuts()
    }

    /// How many messages have been sent, copies included.
    pub fn messages_sent(&self) -> u32 {
        self.network.sent()
    }

    /// How many messages found the network full.
    pub fn overflow(&self) -> u64 {
        self.network.overflow
    }

    /// The arithmetic that safety rests on, with the numbers of this cluster.
    pub fn formulas(&self) -> Vec<Formula> {
        self.machine.formulas(self.config.nodes, &self.config.settings)
    }

    /// What can be measured over the whole cluster now.
    pub fn meters(&self) -> Vec<Meter> {
        self.machine.meters(self.cluster(&[], &[]))
    }
}
