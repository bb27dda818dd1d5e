//! Tells Cargo which folders the binary embeds, and the linker where to write its map.
//!
//! A changed file is noticed without the first; a file added or removed is not.

use std::path::Path;

/// Set by whoever wants to know where in the module each static value lies. A link argument, and not a
/// flag of the compiler, because it must not change the bytes that are built.
const LINK_MAP: &str = "CONSENSUS_PLAYGROUND_LINK_MAP";
/// Where the table of functions begins then: numbers that hardly any code uses otherwise.
const TABLE_BASE: u32 = 20_011;
/// Where the static values begin then: behind 0x11_0000, one more than any character, with which code
/// everywhere compares. A value that lay there would be taken for what all that code needs.
const VALUES_BASE: u32 = 0x11_0100;

fn main() {
    for folder in ["www", "pkg", "scenarios", "course"] {
        // Cargo takes a missing path for one that always changed.
        if Path::new(folder).exists() {
            println!("cargo::rerun-if-changed={folder}");
        }
    }
    println!("cargo::rerun-if-env-changed={LINK_MAP}");
    if let Ok(path) = std::env::var(LINK_MAP) {
        println!("cargo::rustc-link-arg-cdylib=-Map={path}");
        // Whoever reads the map also asks which numbers in the code are places in the table of functions:
        // small ones could be anything.
        println!("cargo::rustc-link-arg-cdylib=--table-base={TABLE_BASE}");
        println!("cargo::rustc-link-arg-cdylib=--global-base={VALUES_BASE}");
    }
    println!("cargo::rerun-if-changed=build.rs");
}
