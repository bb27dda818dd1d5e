//! `cargo xtask test`: every check the project has, one headline each, stopping at the first that fails.

use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use xshell::cmd;

use crate::project::{Project, WASM};
use crate::{dist, npm, pkg, setup};

/// One check. The order here is the order they run in: cheap ones, and those whose failure explains
/// others, first.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Step {
    /// The Rust code is formatted.
    Fmt,
    /// Clippy has no complaint, natively and for the browser.
    Clippy,
    /// Unit, integration and documentation tests.
    Native,
    /// pkg/ is what the source builds, byte for byte.
    Pkg,
    /// The JavaScript type-checks against the generated types.
    Types,
    /// The module in Node answers as the native library does.
    Wasm,
    /// The page works in Chromium.
    Browser,
    /// Other people's documents with runs in them work in Chromium: examples/, built by their generators.
    Docs,
}

/// Where the site stands in the tests, and in the examples' sources.
const SITE: &str = "https://playground.example/";

impl Step {
    fn headline(self) -> &'static str {
        match self {
            Step::Fmt => "formatting",
            Step::Clippy => "clippy",
            Step::Native => "native tests",
            Step::Pkg => "pkg/ is fresh",
            Step::Types => "JavaScript types",
            Step::Wasm => "WebAssembly in Node",
            Step::Browser => "the page in Chromium",
            Step::Docs => "examples in Chromium",
        }
    }

    /// What to do when the step fails, as a sentence.
    fn advice(self) -> &'static str {
        match self {
            Step::Fmt => "Run `cargo fmt --all`.",
            Step::Clippy => "Mend what clippy names above.",
            Step::Native => "Mend the test named above; `cargo test NAME` runs it alone.",
            Step::Pkg => "Run `cargo xtask build` and commit pkg/.",
            Step::Types => "Mend the types named above; www/jsconfig.json says what is checked.",
            Step::Wasm => {
                "Mend the test named above; its file in tests/wasm/ also runs alone with `node --test FILE`."
            }
            Step::Browser => {
                "Mend the test named above; `cargo xtask test --only browser` runs this step alone."
            }
            Step::Docs => {
                "Mend what is named above; `cargo xtask test --only docs` runs this step alone."
            }
        }
    }

    fn run(self, project: &Project) -> Result<()> {
        let shell = &project.shell;
        match self {
            Step::Fmt => cmd!(shell, "cargo fmt --all --check").run()?,
            Step::Clippy => {
                setup::wasm_target(project)?;
                cmd!(shell, "cargo clippy --workspace --all-targets --locked -- -D warnings")
                    .run()?;
                cmd!(shell, "cargo clippy --lib --target {WASM} --locked -- -D warnings").run()?;
            }
            Step::Native => cmd!(shell, "cargo test --workspace --locked").run()?,
            Step::Pkg => {
                let stale = pkg::stale_files(project)?;
                if !stale.is_empty() {
                    bail!("{}", stale.join("\n"));
                }
            }
            Step::Types => {
                setup::npm_packages(project)?;
                let tsc = project.npm_tool("typescript/bin/tsc");
                cmd!(shell, "node {tsc} --project www/jsconfig.json").run()?;
            }
            Step::Wasm => {
                let files = test_files(project, "tests/wasm")?;
                cmd!(shell, "node --test {files...}").run()?;
            }
            Step::Browser => {
                setup::npm_packages(project)?;
                let chromium = setup::chromium(project)?;
                let files = test_files(project, "tests/browser")?;
                cmd!(shell, "cargo build --locked").run()?;
                cmd!(shell, "node --test {files...}")
                    .env("PLAYGROUND_DIST", site(project)?)
                    .env("CHROMIUM_PATH", chromium)
                    .env("PLAYGROUND_BINARY", project.binary("debug"))
                    .run()?;
            }
            Step::Docs => {
                setup::npm_packages(project)?;
                let chromium = setup::chromium(project)?;
                let files = test_files(project, "tests/docs")?;
                cmd!(shell, "cargo build --locked").run()?;
                let documents = documents(&project.root.join("examples"))?;
                let binary = project.binary("debug");
                cmd!(shell, "{binary} check {documents...}").run()?;
                let home = project.target.join("docs");
                let package = npm::folder(project, Some(SITE))?;
                cmd!(shell, "node xtask/examples.mjs {home} {package}").run()?;
                cmd!(shell, "node --test {files...}")
                    .env("PLAYGROUND_DIST", site(project)?)
                    .env("PLAYGROUND_EXAMPLES", home.join("examples"))
                    .env("CHROMIUM_PATH", chromium)
                    .run()?;
            }
        }
        Ok(())
    }
}

/// Runs the steps of `only`, or all of them.
pub fn run(project: &Project, only: &[Step]) -> Result<()> {
    let mut results: Vec<(Step, Option<(bool, Duration)>)> = Vec::new();
    let mut failure = None;
    for &step in Step::value_variants() {
        if !only.is_empty() && !only.contains(&step) {
            continue;
        }
        if failure.is_some() {
            results.push((step, None));
            continue;
        }
        println!("\n== {} ==", step.headline());
        let start = Instant::now();
        let result = step.run(project);
        let elapsed = start.elapsed();
        println!("-- {}: {:.1} s", step.headline(), elapsed.as_secs_f64());
        results.push((step, Some((result.is_ok(), elapsed))));
        failure = result.err().map(|error| (step, error));
    }

    println!("\nSummary");
    for (step, outcome) in &results {
        match outcome {
            Some((passed, elapsed)) => {
                let word = if *passed { "passed" } else { "FAILED" };
                println!("  {:<22} {word:<8} {:>7.1} s", step.headline(), elapsed.as_secs_f64());
            }
            None => println!("  {:<22} not run", step.headline()),
        }
    }
    match failure {
        None => Ok(()),
        Some((step, error)) => {
            bail!("{} failed. {}\n\n{error:#}", step.headline(), step.advice());
        }
    }
}

/// Writes the site below the target folder.
fn site(project: &Project) -> Result<PathBuf> {
    let site = project.target.join("xtask").join(dist::FOLDER);
    // All pictures would take as long as the tests.
    let pictured = ["raft/figure-8", "gossip/hundred-nodes", "election", "two-leaders"];
    dist::write(project, &site, Some(&dist::Site::read(SITE)?), Some(&pictured))?;
    Ok(site)
}

/// The documents of a folder and of those below it.
fn documents(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(documents(&path)?);
        } else if path.extension().is_some_and(|end| end == "md" || end == "html") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// The tests of a folder, listed here because Node's own search in a folder changed between its versions.
fn test_files(project: &Project, folder: &str) -> Result<Vec<PathBuf>> {
    let mut files =
        project.shell.read_dir(folder).with_context(|| format!("there is no folder {folder}/"))?;
    files.retain(|file| file.to_string_lossy().ends_with(".test.mjs"));
    // No test at all must not look like a success.
    if files.is_empty() {
        bail!("{folder}/ holds no file named *.test.mjs");
    }
    Ok(files)
}
