//! What must hold of the whole bank, whatever the commit protocol: checked after every action
//! against history variables that no handler sees. Only what is on a disk counts: whatever never
//! got there was told to nobody. Each violation says in words why it is one.

use super::{COORDINATOR, Reads, Shard, State, Tx};
use crate::ids::{ClientId, NodeId, NodeSet};
use crate::operation::{Operation, Outcome, Text};
use crate::protocol::{Answer, Invariant, Reply, Request};
use crate::sorted::{SortedMap, SortedSet};

/// The invariants of each of the three protocols, in the order of the numbers below.
pub const INVARIANTS: &[Invariant] = &[
    Invariant {
        id: "atomic-commitment",
        source: "Bernstein, Hadzilacos & Goodman 1987, §7.3, AC1",
        text: "No two nodes decide differently about a transaction.",
    },
    Invariant {
        id: "commit-needs-every-yes",
        source: "Bernstein, Hadzilacos & Goodman 1987, §7.3, AC3",
        text: "A transaction is committed only if every participant has voted yes.",
    },
    Invariant {
        id: "decisions-stable",
        source: "Bernstein, Hadzilacos & Goodman 1987, §7.3, AC2",
        text: "A decision is never reversed and a yes vote never forgotten, not even by a crash.",
    },
    Invariant {
        id: "money-conserved",
        source: "this playground: atomicity as a bank sees it",
        text: "All accounts together hold what was paid in, neither more nor less.",
    },
    Invariant {
        id: "no-dirty-read",
        source: "Gray 1978, §5.7",
        text: "No read is answered with the effect of a transaction that is not decided.",
    },
    Invariant {
        id: "no-half-read",
        source: "Gray 1978, §5.7",
        text: "A read counts every transaction on its account that is committed anywhere.",
    },
    Invariant {
        id: "ids-unique",
        source: "Gray 1978, §5.8",
        text: "A transaction's number stands for one request of one client.",
    },
    Invariant {
        id: "exactly-once",
        source: "this playground; compare Raft §8",
        text: "A client's request is committed at most once.",
    },
];

const ATOMIC: u8 = 0;
const EVERY_YES: u8 = 1;
const STABLE: u8 = 2;
const MONEY: u8 = 3;
const DIRTY: u8 = 4;
const HALF: u8 = 5;
const UNIQUE: u8 = 6;
const ONCE: u8 = 7;

/// History variables.
#[derive(Clone, Debug, Default, Hash)]
pub struct Ghost {
    /// The money at the very beginning.
    opening: Option<i64>,
    /// What each disk last said of each transaction.
    seen: SortedMap<(NodeId, Tx), State>,
    /// Who has ever had a transaction prepared on its disk.
    prepared: SortedSet<(Tx, NodeId)>,
    /// Who takes part in each transaction.
    participants: SortedMap<Tx, NodeSet>,
    /// Whose request each transaction is: session and number.
    requests: SortedMap<Tx, (u32, u32)>,
    /// Who decided first, and what.
    outcomes: SortedMap<Tx, (NodeId, bool)>,
    /// By which transaction each request was committed.
    committed: SortedMap<(u32, u32), Tx>,
    /// How much money each funding adds when it commits.
    funded: SortedMap<Tx, i64>,
}

type Report<'a> = &'a mut dyn FnMut(u8, String);

impl Ghost {
    /// Looks at the disk of `id`, which may have changed. `disks` are those of all nodes.
    pub fn look(&mut self, id: NodeId, disks: &[&Shard], report: Report<'_>) {
        if self.opening.is_none() {
            self.opening = Some(disks.iter().map(|shard| balances(shard)).sum());
        }
        let shard = disks[id.index()];
        let before = self.outcomes.len();
        self.check_forgotten(id, shard, report);
        let mut changed = false;
        for (tx, record) in &shard.records {
            if self.seen.insert((id, *tx), record.state) == Some(record.state) {
                continue;
            }
            changed = true;
            if let Some(request) = &record.request {
                self.begun(id, *tx, request, report);
                self.participants.insert(*tx, record.participants);
                if matches!(request.operation, Operation::Put { .. }) && !record.writes.is_empty() {
                    self.funded.insert(*tx, record.writes.iter().map(super::Write::gain).sum());
                }
            }
            if !matches!(record.state, State::Begun | State::Aborted) && record.request.is_some() {
                self.prepared.insert((*tx, id));
            }
            if record.state.is_decided() {
                self.decided(id, *tx, record.state == State::Committed, report);
            }
        }
        if changed || self.outcomes.len() != before {
            self.check_money(disks, report);
        }
    }

    /// Notes that `id` takes a transaction to be this request.
    pub fn begun(&mut self, id: NodeId, tx: Tx, request: &Request, report: Report<'_>) {
        let request_id = (request.session, request.sequence);
        let known = *self.requests.entry(tx).or_insert(request_id);
        if known != request_id {
            let what = &request.operation;
            report(UNIQUE, format!("{id} takes “{what}” for {tx}, which was another request."));
        }
    }

    /// Notes that the disk of `id` holds a decision.
    pub fn decided(&mut self, id: NodeId, tx: Tx, commit: bool, report: Report<'_>) {
        let (first, was) = *self.outcomes.entry(tx).or_insert((id, commit));
        if was != commit {
            let (committer, aborter) = if commit { (id, first) } else { (first, id) };
            let why = format!("{tx} is committed at {committer} and aborted at {aborter}.");
            report(ATOMIC, why);
        }
        if !commit {
            return;
        }
        let participants = self.participants.get(&tx).copied().unwrap_or_default();
        let silent = participants.iter().find(|node| !self.prepared.contains(&(tx, *node)));
        if let Some(silent) = silent {
            report(EVERY_YES, format!("{id} commits {tx}, but {silent} has not voted yes."));
        }
        if let Some(request) = self.requests.get(&tx) {
            let earlier = *self.committed.entry(*request).or_insert(tx);
            if earlier != tx {
                let why = format!("One request is committed twice, as {earlier} and as {tx}.");
                report(ONCE, why);
            }
        }
    }

    /// The participants of a transaction, as far as any disk has said.
    pub fn participants(&self, tx: Tx) -> NodeSet {
        self.participants.get(&tx).copied().unwrap_or_default()
    }

    /// Nothing that a disk has said is taken back.
    fn check_forgotten(&mut self, id: NodeId, shard: &Shard, report: Report<'_>) {
        let all = (id, Tx(0))..=(id, Tx(u32::MAX));
        for ((_, tx), was) in self.seen.range(all) {
            let now = shard.state(*tx);
            let is_reversed = was.is_decided() && now != Some(*was);
            if !is_reversed && (now.is_some() || *was == State::Begun) {
                continue;
            }
            let is = now.map_or("knows nothing of it", State::word);
            report(STABLE, format!("{id} had {tx} {} and now: {is}.", was.word()));
        }
        let is_gone = |tx: Tx| shard.state(tx).is_none();
        self.seen.retain(|(node, tx), _| *node != id || !is_gone(*tx));
    }

    /// What is in the accounts, once every transaction committed somewhere is counted everywhere
    /// and no other is, is what was paid in.
    fn check_money(&self, disks: &[&Shard], report: Report<'_>) {
        let is_committed = |tx: &Tx| matches!(self.outcomes.get(tx), Some((_, true)));
        let mut found: i64 = 0;
        for shard in disks {
            found += balances(shard);
            for (tx, record) in shard.undecided() {
                let gain: i64 = record.writes.iter().map(super::Write::gain).sum();
                match (record.early, is_committed(&tx)) {
                    (false, true) => found += gain,
                    (true, false) => found -= gain,
                    _ => {}
                }
            }
        }
        let funded: i64 =
            self.funded.iter().filter(|(tx, _)| is_committed(tx)).map(|it| it.1).sum();
        let due = self.opening.unwrap_or(0) + funded;
        if found != due {
            report(MONEY, format!("The accounts hold {found} together, but {due} was paid in."));
        }
    }

    /// Where the last action answered reads, they must have been answered rightly. `shard` is the
    /// memory of `id`.
    pub fn look_at_reads(
        &self,
        id: NodeId,
        (shard, reads): (&Shard, &Reads),
        replies: &[(ClientId, Reply)],
        report: Report<'_>,
    ) {
        if has_read(replies) {
            for read in &reads.last {
                self.check_read(id, shard, read.operation.key(), report);
            }
        }
    }

    fn check_read(&self, id: NodeId, shard: &Shard, account: &Text, report: Report<'_>) {
        for (tx, record) in shard.undecided() {
            if !record.writes.iter().any(|write| write.account == *account) {
                continue;
            }
            if record.early {
                let why = format!("{id} answers a read of {account} with {tx}, not decided yet.");
                report(DIRTY, why);
            } else if let Some((node, true)) = self.outcomes.get(&tx) {
                let why = format!(
                    "{id} answers a read of {account} without {tx}, which {node} has committed."
                );
                report(HALF, why);
            }
        }
    }

    /// The coordinator has no record of a commit that a participant may still ask about.
    pub fn forgot(&self, tx: Tx, disks: &[&Shard], report: Report<'_>) {
        let waits = |node: &NodeId| disks[node.index()].state(tx) != Some(State::Committed);
        if let Some(node) = self.participants(tx).iter().find(waits) {
            let why = format!(
                "{COORDINATOR} has forgotten that {tx} is committed, which {node} does not know yet."
            );
            report(STABLE, why);
        }
    }
}

/// Whether one of these replies answers a read.
fn has_read(replies: &[(ClientId, Reply)]) -> bool {
    replies.iter().any(|(_, reply)| {
        matches!(reply.answer, Answer::Done { outcome: Outcome::Found(_) | Outcome::Absent, .. })
    })
}

fn balances(shard: &Shard) -> i64 {
    shard.accounts.values().map(|balance| *balance as i64).sum()
}
