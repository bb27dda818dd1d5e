//! Whatever text is read, nothing panics; and what is accepted can be printed and read again.

use consensus_playground::scenario::{Scenario, Step, presets, text};
use consensus_playground::timeline::Timeline;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

#[test]
fn whatever_is_accepted_can_be_printed_and_read_again() {
    let bodies = [
        "link n5->n4 loss 5%\nnodes 3",
        "start-clock n5 rate 500\nnodes 3",
        "link n1->n2 loss 5%\nnetwork loss 5%",
        "link n1->n2 delay 10..30\nnetwork loss 5%",
        "nodes 3\nnodes 4\ncrash n4",
        "without pre-vote pre-vote",
        "waiting",
        "start-clock n1",
        "disk n1",
        "disk n1 term 3 vote n9",
        "disk n1 log 0",
        "set reads lease\nset reads log",
        "clients 3\ninvoke A put x 1 to n2\ninvoke B put to 2",
        "invoke A get x to",
        "note # not a comment",
        "note a\u{2028}b",
        "note a\rb",
        "title \u{85}x\u{85}",
        "partition n1 n2 n3 n4 n5",
        "cut n1 n1 -> n1",
        "expect n1 value x a b",
        "expect n1 term 1 2 3",
        "expect reply A 1 2",
        "crash n1 # a comment",
        "run 5ms",
    ];
    let wrong: Vec<String> = bodies
        .into_iter()
        .filter_map(|body| {
            let scenario = text::parse(&format!("protocol raft\n{body}")).ok()?;
            Some(format!("{body:?}: {}", stable(&scenario).err()?))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn stable(scenario: &Scenario) -> Result<(), String> {
    let printed = text::print(scenario);
    let again = text::parse(&printed).map_err(|error| format!("{error} in\n{printed}"))?;
    if again == *scenario { Ok(()) } else { Err(format!("another scenario:\n{printed}")) }
}

/// Whether a run is short enough to try here.
fn is_short(scenario: &Scenario) -> bool {
    let cost = |step: &Step| match step {
        Step::Run(ms) => u64::from(*ms),
        Step::At(ms) => *ms,
        Step::Steps(count) => u64::from(*count),
        _ => 1,
    };
    let settings = &scenario.config.settings;
    let is_calm = settings[0] >= 20 && settings[1] >= 20 && settings[2] >= 20;
    let rates = scenario.config.clocks.values().all(|clock| clock.rate_permille <= 2000);
    is_calm && rates && scenario.steps.iter().map(cost).sum::<u64>() < 6_000
}

fn try_all(source: &str) -> Result<(), TestCaseError> {
    match text::parse(source) {
        Ok(scenario) => {
            stable(&scenario).map_err(TestCaseError::fail)?;
            if is_short(&scenario) {
                let _ = Timeline::open(scenario);
            }
        }
        Err(error) => {
            let lines = source.lines().count().max(1) as u32;
            prop_assert!(error.line >= 1 && error.line <= lines, "{}", error);
            prop_assert!(!error.message.contains('\n'), "{}", error);
        }
    }
    Ok(())
}

const PIECES: &[&str] = &[
    "n1",
    "n9",
    "A",
    "Z",
    "->",
    "<->",
    "*",
    "|",
    "#",
    "#1",
    "0",
    "99999999999999999999",
    "-1",
    "5%",
    "..",
    "1..2",
    "crash",
    "restart n1",
    "heal",
    "cut",
    "partition",
    "at 5",
    "run 40",
    "hold-disk n1",
    "lose-disk n1",
    "clock n1 rate 0",
    "clock n2 ahead 10000000",
    "settle",
    "note",
    "expect all hold",
    "nodes 2",
    "clients 0",
    "pace by-hand",
    "disk n1 log 1",
    "without",
    "set reads lease",
    "\t",
    "\u{3000}",
    "一",
    "\r",
    "\u{0}",
    "to",
    "by 5",
    "invoke A cas x 1 2",
    "retry A",
    "give-up A",
    "drop *->*",
    "duplicate *->*",
    "command n1 transfer-leadership n2",
    "timeout n1 election",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_text_never_panics(source in "\\PC{0,200}") {
        try_all(&source)?;
        try_all(&format!("protocol raft\n{source}"))?;
    }

    #[test]
    fn random_words_never_panic(lines in vec(vec(select(PIECES), 1..6), 0..12)) {
        let lines: Vec<String> = lines.iter().map(|words| words.join(" ")).collect();
        try_all(&format!("protocol raft\n{}", lines.join("\n")))?;
    }

    #[test]
    fn damaged_presets_never_panic(
        which in any::<Index>(),
        cuts in vec((any::<Index>(), any::<Index>(), 0..4u8, select(PIECES)), 1..4),
    ) {
        let presets = presets::all();
        let mut lines: Vec<String> =
            which.get(&presets).text.lines().map(str::to_owned).collect();
        for (line, word, how, piece) in cuts {
            let place = line.index(lines.len());
            let mut words: Vec<String> = lines[place].split(' ').map(str::to_owned).collect();
            let at = word.index(words.len());
            match how {
                0 => words[at] = piece.to_owned(),
                1 => words.insert(at, piece.to_owned()),
                2 => drop(words.remove(at)),
                _ => drop(lines.remove(place)),
            }
            if how < 3 {
                lines[place] = words.join(" ");
            }
            if lines.is_empty() {
                lines.push(String::new());
            }
        }
        try_all(&lines.join("\n"))?;
    }
}
