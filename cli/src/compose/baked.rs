use wasm_encoder::{
    CodeSection, ConstExpr, DataSection, ExportKind, ExportSection, Function, FunctionSection, MemorySection,
    MemoryType, Module, TypeSection, ValType,
};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

/// Bytes of a page of linear memory.
const PAGE: usize = 65536;

/// The environment of providers is empty: in one file they would otherwise share that of the process, and could read each other's
/// settings there.
const ENVIRONMENT: &str = "wasi:cli/environment@0.2.0";
const ENVIRONMENT_WIT: &str = "package wasi:cli@0.2.0 { interface environment {
    get-environment: func() -> list<tuple<string, string>>;
    get-arguments: func() -> list<string>;
    initial-cwd: func() -> option<string>;
} }";
/// Where an empty list and an absent value stand: 12 bytes of zeros are both.
const NOTHING: usize = 0;
const PLACES: usize = 16;

/// A component of one function `textN: func() -> string` for each text, which is how a component that is composed is told what
/// only `compose` knows, since it has no arguments, and of an environment with nothing in it. One for all, as every instance
/// costs a request something.
pub(crate) fn baked(texts: &[String]) -> anyhow::Result<Vec<u8>> {
    let exports: String = (0..texts.len()).map(|index| format!("export {}: func() -> string; ", name(index))).collect();
    let world = format!("world baked {{ {exports} export {ENVIRONMENT}; }}");
    let mut resolve = Resolve::default();
    let package = resolve.push_str("baked.wit", &format!("package wasmcp:compose; {world} {ENVIRONMENT_WIT}"))?;
    let world = resolve.select_world(&[package], None)?;
    let mut module = module(texts)?;
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8)?;
    ComponentEncoder::default().module(&module)?.validate(true).encode()
}

/// What the function for the text of this index is called. Hosts of wasmCloud 1.9 refuse a word that begins with a digit.
pub(crate) fn name(index: usize) -> String {
    format!("text{index}")
}

/// The canonical ABI returns a string or a list as the address of its address and length.
fn module(texts: &[String]) -> anyhow::Result<Vec<u8>> {
    let mut content = Vec::new();
    let mut places = vec![0; PLACES];
    let mut address = PLACES + texts.len() * 8;
    for text in texts {
        places.extend(u32::try_from(address)?.to_le_bytes());
        places.extend(u32::try_from(text.len())?.to_le_bytes());
        content.extend(text.as_bytes());
        address += text.len();
    }
    let nothing = ["get-environment", "get-arguments", "initial-cwd"].map(|f| (format!("{ENVIRONMENT}#{f}"), NOTHING));
    let told = (0..texts.len()).map(|index| (name(index), PLACES + index * 8));

    let (mut functions, mut exports, mut code) = (FunctionSection::new(), ExportSection::new(), CodeSection::new());
    for (index, (name, place)) in told.chain(nothing).enumerate() {
        functions.function(0);
        exports.export(&name, ExportKind::Func, u32::try_from(index)?);
        let mut function = Function::new([]);
        function.instructions().i32_const(i32::try_from(place)?).end();
        code.function(&function);
    }
    exports.export("memory", ExportKind::Memory, 0);

    let mut types = TypeSection::new();
    types.ty().function([], [ValType::I32]);
    let pages = address.div_ceil(PAGE) as u64;
    let mut memories = MemorySection::new();
    memories.memory(MemoryType {
        minimum: pages,
        maximum: Some(pages),
        memory64: false,
        shared: false,
        page_size_log2: None,
    });
    let mut data = DataSection::new();
    data.active(0, &ConstExpr::i32_const(0), [places, content].concat());

    let mut module = Module::new();
    module.section(&types).section(&functions).section(&memories).section(&exports).section(&code).section(&data);
    Ok(module.finish())
}
