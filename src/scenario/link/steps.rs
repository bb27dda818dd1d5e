//! Steps as bytes. Each begins with a byte that says what it is:
//!
//! | first byte | step | what follows |
//! |---|---|---|
//! | `00`–`3F` | an action | see [`super::actions`] |
//! | `40`–`4F` | a note; the low four bits are its language | the text |
//! | `50`–`5F` | something about time, numbered below | a number, but for `settle` |
//! | `60`–`7F` | an expectation | see [`super::expectations`] |
//! | `80`–`FF` | messages; the bits `vv n kkkk`: verb, whether `nth` follows, kind | link, `nth`, delay |
//!
//! A link between two of the first 14 nodes is one byte, half of it for either end, so the usual
//! `deliver n3->n4 AppendEntries` takes two bytes. All numbers here are for ever: append only.

use super::actions::{read_action, write_action};
use super::expectations::{read_expectation, write_expectation};
use super::pack::{Read, Reader, Writer};
use crate::ids::{CLIENTS_MAX, ClientId, Endpoint, NODES_MAX, NodeId};
use crate::protocol::Sheet;
use crate::scenario::bounds::{STEP_ACTIONS_MAX, STEPS_MAX, WORDS_BYTES_MAX};
use crate::scenario::{Language, MessageVerb, Selector, Step};
use crate::world::bounds::{CLOCK_MS_MAX, SPAN_MS_MAX};
use crate::world::{REPLY_KIND, REQUEST_KIND};

const NOTE: u8 = 0x40;

const RUN: u8 = 0x50;
/// So many milliseconds after the `at` before it, or after zero where there is none.
const AT_LATER: u8 = 0x51;
const STEPS: u8 = 0x52;
const SETTLE: u8 = 0x53;
const WAIT: u8 = 0x54;
/// A moment as it is, for an `at` that is earlier than the one before it.
const AT_EARLIER: u8 = 0x55;

const EXPECTATION: u8 = 0x60;

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
/// The number of the first client among the ends of links.
const CLIENTS_FROM: u16 = 100;
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

pub(super) fn unknown(what: &str, number: u8) -> String {
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
        EXPECTATION..MESSAGE => Step::Expect(read_expectation(reader, sheet, first)?),
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
pub(super) fn write_selector(out: &mut Writer, upper_bits: u8, selector: &Selector) {
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
        Some(Endpoint::Node(node)) if node.0 < u16::from(ENDS_INLINE) => node.0 as u8,
        Some(_) => END_FOLLOWS,
    };
    out.byte(bits(selector.from) << 4 | bits(selector.to));
    for end in [selector.from, selector.to] {
        if let (END_FOLLOWS, Some(endpoint)) = (bits(end), end) {
            out.number(end_number(endpoint));
        }
    }
    if selector.nth > 0 {
        out.number(selector.nth);
    }
}

/// An end of a link as a number: the first nodes, then the clients, then all other nodes.
fn end_number(end: Endpoint) -> u16 {
    match end {
        Endpoint::Node(NodeId(node)) if node < CLIENTS_FROM => node,
        Endpoint::Node(NodeId(node)) => node + u16::from(CLIENTS_MAX),
        Endpoint::Client(ClientId(client)) => CLIENTS_FROM + u16::from(client),
    }
}

/// The inverse of [`end_number`].
fn end_of(number: u16) -> Endpoint {
    let clients = CLIENTS_FROM..CLIENTS_FROM + u16::from(CLIENTS_MAX);
    match number {
        number if number < clients.start => Endpoint::Node(NodeId(number)),
        number if clients.contains(&number) => {
            Endpoint::Client(ClientId((number - clients.start) as u8))
        }
        number => Endpoint::Node(NodeId(number - u16::from(CLIENTS_MAX))),
    }
}

pub(super) fn read_selector(reader: &mut Reader<'_>, first: u8) -> Read<Selector> {
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
            let most = u64::from(NODES_MAX) + u64::from(CLIENTS_MAX) - 1;
            reader
                .number("an end of the messages' link", most)
                .map(|number| Some(end_of(number as u16)))
        }
        node => Ok(Some(Endpoint::Node(NodeId(node.into())))),
    };
    let (from, to) = (end(ends >> 4)?, end(ends & 0x0F)?);
    let nth = match first & HAS_NTH {
        0 => 0,
        // People count from one, so the last place is kept free for them.
        _ => reader.number32("which of the messages", u32::MAX - 1)?,
    };
    Ok(Selector { from, to, kind, nth })
}
