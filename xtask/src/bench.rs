//! `cargo xtask bench`: Criterion natively, then the module in Node, then the page in Chromium; one
//! table of all their figures, and one of what an action costs as clusters grow.

use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use xshell::{Cmd, cmd};

use crate::project::Project;
use crate::setup;

/// The file whose tables `--write` replaces, and between which lines.
const README: &str = "benches/README.md";
const MARKER: &str = "<!-- figures -->";
/// The same for what an action costs as clusters grow.
const GROWTH_MARKER: &str = "<!-- growth -->";
/// The same for what judging a history costs.
const HISTORIES_MARKER: &str = "<!-- histories -->";

/// The same for exploring.
const EXPLORE_MARKER: &str = "<!-- explore -->";

/// What `cargo xtask bench` can be told.
#[derive(Args)]
pub struct Options {
    /// Replace the table in benches/README.md.
    #[arg(long)]
    write: bool,
    /// Measure only what an action costs as clusters grow, and the modules' bytes.
    #[arg(long)]
    growth: bool,
    /// Measure only what judging histories costs.
    #[arg(long)]
    histories: bool,
    /// Measure only exploring.
    #[arg(long)]
    explore: bool,
}

/// One line of JSON that a benchmark printed.
struct Figure {
    name: String,
    value: f64,
    unit: String,
    note: String,
}

/// Runs all benchmarks and prints their table.
pub fn run(project: &Project, options: &Options) -> Result<()> {
    let shell = &project.shell;
    setup::npm_packages(project)?;
    if options.growth {
        return growth(project, options.write);
    }
    if options.histories {
        return histories(project, options.write);
    }
    if options.explore {
        return explore(project, options.write);
    }
    let chromium = setup::chromium(project)?;
    let chromium_version = cmd!(shell, "{chromium} --version").quiet().ignore_stderr().read()?;
    // It says where it was built for after its number.
    let version = chromium_version.split_whitespace().take(2).collect::<Vec<_>>().join(" ");
    let machine = machine(project, &format!(", {version}"))?;
    // Everything is built first: a compiler at work would spoil the figures.
    cmd!(shell, "cargo build --release --locked").run()?;
    cmd!(shell, "cargo bench --no-run --locked").run()?;
    let actions = executable(project, "actions")?;

    let mut figures = Vec::new();
    println!("\n== native ==");
    collect(cmd!(shell, "cargo bench --locked --bench core"), &mut figures)?;
    println!("\n== WebAssembly in Node ==");
    collect(cmd!(shell, "node benches/wasm.mjs").env("ACTIONS_BINARY", actions), &mut figures)?;
    println!("\n== the page in Chromium ==");
    for script in ["benches/page.mjs", "benches/embeds.mjs"] {
        let page = cmd!(shell, "node {script}")
            .env("CHROMIUM_PATH", &chromium)
            .env("PLAYGROUND_BINARY", project.binary("release"));
        collect(page, &mut figures)?;
    }

    let table = format!("{machine}\n\n{}", table(&figures));
    println!("\n{table}");
    if options.write {
        write(&project.root.join(README), MARKER, &table)?;
    }
    growth(project, options.write)?;
    histories(project, options.write)?;
    explore(project, options.write)
}

/// What an action costs as clusters grow, natively and in Node: a table of its own.
fn growth(project: &Project, is_written: bool) -> Result<()> {
    println!("\n== growing clusters, natively and in Node ==");
    let script = "benches/growth.mjs";
    own_table(project, "actions", script, is_written.then_some(GROWTH_MARKER))
}

/// What judging a history costs, natively and in Node: a table of its own.
fn histories(project: &Project, is_written: bool) -> Result<()> {
    println!("\n== histories, natively and in Node ==");
    let script = "benches/histories.mjs";
    own_table(project, "histories", script, is_written.then_some(HISTORIES_MARKER))
}

/// How fast the explorer is, natively, in Node and against another checker: a table of its own.
fn explore(project: &Project, is_written: bool) -> Result<()> {
    println!("\n== exploring, natively and in Node ==");
    let script = "benches/explore.mjs";
    own_table(project, "explore", script, is_written.then_some(EXPLORE_MARKER))
}

/// The table of a script that takes turns with the program built from a benchmark, and between which
/// lines it goes, if it is kept.
fn own_table(project: &Project, bench: &str, script: &str, marker: Option<&str>) -> Result<()> {
    let shell = &project.shell;
    cmd!(shell, "cargo bench --no-run --locked --bench {bench}").run()?;
    let binary = executable(project, bench)?;
    let machine = machine(project, "")?;
    let mut figures = Vec::new();
    collect(cmd!(shell, "node {script}").env("ACTIONS_BINARY", binary), &mut figures)?;
    let table = format!("{machine}\n\n{}", table(&figures));
    println!("\n{table}");
    match marker {
        Some(marker) => write(&project.root.join(README), marker, &table),
        None => Ok(()),
    }
}

/// The program that Cargo built from a benchmark; its name has a hash that only Cargo knows.
fn executable(project: &Project, bench: &str) -> Result<PathBuf> {
    let shell = &project.shell;
    let messages =
        cmd!(shell, "cargo bench --no-run --locked --bench {bench} --message-format json")
            .quiet()
            .ignore_stderr()
            .read()?;
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| message["target"]["name"] == bench)
        .find_map(|message| message["executable"].as_str().map(PathBuf::from))
        .with_context(|| format!("Cargo does not say where it put the benchmark {bench}"))
}

/// Runs a benchmark, passes on what it prints and keeps the figures among it.
fn collect(command: Cmd<'_>, figures: &mut Vec<Figure>) -> Result<()> {
    let what = command.to_string();
    let mut process = Command::from(command).stdout(Stdio::piped()).spawn()?;
    let output = process.stdout.take().context("the output was piped")?;
    let before = figures.len();
    for line in BufReader::new(output).lines() {
        let line = line?;
        println!("{line}");
        figures.extend(figure(&line));
    }
    if !process.wait()?.success() {
        bail!("`{what}` failed; the message above says why");
    }
    if figures.len() == before {
        bail!("`{what}` printed no figure");
    }
    Ok(())
}

/// The figure on a line, if there is one.
fn figure(line: &str) -> Option<Figure> {
    let value: Value = serde_json::from_str(line).ok()?;
    Some(Figure {
        name: value["name"].as_str()?.to_owned(),
        value: value["value"].as_f64()?,
        unit: value["unit"].as_str()?.to_owned(),
        note: value["note"].as_str()?.to_owned(),
    })
}

/// What was measured on: figures mean nothing without it.
fn machine(project: &Project, browser: &str) -> Result<String> {
    let shell = &project.shell;
    let cores = std::thread::available_parallelism()?;
    let rustc = cmd!(shell, "rustc --version").quiet().read()?;
    let node = cmd!(shell, "node --version").quiet().read()?;
    let (system, processor) = (std::env::consts::OS, std::env::consts::ARCH);
    let rustc = rustc.split_whitespace().take(2).collect::<Vec<_>>().join(" ");
    let load = match std::fs::read_to_string("/proc/loadavg") {
        Ok(text) => format!(", load {}", text.split(' ').next().unwrap_or_default()),
        Err(_) => String::new(),
    };
    Ok(format!("{cores} cores, {system} {processor}, {rustc}, Node {node}{browser}{load}."))
}

fn table(figures: &[Figure]) -> String {
    let mut lines = vec!["| figure | value | |".to_owned(), "|---|--:|---|".to_owned()];
    for Figure { name, value, unit, note } in figures {
        let value = rounded(*value);
        let cell = if unit.is_empty() { value } else { format!("{value} {unit}") };
        lines.push(format!("| {name} | {cell} | {note} |"));
    }
    lines.join("\n")
}

/// Three digits that count, and all of those before the point, in groups.
fn rounded(value: f64) -> String {
    let places = match value.abs() {
        size if size < 10.0 => 2,
        size if size < 100.0 => 1,
        _ => 0,
    };
    let text = format!("{value:.places$}");
    let (whole, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        let left = whole.len() - place;
        if place > 0 && left % 3 == 0 && digit.is_ascii_digit() {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped + rest
}

/// Replaces what stands between the two markers.
fn write(path: &Path, marker: &str, table: &str) -> Result<()> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("could not read {}", path.display()))?;
    let parts: Vec<&str> = text.split(marker).collect();
    let [before, _, after] = parts[..] else {
        bail!("{} must have the line {marker} twice", path.display());
    };
    let text = format!("{before}{marker}\n{table}\n{marker}{after}");
    std::fs::write(path, text).with_context(|| format!("could not write {}", path.display()))?;
    println!("{} has the new table.", path.display());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_readable() {
        for (value, text) in [
            (0.4283, "0.43"),
            (98.67, "98.7"),
            (964.7, "965"),
            (1007221.0, "1,007,221"),
            (100.0, "100"),
        ] {
            assert_eq!(rounded(value), text);
        }
    }

    #[test]
    fn only_figures_are_kept() {
        assert!(figure("seek   time: [270 µs]").is_none());
        assert!(figure(r#"{"name":"seek"}"#).is_none());
        let line = r#"{"name":"seek","value":270,"unit":"µs","note":""}"#;
        assert_eq!(figure(line).map(|figure| figure.value), Some(270.0));
    }
}
