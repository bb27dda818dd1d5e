//! A chapter's text to what it says. Every error says where, what was found and what was expected.
//!
//! One thing a line, and `#` begins a comment, as in a scenario. `chapter`, `lesson` and `challenge` begin
//! something, with its name; `title` and `about` say what it is, `.zh` behind any word gives the Chinese.
//! In a lesson `at 12` begins the sentence for that moment: `say`, and with `expect` what it claims. `ask`
//! stands before the `at` that answers it, with a `choice` for each prediction and `if` for what makes it
//! right. In a challenge `start` and `solution` are followed by indented lines of a scenario.

use std::mem;

use super::bounds::{CHAPTER_BYTES_MAX, CHOICES_MAX, ITEMS_MAX, STEPS_MAX};
use super::{Challenge, Chapter, Choice, Item, Lesson, Question, Step, Task, Words};
use crate::scenario::TextError;
use crate::scenario::bounds::{ACTIONS_MAX, WORDS_BYTES_MAX};
use crate::scenario::words::{Line, Parsed};

const IN_CHAPTER: &str = "title, lesson or challenge";
const IN_LESSON: &str =
    "title, about, scenario, at, say, expect, ask, choice, if, lesson or challenge";
const IN_CHALLENGE: &str = "title, about, start, goal, hint, solution, lesson or challenge";

/// Reads a chapter.
///
/// # Errors
/// The first thing that is wrong: line, column, and what was expected.
pub fn parse(text: &str) -> Result<Chapter, TextError> {
    if text.len() > CHAPTER_BYTES_MAX {
        return Err(at_line(
            1,
            &["a chapter has at most ", &CHAPTER_BYTES_MAX.to_string(), " bytes"],
        ));
    }
    let mut reader = Reader::default();
    for (number, text) in (1..).zip(text.lines()) {
        if reader.takes_into_block(text) {
            continue;
        }
        let mut line = Line::new(number, text);
        if !line.is_empty() {
            reader.line(&mut line, number)?;
            line.end()?;
        }
    }
    reader.end_item()?;
    match reader.chapter {
        None => Err(at_line(1, &["expected `chapter` and its name"])),
        Some(chapter) => {
            has_both(&chapter.title, 1, "the chapter", "title")?;
            Ok(chapter)
        }
    }
}

fn at_line(line: u32, message: &[&str]) -> TextError {
    TextError { line, column: 1, message: message.concat() }
}

fn has_both(words: &Words, line: u32, of: &str, what: &str) -> Parsed<()> {
    for (words, suffix) in [(&words.en, ""), (&words.zh, ".zh")] {
        if words.is_empty() {
            return Err(at_line(line, &["expected `", what, suffix, "` in ", of, ", found none"]));
        }
    }
    Ok(())
}

/// What is being read; an item is complete when the next begins.
#[derive(Default)]
struct Reader {
    chapter: Option<Chapter>,
    item: Option<Item>,
    /// Asked, and not answered yet.
    question: Option<Question>,
    /// Which block of a challenge takes indented lines.
    block: Option<Block>,
}

#[derive(Clone, Copy)]
enum Block {
    Start,
    Solution,
}

impl Reader {
    /// Whether a line is an indented or empty one of a challenge's scenario, which is kept as it is.
    fn takes_into_block(&mut self, text: &str) -> bool {
        let (Some(block), Some(challenge)) = (self.block, challenge(&mut self.item)) else {
            return false;
        };
        if !text.starts_with([' ', '\t']) && !text.is_empty() {
            self.block = None;
            return false;
        }
        let kept = match block {
            Block::Start => &mut challenge.start,
            Block::Solution => &mut challenge.solution,
        };
        kept.push_str(text.trim());
        kept.push('\n');
        true
    }

    fn line(&mut self, line: &mut Line<'_>, number: u32) -> Parsed<()> {
        let keyword = line.word("a keyword")?;
        let (plain, is_chinese) = match keyword.strip_suffix(".zh") {
            Some(plain) => (plain, true),
            None => (keyword, false),
        };
        if self.chapter.is_none() {
            if keyword != "chapter" {
                return line.unexpected("`chapter` and its name");
            }
            let id = name(line)?;
            self.chapter = Some(Chapter { id, title: Words::default(), items: Vec::new() });
            return Ok(());
        }
        if keyword == "lesson" || keyword == "challenge" {
            self.end_item()?;
            let task = match keyword {
                "lesson" => Task::Lesson(Lesson { scenario: String::new(), steps: Vec::new() }),
                _ => Task::Challenge(Challenge {
                    start: String::new(),
                    start_line: 0,
                    goal: String::new(),
                    hint: Words::default(),
                    solution: String::new(),
                    solution_line: 0,
                }),
            };
            let (title, about) = (Words::default(), Words::default());
            self.item = Some(Item { id: name(line)?, line: number, title, about, task });
            return Ok(());
        }
        let expected = match (&self.item, &mut self.chapter) {
            (Some(Item { task: Task::Lesson(_), .. }), _) => IN_LESSON,
            (Some(_), _) => IN_CHALLENGE,
            (None, Some(chapter)) if plain == "title" => {
                return words(line, &mut chapter.title, is_chinese);
            }
            (None, _) => IN_CHAPTER,
        };
        match self.words_for(plain, is_chinese) {
            Some(slot) => words(line, slot, is_chinese),
            None if is_chinese => line.unexpected(expected),
            None => self.fact(line, number, keyword, expected),
        }
    }

    /// Where words after this keyword go now; `None` where they have no place.
    fn words_for(&mut self, keyword: &str, is_chinese: bool) -> Option<&mut Words> {
        let item = self.item.as_mut()?;
        match (keyword, &mut item.task) {
            ("title", _) => Some(&mut item.title),
            ("about", _) => Some(&mut item.about),
            ("hint", Task::Challenge(challenge)) => Some(&mut challenge.hint),
            // The English words begin a question and a choice; the Chinese are added to them.
            ("ask", _) if is_chinese => Some(&mut self.question.as_mut()?.ask),
            ("choice", _) if is_chinese => {
                Some(&mut self.question.as_mut()?.choices.last_mut()?.say)
            }
            ("say", Task::Lesson(lesson)) if self.question.is_none() => {
                Some(&mut lesson.steps.last_mut()?.say)
            }
            _ => None,
        }
    }

    /// Reads a line that is not words alone.
    fn fact(
        &mut self,
        line: &mut Line<'_>,
        number: u32,
        keyword: &str,
        expected: &str,
    ) -> Parsed<()> {
        let Some(item) = &mut self.item else { return line.unexpected(expected) };
        match (keyword, &mut item.task) {
            ("scenario", Task::Lesson(lesson)) if lesson.scenario.is_empty() => {
                lesson.scenario = line.word("the name of a shipped scenario")?.to_owned();
            }
            ("at", Task::Lesson(lesson)) => {
                let least = lesson.steps.last().map_or(0, |step| step.at + 1);
                let at = line.number("a moment after the one before", least, ACTIONS_MAX)?;
                if lesson.steps.len() == STEPS_MAX {
                    return line.error(format!("a lesson has at most {STEPS_MAX} sentences"));
                }
                end_step(lesson)?;
                let question = self.question.take();
                question.iter().try_for_each(is_whole)?;
                let (say, claims) = (Words::default(), Vec::new());
                lesson.steps.push(Step { at, line: number, say, claims, question });
            }
            ("expect", Task::Lesson(lesson)) if self.question.is_none() => {
                let claim = rest(line)?;
                match lesson.steps.last_mut() {
                    Some(step) => step.claims.push(claim),
                    None => {
                        return line.error("expected `at` and a moment before what is so there");
                    }
                }
            }
            ("ask", Task::Lesson(lesson)) if self.question.is_none() => {
                if lesson.steps.is_empty() {
                    return line.error("expected `at` and a moment before the first question");
                }
                end_step(lesson)?;
                let mut ask = Words::default();
                words(line, &mut ask, false)?;
                self.question = Some(Question { line: number, ask, choices: Vec::new() });
            }
            ("choice", _) => match &mut self.question {
                Some(question) if question.choices.len() < CHOICES_MAX => {
                    let mut say = Words::default();
                    words(line, &mut say, false)?;
                    question.choices.push(Choice { say, when: String::new() });
                }
                Some(_) => {
                    return line.error(format!("a question has at most {CHOICES_MAX} choices"));
                }
                None => return line.error("expected `ask` and a question before its choices"),
            },
            ("if", _) => {
                match self.question.as_mut().and_then(|question| question.choices.last_mut()) {
                    Some(choice) => add_line(&mut choice.when, &rest(line)?),
                    None => {
                        return line
                            .error("expected `choice` and a prediction before its condition");
                    }
                }
            }
            ("goal", Task::Challenge(challenge)) => add_line(&mut challenge.goal, &rest(line)?),
            ("start", Task::Challenge(challenge)) if challenge.start.is_empty() => {
                (self.block, challenge.start_line) = (Some(Block::Start), number);
            }
            ("solution", Task::Challenge(challenge)) if challenge.solution.is_empty() => {
                (self.block, challenge.solution_line) = (Some(Block::Solution), number);
            }
            ("say" | "expect", Task::Lesson(_)) => {
                return line.error("expected `at` and a moment before what is said of it");
            }
            _ => return line.unexpected(expected),
        }
        Ok(())
    }

    /// Makes sure that the item read last lacks nothing, and keeps it.
    fn end_item(&mut self) -> Parsed<()> {
        self.block = None;
        let (Some(item), Some(chapter)) = (self.item.take(), &mut self.chapter) else {
            return Ok(());
        };
        let (line, of) = (item.line, item.id.as_str());
        has_both(&item.title, line, of, "title")?;
        has_both(&item.about, line, of, "about")?;
        let missing = match &item.task {
            Task::Lesson(lesson) => {
                end_step(lesson)?;
                if let Some(question) = mem::take(&mut self.question) {
                    let message = ["expected `at` and the moment that answers this question"];
                    return Err(at_line(question.line, &message));
                }
                [("scenario", lesson.scenario.is_empty()), ("at", lesson.steps.is_empty())].to_vec()
            }
            Task::Challenge(challenge) => {
                has_both(&challenge.hint, line, of, "hint")?;
                let Challenge { start, goal, solution, .. } = challenge;
                let texts = [("start", start), ("goal", goal), ("solution", solution)];
                texts.map(|(what, text)| (what, text.trim().is_empty())).to_vec()
            }
        };
        if let Some((what, _)) = missing.iter().find(|(_, is_missing)| *is_missing) {
            return Err(at_line(line, &["expected `", what, "` in ", of, ", found none"]));
        }
        if chapter.items.len() == ITEMS_MAX {
            let most = ITEMS_MAX.to_string();
            return Err(at_line(
                line,
                &["a chapter has at most ", &most, " lessons and challenges"],
            ));
        }
        chapter.items.push(item);
        Ok(())
    }
}

fn challenge(item: &mut Option<Item>) -> Option<&mut Challenge> {
    match &mut item.as_mut()?.task {
        Task::Challenge(challenge) => Some(challenge),
        Task::Lesson(_) => None,
    }
}

/// The sentence read last must be there in both languages.
fn end_step(lesson: &Lesson) -> Parsed<()> {
    lesson.steps.last().map_or(Ok(()), |step| has_both(&step.say, step.line, "this step", "say"))
}

fn is_whole(question: &Question) -> Parsed<()> {
    let line = question.line;
    has_both(&question.ask, line, "this question", "ask")?;
    if question.choices.len() < 2 {
        return Err(at_line(line, &["expected at least two choices for this question"]));
    }
    question.choices.iter().try_for_each(|choice| {
        has_both(&choice.say, line, "this question", "choice")?;
        if choice.when.is_empty() {
            let message = ["expected `if` and a condition for “", &choice.say.en, "”"];
            return Err(at_line(line, &message));
        }
        Ok(())
    })
}

/// A name that is good in an address.
fn name(line: &mut Line<'_>) -> Parsed<String> {
    const EXPECTED: &str = "a name of small letters, digits and hyphens";
    let word = line.word(EXPECTED)?;
    let is_good = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if !word.bytes().all(is_good) {
        return line.unexpected(EXPECTED);
    }
    Ok(word.to_owned())
}

fn words(line: &mut Line<'_>, words: &mut Words, is_chinese: bool) -> Parsed<()> {
    let slot = if is_chinese { &mut words.zh } else { &mut words.en };
    if !slot.is_empty() {
        return line.error("expected this once, found it again");
    }
    let text = line.rest_of_text();
    if text.is_empty() {
        return line.error("expected some words after this");
    }
    if text.len() > WORDS_BYTES_MAX {
        return line.error(format!("at most {WORDS_BYTES_MAX} bytes of words"));
    }
    text.clone_into(slot);
    Ok(())
}

/// The rest of a line, which the scenario's own reader reads when it is needed.
fn rest(line: &mut Line<'_>) -> Parsed<String> {
    let words = line.rest();
    if words.is_empty() {
        return line.error_here("expected what a scenario may expect, but the line ends");
    }
    Ok(words.join(" "))
}

fn add_line(text: &mut String, line: &str) {
    if !text.is_empty() {
        text.push('\n');
    }
    text.push_str(line);
}
