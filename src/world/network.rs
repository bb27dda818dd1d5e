//! Messages in flight. A network only holds them: when they arrive is the schedule's choice, and
//! whether they do is anybody's.

use std::cmp::Reverse;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use crate::ids::{CLIENTS_MAX, Endpoint, MessageId, NodeId, NodeSet};
use crate::machine::{Machine, Opaque};
use crate::mix::{StableHasher, hash_of, scramble};
use crate::protocol::{Reply, Request};

/// What a message carries.
#[derive(Clone, Debug)]
pub(crate) enum Payload {
    /// A protocol's own message between nodes.
    Protocol(Opaque),
    /// A client asks a node.
    Request(Request),
    /// A node answers a client.
    Reply(Reply),
}

impl Payload {
    /// Hashes it, as a derived hash would if the message's type were known.
    pub(crate) fn hash(&self, machine: &dyn Machine, hasher: &mut StableHasher) {
        match self {
            Payload::Protocol(message) => {
                hasher.write_isize(0);
                machine.hash_message(message, hasher);
            }
            Payload::Request(request) => {
                hasher.write_isize(1);
                request.hash(hasher);
            }
            Payload::Reply(reply) => {
                hasher.write_isize(2);
                reply.hash(hasher);
            }
        }
    }
}

/// A message under way.
#[derive(Clone, Debug)]
pub(crate) struct Envelope {
    /// Its number along the run.
    pub id: MessageId,
    /// The sender.
    pub from: Endpoint,
    /// The receiver.
    pub to: Endpoint,
    /// What it carries.
    pub payload: Payload,
    /// When it was sent, in milliseconds.
    pub sent_ms: u64,
    /// When it is due, in milliseconds.
    pub due_ms: u64,
    /// The number of the action that sent it.
    pub sent_step: u64,
    /// How many messages led to it, itself included, since somebody last acted unasked.
    pub hops: u32,
    /// Whether the network is going to lose it when it is due.
    pub lost: bool,
    /// The stable hash of sender, receiver and payload.
    pub hash: u64,
}

/// The messages in flight and the cuts between nodes.
#[derive(Clone, Debug)]
pub(crate) struct Network {
    /// By their ids, oldest first; shared, because forks hold them too.
    in_flight: Vec<(MessageId, Arc<Envelope>)>,
    /// The same by their due times, the latest first, so that the next one is at the end.
    due: Vec<Reverse<(u64, MessageId)>>,
    /// How many are under way to each node, and then to each client.
    waiting: Vec<u16>,
    /// For each sender, the nodes it cannot reach.
    cuts: Arc<Vec<NodeSet>>,
    next_id: u32,
    /// The sum of the scrambled hashes of all messages in flight: the same for every order.
    multiset: u64,
    /// How many messages did not fit and were lost.
    pub overflow: u64,
}

impl Network {
    /// An empty network without cuts.
    pub fn new(nodes: u16) -> Self {
        Network {
            in_flight: Vec::new(),
            due: Vec::new(),
            waiting: vec![0; usize::from(nodes) + usize::from(CLIENTS_MAX)],
            cuts: Arc::new(vec![NodeSet::default(); usize::from(nodes)]),
            next_id: 0,
            multiset: 0,
            overflow: 0,
        }
    }

    /// The messages in flight, oldest first.
    pub fn in_flight(&self) -> impl Iterator<Item = &Envelope> {
        self.in_flight.iter().map(|(_, envelope)| &**envelope)
    }

    /// The messages in flight, in the order in which they fall due, the oldest first.
    pub fn by_due(&self) -> impl Iterator<Item = &Envelope> {
        self.due.iter().rev().filter_map(|Reverse((_, id))| self.get(*id))
    }

    /// The message of that id.
    pub fn get(&self, id: MessageId) -> Option<&Envelope> {
        self.place(id).map(|place| &*self.in_flight[place].1)
    }

    /// Puts a message under way and gives it the next id; `None` where the network
    /// or the receiver's share of it is full.
    pub fn insert(&mut self, mut envelope: Envelope) -> Option<MessageId> {
        use super::bounds::{MESSAGES_MAX, RECEIVER_MESSAGES_MAX};
        let receiver = self.receiver(envelope.to);
        let receiver_is_full = usize::from(self.waiting[receiver]) >= RECEIVER_MESSAGES_MAX;
        if self.in_flight.len() >= MESSAGES_MAX || receiver_is_full {
            self.overflow += 1;
            return None;
        }
        envelope.id = MessageId(self.next_id);
        self.next_id += 1;
        self.multiset = self.multiset.wrapping_add(scramble(envelope.hash));
        self.waiting[receiver] += 1;
        let id = envelope.id;
        self.expect(id, envelope.due_ms);
        self.in_flight.push((id, Arc::new(envelope)));
        Some(id)
    }

    /// Takes a message out.
    pub fn remove(&mut self, id: MessageId) -> Option<Arc<Envelope>> {
        let place = self.place(id)?;
        let (_, envelope) = self.in_flight.remove(place);
        self.forget(id, envelope.due_ms);
        let receiver = self.receiver(envelope.to);
        self.waiting[receiver] -= 1;
        self.multiset = self.multiset.wrapping_sub(scramble(envelope.hash));
        Some(envelope)
    }

    /// Makes a message arrive later.
    pub fn delay(&mut self, id: MessageId, now_ms: u64, by_ms: u32) {
        if let Some(place) = self.place(id) {
            let envelope = Arc::make_mut(&mut self.in_flight[place].1);
            let before_ms = envelope.due_ms;
            let due_ms = before_ms.max(now_ms) + u64::from(by_ms);
            envelope.due_ms = due_ms;
            self.forget(id, before_ms);
            self.expect(id, due_ms);
        }
    }

    fn expect(&mut self, id: MessageId, due_ms: u64) {
        let due = Reverse((due_ms, id));
        let place = self.due.partition_point(|other| *other < due);
        self.due.insert(place, due);
    }

    fn forget(&mut self, id: MessageId, due_ms: u64) {
        if let Ok(place) = self.due.binary_search(&Reverse((due_ms, id))) {
            self.due.remove(place);
        }
    }

    /// The place of a receiver in `waiting`.
    fn receiver(&self, to: Endpoint) -> usize {
        match to {
            Endpoint::Node(node) => node.index(),
            Endpoint::Client(client) => self.cuts.len() + client.index(),
        }
    }

    /// The latest due time among the messages from one endpoint to another.
    pub fn last_due_ms(&self, from: Endpoint, to: Endpoint) -> Option<u64> {
        self.in_flight()
            .filter(|envelope| envelope.from == from && envelope.to == to)
            .map(|envelope| envelope.due_ms)
            .max()
    }

    /// How many messages have ever been put under way, copies included.
    pub fn sent(&self) -> u32 {
        self.next_id
    }

    /// Whether messages between these endpoints arrive. Clients are never cut off.
    pub fn is_cut(&self, from: Endpoint, to: Endpoint) -> bool {
        match (from, to) {
            (Endpoint::Node(from), Endpoint::Node(to)) => self.cuts[from.index()].contains(to),
            _ => false,
        }
    }

    /// For each node, the nodes that it cannot reach.
    pub fn cuts(&self) -> &[NodeSet] {
        &self.cuts
    }

    /// Whether the cuts are the very same in another network.
    pub fn has_cuts_of(&self, other: &Network) -> bool {
        Arc::ptr_eq(&self.cuts, &other.cuts)
    }

    /// Cuts or heals every link from one set to another, one way.
    pub fn set_cut(&mut self, from: NodeSet, to: NodeSet, cut: bool) {
        let cuts = Arc::make_mut(&mut self.cuts);
        for (index, unreachable) in cuts.iter_mut().enumerate() {
            let sender = NodeId(index as u16);
            if !from.contains(sender) {
                continue;
            }
            let mut targets = to;
            targets.remove(sender);
            *unreachable =
                if cut { unreachable.union(targets) } else { unreachable.without(targets) };
        }
    }

    /// The network as part of a state: which messages are under way, in no order, and the cuts.
    pub fn fingerprint(&self) -> u64 {
        self.multiset ^ hash_of(&*self.cuts)
    }

    fn place(&self, id: MessageId) -> Option<usize> {
        self.in_flight.binary_search_by_key(&id, |(id, _)| *id).ok()
    }
}
