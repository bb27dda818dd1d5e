//! Takes each protocol's own code out of the module into a module of its own, so that a page loads
//! the core and the protocol it shows, and nothing of the others.
//!
//! The core knows protocols only through `dyn Machine`: it reaches their code through the function
//! table and in no other way. So whatever is reachable only from the table entries of protocols
//! moves into their modules, one for each. It imports the core's memory, table, stack pointer and
//! the functions it calls, and writes its own functions into the same places of the table when it is
//! instantiated. Until then those places are empty, and the core never calls them: it asks for the
//! protocol first. All data stays in the core: it is small, and addresses stay as they are.
//!
//! One thing needs care: the compiler merges functions of equal code, whose name is then that of one
//! protocol while another calls it too. [`Known::shared`] finds them by who refers to their place in
//! the table, and they stay in the core. A test runs each protocol beside the core alone.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, bail};
use wasm_encoder::reencode::{Reencode, RoundtripReencoder};
use wasm_encoder::{
    CodeSection, ConstExpr, ElementSection, Elements, EntityType, ExportKind, ExportSection,
    FunctionSection, GlobalType, ImportSection, MemoryType, Module, RawSection, RefType,
    StartSection, TableType, ValType,
};
use wasmparser::{
    ElementItems, ElementKind, ExternalKind, FunctionBody, KnownCustom, Name, Operator, Parser,
    Payload, TypeRef,
};

/// The name under which a protocol's module imports everything.
const CORE: &str = "core";
/// The table through which functions are called indirectly.
const TABLE: u32 = 0;

/// The core's module, and for each protocol its own.
pub struct Split {
    pub core: Vec<u8>,
    pub protocols: BTreeMap<String, Vec<u8>>,
}

/// What must be known of a module to take it apart.
#[derive(Default)]
struct Known<'a> {
    types: Option<&'a [u8]>,
    imported_functions: u32,
    /// The type of each function, those imported included.
    signatures: Vec<u32>,
    bodies: Vec<FunctionBody<'a>>,
    globals: Vec<wasmparser::GlobalType>,
    table_min: u64,
    memory_min: u64,
    exported: Vec<u32>,
    start: Option<u32>,
    /// The functions of the table by place.
    table: BTreeMap<u32, u32>,
    /// The memory as the data fills it, in words.
    memory: BTreeMap<u32, u32>,
    names: BTreeMap<u32, String>,
}

impl<'a> Known<'a> {
    fn read(module: &'a [u8]) -> Result<Self> {
        let mut known = Known::default();
        for payload in Parser::new(0).parse_all(module) {
            match payload? {
                Payload::TypeSection(section) => known.types = Some(&module[section.range()]),
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        match import?.ty {
                            TypeRef::Func(signature) => {
                                known.imported_functions += 1;
                                known.signatures.push(signature);
                            }
                            other => {
                                bail!("the module imports {other:?}; only functions are expected")
                            }
                        }
                    }
                }
                Payload::FunctionSection(section) => {
                    for signature in section {
                        known.signatures.push(signature?);
                    }
                }
                Payload::TableSection(section) => {
                    let first = section.into_iter().next().context("the module has no table")??;
                    known.table_min = first.ty.initial;
                }
                Payload::MemorySection(section) => {
                    let first =
                        section.into_iter().next().context("the module has no memory")??;
                    known.memory_min = first.initial;
                }
                Payload::GlobalSection(section) => {
                    for global in section {
                        known.globals.push(global?.ty);
                    }
                }
                Payload::ExportSection(section) => {
                    for export in section {
                        let export = export?;
                        if export.kind == ExternalKind::Func {
                            known.exported.push(export.index);
                        }
                    }
                }
                Payload::StartSection { func, .. } => known.start = Some(func),
                Payload::ElementSection(section) => {
                    for element in section {
                        known.read_element(element?)?;
                    }
                }
                Payload::CodeSectionEntry(body) => known.bodies.push(body),
                Payload::DataSection(section) => {
                    for data in section {
                        known.read_data(&data?)?;
                    }
                }
                Payload::CustomSection(section) => {
                    if let KnownCustom::Name(section) = section.as_known() {
                        for subsection in section {
                            if let Name::Function(map) = subsection? {
                                for naming in map {
                                    let naming = naming?;
                                    known.names.insert(naming.index, naming.name.to_owned());
                                }
                            }
                        }
                    }
                }
                _ => {}
            }
        }
        if known.names.is_empty() {
            bail!("the module names no functions, so nobody knows which belong to a protocol");
        }
        Ok(known)
    }

    /// Words that the data leaves out, because they are zero, stay out.
    fn read_data(&mut self, data: &wasmparser::Data<'a>) -> Result<()> {
        let wasmparser::DataKind::Active { offset_expr, .. } = &data.kind else {
            bail!("a data segment is not an active one");
        };
        let Operator::I32Const { value } = offset_expr.get_operators_reader().read()? else {
            bail!("a data segment does not begin at a constant");
        };
        for (address, byte) in (value as u32..).zip(data.data) {
            let word = self.memory.entry(address / 4).or_default();
            *word |= u32::from(*byte) << (8 * (address % 4));
        }
        Ok(())
    }

    fn read_element(&mut self, element: wasmparser::Element<'a>) -> Result<()> {
        let ElementKind::Active { table_index: None | Some(TABLE), offset_expr } = element.kind
        else {
            bail!("an element segment is not an active one of the function table");
        };
        let offset = match offset_expr.get_operators_reader().read()? {
            Operator::I32Const { value } => u32::try_from(value)?,
            other => bail!("an element segment begins at {other:?}, expected a constant"),
        };
        let ElementItems::Functions(functions) = element.items else {
            bail!("an element segment holds expressions, expected functions");
        };
        for (place, function) in (offset..).zip(functions) {
            self.table.insert(place, function?);
        }
        Ok(())
    }

    /// What a function calls or names directly, and the globals that it uses.
    fn uses(&self, function: u32) -> Result<(BTreeSet<u32>, BTreeSet<u32>)> {
        let (mut functions, mut globals) = (BTreeSet::new(), BTreeSet::new());
        let Some(place) = function.checked_sub(self.imported_functions) else {
            return Ok((functions, globals));
        };
        for operator in self.bodies[place as usize].get_operators_reader()? {
            match operator? {
                Operator::Call { function_index }
                | Operator::ReturnCall { function_index }
                | Operator::RefFunc { function_index } => {
                    functions.insert(function_index);
                }
                Operator::GlobalGet { global_index } | Operator::GlobalSet { global_index } => {
                    globals.insert(global_index);
                }
                _ => {}
            }
        }
        Ok((functions, globals))
    }

    /// Everything that is called from `roots`, they included.
    fn reachable(&self, roots: impl IntoIterator<Item = u32>) -> Result<BTreeSet<u32>> {
        let mut reached = BTreeSet::new();
        let mut open: Vec<u32> = roots.into_iter().collect();
        while let Some(function) = open.pop() {
            if reached.insert(function) {
                open.extend(self.uses(function)?.0);
            }
        }
        Ok(reached)
    }

    /// The protocol that a function's name speaks of; `None` where it is none, or several.
    fn named<'p>(&self, function: u32, protocols: &'p [String]) -> Option<&'p String> {
        let name = self.names.get(&function)?;
        let is_of = |id: &&String| name.contains(&format!("::protocols::{id}::"));
        let mut named = protocols.iter().filter(is_of);
        named.next().filter(|_| named.next().is_none())
    }

    /// Table functions named after one protocol that another may call, because they were merged with
    /// a function of its own.
    fn shared(&self, protocols: &[String]) -> Result<BTreeSet<u32>> {
        let name = |function: u32| self.names.get(&function).map_or("", String::as_str);
        let is_in_vtable = |name: &str| {
            ["::type_id", "drop_in_place", "::Machine>::"].iter().any(|part| name.contains(part))
        };
        let mut shared = BTreeSet::new();
        for function in self.table.values().copied() {
            let Some(place) = function.checked_sub(self.imported_functions) else { continue };
            if self.bodies[place as usize].range().len() <= SMALL_BYTES {
                shared.insert(function);
            }
        }
        // Functions that stand in tables of methods of more than one protocol.
        let mut seen: BTreeMap<u32, String> = BTreeMap::new();
        for (of, methods) in self.method_tables(protocols) {
            for method in methods {
                if *seen.entry(method).or_insert_with(|| of.clone()) != of {
                    shared.insert(method);
                }
            }
        }
        // Places that code holds as numbers; whether they are meant so, nobody knows.
        for caller in self.imported_functions..self.signatures.len() as u32 {
            let own = self.named(caller, protocols);
            let body = &self.bodies[(caller - self.imported_functions) as usize];
            for operator in body.get_operators_reader()? {
                if let Operator::I32Const { value } = operator?
                    && let Some(function) =
                        u32::try_from(value).ok().and_then(|place| self.table.get(&place))
                    && self.named(*function, protocols) != own
                    && !is_in_vtable(name(*function))
                {
                    shared.insert(*function);
                }
            }
        }
        Ok(shared)
    }

    /// The tables of methods in the data: the place of the function that drops, size, alignment, then
    /// the places of the others. Those of machines and of what machines hand out are wanted, each with
    /// a word for whose it is; what else looks alike does no harm.
    fn method_tables(&self, protocols: &[String]) -> Vec<(String, Vec<u32>)> {
        let word = |address: u32| self.memory.get(&address).copied().unwrap_or_default();
        let function = |address: u32| self.table.get(&word(address)).copied();
        let mut tables = Vec::new();
        for (address, alignment) in &self.memory {
            if !alignment.is_power_of_two() || *alignment > 16 || *address < 2 {
                continue;
            }
            let mut methods: Vec<u32> = (address + 1..).map_while(function).collect();
            let has = |part: &str| {
                let is_it = |name: &String| name.contains(part);
                methods.iter().any(|method| self.names.get(method).is_some_and(is_it))
            };
            let (is_machine, is_any) = (has("::Machine>::"), has("Any>::type_id"));
            if !is_machine && !is_any {
                continue;
            }
            if !is_machine {
                methods.truncate(1);
            }
            // What a type is called is a function of its own for each type, so its name can be trusted;
            // each machine has one table.
            let of = match methods.first().and_then(|first| self.named(*first, protocols)) {
                Some(id) if !is_machine => id.clone(),
                _ => address.to_string(),
            };
            methods.extend(function(address - 2));
            tables.push((of, methods));
        }
        tables
    }

    /// For each protocol the functions that it reaches and the core does not. One that several reach is
    /// in each of their modules.
    fn owned(&self, protocols: &[String]) -> Result<BTreeMap<String, BTreeSet<u32>>> {
        let shared = self.shared(protocols)?;
        let owner = |function: &u32| {
            self.named(*function, protocols).filter(|_| !shared.contains(function))
        };
        let in_table: BTreeSet<u32> = self.table.values().copied().collect();
        let own = in_table.iter().filter(|function| owner(function).is_some());
        let core_roots = (in_table.iter().filter(|function| owner(function).is_none()))
            .chain(&self.exported)
            .chain(&self.start)
            .copied();
        let mut reached_by: BTreeMap<u32, BTreeSet<Option<&String>>> = BTreeMap::new();
        for function in self.reachable(core_roots)? {
            reached_by.entry(function).or_default().insert(None);
        }
        let mut roots: BTreeMap<&String, Vec<u32>> = BTreeMap::new();
        for function in own {
            roots.entry(owner(function).context("filtered above")?).or_default().push(*function);
        }
        for (protocol, roots) in &roots {
            for function in self.reachable(roots.iter().copied())? {
                reached_by.entry(function).or_default().insert(Some(protocol));
            }
        }
        let mut owned: BTreeMap<String, BTreeSet<u32>> = BTreeMap::new();
        for (function, by) in reached_by {
            if by.contains(&None) || function < self.imported_functions {
                continue;
            }
            for protocol in by.into_iter().flatten() {
                owned.entry(protocol.clone()).or_default().insert(function);
            }
        }
        match protocols.iter().find(|id| !owned.contains_key(*id)) {
            Some(id) => bail!("no function of {id} was found; has the module lost its names?"),
            None => Ok(owned),
        }
    }
}

/// Functions of so few bytes stay in the core: they are the likeliest to be merged, and cost nothing.
const SMALL_BYTES: usize = 48;

/// Gives functions and globals other numbers.
struct Renumber {
    functions: BTreeMap<u32, u32>,
    globals: Option<BTreeMap<u32, u32>>,
}

type RenumberError = wasm_encoder::reencode::Error<std::io::Error>;

impl Reencode for Renumber {
    type Error = std::io::Error;

    fn function_index(&mut self, function: u32) -> Result<u32, RenumberError> {
        let renumbered = self.functions.get(&function).copied();
        renumbered.ok_or_else(|| {
            RenumberError::UserError(std::io::Error::other(format!(
                "function {function} is called from afar"
            )))
        })
    }

    fn global_index(&mut self, global: u32) -> Result<u32, RenumberError> {
        match &self.globals {
            None => Ok(global),
            Some(globals) => globals.get(&global).copied().ok_or_else(|| {
                RenumberError::UserError(std::io::Error::other(format!(
                    "global {global} is not imported"
                )))
            }),
        }
    }
}

/// Takes a module apart. It must name its functions.
pub fn split(module: &[u8], protocols: &[String]) -> Result<Split> {
    let known = Known::read(module)?;
    let owned = known.owned(protocols)?;
    let gone: BTreeSet<u32> = owned.values().flatten().copied().collect();
    // What the protocols' modules need of the core.
    let (mut functions, mut globals) = (BTreeSet::new(), BTreeSet::new());
    for function in &gone {
        let (called, used) = known.uses(*function)?;
        functions.extend(called.difference(&gone).copied());
        globals.extend(used);
    }
    let mut split = Split {
        core: core(module, &known, &gone, &functions, &globals)?,
        protocols: BTreeMap::new(),
    };
    for (id, own) in owned {
        let module = protocol(&known, &own)?;
        split.protocols.insert(id, module);
    }
    Ok(split)
}

/// The module without what is gone, and with what the others need made known.
fn core(
    module: &[u8],
    known: &Known<'_>,
    gone: &BTreeSet<u32>,
    functions: &BTreeSet<u32>,
    globals: &BTreeSet<u32>,
) -> Result<Vec<u8>> {
    let count = known.signatures.len() as u32;
    let kept: Vec<u32> = (0..count).filter(|function| !gone.contains(function)).collect();
    let numbers: BTreeMap<u32, u32> = kept.iter().copied().zip(0..).collect();
    let mut renumber = Renumber { functions: numbers.clone(), globals: None };
    let mut out = Module::new();
    for payload in Parser::new(0).parse_all(module) {
        let payload = payload?;
        match &payload {
            Payload::FunctionSection(_) => {
                let mut section = FunctionSection::new();
                for function in kept.iter().filter(|kept| **kept >= known.imported_functions) {
                    section.function(known.signatures[*function as usize]);
                }
                out.section(&section);
            }
            Payload::ExportSection(exports) => {
                let mut section = ExportSection::new();
                renumber.parse_export_section(&mut section, exports.clone())?;
                for function in functions {
                    section.export(&function_name(*function), ExportKind::Func, numbers[function]);
                }
                for global in globals {
                    section.export(&global_name(*global), ExportKind::Global, *global);
                }
                section.export("table", ExportKind::Table, TABLE);
                out.section(&section);
            }
            Payload::StartSection { func, .. } => {
                out.section(&StartSection { function_index: numbers[func] });
            }
            Payload::ElementSection(_) => {
                let kept = (known.table.iter())
                    .filter_map(|(place, function)| Some((*place, *numbers.get(function)?)));
                out.section(&elements(kept));
            }
            Payload::CodeSectionStart { .. } => {
                let mut section = CodeSection::new();
                for function in kept.iter().filter(|kept| **kept >= known.imported_functions) {
                    let place = (function - known.imported_functions) as usize;
                    renumber.parse_function_body(&mut section, known.bodies[place].clone())?;
                }
                out.section(&section);
            }
            // Names and such are for tools.
            Payload::CustomSection(_) | Payload::CodeSectionEntry(_) => {}
            other => {
                if let Some((id, range)) = other.as_section() {
                    out.section(&RawSection { id, data: &module[range] });
                }
            }
        }
    }
    Ok(out.finish())
}

/// A module with the functions of one protocol.
fn protocol(known: &Known<'_>, own: &BTreeSet<u32>) -> Result<Vec<u8>> {
    let (mut functions, mut globals) = (BTreeSet::new(), BTreeSet::new());
    for function in own {
        let (called, used) = known.uses(*function)?;
        functions.extend(called.difference(own).copied());
        globals.extend(used);
    }
    let mut renumber = Renumber {
        functions: functions.iter().chain(own).copied().zip(0..).collect(),
        globals: Some(globals.iter().copied().zip(0..).collect()),
    };
    let mut out = Module::new();
    let types = known.types.context("the module has no types")?;
    out.section(&RawSection { id: wasm_encoder::SectionId::Type.into(), data: types });

    let mut imports = ImportSection::new();
    for function in &functions {
        let signature = known.signatures[*function as usize];
        imports.import(CORE, &function_name(*function), EntityType::Function(signature));
    }
    let table = TableType {
        element_type: RefType::FUNCREF,
        table64: false,
        minimum: known.table_min,
        maximum: None,
        shared: false,
    };
    imports.import(CORE, "table", table);
    let memory = MemoryType {
        minimum: known.memory_min,
        maximum: None,
        memory64: false,
        shared: false,
        page_size_log2: None,
    };
    imports.import(CORE, "memory", memory);
    for global in &globals {
        let wasmparser::GlobalType { content_type, mutable, shared } =
            known.globals[*global as usize];
        let val_type: ValType = RoundtripReencoder.val_type(content_type)?;
        imports.import(CORE, &global_name(*global), GlobalType { val_type, mutable, shared });
    }
    out.section(&imports);

    let mut signatures = FunctionSection::new();
    for function in own {
        signatures.function(known.signatures[*function as usize]);
    }
    out.section(&signatures);

    let places = (known.table.iter())
        .filter(|(_, function)| own.contains(function))
        .map(|(place, function)| (*place, renumber.functions[function]));
    let places: Vec<(u32, u32)> = places.collect();
    out.section(&elements(places.into_iter()));

    let mut code = CodeSection::new();
    for function in own {
        let place = (function - known.imported_functions) as usize;
        renumber.parse_function_body(&mut code, known.bodies[place].clone())?;
    }
    out.section(&code);
    Ok(out.finish())
}

/// Segments that put functions into their places of the table, one for each run of places.
fn elements(places: impl Iterator<Item = (u32, u32)>) -> ElementSection {
    let mut runs: Vec<(u32, Vec<u32>)> = Vec::new();
    for (place, function) in places {
        match runs.last_mut() {
            Some((start, run)) if *start + run.len() as u32 == place => run.push(function),
            _ => runs.push((place, vec![function])),
        }
    }
    let mut section = ElementSection::new();
    for (start, run) in runs {
        let offset = ConstExpr::i32_const(start as i32);
        section.active(None, &offset, Elements::Functions(run.into()));
    }
    section
}

fn function_name(function: u32) -> String {
    format!("f{function}")
}

fn global_name(global: u32) -> String {
    format!("g{global}")
}

#[cfg(test)]
mod tests;
