//! The house rules that a machine can check: small files, short lines, no leftovers, no path of
//! somebody's machine, nothing in the core that would make a replay differ, no protocol's name in
//! the page, and every word of the page in both languages.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use consensus_playground::protocols::REGISTRY;

const FOLDERS: [&str; 5] = ["src", "xtask", "www", "tests", "benches"];
const FILE_LINES_MAX: usize = 600;
const RUST_COLUMNS_MAX: usize = 110;

/// A text file by its path below the root, with `/` between folders.
struct Source {
    path: String,
    text: String,
}

impl Source {
    fn ends(&self, endings: &[&str]) -> bool {
        endings.iter().any(|ending| self.path.ends_with(ending))
    }

    fn is_below(&self, folders: &[&str]) -> bool {
        folders.iter().any(|folder| self.path.starts_with(folder))
    }
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders: Vec<PathBuf> = FOLDERS.iter().map(|folder| root.join(folder)).collect();
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                if name != "node_modules" && name != "target" {
                    folders.push(path);
                }
                continue;
            }
            // What is not text has no style.
            let Ok(text) = fs::read_to_string(&path) else { continue };
            let path = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
            found.push(Source { path, text });
        }
    }
    found.sort_by(|one, other| one.path.cmp(&other.path));
    assert!(found.len() > 50, "the folders are there");
    found
}

/// Fails with every line of these files about which `complain` says something.
fn each_line(of: impl Fn(&Source) -> bool, complain: impl Fn(&str) -> Option<String>) {
    let mut wrong = Vec::new();
    for source in sources().into_iter().filter(of) {
        for (number, line) in (1..).zip(source.text.lines()) {
            if let Some(why) = complain(line) {
                wrong.push(format!("{}:{number}: {why}", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whether `line` has `word` with no letter, digit or underscore around it.
fn has_word(line: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    })
}

fn first_of(line: &str, words: &[&str]) -> Option<String> {
    words.iter().find(|word| has_word(line, word)).map(|word| format!("`{word}`"))
}

/// This file names what it forbids.
fn is_not_this(source: &Source) -> bool {
    source.path != "tests/house.rs"
}

#[test]
fn a_file_holds_one_idea() {
    let long: Vec<String> = sources()
        .iter()
        .filter(|source| source.ends(&[".rs", ".js", ".mjs", ".css"]))
        .map(|source| (source, source.text.lines().count()))
        .filter(|(_, lines)| *lines > FILE_LINES_MAX)
        .map(|(source, lines)| format!("{}: {lines} lines", source.path))
        .collect();
    assert!(long.is_empty(), "look for the second idea in\n{}", long.join("\n"));
}

#[test]
fn lines_of_rust_fit_on_a_page() {
    each_line(
        |source| source.ends(&[".rs"]),
        |line| {
            let columns = line.chars().count();
            (columns > RUST_COLUMNS_MAX).then(|| format!("{columns} columns"))
        },
    );
}

#[test]
fn no_line_ends_in_blanks_and_every_file_in_a_newline() {
    let is_ours = |source: &Source| source.ends(&[".rs", ".js", ".mjs", ".css", ".html", ".toml"]);
    each_line(is_ours, |line| {
        line.ends_with([' ', '\t', '\r']).then(|| "a blank at the end".into())
    });
    for source in sources().iter().filter(|source| is_ours(source)) {
        assert!(source.text.ends_with('\n'), "{} ends without a newline", source.path);
    }
}

#[test]
fn no_path_of_a_machine_is_written_down() {
    each_line(is_not_this, |line| {
        let found = ["/root/", "/home/", "/work/"].into_iter().find(|path| line.contains(path))?;
        Some(format!("`{found}`"))
    });
}

#[test]
fn nothing_is_left_unfinished() {
    // Links are packed bytes in letters, among which anything may occur.
    let is_written =
        |source: &Source| is_not_this(source) && !source.path.starts_with("tests/links/");
    each_line(is_written, |line| {
        let leftovers = ["todo!(", "unimplemented!(", "dbg!(", "FIXME", "XXX"];
        let found = leftovers.into_iter().find(|leftover| line.contains(leftover))?;
        Some(format!("`{found}`"))
    });
}

#[test]
fn only_the_door_knows_javascript() {
    each_line(
        |source| source.is_below(&["src/"]) && !source.is_below(&["src/wasm.rs", "src/wasm/"]),
        // Words about it are welcome, names are not.
        |line| {
            let is_comment = line.trim_start().starts_with("//");
            (!is_comment)
                .then(|| first_of(line, &["wasm_bindgen", "js_sys", "web_sys", "JsValue"]))?
        },
    );
}

#[test]
fn the_core_has_nothing_that_makes_a_replay_differ() {
    const OUTSIDE: [&str; 4] = ["src/wasm.rs", "src/wasm/", "src/cli/", "src/main.rs"];
    const FORBIDDEN: [&str; 9] = [
        "HashMap",
        "HashSet",
        "Instant",
        "SystemTime",
        "f32",
        "f64",
        "RandomState",
        "thread_rng",
        "DefaultHasher",
    ];
    each_line(
        |source| source.is_below(&["src/"]) && !source.is_below(&OUTSIDE),
        |line| (!line.trim_start().starts_with("//")).then(|| first_of(line, &FORBIDDEN))?,
    );
}

#[test]
fn rust_files_begin_with_what_they_are() {
    for source in sources().iter().filter(|source| source.ends(&[".rs"])) {
        assert!(source.text.starts_with("//!"), "{} has no module documentation", source.path);
    }
}

/// The quoted strings of a line of JavaScript, as far as a simple reading finds them.
fn strings(line: &str) -> Vec<&str> {
    let code = line.split(" // ").next().unwrap_or(line);
    let is_comment = ["//", "*", "/*"].iter().any(|mark| code.trim_start().starts_with(mark));
    if is_comment { Vec::new() } else { code.split(['"', '\'', '`']).skip(1).step_by(2).collect() }
}

/// The data that names protocols on purpose: which comparisons are offered.
const READY: &str = "www/compare/ready.js";

/// Whether a text names a protocol: as a word of its own or at the beginning of a path. Parts of longer
/// names do not count, since some protocols are called by common words.
fn names(text: &str, id: &str) -> bool {
    let is_it = |word: &str| {
        word.strip_prefix(id).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    text.split(|c: char| c.is_whitespace() || "=,;&?".contains(c)).any(is_it)
}

#[test]
fn the_page_knows_no_protocol() {
    let ids: Vec<&str> = REGISTRY.iter().map(|entry| entry.sheet().id).collect();
    let mut places = Vec::new();
    for source in
        sources().iter().filter(|source| source.is_below(&["www/"]) && source.ends(&[".js"]))
    {
        if source.is_below(&["www/locale/"]) || source.path == READY {
            continue;
        }
        for (number, line) in (1..).zip(source.text.lines()) {
            for text in strings(line) {
                let low = text.to_lowercase();
                if ids.iter().any(|id| names(&low, id)) {
                    places.push(format!("{}:{number}: “{text}”", source.path));
                }
            }
        }
    }
    // The scenario that a first visitor sees must be named somewhere, once.
    places.retain(|place| {
        let is_default = place.ends_with("/leader-election”");
        !is_default
    });
    assert!(places.is_empty(), "the view model lacks a field:\n{}", places.join("\n"));
}

#[test]
fn the_default_scenario_is_named_once_and_exists() {
    let named: Vec<String> = sources()
        .iter()
        .filter(|source| source.is_below(&["www/"]) && source.ends(&[".js"]))
        .flat_map(|source| {
            source.text.lines().flat_map(strings).map(str::to_owned).collect::<Vec<_>>()
        })
        .filter(|text| {
            REGISTRY.iter().any(|entry| text.starts_with(&format!("{}/", entry.sheet().id)))
        })
        .collect();
    assert_eq!(named.len(), 1, "{named:?}");
    assert!(consensus_playground::scenario::presets::find(&named[0]).is_some(), "{named:?}");
}

#[test]
fn every_ready_comparison_has_its_words_and_the_first_one_its_protocols() {
    let all = sources();
    let text = |path: &str| &all.iter().find(|source| source.path == path).unwrap().text;
    let field = |line: &str, name: &str| -> Option<String> {
        let rest = line.split_once(&format!("{name}: \""))?.1;
        Some(rest.split_once('"')?.0.to_owned())
    };
    let words = keys(text("www/locale/en.compare.js"));
    let entries: Vec<&str> =
        text(READY).lines().filter(|line| line.trim_start().starts_with("{ id: ")).collect();
    assert!(entries.len() > 3, "{entries:?}");
    for (place, line) in entries.into_iter().enumerate() {
        let id = field(line, "id").unwrap();
        for key in [format!("compare.ready.{id}"), format!("compare.ready.{id}.watch")] {
            assert!(words.contains(&key), "{key} is missing");
        }
        for side in ["left", "right"] {
            let protocol = field(line, side).unwrap();
            let is_there = REGISTRY.iter().any(|entry| entry.sheet().id == protocol);
            assert!(is_there || place > 0, "the first visitor's {protocol} is missing");
        }
    }
}

/// The keys of a table of words: lines that begin with a quoted key and a colon.
fn keys(text: &str) -> BTreeSet<String> {
    text.lines()
        .filter_map(|line| line.trim_start().strip_prefix('"')?.split_once("\":"))
        .map(|(key, _)| key.to_owned())
        .collect()
}

/// The placeholders of each key, `{name}` or `{name|one|many}`, as far as they stand on its line.
fn placeholders(text: &str, key: &str) -> BTreeSet<String> {
    let start = format!("\"{key}\":");
    let from_key = text.lines().skip_while(|line| !line.trim_start().starts_with(&start));
    let mut entry = String::new();
    for line in from_key {
        // A long value stands on the line after its key.
        let is_next = line.trim_start().starts_with('"') && !entry.trim_end().ends_with(':');
        if is_next && !entry.is_empty() {
            break;
        }
        entry.push_str(line);
    }
    let parts = entry.split('{').skip(1).filter_map(|part| part.split_once('}'));
    let name = |part: &str| part.split('|').next().unwrap_or_default().to_owned();
    parts.map(|(part, _)| name(part)).collect()
}

#[test]
fn the_page_says_everything_in_both_languages() {
    let all = sources();
    let locale = |name: &str| all.iter().find(|source| source.path == format!("www/locale/{name}"));
    let english: Vec<&Source> =
        all.iter().filter(|source| source.path.starts_with("www/locale/en")).collect();
    assert!(!english.is_empty());
    let mut wrong = Vec::new();
    for source in english {
        let name = source.path.rsplit('/').next().unwrap();
        let other = name.replacen("en", "zh", 1);
        let Some(chinese) = locale(&other) else {
            wrong.push(format!("www/locale/{other} is missing"));
            continue;
        };
        let (en, zh) = (keys(&source.text), keys(&chinese.text));
        wrong.extend(en.difference(&zh).map(|key| format!("{other} lacks {key}")));
        // In English these are the core's own sentences.
        let of_core = ["refusal.", "model.", "definition.", "reason."];
        let is_core = |key: &str| of_core.iter().any(|beginning| key.starts_with(beginning));
        let only_here = zh.difference(&en).filter(|key| !is_core(key));
        wrong.extend(only_here.map(|key| format!("{name} lacks {key}")));
        for key in en.intersection(&zh) {
            let (mine, theirs) =
                (placeholders(&source.text, key), placeholders(&chinese.text, key));
            if mine != theirs {
                wrong.push(format!("{key}: {name} fills in {mine:?}, {other} {theirs:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The texts of a sheet that are for people; ids, kinds of message and operations are notation.
fn sentences(value: &serde_json::Value, into: &mut BTreeSet<String>) {
    const FOR_PEOPLE: [&str; 5] = ["title", "guarantee", "period", "text", "without"];
    match value {
        serde_json::Value::Object(fields) => {
            for (name, value) in fields {
                match value.as_str() {
                    Some(text) if FOR_PEOPLE.contains(&name.as_str()) => {
                        into.insert(text.to_owned());
                    }
                    _ => sentences(value, into),
                }
            }
        }
        serde_json::Value::Array(items) => items.iter().for_each(|item| sentences(item, into)),
        _ => {}
    }
}

#[test]
fn every_sheet_is_said_in_chinese() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("words/zh");
    let table = |name: &str| -> serde_json::Value {
        let text = fs::read_to_string(root.join(format!("{name}.json"))).unwrap_or_default();
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("words/zh/{name}.json: {error}"))
    };
    let common = table("common");
    let mut missing = Vec::new();
    for entry in REGISTRY {
        let (sheet, own) = (entry.sheet(), table(entry.sheet().id));
        let is_there = |section: &str, key: &str| {
            [&own, &common].iter().any(|table| table[section].get(key).is_some())
        };
        let mut texts = BTreeSet::new();
        sentences(&serde_json::to_value(sheet).unwrap(), &mut texts);
        texts.extend(sheet.timers.iter().map(|timer| timer.name.to_owned()));
        missing.extend(
            texts
                .iter()
                .filter(|text| !is_there("words", text))
                .map(|text| (sheet.id, text.clone())),
        );
        let ids = (sheet.invariants.iter().map(|invariant| invariant.id))
            .chain(sheet.settings.iter().map(|setting| setting.id))
            .chain(sheet.commands.iter().map(|command| command.name));
        missing.extend(
            ids.filter(|id| !is_there("names", id))
                .map(|id| (sheet.id, format!("the name of {id}"))),
        );
    }
    assert!(missing.is_empty(), "words/zh lacks {missing:#?}");
}

#[test]
fn every_protocol_says_in_one_sentence_what_it_promises() {
    for entry in REGISTRY {
        let (id, guarantee) = (entry.sheet().id, entry.sheet().guarantee);
        assert!((30..200).contains(&guarantee.len()), "{id}: “{guarantee}”");
        assert!(guarantee.ends_with('.') && !guarantee.contains(". "), "{id}: “{guarantee}”");
    }
}

#[test]
fn every_rule_is_named_by_a_scenario_or_a_test_of_its_own() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut text: String =
        consensus_playground::scenario::presets::all().iter().map(|preset| preset.text).collect();
    for entry in REGISTRY {
        let sheet = entry.sheet();
        text +=
            &fs::read_to_string(root.join(format!("tests/{}.rs", sheet.id))).unwrap_or_default();
        for rule in sheet.rules {
            assert!(has_word(&text, rule.id), "nothing shows {} {}", sheet.id, rule.id);
        }
    }
}

/// Whether a scenario's text switches a rule off: from the beginning, or in a step.
fn switches_off(text: &str, rule: &str) -> bool {
    text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>()).any(|words| {
        let is_without = words.first() == Some(&"without") && words.contains(&rule);
        is_without || words == ["rule", rule, "off"]
    })
}

#[test]
fn what_a_rule_protects_is_shown_broken_without_it() {
    let presets = consensus_playground::scenario::presets::all();
    let mut missing = Vec::new();
    for entry in REGISTRY {
        let sheet = entry.sheet();
        // A rule that protects no invariant is there for progress, which no invariant is about.
        for rule in sheet.rules.iter().filter(|rule| !rule.protects.is_empty()) {
            let breaks = |text: &str| {
                let expected = |line: &str| {
                    let found = line.trim().strip_prefix("expect violated ");
                    found.is_some_and(|invariant| rule.protects.contains(&invariant.trim()))
                };
                switches_off(text, rule.id) && text.lines().any(expected)
            };
            let is_own = |id: &str| id.split('/').next() == Some(sheet.id);
            if !presets.iter().any(|preset| is_own(preset.id) && breaks(preset.text)) {
                missing.push(format!("{} {}: {:?}", sheet.id, rule.id, rule.protects));
            }
        }
    }
    assert!(
        missing.is_empty(),
        "no scenario shows what goes wrong without\n{}",
        missing.join("\n")
    );
}
