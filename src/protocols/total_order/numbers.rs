//! The arithmetic of the quorums, which settings cannot be, and what is measured.

use super::{TotalOrder, rules};
use crate::protocol::Cluster;
use crate::view::{Formula, Meter, Quorum};

/// Why a group with these settings cannot run, if it cannot.
pub fn refuses(nodes: u16, settings: &[u32]) -> Option<String> {
    let (stable, collect) = rules::quorums(nodes, settings);
    let count = u32::from(nodes);
    if stable > count || collect > count {
        return Some(format!("a quorum of at most the {count} nodes there are"));
    }
    if stable < 2 || collect < 2 {
        return Some("quorums of 2 or more: what one node knows is lost with it".to_owned());
    }
    let [low, high] =
        [rules::SUSPECT_MIN_MS, rules::SUSPECT_MAX_MS].map(|place| settings[usize::from(place)]);
    (low > high).then(|| "a suspect-timeout-min no longer than suspect-timeout-max".to_owned())
}

/// How many nodes may fail, and whether the quorums of stability and of collection meet.
pub fn formulas(nodes: u16, settings: &[u32]) -> Vec<Formula> {
    let (stable, collect) = rules::quorums(nodes, settings);
    let count = u32::from(nodes);
    let meet = stable + collect > count;
    let crashes = count.saturating_sub(stable.max(collect));
    let outlives = count > 2 * crashes;
    vec![
        Formula {
            text: "n ≥ 2f + 1",
            filled: format!("{count} ≥ 2 · {crashes} + 1"),
            holds: outlives,
            meaning: if outlives {
                format!("With f = {crashes} of {count} nodes down the others still deliver.")
            } else {
                format!("Two groups of nodes can each go on without the {crashes} others.")
            },
            quorums: Vec::new(),
        },
        Formula {
            text: "S + C > n",
            filled: format!("{stable} + {collect} > {count}"),
            holds: meet,
            meaning: if meet {
                "A new sequencer hears from a node that has each stable message.".to_owned()
            } else {
                "A new sequencer can miss a message that was delivered.".to_owned()
            },
            quorums: vec![
                Quorum { name: "stable", size: stable },
                Quorum { name: "collected", size: collect },
            ],
        },
    ]
}

/// How far delivery is behind, and how many replicas have all that any has delivered.
pub fn meters(cluster: &Cluster<'_, TotalOrder>) -> Vec<Meter> {
    let nodes = || cluster.ids().filter_map(|id| cluster.node(id));
    let received = nodes().map(|node| node.disk.log.len()).max().unwrap_or(0);
    let delivered = nodes().map(|node| node.delivered_up_to).max().unwrap_or(0);
    let up_to_date = nodes().filter(|node| node.delivered_up_to == delivered).count() as u64;
    vec![
        Meter {
            name: "messages delivered, of those received",
            value: delivered.min(received),
            of: received,
        },
        Meter { name: "replicas up to date", value: up_to_date, of: cluster.node_count().into() },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The defaults with these quorums of stability and collection.
    fn settings(stable: u32, collect: u32) -> [u32; 6] {
        [150, 300, 50, 100, stable, collect]
    }

    #[test]
    fn what_cannot_be_is_refused_with_the_reason() {
        assert_eq!(refuses(3, &settings(0, 0)), None);
        assert_eq!(refuses(5, &settings(2, 2)), None);
        for (nodes, settings, expected) in [
            (3, settings(4, 0), "at most the 3 nodes"),
            (4, settings(0, 5), "at most the 4 nodes"),
            (3, settings(1, 0), "2 or more"),
            (3, settings(0, 1), "2 or more"),
            (3, [400, 300, 50, 100, 0, 0], "no longer than suspect-timeout-max"),
        ] {
            let reason = refuses(nodes, &settings).unwrap_or_default();
            assert!(reason.contains(expected), "{settings:?}: {reason}");
        }
    }

    #[test]
    fn formulas_hold_where_quorums_meet() {
        for (nodes, stable, collect, filled, holds) in [
            (5, 0, 0, ["5 ≥ 2 · 2 + 1", "3 + 3 > 5"], [true, true]),
            (4, 0, 0, ["4 ≥ 2 · 1 + 1", "3 + 3 > 4"], [true, true]),
            (5, 2, 4, ["5 ≥ 2 · 1 + 1", "2 + 4 > 5"], [true, true]),
            (5, 2, 2, ["5 ≥ 2 · 3 + 1", "2 + 2 > 5"], [false, false]),
        ] {
            let found = formulas(nodes, &settings(stable, collect));
            assert_eq!([&found[0].filled, &found[1].filled], filled);
            assert_eq!([found[0].holds, found[1].holds], holds, "{filled:?}");
        }
    }
}
