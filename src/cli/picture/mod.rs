//! `history --html`: verdicts as one page that needs nothing else.
//!
//! A lane for each client, operations as bars, open ones fading out; points where operations take
//! effect; what could not be ordered in red. Nothing in it comes from elsewhere, and whatever the
//! file says is escaped.

mod lanes;

use std::fmt::Write;

use consensus_playground::consistency::{Model, Order, Verdict};
use consensus_playground::history_files::{
    DRAWN_MAX, Left, Recorded, client_name, label, short, shown,
};

/// So many operations that cannot be ordered have a picture of their own.
const CULPRITS_MAX: usize = 60;
/// So many lines of an order are written out.
const LISTED_MAX: usize = 3_000;

/// One verdict on one history.
pub(super) struct Judged<'a> {
    /// What the file is called.
    pub(super) name: &'a str,
    /// What it holds.
    pub(super) recorded: &'a Recorded,
    /// The guarantee asked for.
    pub(super) model: Model,
    /// Whether it is given.
    pub(super) verdict: &'a Verdict,
    /// The verdict in a sentence, and what the history is.
    pub(super) sentence: String,
    pub(super) facts: String,
}

/// The whole page.
pub(super) fn page(judged: &[Judged<'_>]) -> String {
    let mut html = String::from(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>",
    );
    let title = match judged {
        [only] => only.name.to_owned(),
        _ => format!("{} verdicts on histories", judged.len()),
    };
    html += &escaped(&title);
    html += "</title>\n<style>\n";
    html += include_str!("style.css");
    html += "</style>\n<body>\n";
    let _ = writeln!(html, "<h1>{}</h1>", escaped(&title));
    html += "<p class=\"key\"><span>operation</span><span class=\"of-point\">takes effect</span>\
             <span class=\"of-open\">never returned</span><span class=\"of-unplaced\">not reached</span>\
             <span class=\"of-culprit\">cannot be ordered</span></p>\n";
    for (number, one) in judged.iter().enumerate() {
        section(&mut html, number, one, judged.len() > 1);
    }
    html += "<script>\n";
    html += include_str!("script.js");
    html += "</script>\n</body>\n</html>\n";
    html
}

/// One verdict: the sentence, the picture, the order.
fn section(html: &mut String, number: usize, judged: &Judged<'_>, has_title: bool) {
    let Judged { recorded, verdict, .. } = judged;
    html.push_str("<section>\n");
    if has_title {
        let _ = writeln!(html, "<h2>{}</h2>", escaped(judged.name));
    }
    let class = match verdict.holds() {
        Some(true) => "holds",
        Some(false) => "broken",
        None => "",
    };
    let _ = writeln!(html, "<p class=\"{class}\">{}</p>", escaped(&judged.sentence));
    let info = judged.model.info();
    let _ = writeln!(html, "<p class=\"soft\">{}</p>", escaped(&judged.facts));
    let _ = writeln!(
        html,
        "<p class=\"soft\">{}: {} ({})</p>",
        info.title,
        escaped(info.definition),
        escaped(info.source)
    );
    let (orders, culprits): (&[Order], &[u32]) = match verdict {
        Verdict::Holds(orders) => (orders, &[]),
        Verdict::Violated(violation) => {
            (std::slice::from_ref(&violation.longest), &violation.culprits)
        }
        Verdict::GaveUp(_) | Verdict::NotApplicable(_) => (&[], &[]),
    };
    // One order explains all operations, or there is one for each session.
    let order = match orders {
        [order] => &order.records[..],
        _ => &[],
    };
    let (shown, left) = shown(recorded, judged.model, culprits);
    let is_ordered = !order.is_empty();
    let mut is_first = number == 0;
    let few: Vec<usize> = culprits.iter().map(|place| *place as usize).collect();
    if (1..=CULPRITS_MAX).contains(&few.len()) && few.len() < shown.len() {
        // What is wrong fits on one screen; the whole history seldom does.
        html.push_str("<p class=\"soft\">These alone cannot be ordered:</p>\n");
        let picture =
            lanes::Picture { recorded, shown: &few, order: &[], culprits, is_ordered, is_first };
        lanes::draw(html, &picture);
        is_first = false;
        html.push_str("<p class=\"soft\">Where they stand in the history:</p>\n");
    }
    if let Some(left_out) = left_out(&left, shown.len()) {
        let _ = writeln!(html, "<p class=\"soft\">{}</p>", escaped(&left_out));
    }
    let picture = lanes::Picture { recorded, shown: &shown, order, culprits, is_ordered, is_first };
    lanes::draw(html, &picture);
    let is_broken = verdict.holds() == Some(false);
    for order in orders.iter().filter(|order| !order.records.is_empty()) {
        listed(html, recorded, order, is_broken);
    }
    html.push_str("</section>\n");
}

/// What is said of the operations that are not drawn.
fn left_out(left: &Left, drawn: usize) -> Option<String> {
    Some(match left {
        Left::Nothing => return None,
        Left::OtherKeys(key) => format!(
            "Drawn are the {drawn} operations on “{key}”: what happens to other keys cannot mend it."
        ),
        Left::Far { from, of } => {
            format!("Drawn are {DRAWN_MAX} of {of} operations, from number {from} on.")
        }
    })
}

/// An order in words.
fn listed(html: &mut String, recorded: &Recorded, order: &Order, is_broken: bool) {
    let count = order.records.len();
    let what = match (is_broken, order.viewer) {
        (true, _) => format!("The longest order that could be made: {count} operations"),
        (false, None) => format!("An order that explains all answers: {count} operations"),
        (false, Some((client, session))) => {
            let session = if session == 0 { String::new() } else { format!(", session {session}") };
            format!(
                "What client {}{session} sees: {count} operations",
                client_name(recorded, client)
            )
        }
    };
    let _ = writeln!(html, "<details><summary>{}</summary>\n<ol>", escaped(&what));
    for place in order.records.iter().take(LISTED_MAX) {
        let record = &recorded.history.records[*place as usize];
        let (who, what) = (client_name(recorded, record.client), label(record));
        let _ = writeln!(html, "<li>{}: {}</li>", escaped(&who), escaped(&short(&what, 160)));
    }
    if count > LISTED_MAX {
        let _ = writeln!(html, "<li>… {} more</li>", count - LISTED_MAX);
    }
    html.push_str("</ol></details>\n");
}

/// Text as HTML has it, in content and in attributes. Control characters, which XML has none of,
/// become visible.
fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => html += "&amp;",
            '<' => html += "&lt;",
            '>' => html += "&gt;",
            '"' => html += "&quot;",
            '\'' => html += "&#39;",
            c if c.is_control() => html.push('␣'),
            c => html.push(c),
        }
    }
    html
}
