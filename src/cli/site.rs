//! The page's files, in memory: the binary holds everything it needs, so it runs from any folder and
//! without a network.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Write;
use std::sync::OnceLock;

use flate2::Compression;
use flate2::write::GzEncoder;
use include_dir::{Dir, include_dir};

use consensus_playground::course::shipped;
use consensus_playground::scenario::presets;

static WWW: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/www");
static WORDS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/words");
static PKG: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/pkg");

/// Where the pages say that their scripts and styles lie; the sources have the same names.
const BUNDLES: [&str; 2] = ["../pkg/page/", "../pkg/embed/"];

/// Sent with every answer.
pub(super) const HEADERS: [(&str, &str); 5] = [
    (
        "Content-Security-Policy",
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self' data: blob:; connect-src 'self'; font-src 'self'; worker-src 'self'; \
         base-uri 'none'; form-action 'none'",
    ),
    ("X-Content-Type-Options", "nosniff"),
    // Another build may be served at this address a minute later.
    ("Cache-Control", "no-cache"),
    // A sandboxed iframe has no origin of its own, and modules are fetched with CORS.
    ("Access-Control-Allow-Origin", "*"),
    ("Vary", "Accept-Encoding"),
];

/// Every file there is, by its path. What is not in the map cannot be asked for, whatever a path
/// contains.
pub(super) struct Site {
    files: BTreeMap<String, File>,
}

struct File {
    content: Cow<'static, [u8]>,
    media_type: &'static str,
    /// Made when first asked for, so that starting costs nothing.
    gzip: OnceLock<Vec<u8>>,
}

/// An answer to a request for a file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Answer<'a> {
    /// The HTTP status.
    pub(super) status: u16,
    /// The media type of the body.
    pub(super) media_type: &'static str,
    /// Whether the body is packed.
    pub(super) is_gzip: bool,
    /// What is sent.
    pub(super) body: &'a [u8],
}

impl Site {
    /// The files that were built in.
    pub(super) fn new() -> Site {
        let mut site = Site { files: BTreeMap::new() };
        site.add("/", &WWW);
        site.add("/pkg/", &PKG);
        site.add("/scenarios/", presets::folder());
        site.add("/course/", shipped::folder());
        site.add("/words/", &WORDS);
        site
    }

    /// The same files, but the pages load their scripts and styles as they were written.
    pub(super) fn of_sources() -> Site {
        let mut site = Site::new();
        for file in site.files.values_mut().filter(|file| file.media_type.starts_with("text/html"))
        {
            let page = String::from_utf8_lossy(&file.content).into_owned();
            let page = BUNDLES.iter().fold(page, |page, bundle| page.replace(bundle, ""));
            file.content = Cow::Owned(page.into_bytes());
        }
        site
    }

    fn add(&mut self, prefix: &str, folder: &'static Dir<'_>) {
        for file in folder.files() {
            // include_dir keeps the separators of the machine that built the binary.
            let path = format!("{prefix}{}", file.path().display()).replace('\\', "/");
            let media_type = media_type(&path);
            let file =
                File { content: Cow::Borrowed(file.contents()), media_type, gzip: OnceLock::new() };
            self.files.insert(path, file);
        }
        for folder in folder.dirs() {
            self.add(prefix, folder);
        }
    }

    /// Answers a request for a path; `may_read` is whether the method is GET or HEAD.
    pub(super) fn answer(&self, may_read: bool, path: &str, accepts_gzip: bool) -> Answer<'_> {
        if !may_read {
            return plain(405, b"Only GET and HEAD are answered.\n");
        }
        let index = if path.ends_with('/') { "index.html" } else { "" };
        let Some(file) = self.files.get(&format!("{path}{index}")) else {
            return plain(404, b"There is no such file.\n");
        };
        let is_gzip = accepts_gzip && shrinks(file.media_type);
        let body: &[u8] =
            if is_gzip { file.gzip.get_or_init(|| gzip(&file.content)) } else { &file.content };
        Answer { status: 200, media_type: file.media_type, is_gzip, body }
    }
}

fn plain(status: u16, body: &'static [u8]) -> Answer<'static> {
    Answer { status, media_type: "text/plain; charset=utf-8", is_gzip: false, body }
}

/// Whether an `Accept-Encoding` header allows gzip; `gzip;q=0` does not.
pub(super) fn allows_gzip(value: &str) -> bool {
    value.split(',').any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, "q=1"));
        let weight = weight.trim().strip_prefix("q=").and_then(|weight| weight.parse::<f32>().ok());
        name.trim().eq_ignore_ascii_case("gzip") && weight != Some(0.0)
    })
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" | "md" | "ts" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// Whether gzip is worth it: pictures and fonts are packed already.
fn shrinks(media_type: &str) -> bool {
    media_type.starts_with("text/")
        || media_type.starts_with("application/") && media_type != "application/octet-stream"
        || media_type == "image/svg+xml"
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder
        .write_all(content)
        .and_then(|()| encoder.finish())
        .expect("writing to memory does not fail")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_and_the_module_are_there() {
        let site = Site::new();
        for (path, media_type) in [
            ("/", "text/html; charset=utf-8"),
            ("/pkg/consensus_playground.js", "text/javascript; charset=utf-8"),
            ("/pkg/page/main.js", "text/javascript; charset=utf-8"),
            ("/pkg/page/compare.css", "text/css; charset=utf-8"),
            ("/pkg/consensus_playground_bg.wasm", "application/wasm"),
            ("/course/consistency.txt", "text/plain; charset=utf-8"),
            ("/words/zh/common.json", "application/json"),
        ] {
            let answer = site.answer(true, path, false);
            assert_eq!((answer.status, answer.media_type), (200, media_type), "{path}");
        }
    }

    #[test]
    fn pages_load_the_bundle_or_the_sources_and_both_are_there() {
        for (site, is_bundle) in [(Site::new(), true), (Site::of_sources(), false)] {
            for (folder, name, loads) in
                [("/", "index", 3), ("/", "compare", 3), ("/embed/", "index", 3)]
            {
                let page = site.answer(true, &format!("{folder}{name}.html"), false);
                let page = String::from_utf8(page.body.to_vec()).unwrap();
                let parts =
                    page.split('"').filter(|part| part.ends_with("js") || part.ends_with("css"));
                let parts: Vec<&str> = parts.collect();
                assert_eq!(parts.len(), loads, "{folder}{name}.html loads {parts:?}");
                for part in parts {
                    let is_bundled = BUNDLES.iter().any(|bundle| part.starts_with(bundle));
                    assert_eq!(is_bundled, is_bundle, "{folder}{name}.html loads {part}");
                    let path = part.strip_prefix("../").map(|below| format!("/{below}"));
                    let path = path.unwrap_or_else(|| format!("{folder}{part}"));
                    assert_eq!(site.answer(true, &path, false).status, 200, "{path}");
                }
            }
        }
    }

    #[test]
    fn nothing_else_is() {
        let site = Site::new();
        for path in ["/nothing", "/../Cargo.toml", "/pkg/../Cargo.toml", "//etc/passwd", "/pkg", ""]
        {
            assert_eq!(site.answer(true, path, true).status, 404, "{path}");
        }
    }

    #[test]
    fn only_reading_is_allowed() {
        assert_eq!(Site::new().answer(false, "/", false).status, 405);
    }

    #[test]
    fn gzip_is_sent_to_those_who_accept_it() {
        let site = Site::new();
        let path = "/pkg/consensus_playground_bg.wasm";
        let (packed, whole) = (site.answer(true, path, true), site.answer(true, path, false));
        assert!(packed.is_gzip && !whole.is_gzip);
        assert!(packed.body.len() < whole.body.len());

        assert!(allows_gzip("br, gzip;q=0.8"));
        assert!(allows_gzip("GZIP"));
        assert!(!allows_gzip("br, deflate"));
        assert!(!allows_gzip("gzip;q=0"));
    }
}
