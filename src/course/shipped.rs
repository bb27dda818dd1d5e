//! The chapters that ship with the playground, as their authors wrote them.

use include_dir::{Dir, include_dir};

static COURSE: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/course");

/// The folder with all of them.
pub fn folder() -> &'static Dir<'static> {
    &COURSE
}

/// The names and texts of the chapters, in the order of the file `ORDER` beside them.
pub fn chapters() -> Vec<(&'static str, &'static str)> {
    let text = |path: String| COURSE.get_file(path).and_then(|file| file.contents_utf8());
    let order = text("ORDER".to_owned()).unwrap_or_default();
    order.lines().filter_map(|name| Some((name, text(format!("{name}.txt"))?))).collect()
}
