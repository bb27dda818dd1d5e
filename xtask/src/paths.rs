//! Keeps this machine out of the package: the same source gives the same bytes in every folder.
//!
//! Panic messages name source files by their full path. Left alone, the module would hold the
//! checkout, the home folder and the name of the registry it was built from, and no two people could
//! build the same file.

use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use xshell::cmd;

use crate::project::Project;

/// Replaces the names of folders in what the compiler writes.
pub struct Remap {
    /// (folder here, name in the package), short names first: the compiler lets the last match win.
    pairs: Vec<(PathBuf, String)>,
}

impl Remap {
    /// Collects every folder whose name could reach the package.
    pub fn new(project: &Project) -> Result<Remap> {
        let shell = &project.shell;
        let sysroot = PathBuf::from(cmd!(shell, "rustc --print sysroot").quiet().read()?);
        let verbose_version = cmd!(shell, "rustc --version --verbose").quiet().read()?;
        let commit = verbose_version
            .lines()
            .find_map(|line| line.strip_prefix("commit-hash: "))
            .context("rustc does not say which commit it was built from")?;

        let mut pairs = vec![
            (project.root.clone(), "/consensus-playground".to_owned()),
            (project.target.clone(), "/target".to_owned()),
            // Where the rust-src component is installed, the standard library has a second name:
            // give it the first.
            (sysroot.join("lib/rustlib/src/rust"), format!("/rustc/{commit}")),
            (sysroot, "/rust".to_owned()),
        ];
        // One by one, because `cargo vendor` calls the same folders by other names than the registry does.
        for (folder, name) in &project.dependencies {
            pairs.push((folder.clone(), format!("/dependencies/{name}")));
        }
        pairs.sort_by_key(|(folder, _)| folder.as_os_str().len());
        Ok(Remap { pairs })
    }

    /// The compiler flags in the spelling of `CARGO_ENCODED_RUSTFLAGS`, which allows spaces in folder names.
    pub fn encoded_rustflags(&self) -> Result<String> {
        let mut flags = Vec::new();
        for (folder, name) in &self.pairs {
            let folder = folder
                .to_str()
                .with_context(|| format!("the folder {} is not valid Unicode", folder.display()))?;
            flags.push(format!("--remap-path-prefix={folder}={name}"));
        }
        Ok(flags.join("\x1f"))
    }

    /// Fails if a folder of this machine is named in `content`.
    pub fn check(&self, file: &Path, content: &[u8]) -> Result<()> {
        for (folder, _) in &self.pairs {
            // A checkout in /src would be "found" in every path that goes through a folder src.
            if folder.components().count() < 3 {
                continue;
            }
            let name = folder.as_os_str().as_encoded_bytes();
            if content.windows(name.len()).any(|window| window == name) {
                bail!(
                    "{} names the folder {}, so it would differ on every machine; \
                     add what put it there to xtask/src/paths.rs",
                    file.display(),
                    folder.display()
                );
            }
        }
        Ok(())
    }
}
