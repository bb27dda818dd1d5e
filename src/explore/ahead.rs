//! What becomes of a state once nothing surprising happens any more: everything happens when it is due, the
//! oldest message first, for [`PROGRESS_MS`].
//!
//! **Answered**: all that is broken is repaired first; whoever waits for an answer then must get one.
//! **Answered unrepaired**: the same, but what is down stays down, and what is cut off stays cut off. Few
//! protocols promise it of every state: the plan has to say what may be down.
//! **Converged**: all is repaired, and at some moment all nodes must hold the same data.
//!
//! This is liveness for one fair schedule and a bounded time: what it finds is a run after which that
//! schedule does not lead there, and not a proof that none would.

use super::properties::Properties;
use super::space::Finding;
use crate::healing::{PROGRESS_MS, repairs};
use crate::history::OperationRecord;
use crate::ids::NodeId;
use crate::world::{Schedule, World};

/// The word for liveness once all is repaired, and its name as a property.
pub const ANSWERED: &str = "answered";
/// The word for liveness while nothing is repaired.
pub const UNREPAIRED: &str = "answered-unrepaired";
/// The word for replicas that come to agree.
pub const CONVERGED: &str = "converged";
/// The most actions within which it must be so.
const PROGRESS_ACTIONS: u32 = 5_000;

/// What is not so in the end, of what must be.
pub(super) fn finding(world: &World, properties: Properties) -> Option<Finding> {
    let asked = [
        (properties.answered, ANSWERED, unanswered as fn(&World, bool) -> Option<String>, true),
        (properties.unrepaired, UNREPAIRED, unanswered, false),
        (properties.converged, CONVERGED, apart, true),
    ];
    asked.into_iter().filter(|(is_asked, ..)| *is_asked).find_map(
        |(_, property, look, repaired)| {
            let why = look(world, repaired)?;
            Some(Finding::Violation { property: property.to_owned(), why })
        },
    )
}

/// The world later on; sooner where it is as it must be.
fn later(world: &World, is_repaired: bool, is_so: &dyn Fn(&World) -> bool) -> World {
    let mut later = world.clone();
    if is_repaired {
        for repair in repairs(world) {
            // What was repaired with something else cannot be repaired again.
            let _ = later.apply(&repair.at(world.now_ms()));
        }
    }
    let until_ms = world.now_ms() + u64::from(PROGRESS_MS);
    for _ in 0..PROGRESS_ACTIONS {
        if is_so(&later) {
            break;
        }
        let next = later.next_action(Schedule::ByTime).filter(|next| next.at_ms <= until_ms);
        let Some(next) = next else { break };
        if later.apply(&next).is_err() {
            break;
        }
    }
    later
}

fn when(is_repaired: bool) -> &'static str {
    if is_repaired { "after everything healed" } else { "later, although nothing else went wrong" }
}

/// Which client gets no answer, in words.
fn unanswered(world: &World, is_repaired: bool) -> Option<String> {
    let records = world.history().records();
    let open =
        |record: &&OperationRecord| record.completion.is_none() && record.gave_up_step.is_none();
    let asked: Vec<_> = records.iter().filter(open).map(|record| record.id).collect();
    if asked.is_empty() {
        return None;
    }
    let is_open = |world: &World, place: usize| {
        let records = world.history().records();
        records.get(place).is_some_and(|record| record.completion.is_none())
    };
    let is_so = |world: &World| !asked.iter().any(|id| is_open(world, id.0 as usize));
    let later = later(world, is_repaired, &is_so);
    let left = asked.iter().find(|id| is_open(&later, id.0 as usize))?;
    let record = later.history().records().get(left.0 as usize)?;
    Some(format!(
        "client {}’s {} has no answer {PROGRESS_MS} ms {}, where all happens when it is due.",
        record.client,
        record.operation,
        when(is_repaired)
    ))
}

/// Two nodes that do not come to hold the same, in words.
fn apart(world: &World, is_repaired: bool) -> Option<String> {
    let later = later(world, is_repaired, &|world| difference(world).is_none());
    let Difference { key, sides: [(one, _), (other, _)] } = difference(&later)?;
    Some(format!(
        "{one} and {other} differ in {key} all the {PROGRESS_MS} ms {}, where all happens when it is due.",
        when(is_repaired)
    ))
}

/// A key of which two nodes hold different values, and these; `absent` where a node has none.
pub(super) struct Difference {
    pub key: String,
    pub sides: [(NodeId, String); 2],
}

/// How the data of two nodes differ, if they do.
pub(super) fn difference(world: &World) -> Option<Difference> {
    let mut nodes = (0..world.config().nodes).map(NodeId);
    let first = nodes.next()?;
    let of_first = world.node_view(first).data;
    nodes.find_map(|node| {
        let data = world.node_view(node).data;
        let value = |data: &[crate::view::Field], key: &str| {
            let field = data.iter().find(|field| field.name == key);
            field.map_or_else(|| "absent".to_owned(), |field| field.value.clone())
        };
        let keys = of_first.iter().chain(&data).map(|field| &field.name);
        keys.map(|key| (key, value(&of_first, key), value(&data, key)))
            .find(|(_, one, other)| one != other)
            .map(|(key, one, other)| {
                let sides = [(first, one), (node, other)];
                Difference { key: key.clone(), sides }
            })
    })
}
