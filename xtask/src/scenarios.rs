//! The list of shipped scenarios that the page offers before it opens one: names and descriptions of
//! `scenarios/<protocol>/*.txt`, in the order of the file `ORDER` beside them. Their texts stay files
//! of their own, fetched when they are opened.

use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Map, Value, json};
use xshell::Shell;

use crate::project::Project;

/// The list as JSON.
pub fn list(project: &Project) -> Result<String> {
    let shell = &project.shell;
    let mut entries = Vec::new();
    for folder in shell.read_dir(project.root.join("scenarios"))? {
        if !folder.join("ORDER").is_file() {
            continue;
        }
        let protocol = name(&folder)?;
        let source =
            shell.read_file(project.root.join("src/protocols").join(&protocol).join("mod.rs"))?;
        let title =
            title_of(&source).with_context(|| format!("{protocol} has no `title: \"…\"`"))?;
        for scenario in shell.read_file(folder.join("ORDER"))?.lines() {
            entries.push(entry(shell, &folder, &protocol, title, scenario)?);
        }
    }
    let lines: Vec<String> = entries.iter().map(Value::to_string).collect();
    Ok(format!("[\n{}\n]\n", lines.join(",\n")))
}

/// The name that people read, from the sheet's source.
fn title_of(source: &str) -> Option<&str> {
    source.split_once("title: \"")?.1.split_once('"').map(|(title, _)| title)
}

fn entry(
    shell: &Shell,
    folder: &Path,
    protocol: &str,
    protocol_title: &str,
    name: &str,
) -> Result<Value> {
    let text = shell
        .read_file(folder.join(format!("{name}.txt")))
        .with_context(|| format!("{}/ORDER names {name}", folder.display()))?;
    Ok(json!({
        "id": format!("{protocol}/{name}"),
        "protocol": protocol,
        "protocolTitle": protocol_title,
        "title": words(&text, "title"),
        "about": words(&text, "about"),
    }))
}

/// The words after a keyword, by language.
fn words(text: &str, keyword: &str) -> Map<String, Value> {
    let of = |keyword: String| {
        let start = format!("{keyword} ");
        text.lines().find_map(|line| line.strip_prefix(start.as_str())).map(str::trim)
    };
    let languages = [("en", keyword.to_owned()), ("zh", format!("{keyword}.zh"))];
    let words =
        languages.into_iter().filter_map(|(language, keyword)| Some((language, of(keyword)?)));
    words.map(|(language, words)| (language.to_owned(), words.into())).collect()
}

fn name(path: &Path) -> Result<String> {
    let name = path.file_name().and_then(|name| name.to_str());
    name.map(str::to_owned).with_context(|| format!("{} has no name", path.display()))
}
