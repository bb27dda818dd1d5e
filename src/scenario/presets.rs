//! The scenarios that ship with the playground: each is preset, lesson and test in one file.

use include_dir::{Dir, include_dir};

static SCENARIOS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/scenarios");

/// The folder with all of them.
pub fn folder() -> &'static Dir<'static> {
    &SCENARIOS
}

/// A shipped scenario.
#[derive(Clone, Copy, Debug)]
pub struct Preset {
    /// `protocol/behaviour`, the path below `scenarios/` without its ending.
    pub id: &'static str,
    /// The text.
    pub text: &'static str,
}

/// All shipped scenarios, by protocol, in the order in which they are best met: that of the file
/// `ORDER` beside them; one that it forgets comes last.
pub fn all() -> Vec<Preset> {
    let mut presets: Vec<(&str, usize, Preset)> = Vec::new();
    for dir in SCENARIOS.dirs() {
        let order = dir.get_file(dir.path().join("ORDER")).and_then(|file| file.contents_utf8());
        for file in dir.files() {
            let preset = || {
                let id = file.path().to_str()?.strip_suffix(".txt")?;
                Some(Preset { id, text: file.contents_utf8()? })
            };
            let Some(preset) = preset() else { continue };
            let Some((protocol, name)) = preset.id.split_once('/') else { continue };
            let place = order.unwrap_or_default().lines().position(|line| line == name);
            presets.push((protocol, place.unwrap_or(usize::MAX), preset));
        }
    }
    presets.sort_by_key(|(protocol, place, preset)| (*protocol, *place, preset.id));
    presets.into_iter().map(|(_, _, preset)| preset).collect()
}

/// The shipped scenario of that id.
pub fn find(id: &str) -> Option<Preset> {
    all().into_iter().find(|preset| preset.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scenario_has_its_place_in_the_order() {
        for dir in SCENARIOS.dirs() {
            let order =
                dir.get_file(dir.path().join("ORDER")).and_then(|file| file.contents_utf8());
            let mut listed: Vec<String> = order
                .unwrap_or_default()
                .lines()
                .map(|name| format!("{}/{name}", dir.path().display()))
                .collect();
            listed.sort();
            let mut found: Vec<String> = all()
                .into_iter()
                .map(|preset| preset.id.to_owned())
                .filter(|id| id.starts_with(&format!("{}/", dir.path().display())))
                .collect();
            found.sort();
            assert_eq!(listed, found, "scenarios/{}/ORDER", dir.path().display());
        }
    }
}
