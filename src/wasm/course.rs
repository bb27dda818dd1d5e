//! The door to the course: its chapters read, and whether a goal was reached.

use wasm_bindgen::prelude::*;

use super::{Playground, count, plain, thrown};
use crate::course;
use crate::session::SessionError;

/// Reads a chapter of the course.
///
/// # Errors
/// What is wrong with the text, and where.
#[wasm_bindgen(js_name = courseChapter)]
pub fn course_chapter(text: &str) -> Result<JsValue, JsValue> {
    match course::parse(text) {
        Ok(chapter) => plain(&chapter),
        Err(error) => Err(thrown(SessionError::text(error.to_string()))),
    }
}

#[wasm_bindgen]
impl Playground {
    /// The first moment from `from` to the present one at which all goals hold, each on a line; null where
    /// there is none.
    pub fn reached(&self, goals: &str, from: f64) -> Result<JsValue, JsValue> {
        let reached = course::reached(self.session.timeline(), goals, count(from));
        plain(&reached.map_err(|error| thrown(SessionError::text(error)))?)
    }
}
