//! The plain data that a page is given. Times are true milliseconds, nodes and clients numbers from
//! zero, moments numbers of actions.

use serde::Serialize;

use crate::scenario::Pace;
use crate::view::{Field, NodeView};
use crate::world::Status;

macro_rules! views {
    ($($(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident: $type:ty,)* })*) => {
        $($(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Serialize)]
        #[serde(rename_all = "camelCase")]
        pub struct $name {
            $($(#[$field_meta])* pub $field: $type,)*
        })*
    };
}

views! {
    /// The same words in several languages.
    LanguageWords {
        /// English.
        en: Option<String>,
        /// Simplified Chinese.
        zh: Option<String>,
    }
    /// What the page shows of a scenario.
    About {
        /// The protocol's id.
        protocol: &'static str,
        /// The title.
        title: LanguageWords,
        /// What it shows.
        about: LanguageWords,
        /// How many nodes.
        nodes: u16,
        /// How many clients.
        clients: u8,
        /// The seed; text, because it may not fit a JavaScript number.
        seed: String,
        /// Whether things happen by themselves.
        pace: Pace,
        /// After how many actions it opens.
        open_at: u64,
        /// How messages travel.
        network: String,
        /// What clients ask for by themselves, as the scenario writes it.
        workload: Option<String>,
        /// What they could be made to ask for.
        workloads: Vec<WorkloadView>,
        /// The protocol's settings.
        settings: Vec<SettingValue>,
        /// The rules that are off from the start.
        rules_off: Vec<&'static str>,
    }
    /// A workload that the protocol can carry.
    WorkloadView {
        /// Its name.
        id: &'static str,
        /// What it is like.
        text: &'static str,
    }
    /// What a run has cost and given so far.
    MetricsView {
        /// Messages sent, those of clients included.
        messages: u32,
        /// Operations called.
        called: u32,
        /// Operations answered.
        answered: u32,
        /// The messages, one after the other, on the ways from calls to answers, summed.
        hops: u64,
        /// The time from calls to answers, summed, in milliseconds.
        latency_ms: u64,
        /// Reads that could be judged.
        reads: u32,
        /// Those that missed a write acknowledged before them.
        stale: u32,
        /// The most writes that one read was behind.
        behind_most: u32,
    }
    /// What a partition costs.
    TradeoffView {
        /// Operations called during the split.
        asked: u32,
        /// Those that were answered.
        answered: u32,
        /// Reads answered during the split.
        reads: u32,
        /// Those that saw every write acknowledged before them.
        fresh: u32,
    }
    /// A setting's value.
    SettingValue {
        /// Which setting.
        id: &'static str,
        /// Its value as a word.
        value: String,
    }
    /// The present moment.
    CursorView {
        /// Which branch.
        branch: u32,
        /// How many actions have been applied.
        index: u64,
        /// How many there are along the branch.
        length: u64,
        /// The page's clock.
        now_ms: u64,
        /// How many branches there are.
        branches: usize,
    }
    /// A branch.
    BranchView {
        /// Its number.
        id: u32,
        /// The branch it leaves.
        parent: Option<u32>,
        /// After how many actions it leaves.
        at: u64,
        /// How many actions there are along it, those before the fork included.
        length: u64,
        /// The clock at its end.
        end_ms: u64,
    }
    /// A message in words.
    LabelView {
        /// A few characters.
        short: String,
        /// Everything in it.
        fields: Vec<Field>,
        /// The name of its kind.
        kind: &'static str,
    }
    /// A node.
    NodeFrame {
        /// Its name.
        name: String,
        /// Whether it runs.
        status: Status,
        /// Whether its writes are held back.
        disk_held: bool,
        /// What its clock shows.
        clock_ms: u64,
        /// Its clock's rate per mille.
        clock_rate: u32,
        /// Its running timers.
        timers: Vec<TimerFrame>,
        /// What it knows.
        view: NodeView,
    }
    /// A running timer.
    TimerFrame {
        /// Its number.
        timer: u8,
        /// Its name.
        name: &'static str,
        /// How long it runs in all, on the node's clock.
        span_ms: u64,
        /// When it is due; `None` where the clock stands still.
        due_ms: Option<u64>,
    }
    /// A client.
    ClientFrame {
        /// Its letter.
        name: String,
        /// The node it asks next.
        contact: u16,
        /// What it waits for.
        open: Option<OpenFrame>,
        /// Its last operation that ended.
        last: Option<LastFrame>,
    }
    /// An operation that a client waits for.
    OpenFrame {
        /// Its id in the history.
        id: u32,
        /// What was asked.
        text: String,
    }
    /// An operation that ended.
    LastFrame {
        /// What was asked.
        text: String,
        /// What was returned; `None` where the client gave up.
        outcome: Option<String>,
    }
    /// Which rules hold.
    RuleState {
        /// The rule's id.
        id: &'static str,
        /// Whether it holds.
        on: bool,
    }
    /// An invariant's state.
    CheckState {
        /// The invariant's id.
        id: &'static str,
        /// When and why it became false.
        violated: Option<ViolationView>,
    }
    /// When and why an invariant became false.
    ViolationView {
        /// After how many actions.
        index: u64,
        /// When.
        at_ms: u64,
        /// Why.
        why: String,
    }
    /// An expectation of the scenario.
    ExpectationView {
        /// After how many actions it is checked.
        index: u64,
        /// As it is written.
        text: String,
        /// Whether it is so; `None` where the present moment has not reached it.
        ok: Option<bool>,
        /// What is so instead.
        why: Option<String>,
    }
    /// Narration.
    NoteView {
        /// After how many actions it begins.
        index: u64,
        /// In English.
        en: Option<String>,
        /// In Chinese.
        zh: Option<String>,
    }
    /// A node now and before the last action.
    Inspection {
        /// Now.
        now: NodeView,
        /// Before; `None` at the beginning.
        before: Option<NodeView>,
    }
    /// A client operation along a branch.
    OperationView {
        /// Which client.
        client: u8,
        /// What was asked.
        text: String,
        /// After how many actions it was called.
        call_index: u64,
        /// When it was called.
        call_ms: u64,
        /// After how many actions it returned.
        return_index: Option<u64>,
        /// When it returned.
        return_ms: Option<u64>,
        /// What it returned.
        outcome: Option<String>,
        /// After how many actions the client gave up.
        gave_up_index: Option<u64>,
    }
}

/// What the last action was and did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LastView {
    /// The action in one line; empty at the beginning.
    pub text: String,
    /// The node that acted.
    pub touched: Option<u16>,
    /// The rules that decided something.
    pub applied: Vec<&'static str>,
    /// The rules that would have, had they not been switched off.
    pub missed: Vec<&'static str>,
    /// The messages sent.
    pub sent: Vec<u32>,
    /// The invariants that became false.
    pub violated: Vec<&'static str>,
}
