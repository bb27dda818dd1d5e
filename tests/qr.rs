//! What a QR code holds, another program reads: links of every length come back as they were.

use consensus_playground::qr;
use rqrr::PreparedImage;

/// Pixels a module is drawn with, and the light margin around the code in modules.
const SCALE: usize = 4;
const MARGIN: usize = 4;

/// Reads the code as a camera would that sees it straight and clean.
fn read(modules: &[u8]) -> String {
    let side = modules.len().isqrt();
    assert_eq!(side * side, modules.len(), "a square");
    let width = (side + 2 * MARGIN) * SCALE;
    let mut image = PreparedImage::prepare_from_greyscale(width, width, |x, y| {
        let place = |at: usize| (at / SCALE).checked_sub(MARGIN).filter(|at| *at < side);
        let is_dark = place(x).zip(place(y)).is_some_and(|(x, y)| modules[y * side + x] == 1);
        if is_dark { 0 } else { 255 }
    });
    let grids = image.detect_grids();
    assert_eq!(grids.len(), 1, "one code of {side} modules");
    grids[0].decode().unwrap().1
}

/// An address with a link of so many characters, which are all that a link is made of.
fn address(length: usize) -> String {
    let link = "AZaz09-_".chars().cycle().take(length);
    "https://example.org/play/#v1.".chars().chain(link).collect()
}

#[test]
fn links_of_every_length_are_read_back() {
    for length in [0, 1, 60, 170, 300, 500, 800, 1200] {
        let address = address(length);
        let modules = qr::modules(&address).unwrap();
        assert_eq!(read(&modules), address, "{length} characters");
    }
}

#[test]
fn a_shared_scenario_is_small_enough_for_a_phone() {
    let side = qr::modules(&address(271)).unwrap().len().isqrt();
    assert!(side <= 65, "{side} modules for 300 characters");
}

#[test]
fn what_no_code_holds_is_refused() {
    let most = "a".repeat(2953);
    assert_eq!(qr::modules(&most).map(|modules| modules.len()), Some(177 * 177));
    assert_eq!(qr::modules(&(most + "a")), None);
}
