//! What a search of a scenario's worlds may do and what it looks for.

use super::properties::Properties;
use crate::action::ActionKind;
use crate::budget::{Budget, Surprise};
use crate::ids::NodeId;
use crate::operation::{Operation, PROPOSE, PUT, TRANSFER, Text};
use crate::protocol::Sheet;
use crate::scenario::{Expectation, expect};
use crate::view::Shape;
use crate::world::{Apart, Envelope, Status, World};

/// The most operations and other actions on offer: each is a bit of a state.
pub const OFFERS_MAX: usize = 32;
/// How long time passes at once where nothing else is said: longer than any usual timeout.
pub const WAIT_MS: u32 = 1000;

/// What may happen and what is looked for.
#[derive(Clone, Debug)]
pub struct Plan {
    /// How many surprises of each kind.
    pub budget: Budget,
    /// The operations that clients may call, each once, at any node.
    pub offers: Vec<Operation>,
    /// The other actions on offer, each once. Of a kind of surprise that stands here nothing else
    /// happens; of other kinds everything may.
    pub acts: Vec<ActionKind>,
    /// A bit for each timer that never fires, by its place in the protocol's sheet.
    pub silent_timers: u64,
    /// Whether operations are asked of leading nodes alone.
    pub asks_leaders: bool,
    /// Whether messages of an earlier period than their receiver's are lost.
    pub is_timely: bool,
    /// How long time passes at once, in milliseconds; also how far a clock jumps.
    pub wait_ms: u32,
    /// What is left out because it cannot matter.
    pub reductions: Reductions,
    /// What is looked for, all at once; nothing for a violation.
    pub goal: Vec<Goal>,
    /// What must be true of every state where there is no goal.
    pub properties: Properties,
}

/// What is left out because it cannot matter; each can be switched off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reductions {
    /// Messages that can never matter again are taken out.
    pub dead: bool,
    /// What changes nothing, except that its message is gone, does not happen.
    pub idle: bool,
    /// Of messages that are equal only one is delivered, of equal operations one is called.
    pub equal: bool,
    /// A client calls its first operation only when those before it have: until then they are alike. Whom a
    /// client that waits for nothing asked last is no part of a state.
    pub clients: bool,
    /// A request arrives in the moment in which it is called: whatever happens between could have
    /// happened before the call, and a later call demands more of its answer. A call and its arrival
    /// count as one step.
    pub prompt: bool,
    /// States that differ in who is who are one, where nodes are alike.
    pub symmetry: bool,
    /// States that differ in which value is which are one, where values are alike.
    pub values: bool,
    /// Of two orders of steps that do not concern each other only one is looked at, breadth-first.
    pub sleep: bool,
}

impl Reductions {
    /// All of them.
    pub const ALL: Self = Reductions {
        dead: true,
        idle: true,
        equal: true,
        clients: true,
        prompt: true,
        symmetry: true,
        values: true,
        sleep: true,
    };
    /// Those that make searches faster: sleep sets leave next to nothing out, as most arrivals are answered
    /// or noted by a checker.
    pub const USUAL: Self = Reductions { sleep: false, ..Reductions::ALL };
    /// None of them.
    pub const NONE: Self = Reductions {
        dead: false,
        idle: false,
        equal: false,
        clients: false,
        prompt: false,
        symmetry: false,
        values: false,
        sleep: false,
    };

    /// Their names.
    pub const NAMES: [&'static str; 8] =
        ["dead", "idle", "equal", "clients", "prompt", "symmetry", "values", "sleep"];

    /// The switch of that name.
    pub fn switch(&mut self, name: &str) -> Option<&mut bool> {
        match name {
            "dead" => Some(&mut self.dead),
            "idle" => Some(&mut self.idle),
            "equal" => Some(&mut self.equal),
            "clients" => Some(&mut self.clients),
            "prompt" => Some(&mut self.prompt),
            "symmetry" => Some(&mut self.symmetry),
            "values" => Some(&mut self.values),
            "sleep" => Some(&mut self.sleep),
            _ => None,
        }
    }
}

/// Part of a goal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Goal {
    /// What a scenario may expect.
    Expect(Expectation),
    /// So many running nodes lead at once.
    Leaders(u16),
    /// So many running nodes try to lead at once.
    Candidates(u16),
}

impl Goal {
    /// Whether it is about messages in flight, rather than about what nodes and clients know.
    fn needs_messages(&self) -> bool {
        matches!(self, Goal::Expect(Expectation::InFlight(..)))
    }

    /// Whether it is about what clients saw.
    pub(super) fn tells_of_history(&self) -> bool {
        use Expectation::{History, Reply};
        matches!(self, Goal::Expect(Reply(..) | History(..)))
    }

    /// Whether it is so in a world.
    pub fn is_reached(&self, world: &World) -> bool {
        match self {
            Goal::Expect(expectation) => expect::check(world, expectation).is_ok(),
            Goal::Leaders(number) => count(world, Shape::Double) >= *number,
            Goal::Candidates(number) => count(world, Shape::Dashed) >= *number,
        }
    }

    /// How much of it is so in a world: more is nearer.
    pub(super) fn progress(&self, world: &World) -> u32 {
        match self {
            Goal::Expect(expectation) => expect::check(world, expectation).is_ok().into(),
            Goal::Leaders(number) => count(world, Shape::Double).min(*number).into(),
            Goal::Candidates(number) => count(world, Shape::Dashed).min(*number).into(),
        }
    }
}

/// What kind of surprise an action is; `None` for what costs nothing, or is never part of a search.
pub(super) fn surprise_of(kind: &ActionKind) -> Option<Surprise> {
    Some(match kind {
        ActionKind::Fire { .. } => Surprise::Timer,
        ActionKind::Crash(_) => Surprise::Crash,
        ActionKind::Partition(_) | ActionKind::Cut { .. } => Surprise::Cut,
        ActionKind::Retry(_) => Surprise::Retry,
        ActionKind::GiveUp(_) => Surprise::GiveUp,
        ActionKind::Command { .. } => Surprise::Command,
        ActionKind::HoldDisk(_) => Surprise::Hold,
        ActionKind::LoseDisk(_) => Surprise::Disk,
        ActionKind::JumpClock { .. } => Surprise::Jump,
        _ => return None,
    })
}

/// Whether a node runs and leads.
pub(super) fn leads(world: &World, node: NodeId) -> bool {
    world.status(node) == Status::Up && world.node_view(node).shape == Shape::Double
}

fn count(world: &World, shape: Shape) -> u16 {
    let nodes = (0..world.config().nodes).map(NodeId);
    let up = nodes.filter(|node| world.status(*node) == Status::Up);
    up.filter(|node| world.node_view(*node).shape == shape).count() as u16
}

impl Plan {
    /// Whether only those actions of a kind may happen that are on offer.
    pub(super) fn is_narrowed(&self, surprise: Surprise) -> bool {
        self.acts.iter().any(|kind| surprise_of(kind) == Some(surprise))
    }

    /// Whether any message is left out of the worlds that it would be in flight in.
    pub(super) fn loses_any(&self) -> bool {
        self.reductions.dead || self.is_timely
    }

    /// Whether a message that would be in flight in a world is left out of it.
    pub(super) fn loses(&self, world: &Apart, envelope: &Envelope) -> bool {
        (self.reductions.dead && world.would_be_dead(envelope))
            || (self.is_timely && world.would_be_late(envelope))
    }

    /// Whether what is looked for is about messages in flight, too, rather than only about what nodes and
    /// clients know.
    pub(super) fn needs_messages(&self) -> bool {
        let of_goal = self.goal.iter().any(|goal| goal.needs_messages());
        of_goal || (self.goal.is_empty() && self.properties.look_ahead())
    }

    /// The usual plan for a protocol.
    pub fn usual(sheet: &Sheet) -> Self {
        Plan {
            budget: Budget::usual(),
            offers: usual_offers(sheet),
            acts: Vec::new(),
            silent_timers: 0,
            asks_leaders: false,
            is_timely: false,
            wait_ms: WAIT_MS,
            reductions: Reductions::USUAL,
            goal: Vec::new(),
            properties: Properties::USUAL,
        }
    }
}

/// Two writes of one key and two reads, two proposals, or two payments.
fn usual_offers(sheet: &Sheet) -> Vec<Operation> {
    let text = |text: &str| Text::from(text);
    let put = |key: &str, value: &str| Operation::Put { key: text(key), value: text(value) };
    let get = || Operation::Get { key: text("x") };
    if sheet.operations.contains(&PROPOSE) {
        ["a", "b", "c"].map(|value| Operation::Propose { value: text(value) }).to_vec()
    } else if sheet.operations.contains(&TRANSFER) && sheet.operations.len() == 3 {
        let pay = |amount| Operation::Transfer { payer: text("a"), payee: text("b"), amount };
        vec![put("a", "9"), pay(1), pay(2), Operation::Get { key: text("a") }]
    } else if sheet.operations.contains(&PUT) {
        vec![put("x", "1"), put("x", "2"), get(), get()]
    } else {
        Vec::new()
    }
}
