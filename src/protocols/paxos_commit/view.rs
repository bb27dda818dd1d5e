//! How a node of Paxos Commit looks to a person.

use super::message::word;
use super::state::{Acceptor, Disk, Node};
use crate::protocols::bank::{self, State, Tx};
use crate::view::{Field, NodeView, Shape};

/// A running node.
pub fn node_view(node: &Node) -> NodeView {
    let mut view = disk_view(&node.disk);
    let shard = &node.disk.shard;
    let first = shard.undecided().next();
    view.role = first.map_or("ready", |(_, record)| State::word(record.state));
    view.shape = if first.is_some() { Shape::Dotted } else { Shape::Plain };
    if node.coordinates {
        (view.role, view.shape) = ("leader", Shape::Double);
    } else if !node.leading.is_empty() {
        (view.role, view.shape) = ("new-leader", Shape::Dashed);
    }
    view.volatile = vec![Field::new("role", view.role)];
    for (tx, leading) in &node.leading {
        view.volatile.push(Field::new(format!("{tx} ballot"), leading.ballot));
        if !leading.proposes {
            view.volatile.push(Field::new(format!("{tx} promised by"), leading.promised));
        }
        for (instance, (vote, by)) in &leading.accepted {
            let words = [word(*vote), " at ", &by.to_string()].concat();
            view.volatile.push(Field::new(format!("{tx} {instance}"), words));
        }
    }
    if !node.reads.waiting.is_empty() {
        view.volatile.push(Field::new("reads waiting", node.reads.waiting.len()));
    }
    // Where the role does not say it already.
    if let Some((tx, record)) = first.filter(|(_, record)| record.state.word() != view.role) {
        view.badges.insert(0, [&tx.to_string(), " ", record.state.word()].concat());
    }
    view.badges.truncate(3);
    view
}

/// What is left of a crashed node.
pub fn disk_view(disk: &Disk) -> NodeView {
    let mut view = bank::disk_view(&disk.shard, &disk.register);
    // What was accepted matters until the decision is known.
    let is_open = |tx: Tx| !disk.shard.state(tx).is_some_and(State::is_decided);
    for (tx, acceptor) in disk.acceptors.iter().filter(|(tx, _)| is_open(**tx)) {
        view.durable.push(Field::new(format!("{tx} promised"), acceptor.promised));
        view.durable.push(Field::new(format!("{tx} accepted"), accepted(acceptor)));
    }
    view
}

fn accepted(acceptor: &Acceptor) -> String {
    let mut text = String::new();
    for (instance, (ballot, vote)) in &acceptor.accepted {
        if !text.is_empty() {
            text.push_str(" \u{b7} ");
        }
        let parts = [&instance.to_string(), " ", word(*vote), " in ", &ballot.to_string()];
        text.push_str(&parts.concat());
    }
    if text.is_empty() { "nothing".to_owned() } else { text }
}
