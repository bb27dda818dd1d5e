//! Serves the page from memory: the binary holds everything it needs, so it runs from any folder and without a network.
//!
//! A browser does not load modules from `file://`, which is the only reason that there is a server at all.

use anyhow::{Context, Result, bail};
use flate2::{Compression, write::GzEncoder};
use include_dir::{Dir, include_dir};
use std::collections::BTreeMap;
use std::io::{ErrorKind, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::sync::OnceLock;
use tiny_http::{Header, Method, Request, Response, Server};

static WWW: Dir = include_dir!("$CARGO_MANIFEST_DIR/www");
static PKG: Dir = include_dir!("$CARGO_MANIFEST_DIR/pkg");

/// A browser opens about six connections; one that stalls must not hold up the others.
const WORKERS: usize = 4;

/// Sent with every answer.
const HEADERS: [(&str, &str); 5] = [
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

/// Serves the playground on this machine until the process is stopped.
///
/// Port 0 picks a free one. `open` also opens the page in the user's browser.
pub fn serve(port: u16, open: bool) -> Result<()> {
    let listener = match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
        Ok(listener) => listener,
        Err(error) if error.kind() == ErrorKind::AddrInUse => bail!(
            "port {port} is in use, perhaps by another playground; choose another with `--port`, or let `--port 0` pick one"
        ),
        Err(error) => {
            return Err(error).with_context(|| {
                format!("could not listen on port {port}; choose another with `--port`")
            });
        }
    };
    let port = listener.local_addr().context("the listener has no address")?.port();
    let server = match Server::from_listener(listener, None) {
        Ok(server) => server,
        Err(error) => bail!("could not start the server: {error}"),
    };
    let site = Site::new();

    let address = format!("http://127.0.0.1:{port}/");
    println!("Consensus Playground is at {address} (Ctrl-C stops it)");
    if open && let Err(error) = open::that_detached(&address) {
        eprintln!("No browser could be opened ({error}): open the address yourself.");
    }

    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                for request in server.incoming_requests() {
                    answer(&site, request);
                }
            });
        }
    });
    Ok(())
}

fn answer(site: &Site, request: Request) {
    let accepts_gzip = request
        .headers()
        .iter()
        .filter(|header| header.field.equiv("Accept-Encoding"))
        .any(|header| allows_gzip(header.value.as_str()));
    let response = site.response(request.method(), request.url(), accepts_gzip);
    // It fails only when the browser has gone away, and then nobody is left to tell.
    let _ = request.respond(response);
}

/// Whether an `Accept-Encoding` header allows gzip; `gzip;q=0` does not.
fn allows_gzip(value: &str) -> bool {
    value.split(',').any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, "q=1"));
        let weight = weight.trim().strip_prefix("q=").and_then(|weight| weight.parse::<f32>().ok());
        name.trim().eq_ignore_ascii_case("gzip") && weight != Some(0.0)
    })
}

/// Every file there is, by its path. What is not in the map cannot be asked for, whatever a path contains.
struct Site {
    files: BTreeMap<String, File>,
}

struct File {
    content: &'static [u8],
    media_type: &'static str,
    /// Made when first asked for, so that starting costs nothing.
    gzip: OnceLock<Vec<u8>>,
}

impl Site {
    fn new() -> Site {
        let mut site = Site { files: BTreeMap::new() };
        site.add("/", &WWW);
        site.add("/pkg/", &PKG);
        site
    }

    fn add(&mut self, prefix: &str, folder: &'static Dir) {
        for file in folder.files() {
            // include_dir keeps the separators of the machine that built the binary.
            let path = format!("{prefix}{}", file.path().display()).replace('\\', "/");
            let file = File {
                content: file.contents(),
                media_type: media_type(&path),
                gzip: OnceLock::new(),
            };
            self.files.insert(path, file);
        }
        for folder in folder.dirs() {
            self.add(prefix, folder);
        }
    }

    fn response(&self, method: &Method, url: &str, accepts_gzip: bool) -> Response<&[u8]> {
        if !matches!(method, Method::Get | Method::Head) {
            return respond(405, "text/plain; charset=utf-8", b"Only GET and HEAD are answered.\n")
                .with_header(header("Allow", "GET, HEAD"));
        }
        let path = url.split(['?', '#']).next().unwrap_or_default();
        let index = if path.ends_with('/') { "index.html" } else { "" };
        let Some(file) = self.files.get(&format!("{path}{index}")) else {
            return respond(404, "text/plain; charset=utf-8", b"There is no such file.\n");
        };
        if accepts_gzip && shrinks(file.media_type) {
            respond(200, file.media_type, file.gzip.get_or_init(|| gzip(file.content)))
                .with_header(header("Content-Encoding", "gzip"))
        } else {
            respond(200, file.media_type, file.content)
        }
    }
}

fn respond<'a>(status: u16, media_type: &str, body: &'a [u8]) -> Response<&'a [u8]> {
    let mut headers: Vec<Header> =
        HEADERS.iter().map(|(field, value)| header(field, value)).collect();
    headers.push(header("Content-Type", media_type));
    Response::new(status.into(), headers, body, Some(body.len()), None)
        // A known length lets the browser show progress; large bodies would otherwise come in chunks without one.
        .with_chunked_threshold(usize::MAX)
}

fn header(field: &str, value: &str) -> Header {
    Header::from_bytes(field, value).expect("the headers here are ASCII")
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

    fn get(url: &str) -> Response<&'static [u8]> {
        static SITE: OnceLock<Site> = OnceLock::new();
        SITE.get_or_init(Site::new).response(&Method::Get, url, false)
    }

    fn value<'a>(response: &'a Response<&[u8]>, field: &'static str) -> Option<&'a str> {
        let header = response.headers().iter().find(|header| header.field.equiv(field))?;
        Some(header.value.as_str())
    }

    #[test]
    fn the_page_and_the_module_are_there() {
        for (url, media_type) in [
            ("/", "text/html; charset=utf-8"),
            ("/?n=5", "text/html; charset=utf-8"),
            ("/pkg/consensus_playground.js", "text/javascript; charset=utf-8"),
            ("/pkg/consensus_playground_bg.wasm", "application/wasm"),
        ] {
            let response = get(url);
            assert_eq!(response.status_code(), 200, "{url}");
            assert_eq!(value(&response, "Content-Type"), Some(media_type), "{url}");
            assert!(value(&response, "Content-Security-Policy").is_some(), "{url}");
        }
    }

    #[test]
    fn nothing_else_is() {
        for url in ["/nothing", "/../Cargo.toml", "/pkg/../Cargo.toml", "//etc/passwd", "/pkg", ""]
        {
            assert_eq!(get(url).status_code(), 404, "{url}");
        }
    }

    #[test]
    fn only_reading_is_allowed() {
        let site = Site::new();
        let response = site.response(&Method::Post, "/", false);
        assert_eq!(response.status_code(), 405);
        assert_eq!(value(&response, "Allow"), Some("GET, HEAD"));
        assert_eq!(site.response(&Method::Head, "/", false).status_code(), 200);
    }

    #[test]
    fn gzip_is_sent_to_those_who_accept_it() {
        let site = Site::new();
        let response = site.response(&Method::Get, "/pkg/consensus_playground_bg.wasm", true);
        assert_eq!(value(&response, "Content-Encoding"), Some("gzip"));
        assert!(response.data_length() < get("/pkg/consensus_playground_bg.wasm").data_length());

        assert!(allows_gzip("br, gzip;q=0.8"));
        assert!(allows_gzip("GZIP"));
        assert!(!allows_gzip("br, deflate"));
        assert!(!allows_gzip("gzip;q=0"));
    }
}
