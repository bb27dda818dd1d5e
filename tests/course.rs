//! The course is held to what it says: every chapter is read, every moment replayed, every claim and every
//! prediction judged by the engine, and every challenge solved by its stored run and not before.

use std::collections::BTreeSet;

use consensus_playground::course::{self, Chapter, Item, Task, shipped};
use consensus_playground::scenario::text;
use consensus_playground::timeline::{BranchId, Timeline};

fn chapters() -> Vec<(&'static str, Chapter)> {
    let read = |(name, text)| {
        let chapter = course::parse(text);
        (name, chapter.unwrap_or_else(|error| panic!("course/{name}.txt: {error}")))
    };
    shipped::chapters().into_iter().map(read).collect()
}

fn items() -> Vec<Item> {
    chapters().into_iter().flat_map(|(_, chapter)| chapter.items).collect()
}

#[test]
fn every_chapter_is_as_it_says() {
    let complaints: Vec<String> = chapters()
        .iter()
        .flat_map(|(name, chapter)| {
            let told = |complaint: &course::Complaint| format!("course/{name}.txt, {complaint}");
            course::verify(chapter).iter().map(told).collect::<Vec<_>>()
        })
        .collect();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn every_file_has_its_place_in_the_order_and_bears_its_chapter_s_name() {
    let listed: BTreeSet<String> =
        chapters().iter().map(|(name, _)| format!("{name}.txt")).collect();
    let files = shipped::folder().files().map(|file| file.path().display().to_string());
    let found: BTreeSet<String> = files.filter(|name| name != "ORDER").collect();
    assert_eq!(listed, found);
    for (name, chapter) in chapters() {
        assert_eq!(name, chapter.id);
    }
}

#[test]
fn names_are_unique_and_there_is_enough_to_do() {
    let items = items();
    let names: BTreeSet<&str> = items.iter().map(|item| item.id.as_str()).collect();
    assert_eq!(names.len(), items.len());
    let lessons = items.iter().filter(|item| matches!(item.task, Task::Lesson(_))).count();
    assert!(lessons >= 12 && items.len() - lessons >= 6, "{lessons} of {}", items.len());
    for item in &items {
        let Task::Lesson(lesson) = &item.task else { continue };
        let questions = lesson.steps.iter().filter(|step| step.question.is_some()).count();
        assert!(questions > 0, "{} asks nothing", item.id);
        for step in &lesson.steps {
            assert!(
                step.at == 0 || !step.claims.is_empty(),
                "{}: {} claims nothing",
                item.id,
                step.at
            );
        }
    }
}

/// Not the same choice is always right: else the place would give the answer away.
#[test]
fn the_right_choice_has_no_usual_place() {
    let mut places = [0; 4];
    for item in items() {
        let Task::Lesson(lesson) = item.task else { continue };
        let preset = consensus_playground::scenario::presets::find(&lesson.scenario).unwrap();
        let mut timeline = Timeline::open(text::parse(preset.text).unwrap()).unwrap();
        for step in lesson.steps {
            let Some(question) = step.question else { continue };
            timeline.seek(BranchId(0), step.at);
            let right = question.choices.iter().position(|choice| {
                course::reached(&timeline, &choice.when, step.at) == Ok(Some(step.at))
            });
            places[right.unwrap()] += 1;
        }
    }
    let all: i32 = places.iter().sum();
    assert!(places.iter().all(|count| count * 2 <= all), "{places:?}");
}

/// A lesson and a challenge with nothing wrong.
const GOOD: &str = "\
chapter sample
title A sample
title.zh 示例
lesson one
title One
title.zh 一
about About one
about.zh 关于一
scenario raft/vote-lost-in-a-restart
at 0
say Nobody leads.
say.zh 没有领导者。
expect leader none
ask Who leads when the vote has arrived?
ask.zh 选票到达后谁是领导者？
choice n1
choice.zh n1
if leader n1
choice Nobody
choice.zh 没有
if leader none
at 3
say n1 leads.
say.zh n1 是领导者。
expect leader n1
challenge two
title Two
title.zh 二
about About two
about.zh 关于二
hint Think.
hint.zh 想一想。
start
  protocol raft
  nodes 3
  pace by-hand
  without pre-vote
goal leader n1
solution
  timeout n1 election

  deliver n1->n2 RequestVote
  deliver n2->n1 RequestVoteReply
";

#[test]
fn what_is_wrong_with_the_text_is_said_with_its_place() {
    assert!(course::parse(GOOD).is_ok_and(|chapter| course::verify(&chapter).is_empty()));
    for (good, bad, message) in [
        (
            "chapter sample",
            "lesson sample",
            "line 1, column 1: expected `chapter` and its name, found “lesson”",
        ),
        ("chapter sample", "chapter Sample", "line 1, column 9: expected a name of small letters"),
        ("title.zh 示例\n", "", "line 1, column 1: expected `title.zh` in the chapter, found none"),
        ("title.zh 一\n", "", "line 4, column 1: expected `title.zh` in one, found none"),
        (
            "scenario raft/vote-lost-in-a-restart\n",
            "",
            "line 4, column 1: expected `scenario` in one",
        ),
        ("about.zh 关于一", "about.zh", "line 8, column 1: expected some words after this"),
        (
            "at 3",
            "at 0",
            "line 22, column 4: expected a moment after the one before, a whole number from 1",
        ),
        ("at 3", "then 3", "line 22, column 1: expected title, about, scenario, at, say"),
        (
            "say.zh 没有领导者。\n",
            "",
            "line 10, column 1: expected `say.zh` in this step, found none",
        ),
        (
            "ask.zh 选票到达后谁是领导者？\n",
            "",
            "line 14, column 1: expected `ask.zh` in this question",
        ),
        ("choice.zh 没有\n", "", "line 14, column 1: expected `choice.zh` in this question"),
        ("if leader none\n", "", "line 14, column 1: expected `if` and a condition for “Nobody”"),
        ("if leader n1\n", "if\n", "line 18, column 3: expected what a scenario may expect"),
        (
            "choice Nobody\nchoice.zh 没有\nif leader none\n",
            "",
            "line 14, column 1: expected at least two choices",
        ),
        ("at 3\n", "", "line 22, column 1: expected `at` and a moment before what is said of it"),
        (
            "at 3\nsay n1 leads.\nsay.zh n1 是领导者。\nexpect leader n1\n",
            "",
            "line 14, column 1: expected `at` and the moment that answers",
        ),
        ("hint.zh 想一想。\n", "", "line 26, column 1: expected `hint.zh` in two, found none"),
        ("goal leader n1\n", "", "line 26, column 1: expected `goal` in two, found none"),
        (
            "goal leader n1",
            "gaol leader n1",
            "line 38, column 1: expected title, about, start, goal",
        ),
        (
            "about About two\n",
            "about About two\nabout Again\n",
            "line 30, column 1: expected this once",
        ),
    ] {
        assert!(GOOD.contains(good), "{good}");
        let error = course::parse(&GOOD.replacen(good, bad, 1)).unwrap_err().to_string();
        assert!(error.starts_with(message), "{bad}: {error}");
    }
}

#[test]
fn what_is_not_so_is_found_by_replay() {
    for (good, bad, message) in [
        (
            "raft/vote-lost-in-a-restart",
            "raft/nothing",
            "line 4: one: there is no scenario “raft/nothing”",
        ),
        ("at 3", "at 300", "line 22: one: there is no moment 300: the run has "),
        ("expect leader n1", "expect leader n2", "line 22: one: expect leader n2: it is n1"),
        ("expect leader none", "expect luck", "line 10: one: expect luck: expected leader NODE"),
        ("if leader n1", "if leader n3", "line 14: one: no choice is right"),
        (
            "if leader none",
            "if n1 role leader",
            "line 14: one: more than one choice is right: “n1”, “Nobody”",
        ),
        ("goal leader n1", "goal leader none", "line 33: two: its goal is reached at the start"),
        ("goal leader n1", "goal leader n2", "line 39: two: it does not reach the goal"),
        ("goal leader n1", "goal luck", "line 33: two: goal: expected leader NODE"),
        ("  nodes 3", "  nodes none", "line 33: two: in what follows, line 2, column 7: expected "),
        ("deliver n2->n1", "deliver n3->n1", "line 39: two: in what follows, step 3"),
        (
            "  timeout n1 election\n",
            "  rule check-quorum off\n  timeout n1 election\n",
            "line 39: two: it switches a rule",
        ),
    ] {
        assert!(GOOD.contains(good), "{good}");
        let chapter = course::parse(&GOOD.replacen(good, bad, 1)).unwrap();
        let complaints = course::verify(&chapter);
        let found = complaints.first().map(ToString::to_string).unwrap_or_default();
        assert!(found.starts_with(message), "{bad}: {complaints:?}");
    }
}

#[test]
fn a_goal_counts_at_its_first_moment_and_not_when_a_rule_was_switched_for_it() {
    let source = "protocol raft\nnodes 3\npace by-hand\nwithout pre-vote\n";
    let mut timeline = Timeline::open(text::parse(source).unwrap()).unwrap();
    let act = |timeline: &mut Timeline, lines: &str| {
        let scenario = text::parse(&format!("{source}{lines}")).unwrap();
        for step in &scenario.steps {
            consensus_playground::scenario::run::step(timeline, scenario.pace, step).unwrap();
        }
    };
    let vote = "timeout n1 election\ndeliver n1->n2 RequestVote\ndeliver n2->n1 RequestVoteReply\n";
    act(&mut timeline, vote);
    act(&mut timeline, "crash n3\nrestart n3\n");
    assert_eq!(course::reached(&timeline, "leaders 1", 0), Ok(Some(3)));
    assert_eq!(course::reached(&timeline, "leaders 1\nn3 up", 4), Ok(Some(5)));
    assert_eq!(course::reached(&timeline, "leaders 2", 0), Ok(None));
    assert!(course::reached(&timeline, "leaders many", 0).is_err());
    // Before the present moment only.
    timeline.seek(BranchId(0), 2);
    assert_eq!(course::reached(&timeline, "leaders 1", 0), Ok(None));
    act(&mut timeline, "rule election-needs-majority off\n");
    timeline.seek(timeline.cursor().branch, 0);
    act(&mut timeline, "rule pre-vote on\nrule pre-vote off\n");
    act(&mut timeline, vote);
    assert_eq!(timeline.cursor().index, 5);
    assert_eq!(course::reached(&timeline, "leaders 1", 0), Ok(None), "rules were switched");
}
