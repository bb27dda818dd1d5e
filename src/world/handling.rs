//! What a node's handler asks for, carried out: timers are set, checkers look at the cluster, messages are
//! put under way.
//!
//! The three are apart, since a search remembers what a node made of a message wherever it meets both
//! again, and lets the checkers alone look anew ([`super::handled`]).

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::network::{Envelope, Payload};
use super::node::{ArmedTimer, Status};
use super::{Violation, World};
use crate::cluster::ClusterState;
use crate::ids::{ClientId, Endpoint, MessageId, NodeId};
use crate::machine::{Input, Opaque};
use crate::mix::{Purpose, StableHasher, draw, draw_between};
use crate::protocol::{Effects, Execution, Reply, Surroundings, TimerChange};

impl World {
    /// Calls a node's handler and carries out what it asked for.
    pub(super) fn run(&mut self, id: NodeId, input: Input<'_>) {
        let machine = self.machine;
        self.run_with(id, |surroundings, node| match node {
            Some(node) => machine.handle(surroundings, node, input),
            None => unreachable!("check() lets only running nodes act"),
        });
    }

    pub(super) fn run_with(
        &mut self,
        id: NodeId,
        call: impl FnOnce(Surroundings<'_>, &mut Option<Opaque>),
    ) {
        let mut effects = std::mem::take(&mut self.scratch);
        self.act(id, call, &mut effects);
        self.last.touched = Some(id);
        self.observe(id, &effects.executions, &effects.replies);
        self.dispatch(id, &mut effects);
        self.scratch = effects;
    }

    /// Calls a node's handler and sets its timers. What else it asked for is left in `effects`.
    pub(super) fn act(
        &mut self,
        id: NodeId,
        call: impl FnOnce(Surroundings<'_>, &mut Option<Opaque>),
        effects: &mut Effects,
    ) {
        let slot = Arc::make_mut(&mut self.nodes[id.index()]);
        let surroundings = Surroundings {
            me: id,
            node_count: self.config.nodes,
            now_ms: slot.clock.local_ms(self.now_ms),
            rules: self.rules,
            settings: &self.config.settings,
            effects,
        };
        call(surroundings, &mut slot.node);
        slot.touch();
        self.last.applied.0 |= effects.applied.0;
        self.last.missed.0 |= effects.missed.0;
        effects.applied = Default::default();
        effects.missed = Default::default();
        if !effects.timers.is_empty() {
            for change in effects.timers.drain(..) {
                self.change_timer(id, change);
            }
            self.expect_timers(id);
        }
    }

    /// Sends what a node asked for, or withholds it. Its checkers have looked.
    pub(super) fn dispatch(&mut self, id: NodeId, effects: &mut Effects) {
        effects.executions.clear();
        let from = Endpoint::Node(id);
        for (to, message) in effects.sends.drain(..) {
            let must_wait = self.machine.waits_for_disk(&message, self.rules);
            self.send_or_withhold(from, Endpoint::Node(to), Payload::Protocol(message), must_wait);
        }
        for (client, reply) in effects.replies.drain(..) {
            let to = Endpoint::Client(client);
            let must_wait = self.machine.reply_waits_for_disk(self.rules);
            self.send_or_withhold(from, to, Payload::Reply(reply), must_wait);
        }
    }

    /// A write must be on the disk before anybody is told of what follows from it.
    fn send_or_withhold(
        &mut self,
        from: Endpoint,
        to: Endpoint,
        payload: Payload,
        must_wait: bool,
    ) {
        if let (true, Endpoint::Node(node)) = (must_wait, from) {
            let slot = &mut self.nodes[node.index()];
            if slot.is_disk_held() {
                let slot = Arc::make_mut(slot);
                slot.withheld.push((to, payload));
                slot.touch();
                return;
            }
        }
        self.send(from, to, payload);
    }

    fn change_timer(&mut self, id: NodeId, change: TimerChange) {
        let slot = Arc::make_mut(&mut self.nodes[id.index()]);
        let armed_local_ms = slot.clock.local_ms(self.now_ms);
        match change {
            TimerChange::Disarm(timer) => slot.timers.retain(|armed| armed.timer != timer),
            TimerChange::Arm { timer, min_ms, max_ms } => {
                slot.timers.retain(|armed| armed.timer != timer);
                // Keyed by node, timer and moment: no other draw depends on this one.
                let key = [u64::from(id.0), u64::from(timer.0), self.now_ms];
                let span_ms = draw_between(
                    self.config.seed,
                    Purpose::Timer,
                    key,
                    u64::from(min_ms),
                    u64::from(max_ms),
                );
                let due_local_ms = armed_local_ms + span_ms;
                let place = slot.timers.partition_point(|armed| armed.timer < timer);
                slot.timers.insert(place, ArmedTimer { timer, armed_local_ms, due_local_ms });
            }
        }
    }

    /// Brings `next_timers` up to date: call it when a node's timers, clock or status changed.
    pub(super) fn expect_timers(&mut self, id: NodeId) {
        let slot = &self.nodes[id.index()];
        let next = match slot.status {
            Status::Up => {
                let due =
                    |armed: &ArmedTimer| (slot.clock.true_ms(armed.due_local_ms), armed.timer);
                slot.timers.iter().map(due).min()
            }
            Status::Paused | Status::Down => None,
        };
        self.next_timers.set(id, next);
    }

    /// Puts a message under way: its delay and fate are drawn now, keyed by what it is and when.
    pub(super) fn send(&mut self, from: Endpoint, to: Endpoint, payload: Payload) {
        let conditions = match (from, to) {
            (Endpoint::Node(from), Endpoint::Node(to)) => {
                self.config.links.get(&(from, to)).unwrap_or(&self.config.network)
            }
            _ => &self.config.network,
        };
        let seed = self.config.seed;
        let mut hasher = StableHasher::default();
        (from, to).hash(&mut hasher);
        payload.hash(self.machine, &mut hasher);
        let hash = hasher.finish();
        let key = [hash, self.now_ms, 0];
        let happens = |purpose, permille: u32| {
            permille > 0 && draw(seed, purpose, key) % 1000 < u64::from(permille)
        };
        let (low, high) = (u64::from(conditions.delay_min_ms), u64::from(conditions.delay_max_ms));
        let lost = happens(Purpose::Loss, conditions.loss_permille);
        let copied = happens(Purpose::Duplication, conditions.duplicate_permille);
        let ordered = conditions.ordered;
        for (copy, payload) in (0..).zip(std::iter::repeat_n(payload, 1 + usize::from(copied))) {
            let delay_ms = draw_between(seed, Purpose::Delay, [hash, self.now_ms, copy], low, high);
            let mut due_ms = self.now_ms + delay_ms;
            if ordered {
                due_ms = due_ms.max(self.network.last_due_ms(from, to).unwrap_or(0));
            }
            self.put_under_way(Envelope {
                id: MessageId(0),
                from,
                to,
                payload,
                sent_ms: self.now_ms,
                due_ms,
                sent_step: self.step,
                hops: self.hops + 1,
                lost: lost && copy == 0,
                hash,
            });
        }
    }

    pub(super) fn put_under_way(&mut self, envelope: Envelope) {
        if let Some(id) = self.network.insert(envelope) {
            self.last.sent.push(id);
        }
    }

    /// Lets the checkers look at the cluster after `touched` acted.
    pub(super) fn observe(
        &mut self,
        touched: NodeId,
        executions: &[Execution],
        replies: &[(ClientId, Reply)],
    ) {
        let (step, at_ms, violations) = (self.step, self.now_ms, &mut self.violations);
        let mut report = |invariant: u8, why: String| {
            // The first reason is the one to explain; later ones follow from it.
            if violations.iter().all(|violation| violation.invariant != invariant) {
                violations.push(Violation { invariant, step, at_ms, why });
            }
        };
        let cluster = ClusterState {
            nodes: &self.nodes,
            executions,
            replies,
            clients: &self.clients,
            machine: self.machine,
            rules: self.rules,
            settings: &self.config.settings,
            gaze: None,
        };
        self.machine.observe(&mut self.ghost, cluster, touched, &mut report);
        self.ghost_hash.take();
    }
}
