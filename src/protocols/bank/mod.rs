//! The bank that atomic commitment is for: accounts spread over shards, and transactions on them.
//! Two-phase commit, three-phase commit and Paxos Commit share it, so that they differ only in how
//! a transaction is decided.
//!
//! **Who is who.** n1 gives transactions their numbers and holds no account. All other nodes are
//! *shards*. The shard of an account is found by its first letter, counted from `a` over the
//! shards in turn: with the shards n2 and n3, `a` and `c` are on n2, `b` and `d` on n3.
//!
//! **What clients may ask.** `transfer PAYER PAYEE AMOUNT` touches one shard or two. `put ACCOUNT
//! AMOUNT` funds an account: a transaction on one shard. `get ACCOUNT` is read at the account's
//! shard, without a transaction.
//!
//! **Isolation.** A shard that votes yes locks the accounts that it will write until it knows the
//! decision. A transaction that meets a lock is voted against at once: nobody waits for a lock but
//! reads, so there is no deadlock. A read waits for the lock to go.
//!
//! Records of transactions are kept for ever; a real bank would cut its log.

mod desk;
mod invariants;
mod shard;
mod view;

pub use desk::{Reads, Register, place_of, reply_all};
pub use invariants::{Ghost, INVARIANTS};
pub use shard::{Record, Refusal, Shard, State, Vote, Write};
pub use view::{disk_view, tx_list};

use std::fmt;

use crate::ids::{NodeId, NodeSet};
use crate::operation::{AMOUNT_MAX, GET, Operation, OperationKind, PUT, TRANSFER, Text};
use crate::past::{Owner, Remembered};
use crate::protocol::Request;

/// The node that gives transactions their numbers.
pub const COORDINATOR: NodeId = NodeId(0);

/// What the bank offers.
pub const OPERATIONS: &[OperationKind] = &[GET, PUT, TRANSFER];

/// The most nodes of a bank.
pub const NODES_RANGE: (u16, u16) = (2, 9);

/// The value of the setting `participants` by which every shard takes part in every transaction.
pub const PARTICIPANTS_ALL: u32 = 1;

/// A transaction's number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tx(pub u32);

impl fmt::Display for Tx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "T{}", self.0)
    }
}

/// Why so many nodes make no bank, if they make none.
pub fn refuses(nodes: u16) -> Option<String> {
    let words = "a bank needs n1, which coordinates, and at least two shards: three nodes";
    (nodes < 3).then(|| words.to_owned())
}

/// The shard of an account: by the first letter, counted from `a` over the shards in turn.
pub fn shard_of(account: &str, nodes: u16) -> NodeId {
    let shards = i32::from(nodes.max(2) - 1);
    let letter = i32::from(account.as_bytes().first().copied().unwrap_or(b'a'));
    NodeId(1 + (letter - i32::from(b'a')).rem_euclid(shards) as u16)
}

/// The accounts that an operation writes.
pub fn accounts_of(operation: &Operation) -> Vec<&Text> {
    match operation {
        Operation::Put { key, .. } => vec![key],
        Operation::Transfer { payer, payee, .. } => vec![payer, payee],
        _ => Vec::new(),
    }
}

/// Who takes part in a transaction: the shards of its accounts, or every shard.
pub fn participants(operation: &Operation, nodes: u16, setting: u32) -> NodeSet {
    if setting == PARTICIPANTS_ALL {
        return (1..nodes).map(NodeId).collect();
    }
    accounts_of(operation).into_iter().map(|account| shard_of(account, nodes)).collect()
}

/// How many take part in a transfer between two shards.
pub fn participants_of_a_transfer(nodes: u16, settings: &[u32]) -> u32 {
    let all = settings.first() == Some(&PARTICIPANTS_ALL);
    if all { u32::from(nodes) - 1 } else { 2 }
}

/// What an account is funded with; `None` where the value is no amount of money.
pub fn amount_of(value: &str) -> Option<u64> {
    value.parse::<u64>().ok().filter(|amount| *amount <= u64::from(AMOUNT_MAX))
}

/// Whether an operation can be a transaction at all.
pub fn is_sound(operation: &Operation) -> bool {
    match operation {
        Operation::Put { value, .. } => amount_of(value).is_some(),
        Operation::Transfer { .. } => true,
        _ => false,
    }
}

/// Whether two requests are one, asked again.
pub fn is_same(one: &Request, other: &Request) -> bool {
    (one.session, one.sequence) == (other.session, other.sequence)
}

/// Reads the accounts of an initial disk, `a=100 b=50`, and nothing else.
///
/// # Errors
/// Says what was expected.
pub fn parse_accounts(words: &[&str]) -> Result<Shard, String> {
    const FORM: &str = "accounts, such as a=100 b=50";
    let mut shard = Shard::default();
    for word in words {
        let (account, amount) = word.split_once('=').ok_or(FORM)?;
        Operation::parse(&["put", account, amount])?;
        let amount = amount_of(amount).ok_or_else(|| format!("an amount up to {AMOUNT_MAX}"))?;
        shard.accounts.insert(Text::from(account), amount);
    }
    Ok(shard)
}

/// What a shard's disk tells of the past: the balances of its accounts, which nobody else keeps.
pub fn remembered(shard: &Shard, owner: &Owner<'_>) -> Vec<Remembered> {
    let is_own = |account: &Text| shard_of(account, owner.nodes) == owner.node;
    let own = shard.accounts.iter().filter(|(account, _)| is_own(account));
    own.map(|(account, balance)| Remembered::alone(account, Text::from(balance.to_string())))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_go_round_the_shards_by_first_letter() {
        for (account, shard) in [("a", 1), ("b", 2), ("c", 1), ("x", 2), ("bob", 2), ("A", 1)] {
            assert_eq!(shard_of(account, 3), NodeId(shard), "{account}");
        }
        assert_eq!(shard_of("d", 5), NodeId(4));
        assert_eq!(shard_of("e", 5), NodeId(1));
    }
}
