//! How a node and the cluster look to a person.

use super::Paxos;
use super::ballot::Proposal;
use super::message::or_nothing;
use super::sizes::Sizes;
use super::state::{Attempt, Disk, Node};
use crate::ids::NodeSet;
use crate::operation::Text;
use crate::protocol::Cluster;
use crate::sorted::SortedMap;
use crate::view::{Field, LogCell, LogView, Meter, NodeView, Shape};

/// The most characters of a value that stand in the node itself.
const BADGE_CHARS_MAX: usize = 8;

/// A running node.
pub fn node_view(node: &Node) -> NodeView {
    let mut view = disk_fields(&node.disk, node.learned.as_ref());
    (view.role, view.shape) = match node.attempt {
        Attempt::Preparing { .. } => ("preparing", Shape::Dashed),
        Attempt::Accepting { .. } => ("proposing", Shape::Double),
        Attempt::Waiting => ("waiting", Shape::Dotted),
        Attempt::Idle if node.learned.is_some() => ("learner", Shape::Plain),
        Attempt::Idle => ("acceptor", Shape::Plain),
    };
    if let Some(ballot) = node.ballot() {
        view.period = ballot.number();
    }
    if let Some(value) = &node.learned {
        let is_accepted = node.disk.accepted.as_ref().is_some_and(|it| it.value == *value);
        view.badges.push(match is_accepted {
            true => "chosen".to_owned(),
            false => format!("chosen {}", clipped(value)),
        });
        view.data.push(Field::new("chosen", value));
    }
    view.volatile = vec![
        Field::new("role", view.role),
        Field::new("learned", or_nothing(&node.learned)),
        Field::new("own value", or_nothing(&node.requests.first().map(super::proposer::value_of))),
    ];
    match &node.attempt {
        Attempt::Idle => {}
        Attempt::Waiting => view.volatile.push(Field::new("refused for", node.seen)),
        Attempt::Preparing { ballot, promised, highest } => {
            view.volatile.push(Field::new("asks for", ballot));
            view.volatile.push(Field::new("promises", names(*promised)));
            view.volatile.push(Field::new("highest told", or_nothing(highest)));
        }
        Attempt::Accepting { proposal } => {
            view.volatile.push(Field::new("proposes", proposal));
        }
    }
    for (acceptor, proposal) in &node.heard {
        view.volatile.push(Field::new(format!("{acceptor} accepted"), proposal));
    }
    if !node.requests.is_empty() {
        view.volatile.push(Field::new("clients waiting", node.requests.len()));
    }
    view
}

/// What is left of a crashed node.
pub fn disk_view(disk: &Disk) -> NodeView {
    NodeView { role: "crashed", ..disk_fields(disk, None) }
}

fn disk_fields(disk: &Disk, learned: Option<&Text>) -> NodeView {
    let cell = |accepted: &Proposal| LogCell {
        index: 1,
        period: accepted.ballot.number(),
        text: accepted.value.to_string(),
        committed: learned == Some(&accepted.value),
    };
    let badge = |accepted: &Proposal| format!("{}:{}", accepted.ballot, clipped(&accepted.value));
    NodeView {
        period: disk.promised.number(),
        badges: disk.accepted.iter().map(badge).collect(),
        durable: vec![
            Field::new("promised", disk.promised),
            Field::new("accepted", or_nothing(&disk.accepted)),
            Field::new("attempted", disk.attempted),
        ],
        logs: vec![LogView {
            title: "accepted",
            durable: true,
            cells: disk.accepted.iter().map(cell).collect(),
            skipped: 0,
        }],
        ..NodeView::default()
    }
}

fn clipped(value: &Text) -> String {
    let mut short: String = value.chars().take(BADGE_CHARS_MAX).collect();
    if short.len() < value.len() {
        short.push('…');
    }
    short
}

fn names(nodes: NodeSet) -> String {
    if nodes.is_empty() { "nobody".to_owned() } else { nodes.to_string() }
}

/// How far phase 1, phase 2 and learning have got in the whole cluster.
pub fn meters(cluster: &Cluster<'_, Paxos>) -> Vec<Meter> {
    let sizes = Sizes::of(cluster.node_count(), cluster.settings);
    let highest = sizes.acceptors().map(|id| cluster.disk(id).promised).max().unwrap_or_default();
    let has_promised =
        |id: &crate::ids::NodeId| highest.round > 0 && cluster.disk(*id).promised == highest;
    let mut accepted: SortedMap<&Proposal, u64> = SortedMap::new();
    for proposal in sizes.acceptors().filter_map(|id| cluster.disk(id).accepted.as_ref()) {
        *accepted.entry(proposal).or_default() += 1;
    }
    let knows =
        |id: &crate::ids::NodeId| cluster.node(*id).is_some_and(|node| node.learned.is_some());
    let acceptors = u64::from(sizes.acceptors);
    vec![
        Meter {
            name: "promises of the highest ballot",
            value: sizes.acceptors().filter(has_promised).count() as u64,
            of: acceptors,
        },
        Meter {
            name: "acceptances of one proposal",
            value: accepted.into_values().max().unwrap_or(0),
            of: acceptors,
        },
        Meter {
            name: "nodes that know what is chosen",
            value: cluster.ids().filter(knows).count() as u64,
            of: u64::from(cluster.node_count()),
        },
    ]
}
