//! What the benchmarks run: five Raft nodes on the usual network, with nothing but heartbeats or with
//! two clients that write all the time.

use std::fmt::Write;

/// How many actions are measured.
pub const ACTIONS: u32 = 100_000;
/// With so many writes the steps unfold to a little less than [`ACTIONS`].
const WRITES: u32 = 2_800;

/// A cluster that elects a leader and then only sends heartbeats.
pub fn quiet() -> String {
    "protocol raft\nnodes 5\nseed 42\n".to_owned()
}

/// The same cluster, to which two clients write in turn, each 100 ms after the other.
pub fn writing() -> String {
    let mut text = quiet();
    text.push_str("clients 2\n\nrun 400\n");
    for write in 0..WRITES {
        let client = ["A", "B"][write as usize % 2];
        let key = write % 8;
        // Writing to a string does not fail.
        let _ = write!(text, "invoke {client} put k{key} {write}\nrun 100\n");
    }
    text
}
