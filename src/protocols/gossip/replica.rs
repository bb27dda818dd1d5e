//! A node's own copy: requests are answered from it at once, versions of others are merged into it,
//! and old death certificates leave it (Demers §1.1, §2).

use super::state::{Content, Disk, Items, Node, Stamp, Version, Written};
use super::{Gossip, merkle, rules, rumor};
use crate::operation::{Operation, Outcome, Text};
use crate::protocol::{Answer, Context, Request};

type Ctx<'a> = Context<'a, Gossip>;

/// A client asks: whoever is asked answers, and nobody else has to be reachable.
pub fn on_request(context: &mut Ctx<'_>, node: &mut Node, request: &Request) {
    node.written = None;
    let outcome = match &request.operation {
        Operation::Get { key } => match node.disk.items.get(key).and_then(Version::value) {
            Some(value) => Outcome::Found(value.clone()),
            None => Outcome::Absent,
        },
        Operation::Put { key, value } => {
            if node.disk.sessions.earlier(request).is_none() {
                write(context, node, request, key, Content::Value(value.clone()));
            }
            Outcome::Done
        }
        Operation::Delete { key } => {
            if node.disk.sessions.earlier(request).is_none() {
                write(context, node, request, key, Content::Deleted { at_ms: context.now_ms });
            }
            Outcome::Done
        }
        // The world lets nobody ask for what the sheet does not offer.
        _ => Outcome::Refused,
    };
    // Nodes share no order in which the answer would have a place.
    context.reply(request, Answer::Done { outcome, as_of: 0 });
}

fn write(context: &mut Ctx<'_>, node: &mut Node, request: &Request, key: &Text, content: Content) {
    let stamp = next_stamp(context, &mut node.disk);
    let deletes = matches!(content, Content::Deleted { .. });
    node.disk.sessions.remember(request, Outcome::Done);
    node.written = Some(Written { key: key.clone(), stamp, deletes });
    if deletes && !context.enforces(rules::DEATH_CERTIFICATES) {
        node.disk.items.remove(key);
        return follow(context, node);
    }
    if take(context, node, key, &Version { stamp, content }) {
        follow(context, node);
        rumor::begin(context, node, key, stamp);
    }
}

/// A stamp above all that this node gave, and, as its clock moves on with all that it receives,
/// above all that it has seen.
fn next_stamp(context: &Ctx<'_>, disk: &mut Disk) -> Stamp {
    let next = disk.clock + 1;
    let is_wall = context.setting(rules::CLOCK) == rules::CLOCK_WALL;
    disk.clock = if is_wall { next.max(context.now_ms) } else { next };
    Stamp { time: disk.clock, node: context.me }
}

/// Merges versions of another node: for each key the newer one stays. Returns what was news.
pub fn merge(context: &mut Ctx<'_>, node: &mut Node, items: &Items) -> Vec<(Text, Stamp)> {
    let mut news = Vec::new();
    for (key, version) in items {
        // Lamport's second rule: the next write here comes after what was met here.
        if version.stamp.time > node.disk.clock && context.enforces(rules::CLOCK_ABOVE_ALL_SEEN) {
            node.disk.clock = version.stamp.time;
        }
        if take(context, node, key, version) {
            news.push((key.clone(), version.stamp));
        }
    }
    if !news.is_empty() {
        follow(context, node);
    }
    news
}

/// Takes a version over if it is newer than the node's own; says whether it did.
fn take(context: &mut Ctx<'_>, node: &mut Node, key: &Text, version: &Version) -> bool {
    let takes = match node.disk.items.get(key).map(|own| own.stamp) {
        // A certificate whose time is over is needed only where there is something to cancel.
        None => !is_over(context, version),
        Some(own) if own == version.stamp => false,
        Some(own) => {
            is_newer(context, version.stamp, own) || !context.enforces(rules::NEWER_VERSION_WINS)
        }
    };
    if takes {
        node.disk.items.insert(key.clone(), version.clone());
    }
    takes
}

fn is_newer(context: &mut Ctx<'_>, stamp: Stamp, than: Stamp) -> bool {
    if stamp.time != than.time {
        return stamp.time > than.time;
    }
    stamp.node > than.node && context.enforces(rules::TIE_BROKEN_BY_NODE)
}

/// Whether a version is a death certificate that need not be kept any longer.
fn is_over(context: &mut Ctx<'_>, version: &Version) -> bool {
    let Content::Deleted { at_ms } = version.content else { return false };
    let kept_ms = u64::from(context.setting(rules::CERTIFICATES_MS));
    if kept_ms == 0 || context.now_ms < at_ms + kept_ms {
        return false;
    }
    let needed_ms = rules::certificates_min_ms(context.node_count, context.settings);
    // The others may not have heard of it yet, however short a time was asked for.
    context.now_ms >= at_ms + needed_ms || !context.enforces(rules::CERTIFICATES_OUTLIVE_THE_SPREAD)
}

/// Drops the death certificates whose time is over.
pub fn drop_certificates(context: &mut Ctx<'_>, node: &mut Node) {
    if node.keeps_certificates {
        return;
    }
    let before = node.disk.items.len();
    node.disk.items.retain(|_, version| !is_over(context, version));
    if node.disk.items.len() < before {
        follow(context, node);
    }
}

/// The items have changed: so must their hashes.
fn follow(context: &mut Ctx<'_>, node: &mut Node) {
    let compares = context.setting(rules::EXCHANGE) == rules::EXCHANGE_MERKLE;
    if compares && context.enforces(rules::HASHES_FOLLOW_WRITES) {
        grow(context, node);
    }
}

/// Makes the hash tree of the items as they are.
pub fn grow(context: &mut Ctx<'_>, node: &mut Node) {
    if node.disk.items.values().any(|version| version.value().is_none()) {
        context.enforces(rules::HASHES_COVER_CERTIFICATES);
    }
    node.tree = merkle::tree(&node.disk.items, context.rules);
}
