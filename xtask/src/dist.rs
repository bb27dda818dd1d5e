//! `cargo xtask dist`: the playground as files that any server can give out, from any folder.
//!
//! All addresses are relative. Beside the page and what is embedded there is one small page for each shipped
//! scenario and each lesson of the course, whose title and description those see who are sent its address
//! (what follows `#` no crawler sees); a service worker, so that whoever was there once needs no network; all
//! of it as one HTML file, for those who have no server at all; and the npm package.

use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use xshell::cmd;

use crate::project::Project;
use crate::{lessons, npm, scenarios, setup};

/// The folder where nobody names another.
pub const FOLDER: &str = "dist";

const WORKER: &str = include_str!("dist/sw.js");
const OFFLINE: &str = include_str!("dist/offline.js");

/// Where the sources look for the package, and where it lies in what is written.
const ABOVE: &str = "\"../pkg/";
const BESIDE: &str = "\"pkg/";

mod page;

use page::Kind;

/// Paths below the folder, with `/` between names, and what is in the files.
type Files = BTreeMap<String, Vec<u8>>;

/// The playground as one file.
const SINGLE: &str = "consensus-playground.html";

/// The address of a folder on a server, which ends in `/`.
pub struct Site(String);

impl Site {
    /// Reads an address that somebody wrote.
    pub fn read(text: &str) -> Result<Site> {
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._~/:%".contains(c);
        match rest {
            Some(rest) if !rest.is_empty() && rest.chars().all(is_plain) => {
                Ok(Site(format!("{}/", text.trim_end_matches('/'))))
            }
            _ => bail!("`{text}` is no address; expected one like https://example.org/playground/"),
        }
    }
}

/// The scenarios and lessons whose pages get a picture: these, or all.
pub type Pictured<'a> = Option<&'a [&'a str]>;

/// Writes the site to a folder that is empty, or holds an earlier one. `site` is where it will stand: there
/// lead links of the single file, and pictures of scenarios are said to be.
pub fn write(
    project: &Project,
    out: &Path,
    site: Option<&Site>,
    pictured: Pictured<'_>,
) -> Result<()> {
    let shell = &project.shell;
    let is_empty = shell.read_dir(out).map_or(true, |entries| entries.is_empty());
    if !is_empty && !out.join("sw.js").is_file() {
        bail!("{} holds something else; name an empty folder with --out", out.display());
    }
    let files = make(project, site, pictured)?;
    shell.remove_path(out)?;
    for (name, content) in &files {
        shell.write_file(out.join(name), content)?;
    }
    let bytes: usize = files.values().map(Vec::len).sum();
    println!("{} files, {bytes} bytes in {}", files.len(), out.display());
    Ok(())
}

fn make(project: &Project, site: Option<&Site>, pictured: Pictured<'_>) -> Result<Files> {
    let shell = &project.shell;
    let mut files = Files::new();
    for page in ["index.html", "compare.html"] {
        let text = shell.read_file(project.root.join("www").join(page))?;
        if !text.contains(ABOVE) {
            bail!("www/{page} loads nothing from {ABOVE}");
        }
        let text = text
            .replace(ABOVE, BESIDE)
            .replace("</head>", "  <script type=\"module\" src=\"offline.js\"></script>\n</head>");
        files.insert(page.to_owned(), text.into_bytes());
    }
    let frame = shell.read_binary_file(project.root.join("www/embed/index.html"))?;
    files.insert("embed/index.html".to_owned(), frame);
    for folder in ["pkg", "scenarios", "course", "words"] {
        for path in files_below(project, &project.root.join(folder))? {
            let below = path.strip_prefix(&project.root)?.to_string_lossy().replace('\\', "/");
            // What programs and types are for, no page fetches.
            let is_for_others = below.ends_with(".d.ts")
                || ["pkg/package.json", "pkg/consensus_playground.js"].contains(&below.as_str())
                || below.starts_with("scenarios/") && below.ends_with("/ORDER");
            if !is_for_others {
                files.insert(below, shell.read_binary_file(&path)?);
            }
        }
    }
    files.insert("offline.js".to_owned(), OFFLINE.into());
    let worker = worker(&files);
    let pictures = pictures(project, pictured)?;
    let shown = [(Kind::Scenario, scenarios(project)?), (Kind::Lesson, lessons::list(project)?)];
    for (kind, entry) in shown.iter().flat_map(|(kind, all)| all.iter().map(|one| (*kind, one))) {
        let id = entry["id"].as_str().context("a scenario has no id")?;
        let own = format!("{}/{id}", kind.folder());
        let picture = pictures.as_ref().map(|folder| folder.join(format!("{own}.png")));
        let picture = picture.filter(|file| file.is_file());
        let page = page::page(kind, entry, address(site), picture.is_some());
        files.insert(format!("{own}/index.html"), page.into_bytes());
        if let Some(file) = picture {
            files.insert(format!("{own}/{}", page::PICTURE), shell.read_binary_file(file)?);
        }
    }
    files.insert("sw.js".to_owned(), worker.into_bytes());
    files.insert(SINGLE.to_owned(), single(project, site)?);
    let (name, package) = npm::pack(project, &npm::folder(project, address(site))?)?;
    files.insert(name, package);
    // Otherwise GitHub Pages would put the site through a generator.
    files.insert(".nojekyll".to_owned(), Vec::new());
    Ok(files)
}

fn address(site: Option<&Site>) -> Option<&str> {
    site.map(|Site(address)| address.as_str())
}

/// Draws the scenarios and the lessons; the folder with what was drawn, if anything could be.
fn pictures(project: &Project, pictured: Pictured<'_>) -> Result<Option<PathBuf>> {
    let Some(chromium) = setup::chromium_if_there(project) else {
        println!("No Chromium found: the pages of scenarios and lessons have no pictures.");
        return Ok(None);
    };
    let shell = &project.shell;
    let folder = project.target.join("xtask/pictures");
    shell.remove_path(&folder)?;
    let ids = pictured.unwrap_or_default();
    cmd!(shell, "node xtask/social.mjs {folder} {chromium} {ids...}").run()?;
    Ok(Some(folder))
}

/// The playground as one file.
fn single(project: &Project, site: Option<&Site>) -> Result<Vec<u8>> {
    setup::npm_packages(project)?;
    let shell = &project.shell;
    let out = project.target.join("xtask").join(SINGLE);
    let site = address(site);
    cmd!(shell, "node xtask/packed.mjs {out} {site...}").run()?;
    Ok(shell.read_binary_file(&out)?)
}

fn scenarios(project: &Project) -> Result<Vec<Value>> {
    Ok(serde_json::from_str(&scenarios::list(project)?)?)
}

fn files_below(project: &Project, folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for path in project.shell.read_dir(folder)? {
        if path.is_dir() {
            found.extend(files_below(project, &path)?);
        } else {
            found.push(path);
        }
    }
    Ok(found)
}

/// The service worker: the list of files, a number that changes with any of them, and what it does.
fn worker(files: &Files) -> String {
    let mut hasher = DefaultHasher::new();
    files.hash(&mut hasher);
    let version = hasher.finish();
    let own = |name: &&String| !name.starts_with("embed/") && !name.starts_with("pkg/embed/");
    // The folder itself is the page, too, under the address that people know.
    let names: Vec<&str> =
        std::iter::once("./").chain(files.keys().filter(own).map(String::as_str)).collect();
    let list = Value::from(names);
    format!("const VERSION = \"{version:016x}\";\nconst FILES = {list};\n{WORKER}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_is_an_address_that_ends_in_a_slash() {
        for given in ["https://example.org/a", "https://example.org/a/", "https://example.org/a//"]
        {
            assert_eq!(Site::read(given).unwrap().0, "https://example.org/a/");
        }
        for wrong in [
            "",
            "https://",
            "example.org",
            "javascript:alert(1)",
            "https://a/\"><b>",
            "https://a b",
        ] {
            assert!(Site::read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn another_file_is_another_version() {
        let of = |text: &str| worker(&Files::from([("a.js".to_owned(), text.into())]));
        assert_eq!(of("1"), of("1"));
        assert_ne!(of("1"), of("2"));
        assert!(of("1").contains("const FILES = [\"./\",\"a.js\"];"));
    }
}
