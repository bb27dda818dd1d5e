//! What a primary does, in the five steps of passive replication: *initialise* its backups, *detect*
//! a change, *update* the state, *notify* the backups, and wait until they *acknowledge*.

use std::sync::Arc;

use super::history::{UPDATES_MAX, Update};
use super::message::Message;
use super::server::{changed_by, ping};
use super::state::{Node, Primary, Role, Waiting};
use super::{PrimaryBackup, RESEND, rules};
use crate::ids::NodeId;
use crate::operation::Outcome;
use crate::protocol::{Answer, Context, Request};

type Ctx<'a> = Context<'a, PrimaryBackup>;

/// The most updates that one message carries.
const UPDATES_PER_MESSAGE: usize = 64;

/// Begins a view: all backups get the whole state. A primary that stays keeps its waiting clients.
pub fn begin_view(context: &mut Ctx<'_>, node: &mut Node, before: Option<Primary>) {
    let before = before.unwrap_or_default();
    node.role = Role::Primary(Primary {
        waiting: before.waiting,
        detected: before.detected,
        stable: before.stable,
        ..Primary::default()
    });
    node.rounds += 1;
    for backup in node.disk.view.backups.iter() {
        initialise(context, node, backup);
    }
    acknowledge_view(context, node);
    answer(context, node);
    arm(context, node);
}

/// A primary that starts again: its disk says whether its backups had been initialised.
pub fn restart(context: &mut Ctx<'_>, node: &mut Node) {
    let mut primary = Primary::default();
    if node.disk.is_acknowledged() {
        primary.initialised = node.disk.view.backups;
    }
    node.role = Role::Primary(primary);
    acknowledge_view(context, node);
    arm(context, node);
}

/// *Initialise*: sends the whole state.
fn initialise(context: &mut Ctx<'_>, node: &Node, backup: NodeId) {
    let state = node.disk.history.clone();
    let message = Message::Initialise { view: node.disk.view, state, round: node.round() };
    context.send(backup, message);
}

/// Tells the view service, once, that this view may be left: any backup in it can take over.
fn acknowledge_view(context: &mut Ctx<'_>, node: &mut Node) {
    let Role::Primary(primary) = &node.role else { return };
    if node.disk.is_acknowledged() {
        return;
    }
    let missing = node.disk.view.backups.without(primary.initialised);
    if missing.is_empty() || !context.enforces(rules::ACKNOWLEDGE_AFTER_INITIALISATION) {
        node.disk.acknowledged = node.disk.view.number;
        ping(context, node);
    }
}

/// A client asks the primary.
pub fn on_request(context: &mut Ctx<'_>, node: &mut Node, request: &Request) {
    let Role::Primary(primary) = &mut node.role else { return };
    let is_same = |waiting: &Waiting| {
        (waiting.request.session, waiting.request.sequence) == (request.session, request.sequence)
    };
    if primary.waiting.iter().any(is_same) && context.enforces(rules::SESSION_DEDUP) {
        return; // It is answered when it is acknowledged.
    }
    // *Detect*: does the request ask for a change? The state differs only then.
    primary.detected = Some(request.operation.clone());
    if request.operation.is_read() {
        let outcome = node.store.read(request.operation.key());
        return ask_round(context, node, request, outcome);
    }
    if let Some(outcome) = node.sessions.earlier(request).cloned()
        && context.enforces(rules::SESSION_DEDUP)
    {
        return ask_round(context, node, request, outcome);
    }
    if node.disk.history.last() >= UPDATES_MAX {
        return context.reply(request, Answer::Redirect(None));
    }
    update(context, node, request);
}

/// *Update*: executes the request and gives it its place; then *notify*.
fn update(context: &mut Ctx<'_>, node: &mut Node, request: &Request) {
    let after = node.disk.history.last();
    let change = changed_by(&request.operation, context.now_ms);
    let view = node.disk.view.number;
    let update = Arc::new(Update { view, request: request.clone(), change });
    let outcome = node.apply(Arc::clone(&update));
    context.executed(after + 1, request);
    let round = node.round();
    let backups = node.disk.view.backups;
    let Role::Primary(primary) = &mut node.role else { return };
    for backup in backups.intersection(primary.initialised).iter() {
        let updates = vec![Arc::clone(&update)];
        context.send(backup, Message::Notify { view, after, updates, round });
    }
    let request = request.clone();
    let round = super::Round::default();
    primary.waiting.push(Waiting { request, outcome, place: after + 1, round });
    answer(context, node);
    arm(context, node);
}

/// What needs no update waits until the backups say that they are still in this view: then no later
/// primary has answered anyone before this client asked.
fn ask_round(context: &mut Ctx<'_>, node: &mut Node, request: &Request, outcome: Outcome) {
    node.rounds += 1;
    let (place, round) = (node.disk.history.last(), node.round());
    let request = request.clone();
    let Some(primary) = node.primary_mut() else { return };
    primary.waiting.push(Waiting { request, outcome, place, round });
    answer(context, node);
    let Role::Primary(primary) = &node.role else { return };
    if primary.waiting.iter().any(|waiting| waiting.round == round) {
        let backups = node.disk.view.backups.intersection(primary.initialised);
        for backup in backups.iter() {
            notify(context, node, primary, backup);
        }
    }
    arm(context, node);
}

/// *Notify*: sends what a backup has not acknowledged.
fn notify(context: &mut Ctx<'_>, node: &Node, primary: &Primary, backup: NodeId) {
    let reached = primary.acknowledged.get(&backup).copied();
    // After a restart the primary does not know what the backup has: it asks.
    let after = reached.unwrap_or(node.disk.history.last());
    let updates = node.disk.history.after(after, UPDATES_PER_MESSAGE);
    let view = node.disk.view.number;
    context.send(backup, Message::Notify { view, after, updates, round: node.round() });
}

/// *Acknowledge*: a backup says what it holds.
pub fn on_acknowledge(
    context: &mut Ctx<'_>,
    node: &mut Node,
    from: NodeId,
    (view, place, round): (u64, u64, super::Round),
) {
    // An acknowledgement of another view says nothing about this one.
    if view != node.disk.view.number || !node.disk.view.backups.contains(from) {
        return;
    }
    let Some(primary) = node.primary_mut() else { return };
    primary.initialised.insert(from);
    let reached = primary.acknowledged.entry(from).or_insert(place);
    *reached = place.max(*reached);
    let confirmed = primary.confirmed.entry(from).or_insert(round);
    *confirmed = round.max(*confirmed);
    acknowledge_view(context, node);
    answer(context, node);
    arm(context, node);
}

/// Answers every client whose answer enough backups have acknowledged.
fn answer(context: &mut Ctx<'_>, node: &mut Node) {
    let backups = node.disk.view.backups;
    let needed = rules::awaited(context.setting(rules::SYNCHRONY), backups.len());
    let Role::Primary(primary) = &mut node.role else { return };
    let mut still = Vec::new();
    for waiting in std::mem::take(&mut primary.waiting) {
        let count = primary.count(backups, waiting.place, waiting.round);
        let is_read = waiting.request.operation.is_read();
        let rule = if is_read { rules::CONFIRM_READS } else { rules::AWAIT_ACKNOWLEDGEMENTS };
        if count < needed && context.enforces(rule) {
            still.push(waiting);
            continue;
        }
        primary.stable = primary.stable.max(waiting.place);
        let answer = Answer::Done { outcome: waiting.outcome, as_of: waiting.place };
        context.reply(&waiting.request, answer);
    }
    primary.waiting = still;
}

/// Whether a backup has not acknowledged everything.
fn is_behind(node: &Node, primary: &Primary, backup: NodeId) -> bool {
    let reached = primary.acknowledged.get(&backup).copied();
    let confirmed = primary.confirmed.get(&backup).copied();
    !primary.initialised.contains(backup)
        || reached.is_none_or(|place| place < node.disk.history.last())
        || confirmed.is_none_or(|round| round < node.round())
}

/// Messages may be lost: whoever is behind is asked again after a while.
fn arm(context: &mut Ctx<'_>, node: &mut Node) {
    let Role::Primary(primary) = &node.role else { return };
    let awaits = node.disk.view.backups.iter().any(|backup| is_behind(node, primary, backup));
    let is_armed = primary.resends;
    if awaits && !is_armed {
        let wait_ms = context.setting(rules::RESEND_MS);
        context.arm(RESEND, wait_ms, wait_ms);
    } else if !awaits {
        context.disarm(RESEND);
    }
    if let Some(primary) = node.primary_mut() {
        primary.resends = awaits;
    }
}

/// Sends again what was not acknowledged.
pub fn on_resend_timeout(context: &mut Ctx<'_>, node: &mut Node) {
    let Role::Primary(primary) = &node.role else { return };
    for backup in node.disk.view.backups.iter() {
        if !primary.initialised.contains(backup) {
            initialise(context, node, backup);
        } else if is_behind(node, primary, backup) {
            notify(context, node, primary, backup);
        }
    }
    if let Some(primary) = node.primary_mut() {
        primary.resends = false;
    }
    arm(context, node);
}
