//! Judging a history by many models, in slices: what a page shows while it goes on and at its end.
//!
//! The history comes as text, so that another thread can be given it. Models are judged one after
//! the other; each has the whole of the limits.

use serde::Serialize;

use crate::consistency::{
    Availability, IMPLICATIONS, Judge, Limits, MODELS, Model, Order, Progress, Verdict,
};

use super::judged::{named, unknown, words};
use super::picture::{PictureView, client_name, picture};
use super::words::{label, short};
use super::{Recorded, read};

/// So many numbers of orders are told with a verdict; of the rest how many they are.
const PLACES_MAX: usize = 20_000;
/// So many culprits are told; of the rest how many they are.
const CULPRITS_MAX: usize = 200;
/// So many characters of an operation are told.
const TEXT_MAX: usize = 160;

/// A history and the models it is judged by.
pub struct Judging {
    recorded: Recorded,
    limits: Limits,
    models: Vec<Model>,
    verdicts: Vec<Verdict>,
    judge: Option<Judge>,
}

/// What a history is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Facts {
    /// The word of the format it was read in.
    pub format: &'static str,
    /// The word of the object it is about.
    pub object: &'static str,
    /// How many operations it has.
    pub operations: u32,
    /// How many clients called them.
    pub clients: u32,
    /// The models it is judged by, in this order.
    pub models: Vec<&'static str>,
}

/// How judging stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// How many models have a verdict.
    pub judged: u32,
    /// Of how many.
    pub of: u32,
    /// The model of the verdict, or that is being judged.
    pub model: Option<&'static str>,
    /// Its parts that are done.
    pub done: u32,
    /// Its parts in all.
    pub parts: u32,
    /// Orders tried in the present part.
    pub tried: u64,
    /// The verdict, where this call came to one.
    pub verdict: Option<VerdictView>,
}

/// A verdict as plain data.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct VerdictView {
    /// `holds`, `violated`, `gave-up` or `not-applicable`.
    pub state: &'static str,
    /// Why it does not hold, or why that is not known.
    pub why: String,
    /// The operations that cannot be ordered, by their calls.
    pub culprits: Vec<Told>,
    /// How many more culprits there are.
    pub more: usize,
    /// The operation whose return shows it first, by its place.
    pub at: Option<u32>,
    /// The orders that explain the answers: one for all, or one for each session. Of what is
    /// violated the longest that could be made.
    pub orders: Vec<OrderView>,
    /// How many more orders there are.
    pub more_orders: usize,
    /// How many partial orders were tried.
    pub tried: u64,
}

/// An operation in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Told {
    /// Its place in the history.
    pub place: u32,
    /// What the client is called.
    pub client: String,
    /// What was asked and told.
    pub text: String,
    /// The line on which it is called.
    pub line: u32,
}

/// An order of operations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OrderView {
    /// Whose view it is, where it is not everybody's.
    pub client: Option<String>,
    /// The session of that client.
    pub session: u32,
    /// The operations by their places.
    pub places: Vec<u32>,
}

/// All models and how they hang together.
#[derive(Serialize)]
pub struct Models {
    /// The models.
    pub models: Vec<ModelView>,
    /// Which directly implies which, by their words.
    pub implications: Vec<[&'static str; 2]>,
}

/// A model in words.
#[derive(Serialize)]
pub struct ModelView {
    /// Its word.
    pub id: &'static str,
    /// Its name.
    pub title: &'static str,
    /// What it says.
    pub definition: &'static str,
    /// Who defined it.
    pub source: &'static str,
    /// What it allows while the network is cut: `none`, `sticky` or `total`.
    pub availability: &'static str,
}

/// The map of models.
pub fn models() -> Models {
    let view = |info: &crate::consistency::ModelInfo| ModelView {
        id: info.id,
        title: info.title,
        definition: info.definition,
        source: info.source,
        availability: match info.availability {
            Availability::Unavailable => "none",
            Availability::Sticky => "sticky",
            Availability::Total => "total",
        },
    };
    Models {
        models: MODELS.iter().map(view).collect(),
        implications: IMPLICATIONS
            .iter()
            .map(|(from, to)| [from.info().id, to.info().id])
            .collect(),
    }
}

impl Judging {
    /// Reads a history. Format and object are guessed where they are absent; `wanted` names models
    /// with blanks between them, and empty all.
    ///
    /// # Errors
    /// What is wrong with the words or the text, and on which line.
    pub fn open(
        text: &str,
        format: Option<&str>,
        object: Option<&str>,
        wanted: &str,
        limits: Limits,
    ) -> Result<Self, (Option<u32>, String)> {
        let (format, object) = words(format, object).map_err(|error| (None, error))?;
        let mut models = Vec::new();
        for word in wanted.split_whitespace() {
            match Model::of_id(word) {
                Some(model) => models.push(model),
                None => return Err((None, unknown("guarantee", word))),
            }
        }
        if models.is_empty() {
            models.extend(MODELS.iter().map(|info| info.model));
        }
        let recorded =
            read(text, format, object).map_err(|error| (Some(error.line), error.to_string()))?;
        Ok(Judging { recorded, limits, models, verdicts: Vec::new(), judge: None })
    }

    /// What the history is.
    pub fn facts(&self) -> Facts {
        let (format, object) = named(&self.recorded);
        Facts {
            format,
            object,
            operations: self.recorded.history.records.len() as u32,
            clients: self.recorded.history.clients() as u32,
            models: self.models.iter().map(|model| model.info().id).collect(),
        }
    }

    /// Goes on for about `steps` steps, or to the next verdict.
    pub fn advance(&mut self, steps: u64) -> Standing {
        let model = self.models.get(self.verdicts.len()).copied();
        let mut standing = Standing {
            judged: self.verdicts.len() as u32,
            of: self.models.len() as u32,
            model: model.map(|model| model.info().id),
            done: 0,
            parts: 0,
            tried: 0,
            verdict: None,
        };
        let Some(model) = model else { return standing };
        let judge = self.judge.get_or_insert_with(|| {
            let Recorded { history, object, .. } = &self.recorded;
            Judge::new(history.clone(), *object, model, self.limits)
        });
        match judge.advance(steps) {
            Progress::Running { done, parts, tried } => {
                (standing.done, standing.parts, standing.tried) = (done, parts, tried);
            }
            Progress::Done(verdict) => {
                self.judge = None;
                standing.judged += 1;
                standing.verdict = Some(self.view(&verdict));
                self.verdicts.push(verdict);
            }
        }
        standing
    }

    /// The history drawn, with what the verdict of that model says of it where there is one.
    pub fn picture(&self, word: &str) -> PictureView {
        let model = Model::of_id(word).unwrap_or(Model::Linearizable);
        let place = self.models.iter().position(|other| *other == model);
        picture(&self.recorded, model, place.and_then(|place| self.verdicts.get(place)))
    }

    fn view(&self, verdict: &Verdict) -> VerdictView {
        match verdict {
            Verdict::Holds(orders) => {
                let (orders, more_orders) = self.orders(orders);
                VerdictView { state: "holds", orders, more_orders, ..VerdictView::default() }
            }
            Verdict::Violated(violation) => {
                let longest = Some(&violation.longest).filter(|order| !order.records.is_empty());
                let (orders, more_orders) = self.orders(longest.map_or(&[], std::slice::from_ref));
                let culprits = &violation.culprits;
                let told = culprits.iter().take(CULPRITS_MAX).map(|place| self.told(*place));
                let mut records = (0..).zip(&self.recorded.history.records);
                VerdictView {
                    state: "violated",
                    why: violation.explanation.clone(),
                    culprits: told.collect(),
                    more: culprits.len().saturating_sub(CULPRITS_MAX),
                    at: records
                        .find(|(_, record)| record.returned == Some(violation.at))
                        .map(|(place, _)| place)
                        .or_else(|| culprits.last().copied()),
                    orders,
                    more_orders,
                    tried: violation.tried,
                }
            }
            Verdict::GaveUp(why) => unknown_because("gave-up", why),
            Verdict::NotApplicable(why) => unknown_because("not-applicable", why),
        }
    }

    fn told(&self, place: u32) -> Told {
        let record = &self.recorded.history.records[place as usize];
        Told {
            place,
            client: client_name(&self.recorded, record.client),
            text: short(&label(record), TEXT_MAX),
            line: self.recorded.lines.get(place as usize).copied().unwrap_or_default(),
        }
    }

    /// The first orders, and how many there are behind them.
    fn orders(&self, orders: &[Order]) -> (Vec<OrderView>, usize) {
        let (mut told, mut places) = (Vec::new(), 0);
        for order in orders {
            places += order.records.len();
            if places > PLACES_MAX {
                break;
            }
            told.push(OrderView {
                client: order.viewer.map(|(client, _)| client_name(&self.recorded, client)),
                session: order.viewer.map_or(0, |(_, session)| session),
                places: order.records.clone(),
            });
        }
        let more = orders.len() - told.len();
        (told, more)
    }
}

fn unknown_because(state: &'static str, why: &str) -> VerdictView {
    VerdictView { state, why: why.to_owned(), ..VerdictView::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STALE: &str = r#"{"history":1,"object":"kv"}
{"client":"A","call":0,"return":1,"do":"write","key":"x","value":"1"}
{"client":"A","call":2,"return":3,"do":"write","key":"x","value":"2"}
{"client":"B","call":4,"return":5,"do":"read","key":"x","found":"1"}
"#;

    fn judged(text: &str, wanted: &str, limits: Limits, steps: u64) -> Vec<(String, VerdictView)> {
        let mut judging = Judging::open(text, None, None, wanted, limits).unwrap();
        let mut found = Vec::new();
        loop {
            let standing = judging.advance(steps);
            if let (Some(model), Some(verdict)) = (standing.model, standing.verdict) {
                found.push((model.to_owned(), verdict));
            }
            if standing.judged == standing.of {
                return found;
            }
        }
    }

    #[test]
    fn a_stale_read_is_told_with_its_place_and_order() {
        for steps in [1, 3, 1_000_000] {
            let found = judged(STALE, "linearizable sequential", Limits::default(), steps);
            let [(_, broken), (_, holds)] = &found[..] else { panic!("{found:?}") };
            assert_eq!((broken.state, broken.at), ("violated", Some(2)));
            assert_eq!(broken.culprits.last().map(|told| told.line), Some(4));
            assert!(broken.why.starts_with("client B read x=1 after"), "{}", broken.why);
            assert_eq!(holds.state, "holds");
            assert_eq!(holds.orders[0].places, [0, 2, 1]);
        }
    }

    #[test]
    fn all_models_have_a_verdict_that_agrees_with_the_map() {
        let found = judged(STALE, "", Limits::default(), 100);
        assert_eq!(found.len(), MODELS.len());
        let state = |id| found.iter().find(|(model, _)| model == id).unwrap().1.state;
        for (from, to) in IMPLICATIONS {
            assert!(state(from.info().id) != "holds" || state(to.info().id) != "violated");
        }
    }

    #[test]
    fn what_a_limit_stops_is_said_to_be_given_up() {
        let limits = Limits { steps: 1, ..Limits::default() };
        // Written twice, a value does not tell which write was read: that takes a search.
        let twice = STALE.replace("\"value\":\"2\"", "\"value\":\"1\"");
        let found = judged(&twice, "linearizable", limits, 100);
        assert_eq!(found[0].1.state, "gave-up");
        assert!(found[0].1.why.contains("steps"));
    }

    #[test]
    fn a_picture_has_the_points_of_its_verdict() {
        let mut judging =
            Judging::open(STALE, None, None, "linearizable sequential", Limits::default()).unwrap();
        assert!(judging.picture("linearizable").bars.iter().all(|bar| bar.number.is_none()));
        while judging.advance(1000).judged < 2 {}
        let broken = judging.picture("linearizable");
        assert_eq!(broken.lanes, ["A", "B"]);
        assert!(broken.bars[2].culprit && broken.bars[2].label == "read x → 1");
        let holds = judging.picture("sequential");
        let numbers: Vec<_> = holds.bars.iter().filter_map(|bar| bar.number).collect();
        assert_eq!(numbers, [1, 3, 2]);
        // The order puts a read before a write that had returned: no point in time fits.
        assert!(holds.bars.iter().all(|bar| bar.point.is_none() && !bar.culprit));
    }

    #[test]
    fn errors_name_the_line() {
        let text = STALE.replace("\"call\":4", "\"call\":\"soon\"");
        let error = Judging::open(&text, None, None, "", Limits::default()).err().unwrap();
        assert_eq!(error.0, Some(4));
        assert!(error.1.starts_with("line 4: "), "{}", error.1);
        let error = Judging::open(STALE, None, None, "strong", Limits::default()).err().unwrap();
        assert_eq!(error, (None, "there is no guarantee “strong”".to_owned()));
    }
}
