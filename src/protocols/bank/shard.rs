//! A shard: accounts, and a record of each transaction that it was asked about. All of it is on
//! the disk; who waits for a lock is not.

use super::{Tx, accounts_of, amount_of, shard_of};
use crate::ids::{NodeId, NodeSet};
use crate::operation::{Operation, Outcome, Text};
use crate::protocol::Request;
use crate::sorted::SortedMap;

/// What a node's disk says about a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// It has been given its number; only n1 writes this.
    Begun,
    /// This node has voted yes and is uncertain: the decision may be either.
    Prepared,
    /// It has been told that all have voted yes (three-phase commit).
    PreCommitted,
    /// It has promised to help abort (three-phase commit with quorums).
    PreAborted,
    /// It took effect.
    Committed,
    /// It never takes effect.
    Aborted,
}

impl State {
    /// Whether the decision is known.
    pub fn is_decided(self) -> bool {
        matches!(self, State::Committed | State::Aborted)
    }

    /// In a word.
    pub fn word(self) -> &'static str {
        match self {
            State::Begun => "begun",
            State::Prepared => "prepared",
            State::PreCommitted => "pre-committed",
            State::PreAborted => "pre-aborted",
            State::Committed => "committed",
            State::Aborted => "aborted",
        }
    }

    /// The state of a decision.
    pub fn of(commit: bool) -> Self {
        if commit { State::Committed } else { State::Aborted }
    }
}

/// Why a shard votes no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Refusal {
    /// Another transaction has locked an account.
    Locked,
    /// The payer has too little money.
    TooLittle,
    /// It has aborted already.
    Aborted,
}

impl Refusal {
    /// What the client is told of the transaction.
    pub fn outcome(self) -> Outcome {
        match self {
            Refusal::TooLittle => Outcome::Refused,
            Refusal::Locked | Refusal::Aborted => Outcome::Aborted,
        }
    }

    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Refusal::Locked => "no, locked",
            Refusal::TooLittle => "no, too little",
            Refusal::Aborted => "no, aborted",
        }
    }
}

/// A shard's vote: yes, or why not.
pub type Vote = Result<(), Refusal>;

/// A change of one account.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Write {
    /// The account.
    pub account: Text,
    /// Its balance before; `None` where there was no such account.
    pub before: Option<u64>,
    /// Its balance after.
    pub after: u64,
}

impl Write {
    /// How much money comes in, or goes out.
    pub fn gain(&self) -> i64 {
        self.after as i64 - self.before.unwrap_or(0) as i64
    }
}

/// What a node's disk says about a transaction.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Record {
    /// Whose request it is; `None` where the node heard of the decision alone.
    pub request: Option<Request>,
    /// Who takes part.
    pub participants: NodeSet,
    /// How far it is.
    pub state: State,
    /// What changes here when it commits.
    pub writes: Vec<Write>,
    /// Whether the changes were made before the decision, without a lock.
    pub early: bool,
}

/// A shard's disk.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Shard {
    /// The balance of each account.
    pub accounts: SortedMap<Text, u64>,
    /// What is known of each transaction.
    pub records: SortedMap<Tx, Record>,
}

impl Shard {
    /// What is known of a transaction.
    pub fn state(&self, tx: Tx) -> Option<State> {
        self.records.get(&tx).map(|record| record.state)
    }

    /// The transactions that are not decided, as far as this node knows.
    pub fn undecided(&self) -> impl Iterator<Item = (Tx, &Record)> {
        let all = self.records.iter().map(|(tx, record)| (*tx, record));
        all.filter(|(_, record)| !record.state.is_decided())
    }

    /// The transaction that has locked an account.
    pub fn lock_on(&self, account: &str) -> Option<Tx> {
        let writes = |record: &Record| record.writes.iter().any(|write| &*write.account == account);
        self.undecided().find(|(_, record)| !record.early && writes(record)).map(|(tx, _)| tx)
    }

    /// Votes on a transaction that the node has no record of, and records the vote. `early` makes
    /// the changes at once instead of locking.
    pub fn vote(
        &mut self,
        (me, nodes): (NodeId, u16),
        tx: Tx,
        (request, participants): (&Request, NodeSet),
        early: bool,
    ) -> Vote {
        let found = self.changes(me, nodes, &request.operation);
        let (vote, writes) = match found {
            Ok(writes) => (Ok(()), writes),
            Err(refusal) => (Err(refusal), Vec::new()),
        };
        if early {
            self.apply(&writes);
        }
        let state = if vote.is_ok() { State::Prepared } else { State::Aborted };
        let request = Some(request.clone());
        self.records.insert(tx, Record { request, participants, state, writes, early });
        vote
    }

    fn changes(
        &self,
        me: NodeId,
        nodes: u16,
        operation: &Operation,
    ) -> Result<Vec<Write>, Refusal> {
        let here: Vec<&Text> = accounts_of(operation)
            .into_iter()
            .filter(|account| shard_of(account, nodes) == me)
            .collect();
        // Who meets a lock gives way at once: where nobody waits, nobody waits in a circle.
        if here.iter().any(|account| self.lock_on(account).is_some()) {
            return Err(Refusal::Locked);
        }
        let balance = |account: &Text| self.accounts.get(account).copied();
        let mut writes = Vec::new();
        match operation {
            Operation::Put { key, value } if here.contains(&key) => {
                let after = amount_of(value).ok_or(Refusal::TooLittle)?;
                writes.push(Write { account: key.clone(), before: balance(key), after });
            }
            Operation::Transfer { payer, payee, amount } => {
                let amount = u64::from(*amount);
                if here.contains(&payer) {
                    let before = balance(payer);
                    let after = before.unwrap_or(0).checked_sub(amount);
                    let after = after.ok_or(Refusal::TooLittle)?;
                    // Who pays himself only has to have the money.
                    let after = if payer == payee { after + amount } else { after };
                    writes.push(Write { account: payer.clone(), before, after });
                }
                if here.contains(&payee) && payer != payee {
                    let before = balance(payee);
                    let after = before.unwrap_or(0).saturating_add(amount);
                    writes.push(Write { account: payee.clone(), before, after });
                }
            }
            _ => {}
        }
        Ok(writes)
    }

    fn apply(&mut self, writes: &[Write]) {
        for write in writes {
            self.accounts.insert(write.account.clone(), write.after);
        }
    }

    /// Carries out a decision. A decision that the node has taken already stays as it is; whether
    /// this was news.
    pub fn decide(&mut self, tx: Tx, commit: bool) -> bool {
        let Some(record) = self.records.get_mut(&tx) else {
            // Nothing was promised, so nothing is to be done but to remember.
            self.note(tx, None, NodeSet::default(), State::of(commit));
            return true;
        };
        if record.state.is_decided() {
            return false;
        }
        record.state = State::of(commit);
        let (writes, early) = (record.writes.clone(), record.early);
        match (commit, early) {
            (true, false) => self.apply(&writes),
            (false, true) => {
                for write in &writes {
                    match write.before {
                        Some(before) => self.accounts.insert(write.account.clone(), before),
                        None => self.accounts.remove(&write.account),
                    };
                }
            }
            _ => {}
        }
        true
    }

    /// Writes a record without any change of accounts.
    pub fn note(&mut self, tx: Tx, request: Option<Request>, participants: NodeSet, state: State) {
        let record = Record { request, participants, state, writes: Vec::new(), early: false };
        self.records.insert(tx, record);
    }

    /// Whether a request has a transaction.
    pub fn has_begun(&self, request: &Request) -> bool {
        self.record_of(request).is_some()
    }

    /// What became of a request, where it is decided.
    pub fn outcome_of(&self, request: &Request) -> Option<Outcome> {
        match self.record_of(request)?.state {
            State::Committed => Some(Outcome::Done),
            State::Aborted => Some(Outcome::Aborted),
            _ => None,
        }
    }

    fn record_of(&self, request: &Request) -> Option<&Record> {
        let is_it = |record: &&Record| {
            record.request.as_ref().is_some_and(|other| super::is_same(other, request))
        };
        self.records.values().rev().find(is_it)
    }

    /// What a read of an account finds.
    pub fn read(&self, account: &Text) -> Outcome {
        match self.accounts.get(account) {
            Some(balance) => Outcome::Found(Text::from(balance.to_string())),
            None => Outcome::Absent,
        }
    }

    /// Forgets which side each transaction was on, as a crash does where that was not on the disk.
    pub fn step_back(&mut self) {
        for record in self.records.values_mut() {
            if matches!(record.state, State::PreCommitted | State::PreAborted) {
                record.state = State::Prepared;
            }
        }
    }

    /// Forgets the records in these states, as a crash does where they were not on the disk.
    pub fn forget(&mut self, states: &[State]) {
        self.records.retain(|_, record| !states.contains(&record.state));
    }
}
