//! Text to scenario. Every error says where, what was found and what was expected.

use super::bounds::{STEP_ACTIONS_MAX, STEPS_MAX, TEXT_BYTES_MAX, WORDS_BYTES_MAX};
use super::expect::Expectation;
use super::header::{HeaderPlaces, finish, header};
use super::words::{Line, Parsed, client, node};
use super::{Language, MessageVerb, Pace, Scenario, Selector, Step, TextError, stranger};
use crate::action::ActionKind;
use crate::consistency::{MODELS, Model};
use crate::ids::{NodeId, NodeSet};
use crate::loaded;
use crate::operation::Operation;
use crate::protocol::Sheet;
use crate::protocols;
use crate::world::bounds::{CLOCK_MS_MAX, RATE_PERMILLE_MAX, SPAN_MS_MAX};
use crate::world::{Status, kind_of_name};

const HEADERS: &str = "title, about, nodes, clients, seed, pace, open-at, budget, network, link, waiting, \
                       workload, start-clock, set, without or disk";
const STEPS: &str = "note, expect, run, at, step, settle, wait, deliver, drop, duplicate, delay, \
                     timeout, crash, restart, pause, resume, lose-disk, hold-disk, sync-disk, cut, \
                     heal, partition, clock, rule, invoke, retry, give-up or command";

/// Reads a scenario.
///
/// # Errors
/// The first thing that is wrong: line, column, and what was expected.
pub fn parse(text: &str) -> Result<Scenario, TextError> {
    parse_with_lines(text).map(|(scenario, _)| scenario)
}

/// Reads a scenario, and tells for each step the line it stands on.
///
/// # Errors
/// As [`parse`].
pub fn parse_with_lines(text: &str) -> Result<(Scenario, Vec<u32>), TextError> {
    let at_start = |message: String| TextError { line: 1, column: 1, message };
    if text.len() > TEXT_BYTES_MAX {
        return Err(at_start(format!("a scenario has at most {TEXT_BYTES_MAX} bytes")));
    }
    let mut lines = (1..).zip(text.lines()).map(|(number, line)| Line::new(number, line));
    let mut scenario = loop {
        let Some(mut line) = lines.next() else {
            return Err(at_start(
                "expected `protocol` and its name, such as `protocol raft`".into(),
            ));
        };
        if !line.is_empty() {
            break first_line(&mut line)?;
        }
    };
    let sheet = scenario.sheet();
    let mut places = HeaderPlaces::default();
    let mut step_lines = Vec::new();
    for mut line in lines {
        if line.is_empty() {
            continue;
        }
        let keyword = line.word("a keyword")?;
        let is_header = scenario.steps.is_empty();
        if is_header && header(&mut line, keyword, &mut scenario, sheet, &mut places)? {
            line.end()?;
            continue;
        }
        let before = scenario.steps.len();
        if !step(&mut line, keyword, &mut scenario.steps, sheet)? {
            return line.error(match (is_header, is_header_word(keyword)) {
                (true, _) => {
                    format!("“{keyword}” is no keyword; expected {HEADERS}, or a step: {STEPS}")
                }
                (false, true) => format!("`{keyword}` must come before the first step"),
                (false, false) => format!("“{keyword}” is no step; expected {STEPS}"),
            });
        }
        line.end()?;
        if scenario.steps.len() > STEPS_MAX {
            return line.error(format!("a scenario has at most {STEPS_MAX} steps"));
        }
        let by_time = [Step::Run(0), Step::At(0)].map(|step| std::mem::discriminant(&step));
        let added = &scenario.steps[before..];
        if scenario.pace == Pace::AtRandom
            && added.iter().any(|step| by_time.contains(&std::mem::discriminant(step)))
        {
            return line.error("at random no time passes; expected `step` and a number of actions");
        }
        step_lines.resize(scenario.steps.len(), line.number_of_line());
        for step in &scenario.steps[before..] {
            if let Some(name) = stranger(&scenario.config, step) {
                let (nodes, clients) = (scenario.config.nodes, scenario.config.clients);
                return line.error(format!("there is no {name}: {nodes} nodes, {clients} clients"));
            }
        }
    }
    finish(&scenario, places)?;
    Ok((scenario, step_lines))
}

fn first_line(line: &mut Line<'_>) -> Parsed<Scenario> {
    let keyword = line.word("`protocol`")?;
    if keyword != "protocol" {
        return line.error(format!("the first line must be `protocol NAME`, found “{keyword}”"));
    }
    let names: Vec<&str> = protocols::REGISTRY.iter().map(protocols::Entry::id).collect();
    let name = line.word(&format!("the name of a protocol: {}", names.join(", ")))?;
    let Some((protocol, entry)) = protocols::find(name) else {
        return line.no_such("protocol", &names);
    };
    line.end()?;
    if let Err(missing) = entry.ready() {
        return line.error(missing.to_string());
    }
    Ok(Scenario::new(protocol))
}

fn is_header_word(word: &str) -> bool {
    let plain = word.strip_suffix(".zh").unwrap_or(word);
    plain == "protocol" || HEADERS.split([',', ' ']).any(|header| header == plain && plain != "or")
}

/// `title.zh` and the like: the keyword and its language.
pub(super) fn language_of<'a>(keyword: &'a str, plain: &str) -> Option<(&'a str, Language)> {
    Language::ALL.into_iter().find_map(|language| {
        let stem = keyword.strip_suffix(language.suffix())?;
        (stem == plain).then_some((stem, language))
    })
}

#[inline(never)]
pub(super) fn words(line: &mut Line<'_>) -> Parsed<String> {
    let text = line.rest_of_text();
    if text.is_empty() {
        return line.error("expected some words after this");
    }
    if text.len() > WORDS_BYTES_MAX {
        return line.error(format!("at most {WORDS_BYTES_MAX} bytes of words"));
    }
    Ok(text.to_owned())
}

#[inline(never)]
pub(super) fn rule(line: &mut Line<'_>, sheet: &Sheet) -> Parsed<crate::ids::RuleId> {
    let name = line.word("the name of a rule")?;
    match sheet.rule(name) {
        Some(rule) => Ok(rule),
        None => {
            let names: Vec<&str> = sheet.rules.iter().map(|rule| rule.id).collect();
            line.no_such("rule", &names)
        }
    }
}

/// Reads a step, which may unfold to several; false where the keyword is none.
fn step(line: &mut Line<'_>, keyword: &str, steps: &mut Vec<Step>, sheet: &Sheet) -> Parsed<bool> {
    if let Some((_, language)) = language_of(keyword, "note") {
        steps.push(Step::Note(language, words(line)?));
        return Ok(true);
    }
    let span = u64::from(SPAN_MS_MAX);
    let step = match keyword {
        "expect" => Step::Expect(expectation(line, sheet)?),
        "run" => Step::Run(line.number("milliseconds", 1, span)? as u32),
        "at" => {
            steps.push(Step::At(line.number("a moment in milliseconds", 0, CLOCK_MS_MAX)?));
            // `at 412 crash n1` is short for two lines.
            return match line.peek() {
                None => Ok(true),
                Some("at") => line.error_here("expected one moment a line"),
                Some(keyword) => {
                    line.word("a step")?;
                    self::step(line, keyword, steps, sheet)
                }
            };
        }
        "step" => {
            Step::Steps(line.number("a number of actions", 1, STEP_ACTIONS_MAX.into())? as u32)
        }
        "settle" => Step::Settle,
        "wait" => Step::Wait(line.number("milliseconds", 1, CLOCK_MS_MAX)? as u32),
        "deliver" => Step::Message(MessageVerb::Deliver, selector(line, sheet)?),
        "drop" => Step::Message(MessageVerb::Drop, selector(line, sheet)?),
        "duplicate" => Step::Message(MessageVerb::Duplicate, selector(line, sheet)?),
        "delay" => {
            let selector = selector(line, sheet)?;
            if !line.accept("by") {
                return line.error_here("expected `by` and milliseconds");
            }
            let by_ms = line.number("milliseconds", 1, span)? as u32;
            Step::Message(MessageVerb::Delay(by_ms), selector)
        }
        _ => return act(line, keyword, steps, sheet),
    };
    steps.push(step);
    Ok(true)
}

/// Reads a step that is an action; false where the keyword is none.
fn act(line: &mut Line<'_>, keyword: &str, steps: &mut Vec<Step>, sheet: &Sheet) -> Parsed<bool> {
    let for_each: Option<fn(NodeId) -> ActionKind> = match keyword {
        "crash" => Some(ActionKind::Crash),
        "restart" => Some(ActionKind::Restart),
        "pause" => Some(ActionKind::Pause),
        "resume" => Some(ActionKind::Resume),
        "lose-disk" => Some(ActionKind::LoseDisk),
        "hold-disk" => Some(ActionKind::HoldDisk),
        "sync-disk" => Some(ActionKind::SyncDisk),
        _ => None,
    };
    if let Some(kind) = for_each {
        steps.extend(line.nodes()?.iter().map(|node| Step::Act(kind(node))));
        return Ok(true);
    }
    let kind = match keyword {
        "timeout" => {
            let node = line.node()?;
            let names: Vec<&str> = sheet.timers.iter().map(|timer| timer.name).collect();
            let names = names.join(" or ");
            let name = line.word(&names)?;
            let Some(timer) = sheet.timer(name) else {
                return line.unexpected(&names);
            };
            ActionKind::Fire { node, timer }
        }
        "cut" | "heal" => {
            if keyword == "heal" && line.peek().is_none() {
                steps.push(Step::Act(ActionKind::HealAll));
                return Ok(true);
            }
            let (left, right, both) = line.sides()?;
            let one_way = |from, to| match keyword {
                "cut" => Step::Act(ActionKind::Cut { from, to }),
                _ => Step::Act(ActionKind::Heal { from, to }),
            };
            steps.push(one_way(Box::new(left), Box::new(right)));
            if both {
                steps.push(one_way(Box::new(right), Box::new(left)));
            }
            return Ok(true);
        }
        "partition" => {
            // All groups but the last are cut off; whoever is not named is with the last.
            let mut groups: Vec<NodeSet> = vec![line.nodes()?];
            while line.accept("|") {
                groups.push(line.nodes()?);
            }
            if groups.len() > 1 {
                groups.pop();
            }
            steps.extend(
                groups.into_iter().map(|side| Step::Act(ActionKind::Partition(Box::new(side)))),
            );
            return Ok(true);
        }
        "clock" => {
            let node = line.node()?;
            match line.word("`rate` or `ahead`")? {
                "rate" => {
                    let what = "milliseconds per 1000 true ones";
                    let rate_permille = line.number(what, 0, RATE_PERMILLE_MAX.into())? as u32;
                    ActionKind::SetClockRate { node, rate_permille }
                }
                "ahead" => {
                    let ahead_ms = line.number("milliseconds", 1, SPAN_MS_MAX.into())? as u32;
                    ActionKind::JumpClock { node, ahead_ms }
                }
                _ => return line.unexpected("rate or ahead"),
            }
        }
        "rule" => {
            let rule = rule(line, sheet)?;
            match line.word("on or off")? {
                "on" => ActionKind::SetRule { rule, on: true },
                "off" => ActionKind::SetRule { rule, on: false },
                _ => return line.unexpected("on or off"),
            }
        }
        "invoke" => invocation(line, sheet)?,
        "retry" => ActionKind::Retry(line.client()?),
        "give-up" => ActionKind::GiveUp(line.client()?),
        "command" => {
            let node = line.node()?;
            let names: Vec<&str> = sheet.commands.iter().map(|command| command.name).collect();
            let names = names.join(" or ");
            let name = line.word(&names)?;
            let Some(command) = sheet.command(name) else {
                return line.unexpected(&names);
            };
            ActionKind::Command { node, command, argument: line.node()? }
        }
        _ => return Ok(false),
    };
    steps.push(Step::Act(kind));
    Ok(true)
}

/// `A put x 5 to n1`: the node is optional.
fn invocation(line: &mut Line<'_>, sheet: &Sheet) -> Parsed<ActionKind> {
    let client = line.client()?;
    let mut words = line.rest();
    let to = match words.as_slice() {
        [.., "to", last] => node(last),
        _ => None,
    };
    if to.is_some() {
        words.truncate(words.len() - 2);
    }
    match Operation::parse(&words) {
        Ok(operation) if !sheet.operations.contains(&operation.kind()) => {
            let names: Vec<&str> = sheet.operations.iter().map(|kind| kind.name).collect();
            line.error(format!(
                "{} offers no {}; expected one of: {}",
                sheet.title,
                operation.kind().name,
                names.join(", ")
            ))
        }
        Ok(operation) => Ok(ActionKind::Invoke { client, node: to, operation }),
        Err(expected) => line.error(format!("expected {expected}, found “{}”", words.join(" "))),
    }
}

#[inline(never)]
fn selector(line: &mut Line<'_>, sheet: &Sheet) -> Parsed<Selector> {
    let (from, to) = line.link()?;
    let kind = match line.peek() {
        Some(word) if word != "by" && !word.starts_with('#') => {
            line.word("a kind of message")?;
            Some(kind(line, sheet, word)?)
        }
        _ => None,
    };
    let mut selector = Selector { from, to, kind, nth: 0 };
    if let Some(number) = line.peek().and_then(|word| word.strip_prefix('#')) {
        line.word("which message")?;
        match number.parse::<u32>() {
            Ok(count) if count >= 1 && selector.is_single() => selector.nth = count - 1,
            Ok(_) if !selector.is_single() => {
                return line.error("which of several needs a sender, a receiver and a kind");
            }
            _ => return line.error("expected which of several messages, such as #2"),
        }
    }
    Ok(selector)
}

fn kind(line: &Line<'_>, sheet: &Sheet, word: &str) -> Parsed<u8> {
    if word == "*" {
        return line.error("leave the kind out to mean any");
    }
    match kind_of_name(sheet, word) {
        Some(kind) => Ok(kind),
        None => {
            let own = sheet.messages.iter().map(|message| message.name);
            let names: Vec<&str> = own.chain(["Request", "Reply"]).collect();
            line.no_such("message", &names)
        }
    }
}

fn expectation(line: &mut Line<'_>, sheet: &Sheet) -> Parsed<Expectation> {
    const FORMS: &str = "leader NODE, NODE FACT VALUE, NODE crashed, reply CLIENT RESULT, \
                         violated INVARIANT, holds INVARIANT, all hold, message LINK KIND, \
                         no message LINK KIND, applied RULE, missed RULE, history MODEL \
                         or history not MODEL";
    let word = line.word(FORMS)?;
    Ok(match word {
        "leader" => {
            if line.accept("none") {
                Expectation::Leader(None)
            } else {
                Expectation::Leader(Some(line.node()?))
            }
        }
        "reply" => {
            let client = line.client()?;
            let words = line.rest();
            if words.is_empty() {
                return line.error("expected a result, `open` or `gave-up`");
            }
            Expectation::Reply(client, words.join(" "))
        }
        "violated" | "holds" => {
            let name = line.word("the name of an invariant")?;
            match sheet.invariant(name) {
                Some(place) => Expectation::Invariant(place, word == "violated"),
                None => {
                    let names: Vec<&str> = sheet.invariants.iter().map(|item| item.id).collect();
                    return line.no_such("invariant", &names);
                }
            }
        }
        "all" => {
            if !line.accept("hold") {
                return line.error_here("expected `hold`");
            }
            Expectation::AllHold
        }
        "message" => Expectation::InFlight(selector(line, sheet)?, true),
        "no" => {
            if !line.accept("message") {
                return line.error_here("expected `message`");
            }
            Expectation::InFlight(selector(line, sheet)?, false)
        }
        "history" => {
            let holds = !line.accept("not");
            let name = line.word("a consistency model")?;
            match Model::of_id(name) {
                Some(model) => {
                    if let Err(missing) = loaded::judge_is_ready() {
                        return line.error(missing.to_owned());
                    }
                    Expectation::History(model, holds)
                }
                None => {
                    let names: Vec<&str> = MODELS.iter().map(|info| info.id).collect();
                    return line.error(format!(
                        "there is no consistency model “{name}”; expected one of: {}",
                        names.join(", ")
                    ));
                }
            }
        }
        "applied" | "missed" => Expectation::Rule(rule(line, sheet)?, word == "applied"),
        word => match node(word) {
            Some(node) => node_expectation(line, sheet, node)?,
            None if client(word).is_some() => {
                return line.error(format!("expected `reply {word}` and a result"));
            }
            None => return line.error(format!("expected {FORMS}; found “{word}”")),
        },
    })
}

fn node_expectation(line: &mut Line<'_>, sheet: &Sheet, node: NodeId) -> Parsed<Expectation> {
    let period = sheet.period;
    let expected = format!("up, paused, crashed, role, {period}, log, committed, value or a field");
    let mut fact = line.word(&expected)?.to_owned();
    match fact.as_str() {
        "up" => return Ok(Expectation::Status(node, Status::Up)),
        "paused" => return Ok(Expectation::Status(node, Status::Paused)),
        "crashed" => return Ok(Expectation::Status(node, Status::Down)),
        "value" => fact = format!("value {}", line.word("a key")?),
        _ => {}
    }
    let words = line.rest();
    if words.is_empty() {
        return line.error_here("expected a value");
    }
    Ok(Expectation::Fact { node, fact, value: words.join(" ") })
}
