//! The command line as people and scripts meet it: exit codes, one line for an error, JSON that
//! parses, and links that lead back to where they came from.

use std::io::Write;
use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use consensus_playground::scenario::{presets, text};
use serde_json::Value;

fn playground(arguments: &[&str], input: Option<&[u8]>) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_consensus-playground"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // It may refuse before it reads.
    let _ = child.stdin.take().unwrap().write_all(input.unwrap_or_default());
    child.wait_with_output().unwrap()
}

/// The output of a command that must end with this code.
fn ends(code: i32, arguments: &[&str], input: Option<&str>) -> String {
    let output = playground(arguments, input.map(str::as_bytes));
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {errors}");
    if code < 2 {
        assert_eq!(errors, "", "{arguments:?}");
    }
    String::from_utf8(output.stdout).unwrap()
}

/// The one line on standard error of a command that must find its input bad.
fn complains(arguments: &[&str], input: &[u8]) -> String {
    let output = playground(arguments, Some(input));
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {errors}");
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "", "{arguments:?}");
    assert_eq!(errors.lines().count(), 1, "{arguments:?}: {errors}");
    assert!(errors.starts_with("error: ") && errors.ends_with('\n'), "{errors:?}");
    errors
}

fn json(text: &str) -> Value {
    assert_eq!(text.lines().count(), 1, "one object on one line");
    serde_json::from_str(text).unwrap()
}

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

#[test]
fn help_and_version_are_no_errors() {
    let help = ends(0, &["--help"], None);
    for command in ["serve", "run", "link", "show", "sweep"] {
        assert!(help.contains(command), "{help}");
    }
    let version = ends(0, &["--version"], None);
    assert_eq!(version.trim_end(), format!("consensus-playground {}", env!("CARGO_PKG_VERSION")));
}
