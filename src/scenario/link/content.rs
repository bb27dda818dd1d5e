//! A scenario as bytes: the protocol, a mask of the fields that are there, then those fields in
//! the order of their bits.
//!
//! | bit | field | bytes |
//! |---|---|---|
//! | 0 | title | mask of languages, then a text for each |
//! | 1 | nodes | a number |
//! | 2 | clients | one byte |
//! | 3 | seed | number |
//! | 4 | pace is by hand | none |
//! | 5 | steps | see [`super::steps`] |
//! | 6 | the run as recorded | fingerprint (8 bytes, lowest first), actions, count, digests in half bytes |
//! | 7 | about | as the title |
//! | 8 | network | delays, `loss × 2 + ordered`, duplicates |
//! | 9 | how clients wait | retry, patience |
//! | 10 | links that differ | count, then sender, receiver and conditions |
//! | 11 | clocks that are not true | count, then node, rate, ahead |
//! | 12 | rules that are off | count, then a byte each |
//! | 13 | settings that differ | count, then place and value |
//! | 14 | disks | count, then node and text |
//! | 15 | open at | number |
//! | 16 | pace is at-random | nothing |
//! | 17 | workload | its number, rests |
//! | 18 | budget of a search | count, then a number for each kind of surprise |
//!
//! A field that is missing is as in [`Scenario::new`]. So the defaults are part of the format:
//! whoever changes one changes what old links mean, and the golden links notice.

use super::actions::node;
use super::pack::{Read, Reader, Writer};
use super::steps::{language, language_number, read_steps, write_steps};
use super::{Link, Recorded};
use crate::budget::Budget;
use crate::ids::{NODES_MAX, RuleId};
use crate::protocol::Sheet;
use crate::protocols::REGISTRY;
use crate::scenario::bounds::{ACTIONS_MAX, TEXT_BYTES_MAX, WORDS_BYTES_MAX};
use crate::scenario::{Language, Pace, Scenario, Words, default_config};
use crate::sorted::SortedMap;
use crate::workload::WORKLOADS;
use crate::world::bounds::{RATE_PERMILLE_MAX, SPAN_MS_MAX};
use crate::world::{ClientConditions, ClockConditions, LinkConditions, WorkloadConditions};

const TITLE: u32 = 1 << 0;
const NODES: u32 = 1 << 1;
const CLIENTS: u32 = 1 << 2;
const SEED: u32 = 1 << 3;
const BY_HAND: u32 = 1 << 4;
const STEPS: u32 = 1 << 5;
const RECORDED: u32 = 1 << 6;
const ABOUT: u32 = 1 << 7;
const NETWORK: u32 = 1 << 8;
const WAITING: u32 = 1 << 9;
const LINKS: u32 = 1 << 10;
const CLOCKS: u32 = 1 << 11;
const RULES_OFF: u32 = 1 << 12;
const SETTINGS: u32 = 1 << 13;
const DISKS: u32 = 1 << 14;
const OPEN_AT: u32 = 1 << 15;
const AT_RANDOM: u32 = 1 << 16;
const WORKLOAD: u32 = 1 << 17;
const BUDGET: u32 = 1 << 18;
const FIELDS_KNOWN: u32 = (1 << 19) - 1;

/// The most items in a list of the configuration: a link for each pair of 100 nodes.
const ITEMS_MAX: usize = 10_000;

pub(super) fn write(link: &Link) -> Vec<u8> {
    let Link { scenario, recorded } = link;
    let (config, default) = (&scenario.config, &default_config(scenario.sheet()));
    // Rules are stored as those that are off: one that a protocol gets later is on in old links.
    let off: Vec<RuleId> =
        default.rules.iter().filter(|rule| !config.rules.contains(*rule)).collect();
    let settings: Vec<(usize, u32)> = (config.settings.iter().copied().enumerate())
        .filter(|(place, value)| default.settings.get(*place) != Some(value))
        .collect();
    let mut mask = 0;
    let mut has = |field: u32, there: bool| {
        mask |= if there { field } else { 0 };
        there
    };
    let mut out = Writer::default();
    if has(TITLE, !scenario.title.is_empty()) {
        write_words(&mut out, &scenario.title);
    }
    if has(NODES, config.nodes != default.nodes) {
        out.number(config.nodes);
    }
    if has(CLIENTS, config.clients != default.clients) {
        out.byte(config.clients);
    }
    if has(SEED, config.seed != default.seed) {
        out.number(config.seed);
    }
    has(BY_HAND, scenario.pace == Pace::ByHand);
    has(AT_RANDOM, scenario.pace == Pace::AtRandom);
    if has(STEPS, !scenario.steps.is_empty()) {
        write_steps(&mut out, &scenario.steps);
    }
    if let Some(recorded) = recorded {
        has(RECORDED, true);
        write_recorded(&mut out, recorded);
    }
    if has(ABOUT, !scenario.about.is_empty()) {
        write_words(&mut out, &scenario.about);
    }
    if has(NETWORK, config.network != default.network) {
        write_conditions(&mut out, &config.network);
    }
    if has(WAITING, config.client != default.client) {
        out.number(config.client.retry_ms);
        out.number(config.client.patience_ms);
    }
    if has(LINKS, !config.links.is_empty()) {
        out.count(config.links.len());
        for ((from, to), conditions) in &config.links {
            out.number(from.0);
            out.number(to.0);
            write_conditions(&mut out, conditions);
        }
    }
    if has(CLOCKS, !config.clocks.is_empty()) {
        out.count(config.clocks.len());
        for (node, clock) in &config.clocks {
            out.number(node.0);
            out.number(clock.rate_permille);
            out.number(clock.ahead_ms);
        }
    }
    if has(RULES_OFF, !off.is_empty()) {
        out.count(off.len());
        for rule in off {
            out.byte(rule.0);
        }
    }
    if has(SETTINGS, !settings.is_empty()) {
        out.count(settings.len());
        for (place, value) in settings {
            out.count(place);
            out.number(value);
        }
    }
    if has(DISKS, !config.disks.is_empty()) {
        out.count(config.disks.len());
        for (node, text) in &config.disks {
            out.number(node.0);
            out.text(text);
        }
    }
    if has(OPEN_AT, scenario.open_at != 0) {
        out.number(scenario.open_at);
    }
    if let Some(workload) = config.workload {
        has(WORKLOAD, true);
        out.byte(workload.workload);
        out.number(workload.rest_min_ms);
        out.number(workload.rest_max_ms);
    }
    if let Some(budget) = scenario.budget {
        has(BUDGET, true);
        let mut numbers: Vec<u8> = budget.numbers().collect();
        numbers.truncate(numbers.iter().rposition(|number| *number > 0).map_or(0, |last| last + 1));
        out.count(numbers.len());
        out.bytes(&numbers);
    }
    let mut whole = Writer::default();
    whole.byte(scenario.protocol);
    whole.number(mask);
    whole.bytes(&out.finish());
    whole.finish()
}

pub(super) fn read(bytes: &[u8]) -> Read<Link> {
    let reader = &mut Reader::new(bytes);
    let protocol = reader.place("the protocol", REGISTRY)?;
    REGISTRY[usize::from(protocol)].ready().map_err(|error| error.to_string())?;
    let mut scenario = Scenario::new(protocol);
    let sheet = scenario.sheet();
    let mask = reader.number32("the mask of fields", u32::MAX)?;
    if mask & !FIELDS_KNOWN != 0 {
        return Err(format!("it has fields {mask:#x}, of which a newer version knows more"));
    }
    let has = |field: u32| mask & field != 0;
    if has(TITLE) {
        scenario.title = read_words(reader, "the title")?;
    }
    let config = &mut scenario.config;
    if has(NODES) {
        config.nodes = reader.number("the number of nodes", u64::from(NODES_MAX))? as u16;
    }
    if has(CLIENTS) {
        config.clients = reader.byte("the number of clients")?;
    }
    if has(SEED) {
        config.seed = reader.number("the seed", u64::MAX)?;
    }
    if has(BY_HAND) {
        scenario.pace = Pace::ByHand;
    }
    if has(AT_RANDOM) {
        scenario.pace = Pace::AtRandom;
    }
    if has(STEPS) {
        scenario.steps = read_steps(reader, sheet)?;
    }
    let recorded = if has(RECORDED) { Some(read_recorded(reader)?) } else { None };
    if has(ABOUT) {
        scenario.about = read_words(reader, "the description")?;
    }
    if has(NETWORK) {
        config.network = read_conditions(reader)?;
    }
    if has(WAITING) {
        config.client = ClientConditions {
            retry_ms: reader.number32("the clients' retry", SPAN_MS_MAX)?,
            patience_ms: reader.number32("the clients' patience", SPAN_MS_MAX)?,
        };
    }
    if has(LINKS) {
        config.links = read_map(reader, "link", |reader| {
            let ends = (node(reader)?, node(reader)?);
            Ok((ends, read_conditions(reader)?))
        })?;
    }
    if has(CLOCKS) {
        config.clocks = read_map(reader, "clock", |reader| {
            let node = self::node(reader)?;
            let rate_permille = reader.number32("its rate", RATE_PERMILLE_MAX)?;
            let ahead_ms = reader.number32("how far it is ahead", SPAN_MS_MAX)?;
            Ok((node, ClockConditions { rate_permille, ahead_ms }))
        })?;
    }
    if has(RULES_OFF) {
        config.rules = sheet.all_rules();
        for _ in 0..reader.count("the number of rules", sheet.rules.len())? {
            config.rules.remove(RuleId(reader.place("a rule that is off", sheet.rules)?));
        }
    }
    if has(SETTINGS) {
        read_settings(reader, sheet, &mut config.settings)?;
    }
    if has(DISKS) {
        config.disks = read_map(reader, "disk", |reader| {
            let node = self::node(reader)?;
            Ok((node, reader.text("its content", TEXT_BYTES_MAX)?))
        })?;
    }
    if has(OPEN_AT) {
        scenario.open_at = reader.number("the action it opens at", ACTIONS_MAX)?;
    }
    if has(WORKLOAD) {
        config.workload = Some(WorkloadConditions {
            workload: reader.place("the workload", WORKLOADS)?,
            rest_min_ms: reader.number32("the clients' rest", SPAN_MS_MAX)?,
            rest_max_ms: reader.number32("the clients' rest", SPAN_MS_MAX)?,
        });
    }
    if has(BUDGET) {
        let count = reader.count("the number of kinds of surprise", Budget::words().count())?;
        scenario.budget = Some(Budget::of_numbers(reader.bytes("the budget", count)?));
    }
    match reader.rest().len() {
        0 => Ok(Link { scenario, recorded }),
        count => Err(format!("after its end there are {count} bytes more")),
    }
}

fn write_words(out: &mut Writer, words: &Words) {
    let languages = words.keys().fold(0, |mask, language| mask | 1 << language_number(*language));
    out.byte(languages);
    for text in words.values() {
        out.text(text);
    }
}

fn read_words(reader: &mut Reader<'_>, what: &str) -> Read<Words> {
    let languages = reader.byte(what)?;
    let numbers = (0..8).filter(|number| languages & 1 << number != 0);
    let mut entry = |number: u8| -> Read<(Language, String)> {
        Ok((language(number)?, reader.text(what, WORDS_BYTES_MAX)?))
    };
    numbers.map(&mut entry).collect()
}

fn write_conditions(out: &mut Writer, conditions: &LinkConditions) {
    out.number(conditions.delay_min_ms);
    out.number(conditions.delay_max_ms);
    out.number(u64::from(conditions.loss_permille) * 2 + u64::from(conditions.ordered));
    out.number(conditions.duplicate_permille);
}

fn read_conditions(reader: &mut Reader<'_>) -> Read<LinkConditions> {
    let delay_min_ms = reader.number32("the shortest delay", SPAN_MS_MAX)?;
    let delay_max_ms = reader.number32("the longest delay", SPAN_MS_MAX)?;
    let loss_and_order = reader.number32("the messages lost of 1000, doubled", 2001)?;
    Ok(LinkConditions {
        delay_min_ms,
        delay_max_ms,
        loss_permille: loss_and_order / 2,
        duplicate_permille: reader.number32("the messages copied of 1000", 1000)?,
        ordered: loss_and_order % 2 == 1,
    })
}

/// Reads a list of things by name, none of them twice.
fn read_map<K: Ord, V>(
    reader: &mut Reader<'_>,
    what: &str,
    mut entry: impl FnMut(&mut Reader<'_>) -> Read<(K, V)>,
) -> Read<SortedMap<K, V>> {
    let mut map = SortedMap::new();
    for place in 1..=reader.count(&format!("the number of {what}s"), ITEMS_MAX)? {
        let (key, value) = entry(reader).map_err(|wrong| format!("{what} {place}: {wrong}"))?;
        if map.insert(key, value).is_some() {
            return Err(format!("{what} {place} is there twice"));
        }
    }
    Ok(map)
}

fn read_settings(reader: &mut Reader<'_>, sheet: &Sheet, settings: &mut [u32]) -> Read<()> {
    for _ in 0..reader.count("the number of settings", sheet.settings.len())? {
        let place = reader.place("a setting", sheet.settings)?;
        let value = reader.number32("its value", u32::MAX)?;
        if let Some(setting) = settings.get_mut(usize::from(place)) {
            *setting = value;
        }
    }
    Ok(())
}

fn write_recorded(out: &mut Writer, recorded: &Recorded) {
    out.bytes(&recorded.fingerprint.to_le_bytes());
    out.number(recorded.actions);
    out.count(recorded.digests.len());
    for pair in recorded.digests.chunks(2) {
        let high = pair.get(1).copied().unwrap_or(0);
        out.byte(pair[0] & 0x0F | high << 4);
    }
}

fn read_recorded(reader: &mut Reader<'_>) -> Read<Recorded> {
    let mut fingerprint = [0; 8];
    fingerprint.copy_from_slice(reader.bytes("the recorded fingerprint", 8)?);
    let actions = reader.number("the number of recorded actions", ACTIONS_MAX)?;
    let count = reader.number("the number of digests", actions)? as usize;
    let halves = reader.bytes("the digests", count.div_ceil(2))?;
    let mut digests: Vec<u8> = halves.iter().flat_map(|byte| [byte & 0x0F, byte >> 4]).collect();
    digests.truncate(count);
    Ok(Recorded { fingerprint: u64::from_le_bytes(fingerprint), actions, digests })
}
