//! What a node does for its clients: the query phase, the store phase, and asking again (ABD §3;
//! LS §3). An operation belongs to the node that the client asked, and is lost with it.

use std::cmp::Ordering;

use super::message::Message;
use super::replica::{is_higher, keep, later};
use super::rules::Quorum;
use super::state::{Answered, Known, Node, Operation, Phase, Put, Round, Tag, Version};
use super::{Abd, RETRANSMIT, rules};
use crate::ids::{NodeId, NodeSet};
use crate::operation::{self, Outcome, Text};
use crate::protocol::{Answer, Context, Request};

type Ctx<'a> = Context<'a, Abd>;

/// The node that writes where only one does.
const SINGLE_WRITER: NodeId = NodeId(0);

/// A client asks.
pub fn on_request(context: &mut Ctx<'_>, node: &mut Node, request: &Request) {
    let is_same = |operation: &Operation| Put::of(&operation.request) == Put::of(request);
    if node.operations.iter().any(is_same) {
        return; // It is answered when it is done.
    }
    match &request.operation {
        operation::Operation::Get { .. } => begin_query(context, node, request),
        operation::Operation::Put { value, .. } => on_put(context, node, request, value),
        // No register can do more: it would solve consensus. The world lets nobody ask.
        _ => {
            debug_assert!(false, "only what the sheet offers is asked");
        }
    }
}

fn on_put(context: &mut Ctx<'_>, node: &mut Node, request: &Request, value: &Text) {
    let has_one_writer = context.setting(rules::WRITERS) == rules::WRITERS_SINGLE;
    if has_one_writer && context.me != SINGLE_WRITER {
        return context.reply(request, Answer::Redirect(Some(SINGLE_WRITER)));
    }
    if !has_one_writer && context.enforces(rules::WRITE_QUERIES_FIRST) {
        return begin_query(context, node, request);
    }
    // The single writer made every tag there is, and its own copy has the last of them.
    let highest = node.disk.registers.get(request.operation.key()).map(|version| version.tag);
    let known = node.disk.puts.get(&request.session).copied();
    let operation = begin(context, node, request);
    begin_write(context, node, operation, value, highest, known);
}

/// A new operation; its first phase is still to be chosen.
fn begin(context: &mut Ctx<'_>, node: &mut Node, request: &Request) -> Operation {
    node.begun += 1;
    Operation {
        number: node.begun,
        request: request.clone(),
        round: node.next_round(),
        heard: NodeSet::of(context.me),
        phase: Phase::Query { highest: None, known: None },
    }
}

/// Asks all what they hold, this node first.
fn begin_query(context: &mut Ctx<'_>, node: &mut Node, request: &Request) {
    let mut operation = begin(context, node, request);
    let highest = node.disk.registers.get(request.operation.key()).cloned();
    let known = node.disk.puts.get(&request.session).copied();
    operation.phase = Phase::Query { highest, known };
    context.broadcast(&message(&operation));
    go_on_with(context, node, operation);
}

/// An answer to a query. Answers to phases that are over come to nobody.
pub fn on_query_reply(
    context: &mut Ctx<'_>,
    node: &mut Node,
    from: NodeId,
    round: Round,
    version: Option<&Version>,
    heard_of: Option<Known>,
) {
    let Some(mut operation) = take(node, round) else { return };
    operation.heard.insert(from);
    if let Phase::Query { highest, known } = &mut operation.phase {
        let own = highest.as_ref().map(|highest| highest.tag);
        if let Some(version) = version
            && is_higher(context, version.tag, own)
        {
            *highest = Some(version.clone());
        }
        if let Some(heard_of) = heard_of {
            *known = Some(later(*known, heard_of));
        }
    }
    go_on_with(context, node, operation);
}

/// A replica has what was sent.
pub fn on_store_reply(context: &mut Ctx<'_>, node: &mut Node, from: NodeId, round: Round) {
    let Some(mut operation) = take(node, round) else { return };
    operation.heard.insert(from);
    go_on_with(context, node, operation);
}

fn take(node: &mut Node, round: Round) -> Option<Operation> {
    let place = node.operations.iter().position(|operation| operation.round == round)?;
    Some(node.operations.remove(place))
}

/// Ends the operation's phase where enough nodes have answered; else it goes on waiting.
fn go_on_with(context: &mut Ctx<'_>, node: &mut Node, operation: Operation) {
    let (query, store) = Quorum::of_query_and_store(context);
    let heard = operation.heard.len();
    match &operation.phase {
        Phase::Query { highest, known } => {
            if !query.is_reached(context, heard) {
                return wait(context, node, operation);
            }
            let (highest, known) = (highest.clone(), *known);
            finish_query(context, node, operation, highest, known);
        }
        Phase::Store { version, outcome } => {
            if !store.is_reached(context, heard) && context.enforces(rules::ANSWER_AFTER_MAJORITY) {
                return wait(context, node, operation);
            }
            let (version, outcome) = (version.clone(), outcome.clone());
            answer(context, node, &operation, Some(version), outcome);
        }
    }
}

/// Puts the operation among those that wait for answers.
fn wait(context: &mut Ctx<'_>, node: &mut Node, operation: Operation) {
    if node.operations.is_empty() {
        arm(context);
    }
    let place = node.operations.partition_point(|other| other.number < operation.number);
    node.operations.insert(place, operation);
}

fn finish_query(
    context: &mut Ctx<'_>,
    node: &mut Node,
    operation: Operation,
    highest: Option<Version>,
    known: Option<Known>,
) {
    let request = operation.request.operation.clone();
    match (request, highest) {
        (operation::Operation::Put { value, .. }, highest) => {
            let highest = highest.map(|highest| highest.tag);
            begin_write(context, node, operation, &value, highest, known);
        }
        (_, None) => answer(context, node, &operation, None, Outcome::Absent),
        (_, Some(version)) => {
            let outcome = Outcome::Found(version.value.clone());
            // Others may not have the value yet: unless they have it before the client, another
            // client may read an older one afterwards.
            if context.enforces(rules::READ_WRITE_BACK) {
                begin_store(context, node, operation, version, outcome);
            } else {
                answer(context, node, &operation, Some(version), outcome);
            }
        }
    }
}

/// Chooses the tag of a write: above all that was found, or the one that this put has already.
fn begin_write(
    context: &mut Ctx<'_>,
    node: &mut Node,
    operation: Operation,
    value: &Text,
    highest: Option<Tag>,
    known: Option<Known>,
) {
    let put = Put::of(&operation.request);
    if let Some(known) = known {
        match known.sequence.cmp(&put.sequence) {
            // The client asked this long ago, was answered, and has asked for something else since.
            Ordering::Greater if context.enforces(rules::REPEATED_PUT_KEEPS_ITS_TAG) => {
                return rest(context, node);
            }
            Ordering::Equal if context.enforces(rules::REPEATED_PUT_KEEPS_ITS_TAG) => {
                let version = Version { tag: known.tag, value: value.clone(), put };
                return begin_store(context, node, operation, version, Outcome::Done);
            }
            _ => {}
        }
    }
    // This node may have made another tag since it was asked.
    let own = node.disk.registers.get(operation.request.operation.key());
    let counter =
        highest.map_or(0, |tag| tag.counter).max(own.map_or(0, |own| own.tag.counter)) + 1;
    let tag = Tag { counter, writer: context.me };
    let version = Version { tag, value: value.clone(), put };
    begin_store(context, node, operation, version, Outcome::Done);
}

/// Brings a version to a quorum, this node first.
fn begin_store(
    context: &mut Ctx<'_>,
    node: &mut Node,
    mut operation: Operation,
    version: Version,
    outcome: Outcome,
) {
    keep(context, &mut node.disk, operation.request.operation.key(), &version);
    operation.round = node.next_round();
    operation.heard = NodeSet::of(context.me);
    operation.phase = Phase::Store { version, outcome };
    context.broadcast(&message(&operation));
    go_on_with(context, node, operation);
}

fn answer(
    context: &mut Ctx<'_>,
    node: &mut Node,
    operation: &Operation,
    version: Option<Version>,
    outcome: Outcome,
) {
    let (_, store) = Quorum::of_query_and_store(context);
    let stored_on = store.size(context);
    // Registers share no order in which the answer would have a place.
    context.reply(&operation.request, Answer::Done { outcome: outcome.clone(), as_of: 0 });
    let request = operation.request.clone();
    let number = operation.number;
    node.answered = Some(Answered { number, request, version, outcome, stored_on });
    rest(context, node);
}

/// Nothing to ask again where no operation is open.
fn rest(context: &mut Ctx<'_>, node: &Node) {
    if node.operations.is_empty() {
        context.disarm(RETRANSMIT);
    }
}

fn arm(context: &mut Ctx<'_>) {
    let wait_ms = context.setting(rules::RETRANSMIT_MS);
    context.arm(RETRANSMIT, wait_ms, wait_ms);
}

/// Messages or answers may be lost: asks again whoever has not answered.
pub fn on_retransmit_timeout(context: &mut Ctx<'_>, node: &mut Node) {
    for operation in &node.operations {
        let message = message(operation);
        for to in context.others().filter(|to| !operation.heard.contains(*to)) {
            context.send(to, message.clone());
        }
    }
    if !node.operations.is_empty() {
        arm(context);
    }
}

/// What the operation's phase sends.
fn message(operation: &Operation) -> Message {
    let request = &operation.request;
    let (round, key) = (operation.round, request.operation.key().clone());
    match &operation.phase {
        Phase::Query { .. } => {
            let session = (!request.operation.is_read()).then_some(request.session);
            Message::Query { round, key, session }
        }
        Phase::Store { version, .. } => Message::Store { round, key, version: version.clone() },
    }
}
