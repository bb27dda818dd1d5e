//! A line of text as words with columns, and the readers of the smallest things: numbers, nodes,
//! clients, sets, links.

use super::TextError;
use crate::ids::{CLIENTS_MAX, ClientId, Endpoint, NODES_MAX, NodeId, NodeSet};
use crate::world::bounds::SPAN_MS_MAX;

/// A reader of one line, word by word; it knows where it is.
pub(crate) struct Line<'a> {
    number: u32,
    text: &'a str,
    /// Each word with the byte where it starts.
    words: Vec<(usize, &'a str)>,
    next: usize,
}

pub(crate) type Parsed<T> = Result<T, TextError>;

impl<'a> Line<'a> {
    /// A line; what follows a `#` that stands alone or begins a word is a comment.
    pub(crate) fn new(number: u32, text: &'a str) -> Self {
        Line { number, text, words: split(text), next: 0 }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// An error at the word read last.
    pub(crate) fn error<T>(&self, message: impl Into<String>) -> Parsed<T> {
        self.error_at(self.next.saturating_sub(1), message)
    }

    /// Where the word read last is, for an error that shows only later.
    pub(crate) fn place(&self) -> TextError {
        self.place_at(self.next.saturating_sub(1))
    }

    /// Where the word to be read next is.
    pub(crate) fn place_here(&self) -> TextError {
        self.place_at(self.next)
    }

    /// An error at the word to be read next.
    pub(crate) fn error_here<T>(&self, message: impl Into<String>) -> Parsed<T> {
        self.error_at(self.next, message)
    }

    /// An error at the word read last: it is not what was expected.
    pub(crate) fn unexpected<T>(&self, expected: &str) -> Parsed<T> {
        Err(self.fault_read_last(&["expected ", expected, ", found “", self.read_last(), "”"]))
    }

    /// An error at the word read last: no such thing has that name.
    pub(crate) fn no_such<T>(&self, thing: &str, names: &[&str]) -> Parsed<T> {
        let (name, names) = (self.read_last(), names.join(", "));
        let parts = ["there is no ", thing, " “", name, "”; expected one of: ", &names];
        Err(self.fault_read_last(&parts))
    }

    fn read_last(&self) -> &'a str {
        self.words.get(self.next.saturating_sub(1)).map_or("", |(_, word)| *word)
    }

    fn error_at<T>(&self, place: usize, message: impl Into<String>) -> Parsed<T> {
        Err(self.fault(place, message.into()))
    }

    // Not inlined, as other readers below are not: the places that call them are many, and cold.
    #[inline(never)]
    fn fault(&self, place: usize, message: String) -> TextError {
        TextError { message, ..self.place_at(place) }
    }

    #[inline(never)]
    fn fault_read_last(&self, message: &[&str]) -> TextError {
        self.fault(self.next.saturating_sub(1), message.concat())
    }

    fn place_at(&self, place: usize) -> TextError {
        let byte = self.words.get(place).map_or(self.text.trim_end().len(), |(byte, _)| *byte);
        let column = self.text[..byte].chars().count() as u32 + 1;
        TextError { line: self.number, column, message: String::new() }
    }

    /// The next word, if there is one, without reading it.
    pub(crate) fn peek(&self) -> Option<&'a str> {
        self.words.get(self.next).map(|(_, word)| *word)
    }

    /// The next word, or an error that says what was expected.
    #[inline(never)]
    pub(crate) fn word(&mut self, expected: &str) -> Parsed<&'a str> {
        match self.peek() {
            Some(word) => {
                self.next += 1;
                Ok(word)
            }
            None => self.error_here(format!("expected {expected}, but the line ends")),
        }
    }

    /// Reads the next word if it is this one.
    pub(crate) fn accept(&mut self, word: &str) -> bool {
        let found = self.peek() == Some(word);
        self.next += usize::from(found);
        found
    }

    /// All words that are left.
    #[inline(never)]
    pub(crate) fn rest(&mut self) -> Vec<&'a str> {
        let rest = self.words[self.next..].iter().map(|(_, word)| *word).collect();
        self.next = self.words.len();
        rest
    }

    /// The text after the word read last, as it was written; `#` means nothing in it.
    pub(crate) fn rest_of_text(&mut self) -> &'a str {
        let (byte, word) = self.words[self.next - 1];
        self.next = self.words.len();
        self.text[byte + word.len()..].trim()
    }

    /// The line must end here.
    pub(crate) fn end(&self) -> Parsed<()> {
        match self.peek() {
            None => Ok(()),
            Some(word) => self.error_here(format!("expected the end of the line, found “{word}”")),
        }
    }

    /// The line's number, from one.
    pub(crate) fn number_of_line(&self) -> u32 {
        self.number
    }

    /// A whole number in a range.
    #[inline(never)]
    pub(crate) fn number(&mut self, what: &str, low: u64, high: u64) -> Parsed<u64> {
        let expected = format!("{what}, a whole number from {low} to {high}");
        let word = self.word(&expected)?;
        let digits = word.strip_suffix("ms").unwrap_or(word);
        match digits.parse::<u64>() {
            Ok(value) if (low..=high).contains(&value) && !digits.starts_with('+') => Ok(value),
            _ => self.unexpected(&expected),
        }
    }

    /// A node such as `n3`.
    #[inline(never)]
    pub(crate) fn node(&mut self) -> Parsed<NodeId> {
        let word = self.word("a node such as n1")?;
        match node(word) {
            Some(node) => Ok(node),
            None => self.unexpected("a node such as n1"),
        }
    }

    /// A client such as `A`.
    #[inline(never)]
    pub(crate) fn client(&mut self) -> Parsed<ClientId> {
        let word = self.word("a client such as A")?;
        match client(word) {
            Some(client) => Ok(client),
            None => self.unexpected("a client such as A"),
        }
    }

    /// One or more nodes.
    #[inline(never)]
    pub(crate) fn nodes(&mut self) -> Parsed<NodeSet> {
        let mut set = NodeSet::of(self.node()?);
        while let Some(node) = self.peek().and_then(node) {
            self.next += 1;
            set.insert(node);
        }
        Ok(set)
    }

    /// A range of milliseconds such as `100..300`, or one number for both ends.
    #[inline(never)]
    pub(crate) fn span(&mut self, what: &str) -> Parsed<(u32, u32)> {
        let word = self.word(what)?;
        let (low, high) = word.split_once("..").unwrap_or((word, word));
        match (low.parse::<u32>(), high.parse::<u32>()) {
            (Ok(low), Ok(high)) if low <= high && high <= SPAN_MS_MAX => Ok((low, high)),
            _ => self.unexpected(&format!("{what}, at most {SPAN_MS_MAX}")),
        }
    }

    /// A percentage with at most one decimal, in per mille.
    pub(crate) fn permille(&mut self, what: &str) -> Parsed<u32> {
        let expected = format!("{what} such as 5% or 0.5%");
        let word = self.word(&expected)?;
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let parsed = word.strip_suffix('%').and_then(|number| {
            let (whole, tenth) = number.split_once('.').unwrap_or((number, "0"));
            if !digits(whole) || !digits(tenth) || tenth.len() != 1 {
                return None;
            }
            let (whole, tenth) = (whole.parse::<u32>().ok()?, tenth.parse::<u32>().ok()?);
            (whole <= 100).then_some(whole * 10 + tenth)
        });
        match parsed {
            Some(permille) if permille <= 1000 => Ok(permille),
            _ => self.unexpected(&expected),
        }
    }

    /// A link such as `n1->n2` or `n1->*`; `None` stands for any.
    #[inline(never)]
    pub(crate) fn link(&mut self) -> Parsed<(Option<Endpoint>, Option<Endpoint>)> {
        const EXPECTED: &str = "a link such as n1->n2, A->n1 or n1->*";
        let word = self.word("a link such as n1->n2")?;
        let Some((from, to)) = word.split_once("->") else {
            return self.unexpected(EXPECTED);
        };
        match (end(from), end(to)) {
            (Some(from), Some(to)) => Ok((from, to)),
            _ => self.unexpected(EXPECTED),
        }
    }

    /// Two sets of nodes around an arrow: `n1 n2 -> n3`, both ways with `<->`.
    pub(crate) fn sides(&mut self) -> Parsed<(NodeSet, NodeSet, bool)> {
        const EXPECTED: &str = "expected nodes, an arrow and nodes, such as n1->n2 or n1 n2 <-> n3";
        let text: String = self.rest().join(" ");
        let (left, right, both) = match (text.split_once("<->"), text.split_once("->")) {
            (Some((left, right)), _) => (left, right, true),
            (None, Some((left, right))) => (left, right, false),
            (None, None) => return self.error(EXPECTED),
        };
        let set = |side: &str| -> Option<NodeSet> {
            let nodes: Option<NodeSet> = side.split_whitespace().map(node).collect();
            nodes.filter(|set| !set.is_empty())
        };
        match (set(left), set(right)) {
            (Some(left), Some(right)) => Ok((left, right, both)),
            _ => self.error(EXPECTED),
        }
    }
}

fn split(text: &str) -> Vec<(usize, &str)> {
    let mut words = Vec::new();
    for word in text.split_whitespace() {
        let byte = word.as_ptr() as usize - text.as_ptr() as usize;
        let is_comment =
            word.starts_with('#') && !word[1..].starts_with(|c: char| c.is_ascii_digit());
        if is_comment {
            break;
        }
        words.push((byte, word));
    }
    words
}

pub(crate) fn node(word: &str) -> Option<NodeId> {
    NodeId::from_name(word, NODES_MAX)
}

pub(crate) fn client(word: &str) -> Option<ClientId> {
    match word.as_bytes() {
        [letter @ b'A'..=b'Z'] if letter - b'A' < CLIENTS_MAX => Some(ClientId(letter - b'A')),
        _ => None,
    }
}

/// An end of a link: a node, a client, or any of them.
fn end(word: &str) -> Option<Option<Endpoint>> {
    if word == "*" {
        return Some(None);
    }
    let endpoint = node(word).map(Endpoint::Node).or_else(|| client(word).map(Endpoint::Client));
    endpoint.map(Some)
}
