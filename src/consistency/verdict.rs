//! What a checker answers. It never answers "holds" by default: a check that stops early says which
//! limit stopped it, and one that cannot be made says why.

/// How much one check may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Steps of search; some ten million take a second.
    pub steps: u64,
    /// Bytes of memory for what the search remembers.
    pub memory_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { steps: 50_000_000, memory_bytes: 256 << 20 }
    }
}

/// Records in an order, by their places in the history.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Order {
    /// Whose view it is, as client and session; `None` where one order is everybody's.
    pub viewer: Option<(u32, u32)>,
    /// The records. One that is open and missing never took effect.
    pub records: Vec<u32>,
}

/// What a check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The model holds, because of these orders: one for all, or one for each session.
    Holds(Vec<Order>),
    /// The model is broken.
    Violated(Violation),
    /// The check stopped at a limit, which is named, and found nothing so far.
    GaveUp(&'static str),
    /// The model does not say anything about this history, or the history not enough for the model.
    NotApplicable(&'static str),
}

/// Why a model is broken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Violation {
    /// The operations that cannot be ordered, in the order of their calls: none of them can be
    /// left out, as far as the check could afford to try.
    pub culprits: Vec<u32>,
    /// The position of the return at which it shows: the first such return where the model respects
    /// real time, otherwise the last of the culprits.
    pub at: u64,
    /// Why, in one sentence.
    pub explanation: String,
    /// The longest order that the search could make of the history.
    pub longest: Order,
    /// How many partial orders were tried.
    pub tried: u64,
}

impl Verdict {
    /// Whether the model holds; `None` where that is not known.
    pub fn holds(&self) -> Option<bool> {
        match self {
            Verdict::Holds(_) => Some(true),
            Verdict::Violated(_) => Some(false),
            Verdict::GaveUp(_) | Verdict::NotApplicable(_) => None,
        }
    }
}
