//! The one function that changes a world, and the question whether it would.

use std::sync::Arc;

use super::bounds::{CLOCK_MS_MAX, OPERATIONS_MAX, RATE_PERMILLE_MAX, SPAN_MS_MAX};
use super::client::{OpenOperation, REDIRECTIONS_MAX};
use super::network::{Envelope, Payload};
use super::node::Status;
use super::refusal::{changes_something, within};
use super::{Refusal, World};
use crate::action::{Action, ActionKind};
use crate::history::Completion;
use crate::ids::{ClientId, Endpoint, MessageId, NodeId, NodeSet};
use crate::machine::Input;
use crate::mix::{Purpose, draw_between};
use crate::operation::Operation;
use crate::protocol::{Answer, Reply, Request};

impl World {
    /// Applies an action: the only way a world changes.
    ///
    /// # Errors
    /// An impossible action is refused with the reason, and the world is as it was.
    pub fn apply(&mut self, action: &Action) -> Result<(), Refusal> {
        self.check(&action.kind)?;
        let now_ms = self.now_ms.max(action.at_ms);
        if now_ms > CLOCK_MS_MAX {
            return Err(Refusal::Bound("milliseconds on the clock", CLOCK_MS_MAX));
        }
        self.now_ms = now_ms;
        self.step += 1;
        let overflow_before = self.network.overflow;
        self.last =
            super::LastAction { sent: std::mem::take(&mut self.last.sent), ..Default::default() };
        self.last.sent.clear();
        match &action.kind {
            ActionKind::Wait => {}
            ActionKind::Deliver(message) => self.deliver(*message),
            ActionKind::Drop(message) => drop(self.network.remove(*message)),
            ActionKind::Duplicate(message) => {
                if let Some(original) = self.network.get(*message) {
                    let copy = Envelope { lost: false, ..original.clone() };
                    self.put_under_way(copy);
                }
            }
            ActionKind::Delay { message, by_ms } => {
                self.network.delay(*message, self.now_ms, *by_ms);
            }
            ActionKind::Fire { node, timer } => {
                let slot = Arc::make_mut(&mut self.nodes[node.index()]);
                slot.timers.retain(|armed| armed.timer != *timer);
                self.expect_timers(*node);
                self.run(*node, Input::Timer(*timer));
            }
            ActionKind::Crash(node) => self.crash(*node),
            ActionKind::Restart(node) => self.start(*node),
            ActionKind::Pause(node) => self.set_status(*node, Status::Paused),
            ActionKind::Resume(node) => self.set_status(*node, Status::Up),
            ActionKind::LoseDisk(node) => {
                let slot = Arc::make_mut(&mut self.nodes[node.index()]);
                slot.disk = Some(self.machine.empty_disk());
                slot.touch();
                self.last.touched = Some(*node);
                self.observe(*node, &[], &[]);
            }
            ActionKind::HoldDisk(node) => {
                let slot = Arc::make_mut(&mut self.nodes[node.index()]);
                slot.disk = slot.node.as_ref().map(|node| self.machine.disk_of(node));
                slot.touch();
                self.last.touched = Some(*node);
            }
            ActionKind::SyncDisk(node) => {
                let slot = Arc::make_mut(&mut self.nodes[node.index()]);
                slot.disk = None;
                slot.touch();
                self.last.touched = Some(*node);
                for (to, payload) in std::mem::take(&mut slot.withheld) {
                    self.send(Endpoint::Node(*node), to, payload);
                }
                self.observe(*node, &[], &[]);
            }
            ActionKind::Cut { from, to } => self.network.set_cut(**from, **to, true),
            ActionKind::Heal { from, to } => self.network.set_cut(**from, **to, false),
            ActionKind::Partition(side) => {
                let other = NodeSet::all(self.config.nodes).without(**side);
                self.network.set_cut(**side, other, true);
                self.network.set_cut(other, **side, true);
            }
            ActionKind::HealAll => {
                let all = NodeSet::all(self.config.nodes);
                self.network.set_cut(all, all, false);
            }
            ActionKind::SetClockRate { node, rate_permille } => {
                Arc::make_mut(&mut self.nodes[node.index()])
                    .clock
                    .set_rate(self.now_ms, *rate_permille);
                self.expect_timers(*node);
            }
            ActionKind::JumpClock { node, ahead_ms } => {
                Arc::make_mut(&mut self.nodes[node.index()]).clock.jump(*ahead_ms);
                self.expect_timers(*node);
            }
            ActionKind::SetRule { rule, on: true } => self.rules.insert(*rule),
            ActionKind::SetRule { rule, on: false } => self.rules.remove(*rule),
            ActionKind::Invoke { client, node, operation } => {
                self.invoke(*client, *node, operation.clone());
            }
            ActionKind::Retry(client) => self.retry(*client),
            ActionKind::GiveUp(client) => self.give_up(*client),
            ActionKind::Command { node, command, argument } => {
                self.run(*node, Input::Command { command: *command, argument: *argument });
            }
        }
        self.hops = 0;
        self.last.overflow = self.network.overflow - overflow_before;
        Ok(())
    }

    /// Whether an action is possible now.
    ///
    /// # Errors
    /// The reason why not.
    pub fn check(&self, kind: &ActionKind) -> Result<(), Refusal> {
        let sheet = self.sheet;
        match kind {
            ActionKind::Wait => Ok(()),
            ActionKind::HealAll => {
                let is_whole = self.network.cuts().iter().all(|unreachable| unreachable.is_empty());
                changes_something(!is_whole)
            }
            ActionKind::Drop(message) | ActionKind::Duplicate(message) => {
                self.in_flight(*message).map(|_| ())
            }
            ActionKind::Delay { message, by_ms } => {
                self.in_flight(*message)?;
                changes_something(*by_ms > 0)?;
                within(*by_ms, SPAN_MS_MAX, "milliseconds of delay")
            }
            ActionKind::Deliver(message) => {
                let envelope = self.in_flight(*message)?;
                if let Endpoint::Node(node) = envelope.to {
                    self.must_be_up(node)?;
                }
                if self.network.is_cut(envelope.from, envelope.to) {
                    return Err(Refusal::LinkCut(envelope.from, envelope.to));
                }
                Ok(())
            }
            ActionKind::Fire { node, timer } => {
                self.must_be_up(*node)?;
                let slot = &self.nodes[node.index()];
                if slot.timers.iter().any(|armed| armed.timer == *timer) {
                    Ok(())
                } else {
                    Err(Refusal::TimerNotArmed(*node))
                }
            }
            ActionKind::Crash(node) => match self.known_status(*node)? {
                Status::Up | Status::Paused => Ok(()),
                Status::Down => Err(Refusal::NotUp(*node, Status::Down)),
            },
            ActionKind::Pause(node) => self.must_be_up(*node),
            ActionKind::Restart(node) | ActionKind::LoseDisk(node) => {
                match self.known_status(*node)? {
                    Status::Down => Ok(()),
                    _ => Err(Refusal::NotDown(*node)),
                }
            }
            ActionKind::Resume(node) => match self.known_status(*node)? {
                Status::Paused => Ok(()),
                _ => Err(Refusal::NotPaused(*node)),
            },
            ActionKind::HoldDisk(node) => match self.known_status(*node)? {
                Status::Down => Err(Refusal::NotUp(*node, Status::Down)),
                _ if self.nodes[node.index()].is_disk_held() => Err(Refusal::DiskHeld(*node)),
                _ => Ok(()),
            },
            ActionKind::SyncDisk(node) => {
                // What waits for the disk is sent by the node, which must not stand still.
                self.must_be_up(*node)?;
                if self.nodes[node.index()].is_disk_held() {
                    Ok(())
                } else {
                    Err(Refusal::DiskNotHeld(*node))
                }
            }
            ActionKind::Cut { from, to } | ActionKind::Heal { from, to } => {
                self.known(**from)?;
                self.known(**to)?;
                let leads_elsewhere = from.len() > 1 || !to.without(**from).is_empty();
                changes_something(!from.is_empty() && !to.is_empty() && leads_elsewhere)
            }
            ActionKind::Partition(side) => {
                self.known(**side)?;
                changes_something(!side.is_empty() && **side != NodeSet::all(self.config.nodes))
            }
            ActionKind::SetClockRate { node, rate_permille } => {
                self.known_status(*node)?;
                within(*rate_permille, RATE_PERMILLE_MAX, "per mille of true time")
            }
            ActionKind::JumpClock { node, ahead_ms } => {
                self.known_status(*node)?;
                changes_something(*ahead_ms > 0)?;
                within(*ahead_ms, SPAN_MS_MAX, "milliseconds of jump")
            }
            ActionKind::SetRule { rule, on } => {
                if usize::from(rule.0) >= sheet.rules.len() {
                    Err(Refusal::NoSuchName)
                } else if self.rules.contains(*rule) == *on {
                    Err(Refusal::NothingToDo)
                } else {
                    Ok(())
                }
            }
            ActionKind::Invoke { client, node, operation } => {
                if !sheet.operations.contains(&operation.kind()) {
                    return Err(Refusal::NoSuchName);
                }
                if let Some(node) = node {
                    self.known_status(*node)?;
                }
                if self.history.records().len() >= OPERATIONS_MAX {
                    return Err(Refusal::Bound("operations in a history", OPERATIONS_MAX as u64));
                }
                match self.clients.get(client.index()) {
                    None => Err(Refusal::NoSuchClient(*client)),
                    Some(state) if state.open.is_some() => Err(Refusal::ClientBusy(*client)),
                    Some(_) => Ok(()),
                }
            }
            ActionKind::Retry(client) | ActionKind::GiveUp(client) => {
                match self.clients.get(client.index()) {
                    None => Err(Refusal::NoSuchClient(*client)),
                    Some(state) if state.open.is_none() => Err(Refusal::ClientIdle(*client)),
                    Some(_) => Ok(()),
                }
            }
            ActionKind::Command { node, command, argument } => {
                self.must_be_up(*node)?;
                self.known_status(*argument)?;
                if usize::from(*command) < sheet.commands.len() {
                    Ok(())
                } else {
                    Err(Refusal::NoSuchName)
                }
            }
        }
    }

    fn in_flight(&self, message: MessageId) -> Result<&Envelope, Refusal> {
        self.network.get(message).ok_or(Refusal::NoSuchMessage)
    }

    fn known_status(&self, node: NodeId) -> Result<Status, Refusal> {
        self.nodes.get(node.index()).map(|slot| slot.status).ok_or(Refusal::NoSuchNode(node))
    }

    fn must_be_up(&self, node: NodeId) -> Result<(), Refusal> {
        match self.known_status(node)? {
            Status::Up => Ok(()),
            status => Err(Refusal::NotUp(node, status)),
        }
    }

    fn known(&self, nodes: NodeSet) -> Result<(), Refusal> {
        let strangers = nodes.without(NodeSet::all(self.config.nodes));
        match strangers.iter().next() {
            Some(stranger) => Err(Refusal::NoSuchNode(stranger)),
            None => Ok(()),
        }
    }

    fn deliver(&mut self, id: MessageId) {
        let Some(envelope) = self.network.remove(id) else { return };
        self.hops = envelope.hops;
        match (&envelope.payload, envelope.to, envelope.from) {
            (Payload::Protocol(message), Endpoint::Node(to), Endpoint::Node(from)) => {
                self.run(to, Input::Message { from, message });
            }
            (Payload::Request(request), Endpoint::Node(to), _) => {
                self.run(to, Input::Request(request));
            }
            (Payload::Reply(reply), Endpoint::Client(client), Endpoint::Node(from)) => {
                self.on_reply(client, from, reply);
            }
            _ => unreachable!("payloads travel only between endpoints that understand them"),
        }
    }

    fn set_status(&mut self, id: NodeId, status: Status) {
        let slot = Arc::make_mut(&mut self.nodes[id.index()]);
        slot.status = status;
        slot.touch();
        self.last.touched = Some(id);
        self.expect_timers(id);
    }

    fn crash(&mut self, id: NodeId) {
        let slot = Arc::make_mut(&mut self.nodes[id.index()]);
        let disk = self.machine.surviving(slot.disk_now(self.machine), self.rules);
        slot.disk = Some(disk);
        slot.node = None;
        slot.timers.clear();
        slot.withheld.clear();
        self.set_status(id, Status::Down);
        self.observe(id, &[], &[]);
    }

    /// Boots a crashed node: whatever is not on the disk is gone.
    pub(super) fn start(&mut self, id: NodeId) {
        let slot = Arc::make_mut(&mut self.nodes[id.index()]);
        slot.boots += 1;
        let disk = slot.disk.take().unwrap_or_else(|| self.machine.empty_disk());
        slot.status = Status::Up;
        let machine = self.machine;
        self.run_with(id, |surroundings, node| *node = Some(machine.boot(surroundings, disk)));
    }

    fn invoke(&mut self, id: ClientId, node: Option<NodeId>, operation: Operation) {
        let client = &mut Arc::make_mut(&mut self.clients)[id.index()];
        if let Some(node) = node {
            client.contact = node;
        }
        client.sequence += 1;
        client.called += 1;
        let request = Request {
            client: id,
            session: client.session,
            sequence: client.sequence,
            operation: operation.clone(),
        };
        let operation_id = self.history.call(id, client.session, operation, self.now_ms, self.step);
        client.open = Some(OpenOperation {
            id: operation_id,
            request,
            retry_ms: 0,
            give_up_ms: self.now_ms + u64::from(self.config.client.patience_ms),
            redirections: 0,
            floor: self.acknowledged,
        });
        self.ask(id);
    }

    /// Sends a client's open request to its contact.
    fn ask(&mut self, id: ClientId) {
        let client = &mut Arc::make_mut(&mut self.clients)[id.index()];
        let contact = client.contact;
        let Some(open) = &mut client.open else { return };
        open.retry_ms = self.now_ms + u64::from(self.config.client.retry_ms);
        let request = open.request.clone();
        self.send(Endpoint::Client(id), Endpoint::Node(contact), Payload::Request(request));
    }

    fn retry(&mut self, id: ClientId) {
        let client = &mut Arc::make_mut(&mut self.clients)[id.index()];
        client.contact = NodeId((client.contact.0 + 1) % self.config.nodes);
        if let Some(open) = &mut client.open {
            open.redirections = 0;
        }
        self.ask(id);
    }

    fn give_up(&mut self, id: ClientId) {
        let client = &mut Arc::make_mut(&mut self.clients)[id.index()];
        if let Some(open) = client.open.take() {
            self.history.give_up(open.id, self.step);
            // The operation may still take effect: only a new session can be told apart from it.
            client.session = self.next_session;
            client.sequence = 0;
            self.next_session += 1;
            self.rest(id);
        }
    }

    /// A client that asks by itself rests before its next operation.
    pub(super) fn rest(&mut self, id: ClientId) {
        let Some(workload) = self.config.workload else { return };
        let client = &mut Arc::make_mut(&mut self.clients)[id.index()];
        let (low, high) = (u64::from(workload.rest_min_ms), u64::from(workload.rest_max_ms));
        let key = [u64::from(id.0), u64::from(client.called), 0];
        client.next_ms =
            self.now_ms + draw_between(self.config.seed, Purpose::Workload, key, low, high);
    }

    fn on_reply(&mut self, id: ClientId, from: NodeId, reply: &Reply) {
        let client = &mut Arc::make_mut(&mut self.clients)[id.index()];
        let Some(open) = &mut client.open else { return };
        if (reply.session, reply.sequence) != (open.request.session, open.request.sequence) {
            return; // An answer to an earlier attempt or operation: the client no longer waits.
        }
        match &reply.answer {
            Answer::Done { outcome, as_of } => {
                self.acknowledged = self.acknowledged.max(*as_of);
                let completion = Completion {
                    outcome: outcome.clone(),
                    return_ms: self.now_ms,
                    return_step: self.step,
                    hops: self.hops,
                };
                self.history.complete(open.id, completion);
                client.contact = from;
                client.open = None;
                self.rest(id);
            }
            // Only the node that the client is waiting for may send it elsewhere.
            Answer::Redirect(_) if from != client.contact => {}
            Answer::Redirect(None) => {}
            Answer::Redirect(Some(hint)) => {
                client.contact = *hint;
                if open.redirections < REDIRECTIONS_MAX {
                    open.redirections += 1;
                    self.ask(id);
                }
            }
        }
    }
}
