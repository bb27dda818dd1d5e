//! The object-safe face of a protocol. The world holds nodes, disks, messages and history variables
//! without knowing their types, so that it and everything above it is compiled once; a protocol
//! itself is written against [`Protocol`] and stays fully typed.
//!
//! Only [`Typed`] crosses the border: what the world hands back to a machine is always what the same
//! machine handed out before.

use std::any::Any;
use std::hash::Hash;
use std::marker::PhantomData;
use std::sync::Arc;

use crate::cluster::{Cluster, ClusterState};
use crate::ids::{NodeId, RuleSet, TimerId};
use crate::mix::StableHasher;
use crate::past::{Owner, Remembered};
use crate::protocol::{Context, Protocol, Request, Surroundings};
use crate::renaming::Renaming;
use crate::view::{Formula, MessageLabel, Meter, NodeView};

/// A value of one of a protocol's own types, shared until it changes.
pub(crate) type Opaque = Arc<dyn Any + Send + Sync>;

/// What a node's handler is called with.
pub(crate) enum Input<'a> {
    Message { from: NodeId, message: &'a Opaque },
    Timer(TimerId),
    Request(&'a Request),
    Command { command: u8, argument: NodeId },
}

/// A protocol without its types. Each method is that of [`Protocol`] of the same name.
pub(crate) trait Machine: Send + Sync {
    /// What keeps a configuration from running, if something does.
    fn refuses(&self, nodes: u16, settings: &[u32]) -> Option<String>;
    /// The arithmetic that safety rests on.
    fn formulas(&self, nodes: u16, settings: &[u32]) -> Vec<Formula>;
    /// An initial disk from its words.
    ///
    /// # Errors
    /// Says what was expected.
    fn parse_disk(&self, words: &[&str], nodes: u16) -> Result<Opaque, String>;
    /// What clients had asked before a run that begins with this disk.
    fn remembers(&self, disk: &dyn Any, owner: &Owner<'_>) -> Option<Vec<Remembered>>;
    /// The disk of a node that never ran.
    fn empty_disk(&self) -> Opaque;
    /// The history variables before anything happened.
    fn empty_ghost(&self) -> Opaque;
    /// Starts a node from its disk.
    fn boot(&self, surroundings: Surroundings<'_>, disk: Opaque) -> Opaque;
    /// Calls a node's handler.
    fn handle(&self, surroundings: Surroundings<'_>, node: &mut Opaque, input: Input<'_>);
    /// The disk as the node believes it to be, copied.
    fn disk_of(&self, node: &Opaque) -> Opaque;
    /// The disk as the node believes it to be.
    fn disk<'a>(&self, node: &'a Opaque) -> &'a dyn Any;
    /// What a crash leaves of a disk.
    fn surviving(&self, disk: &dyn Any, rules: RuleSet) -> Opaque;
    /// Whether sending a message must wait for the disk.
    fn waits_for_disk(&self, message: &Opaque, rules: RuleSet) -> bool;
    /// Whether answering a client must wait for the disk.
    fn reply_waits_for_disk(&self, rules: RuleSet) -> bool;
    /// Whether a message can never matter again.
    fn is_dead(&self, node: &Opaque, message: &Opaque, rules: RuleSet) -> bool;
    /// Whether a message is of a period that is over for its receiver.
    fn is_late(&self, node: &Opaque, message: &Opaque) -> bool;
    /// Whether nodes are alike.
    fn are_alike(&self, nodes: u16, settings: &[u32]) -> bool;
    /// Whether a written value is like any other.
    fn is_like_others(&self, value: &str, settings: &[u32]) -> bool;
    /// Brings the history variables up to date and reports what is false.
    fn observe(
        &self,
        ghost: &mut Opaque,
        cluster: ClusterState<'_>,
        touched: NodeId,
        report: &mut dyn FnMut(u8, String),
    );
    /// Whether history variables are the same wherever their hash is.
    fn hashes_all(&self) -> bool;
    /// What history variables hold, in words of Rust.
    #[cfg(test)]
    fn debugged(&self, ghost: &Opaque) -> String;
    /// Whether history variables are the very same, as far as that is seen at a glance.
    fn are_same(&self, one: &Opaque, other: &Opaque) -> bool;
    /// What can be measured over the cluster.
    fn meters(&self, cluster: ClusterState<'_>) -> Vec<Meter>;
    /// How a node looks.
    fn view(&self, node: &Opaque) -> NodeView;
    /// How a disk alone looks.
    fn disk_view(&self, disk: &dyn Any) -> NodeView;
    /// How a message looks.
    fn label(&self, message: &Opaque) -> MessageLabel;
    /// The place of a message's kind.
    fn message_kind(&self, message: &Opaque) -> u8;
    /// Hashes a node.
    fn hash_node(&self, node: &Opaque, hasher: &mut StableHasher);
    /// Hashes a disk.
    fn hash_disk(&self, disk: &Opaque, hasher: &mut StableHasher);
    /// Hashes a message.
    fn hash_message(&self, message: &Opaque, hasher: &mut StableHasher);
    /// Hashes the history variables.
    fn hash_ghost(&self, ghost: &Opaque, hasher: &mut StableHasher);
    /// Hashes a value as it reads under other names; for a machine whose nodes or values are alike.
    fn hash_renamed(&self, value: Value<'_>, names: &Renaming, hasher: &mut StableHasher);
}

/// One of the values that a world holds for a machine.
pub(crate) enum Value<'a> {
    Node(&'a Opaque),
    Disk(&'a Opaque),
    Message(&'a Opaque),
    Ghost(&'a Opaque),
}

/// The machine of a protocol.
pub(crate) struct Typed<P>(pub(crate) PhantomData<fn() -> P>);

/// What the world holds for a machine, seen as what the machine made it as.
pub(crate) fn seen<T: Any>(value: &dyn Any) -> &T {
    match value.downcast_ref() {
        Some(value) => value,
        None => unreachable!("a world gives a machine back what it took from it"),
    }
}

/// The same for changing it: what is shared with another world is copied first.
fn changed<T: Any + Clone + Send + Sync>(value: &mut Opaque) -> &mut T {
    if Arc::get_mut(value).is_none() {
        *value = Arc::new(seen::<T>(&**value).clone());
    }
    match Arc::get_mut(value).and_then(|value| value.downcast_mut()) {
        Some(value) => value,
        None => unreachable!("a value just copied is not shared"),
    }
}

impl<P: Protocol> Machine for Typed<P> {
    fn refuses(&self, nodes: u16, settings: &[u32]) -> Option<String> {
        P::default().refuses(nodes, settings)
    }

    fn formulas(&self, nodes: u16, settings: &[u32]) -> Vec<Formula> {
        P::default().formulas(nodes, settings)
    }

    fn parse_disk(&self, words: &[&str], nodes: u16) -> Result<Opaque, String> {
        P::default().parse_disk(words, nodes).map(|disk| Arc::new(disk) as Opaque)
    }

    fn remembers(&self, disk: &dyn Any, owner: &Owner<'_>) -> Option<Vec<Remembered>> {
        P::default().remembers(seen(disk), owner)
    }

    fn empty_disk(&self) -> Opaque {
        Arc::new(P::Disk::default())
    }

    fn empty_ghost(&self) -> Opaque {
        Arc::new(P::Ghost::default())
    }

    fn boot(&self, surroundings: Surroundings<'_>, disk: Opaque) -> Opaque {
        let disk = match disk.downcast::<P::Disk>() {
            Ok(disk) => Arc::unwrap_or_clone(disk),
            Err(_) => unreachable!("a world gives a machine back what it took from it"),
        };
        Arc::new(P::default().boot(&mut Context::new(surroundings), disk))
    }

    fn handle(&self, surroundings: Surroundings<'_>, node: &mut Opaque, input: Input<'_>) {
        let (protocol, node) = (P::default(), changed::<P::Node>(node));
        let context = &mut Context::new(surroundings);
        match input {
            Input::Message { from, message } => {
                protocol.on_message(context, node, from, seen(&**message));
            }
            Input::Timer(timer) => protocol.on_timer(context, node, timer),
            Input::Request(request) => protocol.on_request(context, node, request),
            Input::Command { command, argument } => {
                protocol.on_command(context, node, command, argument);
            }
        }
    }

    fn disk_of(&self, node: &Opaque) -> Opaque {
        Arc::new(P::default().disk(seen(&**node)).clone())
    }

    fn disk<'a>(&self, node: &'a Opaque) -> &'a dyn Any {
        P::default().disk(seen(&**node))
    }

    fn surviving(&self, disk: &dyn Any, rules: RuleSet) -> Opaque {
        Arc::new(P::default().surviving(seen(disk), rules))
    }

    fn waits_for_disk(&self, message: &Opaque, rules: RuleSet) -> bool {
        P::default().waits_for_disk(seen(&**message), rules)
    }

    fn reply_waits_for_disk(&self, rules: RuleSet) -> bool {
        P::default().reply_waits_for_disk(rules)
    }

    fn is_dead(&self, node: &Opaque, message: &Opaque, rules: RuleSet) -> bool {
        P::default().is_dead(seen(&**node), seen(&**message), rules)
    }

    fn is_late(&self, node: &Opaque, message: &Opaque) -> bool {
        P::default().is_late(seen(&**node), seen(&**message))
    }

    fn are_alike(&self, nodes: u16, settings: &[u32]) -> bool {
        P::default().symmetry().is_some_and(|symmetry| symmetry.are_alike(nodes, settings))
    }

    fn is_like_others(&self, value: &str, settings: &[u32]) -> bool {
        P::default().symmetry().is_some_and(|symmetry| symmetry.is_like_others(value, settings))
    }

    fn observe(
        &self,
        ghost: &mut Opaque,
        cluster: ClusterState<'_>,
        touched: NodeId,
        report: &mut dyn FnMut(u8, String),
    ) {
        P::default().observe(changed(ghost), &Cluster::new(cluster), touched, report);
    }

    fn hashes_all(&self) -> bool {
        P::default().hashes_all()
    }

    #[cfg(test)]
    fn debugged(&self, ghost: &Opaque) -> String {
        format!("{:?}", seen::<P::Ghost>(&**ghost))
    }

    fn are_same(&self, one: &Opaque, other: &Opaque) -> bool {
        P::default().are_same(seen(&**one), seen(&**other))
    }

    fn meters(&self, cluster: ClusterState<'_>) -> Vec<Meter> {
        P::default().meters(&Cluster::new(cluster))
    }

    fn view(&self, node: &Opaque) -> NodeView {
        P::default().view(seen(&**node))
    }

    fn disk_view(&self, disk: &dyn Any) -> NodeView {
        P::default().disk_view(seen(disk))
    }

    fn label(&self, message: &Opaque) -> MessageLabel {
        P::default().label(seen(&**message))
    }

    fn message_kind(&self, message: &Opaque) -> u8 {
        P::default().message_kind(seen(&**message))
    }

    fn hash_node(&self, node: &Opaque, hasher: &mut StableHasher) {
        seen::<P::Node>(&**node).hash(hasher);
    }

    fn hash_disk(&self, disk: &Opaque, hasher: &mut StableHasher) {
        seen::<P::Disk>(&**disk).hash(hasher);
    }

    fn hash_message(&self, message: &Opaque, hasher: &mut StableHasher) {
        seen::<P::Message>(&**message).hash(hasher);
    }

    fn hash_ghost(&self, ghost: &Opaque, hasher: &mut StableHasher) {
        seen::<P::Ghost>(&**ghost).hash(hasher);
    }

    fn hash_renamed(&self, value: Value<'_>, names: &Renaming, hasher: &mut StableHasher) {
        let Some(symmetry) = P::default().symmetry() else { return };
        match value {
            Value::Node(node) => symmetry.node(seen(&**node), names).hash(hasher),
            Value::Disk(disk) => symmetry.disk(seen(&**disk), names).hash(hasher),
            Value::Message(message) => symmetry.message(seen(&**message), names).hash(hasher),
            Value::Ghost(ghost) => symmetry.ghost(seen(&**ghost), names).hash(hasher),
        }
    }
}
