//! Who decides what happens next: time (every message and timer when it is due), or chance.
//!
//! By hand needs no schedule: a person applies actions.

use super::node::Status;
use super::{Payload, World};
use crate::action::{Action, ActionKind};
use crate::ids::{ClientId, NodeId, TimerId};
use crate::mix::{Purpose, draw};
use crate::workload::WORKLOADS;

/// Who decides what happens next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schedule {
    /// Everything happens when it is due, the earliest first.
    ByTime,
    /// Any message or timer may be next, by the seed; no time passes.
    Random,
}

/// The order among events that are due in the same millisecond: fixed, so that runs repeat.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Turn {
    Message(u32),
    Timer(NodeId, TimerId),
    Client(ClientId),
}

impl World {
    /// The next thing that happens by itself, or `None` where nothing ever will.
    pub fn next_action(&self, schedule: Schedule) -> Option<Action> {
        match schedule {
            Schedule::ByTime => self.next_due(),
            Schedule::Random => random_action(self),
        }
    }

    fn next_due(&self) -> Option<Action> {
        // What waits for a paused node is passed over.
        let message = self.network.by_due().find_map(|envelope| {
            let kind = self.fate(envelope)?;
            Some((envelope.due_ms, Turn::Message(envelope.id.0), kind))
        });
        let timer = self.next_timers.first().map(|(due_ms, node, timer)| {
            (due_ms, Turn::Timer(node, timer), ActionKind::Fire { node, timer })
        });
        let clients = self.clients.iter().enumerate().filter_map(|(index, client)| {
            let id = ClientId(index as u8);
            let Some(open) = client.open.as_ref() else {
                let kind = self.generated(id)?;
                return Some((client.next_ms, Turn::Client(id), kind));
            };
            Some(if open.give_up_ms <= open.retry_ms {
                (open.give_up_ms, Turn::Client(id), ActionKind::GiveUp(id))
            } else {
                (open.retry_ms, Turn::Client(id), ActionKind::Retry(id))
            })
        });
        // What is overdue happens now, in the order in which it fell due.
        message
            .into_iter()
            .chain(timer)
            .chain(clients)
            .min_by_key(|(due_ms, turn, _)| (*due_ms, *turn))
            .filter(|(due_ms, _, _)| *due_ms <= super::bounds::CLOCK_MS_MAX)
            .map(|(due_ms, _, kind)| kind.at(due_ms.max(self.now_ms)))
    }

    /// What an idle client asks for by itself.
    fn generated(&self, id: ClientId) -> Option<ActionKind> {
        let conditions = self.config.workload?;
        let workload = WORKLOADS.get(usize::from(conditions.workload))?;
        let called = self.clients[id.index()].called;
        let operation = workload.operation(self.config.seed, id, called, self.config.clients);
        let kind = ActionKind::Invoke { client: id, node: None, operation };
        // A full history takes no more.
        self.check(&kind).is_ok().then_some(kind)
    }

    /// What becomes of a message when it is due: it arrives, is lost, or waits for a paused node.
    fn fate(&self, envelope: &super::Envelope) -> Option<ActionKind> {
        let status = envelope.to.node().map(|node| self.nodes[node.index()].status);
        let lost = envelope.lost || self.network.is_cut(envelope.from, envelope.to);
        match status {
            Some(Status::Down) => Some(ActionKind::Drop(envelope.id)),
            _ if lost => Some(ActionKind::Drop(envelope.id)),
            Some(Status::Paused) => None,
            Some(Status::Up) | None => Some(ActionKind::Deliver(envelope.id)),
        }
    }
}

/// One of the messages, timers and retries that may be next, by the seed and the number of the step.
/// Messages are likelier than timers, so that rounds get a chance to end.
fn random_action(world: &World) -> Option<Action> {
    let mut choices: Vec<(u64, ActionKind)> = Vec::new();
    for envelope in world.network.in_flight() {
        let weight = if matches!(envelope.payload, Payload::Protocol(_)) { 8 } else { 4 };
        choices.extend(world.fate(envelope).map(|kind| (weight, kind)));
    }
    for (index, client) in world.clients.iter().enumerate() {
        let id = ClientId(index as u8);
        if client.open.is_some() {
            choices.push((1, ActionKind::Retry(id)));
        } else {
            choices.extend(world.generated(id).map(|kind| (2, kind)));
        }
    }
    for (index, slot) in world.nodes.iter().enumerate() {
        if slot.status() != Status::Up {
            continue;
        }
        let node = NodeId(index as u16);
        choices.extend(
            slot.timers().iter().map(|armed| (1, ActionKind::Fire { node, timer: armed.timer })),
        );
    }
    let total: u64 = choices.iter().map(|(weight, _)| weight).sum();
    if total == 0 {
        return None;
    }
    let mut pick = draw(world.config().seed, Purpose::Schedule, [world.step(), 0, 0]) % total;
    for (weight, kind) in choices {
        if pick < weight {
            return Some(kind.at(world.now_ms()));
        }
        pick -= weight;
    }
    None
}
