//! How a node of active replication looks to a person.

use super::log::{Entry, Log};
use super::state::{Disk, Node, Role};
use crate::ids::NodeId;
use crate::view::{Field, LOG_CELLS_MAX, LogCell, LogView, NodeView, Shape};

/// A running node.
pub fn node_view(node: &Node) -> NodeView {
    let (role, shape) = match node.role {
        Role::Replica => ("replica", Shape::Plain),
        Role::Collector(_) => ("collector", Shape::Dashed),
        Role::Sequencer { .. } => ("sequencer", Shape::Double),
    };
    let mut view = disk_fields(&node.disk, node.stable);
    view.role = role;
    view.shape = shape;
    // Short, because they stand in the node: received up to, delivered up to.
    view.badges =
        vec![format!("got {}", node.disk.log.len()), format!("done {}", node.delivered_up_to)];
    view.volatile = vec![
        Field::new("role", role),
        Field::new("sequencer of the epoch", node.sequencer()),
        Field::new("stable up to", node.stable),
        Field::new("delivered up to", node.delivered_up_to),
    ];
    if !node.early.is_empty() {
        let numbers: Vec<String> = node.early.keys().map(u64::to_string).collect();
        view.volatile.push(Field::new("held back", numbers.join(" ")));
    }
    if !node.pending.is_empty() {
        let each = |cast: &super::Cast| cast.request.operation.to_string();
        let list: Vec<String> = node.pending.iter().map(each).collect();
        view.volatile.push(Field::new("broadcast, not delivered", list.join(" · ")));
    }
    match &node.role {
        Role::Replica => {}
        Role::Collector(collector) => {
            view.volatile.push(Field::new("collected from", collector.heard));
            let (last, epoch) = (collector.log.len(), collector.installed);
            view.volatile.push(Field::new("best history", format!("{last} of E{epoch}")));
        }
        Role::Sequencer { acked } => {
            let each = |(place, up_to): (usize, &u64)| format!("{} {up_to}", NodeId(place as u16));
            let list: Vec<String> = acked.iter().enumerate().map(each).collect();
            view.volatile.push(Field::new("acknowledged", list.join(" · ")));
        }
    }
    view.logs.push(log_view("delivered", false, &node.delivered, u64::MAX));
    view.data = node.store.fields();
    view
}

/// What is left of a crashed node.
pub fn disk_view(disk: &Disk) -> NodeView {
    let mut view = disk_fields(disk, 0);
    view.role = "crashed";
    view.badges = vec![format!("got {}", disk.log.len())];
    view
}

fn disk_fields(disk: &Disk, stable: u64) -> NodeView {
    NodeView {
        period: disk.epoch,
        durable: vec![
            Field::new("epoch", disk.epoch),
            Field::new("history of epoch", disk.installed),
            Field::new("starts", disk.starts),
        ],
        logs: vec![log_view("received", true, &disk.log, stable)],
        ..NodeView::default()
    }
}

fn log_view(title: &'static str, durable: bool, log: &Log, stable: u64) -> LogView {
    let skipped = log.len().saturating_sub(LOG_CELLS_MAX as u64);
    let cell = |entry: &std::sync::Arc<Entry>| LogCell {
        index: entry.number,
        period: entry.epoch,
        text: entry.to_string(),
        committed: entry.number <= stable,
    };
    let cells = log.iter().skip(skipped as usize).map(cell).collect();
    LogView { title, durable, cells, skipped }
}
