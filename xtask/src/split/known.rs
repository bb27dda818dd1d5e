//! What must be known of a module to take it apart.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, bail};
use wasmparser::{
    ElementItems, ElementKind, ExternalKind, FunctionBody, KnownCustom, Name, Operator, Parser,
    Payload, TypeRef,
};

use super::TABLE;

/// What a function refers to.
#[derive(Default)]
pub struct Uses {
    /// The functions that it calls or names directly.
    pub functions: BTreeSet<u32>,
    pub globals: BTreeSet<u32>,
    /// Its constants: each may be an address, a place in the table, or neither.
    pub constants: BTreeSet<u32>,
    /// What it adds to the addresses that it reads and writes; these may be addresses too.
    pub offsets: BTreeSet<u32>,
}

/// A module, read.
#[derive(Default)]
pub struct Known<'a> {
    pub types: Option<&'a [u8]>,
    /// How many parameters each type of function has.
    pub parameters: Vec<u32>,
    pub imported_functions: u32,
    /// The type of each function, those imported included.
    pub signatures: Vec<u32>,
    pub bodies: Vec<FunctionBody<'a>>,
    pub globals: Vec<wasmparser::GlobalType>,
    pub table_min: u64,
    pub memory_min: u64,
    pub exported: BTreeMap<String, u32>,
    pub start: Option<u32>,
    /// The functions of the table by place.
    pub table: BTreeMap<u32, u32>,
    /// The memory as the data fills it, in words.
    pub memory: BTreeMap<u32, u32>,
    /// The pieces of the data, each with its address.
    pub data: Vec<(u32, &'a [u8])>,
    pub uses: Vec<Uses>,
    pub names: BTreeMap<u32, String>,
}

impl<'a> Known<'a> {
    pub fn read(module: &'a [u8]) -> Result<Self> {
        let mut known = Known::default();
        for payload in Parser::new(0).parse_all(module) {
            match payload? {
                Payload::TypeSection(section) => {
                    known.types = Some(&module[section.range()]);
                    for ty in section.into_iter_err_on_gc_types() {
                        known.parameters.push(u32::try_from(ty?.params().len())?);
                    }
                }
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
                            known.exported.insert(export.name.to_owned(), export.index);
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
        for body in &known.bodies {
            known.uses.push(uses(body)?);
        }
        if known.names.is_empty() {
            bail!("the module names no functions, so nobody knows which belong to a protocol");
        }
        Ok(known)
    }

    /// Words that the data leaves out, because they are zero, stay out.
    pub fn read_data(&mut self, data: &wasmparser::Data<'a>) -> Result<()> {
        let wasmparser::DataKind::Active { offset_expr, .. } = &data.kind else {
            bail!("a data segment is not an active one");
        };
        let Operator::I32Const { value } = offset_expr.get_operators_reader().read()? else {
            bail!("a data segment does not begin at a constant");
        };
        self.data.push((value as u32, data.data));
        for (address, byte) in (value as u32..).zip(data.data) {
            let word = self.memory.entry(address / 4).or_default();
            *word |= u32::from(*byte) << (8 * (address % 4));
        }
        Ok(())
    }

    pub fn read_element(&mut self, element: wasmparser::Element<'a>) -> Result<()> {
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

    /// A byte of the data, zero where it has none.
    pub fn byte(&self, address: u32) -> u8 {
        let word = self.memory.get(&(address / 4)).copied().unwrap_or_default();
        word.to_le_bytes()[(address % 4) as usize]
    }

    /// The word at an address; zero where the data has none.
    fn word(&self, address: u32) -> u32 {
        self.memory.get(&(address / 4)).copied().unwrap_or_default()
    }

    /// Whether a stretch of the data is a table of methods: a function that drops, or zero; a size; an
    /// alignment; and functions.
    pub fn is_methods(&self, start: u32, end: u32) -> bool {
        let is_place = |word: u32| self.table.contains_key(&word);
        let [drops, alignment, first] = [start, start + 8, start + 12];
        start.is_multiple_of(4)
            && end.is_multiple_of(4)
            && end > first
            && (self.word(drops) == 0 || is_place(self.word(drops)))
            && self.word(alignment).is_power_of_two()
            && (first..end).step_by(4).all(|at| is_place(self.word(at)))
    }

    /// What a function refers to; nothing where it is imported.
    pub fn uses(&self, function: u32) -> Option<&Uses> {
        self.uses.get(function.checked_sub(self.imported_functions)? as usize)
    }

    /// The code of a function that is not imported.
    pub fn body(&self, function: u32) -> Option<&FunctionBody<'a>> {
        self.bodies.get(function.checked_sub(self.imported_functions)? as usize)
    }
}

fn uses(body: &FunctionBody<'_>) -> Result<Uses> {
    let mut uses = Uses::default();
    for operator in body.get_operators_reader()? {
        let operator = operator?;
        match operator {
            Operator::Call { function_index }
            | Operator::ReturnCall { function_index }
            | Operator::RefFunc { function_index } => {
                uses.functions.insert(function_index);
            }
            Operator::GlobalGet { global_index } | Operator::GlobalSet { global_index } => {
                uses.globals.insert(global_index);
            }
            Operator::I32Const { value } => {
                uses.constants.insert(value as u32);
            }
            // Two words written at once: the value and the function that formats it, for one.
            Operator::I64Const { value } => {
                uses.constants.extend([value as u32, (value >> 32) as u32]);
            }
            _ => {}
        }
        if let Some(offset) = offset(&operator) {
            uses.offsets.insert(offset);
        }
    }
    Ok(uses)
}

/// The constant part of the address that an operator reads or writes: the whole of it, where a static
/// value is read.
fn offset(operator: &Operator<'_>) -> Option<u32> {
    macro_rules! offset {
        ($($name:ident)*) => {
            match operator {
                $(Operator::$name { memarg } => Some(memarg.offset as u32),)*
                _ => None,
            }
        };
    }
    offset!(
        I32Load I64Load F32Load F64Load I32Load8S I32Load8U I32Load16S I32Load16U I64Load8S
        I64Load8U I64Load16S I64Load16U I64Load32S I64Load32U I32Store I64Store F32Store F64Store
        I32Store8 I32Store16 I64Store8 I64Store16 I64Store32
    )
}
