//! Share links: whatever was put in comes out, and nothing else ever does.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use consensus_playground::scenario::link::{
    Link, LinkError, Recorded, decode, encode, from_query, to_query,
};
use consensus_playground::scenario::{Language, Scenario, Step, bounds, presets, text};
use consensus_playground::timeline::{BranchId, Moment, Timeline};
use proptest::prelude::*;

#[path = "links/scenarios.rs"]
mod scenarios;

const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

fn bare(text: &str) -> Link {
    Link { scenario: text::parse(text).unwrap(), recorded: None }
}

/// A link around a payload of any bytes, with the length and the checksum it must have.
fn seal(payload: &[u8]) -> String {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut bytes = Vec::new();
    let mut length = payload.len();
    while length > 0x7F {
        bytes.push(length as u8 & 0x7F | 0x80);
        length >>= 7;
    }
    bytes.push(length as u8);
    bytes.extend_from_slice(payload);
    let text = format!("v1.{}", URL_SAFE_NO_PAD.encode(bytes));
    let mut checksum = crc32fast::hash(text.as_bytes());
    let mut digits = Vec::new();
    for _ in 0..6 {
        digits.push(char::from(DIGITS[(checksum % 62) as usize]));
        checksum /= 62;
    }
    text + &digits.iter().rev().collect::<String>()
}

/// The payload of a link: flags and content.
fn open(link: &str) -> Vec<u8> {
    let bytes = URL_SAFE_NO_PAD.decode(&link[3..link.len() - 6]).unwrap();
    let length_bytes = bytes.iter().take_while(|byte| **byte & 0x80 != 0).count() + 1;
    bytes[length_bytes..].to_vec()
}

/// Links of several sizes, one of them deflated.
fn samples() -> Vec<String> {
    let long = "protocol raft\n".to_owned() + &"run 100\ncrash n1\nnote It is down.\n".repeat(9);
    let samples = vec![
        encode(&bare("protocol raft")),
        encode(&bare("protocol raft\nseed 7\nrun 300\ncrash n1")),
        encode(&Link { scenario: scenarios::forty_faults(), recorded: Some(scenarios::run()) }),
        encode(&bare(&long)),
    ];
    assert_eq!(open(&samples[2])[0], 0, "packed");
    assert_eq!(open(&samples[3])[0], 1, "deflated");
    samples
}

proptest! {
    #[test]
    fn whatever_was_put_in_comes_out(link in scenarios::link()) {
        let text = encode(&link);
        prop_assert_eq!(decode(&text), Ok(link));
        prop_assert!(text.ends_with(|c: char| c.is_ascii_alphanumeric()));
    }

    #[test]
    fn a_query_loses_nothing(scenario in scenarios::without_steps()) {
        let query = to_query(&scenario).unwrap();
        prop_assert_eq!(from_query(&query), Ok(Some(scenario.clone())), "{}", query);
        prop_assert_eq!(from_query(&format!("?utm_source=x&{query}&lang=zh")), Ok(Some(scenario)));
    }

    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,80}", body in "#?v[12]?\\.[A-Za-z0-9_%=-]{0,80}") {
        prop_assert!(decode(&text).is_err());
        prop_assert!(decode(&body).is_err());
        prop_assert!(from_query(&text).is_ok_and(|found| found.is_none()) || text.contains("protocol"));
        let _ = from_query(&format!("protocol=raft&{text}"));
    }

    #[test]
    fn no_content_makes_it_panic(
        flags in 0u8..3,
        content in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let payload: Vec<u8> = [flags, 0].into_iter().chain(content).collect();
        if let Ok(link) = decode(&seal(&payload)) {
            prop_assert_eq!(decode(&encode(&link)), Ok(link));
        }
    }

    #[test]
    fn content_that_was_tampered_with_is_refused_or_valid(
        link in scenarios::link(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut payload = open(&encode(&link));
        for (place, byte) in changes {
            let place = place.index(payload.len());
            payload[place] = byte;
        }
        if let Ok(link) = decode(&seal(&payload)) {
            let said = text::print(&link.scenario);
            prop_assert_eq!(text::parse(&said), Ok(link.scenario.clone()));
            prop_assert_eq!(decode(&encode(&link)), Ok(link));
        }
    }
}

#[test]
fn every_truncation_is_an_error_that_says_so() {
    for link in samples() {
        for length in 0..link.len() {
            let error = decode(&link[..length]).unwrap_err();
            let expected = match length {
                0 => LinkError::Empty,
                1..14 if matches!(error, LinkError::Truncated { missing: None }) => continue,
                _ => LinkError::Truncated { missing: Some(link.len() - length) },
            };
            assert_eq!(error, expected, "{length} characters of {link}");
        }
    }
}

#[test]
fn every_change_of_one_character_is_an_error() {
    for link in samples() {
        for place in 0..link.len() {
            let (before, after) = link.split_at(place);
            let deleted = format!("{before}{}", &after[1..]);
            assert!(decode(&deleted).is_err(), "{deleted}");
            for other in ALPHABET.chars() {
                let inserted = format!("{before}{other}{after}");
                assert!(decode(&inserted).is_err(), "{inserted}");
                let substituted = format!("{before}{other}{}", &after[1..]);
                assert!(substituted == link || decode(&substituted).is_err(), "{substituted}");
            }
        }
        for other in ALPHABET.chars() {
            assert!(decode(&format!("{link}{other}")).is_err());
        }
    }
}

#[test]
fn every_transposition_is_an_error() {
    for link in samples() {
        for left in 0..link.len() {
            for right in left + 1..link.len() {
                let mut bytes = link.clone().into_bytes();
                bytes.swap(left, right);
                let swapped = String::from_utf8(bytes).unwrap();
                assert!(swapped == link || decode(&swapped).is_err(), "{swapped}");
            }
        }
    }
}

#[test]
fn what_others_put_around_a_link_does_not_matter() {
    for link in samples() {
        let whole = decode(&link).unwrap();
        let encoded = link.replace('v', "%76");
        for text in [
            format!("#{link}"),
            format!("  {link}\r\n"),
            format!("<{link}>"),
            format!("({link})."),
            format!("{link},"),
            format!("{link}=="),
            link.replace('-', "+").replace('_', "/"),
            format!("https://example.org/play/?protocol=raft&lang=zh#{link}"),
            format!("<https://example.org/play/#{link}>."),
            format!("https://example.org/play/%23{link}"),
            format!("https%3A%2F%2Fexample.org%2Fplay%2F%23{encoded}"),
            format!("https%253A%252F%252Fexample.org%252F%2523{link}"),
        ] {
            assert_eq!(decode(&text), Ok(whole.clone()), "{text}");
        }
    }
}

#[test]
fn each_error_is_told_from_the_others() {
    let code = |text: &str| decode(text).unwrap_err().code();
    let link = &samples()[1];
    assert_eq!(code(" "), "empty");
    assert_eq!(code("#"), "empty");
    assert_eq!(code("https://example.org/"), "not-a-link");
    assert_eq!(code("#raft"), "not-a-link");
    assert_eq!(code("v"), "truncated");
    assert_eq!(code("v1"), "truncated");
    assert_eq!(code("v1."), "truncated");
    assert_eq!(code("v2.abc"), "newer");
    assert_eq!(code("v17.abc"), "newer");
    assert_eq!(code(&link.replacen("v1.", "v0.", 1)), "not-a-link");
    assert_eq!(code(&format!("{link}A")), "altered");
    assert_eq!(code(&format!("v1.{}", "A".repeat(bounds::LINK_CHARS_MAX))), "too-long");
    assert_eq!(code(&"%".repeat(10 * bounds::LINK_CHARS_MAX)), "too-long");
    let broken = format!("{} {}", &link[..9], &link[9..]);
    assert_eq!(decode(&broken), Err(LinkError::BadCharacter { place: 10, character: ' ' }));
    let message = decode(&link[..link.len() - 12]).unwrap_err().to_string();
    assert_eq!(message, "the link is cut off: 12 characters are missing, copy it whole");
}

#[test]
fn content_beyond_its_bounds_is_refused() {
    let wrong = |payload: &[u8]| match decode(&seal(payload)) {
        Err(LinkError::Invalid { what }) => what,
        other => panic!("expected it to be invalid, found {other:?}"),
    };
    let steps = |bytes: &[u8]| wrong(&[&[0, 0, 0x20, 1], bytes].concat());
    assert!(wrong(&[0, 77]).contains("the protocol has number 77"));
    assert!(wrong(&[0, 0, 0x80, 0x80, 0x20]).contains("newer"));
    assert!(wrong(&[7, 0, 0]).contains("flags"));
    assert!(wrong(&[0, 0, 0, 9]).contains("1 bytes more"));
    assert!(wrong(&[0, 0, 0x02, 102]).contains("from 2 to 101"), "102 nodes");
    assert!(steps(&[6, 8]).contains("there is no n9"), "{}", steps(&[6, 8]));
    assert!(steps(&[1, 0]).contains("never a step"), "a message by its id");
    assert!(steps(&[5, 0, 2]).contains("the timer has number 2"));
    assert!(steps(&[0x40, 3, b'a', b'\n', b'b']).contains("step 1: the note has a line break"));
    assert!(steps(&[0x40, 0]).contains("expected some words"), "a note of none");
    assert!(steps(&[0x40, 2, b' ', b'a']).contains("step 1, “note  a”"), "a note with a margin");
    assert!(steps(&[20, 1, 0, 3, b'a', b' ', b'b', 1, b'c']).contains("put a b c"));
    let bomb = miniz_oxide::deflate::compress_to_vec(&vec![0; 5_000_000], 10);
    assert!(wrong(&[&[1][..], &bomb].concat()).contains("unfold"));
    let mut many = vec![0, 0x20, 0x91, 0x4E];
    many.resize(many.len() + bounds::STEPS_MAX + 1, 0x53);
    let many = miniz_oxide::deflate::compress_to_vec(&many, 10);
    assert!(wrong(&[&[1][..], &many].concat()).contains("at most 10000"));
}

#[test]
fn a_scenario_of_any_size_is_carried_or_refused() {
    let mut scenario = Scenario::new(0);
    scenario.steps = vec![Step::Settle; bounds::STEPS_MAX];
    let link = Link { scenario, recorded: None };
    assert_eq!(decode(&encode(&link)), Ok(link));
    let mut scenario = Scenario::new(0);
    let note = |place: u64| Step::Note(Language::En, format!("{:x}", place.wrapping_pow(9)));
    scenario.steps = (0..9000).map(note).collect();
    let error = decode(&encode(&Link { scenario, recorded: None })).unwrap_err();
    assert_eq!(error.code(), "too-long");
}

#[test]
fn forty_faults_fit_a_code_that_a_phone_reads() {
    let link =
        encode(&Link { scenario: scenarios::forty_faults(), recorded: Some(scenarios::run()) });
    let without = encode(&Link { scenario: scenarios::forty_faults(), recorded: None });
    println!("{} characters, {} without the recorded run", link.len(), without.len());
    assert!(link.len() <= 300, "{} characters: {link}", link.len());
}

#[test]
fn a_query_says_what_it_can_and_what_is_wrong() {
    let query = "?protocol=raft&nodes=3&seed=42&clients=2&without=pre-vote,check-quorum\
                 &set.reads=lease&pace=by-hand&delay=10..40&loss=5%&duplicate=0.5%25&ordered=yes\
                 &retry=200&give-up=900&utm_source=mail&lang=zh&theme=dark&scenario=x&embed=1";
    let scenario = from_query(query).unwrap().unwrap();
    let said = "protocol raft\nnodes 3\nclients 2\nseed 42\npace by-hand\n\
                network delay 10..40 loss 5% duplicate 0.5% ordered\n\
                waiting retry 200 give-up 900\nset reads lease\nwithout pre-vote check-quorum\n";
    assert_eq!(scenario, text::parse(said).unwrap());
    assert_eq!(
        to_query(&scenario).unwrap(),
        "protocol=raft&nodes=3&clients=2&seed=42&pace=by-hand&without=pre-vote,check-quorum\
         &set.reads=lease&delay=10..40&loss=5%25&duplicate=0.5%25&ordered=yes&retry=200&give-up=900"
    );
    assert_eq!(from_query(""), Ok(None));
    assert_eq!(from_query("?lang=zh&nodes=3"), Ok(None), "no protocol");
    for (query, name, what) in [
        ("protocol=rift", "protocol", "raft"),
        ("protocol=", "protocol", "expected a value"),
        ("protocol=raft&nodes=102", "nodes", "from 2 to 101"),
        ("protocol=raft&node=3", "node", "nodes, clients"),
        ("protocol=raft&set.speed=3", "set.speed", "heartbeat"),
        ("protocol=raft&set.reads=fast", "set.reads", "read-index"),
        ("protocol=raft&without=pre-vote,gravity", "without", "gravity"),
        ("protocol=raft&delay=30..10", "delay", "10..30"),
        ("protocol=raft&delay=1..2&loss=101%", "loss", "5%"),
        ("protocol=raft&ordered=1", "ordered", "yes or no"),
        ("protocol=raft&seed=1&seed=2", "seed", "twice"),
        ("protocol=raft&seed=1%0Acrash%20n1", "seed", "single word"),
        ("protocol=raft&seed=1+2", "seed", "single word"),
    ] {
        match from_query(query) {
            Err(LinkError::Parameter { name: found, what: message }) => {
                assert_eq!(found, name, "{query}");
                assert!(message.contains(what), "{query}: {message}");
            }
            other => panic!("{query}: {other:?}"),
        }
    }
    assert_eq!(to_query(&text::parse("protocol raft\nrun 100").unwrap()), None, "it has a step");
    assert_eq!(to_query(&text::parse("protocol raft\ntitle Me").unwrap()), None, "it has a title");
}

#[test]
fn links_of_the_past_are_kept_for_ever() {
    let mut count = 0;
    for line in include_str!("links/v1.txt").lines().filter(|line| !line.starts_with('#')) {
        let (link, said) = line.split_once('\t').unwrap();
        let found = decode(link).unwrap();
        assert_eq!(text::print(&found.scenario).trim_end().replace('\n', "\\n"), said, "{link}");
        assert_eq!(encode(&found), link, "today it would be another link");
        count += 1;
    }
    assert!(count >= 5);
}

/// The runs of the shipped scenarios, as links that were made once, in a file for each version. A change
/// of a protocol that makes one of them diverge breaks links that people have; until a version is
/// released `UPDATE_GOLDENS=1 cargo test --test link` writes its file anew, and never another.
#[test]
fn runs_of_every_version_still_replay() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/links/runs");
    let present = folder.join(concat!(env!("CARGO_PKG_VERSION"), ".txt"));
    if std::env::var_os("UPDATE_GOLDENS").is_some() {
        let lines: Vec<String> = presets::all()
            .into_iter()
            .map(|preset| {
                let scenario = text::parse(preset.text).unwrap();
                let timeline = Timeline::open(scenario.clone()).unwrap();
                let branch = BranchId(0);
                let end = Moment { branch, index: timeline.length(branch) };
                let link = Link { scenario, recorded: Some(timeline.record(end)) };
                format!("{}\t{}\n", preset.id, encode(&link))
            })
            .collect();
        std::fs::write(&present, lines.concat()).unwrap();
    }
    assert!(present.is_file(), "the present version has no file: see tests/links/runs/README.md");
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "txt") {
            continue;
        }
        let version = path.file_stem().unwrap().to_string_lossy().into_owned();
        let lines = std::fs::read_to_string(&path).unwrap();
        assert!(lines.lines().count() >= 18, "{version} has its links");
        for line in lines.lines() {
            let (name, link) = line.split_once('\t').unwrap();
            let Link { scenario, recorded } = decode(link).unwrap();
            let timeline = Timeline::open(scenario).unwrap();
            assert_eq!(timeline.divergence(&recorded.unwrap()), None, "{version}: {name}");
        }
    }
}

#[test]
fn half_bytes_come_in_any_number() {
    for count in 0..5 {
        let digests: Vec<u8> = (0..count).map(|place| 15 - place).collect();
        let recorded = Some(Recorded { fingerprint: u64::MAX, actions: 5, digests });
        let link = Link { scenario: Scenario::new(0), recorded };
        assert_eq!(decode(&encode(&link)), Ok(link));
    }
}

#[test]
fn a_replay_that_differs_says_at_which_action() {
    let open =
        |id: &str| Timeline::open(text::parse(presets::find(id).unwrap().text).unwrap()).unwrap();
    let record = |timeline: &Timeline| {
        let branch = BranchId(0);
        timeline.record(Moment { branch, index: timeline.length(branch) })
    };
    let short = open("raft/vote-lost-in-a-restart");
    let mut recorded = record(&short);
    recorded.fingerprint ^= 1;
    recorded.digests[5] ^= 1;
    let found = short.divergence(&recorded).unwrap();
    assert!(found.contains("first at action 6 of 8"), "{found}");

    // A long run has fewer digests than actions, and the answer is a stretch.
    let long = open("raft/leader-crash");
    let mut recorded = record(&long);
    recorded.fingerprint ^= 1;
    recorded.digests[10] ^= 1;
    let found = long.divergence(&recorded).unwrap();
    assert!(found.contains("first between actions 50 and 55 of"), "{found}");
    assert_eq!(long.divergence(&record(&long)), None);
}
