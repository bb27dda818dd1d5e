//! From what people paste to the bare link. Chats, mails and documents wrap links in brackets, end
//! sentences with them and percent-encode them, once or twice; none of that is a mistake.

/// The link in `text`, from its `v` on, in the alphabet of links as far as that can be had by
/// taking away what others put around it. What is left is still to be judged.
pub(super) fn strip(text: &str) -> String {
    let mut text = text.trim().to_owned();
    // Some programs encode what is encoded already, hence twice.
    for _ in 0..2 {
        if text.contains('%') {
            text = percent_decode(&text);
        }
    }
    let fragment = match text.rfind("#v").or_else(|| text.rfind('#')) {
        Some(place) => &text[place + 1..],
        None => &text,
    };
    let is_link = |c: char| c.is_ascii_alphanumeric() || "-_+/".contains(c);
    fragment
        .trim_matches(|c: char| !is_link(c))
        .chars()
        .map(|c| match c {
            '+' => '-',
            '/' => '_',
            c => c,
        })
        .collect()
}

/// Replaces each `%` and two hexadecimal digits by the byte they stand for; any other `%` stays.
pub(super) fn percent_decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let digit = |place: usize| bytes.get(place).and_then(|byte| char::from(*byte).to_digit(16));
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut place = 0;
    while let Some(byte) = bytes.get(place) {
        match (byte, digit(place + 1), digit(place + 2)) {
            (b'%', Some(high), Some(low)) => {
                decoded.push((high * 16 + low) as u8);
                place += 3;
            }
            _ => {
                decoded.push(*byte);
                place += 1;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decorations_go_and_the_link_stays() {
        for text in [
            "v1.a-b_c",
            "#v1.a-b_c",
            "  v1.a-b_c\n",
            "https://example.org/play/?lang=zh#v1.a-b_c",
            "https://example.org/play/%23v1.a-b_c",
            "https%3A%2F%2Fexample.org%2Fplay%2F%23v1.a-b_c",
            "https%253A%252F%252Fexample.org%252Fplay%252F%2523v1.a-b_c",
            "<https://example.org/#v1.a-b_c>",
            "[here](https://example.org/#v1.a-b_c).",
            "v1.a-b_c==",
            "v1.a+b/c",
            "“v1.a-b_c”。",
        ] {
            assert_eq!(strip(text), "v1.a-b_c", "{text}");
        }
    }

    #[test]
    fn a_percent_sign_that_encodes_nothing_stays() {
        assert_eq!(percent_decode("5% of 100%25 is %zz"), "5% of 100% is %zz");
        assert_eq!(percent_decode("%E4%B8%AD"), "中");
        assert_eq!(percent_decode("%"), "%");
    }
}
