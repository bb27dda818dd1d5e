//! `cargo xtask bench`: Criterion natively, then the module in Node, then the page in Chromium.

use anyhow::Result;
use xshell::cmd;

use crate::project::Project;
use crate::setup;

/// Runs the benchmarks that exist; each prints its own table.
pub fn run(project: &Project) -> Result<()> {
    let shell = &project.shell;
    println!("\n== native ==");
    cmd!(shell, "cargo bench --locked").run()?;

    if shell.path_exists("benches/wasm.mjs") {
        println!("\n== WebAssembly in Node ==");
        cmd!(shell, "node benches/wasm.mjs").run()?;
    }
    if shell.path_exists("benches/page.mjs") {
        println!("\n== the page in Chromium ==");
        setup::npm_packages(project)?;
        let chromium = setup::chromium(project)?;
        // Optimised, so that the server is not what is measured.
        cmd!(shell, "cargo build --release --locked").run()?;
        cmd!(shell, "node benches/page.mjs")
            .env("CHROMIUM_PATH", chromium)
            .env("PLAYGROUND_BINARY", project.binary("release"))
            .run()?;
    }
    Ok(())
}
