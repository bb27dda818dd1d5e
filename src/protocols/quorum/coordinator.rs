//! What a node does for its clients: it reads R replies, makes a version, brings it to W nodes,
//! repairs who told less, and asks again, stand-ins too (Dynamo §4.5, §4.6, §5).

use super::message::Message;
use super::replica::{keep_own, on_versions};
use super::ring::Sizes;
use super::state::{Answered, Made, Node, Operation, Phase, Round};
use super::version::{Stamp, Version, add, entry, raise, value_words};
use super::{Quorum, RETRANSMIT, rules};
use crate::ids::NodeId;
use crate::operation::{self, Outcome, Text};
use crate::protocol::{Answer, Context, Request};

type Ctx<'a> = Context<'a, Quorum>;
/// Who has told what, in the order of their coming.
type Replies = Vec<(NodeId, Vec<Version>)>;

fn sizes(context: &Ctx<'_>) -> Sizes {
    Sizes::of(context.node_count, context.settings)
}

/// A client asks. Every node coordinates reads; a put is for a node of the key's preference list,
/// since only its own copy keeps its entry in the vectors from being used twice (Dynamo §6.4).
pub fn on_request(context: &mut Ctx<'_>, node: &mut Node, request: &Request) {
    let is_open = |operation: &Operation| {
        let asked = &operation.request;
        let is_answered = matches!(
            operation.phase,
            Phase::Repairing(_) | Phase::Writing { is_answered: true, .. }
        );
        (asked.session, asked.sequence) == (request.session, request.sequence) && !is_answered
    };
    if node.operations.iter().any(is_open) {
        return; // It is answered when it is done.
    }
    let sizes = sizes(context);
    if !request.operation.is_read() {
        let homes = sizes.homes(request.operation.key());
        if !homes.contains(&context.me) {
            return context.reply(request, Answer::Redirect(homes.first().copied()));
        }
        // A timestamp comes from the clock alone.
        if sizes.is_by_time || !context.enforces(rules::PUT_READS_FIRST) {
            let operation = begin(node, request);
            return begin_write(context, node, operation, &[]);
        }
    }
    begin_read(context, node, request);
}

/// A new operation, which has heard from nobody.
fn begin(node: &mut Node, request: &Request) -> Operation {
    node.begun += 1;
    Operation {
        number: node.begun,
        request: request.clone(),
        round: node.next_round(),
        is_young: !node.operations.is_empty(),
        tries: 0,
        phase: Phase::Reading(Vec::new()),
    }
}

/// Asks the key's nodes what they hold, itself first where it is one.
fn begin_read(context: &mut Ctx<'_>, node: &mut Node, request: &Request) {
    let mut operation = begin(node, request);
    let homes = sizes(context).homes(request.operation.key());
    if let Phase::Reading(replies) = &mut operation.phase {
        ask(context, node, operation.round, request.operation.key(), replies, &homes);
    }
    go_on_with(context, node, operation);
}

/// Asks these nodes; this one answers at once.
fn ask(
    context: &mut Ctx<'_>,
    node: &Node,
    round: Round,
    key: &Text,
    replies: &mut Replies,
    whom: &[NodeId],
) {
    for to in whom {
        if *to == context.me {
            replies.push((*to, node.disk.known(key)));
        } else {
            context.send(*to, Message::Read { round, key: key.clone() });
        }
    }
}

/// An answer to a read. Answers to phases that are over come to nobody.
pub fn on_read_reply(
    context: &mut Ctx<'_>,
    node: &mut Node,
    from: NodeId,
    round: Round,
    versions: &[Version],
) {
    let Some(mut operation) = take(node, round) else { return };
    if let Phase::Reading(replies) | Phase::Repairing(replies) = &mut operation.phase
        && replies.iter().all(|(who, _)| *who != from)
    {
        replies.push((from, versions.to_vec()));
    }
    go_on_with(context, node, operation);
}

/// A node has the version, for itself or as a stand-in. So that W nodes have it whatever is handed
/// off, a home counts once, and so does a holder.
pub fn on_write_reply(
    context: &mut Ctx<'_>,
    node: &mut Node,
    from: NodeId,
    round: Round,
    home: NodeId,
) {
    let Some(mut operation) = take(node, round) else { return };
    if let Phase::Writing { holders, .. } = &mut operation.phase
        && holders.iter().all(|(of, holder)| *of != home && *holder != from)
    {
        holders.push((home, from));
    }
    go_on_with(context, node, operation);
}

fn take(node: &mut Node, round: Round) -> Option<Operation> {
    let place = node.operations.iter().position(|operation| operation.round == round)?;
    Some(node.operations.remove(place))
}

/// Ends the operation's phase where enough nodes have answered; else it goes on waiting.
fn go_on_with(context: &mut Ctx<'_>, node: &mut Node, mut operation: Operation) {
    let sizes = sizes(context);
    let homes = sizes.homes(operation.request.operation.key());
    match &mut operation.phase {
        Phase::Reading(replies) => {
            let heard = replies.len();
            if heard == 0 || (heard < sizes.r as usize && context.enforces(rules::WAIT_FOR_R)) {
                return wait(context, node, operation);
            }
            let replies = std::mem::take(replies);
            finish_read(context, node, operation, replies);
        }
        Phase::Repairing(replies) => {
            repair(context, node, operation.request.operation.key(), replies, &homes);
            let is_missing = |home: &NodeId| replies.iter().all(|(who, _)| who != home);
            if homes.iter().any(is_missing) {
                return wait(context, node, operation);
            }
            rest(context, node);
        }
        Phase::Writing { version, holders, is_answered } => {
            let have = holders.len();
            if !*is_answered {
                if have < sizes.w as usize && context.enforces(rules::WAIT_FOR_W) {
                    return wait(context, node, operation);
                }
                *is_answered = true;
                let versions = vec![version.clone()];
                answer(context, node, &operation, versions, Outcome::Done);
            }
            // A sloppy quorum finds a place for every replica; a strict one leaves it to repair.
            if sizes.is_sloppy && have < homes.len() {
                return wait(context, node, operation);
            }
            rest(context, node);
        }
    }
}

/// Puts the operation among those that wait for answers.
fn wait(context: &mut Ctx<'_>, node: &mut Node, mut operation: Operation) {
    if node.operations.is_empty() {
        operation.is_young = false;
        arm(context);
    }
    let place = node.operations.partition_point(|other| other.number < operation.number);
    node.operations.insert(place, operation);
}

/// Enough have answered.
fn finish_read(context: &mut Ctx<'_>, node: &mut Node, mut operation: Operation, replies: Replies) {
    let mut found = newest(&replies);
    if let Some((_, last)) = replies.last()
        && *last != found
        && !context.enforces(rules::NEWEST_REPLY_WINS)
    {
        found = last.clone();
    }
    if !operation.request.operation.is_read() {
        return begin_write(context, node, operation, &found);
    }
    let is_value = |version: &&Version| version.value.is_some();
    let values: Vec<&str> = (found.iter().filter(is_value))
        .map(|version| value_words(version.value.as_ref()))
        .collect();
    let outcome = match &values[..] {
        [] => Outcome::Absent,
        values => Outcome::Found(Text::from(values.join("|"))),
    };
    answer(context, node, &operation, found, outcome);
    operation.phase = Phase::Repairing(replies);
    go_on_with(context, node, operation);
}

/// All that was told, without what something else told supersedes.
fn newest(replies: &Replies) -> Vec<Version> {
    let mut newest = Vec::new();
    for version in replies.iter().flat_map(|(_, versions)| versions) {
        add(&mut newest, version);
    }
    newest
}

/// Sends all that is known to the key's nodes that told less.
fn repair(
    context: &mut Ctx<'_>,
    node: &mut Node,
    key: &Text,
    replies: &mut Replies,
    homes: &[NodeId],
) {
    let versions = newest(replies);
    for (who, told) in replies.iter_mut().filter(|(who, _)| homes.contains(who)) {
        if *told == versions || !context.enforces(rules::READ_REPAIR) {
            continue;
        }
        told.clone_from(&versions);
        if *who == context.me {
            on_versions(context, node, key, &versions);
        } else {
            let versions = versions.clone();
            context.send(*who, Message::Repair { key: key.clone(), versions });
        }
    }
}

/// Makes the version of a put that follows what was found, and sends it to the key's nodes.
fn begin_write(
    context: &mut Ctx<'_>,
    node: &mut Node,
    mut operation: Operation,
    found: &[Version],
) {
    let sizes = sizes(context);
    let (me, number) = (context.me, operation.number);
    let key = operation.request.operation.key().clone();
    let mut follows = Vec::new();
    let stamp = if sizes.is_by_time {
        node.disk.last_ms = context.now_ms.max(node.disk.last_ms + 1);
        Stamp::Time { at_ms: node.disk.last_ms, node: me }
    } else {
        // This node may have made another version since it asked.
        follows = node.disk.data.get(&key).cloned().unwrap_or_default();
        found.iter().for_each(|version| add(&mut follows, version));
        next_vector(context, &follows)
    };
    let value = match &operation.request.operation {
        operation::Operation::Put { value, .. } => Some(value.clone()),
        // The world lets nobody ask for anything else that writes.
        _ => None,
    };
    let version = Version { stamp, value };
    keep_own(context, &mut node.disk, &key, &version);
    node.made = Some(Made { number, key: key.clone(), version: version.clone(), follows });
    (operation.round, operation.tries) = (node.next_round(), 0);
    let round = operation.round;
    for to in sizes.homes(&key).into_iter().filter(|home| *home != me) {
        context.send(to, Message::Write { round, key: key.clone(), version: version.clone() });
    }
    operation.phase = Phase::Writing { version, holders: vec![(me, me)], is_answered: false };
    go_on_with(context, node, operation);
}

/// A vector above those of all these versions.
fn next_vector(context: &mut Ctx<'_>, follows: &[Version]) -> Stamp {
    let mut vector = Vec::new();
    for (place, version) in follows.iter().enumerate() {
        if let Stamp::Vector(entries) = &version.stamp
            && (place == 0 || context.enforces(rules::MERGE_KEEPS_MAXIMUM))
        {
            entries.iter().for_each(|(node, count)| raise(&mut vector, *node, *count));
        }
    }
    if context.enforces(rules::OWN_ENTRY_INCREMENTED) {
        let own = entry(&vector, context.me);
        raise(&mut vector, context.me, own + 1);
    }
    Stamp::Vector(vector)
}

fn answer(
    context: &mut Ctx<'_>,
    node: &mut Node,
    operation: &Operation,
    versions: Vec<Version>,
    outcome: Outcome,
) {
    // Replicas share no order in which the answer would have a place.
    context.reply(&operation.request, Answer::Done { outcome, as_of: 0 });
    let request = operation.request.clone();
    node.answered = Some(Answered { number: operation.number, request, versions });
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

/// Messages or answers may be lost, and nodes down: asks again whoever has not answered.
pub fn on_retransmit_timeout(context: &mut Ctx<'_>, node: &mut Node) {
    for mut operation in std::mem::take(&mut node.operations) {
        if operation.is_young {
            operation.is_young = false;
        } else if !ask_again(context, node, &mut operation) {
            continue;
        }
        go_on_with(context, node, operation);
    }
    if !node.operations.is_empty() {
        arm(context);
    }
}

/// Whether the operation goes on; it does until it is answered.
fn ask_again(context: &mut Ctx<'_>, node: &Node, operation: &mut Operation) -> bool {
    let sizes = sizes(context);
    let (round, key) = (operation.round, operation.request.operation.key().clone());
    let mut stand_ins = if sizes.is_sloppy { sizes.stand_ins(&key) } else { Vec::new() };
    if !stand_ins.is_empty() {
        // One that does not answer either is passed over the next time.
        let places = operation.tries as usize % stand_ins.len();
        stand_ins.rotate_left(places);
    }
    operation.tries = operation.tries.saturating_add(1);
    let mut missing = sizes.homes(&key);
    match &mut operation.phase {
        Phase::Repairing(_) => false,
        Phase::Reading(replies) => {
            let is_silent = |node: &NodeId| replies.iter().all(|(who, _)| who != node);
            missing.retain(is_silent);
            stand_ins.retain(is_silent);
            stand_ins.truncate(missing.len());
            missing.extend(stand_ins);
            ask(context, node, round, &key, replies, &missing);
            true
        }
        Phase::Writing { version, holders, is_answered } => {
            missing.retain(|home| holders.iter().all(|(of, _)| of != home));
            stand_ins.retain(|node| holders.iter().all(|(_, holder)| holder != node));
            for to in missing.iter().filter(|_| !*is_answered) {
                let (key, version) = (key.clone(), version.clone());
                context.send(*to, Message::Write { round, key, version });
            }
            for (home, to) in missing.into_iter().zip(stand_ins) {
                let (key, version) = (key.clone(), version.clone());
                context.send(to, Message::Hint { round, key, version, home });
            }
            !*is_answered
        }
    }
}
