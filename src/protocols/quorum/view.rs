//! How nodes look to a person, and what is measured over all of them.

use super::Quorum;
use super::ring::Sizes;
use super::state::{Disk, Node, Operation, Phase};
use super::version::{add, stamps, values};
use crate::ids::NodeId;
use crate::operation::Text;
use crate::protocol::Cluster;
use crate::sorted::SortedSet;
use crate::view::{self, Field, Formula, Meter, NodeView, Shape};

/// The most keys, or hints, that stand in the node itself.
const BADGES_MAX: usize = 1;

/// A running node.
pub fn node_view(node: &Node) -> NodeView {
    let mut view = disk_fields(&node.disk);
    (view.role, view.shape) = if !node.operations.is_empty() {
        ("coordinator", Shape::Dashed)
    } else if !node.disk.hints.is_empty() {
        ("stand-in", Shape::Dotted)
    } else {
        ("replica", Shape::Plain)
    };
    view.volatile = vec![
        Field::new("role", view.role),
        Field::new("operations open", node.operations.len()),
        Field::new("rounds begun", node.rounds),
    ];
    view.volatile.extend(node.operations.iter().map(operation_field));
    if let Some(made) = &node.made {
        let words = format!("{} follows {}", made.version.stamp, stamps(&made.follows));
        view.volatile.push(Field::new("last version made", words));
    }
    if let Some(answered) = &node.answered {
        let words =
            format!("{}: version {}", answered.request.operation, stamps(&answered.versions));
        view.volatile.push(Field::new("last answer", words));
    }
    view
}

/// What is left of a crashed node.
pub fn disk_view(disk: &Disk) -> NodeView {
    NodeView { role: "crashed", ..disk_fields(disk) }
}

fn disk_fields(disk: &Disk) -> NodeView {
    let mut durable = vec![Field::new("starts", disk.starts)];
    let mut badges = Vec::new();
    for (key, versions) in &disk.data {
        badges.push(format!("{key}={}", values(versions)));
        durable.push(Field::new(format!("version of {key}"), stamps(versions)));
    }
    badges.truncate(BADGES_MAX);
    for ((home, key), versions) in &disk.hints {
        if badges.len() < 2 * BADGES_MAX {
            badges.push(format!("{key}={} for {home}", values(versions)));
        }
        let words = format!("{}@{}", values(versions), stamps(versions));
        durable.push(Field::new(format!("hint of {key} for {home}"), words));
    }
    let all = disk.data.values().flatten();
    NodeView {
        period: all.map(|version| version.stamp.period()).max().unwrap_or(0),
        badges,
        durable,
        data: (disk.data.iter())
            .map(|(key, versions)| Field::new(&**key, values(versions)))
            .collect(),
        ..NodeView::default()
    }
}

fn operation_field(operation: &Operation) -> Field {
    let names = |nodes: &mut dyn Iterator<Item = NodeId>| {
        nodes.map(|node| node.to_string()).collect::<Vec<_>>().join(" ")
    };
    let (phase, version, heard) = match &operation.phase {
        Phase::Reading(replies) => ("reads, heard", "", names(&mut replies.iter().map(|it| it.0))),
        Phase::Repairing(replies) => {
            ("answered, repairs, heard", "", names(&mut replies.iter().map(|it| it.0)))
        }
        Phase::Writing { version, holders, is_answered } => (
            if *is_answered { "answered, writes" } else { "writes" },
            &*format!("{} on ", version.stamp),
            names(&mut holders.iter().map(|it| it.1)),
        ),
    };
    Field::new(
        format!("operation {}", operation.number),
        format!("{}: {phase} {version}{heard}", operation.request.operation),
    )
}

/// R + W > N and 2W > N, with the numbers.
pub fn formulas(sizes: Sizes) -> Vec<Formula> {
    let Sizes { n, r, w, is_sloppy, is_by_time, .. } = sizes;
    let quorum = |name: &'static str, size: u32| view::Quorum { name, size };
    let sloppy = "; but quorums are sloppy: stand-ins count, and need not meet anybody";
    let formula = |text, filled, holds, meaning: &str, quorums| Formula {
        text,
        filled,
        holds,
        meaning: format!("{meaning}{}", if is_sloppy { sloppy } else { "" }),
        quorums,
    };
    vec![
        formula(
            "R + W > N",
            format!("{r} + {w} > {n}"),
            r + w > n,
            if r + w > n {
                "any R nodes of a key share one with any W: a read meets the last completed put"
            } else {
                "R nodes need not share one with W: a read can miss a completed put"
            },
            vec![quorum("read", r), quorum("write", w)],
        ),
        formula(
            "2W > N",
            format!("2 · {w} > {n}"),
            2 * w > n,
            match (2 * w > n, is_by_time) {
                (false, _) => "two puts at once can complete without any node that has met both",
                (true, true) => "two puts at once meet in a node, which keeps the later timestamp",
                (true, false) => "two puts at once meet in a node, which keeps both as siblings",
            },
            vec![quorum("write", w), quorum("write", w)],
        ),
    ]
}

/// How far replicas agree, and whether hints wait.
pub fn meters(cluster: &Cluster<'_, Quorum>) -> Vec<Meter> {
    let sizes = Sizes::of(cluster.node_count(), cluster.settings);
    let keys: SortedSet<&Text> =
        cluster.ids().flat_map(|id| cluster.disk(id).data.keys()).collect();
    let (mut agree, mut of) = (0, 0);
    for &key in keys.iter() {
        let homes = sizes.homes(key);
        let held = |home: &NodeId| cluster.disk(*home).data.get(key).map_or(&[][..], |it| it);
        let mut newest = Vec::new();
        for version in homes.iter().flat_map(held) {
            add(&mut newest, version);
        }
        agree += homes.iter().filter(|home| held(home) == newest).count() as u64;
        of += homes.len() as u64;
    }
    let without_hints = cluster.ids().filter(|id| cluster.disk(*id).hints.is_empty()).count();
    let nodes = Meter {
        name: "nodes without hints",
        value: without_hints as u64,
        of: cluster.node_count().into(),
    };
    let mut meters = vec![nodes];
    if of > 0 {
        meters.insert(0, Meter { name: "replicas that agree", value: agree, of });
    }
    meters
}
