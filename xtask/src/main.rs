//! The project's own commands: `cargo xtask build`, `cargo xtask dist`, `cargo xtask test`,
//! `cargo xtask bench`, `cargo xtask explore-all`.
//!
//! They are written in Rust so that a machine with Rust, Node and npm needs nothing else to start with;
//! what is missing beyond that, they fetch and say so.

mod bench;
mod dist;
mod explore_all;
mod lessons;
mod npm;
mod paths;
mod pkg;
mod project;
mod scenarios;
mod setup;
mod split;
mod test;

use anyhow::Result;
use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

use project::Project;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Builds, tests and measures the playground.")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build the WebAssembly package into pkg/.
    Build {
        /// Write the package to this folder instead of pkg/.
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
    },
    /// Say what is in the modules of the last build, the largest first: bytes, modules, name.
    Parts {
        /// Say instead how this module (core, judge, raft …) reaches something.
        #[arg(requires = "name")]
        module: Option<String>,
        /// Part of the name of that function.
        name: Option<String>,
    },
    /// Write the site, ready for any server and any folder: pages, package, scenarios, and all of it as
    /// one HTML file.
    Dist {
        /// Where it will stand, for what must name it: links from the single file, pictures of scenarios and
        /// lessons.
        #[arg(long, value_name = "URL")]
        site: Option<String>,
        /// Write it to this folder instead of dist/.
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
    },
    /// Run every check, in the order that finds mistakes soonest.
    Test {
        /// Run this step alone; may be given several times.
        #[arg(long, value_name = "STEP", num_args = 1..)]
        only: Vec<test::Step>,
    },
    /// Run the benchmarks and print one table.
    Bench(bench::Options),
    /// Look for a run that breaks without each rule of each protocol, and print a table.
    ExploreAll(explore_all::Options),
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Not returned from main: its trace would bury the sentence that says what to do.
            eprintln!("\n{error:#}");
            ExitCode::FAILURE
        }
    }
}

/// The folder that was named, relative to where the user stands, which need not be the root; or the
/// usual one.
fn folder(project: &Project, named: Option<PathBuf>, usual: &str) -> Result<PathBuf> {
    Ok(match named {
        Some(named) => std::path::absolute(named)?,
        None => project.root.join(usual),
    })
}

fn run(command: Command) -> Result<()> {
    let project = Project::open()?;
    match command {
        Command::Build { out } => pkg::build(&project, &folder(&project, out, "pkg")?),
        Command::Parts { module, name } => {
            let question = module.as_deref().zip(name.as_deref());
            let question = question.map(|(module, name)| split::Question { module, name });
            print!("{}", pkg::report(&project, question.as_ref())?);
            Ok(())
        }
        Command::Dist { out, site } => {
            let site = site.as_deref().map(dist::Site::read).transpose()?;
            dist::write(&project, &folder(&project, out, dist::FOLDER)?, site.as_ref(), None)
        }
        Command::Test { only } => test::run(&project, &only),
        Command::Bench(options) => bench::run(&project, &options),
        Command::ExploreAll(options) => explore_all::run(&project, &options),
    }
}
