//! The drawing: a lane for each client, a bar for each operation.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use consensus_playground::consistency::Record;
use consensus_playground::history_files::{
    Bar, LABEL_MAX, Recorded, client_name, label, label_width, layout, short,
};

use super::escaped;

/// The height of a lane and of a bar in it, in pixels; style.css has the first, too.
const LANE: u32 = 28;
const BAR: u32 = 20;
/// Above the first lane.
const EDGE: u32 = 6;

/// What is to be drawn.
pub(super) struct Picture<'a> {
    pub(super) recorded: &'a Recorded,
    /// Which operations.
    pub(super) shown: &'a [usize],
    /// In which order they take effect, as far as that is known.
    pub(super) order: &'a [u32],
    /// Those that cannot be ordered.
    pub(super) culprits: &'a [u32],
    /// Whether there is an order, so that those outside it were not reached.
    pub(super) is_ordered: bool,
    /// Whether it is the first of the page.
    pub(super) is_first: bool,
}

/// Draws it, with a line below for what is pointed at.
pub(super) fn draw(html: &mut String, picture: &Picture<'_>) {
    let Picture { recorded, shown, order, .. } = *picture;
    let records = &recorded.history.records;
    let width = |place: usize| label_width(&short(&label(&records[place]), LABEL_MAX));
    let found = layout(records, shown, width, order);
    html.push_str(
        "<div class=\"picture\" tabindex=\"0\" role=\"group\" \
         aria-label=\"Operations of each client over time\">\n<div class=\"lanes\">",
    );
    for client in &found.lanes {
        let name = escaped(&client_name(recorded, *client));
        let _ = write!(html, "<div title=\"client {name}\">{name}</div>");
    }
    let height = EDGE * 2 + LANE * found.lanes.len() as u32;
    let _ = writeln!(html, "</div>\n<svg width=\"{}\" height=\"{height}\">", found.width);
    if picture.is_first {
        fades(html);
    }
    for lane in 0..found.lanes.len() as u32 {
        let y = EDGE + LANE * lane + LANE / 2;
        let _ = writeln!(html, "<path class=\"lane\" d=\"M0 {y}H{}\"/>", found.width);
    }
    let places: BTreeMap<u32, usize> = (1..).zip(order).map(|(at, place)| (*place, at)).collect();
    let culprits: BTreeSet<u32> = picture.culprits.iter().copied().collect();
    for bar in &found.bars {
        let place = bar.record as u32;
        let record = &records[bar.record];
        let is_culprit = culprits.contains(&place);
        let position = places.get(&place).copied();
        let mut class = String::from("operation");
        if record.returned.is_none() {
            class += " open";
        }
        if is_culprit {
            class += " culprit";
        } else if picture.is_ordered && position.is_none() {
            class += " unplaced";
        }
        let line = recorded.lines.get(bar.record).copied();
        let said = said(record, &client_name(recorded, record.client), line, position, is_culprit);
        operation(html, bar, &class, &short(&label(record), LABEL_MAX), &said, height);
    }
    html.push_str("</svg></div>\n<p class=\"said soft\" aria-live=\"polite\">");
    html.push_str("Point at an operation or tap it to read it in full.</p>\n");
}

/// How open operations fade out; defined once for all pictures of the page.
fn fades(html: &mut String) {
    html.push_str("<defs>");
    for (id, suffix) in [("fade", ""), ("fade-soft", "-soft"), ("fade-bad", "-bad")] {
        let _ = write!(
            html,
            "<linearGradient id=\"{id}\"><stop class=\"from{suffix}\" offset=\"0.3\"/>\
             <stop class=\"to{suffix}\" offset=\"1\"/></linearGradient>"
        );
    }
    html.push_str("</defs>\n");
}

fn operation(html: &mut String, bar: &Bar, class: &str, label: &str, said: &str, height: u32) {
    let Bar { from, to, .. } = *bar;
    let top = EDGE + LANE * bar.lane as u32 + (LANE - BAR) / 2;
    let (label, said) = (escaped(label), escaped(said));
    let _ = write!(
        html,
        "<g class=\"{class}\" tabindex=\"-1\" data-said=\"{said}\"><title>{said}</title>\
         <rect class=\"bar\" x=\"{from}\" y=\"{top}\" width=\"{}\" height=\"{BAR}\" rx=\"4\"/>\
         <text x=\"{}\" y=\"{}\">{label}</text>",
        to - from,
        from + 6,
        top + 14
    );
    if let Some(point) = bar.point {
        let x = format!("{}.{}", point / 10, point % 10);
        let (low, middle) = (top + BAR - 5, top + BAR + 1);
        let _ = write!(
            html,
            "<path class=\"guide\" d=\"M{x} 0V{height}\"/>\
             <path class=\"effect\" d=\"M{x} {low}V{middle}\"/>\
             <circle class=\"point\" cx=\"{x}\" cy=\"{middle}\" r=\"3\"/>"
        );
    }
    html.push_str("</g>\n");
}

/// Everything about an operation.
fn said(
    record: &Record,
    client: &str,
    line: Option<u32>,
    position: Option<usize>,
    is_culprit: bool,
) -> String {
    let mut said = format!("client {client}: {}", short(&label(record), 400));
    if let Some(line) = line {
        let _ = write!(said, " · called on line {line}");
    }
    if record.returned.is_none() {
        said += " · never returned: it may have taken effect at any later time, or never";
    }
    if let Some(position) = position {
        let _ = write!(said, " · number {position} in the order");
    }
    if is_culprit {
        said += " · one of those that cannot be ordered";
    }
    said
}
