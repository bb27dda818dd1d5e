//! The share link: a whole scenario in the fragment of an address.
//!
//! ```text
//! v1.  ABEHcmFmdCB…  x7Gq0Z
//! │    │             └ CRC-32 of all before it, as six characters of base 62, highest first
//! │    └ base64url without padding: length, flags, content
//! └ version of the format
//! ```
//!
//! Why it is so:
//!
//! - The state is in the fragment, so no server sees it and none refuses it for its length.
//! - Chats cut links short, and a link's last `_` or `.` is taken for punctuation. Hence the length
//!   at the start, which tells a link that was cut off from one that was altered, and the checksum
//!   at the end, which makes both an error and never another scenario, and whose characters are
//!   letters and digits. It covers text rather than bytes, so that a bit which base64 leaves unused
//!   cannot change unseen either.
//! - The content is packed by hand, since that is several times shorter than any
//!   general format: forty faults fit a QR code. It is deflated too where that saves a tenth.
//! - Numbers are for ever. They are written out in tables, and lists are only appended to; what
//!   this version makes, every later one must read. The golden links in `tests/links` see to it.
//! - A link holds exactly what a scenario's text can say. What was read is printed and parsed
//!   again, so there is one definition of a valid scenario, and nothing that a hostile link holds
//!   gets past it.
//!
//! | bytes of the payload | what |
//! |---|---|
//! | length | how many bytes follow it, LEB128 |
//! | flags | bit 0: the content is deflated (RFC 1951) |
//! | content | see `content.rs` and `steps.rs` |
//!
//! Beside it there is a form that people write, for scenarios without steps: [`from_query`].

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::bounds::LINK_CHARS_MAX;
use super::{Scenario, text};

mod actions;
mod content;
mod error;
mod expectations;
mod pack;
mod query;
mod steps;
mod strip;

pub use error::LinkError;
pub use query::{from_query, to_query};

use pack::{Read, Reader, Writer};

const PREFIX: &str = "v1.";
const VERSION: u32 = 1;
const DEFLATED: u8 = 1;
const CHECKSUM_CHARS: usize = 6;
/// The best that miniz_oxide does; links are short.
const DEFLATE_LEVEL: u8 = 10;
/// The most bytes that a deflated content may unfold to: twice the longest text of a scenario.
const CONTENT_BYTES_MAX: usize = 2 * super::bounds::TEXT_BYTES_MAX;

/// What a link carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The scenario.
    pub scenario: Scenario,
    /// The run as it was, where the link was made from one.
    pub recorded: Option<Recorded>,
}

/// The run as it was when the link was made, so that a replay that diverges is noticed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The run's fingerprint after its last action; see [`crate::world::World::fingerprint`].
    pub fingerprint: u64,
    /// How many actions the run had.
    pub actions: u64,
    /// Four bits from 0 to 15 each, at evenly spread moments: the lowest of the run's fingerprint
    /// there. They tell where a replay diverged. Higher bits are not kept, and no more digests
    /// than actions are read.
    pub digests: Vec<u8>,
}

/// Packs a scenario, which must be one that its text can say. The result begins with `v1.`, has
/// ASCII letters, digits, `-`, `_` and that one `.`, and ends with a letter or digit.
///
/// It may be longer than [`LINK_CHARS_MAX`], and then [`decode`] refuses it: compare before you
/// offer it to anyone.
pub fn encode(link: &Link) -> String {
    let packed = content::write(link);
    let deflated = miniz_oxide::deflate::compress_to_vec(&packed, DEFLATE_LEVEL);
    let pays = deflated.len() * 10 <= packed.len() * 9;
    let (flags, content) = if pays { (DEFLATED, deflated) } else { (0, packed) };
    let mut payload = Writer::default();
    payload.count(content.len() + 1);
    payload.byte(flags);
    payload.bytes(&content);
    let mut text = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(payload.finish()));
    let checksum = checksum(&text);
    text.push_str(&checksum);
    text
}

/// Unpacks a link as people paste it: bare, behind `#`, or in a whole address; percent-encoded
/// once or twice; in brackets or at the end of a sentence; with padding; with `+` and `/` for `-`
/// and `_`.
///
/// # Errors
/// A link that was cut off or altered anywhere, or that does not hold a valid scenario.
pub fn decode(text: &str) -> Result<Link, LinkError> {
    let too_long = |chars| LinkError::TooLong { chars, most: LINK_CHARS_MAX };
    // Encoding twice makes up to five characters of one, and an address comes before the link.
    if text.len() > 6 * LINK_CHARS_MAX {
        return Err(too_long(text.chars().count()));
    }
    let link = strip::strip(text);
    let body = body(&link)?;
    let is_stranger = |c: &char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    if let Some((place, character)) = body.chars().enumerate().find(|(_, c)| is_stranger(c)) {
        return Err(LinkError::BadCharacter { place: PREFIX.len() + place + 1, character });
    }
    if link.len() > LINK_CHARS_MAX {
        return Err(too_long(link.len()));
    }
    let payload = checked_payload(&link, body)?;
    let invalid = |what| LinkError::Invalid { what };
    let link = unpack(&payload).map_err(invalid)?;
    check(&link.scenario).map_err(invalid)?;
    Ok(link)
}

/// What follows `v1.`; it is ASCII as far as it is a link.
fn body(link: &str) -> Result<&str, LinkError> {
    if link.is_empty() {
        return Err(LinkError::Empty);
    }
    let beginning = || LinkError::NotALink { found: excerpt(link) };
    let rest = link.strip_prefix('v').ok_or_else(beginning)?;
    let (digits, body) = match rest.split_once('.') {
        Some((digits, body)) => (digits, Some(body)),
        None => (rest, None),
    };
    if digits.is_empty() && body.is_none() {
        return Err(LinkError::Truncated { missing: None });
    }
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
    let version = digits.parse::<u32>().ok().filter(|_| is_number).ok_or_else(beginning)?;
    match (version, body) {
        (VERSION, Some(body)) => Ok(body),
        (VERSION, None) => Err(LinkError::Truncated { missing: None }),
        (version, _) => Err(LinkError::Newer { version }),
    }
}

/// The payload behind its length, once length and checksum agree with it.
fn checked_payload(link: &str, body: &str) -> Result<Vec<u8>, LinkError> {
    // Four characters are three bytes, and three bytes hold the length of any link.
    let (Some(head), true) = (body.get(..4), body.len() > CHECKSUM_CHARS) else {
        return Err(LinkError::Truncated { missing: None });
    };
    let chars_due = URL_SAFE_NO_PAD.decode(head).ok().and_then(|head| {
        let mut reader = Reader::new(&head);
        let length = reader.number("the length", LINK_CHARS_MAX as u64).ok()? as usize;
        let bytes = head.len() - reader.rest().len() + length;
        Some(PREFIX.len() + base64::encoded_len(bytes, false)? + CHECKSUM_CHARS)
    });
    if let Some(missing) = chars_due.and_then(|due| due.checked_sub(link.len())).filter(|m| *m > 0)
    {
        return Err(LinkError::Truncated { missing: Some(missing) });
    }
    let (text, found) = link.split_at(link.len() - CHECKSUM_CHARS);
    let expected = checksum(text);
    if expected != found {
        return Err(LinkError::Altered { expected, found: found.to_owned() });
    }
    // From here on the text is what somebody's encoder made, and only a strange one makes these.
    let invalid = |what: String| LinkError::Invalid { what };
    let payload = URL_SAFE_NO_PAD
        .decode(&text[PREFIX.len()..])
        .map_err(|error| invalid(format!("expected base64url: {error}")))?;
    let mut reader = Reader::new(&payload);
    let length = reader.number("the length", LINK_CHARS_MAX as u64).map_err(invalid)?;
    let rest = reader.rest();
    if length != rest.len() as u64 {
        return Err(invalid(format!("its length is {length}, but {} bytes follow", rest.len())));
    }
    Ok(rest.to_vec())
}

fn unpack(payload: &[u8]) -> Read<Link> {
    let mut reader = Reader::new(payload);
    match reader.byte("the flags")? {
        0 => content::read(reader.rest()),
        DEFLATED => {
            let inflate = miniz_oxide::inflate::decompress_to_vec_with_limit;
            let content = inflate(reader.rest(), CONTENT_BYTES_MAX).map_err(|_| {
                format!("its content does not unfold to {CONTENT_BYTES_MAX} bytes or fewer")
            })?;
            content::read(&content)
        }
        flags => Err(format!("its flags are {flags}, expected 0 or 1")),
    }
}

/// Whether the scenario is one that its text can say.
fn check(scenario: &Scenario) -> Result<(), String> {
    let printed = text::print(scenario);
    let parsed = text::parse(&printed).map_err(|error| {
        let line = printed.lines().nth((error.line as usize).saturating_sub(1)).unwrap_or_default();
        format!("“{}”: {}", excerpt(line), error.message)
    })?;
    if parsed == *scenario {
        return Ok(());
    }
    // Such as a note that begins with a space, or a key that is two words.
    let mut steps = scenario.steps.iter().zip(&parsed.steps).zip(1..);
    Err(match steps.find(|((packed, said), _)| packed != said) {
        Some(((packed, _), place)) => {
            let step = excerpt(&text::print_step(scenario.sheet(), packed));
            format!("step {place}, “{step}”, is not what its text says")
        }
        None => "what comes before its steps is not what its text says".to_owned(),
    })
}

/// The CRC-32 of a text, as six characters of base 62.
fn checksum(text: &str) -> String {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut rest = crc32fast::hash(text.as_bytes()) as usize;
    let mut digits = ['0'; CHECKSUM_CHARS];
    for digit in digits.iter_mut().rev() {
        *digit = char::from(DIGITS[rest % DIGITS.len()]);
        rest /= DIGITS.len();
    }
    digits.iter().collect()
}

/// The beginning of a text, for an error.
fn excerpt(text: &str) -> String {
    const CHARS_MAX: usize = 40;
    let mut chars = text.chars();
    let beginning: String = chars.by_ref().take(CHARS_MAX).collect();
    if chars.next().is_some() { beginning + "…" } else { beginning }
}
