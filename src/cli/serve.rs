//! Serves the page on this machine. A browser does not load modules from `file://`, which is the
//! only reason that there is a server at all.

use std::io::ErrorKind;
use std::net::Ipv4Addr;

use anyhow::{Context, Result, bail};
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Method, Response, header};
use tokio::net::TcpListener;

use super::site::{HEADERS, Site, allows_gzip};

/// Serves the playground until the process is stopped.
///
/// Port 0 picks a free one. `open` also opens the page in the user's browser. With `sources`, the page
/// loads its scripts and styles as they were written, one by one.
///
/// # Errors
/// The port is in use or may not be used; the message names it and says what to do.
pub fn serve(port: u16, open: bool, sources: bool) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_io()
        .build()
        .context("could not start the server")?;
    runtime.block_on(listen(port, open, sources))
}

async fn listen(port: u16, open: bool, sources: bool) -> Result<()> {
    let listener = match TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await {
        Ok(listener) => listener,
        Err(error) if error.kind() == ErrorKind::AddrInUse => bail!(
            "port {port} is in use, perhaps by another playground; choose another with `--port`, \
             or let `--port 0` pick one"
        ),
        Err(error) => {
            return Err(error).with_context(|| {
                format!("could not listen on port {port}; choose another with `--port`")
            });
        }
    };
    let port = listener.local_addr().context("the listener has no address")?.port();
    let address = format!("http://127.0.0.1:{port}/");
    println!("Consensus Playground is at {address} (Ctrl-C stops it)");
    if open && let Err(error) = open::that_detached(&address) {
        eprintln!("No browser could be opened ({error}): open the address yourself.");
    }
    // One site for the life of the process: its files are sent without being copied.
    let site: &'static Site =
        Box::leak(Box::new(if sources { Site::of_sources() } else { Site::new() }));
    let app = Router::new().fallback(answer).with_state(site);
    axum::serve(listener, app).await.context("the server stopped")
}

async fn answer(State(site): State<&'static Site>, request: Request) -> Response<Body> {
    let may_read = matches!(*request.method(), Method::GET | Method::HEAD);
    let accepts_gzip = request
        .headers()
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .any(allows_gzip);
    let answer = site.answer(may_read, request.uri().path(), accepts_gzip);
    let mut response =
        Response::builder().status(answer.status).header(header::CONTENT_TYPE, answer.media_type);
    for (field, value) in HEADERS {
        response = response.header(field, value);
    }
    if answer.is_gzip {
        response = response.header(header::CONTENT_ENCODING, "gzip");
    }
    if answer.status == 405 {
        response = response.header(header::ALLOW, "GET, HEAD");
    }
    // All parts are constants of ours, so building the response cannot fail.
    response.body(Body::from(answer.body)).unwrap_or_default()
}
