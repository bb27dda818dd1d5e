//! A text as a QR code: a link on a slide, for the phones in the room.
//!
//! The code itself is made by `qrcodegen` (Nayuki; ISO/IEC 18004). It takes the smallest version that
//! holds the text and then as much error correction as that version has room for: what is read from a
//! screen has no stains, but is seen from far away, and large modules help more than redundancy.

use qrcodegen::{QrCode, QrCodeEcc, QrSegment, Version};

/// The dark modules of the code, row by row from its top left corner: 1 where dark, 0 where light.
/// It is a square, without the margin of four modules around it; `None` where the text is longer than
/// any code holds, which is 2953 bytes.
#[must_use]
pub fn modules(text: &str) -> Option<Vec<u8>> {
    let segments = [QrSegment::make_bytes(text.as_bytes())];
    let (least, most) = (Version::MIN, Version::MAX);
    let code = QrCode::encode_segments_advanced(&segments, QrCodeEcc::Low, least, most, None, true)
        .ok()?;
    let side = 0..code.size();
    Some(
        side.clone()
            .flat_map(|y| side.clone().map(move |x| (x, y)))
            .map(|(x, y)| u8::from(code.get_module(x, y)))
            .collect(),
    )
}
