//! A provider of MCP tools that asks a service on the network, Open-Meteo or one with the same API.
//!
//! # Layout
//! Every Rust provider here has these parts: this file exports the interfaces of the contract and calls the tools,
//! [`catalogue`] is what the provider says of itself, [`arguments`] reads what a tool is given, and each tool, or family
//! of tools, has a module of its own: [`echo`] and [`report`], which stands on [`open_meteo`] and [`conditions`].
//! [`settings`] and [`upstream`] are what the tools need of the host, and [`http_service`] is how they get HTTP.
//!
//! # Design
//! The target is `wasm32-unknown-unknown`, whose standard library imports nothing: the settings and HTTP are services of the contract,
//! and the component needs nothing of WASI.

mod arguments;
mod catalogue;
mod conditions;
mod echo;
mod http_service;
mod open_meteo;
mod report;
mod settings;
mod upstream;

use bindings::exports::wasmcp::mcp::{provider, tools};
use bindings::wasmcp::mcp::model::{
    ContentBlock, Context, McpError, ProviderInfo, TextContent, ToolCall, ToolLeg, ToolOutcome, ToolOutput, ToolPage,
};
use serde::Serialize;

use arguments::{ArgumentError, Arguments};
use http_service::HttpService;
use settings::Settings;

/// It uses the memory that an instance starts with. The allocator of the standard library would let every call grow it.
#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

/// What wit-bindgen makes of `wit/world.wit` and the contract.
#[allow(missing_docs, unsafe_code, clippy::all, reason = "generated")]
mod bindings {
    wit_bindgen::generate!({ path: ["../../../wit", "wit"], world: "wasmcp:weather/weather", generate_all });
    export!(Weather);
    use super::Weather;
}

struct Weather;

impl provider::Guest for Weather {
    fn describe(_ctx: Context) -> Result<ProviderInfo, McpError> {
        Ok(catalogue::provider())
    }
}

impl tools::Guest for Weather {
    fn list_tools(_ctx: Context, cursor: Option<String>) -> Result<ToolPage, McpError> {
        match cursor {
            None => Ok(catalogue::tools()),
            // There is one page, so no cursor was ever given out.
            Some(_) => Err(McpError::InvalidCursor),
        }
    }

    fn call_tool(ctx: Context, call: ToolCall) -> Result<ToolLeg, McpError> {
        let arguments = call.arguments.as_str();
        let output = match call.name.as_str() {
            "echo" => echo::echo(arguments).map(|message| text(message, false)).map_err(|e| e.to_string()),
            "get_weather" => get_weather(&ctx, arguments),
            "multi_weather" => multi_weather(&ctx, arguments),
            _ => return Err(McpError::UnknownName(call.name)),
        };
        // A failure is no `McpError`: the model reads it and can do better.
        let output = output.unwrap_or_else(|message| text(message, true));
        Ok(ToolLeg { events: Vec::new(), outcome: ToolOutcome::Complete(output) })
    }
}

fn get_weather(ctx: &Context, arguments: &str) -> Result<ToolOutput, String> {
    let location = single_argument(arguments, |arguments| arguments.location("location"))?;
    let (settings, http) = services(ctx)?;
    let report = report::report(&http, &settings, &location).map_err(|e| e.to_string())?;
    structured(&report)
}

fn multi_weather(ctx: &Context, arguments: &str) -> Result<ToolOutput, String> {
    #[derive(Serialize)]
    struct Output {
        cities: Vec<report::Entry>,
    }
    let cities = single_argument(arguments, |arguments| arguments.locations("cities"))?;
    let (settings, http) = services(ctx)?;
    let cities = report::reports(&http, &settings, cities)?;
    structured(&Output { cities })
}

/// Reads the single argument of a tool.
fn single_argument<T>(
    arguments: &str,
    take: impl FnOnce(&mut Arguments) -> Result<T, ArgumentError>,
) -> Result<T, String> {
    let read = || {
        let mut arguments = Arguments::read(arguments)?;
        let value = take(&mut arguments)?;
        arguments.end().map(|()| value)
    };
    read().map_err(|e| e.to_string())
}

/// What the operator set, and HTTP that has failed before the caller stops waiting: a tool sends two rounds of requests.
fn services(ctx: &Context) -> Result<(Settings, HttpService), String> {
    const TO_ANSWER_MS: u32 = 100;
    let settings = Settings::read(bindings::wasmcp::mcp::settings::get).map_err(|e| e.to_string())?;
    let left_ms = ctx.remaining_ms.saturating_sub(TO_ANSWER_MS);
    let http = HttpService { timeout_ms: settings.timeout_ms.min(left_ms / 2) };
    Ok((settings, http))
}

fn structured(value: &impl Serialize) -> Result<ToolOutput, String> {
    let json = serde_json::to_string(value).map_err(|e| e.to_string())?;
    // The text repeats it for clients without structured content (MCP 2026-07-28, tools, "Structured Content").
    Ok(ToolOutput { structured_content: Some(json.clone()), ..text(json, false) })
}

fn text(text: String, is_error: bool) -> ToolOutput {
    let block = ContentBlock::Text(TextContent { text, annotations: None, extra: None });
    ToolOutput { content: vec![block], structured_content: None, is_error, extra: None }
}

#[cfg(test)]
mod tests;
