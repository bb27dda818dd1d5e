//! The readable form, for scenarios without steps: the query of an address, written by hand, in a
//! teacher's script or by a program.
//!
//! ```text
//! ?protocol=raft&nodes=5&seed=42&without=pre-vote,check-quorum&set.reads=lease&loss=5%
//! ```
//!
//! Each parameter is a header line of a scenario's text under another name, and is read by the
//! reader of that text, so names, ranges and errors are the same in both.

use super::LinkError;
use super::strip::percent_decode;
use crate::scenario::print::print_workload;
use crate::scenario::{Pace, Scenario, default_config, text};
use crate::sorted::SortedSet;
use crate::world::{ClientConditions, LinkConditions};

/// The longest query, in bytes: what servers take.
const QUERY_BYTES_MAX: usize = 8000;

/// Parameters that say nothing about the scenario.
const IGNORED: &[&str] = &["lang", "theme", "scenario", "embed"];

/// What becomes of a parameter.
enum Meaning {
    /// A header line of its own.
    Line(String),
    /// A part of the line about the network.
    Network(String),
}

/// Reads the query of an address, with or without its `?`; all parameters but `protocol` may be
/// left out.
///
/// | parameter | value |
/// |---|---|
/// | `protocol` | its name, such as `raft` |
/// | `nodes`, `clients`, `seed` | a number |
/// | `pace` | `by-time` or `by-hand` |
/// | `budget` | of a search: surprises by kind, such as `timers=3,crashes=1` |
/// | `workload` | its name, such as `queue`, or with the rests of clients as `queue,100..300` |
/// | `without` | names of rules, with commas between them |
/// | `set.NAME` | the value of a setting |
/// | `delay` | milliseconds, as `LOW..HIGH` |
/// | `loss`, `duplicate` | a percentage, such as `5%` |
/// | `ordered` | `yes` or `no` |
/// | `retry`, `give-up` | how long clients wait, in milliseconds |
///
/// `lang`, `theme`, `scenario`, `embed` and `utm_…` are left to others. `Ok(None)` where there is
/// no `protocol`.
///
/// # Errors
/// A parameter that is unknown, is there twice, or has a value it cannot have.
pub fn from_query(query: &str) -> Result<Option<Scenario>, LinkError> {
    let query = query.strip_prefix('?').unwrap_or(query);
    if query.len() > QUERY_BYTES_MAX {
        return Err(LinkError::TooLong { chars: query.chars().count(), most: QUERY_BYTES_MAX });
    }
    let decoded = |text: &str| percent_decode(&text.replace('+', " "));
    let parameters: Vec<(String, String)> = query
        .split('&')
        .filter(|part| !part.is_empty())
        .map(|part| part.split_once('=').unwrap_or((part, "")))
        .map(|(name, value)| (decoded(name), decoded(value)))
        .filter(|(name, _)| !IGNORED.contains(&name.as_str()) && !name.starts_with("utm_"))
        .collect();
    // Without a protocol the parameters are somebody else's, and none of them is wrong.
    let Some((_, protocol)) = parameters.iter().find(|(name, _)| name == "protocol") else {
        return Ok(None);
    };
    let mut names = SortedSet::new();
    if let Some((twice, _)) = parameters.iter().find(|(name, _)| !names.insert(name.as_str())) {
        return Err(wrong(twice, "expected once, found twice"));
    }
    let first = format!("protocol {}", one_word("protocol", protocol)?);
    let empty = read("protocol", &first)?;
    let (mut lines, mut alone) = (vec![first.clone()], Vec::new());
    let mut network = String::new();
    for (name, value) in parameters.iter().filter(|(name, _)| name != "protocol") {
        match meaning(&empty, name, value)? {
            Meaning::Line(line) => {
                alone.push((name, line.clone()));
                lines.push(line);
            }
            Meaning::Network(part) => {
                alone.push((name, format!("network {part}")));
                network = format!("{network} {part}");
            }
        }
    }
    if !network.is_empty() {
        lines.push(format!("network{network}"));
    }
    // Two settings may be possible only together; so each is read alone only to find the wrong one.
    read("protocol", &lines.join("\n")).map(Some).map_err(|error| {
        let LinkError::Parameter { what, .. } = error else { return error };
        let fails = |(_, line): &&(&String, String)| read("", &format!("{first}\n{line}")).is_err();
        // What is wrong only together is laid at the last setting's door.
        let is_size = |(name, _): &&(&String, String)| name.starts_with("set.") || *name == "nodes";
        let blamed = alone.iter().find(fails).or_else(|| alone.iter().rfind(is_size));
        wrong(blamed.map_or("protocol", |(name, _)| name), &what)
    })
}

fn meaning(empty: &Scenario, name: &str, value: &str) -> Result<Meaning, LinkError> {
    let word = one_word(name, value)?;
    Ok(match name {
        "nodes" | "clients" | "seed" | "pace" => Meaning::Line(format!("{name} {word}")),
        "budget" => Meaning::Line(format!("budget {}", word.replace([',', '='], " "))),
        "workload" => Meaning::Line(format!("workload {}", word.replacen(',', " every ", 1))),
        "without" => Meaning::Line(format!("without {}", word.replace(',', " "))),
        "delay" | "loss" | "duplicate" => Meaning::Network(format!("{name} {word}")),
        "ordered" => Meaning::Network(match word {
            "yes" => "ordered".to_owned(),
            "no" => "unordered".to_owned(),
            other => return Err(wrong(name, &format!("expected yes or no, found “{other}”"))),
        }),
        "retry" | "give-up" => Meaning::Line(format!("waiting {name} {word}")),
        _ => match name.strip_prefix("set.") {
            Some(setting) => {
                let setting = one_word(name, setting)?;
                Meaning::Line(format!("set {setting} {word}"))
            }
            None => {
                return Err(wrong(name, &format!("unknown, expected one of: {}", names(empty))));
            }
        },
    })
}

fn names(empty: &Scenario) -> String {
    let mut names =
        "protocol, nodes, clients, seed, pace, budget, workload, without, delay, loss, duplicate, \
                     ordered, retry, give-up"
            .to_owned();
    for setting in empty.sheet().settings {
        names.push_str(", set.");
        names.push_str(setting.id);
    }
    names
}

/// A value becomes a word of a line; it must not become two, a comment or another line.
fn one_word<'a>(name: &str, value: &'a str) -> Result<&'a str, LinkError> {
    if value.is_empty() {
        return Err(wrong(name, "expected a value, found nothing"));
    }
    if value.contains(|c: char| c.is_whitespace() || c.is_control() || c == '#') {
        return Err(wrong(
            name,
            &format!("expected a single word, found “{}”", super::excerpt(value)),
        ));
    }
    Ok(value)
}

fn read(name: &str, text: &str) -> Result<Scenario, LinkError> {
    text::parse(text).map_err(|error| wrong(name, &error.message))
}

fn wrong(name: &str, what: &str) -> LinkError {
    LinkError::Parameter { name: super::excerpt(name), what: what.to_owned() }
}

/// A scenario as a query without `?`; `None` where the query would lose something: a title, a
/// description, steps, a place to open at, links or clocks that differ, or disks.
pub fn to_query(scenario: &Scenario) -> Option<String> {
    let Scenario { protocol: _, title, about, config, pace, budget, open_at, steps } = scenario;
    let words = title.len() + about.len();
    let parts = config.links.len() + config.clocks.len() + config.disks.len();
    if words + parts + steps.len() > 0 || *open_at > 0 {
        return None;
    }
    let sheet = scenario.sheet();
    let default = default_config(sheet);
    let mut query = format!("protocol={}", sheet.id);
    let mut add = |name: &str, value: String, is_default: bool| {
        if !is_default {
            query.push_str(&format!("&{name}={value}"));
        }
    };
    add("nodes", config.nodes.to_string(), config.nodes == default.nodes);
    add("clients", config.clients.to_string(), config.clients == default.clients);
    add("seed", config.seed.to_string(), config.seed == default.seed);
    add("pace", pace.word().to_owned(), *pace == Pace::ByTime);
    if let Some(budget) = budget {
        add("budget", budget.to_string(), false);
    }
    if let Some(workload) = &config.workload {
        add("workload", print_workload(workload).replacen(" every ", ",", 1), false);
    }
    let off: Vec<&str> = (default.rules.iter())
        .filter(|rule| !config.rules.contains(*rule))
        .filter_map(|rule| sheet.rules.get(usize::from(rule.0)).map(|rule| rule.id))
        .collect();
    add("without", off.join(","), off.is_empty());
    for (setting, value) in sheet.settings.iter().zip(&config.settings) {
        let name = format!("set.{}", setting.id);
        add(&name, setting.print(*value), *value == setting.default);
    }
    let (network, normal) = (&config.network, LinkConditions::default());
    let LinkConditions { delay_min_ms, delay_max_ms, loss_permille, duplicate_permille, ordered } =
        *network;
    let is_default = (delay_min_ms, delay_max_ms) == (normal.delay_min_ms, normal.delay_max_ms);
    add("delay", format!("{delay_min_ms}..{delay_max_ms}"), is_default);
    add("loss", percent(loss_permille), loss_permille == normal.loss_permille);
    add("duplicate", percent(duplicate_permille), duplicate_permille == normal.duplicate_permille);
    let yes_or_no = if ordered { "yes" } else { "no" };
    add("ordered", yes_or_no.to_owned(), ordered == normal.ordered);
    let ClientConditions { retry_ms, patience_ms } = config.client;
    add("retry", retry_ms.to_string(), retry_ms == default.client.retry_ms);
    add("give-up", patience_ms.to_string(), patience_ms == default.client.patience_ms);
    Some(query)
}

/// A percentage as it stands in a query, where `%25` is the percent sign.
fn percent(permille: u32) -> String {
    match permille % 10 {
        0 => format!("{}%25", permille / 10),
        tenth => format!("{}.{tenth}%25", permille / 10),
    }
}
