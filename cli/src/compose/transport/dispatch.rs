//! The core module of the transport with the imports of each provider in the place of those of the contract.

use contract::FunctionName;
use wasm_encoder::reencode::{Error as ReencodeError, Reencode};
use wasm_encoder::{
    BlockType, CodeSection, ConstExpr, EntityType, Function, FunctionSection, GlobalSection, GlobalType, ImportSection,
    InstructionSink, Module, ValType,
};
use wasmparser::{CompositeInnerType, Parser, Payload, TypeRef};

use super::{ExportedInterfaces, GenerateError, PACKAGE, import_name};

/// The interface of the functions that become code here.
const CATALOGUE: &str = "wasmcp:composition/catalogue@0.1.0";
/// The function by which the transport asks how many providers there are.
const PROVIDER_COUNT: &str = "provider-count";
/// The function by which it says which provider the next call is for.
const SELECT_PROVIDER: &str = "select-provider";
/// The function by which it asks whether a provider exports a function.
const EXPORTS_FUNCTION: &str = "exports-function";

/// Rewrites the core module for these providers. Where there are none the imports of the contract stay.
pub(super) fn rewrite(module: &[u8], providers: &[ExportedInterfaces]) -> Result<Vec<u8>, GenerateError> {
    let mut rewriter = Rewriter::plan(&ModuleSummary::of(module)?, providers)?;
    let mut rewritten = Module::new();
    let done = rewriter.parse_core_module(&mut rewritten, Parser::new(0), module);
    done.map_err(|error| GenerateError::Transport(error.to_string()))?;
    Ok(rewritten.finish())
}

/// The parts of a module that the rewriter needs before it starts.
#[derive(Default)]
struct ModuleSummary<'a> {
    /// The number of parameters of each type.
    params: Vec<u32>,
    /// Each imported function: module, name and type.
    imports: Vec<(&'a str, &'a str, u32)>,
    defined_functions: u32,
    globals: u32,
}

impl<'a> ModuleSummary<'a> {
    fn of(module: &'a [u8]) -> Result<Self, GenerateError> {
        let broken = |error: wasmparser::BinaryReaderError| GenerateError::Transport(error.to_string());
        let mut summary = Self::default();
        for payload in Parser::new(0).parse_all(module) {
            match payload.map_err(broken)? {
                Payload::TypeSection(section) => {
                    for group in section {
                        for of in group.map_err(broken)?.into_types() {
                            let CompositeInnerType::Func(function) = of.composite_type.inner else {
                                return Err(GenerateError::Transport("it has a type that is no function".to_owned()));
                            };
                            summary.params.push(u32::try_from(function.params().len())?);
                        }
                    }
                }
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        let import = import.map_err(broken)?;
                        let TypeRef::Func(of) = import.ty else {
                            return Err(GenerateError::Transport(
                                "it imports something that is no function".to_owned(),
                            ));
                        };
                        summary.imports.push((import.module, import.name, of));
                    }
                }
                Payload::FunctionSection(section) => summary.defined_functions = section.count(),
                Payload::GlobalSection(section) => summary.globals = section.count(),
                _ => {}
            }
        }
        Ok(summary)
    }
}

/// Functions of the rewritten module have these numbers: the imports, then the functions that the module defines, then those that are
/// generated here.
struct Rewriter {
    /// The imports: module, name and type.
    imports: Vec<(String, String, u32)>,
    /// The new number of each function that was imported.
    was_imported: Vec<u32>,
    /// The functions that are generated here.
    generated: Vec<GeneratedFunction>,
    /// The global that holds the number of the provider.
    selected: u32,
}

/// A function that stands in the place of an import: its type, the number of its parameters and what it does.
struct GeneratedFunction {
    of: u32,
    params: u32,
    body: Body,
}

enum Body {
    /// Answers with the number of providers.
    Count(i32),
    /// Notes which provider is selected.
    Select,
    /// Says whether a provider exports a function. For each provider there are bits, of which bit N is that of function N.
    ExportsFunction(Vec<u32>),
    /// Calls the import of the selected provider. Those that do not export the function have no import, and are not called.
    Dispatch(Vec<Option<u32>>),
}

impl Rewriter {
    fn plan(summary: &ModuleSummary<'_>, providers: &[ExportedInterfaces]) -> Result<Self, GenerateError> {
        if summary.globals == 0 {
            return Err(GenerateError::Transport("it has no globals".to_owned()));
        }
        for name in [PROVIDER_COUNT, SELECT_PROVIDER, EXPORTS_FUNCTION] {
            if !summary.imports.iter().any(|import| (import.0, import.1) == (CATALOGUE, name)) {
                return Err(GenerateError::Transport(format!("it does not import `{name}`")));
            }
        }
        let of_provider = |module: &str| !providers.is_empty() && contract::INTERFACES.contains(&module);
        let imports = summary.imports.iter().map(|(module, name, _)| match (*module, *name) {
            (CATALOGUE, PROVIDER_COUNT | SELECT_PROVIDER | EXPORTS_FUNCTION) => 0,
            (module, _) if of_provider(module) => {
                providers.iter().filter(|exported| exported.contains(&module)).count()
            }
            _ => 1,
        });
        let first_generated = u32::try_from(imports.sum::<usize>())? + summary.defined_functions;

        let mut rewriter =
            Self { imports: Vec::new(), was_imported: Vec::new(), generated: Vec::new(), selected: summary.globals };
        for (module, name, of) in &summary.imports {
            let body = match (*module, *name) {
                (CATALOGUE, PROVIDER_COUNT) => Body::Count(i32::try_from(providers.len())?),
                (CATALOGUE, SELECT_PROVIDER) => Body::Select,
                (CATALOGUE, EXPORTS_FUNCTION) => Body::ExportsFunction(providers.iter().map(function_bits).collect()),
                (module, name) if of_provider(module) => {
                    let mut imports = Vec::with_capacity(providers.len());
                    for (provider, exported) in providers.iter().enumerate() {
                        let import = format!("{PACKAGE}/{}", import_name(provider, module));
                        let import = exported.contains(&module).then(|| rewriter.import(import, name, *of));
                        imports.push(import.transpose()?);
                    }
                    Body::Dispatch(imports)
                }
                (module, name) => {
                    let import = rewriter.import(module.to_owned(), name, *of)?;
                    rewriter.was_imported.push(import);
                    continue;
                }
            };
            let params = summary.params.get(*of as usize).copied().unwrap_or_default();
            rewriter.was_imported.push(first_generated + u32::try_from(rewriter.generated.len())?);
            rewriter.generated.push(GeneratedFunction { of: *of, params, body });
        }
        Ok(rewriter)
    }

    /// Places an import, and gives its number.
    fn import(&mut self, module: String, name: &str, of: u32) -> Result<u32, GenerateError> {
        let number = u32::try_from(self.imports.len())?;
        self.imports.push((module, name.to_owned(), of));
        Ok(number)
    }

    fn body(&self, generated: &GeneratedFunction) -> Function {
        let mut function = Function::new([]);
        let mut code = function.instructions();
        match &generated.body {
            Body::Count(count) => {
                code.i32_const(*count).end();
            }
            Body::Select => {
                code.local_get(0).global_set(self.selected).end();
            }
            Body::ExportsFunction(bits) => switch(
                &mut code,
                bits,
                |code| {
                    code.local_get(0);
                },
                |code, bits| {
                    code.i32_const(bits.cast_signed()).local_get(1).i32_shr_u().i32_const(1).i32_and();
                },
            ),
            Body::Dispatch(imports) => switch(
                &mut code,
                imports,
                |code| {
                    code.global_get(self.selected);
                },
                |code, import| {
                    let Some(import) = import else {
                        code.unreachable();
                        return;
                    };
                    for param in 0..generated.params {
                        code.local_get(param);
                    }
                    code.call(*import);
                },
            ),
        }
        function
    }
}

// A provider has one bit for each function.
const _: () = assert!(FunctionName::ALL.len() <= u32::BITS as usize);

/// The bits of the functions that a provider exports.
fn function_bits(exported: &ExportedInterfaces) -> u32 {
    let functions = (0..u32::BITS).zip(FunctionName::ALL);
    functions.filter(|(_, name)| exported.contains(&name.interface)).map(|(bit, _)| 1 << bit).sum()
}

/// Writes a `switch` over the providers. The number of the provider is what `number` leaves on the stack; each case leaves the function's
/// result there. The nested blocks are its cases: block N ends where the case of provider N begins. The transport names no provider but those
/// of its snapshot, so that any other number is a trap.
fn switch<T>(
    code: &mut InstructionSink<'_>,
    cases: &[T],
    number: impl FnOnce(&mut InstructionSink<'_>),
    case: impl Fn(&mut InstructionSink<'_>, &T),
) {
    code.block(BlockType::Empty);
    for _ in cases {
        code.block(BlockType::Empty);
    }
    let labels: Vec<u32> = (0..).zip(cases).map(|(label, _)| label).collect();
    let none = labels.last().map_or(0, |last| last + 1);
    number(code);
    code.br_table(labels, none);
    for of_provider in cases {
        code.end();
        case(code, of_provider);
        code.return_();
    }
    code.end().unreachable().end();
}

type ReencodeResult = Result<(), ReencodeError<std::convert::Infallible>>;

impl Reencode for Rewriter {
    type Error = std::convert::Infallible;

    fn function_index(&mut self, function: u32) -> Result<u32, ReencodeError<Self::Error>> {
        let moved = || function + (self.imports.len() as u32) - (self.was_imported.len() as u32);
        Ok(self.was_imported.get(function as usize).copied().unwrap_or_else(moved))
    }

    fn parse_import_section(
        &mut self,
        imports: &mut ImportSection,
        _: wasmparser::ImportSectionReader<'_>,
    ) -> ReencodeResult {
        for (module, name, of) in &self.imports {
            imports.import(module, name, EntityType::Function(*of));
        }
        Ok(())
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        section: wasmparser::FunctionSectionReader<'_>,
    ) -> ReencodeResult {
        wasm_encoder::reencode::utils::parse_function_section(self, functions, section)?;
        for function in &self.generated {
            functions.function(function.of);
        }
        Ok(())
    }

    fn parse_global_section(
        &mut self,
        globals: &mut GlobalSection,
        section: wasmparser::GlobalSectionReader<'_>,
    ) -> ReencodeResult {
        wasm_encoder::reencode::utils::parse_global_section(self, globals, section)?;
        let of = GlobalType { val_type: ValType::I32, mutable: true, shared: false };
        globals.global(of, &ConstExpr::i32_const(0));
        Ok(())
    }

    fn parse_code_section(
        &mut self,
        code: &mut CodeSection,
        section: wasmparser::CodeSectionReader<'_>,
    ) -> ReencodeResult {
        wasm_encoder::reencode::utils::parse_code_section(self, code, section)?;
        for function in &self.generated {
            code.function(&self.body(function));
        }
        Ok(())
    }

    /// Names of functions and the tools that made the module are left out.
    fn parse_custom_section(&mut self, _: &mut Module, _: wasmparser::CustomSectionReader<'_>) -> ReencodeResult {
        Ok(())
    }
}

#[cfg(test)]
#[path = "dispatch_tests.rs"]
mod tests;
