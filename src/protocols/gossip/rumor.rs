//! Rumor mongering (Demers §1.4): news is hot for the node that hears it. The node pushes what is hot
//! to a partner in every round, until so many partners had heard it before that it loses interest.
//! That costs little and ends by itself, but it may end before everybody has heard.

use super::message::Message;
use super::state::{Items, Node, Rumor, Stamp};
use super::{Gossip, RUMOR, exchange, replica, rules};
use crate::ids::NodeId;
use crate::operation::Text;
use crate::protocol::Context;

type Ctx<'a> = Context<'a, Gossip>;

/// This node has news.
pub fn begin(context: &mut Ctx<'_>, node: &mut Node, key: &Text, stamp: Stamp) {
    if context.setting(rules::RUMORS) == 0 {
        return;
    }
    if node.hot.is_empty() {
        arm(context);
    }
    node.hot.insert(key.clone(), Rumor { stamp, unnecessary: 0 });
}

fn arm(context: &mut Ctx<'_>) {
    let round_ms = context.setting(rules::ROUND_MS);
    context.arm(RUMOR, round_ms, round_ms);
}

/// A round of rumor mongering.
pub fn on_rumor_timeout(context: &mut Ctx<'_>, node: &mut Node) {
    let mut items = Items::new();
    for (key, rumor) in &node.hot {
        // What anti-entropy has brought since is newer than the rumor, and not news of this node.
        if let Some(version) = node.disk.items.get(key)
            && version.stamp == rumor.stamp
        {
            items.insert(key.clone(), version.clone());
        }
    }
    node.hot.retain(|key, _| items.contains_key(key));
    if items.is_empty() {
        return;
    }
    arm(context);
    for partner in exchange::partners(context, node) {
        context.send(partner, Message::Rumor { items: items.clone() });
    }
}

/// Another node tells news. Who had heard it says so; who had not tells it on.
pub fn on_rumor(context: &mut Ctx<'_>, node: &mut Node, from: NodeId, items: &Items) {
    let news = replica::merge(context, node, items);
    for (key, stamp) in &news {
        begin(context, node, key, *stamp);
    }
    let is_known = |key: &Text| news.iter().all(|(new, _)| new != key);
    let known: Vec<(Text, Stamp)> = items
        .iter()
        .filter(|(key, _)| is_known(key))
        .map(|(key, version)| (key.clone(), version.stamp))
        .collect();
    if !known.is_empty() {
        context.send(from, Message::RumorReply { known });
    }
}

/// A partner had heard it before: after so many of those the rumor is no longer hot.
pub fn on_rumor_reply(context: &mut Ctx<'_>, node: &mut Node, known: &[(Text, Stamp)]) {
    let enough = context.setting(rules::RUMORS);
    let was_hot = !node.hot.is_empty();
    for (key, stamp) in known {
        let Some(rumor) = node.hot.get_mut(key).filter(|rumor| rumor.stamp == *stamp) else {
            continue;
        };
        rumor.unnecessary += 1;
        if rumor.unnecessary >= enough {
            node.hot.remove(key);
        }
    }
    if was_hot && node.hot.is_empty() {
        context.disarm(RUMOR);
    }
}
