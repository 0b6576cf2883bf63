//! The core module of a component whose functions answer with constants.
//!
//! The memory begins with the answers; all after them is scratch space, in which arguments and the answer of a list lie.
//!
//! That `cabi_realloc` gives the same address again and again is sound. The canonical ABI asks of an allocation that it is aligned and
//! within memory. A caller writes its arguments there and does not read them again, and no function here reads any, so that they may
//! overwrite each other. A list that is answered has been read before the component can be entered once more. So an instance has one small
//! memory and needs no allocator.

use wasm_encoder::{
    BlockType, CodeSection, ConstExpr, DataSection, ExportKind, ExportSection, Function, FunctionSection, MemArg,
    MemorySection, MemoryType, Module, TypeSection,
};

pub(super) use wasm_encoder::ValType;

use crate::compose::generated_component::GenerateError;

/// A function of the core module. It returns the address of its answer, as the canonical ABI has it for a result that is larger than one
/// number, or the number.
pub(super) struct ConstFunction {
    /// The name of its export.
    pub(super) name: String,
    pub(super) params: Vec<ValType>,
    pub(super) answer: Answer,
}

/// What a function answers.
pub(super) enum Answer {
    /// It has no result.
    Nothing,
    /// A number, or a truth value: 0 or 1.
    Number(i32),
    /// Always these bytes.
    Bytes(Vec<u8>),
    /// A `string`.
    Text(String),
    /// An `option<string>` with a text.
    SomeText(String),
    /// To a number the text that has this place as an `option<string>`, which is none where there is no such text.
    NumberedTexts(Vec<String>),
    /// To a list a list of as many items, each of these bytes. The function's parameters are the address and the length of its list.
    ForEach(Vec<u8>),
}

/// The greatest alignment that the canonical ABI has, in bytes.
const ALIGNMENT: usize = 8;
/// The bytes of a page of linear memory, as a power of two.
const PAGE_BITS: u32 = 16;
/// The bytes of a list or a string in memory: its address and its length.
const LIST: usize = 8;

/// The bytes of an `option<string>` in memory: whether there is one, aligned, and the string.
const OPTION_TEXT: usize = 4 + LIST;

/// The functions of the module that are no answers.
const ENSURE: u32 = 0;
const REALLOC: u32 = 1;
const FIRST_ANSWER: u32 = 2;

/// The module with these functions.
pub(super) fn module(filled: &[ConstFunction]) -> Result<Vec<u8>, GenerateError> {
    let mut memory = Memory::default();
    let addresses = filled.iter().map(|function| memory.place(&function.answer)).collect::<Result<Vec<_>, _>>()?;
    let scratch = i32::try_from(memory.0.len())?;

    let mut types = TypeSection::new();
    types.ty().function([ValType::I64], []);
    types.ty().function([ValType::I32; 4], [ValType::I32]);
    let (mut functions, mut exports, mut code) = (FunctionSection::new(), ExportSection::new(), CodeSection::new());
    functions.function(ENSURE).function(REALLOC);
    code.function(&ensure(scratch)).function(&realloc(scratch));
    exports.export("cabi_realloc", ExportKind::Func, REALLOC).export("memory", ExportKind::Memory, 0);
    for ((function, address), index) in filled.iter().zip(addresses).zip(FIRST_ANSWER..) {
        let results = if let Answer::Nothing = function.answer { [].as_slice() } else { &[ValType::I32] };
        types.ty().function(function.params.iter().copied(), results.iter().copied());
        functions.function(index);
        exports.export(&function.name, ExportKind::Func, index);
        let mut body = match &function.answer {
            Answer::ForEach(item) => list_of(address, scratch, i32::try_from(item.len())?),
            _ => Function::new([]),
        };
        let mut instructions = body.instructions();
        match &function.answer {
            Answer::Nothing => {}
            Answer::NumberedTexts(texts) => {
                // Of a number that no text has the place is that of the last one, `none`.
                let none = u32::try_from(texts.len())?.cast_signed();
                instructions.local_get(0).i32_const(none).local_get(0).i32_const(none).i32_lt_u().select();
                instructions.i32_const(OPTION_TEXT as i32).i32_mul().i32_const(address).i32_add();
            }
            _ => {
                instructions.i32_const(address);
            }
        }
        instructions.end();
        code.function(&body);
    }
    let mut memories = MemorySection::new();
    memories.memory(MemoryType {
        minimum: memory.0.len().div_ceil(1 << PAGE_BITS) as u64,
        maximum: None,
        memory64: false,
        shared: false,
        page_size_log2: None,
    });
    let mut data = DataSection::new();
    data.active(0, &ConstExpr::i32_const(0), memory.0);

    let mut module = Module::new();
    module.section(&types).section(&functions).section(&memories).section(&exports).section(&code).section(&data);
    Ok(module.finish())
}

/// The memory at the start.
#[derive(Default)]
struct Memory(Vec<u8>);

impl Memory {
    /// Places an answer, and gives its address.
    fn place(&mut self, answer: &Answer) -> Result<i32, GenerateError> {
        match answer {
            Answer::Nothing => Ok(0),
            Answer::Number(number) => Ok(*number),
            Answer::Bytes(bytes) => self.add(bytes),
            Answer::Text(text) => {
                let string = self.string(text)?;
                self.add(&string)
            }
            Answer::SomeText(text) => {
                let some = self.some_text(text)?;
                self.add(&some)
            }
            Answer::NumberedTexts(texts) => {
                let texts = texts.iter().map(|text| self.some_text(text)).collect::<Result<Vec<_>, _>>()?;
                self.add(&[texts.concat().as_slice(), &[0; OPTION_TEXT]].concat())
            }
            Answer::ForEach(item) => self.add(&[[0; LIST].as_slice(), item].concat()),
        }
    }

    /// Places the text of a string, and gives the string: the address and the length of the text.
    fn string(&mut self, text: &str) -> Result<[u8; LIST], GenerateError> {
        let address = self.add(text.as_bytes())?;
        let mut string = [0; LIST];
        let (first, second) = string.split_at_mut(LIST / 2);
        first.copy_from_slice(&address.to_le_bytes());
        second.copy_from_slice(&u32::try_from(text.len())?.to_le_bytes());
        Ok(string)
    }

    /// Places a text, and gives an `option<string>` with it.
    fn some_text(&mut self, text: &str) -> Result<Vec<u8>, GenerateError> {
        // That there is a text is one byte, and three to align what follows.
        Ok([[1, 0, 0, 0].as_slice(), &self.string(text)?].concat())
    }

    fn add(&mut self, bytes: &[u8]) -> Result<i32, GenerateError> {
        let address = i32::try_from(self.0.len())?;
        self.0.extend(bytes);
        self.0.resize(self.0.len().next_multiple_of(ALIGNMENT), 0);
        Ok(address)
    }
}

/// Grows the memory to a number of bytes of scratch space (parameter 0), and traps where it cannot grow.
fn ensure(scratch: i32) -> Function {
    let page_bits = i64::from(PAGE_BITS);
    let mut function = Function::new([]);
    let mut code = function.instructions();
    code.local_get(0).i64_const(scratch.into()).i64_add();
    code.memory_size(0).i64_extend_i32_u().i64_const(page_bits).i64_shl().i64_sub();
    // How many bytes are missing.
    code.local_tee(0).i64_const(0).i64_gt_s().if_(BlockType::Empty);
    code.local_get(0).i64_const((1 << page_bits) - 1).i64_add().i64_const(page_bits).i64_shr_u().i32_wrap_i64();
    code.memory_grow(0).i32_const(-1).i32_eq().if_(BlockType::Empty).unreachable().end();
    code.end().end();
    function
}

/// `cabi_realloc`: of its parameters only the last one, the new size, matters.
fn realloc(scratch: i32) -> Function {
    let mut function = Function::new([]);
    function.instructions().local_get(3).i64_extend_i32_u().call(ENSURE).i32_const(scratch).end();
    function
}

/// A function that begins with a list of as many items as the list in its parameters has: it writes the items, and their address and number to the address of the
/// answer, after which the item stands. Parameter 0 becomes the place of the next item, and local 2 the end of the last one.
fn list_of(address: i32, scratch: i32, item: i32) -> Function {
    let at = |offset| MemArg { offset, align: 2, memory_index: 0 };
    let mut function = Function::new([(1, ValType::I32)]);
    let mut code = function.instructions();
    code.local_get(1).i64_extend_i32_u().i64_const(item.into()).i64_mul().call(ENSURE);
    code.i32_const(address).i32_const(scratch).i32_store(at(0));
    code.i32_const(address).local_get(1).i32_store(at(4));
    code.i32_const(scratch).local_tee(0).local_get(1).i32_const(item).i32_mul().i32_add().local_set(2);
    code.block(BlockType::Empty).loop_(BlockType::Empty);
    code.local_get(0).local_get(2).i32_eq().br_if(1);
    code.local_get(0).i32_const(address + LIST as i32).i32_const(item).memory_copy(0, 0);
    code.local_get(0).i32_const(item).i32_add().local_set(0).br(0);
    code.end().end();
    function
}
