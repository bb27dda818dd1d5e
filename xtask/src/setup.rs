//! Fetches what a machine with only Rust, Node and npm lacks, and says what it fetches.

use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use xshell::cmd;

use crate::project::{Project, WASM};

#[cfg(windows)]
/// npm, as it is called here.
pub const NPM: &str = "npm.cmd";
#[cfg(not(windows))]
/// npm, as it is called here.
pub const NPM: &str = "npm";

const CHROMIUM_NAMES: [&str; 5] =
    ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/// Makes sure that Rust can compile for the browser.
pub fn wasm_target(project: &Project) -> Result<()> {
    let shell = &project.shell;
    // Looked up in the sysroot rather than asked of rustup, for toolchains that did not come from it.
    let sysroot = cmd!(shell, "rustc --print sysroot").quiet().read()?;
    if Path::new(&sysroot).join("lib/rustlib").join(WASM).join("lib").exists() {
        return Ok(());
    }
    println!("Rust cannot compile for {WASM} yet: adding that target.");
    cmd!(shell, "rustup target add {WASM}").run().with_context(|| {
        format!(
            "could not add the Rust target {WASM}; install it the way Rust itself was installed"
        )
    })
}

/// Makes sure that node_modules/ holds what package-lock.json names.
pub fn npm_packages(project: &Project) -> Result<()> {
    let shell = &project.shell;
    cmd!(shell, "node --version")
        .quiet()
        .ignore_stdout()
        .run()
        .context("Node is missing: install Node 20 or newer, with npm")?;
    // npm writes this file last, so a broken installation counts as none.
    let installed = modified(&project.root.join("node_modules/.package-lock.json"));
    let wanted = modified(&project.root.join("package-lock.json"));
    if installed.is_some() && installed >= wanted {
        return Ok(());
    }
    println!("node_modules/ is missing or older than package-lock.json: installing.");
    cmd!(shell, "{NPM} ci --no-audit --no-fund")
        .run()
        .context("`npm ci` failed; the message above says why")
}

/// Finds Chromium, or installs it.
pub fn chromium(project: &Project) -> Result<PathBuf> {
    if let Some(path) = std::env::var_os("CHROMIUM_PATH") {
        let path = PathBuf::from(path);
        if !runs(project, &path) {
            bail!("CHROMIUM_PATH names {}, which is no browser that runs", path.display());
        }
        return Ok(path);
    }
    if let Some(path) = installed_chromium(project) {
        return Ok(path);
    }
    println!("No Chromium found (CHROMIUM_PATH, PATH, Playwright's cache): installing one.");
    install_with_apt(project);
    if let Some(path) = installed_chromium(project) {
        return Ok(path);
    }
    npm_packages(project)?;
    let shell = &project.shell;
    let playwright = project.npm_tool("playwright-core/cli.js");
    let downloaded = cmd!(shell, "node {playwright} install chromium").run();
    match installed_chromium(project) {
        Some(path) if downloaded.is_ok() => Ok(path),
        _ => bail!(
            "could not install Chromium; install Chromium or Chrome yourself \
             and set CHROMIUM_PATH to its executable"
        ),
    }
}

/// Chromium, where there is one; nothing is installed.
pub fn chromium_if_there(project: &Project) -> Option<PathBuf> {
    let named = std::env::var_os("CHROMIUM_PATH").map(PathBuf::from);
    named.filter(|path| runs(project, path)).or_else(|| installed_chromium(project))
}

fn installed_chromium(project: &Project) -> Option<PathBuf> {
    let search_path = std::env::var_os("PATH").unwrap_or_default();
    for folder in std::env::split_paths(&search_path) {
        for name in CHROMIUM_NAMES {
            let path = folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
            if path.exists() && runs(project, &path) {
                return Some(path);
            }
        }
    }
    npm_packages(project).ok()?;
    let ask = "console.log(require('playwright-core').chromium.executablePath())";
    let path = cmd!(project.shell, "node --eval {ask}").quiet().ignore_stderr().read().ok()?;
    let path = PathBuf::from(path);
    runs(project, &path).then_some(path)
}

/// Debian and its kin have a package; Ubuntu's is a stub that does not run in a container, hence no promise.
fn install_with_apt(project: &Project) {
    let shell = &project.shell;
    let is_root = cmd!(shell, "id -u").quiet().ignore_stderr().read().is_ok_and(|id| id == "0");
    let has_apt = cmd!(shell, "apt-get --version").quiet().ignore_stdout().ignore_stderr().run();
    if !is_root || has_apt.is_err() {
        return;
    }
    let updated = cmd!(shell, "apt-get update").run();
    let installed = cmd!(shell, "apt-get install -y --no-install-recommends chromium")
        .env("DEBIAN_FRONTEND", "noninteractive")
        .run();
    if updated.is_err() || installed.is_err() {
        println!("apt-get could not install Chromium: trying Playwright's download.");
    }
}

fn runs(project: &Project, browser: &Path) -> bool {
    cmd!(project.shell, "{browser} --version").quiet().ignore_stdout().ignore_stderr().run().is_ok()
}

fn modified(path: &Path) -> Option<std::time::SystemTime> {
    path.metadata().ok()?.modified().ok()
}
