//! The actions that a page asks for, as plain data: the inverse of what it is shown.

use crate::action::ActionKind;
use crate::ids::{CLIENTS_MAX, ClientId, MessageId, NODES_MAX, NodeId, NodeSet, TimerId};
use crate::operation::Operation;
use crate::protocol::Sheet;

/// An action as the page sends it: a word, and what belongs to it. Nodes and clients are numbers
/// from zero. One flat record rather than an enum, because an enum's deserialiser alone was a
/// sixth of the whole module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ActionRequest {
    /// The word: `deliver`, `crash`, `heal-all` and so on.
    pub word: String,
    /// The message it is about.
    pub message: Option<u32>,
    /// The node it is about, or that is asked.
    pub node: Option<u32>,
    /// The timer that fires.
    pub timer: Option<u32>,
    /// The client that acts.
    pub client: Option<u32>,
    /// The operator's command.
    pub command: Option<u32>,
    /// The node that a command is about.
    pub argument: Option<u32>,
    /// A span in milliseconds, or a rate per mille.
    pub amount: Option<u32>,
    /// One side of a cut, or of a partition.
    pub from: Vec<u32>,
    /// The other side of a cut.
    pub to: Vec<u32>,
    /// A rule's id.
    pub rule: Option<String>,
    /// Whether the rule is to hold.
    pub on: bool,
    /// An operation in words.
    pub operation: Option<String>,
}

impl ActionRequest {
    /// The action, or what is wrong with the request. `Wait` gives its span beside.
    ///
    /// # Errors
    /// A sentence for the person who asked: an operation that cannot be read, an unknown rule, a
    /// number that no node or client can have.
    pub fn kind(&self, sheet: &Sheet) -> Result<(ActionKind, u32), String> {
        let node = || need_node(self.node, &self.word);
        let client = || need_client(self.client);
        let message = || need(self.message, "a message").map(MessageId);
        let amount = || need(self.amount, "an amount");
        let kind = match self.word.as_str() {
            "deliver" => ActionKind::Deliver(message()?),
            "drop" => ActionKind::Drop(message()?),
            "duplicate" => ActionKind::Duplicate(message()?),
            "delay" => ActionKind::Delay { message: message()?, by_ms: amount()? },
            "fire" => {
                ActionKind::Fire { node: node()?, timer: TimerId(small(self.timer, "a timer")?) }
            }
            "crash" => ActionKind::Crash(node()?),
            "restart" => ActionKind::Restart(node()?),
            "pause" => ActionKind::Pause(node()?),
            "resume" => ActionKind::Resume(node()?),
            "lose-disk" => ActionKind::LoseDisk(node()?),
            "hold-disk" => ActionKind::HoldDisk(node()?),
            "sync-disk" => ActionKind::SyncDisk(node()?),
            "cut" => ActionKind::Cut { from: nodes(&self.from)?, to: nodes(&self.to)? },
            "heal" => ActionKind::Heal { from: nodes(&self.from)?, to: nodes(&self.to)? },
            "partition" => ActionKind::Partition(nodes(&self.from)?),
            "heal-all" => ActionKind::HealAll,
            "clock-rate" => ActionKind::SetClockRate { node: node()?, rate_permille: amount()? },
            "clock-jump" => ActionKind::JumpClock { node: node()?, ahead_ms: amount()? },
            "rule" => {
                let id = self.rule.as_deref().unwrap_or_default();
                let rule = sheet.rule(id).ok_or_else(|| format!("there is no rule “{id}”"))?;
                ActionKind::SetRule { rule, on: self.on }
            }
            "invoke" => {
                let text = self.operation.as_deref().unwrap_or_default();
                let words: Vec<&str> = text.split_whitespace().collect();
                let operation = Operation::parse(&words)
                    .map_err(|expected| format!("expected {expected}, found “{text}”"))?;
                let asked = self.node.map(|id| need_node(Some(id), &self.word)).transpose()?;
                ActionKind::Invoke { client: client()?, node: asked, operation }
            }
            "retry" => ActionKind::Retry(client()?),
            "give-up" => ActionKind::GiveUp(client()?),
            "command" => ActionKind::Command {
                node: node()?,
                command: small(self.command, "a command")?,
                argument: need_node(self.argument, "argument")?,
            },
            "wait" => return Ok((ActionKind::Wait, amount()?)),
            other => return Err(format!("there is no action “{other}”")),
        };
        Ok((kind, 0))
    }
}

fn need(value: Option<u32>, what: &str) -> Result<u32, String> {
    value.ok_or_else(|| format!("expected {what}"))
}

fn small(value: Option<u32>, what: &str) -> Result<u8, String> {
    u8::try_from(need(value, what)?).map_err(|_| format!("expected {what}"))
}

fn need_node(id: Option<u32>, word: &str) -> Result<NodeId, String> {
    match u16::try_from(need(id, &format!("a node for `{word}`"))?) {
        Ok(id) if id < NODES_MAX => Ok(NodeId(id)),
        _ => Err("there is no such node".to_owned()),
    }
}

fn need_client(id: Option<u32>) -> Result<ClientId, String> {
    match u8::try_from(need(id, "a client")?) {
        Ok(id) if id < CLIENTS_MAX => Ok(ClientId(id)),
        _ => Err("there is no such client".to_owned()),
    }
}

fn nodes(ids: &[u32]) -> Result<Box<NodeSet>, String> {
    ids.iter().map(|id| need_node(Some(*id), "nodes")).collect::<Result<_, _>>().map(Box::new)
}
