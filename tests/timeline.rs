//! Time travel: the past is never changed, every moment can be reached again, and what is exported
//! or shared from any moment of any branch replays to exactly that run.

mod common;

use common::{RAFT, actions, aimed, any_action, can_be_said, end, from_scratch};
use consensus_playground::action::{Action, ActionKind};
use consensus_playground::ids::{MessageId, NodeId};
use consensus_playground::scenario::bounds::STEPS_MAX;
use consensus_playground::scenario::text;
use consensus_playground::session::{ActionRequest, Session};
use consensus_playground::timeline::{BranchId, Moment, Timeline};
use proptest::collection::vec;
use proptest::prelude::*;

const MAIN: BranchId = BranchId(0);

/// What a person does in the page.
#[derive(Clone, Debug)]
enum Move {
    Forward(u8),
    RunUntil(u64),
    Seek(u32, u64),
    Wait(u64),
    Act(ActionKind),
}

fn any_move() -> impl Strategy<Value = Move> {
    prop_oneof![
        3 => (1..40u8).prop_map(Move::Forward),
        2 => (1..300u64).prop_map(Move::RunUntil),
        3 => (0..8u32, 0..200u64).prop_map(|(branch, index)| Move::Seek(branch, index)),
        1 => (1..100u64).prop_map(Move::Wait),
        5 => any_action().prop_filter("it can be said", can_be_said).prop_map(Move::Act),
    ]
}

fn beginning() -> impl Strategy<Value = String> {
    let steps = prop_oneof![
        Just(String::new()),
        (1..400u32, 1..90u32).prop_map(|(first, second)| format!(
            "note It begins.\nrun {first}\ninvoke A put x 1\nrun {second}\ncrash n2\nexpect n2 crashed"
        )),
        (1..60u32).prop_map(|count| format!("step {count}\npause n3\nat 500\nnote Later.")),
    ];
    let pace = proptest::sample::select(&["by-time", "by-time", "by-hand", "at-random"][..]);
    (1..50u32, pace, steps).prop_map(|(seed, pace, steps)| {
        let is_timeless = pace == "at-random";
        let passes_time = |line: &&str| line.starts_with("run ") || line.starts_with("at ");
        let steps: String = (steps.lines())
            .map(|line| if is_timeless && passes_time(&line) { "step 9" } else { line })
            .map(|line| format!("{line}\n"))
            .collect();
        format!(
            "nodes 3\nclients 2\nseed {seed}\npace {pace}\n\
            network delay 5..40 loss 3% duplicate 2%\n{steps}"
        )
    })
}

/// Makes a move; returns whether it may have added actions.
fn make(timeline: &mut Timeline, step: &Move) {
    match step {
        Move::Forward(count) => {
            let _ = (0..*count).take_while(|_| timeline.forward()).count();
        }
        Move::RunUntil(span_ms) => {
            timeline.run_until(timeline.world().now_ms() + span_ms);
        }
        Move::Seek(branch, index) => {
            let branch = branch % timeline.branches().len() as u32;
            timeline.seek(BranchId(branch), *index);
        }
        Move::Wait(span_ms) => {
            let at_ms = timeline.moment_ms() + span_ms;
            let _ = timeline.act(&ActionKind::Wait.at(at_ms));
        }
        Move::Act(kind) => {
            let kind = aimed(timeline.world(), kind.clone());
            let _ = timeline.act_now(kind);
        }
    }
}

fn walked(body: &str, moves: &[Move]) -> Timeline {
    let mut timeline = Timeline::open(RAFT.parse(body)).unwrap();
    moves.iter().for_each(|step| make(&mut timeline, step));
    timeline
}

fn all_branches(timeline: &Timeline) -> impl Iterator<Item = BranchId> + use<> {
    (0..timeline.branches().len() as u32).map(BranchId)
}

/// A session on the same run, walked the same way.
fn session(body: &str, moves: &[Move]) -> Session {
    let mut session = Session::from_text(&format!("protocol raft\n{body}")).unwrap();
    moves.iter().for_each(|step| make(session.timeline_mut(), step));
    session
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_moment_is_what_its_actions_make(
        body in beginning(),
        moves in vec(any_move(), 1..25),
        places in vec(0..300u64, 4),
    ) {
        let timeline = walked(&body, &moves);
        for branch in all_branches(&timeline) {
            for index in places.iter().map(|place| place % (timeline.length(branch) + 1)) {
                let found = timeline.world_at(branch, index).fingerprint();
                prop_assert_eq!(found, from_scratch(&timeline, branch, index), "{:?} {}", branch, index);
            }
        }
        let Moment { branch, index } = timeline.cursor();
        prop_assert_eq!(timeline.world().fingerprint(), from_scratch(&timeline, branch, index));
    }

    #[test]
    fn no_move_changes_what_was_recorded_before(
        body in beginning(),
        moves in vec(any_move(), 1..25),
    ) {
        let mut timeline = Timeline::open(RAFT.parse(&body)).unwrap();
        for step in &moves {
            let before: Vec<Vec<Action>> =
                all_branches(&timeline).map(|branch| actions(&timeline, branch)).collect();
            let at_end = timeline.is_at_end();
            let here = timeline.cursor().branch;
            make(&mut timeline, step);
            let count = timeline.branches().len();
            prop_assert!(count >= before.len(), "a branch is gone");
            let may_start = matches!(step, Move::Act(_) | Move::Wait(_)) && !at_end;
            prop_assert!(count <= before.len() + usize::from(may_start), "{:?} made branches", step);
            for (branch, old) in all_branches(&timeline).zip(&before) {
                let new = actions(&timeline, branch);
                prop_assert!(new.starts_with(old), "{:?} changed {:?}", step, branch);
                let may_grow = branch == here && !matches!(step, Move::Seek(..));
                prop_assert!(may_grow || new.len() == old.len(), "{:?} added to {:?}", step, branch);
            }
        }
    }

    #[test]
    fn every_branch_is_exported_to_the_same_actions(
        body in beginning(),
        moves in vec(any_move(), 1..20),
    ) {
        let timeline = walked(&body, &moves);
        for branch in all_branches(&timeline) {
            let exported = timeline.export(end(&timeline, branch));
            let printed = text::print(&exported);
            let parsed = text::parse(&printed).map_err(|e| TestCaseError::fail(format!("{e}\n{printed}")))?;
            let again = Timeline::open(parsed).map_err(|e| TestCaseError::fail(format!("{e}\n{printed}")))?;
            let (old, new) = (actions(&timeline, branch), actions(&again, MAIN));
            let same = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
            prop_assert_eq!(old.get(same), new.get(same), "action {} of {} in\n{}", same, old.len(), printed);
            let fingerprint = |timeline: &Timeline, branch| {
                timeline.world_at(branch, timeline.length(branch)).fingerprint()
            };
            prop_assert_eq!(fingerprint(&timeline, branch), fingerprint(&again, MAIN));
        }
    }

    #[test]
    fn links_and_texts_of_a_session_open_to_the_same_run(
        body in beginning(),
        moves in vec(any_move(), 1..15),
    ) {
        let session = session(&body, &moves);
        let (here, now) = (session.timeline().cursor(), session.timeline().world().fingerprint());
        let length = session.timeline().length(here.branch);
        let whole_end = session.timeline().world_at(here.branch, length).fingerprint();
        for whole in [true, false] {
            let link = session.link(whole).unwrap();
            if link.len() > consensus_playground::scenario::bounds::LINK_CHARS_MAX {
                continue;
            }
            let again = Session::from_link(&link)
                .map_err(|e| TestCaseError::fail(format!("whole={whole}: {e}\n{}", session.text())))?;
            prop_assert_eq!(again.divergence(), None, "whole={}\n{}", whole, session.text());
            prop_assert_eq!(again.cursor().index, here.index);
            prop_assert_eq!(again.timeline().world().fingerprint(), now);
            prop_assert_eq!(again.timeline().length(MAIN), if whole { length } else { here.index });
        }
        let text = session.text();
        let again = Session::from_text(&text).map_err(|e| TestCaseError::fail(format!("{e}\n{text}")))?;
        prop_assert_eq!(again.timeline().length(MAIN), length, "{}", text);
        prop_assert_eq!(again.timeline().world_at(MAIN, length).fingerprint(), whole_end);
    }
}

fn playing() -> Timeline {
    let mut timeline = Timeline::open(RAFT.parse("seed 4\nopen-at 5\nrun 300")).unwrap();
    timeline.seek(MAIN, 5);
    timeline
}

#[test]
fn acting_in_the_past_starts_one_branch_and_leaves_the_others() {
    let mut timeline = playing();
    let before = actions(&timeline, MAIN);
    timeline.act_now(ActionKind::Crash(NodeId(0))).unwrap();
    assert_eq!(timeline.branches().len(), 2);
    assert_eq!(timeline.branches()[1].parent(), Some((MAIN, 5)));
    assert_eq!(timeline.cursor(), Moment { branch: BranchId(1), index: 6 });
    assert_eq!(actions(&timeline, MAIN), before);
    // At the end of the branch the next action belongs to it.
    timeline.act_now(ActionKind::Restart(NodeId(0))).unwrap();
    assert_eq!(timeline.branches().len(), 2);
}

#[test]
fn doing_what_is_recorded_next_starts_no_branch() {
    let mut timeline = playing();
    let next = timeline.next().unwrap();
    timeline.act(&next).unwrap();
    assert_eq!(timeline.branches().len(), 1);
    assert_eq!(timeline.cursor(), Moment { branch: MAIN, index: 6 });
}

#[test]
fn two_branches_from_one_moment_are_siblings() {
    let mut timeline = playing();
    timeline.act_now(ActionKind::Crash(NodeId(0))).unwrap();
    timeline.seek(BranchId(1), 5);
    timeline.act_now(ActionKind::Crash(NodeId(1))).unwrap();
    assert_eq!(timeline.branches()[2].parent(), Some((MAIN, 5)));
}

#[test]
fn a_refused_action_in_the_past_starts_no_branch() {
    let mut timeline = playing();
    let stale = ActionKind::Deliver(MessageId(999_999));
    assert!(timeline.act_now(stale).is_err());
    // Beyond the bound of the clock, which is known only when the action is applied.
    let too_late = ActionKind::Crash(NodeId(0)).at(2_000_000_000);
    assert!(timeline.act(&too_late).is_err());
    assert_eq!(timeline.branches().len(), 1, "what was refused left a branch");
    assert_eq!(timeline.cursor(), Moment { branch: MAIN, index: 5 });
}

#[test]
fn seeking_beyond_an_end_goes_to_the_end() {
    let mut timeline = playing();
    timeline.seek(MAIN, u64::MAX);
    assert_eq!(timeline.cursor(), end(&timeline, MAIN));
    timeline.seek(BranchId(77), 3);
    assert_eq!(timeline.cursor(), Moment { branch: MAIN, index: 3 });
}

#[test]
fn an_action_right_after_a_stretch_of_time_is_exported_where_it_happened() {
    // `run 250` ends at 250 ms, its last action earlier; the person acts at that earlier moment.
    let mut timeline = Timeline::open(RAFT.parse("seed 4\nrun 250\nrun 50")).unwrap();
    let index = (0..timeline.length(MAIN))
        .take_while(|index| timeline.action(MAIN, *index).unwrap().at_ms <= 250)
        .count() as u64;
    timeline.seek(MAIN, index);
    let crash_ms = timeline.moment_ms();
    timeline.act_now(ActionKind::Crash(NodeId(0))).unwrap();
    let again = Timeline::open(timeline.export(timeline.cursor())).unwrap();
    assert_eq!(actions(&again, MAIN).last().unwrap().at_ms, crash_ms);
    assert_eq!(actions(&again, MAIN), actions(&timeline, BranchId(1)));
}

/// A session, one request, and its link opened again.
fn shared_after(request: ActionRequest) -> Result<(u64, u64), String> {
    let mut session = Session::from_text("protocol raft\nseed 4\nstep 60").unwrap();
    let end = session.timeline().length(MAIN);
    session.timeline_mut().seek(MAIN, end);
    // What cannot be shared must have been refused.
    if session.act(&request).is_err() {
        return Ok((0, 0));
    }
    let again =
        Session::from_link(&session.link(true).unwrap()).map_err(|error| error.to_string())?;
    Ok((session.timeline().world().fingerprint(), again.timeline().world().fingerprint()))
}

#[test]
fn whatever_the_page_may_do_its_link_can_say() {
    let word = |word: &str| ActionRequest { word: word.to_owned(), ..ActionRequest::default() };
    let on = |name: &str, node| ActionRequest { node: Some(node), ..word(name) };
    let requests = [
        ActionRequest { amount: Some(0), ..word("wait") },
        ActionRequest { amount: Some(20_000_000), ..word("wait") },
        ActionRequest { message: Some(0), amount: Some(0), ..word("delay") },
        ActionRequest { amount: Some(0), ..on("clock-jump", 1) },
        ActionRequest { amount: Some(0), ..on("clock-rate", 1) },
        word("cut"),
        ActionRequest { from: vec![0], ..word("cut") },
        word("heal"),
        word("partition"),
        ActionRequest { from: vec![0, 1, 2, 3, 4], ..word("partition") },
        ActionRequest {
            client: Some(0),
            operation: Some("put x #comment".to_owned()),
            ..word("invoke")
        },
        ActionRequest { client: Some(0), operation: Some("put # 1".to_owned()), ..word("invoke") },
        ActionRequest {
            client: Some(0),
            operation: Some("put \u{3000}x 1".to_owned()),
            ..word("invoke")
        },
        on("hold-disk", 2),
        ActionRequest { command: Some(0), argument: Some(3), ..on("command", 0) },
    ];
    let wrong: Vec<String> = requests
        .into_iter()
        .filter_map(|request| match shared_after(request.clone()) {
            Ok((before, after)) if before == after => None,
            Ok(_) => Some(format!("{request:?}: another run")),
            Err(error) => Some(format!("{request:?}: {error}")),
        })
        .collect();
    assert!(wrong.is_empty(), "accepted, but lost in its link:\n{}", wrong.join("\n"));
}

#[test]
fn a_long_run_seeks_right_everywhere() {
    let mut timeline = Timeline::open(RAFT.parse("seed 7\nnetwork loss 2%")).unwrap();
    let mut fingerprints = vec![timeline.world().fingerprint()];
    while timeline.cursor().index < 20_000 {
        assert!(timeline.forward());
        fingerprints.push(timeline.world().fingerprint());
    }
    for place in 0..50u64 {
        // A stride that is no multiple of any checkpoint's, forwards and backwards.
        let index = place * 7919 % 20_001;
        timeline.seek(MAIN, index);
        assert_eq!(timeline.world().fingerprint(), fingerprints[index as usize], "at {index}");
    }
}

#[test]
fn a_run_too_long_for_a_link_says_so() {
    let mut session = Session::from_text("protocol raft\npace by-hand\n").unwrap();
    let toggle = |on| ActionRequest {
        word: "rule".to_owned(),
        rule: Some("pre-vote".to_owned()),
        on,
        ..ActionRequest::default()
    };
    for _ in 0..STEPS_MAX / 2 + 1 {
        session.act(&toggle(false)).unwrap();
        session.act(&toggle(true)).unwrap();
    }
    let error = session.link(true).unwrap_err();
    assert_eq!((error.kind, error.code.as_str()), ("bound", "too-long"));
    assert!(error.message.contains("at most 10000"), "{}", error.message);
}
