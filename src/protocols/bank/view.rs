//! How a shard looks to a person.

use super::{Register, Shard, State, Tx};
use crate::view::{Field, LOG_CELLS_MAX, LogCell, LogView, NodeView};

/// The most accounts that stand in the node itself.
const BADGES_MAX: usize = 2;

/// The first balances, short enough to stand in the node; a locked one says by whom.
fn account_badges(shard: &Shard) -> Vec<String> {
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
fn account_fields(shard: &Shard) -> Vec<Field> {
    let mut fields: Vec<Field> =
        shard.accounts.iter().map(|(account, balance)| Field::new(&**account, balance)).collect();
    for (tx, record) in shard.undecided().filter(|(_, record)| !record.early) {
        let lock = |write: &super::Write| Field::new(format!("lock {}", write.account), tx);
        fields.extend(record.writes.iter().map(lock));
    }
    fields
}

/// Each transaction and how far it is here: `T1 prepared`.
fn record_fields(shard: &Shard) -> Vec<Field> {
    let skipped = shard.records.len().saturating_sub(LOG_CELLS_MAX);
    let records = shard.records.iter().skip(skipped);
    records.map(|(tx, record)| Field::new(tx.to_string(), record.state.word())).collect()
}

/// The transactions as a log.
fn record_log(shard: &Shard) -> LogView {
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

/// Transactions in one line, or `none`.
pub fn tx_list(list: impl Iterator<Item = Tx>) -> String {
    let names: Vec<String> = list.map(|tx| tx.to_string()).collect();
    if names.is_empty() { "none".to_owned() } else { names.join(" ") }
}

/// A disk: accounts, records, and what n1 keeps besides.
pub fn disk_view(shard: &Shard, register: &Register) -> NodeView {
    let mut durable = Vec::new();
    if register.last > 0 {
        durable.push(Field::new("last number given", register.last));
        durable.push(Field::new("sessions answered", register.answered.len()));
    }
    durable.extend(record_fields(shard));
    NodeView {
        role: "crashed",
        period: shard.records.keys().next_back().map_or(register.last, |tx| tx.0).into(),
        badges: account_badges(shard),
        durable,
        logs: vec![record_log(shard)],
        data: account_fields(shard),
        ..NodeView::default()
    }
}
