//! How a node of three-phase commit looks to a person.

use super::state::{Disk, Node, Quorums, sites};
use crate::protocols::bank::{self, State};
use crate::view::{Field, NodeView, Shape};

/// A running node.
pub fn node_view(node: &Node) -> NodeView {
    let mut view = disk_view(&node.disk);
    let shard = &node.disk.shard;
    let state = shard.undecided().next().map(|(_, record)| record.state);
    view.role = state.map_or("ready", State::word);
    view.shape = if state.is_some() { Shape::Dotted } else { Shape::Plain };
    if node.coordinates {
        (view.role, view.shape) = ("coordinator", Shape::Double);
    } else if !node.heard.is_empty() {
        (view.role, view.shape) = ("takes-over", Shape::Dashed);
    }
    view.volatile = vec![Field::new("role", view.role)];
    for (tx, voting) in &node.voting {
        view.badges.insert(0, [&tx.to_string(), " yes ", &voting.yes.len().to_string()].concat());
        view.volatile.push(Field::new(format!("{tx} yes"), voting.yes));
    }
    for (tx, heard) in &node.heard {
        let words: Vec<String> =
            heard.iter().map(|(id, state)| format!("{id} {}", state.word())).collect();
        let participants = shard.records.get(tx).map(|record| record.participants);
        let quorums = Quorums::of(sites(participants.unwrap_or_default()).len());
        view.volatile.push(Field::new(
            format!("{tx} heard"),
            match words.is_empty() {
                true => "nobody".to_owned(),
                false => words.join(" \u{b7} "),
            },
        ));
        let needed = format!("{} to commit, {} to abort", quorums.commit, quorums.abort);
        view.volatile.push(Field::new(format!("{tx} needs"), needed));
    }
    if !node.reads.waiting.is_empty() {
        view.volatile.push(Field::new("reads waiting", node.reads.waiting.len()));
    }
    // Where the role does not say it already, and no votes are counted.
    let first = shard.undecided().next().filter(|(_, record)| record.state.word() != view.role);
    if let Some((tx, record)) = first.filter(|_| node.voting.is_empty()) {
        view.badges.insert(0, [&tx.to_string(), " ", record.state.word()].concat());
    }
    view.badges.truncate(3);
    view
}

/// What is left of a crashed node.
pub fn disk_view(disk: &Disk) -> NodeView {
    bank::disk_view(&disk.shard, &disk.register)
}
