//! Linearizability of a register whose values were each written once, in n log n.
//!
//! Method: Gibbons and Korach, "Testing shared memories" (1997). A write and the reads of its value
//! are a cluster. Its zone runs from the earliest return in it to the latest call in it: a forward
//! zone if in this order, during all of which the register holds the value, otherwise a backward
//! zone, somewhere in which the whole cluster can happen at once. There is an order exactly if no
//! read returns before its write was called, no two forward zones overlap, and no backward zone
//! lies in a forward one.
//!
//! Where a zone begins at the very moment of a call, which of the two came first is left to the
//! general search.

use super::compile::{Compiled, OPEN};
use super::direct::Direct;
use super::machine::Act;
use crate::sorting;

/// Beside the place of a cluster: that it is a forward one.
const FORWARD: u32 = 1 << 31;

struct Cluster {
    /// The write; `None` for what was there at the beginning.
    write: Option<u32>,
    reads: Vec<u32>,
    /// The earliest return.
    returned: u64,
    /// The latest call.
    called: u64,
}

/// The records of one register's operations in order.
pub(super) fn order(compiled: &Compiled, places: &[u32]) -> Direct {
    let ops = &compiled.ops;
    let first = places.first().and_then(|place| ops[*place as usize].steps.first());
    let Some(key) = first.map(|step| step.key) else { return Direct::General };
    let initial = compiled.start[key as usize];
    // Value and whether it was read, as one number; the place.
    let mut found: Vec<(u64, u32)> = Vec::with_capacity(places.len());
    for place in places {
        let [step] = ops[*place as usize].steps[..] else { return Direct::General };
        match step.act {
            _ if step.key != key => return Direct::General,
            Act::Write(value) => found.push((u64::from(value) * 2, *place)),
            Act::Read(value) => found.push((u64::from(value) * 2 + 1, *place)),
            _ => return Direct::General,
        }
    }
    sorting::sort(&mut found);
    let mut clusters: Vec<Cluster> = Vec::new();
    for group in found.chunk_by(|one, other| one.0 / 2 == other.0 / 2) {
        let writes = group.iter().filter(|(number, _)| number.is_multiple_of(2)).count();
        let is_initial = group[0].0 / 2 == u64::from(initial);
        let (write, reads) = match (writes, is_initial) {
            (1, false) => (Some(group[0].1), &group[1..]),
            (0, true) => (None, group),
            (0, false) => return Direct::Impossible,
            _ => return Direct::General,
        };
        let reads: Vec<u32> = reads.iter().map(|(_, place)| *place).collect();
        let mut cluster = Cluster { write, reads, returned: OPEN, called: 0 };
        if write.is_none() {
            cluster.returned = 0;
        }
        if let Some(write) = write {
            let about = &ops[write as usize];
            if about.returned == OPEN && cluster.reads.is_empty() {
                continue;
            }
            cluster.returned = about.returned;
            cluster.called = about.call;
            if cluster.reads.iter().any(|read| ops[*read as usize].returned < about.call) {
                return Direct::Impossible;
            }
        }
        for read in &cluster.reads {
            cluster.returned = cluster.returned.min(ops[*read as usize].returned);
            cluster.called = cluster.called.max(ops[*read as usize].call);
        }
        clusters.push(cluster);
    }
    let is_forward =
        |cluster: &Cluster| cluster.write.is_none() || cluster.returned < cluster.called;
    let mut forward: Vec<(u64, u64)> = clusters
        .iter()
        .filter(|cluster| is_forward(cluster))
        .map(|cluster| (cluster.returned, cluster.called))
        .collect();
    sorting::by_number(&mut forward, |(from, _)| *from);
    if forward.windows(2).any(|pair| pair[1].0 < pair[0].1) {
        return Direct::Impossible;
    }
    // The moment of each cluster: a backward one goes to the first moment of its zone that is in no
    // forward zone.
    // A forward one comes after those of its moment.
    let mut moments: Vec<(u64, u32)> = Vec::with_capacity(clusters.len());
    for (place, cluster) in (0..).zip(&clusters) {
        if is_forward(cluster) {
            moments.push((cluster.returned, FORWARD | place));
            continue;
        }
        let after = forward.partition_point(|zone| zone.0 <= cluster.called);
        let moment = match after.checked_sub(1).map(|before| forward[before]) {
            Some((start, end)) if end > cluster.returned => {
                let is_certain = start < cluster.called;
                return if is_certain { Direct::Impossible } else { Direct::General };
            }
            Some((_, end)) => end.max(cluster.called),
            None => cluster.called,
        };
        moments.push((moment, place));
    }
    sorting::sort(&mut moments);
    let mut order = Vec::with_capacity(places.len());
    for (_, place) in moments {
        let cluster = &clusters[(place & !FORWARD) as usize];
        order.extend(cluster.write);
        order.extend(&cluster.reads);
    }
    Direct::Order(order.iter().map(|place| ops[*place as usize].record).collect())
}
