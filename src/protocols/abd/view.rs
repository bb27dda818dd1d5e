//! How a node looks to a person.

use super::state::{Disk, Node, Operation, Phase};
use crate::view::{Field, NodeView, Shape};

/// The most registers that stand in the node itself.
const BADGES_MAX: usize = 1;

/// A running node.
pub fn node_view(node: &Node) -> NodeView {
    let mut view = disk_fields(&node.disk);
    (view.role, view.shape) = if !node.operations.is_empty() {
        ("coordinator", Shape::Dashed)
    } else {
        ("replica", Shape::Plain)
    };
    view.volatile = vec![
        Field::new("role", view.role),
        Field::new("operations open", node.operations.len()),
        Field::new("rounds begun", node.rounds),
    ];
    view.volatile.extend(node.operations.iter().map(operation_field));
    if let Some(answered) = &node.answered {
        let tag = answered.version.as_ref().map_or("none".to_owned(), |it| it.tag.to_string());
        let words = format!("{}: {} (tag {tag})", answered.request.operation, answered.outcome);
        view.volatile.push(Field::new("last answer", words));
    }
    view
}

/// What is left of a crashed node.
pub fn disk_view(disk: &Disk) -> NodeView {
    NodeView { role: "crashed", ..disk_fields(disk) }
}

fn disk_fields(disk: &Disk) -> NodeView {
    let badge = |(key, version): (&crate::operation::Text, &super::Version)| {
        format!("{key}={} {}", version.value, version.tag)
    };
    let mut durable = vec![Field::new("starts", disk.starts)];
    durable.extend(
        (disk.registers.iter())
            .map(|(key, version)| Field::new(format!("tag of {key}"), version.tag)),
    );
    durable.extend(disk.puts.iter().map(|(session, known)| {
        Field::new(
            format!("session {session}"),
            format!("put {} has tag {}", known.sequence, known.tag),
        )
    }));
    NodeView {
        period: disk.registers.values().map(|version| version.tag.counter).max().unwrap_or(0),
        badges: disk.registers.iter().take(BADGES_MAX).map(badge).collect(),
        durable,
        data: (disk.registers.iter())
            .map(|(key, version)| Field::new(&**key, &version.value))
            .collect(),
        ..NodeView::default()
    }
}

fn operation_field(operation: &Operation) -> Field {
    let phase = match &operation.phase {
        Phase::Query { highest: None, .. } => "queries, no tag yet".to_owned(),
        Phase::Query { highest: Some(highest), .. } => {
            format!("queries, highest tag {}", highest.tag)
        }
        Phase::Store { version, .. } => format!("stores tag {}", version.tag),
    };
    Field::new(
        format!("operation {}", operation.number),
        format!("{}: {phase}, heard {}", operation.request.operation, operation.heard),
    )
}
