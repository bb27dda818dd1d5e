//! How a Raft node looks to a person.

use super::log::{Command, Log};
use super::state::{Disk, Node, Role};
use crate::ids::{NodeId, NodeSet};
use crate::view::{Field, LOG_CELLS_MAX, LogCell, LogView, NodeView, Shape};

/// A running node.
pub fn node_view(node: &Node) -> NodeView {
    let (role, shape) = match node.role {
        Role::Follower => ("follower", Shape::Plain),
        Role::PreCandidate { .. } => ("pre-candidate", Shape::Dotted),
        Role::Candidate { .. } => ("candidate", Shape::Dashed),
        Role::Leader(_) => ("leader", Shape::Double),
    };
    let log = &node.disk.log;
    let mut view = disk_fields(&node.disk, node.commit);
    view.role = role;
    view.shape = shape;
    view.badges = vec![format!("log {}", log.last_index()), format!("commit {}", node.commit)];
    view.volatile = vec![
        Field::new("role", role),
        Field::new("leader", node.leader.map_or("none".to_owned(), |leader| leader.to_string())),
        Field::new("commit index", node.commit),
        Field::new("last applied", node.applied),
    ];
    match &node.role {
        Role::Follower => {}
        Role::PreCandidate { granted } => {
            view.volatile.push(Field::new("would vote", names(*granted)))
        }
        Role::Candidate { granted } => view.volatile.push(Field::new("votes", names(*granted))),
        Role::Leader(leader) => {
            view.volatile.push(Field::new("next index", per_node(&leader.next)));
            view.volatile.push(Field::new("match index", per_node(&leader.matched)));
            view.volatile.push(Field::new("heard from", names(leader.heard)));
            if leader.round > 0 {
                view.volatile.push(Field::new("round", leader.round));
                view.volatile.push(Field::new("round answered", per_node(&leader.answered)));
            }
            if leader.lease_until_ms > 0 {
                view.volatile
                    .push(Field::new("lease until", format!("{} ms", leader.lease_until_ms)));
            }
            if !leader.reads.is_empty() {
                view.volatile.push(Field::new("reads waiting", leader.reads.len()));
            }
            if let Some(target) = leader.transferee {
                view.volatile.push(Field::new("handing over to", target));
            }
        }
    }
    view.data = node.store.fields();
    view
}

/// What is left of a crashed node.
pub fn disk_view(disk: &Disk) -> NodeView {
    let mut view = disk_fields(disk, 0);
    view.role = "crashed";
    view.badges = vec![format!("log {}", disk.log.last_index())];
    view
}

fn disk_fields(disk: &Disk, commit: u64) -> NodeView {
    let voted_for = disk.voted_for.map_or("nobody".to_owned(), |node| node.to_string());
    NodeView {
        period: disk.term,
        durable: vec![Field::new("term", disk.term), Field::new("voted for", voted_for)],
        logs: vec![log_view(&disk.log, commit)],
        ..NodeView::default()
    }
}

fn log_view(log: &Log, commit: u64) -> LogView {
    let skipped = log.last_index().saturating_sub(LOG_CELLS_MAX as u64);
    let cell = |(index, entry): (u64, &std::sync::Arc<super::Entry>)| LogCell {
        index,
        period: entry.term,
        text: match &entry.command {
            Command::Blank => "blank".to_owned(),
            Command::Request(request) => request.operation.to_string(),
        },
        committed: index <= commit,
    };
    let cells = log.iter().skip(skipped as usize).map(cell).collect();
    LogView { title: "log", durable: true, cells, skipped }
}

fn names(nodes: NodeSet) -> String {
    if nodes.is_empty() { "nobody".to_owned() } else { nodes.to_string() }
}

fn per_node(values: &[u64]) -> String {
    let each = |(index, value): (usize, &u64)| format!("{} {value}", NodeId(index as u16));
    values.iter().enumerate().map(each).collect::<Vec<_>>().join(" · ")
}
