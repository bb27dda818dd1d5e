//! Expectations as bytes: the number of one of the forms below, then its parts in order.

use super::actions::{client, node, rule};
use super::pack::{Read, Reader, Writer};
use super::steps::{read_selector, unknown, write_selector};
use crate::consistency::MODELS;
use crate::loaded;
use crate::protocol::Sheet;
use crate::scenario::Expectation;
use crate::scenario::bounds::TEXT_BYTES_MAX;
use crate::world::Status;

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
const HISTORY_IS_NOT: u8 = 0x6E;
const HISTORY_IS: u8 = 0x6F;

pub(super) fn write_expectation(out: &mut Writer, expectation: &Expectation) {
    match expectation {
        Expectation::Leader(None) => out.byte(NO_LEADER),
        Expectation::Leader(Some(node)) => {
            out.byte(LEADER);
            out.number(node.0);
        }
        Expectation::Status(node, Status::Up) => {
            out.byte(UP);
            out.number(node.0);
        }
        Expectation::Status(node, Status::Paused) => {
            out.byte(PAUSED);
            out.number(node.0);
        }
        Expectation::Status(node, Status::Down) => {
            out.byte(DOWN);
            out.number(node.0);
        }
        Expectation::Fact { node, fact, value } => {
            out.byte(FACT);
            out.number(node.0);
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
        Expectation::History(model, false) => out.bytes(&[HISTORY_IS_NOT, *model as u8]),
        Expectation::History(model, true) => out.bytes(&[HISTORY_IS, *model as u8]),
        Expectation::Rule(rule, false) => out.bytes(&[RULE_MISSED, rule.0]),
        Expectation::Rule(rule, true) => out.bytes(&[RULE_APPLIED, rule.0]),
    }
}

pub(super) fn read_expectation(
    reader: &mut Reader<'_>,
    sheet: &Sheet,
    number: u8,
) -> Read<Expectation> {
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
        HISTORY_IS_NOT | HISTORY_IS => {
            let place = reader.place("the consistency model", MODELS)?;
            loaded::judge_is_ready()?;
            Expectation::History(MODELS[usize::from(place)].model, number == HISTORY_IS)
        }
        RULE_MISSED | RULE_APPLIED => {
            Expectation::Rule(rule(reader, sheet)?, number == RULE_APPLIED)
        }
        number => return Err(unknown("its kind", number)),
    })
}
