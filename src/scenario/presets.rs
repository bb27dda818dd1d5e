//! The scenarios that ship with the playground: each is preset, lesson and test in one file.

use include_dir::{Dir, include_dir};

static SCENARIOS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/scenarios");

/// A shipped scenario.
#[derive(Clone, Copy, Debug)]
pub struct Preset {
    /// `protocol/behaviour`, the path below `scenarios/` without its ending.
    pub id: &'static str,
    /// The text.
    pub text: &'static str,
}

/// All shipped scenarios, by protocol and file name.
pub fn all() -> Vec<Preset> {
    let mut presets: Vec<Preset> = SCENARIOS
        .dirs()
        .flat_map(Dir::files)
        .filter_map(|file| {
            let id = file.path().to_str()?.strip_suffix(".txt")?;
            Some(Preset { id, text: file.contents_utf8()? })
        })
        .collect();
    presets.sort_by_key(|preset| preset.id);
    presets
}

/// The shipped scenario of that id.
pub fn find(id: &str) -> Option<Preset> {
    all().into_iter().find(|preset| preset.id == id)
}
