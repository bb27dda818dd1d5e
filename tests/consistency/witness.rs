//! Whether an order that a verdict shows is one.

use consensus_playground::consistency::{Answer, Command, History, Object, Record, Step};

use super::brute::{execute, mutates, start};

/// Whether an order has every operation that returned, each at most once, and every answer is right
/// in it; with `real_time`, none comes before one that had returned when it was called.
pub fn is_witness(history: &History, object: Object, order: &[u32], real_time: bool) -> bool {
    let record = |place: &u32| &history.records[*place as usize];
    let mut places = order.to_vec();
    places.sort_unstable();
    places.dedup();
    let constrains = |record: &Record| {
        record.returned.is_some() && record.answer != Answer::Aborted && !is_idle(record)
    };
    let is_whole = places.len() == order.len()
        && (0..history.records.len() as u32)
            .all(|place| places.binary_search(&place).is_ok() || !constrains(record(&place)));
    let mut state = start(history);
    let mut latest_call = 0;
    is_whole
        && order.iter().map(record).all(|record| {
            let is_late = record.returned.is_some_and(|moment| moment < latest_call);
            latest_call = latest_call.max(record.call);
            (!real_time || !is_late) && execute(&mut state, object, record, true)
        })
}

/// Whether an operation neither changes anything nor was told anything.
fn is_idle(record: &Record) -> bool {
    match &record.command {
        Command::Transaction(steps) => {
            steps.iter().all(|step| matches!(step, Step::Read(_, None) | Step::ReadList(_, None)))
        }
        _ => !mutates(record) && record.answer == Answer::Unknown,
    }
}
