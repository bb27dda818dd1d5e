//! Actions as bytes: the number of the [`crate::action::ActionCode`], then the parts in order.
//! Clients and places in lists are a byte each, nodes numbers, sets of nodes bit masks, and a text
//! has its length before it.

use super::pack::{Read, Reader, Writer};
use super::steps::unknown;
use crate::action::ActionKind;
use crate::ids::{ClientId, NODES_MAX, NodeId, NodeSet, RuleId, TimerId};
use crate::operation::{OPERATION_KINDS, Operation, TEXT_BYTES_MAX};
use crate::protocol::Sheet;
use crate::world::bounds::{RATE_PERMILLE_MAX, SPAN_MS_MAX};

/// The first kinds of operation share a byte with the client; this one says that a byte follows.
const OPERATION_FOLLOWS: u8 = 7;

pub(super) fn write_action(out: &mut Writer, kind: &ActionKind) {
    out.byte(kind.code() as u8);
    match kind {
        ActionKind::HealAll => {}
        // Never in a step: `Step::Wait` and `Step::Message` stand for these. Reading refuses them.
        ActionKind::Wait
        | ActionKind::Deliver(_)
        | ActionKind::Drop(_)
        | ActionKind::Duplicate(_)
        | ActionKind::Delay { .. } => {}
        ActionKind::Fire { node, timer } => {
            out.number(node.0);
            out.byte(timer.0);
        }
        ActionKind::Crash(node)
        | ActionKind::Restart(node)
        | ActionKind::Pause(node)
        | ActionKind::Resume(node)
        | ActionKind::LoseDisk(node)
        | ActionKind::HoldDisk(node)
        | ActionKind::SyncDisk(node) => out.number(node.0),
        ActionKind::Cut { from, to } | ActionKind::Heal { from, to } => {
            out.number(from.bits());
            out.number(to.bits());
        }
        ActionKind::Partition(side) => out.number(side.bits()),
        ActionKind::SetClockRate { node, rate_permille } => {
            out.number(node.0);
            out.number(*rate_permille);
        }
        ActionKind::JumpClock { node, ahead_ms } => {
            out.number(node.0);
            out.number(*ahead_ms);
        }
        ActionKind::SetRule { rule, on } => out.bytes(&[rule.0, u8::from(*on)]),
        ActionKind::Invoke { client, node, operation } => {
            // Three bits for the operation, five for one of 26 clients; none wraps to another.
            let number = operation.kind().number();
            out.byte(client.0.min(31) << 3 | number.min(OPERATION_FOLLOWS));
            if number >= OPERATION_FOLLOWS {
                out.byte(number);
            }
            out.number(node.map_or(0, |node| node.0 + 1));
            for part in operation.parts() {
                out.text(&part);
            }
        }
        ActionKind::Retry(client) | ActionKind::GiveUp(client) => out.byte(client.0),
        ActionKind::Command { node, command, argument } => {
            out.number(node.0);
            out.byte(*command);
            out.number(argument.0);
        }
    }
}

pub(super) fn read_action(reader: &mut Reader<'_>, sheet: &Sheet, number: u8) -> Read<ActionKind> {
    Ok(match number {
        0..=4 => return Err(format!("action {number} is never a step")),
        5 => {
            let node = node(reader)?;
            ActionKind::Fire { node, timer: TimerId(reader.place("the timer", sheet.timers)?) }
        }
        6 => ActionKind::Crash(node(reader)?),
        7 => ActionKind::Restart(node(reader)?),
        8 => ActionKind::Pause(node(reader)?),
        9 => ActionKind::Resume(node(reader)?),
        10 => ActionKind::LoseDisk(node(reader)?),
        11 => ActionKind::HoldDisk(node(reader)?),
        12 => ActionKind::SyncDisk(node(reader)?),
        13 => ActionKind::Cut { from: nodes(reader)?, to: nodes(reader)? },
        14 => ActionKind::Partition(nodes(reader)?),
        15 => ActionKind::Heal { from: nodes(reader)?, to: nodes(reader)? },
        16 => ActionKind::HealAll,
        17 => {
            let node = node(reader)?;
            let rate_permille = reader.number32("the clock's rate", RATE_PERMILLE_MAX)?;
            ActionKind::SetClockRate { node, rate_permille }
        }
        18 => {
            let node = node(reader)?;
            let ahead_ms = reader.number32("the clock's jump", SPAN_MS_MAX)?;
            ActionKind::JumpClock { node, ahead_ms }
        }
        19 => {
            let rule = rule(reader, sheet)?;
            ActionKind::SetRule { rule, on: reader.number("whether the rule is on", 1)? == 1 }
        }
        20 => {
            let first = reader.byte("the client and the operation")?;
            let number = match first & OPERATION_FOLLOWS {
                OPERATION_FOLLOWS => reader.byte("the operation")?,
                number => number,
            };
            let node = reader.number("the node asked", u64::from(NODES_MAX))?;
            let node = node.checked_sub(1).map(|node| NodeId(node as u16));
            let operation = read_operation(reader, number)?;
            ActionKind::Invoke { client: ClientId(first >> 3), node, operation }
        }
        21 => ActionKind::Retry(client(reader)?),
        22 => ActionKind::GiveUp(client(reader)?),
        23 => {
            let node = node(reader)?;
            let command = reader.place("the command", sheet.commands)?;
            ActionKind::Command { node, command, argument: self::node(reader)? }
        }
        number => return Err(unknown("its kind", number)),
    })
}

fn read_operation(reader: &mut Reader<'_>, number: u8) -> Read<Operation> {
    let kind =
        OPERATION_KINDS.get(usize::from(number)).ok_or_else(|| unknown("operation", number))?;
    let mut words = vec![kind.name.to_owned()];
    for part in kind.parts {
        words.push(reader.text(&format!("the {part}"), TEXT_BYTES_MAX)?);
    }
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    Operation::parse(&words).map_err(|expected| format!("an operation, expected {expected}"))
}

pub(super) fn node(reader: &mut Reader<'_>) -> Read<NodeId> {
    reader.number("a node", u64::from(NODES_MAX) - 1).map(|node| NodeId(node as u16))
}

pub(super) fn client(reader: &mut Reader<'_>) -> Read<ClientId> {
    reader.byte("a client").map(ClientId)
}

pub(super) fn rule(reader: &mut Reader<'_>, sheet: &Sheet) -> Read<RuleId> {
    reader.place("the rule", sheet.rules).map(RuleId)
}

pub(super) fn nodes(reader: &mut Reader<'_>) -> Read<Box<NodeSet>> {
    reader.wide("a set of nodes").map(|bits| Box::new(NodeSet::from_bits(bits)))
}
