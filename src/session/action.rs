//! The actions that a page asks for, as plain data: the inverse of what it is shown.

use serde::Deserialize;

use crate::action::ActionKind;
use crate::ids::{CLIENTS_MAX, ClientId, MessageId, NODES_MAX, NodeId, NodeSet, TimerId};
use crate::operation::Operation;
use crate::protocol::Sheet;

/// An action as the page sends it. Nodes and clients are numbers from zero.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case", rename_all_fields = "camelCase")]
#[allow(missing_docs)] // Each is documented at the ActionKind of the same name.
pub enum ActionRequest {
    Deliver { message: u32 },
    Drop { message: u32 },
    Duplicate { message: u32 },
    Delay { message: u32, by_ms: u32 },
    Fire { node: u8, timer: u8 },
    Crash { node: u8 },
    Restart { node: u8 },
    Pause { node: u8 },
    Resume { node: u8 },
    LoseDisk { node: u8 },
    HoldDisk { node: u8 },
    SyncDisk { node: u8 },
    Cut { from: Vec<u8>, to: Vec<u8> },
    Heal { from: Vec<u8>, to: Vec<u8> },
    Partition { side: Vec<u8> },
    HealAll,
    ClockRate { node: u8, permille: u32 },
    ClockJump { node: u8, ahead_ms: u32 },
    Rule { rule: String, on: bool },
    Invoke { client: u8, node: Option<u8>, operation: String },
    Retry { client: u8 },
    GiveUp { client: u8 },
    Command { node: u8, command: u8, argument: u8 },
    Wait { ms: u32 },
}

impl ActionRequest {
    /// The action, or what is wrong with the request. `Wait` gives its span beside.
    ///
    /// # Errors
    /// A sentence for the person who asked: an operation that cannot be read, an unknown rule, a
    /// number that no node or client can have.
    pub fn into_kind(self, sheet: &Sheet) -> Result<(ActionKind, u32), String> {
        use ActionRequest as Asked;
        let kind = match self {
            Asked::Deliver { message } => ActionKind::Deliver(MessageId(message)),
            Asked::Drop { message } => ActionKind::Drop(MessageId(message)),
            Asked::Duplicate { message } => ActionKind::Duplicate(MessageId(message)),
            Asked::Delay { message, by_ms } => {
                ActionKind::Delay { message: MessageId(message), by_ms }
            }
            Asked::Fire { node: id, timer } => {
                ActionKind::Fire { node: node(id)?, timer: TimerId(timer) }
            }
            Asked::Crash { node: id } => ActionKind::Crash(node(id)?),
            Asked::Restart { node: id } => ActionKind::Restart(node(id)?),
            Asked::Pause { node: id } => ActionKind::Pause(node(id)?),
            Asked::Resume { node: id } => ActionKind::Resume(node(id)?),
            Asked::LoseDisk { node: id } => ActionKind::LoseDisk(node(id)?),
            Asked::HoldDisk { node: id } => ActionKind::HoldDisk(node(id)?),
            Asked::SyncDisk { node: id } => ActionKind::SyncDisk(node(id)?),
            Asked::Cut { from, to } => ActionKind::Cut { from: nodes(&from)?, to: nodes(&to)? },
            Asked::Heal { from, to } => ActionKind::Heal { from: nodes(&from)?, to: nodes(&to)? },
            Asked::Partition { side } => ActionKind::Partition(nodes(&side)?),
            Asked::HealAll => ActionKind::HealAll,
            Asked::ClockRate { node: id, permille } => {
                ActionKind::SetClockRate { node: node(id)?, rate_permille: permille }
            }
            Asked::ClockJump { node: id, ahead_ms } => {
                ActionKind::JumpClock { node: node(id)?, ahead_ms }
            }
            Asked::Rule { rule, on } => ActionKind::SetRule {
                rule: sheet.rule(&rule).ok_or_else(|| format!("there is no rule “{rule}”"))?,
                on,
            },
            Asked::Invoke { client: id, node: to, operation } => {
                let words: Vec<&str> = operation.split_whitespace().collect();
                let operation = Operation::parse(&words)
                    .map_err(|expected| format!("expected {expected}, found “{operation}”"))?;
                ActionKind::Invoke {
                    client: client(id)?,
                    node: to.map(node).transpose()?,
                    operation,
                }
            }
            Asked::Retry { client: id } => ActionKind::Retry(client(id)?),
            Asked::GiveUp { client: id } => ActionKind::GiveUp(client(id)?),
            Asked::Command { node: id, command, argument } => {
                ActionKind::Command { node: node(id)?, command, argument: node(argument)? }
            }
            Asked::Wait { ms } => return Ok((ActionKind::Wait, ms)),
        };
        Ok((kind, 0))
    }
}

fn node(id: u8) -> Result<NodeId, String> {
    if id < NODES_MAX { Ok(NodeId(id)) } else { Err(format!("there is no node {id}")) }
}

fn client(id: u8) -> Result<ClientId, String> {
    if id < CLIENTS_MAX { Ok(ClientId(id)) } else { Err(format!("there is no client {id}")) }
}

fn nodes(ids: &[u8]) -> Result<NodeSet, String> {
    ids.iter().map(|id| node(*id)).collect()
}
