//! A scenario: a protocol, its configuration, and what happens, as one document.
//!
//! It is at once preset, lesson, regression test and share link. People write it as text
//! ([`text`]), links carry it packed ([`link`]), [`run`] turns its steps into actions.

use std::fmt;

use crate::action::ActionKind;
use crate::budget::Budget;
use crate::ids::{ClientId, Endpoint, NodeId, NodeSet};
use crate::protocol::Sheet;
use crate::protocols::REGISTRY;
use crate::sorted::SortedMap;
use crate::world::{ClientConditions, Config, LinkConditions, Schedule};

pub mod expect;
mod header;
pub mod link;
mod parse;
#[cfg(not(target_arch = "wasm32"))]
pub mod presets;
mod print;
pub mod run;
pub mod text;
pub mod transcript;
mod transfer;
pub(crate) mod words;

pub use expect::Expectation;
pub use print::{print_network_of, print_workload};
pub use transfer::transfer;

/// The bounds on a scenario. A document beyond one is refused, with the bound named.
pub mod bounds {
    /// Steps in a scenario.
    pub const STEPS_MAX: usize = 10_000;
    /// Bytes of a scenario's text.
    pub const TEXT_BYTES_MAX: usize = 262_144;
    /// Bytes of one title, description or note.
    pub const WORDS_BYTES_MAX: usize = 2_000;
    /// Actions that a scenario may unfold to.
    pub const ACTIONS_MAX: u64 = 1_000_000;
    /// Actions of one `step`.
    pub const STEP_ACTIONS_MAX: u32 = 100_000;
    /// Characters of a link.
    pub const LINK_CHARS_MAX: usize = 32_000;
}

/// A language that titles and notes can be in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// English.
    En,
    /// Simplified Chinese.
    Zh,
}

impl Language {
    /// All languages, English first.
    pub const ALL: [Language; 2] = [Language::En, Language::Zh];

    /// What is put behind `title` and `note` in a scenario's text.
    pub fn suffix(self) -> &'static str {
        match self {
            Language::En => "",
            Language::Zh => ".zh",
        }
    }
}

/// The same words in several languages.
pub type Words = SortedMap<Language, String>;

/// Whether things happen by themselves after the steps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pace {
    /// Messages arrive and timers fire when they are due.
    #[default]
    ByTime,
    /// Nothing happens unless somebody makes it happen.
    ByHand,
    /// Any message or timer may be next, by the seed, and no time passes: every order of events,
    /// however unlikely, has its turn.
    AtRandom,
}

impl Pace {
    /// All paces.
    pub const ALL: [Pace; 3] = [Pace::ByTime, Pace::ByHand, Pace::AtRandom];

    /// The word in a scenario.
    pub fn word(self) -> &'static str {
        match self {
            Pace::ByTime => "by-time",
            Pace::ByHand => "by-hand",
            Pace::AtRandom => "at-random",
        }
    }

    /// Who decides what the next of a scenario's `step`s is. By hand it is time, when asked.
    pub fn schedule(self) -> Schedule {
        match self {
            Pace::ByTime | Pace::ByHand => Schedule::ByTime,
            Pace::AtRandom => Schedule::Random,
        }
    }
}

/// A scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scenario {
    /// An index into [`REGISTRY`].
    pub protocol: u8,
    /// What it is called.
    pub title: Words,
    /// What it shows, in a sentence or two.
    pub about: Words,
    /// What the world starts from.
    pub config: Config,
    /// Whether things happen by themselves.
    pub pace: Pace,
    /// Within which budget of surprises a search looks at what may happen after the steps; `None` for the
    /// usual one. Nothing else depends on it.
    pub budget: Option<Budget>,
    /// How many actions have happened when it is opened in the page; the rest can be played.
    pub open_at: u64,
    /// What happens, in order.
    pub steps: Vec<Step>,
}

/// One line of what happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Narration for this moment.
    Note(Language, String),
    /// Something that must be so at this moment.
    Expect(Expectation),
    /// Everything due within this many milliseconds happens.
    Run(u32),
    /// Everything due until this moment, in milliseconds, happens.
    At(u64),
    /// The next so many things that are due happen.
    Steps(u32),
    /// Every message in flight is delivered, oldest first, and so are those sent meanwhile; timers
    /// do not fire and no time passes.
    Settle,
    /// So many milliseconds pass and nothing happens.
    Wait(u32),
    /// Something happens to messages in flight.
    Message(MessageVerb, Selector),
    /// Anything else; never an action on a message.
    Act(ActionKind),
}

/// What happens to a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageVerb {
    /// It arrives.
    Deliver,
    /// It is lost.
    Drop,
    /// It is copied.
    Duplicate,
    /// It arrives so many milliseconds later.
    Delay(u32),
}

impl MessageVerb {
    /// The word in a scenario.
    pub fn word(self) -> &'static str {
        match self {
            MessageVerb::Deliver => "deliver",
            MessageVerb::Drop => "drop",
            MessageVerb::Duplicate => "duplicate",
            MessageVerb::Delay(_) => "delay",
        }
    }
}

/// Which messages in flight: by link and kind, as in `n3->n4 AppendEntries`. `None` stands for any.
/// Where all three are given it means the oldest such message, or the `nth` oldest; otherwise
/// every message that fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Selector {
    /// The sender.
    pub from: Option<Endpoint>,
    /// The receiver.
    pub to: Option<Endpoint>,
    /// The kind of message.
    pub kind: Option<u8>,
    /// Which of several equal ones, the oldest being zero.
    pub nth: u32,
}

impl Selector {
    /// Whether it means one message only.
    pub fn is_single(&self) -> bool {
        self.from.is_some() && self.to.is_some() && self.kind.is_some()
    }
}

impl Scenario {
    /// An empty scenario of a protocol, with its defaults.
    pub fn new(protocol: u8) -> Self {
        let sheet = REGISTRY[usize::from(protocol)].sheet();
        Scenario {
            protocol,
            title: Words::new(),
            about: Words::new(),
            config: default_config(sheet),
            pace: Pace::ByTime,
            budget: None,
            open_at: 0,
            steps: Vec::new(),
        }
    }

    /// The protocol's sheet.
    pub fn sheet(&self) -> &'static Sheet {
        REGISTRY[usize::from(self.protocol)].sheet()
    }

    /// The title, in English where there is one.
    pub fn name(&self) -> &str {
        self.title.values().next().map_or("untitled", String::as_str)
    }
}

/// What a world of a protocol starts from when a scenario says nothing.
pub fn default_config(sheet: &Sheet) -> Config {
    Config {
        nodes: sheet.nodes_default,
        clients: 1,
        seed: 1,
        network: LinkConditions::default(),
        links: SortedMap::new(),
        client: ClientConditions::default(),
        workload: None,
        clocks: SortedMap::new(),
        rules: sheet.all_rules(),
        settings: sheet.settings.iter().map(|setting| setting.default).collect(),
        disks: SortedMap::new(),
    }
}

/// Something wrong with a scenario's text: where, and what was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextError {
    /// The line, from one.
    pub line: u32,
    /// The column, from one, in characters.
    pub column: u32,
    /// What was found and what was expected.
    pub message: String,
}

impl fmt::Display for TextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.message)
    }
}

impl std::error::Error for TextError {}

/// The nodes and clients that a scenario's steps name must exist; the first that does not.
pub(crate) fn stranger(config: &Config, step: &Step) -> Option<String> {
    let node = |id: NodeId| (id.0 >= config.nodes).then(|| id.to_string());
    let client = |id: ClientId| (id.0 >= config.clients).then(|| format!("client {id}"));
    let nodes = |set: NodeSet| set.iter().find_map(node);
    let endpoint = |end: Option<Endpoint>| match end? {
        Endpoint::Node(id) => node(id),
        Endpoint::Client(id) => client(id),
    };
    match step {
        Step::Message(_, selector) => endpoint(selector.from).or_else(|| endpoint(selector.to)),
        Step::Expect(expectation) => match expectation {
            Expectation::Leader(leader) => leader.and_then(node),
            Expectation::Status(id, _) | Expectation::Fact { node: id, .. } => node(*id),
            Expectation::Reply(id, _) => client(*id),
            Expectation::InFlight(selector, _) => {
                endpoint(selector.from).or_else(|| endpoint(selector.to))
            }
            Expectation::Invariant(..)
            | Expectation::AllHold
            | Expectation::History(..)
            | Expectation::Rule(..) => None,
        },
        Step::Act(kind) => match kind {
            ActionKind::Fire { node: id, .. }
            | ActionKind::Crash(id)
            | ActionKind::Restart(id)
            | ActionKind::Pause(id)
            | ActionKind::Resume(id)
            | ActionKind::LoseDisk(id)
            | ActionKind::HoldDisk(id)
            | ActionKind::SyncDisk(id)
            | ActionKind::SetClockRate { node: id, .. }
            | ActionKind::JumpClock { node: id, .. } => node(*id),
            ActionKind::Cut { from, to } | ActionKind::Heal { from, to } => {
                nodes(**from).or_else(|| nodes(**to))
            }
            ActionKind::Partition(side) => nodes(**side),
            ActionKind::Invoke { client: id, node: to, .. } => {
                client(*id).or_else(|| to.and_then(node))
            }
            ActionKind::Retry(id) | ActionKind::GiveUp(id) => client(*id),
            ActionKind::Command { node: id, argument, .. } => node(*id).or_else(|| node(*argument)),
            _ => None,
        },
        _ => None,
    }
}
