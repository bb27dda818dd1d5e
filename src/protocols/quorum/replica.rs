//! What every node does with what it holds: it tells, keeps what is newer, stands in for others and
//! hands off (Dynamo §4.6). Nothing here remembers who asked, so a repeated message does no harm.

use super::message::Message;
use super::state::{Disk, Node, Round};
use super::version::{Stamp, Version, keep};
use super::{HAND_OFF, Quorum, rules};
use crate::ids::NodeId;
use crate::operation::Text;
use crate::protocol::Context;

type Ctx<'a> = Context<'a, Quorum>;

/// A coordinator asks what this node holds.
pub fn on_read(context: &mut Ctx<'_>, node: &Node, from: NodeId, round: Round, key: &Text) {
    context.send(from, Message::ReadReply { round, versions: node.disk.known(key) });
}

/// A coordinator sends a version to keep. It is acknowledged even where a newer one is kept: what
/// was written is then followed, not missing.
pub fn on_write(
    context: &mut Ctx<'_>,
    node: &mut Node,
    from: NodeId,
    round: Round,
    key: &Text,
    version: &Version,
) {
    keep_own(context, &mut node.disk, key, version);
    context.send(from, Message::WriteReply { round, home: context.me });
}

/// Keeps a version of one of the node's own keys.
pub fn keep_own(context: &mut Ctx<'_>, disk: &mut Disk, key: &Text, version: &Version) {
    let held = disk.data.entry(key.clone()).or_default();
    keep(context, held, version);
    if held.is_empty() {
        disk.data.remove(key);
    }
}

/// What a read, or a stand-in, found: nobody waits for an acknowledgement of a repair.
pub fn on_versions(context: &mut Ctx<'_>, node: &mut Node, key: &Text, versions: &[Version]) {
    for version in versions {
        keep_own(context, &mut node.disk, key, version);
    }
}

/// A coordinator asks this node to stand in for `home`.
pub fn on_hint(
    context: &mut Ctx<'_>,
    node: &mut Node,
    from: NodeId,
    round: Round,
    (key, version): (&Text, &Version),
    home: NodeId,
) {
    if node.disk.hints.is_empty() {
        arm(context);
    }
    let held = node.disk.hints.entry((home, key.clone())).or_default();
    keep(context, held, version);
    if held.is_empty() {
        node.disk.hints.remove(&(home, key.clone()));
    }
    context.send(from, Message::WriteReply { round, home });
}

/// Waits until the next attempt to hand hints off.
pub fn arm(context: &mut Ctx<'_>) {
    let wait_ms = context.setting(rules::HAND_OFF_MS);
    context.arm(HAND_OFF, wait_ms, wait_ms);
}

/// It is time to see whether homes are back.
pub fn on_hand_off_timeout(context: &mut Ctx<'_>, node: &mut Node) {
    for ((home, key), versions) in &node.disk.hints {
        context.send(*home, Message::HandOff { key: key.clone(), versions: versions.clone() });
    }
    // The message may be lost, and the home may still be down.
    if !node.disk.hints.is_empty() && !context.enforces(rules::HINT_KEPT_UNTIL_HANDED_OFF) {
        node.disk.hints.clear();
    }
    if !node.disk.hints.is_empty() {
        arm(context);
    }
}

/// A stand-in brings what it kept for this node.
pub fn on_hand_off(
    context: &mut Ctx<'_>,
    node: &mut Node,
    from: NodeId,
    key: &Text,
    versions: &[Version],
) {
    on_versions(context, node, key, versions);
    let stamps = versions.iter().map(|version| version.stamp.clone()).collect();
    context.send(from, Message::HandOffReply { key: key.clone(), stamps });
}

/// The home has it. What came in since is still to be handed off.
pub fn on_hand_off_reply(
    context: &mut Ctx<'_>,
    node: &mut Node,
    from: NodeId,
    key: &Text,
    stamps: &[Stamp],
) {
    let place = (from, key.clone());
    let Some(versions) = node.disk.hints.get_mut(&place) else { return };
    versions.retain(|version| !stamps.contains(&version.stamp));
    if versions.is_empty() {
        node.disk.hints.remove(&place);
        if node.disk.hints.is_empty() {
            context.disarm(HAND_OFF);
        }
    }
}
