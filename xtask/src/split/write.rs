//! Writes the modules that another was taken apart into.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use wasm_encoder::reencode::{Reencode, RoundtripReencoder};
use wasm_encoder::{
    CodeSection, ConstExpr, DataSection, ElementSection, Elements, EntityType, ExportKind,
    ExportSection, Function, FunctionSection, GlobalType, ImportSection, Instruction, MemoryType,
    Module, RawSection, RefType, StartSection, TableSection, TableType, ValType,
};
use wasmparser::{Parser, Payload};

use super::known::Known;
use super::owned::Own;
use super::values::Values;
use super::{CORE, Part, TABLE};

/// The exported function that throws what a part is missing, called with the place of the part.
const MISSING: &str = "partMissing";
/// Data between two pieces that is so short is written rather than left out.
const GAP_BYTES: u32 = 12;

/// An export that is a part's: a call through the table.
pub struct Late {
    function: u32,
    /// Its place in the table.
    place: u32,
    /// The place of the part in the list of parts.
    part: u32,
}

/// The exports that moved into the parts.
pub fn late_exports(
    known: &Known<'_>,
    owned: &BTreeMap<String, Own>,
    parts: &[Part],
) -> Result<Vec<Late>> {
    let mut late = Vec::new();
    for (part, Part { id, exports }) in (0..).zip(parts) {
        for name in *exports {
            let function = known.exported[*name];
            if owned.get(*id).is_some_and(|own| own.functions.contains(&function)) {
                let place = u32::try_from(known.table_min)? + late.len() as u32;
                late.push(Late { function, place, part });
            }
        }
    }
    Ok(late)
}

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

/// The module without what is gone, and with what the others need made known.
pub fn core(
    module: &[u8],
    known: &Known<'_>,
    values: &Values,
    owned: &BTreeMap<String, Own>,
    late: &[Late],
) -> Result<Vec<u8>> {
    let gone: BTreeSet<u32> = owned.values().flat_map(|own| &own.functions).copied().collect();
    let late_by_function: BTreeMap<u32, &Late> =
        late.iter().map(|late| (late.function, late)).collect();
    // What the others' modules need of the core.
    let (mut functions, mut globals) = (BTreeSet::new(), BTreeSet::new());
    for uses in gone.iter().filter_map(|function| known.uses(*function)) {
        functions.extend(uses.functions.difference(&gone).copied());
        globals.extend(uses.globals.iter().copied());
    }
    let kept = (0..known.signatures.len() as u32)
        .filter(|function| !gone.contains(function) || late_by_function.contains_key(function));
    let kept: Vec<u32> = kept.collect();
    let numbers: BTreeMap<u32, u32> = kept.iter().copied().zip(0..).collect();
    // Behind them the functions that throw, one for each late export.
    let throwing: Vec<u32> = (kept.len() as u32..).take(late.len()).collect();
    let mut renumber = Renumber { functions: numbers.clone(), globals: None };
    let mut out = Module::new();
    for payload in Parser::new(0).parse_all(module) {
        let payload = payload?;
        match &payload {
            Payload::FunctionSection(_) => {
                let mut section = FunctionSection::new();
                let own = kept.iter().copied().filter(|kept| *kept >= known.imported_functions);
                for function in own.chain(late.iter().map(|late| late.function)) {
                    section.function(known.signatures[function as usize]);
                }
                out.section(&section);
            }
            Payload::TableSection(tables) => {
                let mut section = TableSection::new();
                for (index, table) in (0..).zip(tables.clone()) {
                    let mut table = renumber.table_type(table?.ty)?;
                    if index == TABLE {
                        table.minimum += late.len() as u64;
                        table.maximum = table.maximum.map(|maximum| maximum + late.len() as u64);
                    }
                    section.table(table);
                }
                out.section(&section);
            }
            Payload::ExportSection(exports) => {
                let mut section = ExportSection::new();
                renumber.parse_export_section(&mut section, exports.clone())?;
                for function in &functions {
                    section.export(&function_name(*function), ExportKind::Func, numbers[function]);
                }
                for global in &globals {
                    section.export(&global_name(*global), ExportKind::Global, *global);
                }
                section.export("table", ExportKind::Table, TABLE);
                out.section(&section);
            }
            Payload::StartSection { func, .. } => {
                out.section(&StartSection { function_index: numbers[func] });
            }
            Payload::ElementSection(_) => {
                let is_kept = |function: &u32| !late_by_function.contains_key(function);
                let kept = (known.table.iter())
                    .filter(|(_, function)| is_kept(function))
                    .filter_map(|(place, function)| Some((*place, *numbers.get(function)?)));
                let places = late.iter().map(|late| late.place).zip(throwing.iter().copied());
                out.section(&elements(kept.chain(places)));
            }
            // Nothing copies data when it runs, so nobody asks for the count of its pieces.
            Payload::DataCountSection { .. } => {}
            Payload::DataSection(_) => {
                let moved = owned.values().flat_map(|own| &own.values);
                let moved = moved.map(|(start, end)| (*start, *end)).collect();
                out.section(&data(&without(known, values, &moved)));
            }
            Payload::CodeSectionStart { .. } => {
                let mut section = CodeSection::new();
                for function in &kept {
                    match (late_by_function.get(function), known.body(*function)) {
                        (Some(late), _) => {
                            section.function(&through_table(known, late));
                        }
                        (None, Some(body)) => {
                            renumber.parse_function_body(&mut section, body.clone())?;
                        }
                        // Imported.
                        (None, None) => {}
                    }
                }
                for late in late {
                    let missing = known.exported.get(MISSING).context("nothing throws")?;
                    let mut function = Function::new([]);
                    function.instruction(&Instruction::I32Const(late.part as i32));
                    function.instruction(&Instruction::Call(numbers[missing]));
                    function.instruction(&Instruction::Unreachable);
                    function.instruction(&Instruction::End);
                    section.function(&function);
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

/// What stands in the core for an export that is a part's.
fn through_table(known: &Known<'_>, late: &Late) -> Function {
    let type_index = known.signatures[late.function as usize];
    let mut function = Function::new([]);
    for parameter in 0..known.parameters[type_index as usize] {
        function.instruction(&Instruction::LocalGet(parameter));
    }
    function.instruction(&Instruction::I32Const(late.place as i32));
    function.instruction(&Instruction::CallIndirect { type_index, table_index: TABLE });
    function.instruction(&Instruction::End);
    function
}

/// The data without these stretches.
fn without<'a>(
    known: &Known<'a>,
    values: &Values,
    moved: &BTreeMap<u32, u32>,
) -> Vec<(u32, &'a [u8])> {
    let mut kept = Vec::new();
    for (start, bytes) in &known.data {
        let end = start + bytes.len() as u32;
        let piece =
            |from: u32, to: u32| (from, &bytes[(from - start) as usize..(to - start) as usize]);
        let mut from = *start;
        for (gap, gap_end) in joined(moved, values) {
            if gap_end <= from || gap >= end || gap_end - gap <= GAP_BYTES {
                continue;
            }
            if gap > from {
                kept.push(piece(from, gap));
            }
            from = gap_end.min(end);
        }
        if from < end {
            kept.push(piece(from, end));
        }
    }
    kept
}

/// The data of these stretches.
fn within<'a>(
    known: &Known<'a>,
    values: &Values,
    own: &BTreeMap<u32, u32>,
) -> Vec<(u32, &'a [u8])> {
    let mut kept = Vec::new();
    for (from, to) in joined(own, values) {
        for (start, bytes) in &known.data {
            let (from, to) = (from.max(*start), to.min(start + bytes.len() as u32));
            if from < to {
                kept.push((from, &bytes[(from - start) as usize..(to - start) as usize]));
            }
        }
    }
    kept
}

/// Stretches with nothing but padding between them as one.
fn joined(stretches: &BTreeMap<u32, u32>, values: &Values) -> Vec<(u32, u32)> {
    let mut joined: Vec<(u32, u32)> = Vec::new();
    for (start, end) in stretches {
        match joined.last_mut() {
            Some((_, last)) if values.next(*last) >= Some(*start) => *last = *end,
            _ => joined.push((*start, *end)),
        }
    }
    joined
}

fn data(pieces: &[(u32, &[u8])]) -> DataSection {
    let mut section = DataSection::new();
    for (start, bytes) in pieces {
        section.active(0, &ConstExpr::i32_const(*start as i32), bytes.iter().copied());
    }
    section
}

/// The module of a protocol or a part.
pub fn part(known: &Known<'_>, values: &Values, own: &Own, late: &[Late]) -> Result<Vec<u8>> {
    let (mut functions, mut globals) = (BTreeSet::new(), BTreeSet::new());
    for uses in own.functions.iter().filter_map(|function| known.uses(*function)) {
        functions.extend(uses.functions.difference(&own.functions).copied());
        globals.extend(uses.globals.iter().copied());
    }
    let mut renumber = Renumber {
        functions: functions.iter().chain(&own.functions).copied().zip(0..).collect(),
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
    for function in &own.functions {
        signatures.function(known.signatures[*function as usize]);
    }
    out.section(&signatures);

    let places = (known.table.iter())
        .filter(|(_, function)| own.functions.contains(function))
        .map(|(place, function)| (*place, renumber.functions[function]));
    let exports = (late.iter())
        .filter(|late| own.functions.contains(&late.function))
        .map(|late| (late.place, renumber.functions[&late.function]));
    let places: Vec<(u32, u32)> = places.chain(exports).collect();
    out.section(&elements(places.into_iter()));

    let mut code = CodeSection::new();
    for function in &own.functions {
        let body = known.body(*function).context("a part never owns an import")?;
        renumber.parse_function_body(&mut code, body.clone())?;
    }
    out.section(&code);
    out.section(&data(&within(known, values, &own.values)));
    Ok(out.finish())
}

/// Segments that put functions into their places of the table, one for each run of places.
pub fn elements(places: impl Iterator<Item = (u32, u32)>) -> ElementSection {
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
