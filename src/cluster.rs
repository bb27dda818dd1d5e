//! What the checkers may see: every node, and what the last action did.
//!
//! A search remembers what checkers made of a node that acted, where they looked at no other one
//! ([`Gaze`]): whatever the others are then, they would make the same of it.

use std::cell::Cell;
use std::marker::PhantomData;
use std::sync::Arc;

use crate::ids::{ClientId, NodeId, RuleSet};
use crate::machine::{Machine, seen};
use crate::protocol::{Execution, Protocol, Reply};
use crate::world::{Client, NodeSlot};

/// A cluster, and what the last action did.
pub struct Cluster<'a, P: Protocol> {
    state: ClusterState<'a>,
    protocol: PhantomData<P>,
    /// The rules that hold.
    pub rules: RuleSet,
    /// The values of [`crate::protocol::Sheet::settings`], in order.
    pub settings: &'a [u32],
}

/// A cluster before the protocol's types are known.
#[derive(Clone, Copy)]
pub(crate) struct ClusterState<'a> {
    pub(crate) nodes: &'a [Arc<NodeSlot>],
    pub(crate) executions: &'a [Execution],
    pub(crate) replies: &'a [(ClientId, Reply)],
    pub(crate) clients: &'a [Client],
    pub(crate) machine: &'static dyn Machine,
    pub(crate) rules: RuleSet,
    pub(crate) settings: &'a [u32],
    /// The node that acted, where it is not among the others as it is now.
    pub(crate) gaze: Option<&'a Gaze<'a>>,
}

/// A node that acted, and whether checkers looked beside it.
pub(crate) struct Gaze<'a> {
    acted: NodeId,
    slot: &'a NodeSlot,
    strayed: Cell<bool>,
}

impl<'a> Gaze<'a> {
    /// At this node, and no other so far.
    pub(crate) fn at(acted: NodeId, slot: &'a NodeSlot) -> Self {
        Gaze { acted, slot, strayed: Cell::new(false) }
    }

    /// Whether another node was looked at.
    pub(crate) fn has_strayed(&self) -> bool {
        self.strayed.get()
    }
}

impl<'a, P: Protocol> Cluster<'a, P> {
    pub(crate) fn new(state: ClusterState<'a>) -> Self {
        let (rules, settings) = (state.rules, state.settings);
        Cluster { state, protocol: PhantomData, rules, settings }
    }

    /// How many nodes there are.
    pub fn node_count(&self) -> u16 {
        self.state.nodes.len() as u16
    }

    /// All node ids.
    pub fn ids(&self) -> impl Iterator<Item = NodeId> + use<P> {
        (0..self.node_count()).map(NodeId)
    }

    fn slot(&self, id: NodeId) -> &'a NodeSlot {
        match self.state.gaze {
            Some(gaze) if gaze.acted == id => return gaze.slot,
            Some(gaze) => gaze.strayed.set(true),
            None => {}
        }
        &self.state.nodes[id.index()]
    }

    /// A running (or paused) node's state; `None` where it is crashed.
    pub fn node(&self, id: NodeId) -> Option<&'a P::Node> {
        self.slot(id).node().map(|node| seen(&**node))
    }

    /// What is on a node's disk now.
    pub fn disk(&self, id: NodeId) -> &'a P::Disk {
        seen(self.slot(id).disk_now(self.state.machine))
    }

    /// How often a node has started.
    pub fn boots(&self, id: NodeId) -> u32 {
        self.slot(id).boots
    }

    /// The requests that took effect in the last action.
    pub fn executions(&self) -> &'a [Execution] {
        self.state.executions
    }

    /// The replies sent in the last action.
    pub fn replies(&self) -> &'a [(ClientId, Reply)] {
        self.state.replies
    }

    /// The freshest place in the agreed order that had been acknowledged to anyone when the
    /// operation that `reply` answers was invoked: an answer from before it is stale. `None` where
    /// the client no longer waits for it.
    pub fn floor(&self, client: ClientId, reply: &Reply) -> Option<u64> {
        let open = self.state.clients[client.index()].open.as_ref()?;
        let awaited = (open.request.session, open.request.sequence);
        (awaited == (reply.session, reply.sequence)).then_some(open.floor)
    }
}
