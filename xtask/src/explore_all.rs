//! `cargo xtask explore-all`: without each rule of each protocol a run that breaks is searched for, from an
//! empty scenario, as `src/explore/hunts.txt` says; and with the rule on the same search must find
//! nothing. The tests do this with the small ones.

use std::io::Write;
use std::process::{Command, Stdio};
use std::{fs, thread};

use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::Value;
use xshell::cmd;

use crate::project::Project;

/// The table of what is searched for.
const TABLE: &str = "src/explore/hunts.txt";

/// What `cargo xtask explore-all` can be told.
#[derive(Args)]
pub struct Options {
    /// Only this protocol.
    #[arg(long)]
    protocol: Option<String>,
    /// The most distinct states of a search with the rule on.
    #[arg(long, default_value_t = 200_000)]
    states: u64,
}

/// What stands in the place of a property where the request's goals are reached.
const GOAL: &str = "goal";

/// A row: protocol, rule, header, request, property, length.
struct Hunt<'a> {
    protocol: &'a str,
    rule: &'a str,
    header: &'a str,
    request: &'a str,
    property: &'a str,
    length: u64,
}

/// Searches for all of them and prints a table; fails where one is not found, or is found with the rule on.
pub fn run(project: &Project, options: &Options) -> Result<()> {
    let shell = &project.shell;
    cmd!(shell, "cargo build --release --locked").run()?;
    let table = fs::read_to_string(project.root.join(TABLE)).context(TABLE)?;
    let mut wrong = Vec::new();
    println!("| protocol | without | finds | after | states | seconds | with the rule |");
    println!("|---|---|---|---|---|---|---|");
    for line in table.lines().filter(|line| !line.is_empty() && !line.starts_with(['#', '='])) {
        let parts: Vec<&str> = line.split(" | ").map(str::trim).collect();
        let Some(protocol) =
            parts.first().filter(|it| options.protocol.as_ref().is_none_or(|only| only == *it))
        else {
            continue;
        };
        let [protocol, rule, header, request, property, length] = parts[..] else {
            bail!("{TABLE}: {protocol}: expected six columns in “{line}”");
        };
        let length = length.parse().with_context(|| format!("a length in “{line}”"))?;
        let hunt = Hunt { protocol, rule, header, request, property, length };
        wrong.extend(search(project, &hunt, options.states)?);
    }
    if wrong.is_empty() { Ok(()) } else { bail!("{}", wrong.join("\n")) }
}

/// Searches without the rule and with it, and prints a row; what is not as expected.
fn search(project: &Project, hunt: &Hunt<'_>, states: u64) -> Result<Option<String>> {
    let found = explore(project, hunt, true, None)?;
    // What a goal describes is said for this one rule: that nothing else leads there is seen to the end.
    let is_goal = hunt.property == GOAL;
    let control = explore(project, hunt, false, Some(states).filter(|_| !is_goal))?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let property = match found["goal"].as_bool() {
        Some(true) => GOAL.to_owned(),
        _ => text(&found["violated"]["property"]),
    };
    let length = found["length"].as_u64().unwrap_or(u64::MAX);
    let with_rule = text(&control["result"]);
    let Hunt { protocol, rule, .. } = hunt;
    println!(
        "| {protocol} | {rule} | {property} | {} | {} | {:.2} | {with_rule}, {} states |",
        found["length"],
        found["distinct"],
        found["seconds"].as_f64().unwrap_or_default(),
        control["distinct"],
    );
    // A walk's run is as short as leaving out single actions makes it.
    let is_as_long =
        if found["search"] == "breadth" { length == hunt.length } else { length <= hunt.length };
    Ok(if property != hunt.property || !is_as_long {
        let (expected, most) = (hunt.property, hunt.length);
        Some(format!(
            "{protocol} without {rule}: expected {expected} after {most} actions, found {found}"
        ))
    } else if with_rule == "found" || (is_goal && with_rule != "exhausted") {
        Some(format!("{protocol} with {rule}: expected nothing, found {control}"))
    } else {
        None
    })
}

/// What the command line says of a search.
fn explore(
    project: &Project,
    hunt: &Hunt<'_>,
    without: bool,
    states: Option<u64>,
) -> Result<Value> {
    let mut scenario = format!("protocol {}\n{}\n", hunt.protocol, hunt.header.replace("; ", "\n"));
    if without {
        scenario.push_str(&format!("without {}\n", hunt.rule));
    }
    let mut command = Command::new(project.binary("release"));
    command.args(["explore", "-", "--json"]);
    for option in hunt.request.split("; ") {
        let (name, value) = option.split_once(' ').unwrap_or((option, ""));
        command.arg(format!("--{name}"));
        command.args((!value.is_empty()).then_some(value));
    }
    if let Some(states) = states {
        command.arg(format!("--states={states}"));
    }
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let mut input = child.stdin.take().context("no input")?;
    let writer = thread::spawn(move || input.write_all(scenario.as_bytes()));
    let output = child.wait_with_output()?;
    writer.join().ok().context("the scenario was not read")??;
    serde_json::from_slice(&output.stdout)
        .with_context(|| format!("{} without {}: {}", hunt.protocol, hunt.rule, hunt.request))
}
