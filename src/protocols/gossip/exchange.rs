//! Anti-entropy (Demers §1.3): once in a while a node chooses a partner, and the two resolve the
//! differences between their copies: by push, by pull, or both ways; with all items at once, or by
//! comparing hashes first (Dynamo §4.7).

use super::message::Message;
use super::state::{Items, Node};
use super::{Gossip, ROUND, merkle, replica, rules};
use crate::ids::NodeId;
use crate::mix::{Purpose, draw};
use crate::protocol::Context;

type Ctx<'a> = Context<'a, Gossip>;

/// A round begins.
pub fn on_round(context: &mut Ctx<'_>, node: &mut Node) {
    let wait_ms = rules::interval_ms(context.settings);
    context.arm(ROUND, wait_ms, wait_ms);
    replica::drop_certificates(context, node);
    let has_rumors = context.setting(rules::RUMORS) > 0;
    if !has_rumors || context.enforces(rules::ANTI_ENTROPY_BACKS_UP) {
        for partner in partners(context, node) {
            begin(context, node, partner);
        }
    }
}

/// Chooses this round's partners, all different.
///
/// Protocols draw no random numbers, so a choice is a keyed scramble of three things: who chooses; how
/// many choices it has made, a count on the disk, so that a restart does not repeat them; and the
/// local time, in which the random lengths of the world's timers show. Every other node is as likely
/// as any, whatever was chosen before: that is all that the analysis of epidemics asks.
pub fn partners(context: &mut Ctx<'_>, node: &mut Node) -> Vec<NodeId> {
    let (mut first, mut end) = (0, context.node_count);
    if !context.enforces(rules::EVERY_NODE_IS_CHOSEN) {
        let middle = context.node_count / 2;
        (first, end) = if context.me.0 < middle { (first, middle) } else { (middle, end) };
    }
    // Kept in order, with this node among them: the others are chosen from the gaps.
    let mut taken = vec![context.me];
    let mut chosen = Vec::new();
    let count = context.setting(rules::FAN_OUT).min(u32::from(end - first) - 1);
    for _ in 0..count {
        node.disk.choices += 1;
        let key = [u64::from(context.me.0), node.disk.choices, context.now_ms];
        let left = u64::from(end - first) - taken.len() as u64;
        let mut pick = first + (draw(0, Purpose::Workload, key) % left) as u16;
        for other in &taken {
            pick += u16::from(other.0 <= pick);
        }
        let pick = NodeId(pick);
        taken.insert(taken.partition_point(|other| *other < pick), pick);
        chosen.push(pick);
    }
    chosen
}

/// Begins an exchange with a partner.
pub fn begin(context: &mut Ctx<'_>, node: &Node, partner: NodeId) {
    if context.setting(rules::EXCHANGE) == rules::EXCHANGE_MERKLE {
        let hashes = vec![(merkle::ROOT, node.tree[usize::from(merkle::ROOT)])];
        return context.send(partner, Message::Compare { level: 0, hashes });
    }
    let buckets = merkle::ALL_BUCKETS;
    match context.setting(rules::MODE) {
        rules::MODE_PULL => context.send(partner, Message::Pull { buckets }),
        rules::MODE_PUSH => send_items(context, node, partner, buckets, false),
        _ => send_items(context, node, partner, buckets, true),
    }
}

/// Sends all items of some buckets. An empty message tells something only to who sends back.
fn send_items(context: &mut Ctx<'_>, node: &Node, to: NodeId, buckets: u16, back: bool) {
    let items = merkle::in_buckets(&node.disk.items, buckets);
    if back || !items.is_empty() {
        context.send(to, Message::Items { items, buckets, back });
    }
}

/// Another node asks for items.
pub fn on_pull(context: &mut Ctx<'_>, node: &Node, from: NodeId, buckets: u16) {
    send_items(context, node, from, buckets, false);
}

/// Items of another node: they are merged, and what is newer here goes back.
pub fn on_items(
    context: &mut Ctx<'_>,
    node: &mut Node,
    from: NodeId,
    items: &Items,
    buckets: u16,
    back: bool,
) {
    replica::merge(context, node, items);
    if !back {
        return;
    }
    let rules = context.rules;
    let mut newer = merkle::in_buckets(&node.disk.items, buckets);
    newer.retain(|key, own| {
        let theirs = items.get(key);
        theirs.is_none_or(|theirs| own.stamp.compared(rules) > theirs.stamp.compared(rules))
    });
    if !newer.is_empty() {
        context.send(from, Message::Items { items: newer, buckets, back: false });
    }
}

/// Hashes of another node: where they differ, the answer is the hashes one level below, and at the
/// leaves the items themselves. The two nodes take turns, so who began sends the even levels.
pub fn on_compare(
    context: &mut Ctx<'_>,
    node: &Node,
    from: NodeId,
    level: u8,
    hashes: &[(u8, u64)],
) {
    let own = |place: u8| node.tree.get(usize::from(place)).copied().unwrap_or_default();
    let different = hashes.iter().map(|(place, hash)| (*place, *hash));
    let different = different.filter(|(place, hash)| own(*place) != *hash);
    if level < merkle::DEPTH {
        let below: Vec<(u8, u64)> = different
            .flat_map(|(place, _)| [2 * place, 2 * place + 1])
            .map(|place| (place, own(place)))
            .collect();
        if !below.is_empty() {
            context.send(from, Message::Compare { level: level + 1, hashes: below });
        }
        return;
    }
    let leaf = |place: u8| usize::from(place) - merkle::BUCKETS;
    let buckets = different.fold(0, |buckets, (place, _)| buckets | 1 << leaf(place));
    if buckets == 0 {
        return;
    }
    // The other node began.
    match context.setting(rules::MODE) {
        rules::MODE_PUSH => context.send(from, Message::Pull { buckets }),
        rules::MODE_PULL => send_items(context, node, from, buckets, false),
        _ => send_items(context, node, from, buckets, true),
    }
}
