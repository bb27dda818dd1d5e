//! The command line of the playground.
//!
//! The same core as the page: what `run` prints is what the page plays. Exit status: 0 all held,
//! 1 an expectation or invariant failed, 2 bad input, 3 a limit was reached.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
