//! The text that people write: one thing a line, in the words of the page.
//!
//! ```
//! use consensus_playground::scenario::text;
//!
//! let scenario = text::parse("protocol raft\nnodes 3\nrun 400\nexpect leader n1")?;
//! assert_eq!(text::print(&text::parse(&text::print(&scenario))?), text::print(&scenario));
//! # Ok::<(), consensus_playground::scenario::TextError>(())
//! ```
//!
//! The header comes first (`protocol`, `title`, `nodes`, `seed`, `network`, `set`, `without` …),
//! then the steps in order. A `#` begins a comment. Printing gives the one canonical form: parsing
//! it again gives the same scenario.

pub use super::parse::{parse, parse_with_lines};
pub use super::print::{print, print_network, print_step};
