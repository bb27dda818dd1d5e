//! Scenario to text: the one canonical form, with nothing in it that is a default.

use std::fmt::Write;

use super::expect::{Expectation, status_word};
use super::{MessageVerb, Pace, Scenario, Selector, Step, default_config};
use crate::action::ActionKind;
use crate::ids::Endpoint;
use crate::protocol::Sheet;
use crate::workload::WORKLOADS;
use crate::world::{ClientConditions, LinkConditions, WorkloadConditions, kind_name};

/// Prints a scenario; parsing the result gives the same scenario.
pub fn print(scenario: &Scenario) -> String {
    let sheet = scenario.sheet();
    let mut lines = header(scenario, sheet);
    if !scenario.steps.is_empty() {
        lines.push(String::new());
    }
    lines.extend(scenario.steps.iter().map(|step| print_step(sheet, step)));
    lines.push(String::new());
    lines.join("\n")
}

fn header(scenario: &Scenario, sheet: &Sheet) -> Vec<String> {
    let (config, default) = (&scenario.config, default_config(sheet));
    let mut lines = vec![format!("protocol {}", sheet.id)];
    let mut line = |text: String| lines.push(text);
    for (language, words) in &scenario.title {
        line(format!("title{} {words}", language.suffix()));
    }
    for (language, words) in &scenario.about {
        line(format!("about{} {words}", language.suffix()));
    }
    if config.nodes != default.nodes {
        line(format!("nodes {}", config.nodes));
    }
    if config.clients != default.clients {
        line(format!("clients {}", config.clients));
    }
    if config.seed != default.seed {
        line(format!("seed {}", config.seed));
    }
    if scenario.pace != Pace::ByTime {
        line(format!("pace {}", scenario.pace.word()));
    }
    if scenario.open_at > 0 {
        line(format!("open-at {}", scenario.open_at));
    }
    if let Some(budget) = scenario.budget {
        line(format!("budget {}", budget.to_string().replace([',', '='], " ")));
    }
    if config.network != default.network {
        line(format!("network {}", print_network(&config.network, &default.network)));
    }
    for ((from, to), conditions) in &config.links {
        // A link that is as the network must still say something.
        let mut text = print_network(conditions, &config.network);
        if text.is_empty() {
            text = delay(conditions);
        }
        line(format!("link {from}->{to} {text}"));
    }
    let ClientConditions { retry_ms, patience_ms } = config.client;
    if config.client != default.client {
        line(format!("waiting retry {retry_ms} give-up {patience_ms}"));
    }
    if let Some(workload) = &config.workload {
        line(format!("workload {}", print_workload(workload)));
    }
    for (node, clock) in &config.clocks {
        line(format!("start-clock {node} rate {} ahead {}", clock.rate_permille, clock.ahead_ms));
    }
    for (place, setting) in sheet.settings.iter().enumerate() {
        let value = config.settings[place];
        if value != setting.default {
            line(format!("set {} {}", setting.id, setting.print(value)));
        }
    }
    let off: Vec<&str> = default
        .rules
        .iter()
        .filter(|rule| !config.rules.contains(*rule))
        .map(|rule| sheet.rules[usize::from(rule.0)].id)
        .collect();
    if !off.is_empty() {
        line(format!("without {}", off.join(" ")));
    }
    for (node, text) in &config.disks {
        line(format!("disk {node} {text}"));
    }
    lines
}

fn delay(conditions: &LinkConditions) -> String {
    format!("delay {}..{}", conditions.delay_min_ms, conditions.delay_max_ms)
}

/// How messages travel, as far as it differs from `base`.
pub fn print_network(conditions: &LinkConditions, base: &LinkConditions) -> String {
    let mut parts = Vec::new();
    let delays = |link: &LinkConditions| (link.delay_min_ms, link.delay_max_ms);
    if delays(conditions) != delays(base) {
        parts.push(delay(conditions));
    }
    if conditions.loss_permille != base.loss_permille {
        parts.push(format!("loss {}", percent(conditions.loss_permille)));
    }
    if conditions.duplicate_permille != base.duplicate_permille {
        parts.push(format!("duplicate {}", percent(conditions.duplicate_permille)));
    }
    if conditions.ordered != base.ordered {
        parts.push(if conditions.ordered { "ordered" } else { "unordered" }.to_owned());
    }
    parts.join(" ")
}

/// Who asks by itself for what, and how often.
pub fn print_workload(conditions: &WorkloadConditions) -> String {
    let id = WORKLOADS.get(usize::from(conditions.workload)).map_or("?", |workload| workload.id);
    format!("{id} every {}..{}", conditions.rest_min_ms, conditions.rest_max_ms)
}

/// How messages travel, in full.
pub fn print_network_of(conditions: &LinkConditions) -> String {
    let mut text = delay(conditions);
    if conditions.loss_permille > 0 {
        let _ = write!(text, " loss {}", percent(conditions.loss_permille));
    }
    if conditions.duplicate_permille > 0 {
        let _ = write!(text, " duplicate {}", percent(conditions.duplicate_permille));
    }
    if conditions.ordered {
        text.push_str(" ordered");
    }
    text
}

fn percent(permille: u32) -> String {
    match permille % 10 {
        0 => format!("{}%", permille / 10),
        tenth => format!("{}.{tenth}%", permille / 10),
    }
}

/// Prints one step.
pub fn print_step(sheet: &Sheet, step: &Step) -> String {
    match step {
        Step::Note(language, words) => format!("note{} {words}", language.suffix()),
        Step::Expect(expectation) => format!("expect {}", print_expectation(sheet, expectation)),
        Step::Run(ms) => format!("run {ms}"),
        Step::At(ms) => format!("at {ms}"),
        Step::Steps(count) => format!("step {count}"),
        Step::Settle => "settle".to_owned(),
        Step::Wait(ms) => format!("wait {ms}"),
        Step::Message(verb, selector) => {
            let mut text = format!("{} {}", verb.word(), print_selector(sheet, selector));
            if let MessageVerb::Delay(by_ms) = verb {
                let _ = write!(text, " by {by_ms}");
            }
            text
        }
        Step::Act(kind) => print_act(sheet, kind),
    }
}

fn print_selector(sheet: &Sheet, selector: &Selector) -> String {
    let end = |end: Option<Endpoint>| end.map_or("*".to_owned(), |end| end.to_string());
    let mut text = format!("{}->{}", end(selector.from), end(selector.to));
    if let Some(kind) = selector.kind {
        let _ = write!(text, " {}", kind_name(sheet, kind));
    }
    if selector.nth > 0 {
        let _ = write!(text, " #{}", selector.nth + 1);
    }
    text
}

fn print_act(sheet: &Sheet, kind: &ActionKind) -> String {
    match kind {
        ActionKind::Fire { node, timer } => {
            format!("timeout {node} {}", sheet.timers[usize::from(timer.0)].name)
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
            let id = sheet.rules[usize::from(rule.0)].id;
            format!("rule {id} {}", if *on { "on" } else { "off" })
        }
        ActionKind::Invoke { client, node: Some(node), operation } => {
            format!("invoke {client} {operation} to {node}")
        }
        ActionKind::Invoke { client, node: None, operation } => {
            format!("invoke {client} {operation}")
        }
        ActionKind::Retry(client) => format!("retry {client}"),
        ActionKind::GiveUp(client) => format!("give-up {client}"),
        ActionKind::Command { node, command, argument } => {
            let name = sheet.commands[usize::from(*command)].name;
            format!("command {node} {name} {argument}")
        }
        ActionKind::Wait
        | ActionKind::Deliver(_)
        | ActionKind::Drop(_)
        | ActionKind::Duplicate(_)
        | ActionKind::Delay { .. } => {
            unreachable!("Step::Act never holds these: messages are named by link and kind")
        }
    }
}

fn print_expectation(sheet: &Sheet, expectation: &Expectation) -> String {
    match expectation {
        Expectation::Leader(Some(node)) => format!("leader {node}"),
        Expectation::Leader(None) => "leader none".to_owned(),
        Expectation::Status(node, status) => format!("{node} {}", status_word(*status)),
        Expectation::Fact { node, fact, value } => format!("{node} {fact} {value}"),
        Expectation::Reply(client, value) => format!("reply {client} {value}"),
        Expectation::Invariant(place, violated) => {
            let id = sheet.invariants[usize::from(*place)].id;
            format!("{} {id}", if *violated { "violated" } else { "holds" })
        }
        Expectation::AllHold => "all hold".to_owned(),
        Expectation::InFlight(selector, true) => {
            format!("message {}", print_selector(sheet, selector))
        }
        Expectation::InFlight(selector, false) => {
            format!("no message {}", print_selector(sheet, selector))
        }
        Expectation::History(model, holds) => {
            let not = if *holds { "" } else { "not " };
            format!("history {not}{}", model.info().id)
        }
        Expectation::Rule(rule, applied) => {
            let id = sheet.rules[usize::from(rule.0)].id;
            format!("{} {id}", if *applied { "applied" } else { "missed" })
        }
    }
}
