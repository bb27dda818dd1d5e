//! Where things are: the checkout, the target folder, the dependencies' sources.

use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use xshell::{Shell, cmd};

/// The target triple of the page.
pub const WASM: &str = "wasm32-unknown-unknown";

/// The crate that `cargo xtask build` packs.
const PACKAGE: &str = "consensus-playground";

/// What every command needs to know, asked of Cargo once.
pub struct Project {
    /// Runs commands; its folder is the checkout.
    pub shell: Shell,
    /// The checkout.
    pub root: PathBuf,
    /// Cargo's target folder, which may lie outside the checkout.
    pub target: PathBuf,
    /// The folders with the unpacked sources of dependencies, each with `<name>-<version>`.
    pub dependencies: BTreeMap<PathBuf, String>,
    /// `version` in Cargo.toml.
    pub version: String,
    /// `description` in Cargo.toml.
    pub description: String,
    /// `license` in Cargo.toml.
    pub license: String,
}

impl Project {
    /// Finds the checkout this xtask was started from.
    pub fn open() -> Result<Project> {
        // Read when run, not when compiled: checkouts may share one target folder.
        let manifest = std::env::var_os("CARGO_MANIFEST_DIR")
            .context("start this program as `cargo xtask`, which tells it where the project is")?;
        let shell = Shell::new()?;
        shell.change_dir(Path::new(&manifest).join(".."));

        // Asking for the dependencies also unpacks their sources, whose folder names are needed to hide them.
        let metadata =
            cmd!(shell, "cargo metadata --format-version 1 --locked --filter-platform {WASM}")
                .quiet()
                .read()
                .context(
                    "could not read Cargo.toml and Cargo.lock; \
                     if a dependency changed, run `cargo update --workspace`",
                )?;
        let metadata: Value = serde_json::from_str(&metadata)?;
        let root = PathBuf::from(text(&metadata, "workspace_root")?);
        let target = PathBuf::from(text(&metadata, "target_directory")?);
        shell.change_dir(&root);

        let packages = metadata["packages"].as_array().context("no packages in the metadata")?;
        let mut dependencies = BTreeMap::new();
        let mut playground = None;
        for package in packages {
            if package["source"].is_string() {
                let manifest = Path::new(text(package, "manifest_path")?);
                let folder = manifest.parent().context("a manifest lies in a folder")?;
                let name = format!("{}-{}", text(package, "name")?, text(package, "version")?);
                dependencies.insert(folder.to_path_buf(), name);
            } else if package["name"] == PACKAGE {
                playground = Some(package);
            }
        }
        let Some(playground) = playground else {
            bail!("the workspace has no package named {PACKAGE}");
        };
        Ok(Project {
            version: text(playground, "version")?.to_owned(),
            description: text(playground, "description")?.to_owned(),
            license: text(playground, "license")?.to_owned(),
            shell,
            root,
            target,
            dependencies,
        })
    }

    /// The playground's binary in a profile's folder, `debug` or `release`.
    pub fn binary(&self, profile: &str) -> PathBuf {
        self.target.join(profile).join(format!("{PACKAGE}{}", std::env::consts::EXE_SUFFIX))
    }

    /// A tool that npm installed, to be run with `node` (npx would be a shell script on Windows).
    pub fn npm_tool(&self, path: &str) -> PathBuf {
        self.root.join("node_modules").join(path)
    }
}

fn text<'a>(value: &'a Value, key: &str) -> Result<&'a str> {
    value[key].as_str().with_context(|| format!("`{key}` is missing in Cargo.toml"))
}
