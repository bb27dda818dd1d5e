//! Linearizability without a search, where what was found tells who did it: each value or item of a
//! key was written once. Near-linear in the operations, and exact: there is an order, or none.

use super::compile::Compiled;
use super::model::Object;
use super::{growing, queues, registers};

/// What a direct method says.
pub(super) enum Direct {
    /// The records in an order.
    Order(Vec<u32>),
    /// There is no order.
    Impossible,
    /// It needs the general search.
    General,
}

/// Tries the method of this type of object on the operations of one key, or of one item of a set.
pub(super) fn order(compiled: &Compiled, object: Object, places: &[u32]) -> Direct {
    let first = places.first().and_then(|place| compiled.ops[*place as usize].steps.first());
    // What was there at the beginning was brought by nobody.
    let begins_empty = first.is_none_or(|step| compiled.start[step.key as usize] == 0);
    match object {
        Object::Register | Object::Kv => registers::order(compiled, places),
        Object::Queue if begins_empty => queues::order(compiled, places),
        Object::Set | Object::List if begins_empty => growing::order(compiled, places),
        // A key of several kinds: each method leaves to the next what it does not know.
        Object::Store => match registers::order(compiled, places) {
            Direct::General if begins_empty => queues::order(compiled, places),
            found => found,
        },
        _ => Direct::General,
    }
}

/// The moment of an operation, and a number that counts where moments are the same.
pub(super) type Moment = (u64, u64);

/// The records of operations by their moments: the least first.
pub(super) fn by_moment(compiled: &Compiled, mut moments: Vec<(Moment, u32)>) -> Direct {
    moments.sort_unstable();
    let record = |(_, place): &(Moment, u32)| compiled.ops[*place as usize].record;
    Direct::Order(moments.iter().map(record).collect())
}
