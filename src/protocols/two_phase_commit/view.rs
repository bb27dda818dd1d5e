//! How a node of two-phase commit looks to a person.

use super::state::{Disk, Node};
use crate::protocols::bank;
use crate::view::{Field, NodeView, Shape};

/// A running node.
pub fn node_view(node: &Node) -> NodeView {
    let mut view = disk_view(&node.disk);
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
    if !node.reads.waiting.is_empty() {
        view.volatile.push(Field::new("reads waiting", node.reads.waiting.len()));
    }
    view.badges.truncate(3);
    view
}

/// What is left of a crashed node.
pub fn disk_view(disk: &Disk) -> NodeView {
    let mut view = bank::disk_view(&disk.shard, &disk.register);
    if disk.register.last > 0 {
        let commits = bank::tx_list(disk.commits.keys().copied());
        view.durable.insert(1, Field::new("commits to repeat", commits));
    }
    view
}
