//! The lines before the first step: what a world starts from.

use super::bounds::ACTIONS_MAX;
use super::parse::{language_of, rule, words};
use super::words::{Line, Parsed};
use super::{Pace, Scenario, TextError};
use crate::budget::{self, Budget, Surprise};
use crate::ids::{CLIENTS_MAX, Endpoint, NodeId};
use crate::protocol::Sheet;
use crate::protocols;
use crate::workload;
use crate::world::bounds::{RATE_PERMILLE_MAX, SPAN_MS_MAX};
use crate::world::{ClockConditions, Config, LinkConditions, SetupError, WorkloadConditions};

/// Reads a header line; false where the keyword is none.
pub(super) fn header<'a>(
    line: &mut Line<'a>,
    keyword: &str,
    scenario: &mut Scenario,
    sheet: &Sheet,
    places: &mut HeaderPlaces,
) -> Parsed<bool> {
    let config = &mut scenario.config;
    if let Some((_, language)) = language_of(keyword, "title") {
        scenario.title.insert(language, words(line)?);
        return Ok(true);
    }
    if let Some((_, language)) = language_of(keyword, "about") {
        scenario.about.insert(language, words(line)?);
        return Ok(true);
    }
    match keyword {
        "nodes" => {
            let (low, high) = sheet.nodes_range;
            places.sizes = Some(line.place_here());
            config.nodes = line.number("a number of nodes", low.into(), high.into())? as u16;
        }
        "clients" => {
            config.clients = line.number("a number of clients", 0, CLIENTS_MAX.into())? as u8;
        }
        "seed" => config.seed = line.number("a seed", 0, u64::MAX)?,
        "pace" => {
            const WORDS: &str = "by-time, by-hand or at-random";
            let word = line.word(WORDS)?;
            match Pace::ALL.into_iter().find(|pace| pace.word() == word) {
                Some(pace) => scenario.pace = pace,
                None => return line.unexpected(WORDS),
            }
        }
        "open-at" => scenario.open_at = line.number("a number of actions", 0, ACTIONS_MAX)?,
        "budget" => scenario.budget = Some(budget(line)?),
        "network" => config.network = conditions(line, LinkConditions::default())?,
        "link" => {
            let (Some(Endpoint::Node(from)), Some(Endpoint::Node(to))) = line.link()? else {
                return line.error("expected a link between two nodes, such as n1->n2");
            };
            places.nodes.extend([from, to].map(|node| (node, line.place())));
            let conditions = conditions(line, config.network)?;
            config.links.insert((from, to), conditions);
        }
        "waiting" => {
            if line.accept("retry") {
                config.client.retry_ms = line.number("milliseconds", 1, SPAN_MS_MAX.into())? as u32;
            }
            if line.accept("give-up") {
                config.client.patience_ms =
                    line.number("milliseconds", 1, SPAN_MS_MAX.into())? as u32;
            }
        }
        "workload" => {
            let names: Vec<&str> = workload::carried(sheet).map(|workload| workload.id).collect();
            let name = line.word("the name of a workload")?;
            let found = workload::find(name).filter(|(_, found)| found.is_carried_by(sheet));
            let Some((place, _)) = found else {
                return line.error(format!(
                    "{} has no workload “{name}”; expected one of: {}",
                    sheet.title,
                    names.join(", ")
                ));
            };
            let mut conditions =
                WorkloadConditions { workload: place, rest_min_ms: 100, rest_max_ms: 300 };
            if line.accept("every") {
                (conditions.rest_min_ms, conditions.rest_max_ms) =
                    line.span("milliseconds such as 100..300")?;
            }
            config.workload = Some(conditions);
        }
        "start-clock" => {
            let node = line.node()?;
            places.nodes.push((node, line.place()));
            let mut clock = ClockConditions { rate_permille: 1000, ahead_ms: 0 };
            if line.accept("rate") {
                let what = "milliseconds per 1000 true ones";
                clock.rate_permille = line.number(what, 0, RATE_PERMILLE_MAX.into())? as u32;
            }
            if line.accept("ahead") {
                clock.ahead_ms = line.number("milliseconds", 0, SPAN_MS_MAX.into())? as u32;
            }
            config.clocks.insert(node, clock);
        }
        "set" => {
            let names: Vec<&str> = sheet.settings.iter().map(|setting| setting.id).collect();
            let name = line.word("the name of a setting")?;
            let Some(place) = sheet.setting(name) else {
                return line.no_such("setting", &names);
            };
            places.sizes = Some(line.place_here());
            let word = line.word("its value")?;
            match sheet.settings[usize::from(place)].parse(word) {
                Ok(value) => config.settings[usize::from(place)] = value,
                Err(expected) => return line.unexpected(&expected),
            }
        }
        "without" => loop {
            let rule = rule(line, sheet)?;
            config.rules.remove(rule);
            if line.peek().is_none() {
                break;
            }
        },
        "disk" => {
            let node = line.node()?;
            places.nodes.push((node, line.place()));
            let place = line.place_here();
            let text = line.rest().join(" ");
            config.disks.insert(node, text);
            places.disks.push((node, place));
        }
        _ => return Ok(false),
    }
    Ok(true)
}

/// Where the header names nodes and disks: whether they are right shows only at its end.
#[derive(Default)]
pub(super) struct HeaderPlaces {
    nodes: Vec<(NodeId, TextError)>,
    disks: Vec<(NodeId, TextError)>,
    /// The last line that gave a size: of the cluster, or a setting.
    sizes: Option<TextError>,
}

/// What can be judged only when the header is complete.
pub(super) fn finish(scenario: &Scenario, places: HeaderPlaces) -> Parsed<()> {
    let config: &Config = &scenario.config;
    for (node, place) in places.nodes {
        if node.0 >= config.nodes {
            let message = format!("there is no {node}: {} nodes", config.nodes);
            return Err(TextError { message, ..place });
        }
    }
    let entry = protocols::REGISTRY[usize::from(scenario.protocol)];
    let beginning = TextError { line: 1, column: 1, message: String::new() };
    match entry.world(config.clone()) {
        Ok(_) => Ok(()),
        // A disk that cannot be read is one that a line gave.
        Err(SetupError::Disk { node, expected }) => {
            let place = places.disks.into_iter().rev().find(|(of, _)| *of == node);
            let place = place.map_or(beginning, |(_, place)| place);
            Err(TextError { message: format!("expected {expected}"), ..place })
        }
        Err(error) => {
            let message = error.to_string();
            Err(TextError { message, ..places.sizes.unwrap_or(beginning) })
        }
    }
}

/// A number for each kind of surprise that is named.
#[inline(never)]
fn budget(line: &mut Line<'_>) -> Parsed<Budget> {
    let mut budget = Budget::default();
    loop {
        let kinds = || Budget::words().collect::<Vec<_>>().join(", ");
        let word = line.word("a kind of surprise, such as timers, and how many")?;
        let Some(kind) = Surprise::of_word(word) else {
            return line.unexpected(&format!("a kind of surprise ({})", kinds()));
        };
        let number = line.number("how many", 1, budget::MOST.into())?;
        budget = budget.with(kind, number as u8);
        if line.peek().is_none() {
            return Ok(budget);
        }
    }
}

#[inline(never)]
fn conditions(line: &mut Line<'_>, base: LinkConditions) -> Parsed<LinkConditions> {
    const PARTS: &str = "delay LOW..HIGH, loss P%, duplicate P%, ordered or unordered";
    let mut conditions = base;
    loop {
        match line.word(PARTS)? {
            "delay" => {
                (conditions.delay_min_ms, conditions.delay_max_ms) =
                    line.span("a delay in milliseconds such as 10..30")?;
            }
            "loss" => conditions.loss_permille = line.permille("a share of messages lost")?,
            "duplicate" => {
                conditions.duplicate_permille = line.permille("a share of messages copied")?;
            }
            "ordered" => conditions.ordered = true,
            "unordered" => conditions.ordered = false,
            _ => return line.unexpected(PARTS),
        }
        if line.peek().is_none() {
            return Ok(conditions);
        }
    }
}
