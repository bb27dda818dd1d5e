//! The command line as people and scripts meet it: exit codes, one line for an error, JSON that
//! parses, and links that lead back to where they came from.

#[path = "common/command.rs"]
mod command;

use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;

use command::{complains, ends, json, playground};
use consensus_playground::scenario::{presets, text};
use serde_json::Value;

fn shipped(id: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(id);
    path.with_extension("txt").to_str().unwrap().to_owned()
}

/// A file that only this test has, gone when it is dropped.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str, bytes: &[u8]) -> Scratch {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
        let path = folder.join(format!("{}-{name}", std::process::id()));
        std::fs::write(&path, bytes).unwrap();
        Scratch(path)
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

const FAILING: &str = "protocol raft\nexpect leader n1\n";

#[test]
fn run_prints_the_transcript_and_says_that_all_held() {
    let text = presets::find("raft/leader-election").unwrap().text;
    let output = ends(0, &["run", &shipped("raft/leader-election")], None);
    assert!(output.starts_with("# Raft · Leader election\n"), "{output}");
    assert!(output.trim_end().lines().last().unwrap().starts_with("= all held: "), "{output}");
    assert_eq!(ends(0, &["run", "-"], Some(text)), output, "standard input is the same");
}

#[test]
fn run_says_what_failed_and_ends_with_one() {
    let output = ends(1, &["run", "-"], Some(FAILING));
    assert!(output.contains("= FAILED expect leader n1: it is none"), "{output}");
    // An impossible step is a failed scenario, too.
    let output = ends(1, &["run", "-"], Some("protocol raft\nrestart n1\n"));
    assert!(output.contains("FAILED restart n1: n1 is not crashed"), "{output}");
}

#[test]
fn run_prints_one_json_object() {
    let value = json(&ends(0, &["run", "--json", &shipped("raft/figure-8")], None));
    assert_eq!(value["protocol"], "raft");
    assert!(value["title"].as_str().unwrap().starts_with("Figure 8"));
    assert!(value["actions"].as_u64().unwrap() > 10);
    assert!(value["expectations"].as_u64().unwrap() > 0);
    assert_eq!(value["fingerprint"].as_str().unwrap().len(), 16);
    assert_eq!(value["failures"], Value::Array(vec![]));
    assert!(value["transcript"].as_array().unwrap().iter().all(Value::is_string));
    let value = json(&ends(1, &["run", "--json", "-"], Some(FAILING)));
    assert!(value["failures"][0].as_str().unwrap().contains("expect leader n1"));
}

#[test]
fn a_link_shows_the_canonical_text_and_runs_alike() {
    for preset in presets::all() {
        let file = shipped(preset.id);
        let link = ends(0, &["link", &file], None);
        let link = link.trim_end();
        assert!(link.starts_with("#v1."), "{link}");
        let canonical = text::print(&text::parse(preset.text).unwrap());
        assert_eq!(ends(0, &["show", link], None), canonical, "{}", preset.id);
        assert_eq!(ends(0, &["show", &link[1..]], None), canonical, "bare");
        let by_file = ends(0, &["run", &file], None);
        assert_eq!(ends(0, &["run", "--link", link], None), by_file, "{}", preset.id);
    }
}

#[test]
fn link_and_show_print_json() {
    let file = shipped("raft/leader-crash");
    let value = json(&ends(0, &["link", "--json", &file], None));
    let link = value["link"].as_str().unwrap();
    assert_eq!(value["characters"], link.len());
    let shown = json(&ends(0, &["show", "--json", link], None));
    assert!(shown["scenario"].as_str().unwrap().starts_with("protocol raft\n"));
    let run = json(&ends(0, &["run", "--json", &file], None));
    assert_eq!(shown["recorded"]["fingerprint"], run["fingerprint"]);
    assert_eq!(shown["recorded"]["actions"], run["actions"]);
}

#[test]
fn sweep_tells_what_it_swept_and_ends_by_what_it_found() {
    let output = ends(0, &["sweep", "raft", "--seeds", "1..5"], None);
    assert!(output.starts_with("raft: 5 seeds, ") && output.ends_with(", 0 failed\n"), "{output}");
    assert_eq!(ends(0, &["sweep", "raft", "--seeds", "1..=5"], None), output);
    let value = json(&ends(0, &["sweep", "raft", "--seeds", "3", "--json"], None));
    assert_eq!((&value["seeds"], &value["protocol"]), (&Value::from(1), &Value::from("raft")));
    assert!(value["actions"].is_u64() && value["answered"].is_u64());
}

#[test]
fn a_failing_seed_comes_with_the_link_that_replays_it() {
    let arguments = ["sweep", "raft", "--seeds", "1..3", "--without", "commit-needs-majority"];
    let output = ends(1, &arguments, None);
    assert!(output.contains("seed 1: violated durable-committed"), "{output}");
    assert!(output.contains("  replay: consensus-playground run --link '"), "{output}");
    let value = json(&ends(1, &[&arguments[..], &["--json"]].concat(), None));
    let failures = value["failures"].as_array().unwrap();
    assert_eq!(failures.len(), 3);
    for failure in failures {
        let replay = ends(1, &["run", "--link", failure["link"].as_str().unwrap()], None);
        assert!(replay.contains("FAILED violated durable-committed"), "{replay}");
    }
}

/// B reads what A's write left, and then what was there before it.
const STEPS_BACK: &str = "\
{\"client\":\"A\",\"call\":1,\"return\":9,\"do\":\"write\",\"value\":\"<b>&\"}
{\"client\":\"B\",\"call\":2,\"return\":3,\"do\":\"read\",\"found\":\"<b>&\"}
{\"client\":\"B\",\"call\":4,\"return\":5,\"do\":\"read\",\"found\":null}
";
const IN_ORDER: &str = "\
{:process 0, :type :invoke, :f :write, :value 1}
{:process 1, :type :invoke, :f :read, :value nil}
{:process 0, :type :ok, :f :write, :value 1}
{:process 1, :type :ok, :f :read, :value 1}
";

#[test]
fn history_judges_files_and_ends_by_the_verdict() {
    let output = ends(0, &["history", "-"], Some(IN_ORDER));
    assert_eq!(
        output,
        "-: linearizable.\n  2 operations by 2 clients; read as Jepsen's EDN about a register \
         (both guessed).\n"
    );
    let output = ends(1, &["history", "-"], Some(STEPS_BACK));
    assert!(output.starts_with("-: not linearizable: client B read nil after "), "{output}");
    assert!(output.contains("\n    line 3: client B: read → nil\n"), "{output}");
    // One that fails decides over others that hold.
    let (good, bad) = (
        Scratch::new("good.edn", IN_ORDER.as_bytes()),
        Scratch::new("bad.jsonl", STEPS_BACK.as_bytes()),
    );
    let output = ends(1, &["history", good.path(), bad.path()], None);
    assert!(output.contains(": linearizable.\n") && output.contains(": not linearizable: "));
    let guarantees = ["--guarantee", "writes-follow-reads", "--guarantee", "monotonic-reads"];
    let output = ends(1, &[&["history", "-"], &guarantees[..]].concat(), Some(STEPS_BACK));
    assert!(output.starts_with("-: writes-follow-reads.\n-: not monotonic-reads: "), "{output}");
    assert_eq!(
        ends(0, &["history", "-", guarantees[0], guarantees[1]], Some(STEPS_BACK)).lines().count(),
        2
    );
}

#[test]
fn history_prints_one_json_object_a_file() {
    let arguments = ["history", "-", "--json", "--guarantee", "linearizable"];
    let value = json(&ends(0, &arguments, Some(IN_ORDER)));
    assert_eq!((&value["format"], &value["object"]), (&"edn".into(), &"register".into()));
    assert_eq!((&value["operations"], &value["clients"]), (&2.into(), &2.into()));
    assert_eq!(value["verdicts"][0]["holds"], true);
    assert_eq!(value["verdicts"][0]["orders"][0]["operations"], serde_json::json!([0, 1]));
    let value = json(&ends(1, &arguments, Some(STEPS_BACK)));
    let verdict = &value["verdicts"][0];
    assert_eq!(verdict["holds"], false);
    let culprits = verdict["culprits"].as_array().unwrap();
    assert!(culprits.iter().any(|one| one["line"] == 3 && one["client"] == "B"), "{value}");
}

#[test]
fn history_that_is_not_decided_never_holds() {
    for arguments in [&["--limit", "0"][..], &["--guarantee", "read-committed"]] {
        let output =
            playground(&[&["history", "-"], arguments].concat(), Some(IN_ORDER.as_bytes()));
        let text = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(2), "{text}");
        assert!(text.starts_with("-: undecided whether "), "{text}");
    }
}

#[test]
fn history_draws_a_page_that_needs_nothing_else() {
    let page = Scratch::new("page.html", b"");
    let printed = ends(1, &["history", "-", "--html", page.path()], Some(STEPS_BACK));
    assert!(printed.starts_with("-: not linearizable: "));
    let html = std::fs::read_to_string(page.path()).unwrap();
    assert!(html.contains("read → &lt;b&gt;&amp;") && !html.contains("<b>"), "escaped");
    assert!(html.contains("class=\"operation culprit"), "what is wrong is marked");
    for outside in ["http", "src=", "@import", "url(//"] {
        assert!(!html.contains(outside), "{outside}");
    }
    ends(0, &["history", "-", "--html", page.path()], Some(IN_ORDER));
    let html = std::fs::read_to_string(page.path()).unwrap();
    assert_eq!(html.matches("class=\"point\"").count(), 2, "each operation takes effect");
    let nowhere = ["history", "-", "--html", "no/such/folder/page.html"];
    assert!(complains(&nowhere, IN_ORDER.as_bytes()).contains("no/such/folder/page.html"));
}

#[test]
fn a_run_writes_the_history_that_others_can_judge() {
    let file = Scratch::new("run.jsonl", b"");
    let run = ["run", &shipped("abd/new-old-inversion"), "--history", file.path()];
    let transcript = ends(0, &run, None);
    assert_eq!(ends(0, &run[..2], None), transcript, "the rest is as before");
    let lines = std::fs::read_to_string(file.path()).unwrap();
    assert!(lines.starts_with("{\"history\":1,\"object\":\"kv\"}\n{\"client\":\"A\","), "{lines}");
    let judged = ends(1, &["history", file.path()], None);
    assert!(judged.contains(": not linearizable: client ") && judged.contains("JSON lines"));
    let nothing = complains(&["run", "-", "--history", file.path()], b"protocol raft\n");
    assert!(nothing.contains("no client has asked anything"), "{nothing}");
}

#[test]
fn history_names_file_and_line_of_bad_input() {
    let scratch = Scratch::new("cut.edn", &IN_ORDER.as_bytes()[..70]);
    let good = Scratch::new("whole.edn", IN_ORDER.as_bytes());
    let error = complains(&["history", good.path(), scratch.path()], b"");
    assert!(error.starts_with(&format!("error: {}: line 2: expected ", scratch.path())), "{error}");
    assert!(complains(&["history", "-"], b"").contains("-: line 1: the file is empty"));
    assert!(complains(&["history", "-"], b"{:process 0\n\xff}").contains("line 2: expected UTF-8"));
    assert!(complains(&["history", "no/such/file"], b"").contains("no/such/file"));
    for (arguments, part) in [
        (&["history"][..], "required"),
        (&["history", "-", "--model", "tree"], "expected one of: register, kv, set"),
        (&["history", "-", "--format", "xml"], "expected one of: etcd, kv, edn, jsonl"),
        (&["history", "-", "--guarantee", "luck"], "expected one of: linearizable, sequential"),
        (&["history", "-", "--model", "queue"], "line 1: expected enqueue or dequeue"),
        (&["history", "-", "--format", "jsonl"], "line 1: expected a value, found “:process 0"),
    ] {
        let error = complains(arguments, IN_ORDER.as_bytes());
        assert!(error.contains(part), "{arguments:?}: {error}");
    }
}

#[test]
fn an_error_in_a_text_names_file_line_and_column() {
    let scratch = Scratch::new("wrong.txt", b"protocol raft\nnodes many\n");
    for command in ["run", "link"] {
        let error = complains(&[command, scratch.path()], b"");
        let place = format!("error: {}: line 2, column 7: expected", scratch.path());
        assert!(error.starts_with(&place), "{error}");
    }
    let error = complains(&["run", "-"], b"protocol raft\nnodes many\n");
    assert!(error.starts_with("error: -: line 2, column 7: "), "{error}");
}

#[test]
fn a_file_that_is_no_text_is_bad_input() {
    assert!(complains(&["run", "no/such/file.txt"], b"").contains("no/such/file.txt"));
    let folder = env!("CARGO_TARGET_TMPDIR");
    assert!(complains(&["run", folder], b"").contains(folder));
    let scratch = Scratch::new("bytes.txt", b"protocol raft\nnote \xff\n");
    let error = complains(&["link", scratch.path()], b"");
    assert!(error.contains("line 2: expected UTF-8 text"), "{error}");
    assert!(complains(&["run", "-"], b"\xff").contains("line 1: expected UTF-8"));
    let long = "protocol raft\n".to_owned() + &"# x\n".repeat(100_000);
    assert!(complains(&["run", "-"], long.as_bytes()).contains("at most 262144 bytes"));
    // A character that the bound cuts in two must not hide that the text is too long.
    let long = "protocol raft\nnote ".to_owned() + &"一".repeat(100_000);
    assert!(complains(&["run", "-"], long.as_bytes()).contains("at most 262144 bytes"));
}

#[test]
fn a_damaged_link_is_bad_input() {
    let link = ends(0, &["link", &shipped("raft/leader-crash")], None);
    let link = link.trim_end();
    let altered = link.replacen(&link[20..21], if &link[20..21] == "A" { "B" } else { "A" }, 1);
    for damaged in [&link[..link.len() - 9], &altered, "v2.AAAA", "hello", ""] {
        for arguments in [["show", damaged].as_slice(), &["run", "--link", damaged]] {
            let error = complains(arguments, b"");
            assert!(error.starts_with("error: the link: "), "{error}");
        }
    }
}

#[test]
fn unknown_names_and_flags_are_bad_input() {
    for (arguments, part) in [
        (&["sweep", "rift"][..], "there is no protocol “rift”; expected one of: raft"),
        (
            &["sweep", "raft", "--without", "luck"],
            "there is no rule “luck”; expected one of: vote-",
        ),
        (&["sweep", "raft", "--seeds", "5..1"], "--seeds: expected a range such as 1..200"),
        (&["sweep", "raft", "--seeds", "some"], "found “some”"),
        (&["run", "--fast", "x"], "--fast"),
        (&["run"], "required"),
        (&["run", "a.txt", "--link", "v1.x"], "--link"),
        (&["dance"], "dance"),
        (&["--port", "99999"], "99999"),
        (&["serve", "--port"], "--port"),
    ] {
        let error = complains(arguments, b"");
        assert!(error.contains(part), "{arguments:?}: {error}");
    }
}

#[test]
fn a_busy_port_is_told_with_what_to_do() {
    let busy = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = busy.local_addr().unwrap().port().to_string();
    for arguments in [["--port", &port].as_slice(), &["serve", "--port", &port]] {
        let error = complains(arguments, b"");
        assert!(error.contains(&format!("port {port} is in use")), "{error}");
        assert!(error.contains("--port 0"), "{error}");
    }
}

/// A document with a block that holds, and everything else that is found in one.
fn document(expectation: &str) -> String {
    let link = ends(0, &["link", &shipped("raft/leader-crash")], None);
    format!(
        "# Votes\n\n```consensus\nprotocol raft\nnodes 3\nrun 400\n{expectation}\n```\n\n\
         [a](https://example.org/{}), [b](../?scenario=raft/leader-election),\n\
         <consensus-playground protocol=\"raft\" nodes=\"5\" height=\"400\"></consensus-playground>\n",
        link.trim_end()
    )
}

#[test]
fn check_says_with_file_and_line_what_a_document_claims_in_vain() {
    let good = Scratch::new("good.md", document("expect all hold").as_bytes());
    let output = ends(0, &["check", good.path()], None);
    assert_eq!(output, "= 4 scenarios and links checked, 0 failures\n");
    let bad = Scratch::new("bad.md", document("expect n1 role leader\nexpect all hold").as_bytes());
    let output = ends(1, &["check", good.path(), bad.path()], None);
    let place = format!("{}:7: expect n1 role leader: ", bad.path());
    assert!(output.starts_with(&place), "{output}");
    assert!(output.ends_with("= 8 scenarios and links checked, 1 failures\n"), "{output}");
    let value = json(&ends(1, &["check", "--json", bad.path()], None));
    assert_eq!((&value["file"], &value["line"]), (&bad.path().into(), &7.into()));
    assert_eq!(ends(0, &["check", "-"], Some("nothing to see, # or ?\n")).lines().count(), 1);
}

#[test]
fn check_goes_on_where_a_scenario_cannot_be_read_and_ends_with_two() {
    let link = ends(0, &["link", &shipped("raft/leader-crash")], None);
    let cut = &link.trim_end()[..link.len() - 6];
    let text = format!(
        "~~~ consensus\nprotocol raft\nnodes many\n~~~\n<a href='{cut}'>\n?scenario=raft/none-such\n\
         ?protocol=raft&nodes=0\n```consensus\nprotocol raft\nexpect leader n1\n```\n"
    );
    let output = playground(&["check", "-"], Some(text.as_bytes()));
    assert_eq!(output.status.code(), Some(2));
    let printed = String::from_utf8(output.stdout).unwrap();
    let starts = [
        "-:3: column 7: expected",
        "-:5: the link: ",
        "-:6: there is no scenario “raft/none-such”",
        "-:7: the address: ",
        "-:10: expect leader n1: ",
    ];
    assert_eq!(printed.lines().count(), starts.len(), "{printed}");
    for (line, start) in printed.lines().zip(starts) {
        assert!(line.starts_with(start), "{line}");
    }
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!(errors, "error: 4 places cannot be read, as told above\n");
    assert!(complains(&["check", "no/such.md"], b"").contains("no/such.md"));
    assert!(complains(&["check"], b"").contains("required"));
}

#[test]
fn check_replays_chapters_of_the_course_and_says_on_which_line_they_are_wrong() {
    let course = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("course");
    let quorums = course.join("quorums.txt");
    let text = std::fs::read_to_string(&quorums).unwrap();
    let items =
        text.lines().filter(|line| line.starts_with("lesson ") || line.starts_with("challenge "));
    let expected = format!(
        "= 0 scenarios and links, {} lessons and challenges checked, 0 failures\n",
        items.count()
    );
    assert_eq!(ends(0, &["check", quorums.to_str().unwrap()], None), expected);

    // The first claim of the first lesson, and one that is not so in its place.
    let (before, claim) =
        (1..).zip(text.lines()).find(|(_, line)| line.starts_with("at ")).unwrap();
    let wrong = text.replacen(claim, &format!("{claim}\nexpect leaders 3"), 1);
    assert_ne!(wrong, text);
    let output = ends(1, &["check", "-"], Some(&wrong));
    let lesson = text.lines().find_map(|line| line.strip_prefix("lesson ")).unwrap();
    let start = format!("-:{before}: {lesson}: expect leaders 3: ");
    assert!(output.starts_with(&start), "{output}");
    assert!(output.ends_with("checked, 1 failures\n"), "{output}");

    // What cannot be read, even where nothing tells that it is a chapter.
    let unread = text.replacen("chapter", "chaptre", 1);
    let file = Scratch::new("chapter.txt", unread.as_bytes());
    let output = playground(&["check", "--json", file.path(), quorums.to_str().unwrap()], None);
    assert_eq!(output.status.code(), Some(2));
    let value = json(&String::from_utf8(output.stdout).unwrap());
    assert_eq!(value["file"], file.path());
    assert!(value["message"].as_str().unwrap().contains("expected `chapter`"), "{value}");
}

/// What the manual shows is run like everybody else's.
#[test]
fn the_manual_on_embedding_holds() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let manual = root.join("docs/embedding.md");
    let output = ends(0, &["check", manual.to_str().unwrap()], None);
    assert!(output.starts_with("= ") && !output.starts_with("= 0 "), "{output}");
}

#[test]
fn help_and_version_are_no_errors() {
    let help = ends(0, &["--help"], None);
    for command in ["serve", "run", "link", "show", "sweep", "history", "check"] {
        assert!(help.contains(command), "{help}");
    }
    let version = ends(0, &["--version"], None);
    assert_eq!(version.trim_end(), format!("consensus-playground {}", env!("CARGO_PKG_VERSION")));
}
