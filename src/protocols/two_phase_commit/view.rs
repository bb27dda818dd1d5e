//! How a node of two-phase commit looks to a person.

use super::state::{Disk, Node};
use crate::protocols::bank;
use crate::view::{Field, NodeView, Shape};

/// A running node.
pub fn node_view(node: &Node) -> NodeView {
    let mut view = disk_fields(&node.disk);
    (view.role, view.shape) = if node.coordinates {
        ("coordinator", Shape::Double)
    } else if !node.in_doubt.is_empty() {
        ("in-doubt", Shape::Dotted)
    } else if node.disk.shard.undecided().next().is_some() {
        ("prepared", Shape::Dashed)
    } else {
        ("ready", Shape::Plain)
    };
    view.volatile = vec![Field::new("role", view.role)];
    for (tx, voting) in &node.voting {
        view.badges.push(format!("{tx} {}/{} yes", voting.yes.len(), voting.participants.len()));
        view.volatile.push(Field::new(format!("{tx} asked"), voting.participants));
        view.volatile.push(Field::new(format!("{tx} yes"), voting.yes));
    }
    for (tx, participants) in &node.disk.commits {
        let acknowledged = node.acknowledged.get(tx).copied().unwrap_or_default();
        let missing = participants.without(acknowledged);
        view.volatile.push(Field::new(format!("{tx} unacknowledged"), missing));
    }
    for (tx, uncertain) in &node.in_doubt {
        let name = format!("{tx} in doubt too");
        view.volatile.push(Field::new(
            name,
            if uncertain.is_empty() { "nobody known".to_owned() } else { uncertain.to_string() },
        ));
    }
    if !node.waiting.is_empty() {
        view.volatile.push(Field::new("reads waiting", node.waiting.len()));
    }
    view.badges.truncate(3);
    view
}

/// What is left of a crashed node.
pub fn disk_view(disk: &Disk) -> NodeView {
    NodeView { role: "crashed", ..disk_fields(disk) }
}

fn disk_fields(disk: &Disk) -> NodeView {
    let shard = &disk.shard;
    let mut durable = Vec::new();
    if disk.last > 0 {
        durable.push(Field::new("last number given", disk.last));
        let commits = bank::tx_list_or_none(disk.commits.keys().copied());
        durable.push(Field::new("commits to repeat", commits));
        durable.push(Field::new("sessions answered", disk.answered.len()));
    }
    durable.extend(bank::record_fields(shard));
    NodeView {
        period: shard.records.keys().next_back().map_or(disk.last, |tx| tx.0).into(),
        badges: bank::account_badges(shard),
        durable,
        logs: vec![bank::record_log(shard)],
        data: bank::account_fields(shard),
        ..NodeView::default()
    }
}
