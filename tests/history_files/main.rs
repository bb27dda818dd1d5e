//! Histories that others recorded: every format is read, what is wrong is said with its line, and
//! what we write we read again.

mod any;

use std::path::{Path, PathBuf};

use any::any_history;
use consensus_playground::consistency::{
    Answer, Command, Contents, History, Limits, Model, Object, Record, Step, Verdict, judge,
};
use consensus_playground::history_files::{Format, Recorded, judged, read, write};
use consensus_playground::operation::Text;
use proptest::prelude::*;

fn reads(text: &str) -> Recorded {
    read(text, None, None).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// What is said of a text, as `line N: …`.
fn complaint(text: &str, format: Option<Format>, object: Option<Object>) -> String {
    match read(text, format, object) {
        Err(error) => error.to_string(),
        Ok(found) => panic!("it was read as {found:?}"),
    }
}

fn text(text: &str) -> Text {
    Text::from(text)
}

fn held(value: &str) -> Option<Text> {
    Some(text(value))
}

/// An operation as the tests write it: client, command, answer, call, return.
fn record(client: u32, command: Command, answer: Answer, call: u64, returned: u64) -> Record {
    let returned = Some(returned).filter(|returned| *returned > 0);
    Record { client, session: 0, key: text(""), command, answer, call, returned }
}

fn etcd(lines: &[&str]) -> String {
    lines.iter().map(|line| format!("INFO  jepsen.util - {}\n", line.replace(' ', "\t"))).collect()
}

#[test]
fn an_etcd_log_is_read() {
    let log = "2014 INFO  jepsen.core - Worker 0 starting\n".to_owned()
        + &etcd(&["0 :invoke :write 3", "1 :invoke :read nil", "0 :ok :write 3"])
        + "INFO  jepsen.util - 2\t:invoke\t:cas\t[3 4]\n"
        + &etcd(&["1 :fail :read :timed-out", "3 :invoke :read nil", "3 :ok :read 3"])
        + "INFO  jepsen.util - 2\t:fail\t:cas\t[3 4]\n"
        + "INFO  jepsen.util - :nemesis\t:info\t:start\tnil\n"
        + &etcd(&["4 :invoke :write 1", "4 :info :write :timed-out", "5 :invoke :read nil"]);
    let found = reads(&log);
    assert_eq!((found.format, found.object), (Format::Etcd, Object::Register));
    assert_eq!(
        found.history.records,
        [
            record(0, Command::Write(held("3")), Answer::Done, 0, 2),
            record(2, Command::Cas(held("3"), held("4")), Answer::Refused, 3, 7),
            record(3, Command::Read, Answer::Found(held("3")), 5, 6),
            record(4, Command::Write(held("1")), Answer::Unknown, 8, 0),
            record(5, Command::Read, Answer::Unknown, 10, 0),
        ]
    );
    assert_eq!(found.lines, [2, 5, 7, 11, 13]);
}

#[test]
fn key_value_lines_are_read() {
    let found = reads(
        "{:process 0, :type :invoke, :f :append, :key \"7\", :value \"x 0 0 y\"}\n\
         {:process 1, :type :invoke, :f :get, :key \"7\", :value nil}\n\
         {:process 1, :type :ok, :f :get, :key \"7\", :value \"\"}\n\
         {:process 0, :type :ok, :f :append, :key \"7\", :value \"x 0 0 y\"}\n",
    );
    assert_eq!((found.format, found.object), (Format::Kv, Object::Kv));
    let [append, get] = &found.history.records[..] else { panic!("{found:?}") };
    assert_eq!((&*append.key, &append.command), ("7", &Command::Append(text("x 0 0 y"))));
    assert_eq!((append.call, append.returned), (0, Some(3)));
    assert_eq!(get.answer, Answer::Found(None), "the empty text is nil");
}

#[test]
fn edn_is_read_as_a_vector_a_list_and_line_by_line() {
    let maps = "{:type :invoke, :f :cas, :value [0 1], :process 0, :time 17}\n\
                {:process 1, :type :invoke, :f :write, :value 5}\n\
                {:process 0, :type :fail, :f :cas, :value [0 1], :error \"no\"}\n\
                {:process :nemesis, :type :info, :f :start, :value {:a [1 #{2}]}}\n\
                {:process 1, :type :info, :f :write, :value 5}\n";
    let only = record(1, Command::Write(held("5")), Answer::Unknown, 1, 0);
    let vector = format!("; a comment\n[{maps}]\n");
    for text in [maps, &vector, &format!("({maps})")] {
        let found = reads(text);
        assert_eq!((found.format, found.object), (Format::Edn, Object::Register));
        assert_eq!(
            found.history.records,
            std::slice::from_ref(&only),
            "what failed did not happen"
        );
    }
    assert_eq!(reads(&vector).lines, [3]);
}

/// Two maps of EDN: a call and its return.
fn call(function: &str, argument: &str, result: &str) -> String {
    format!(
        "{{:process 0 :type :invoke :f :{function} :value {argument}}}\n\
         {{:process 0 :type :ok :f :{function} :value {result}}}\n"
    )
}

#[test]
fn the_object_is_guessed_from_what_is_asked() {
    let items = || Answer::Items(vec![text("1"), text("2")]);
    for (edn, object, command, answer) in [
        (call("acquire", "nil", "nil"), Object::Lock, Command::Lock, Answer::Done),
        (call("enqueue", "1", "1"), Object::Queue, Command::Enqueue(text("1")), Answer::Done),
        (call("dequeue", "nil", "1"), Object::Queue, Command::Dequeue, Answer::Found(held("1"))),
        (
            call("read", "nil", "#{1 2}") + &call("add", "2", "2"),
            Object::Set,
            Command::ReadAll,
            items(),
        ),
        (
            call("read", "nil", "[1 2]") + &call("append", "2", "2"),
            Object::List,
            Command::ReadAll,
            items(),
        ),
        (call("read", "[:x nil]", "[:x 3]"), Object::Kv, Command::Read, Answer::Found(held("3"))),
        (
            call("txn", "[[:append 5 1] [:r 6 nil]]", "[[:append 5 1] [:r 6 [1 2]]]"),
            Object::Bank,
            Command::Transaction(vec![
                Step::Append(text("5"), text("1")),
                Step::ReadList(text("6"), Some(vec![text("1"), text("2")])),
            ]),
            Answer::Done,
        ),
        (
            call("txn", "[[:w x 1] [:r y nil]]", "[[:w x 1] [:r y 4]]"),
            Object::Bank,
            Command::Transaction(vec![
                Step::Write(text("x"), held("1")),
                Step::Read(text("y"), Some(held("4"))),
            ]),
            Answer::Done,
        ),
    ] {
        let found = reads(&edn);
        assert_eq!(found.object, object, "{edn}");
        let first = &found.history.records[0];
        assert_eq!((&first.command, &first.answer), (&command, &answer), "{edn}");
    }
    let keyed = reads(&call("read", "[:x nil]", "[:x 3]"));
    assert_eq!(&*keyed.history.records[0].key, "x");
}

#[test]
fn our_own_lines_are_read() {
    let found = reads(
        "{\"history\": 1, \"object\": \"kv\", \"initial\": {\"x\": 0}}\n\n\
         {\"client\": \"B\", \"call\": 10, \"return\": 30, \"do\": \"read\", \"key\": \"x\", \"found\": 1}\n\
         {\"client\":\"A\", \"call\":5, \"return\":10, \"do\":\"write\", \"key\":\"x\", \"value\":\"1\"}\n\
         {\"client\": \"C\", \"call\": 7, \"do\": \"write\", \"key\": \"x\", \"value\": null}\n",
    );
    assert_eq!((found.format, found.object), (Format::Jsonl, Object::Kv));
    assert_eq!(found.history.initial, [(text("x"), text("0"))]);
    let spans: Vec<_> =
        found.history.records.iter().map(|one| (one.client, one.call, one.returned)).collect();
    // At moment 10 the read is called before the write returns: equal moments are at the same time.
    assert_eq!(spans, [(0, 0, Some(3)), (2, 1, None), (1, 2, Some(4))]);
    assert_eq!(found.lines, [4, 5, 3]);
    assert_eq!((found.history.name(1), found.history.clients()), (Some(&text("B")), 3));
    assert_eq!(found.history.records[2].answer, Answer::Found(held("1")));
}

#[test]
fn what_is_there_at_first_is_read() {
    let first =
        "{\"history\":1,\"initial\":{\"x\":\"1\",\"q\":[\"a\",\"b\"],\"f\":{\"client\":\"B\"}}}\n";
    let rest = "{\"client\":\"A\",\"call\":0,\"return\":1,\
                \"do\":\"lock\",\"key\":\"f\",\"result\":\"refused\"}\n\
                {\"client\":\"A\",\"call\":2,\"return\":3,\"do\":\"dequeue\",\"key\":\"q\",\"found\":\"a\"}\n\
                {\"client\":\"A\",\"call\":4,\"return\":5,\"do\":\"read\",\"key\":\"x\",\"found\":\"1\"}\n";
    let holds = |text: &str| {
        let found = reads(text);
        assert_eq!(found.object, Object::Store);
        judge(&found.history, found.object, Model::Linearizable, Limits::default()).holds()
    };
    assert_eq!(holds(&[first, rest].concat()), Some(true));
    assert_eq!(holds(rest), Some(false));
    for wrong in [first.replace("\"B\"", "\"A\""), first.replace("\"a\",", "")] {
        assert_eq!(holds(&(wrong + rest)), Some(false));
    }
    let queue = first.replace("\"initial\"", "\"object\":\"queue\",\"initial\"");
    assert!(complaint(&queue, None, None).starts_with("line 1: expected as initial"), "{queue}");
}

#[test]
fn what_is_wrong_is_said_with_its_line() {
    let kv = "{:process 0, :type :invoke, :f :get, :key \"7\", :value nil}\n";
    let json = "{\"client\":1,\"call\":1,\"return\":2,\"do\":\"read\"}\n";
    for (input, expected) in [
        ("", "line 1: the file is empty"),
        (" \n\n", "line 1: the file is empty"),
        ("\nhello\n", "line 2: expected etcd log lines, key-value lines, EDN or JSON lines"),
        // Cut off in the middle.
        (&etcd(&["0 :invoke :write"]), "line 1: expected a tab and a value"),
        (&etcd(&["0 :invoke :write 1", "0 :ok :cas"]), "line 2: expected a tab and a value"),
        (
            &(etcd(&["0 :invoke :write 1"]) + "INFO  jepsen.util - 1\t:invoke\t:cas\t[1"),
            "line 2: expected the end of a list or map",
        ),
        ("[{:process 0, :type :invoke, :f :read\n", "line 2: expected the end of a list or map"),
        ("[{:process 0, :type :invoke, :f :read, :value nil}\n", "line 2: expected a map such as"),
        ("{\"client\": 1, \"call\n", "line 1: expected the end of a text"),
        (&(kv.to_owned() + &kv[..40]), "line 2: expected a value, found the end"),
        // Types that there are not.
        (&etcd(&["0 :invoke :read nil", "0 :okay :read 1"]), "line 2: expected one of :invoke"),
        ("[\n{:process 0 :type :call :f :read}]", "line 2: expected one of :invoke"),
        ("{:process 0 :type 5 :f :read}", "line 1: expected one of :invoke"),
        // Calls and returns that do not belong together.
        (&etcd(&["0 :ok :read 1"]), "line 1: process 0 returns without a call"),
        (&(kv.to_owned() + kv), "line 2: process 0 calls while its call of line 1 is open"),
        (
            &etcd(&["0 :invoke :read nil", "0 :ok :write 1"]),
            "line 2: process 0 returns from `write`",
        ),
        (
            &etcd(&["0 :invoke :write 1", "0 :info :write :timed-out", "0 :invoke :read nil"]),
            "line 3: process 0 comes back",
        ),
        // Wrong shapes.
        (&etcd(&["0 :invoke :cas 1"]), "line 1: expected a list of the expected and the new value"),
        (&etcd(&["0 :invoke :write [1]"]), "line 1: expected a plain value or nil, found a list"),
        (&etcd(&["0 :invoke :jump 1"]), "line 1: expected read, write or cas"),
        ("{:process 0 :type :invoke}", "line 1: expected :f"),
        ("{:process \"a\" :type :invoke :f :read}", "line 1: expected a number as :process"),
        ("{:process -1 :type :invoke :f :read}", "line 1: expected a process that is a number"),
        (&call("txn", "[[:r 1]]", "nil"), "line 1: expected a list of steps"),
        (&call("txn", "[[:r 1 nil]]", "[]"), "line 2: expected the steps of the transaction"),
        (&call("read", "[1 nil]", "5"), "line 2: expected a pair of key and value"),
        (
            &(call("add", "1", "1") + &call("read", "nil", "1")),
            "line 4: expected a list of all items",
        ),
        ("[] 5", "line 1: expected nothing after"),
        ("[]", "line 1: expected operations of clients"),
        ("[5]", "line 1: expected a map such as"),
        ("{\"client\":1,\"do\":\"read\"}", "line 1: expected the moment of the call"),
        ("{\"call\":1,\"do\":\"read\"}", "line 1: expected the field client"),
        (
            &(json.to_owned() + "{\"client\":1,\"call\":3,\"do\":\"fly\"}"),
            "line 2: expected read, write",
        ),
        (
            "{\"client\":1,\"call\":3,\"return\":2,\"do\":\"read\"}",
            "line 1: expected a return that is not",
        ),
        (
            "{\"client\":1,\"call\":-3,\"do\":\"read\"}",
            "line 1: expected a whole number from 0 on as call",
        ),
        ("{\"client\":1,\"call\":3,\"do\":\"write\"}", "line 1: expected the field value"),
        (
            "{\"client\":1,\"call\":3,\"do\":\"add\",\"value\":[]}",
            "line 1: expected a value that is not nil",
        ),
        (&(json.to_owned() + json), "line 2: client 1 calls while its operation of line 1 is open"),
        (
            &(json.to_owned() + "{\"client\":\"A\",\"call\":9,\"do\":\"read\"}"),
            "line 2: expected clients",
        ),
        ("{\"history\":2}", "line 1: expected version 1"),
        ("{\"history\":1,\"object\":\"tree\"}", "line 1: expected register, kv, set"),
        (&("{\"history\":1,\"object\":\"queue\"}\n".to_owned() + json), "line 2: expected enqueue"),
        (&(json.to_owned() + "{\"history\":1}"), "line 2: expected `history` on the first line"),
        (&(json.to_owned() + "[1] 2"), "line 2: expected the end of the line"),
        (&(json.to_owned() + "{} {}"), "line 2: expected the end of the line"),
    ] {
        let found = complaint(input, None, None);
        assert!(found.starts_with(expected), "{input}\n  found    {found}\n  expected {expected}");
        assert!(found.chars().count() < 300, "{found}");
    }
    let log = etcd(&["0 :invoke :write 1"]);
    assert!(complaint(&log, None, Some(Object::Queue)).contains("the operations of a queue"));
    assert!(complaint(&log, Some(Format::Edn), None).starts_with("line 1: expected a map such as"));
}

#[test]
fn a_file_that_is_too_large_is_refused() {
    let long = " ".repeat(consensus_playground::history_files::BYTES_MAX + 1);
    assert_eq!(complaint(&long, None, None), "line 1: a history has at most 67108864 bytes");
}

/// The recorded histories that lie beside the repository: each with its format, its object, and
/// whether it is linearizable.
const SAMPLES: &[(&str, Format, Object, bool)] = &[
    ("etcd/etcd_000.log", Format::Etcd, Object::Register, false),
    ("etcd/etcd_002.log", Format::Etcd, Object::Register, true),
    ("etcd/etcd_005.log", Format::Etcd, Object::Register, true),
    ("etcd/etcd_007.log", Format::Etcd, Object::Register, true),
    ("etcd/etcd_010.log", Format::Etcd, Object::Register, false),
    ("etcd/etcd_025.log", Format::Etcd, Object::Register, true),
    ("etcd/etcd_050.log", Format::Etcd, Object::Register, false),
    ("etcd/etcd_076.log", Format::Etcd, Object::Register, true),
    ("kv/c01-ok.txt", Format::Kv, Object::Kv, true),
    ("kv/c01-bad.txt", Format::Kv, Object::Kv, false),
    ("kv/c10-ok.txt", Format::Kv, Object::Kv, true),
    ("kv/c10-bad.txt", Format::Kv, Object::Kv, false),
    ("cas-register/cas-register-bug.edn", Format::Edn, Object::Register, true),
    ("cas-register/memstress3-0.edn", Format::Edn, Object::Register, true),
    ("cas-register/cas-failure.edn", Format::Edn, Object::Register, false),
    ("cas-register/rethink-fail-minimal.edn", Format::Edn, Object::Register, false),
];

/// The samples with their texts; none, said in a word, where the folder is absent. HISTORIES says
/// where it is if not beside the repository.
fn samples() -> Vec<(&'static str, String, Format, Object, bool)> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/histories");
    let folder = std::env::var_os("HISTORIES").map_or(beside, PathBuf::from);
    if !folder.is_dir() {
        eprintln!("skipped: there is no folder ../shared/histories beside the repository");
        return Vec::new();
    }
    let text = |name| std::fs::read_to_string(folder.join(name)).unwrap();
    SAMPLES
        .iter()
        .map(|(name, format, object, holds)| (*name, text(name), *format, *object, *holds))
        .collect()
}

#[test]
fn recorded_histories_are_read_whole() {
    for (name, text, format, object, _) in samples() {
        let found = reads(&text);
        assert_eq!((found.format, found.object), (format, object), "{name}");
        let events = |words: &[&str]| {
            let has_all = |line: &&str| words.iter().all(|word| line.contains(word));
            text.lines().filter(has_all).count()
        };
        let left_out = match format {
            Format::Etcd => events(&[":fail", ":read"]),
            _ => events(&[":fail"]),
        };
        let history = &found.history.records;
        assert_eq!(history.len(), events(&[":invoke"]) - left_out, "{name}");
        let answered = history.iter().filter(|record| record.returned.is_some()).count();
        let refused = events(&[":fail", ":cas"]) * usize::from(format == Format::Etcd);
        assert_eq!(answered, events(&[":ok"]) + refused, "{name}");
        let again = read(&write(&found.history, object), None, None).unwrap();
        assert_eq!(again.history.records.len(), history.len(), "{name}");
        for (mine, theirs) in again.history.records.iter().zip(history) {
            assert_eq!((&mine.command, &mine.answer), (&theirs.command, &theirs.answer), "{name}");
        }
    }
}

#[test]
fn recorded_histories_have_their_verdicts() {
    for (name, text, _, object, holds) in samples() {
        let found = reads(&text);
        let verdict = judge(&found.history, object, Model::Linearizable, Limits::default());
        assert_eq!(verdict.holds(), Some(holds), "{name}: {verdict:?}");
        if let Verdict::Violated(violation) = verdict {
            assert!(!violation.explanation.is_empty(), "{name}");
            // What is said not to fit must not fit without the rest, either.
            let few = |place: &u32| found.history.records[*place as usize].clone();
            let records = violation.culprits.iter().map(few).collect();
            let few = History { records, ..found.history.clone() };
            let again = judge(&few, object, Model::Linearizable, Limits::default());
            assert_eq!(again.holds(), Some(false), "{name}");
        }
        let words = judged(&text, None, None, "linearizable").unwrap();
        assert_eq!(words.holds, Some(holds), "{name}");
    }
}

#[test]
fn judging_by_words_guesses_or_obeys() {
    let edn = call("read", "nil", "5");
    let found = judged(&edn, None, None, "linearizable").unwrap();
    assert_eq!((found.format, found.object, found.holds), ("edn", "register", Some(false)));
    assert_eq!((found.operations, found.clients, found.culprits), (1, 1, vec![1]));
    let found = judged(&edn, Some("edn"), Some("kv"), "sequential").unwrap();
    assert_eq!((found.object, found.holds), ("kv", Some(false)));
    let complaints = [
        judged(&edn, Some("xml"), None, "causal"),
        judged(&edn, None, Some("tree"), "causal"),
        judged(&edn, None, None, "luck"),
        judged("", None, None, "causal"),
    ]
    .map(|found| found.err().unwrap());
    assert_eq!(complaints[0], "there is no format “xml”");
    assert_eq!(complaints[1], "there is no object “tree”");
    assert_eq!(complaints[2], "there is no guarantee “luck”");
    assert_eq!(complaints[3], "line 1: the file is empty");
}

proptest! {
    #[test]
    fn what_we_write_we_read((object, mut history) in any_history()) {
        for letters in ["", "ABCD"] {
            let holds = |client: &u32| {
                let holder = Contents::Holder(*client);
                history.contents.iter().any(|(_, contents)| *contents == holder)
            };
            let is_there = |client: &u32| {
                history.records.iter().any(|one| one.client == *client) || holds(client)
            };
            history.names = (0..)
                .zip(letters.chars())
                .filter(|(client, _)| is_there(client))
                .map(|(client, letter)| (client, text(&letter.to_string())))
                .collect();
            let lines = write(&history, object);
            let found = read(&lines, None, None).unwrap();
            prop_assert_eq!(found.format, Format::Jsonl);
            prop_assert_eq!(found.object, object);
            prop_assert_eq!(&found.history, &history, "{}", lines);
            for line in lines.lines() {
                let others: serde_json::Value = serde_json::from_str(line).unwrap();
                prop_assert!(others.is_object(), "others read it, too");
            }
            prop_assert_eq!(write(&found.history, object), lines);
        }
    }

    #[test]
    fn nothing_makes_the_readers_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let text = String::from_utf8_lossy(&bytes);
        for format in [None, Some(Format::Etcd), Some(Format::Edn), Some(Format::Jsonl)] {
            let _ = read(&text, format, None);
        }
    }

    #[test]
    fn nearly_right_files_do_not_make_the_readers_panic(
        parts in prop::collection::vec(prop::sample::select(PARTS.to_vec()), 0..40)
    ) {
        let text = parts.concat();
        for format in [None, Some(Format::Etcd), Some(Format::Edn), Some(Format::Jsonl)] {
            if let Ok(found) = read(&text, format, None) {
                prop_assert_eq!(found.lines.len(), found.history.records.len());
                let is_whole = |one: &Record| match one.returned {
                    Some(returned) => returned > one.call,
                    None => one.answer == Answer::Unknown,
                };
                prop_assert!(found.history.records.iter().all(is_whole));
            }
        }
    }
}

/// What files are made of.
const PARTS: [&str; 48] = [
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    "\n",
    " ",
    "\t",
    ",",
    ":",
    "\"",
    "\\",
    "#",
    "#_",
    "#{",
    ";",
    ":process",
    ":type",
    ":f",
    ":value",
    ":key",
    ":invoke",
    ":ok",
    ":fail",
    ":info",
    ":read",
    ":write",
    ":cas",
    ":txn",
    " 1 ",
    " 0 ",
    "nil",
    "null",
    "\"client\":",
    "\"call\":",
    "\"do\":",
    "\"read\"",
    "\"x\"",
    "INFO jepsen.util - ",
    "{:process 0 :type :invoke :f :read :value nil}",
    "{:process 0 :type :ok :f :read :value 5}",
    "{:process 1 :type :invoke :f :txn :value [[:r 1 2]]}",
    "{\"client\":1,\"call\":1,\"return\":3,\"do\":\"read\"}\n",
    "{\"client\":2,\"call\":4,",
    "é",
    "\\u12",
    "INFO jepsen.util - 0\t:invoke\t:read\tnil\n",
];
