//! The lessons and challenges of the course, as far as their pages tell of them: names and descriptions from
//! `course/*.txt`, in the order of the file `ORDER` beside them. Whether a chapter is written well is the
//! tests' business.

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::project::Project;

/// All of them.
pub fn list(project: &Project) -> Result<Vec<Value>> {
    let shell = &project.shell;
    let folder = project.root.join("course");
    let mut entries = Vec::new();
    for chapter in shell.read_file(folder.join("ORDER"))?.lines() {
        let text = shell
            .read_file(folder.join(format!("{chapter}.txt")))
            .with_context(|| format!("course/ORDER names {chapter}"))?;
        entries.extend(of_chapter(&text).with_context(|| format!("course/{chapter}.txt"))?);
    }
    Ok(entries)
}

/// Those of a chapter, each with `id`, the chapter's title, and title and description by language.
fn of_chapter(text: &str) -> Result<Vec<Value>> {
    let mut chapter = "";
    let mut entries: Vec<Value> = Vec::new();
    for line in text.lines() {
        let Some((keyword, rest)) = line.split_once(' ') else { continue };
        let rest = rest.trim();
        match (keyword, entries.last_mut()) {
            ("lesson" | "challenge", _) => {
                entries.push(json!({
                    "id": rest, "group": chapter, "title": {}, "about": {},
                }));
            }
            ("title", None) => chapter = rest,
            ("title" | "about", Some(entry)) => entry[keyword]["en"] = rest.into(),
            ("title.zh", Some(entry)) => entry["title"]["zh"] = rest.into(),
            ("about.zh", Some(entry)) => entry["about"]["zh"] = rest.into(),
            _ => {}
        }
    }
    let lacks = |entry: &&Value| entry["title"]["en"].is_null() || entry["about"]["en"].is_null();
    match entries.iter().find(lacks) {
        Some(entry) => anyhow::bail!("{} has no title or no description", entry["id"]),
        None => Ok(entries),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lessons_and_challenges_are_found_with_their_words() {
        let text = "chapter a\ntitle A & B\ntitle.zh 甲\n\n\
                    lesson one\ntitle One\ntitle.zh 一\nabout About one\n\
                    scenario a/b\nat 0\nsay title of nothing\n\
                    challenge two\ntitle Two\nabout About two\nabout.zh 关于二\nstart\n  title not its title\n";
        let found = of_chapter(text).unwrap();
        assert_eq!(
            found,
            [
                json!({
                    "id": "one", "group": "A & B", "title": { "en": "One", "zh": "一" },
                    "about": { "en": "About one" },
                }),
                json!({
                    "id": "two", "group": "A & B", "title": { "en": "Two" },
                    "about": { "en": "About two", "zh": "关于二" },
                }),
            ]
        );
        assert!(of_chapter("chapter a\nlesson one\ntitle One\n").is_err());
    }
}
