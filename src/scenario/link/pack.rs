//! Numbers and texts as bytes, and back. The reader trusts nothing: every number is read against
//! its bound, and nothing is allocated before the bytes for it are known to be there.

/// What was read, or what is wrong as half a sentence; the caller says where.
pub(super) type Read<T> = Result<T, String>;

/// Collects bytes.
#[derive(Default)]
pub(super) struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    pub(super) fn byte(&mut self, byte: u8) {
        self.bytes.push(byte);
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// A number in LEB128: seven bits a byte, lowest first, the top bit set on all but the last.
    pub(super) fn number(&mut self, number: impl Into<u128>) {
        let mut rest = number.into();
        while rest > 0x7F {
            self.bytes.push((rest & 0x7F) as u8 | 0x80);
            rest >>= 7;
        }
        self.bytes.push(rest as u8);
    }

    pub(super) fn count(&mut self, count: usize) {
        self.number(count as u64);
    }

    pub(super) fn text(&mut self, text: &str) {
        self.count(text.len());
        self.bytes(text.as_bytes());
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.bytes
    }
}

/// Takes bytes apart.
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Reader { rest: bytes }
    }

    pub(super) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    pub(super) fn byte(&mut self, what: &str) -> Read<u8> {
        let (first, rest) = self.rest.split_first().ok_or_else(|| ends(what))?;
        self.rest = rest;
        Ok(*first)
    }

    /// A byte that is the place of something in a list of the protocol's.
    pub(super) fn place<T>(&mut self, what: &str, list: &[T]) -> Read<u8> {
        let place = self.byte(what)?;
        if usize::from(place) < list.len() {
            return Ok(place);
        }
        Err(format!("{what} has number {place}, but this version knows only {}", list.len()))
    }

    pub(super) fn bytes(&mut self, what: &str, count: usize) -> Read<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or_else(|| ends(what))?;
        self.rest = rest;
        Ok(taken)
    }

    /// A number that need only fit 128 bits, such as a set of nodes.
    pub(super) fn wide(&mut self, what: &str) -> Read<u128> {
        let mut number = 0;
        for shift in (0..u128::BITS).step_by(7) {
            let byte = self.byte(what)?;
            let bits = u128::from(byte & 0x7F);
            if (bits << shift) >> shift != bits {
                break;
            }
            number |= bits << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(format!("{what} is beyond all bounds"))
    }

    /// A number of at most `most`.
    pub(super) fn number(&mut self, what: &str, most: u64) -> Read<u64> {
        match self.wide(what)? {
            number if number <= u128::from(most) => Ok(number as u64),
            number => Err(format!("{what} is {number}, expected at most {most}")),
        }
    }

    pub(super) fn number32(&mut self, what: &str, most: u32) -> Read<u32> {
        self.number(what, u64::from(most)).map(|number| number as u32)
    }

    /// How many things follow. Each takes a byte at least, so more than there are bytes is refused
    /// before anything is done about them.
    pub(super) fn count(&mut self, what: &str, most: usize) -> Read<usize> {
        let count = self.number(what, most as u64)? as usize;
        if count > self.rest.len() { Err(ends(what)) } else { Ok(count) }
    }

    /// A text of at most `most` bytes in one line; a second one could pass for a step.
    pub(super) fn text(&mut self, what: &str, most: usize) -> Read<String> {
        let length = match self.number(what, u64::MAX)? {
            length if length <= most as u64 => length as usize,
            length => return Err(format!("{what} has {length} bytes, expected at most {most}")),
        };
        let bytes = self.bytes(what, length)?;
        match std::str::from_utf8(bytes) {
            Ok(text) if text.contains('\n') => {
                Err(format!("{what} has a line break, expected one line"))
            }
            Ok(text) => Ok(text.to_owned()),
            Err(_) => Err(format!("{what} is not text, expected UTF-8")),
        }
    }
}

fn ends(what: &str) -> String {
    format!("the content ends at {what}, expected more")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back_and_take_as_few_bytes_as_they_need() {
        for (number, length) in
            [(0, 1), (127, 1), (128, 2), (16_383, 2), (16_384, 3), (u128::from(u64::MAX), 10)]
        {
            let mut writer = Writer::default();
            writer.number(number);
            let bytes = writer.finish();
            assert_eq!(bytes.len(), length, "{number}");
            assert_eq!(Reader::new(&bytes).wide("it"), Ok(number));
        }
        let mut writer = Writer::default();
        writer.number(u128::MAX);
        assert_eq!(Reader::new(&writer.finish()).wide("it"), Ok(u128::MAX));
    }

    #[test]
    fn numbers_beyond_their_bounds_are_refused() {
        assert!(Reader::new(&[0xFF; 40]).wide("it").is_err(), "it never ends");
        let mut longest = [0xFF; 19];
        longest[18] = 0x04;
        assert!(Reader::new(&longest).wide("it").is_err(), "a bit beyond the 128th");
        assert!(Reader::new(&[11]).number("it", 10).is_err());
        assert!(Reader::new(&[3, 0, 0]).count("things", 9).is_err(), "three in two bytes");
        assert!(Reader::new(&[2]).place("it", &["only", "two"]).is_err());
    }

    #[test]
    fn texts_are_checked() {
        assert_eq!(Reader::new(&[2, b'o', b'k']).text("it", 2), Ok("ok".to_owned()));
        assert!(Reader::new(&[2, b'o', b'k']).text("it", 1).is_err(), "too long");
        assert!(Reader::new(&[2, b'o']).text("it", 2).is_err(), "cut off");
        assert!(Reader::new(&[2, b'o', b'\n']).text("it", 2).is_err(), "two lines");
        assert!(Reader::new(&[2, 0xC3, 0x28]).text("it", 2).is_err(), "not UTF-8");
    }
}
