//! Tells Cargo which folders the binary embeds.
//!
//! A changed file is noticed without this; a file added or removed is not.

use std::path::Path;

fn main() {
    for folder in ["www", "pkg", "scenarios"] {
        // Cargo takes a missing path for one that always changed.
        if Path::new(folder).exists() {
            println!("cargo::rerun-if-changed={folder}");
        }
    }
    println!("cargo::rerun-if-changed=build.rs");
}
