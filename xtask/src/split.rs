//! Takes a module apart, so that a page loads what it shows and nothing of the rest: a core, a module
//! for each protocol's own code, and modules for what is not needed at first.
//!
//! The core knows protocols only through `dyn Machine` and their sheets: it reaches their code through
//! the registry and the machines' tables of methods, and in no other way. So whatever is reachable only
//! from there moves into modules, one for each protocol. Such a module imports the core's memory, table,
//! stack pointer and the functions it calls, and writes its own functions into the same places of the
//! table when it is instantiated. Until then those places are empty, and the core never calls them: it
//! asks for the protocol first.
//!
//! A [`Part`] is made of exported functions and what only they reach. In the core such an export is
//! left as a call through the table, to a place that at first holds a function which throws, so that
//! the page can fetch the part and ask again. Nothing has happened by then.
//!
//! Static values go with the code that alone refers to them: the words of a protocol's sheet, above
//! all. They keep their addresses. The linker's map says where each begins and ends.
//!
//! A number in the code is taken for an address or a place in the table where it can be one; the table
//! begins at a number that nothing else uses (build.rs). A test runs each protocol beside the core alone.

mod known;
mod owned;
mod report;
#[cfg(test)]
mod tests;
mod values;
mod write;

use std::collections::BTreeMap;

use anyhow::Result;

use known::Known;
pub use report::Question;
use values::Values;

/// The name under which a part's module imports everything.
const CORE: &str = "core";
/// The table through which functions are called indirectly.
const TABLE: u32 = 0;

/// Exported functions that are not needed at first.
pub struct Part {
    pub id: &'static str,
    pub exports: &'static [&'static str],
}

/// The core's module, and those of the protocols and parts by their names.
pub struct Split {
    pub core: Vec<u8>,
    pub others: BTreeMap<String, Vec<u8>>,
}

/// Takes a module apart. It must name its functions; `map` is what the linker wrote of it.
///
/// # Errors
/// The module is not as the compiler writes it, or lacks a protocol or an export.
pub fn split(module: &[u8], map: &str, protocols: &[String], parts: &[Part]) -> Result<Split> {
    let known = Known::read(module)?;
    let values = Values::read(map, &known)?;
    let owned = known.owned(&values, protocols, parts)?;
    let late = write::late_exports(&known, &owned, parts)?;
    let mut others = BTreeMap::new();
    for (id, own) in &owned {
        others.insert(id.clone(), write::part(&known, &values, own, &late)?);
    }
    Ok(Split { core: write::core(module, &known, &values, &owned, &late)?, others })
}

/// Says what taking a module apart puts where, or how it gets there: see [`report::report`].
///
/// # Errors
/// As of [`split`]; nothing has that name.
pub fn report(
    module: &[u8],
    map: &str,
    protocols: &[String],
    parts: &[Part],
    question: Option<&Question<'_>>,
) -> Result<String> {
    let known = Known::read(module)?;
    let values = Values::read(map, &known)?;
    report::report(&known, &values, protocols, parts, question)
}
