//! A small module taken apart.

use std::collections::BTreeSet;

use wasm_encoder::{
    CodeSection, ConstExpr, DataSection, ExportKind, ExportSection, Function, FunctionSection,
    Instruction, MemoryType, Module, RefType, TableType,
};
use wasmparser::{Parser, Payload};

use super::write::elements;
use super::*;

/// Where the static values lie: the registry, two tables of methods, words of the first protocol, words
/// that the core reads too.
const REGISTRY: u32 = 1024;
const METHODS: [u32; 2] = [1040, 1056];
const OWN_WORDS: u32 = 1072;
const CORE_WORDS: u32 = 1088;

/// What the linker would write of it.
fn map() -> String {
    let section = |address: u32| format!("  {address:x}  0  10  a.o:(.rodata.x)\n");
    let all = [REGISTRY, METHODS[0], METHODS[1], OWN_WORDS, CORE_WORDS];
    "    Addr      Off     Size Out     In      Symbol\n".to_owned()
        + &all.map(section).concat()
        + "  800  0  4  a.o:(.bss.x)\n"
}

/// A core with two protocols, a helper that both call, one that is private, and an export that may come
/// late with a helper of its own.
fn sample() -> Vec<u8> {
    let mut module = Module::new();
    let mut types = wasm_encoder::TypeSection::new();
    types.ty().function([], []);
    types.ty().function([wasm_encoder::ValType::I32], []);
    module.section(&types);
    let mut signatures = FunctionSection::new();
    for (_, signature, _, _) in FUNCTIONS {
        signatures.function(*signature);
    }
    module.section(&signatures);
    let mut tables = wasm_encoder::TableSection::new();
    let size = u64::from(BASE) + 4;
    tables.table(TableType {
        element_type: RefType::FUNCREF,
        table64: false,
        minimum: size,
        maximum: Some(size),
        shared: false,
    });
    module.section(&tables);
    let mut memories = wasm_encoder::MemorySection::new();
    memories.memory(MemoryType {
        minimum: 1,
        maximum: None,
        memory64: false,
        shared: false,
        page_size_log2: None,
    });
    module.section(&memories);
    let mut exports = ExportSection::new();
    exports.export("memory", ExportKind::Memory, 0);
    for (index, name) in [(0, "run"), (5, "late"), (7, "partMissing")] {
        exports.export(name, ExportKind::Func, index);
    }
    module.section(&exports);
    module.section(&elements([(BASE, 1), (BASE + 1, 2)].into_iter()));
    let mut code = CodeSection::new();
    for (_, _, calls, constants) in FUNCTIONS {
        let mut function = Function::new([]);
        for constant in *constants {
            function.instruction(&Instruction::I32Const(*constant as i32));
            function.instruction(&Instruction::Drop);
        }
        for call in *calls {
            function.instruction(&Instruction::Call(*call));
        }
        function.instruction(&Instruction::End);
        code.function(&function);
    }
    module.section(&code);
    let mut data = DataSection::new();
    for (address, word) in [
        (REGISTRY, METHODS[0]),
        (REGISTRY + 4, METHODS[1]),
        (METHODS[0], BASE),
        (METHODS[1], BASE + 1),
        (OWN_WORDS, 7),
        (CORE_WORDS, 8),
    ] {
        data.active(0, &ConstExpr::i32_const(address as i32), word.to_le_bytes());
    }
    module.section(&data);
    let mut names = wasm_encoder::NameMap::new();
    for (index, (name, ..)) in (0..).zip(FUNCTIONS) {
        names.append(index, name);
    }
    let mut section = wasm_encoder::NameSection::new();
    section.functions(&names);
    module.section(&section);
    module.finish()
}

/// Where the table of functions begins.
const BASE: u32 = 20_011;

/// Each function's name, the place of its type, what it calls, and its constants.
const FUNCTIONS: &[(&str, u32, &[u32], &[u32])] = &[
    ("run", 0, &[], &[REGISTRY, CORE_WORDS + 4]),
    (
        "<a::protocols::one::P as a::machine::Machine>::go",
        0,
        &[3, 4],
        &[OWN_WORDS + 4, CORE_WORDS + 4],
    ),
    ("<a::protocols::two::P as a::machine::Machine>::go", 0, &[3], &[]),
    ("shared", 0, &[], &[]),
    ("private", 0, &[], &[]),
    ("late", 0, &[6], &[]),
    ("helper of late", 0, &[], &[]),
    ("partMissing", 1, &[], &[]),
];
const PARTS: &[Part] = &[Part { id: "more", exports: &["late"] }];

#[test]
fn each_part_takes_what_only_it_reaches() {
    let module = sample();
    let ids = ["one".to_owned(), "two".to_owned()];
    let known = Known::read(&module).unwrap();
    let values = Values::read(&map(), &known).unwrap();
    let owned = known.owned(&values, &ids, PARTS).unwrap();
    assert_eq!(
        owned["one"].functions,
        BTreeSet::from([1, 3, 4]),
        "its method, a helper that both call, one of its own"
    );
    assert_eq!(owned["two"].functions, BTreeSet::from([2, 3]));
    assert_eq!(owned["more"].functions, BTreeSet::from([5, 6]));
    let own_words: Vec<u32> = owned["one"].values.keys().copied().collect();
    assert_eq!(own_words, [OWN_WORDS], "the core reads the other words, too");
    let split = split(&module, &map(), &ids, PARTS).unwrap();
    for part in split.others.values().chain([&split.core]) {
        wasmparser::Validator::new().validate_all(part).unwrap();
    }
    let core = Known::read_without_names(&split.core);
    assert_eq!(
        core.bodies.len(),
        4,
        "what runs by itself, the late export, and what it throws with"
    );
    let places: Vec<u32> = core.table.keys().copied().collect();
    assert_eq!(places, [BASE + 4], "the late export's");
    assert_eq!((core.byte(OWN_WORDS), core.byte(CORE_WORDS)), (0, 8));
    let one = Known::read_without_names(&split.others["one"]);
    assert_eq!((one.byte(OWN_WORDS), one.byte(CORE_WORDS)), (7, 0));
}

#[test]
fn a_protocol_without_code_is_a_mistake() {
    let error = split(&sample(), &map(), &["three".to_owned()], &[]).err().unwrap().to_string();
    assert!(error.contains("no function of three"), "{error}");
}

#[test]
fn a_constant_may_be_meant_for_the_value_beside() {
    let values = Values::read(&map(), &Known::default()).unwrap();
    assert_eq!(values.meant_by(METHODS[0] + 14), [METHODS[0], METHODS[1]], "near the end");
    assert_eq!(values.meant_by(CORE_WORDS + 16), [CORE_WORDS], "right behind the last");
    assert_eq!(values.meant_by(7), [0; 0]);
    assert!(Values::read("", &Known::default()).is_err());
}

#[test]
fn a_table_of_methods_is_not_meant_by_what_is_beside_it() {
    let mut known = Known::default();
    known.table.insert(BASE, 1);
    let at = METHODS[1];
    for (address, word) in [(at, 0), (at + 4, 24), (at + 8, 8), (at + 12, BASE)] {
        known.memory.insert(address / 4, word);
    }
    assert!(known.is_methods(at, at + 16));
    let values = Values::read(&map(), &known).unwrap();
    assert_eq!(values.meant_by(METHODS[0] + 14), [METHODS[0]], "it begins soon");
    assert_eq!(values.meant_by(OWN_WORDS), [OWN_WORDS, CORE_WORDS], "it ends here");
    assert_eq!(values.meant_by(at), [at, METHODS[0], OWN_WORDS], "it is named itself");
    known.memory.insert((at + 8) / 4, 3);
    assert!(!known.is_methods(at, at + 16), "no alignment");
    known.memory.insert((at + 8) / 4, 8);
    known.memory.insert((at + 12) / 4, 7);
    assert!(!known.is_methods(at, at + 16), "no function");
}

impl<'a> Known<'a> {
    fn read_without_names(module: &'a [u8]) -> Self {
        let mut known = Known::default();
        for payload in Parser::new(0).parse_all(module) {
            match payload.unwrap() {
                Payload::CodeSectionEntry(body) => known.bodies.push(body),
                Payload::ElementSection(section) => {
                    for element in section {
                        known.read_element(element.unwrap()).unwrap();
                    }
                }
                Payload::DataSection(section) => {
                    for data in section {
                        known.read_data(&data.unwrap()).unwrap();
                    }
                }
                _ => {}
            }
        }
        known
    }
}
