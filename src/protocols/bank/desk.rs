//! The bank's desks: n1's register of transactions and of what clients were told, and a shard's
//! queue of reads.

use super::{COORDINATOR, Shard, Tx, shard_of};
use crate::ids::NodeId;
use crate::operation::Outcome;
use crate::protocol::{Answer, Context, Protocol, Request};
use crate::store::Sessions;

/// What n1 keeps on its disk besides records.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Register {
    /// The last number given to a transaction.
    pub last: u32,
    /// What clients were told.
    pub answered: Sessions,
}

impl Register {
    /// A new number.
    pub fn new_number(&mut self) -> Tx {
        self.last += 1;
        Tx(self.last)
    }

    /// What became of a request, where that is known.
    pub fn outcome_of(&self, shard: &Shard, request: &Request) -> Option<Outcome> {
        self.answered.earlier(request).cloned().or_else(|| shard.outcome_of(request))
    }

    /// Remembers what a client is told; whether it was not told before.
    pub fn settle(&mut self, request: &Request, outcome: &Outcome) -> bool {
        let is_new = self.answered.earlier(request).is_none();
        if is_new {
            self.answered.remember(request, outcome.clone());
        }
        is_new
    }
}

/// The reads at a shard; a crash forgets them, and clients ask again.
#[derive(Clone, Debug, Default, Hash)]
pub struct Reads {
    /// Those that wait for a lock.
    pub waiting: Vec<Request>,
    /// Those that were answered last.
    pub last: Vec<Request>,
}

impl Reads {
    /// A client reads an account: it waits, or is answered.
    pub fn ask(&mut self, shard: &Shard, request: &Request, waits: bool) -> Vec<(Request, Answer)> {
        if !waits {
            return self.answer(shard, vec![request.clone()]);
        }
        if !self.waiting.contains(request) {
            self.waiting.push(request.clone());
        }
        Vec::new()
    }

    /// Answers the reads that no lock holds up any more.
    pub fn freed(&mut self, shard: &Shard) -> Vec<(Request, Answer)> {
        let is_free = |read: &Request| shard.lock_on(read.operation.key()).is_none();
        let (free, rest) = std::mem::take(&mut self.waiting).into_iter().partition(is_free);
        self.waiting = rest;
        self.answer(shard, free)
    }

    fn answer(&mut self, shard: &Shard, reads: Vec<Request>) -> Vec<(Request, Answer)> {
        if reads.is_empty() {
            return Vec::new();
        }
        self.last.clone_from(&reads);
        let found = |read: Request| {
            let outcome = shard.read(read.operation.key());
            (read, Answer::Done { outcome, as_of: 0 })
        };
        reads.into_iter().map(found).collect()
    }
}

/// Sends answers to clients.
pub fn reply_all<P: Protocol>(context: &mut Context<'_, P>, answers: Vec<(Request, Answer)>) {
    for (request, answer) in answers {
        context.reply(&request, answer);
    }
}

/// The node that takes a request: the account's shard for a read, n1 for a transaction.
pub fn place_of(request: &Request, nodes: u16) -> NodeId {
    if request.operation.is_read() { shard_of(request.operation.key(), nodes) } else { COORDINATOR }
}
