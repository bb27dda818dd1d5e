//! Reading what a person names on the command line, with errors that say what and where.

use std::io::Read;
use std::path::Path;

use consensus_playground::scenario::bounds::TEXT_BYTES_MAX;
use consensus_playground::scenario::{Scenario, text};

use super::BadInput;

/// Reads a scenario from a file, or from standard input where the file is `-`.
pub(super) fn scenario(file: &Path) -> Result<Scenario, BadInput> {
    let source = read(file, TEXT_BYTES_MAX, "a scenario")?;
    text::parse(&source).map_err(|error| BadInput(format!("{}: {error}", file.display())))
}

/// Reads a text of at most so many bytes; `what` says what it holds.
pub(super) fn read(file: &Path, most: usize, what: &str) -> Result<String, BadInput> {
    let bad = |error: std::io::Error| BadInput(format!("{}: {error}", file.display()));
    // One byte more than allowed is enough to know that it is too long.
    let limit = most as u64 + 1;
    let mut bytes = Vec::new();
    if file == Path::new("-") {
        std::io::stdin().take(limit).read_to_end(&mut bytes).map_err(bad)?;
    } else {
        let opened = std::fs::File::open(file).map_err(bad)?;
        opened.take(limit).read_to_end(&mut bytes).map_err(bad)?;
    }
    if bytes.len() as u64 == limit {
        let name = file.display();
        return Err(BadInput(format!("{name}: {what} has at most {most} bytes")));
    }
    String::from_utf8(bytes).map_err(|error| {
        let line = error.as_bytes()[..error.utf8_error().valid_up_to()]
            .iter()
            .filter(|byte| **byte == b'\n')
            .count();
        BadInput(format!("{}: line {}: expected UTF-8 text", file.display(), line + 1))
    })
}
