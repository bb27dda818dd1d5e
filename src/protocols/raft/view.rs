//! How a Raft node looks to a person.

use super::log::{Command, Log};
use super::state::{Disk, Node, Role};
use crate::ids::{NodeId, NodeSet};
use crate::view::{Field, Formula, LOG_CELLS_MAX, LogCell, LogView, NodeView, Quorum, Shape};

/// A running node.
pub fn node_view(node: &Node) -> NodeView {
    let configuration = &**node.configuration_up_to(u64::MAX).1;
    let (role, shape) = match node.role {
        Role::Follower if configuration.electorate().contains(node.id) => {
            ("follower", Shape::Plain)
        }
        Role::Follower if configuration.learners.contains(node.id) => ("learner", Shape::Dotted),
        Role::Follower => ("outside", Shape::Dotted),
        Role::PreCandidate { .. } => ("pre-candidate", Shape::Dotted),
        Role::Candidate { .. } => ("candidate", Shape::Dashed),
        Role::Leader(_) => ("leader", Shape::Double),
    };
    let log = &node.disk.log;
    let mut view = disk_fields(&node.disk, node.commit);
    view.role = role;
    view.shape = shape;
    view.badges = vec![format!("log {}", log.last_index()), format!("commit {}", node.commit)];
    if configuration.is_joint() {
        // First, because it matters most where room is scarce.
        view.badges.insert(0, "joint".to_owned());
    } else if log.base() > 0 {
        view.badges.push(format!("snap {}", log.base()));
    }
    view.volatile = vec![
        Field::new("role", role),
        Field::new("configuration", configuration),
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
            if let Some(change) = &leader.change {
                let name = if change.is_wanted { "waits to change to" } else { "collected" };
                view.volatile.push(Field::new(name, &change.target));
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
    if let Some(snapshot) = &disk.snapshot {
        view.data = snapshot.store.fields();
    }
    view
}

fn disk_fields(disk: &Disk, commit: u64) -> NodeView {
    let voted_for = disk.voted_for.map_or("nobody".to_owned(), |node| node.to_string());
    let mut durable = vec![Field::new("term", disk.term), Field::new("voted for", voted_for)];
    if let Some(snapshot) = &disk.snapshot {
        let (index, term) = (snapshot.last_index, snapshot.last_term);
        durable.push(Field::new("snapshot up to", format!("{index} of T{term}")));
    }
    NodeView {
        period: disk.term,
        durable,
        logs: vec![log_view(&disk.log, commit)],
        ..NodeView::default()
    }
}

fn log_view(log: &Log, commit: u64) -> LogView {
    let base = log.base();
    let most = LOG_CELLS_MAX as u64 - u64::from(base > 0);
    let hidden = (log.last_index() - base).saturating_sub(most);
    let cell = |(index, entry): (u64, &std::sync::Arc<super::Entry>)| LogCell {
        index,
        period: entry.term,
        text: match &entry.command {
            Command::Blank => "blank".to_owned(),
            Command::Request(request) => request.operation.to_string(),
            Command::Configuration(configuration) => configuration.to_string(),
        },
        committed: index <= commit,
    };
    let entries = log.iter().skip(hidden as usize).map(cell);
    // The last entry that is gone, of which the snapshot still tells the term.
    let gone = (base > 0 && hidden == 0).then(|| LogCell {
        index: base,
        period: log.term_at(base).unwrap_or(0),
        text: "snapshot".to_owned(),
        committed: true,
    });
    let skipped = base + hidden - u64::from(gone.is_some());
    let cells = gone.into_iter().chain(entries).collect();
    LogView { title: "log", durable: true, cells, skipped }
}

fn names(nodes: NodeSet) -> String {
    if nodes.is_empty() { "nobody".to_owned() } else { nodes.to_string() }
}

fn per_node(values: &[u64]) -> String {
    let each = |(index, value): (usize, &u64)| format!("{} {value}", NodeId(index as u16));
    values.iter().enumerate().map(each).collect::<Vec<_>>().join(" · ")
}

/// Why crashes are survived: two majorities share a node.
pub fn formulas(members: u32) -> Vec<Formula> {
    let faults = (members - 1) / 2;
    let majority = members / 2 + 1;
    vec![Formula {
        text: "2f + 1 ≤ n",
        filled: format!("2·{faults} + 1 ≤ {members}"),
        holds: true,
        meaning: format!(
            "Of {members} members a majority is {majority}. Any two majorities share a node, and \
             while no more than {faults} members are down a majority is left."
        ),
        quorums: vec![
            Quorum { name: "election", size: majority },
            Quorum { name: "commit", size: majority },
        ],
    }]
}
