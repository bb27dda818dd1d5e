//! Where things stand in a picture of a history: time is warped so that every label fits.
//!
//! Events keep their order, and an operation is as wide as its label at least. A linearization point
//! stands between the call and the return of its operation, in the order of the witness, as early
//! as that allows; points that fall between the same two events share the room.

use std::collections::BTreeMap;

use crate::consistency::Record;
use crate::sorting;

/// Between two events, in pixels.
const GAP: u32 = 7;
/// An open operation fades out over so much, behind its label.
const FADE: u32 = 46;

/// One operation in the picture.
pub struct Bar {
    /// Its place in the history.
    pub record: usize,
    /// The lane of its client.
    pub lane: usize,
    /// Where it begins.
    pub from: u32,
    /// Where it ends.
    pub to: u32,
    /// Where it takes effect, if it does, in tenths of pixels.
    pub point: Option<u32>,
}

/// A picture's geometry.
pub struct Layout {
    /// The operations, by their calls.
    pub bars: Vec<Bar>,
    /// The clients, from the top.
    pub lanes: Vec<u32>,
    /// How wide it is.
    pub width: u32,
}

/// Lays out the operations at `shown`; `width` says how wide a label is, `order` in which order the
/// operations take effect, empty where that is not known.
pub fn layout(
    records: &[Record],
    shown: &[usize],
    width: impl Fn(usize) -> u32,
    order: &[u32],
) -> Layout {
    // Clients in the order in which they come, so that those who come for others who are gone make
    // steps downwards.
    let mut by_call = shown.to_vec();
    sorting::by_number(&mut by_call, |place| records[*place].call);
    let (mut lanes, mut clients) = (Vec::new(), BTreeMap::new());
    for place in by_call {
        let client = records[place].client;
        clients.entry(client).or_insert_with(|| {
            lanes.push(client);
            lanes.len() - 1
        });
    }
    // A call and a return are two events; the second of a pair is the return.
    let mut events: Vec<(u64, bool, usize)> = Vec::new();
    for (bar, place) in shown.iter().enumerate() {
        events.push((records[*place].call, false, bar));
        events.extend(records[*place].returned.map(|returned| (returned, true, bar)));
    }
    sorting::by_number(&mut events, |(_, is_return, _)| u64::from(*is_return));
    sorting::by_number(&mut events, |(moment, ..)| *moment);
    let mut bars: Vec<Bar> = shown
        .iter()
        .map(|place| {
            let lane = clients[&records[*place].client];
            Bar { record: *place, lane, from: 0, to: 0, point: None }
        })
        .collect();
    let mut positions = Vec::with_capacity(events.len() + 1);
    let mut at = GAP;
    for (_, is_return, bar) in &events {
        let bar = &mut bars[*bar];
        if *is_return {
            at = at.max(bar.from + width(bar.record));
            bar.to = at;
        } else {
            bar.from = at;
            bar.to = at + width(bar.record) + FADE;
        }
        positions.push(at);
        at += GAP;
    }
    let width = bars.iter().map(|bar| bar.to).max().unwrap_or(0).max(at) + GAP;
    positions.push(width);
    points(&mut bars, records, &events, &positions, order);
    Layout { bars, lanes, width }
}

/// Puts the points of an order between calls and returns; an order that real time contradicts has
/// none.
fn points(
    bars: &mut [Bar],
    records: &[Record],
    events: &[(u64, bool, usize)],
    positions: &[u32],
    order: &[u32],
) {
    let mut by_record: Vec<usize> = (0..bars.len()).collect();
    sorting::by_number(&mut by_record, |bar| bars[*bar].record as u64);
    // After which event each operation takes effect: the latest call so far.
    let mut after: Vec<(usize, usize)> = Vec::new();
    let mut latest = 0;
    for record in order {
        let found = by_record.binary_search_by_key(&(*record as usize), |bar| bars[*bar].record);
        let Ok(found) = found else { continue };
        let bar = by_record[found];
        let record = &records[*record as usize];
        // The last event of that moment.
        let called = events.partition_point(|(moment, ..)| *moment <= record.call);
        latest = latest.max(called.saturating_sub(1));
        if record.returned.is_some_and(|returned| returned <= events[latest].0) {
            return;
        }
        after.push((latest, bar));
    }
    for together in after.chunk_by(|one, other| one.0 == other.0) {
        let (from, to) = (positions[together[0].0] * 10, positions[together[0].0 + 1] * 10);
        let parts = together.len() as u32 + 1;
        for (part, (_, bar)) in (1..).zip(together) {
            bars[*bar].point = Some(from + (to - from) * part / parts);
        }
    }
    // What is open reaches to its point.
    for bar in bars {
        if let (Some(point), None) = (bar.point, records[bar.record].returned) {
            bar.to = bar.to.max(point / 10 + GAP);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::consistency::{Answer, Command};
    use crate::operation::Text;

    fn record(client: u32, call: u64, returned: u64) -> Record {
        let returned = Some(returned).filter(|returned| *returned > 0);
        let (command, answer) = (Command::Read, Answer::Unknown);
        Record { client, session: 0, key: Text::from(""), command, answer, call, returned }
    }

    #[test]
    fn labels_fit_and_events_keep_their_order() {
        let records = [record(3, 0, 3), record(1, 1, 2), record(1, 4, 0)];
        let found = layout(&records, &[0, 1, 2], |place| [200, 50, 80][place], &[]);
        assert_eq!(found.lanes, [3, 1]);
        let [one, two, three] = &found.bars[..] else { panic!() };
        assert_eq!((one.lane, two.lane, three.lane), (0, 1, 1));
        assert!(one.to - one.from >= 200 && two.to - two.from >= 50);
        assert!(one.from < two.from && two.to < one.to && one.to < three.from);
        assert!(three.to - three.from > 80 && three.to < found.width);
    }

    #[test]
    fn points_lie_inside_and_in_order() {
        let records = [record(0, 0, 5), record(1, 1, 4), record(2, 2, 3), record(3, 6, 0)];
        let order = [2, 0, 1, 3];
        let found = layout(&records, &[0, 1, 2, 3], |_| 30, &order);
        let points: Vec<u32> =
            order.iter().map(|place| found.bars[*place as usize].point.unwrap()).collect();
        assert!(points.is_sorted_by(|one, other| one < other), "{points:?}");
        for bar in &found.bars {
            assert!((bar.from * 10..bar.to * 10).contains(&bar.point.unwrap()));
        }
        // An order that puts the last one first does not respect real time.
        let found = layout(&records, &[0, 1, 2, 3], |_| 30, &[3, 0, 1, 2]);
        assert!(found.bars.iter().all(|bar| bar.point.is_none()));
    }
}
