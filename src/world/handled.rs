//! What a node makes of a message, apart from the rest of the world.
//!
//! A handler sees its node, the message and the rules, and nothing else ([`crate::protocol::Context`]); so
//! what it makes of them is the same in every world in which they are the same, and a search calls it once.
//! Checkers may look at all nodes, and look anew each time; but where they look at the node alone that
//! acted, they make the same of it whatever the others are.

use std::sync::Arc;

use super::NodeSlot;
use super::apart::{Apart, Checked};
use super::network::{Envelope, Payload};
use super::renamed::{RenamedParts, RenamedSums};
use crate::cluster::{ClusterState, Gaze};
use crate::ids::{ClientId, Endpoint, NodeId, RuleSet};
use crate::machine::Input;
use crate::mix::hash_of;
use crate::protocol::{Effects, Execution, Reply, Surroundings};
use crate::renaming::Renaming;

/// What a node made of a message.
pub(crate) struct Handled {
    /// Who did.
    pub node: NodeId,
    /// All that decided it, as 64 bits.
    key: u64,
    /// The node after it.
    slot: Arc<NodeSlot>,
    executions: Vec<Execution>,
    replies: Vec<(ClientId, Reply)>,
    /// The rules that decided something, and those that would have, were they on.
    decided: (RuleSet, RuleSet),
}

impl Apart {
    /// All that decides what a node makes of a message that could arrive now, as 64 bits; `None` where it is
    /// not for a node.
    pub fn handling_key(&self, envelope: &Envelope) -> Option<u64> {
        let node = envelope.to.node()?;
        debug_assert!(self.could_arrive(envelope), "asked only of what could arrive");
        let world = &self.rest.world;
        let (part, boots) = (self.node_part(node), self.slot(node).boots);
        // Checkers may ask how often a node has started, and timers are armed at a moment.
        Some(hash_of(&(part, envelope.hash, boots, world.now_ms, world.rules.0)))
    }

    /// What a node makes of a message that could arrive, which its key says, and what it sends then.
    pub fn handled(&self, key: u64, envelope: &Envelope) -> Option<(Handled, Vec<Arc<Envelope>>)> {
        let node = envelope.to.node()?;
        let input = match (&envelope.payload, envelope.from) {
            (Payload::Protocol(message), Endpoint::Node(from)) => Input::Message { from, message },
            (Payload::Request(request), _) => Input::Request(request),
            _ => return None,
        };
        let (mut world, mut effects) = (self.whole(), Effects::default());
        world.step += 1;
        world.hops = envelope.hops;
        let machine = world.machine;
        world.nodes[node.index()].node()?;
        let call = |surroundings: Surroundings<'_>, held: &mut Option<_>| {
            if let Some(held) = held {
                machine.handle(surroundings, held, input);
            }
        };
        world.act(node, call, &mut effects);
        let (executions, replies) = (effects.executions.clone(), effects.replies.clone());
        world.dispatch(node, &mut effects);
        let decided = (world.last.applied, world.last.missed);
        let sent = world.take_messages();
        let slot = world.nodes.swap_remove(node.index());
        Some((Handled { node, key, slot, executions, replies, decided }, sent))
    }

    /// [`Apart::endpoint_hash`] of a node after it handled a message.
    pub fn hash_after(&self, handled: &Handled) -> u64 {
        handled.slot.hash(self.rest.world.machine)
    }

    /// All that decides what checkers make of it that a node has handled a message, as long as they look at
    /// no other; `None` where what they remember is not all in its hash.
    pub fn observing_key(&self, handled: &Handled) -> Option<u64> {
        let is_whole = self.rest.world.machine.hashes_all();
        is_whole.then(|| hash_of(&(handled.key, self.checked.hash, self.rest.hash)))
    }

    /// What the checkers remember when a node has handled a message; `None` where they find something false
    /// that was not before. And whether they looked at other nodes.
    pub fn observed(&self, handled: &Handled) -> (Option<Checked>, bool) {
        let (world, gaze) = (&self.rest.world, Gaze::at(handled.node, &handled.slot));
        let (mut ghost, mut is_clean) = (Arc::clone(&self.checked.ghost), true);
        let mut report = |invariant: u8, _| {
            let mut known = world.violations.iter();
            is_clean &= known.any(|violation| violation.invariant == invariant);
        };
        let cluster = world.cluster(&handled.executions, &handled.replies);
        let cluster = ClusterState { nodes: &self.nodes, gaze: Some(&gaze), ..cluster };
        world.machine.observe(&mut ghost, cluster, handled.node, &mut report);
        let checked = || {
            if world.machine.are_same(&ghost, &self.checked.ghost) {
                return self.checked.clone();
            }
            let hash = world.hash_of_ghost(&ghost);
            Checked { ghost, hash }
        };
        (is_clean.then(checked), gaze.has_strayed())
    }

    /// The world after a node has handled a message and the checkers made this of it, without what it sent.
    pub fn adopted(&self, handled: &Handled, checked: &Checked) -> Self {
        self.after((handled.node, &handled.slot), checked, handled.decided)
    }

    /// What it adds to the sum of a world ([`World::core_sum`](super::World::core_sum)) that the node has
    /// handled the message.
    pub fn node_change(&self, handled: &Handled) -> u64 {
        let world = &self.rest.world;
        let after = world.node_part(handled.node, &handled.slot, self.hash_after(handled));
        after.wrapping_sub(self.node_part(handled.node))
    }

    /// What it adds that checkers remember this.
    pub fn checked_change(&self, checked: &Checked) -> u64 {
        checked.part().wrapping_sub(self.checked.part())
    }

    /// [`Apart::node_change`] under each renaming.
    pub fn node_changes(
        &self,
        handled: &Handled,
        all: &[Renaming],
        known: &mut RenamedParts,
    ) -> Vec<u64> {
        let (world, node) = (&self.rest.world, handled.node);
        let mut sums = RenamedSums::new(all, known);
        world.renamed_node(node, self.slot(node), &mut sums);
        sums.negate();
        world.renamed_node(node, &handled.slot, &mut sums);
        sums.sums
    }

    /// [`Apart::checked_change`] under each renaming.
    pub fn checked_changes(
        &self,
        checked: &Checked,
        all: &[Renaming],
        known: &mut RenamedParts,
    ) -> Vec<u64> {
        let mut sums = RenamedSums::new(all, known);
        self.rest.world.renamed_ghost((&self.checked.ghost, self.checked.hash), &mut sums);
        sums.negate();
        self.rest.world.renamed_ghost((&checked.ghost, checked.hash), &mut sums);
        sums.sums
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::action::{Action, ActionKind};
    use crate::explore::Plan;
    use crate::ids::RuleSet;
    use crate::mix::{Purpose, draw};
    use crate::protocols::REGISTRY;
    use crate::scenario::Scenario;
    use crate::world::{Schedule, World};

    /// What was made of what decides it.
    type Outcomes = BTreeMap<u64, (u64, Vec<u64>)>;
    /// What was remembered of what decides it.
    type Views = BTreeMap<u64, Option<String>>;

    /// Something that a search may do, by the seed.
    fn anything(world: &World, seed: u64, round: u64) -> Option<Action> {
        let pick = |salt: u64, of: usize| {
            draw(seed, Purpose::Schedule, [round, salt, 1]) as usize % of.max(1)
        };
        let node = NodeId(pick(1, usize::from(world.config().nodes)) as u16);
        let (offers, is_random) = (Plan::usual(world.sheet()).offers, seed.is_multiple_of(2));
        let kind = match pick(0, 40) {
            0..6 => ActionKind::Invoke {
                client: ClientId(pick(2, usize::from(world.config().clients)) as u8),
                node: Some(node),
                operation: offers.get(pick(3, offers.len()))?.clone(),
            },
            6 if is_random => ActionKind::Crash(node),
            7..10 => ActionKind::Restart(node),
            10 if is_random => ActionKind::HoldDisk(node),
            11..13 => ActionKind::SyncDisk(node),
            // In time leaders are chosen and logs grow; at random all else happens.
            _ if is_random => return world.next_action(Schedule::Random),
            _ => return world.next_action(Schedule::ByTime),
        };
        Some(kind.at(world.now_ms()))
    }

    /// A delivery at once, and its two halves: the same world, the same messages.
    fn compare(world: &World, envelope: &Envelope, (outcomes, views): (&mut Outcomes, &mut Views)) {
        let mut before = world.clone();
        before.take_messages();
        let mut whole = before.clone();
        let Some(id) = whole.put_back(envelope) else { return };
        let apart = Apart::of(before.clone(), Default::default(), None);
        let arrival = ActionKind::Deliver(id).at(whole.now_ms());
        let could_arrive = apart.could_arrive(envelope);
        assert_eq!(whole.apply(&arrival).is_ok(), could_arrive);
        let key = could_arrive.then(|| apart.handling_key(envelope)).flatten();
        let Some(key) = key else { return };
        let Some((handled, sent)) = apart.handled(key, envelope) else { return };
        let hashes = |sent: &[Arc<Envelope>]| sent.iter().map(|it| it.hash).collect::<Vec<_>>();
        let decided = (whole.last().applied, whole.last().missed);
        assert_eq!(handled.decided, decided);
        assert_eq!(hashes(&sent), hashes(&whole.take_messages()));
        let outcome = (apart.hash_after(&handled), hashes(&sent));
        let known = outcomes.entry(key).or_insert_with(|| outcome.clone());
        assert_eq!(*known, outcome, "the same was made of the same");

        let (observed, has_strayed) = apart.observed(&handled);
        let is_clean = whole.violations().len() == before.violations().len();
        assert_eq!(observed.is_some(), is_clean);
        if let Some(key) = apart.observing_key(&handled) {
            let debugged = |checked: &Checked| whole.machine.debugged(&checked.ghost);
            let view = observed.as_ref().map(debugged);
            if !has_strayed {
                let known = views.entry(key).or_insert_with(|| view.clone());
                assert_eq!(*known, view, "the same was remembered of the same");
            }
            for checked in [Some(&apart.checked), observed.as_ref()].into_iter().flatten() {
                let held = Some(debugged(checked));
                let known = views.entry(checked.hash).or_insert_with(|| held.clone());
                assert_eq!(*known, held, "all is in the hash");
            }
        }
        let Some(checked) = observed else { return };
        let adopted = apart.adopted(&handled, &checked);
        let changes = apart.node_change(&handled).wrapping_add(apart.checked_change(&checked));
        assert_eq!(before.core_sum(true).wrapping_add(changes), whole.core_sum(true));
        let again = adopted.whole();
        assert_eq!(again.core_sum(true), whole.core_sum(true));
        assert_eq!(again.violations(), whole.violations());
        assert_eq!(again.fingerprint(), whole.fingerprint());
        let other = Apart::of(whole, decided, Some(&apart));
        assert!(Arc::ptr_eq(&other.rest, &apart.rest), "a message to a node changes no more");
    }

    #[test]
    fn what_a_node_makes_of_a_message_is_the_same_wherever_both_meet() {
        let (mut compared, mut broken) = (0, 0);
        for place in 0..REGISTRY.len() as u8 {
            for without_rules in [false, true] {
                let (mut outcomes, mut views) = (Outcomes::new(), Views::new());
                for seed in 0..12 {
                    let mut config = Scenario::new(place).config;
                    if without_rules {
                        config.rules = RuleSet::default();
                    }
                    config.seed = seed;
                    let mut world = REGISTRY[usize::from(place)].world(config).unwrap();
                    for round in 0..150 {
                        if let Some(action) = anything(&world, seed, round) {
                            // What is impossible now is refused.
                            let _ = world.apply(&action);
                        }
                        for envelope in world.envelopes().take(6) {
                            compare(&world, envelope, (&mut outcomes, &mut views));
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
