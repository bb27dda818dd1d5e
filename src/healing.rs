//! Making everything whole: what demands progress afterwards, here and in the explorer, heals alike.

use crate::action::ActionKind;
use crate::ids::NodeId;
use crate::world::{Status, World};

/// How long a healed cluster has to answer every client, in milliseconds.
pub const PROGRESS_MS: u32 = 10_000;

/// What repairs all that is broken in a world: links, nodes, disks and clocks that run wrong.
pub fn repairs(world: &World) -> Vec<ActionKind> {
    let is_needed = |kind: &ActionKind| match kind {
        ActionKind::HealAll => world.check(kind).is_ok(),
        ActionKind::SetClockRate { node, rate_permille } => world.clock(*node).1 != *rate_permille,
        _ => true,
    };
    let all = repairs_of_all(world).into_iter();
    all.filter(is_needed).collect()
}

/// The same, and what is said to links and clocks that need it not.
pub fn repairs_of_all(world: &World) -> Vec<ActionKind> {
    let mut repairs = vec![ActionKind::HealAll];
    for node in (0..world.config().nodes).map(NodeId) {
        repairs.push(ActionKind::SetClockRate { node, rate_permille: 1000 });
        match world.status(node) {
            Status::Down => repairs.push(ActionKind::Restart(node)),
            Status::Paused => repairs.push(ActionKind::Resume(node)),
            Status::Up => {}
        }
        if world.is_disk_held(node) {
            repairs.push(ActionKind::SyncDisk(node));
        }
    }
    repairs
}
