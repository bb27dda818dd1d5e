//! A person's session with a scenario: a timeline, and everything a page shows of it as plain data.
//!
//! This is the page's whole contract with the core, free of any JavaScript type so that it is
//! tested natively; `wasm.rs` only converts.

mod action;
mod compare;
mod views;

pub use action::ActionRequest;
pub use views::*;

use std::fmt;

use serde::Serialize;

use crate::action::ActionKind;
use crate::ids::{ClientId, MessageId, NodeId};
use crate::scenario::bounds::{LINK_CHARS_MAX, STEPS_MAX};
use crate::scenario::link::{self, Link, LinkError};
use crate::scenario::{Language, Scenario, Words, print_network_of, print_workload, text};
use crate::timeline::{BranchId, Moment, OpenError, Timeline};
use crate::view::NodeView;
use crate::workload;
use crate::world::Refusal;
use crate::world::bounds::SPAN_MS_MAX;
use crate::world::{World, kind_name};

/// What went wrong, as the page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SessionError {
    /// `text`, `link`, `refused`, `bound`; `protocol` or `part` for code to be fetched.
    pub kind: &'static str,
    /// A stable word for the reason, for translation.
    pub code: String,
    /// One sentence that says what, where and what was expected.
    pub message: String,
    /// The line of a text, from one.
    pub line: Option<u32>,
    /// The column of a text, from one.
    pub column: Option<u32>,
}

impl SessionError {
    fn new(kind: &'static str, code: &str, message: String) -> Self {
        SessionError { kind, code: code.to_owned(), message, line: None, column: None }
    }
}

impl SessionError {
    /// Something wrong with a text, told in one sentence.
    pub fn text(message: String) -> Self {
        SessionError::new("text", "syntax", message)
    }

    /// Something wrong with an action that a page asked for.
    pub fn request(message: String) -> Self {
        SessionError::new("refused", "no-such-name", message)
    }
}

impl fmt::Display for SessionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for SessionError {}

impl From<LinkError> for SessionError {
    fn from(error: LinkError) -> Self {
        SessionError::new("link", error.code(), error.to_string())
    }
}

impl From<Refusal> for SessionError {
    fn from(refusal: Refusal) -> Self {
        SessionError::new("refused", refusal.code(), refusal.to_string())
    }
}

/// A session.
pub struct Session {
    timeline: Timeline,
    divergence: Option<String>,
}

impl Session {
    /// Opens a scenario's text.
    ///
    /// # Errors
    /// What is wrong with it, with line and column.
    pub fn from_text(source: &str) -> Result<Self, SessionError> {
        let (scenario, lines) = text::parse_with_lines(source).map_err(|error| SessionError {
            line: Some(error.line),
            column: Some(error.column),
            ..SessionError::new("text", "syntax", error.message)
        })?;
        Timeline::open(scenario).map(Self::of).map_err(|error| {
            let line = match &error {
                OpenError::Step { step, .. } => lines.get(*step).copied(),
                OpenError::Setup(_) => None,
            };
            let column = line.map(|_| 1);
            SessionError { line, column, ..SessionError::new("text", "step", error.to_string()) }
        })
    }

    /// Opens a link and replays it.
    ///
    /// # Errors
    /// What is wrong with it; a damaged link never opens another scenario.
    pub fn from_link(source: &str) -> Result<Self, SessionError> {
        let Link { scenario, recorded } = link::decode(source)?;
        let timeline = Timeline::open(scenario)
            .map_err(|error| SessionError::new("link", "step", error.to_string()))?;
        let divergence = recorded.and_then(|recorded| timeline.divergence(&recorded));
        Ok(Session { timeline, divergence })
    }

    /// Opens the readable form, such as `?protocol=raft&nodes=5`; `None` where no protocol is named.
    ///
    /// # Errors
    /// Which parameter is wrong, and what was expected.
    pub fn from_query(query: &str) -> Result<Option<Self>, SessionError> {
        let Some(scenario) = link::from_query(query)? else { return Ok(None) };
        let timeline = Timeline::open(scenario)
            .map_err(|error| SessionError::new("link", "step", error.to_string()))?;
        Ok(Some(Self::of(timeline)))
    }

    fn of(timeline: Timeline) -> Self {
        Session { timeline, divergence: None }
    }

    /// The timeline.
    pub fn timeline(&self) -> &Timeline {
        &self.timeline
    }

    /// The timeline, for playing.
    pub fn timeline_mut(&mut self) -> &mut Timeline {
        &mut self.timeline
    }

    /// Where the replay of a link differed from the recorded run.
    pub fn divergence(&self) -> Option<&str> {
        self.divergence.as_deref()
    }

    fn world(&self) -> &World {
        self.timeline.world()
    }

    fn branch_end(&self) -> Moment {
        let Moment { branch, .. } = self.timeline.cursor();
        Moment { branch, index: self.timeline.length(branch) }
    }

    /// The run of the present branch, to its end, opened at the present moment.
    fn whole(&self) -> Scenario {
        let mut scenario = self.timeline.export(self.branch_end());
        scenario.open_at = self.timeline.cursor().index;
        scenario
    }

    /// The present branch as text.
    pub fn text(&self) -> String {
        let mut scenario = self.timeline.export(self.branch_end());
        scenario.open_at = self.timeline.scenario().open_at;
        text::print(&scenario)
    }

    /// A link to the present branch opened at this moment, or to the run up to this moment only.
    ///
    /// # Errors
    /// The run is longer than a link may be; its text can still be saved.
    pub fn link(&self, whole: bool) -> Result<String, SessionError> {
        let moment = if whole { self.branch_end() } else { self.timeline.cursor() };
        let scenario = if whole {
            self.whole()
        } else {
            let mut scenario = self.timeline.export(moment);
            scenario.open_at = moment.index;
            scenario
        };
        let steps = scenario.steps.len();
        if steps > STEPS_MAX {
            let message = format!("this run has {steps} steps; a link holds at most {STEPS_MAX}");
            return Err(SessionError::new("bound", "too-long", message));
        }
        let link = link::encode(&Link { scenario, recorded: Some(self.timeline.record(moment)) });
        if link.len() > LINK_CHARS_MAX {
            let chars = link.len();
            let message = format!(
                "the link would have {chars} characters; at most {LINK_CHARS_MAX} are taken"
            );
            return Err(SessionError::new("bound", "too-long", message));
        }
        Ok(link)
    }

    /// The readable form of the present run, where it loses nothing.
    pub fn query(&self) -> Option<String> {
        link::to_query(&self.whole())
    }

    /// What the page shows of the scenario.
    pub fn about(&self) -> About {
        let scenario = self.timeline.scenario();
        let (sheet, config) = (scenario.sheet(), &scenario.config);
        About {
            protocol: sheet.id,
            title: by_language(&scenario.title),
            about: by_language(&scenario.about),
            nodes: config.nodes,
            clients: config.clients,
            seed: config.seed.to_string(),
            pace: scenario.pace,
            open_at: scenario.open_at,
            network: print_network_of(&config.network),
            workload: config.workload.as_ref().map(print_workload),
            workloads: workload::carried(sheet)
                .map(|workload| WorkloadView { id: workload.id, text: workload.text })
                .collect(),
            settings: sheet
                .settings
                .iter()
                .zip(&config.settings)
                .map(|(setting, value)| SettingValue {
                    id: setting.id,
                    value: setting.print(*value),
                })
                .collect(),
            rules_off: (sheet.rules.iter().enumerate())
                .filter(|(place, _)| !config.rules.contains(crate::ids::RuleId(*place as u8)))
                .map(|(_, rule)| rule.id)
                .collect(),
        }
    }

    /// The present moment.
    pub fn cursor(&self) -> CursorView {
        let Moment { branch, index } = self.timeline.cursor();
        CursorView {
            branch: branch.0,
            index,
            length: self.timeline.length(branch),
            now_ms: self.timeline.moment_ms(),
            branches: self.timeline.branches().len(),
        }
    }

    /// All branches.
    pub fn branches(&self) -> Vec<BranchView> {
        let view = |(id, branch): (u32, &crate::timeline::Branch)| BranchView {
            id,
            parent: branch.parent().map(|(parent, _)| parent.0),
            at: branch.parent().map_or(0, |(_, at)| at),
            length: self.timeline.length(BranchId(id)),
            end_ms: branch.end_ms(),
        };
        (0..).zip(self.timeline.branches()).map(view).collect()
    }

    /// Applies an action now.
    ///
    /// # Errors
    /// Why it is impossible.
    pub fn act(&mut self, request: &ActionRequest) -> Result<(), SessionError> {
        let sheet = self.world().sheet();
        let (kind, span_ms) = request.kind(sheet).map_err(SessionError::request)?;
        if kind == ActionKind::Wait {
            if span_ms > SPAN_MS_MAX {
                let most = u64::from(SPAN_MS_MAX);
                return Err(Refusal::Bound("milliseconds of waiting", most).into());
            }
            let at_ms = self.timeline.moment_ms() + u64::from(span_ms);
            return Ok(self.timeline.act(&kind.at(at_ms))?);
        }
        Ok(self.timeline.act_now(kind)?)
    }

    /// Why an action is impossible now; `None` where it is possible.
    pub fn refusal(&self, request: &ActionRequest) -> Option<SessionError> {
        match request.kind(self.world().sheet()) {
            Ok((kind, _)) => self.world().check(&kind).err().map(SessionError::from),
            Err(message) => Some(SessionError::request(message)),
        }
    }

    /// The messages in flight, nine numbers each: id, sender, receiver, kind, sent and due in
    /// milliseconds, whether it will be lost, whether it is dead, and when it was sent.
    pub fn messages(&self) -> Vec<i32> {
        let world = self.world();
        let mut numbers = Vec::new();
        world.for_each_message(&mut |info| {
            numbers.extend_from_slice(&[
                info.id.0 as i32,
                i32::from(info.from.code()),
                i32::from(info.to.code()),
                i32::from(info.kind),
                info.sent_ms as i32,
                info.due_ms.min(i32::MAX as u64) as i32,
                i32::from(info.lost),
                i32::from(world.is_dead(info.id)),
                info.sent_step as i32,
            ]);
        });
        numbers
    }

    /// A message in flight in words.
    pub fn label(&self, id: u32) -> Option<LabelView> {
        let (info, label) =
            (self.world().message(MessageId(id))?, self.world().message_label(MessageId(id))?);
        Some(LabelView {
            short: label.short,
            fields: label.fields,
            kind: kind_name(self.world().sheet(), info.kind),
        })
    }

    /// The nodes, with the ends of their logs; [`Session::inspect`] has all of one.
    pub fn nodes(&self) -> Vec<NodeFrame> {
        let world = self.world();
        let frame = |id: NodeId| {
            let (clock_ms, clock_rate) = world.clock(id);
            let timer = |info: crate::world::TimerInfo| TimerFrame {
                name: world.sheet().timers[usize::from(info.timer.0)].name,
                timer: info.timer.0,
                span_ms: info.span_ms,
                due_ms: info.due_ms,
            };
            let mut view = world.node_view(id);
            // Side by side, only the ends of long logs fit; all of one is told by `inspect`.
            for log in &mut view.logs {
                let before = log.cells.len().saturating_sub(FRAME_CELLS_MAX);
                log.cells.drain(..before);
                log.skipped += before as u64;
            }
            NodeFrame {
                name: id.to_string(),
                status: world.status(id),
                disk_held: world.is_disk_held(id),
                clock_ms,
                clock_rate,
                timers: world.timers(id).into_iter().map(timer).collect(),
                view,
            }
        };
        (0..world.config().nodes).map(NodeId).map(frame).collect()
    }

    /// The clients.
    pub fn clients(&self) -> Vec<ClientFrame> {
        let world = self.world();
        let records = world.history().records();
        let frame = |id: ClientId| {
            let info = world.client(id)?;
            let last = records.iter().rev().find(|record| {
                record.client == id
                    && (record.completion.is_some() || record.gave_up_step.is_some())
            });
            Some(ClientFrame {
                name: id.to_string(),
                contact: info.contact.0,
                open: info
                    .open
                    .map(|(id, operation)| OpenFrame { id: id.0, text: operation.to_string() }),
                last: last.map(|record| LastFrame {
                    text: record.operation.to_string(),
                    outcome: record.completion.as_ref().map(|done| done.outcome.to_string()),
                }),
            })
        };
        (0..world.config().clients).map(ClientId).filter_map(frame).collect()
    }

    /// For each node the nodes that it cannot reach.
    pub fn cuts(&self) -> Vec<Vec<u16>> {
        self.world().cuts().iter().map(|set| set.iter().map(|node| node.0).collect()).collect()
    }

    /// What the last action was and did.
    pub fn last(&self) -> LastView {
        let (world, Moment { branch, index }) = (self.world(), self.timeline.cursor());
        if index == 0 {
            return LastView::default();
        }
        let (last, sheet) = (world.last(), world.sheet());
        let names = |set: crate::ids::RuleSet| {
            set.iter().filter_map(|rule| Some(sheet.rules.get(usize::from(rule.0))?.id)).collect()
        };
        LastView {
            text: self.describe(branch.0, index - 1),
            touched: last.touched.map(|node| node.0),
            applied: names(last.applied),
            missed: names(last.missed),
            sent: last.sent.iter().map(|id| id.0).collect(),
            violated: (world.violations().iter())
                .filter(|violation| violation.step == index)
                .map(|violation| sheet.invariants[usize::from(violation.invariant)].id)
                .collect(),
        }
    }

    /// Which rules hold now.
    pub fn rules(&self) -> Vec<RuleState> {
        let (rules, sheet) = (self.world().rules(), self.world().sheet());
        let state = |(place, rule): (usize, &crate::protocol::Rule)| RuleState {
            id: rule.id,
            on: rules.contains(crate::ids::RuleId(place as u8)),
        };
        sheet.rules.iter().enumerate().map(state).collect()
    }

    /// The invariants and whether they hold.
    pub fn checks(&self) -> Vec<CheckState> {
        let (world, sheet) = (self.world(), self.world().sheet());
        let state = |(place, invariant): (usize, &crate::protocol::Invariant)| CheckState {
            id: invariant.id,
            violated: (world.violations().iter())
                .find(|violation| usize::from(violation.invariant) == place)
                .map(|violation| ViolationView {
                    index: violation.step,
                    at_ms: violation.at_ms,
                    why: violation.why.clone(),
                }),
        };
        sheet.invariants.iter().enumerate().map(state).collect()
    }

    /// The scenario's expectations as far as the present moment has reached them.
    pub fn expectations(&self) -> Vec<ExpectationView> {
        let Moment { branch, index } = self.timeline.cursor();
        let reached = index.min(self.timeline.shared_until(branch));
        let view = |result: &crate::timeline::ExpectationResult| ExpectationView {
            index: result.index,
            text: result.text.clone(),
            ok: (result.index <= reached).then_some(result.failure.is_none()),
            why: result.failure.clone().filter(|_| result.index <= reached),
        };
        self.timeline.expectations().iter().map(view).collect()
    }

    /// All narration of the present branch.
    pub fn notes(&self) -> Vec<NoteView> {
        let Moment { branch, .. } = self.timeline.cursor();
        let view = |note: crate::timeline::Note| NoteView {
            index: note.index,
            en: note.words.get(&Language::En).cloned(),
            zh: note.words.get(&Language::Zh).cloned(),
        };
        self.timeline.notes(branch).into_iter().map(view).collect()
    }

    /// The narration that applies at the present moment.
    pub fn note(&self) -> Option<NoteView> {
        let index = self.timeline.cursor().index;
        self.notes().into_iter().take_while(|note| note.index <= index).last()
    }

    /// A node now and before the last action.
    pub fn inspect(&self, node: u16) -> Option<Inspection> {
        let Moment { branch, index } = self.timeline.cursor();
        if node >= self.world().config().nodes {
            return None;
        }
        let before: Option<NodeView> = index
            .checked_sub(1)
            .map(|before| self.timeline.world_at(branch, before).node_view(NodeId(node)));
        Some(Inspection { now: self.world().node_view(NodeId(node)), before })
    }

    /// The bounds that were reached, in words.
    pub fn bounds(&self) -> Vec<String> {
        use crate::world::bounds::{MESSAGES_MAX, OPERATIONS_MAX};
        let mut reached = Vec::new();
        let world = self.world();
        if world.overflow() > 0 {
            let lost = world.overflow();
            reached.push(format!("{MESSAGES_MAX} messages in flight: {lost} more were lost"));
        }
        if world.history().records().len() >= OPERATIONS_MAX {
            reached.push(format!("{OPERATIONS_MAX} client operations: no more are taken"));
        }
        if self.timeline.cursor().index >= crate::scenario::bounds::ACTIONS_MAX {
            reached.push(format!("{} actions", crate::scenario::bounds::ACTIONS_MAX));
        }
        reached
    }

    /// What the diagram draws of the actions `from..to` along a branch, nine numbers each: clock,
    /// code, first and second party, kind of message, its id, when it was sent, flags (1: made an
    /// invariant false; 2: some link is cut afterwards), the invariant made false.
    pub fn diagram(&self, branch: u32, from: u64, to: u64) -> Vec<i32> {
        let branch = BranchId(branch.min(self.timeline.branches().len() as u32 - 1));
        let to = to.min(self.timeline.length(branch));
        let mut numbers = Vec::with_capacity(9 * to.saturating_sub(from) as usize);
        for index in from..to {
            let Some(event) = self.timeline.event(branch, index) else { break };
            numbers.extend_from_slice(&[
                event.at_ms as i32,
                event.code as i32,
                event.first,
                event.second,
                event.kind,
                event.message,
                event.sent_step,
                i32::from(event.violated.is_some()) + 2 * i32::from(event.is_cut),
                event.violated.map_or(-1, i32::from),
            ]);
        }
        numbers
    }

    /// Whether each node runs at a moment: 0 up, 1 paused, 2 crashed.
    pub fn statuses(&self, branch: u32, index: u64) -> Vec<u8> {
        let branch = BranchId(branch.min(self.timeline.branches().len() as u32 - 1));
        let code = |status: crate::world::Status| status as u8;
        self.timeline.statuses(branch, index).into_iter().map(code).collect()
    }

    /// The client operations along a branch, to its end.
    pub fn operations(&self, branch: u32) -> Vec<OperationView> {
        let branch = BranchId(branch.min(self.timeline.branches().len() as u32 - 1));
        let end = self.timeline.length(branch);
        let world = self.timeline.world_at(branch, end);
        let view = |record: &crate::history::OperationRecord| OperationView {
            client: record.client.0,
            text: record.operation.to_string(),
            call_index: record.call_step,
            call_ms: record.call_ms,
            return_index: record.completion.as_ref().map(|done| done.return_step),
            return_ms: record.completion.as_ref().map(|done| done.return_ms),
            outcome: record.completion.as_ref().map(|done| done.outcome.to_string()),
            gave_up_index: record.gave_up_step,
        };
        world.history().records().iter().map(view).collect()
    }

    /// What clients saw up to the present moment, as lines that [`crate::history_files::read`] takes;
    /// the operations are those of [`Session::operations`], in the same order, after any that were
    /// open before the run.
    ///
    /// # Errors
    /// Why that is no history that can be judged.
    pub fn history(&self) -> Result<String, SessionError> {
        let world = self.world();
        let (history, object) =
            crate::consistency::from_run(world.history().records(), &world.past())
                .map_err(|why| SessionError::new("refused", "no-history", why.to_owned()))?;
        Ok(crate::history_files::write(&history, object))
    }

    /// The action that leads from `index` to the next moment, in one line.
    pub fn describe(&self, branch: u32, index: u64) -> String {
        let branch = BranchId(branch.min(self.timeline.branches().len() as u32 - 1));
        match self.timeline.action(branch, index) {
            // There is an action, so the moment before it exists.
            Some(action) => self.timeline.world_at(branch, index).describe(&action.kind),
            None => String::new(),
        }
    }

    /// The actions `from..to` of the present branch, a line each, for reading aloud.
    pub fn transcript(&self, from: u64, to: u64) -> Vec<String> {
        let Moment { branch, .. } = self.timeline.cursor();
        let length = self.timeline.length(branch);
        let from = from.min(length);
        let to = to.min(length).min(from + TRANSCRIPT_LINES_MAX);
        let mut world = self.timeline.world_at(branch, from);
        let mut lines = Vec::new();
        for index in from..to {
            let Some(action) = self.timeline.action(branch, index) else { break };
            lines.push(format!("{} ms: {}", action.at_ms, world.describe(&action.kind)));
            if world.apply(action).is_err() {
                break;
            }
        }
        lines
    }
}

/// The most log entries of each node in [`Session::nodes`].
const FRAME_CELLS_MAX: usize = 16;

/// The most lines that one call of [`Session::transcript`] gives.
const TRANSCRIPT_LINES_MAX: u64 = 1000;

fn by_language(words: &Words) -> LanguageWords {
    LanguageWords { en: words.get(&Language::En).cloned(), zh: words.get(&Language::Zh).cloned() }
}
