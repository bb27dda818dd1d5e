//! What a picture of a history shows: which operations, where, and what of them.

use serde::Serialize;

use crate::consistency::{Model, Order, Verdict};

use super::Recorded;
use super::layout::layout;
use super::words::{LABEL_MAX, label, label_width, short};

/// So many operations are drawn at most.
pub const DRAWN_MAX: usize = 1_500;

/// Which operations a picture leaves out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Left {
    /// None.
    Nothing,
    /// Those on other keys than this one.
    OtherKeys(#[serde(rename = "key")] String),
    /// Those before this number, from 1, and those behind the last that is drawn.
    Far {
        /// The number of the first that is drawn.
        from: usize,
        /// How many there are.
        of: usize,
    },
}

/// A picture as plain data; lengths are in pixels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PictureView {
    /// The clients, from the top.
    pub lanes: Vec<String>,
    /// How wide it is.
    pub width: u32,
    /// The operations.
    pub bars: Vec<DrawnBar>,
    /// What is not drawn.
    pub left: Left,
}

/// One operation in a picture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DrawnBar {
    /// Its place in the history.
    pub place: u32,
    /// The lane of its client, from the top.
    pub lane: usize,
    /// Where it begins.
    pub from: u32,
    /// Where it ends.
    pub to: u32,
    /// Where it takes effect, if it does and real time allows it, in tenths of pixels.
    pub point: Option<u32>,
    /// Its number in the order, from 1.
    pub number: Option<u32>,
    /// What fits on it.
    pub label: String,
    /// What was asked and told.
    pub text: String,
    /// The line on which it is called.
    pub line: u32,
    /// Whether it never returned.
    pub open: bool,
    /// Whether it is one of those that cannot be ordered.
    pub culprit: bool,
}

/// Which operations are drawn, by their places, and which are not.
pub fn shown(recorded: &Recorded, model: Model, culprits: &[u32]) -> (Vec<usize>, Left) {
    let records = &recorded.history.records;
    let mut shown: Vec<usize> = (0..records.len()).collect();
    let mut left = Left::Nothing;
    // Each key is linearizable by itself or not (Herlihy and Wing 1990, theorem 1).
    let first = culprits.first().map(|place| &records[*place as usize].key);
    if let Some(key) = first.filter(|key| model == Model::Linearizable && !key.is_empty()) {
        let is_alike = |place: &usize| records[*place].key == *key;
        if culprits.iter().all(|place| is_alike(&(*place as usize))) {
            shown.retain(is_alike);
            if shown.len() < records.len() {
                left = Left::OtherKeys(key.to_string());
            }
        }
    }
    if shown.len() > DRAWN_MAX {
        // Around the first culprit, or the beginning.
        let first = culprits.iter().map(|place| *place as usize).min().unwrap_or(0);
        let place = shown.iter().position(|place| *place == first).unwrap_or(0);
        let from = place.saturating_sub(DRAWN_MAX / 2).min(shown.len() - DRAWN_MAX);
        left = Left::Far { from: from + 1, of: shown.len() };
        shown = shown[from..from + DRAWN_MAX].to_vec();
    }
    (shown, left)
}

/// The picture of a verdict on a history: of its order where it has one for all, and its culprits.
pub(super) fn picture(recorded: &Recorded, model: Model, verdict: Option<&Verdict>) -> PictureView {
    let (orders, culprits): (&[Order], &[u32]) = match verdict {
        Some(Verdict::Holds(orders)) => (orders, &[]),
        Some(Verdict::Violated(violation)) => {
            (std::slice::from_ref(&violation.longest), &violation.culprits)
        }
        _ => (&[], &[]),
    };
    let order = match orders {
        [order] => &order.records[..],
        _ => &[],
    };
    let records = &recorded.history.records;
    let (shown, left) = shown(recorded, model, culprits);
    let width = |place: usize| label_width(&short(&label(&records[place]), LABEL_MAX));
    let found = layout(records, &shown, width, order);
    let mut numbers = vec![0; records.len()];
    for (number, place) in (1..).zip(order) {
        numbers[*place as usize] = number;
    }
    let mut is_culprit = vec![false; records.len()];
    for place in culprits {
        is_culprit[*place as usize] = true;
    }
    let bars = found.bars.into_iter().map(|bar| {
        let (place, text) = (bar.record, label(&records[bar.record]));
        DrawnBar {
            place: place as u32,
            lane: bar.lane,
            from: bar.from,
            to: bar.to,
            point: bar.point,
            number: Some(numbers[place]).filter(|number| *number > 0),
            label: short(&text, LABEL_MAX),
            text: short(&text, 400),
            line: recorded.lines.get(place).copied().unwrap_or_default(),
            open: records[place].returned.is_none(),
            culprit: is_culprit[place],
        }
    });
    PictureView {
        bars: bars.collect(),
        lanes: found.lanes.iter().map(|client| client_name(recorded, *client)).collect(),
        width: found.width,
        left,
    }
}

/// What the file calls a client.
pub fn client_name(recorded: &Recorded, client: u32) -> String {
    recorded.history.name(client).map_or_else(|| client.to_string(), |name| name.to_string())
}
