//! What every node does as a replica: it tells what it holds, and keeps what has the higher tag
//! (ABD §3; LS §3). Nothing here remembers who asked, so a repeated message does no harm.

use super::message::Message;
use super::state::{Disk, Known, Node, Round, Tag, Version};
use super::{Abd, rules};
use crate::ids::NodeId;
use crate::operation::Text;
use crate::protocol::{Context, SESSION_BEFORE_THE_RUN};

type Ctx<'a> = Context<'a, Abd>;

/// Whether a tag is higher than another; a key that was never written has none, which is lowest.
pub fn is_higher(context: &mut Ctx<'_>, tag: Tag, than: Option<Tag>) -> bool {
    let Some(than) = than else { return true };
    if tag.counter != than.counter {
        return tag.counter > than.counter;
    }
    // Two writers that met the same highest tag made the same counter of it.
    tag.writer > than.writer && context.enforces(rules::TIE_BROKEN_BY_WRITER_ID)
}

/// A coordinator asks what this node holds.
pub fn on_query(
    context: &mut Ctx<'_>,
    node: &Node,
    from: NodeId,
    round: Round,
    key: &Text,
    session: Option<u32>,
) {
    let version = node.disk.registers.get(key).cloned();
    let known = session.and_then(|session| node.disk.puts.get(&session).copied());
    context.send(from, Message::QueryReply { round, version, known });
}

/// A coordinator sends a version to keep. It is acknowledged even where a higher one is kept: what
/// was stored is then followed, not missing.
pub fn on_store(
    context: &mut Ctx<'_>,
    node: &mut Node,
    from: NodeId,
    round: Round,
    key: &Text,
    version: &Version,
) {
    keep(context, &mut node.disk, key, version);
    context.send(from, Message::StoreReply { round });
}

/// Keeps a version if its tag is higher, and in any case remembers which put has that tag.
pub fn keep(context: &mut Ctx<'_>, disk: &mut Disk, key: &Text, version: &Version) {
    let own = disk.registers.get(key).map(|own| own.tag);
    let is_new = own != Some(version.tag);
    if is_new
        && (is_higher(context, version.tag, own) || !context.enforces(rules::KEEP_THE_HIGHER_TAG))
    {
        disk.registers.insert(key.clone(), version.clone());
    }
    let put = version.put;
    if put.session == SESSION_BEFORE_THE_RUN {
        return; // Nobody repeats it.
    }
    let known = Known { sequence: put.sequence, tag: version.tag };
    let earlier = disk.puts.get(&put.session).copied();
    disk.puts.insert(put.session, later(earlier, known));
}

/// Of two memories of a session, the one of the later put; of the same put the higher tag.
pub fn later(earlier: Option<Known>, known: Known) -> Known {
    match earlier {
        Some(earlier) if (earlier.sequence, earlier.tag) >= (known.sequence, known.tag) => earlier,
        _ => known,
    }
}
