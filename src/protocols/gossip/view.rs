//! How a node looks to a person.

use super::merkle;
use super::message::hash_words;
use super::state::{Disk, Node, Version};
use super::{Gossip, rules};
use crate::protocol::Cluster;
use crate::view::{Field, Formula, Meter, NodeView, Shape};

/// The most items that stand in the node itself.
const BADGES_MAX: usize = 1;

/// A version in words.
pub fn words(version: &Version) -> String {
    match version.value() {
        Some(value) => format!("{value} ({})", version.stamp),
        None => format!("death certificate ({})", version.stamp),
    }
}

/// A running node.
pub fn node_view(node: &Node) -> NodeView {
    let mut view = disk_view(&node.disk);
    (view.role, view.shape) =
        if node.hot.is_empty() { ("replica", Shape::Plain) } else { ("infective", Shape::Dashed) };
    view.volatile.push(Field::new("role", view.role));
    if let Some(root) = node.tree.get(usize::from(merkle::ROOT)) {
        view.volatile.push(Field::new("root hash", hash_words(*root)));
    }
    view.volatile.extend(node.hot.iter().map(|(key, rumor)| {
        let words = format!("{}, {} had heard it", rumor.stamp, rumor.unnecessary);
        Field::new(format!("hot rumor {key}"), words)
    }));
    view
}

/// What is left of a crashed node.
pub fn disk_view(disk: &Disk) -> NodeView {
    let mut view = NodeView { role: "crashed", period: disk.clock, ..NodeView::default() };
    view.durable.push(Field::new("partners chosen", disk.choices));
    for (key, version) in &disk.items {
        let name = match version.value() {
            Some(value) => {
                view.data.push(Field::new(&**key, value));
                "version of "
            }
            None => "death certificate of ",
        };
        view.durable.push(Field::new(format!("{name}{key}"), version.stamp));
        if view.badges.len() < BADGES_MAX {
            view.badges.push(match version.value() {
                Some(value) => format!("{key}={value} {}", version.stamp),
                None => format!("{key}† {}", version.stamp),
            });
        }
    }
    view
}

/// How far the cluster has converged, by what is on the disks.
pub fn meters(cluster: &Cluster<'_, Gossip>) -> Vec<Meter> {
    let mut newest: crate::sorted::SortedMap<_, &Version> = Default::default();
    for id in cluster.ids() {
        for (key, version) in &cluster.disk(id).items {
            let known = newest.entry(key).or_insert(version);
            if version.stamp > known.stamp {
                *known = version;
            }
        }
    }
    let has = |disk: &Disk, key, version: &Version| match disk.items.get(key) {
        Some(own) => own == version,
        // A death certificate that was dropped has done its work.
        None => version.value().is_none(),
    };
    let count = |is_one: &dyn Fn(&Disk) -> bool| {
        cluster.ids().filter(|id| is_one(cluster.disk(*id))).count() as u64
    };
    let of = u64::from(cluster.node_count());
    let agree = count(&|disk| newest.iter().all(|(key, version)| has(disk, *key, version)));
    let mut meters =
        vec![Meter { name: "nodes that agree with the newest state", value: agree, of }];
    if let Some((key, version)) = newest.iter().max_by_key(|(_, version)| version.stamp) {
        let value = count(&|disk| has(disk, *key, version));
        meters.push(Meter { name: "nodes that have heard of the newest write", value, of });
    }
    meters
}

/// How long news takes to spread, and what follows for death certificates and hash trees.
pub fn formulas(nodes: u16, settings: &[u32]) -> Vec<Formula> {
    let value = |place: u8| settings.get(usize::from(place)).copied().unwrap_or_default();
    let fan_out = value(rules::FAN_OUT);
    let (most, stragglers) = rules::spread_rounds(nodes, fan_out);
    let rounds = most + stragglers;
    let mut formulas = vec![Formula {
        text: "rounds ≈ log n to the base f + 1, plus (ln n) / f",
        filled: format!("{most} + {stragglers} = {rounds} for n = {nodes}, f = {fan_out}"),
        holds: true,
        meaning: format!(
            "A push reaches all {nodes} nodes in about {rounds} rounds, {} ms; push and pull together \
             are quicker. Twice as many nodes cost about two rounds more.",
            rounds * u64::from(rules::interval_ms(settings))
        ),
        quorums: Vec::new(),
    }];
    let kept_ms = u64::from(value(rules::CERTIFICATES_MS));
    let needed_ms = rules::certificates_min_ms(nodes, settings);
    let holds = kept_ms == 0 || kept_ms >= needed_ms;
    formulas.push(Formula {
        text: "certificates kept ≥ 2 · time to spread",
        filled: match kept_ms {
            0 => format!("for ever ≥ {needed_ms} ms"),
            _ => format!("{kept_ms} ms ≥ {needed_ms} ms"),
        },
        holds,
        meaning: (if kept_ms == 0 {
            "A deleted item never comes back, and every certificate costs its place for ever."
        } else if holds {
            "A deleted item stays away, unless a partition or a message lasts for longer than that."
        } else {
            "Without its rule a certificate is dropped before all have it, and the item comes back."
        })
        .to_owned(),
        quorums: Vec::new(),
    });
    if value(rules::EXCHANGE) == rules::EXCHANGE_MERKLE {
        let depth = merkle::DEPTH;
        formulas.push(Formula {
            text: "steps = log₂ buckets",
            filled: format!("{depth} = log₂ {}", merkle::BUCKETS),
            holds: true,
            meaning: format!(
                "One key that differs is found {depth} steps below the root, however many are equal."
            ),
            quorums: Vec::new(),
        });
    }
    formulas
}
