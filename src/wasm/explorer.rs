//! The door to the explorer: what may be asked of a search, the search itself, and what an action would
//! lead to.

use wasm_bindgen::prelude::*;

use super::{Playground, plain, thrown};
use crate::explore::{self, Exploration};
use crate::session::{ActionRequest, SessionError};

#[wasm_bindgen]
impl Playground {
    /// What can be asked of a search: budgets by kind of surprise, operations on offer, reductions.
    #[wasm_bindgen(js_name = searchOptions)]
    pub fn search_options(&self) -> Result<JsValue, JsValue> {
        plain(&explore::options(self.session.timeline().scenario()))
    }

    /// How a run that breaks is found without each rule of the protocol.
    pub fn hunts(&self) -> Result<JsValue, JsValue> {
        let mut known = explore::hunts().map_err(|error| thrown(SessionError::text(error)))?;
        let protocol = self.session.timeline().scenario().sheet().id;
        known.retain(|hunt| hunt.protocol == protocol);
        plain(&known)
    }

    /// The text from which a search begins: the run up to this moment.
    #[wasm_bindgen(js_name = searchText)]
    pub fn search_text(&self) -> String {
        let timeline = self.session.timeline();
        crate::scenario::text::print(&timeline.export(timeline.cursor()))
    }

    /// What an action would lead to now, and nothing changes: its word as in [`Playground::act`], the
    /// message, node or client that it is about, its timer, its operation. What belongs to a part takes
    /// no JavaScript object.
    pub fn after(
        &self,
        word: String,
        about: u32,
        timer: u32,
        operation: Option<String>,
    ) -> Result<JsValue, JsValue> {
        let world = self.session.timeline().world();
        let asked = ActionRequest {
            word,
            message: Some(about),
            // An operation is asked of whomever the client trusts.
            node: operation.is_none().then_some(about),
            client: Some(about),
            timer: Some(timer),
            from: vec![about],
            operation,
            ..ActionRequest::default()
        };
        let kind = asked.kind(world.sheet());
        let (kind, _) = kind.map_err(|error| thrown(SessionError::request(error)))?;
        let after = explore::after(world, kind);
        plain(&after.map_err(|refusal| thrown(SessionError::from(refusal)))?)
    }
}

/// A search for the shortest run to something. See [`Exploration`].
#[wasm_bindgen]
pub struct Explorer {
    exploration: Box<dyn Exploration>,
}

#[wasm_bindgen]
impl Explorer {
    /// A search from where the steps of a scenario end, for what the request's lines say.
    #[wasm_bindgen(js_name = fromText)]
    pub fn from_text(text: &str, request: &str) -> Result<Explorer, JsValue> {
        let wrong = |error: String| thrown(SessionError::text(error));
        let scenario = crate::scenario::text::parse(text);
        let scenario = scenario.map_err(|error| wrong(error.to_string()))?;
        let exploration = explore::open(&scenario, request).map_err(wrong)?;
        Ok(Explorer { exploration })
    }

    /// Expands up to so many states; how far it is then, in a word.
    pub fn advance(&mut self, states: u32) -> String {
        self.exploration.advance(states.into()).word().to_owned()
    }

    /// How far it is.
    pub fn view(&self) -> Result<JsValue, JsValue> {
        plain(&self.exploration.view())
    }

    /// The run to what was found; null where nothing was.
    pub fn story(&self) -> Result<JsValue, JsValue> {
        let wrong = |error: String| thrown(SessionError::text(error));
        let Some(run) = self.exploration.run().map_err(wrong)? else { return Ok(JsValue::NULL) };
        let scenario = self.exploration.scenario();
        plain(&explore::tell(scenario, &run).map_err(wrong)?)
    }
}
