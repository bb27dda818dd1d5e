//! A few numbers, one under each renaming: mostly one, which needs no memory of its own.

use std::ops::Deref;

/// As many numbers as there are renamings.
#[derive(Clone)]
pub(super) enum Parts {
    /// Nothing is ever renamed.
    One(u64),
    /// One for each renaming.
    Many(Box<[u64]>),
}

impl From<&[u64]> for Parts {
    fn from(parts: &[u64]) -> Self {
        match parts {
            [part] => Parts::One(*part),
            _ => Parts::Many(parts.into()),
        }
    }
}

impl Deref for Parts {
    type Target = [u64];

    fn deref(&self) -> &[u64] {
        match self {
            Parts::One(part) => std::slice::from_ref(part),
            Parts::Many(parts) => parts,
        }
    }
}
