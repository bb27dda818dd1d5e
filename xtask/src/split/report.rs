//! Says what is in the modules and how it got there, for whoever asks why one has grown.

use std::collections::BTreeMap;

use anyhow::{Context, Result};

use super::Part;
use super::known::Known;
use super::owned::Thing;
use super::values::Values;

/// How the core's module is called.
const CORE: &str = "core";

/// What is asked of the modules.
pub struct Question<'q> {
    /// The module: `core`, a part's id or a protocol's.
    pub module: &'q str,
    /// Part of the name of a function.
    pub name: &'q str,
}

/// Without a question a line for each function and static value, the largest first: its bytes, the modules
/// that hold it, and its name. With one, how the module reaches the largest function of that name, from
/// there back to an exported one or a protocol's.
pub fn report(
    known: &Known<'_>,
    values: &Values,
    protocols: &[String],
    parts: &[Part],
    question: Option<&Question<'_>>,
) -> Result<String> {
    let mut lines: Vec<(usize, String)> = Vec::new();
    let reached_by = known.reached_by(values, protocols, parts)?;
    let asked = question.map(|question| Some(question.module).filter(|module| *module != CORE));
    let mut through: BTreeMap<Thing, Thing> = BTreeMap::new();
    let mut found: Option<(usize, Thing)> = None;
    for (thing, by) in &reached_by {
        let bytes = known.bytes(values, *thing);
        let name = known.name(*thing);
        let may_go = match thing {
            Thing::Function(function) => *function >= known.imported_functions,
            Thing::Value(start) => values.may_go(*start),
        };
        let modules = match by.contains_key(&None) {
            false if may_go => by.keys().flatten().copied().collect::<Vec<_>>().join(" "),
            _ => CORE.to_owned(),
        };
        if let (Some(question), Some(asked)) = (question, &asked)
            && let Some(before) = by.get(asked)
        {
            through.insert(*thing, *before);
            if name.contains(question.name) {
                found = found.max(Some((bytes, *thing)));
            }
        }
        lines.push((bytes, format!("{bytes}\t{modules}\t{name}\n")));
    }
    let Some(question) = question else {
        lines.sort_by(|one, other| other.0.cmp(&one.0).then_with(|| one.1.cmp(&other.1)));
        return Ok(lines.into_iter().map(|(_, line)| line).collect());
    };
    let Question { module, name } = question;
    let (_, mut thing) = found.with_context(|| format!("{module} reaches no “{name}”"))?;
    let mut told = String::new();
    loop {
        told += &format!("{}\t{}\n", known.bytes(values, thing), known.name(thing));
        match through.get(&thing) {
            Some(before) if *before != thing => thing = *before,
            _ => return Ok(told),
        }
    }
}

impl Known<'_> {
    fn bytes(&self, values: &Values, thing: Thing) -> usize {
        match thing {
            Thing::Function(function) => self.body(function).map_or(0, |body| body.range().len()),
            Thing::Value(start) => (values.end(start) - start) as usize,
        }
    }

    fn name(&self, thing: Thing) -> String {
        match thing {
            Thing::Function(function) => match self.names.get(&function) {
                Some(name) => name.clone(),
                None => format!("function {function}"),
            },
            Thing::Value(start) => format!("value at {start:x}"),
        }
    }
}
