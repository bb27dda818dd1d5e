//! How many nodes play which role and how many must answer, and what follows from the numbers.

use super::rules;
use crate::ids::NodeId;
use crate::view::{Formula, Quorum};

/// The numbers of a cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Sizes {
    /// The first so many nodes are acceptors.
    pub acceptors: u16,
    /// The first so many nodes propose.
    pub proposers: u16,
    /// Promises that a proposer needs.
    pub phase_1: u32,
    /// Acceptances that make a value chosen.
    pub phase_2: u32,
    /// Whether acceptors tell every node what they have accepted.
    pub tells_all: bool,
}

impl Sizes {
    /// The numbers as they are set; zero means all nodes, or a majority of the acceptors.
    pub fn of(nodes: u16, settings: &[u32]) -> Self {
        let set = |place: u8| settings[usize::from(place)];
        // More nodes than there are were refused before any started.
        let count = |place: u8| match set(place) as u16 {
            0 => nodes,
            count => count.min(nodes),
        };
        let acceptors = count(rules::ACCEPTORS);
        let quorum = |place: u8| match set(place) {
            0 => u32::from(acceptors) / 2 + 1,
            size => size,
        };
        Sizes {
            acceptors,
            proposers: count(rules::PROPOSERS),
            phase_1: quorum(rules::PHASE_1_QUORUM),
            phase_2: quorum(rules::PHASE_2_QUORUM),
            tells_all: set(rules::LEARNERS) == rules::TOLD_BY_ACCEPTORS,
        }
    }

    /// The acceptors.
    pub fn acceptors(self) -> impl Iterator<Item = NodeId> {
        (0..self.acceptors).map(NodeId)
    }

    /// Whether a node is an acceptor.
    pub fn is_acceptor(self, node: NodeId) -> bool {
        node.0 < self.acceptors
    }

    /// Whether so many promises share an acceptor with every phase-2 quorum.
    pub fn meet(self, promises: u32) -> bool {
        promises + self.phase_2 > u32::from(self.acceptors)
    }
}

/// Why a cluster cannot run with these settings, if it cannot. Quorums that do not meet are unsafe,
/// but not impossible.
pub fn refuses(nodes: u16, settings: &[u32]) -> Option<String> {
    let set = |place: u8| settings[usize::from(place)];
    let acceptors = match set(rules::ACCEPTORS) {
        0 => u32::from(nodes),
        count => count,
    };
    let too_many = [
        (set(rules::ACCEPTORS), u32::from(nodes), "acceptors", "nodes"),
        (set(rules::PROPOSERS), u32::from(nodes), "proposers", "nodes"),
        (set(rules::PHASE_1_QUORUM), acceptors, "promises", "acceptors"),
        (set(rules::PHASE_2_QUORUM), acceptors, "acceptances", "acceptors"),
    ];
    let (wanted, there, what, of) =
        too_many.into_iter().find(|(wanted, there, ..)| wanted > there)?;
    Some(format!("{wanted} {what} are asked for, but there are only {there} {of}"))
}

/// |Q1| + |Q2| > n, and n ≥ 2f + 1.
pub fn formulas(nodes: u16, settings: &[u32]) -> Vec<Formula> {
    let sizes = Sizes::of(nodes, settings);
    let (count, q1, q2) = (u32::from(sizes.acceptors), sizes.phase_1, sizes.phase_2);
    let meets = sizes.meet(q1);
    let needed = (count + 1).saturating_sub(q2);
    let crashes = count.saturating_sub(q1.max(q2));
    let quorums =
        || vec![Quorum { name: "phase 1", size: q1 }, Quorum { name: "phase 2", size: q2 }];
    let survives = count > 2 * crashes;
    vec![
        Formula {
            text: "|Q1| + |Q2| > n",
            filled: format!("{q1} + {q2} > {count}"),
            holds: meets,
            meaning: if meets {
                "Whoever proposes next hears from an acceptor that accepted what was chosen.".into()
            } else {
                format!(
                    "A proposer may hear from nobody who knows what was chosen, and another value \
                     is chosen. The rule quorums-intersect makes it wait for {needed} promises."
                )
            },
            quorums: quorums(),
        },
        Formula {
            text: "n ≥ 2f + 1",
            filled: format!("{count} ≥ 2·{crashes} + 1"),
            holds: survives,
            meaning: if survives {
                format!("With {crashes} acceptors crashed there is still a quorum of each phase.")
            } else {
                format!(
                    "These quorums go on with {crashes} acceptors gone, but those may go on too: \
                     both halves choose."
                )
            },
            quorums: quorums(),
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(set: &[(u8, u32)]) -> Vec<u32> {
        let mut settings: Vec<u32> =
            rules::SETTINGS.iter().map(|setting| setting.default).collect();
        for (place, value) in set {
            settings[usize::from(*place)] = *value;
        }
        settings
    }

    #[test]
    fn only_the_impossible_is_refused() {
        for (set, why) in [
            (vec![], None),
            (vec![(rules::PHASE_1_QUORUM, 2), (rules::PHASE_2_QUORUM, 2)], None),
            (vec![(rules::PHASE_2_QUORUM, 5)], Some("5 acceptances")),
            (vec![(rules::PHASE_1_QUORUM, 4), (rules::ACCEPTORS, 3)], Some("only 3 acceptors")),
            (vec![(rules::ACCEPTORS, 5)], Some("only 4 nodes")),
            (vec![(rules::PROPOSERS, 9)], Some("9 proposers")),
        ] {
            let found = refuses(4, &settings(&set));
            match (why, found) {
                (None, found) => assert_eq!(found, None),
                (Some(why), found) => assert!(found.unwrap().contains(why), "{why}"),
            }
        }
    }

    #[test]
    fn formulas_have_the_numbers_of_the_cluster() {
        let found = formulas(5, &settings(&[]));
        assert_eq!((found[0].filled.as_str(), found[0].holds), ("3 + 3 > 5", true));
        assert_eq!((found[1].filled.as_str(), found[1].holds), ("5 ≥ 2·2 + 1", true));
        let halves = settings(&[(rules::PHASE_1_QUORUM, 2), (rules::PHASE_2_QUORUM, 2)]);
        let found = formulas(4, &halves);
        assert_eq!((found[0].filled.as_str(), found[0].holds), ("2 + 2 > 4", false));
        assert_eq!((found[1].filled.as_str(), found[1].holds), ("4 ≥ 2·2 + 1", false));
        assert!(found[0].meaning.contains("3 promises"));
    }
}
