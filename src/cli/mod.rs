//! What the command line understands, and how it says what is wrong.

mod asked;
mod check;
mod explore;
mod find;
mod history;
mod input;
mod picture;
mod run;
mod serve;
mod site;
mod sweep;
mod watch;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{Args, Parser, Subcommand};

/// See, break and understand the protocols that keep copies of data consistent.
#[derive(Parser)]
#[command(name = "consensus-playground", version, args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: ServeArguments,
}

#[derive(Args)]
struct ServeArguments {
    /// The port to listen on; 0 picks a free one.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Open the page in the browser.
    #[arg(long)]
    open: bool,
    /// Serve the page's sources one by one, instead of the bundle in pkg/page/.
    #[arg(long)]
    sources: bool,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the page (what happens without a command, too).
    Serve(ServeArguments),
    /// Run a scenario and print what happens.
    Run {
        /// The scenario's file, or `-` for standard input.
        #[arg(required_unless_present = "link", conflicts_with = "link")]
        file: Option<PathBuf>,
        /// A share link instead of a file.
        #[arg(long)]
        link: Option<String>,
        /// Print one JSON object instead of text.
        #[arg(long)]
        json: bool,
        /// Write what clients asked and were told, as lines of JSON that `history` reads.
        #[arg(long, value_name = "FILE")]
        history: Option<PathBuf>,
    },
    /// Print the share link of a scenario.
    Link {
        /// The scenario's file, or `-` for standard input.
        file: PathBuf,
        /// Print one JSON object instead of text.
        #[arg(long)]
        json: bool,
    },
    /// Print the scenario that a share link holds.
    Show {
        /// The link, or the part of it from `v1.` on.
        link: String,
        /// Print one JSON object instead of text.
        #[arg(long)]
        json: bool,
    },
    /// Run a protocol through random faults, heal it, and demand progress.
    Sweep {
        /// The protocol's name.
        protocol: String,
        /// The seeds, such as 1..200; both ends belong to it.
        #[arg(long, default_value = "1..200")]
        seeds: String,
        /// Rules to switch off.
        #[arg(long, value_name = "RULE")]
        without: Vec<String>,
        /// Print one JSON object instead of text.
        #[arg(long)]
        json: bool,
    },
    /// Judge histories that others recorded: 0 all hold, 1 some do not, 2 bad input or not decided.
    History(history::HistoryArguments),
    /// Run what documents show: scenario blocks, elements and links in Markdown and HTML, and the lessons
    /// of a chapter of the course.
    Check {
        /// The documents, or `-` for standard input.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Print one JSON object for each failure instead of text.
        #[arg(long)]
        json: bool,
    },
    /// Look at every run within budgets, the shortest first, for one that breaks an invariant.
    #[command(after_help = asked::ENDS)]
    Explore(Box<asked::ExploreArguments>),
}

/// Prints a line. A reader that stops listening (`| head`) is no error of ours.
macro_rules! say {
    ($($part:tt)*) => {{
        use std::io::Write;
        let _ = writeln!(std::io::stdout(), $($part)*);
    }};
}
pub(crate) use say;

/// How a command ended.
enum Ending {
    /// All held.
    Held,
    /// An expectation or invariant failed; it has been said.
    Failed,
    /// Nothing failed, and it could not be decided whether all holds; it has been said.
    Undecided,
    /// A limit was reached before all was seen.
    Limited,
}

/// Bad input: one line that says what and where.
struct BadInput(String);

impl From<String> for BadInput {
    fn from(message: String) -> Self {
        BadInput(message)
    }
}

/// Runs the command line.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return usage(&error),
    };
    let result = match arguments.command {
        None => run_server(&arguments.serve),
        Some(Command::Serve(serve)) => run_server(&serve),
        Some(Command::Run { file, link, json, history }) => {
            run::run(file.as_deref(), link.as_deref(), json, history.as_deref())
        }
        Some(Command::Link { file, json }) => run::link(&file, json),
        Some(Command::Show { link, json }) => run::show(&link, json),
        Some(Command::Sweep { protocol, seeds, without, json }) => {
            sweep::sweep(&protocol, &seeds, &without, json)
        }
        Some(Command::History(arguments)) => history::history(&arguments),
        Some(Command::Check { files, json }) => check::check(&files, json),
        Some(Command::Explore(arguments)) => explore::explore(&arguments).map(Ending::from),
    };
    match result {
        Ok(Ending::Held) => ExitCode::SUCCESS,
        Ok(Ending::Failed) => ExitCode::from(1),
        Ok(Ending::Undecided) => ExitCode::from(2),
        Ok(Ending::Limited) => ExitCode::from(3),
        Err(BadInput(message)) => {
            eprintln!("error: {message}");
            ExitCode::from(2)
        }
    }
}

fn run_server(arguments: &ServeArguments) -> Result<Ending, BadInput> {
    match serve::serve(arguments.port, arguments.open, arguments.sources) {
        Ok(()) => Ok(Ending::Held),
        Err(error) => Err(BadInput(format!("{error:#}"))),
    }
}

/// Help and version go to standard output; anything else is bad input, told in one line.
fn usage(error: &clap::Error) -> ExitCode {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            print!("{error}");
            ExitCode::SUCCESS
        }
        _ => {
            let text = error.to_string();
            let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
            let mut message = lines.next().unwrap_or("error: bad arguments").to_owned();
            // The first line of some errors ends with a colon, and the names follow.
            if message.ends_with(':') {
                message.push(' ');
                message.push_str(lines.next().unwrap_or_default());
            }
            eprintln!("{message} (try --help)");
            ExitCode::from(2)
        }
    }
}
