//! Which functions and static values belong to which part.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use anyhow::{Context, Result, bail};

use super::Part;
use super::known::Known;
use super::values::Values;

/// A function or a static value, by its index or its address.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Thing {
    Function(u32),
    Value(u32),
}

/// What belongs to a part.
#[derive(Default)]
pub struct Own {
    pub functions: BTreeSet<u32>,
    /// Where each value begins and ends.
    pub values: BTreeMap<u32, u32>,
}

impl Known<'_> {
    /// The protocol that a function's name speaks of; `None` where it is none, or several.
    fn named<'p>(&self, function: u32, protocols: &'p [String]) -> Option<&'p str> {
        let name = self.names.get(&function)?;
        let is_of = |id: &&String| name.contains(&format!("::protocols::{id}::"));
        let mut named = protocols.iter().filter(is_of);
        named.next().filter(|_| named.next().is_none()).map(String::as_str)
    }

    /// The functions that a value's words are places of.
    fn functions_in(&self, values: &Values, start: u32) -> impl Iterator<Item = u32> {
        self.words(values, start).filter_map(|word| self.table.get(&word).copied())
    }

    /// The words of a value.
    fn words(&self, values: &Values, start: u32) -> impl Iterator<Item = u32> {
        let first = start.div_ceil(4);
        let words = first..(values.end(start) / 4).max(first);
        self.memory.range(words).map(|(_, word)| *word)
    }

    /// The values through which the core reaches protocols, and what stands there for each: the tables
    /// of methods of their machines, and the registry with the functions that give the sheets. A table
    /// of methods is that of the protocol that most of its functions are named after: some of them may
    /// have been merged with another's.
    fn doors<'p>(&self, values: &Values, protocols: &'p [String]) -> Doors<'p> {
        let mut doors = Doors::default();
        let name = |function: &u32| self.names.get(function).map_or("", String::as_str);
        for start in values.starts() {
            let functions: Vec<u32> = self.functions_in(values, start).collect();
            let mut count: BTreeMap<&str, usize> = BTreeMap::new();
            for function in &functions {
                if name(function).contains(SHEET)
                    && let Some(id) = self.named(*function, protocols)
                {
                    doors.values.insert(start);
                    doors.roots.entry(id).or_default().push(*function);
                }
                if name(function).contains(MACHINE)
                    && let Some(id) = self.named(*function, protocols)
                {
                    *count.entry(id).or_default() += 1;
                }
            }
            if let Some((id, _)) = count.into_iter().max_by_key(|(_, count)| *count) {
                doors.values.insert(start);
                doors.roots.entry(id).or_default().extend(functions);
            }
        }
        doors
    }

    /// For each part the functions and values that it reaches and the core does not. What several reach
    /// is in each of their modules: only constants are given away, so that it does not matter when.
    pub fn owned(
        &self,
        values: &Values,
        protocols: &[String],
        parts: &[Part],
    ) -> Result<BTreeMap<String, Own>> {
        let mut owned: BTreeMap<String, Own> = BTreeMap::new();
        for (thing, by) in self.reached_by(values, protocols, parts)? {
            if by.contains_key(&None) {
                continue;
            }
            for id in by.into_keys().flatten() {
                let own = owned.entry(id.to_owned()).or_default();
                match thing {
                    Thing::Function(function) if function >= self.imported_functions => {
                        own.functions.insert(function);
                    }
                    Thing::Value(start) if values.may_go(start) => {
                        own.values.insert(start, values.end(start));
                    }
                    _ => {}
                }
            }
        }
        match protocols.iter().find(|id| !owned.contains_key(*id)) {
            Some(id) => bail!("no function of {id} was found; has the module lost its names?"),
            None => Ok(owned),
        }
    }

    /// For each thing the parts that reach it, `None` for the core, each with what it reaches it through.
    pub fn reached_by<'p>(
        &self,
        values: &Values,
        protocols: &'p [String],
        parts: &'p [Part],
    ) -> Result<BTreeMap<Thing, BTreeMap<Option<&'p str>, Thing>>> {
        let doors = self.doors(values, protocols);
        let late: BTreeSet<&str> =
            parts.iter().flat_map(|part| part.exports.iter().copied()).collect();
        let exported = |name: &str| {
            let function = self.exported.get(name).copied();
            function.with_context(|| format!("the module exports no {name}"))
        };
        let mut roots: BTreeMap<Option<&str>, Vec<u32>> = BTreeMap::new();
        let early = self.exported.iter().filter(|(name, _)| !late.contains(name.as_str()));
        roots.insert(None, early.map(|(_, function)| *function).chain(self.start).collect());
        roots.extend(doors.roots.iter().map(|(id, functions)| (Some(*id), functions.clone())));
        for part in parts {
            let own: Result<Vec<u32>> = part.exports.iter().map(|name| exported(name)).collect();
            roots.insert(Some(part.id), own?);
        }
        let mut reached_by: BTreeMap<Thing, BTreeMap<Option<&str>, Thing>> = BTreeMap::new();
        for (part, roots) in &roots {
            for (thing, through) in self.reached(values, &doors, roots) {
                reached_by.entry(thing).or_default().insert(*part, through);
            }
        }
        // What the table holds and nobody is seen to call stays where it was.
        let is_reached = |function: &&u32| reached_by.contains_key(&Thing::Function(**function));
        let rest: Vec<u32> =
            self.table.values().filter(|function| !is_reached(function)).copied().collect();
        for (thing, through) in self.reached(values, &doors, &rest) {
            reached_by.entry(thing).or_default().insert(None, through);
        }
        Ok(reached_by)
    }

    /// Everything that is reached from these functions without going through a door, each with what it was
    /// first seen in; the functions themselves with themselves.
    fn reached(&self, values: &Values, doors: &Doors<'_>, roots: &[u32]) -> BTreeMap<Thing, Thing> {
        let mut reached: BTreeMap<Thing, Thing> =
            roots.iter().map(|root| (Thing::Function(*root), Thing::Function(*root))).collect();
        let mut waiting: VecDeque<Thing> = reached.keys().copied().collect();
        let at_place = |place: &u32| self.table.get(place).copied().map(Thing::Function);
        let mut open = Vec::new();
        while let Some(thing) = waiting.pop_front() {
            match thing {
                Thing::Function(function) => {
                    let Some(uses) = self.uses(function) else { continue };
                    open.extend(uses.functions.iter().copied().map(Thing::Function));
                    open.extend(uses.constants.iter().filter_map(at_place));
                    for address in uses.constants.union(&uses.offsets) {
                        open.extend(values.meant_by(*address).into_iter().map(Thing::Value));
                    }
                }
                Thing::Value(start) => {
                    let pointers = self.words(values, start);
                    open.extend(pointers.filter_map(|word| values.around(word)).map(Thing::Value));
                    if !doors.values.contains(&start) {
                        open.extend(self.functions_in(values, start).map(Thing::Function));
                    }
                }
            }
            for found in open.drain(..) {
                if let Entry::Vacant(place) = reached.entry(found) {
                    place.insert(thing);
                    waiting.push_back(found);
                }
            }
        }
        reached
    }
}

/// See [`Known::doors`].
#[derive(Default)]
struct Doors<'p> {
    values: BTreeSet<u32>,
    roots: BTreeMap<&'p str, Vec<u32>>,
}

/// Part of the names of the functions that give the sheets.
const SHEET: &str = "protocols::sheet_of";
/// Part of the names of the methods of machines.
const MACHINE: &str = "::machine::Machine>::";
