//! Steps as bytes. Each begins with a byte that says what it is:
//!
//! | first byte | step | what follows |
//! |---|---|---|
//! | `00`–`3F` | an action, by its [`ActionCode`] | its parts in order |
//! | `40`–`4F` | a note; the low four bits are its language | the text |
//! | `50`–`5F` | something about time, numbered below | a number, but for `settle` |
//! | `60`–`7F` | an expectation, numbered below | its parts in order |
//! | `80`–`FF` | messages; the bits `vv n kkkk`: verb, whether `nth` follows, kind | link, `nth`, delay |
//!
//! A link between two of the first 14 nodes is one byte, half of it for either end, so the usual
//! `deliver n3->n4 AppendEntries` takes two bytes. All numbers here are for ever: append only.

use std::sync::Arc;

use super::pack::{Read, Reader, Writer};
use crate::action::{ActionCode, ActionKind};
use crate::ids::{ClientId, Endpoint, NodeId, NodeSet, RuleId, TimerId};
use crate::operation::{Operation, TEXT_BYTES_MAX as KEY_BYTES_MAX, Text};
use crate::protocol::Sheet;
use crate::scenario::bounds::{STEP_ACTIONS_MAX, STEPS_MAX, TEXT_BYTES_MAX, WORDS_BYTES_MAX};
use crate::scenario::{Expectation, Language, MessageVerb, Selector, Step};
use crate::sim::{REPLY_KIND, REQUEST_KIND};
use crate::world::Status;
use crate::world::bounds::{CLOCK_MS_MAX, RATE_PERMILLE_MAX, SPAN_MS_MAX};

const NOTE: u8 = 0x40;

const RUN: u8 = 0x50;
/// So many milliseconds after the `at` before it, or after zero where there is none.
const AT_LATER: u8 = 0x51;
const STEPS: u8 = 0x52;
const SETTLE: u8 = 0x53;
const WAIT: u8 = 0x54;
/// A moment as it is, for an `at` that is earlier than the one before it.
const AT_EARLIER: u8 = 0x55;

const NO_LEADER: u8 = 0x60;
const LEADER: u8 = 0x61;
const UP: u8 = 0x62;
const PAUSED: u8 = 0x63;
const DOWN: u8 = 0x64;
const FACT: u8 = 0x65;
const REPLY: u8 = 0x66;
const HOLDS: u8 = 0x67;
const VIOLATED: u8 = 0x68;
const ALL_HOLD: u8 = 0x69;
const NONE_IN_FLIGHT: u8 = 0x6A;
const SOME_IN_FLIGHT: u8 = 0x6B;
const RULE_MISSED: u8 = 0x6C;
const RULE_APPLIED: u8 = 0x6D;

const MESSAGE: u8 = 0x80;
const VERB_SHIFT: u32 = 5;
const HAS_NTH: u8 = 0x10;

/// Kinds of message in four bits: any, the first twelve, the clients' two, or one that follows.
const ANY_KIND: u8 = 0;
const KINDS_INLINE: u8 = 12;
const REQUEST: u8 = 13;
const ANSWER: u8 = 14;
const KIND_FOLLOWS: u8 = 15;

/// Ends of a link in four bits: one of the first 14 nodes, any, or one that follows.
const ENDS_INLINE: u8 = 14;
const ANY_END: u8 = 14;
const END_FOLLOWS: u8 = 15;

pub(super) fn language_number(language: Language) -> u8 {
    match language {
        Language::En => 0,
        Language::Zh => 1,
    }
}

pub(super) fn language(number: u8) -> Read<Language> {
    match number {
        0 => Ok(Language::En),
        1 => Ok(Language::Zh),
        number => Err(unknown("language", number)),
    }
}

fn unknown(what: &str, number: u8) -> String {
    format!("{what} {number} is unknown to this version, a newer one may know it")
}

pub(super) fn write_steps(out: &mut Writer, steps: &[Step]) {
    out.count(steps.len());
    let mut last_at_ms = 0;
    for step in steps {
        write_step(out, step, &mut last_at_ms);
    }
}

/// Reads steps; every place in a list of the protocol's is within it.
pub(super) fn read_steps(reader: &mut Reader<'_>, sheet: &Sheet) -> Read<Vec<Step>> {
    let count = reader.count("the number of steps", STEPS_MAX)?;
    let mut last_at_ms = 0;
    let mut step = |place: usize| {
        let step = read_step(reader, sheet, &mut last_at_ms);
        step.map_err(|what| format!("step {place}: {what}"))
    };
    (1..=count).map(&mut step).collect()
}

fn write_step(out: &mut Writer, step: &Step, last_at_ms: &mut u64) {
    match step {
        Step::Note(language, text) => {
            out.byte(NOTE | language_number(*language));
            out.text(text);
        }
        Step::Expect(expectation) => write_expectation(out, expectation),
        Step::Run(ms) => {
            out.byte(RUN);
            out.number(*ms);
        }
        Step::At(ms) => {
            match ms.checked_sub(*last_at_ms) {
                Some(later_ms) => {
                    out.byte(AT_LATER);
                    out.number(later_ms);
                }
                None => {
                    out.byte(AT_EARLIER);
                    out.number(*ms);
                }
            }
            *last_at_ms = *ms;
        }
        Step::Steps(count) => {
            out.byte(STEPS);
            out.number(*count);
        }
        Step::Settle => out.byte(SETTLE),
        Step::Wait(ms) => {
            out.byte(WAIT);
            out.number(*ms);
        }
        Step::Message(verb, selector) => {
            let number = match verb {
                MessageVerb::Deliver => 0,
                MessageVerb::Drop => 1,
                MessageVerb::Duplicate => 2,
                MessageVerb::Delay(_) => 3,
            };
            write_selector(out, MESSAGE | number << VERB_SHIFT, selector);
            if let MessageVerb::Delay(by_ms) = verb {
                out.number(*by_ms);
            }
        }
        Step::Act(kind) => write_action(out, kind),
    }
}

fn read_step(reader: &mut Reader<'_>, sheet: &Sheet, last_at_ms: &mut u64) -> Read<Step> {
    let first = reader.byte("its kind")?;
    Ok(match first {
        0..NOTE => Step::Act(read_action(reader, sheet, first)?),
        NOTE..RUN => Step::Note(language(first - NOTE)?, reader.text("the note", WORDS_BYTES_MAX)?),
        RUN => Step::Run(reader.number32("its span", SPAN_MS_MAX)?),
        AT_LATER => {
            let room_ms = CLOCK_MS_MAX - *last_at_ms;
            *last_at_ms += reader.number("the time since the last moment", room_ms)?;
            Step::At(*last_at_ms)
        }
        AT_EARLIER => {
            *last_at_ms = reader.number("its moment", CLOCK_MS_MAX)?;
            Step::At(*last_at_ms)
        }
        STEPS => Step::Steps(reader.number32("its count", STEP_ACTIONS_MAX)?),
        SETTLE => Step::Settle,
        WAIT => Step::Wait(reader.number32("its span", SPAN_MS_MAX)?),
        NO_LEADER..MESSAGE => Step::Expect(read_expectation(reader, sheet, first)?),
        MESSAGE.. => {
            let selector = read_selector(reader, first)?;
            let verb = match (first & !MESSAGE) >> VERB_SHIFT {
                0 => MessageVerb::Deliver,
                1 => MessageVerb::Drop,
                2 => MessageVerb::Duplicate,
                _ => MessageVerb::Delay(reader.number32("its delay", SPAN_MS_MAX)?),
            };
            Step::Message(verb, selector)
        }
        first => return Err(unknown("its kind", first)),
    })
}

/// A selector behind a byte whose upper bits are the caller's.
fn write_selector(out: &mut Writer, upper_bits: u8, selector: &Selector) {
    let kind = match selector.kind {
        None => ANY_KIND,
        Some(REQUEST_KIND) => REQUEST,
        Some(REPLY_KIND) => ANSWER,
        Some(kind) if kind < KINDS_INLINE => kind + 1,
        Some(_) => KIND_FOLLOWS,
    };
    let has_nth = if selector.nth > 0 { HAS_NTH } else { 0 };
    out.byte(upper_bits | has_nth | kind);
    if let (KIND_FOLLOWS, Some(kind)) = (kind, selector.kind) {
        out.byte(kind);
    }
    let bits = |end: Option<Endpoint>| match end {
        None => ANY_END,
        Some(Endpoint::Node(node)) if node.0 < ENDS_INLINE => node.0,
        Some(_) => END_FOLLOWS,
    };
    out.byte(bits(selector.from) << 4 | bits(selector.to));
    for end in [selector.from, selector.to] {
        if let (END_FOLLOWS, Some(endpoint)) = (bits(end), end) {
            out.byte(endpoint.code());
        }
    }
    if selector.nth > 0 {
        out.number(selector.nth);
    }
}

fn read_selector(reader: &mut Reader<'_>, first: u8) -> Read<Selector> {
    let kind = match first & 0x0F {
        ANY_KIND => None,
        REQUEST => Some(REQUEST_KIND),
        ANSWER => Some(REPLY_KIND),
        KIND_FOLLOWS => Some(reader.byte("the kind of message")?),
        kind => Some(kind - 1),
    };
    let ends = reader.byte("the messages' link")?;
    let mut end = |bits: u8| match bits {
        ANY_END => Ok(None),
        END_FOLLOWS => {
            let code = reader.byte("an end of the messages' link")?;
            let endpoint = Endpoint::from_code(code);
            endpoint.map(Some).ok_or_else(|| unknown("the end of a link", code))
        }
        node => Ok(Some(Endpoint::Node(NodeId(node)))),
    };
    let (from, to) = (end(ends >> 4)?, end(ends & 0x0F)?);
    let nth = match first & HAS_NTH {
        0 => 0,
        // People count from one, so the last place is kept free for them.
        _ => reader.number32("which of the messages", u32::MAX - 1)?,
    };
    Ok(Selector { from, to, kind, nth })
}

fn write_expectation(out: &mut Writer, expectation: &Expectation) {
    match expectation {
        Expectation::Leader(None) => out.byte(NO_LEADER),
        Expectation::Leader(Some(node)) => out.bytes(&[LEADER, node.0]),
        Expectation::Status(node, Status::Up) => out.bytes(&[UP, node.0]),
        Expectation::Status(node, Status::Paused) => out.bytes(&[PAUSED, node.0]),
        Expectation::Status(node, Status::Down) => out.bytes(&[DOWN, node.0]),
        Expectation::Fact { node, fact, value } => {
            out.bytes(&[FACT, node.0]);
            out.text(fact);
            out.text(value);
        }
        Expectation::Reply(client, reply) => {
            out.bytes(&[REPLY, client.0]);
            out.text(reply);
        }
        Expectation::Invariant(place, false) => out.bytes(&[HOLDS, *place]),
        Expectation::Invariant(place, true) => out.bytes(&[VIOLATED, *place]),
        Expectation::AllHold => out.byte(ALL_HOLD),
        Expectation::InFlight(selector, some) => {
            out.byte(if *some { SOME_IN_FLIGHT } else { NONE_IN_FLIGHT });
            write_selector(out, 0, selector);
        }
        Expectation::Rule(rule, false) => out.bytes(&[RULE_MISSED, rule.0]),
        Expectation::Rule(rule, true) => out.bytes(&[RULE_APPLIED, rule.0]),
    }
}

fn read_expectation(reader: &mut Reader<'_>, sheet: &Sheet, number: u8) -> Read<Expectation> {
    Ok(match number {
        NO_LEADER => Expectation::Leader(None),
        LEADER => Expectation::Leader(Some(node(reader)?)),
        UP => Expectation::Status(node(reader)?, Status::Up),
        PAUSED => Expectation::Status(node(reader)?, Status::Paused),
        DOWN => Expectation::Status(node(reader)?, Status::Down),
        FACT => Expectation::Fact {
            node: node(reader)?,
            fact: reader.text("what is expected", TEXT_BYTES_MAX)?,
            value: reader.text("the expected value", TEXT_BYTES_MAX)?,
        },
        REPLY => {
            Expectation::Reply(client(reader)?, reader.text("the expected reply", TEXT_BYTES_MAX)?)
        }
        HOLDS | VIOLATED => {
            let place = reader.place("the invariant", sheet.invariants)?;
            Expectation::Invariant(place, number == VIOLATED)
        }
        ALL_HOLD => Expectation::AllHold,
        NONE_IN_FLIGHT | SOME_IN_FLIGHT => {
            let first = reader.byte("the kind of message")?;
            Expectation::InFlight(read_selector(reader, first)?, number == SOME_IN_FLIGHT)
        }
        RULE_MISSED | RULE_APPLIED => {
            Expectation::Rule(rule(reader, sheet)?, number == RULE_APPLIED)
        }
        number => return Err(unknown("its kind", number)),
    })
}

/// An action: the byte of its code, then its parts in order; sets of nodes as bit masks.
fn write_action(out: &mut Writer, kind: &ActionKind) {
    out.byte(kind.code() as u8);
    match kind {
        ActionKind::HealAll => {}
        // Never in a step: `Step::Wait` and `Step::Message` stand for these. Reading refuses them.
        ActionKind::Wait
        | ActionKind::Deliver(_)
        | ActionKind::Drop(_)
        | ActionKind::Duplicate(_)
        | ActionKind::Delay { .. } => {}
        ActionKind::Fire { node, timer } => out.bytes(&[node.0, timer.0]),
        ActionKind::Crash(node)
        | ActionKind::Restart(node)
        | ActionKind::Pause(node)
        | ActionKind::Resume(node)
        | ActionKind::LoseDisk(node)
        | ActionKind::HoldDisk(node)
        | ActionKind::SyncDisk(node) => out.byte(node.0),
        ActionKind::Cut { from, to } | ActionKind::Heal { from, to } => {
            out.number(from.0);
            out.number(to.0);
        }
        ActionKind::Partition(side) => out.number(side.0),
        ActionKind::SetClockRate { node, rate_permille } => {
            out.byte(node.0);
            out.number(*rate_permille);
        }
        ActionKind::JumpClock { node, ahead_ms } => {
            out.byte(node.0);
            out.number(*ahead_ms);
        }
        ActionKind::SetRule { rule, on } => out.bytes(&[rule.0, u8::from(*on)]),
        ActionKind::Invoke { client, node, operation } => {
            let (number, texts): (u8, &[&Text]) = match operation {
                Operation::Get { key } => (0, &[key]),
                Operation::Put { key, value } => (1, &[key, value]),
                Operation::Append { key, value } => (2, &[key, value]),
                Operation::Cas { key, expected, value } => (3, &[key, expected, value]),
            };
            // Three bits for the operation, five for one of 26 clients; none wraps to another.
            out.byte(client.0.min(31) << 3 | number);
            out.byte(node.map_or(0, |node| node.0.saturating_add(1)));
            for text in texts {
                out.text(text);
            }
        }
        ActionKind::Retry(client) | ActionKind::GiveUp(client) => out.byte(client.0),
        ActionKind::Command { node, command, argument } => {
            out.bytes(&[node.0, *command, argument.0]);
        }
    }
}

fn read_action(reader: &mut Reader<'_>, sheet: &Sheet, number: u8) -> Read<ActionKind> {
    let Some(code) = CODES.into_iter().find(|code| *code as u8 == number) else {
        return Err(unknown("its kind", number));
    };
    Ok(match code {
        ActionCode::Wait
        | ActionCode::Deliver
        | ActionCode::Drop
        | ActionCode::Duplicate
        | ActionCode::Delay => return Err(format!("action {number} is never a step")),
        ActionCode::Fire => {
            let node = node(reader)?;
            ActionKind::Fire { node, timer: TimerId(reader.place("the timer", sheet.timers)?) }
        }
        ActionCode::Crash => ActionKind::Crash(node(reader)?),
        ActionCode::Restart => ActionKind::Restart(node(reader)?),
        ActionCode::Pause => ActionKind::Pause(node(reader)?),
        ActionCode::Resume => ActionKind::Resume(node(reader)?),
        ActionCode::LoseDisk => ActionKind::LoseDisk(node(reader)?),
        ActionCode::HoldDisk => ActionKind::HoldDisk(node(reader)?),
        ActionCode::SyncDisk => ActionKind::SyncDisk(node(reader)?),
        ActionCode::Cut => ActionKind::Cut { from: nodes(reader)?, to: nodes(reader)? },
        ActionCode::Partition => ActionKind::Partition(nodes(reader)?),
        ActionCode::Heal => ActionKind::Heal { from: nodes(reader)?, to: nodes(reader)? },
        ActionCode::HealAll => ActionKind::HealAll,
        ActionCode::SetClockRate => {
            let node = node(reader)?;
            let rate_permille = reader.number32("the clock's rate", RATE_PERMILLE_MAX)?;
            ActionKind::SetClockRate { node, rate_permille }
        }
        ActionCode::JumpClock => {
            let node = node(reader)?;
            let ahead_ms = reader.number32("the clock's jump", SPAN_MS_MAX)?;
            ActionKind::JumpClock { node, ahead_ms }
        }
        ActionCode::SetRule => {
            let rule = rule(reader, sheet)?;
            ActionKind::SetRule { rule, on: reader.number("whether the rule is on", 1)? == 1 }
        }
        ActionCode::Invoke => {
            let first = reader.byte("the client and the operation")?;
            let node = reader.byte("the node asked")?.checked_sub(1).map(NodeId);
            let operation = read_operation(reader, first & 7)?;
            ActionKind::Invoke { client: ClientId(first >> 3), node, operation }
        }
        ActionCode::Retry => ActionKind::Retry(client(reader)?),
        ActionCode::GiveUp => ActionKind::GiveUp(client(reader)?),
        ActionCode::Command => {
            let node = node(reader)?;
            let command = reader.place("the command", sheet.commands)?;
            ActionKind::Command { node, command, argument: self::node(reader)? }
        }
    })
}

/// All codes; a step of a kind that is missing here would be refused, and the tests would see it.
const CODES: [ActionCode; 24] = {
    use ActionCode::*;
    [
        Wait,
        Deliver,
        Drop,
        Duplicate,
        Delay,
        Fire,
        Crash,
        Restart,
        Pause,
        Resume,
        LoseDisk,
        HoldDisk,
        SyncDisk,
        Cut,
        Partition,
        Heal,
        HealAll,
        SetClockRate,
        JumpClock,
        SetRule,
        Invoke,
        Retry,
        GiveUp,
        Command,
    ]
};

fn read_operation(reader: &mut Reader<'_>, number: u8) -> Read<Operation> {
    let mut text = |what: &str| -> Read<Text> { reader.text(what, KEY_BYTES_MAX).map(Arc::from) };
    let key = text("the key")?;
    Ok(match number {
        0 => Operation::Get { key },
        1 => Operation::Put { key, value: text("the value")? },
        2 => Operation::Append { key, value: text("the value")? },
        3 => {
            Operation::Cas { key, expected: text("the expected value")?, value: text("the value")? }
        }
        number => return Err(unknown("operation", number)),
    })
}

fn node(reader: &mut Reader<'_>) -> Read<NodeId> {
    reader.byte("a node").map(NodeId)
}

fn client(reader: &mut Reader<'_>) -> Read<ClientId> {
    reader.byte("a client").map(ClientId)
}

fn rule(reader: &mut Reader<'_>, sheet: &Sheet) -> Read<RuleId> {
    reader.place("the rule", sheet.rules).map(RuleId)
}

fn nodes(reader: &mut Reader<'_>) -> Read<NodeSet> {
    reader.wide("a set of nodes").map(NodeSet)
}
