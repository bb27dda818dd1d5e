//! How a shard looks to a person.

use super::{Shard, State, Tx};
use crate::view::{Field, LOG_CELLS_MAX, LogCell, LogView};

/// The most accounts that stand in the node itself.
const BADGES_MAX: usize = 2;

/// The first balances, short enough to stand in the node; a locked one says by whom.
pub fn account_badges(shard: &Shard) -> Vec<String> {
    let badge = |(account, balance): (&crate::operation::Text, &u64)| {
        let mut text = format!("{account}={balance}");
        if let Some(tx) = shard.lock_on(account) {
            text.push_str(" \u{2297}");
            text.push_str(&tx.to_string());
        }
        text
    };
    shard.accounts.iter().take(BADGES_MAX).map(badge).collect()
}

/// The balances, then the locks.
pub fn account_fields(shard: &Shard) -> Vec<Field> {
    let mut fields: Vec<Field> =
        shard.accounts.iter().map(|(account, balance)| Field::new(&**account, balance)).collect();
    for (tx, record) in shard.undecided().filter(|(_, record)| !record.early) {
        let lock = |write: &super::Write| Field::new(format!("lock {}", write.account), tx);
        fields.extend(record.writes.iter().map(lock));
    }
    fields
}

/// Each transaction and how far it is here: `T1 prepared`.
pub fn record_fields(shard: &Shard) -> Vec<Field> {
    let skipped = shard.records.len().saturating_sub(LOG_CELLS_MAX);
    let records = shard.records.iter().skip(skipped);
    records.map(|(tx, record)| Field::new(tx.to_string(), record.state.word())).collect()
}

/// The transactions as a log.
pub fn record_log(shard: &Shard) -> LogView {
    let skipped = shard.records.len().saturating_sub(LOG_CELLS_MAX);
    let cell = |(place, (tx, record)): (usize, (&Tx, &super::Record))| {
        let mut text = record.state.word().to_owned();
        for write in &record.writes {
            text.push_str(&format!(" {}={}", write.account, write.after));
        }
        LogCell {
            index: place as u64 + 1,
            period: tx.0.into(),
            text,
            committed: record.state == State::Committed,
        }
    };
    let cells = shard.records.iter().enumerate().skip(skipped).map(cell).collect();
    LogView { title: "transactions", durable: true, cells, skipped: skipped as u64 }
}

/// Transactions in one line.
pub fn tx_list(list: impl Iterator<Item = Tx>) -> String {
    let names: Vec<String> = list.map(|tx| tx.to_string()).collect();
    names.join(" ")
}

/// Transactions in one line, or `none`.
pub fn tx_list_or_none(list: impl Iterator<Item = Tx>) -> String {
    let text = tx_list(list);
    if text.is_empty() { "none".to_owned() } else { text }
}
