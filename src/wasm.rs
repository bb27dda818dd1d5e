//! The page's door to the core: converts between [`crate::session`] and JavaScript, and nothing
//! else. Only this file and those below `wasm/` name `wasm_bindgen`.
//!
//! Errors are thrown as plain objects of the shape of [`SessionError`]. After a panic the module
//! starts afresh at the next call; objects of before answer that they are stale, and the page
//! rebuilds them from their link.

mod explorer;

use std::sync::Once;

use js_sys::{Array, Int32Array, Reflect};
use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::consistency::{self, Limits, Model, judge};
use crate::history_files;
use crate::loaded::{self, Missing};
use crate::protocols;
use crate::qr;
use crate::scenario::Pace;
use crate::session::{ActionRequest, Session, SessionError};
use crate::timeline::BranchId;

/// Where the message of the last panic is kept: outside the module's memory, which is lost.
const PANIC_KEY: &str = "consensusPlaygroundPanic";

/// Runs once when the module is loaded.
#[wasm_bindgen(start)]
pub fn start() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        std::panic::set_hook(Box::new(|info| {
            console_error_panic_hook::hook(info);
            let message = JsValue::from_str(&info.to_string());
            // Nothing more can be done where even this fails.
            let _ = Reflect::set(&js_sys::global(), &JsValue::from_str(PANIC_KEY), &message);
            wasm_bindgen::handler::schedule_reinit();
        }));
    });
}

/// The message of the last panic, if there was one.
#[wasm_bindgen(js_name = lastPanic)]
pub fn last_panic() -> Option<String> {
    Reflect::get(&js_sys::global(), &JsValue::from_str(PANIC_KEY)).ok()?.as_string()
}

/// Panics, so that what the page does then can be seen and tested.
#[wasm_bindgen(js_name = panicOnPurpose)]
pub fn panic_on_purpose() {
    panic!("asked to panic");
}

/// What this instance of the module makes known to others: a protocol's own module is instantiated
/// with it. After a panic it is another.
#[wasm_bindgen(js_name = coreExports)]
pub fn core_exports() -> JsValue {
    wasm_bindgen::exports()
}

/// Tells that the code of a protocol is there from now on.
#[wasm_bindgen(js_name = protocolLoaded)]
pub fn protocol_loaded(id: &str) {
    if let Some((place, _)) = protocols::find(id) {
        loaded::set_loaded(place);
    }
}

/// The parts of the module that are fetched when they are asked for, in the order of `PARTS` in
/// xtask/src/pkg.rs.
const PARTS: [&str; 4] = ["more", "judge", "explore", "qr"];

/// Tells that the code that judges histories is there from now on.
#[wasm_bindgen(js_name = judgeLoaded)]
pub fn judge_loaded() {
    consistency::set_judge();
}

/// Called in place of what belongs to a part that is not there: throws which one, before anything
/// else has happened.
#[wasm_bindgen(js_name = partMissing)]
pub fn part_missing(part: u32) {
    let error = SessionError {
        kind: "part",
        code: PARTS.get(part as usize).copied().unwrap_or_default().to_owned(),
        message: "this part of the core has not been fetched".to_owned(),
        line: None,
        column: None,
    };
    wasm_bindgen::throw_val(plain(&error).unwrap_or(JsValue::UNDEFINED));
}

/// Runs a scenario's text and prints its transcript, as `consensus-playground run` does.
///
/// # Errors
/// What is wrong with the text.
#[wasm_bindgen(js_name = transcriptOf)]
pub fn transcript_of(text: &str) -> Result<String, JsValue> {
    let scenario = crate::scenario::text::parse(text)
        .map_err(|error| thrown(SessionError::text(error.to_string())))?;
    let report = crate::scenario::transcript::report(&scenario);
    Ok(report.lines.join("\n") + "\n")
}

/// Applies `count` actions of a scenario's run by time, for measuring; returns the fingerprint.
///
/// # Errors
/// What is wrong with the text.
#[wasm_bindgen(js_name = benchmarkActions)]
pub fn benchmark_actions(text: &str, count: u32) -> Result<String, JsValue> {
    let scenario = crate::scenario::text::parse(text)
        .map_err(|error| thrown(SessionError::text(error.to_string())))?;
    let fingerprint = crate::scenario::transcript::play(&scenario, count)
        .map_err(|error| thrown(SessionError::text(error)))?;
    Ok(format!("{fingerprint:016x}"))
}

/// Judges a history that others recorded, as `consensus-playground history` does. The words are those
/// of its options; format and object are guessed where they are absent.
///
/// # Errors
/// What is wrong with the text, and on which line.
#[wasm_bindgen(js_name = judgeHistory)]
pub fn judge_history(
    text: &str,
    format: Option<String>,
    object: Option<String>,
    guarantee: Option<String>,
) -> Result<JsValue, JsValue> {
    let wrong = |error: String| thrown(SessionError::text(error));
    let verdict = history_files::judged(
        text,
        format.as_deref(),
        object.as_deref(),
        guarantee.as_deref().unwrap_or("linearizable"),
    );
    plain(&verdict.map_err(wrong)?)
}

/// Reads a history and judges it so many times, for measuring; returns whether it is linearizable.
///
/// # Errors
/// What is wrong with the text.
#[wasm_bindgen(js_name = benchmarkHistory)]
pub fn benchmark_history(text: &str, rounds: u32) -> Result<Option<bool>, JsValue> {
    let recorded = history_files::read(text, None, None)
        .map_err(|error| thrown(SessionError::text(error.to_string())))?;
    let mut holds = None;
    for _ in 0..rounds {
        let limits = Limits::default();
        holds = judge(&recorded.history, recorded.object, Model::Linearizable, limits).holds();
    }
    Ok(holds)
}

/// The consistency models and which implies which.
#[wasm_bindgen(js_name = consistencyModels)]
pub fn consistency_models() -> Result<JsValue, JsValue> {
    plain(&history_files::models())
}

/// A history that is judged in slices. See [`history_files::Judging`].
#[wasm_bindgen]
pub struct Judging {
    judging: history_files::Judging,
}

#[wasm_bindgen]
impl Judging {
    /// Reads a history. Format and object are guessed where they are absent; `models` names models with
    /// blanks between them, and empty all. The limits are those of each model.
    #[wasm_bindgen(js_name = fromText)]
    pub fn from_text(
        text: &str,
        format: Option<String>,
        object: Option<String>,
        models: &str,
        steps: f64,
        memory_bytes: f64,
    ) -> Result<Judging, JsValue> {
        let limits = Limits { steps: count(steps), memory_bytes: count(memory_bytes) };
        let (format, object) = (format.as_deref(), object.as_deref());
        match history_files::Judging::open(text, format, object, models, limits) {
            Ok(judging) => Ok(Judging { judging }),
            Err((line, message)) => {
                Err(thrown(SessionError { line, ..SessionError::text(message) }))
            }
        }
    }

    /// What the history is.
    pub fn facts(&self) -> Result<JsValue, JsValue> {
        plain(&self.judging.facts())
    }

    /// Goes on for about so many steps, or to the next verdict.
    pub fn advance(&mut self, steps: f64) -> Result<JsValue, JsValue> {
        plain(&self.judging.advance(count(steps)))
    }

    /// The history drawn, with the verdict of that model.
    pub fn picture(&self, model: &str) -> Result<JsValue, JsValue> {
        plain(&self.judging.picture(model))
    }
}

fn plain<T: Serialize + ?Sized>(value: &T) -> Result<JsValue, JsValue> {
    let serializer = serde_wasm_bindgen::Serializer::json_compatible();
    value.serialize(&serializer).map_err(JsValue::from)
}

fn thrown(mut error: SessionError) -> JsValue {
    // The page fetches the protocol's code and asks again.
    match loaded::take_missing() {
        Some(Missing::Protocol(place)) => {
            error.kind = "protocol";
            error.code = protocols::REGISTRY[usize::from(place)].id().to_owned();
        }
        Some(Missing::Judge) => {
            error.kind = "part";
            error.code = "judge".to_owned();
        }
        None => {}
    }
    plain(&error).unwrap_or_else(|_| JsValue::from_str(&error.message))
}

/// Reads an action from the object that the page sends; what is missing or of another type is left
/// out and noticed where it is needed.
fn request(value: &JsValue) -> ActionRequest {
    let field = |name: &str| Reflect::get(value, &JsValue::from_str(name)).ok();
    let number = |name: &str| whole(&field(name)?);
    let text = |name: &str| field(name)?.as_string();
    let numbers = |name: &str| match field(name) {
        Some(list) if Array::is_array(&list) => {
            Array::from(&list).iter().filter_map(|item| whole(&item)).collect()
        }
        _ => Vec::new(),
    };
    let (from, side) = (numbers("from"), numbers("side"));
    ActionRequest {
        word: text("type").unwrap_or_default(),
        message: number("message"),
        node: number("node"),
        timer: number("timer"),
        client: number("client"),
        command: number("command"),
        argument: number("argument"),
        amount: ["byMs", "aheadMs", "permille", "ms"].into_iter().find_map(number),
        from: if from.is_empty() { side } else { from },
        to: numbers("to"),
        rule: text("rule"),
        on: field("on").is_some_and(|on| on.is_truthy()),
        operation: text("operation"),
    }
}

/// A JavaScript number that is a whole one and fits.
fn whole(value: &JsValue) -> Option<u32> {
    let number = value.as_f64()?;
    (number >= 0.0 && number <= f64::from(u32::MAX) && number.fract() == 0.0)
        .then_some(number as u32)
}

/// A session with a scenario. See [`Session`]; moments are numbers of actions.
#[wasm_bindgen]
pub struct Playground {
    session: Session,
}

/// Counts from JavaScript are numbers; ours never come near their exactness.
fn count(value: f64) -> u64 {
    value.max(0.0) as u64
}

#[wasm_bindgen]
impl Playground {
    /// Opens a scenario's text.
    #[wasm_bindgen(js_name = fromText)]
    pub fn from_text(text: &str) -> Result<Playground, JsValue> {
        Session::from_text(text).map(|session| Playground { session }).map_err(thrown)
    }

    /// Opens a link.
    #[wasm_bindgen(js_name = fromLink)]
    pub fn from_link(link: &str) -> Result<Playground, JsValue> {
        Session::from_link(link).map(|session| Playground { session }).map_err(thrown)
    }

    /// Opens the readable form; undefined where no protocol is named.
    #[wasm_bindgen(js_name = fromQuery)]
    pub fn from_query(query: &str) -> Result<Option<Playground>, JsValue> {
        let session = Session::from_query(query).map_err(thrown)?;
        Ok(session.map(|session| Playground { session }))
    }

    /// Lets things happen by themselves from now on (`by-time`), or not (`by-hand`).
    #[wasm_bindgen(js_name = setPace)]
    pub fn set_pace(&mut self, word: &str) {
        if let Some(pace) = Pace::ALL.into_iter().find(|pace| pace.word() == word) {
            self.session.timeline_mut().set_pace(pace);
        }
    }

    /// What the protocol is made of.
    pub fn sheet(&self) -> Result<JsValue, JsValue> {
        plain(self.session.timeline().scenario().sheet())
    }

    /// What the page shows of the scenario.
    pub fn about(&self) -> Result<JsValue, JsValue> {
        plain(&self.session.about())
    }

    /// The arithmetic that safety rests on.
    pub fn formulas(&self) -> Result<JsValue, JsValue> {
        plain(&self.session.formulas())
    }

    /// What can be measured over the whole cluster now.
    pub fn meters(&self) -> Result<JsValue, JsValue> {
        plain(&self.session.meters())
    }

    /// What the run has cost and given so far.
    pub fn metrics(&self) -> Result<JsValue, JsValue> {
        plain(&self.session.metrics())
    }

    /// What it would cost to cut the first `cut` nodes off.
    pub fn tradeoff(&self, cut: u16) -> Result<JsValue, JsValue> {
        self.session.tradeoff(cut).map_err(thrown).and_then(|view| plain(&view))
    }

    /// The scenario's text with one line of its header changed.
    pub fn changed(&self, line: &str) -> Result<String, JsValue> {
        self.session.changed(line).map_err(thrown)
    }

    /// The text of the same scenario for another protocol.
    #[wasm_bindgen(js_name = forProtocol)]
    pub fn for_protocol(&self, id: &str) -> Result<String, JsValue> {
        self.session.for_protocol(id).map_err(thrown)
    }

    /// The present branch as text.
    pub fn text(&self) -> String {
        self.session.text()
    }

    /// A link to the present branch, or only up to this moment.
    pub fn link(&self, whole: bool) -> Result<String, JsValue> {
        self.session.link(whole).map_err(thrown)
    }

    /// The readable form, where it loses nothing.
    pub fn query(&self) -> Option<String> {
        self.session.query()
    }

    /// The modules of a text's QR code, a square row by row; undefined where it is too long for one.
    #[wasm_bindgen(js_name = qrModules)]
    pub fn qr_modules(text: &str) -> Option<Vec<u8>> {
        qr::modules(text)
    }

    /// Where the replay of a link differed from the recorded run.
    pub fn divergence(&self) -> Option<String> {
        self.session.divergence().map(str::to_owned)
    }

    /// The present moment.
    pub fn cursor(&self) -> Result<JsValue, JsValue> {
        plain(&self.session.cursor())
    }

    /// All branches.
    pub fn branches(&self) -> Result<JsValue, JsValue> {
        plain(&self.session.branches())
    }

    /// Goes to a moment.
    pub fn seek(&mut self, branch: u32, index: f64) {
        self.session.timeline_mut().seek(BranchId(branch), count(index));
    }

    /// One action forward; false where nothing is left.
    pub fn forward(&mut self) -> bool {
        self.session.timeline_mut().forward()
    }

    /// When the next action would happen, in milliseconds.
    #[wasm_bindgen(js_name = nextMs)]
    pub fn next_ms(&self) -> Option<f64> {
        self.session.timeline().next().map(|next| next.at_ms as f64)
    }

    /// Plays on until a moment in milliseconds; returns how many actions were applied.
    #[wasm_bindgen(js_name = runUntil)]
    pub fn run_until(&mut self, ms: f64) -> f64 {
        self.session.timeline_mut().run_until(count(ms)) as f64
    }

    /// Whether nothing is recorded ahead.
    #[wasm_bindgen(js_name = atEnd)]
    pub fn at_end(&self) -> bool {
        self.session.timeline().is_at_end()
    }

    /// Applies an action now.
    pub fn act(&mut self, action: &JsValue) -> Result<(), JsValue> {
        self.session.act(&request(action)).map_err(thrown)
    }

    /// Why an action is impossible now; null where it is possible.
    pub fn can(&self, action: &JsValue) -> Result<JsValue, JsValue> {
        match self.session.refusal(&request(action)) {
            Some(refusal) => plain(&refusal),
            None => Ok(JsValue::NULL),
        }
    }

    /// Tells where the page's clock stands between two actions.
    #[wasm_bindgen(js_name = setNow)]
    pub fn set_now(&mut self, ms: f64) {
        self.session.timeline_mut().set_moment(count(ms));
    }

    /// The run as 16 hexadecimal digits.
    pub fn fingerprint(&self) -> String {
        format!("{:016x}", self.session.timeline().world().fingerprint())
    }

    /// The messages in flight, nine numbers each.
    pub fn messages(&self) -> Int32Array {
        Int32Array::from(&self.session.messages()[..])
    }

    /// A message in flight in words.
    pub fn label(&self, id: u32) -> Result<JsValue, JsValue> {
        plain(&self.session.label(id))
    }

    /// The nodes.
    pub fn nodes(&self) -> Result<JsValue, JsValue> {
        plain(&self.session.nodes())
    }

    /// The clients.
    pub fn clients(&self) -> Result<JsValue, JsValue> {
        plain(&self.session.clients())
    }

    /// For each node the nodes that it cannot reach.
    pub fn cuts(&self) -> Result<JsValue, JsValue> {
        plain(&self.session.cuts())
    }

    /// What the last action was and did.
    pub fn last(&self) -> Result<JsValue, JsValue> {
        plain(&self.session.last())
    }

    /// Which rules hold now.
    pub fn rules(&self) -> Result<JsValue, JsValue> {
        plain(&self.session.rules())
    }

    /// The invariants and whether they hold.
    pub fn checks(&self) -> Result<JsValue, JsValue> {
        plain(&self.session.checks())
    }

    /// The scenario's expectations.
    pub fn expectations(&self) -> Result<JsValue, JsValue> {
        plain(&self.session.expectations())
    }

    /// The narration at this moment, or null.
    pub fn note(&self) -> Result<JsValue, JsValue> {
        plain(&self.session.note())
    }

    /// All narration of the present branch.
    pub fn notes(&self) -> Result<JsValue, JsValue> {
        plain(&self.session.notes())
    }

    /// A node now and before the last action.
    pub fn inspect(&self, node: u16) -> Result<JsValue, JsValue> {
        plain(&self.session.inspect(node))
    }

    /// The bounds that were reached, in words.
    pub fn bounds(&self) -> Result<JsValue, JsValue> {
        plain(&self.session.bounds())
    }

    /// What the diagram draws of the actions `from..to`, nine numbers each.
    pub fn diagram(&self, branch: u32, from: f64, to: f64) -> Int32Array {
        Int32Array::from(&self.session.diagram(branch, count(from), count(to))[..])
    }

    /// Whether each node runs at a moment: 0 up, 1 paused, 2 crashed.
    pub fn statuses(&self, branch: u32, index: f64) -> Vec<u8> {
        self.session.statuses(branch, count(index))
    }

    /// The client operations along a branch.
    pub fn operations(&self, branch: u32) -> Result<JsValue, JsValue> {
        plain(&self.session.operations(branch))
    }

    /// What clients saw up to the present moment, as lines of JSON.
    pub fn history(&self) -> Result<String, JsValue> {
        self.session.history().map_err(thrown)
    }

    /// The action that leads from a moment to the next, in one line.
    pub fn describe(&self, branch: u32, index: f64) -> String {
        self.session.describe(branch, count(index))
    }

    /// Actions of the present branch, a line each.
    pub fn transcript(&self, from: f64, to: f64) -> Vec<String> {
        self.session.transcript(count(from), count(to))
    }
}
