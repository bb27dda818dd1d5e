//! How things look to a person: what the core tells the page and the transcripts.
//!
//! The page draws these and knows no protocol. If it ever needs an `if` on a protocol's name, a
//! field is missing here.

use serde::Serialize;

/// A node in words and tables.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NodeView {
    /// The role in one word.
    pub role: &'static str,
    /// The role's shape on the stage.
    pub shape: Shape,
    /// The term, ballot or view it is in.
    pub period: u64,
    /// The two or three facts that matter, short enough to stand in the node.
    pub badges: Vec<String>,
    /// What survives a crash.
    pub durable: Vec<Field>,
    /// What a crash forgets.
    pub volatile: Vec<Field>,
    /// Its logs.
    pub logs: Vec<LogView>,
    /// Its copy of the data, as key and value.
    pub data: Vec<Field>,
}

/// How a role is drawn. Append only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    /// A plain outline: it follows.
    #[default]
    Plain,
    /// A double outline: it leads.
    Double,
    /// A dashed outline: it tries to lead.
    Dashed,
    /// A dotted outline: it asks whether trying is worth while.
    Dotted,
}

/// A named value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Field {
    /// The name, in the paper's words.
    pub name: String,
    /// The value in words.
    pub value: String,
}

impl Field {
    /// A field from anything that prints.
    pub fn new(name: impl Into<String>, value: impl ToString) -> Self {
        Field { name: name.into(), value: value.to_string() }
    }
}

/// A log as a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LogView {
    /// What it is a log of.
    pub title: &'static str,
    /// Whether it survives a crash.
    pub durable: bool,
    /// The entries in order; where there are very many, the last [`LOG_CELLS_MAX`].
    pub cells: Vec<LogCell>,
    /// How many entries came before the first cell.
    pub skipped: u64,
}

/// The most log entries a view holds.
pub const LOG_CELLS_MAX: usize = 200;

/// One entry of a log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LogCell {
    /// Its place.
    pub index: u64,
    /// The term, ballot or view it was made in.
    pub period: u64,
    /// What it holds.
    pub text: String,
    /// Whether it is agreed for ever, as far as this node knows.
    pub committed: bool,
}

/// The arithmetic that a protocol's safety rests on, with the numbers of a cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Formula {
    /// As the paper writes it: `R + W > N`.
    pub text: &'static str,
    /// With the numbers: `2 + 2 > 3`.
    pub filled: String,
    /// Whether it holds.
    pub holds: bool,
    /// What follows from its holding, or from its not holding.
    pub meaning: String,
    /// The quorums it speaks of, by name and size. Drawn as sets of nodes that are as far apart as
    /// they can be: those that still meet are the nodes that carry the knowledge over.
    pub quorums: Vec<Quorum>,
}

impl Formula {
    /// Whether two quorums of different kinds always share a node.
    pub fn quorums_meet(
        text: &'static str,
        nodes: u16,
        [one, other]: [Quorum; 2],
        meaning: impl FnOnce(Option<u32>) -> String,
    ) -> Self {
        let shared = (one.size + other.size).checked_sub(nodes.into()).filter(|least| *least > 0);
        Formula {
            text,
            filled: format!("{} + {} > {nodes}", one.size, other.size),
            holds: shared.is_some(),
            meaning: meaning(shared),
            quorums: vec![one, other],
        }
    }

    /// How many nodes may be down, where everything waits for at most `waits_for` of them: fewer
    /// than half, or both sides of a partition can go on.
    pub fn nodes_down(nodes: u16, waits_for: u32) -> Self {
        let nodes = u32::from(nodes);
        let down = nodes.saturating_sub(waits_for);
        let holds = nodes > 2 * down;
        let meaning = match (holds, down) {
            (true, 0) => "Some step waits for every node, so none may be down.".to_owned(),
            (true, down) => format!(
                "With f = {down} of {nodes} down the others go on, but never both sides of a partition."
            ),
            (false, down) => format!(
                "With f = {down} of {nodes} down the others go on, so both sides of a partition can."
            ),
        };
        Formula {
            text: "N ≥ 2f + 1",
            filled: format!("{nodes} ≥ 2·{down} + 1"),
            holds,
            meaning,
            quorums: Vec::new(),
        }
    }
}

/// What is wrong with a quorum that is set larger than its cluster.
pub fn larger_than_cluster(name: &str, size: u32, nodes: u16) -> Option<String> {
    (size > u32::from(nodes))
        .then(|| format!("{name} {size} can never be reached: the cluster has {nodes} nodes"))
}

/// A quorum by size.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Quorum {
    /// What it is for: `read`, `write`.
    pub name: &'static str,
    /// How many nodes it has.
    pub size: u32,
}

/// Something measured over the whole cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Meter {
    /// What is measured: `nodes that agree`.
    pub name: &'static str,
    /// How much there is.
    pub value: u64,
    /// How much there could be; the meter is full then.
    pub of: u64,
}

/// A message in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MessageLabel {
    /// A few characters for the pill that flies.
    pub short: String,
    /// Everything in it.
    pub fields: Vec<Field>,
}

impl MessageLabel {
    /// All fields in one line: `term 2 · last log 3`.
    pub fn detail(&self) -> String {
        let mut text = String::new();
        for field in &self.fields {
            if !text.is_empty() {
                text.push_str(" · ");
            }
            text.push_str(&field.name);
            text.push(' ');
            text.push_str(&field.value);
        }
        text
    }
}
