//! How a Multi-Paxos node looks to a person.

use super::pvalue::{Command, Pvalue, Slots};
use super::state::{Disk, Node, Role};
use crate::ids::NodeSet;
use crate::view::{Field, LOG_CELLS_MAX, LogCell, LogView, NodeView, Shape};

/// A running node.
pub fn node_view(node: &Node) -> NodeView {
    let (role, shape) = match node.role {
        Role::Replica => ("replica", Shape::Plain),
        Role::Candidate(_) => ("candidate", Shape::Dashed),
        Role::Leader(_) => ("leader", Shape::Double),
    };
    let mut view = disk_fields(&node.disk, Some(&node.decided));
    view.role = role;
    view.shape = shape;
    if let Some(ballot) = node.own_ballot() {
        view.period = ballot.number();
    }
    let last = node.disk.accepted.last();
    // Short, because they stand in the node: accepted up to, executed up to.
    view.badges = vec![format!("log {last}"), format!("done {}", node.executed)];
    view.volatile = vec![
        Field::new("role", role),
        Field::new("leader", node.leader.map_or("none".to_owned(), |leader| leader.to_string())),
        Field::new("executed up to", node.executed),
        Field::new("highest ballot seen", node.seen.max(node.disk.promised)),
        Field::new("times preempted", node.preempted),
        Field::new(
            "quorums",
            format!("phase 1: {} · phase 2: {}", node.quorums.phase_1, node.quorums.phase_2),
        ),
    ];
    match &node.role {
        Role::Replica => {}
        Role::Candidate(candidate) => {
            view.volatile.push(Field::new("promises", names(candidate.promised)));
            view.volatile.push(Field::new("asked from slot", candidate.first));
        }
        Role::Leader(leader) => {
            let each = |(slot, proposal): (&u64, &super::Proposal)| {
                format!("{slot}: {} by {}", proposal.command, names(proposal.accepted))
            };
            let proposals: Vec<String> = leader.proposals.iter().map(each).collect();
            let list = if proposals.is_empty() { "none".into() } else { proposals.join(" · ") };
            view.volatile.push(Field::new("proposals", list));
            view.volatile.push(Field::new("next slot", leader.next));
            if !leader.waiting.is_empty() {
                view.volatile.push(Field::new("waiting", leader.waiting.len()));
            }
        }
    }
    let accepted_as = |slot: u64, command: &Command| {
        let accepted = node.disk.accepted.get(slot);
        accepted
            .filter(|pvalue| *pvalue.command == *command)
            .map_or(0, |pvalue| pvalue.ballot.number())
    };
    view.logs.push(LogView {
        title: "decided",
        durable: false,
        cells: cells(&node.decided, |slot, command| LogCell {
            index: slot,
            // A ballot only where this node accepted the value too; a decision carries none.
            period: accepted_as(slot, command),
            text: command.to_string(),
            committed: true,
        }),
        skipped: node.decided.last().saturating_sub(LOG_CELLS_MAX as u64),
    });
    view.data = node.store.fields();
    view
}

/// What is left of a crashed node.
pub fn disk_view(disk: &Disk) -> NodeView {
    let mut view = disk_fields(disk, None);
    view.role = "crashed";
    view.badges = vec![format!("log {}", disk.accepted.last())];
    view
}

fn disk_fields(disk: &Disk, decided: Option<&Slots<Command>>) -> NodeView {
    NodeView {
        period: disk.promised.number(),
        durable: vec![Field::new("promised", disk.promised)],
        logs: vec![accepted_view(&disk.accepted, decided)],
        ..NodeView::default()
    }
}

fn accepted_view(accepted: &Slots<Pvalue>, decided: Option<&Slots<Command>>) -> LogView {
    let cell = |slot: u64, pvalue: &Pvalue| LogCell {
        index: slot,
        period: pvalue.ballot.number(),
        text: pvalue.command.to_string(),
        committed: decided.is_some_and(|decided| decided.get(slot) == Some(&pvalue.command)),
    };
    LogView {
        title: "accepted",
        durable: true,
        cells: cells(accepted, cell),
        skipped: accepted.last().saturating_sub(LOG_CELLS_MAX as u64),
    }
}

/// One cell for each slot up to the last, so that holes are seen.
fn cells<T: std::hash::Hash>(slots: &Slots<T>, cell: impl Fn(u64, &T) -> LogCell) -> Vec<LogCell> {
    let skipped = slots.last().saturating_sub(LOG_CELLS_MAX as u64);
    (skipped + 1..=slots.last())
        .map(|slot| match slots.get(slot) {
            Some(entry) => cell(slot, entry),
            None => LogCell { index: slot, period: 0, text: "hole".to_owned(), committed: false },
        })
        .collect()
}

fn names(nodes: NodeSet) -> String {
    if nodes.is_empty() { "nobody".to_owned() } else { nodes.to_string() }
}
