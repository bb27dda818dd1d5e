//! How a transaction ends: the coordinator leads to it, and where the coordinator is silent any
//! site takes over (Skeen 1981 §6; with quorums Skeen 1982). Several may do so at once: a site
//! never changes sides, so two that take over can only help each other or wait.

use super::message::Message;
use super::state::{Node, Quorums, sites};
use super::{Ctx, IN_DOUBT, VOTES, coordinator, rules};
use crate::ids::{NodeId, NodeSet};
use crate::operation::Outcome;
use crate::protocols::bank::{self, COORDINATOR, State, Tx};
use crate::sorted::SortedMap;

/// Waits for news.
pub fn arm(context: &mut Ctx<'_>) {
    let wait_ms = context.setting(rules::IN_DOUBT_MS);
    context.arm(IN_DOUBT, wait_ms, wait_ms + wait_ms / 2);
}

/// The sites of a transaction, as its record says.
fn sites_of(node: &Node, tx: Tx) -> NodeSet {
    let record = node.disk.shard.records.get(&tx);
    sites(record.map_or_else(NodeSet::default, |record| record.participants))
}

/// The coordinator has all votes: it pre-commits and asks all others to.
pub fn lead_to_commit(context: &mut Ctx<'_>, node: &mut Node, tx: Tx) {
    node.heard.insert(tx, SortedMap::new());
    take_side(context, node, tx, State::PreCommitted, sites_of(node, tx));
    count(context, node, tx);
}

/// Takes a side and asks these sites to take the same.
fn take_side(context: &mut Ctx<'_>, node: &mut Node, tx: Tx, side: State, to: NodeSet) {
    if let Some(record) = node.disk.shard.records.get_mut(&tx)
        && matches!(record.state, State::Begun | State::Prepared)
    {
        record.state = side;
    }
    for to in to.without(NodeSet::of(context.me)).iter() {
        let message = match side {
            State::PreCommitted => Message::PreCommit { tx },
            _ => Message::PreAbort { tx },
        };
        context.send(to, message);
    }
}

/// No news: whatever was under way is brought to its end from here.
pub fn on_in_doubt_timeout(context: &mut Ctx<'_>, node: &mut Node) {
    let mut undecided: Vec<Tx> = node.disk.shard.undecided().map(|(tx, _)| tx).collect();
    undecided.retain(|tx| !node.voting.contains_key(tx));
    for tx in undecided {
        let is_led_by_n1 = context.me == COORDINATOR;
        if !is_led_by_n1 && !context.enforces(rules::TERMINATION_WITHOUT_COORDINATOR) {
            context.send(COORDINATOR, Message::Inquiry { tx });
            continue;
        }
        if node.heard.contains_key(&tx) {
            // Who has not answered by now is crashed, or so it seems.
            conclude(context, node, tx);
        }
        if node.disk.shard.state(tx).is_some_and(|state| !state.is_decided()) {
            node.heard.entry(tx).or_default();
            for to in sites_of(node, tx).without(NodeSet::of(context.me)).iter() {
                context.send(to, Message::Inquiry { tx });
            }
        }
    }
    if node.disk.shard.undecided().next().is_some() {
        arm(context);
    }
}

/// A site says how far it is.
pub fn on_acknowledge(context: &mut Ctx<'_>, node: &mut Node, from: NodeId, tx: Tx, state: State) {
    let Some(heard) = node.heard.get_mut(&tx) else { return };
    // Messages overtake each other; a site only goes forward.
    let before = heard.insert(from, state);
    heard.insert(from, before.map_or(state, |before| before.max(state)));
    let is_complete = heard.len() + 1 >= sites_of(node, tx).len() as usize;
    count(context, node, tx);
    if is_complete && node.heard.contains_key(&tx) {
        conclude(context, node, tx);
    }
}

/// The sites in a state, this one among them where it is.
fn sites_in(context: &Ctx<'_>, node: &Node, tx: Tx, states: &[State]) -> NodeSet {
    let heard = node.heard.get(&tx).into_iter().flatten();
    let others = heard.filter(|(_, state)| states.contains(state)).map(|(id, _)| *id);
    let mut found: NodeSet = others.collect();
    if node.disk.shard.state(tx).is_some_and(|state| states.contains(&state)) {
        found.insert(context.me);
    }
    found
}

/// Decides where a quorum has taken one side.
fn count(context: &mut Ctx<'_>, node: &mut Node, tx: Tx) {
    let quorums = Quorums::of(sites_of(node, tx).len());
    if sites_in(context, node, tx, &[State::PreCommitted]).len() >= quorums.commit {
        decide_for_all(context, node, tx, true);
    } else if sites_in(context, node, tx, &[State::PreAborted]).len() >= quorums.abort {
        decide_for_all(context, node, tx, false);
    }
}

/// All that can be heard has been heard: choose the side that can still win.
fn conclude(context: &mut Ctx<'_>, node: &mut Node, tx: Tx) {
    let uncertain = sites_in(context, node, tx, &[State::Begun, State::Prepared]);
    let pre_committed = sites_in(context, node, tx, &[State::PreCommitted]).len();
    let pre_aborted = sites_in(context, node, tx, &[State::PreAborted]).len();
    if !context.enforces(rules::QUORUM_TERMINATION) {
        // Skeen 1981: whoever is silent is crashed, and those that are heard decide. A site that
        // has pre-committed knows of every yes; where all are uncertain nobody has committed.
        return decide_for_all(context, node, tx, pre_committed > 0);
    }
    let quorums = Quorums::of(sites_of(node, tx).len());
    if pre_committed > 0 && pre_committed + uncertain.len() >= quorums.commit {
        take_side(context, node, tx, State::PreCommitted, uncertain);
    } else if pre_aborted + uncertain.len() >= quorums.abort {
        take_side(context, node, tx, State::PreAborted, uncertain);
    }
    count(context, node, tx);
}

/// Decides, and tells every site.
pub fn decide_for_all(context: &mut Ctx<'_>, node: &mut Node, tx: Tx, commit: bool) {
    let others = sites_of(node, tx).without(NodeSet::of(context.me));
    if decide(context, node, tx, commit) {
        for to in others.iter() {
            context.send(to, Message::Decision { tx, commit });
        }
    }
}

/// Carries out a decision; whether it was news.
pub fn decide(context: &mut Ctx<'_>, node: &mut Node, tx: Tx, commit: bool) -> bool {
    if !node.disk.shard.decide(tx, commit) {
        return false;
    }
    node.heard.remove(&tx);
    node.voting.remove(&tx);
    if context.me == COORDINATOR {
        let record = node.disk.shard.records.get(&tx);
        if let Some(request) = record.and_then(|record| record.request.clone()) {
            let outcome = if commit { Outcome::Done } else { Outcome::Aborted };
            coordinator::answer(context, node, &request, outcome);
        }
        if node.voting.is_empty() {
            context.disarm(VOTES);
        }
    }
    if node.disk.shard.undecided().next().is_none() {
        context.disarm(IN_DOUBT);
    }
    bank::reply_all(context, node.reads.freed(&node.disk.shard));
    true
}
