//! A reader of values as EDN and JSON write them, with the line of each.
//!
//! The two notations share all that a history needs: numbers, texts, lists and maps. One reader for
//! both is smaller than two crates, and it can say on which line of a file that is one single value
//! something is wrong. It reads one value at a time, so a file is never held as a tree.
//!
//! Left out of EDN: ratios, big and floating numbers and characters keep their spelling
//! ([`Value::Other`]); sets are lists; tags (`#inst`, `#jepsen.history.Op`) are dropped, their values
//! stay. Sources: the edn format specification (github.com/edn-format/edn) and RFC 8259.

use std::borrow::Cow;

use super::FileError;

/// How deep values may be nested: a history's are four deep.
const DEPTH_MAX: u32 = 32;

/// Which of the two notations.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Notation {
    /// Clojure's data: keywords, commas are blanks, `;` begins a comment.
    Edn,
    /// JSON.
    Json,
}

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value<'a> {
    /// `nil` or `null`.
    Nil,
    /// `true` or `false`.
    Truth(bool),
    /// A whole number.
    Integer(i64),
    /// A text in quotes.
    Text(Cow<'a, str>),
    /// A keyword without its colon, or a symbol.
    Name(&'a str),
    /// A number that is not whole or too large, or a character; as it is written.
    Other(&'a str),
    /// A list, vector or set.
    List(Vec<Value<'a>>),
    /// Keys and values in the order of the text.
    Map(Vec<(Value<'a>, Value<'a>)>),
}

impl Value<'_> {
    /// What stands at a key that is a name or a text.
    pub(super) fn field(&self, name: &str) -> Option<&Self> {
        let Value::Map(entries) = self else { return None };
        let is_it = |key: &Self| match key {
            Value::Name(found) => *found == name,
            Value::Text(found) => found == name,
            _ => false,
        };
        entries.iter().find(|(key, _)| is_it(key)).map(|(_, value)| value)
    }

    /// What it is, in words.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Value::Nil => "nil",
            Value::Truth(_) => "true or false",
            Value::Integer(_) => "a whole number",
            Value::Text(_) => "a text",
            Value::Name(_) => "a name",
            Value::Other(_) => "another number or a character",
            Value::List(_) => "a list",
            Value::Map(_) => "a map",
        }
    }
}

/// Where in a text the reading is.
pub(super) struct Reader<'a> {
    text: &'a str,
    at: usize,
    line: u32,
    notation: Notation,
}

impl<'a> Reader<'a> {
    /// Begins at the beginning of `text`, which is on this line of its file.
    pub(super) fn new(text: &'a str, line: u32, notation: Notation) -> Self {
        Reader { text, at: 0, line, notation }
    }

    /// The line where it is.
    pub(super) fn line(&self) -> u32 {
        self.line
    }

    /// The next byte that means something, without reading on; `None` at the end.
    pub(super) fn peek(&mut self) -> Result<Option<u8>, FileError> {
        self.next_byte(DEPTH_MAX)
    }

    /// Steps over the byte that [`Reader::peek`] saw.
    pub(super) fn step(&mut self) {
        self.at += 1;
    }

    /// The next value.
    pub(super) fn read(&mut self) -> Result<Value<'a>, FileError> {
        self.value(DEPTH_MAX)
    }

    /// An error at this line.
    pub(super) fn wrong(&self, expected: &str) -> FileError {
        let rest = self.text[self.at..].lines().next().unwrap_or_default();
        match rest {
            "" => FileError::expected(self.line, expected, "the end"),
            rest => FileError::instead(self.line, expected, rest),
        }
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn next_byte(&mut self, depth: u32) -> Result<Option<u8>, FileError> {
        loop {
            self.blanks();
            // `#_` makes the value after it a comment.
            if self.notation == Notation::Json || !self.text[self.at..].starts_with("#_") {
                return Ok(self.byte());
            }
            self.at += 2;
            self.value(depth)?;
        }
    }

    fn blanks(&mut self) {
        let is_edn = self.notation == Notation::Edn;
        let mut is_comment = false;
        while let Some(byte) = self.byte() {
            match byte {
                b'\n' => {
                    self.line += 1;
                    is_comment = false;
                }
                _ if is_comment => {}
                b' ' | b'\t' | b'\r' => {}
                b',' if is_edn => {}
                b';' if is_edn => is_comment = true,
                _ => return,
            }
            self.at += 1;
        }
    }

    fn value(&mut self, depth: u32) -> Result<Value<'a>, FileError> {
        let Some(depth) = depth.checked_sub(1) else {
            return Err(self.wrong("values that are nested less deeply"));
        };
        let Some(byte) = self.next_byte(depth)? else { return Err(self.wrong("a value")) };
        let is_edn = self.notation == Notation::Edn;
        match byte {
            b'[' => self.list(b']', depth),
            b'(' if is_edn => self.list(b')', depth),
            b'{' => self.map(depth),
            b'"' => self.quoted(),
            b'#' if is_edn => {
                self.step();
                match self.byte() {
                    Some(b'{') => self.list(b'}', depth),
                    // A tag says what the next value is of; the value is what counts.
                    Some(byte) if byte.is_ascii_alphabetic() => {
                        self.word();
                        self.value(depth)
                    }
                    _ => Err(self.wrong("`{`, `_` or a tag after `#`")),
                }
            }
            _ => self.atom(),
        }
    }

    fn list(&mut self, closing: u8, depth: u32) -> Result<Value<'a>, FileError> {
        self.step();
        let mut items = Vec::new();
        while !self.closes(closing, items.is_empty(), depth)? {
            items.push(self.value(depth)?);
        }
        Ok(Value::List(items))
    }

    fn map(&mut self, depth: u32) -> Result<Value<'a>, FileError> {
        self.step();
        let mut entries = Vec::new();
        while !self.closes(b'}', entries.is_empty(), depth)? {
            let key = self.value(depth)?;
            if self.notation == Notation::Json {
                self.blanks();
                if !matches!(key, Value::Text(_)) || self.byte() != Some(b':') {
                    return Err(self.wrong("a text and `:` before each value of an object"));
                }
                self.step();
            } else if self.next_byte(depth)? == Some(b'}') {
                return Err(self.wrong("a value for each key of a map"));
            }
            entries.push((key, self.value(depth)?));
        }
        Ok(Value::Map(entries))
    }

    /// Steps over the end of a list or map, or over the comma before its next item.
    fn closes(&mut self, closing: u8, is_first: bool, depth: u32) -> Result<bool, FileError> {
        let Some(byte) = self.next_byte(depth)? else {
            return Err(self.wrong("the end of a list or map that was begun"));
        };
        if byte == closing {
            self.step();
            return Ok(true);
        }
        if self.notation == Notation::Json && !is_first {
            if byte != b',' {
                return Err(self.wrong("`,` or the end of the list or object"));
            }
            self.step();
        }
        Ok(false)
    }

    /// Steps over all that belongs to a word, and returns it.
    fn word(&mut self) -> &'a str {
        let text = self.text;
        let rest = &text[self.at..];
        let is_end = |c: char| c.is_whitespace() || c.is_control() || "[](){}\",;".contains(c);
        let word = &rest[..rest.find(is_end).unwrap_or(rest.len())];
        self.at += word.len();
        word
    }

    fn atom(&mut self) -> Result<Value<'a>, FileError> {
        let start = self.at;
        let is_edn = self.notation == Notation::Edn;
        if is_edn && self.byte() == Some(b'\\') {
            // A character: whatever comes after the backslash belongs to it.
            self.step();
            let Some(next) = self.text[self.at..].chars().next() else {
                return Err(self.wrong("a character after `\\`"));
            };
            if next == '\n' {
                return Err(self.wrong("a character after `\\`"));
            }
            self.at += next.len_utf8();
            self.word();
            return Ok(Value::Other(&self.text[start..self.at]));
        }
        let word = self.word();
        let value = match word {
            "nil" if is_edn => Value::Nil,
            "null" if !is_edn => Value::Nil,
            "true" => Value::Truth(true),
            "false" => Value::Truth(false),
            _ => match number(word, is_edn) {
                Some(value) => value,
                None => match word.strip_prefix(':').unwrap_or(word) {
                    name if is_edn && name.starts_with(is_of_name) => Value::Name(name),
                    _ => {
                        self.at = start;
                        return Err(self.wrong("a value"));
                    }
                },
            },
        };
        Ok(value)
    }

    fn quoted(&mut self) -> Result<Value<'a>, FileError> {
        self.step();
        let (text, begun) = (self.text, self.line);
        let mut found = Cow::Borrowed("");
        let mut from = self.at;
        loop {
            let Some(byte) = self.byte() else {
                return Err(FileError::expected(begun, "the end of a text in quotes", "the end"));
            };
            match byte {
                b'"' => break,
                b'\\' => {
                    found += &text[from..self.at];
                    let c = self.escape()?;
                    found.to_mut().push(c);
                    from = self.at;
                    continue;
                }
                b'\n' if self.notation == Notation::Json => {
                    return Err(self.wrong("the end of a text in quotes on its line"));
                }
                b'\n' => self.line += 1,
                _ => {}
            }
            self.step();
        }
        found += &text[from..self.at];
        self.step();
        Ok(Value::Text(found))
    }

    /// What a backslash and the letters after it stand for.
    fn escape(&mut self) -> Result<char, FileError> {
        let start = self.at;
        self.step();
        let letter = self.byte();
        self.step();
        let found = match letter {
            Some(b'n') => Some('\n'),
            Some(b't') => Some('\t'),
            Some(b'r') => Some('\r'),
            Some(b'b') => Some('\u{8}'),
            Some(b'f') => Some('\u{c}'),
            Some(letter @ (b'"' | b'\\' | b'/')) => Some(char::from(letter)),
            Some(b'u') => self.code_unit().and_then(|first| match first {
                // What does not fit into four digits is written as two halves.
                0xd800..=0xdbff if self.text[self.at..].starts_with("\\u") => {
                    self.at += 2;
                    let second =
                        self.code_unit().filter(|half| (0xdc00..=0xdfff).contains(half))?;
                    char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00))
                }
                other => char::from_u32(other),
            }),
            _ => None,
        };
        found.ok_or_else(|| {
            self.at = start;
            self.wrong("one of \\n \\t \\r \\b \\f \\\" \\\\ \\/ \\u0000 after a backslash")
        })
    }

    fn code_unit(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + 4)?;
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        self.at += 4;
        u32::from_str_radix(digits, 16).ok()
    }
}

fn is_of_name(c: char) -> bool {
    c.is_alphabetic() || "*!_?$%&=<>+-./".contains(c)
}

/// A number, whole or not; `None` for other words.
fn number(word: &str, is_edn: bool) -> Option<Value<'_>> {
    let digits = word.strip_prefix(if is_edn { &['-', '+'][..] } else { &['-'] }).unwrap_or(word);
    if !digits.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let is_whole = digits.bytes().all(|digit| digit.is_ascii_digit());
    let is_padded = digits.len() > 1 && digits.starts_with('0');
    match word.parse() {
        Ok(whole) if is_whole && !is_padded => Some(Value::Integer(whole)),
        _ => {
            let is_number = |c: char| c.is_ascii_digit() || "+-.eE".contains(c);
            let is_other = digits.chars().all(|c| is_number(c) || is_edn && "/MN".contains(c));
            (is_other && (is_edn || !is_padded)).then_some(Value::Other(word))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, notation: Notation) -> Result<Value<'_>, FileError> {
        Reader::new(text, 1, notation).read()
    }

    #[test]
    fn edn_is_read() {
        let text = "{:process 3, :type :ok ; a word\n :value [1 -2 \"a\\\"b\"] #_[no] :s #{nil}}";
        let value = read(text, Notation::Edn).unwrap();
        assert_eq!(value.field("process"), Some(&Value::Integer(3)));
        assert_eq!(value.field("type"), Some(&Value::Name("ok")));
        let list = [Value::Integer(1), Value::Integer(-2), Value::Text("a\"b".into())];
        assert_eq!(value.field("value"), Some(&Value::List(list.to_vec())));
        assert_eq!(value.field("s"), Some(&Value::List(vec![Value::Nil])));
        let tagged =
            read("#jepsen.history.Op{:index 0, :at #inst \"2020\"}", Notation::Edn).unwrap();
        assert_eq!(tagged.field("at"), Some(&Value::Text("2020".into())));
        for other in ["1.5", "2/3", "12N", "1e9", "\\a", "\\newline", "99999999999999999999"] {
            assert_eq!(read(other, Notation::Edn), Ok(Value::Other(other)));
        }
    }

    #[test]
    fn json_is_read_and_edn_is_not_json() {
        let value = read(r#"{"a": [1, null, true], "b\u00e9\ud83d\ude00": "x"}"#, Notation::Json);
        let value = value.unwrap();
        let list = [Value::Integer(1), Value::Nil, Value::Truth(true)];
        assert_eq!(value.field("a"), Some(&Value::List(list.to_vec())));
        assert_eq!(value.field("bé😀"), Some(&Value::Text("x".into())));
        for wrong in ["[1 2]", "{\"a\" 1}", "{a: 1}", "nil", "[1,]", "01", "+1", "\"\\ud800\"", ""]
        {
            assert!(read(wrong, Notation::Json).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        for (text, line, part) in [
            ("[1\n2", 2, "the end of a list"),
            ("\n\"abc\n", 2, "the end of a text"),
            ("{:a}", 1, "a value for each key"),
            ("[\n)", 2, "a value"),
            ("\"\\q\"", 1, "after a backslash"),
        ] {
            let error = read(text, Notation::Edn).unwrap_err();
            assert_eq!(error.line, line, "{text}: {error}");
            assert!(error.to_string().contains(part), "{text}: {error}");
        }
        let deep = "[".repeat(100_000);
        assert!(read(&deep, Notation::Edn).unwrap_err().to_string().contains("less deeply"));
        // Comments in comments are values, too.
        let deep = "#_".repeat(100_000);
        assert!(read(&deep, Notation::Edn).is_err());
    }
}
