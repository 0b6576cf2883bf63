//! A provider of MCP tools for arithmetic that needs nothing from its host.
//!
//! # Layout
//! Every Rust provider here has these parts: this file exports the interfaces of the contract and calls the tools,
//! [`catalogue`] is what the provider says of itself, [`arguments`] reads what a tool is given, and each tool, or family
//! of tools, has a module of its own.
//!
//! # Design
//! The target is `wasm32-unknown-unknown`, whose standard library imports nothing, so that neither does the component.

mod arguments;
mod arithmetic;
mod catalogue;

use bindings::exports::wasmcp::mcp::model::{
    ContentBlock, Context, McpError, ProviderInfo, TextContent, ToolCall, ToolLeg, ToolOutcome, ToolOutput, ToolPage,
};
use bindings::exports::wasmcp::mcp::{provider, tools};

use arguments::Arguments;
use arithmetic::Operation;

/// It uses the memory that an instance starts with. The allocator of the standard library would let every call grow it.
#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

/// What wit-bindgen makes of `wit/world.wit` and the contract.
#[allow(missing_docs, unsafe_code, clippy::all, reason = "generated")]
mod bindings {
    wit_bindgen::generate!({ path: ["../../../wit", "wit"], world: "wasmcp:calculator/calculator", generate_all });
    export!(Calculator);
    use super::Calculator;
}

struct Calculator;

impl provider::Guest for Calculator {
    fn describe(_ctx: Context) -> Result<ProviderInfo, McpError> {
        Ok(catalogue::provider())
    }
}

impl tools::Guest for Calculator {
    fn list_tools(_ctx: Context, cursor: Option<String>) -> Result<ToolPage, McpError> {
        match cursor {
            None => Ok(catalogue::tools()),
            // There is one page, so no cursor was ever given out.
            Some(_) => Err(McpError::InvalidCursor),
        }
    }

    fn call_tool(_ctx: Context, call: ToolCall) -> Result<ToolLeg, McpError> {
        let Some(operation) = Operation::named(&call.name) else {
            return Err(McpError::UnknownName(call.name));
        };
        let output = match calculate(operation, &call.arguments) {
            Ok(result) => {
                let structured = format!(r#"{{"result":{}}}"#, arithmetic::as_json(result));
                // The text repeats it for clients without structured content (MCP 2026-07-28, tools, "Structured Content").
                ToolOutput { structured_content: Some(structured.clone()), ..text(structured, false) }
            }
            // Not an `McpError`: the model reads it and can do better.
            Err(message) => text(message, true),
        };
        Ok(ToolLeg { events: Vec::new(), outcome: ToolOutcome::Complete(output) })
    }
}

/// Reads `a` and `b`, nothing else, and applies the operation to them.
fn calculate(operation: &Operation, arguments: &str) -> Result<f64, String> {
    let (a, b) = Arguments::read(arguments).and_then(two_numbers).map_err(|e| e.to_string())?;
    operation.apply(a, b).map_err(|e| e.to_string())
}

fn two_numbers(mut arguments: Arguments) -> Result<(f64, f64), arguments::ArgumentError> {
    let numbers = (arguments.number("a")?, arguments.number("b")?);
    arguments.end()?;
    Ok(numbers)
}

fn text(text: String, is_error: bool) -> ToolOutput {
    let block = ContentBlock::Text(TextContent { text, annotations: None, extra: None });
    ToolOutput { content: vec![block], structured_content: None, is_error, extra: None }
}

#[cfg(test)]
mod tests;
