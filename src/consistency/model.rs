//! The consistency models by name, what each one says, which implies which, and which can be kept
//! while the network is cut.
//!
//! The definitions are per-client views (Ahamad et al. 1995; Terry et al. 1994): a model says which
//! operations a client's view holds and which pairs must stay in order. So a model that asks for
//! more pairs implies one that asks for fewer, and the map below can be tested.

/// A consistency model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Model {
    /// One legal order that respects real time.
    Linearizable,
    /// One legal order that respects sessions.
    Sequential,
    /// A legal view for each session that respects causes.
    Causal,
    /// A legal view for each session that respects sessions.
    Pram,
    /// Views in which a session's writes come before its later reads.
    ReadYourWrites,
    /// Views in which a session's reads stay in order.
    MonotonicReads,
    /// Views in which every session's writes stay in order.
    MonotonicWrites,
    /// Views in which a write comes after those that its session had read.
    WritesFollowReads,
    /// Replicas agree in the end.
    Eventual,
    /// Replicas that received the same updates agree.
    StrongEventual,
    /// One legal order of transactions that respects real time.
    StrictSerializable,
    /// One legal order of transactions.
    Serializable,
    /// Transactions read one snapshot, and of two that write one key at a time one aborts.
    SnapshotIsolation,
    /// Transactions read only what others committed.
    ReadCommitted,
}

/// What a model is, in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ModelInfo {
    /// Which one.
    pub model: Model,
    /// Its word in scenarios.
    pub id: &'static str,
    /// Its name.
    pub title: &'static str,
    /// What it says, in one sentence.
    pub definition: &'static str,
    /// Who defined it, and where.
    pub source: &'static str,
    /// Whether it can be kept while the network is cut.
    pub availability: Availability,
}

/// What a model allows while the network is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Availability {
    /// Some node that runs cannot answer.
    Unavailable,
    /// A node can answer the clients that stay with it.
    Sticky,
    /// Every node that runs can answer everybody.
    Total,
}

macro_rules! models {
    ($($model:ident $id:literal $title:literal $availability:ident
        $source:literal $definition:literal;)*) => {
        /// All models, in the order of their numbers in links. Append only.
        pub const MODELS: &[ModelInfo] = &[$(ModelInfo {
            model: Model::$model,
            id: $id,
            title: $title,
            definition: $definition,
            source: $source,
            availability: Availability::$availability,
        }),*];
    };
}

models! {
    Linearizable "linearizable" "Linearizable" Unavailable "Herlihy and Wing 1990"
        "All operations fit into one order in which each answer is right and none comes before an \
         operation that had returned when it was called.";
    Sequential "sequential" "Sequential" Unavailable "Lamport 1979"
        "All operations fit into one order in which each answer is right and every session's \
         operations stay in their order.";
    Causal "causal" "Causal" Sticky "Ahamad et al. 1995"
        "Each session sees all writes in an order of its own that explains its answers and puts \
         causes before effects.";
    Pram "pram" "PRAM" Sticky "Lipton and Sandberg 1988"
        "Each session sees all writes in an order of its own that explains its answers and keeps \
         every session's operations in their order.";
    ReadYourWrites "read-your-writes" "Read your writes" Sticky "Terry et al. 1994"
        "Each session sees all writes in an order of its own, in which its reads come after what it \
         wrote before.";
    MonotonicReads "monotonic-reads" "Monotonic reads" Total "Terry et al. 1994"
        "Each session sees all writes in an order of its own, along which its reads never go back.";
    MonotonicWrites "monotonic-writes" "Monotonic writes" Total "Terry et al. 1994"
        "Each session sees all writes in an order of its own that keeps every session's writes in \
         their order.";
    WritesFollowReads "writes-follow-reads" "Writes follow reads" Total "Terry et al. 1994"
        "Each session sees all writes in an order of its own, in which a write comes after those \
         that its writer had read.";
    Eventual "eventual" "Eventual" Total "Vogels 2009"
        "Once no write is under way, the last reads of all sessions find the same value.";
    StrongEventual "strong-eventual" "Strong eventual" Total "Shapiro et al. 2011"
        "All updates fit into one order in which each answer is what some of those made before it \
         give, and the last reads of all sessions agree.";
    StrictSerializable "strict-serializable" "Strict serializable" Unavailable "Papadimitriou 1979"
        "All transactions fit into one order in which each answer is right and none comes before a \
         transaction that had returned when it was called.";
    Serializable "serializable" "Serializable" Unavailable "Papadimitriou 1979"
        "All transactions fit into one order in which each answer is right.";
    SnapshotIsolation "snapshot-isolation" "Snapshot isolation" Unavailable "Berenson et al. 1995"
        "Each transaction reads from one committed snapshot, and no other that writes one of its \
         keys commits between that snapshot and its own commit.";
    ReadCommitted "read-committed" "Read committed" Total "Adya 1999, PL-2"
        "Transactions read only final writes of committed transactions, and none depends on itself.";
}

/// Which model directly implies which: whatever satisfies the first satisfies the second.
pub const IMPLICATIONS: &[(Model, Model)] = &[
    (Model::StrictSerializable, Model::Linearizable),
    (Model::StrictSerializable, Model::Serializable),
    (Model::Linearizable, Model::Sequential),
    (Model::Sequential, Model::Causal),
    (Model::Causal, Model::Pram),
    (Model::Causal, Model::WritesFollowReads),
    (Model::Pram, Model::MonotonicReads),
    (Model::Pram, Model::MonotonicWrites),
    (Model::Pram, Model::ReadYourWrites),
    (Model::Linearizable, Model::StrongEventual),
    (Model::StrongEventual, Model::Eventual),
    (Model::Serializable, Model::SnapshotIsolation),
    (Model::SnapshotIsolation, Model::ReadCommitted),
];

impl Model {
    /// What it is, in words.
    pub fn info(self) -> &'static ModelInfo {
        &MODELS[self as usize]
    }

    /// The model of this word.
    pub fn of_id(id: &str) -> Option<Model> {
        MODELS.iter().find(|info| info.id == id).map(|info| info.model)
    }

    /// Whether whatever satisfies this model satisfies `other`, by any way along the map.
    pub fn implies(self, other: Model) -> bool {
        self == other || IMPLICATIONS.iter().any(|(from, to)| *from == self && to.implies(other))
    }
}

/// The type of the object that a history is about: what its operations do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Object {
    /// One value: read, write, cas.
    Register,
    /// A value for each key: read, write, cas, append.
    Kv,
    /// A set for each key: add, remove, contains, read all.
    Set,
    /// A queue for each key: enqueue, dequeue.
    Queue,
    /// A list for each key: append, read all.
    List,
    /// A lock for each key: lock, unlock. A client that has it may take it again.
    Lock,
    /// Values and lists by key, in transactions; a key may name one of each.
    Bank,
    /// Values, queues and locks by key, and transactions over the values. A key may name one of
    /// each: they are objects of their own.
    Store,
    /// One value that the first proposal decides.
    Consensus,
}

/// All types of object with their words.
pub const OBJECTS: &[(Object, &str)] = &[
    (Object::Register, "register"),
    (Object::Kv, "kv"),
    (Object::Set, "set"),
    (Object::Queue, "queue"),
    (Object::List, "list"),
    (Object::Lock, "lock"),
    (Object::Bank, "bank"),
    (Object::Store, "store"),
    (Object::Consensus, "consensus"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_stand_in_the_order_of_their_numbers() {
        for info in MODELS {
            assert_eq!(info.model.info().id, info.id);
            assert_eq!(Model::of_id(info.id), Some(info.model));
        }
        assert!(OBJECTS.iter().enumerate().all(|(place, (object, _))| *object as usize == place));
    }

    #[test]
    fn what_is_implied_is_at_least_as_available() {
        for (from, to) in IMPLICATIONS {
            assert!(from.info().availability <= to.info().availability, "{from:?} {to:?}");
            assert!(from.implies(*to) && !to.implies(*from));
        }
        assert!(Model::StrictSerializable.implies(Model::ReadYourWrites));
    }
}
