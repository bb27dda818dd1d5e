//! A client: one operation at a time, asked of one node, then of the next, until it is answered or
//! the client gives up. The same client serves every protocol.

use crate::ids::{NodeId, OperationId};
use crate::protocol::Request;

/// How many redirections a client follows before it waits for its retry timer; without a bound two
/// nodes that point at each other would keep it busy for ever.
pub(crate) const REDIRECTIONS_MAX: u8 = 8;

/// A client outside the cluster.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Client {
    /// Changes when the client gives up.
    pub(crate) session: u32,
    /// Counts the session's operations.
    pub(crate) sequence: u32,
    /// The node it asks next.
    pub(crate) contact: NodeId,
    /// The operation it waits for.
    pub(crate) open: Option<OpenOperation>,
    /// How many operations it has called.
    pub(crate) called: u32,
    /// When it next asks by itself, in milliseconds; it does only where the scenario has a workload.
    pub(crate) next_ms: u64,
}

/// An operation that has not returned.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OpenOperation {
    pub(crate) id: OperationId,
    pub(crate) request: Request,
    /// When the client asks again, in milliseconds.
    pub(crate) retry_ms: u64,
    /// When the client gives up, in milliseconds.
    pub(crate) give_up_ms: u64,
    pub(crate) redirections: u8,
    /// The freshest place in the agreed order acknowledged to anyone when this was invoked.
    pub(crate) floor: u64,
}

impl Client {
    /// An idle client. Sessions are unique over all clients, so they can name a session in a log.
    pub(crate) fn new(session: u32, contact: NodeId) -> Self {
        Client { session, sequence: 0, contact, open: None, called: 0, next_ms: 0 }
    }

    /// The node it asks next.
    pub fn contact(&self) -> NodeId {
        self.contact
    }

    /// The operation it waits for.
    pub fn open(&self) -> Option<&OpenOperation> {
        self.open.as_ref()
    }
}

impl OpenOperation {
    /// Its id in the history.
    pub fn id(&self) -> OperationId {
        self.id
    }

    /// The request as it is sent and sent again.
    pub fn request(&self) -> &Request {
        &self.request
    }
}
