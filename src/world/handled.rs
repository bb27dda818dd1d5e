//! What a node makes of a message, apart from the rest of the world.
//!
//! A handler sees its node, the message and the rules, and nothing else ([`crate::protocol::Context`]); so
//! what it makes of them is the same in every world in which they are the same, and a search calls it once.
//! Only the checkers look at all nodes: they look anew each time.

use std::sync::{Arc, OnceLock};

use super::network::{Envelope, Payload};
use super::renamed::RenamedParts;
use super::{NodeSlot, Violation, World};
use crate::ids::{ClientId, Endpoint, NodeId};
use crate::machine::{Input, Opaque};
use crate::mix::{hash_of, scramble};
use crate::protocol::{ClusterState, Effects, Execution, Reply, Surroundings};
use crate::renaming::Renaming;

/// What a node made of a message.
pub(crate) struct Handled {
    /// Who did.
    pub node: NodeId,
    /// The node after it.
    slot: Arc<NodeSlot>,
    executions: Vec<Execution>,
    replies: Vec<(ClientId, Reply)>,
}

/// What the checkers made of it.
pub(crate) struct Observed {
    nodes: Vec<Arc<NodeSlot>>,
    ghost: Opaque,
    ghost_hash: u64,
    /// The invariants that are false now and were not before.
    pub found: Vec<Violation>,
}

impl World {
    /// All that decides what a node makes of a message that is delivered to it now, as 64 bits; `None` where
    /// the message is not for a node.
    pub(crate) fn handling_key(&self, envelope: &Envelope) -> Option<u64> {
        let node = envelope.to.node()?;
        let slot = &self.nodes[node.index()];
        let part = self.node_part(node, slot, slot.hash(self.machine));
        // Checkers may ask how often a node has started, and timers are armed at a moment.
        Some(hash_of(&(part, envelope.hash, slot.boots, self.now_ms, self.rules.0)))
    }

    /// What a node makes of a message that could arrive, and what it sends then; `None` where the message is
    /// not for a node that runs. The world must have no other messages in flight.
    pub(crate) fn handled(&self, envelope: &Envelope) -> Option<(Handled, Vec<Arc<Envelope>>)> {
        let node = envelope.to.node()?;
        let input = match (&envelope.payload, envelope.from) {
            (Payload::Protocol(message), Endpoint::Node(from)) => Input::Message { from, message },
            (Payload::Request(request), _) => Input::Request(request),
            _ => return None,
        };
        let (mut world, mut effects) = (self.clone(), Effects::default());
        (world.step, world.hops) = (self.step + 1, envelope.hops);
        let machine = self.machine;
        world.nodes[node.index()].node()?;
        let call = |surroundings: Surroundings<'_>, held: &mut Option<_>| {
            if let Some(held) = held {
                machine.handle(surroundings, held, input);
            }
        };
        world.act(node, call, &mut effects);
        let (executions, replies) = (effects.executions.clone(), effects.replies.clone());
        world.dispatch(node, &mut effects);
        let sent = world.take_messages();
        let slot = world.nodes.swap_remove(node.index());
        Some((Handled { node, slot, executions, replies }, sent))
    }

    /// [`World::endpoint_hash`] of a node after it handled a message.
    pub(crate) fn hash_after(&self, handled: &Handled) -> u64 {
        handled.slot.hash(self.machine)
    }

    /// What the checkers make of it when a node has handled a message.
    pub(crate) fn observed(&self, handled: &Handled) -> Observed {
        let mut nodes = self.nodes.clone();
        nodes[handled.node.index()] = Arc::clone(&handled.slot);
        let (mut ghost, mut found) = (Arc::clone(&self.ghost), Vec::new());
        let mut report = |invariant: u8, why: String| {
            let mut known = self.violations.iter().chain(&found);
            if known.all(|violation| violation.invariant != invariant) {
                found.push(Violation { invariant, step: self.step + 1, at_ms: self.now_ms, why });
            }
        };
        let cluster = self.cluster(&handled.executions, &handled.replies);
        let cluster = ClusterState { nodes: &nodes, ..cluster };
        self.machine.observe(&mut ghost, cluster, handled.node, &mut report);
        let ghost_hash = self.hash_of_ghost(&ghost);
        if ghost_hash == self.ghost_hash() {
            // What the checkers remember is as it was: it is held once.
            ghost = Arc::clone(&self.ghost);
        }
        Observed { nodes, ghost, ghost_hash, found }
    }

    /// The world after a node has handled a message and the checkers looked, without what it sent.
    pub(crate) fn adopted(&self, handled: &Handled, observed: Observed) -> World {
        let mut world = self.clone();
        world.step += 1;
        world.nodes = observed.nodes;
        world.expect_timers(handled.node);
        world.ghost = observed.ghost;
        world.ghost_hash = OnceLock::from(observed.ghost_hash);
        world.violations.extend(observed.found);
        world
    }

    /// [`World::core_sum`] of the world after that, where that of this one is known and no checker found
    /// anything.
    pub(crate) fn core_sum_after(&self, sum: u64, handled: &Handled, observed: &Observed) -> u64 {
        let node = handled.node;
        let part = |slot: &NodeSlot| self.node_part(node, slot, slot.hash(self.machine));
        let before = part(&self.nodes[node.index()]).wrapping_add(scramble(self.ghost_hash()));
        let after = part(&handled.slot).wrapping_add(scramble(observed.ghost_hash));
        sum.wrapping_sub(before).wrapping_add(after)
    }

    /// [`World::core_sums`] of the same.
    pub(crate) fn core_sums_after(
        &self,
        sums: &mut [u64],
        (handled, observed): (&Handled, &Observed),
        all: &[Renaming],
        known: &mut RenamedParts,
    ) {
        let node = handled.node;
        let mut exchange = |slot: &NodeSlot, ghost: (&Opaque, u64), change: fn(u64, u64) -> u64| {
            let mut add = |key: u64, part: &dyn Fn(&Renaming) -> u64| {
                let parts = known.get_or_make(key, || all.iter().map(part).collect());
                for (sum, part) in sums.iter_mut().zip(parts) {
                    *sum = change(*sum, *part);
                }
            };
            self.renamed_node(node, slot, &mut add);
            self.renamed_ghost(ghost, &mut add);
        };
        let slot = &self.nodes[node.index()];
        exchange(slot, (&self.ghost, self.ghost_hash()), u64::wrapping_sub);
        exchange(&handled.slot, (&observed.ghost, observed.ghost_hash), u64::wrapping_add);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::action::ActionKind;
    use crate::explore::Plan;
    use crate::ids::RuleSet;
    use crate::mix::{Purpose, draw};
    use crate::protocols::REGISTRY;
    use crate::scenario::Scenario;
    use crate::world::Schedule;

    /// What was made of what decides it.
    type Outcomes = BTreeMap<u64, (u64, Vec<u64>)>;

    /// Something that a search may do, by the seed.
    fn anything(world: &World, seed: u64) -> Option<ActionKind> {
        let pick = |salt: u64, of: usize| {
            draw(seed, Purpose::Schedule, [world.step(), salt, 1]) as usize % of.max(1)
        };
        let node = NodeId(pick(1, usize::from(world.config().nodes)) as u16);
        let offers = Plan::usual(world.sheet()).offers;
        match pick(0, 40) {
            0..6 => Some(ActionKind::Invoke {
                client: ClientId(pick(2, usize::from(world.config().clients)) as u8),
                node: Some(node),
                operation: offers.get(pick(3, offers.len()))?.clone(),
            }),
            6 => Some(ActionKind::Crash(node)),
            7..10 => Some(ActionKind::Restart(node)),
            10 => Some(ActionKind::HoldDisk(node)),
            11..13 => Some(ActionKind::SyncDisk(node)),
            _ => world.next_action(Schedule::Random).map(|action| action.kind),
        }
    }

    /// A delivery at once, and its two halves: the same world, the same messages.
    fn compare(world: &World, envelope: &Envelope, outcomes: &mut Outcomes) {
        let mut before = world.clone();
        before.take_messages();
        let mut whole = before.clone();
        let Some(id) = whole.put_back(envelope) else { return };
        let is_possible = before.could_arrive(envelope);
        let arrival = ActionKind::Deliver(id).at(whole.now_ms());
        assert_eq!(whole.apply(&arrival).is_ok(), is_possible);
        let halves = before.handled(envelope).filter(|_| is_possible);
        let Some((handled, sent)) = halves else { return };
        let observed = before.observed(&handled);
        let sum = before.core_sum_after(before.core_sum(true), &handled, &observed);
        let is_clean = observed.found.is_empty();
        let adopted = before.adopted(&handled, observed);
        let hashes = |sent: &[Arc<Envelope>]| sent.iter().map(|it| it.hash).collect::<Vec<_>>();
        assert_eq!(hashes(&sent), hashes(&whole.take_messages()));
        assert_eq!(adopted.core_sum(true), whole.core_sum(true));
        assert_eq!(adopted.violations(), whole.violations());
        assert!(!is_clean || sum == whole.core_sum(true));
        let key = before.handling_key(envelope).expect("it is for a node");
        let outcome = (before.hash_after(&handled), hashes(&sent));
        let known = outcomes.entry(key).or_insert_with(|| outcome.clone());
        assert_eq!(*known, outcome, "the same was made of the same");
    }

    #[test]
    fn what_a_node_makes_of_a_message_is_the_same_wherever_both_meet() {
        let (mut compared, mut broken) = (0, 0);
        for place in 0..REGISTRY.len() as u8 {
            for without_rules in [false, true] {
                let mut outcomes = Outcomes::new();
                for seed in 0..12 {
                    let mut config = Scenario::new(place).config;
                    if without_rules {
                        config.rules = RuleSet::default();
                    }
                    config.seed = seed;
                    let mut world = REGISTRY[usize::from(place)].world(config).unwrap();
                    for _ in 0..150 {
                        if let Some(kind) = anything(&world, seed) {
                            // What is impossible now is refused.
                            let _ = world.apply(&kind.at(world.now_ms()));
                        }
                        for envelope in world.envelopes().take(6) {
                            compare(&world, envelope, &mut outcomes);
                            compared += 1;
                        }
                    }
                    broken += world.violations().len();
                }
            }
        }
        assert!(compared > 25_000 && broken > 0, "{compared} compared, {broken} broken");
    }
}
