//! The command line as tests call it.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// Runs the binary with an input, to its end.
pub fn playground(arguments: &[&str], input: Option<&[u8]>) -> Output {
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
pub fn ends(code: i32, arguments: &[&str], input: Option<&str>) -> String {
    let output = playground(arguments, input.map(str::as_bytes));
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {errors}");
    if code < 2 {
        assert_eq!(errors, "", "{arguments:?}");
    }
    String::from_utf8(output.stdout).unwrap()
}

/// The one line on standard error of a command that must find its input bad.
pub fn complains(arguments: &[&str], input: &[u8]) -> String {
    let output = playground(arguments, Some(input));
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {errors}");
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "", "{arguments:?}");
    assert_eq!(errors.lines().count(), 1, "{arguments:?}: {errors}");
    assert!(errors.starts_with("error: ") && errors.ends_with('\n'), "{errors:?}");
    errors
}

/// One object on one line.
pub fn json(text: &str) -> Value {
    assert_eq!(text.lines().count(), 1, "{text}");
    serde_json::from_str(text).unwrap()
}
