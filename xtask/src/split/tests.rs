//! A small module taken apart.

use super::*;
use wasm_encoder::Function;

/// A core with two protocols: one table entry each, a helper that both call, one that is private.
fn sample() -> Vec<u8> {
    let mut module = Module::new();
    let mut types = wasm_encoder::TypeSection::new();
    types.ty().function([], []);
    module.section(&types);
    let mut signatures = FunctionSection::new();
    for _ in 0..5 {
        signatures.function(0);
    }
    module.section(&signatures);
    let mut tables = wasm_encoder::TableSection::new();
    tables.table(TableType {
        element_type: RefType::FUNCREF,
        table64: false,
        minimum: 4,
        maximum: Some(4),
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
    exports.export("run", ExportKind::Func, 0);
    module.section(&exports);
    module.section(&elements([(1, 1), (2, 2)].into_iter()));
    let mut code = CodeSection::new();
    for calls in [&[][..], &[3, 4], &[3], &[], &[]] {
        let mut function = Function::new([]);
        // Small functions stay in the core; these are to go.
        for _ in 0..SMALL_BYTES {
            function.instruction(&wasm_encoder::Instruction::Nop);
        }
        for call in calls {
            function.instruction(&wasm_encoder::Instruction::Call(*call));
        }
        function.instruction(&wasm_encoder::Instruction::End);
        code.function(&function);
    }
    module.section(&code);
    let mut names = wasm_encoder::NameMap::new();
    for (index, name) in
        ["run", "<a::protocols::one::P>::go", "a::protocols::two::go", "shared", "private"]
            .into_iter()
            .enumerate()
    {
        names.append(index as u32, name);
    }
    let mut section = wasm_encoder::NameSection::new();
    section.functions(&names);
    module.section(&section);
    module.finish()
}

#[test]
fn each_protocol_takes_what_only_it_reaches() {
    let module = sample();
    let ids = ["one".to_owned(), "two".to_owned()];
    let owned = Known::read(&module).unwrap().owned(&ids).unwrap();
    assert_eq!(
        owned["one"],
        BTreeSet::from([1, 3, 4]),
        "its entry, a helper of its own, a common one"
    );
    assert_eq!(owned["two"], BTreeSet::from([2, 3]));
    let split = split(&module, &ids).unwrap();
    for part in split.protocols.values().chain([&split.core]) {
        wasmparser::Validator::new().validate_all(part).unwrap();
    }
    let core = Known::read_without_names(&split.core);
    assert_eq!(core.bodies.len(), 1, "what runs by itself");
    assert!(core.table.is_empty());
}

#[test]
fn a_protocol_without_code_is_a_mistake() {
    let error = split(&sample(), &["three".to_owned()]).err().unwrap().to_string();
    assert!(error.contains("no function of three"), "{error}");
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
                _ => {}
            }
        }
        known
    }
}
