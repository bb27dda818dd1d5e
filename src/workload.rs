//! Workloads that people know, generated from the seed: what clients ask for when nobody tells them.
//!
//! A workload is a list of operations without end for each client, a function of the seed, the
//! client and how many operations it has called. Every written value is another, so that a read
//! tells which write it saw. A protocol can carry a workload when it offers all its operations.

use crate::ids::ClientId;
use crate::mix::{Purpose, draw};
use crate::operation::{
    APPEND, CAS, DELETE, DEQUEUE, ENQUEUE, GET, LOCK, Operation, OperationKind, PROPOSE, PUT,
    TRANSFER, Text, UNLOCK,
};
use crate::protocol::Sheet;

/// A way in which clients use a system.
#[derive(Debug)]
pub struct Workload {
    /// Stable name in scenarios.
    pub id: &'static str,
    /// What it is like, in a sentence.
    pub text: &'static str,
    /// The operations that it calls.
    pub operations: &'static [OperationKind],
    make: fn(&Turn) -> Operation,
}

/// All workloads. Append only: links hold the index.
pub const WORKLOADS: &[Workload] = &[
    Workload {
        id: "register",
        text: "A register: clients read one value and write it.",
        operations: &[GET, PUT],
        make: register,
    },
    Workload {
        id: "database",
        text: "A key-value store: clients read, write, append to and compare a few keys.",
        operations: &[GET, PUT, APPEND, CAS, DELETE],
        make: database,
    },
    Workload {
        id: "bank",
        text: "A bank: each client funds an account, then money moves between accounts.",
        operations: &[GET, PUT, TRANSFER],
        make: bank,
    },
    Workload {
        id: "file",
        text: "A file with a lock: take the lock, read, append, give the lock back.",
        operations: &[LOCK, GET, APPEND, UNLOCK],
        make: file,
    },
    Workload {
        id: "queue",
        text: "A message queue: clients enqueue items and dequeue them.",
        operations: &[ENQUEUE, DEQUEUE],
        make: queue,
    },
    Workload {
        id: "log",
        text: "An append-only log: clients append records and read the whole.",
        operations: &[APPEND, GET],
        make: log,
    },
    Workload {
        id: "proposals",
        text: "An election of a value: each client proposes its own and learns the chosen one.",
        operations: &[PROPOSE],
        make: proposals,
    },
];

/// The place and the workload of that name.
pub fn find(id: &str) -> Option<(u8, &'static Workload)> {
    let place = WORKLOADS.iter().position(|workload| workload.id == id)?;
    Some((place as u8, &WORKLOADS[place]))
}

/// The workloads that a protocol can carry.
pub fn carried(sheet: &Sheet) -> impl Iterator<Item = &'static Workload> {
    WORKLOADS.iter().filter(|workload| workload.is_carried_by(sheet))
}

impl Workload {
    /// Whether a protocol offers all its operations.
    pub fn is_carried_by(&self, sheet: &Sheet) -> bool {
        self.operations.iter().all(|kind| sheet.operations.contains(kind))
    }

    /// The operation that a client calls after `count` others.
    pub fn operation(&self, seed: u64, client: ClientId, count: u32, clients: u8) -> Operation {
        (self.make)(&Turn { seed, client, count, clients })
    }
}

/// Whose turn it is, and the how manieth.
struct Turn {
    seed: u64,
    client: ClientId,
    count: u32,
    clients: u8,
}

impl Turn {
    /// A number below `bound`; `what` tells the draws of one turn apart.
    fn below(&self, what: u64, bound: u64) -> u64 {
        let turn = u64::from(self.client.0) << 32 | u64::from(self.count);
        draw(self.seed, Purpose::Workload, [turn, what, 1]) % bound.max(1)
    }

    /// A value that nobody else writes.
    fn value(&self) -> Text {
        Text::from(format!("{}{}", self.client, self.count + 1))
    }

    fn key(&self, keys: &[&str]) -> Text {
        Text::from(keys[self.below(1, keys.len() as u64) as usize])
    }

    /// The account of a client. Its first letter is the client's: where accounts are placed by it, they
    /// spread.
    fn account(&self, client: u64) -> Text {
        let letter = ClientId(client as u8).to_string().to_ascii_lowercase();
        Text::from(format!("{letter}-account"))
    }
}

fn register(turn: &Turn) -> Operation {
    let key = Text::from("x");
    match turn.below(0, 2) {
        0 => Operation::Put { key, value: turn.value() },
        _ => Operation::Get { key },
    }
}

fn database(turn: &Turn) -> Operation {
    let (key, value) = (turn.key(&["x", "y", "z"]), turn.value());
    match turn.below(0, 10) {
        0..=2 => Operation::Put { key, value },
        3 => Operation::Append { key, value },
        4 => Operation::Cas { key, expected: Text::from("A1"), value },
        5 => Operation::Delete { key },
        _ => Operation::Get { key },
    }
}

/// What each client puts into its account at first.
const FUNDS: &str = "100";

fn bank(turn: &Turn) -> Operation {
    let clients = u64::from(turn.clients.max(1));
    let own = u64::from(turn.client.0);
    if turn.count == 0 {
        return Operation::Put { key: turn.account(own), value: Text::from(FUNDS) };
    }
    let other = (own + 1 + turn.below(1, clients.saturating_sub(1))) % clients;
    match turn.below(0, 3) {
        0 => Operation::Get { key: turn.account(other) },
        _ => Operation::Transfer {
            payer: turn.account(own),
            payee: turn.account(other),
            amount: 1 + turn.below(2, 40) as u32,
        },
    }
}

fn file(turn: &Turn) -> Operation {
    let file = Text::from("notes");
    match turn.count % 4 {
        0 => Operation::Lock { file },
        1 => Operation::Get { key: file },
        2 => Operation::Append { key: file, value: Text::from(format!("{}.", turn.value())) },
        _ => Operation::Unlock { file },
    }
}

fn queue(turn: &Turn) -> Operation {
    let queue = Text::from("jobs");
    match turn.below(0, 2) {
        0 => Operation::Enqueue { queue, value: turn.value() },
        _ => Operation::Dequeue { queue },
    }
}

fn log(turn: &Turn) -> Operation {
    let key = Text::from("log");
    match turn.below(0, 3) {
        0 => Operation::Get { key },
        _ => Operation::Append { key, value: Text::from(format!("{}.", turn.value())) },
    }
}

fn proposals(turn: &Turn) -> Operation {
    Operation::Propose { value: turn.value() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workload_calls_what_it_says_and_nothing_else() {
        for workload in WORKLOADS {
            let mut seen = std::collections::BTreeSet::new();
            for client in 0..3 {
                for count in 0..60 {
                    let operation = workload.operation(7, ClientId(client), count, 3);
                    assert!(workload.operations.contains(&operation.kind()), "{operation}");
                    let words = operation.to_string();
                    let words: Vec<&str> = words.split(' ').collect();
                    assert_eq!(Operation::parse(&words), Ok(operation.clone()), "{operation}");
                    seen.insert(operation.kind().name);
                }
            }
            assert_eq!(seen.len(), workload.operations.len(), "{}: {seen:?}", workload.id);
        }
    }

    #[test]
    fn a_turn_depends_on_seed_client_and_count_alone() {
        let of = |seed, client, count| WORKLOADS[1].operation(seed, ClientId(client), count, 3);
        assert_eq!(of(1, 0, 5), of(1, 0, 5));
        let runs: std::collections::BTreeSet<String> = (1..20)
            .map(|seed| (0..8).map(|count| of(seed, 0, count).to_string() + ";").collect())
            .collect();
        assert_eq!(runs.len(), 19, "each seed gives another list");
    }
}
