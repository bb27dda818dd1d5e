//! What is wrong with a scenario's text is told with line, column and what was expected.

use consensus_playground::scenario::bounds::{TEXT_BYTES_MAX, WORDS_BYTES_MAX};
use consensus_playground::scenario::text;
use consensus_playground::session::Session;

/// A body below `protocol raft`, and where what is wrong with it.
type Row = (&'static str, u32, u32, &'static str);

fn complaints(rows: &[Row]) -> String {
    let complaint = |(body, line, column, part): &Row| {
        let source = format!("protocol raft\n{body}");
        match text::parse(&source) {
            Ok(_) => Some(format!("accepted: {body:?}")),
            Err(error) => {
                let place = (error.line, error.column) == (*line, *column);
                let says = error.message.contains(part) && !error.message.contains('\n');
                (!place || !says)
                    .then(|| format!("{body:?}, {line}:{column}, {part:?}: got {error}"))
            }
        }
    };
    rows.iter().filter_map(complaint).collect::<Vec<_>>().join("\n")
}

fn expect_all(rows: &[Row]) {
    let wrong = complaints(rows);
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn the_first_line_names_a_known_protocol() {
    for (source, line, column, part) in [
        ("", 1, 1, "expected `protocol`"),
        ("\n # only a comment\n", 1, 1, "expected `protocol`"),
        ("title X\nprotocol raft", 1, 1, "must be `protocol NAME`"),
        ("protocol", 1, 9, "expected the name of a protocol: raft"),
        ("\n\nprotocol rift", 3, 10, "there is no protocol “rift”"),
        ("protocol raft x", 1, 15, "end of the line"),
        ("\u{feff}protocol raft", 1, 1, "must be `protocol NAME`"),
    ] {
        let error = text::parse(source).unwrap_err();
        assert_eq!((error.line, error.column), (line, column), "{source:?}: {error}");
        assert!(error.message.contains(part), "{source:?}: {error}");
    }
}

#[test]
fn a_wrong_header_is_told_where_it_is() {
    expect_all(&[
        ("title", 2, 1, "some words"),
        ("title.fr Salut", 2, 1, "“title.fr” is no keyword"),
        ("about   ", 2, 1, "some words"),
        ("protocol raft", 2, 1, "no keyword"),
        ("nodes", 2, 6, "but the line ends"),
        ("nodes 1", 2, 7, "from 2 to 101, found “1”"),
        ("nodes 102", 2, 7, "from 2 to 101"),
        ("nodes three", 2, 7, "a whole number"),
        ("nodes 3 4", 2, 9, "end of the line, found “4”"),
        ("clients 27", 2, 9, "from 0 to 26"),
        ("seed -1", 2, 6, "a seed"),
        ("seed 18446744073709551616", 2, 6, "a seed"),
        ("seed +1", 2, 6, "a seed"),
        ("pace slow", 2, 6, "by-time, by-hand or at-random, found “slow”"),
        ("pace", 2, 5, "by-time, by-hand or at-random"),
        ("open-at 1000001", 2, 9, "from 0 to 1000000"),
        ("budget", 2, 7, "a kind of surprise, such as timers, and how many"),
        ("budget wonders 1", 2, 8, "a kind of surprise (operations, timers, crashes, "),
        ("budget timers", 2, 14, "how many"),
        ("budget timers 3 crashes 0", 2, 25, "from 1 to 99"),
        ("budget timers=3", 2, 8, "found “timers=3”"),
        ("network", 2, 8, "delay LOW..HIGH"),
        ("network fast", 2, 9, "found “fast”"),
        ("network delay 30..10", 2, 15, "such as 10..30, at most 10000000, found “30..10”"),
        ("network delay 1..99999999999", 2, 15, "a delay in milliseconds"),
        ("network loss 5", 2, 14, "such as 5% or 0.5%"),
        ("network loss 100.1%", 2, 14, "found “100.1%”"),
        ("network delay 1..2 loss", 2, 24, "a share of messages lost"),
        ("network duplicate x%", 2, 19, "a share of messages copied"),
        ("link n1", 2, 6, "expected a link such as n1->n2"),
        ("link A->n1 loss 1%", 2, 6, "a link between two nodes"),
        ("link n1->* loss 1%", 2, 6, "a link between two nodes"),
        ("link n1->n9 loss 1%", 2, 6, "there is no n9: 5 nodes"),
        ("link n1->n2", 2, 12, "delay LOW..HIGH"),
        ("waiting retry 0", 2, 15, "from 1 to"),
        ("waiting sometimes", 2, 9, "end of the line"),
        ("start-clock 3", 2, 13, "a node such as n1, found “3”"),
        ("start-clock n3 rate 10001", 2, 21, "from 0 to 10000"),
        ("start-clock n8", 2, 13, "there is no n8"),
        ("set speed 9", 2, 5, "there is no setting “speed”"),
        ("set heartbeat", 2, 14, "its value"),
        ("set heartbeat fast", 2, 15, "a number from 1 to 100000"),
        ("set reads quorum", 2, 11, "one of log, read-index, lease"),
        ("without", 2, 8, "the name of a rule"),
        ("without pre-vote luck", 2, 18, "there is no rule “luck”"),
        ("disk", 2, 5, "a node such as n1"),
        ("disk n7 term 1", 2, 6, "there is no n7"),
        ("disk n1 term", 2, 9, "a term after `term`"),
        ("disk n1 term 2 log 2 1", 2, 9, "never fall"),
        ("disk n1 term 1 log 2", 2, 9, "no lower"),
        ("disk n1 log x", 2, 9, "TERM or TERM:KEY=VALUE"),
        ("disk n1 vote 2", 2, 9, "a node from n1 to n5"),
        ("disk n1 colour red", 2, 9, "term NUMBER"),
        ("run 5\nnodes 3", 3, 1, "`nodes` must come before the first step"),
        ("run 5\ntitle.zh 题", 3, 1, "must come before"),
        ("run 5\nprotocol raft", 3, 1, "must come before"),
    ]);
}

#[test]
fn a_wrong_step_is_told_where_it_is() {
    expect_all(&[
        ("sing", 2, 1, "“sing” is no keyword"),
        ("run 5\nsing", 3, 1, "“sing” is no step"),
        ("note", 2, 1, "some words"),
        ("note.zh", 2, 1, "some words"),
        ("run", 2, 4, "milliseconds, a whole number"),
        ("run 0", 2, 5, "from 1 to"),
        ("run 10000001", 2, 5, "from 1 to 10000000"),
        ("at", 2, 3, "a moment"),
        ("at 1000000001", 2, 4, "to 1000000000"),
        ("at 5 at 6", 2, 6, "one moment a line"),
        ("at 5 sing", 2, 6, "no keyword"),
        ("at 5 crash n9", 2, 12, "there is no n9"),
        ("step 0", 2, 6, "a number of actions"),
        ("step 100001", 2, 6, "to 100000"),
        ("settle now", 2, 8, "end of the line"),
        ("wait x", 2, 6, "milliseconds"),
        ("deliver", 2, 8, "a link such as n1->n2"),
        ("deliver n1-n2 PreVote", 2, 9, "expected a link"),
        ("deliver n1->n2 Hello", 2, 16, "there is no message “Hello”"),
        ("deliver n1->n2 *", 2, 16, "leave the kind out"),
        ("deliver n1->n2 PreVote #0", 2, 24, "such as #2"),
        ("drop n1->* PreVote #2", 2, 20, "needs a sender, a receiver and a kind"),
        ("duplicate n0->n2", 2, 11, "expected a link"),
        ("duplicate n1->n2 PreVote PreVote", 2, 26, "end of the line"),
        ("delay n1->n2 PreVote", 2, 21, "expected `by`"),
        ("delay n1->n2 by 0", 2, 17, "from 1 to"),
        ("timeout n1", 2, 11, "election or heartbeat"),
        ("timeout n1 lunch", 2, 12, "election or heartbeat, found “lunch”"),
        ("crash", 2, 6, "a node such as n1"),
        ("crash n1 2", 2, 10, "end of the line, found “2”"),
        ("restart all", 2, 9, "a node such as n1"),
        ("pause n3000", 2, 7, "a node such as n1"),
        ("resume n01", 2, 8, "a node such as n1"),
        ("lose-disk", 2, 10, "a node such as n1"),
        ("hold-disk x", 2, 11, "a node such as n1"),
        ("sync-disk A", 2, 11, "a node such as n1"),
        ("cut n1 n2", 2, 8, "nodes, an arrow and nodes"),
        ("heal n1 ->", 2, 9, "nodes, an arrow and nodes"),
        ("partition n1 | x", 2, 16, "a node such as n1"),
        ("clock n1", 2, 9, "`rate` or `ahead`"),
        ("clock n1 fast", 2, 10, "expected rate or ahead"),
        ("clock n1 rate 10001", 2, 15, "from 0 to 10000"),
        ("clock n1 ahead 0", 2, 16, "from 1 to"),
        ("rule", 2, 5, "the name of a rule"),
        ("rule pre-vote", 2, 14, "on or off"),
        ("rule pre-vote maybe", 2, 15, "expected on or off"),
        ("invoke", 2, 7, "a client such as A"),
        ("invoke AA get x", 2, 8, "a client such as A"),
        ("invoke B get x", 2, 14, "there is no client B: 5 nodes, 1 clients"),
        ("invoke A fetch x", 2, 16, "put KEY VALUE"),
        ("invoke A put x", 2, 14, "put KEY VALUE"),
        ("invoke A put x 0123456789012345678901234567890123", 2, 16, "at most 32 bytes"),
        ("retry a", 2, 7, "a client such as A"),
        ("give-up n1", 2, 9, "a client such as A"),
        ("command n1", 2, 11, "transfer-leadership"),
        ("command n1 abdicate n2", 2, 12, "expected transfer-leadership"),
        ("command n1 transfer-leadership", 2, 31, "a node such as n1"),
    ]);
}

#[test]
fn a_wrong_expectation_is_told_where_it_is() {
    expect_all(&[
        ("expect", 2, 7, "leader NODE"),
        ("expect luck", 2, 8, "found “luck”"),
        ("expect leader", 2, 14, "a node such as n1"),
        ("expect leader n6", 2, 15, "there is no n6"),
        ("expect A ok", 2, 8, "expected `reply A`"),
        ("expect reply A", 2, 14, "expected a result"),
        ("expect reply Z ok", 2, 16, "there is no client Z"),
        ("expect n1", 2, 10, "up, paused, crashed"),
        ("expect n1 term", 2, 15, "expected a value"),
        ("expect n1 value", 2, 16, "a key"),
        ("expect n1 value x", 2, 18, "expected a value"),
        ("expect n1 up now", 2, 14, "end of the line"),
        ("expect violated everything", 2, 17, "there is no invariant “everything”"),
        ("expect holds", 2, 13, "the name of an invariant"),
        ("expect all", 2, 11, "expected `hold`"),
        ("expect message", 2, 15, "a link such as n1->n2"),
        ("expect no n1->n2", 2, 11, "expected `message`"),
        ("expect applied luck", 2, 16, "there is no rule"),
        ("expect missed", 2, 14, "the name of a rule"),
        ("expect history", 2, 15, "a consistency model"),
        ("expect history not strong", 2, 20, "there is no consistency model “strong”"),
        ("expect history causal now", 2, 23, "end of the line"),
    ]);
}

#[test]
fn columns_count_characters_not_bytes() {
    expect_all(&[
        ("\u{3000}nodes three", 2, 8, "a whole number"),
        ("note 一二三\ncrash 一二", 3, 7, "found “一二”"),
        ("invoke A put 键 值 值", 2, 18, "put KEY VALUE"),
    ]);
}

#[test]
fn an_impossible_step_is_told_with_its_line() {
    for (body, line, part) in [
        ("crash n1\n\ncrash n1", 4, "step 2 (`crash n1`): n1 is crashed"),
        ("resume n2", 2, "n2 is not paused"),
        ("deliver n1->n2 PreVote", 2, "no such message is in flight"),
        ("clients 0\nrun 5\nretry A", 4, "no client A"),
        ("timeout n1 heartbeat", 2, "that timer of n1 is not running"),
        ("rule pre-vote on", 2, "it would change nothing"),
        ("sync-disk n1", 2, "the disk of n1 is not held"),
    ] {
        let Err(error) = Session::from_text(&format!("protocol raft\n{body}")) else {
            panic!("accepted: {body}");
        };
        assert_eq!(error.line, Some(line), "{body:?}: {error}");
        assert!(error.message.contains(part), "{body:?}: {error}");
    }
}

#[test]
fn texts_words_and_numbers_have_bounds() {
    let long = "protocol raft\n".to_owned() + &"# x\n".repeat(TEXT_BYTES_MAX / 4);
    assert!(text::parse(&long).unwrap_err().message.contains("at most 262144 bytes"));
    let note = format!("protocol raft\nnote {}", "x".repeat(WORDS_BYTES_MAX + 1));
    assert!(text::parse(&note).unwrap_err().message.contains("at most 2000 bytes"));
    let steps = "protocol raft\n".to_owned() + &"settle\n".repeat(10_001);
    let error = text::parse(&steps).unwrap_err();
    assert_eq!(error.line, 10_002);
    assert!(error.message.contains("at most 10000 steps"), "{error}");
    for number in ["99999999999999999999999", "1e9", "0x10", "1_000", "-0", "１"] {
        let error = text::parse(&format!("protocol raft\nrun {number}")).unwrap_err();
        assert!(error.message.contains(number), "{error}");
    }
}
