//! How a node of Paxos Commit looks to a person.

use super::message::word;
use super::state::{Acceptor, Disk, Node};
use crate::protocols::bank::{self, State};
use crate::view::{Field, NodeView, Shape};

/// A running node.
pub fn node_view(node: &Node) -> NodeView {
    let mut view = disk_fields(&node.disk);
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
    if !node.waiting.is_empty() {
        view.volatile.push(Field::new("reads waiting", node.waiting.len()));
    }
    if let Some((tx, record)) = first {
        view.badges.insert(0, [&tx.to_string(), " ", record.state.word()].concat());
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
        durable.push(Field::new("sessions answered", disk.answered.len()));
    }
    durable.extend(bank::record_fields(shard));
    // What was accepted matters until the decision is known.
    let open = disk.acceptors.iter();
    for (tx, acceptor) in open.filter(|(tx, _)| !shard.state(**tx).is_some_and(State::is_decided)) {
        durable.push(Field::new(format!("{tx} promised"), acceptor.promised));
        durable.push(Field::new(format!("{tx} accepted"), accepted(acceptor)));
    }
    NodeView {
        period: shard.records.keys().next_back().map_or(0, |tx| tx.0).into(),
        badges: bank::account_badges(shard),
        durable,
        logs: vec![bank::record_log(shard)],
        data: bank::account_fields(shard),
        ..NodeView::default()
    }
}

fn accepted(acceptor: &Acceptor) -> String {
    let mut text = String::new();
    for (instance, (ballot, vote)) in &acceptor.accepted {
        if !text.is_empty() {
            text.push(' ');
        }
        let parts = [&instance.to_string(), " ", word(*vote), " in ", &ballot.to_string()];
        text.push_str(&parts.concat());
    }
    if text.is_empty() { "nothing".to_owned() } else { text }
}
