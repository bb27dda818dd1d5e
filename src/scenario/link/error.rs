//! What can be wrong with a link.

use std::fmt;

/// Why there is no scenario in a link, or in the query of an address.
///
/// Each is shown as one sentence that says where, what was found and what was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LinkError {
    /// There is nothing.
    Empty,
    /// It does not begin as links do.
    NotALink {
        /// How it begins.
        found: String,
    },
    /// It was made by a newer version of the format than this one.
    Newer {
        /// The version it names.
        version: u32,
    },
    /// It is longer than any link.
    TooLong {
        /// How many characters it has.
        chars: usize,
        /// How many it may have.
        most: usize,
    },
    /// Its end is missing.
    Truncated {
        /// How many characters are missing; `None` where too little is left to tell.
        missing: Option<usize>,
    },
    /// It is not what was made: its checksum is another.
    Altered {
        /// The last six characters that the rest calls for.
        expected: String,
        /// The last six characters there are.
        found: String,
    },
    /// It has a character that no link has.
    BadCharacter {
        /// The character's place, counted from one at the `v` that the link begins with.
        place: usize,
        /// The character.
        character: char,
    },
    /// It is whole, but what it holds is not a scenario that this version knows.
    Invalid {
        /// Where, what was found and what was expected.
        what: String,
    },
    /// A parameter of a query is unknown, or its value is.
    Parameter {
        /// The parameter's name.
        name: String,
        /// What was found and what was expected.
        what: String,
    },
}

impl LinkError {
    /// A stable word for the kind of error, for translation.
    pub fn code(&self) -> &'static str {
        match self {
            LinkError::Empty => "empty",
            LinkError::NotALink { .. } => "not-a-link",
            LinkError::Newer { .. } => "newer",
            LinkError::TooLong { .. } => "too-long",
            LinkError::Truncated { .. } => "truncated",
            LinkError::Altered { .. } => "altered",
            LinkError::BadCharacter { .. } => "bad-character",
            LinkError::Invalid { .. } => "invalid",
            LinkError::Parameter { .. } => "parameter",
        }
    }
}

impl fmt::Display for LinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LinkError::Empty => {
                f.write_str("the link is empty: expected `v1.` and a packed scenario")
            }
            LinkError::NotALink { found } => {
                write!(f, "this is not a link to a scenario: expected `v1.…`, found “{found}”")
            }
            LinkError::Newer { version } => write!(
                f,
                "this link was made by a newer version of the playground: it begins with \
                 `v{version}.`, and this one knows `v1.` only"
            ),
            LinkError::TooLong { chars, most } => {
                write!(
                    f,
                    "the link is too long: it has {chars} characters, expected {most} at most"
                )
            }
            LinkError::Truncated { missing: Some(1) } => {
                f.write_str("the link is cut off: 1 character is missing, copy it whole")
            }
            LinkError::Truncated { missing: Some(missing) } => {
                write!(f, "the link is cut off: {missing} characters are missing, copy it whole")
            }
            LinkError::Truncated { missing: None } => {
                f.write_str("the link is cut off just after its beginning, copy it whole")
            }
            LinkError::Altered { expected, found } => write!(
                f,
                "the link was altered on its way: its last characters are “{found}”, the others \
                 call for “{expected}”"
            ),
            LinkError::BadCharacter { place, character } => write!(
                f,
                "character {place} of the link is {character:?}: expected letters, digits, `-` \
                 and `_`"
            ),
            LinkError::Invalid { what } => {
                write!(f, "the link is whole, but its scenario is not valid here: {what}")
            }
            LinkError::Parameter { name, what } => {
                write!(f, "the parameter `{name}` of the address: {what}")
            }
        }
    }
}

impl std::error::Error for LinkError {}
