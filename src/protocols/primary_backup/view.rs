//! How a node looks to a person: the five steps by name, and who is who.

use super::history::History;
use super::message::{names, view_fields};
use super::state::{Disk, Node, Primary, Role};
use crate::ids::{NodeId, NodeSet};
use crate::protocol::Cluster;
use crate::view::{Field, LOG_CELLS_MAX, LogCell, LogView, Meter, NodeView, Shape};

/// A running node.
pub fn node_view(node: &Node) -> NodeView {
    let disk = &node.disk;
    let stable = match &node.role {
        Role::Primary(primary) => primary.stable,
        _ => 0,
    };
    let mut view = disk_fields(disk, stable);
    (view.role, view.shape) = match &node.role {
        Role::Service(_) => ("view service", Shape::Dotted),
        Role::Primary(_) => ("primary", Shape::Double),
        Role::Backup if disk.is_acknowledged() => ("backup", Shape::Plain),
        Role::Backup => ("uninitialised", Shape::Dashed),
        Role::Idle => ("idle", Shape::Dashed),
    };
    view.badges = badges(disk, disk.is_acknowledged());
    view.volatile = vec![Field::new("role", view.role)];
    match &node.role {
        Role::Service(service) => {
            let heard: NodeSet = service.heard.keys().copied().collect();
            view.volatile.push(Field::new("heard from", names(heard)));
            view.volatile.push(Field::new("taken for dead by command", names(service.suspected)));
        }
        Role::Primary(primary) => view.volatile.extend(primary_steps(disk, primary)),
        Role::Backup | Role::Idle => view.volatile.extend(backup_steps(disk)),
    }
    view.data = node.store.fields();
    view
}

/// What is left of a crashed node.
pub fn disk_view(disk: &Disk) -> NodeView {
    let mut view = disk_fields(disk, 0);
    view.role = "crashed";
    view.badges = badges(disk, disk.is_acknowledged());
    view
}

fn badges(disk: &Disk, is_acknowledged: bool) -> Vec<String> {
    if !disk.serves_views {
        return vec![format!("has {}", disk.history.last())];
    }
    let Some(primary) = disk.view.primary else { return vec!["no view".to_owned()] };
    let mark = if is_acknowledged { "ack" } else { "no ack" };
    let backups = disk.view.backups;
    let who = if backups.is_empty() {
        format!("{primary} alone")
    } else {
        format!("{primary} + {backups}")
    };
    vec![who, mark.to_owned()]
}

fn disk_fields(disk: &Disk, stable: u64) -> NodeView {
    let mut durable = view_fields(&disk.view);
    durable.push(Field::new("acknowledged view", disk.acknowledged));
    let mut logs = Vec::new();
    if !disk.serves_views {
        durable.push(Field::new("updates", disk.history.last()));
        durable.push(Field::new("updates thrown away", disk.discarded));
        logs.push(log_view(&disk.history, stable));
    }
    NodeView { period: disk.view.number, durable, logs, ..NodeView::default() }
}

/// The five steps at the primary.
fn primary_steps(disk: &Disk, primary: &Primary) -> Vec<Field> {
    let backups = disk.view.backups;
    let missing = backups.without(primary.initialised);
    let initialise = if missing.is_empty() {
        format!("done: {}", names(backups))
    } else {
        format!("awaited: {missing}")
    };
    let detect = match &primary.detected {
        None => "nothing yet".to_owned(),
        Some(operation) if operation.is_read() => format!("{operation}: no change"),
        Some(operation) => format!("{operation}: a change"),
    };
    let last = disk.history.last();
    let is_behind =
        |backup: &NodeId| primary.acknowledged.get(backup).is_none_or(|place| *place < last);
    let behind: NodeSet = backups.iter().filter(is_behind).collect();
    let notify = if behind.is_empty() { "all notified".to_owned() } else { names(behind) };
    let each = |(backup, place): (&NodeId, &u64)| format!("{backup} {place}");
    let places: Vec<String> = primary.acknowledged.iter().map(each).collect();
    let mut fields = vec![
        Field::new("initialise", initialise),
        Field::new("detect", detect),
        Field::new("update", update(disk)),
        Field::new("notify", notify),
        Field::new(
            "acknowledge",
            if places.is_empty() { "none".to_owned() } else { places.join(" · ") },
        ),
        Field::new("clients waiting", primary.waiting.len()),
    ];
    if primary.stable > 0 {
        fields.push(Field::new("answered up to", primary.stable));
    }
    fields
}

/// The steps that a backup takes part in.
fn backup_steps(disk: &Disk) -> Vec<Field> {
    let is_ready = disk.is_acknowledged() && !disk.serves_views;
    let initialise = if is_ready { "done" } else { "awaited" };
    vec![
        Field::new("initialise", initialise),
        Field::new("update", update(disk)),
        Field::new("acknowledge", if is_ready { disk.history.last() } else { 0 }),
    ]
}

fn update(disk: &Disk) -> String {
    match disk.history.last_update() {
        None => "none".to_owned(),
        Some(update) => format!("{}: {}", disk.history.last(), update.change),
    }
}

fn log_view(history: &History, stable: u64) -> LogView {
    let skipped = history.last().saturating_sub(LOG_CELLS_MAX as u64);
    let cell = |(index, update): (u64, &std::sync::Arc<super::Update>)| LogCell {
        index,
        period: update.view,
        text: update.change.to_string(),
        committed: index <= stable,
    };
    let cells = history.iter().skip(skipped as usize).map(cell).collect();
    LogView { title: "updates", durable: true, cells, skipped }
}

/// How far the copies are from the primary of the latest view that has one.
pub fn meters(cluster: &Cluster<'_, super::PrimaryBackup>) -> Vec<Meter> {
    let primaries = cluster.ids().filter_map(|id| cluster.node(id));
    let latest = primaries
        .filter(|node| matches!(node.role, Role::Primary(_)))
        .max_by_key(|node| node.disk.view.number);
    let Some(node) = latest else { return Vec::new() };
    let Role::Primary(primary) = &node.role else { return Vec::new() };
    let history = &node.disk.history;
    let (last, chain) = (history.last(), history.chain_at(history.last()));
    let has_all = |id: &NodeId| {
        let copy = &cluster.disk(*id).history;
        copy.last() == last && copy.chain_at(last) == chain
    };
    let backups = node.disk.view.backups;
    vec![
        Meter {
            name: "backups with the whole state",
            value: backups.iter().filter(has_all).count() as u64,
            of: u64::from(backups.len()),
        },
        Meter { name: "updates answered for", value: primary.stable, of: last },
    ]
}
