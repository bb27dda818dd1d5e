//! The npm package: pkg/ and more, as one file that any client of npm installs.

use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use xshell::cmd;

use crate::project::Project;
use crate::setup;

/// Makes the package's folder below the target folder.
pub fn folder(project: &Project, site: Option<&str>) -> Result<PathBuf> {
    setup::npm_packages(project)?;
    let shell = &project.shell;
    let folder = project.target.join("xtask/npm");
    shell.remove_path(&folder)?;
    shell.create_dir(&folder)?;
    cmd!(shell, "node xtask/npm.mjs {folder} {site...}").run()?;
    shell.write_file(folder.join("package.json"), package_json(project))?;
    Ok(folder)
}

/// Packs a folder as `npm publish` would: the name of the file, and what is in it.
pub fn pack(project: &Project, folder: &Path) -> Result<(String, Vec<u8>)> {
    let shell = &project.shell;
    let name = format!("consensus-playground-{}.tgz", project.version);
    let out = project.target.join("xtask");
    let npm = setup::NPM;
    cmd!(shell, "{npm} pack {folder} --pack-destination {out} --silent")
        .quiet()
        .ignore_stdout()
        .run()
        .context("npm could not pack the package; the message above says why")?;
    let content = shell.read_binary_file(out.join(&name))?;
    Ok((name, content))
}

/// Written by hand, because the order of keys matters: a resolver takes the first condition that fits.
fn package_json(project: &Project) -> String {
    let Project { version, description, license, .. } = project;
    format!(
        r#"{{
  "name": "consensus-playground",
  "version": "{version}",
  "description": "{description}",
  "license": "{license}",
  "keywords": ["consensus", "raft", "paxos", "distributed-systems", "simulation", "custom-element"],
  "type": "module",
  "exports": {{
    ".": {{
      "types": "./consensus_playground.d.ts",
      "default": "./consensus_playground.js"
    }},
    "./element": {{
      "types": "./embed/element.d.ts",
      "default": "./embed/element.js"
    }},
    "./auto": {{
      "types": "./embed/auto.d.ts",
      "default": "./embed/auto.js"
    }},
    "./loader": {{
      "types": "./embed/loader.d.ts",
      "default": "./embed/loader.js"
    }},
    "./inline": {{
      "types": "./inline.d.ts",
      "default": "./inline.js"
    }},
    "./engine.wasm": {{
      "types": "./consensus_playground_bg.wasm.d.ts",
      "default": "./consensus_playground_bg.wasm"
    }},
    "./protocols/*": {{
      "types": "./module.d.ts",
      "default": "./protocol_*.wasm"
    }},
    "./parts/*": {{
      "types": "./module.d.ts",
      "default": "./part_*.wasm"
    }},
    "./scenarios.json": "./scenarios.json",
    "./package.json": "./package.json"
  }},
  "types": "./consensus_playground.d.ts",
  "unpkg": "./embed/loader.js",
  "jsdelivr": "./embed/loader.js",
  "sideEffects": [
    "./embed/auto.js",
    "./embed/loader.js",
    "./embed/shared-*.js"
  ],
  "files": [
    "*.d.ts",
    "*.js",
    "*.wasm",
    "embed",
    "scenarios",
    "scenarios.json",
    "words"
  ],
  "engines": {{
    "node": ">=20"
  }}
}}
"#
    )
}
