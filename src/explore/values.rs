//! Which of the values on offer can be each other: two states that differ in which value is which have the
//! same future, where the protocol treats values alike and what may be called stays the same.
//!
//! **Which values.** Those that an operation on offer writes or proposes, that are no key too, that the
//! protocol says are like any other ([`crate::renaming::Symmetry::is_like_others`]), and of which nothing
//! tells in the world that the search begins in. A renaming of them must turn the operations on offer into
//! each other: with `put x 1`, `put x 2` and `get x` the values 1 and 2 can be each other, with `put y 2`
//! they cannot. What was called then reads under other names, too: a bit for the other operation.
//!
//! **Where not.** Operations that make another value out of one (`append`, `transfer`, `stamp`), a goal that
//! a scenario may expect, since it may name a value, and messages in order; nor where `answered` is looked
//! for, as what heals when is drawn from what messages hold. A value may stand in the words that say why
//! a property is false: the property is the same, and the run that is told is the one that was found.
//! Multi-Paxos, total order and primary and backup keep sums and chains of hashes in place of what clients
//! wrote, where only Raft makes its chain anew; shared memory tells torn words side by side, and money is
//! counted: their protocols say that no value is like another.

use super::plan::{Goal, Plan};
use crate::budget::Surprise;
use crate::ids::NodeId;
use crate::operation::{Operation, Text};
use crate::renaming::renamings;
use crate::world::World;

/// The most values that are each other: of four there are as many orders as of four nodes.
const VALUES_MAX: usize = 4;

/// Other values for some.
pub(super) struct Values {
    /// Each value that is another one.
    pub texts: Vec<(Text, Text)>,
    /// What each operation on offer becomes.
    pub offers: Vec<usize>,
}

/// The renamings of values that keep the plan as it is, a group; first the one that changes nothing.
pub(super) fn value_renamings(origin: &World, plan: &Plan) -> Vec<Values> {
    let values = if has_values(origin, plan) { alike(origin, plan) } else { Vec::new() };
    let orders = renamings(values.len() as u16, false);
    let other = |names: &crate::renaming::Renaming| {
        let renamed = |place: usize| &values[names.node(NodeId(place as u16)).index()];
        let all = (0..values.len()).map(|place| (values[place].clone(), renamed(place).clone()));
        let texts: Vec<(Text, Text)> = all.filter(|(value, other)| value != other).collect();
        let offers = other_offers(&plan.offers, &texts)?;
        Some(Values { texts, offers })
    };
    orders.iter().filter_map(other).collect()
}

fn has_values(origin: &World, plan: &Plan) -> bool {
    let keeps_values = |operation: &Operation| {
        !matches!(
            operation,
            Operation::Append { .. } | Operation::Transfer { .. } | Operation::Stamp { .. }
        )
    };
    plan.reductions.values
        && plan.budget.of(Surprise::Operation) > 0
        && !plan.goal.iter().any(|goal| matches!(goal, Goal::Expect(_)))
        && !plan.properties.answered
        && !origin.keeps_order()
        && plan.offers.iter().all(keeps_values)
        && origin.history().records().iter().all(|record| keeps_values(&record.operation))
}

/// The values that can be each other as far as the protocol and the world are concerned.
fn alike(origin: &World, plan: &Plan) -> Vec<Text> {
    let is_key = |value: &Text| {
        plan.offers
            .iter()
            .any(|offer| !matches!(offer, Operation::Propose { .. }) && offer.key() == value)
    };
    let mut alike: Vec<Text> = Vec::new();
    for value in plan.offers.iter().flat_map(values) {
        if alike.len() < VALUES_MAX
            && !alike.contains(value)
            && !is_key(value)
            && origin.is_like_others(value)
        {
            alike.push(value.clone());
        }
    }
    alike
}

/// The values that an operation writes, proposes or asks for.
fn values(operation: &Operation) -> Vec<&Text> {
    match operation {
        Operation::Put { value, .. }
        | Operation::Enqueue { value, .. }
        | Operation::Propose { value } => vec![value],
        Operation::Cas { expected, value, .. } => vec![expected, value],
        _ => Vec::new(),
    }
}

/// An operation with other values in it.
fn renamed(operation: &Operation, texts: &[(Text, Text)]) -> Operation {
    let mut renamed = operation.clone();
    let read = |text: &mut Text| {
        if let Some((_, other)) = texts.iter().find(|(known, _)| known == text) {
            *text = other.clone();
        }
    };
    match &mut renamed {
        Operation::Put { value, .. }
        | Operation::Enqueue { value, .. }
        | Operation::Propose { value } => read(value),
        Operation::Cas { expected, value, .. } => {
            read(expected);
            read(value);
        }
        _ => {}
    }
    renamed
}

/// What each operation on offer becomes; `None` where one becomes what is not on offer so often. Equal ones
/// keep their order.
fn other_offers(offers: &[Operation], texts: &[(Text, Text)]) -> Option<Vec<usize>> {
    let mut others = Vec::new();
    for offer in offers {
        let other = renamed(offer, texts);
        let mut places = (0..offers.len()).filter(|place| offers[*place] == other);
        others.push(places.find(|place| !others.contains(place))?);
    }
    Some(others)
}

impl Values {
    /// The bits of what the operations called become.
    pub fn called(&self, called: u32) -> u32 {
        let set = (0..).zip(&self.offers).filter(|(place, _)| called & 1 << *place != 0);
        set.fold(0, |bits, (_, other): (u32, &usize)| bits | 1 << *other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explore::Request;
    use crate::scenario::text;
    use crate::timeline::{BranchId, Timeline};

    fn count(header: &str, request: &str) -> usize {
        let scenario = text::parse(header).unwrap();
        let plan = Request::parse(&scenario, request).unwrap().plan;
        let timeline = Timeline::open(scenario).unwrap();
        let origin = timeline.world_at(BranchId(0), timeline.length(BranchId(0)));
        let all = value_renamings(&origin, &plan);
        let first = all.first().unwrap();
        assert!(first.texts.is_empty() && first.offers.iter().copied().eq(0..plan.offers.len()));
        for values in &all {
            assert_eq!(
                values.called((1 << plan.offers.len()) - 1).count_ones() as usize,
                plan.offers.len()
            );
        }
        all.len()
    }

    #[test]
    fn values_are_each_other_where_nothing_tells_them_apart() {
        let paxos = "protocol paxos\nnodes 3\nclients 2\n";
        let abd = "protocol abd\nnodes 3\nclients 2\n";
        let puts = "offer put x 1\noffer put x 2\noffer get x\n";
        for (header, request, orders) in [
            (paxos, "", 6),
            (abd, "", 2),
            (abd, puts, 2),
            (
                abd,
                "offer put x 1\noffer put x 2\noffer put x 3\noffer put x 4\noffer put x 5\n",
                24,
            ),
            // Two of three stand in the same operations.
            (abd, "offer put x 1\noffer put x 2\noffer put y 3\n", 2),
            (abd, "offer put x 1\noffer put y 2\noffer get x\n", 1),
            // A key is no value, and what makes new values keeps all apart.
            (abd, "offer put x 1\noffer put x x\n", 1),
            ("protocol raft\nnodes 3\n", "offer put x 1\noffer put x 2\noffer append y 3\n", 1),
            ("protocol raft\nnodes 3\n", puts, 2),
            ("protocol raft\nnodes 3\nset compact-after 2\n", puts, 1),
            // Proposers without a request may make this one up.
            (paxos, "offer propose made-up\noffer propose a\n", 1),
            // What is told, looked for or drawn by value.
            (abd, "no values\n", 1),
            (abd, "goal reply A 1\n", 1),
            (abd, "property answered\n", 1),
            ("protocol abd\nnodes 3\nnetwork ordered\n", "", 1),
            ("protocol abd\nnodes 3\ninvoke A put x 1 to n1\n", puts, 1),
            ("protocol abd\nnodes 3\ninvoke A put x 3 to n1\n", puts, 2),
            // Values stand side by side, or in hashes.
            ("protocol quorum\nnodes 3\n", puts, 1),
            ("protocol quorum\nnodes 3\nset versions last-writer-wins\n", puts, 2),
            ("protocol gossip\nnodes 3\n", puts, 2),
            ("protocol gossip\nnodes 3\nset exchange merkle\n", puts, 1),
            ("protocol multi_paxos\nnodes 3\n", puts, 1),
        ] {
            assert_eq!(count(header, request), orders, "{header}{request}");
        }
    }
}
