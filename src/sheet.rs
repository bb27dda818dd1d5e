//! How a protocol writes down its rules and settings: each once, with its number, its name in code
//! and its words, so that the number, the constant and the entry of the sheet cannot drift apart.

/// Declares rules: a constant for each, and `RULES`, in the order of their numbers.
macro_rules! rules {
    ($($number:literal $name:ident $id:literal $source:literal
        $text:literal
        without $without:literal
        protects [$($protects:literal),*];)*) => {
        $(#[doc = $text] pub const $name: $crate::ids::RuleId = $crate::ids::RuleId($number);)*
        /// All rules, in the order of their numbers.
        pub const RULES: &[$crate::protocol::Rule] = &[$($crate::protocol::Rule {
            id: $id, source: $source, text: $text, without: $without, protects: &[$($protects),*],
        }),*];
    };
}
pub(crate) use rules;

/// Declares settings: a constant for the place of each, and `SETTINGS`, in that order.
macro_rules! settings {
    ($($number:literal $name:ident $id:literal $default:literal $range:expr, $text:literal;)*) => {
        $(#[doc = $text] pub const $name: u8 = $number;)*
        /// All settings, in the order of their numbers.
        pub const SETTINGS: &[$crate::protocol::Setting] = &[$($crate::protocol::Setting {
            id: $id, text: $text, default: $default, range: $range,
        }),*];
    };
}
pub(crate) use settings;
