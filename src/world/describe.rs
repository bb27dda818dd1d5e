//! Actions and nodes in one line each, in the words of scenarios.

use super::{World, kind_name};
use crate::action::ActionKind;
use crate::ids::{MessageId, NodeId};

impl World {
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
