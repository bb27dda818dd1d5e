//! What clients must not see, whichever way their requests were put into one order.

use crate::ids::ClientId;
use crate::protocol::{Answer, Cluster, Execution, Protocol, SESSION_BEFORE_THE_RUN};
use crate::sorted::SortedMap;

/// The place at which each request took effect first, by its session and its number in it.
pub type Executed = SortedMap<(u32, u32), u64>;

/// Notes where these requests took effect, and gives those that had before at another place: the first
/// place and this one. What was written before the run is left out, since all of it has one number.
pub fn executed_again(
    executions: &[Execution],
    executed: &mut Executed,
) -> impl Iterator<Item = (u64, u64)> {
    let during = executions.iter().filter(|one| one.session != SESSION_BEFORE_THE_RUN);
    during.filter_map(|execution| {
        let request = (execution.session, execution.sequence);
        let first = *executed.entry(request).or_insert(execution.slot);
        (first != execution.slot).then_some((first, execution.slot))
    })
}

/// The answers of the last action that know less than had been acknowledged when the question was asked:
/// the client, the place that the answer reflects, and the place that it had to.
pub fn stale_answers<P: Protocol>(
    cluster: &Cluster<'_, P>,
) -> impl Iterator<Item = (ClientId, u64, u64)> {
    cluster.replies().iter().filter_map(|(client, reply)| {
        let Answer::Done { as_of, .. } = reply.answer else { return None };
        let floor = cluster.floor(*client, reply)?;
        (as_of < floor).then_some((*client, as_of, floor))
    })
}
