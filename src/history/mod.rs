//! What clients saw: operations invoked, then returned, or open for ever. Checkers read this alone.

mod staleness;

pub use staleness::{Staleness, staleness};

use std::sync::Arc;

use crate::ids::{ClientId, OperationId};
use crate::operation::{Operation, Outcome};

/// One operation of one client.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OperationRecord {
    /// Its number, in the order of invocation.
    pub id: OperationId,
    /// Who called it.
    pub client: ClientId,
    /// The client's session. A client that gave up goes on in a new one, because the operation it
    /// no longer waits for may still take effect beside the next.
    pub session: u32,
    /// What was asked.
    pub operation: Operation,
    /// When it was called, in milliseconds.
    pub call_ms: u64,
    /// The number of the action that called it.
    pub call_step: u64,
    /// When it returned and what; `None` while open.
    pub completion: Option<Completion>,
    /// When the client stopped waiting, as the number of the action.
    pub gave_up_step: Option<u64>,
}

/// The end of an operation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Completion {
    /// What it returned.
    pub outcome: Outcome,
    /// When, in milliseconds.
    pub return_ms: u64,
    /// The number of the action that returned it.
    pub return_step: u64,
    /// How many messages, one after the other, led from the call to the answer: two are a round
    /// trip. Counted from the last timer where one had to fire on the way.
    pub hops: u32,
}

/// All operations of a run, in the order of invocation. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct History {
    records: Arc<Vec<OperationRecord>>,
}

impl History {
    /// The operations, in the order of invocation.
    pub fn records(&self) -> &[OperationRecord] {
        &self.records
    }

    /// Whether it is the very same history, of which nothing was copied.
    pub(crate) fn is_same(&self, other: &History) -> bool {
        Arc::ptr_eq(&self.records, &other.records)
    }

    /// Adds a call; the id is the next one.
    pub(crate) fn call(
        &mut self,
        client: ClientId,
        session: u32,
        operation: Operation,
        call_ms: u64,
        call_step: u64,
    ) -> OperationId {
        let records = Arc::make_mut(&mut self.records);
        let id = OperationId(records.len() as u32);
        records.push(OperationRecord {
            id,
            client,
            session,
            operation,
            call_ms,
            call_step,
            completion: None,
            gave_up_step: None,
        });
        id
    }

    /// Records a return.
    pub(crate) fn complete(&mut self, id: OperationId, completion: Completion) {
        Arc::make_mut(&mut self.records)[id.0 as usize].completion = Some(completion);
    }

    /// Records that the client stopped waiting.
    pub(crate) fn give_up(&mut self, id: OperationId, step: u64) {
        Arc::make_mut(&mut self.records)[id.0 as usize].gave_up_step = Some(step);
    }
}
